import HTTPClient
import Posix

/// One client that is as slow as it can be.
final class SlowClient {
    /// What it is slow at.
    enum Kind: CaseIterable {
        /// What begins TLS comes byte by byte.
        case handshake
        /// A head comes byte by byte.
        case head
        /// A body comes byte by byte.
        case body
        /// Half of a body comes at once, and then byte by byte.
        case keptBody
        /// It asks and does not read.
        case reader
    }

    /// How a server may end what it does.
    enum End: Equatable {
        /// It was told that it is too slow (408, RFC 9110 section 15.5.9).
        case tooSlow
        /// Its handshake, of which the server had bytes for a while, was ended; there is no word
        /// for that.
        case cutOff
        /// It had another answer, or none at all: it was no slow client to this server.
        case otherwise
        /// It reads nothing, and its connection was ended.
        case unread
    }

    private let kind: Kind
    private let target: EdgeTarget
    private var open: ClientStream?
    /// Whether a handshake that it does not drag out is under way.
    private(set) var isArriving = false
    /// Whether it has been there at all.
    private(set) var hasBeen = false
    /// When the kernel took its first byte.
    private var heardSince: Int64?
    private var sentCount = 0
    private var pending: [UInt8] = []
    /// When it moves the next byte.
    var nextDrip: Int64
    /// The first byte of an alert of TLS (RFC 8446 section 5.1).
    private static let alert: UInt8 = 0x15
    /// Whoever was heard for so long was not refused.
    private static let heardMilliseconds: Int64 = 1_000

    /// Makes a client, which does not come yet.
    init(_ kind: Kind, _ target: EdgeTarget, nextDrip: Int64) {
        self.kind = kind
        self.target = target
        self.nextDrip = nextDrip
    }

    /// Whether it is connected, and has nothing to wait for but itself.
    var isOpen: Bool { open != nil && !isArriving }

    /// Moves a byte, or comes when it is not there.
    ///
    /// - Returns: how it was thrown out, if it was.
    func drip() -> End? {
        guard let open else {
            come()
            return nil
        }
        let now = Clock.monotonicMilliseconds()
        do throws(HTTPClientError) {
            // What was said stays readable after a reset, which sending would meet first.
            if kind != .reader, let answer = try answer(open) {
                self.open = nil
                return ending(answer, now)
            }
            if pending.isEmpty { pending = next() }
            if case .moved(let count) = try open.send(pending) {
                heardSince = heardSince ?? now
                sentCount += count
                pending.removeFirst(count)
            }
            return nil
        } catch {
            self.open = nil
            return ending([], now)
        }
    }

    /// How it was thrown out, by what it was told.
    private func ending(_ answer: ArraySlice<UInt8>, _ now: Int64) -> End {
        switch kind {
        case .reader: return .unread
        case .handshake:
            let wasHeard = heardSince.map { now - $0 >= Self.heardMilliseconds } ?? false
            // A server that goes on with the handshake has not ended it.
            return wasHeard && (answer.isEmpty || answer.first == Self.alert) ? .cutOff : .otherwise
        case .head, .body, .keptBody:
            let words = String(decoding: answer, as: UTF8.self).split(separator: " ")
            return words.dropFirst().first == "408" ? .tooSlow : .otherwise
        }
    }

    private func come() {
        (sentCount, pending, isArriving, heardSince) = (0, [], false, nil)
        do {
            let stream = try ClientStream.connect(target.address)
            if kind != .handshake, let security = target.security {
                try stream.secure(security)
                isArriving = true
            }
            open = stream
            hasBeen = hasBeen || !isArriving
        } catch {
            // Nobody is there at present; it tries again with its next byte.
            open = nil
        }
    }

    /// Goes on with the handshake of TLS, as quickly as the server does.
    ///
    /// - Returns: how it was turned away, if it was.
    func arrive() -> End? {
        do {
            isArriving = !(try open?.isEstablished() ?? true)
            hasBeen = hasBeen || !isArriving
            return nil
        } catch {
            (open, isArriving) = (nil, false)
            return .otherwise
        }
    }

    /// What the server has said; empty when it went without a word, `nil` when it waits.
    private func answer(_ open: ClientStream) throws(HTTPClientError) -> ArraySlice<UInt8>? {
        var piece = [UInt8](repeating: 0, count: 1_024)
        switch try open.receive(into: &piece) {
        case .moved(let count): return piece[..<count]
        case .wouldBlock: return nil
        }
    }

    /// The next bytes to send.
    private func next() -> [UInt8] {
        let requests = target.slow
        switch kind {
        case .handshake: return [requests.hello[sentCount % requests.hello.count]]
        case .head:
            let head = requests.head
            return sentCount < head.count ? [head[sentCount]] : [UInt8(ascii: "a")]
        case .body:
            return sentCount == 0 ? requests.bodyHead : [UInt8(ascii: " ")]
        case .keptBody:
            guard sentCount == 0 else { return [UInt8(ascii: " ")] }
            let kept = [UInt8](repeating: UInt8(ascii: " "), count: SlowRequests.keptBytes)
            return requests.bodyHead + kept
        case .reader:
            // Answers that nobody reads fill the buffers of both kernels, then the server waits.
            var bytes = requests.own.bytes
            requests.own.vary(&bytes, 0)
            return bytes
        }
    }
}

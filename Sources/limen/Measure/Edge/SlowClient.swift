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
        /// It was told that it is too slow (408, RFC 9110 section 15.5.9), or its handshake was
        /// ended, for which there is no word.
        case tooSlow
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
    private var cameAt: Int64 = 0
    private var sentCount = 0
    private var pending: [UInt8] = []
    /// When it moves the next byte.
    var nextDrip: Int64
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

    /// Moves a byte; comes at first, and again when it was thrown out.
    ///
    /// - Returns: how it was thrown out, if it was.
    func drip() -> End? {
        guard let open else {
            come()
            return nil
        }
        let wasHeard = Clock.monotonicMilliseconds() - cameAt >= Self.heardMilliseconds
        let ending: End =
            switch kind {
            case .reader: .unread
            case .handshake where wasHeard: .tooSlow
            default: .otherwise
            }
        do throws(HTTPClientError) {
            // What was said stays readable after a reset, which sending would meet first.
            if kind != .reader, let status = try answer(open) {
                come()
                return status == 408 ? .tooSlow : ending
            }
            if pending.isEmpty { pending = next() }
            if case .moved(let count) = try open.send(pending) {
                sentCount += count
                pending.removeFirst(count)
            }
            return nil
        } catch {
            come()
            return ending
        }
    }

    private func come() {
        (sentCount, pending, isArriving) = (0, [], false)
        cameAt = Clock.monotonicMilliseconds()
        do {
            let stream = try ClientStream.connect(target.address)
            if kind != .handshake, let security = target.security {
                try stream.secure(security)
                isArriving = true
            }
            open = stream
        } catch {
            // Nobody is there at present; it tries again with its next byte.
            open = nil
        }
    }

    /// Goes on with the handshake of TLS, as quickly as the server does.
    func arrive() {
        do {
            isArriving = !(try open?.isEstablished() ?? true)
        } catch {
            (open, isArriving) = (nil, false)
        }
    }

    /// The status of what the server has said; 0 when it went without a word.
    private func answer(_ open: ClientStream) throws(HTTPClientError) -> Int? {
        var piece = [UInt8](repeating: 0, count: 1_024)
        switch try open.receive(into: &piece) {
        case .moved(let count):
            let words = String(decoding: piece.prefix(count), as: UTF8.self).split(separator: " ")
            return words.dropFirst().first.flatMap { Int($0) } ?? 0
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

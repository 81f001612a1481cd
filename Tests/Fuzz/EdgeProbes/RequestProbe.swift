import Basics
import HTTPMessages
import Synchronization

/// What must hold for any bytes that a client may send: they are read in one way, wherever the
/// network cuts them, and what comes out is within every limit.
public enum RequestProbe {
    /// What a request can come to; a test shows that the corpus reaches all of it.
    public enum Reached: CaseIterable, Sendable {
        /// It was read with its body, and without a word about it.
        case served
        /// Somebody was asked about its body, which was then read.
        case ruledRead
        /// Somebody was asked about a body of known length, which is not read.
        case unread
        /// Somebody was asked about a body in chunks, which is not read.
        case unreadChunks
        /// The body is announced as larger than whoever was asked lets in.
        case ruledTooLarge
        /// The chunks came to more than whoever was asked lets in.
        case ruledChunksTooLarge
        /// It is refused for something else.
        case refused
    }

    /// What bytes were read as.
    private struct Reading: Equatable {
        var requests: [String] = []
        var rejection: RequestRejection?
        var isBetween = true
        var reached: Set<Reached> = []
    }

    /// Rules by the path alone, so that the bytes decide: at most so many bytes below `/small`,
    /// and none below `/none`.
    static let judge: HTTPHeadRuling.Judge = { head, _ in
        if head.path.hasPrefix("/none") { return .answer }
        return .read(bytesMax: head.path.hasPrefix("/small") ? smallBytesMax : .max)
    }

    /// The largest body below `/small` about which somebody is asked.
    static let smallBytesMax = 8

    /// Whether somebody has to be asked about the body of a request: it is large, or of a length
    /// that is not known.
    private static func mustBeAsked(_ request: HTTPRequest) -> Bool {
        if !request.fields.values("transfer-encoding").isEmpty { return true }
        let length = request.fields["content-length"].flatMap { Int($0) } ?? 0
        return length > Limits.httpUnaskedBodyBytesMax
    }

    /// Reads bytes whole, cut once and one by one; whether a request was read and none refused.
    @discardableResult
    public static func run(_ bytes: [UInt8]) -> Bool {
        let whole = consistent(bytes)
        return whole.rejection == nil && !whole.requests.isEmpty
    }

    /// Does the same; what the requests came to.
    public static func reached(_ bytes: [UInt8]) -> Set<Reached> { consistent(bytes).reached }

    private static func consistent(_ bytes: [UInt8]) -> Reading {
        let whole = read([bytes[...]])
        let middle = bytes.isEmpty ? 0 : Int(bytes[bytes.count / 2]) % bytes.count
        precondition(
            read([bytes[..<middle], bytes[middle...]]) == whole,
            "a cut changes a request"
        )
        if bytes.count <= 2_048 {
            let single = read(bytes.indices.map { bytes[$0...$0] })
            precondition(single == whole, "single bytes change a request")
        }
        return whole
    }

    private static func read(_ pieces: [ArraySlice<UInt8>]) -> Reading {
        let asked = Asked()
        var parser = RequestParser(judge: { head, length in
            asked.note(length)
            return judge(head, length)
        })
        var reading = Reading()
        var buffer: [UInt8] = []
        for piece in pieces {
            buffer.append(contentsOf: piece)
            while true {
                let progress = parser.consume(buffer, 0..<buffer.count)
                precondition(progress.consumed <= buffer.count, "more read than there is")
                buffer.removeFirst(progress.consumed)
                if case .rejected(let rejection) = progress.outcome {
                    precondition(
                        400..<600 ~= rejection.status,
                        "a refusal without a status of refusals"
                    )
                    reading.rejection = rejection
                    reading.reached.insert(refused(rejection, asked))
                    return reading
                }
                guard progress.outcome == .complete else { break }
                let parsed = parser.take()
                reading.requests.append(checked(parsed))
                reading.reached.insert(served(parsed, asked))
                asked.forget()
                guard parsed.keepsAlive else { return reading }
            }
        }
        reading.isBetween = parser.isBetweenRequests && buffer.isEmpty
        return reading
    }

    /// What was asked about the present request.
    private final class Asked: Sendable {
        private let lengths = Mutex<[Int?]>([])

        func note(_ length: Int?) {
            lengths.withLock { lengths in
                precondition(lengths.isEmpty, "asked twice about one body")
                lengths.append(length)
            }
        }

        func forget() { lengths.withLock { $0 = [] } }

        var isAsked: Bool { lengths.withLock { !$0.isEmpty } }
        /// Whether the length was not known.
        var isOpen: Bool { lengths.withLock { $0.last == .some(nil) } }
    }

    private static func refused(_ rejection: RequestRejection, _ asked: Asked) -> Reached {
        guard asked.isAsked, rejection == .bodyTooLarge else { return .refused }
        return asked.isOpen ? .ruledChunksTooLarge : .ruledTooLarge
    }

    private static func served(_ parsed: ParsedRequest, _ asked: Asked) -> Reached {
        let request = parsed.request
        precondition(asked.isAsked || !mustBeAsked(request), "nobody was asked about a body")
        guard asked.isAsked else { return .served }
        switch judge(request, nil) {
        case .answer:
            precondition(request.body.isEmpty, "a body that nobody reads")
            precondition(!parsed.keepsAlive, "a request behind a body that nobody reads")
            let length = request.fields["content-length"].flatMap { Int($0) } ?? 0
            precondition(request.unreadByteCount == length, "another length than was announced")
            return asked.isOpen ? .unreadChunks : .unread
        case .read(let bytesMax):
            precondition(request.body.count <= bytesMax, "a body above what is let in")
            precondition(request.unreadByteCount == 0, "a body that is read and is not")
            return .ruledRead
        }
    }

    /// Checks a request, and answers all of it as a text.
    private static func checked(_ parsed: ParsedRequest) -> String {
        let request = parsed.request
        let path = Array(request.path.utf8)
        precondition(path.first == 0x2F || request.path == "*", "a path without its slash")
        precondition(path.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "a path that is no visible ASCII")
        let segments = request.path.split(separator: "/", omittingEmptySubsequences: false)
        precondition(!segments.contains { $0 == "." || $0 == ".." }, "a path that climbs")
        precondition(request.body.count <= Limits.httpBodyBytesMax, "a body above the limit")
        precondition(request.fields.count <= Limits.httpFieldCountMax, "fields above the limit")
        let fields = request.fields.entries
        for field in fields {
            let isClean = field.value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
            precondition(isClean, "a control byte in a field")
            precondition(!field.name.isEmpty, "a field without a name")
        }
        precondition(request.fields.values("host").count <= 1, "more than one Host")
        let lengths = request.fields.values("content-length")
        let codings = request.fields.values("transfer-encoding")
        precondition(lengths.count + codings.count <= 1, "a body that is framed twice")
        if let length = lengths.first {
            let count = max(request.body.count, request.unreadByteCount)
            precondition(Int(length) == count, "a body of another length")
        } else if codings.isEmpty {
            precondition(request.body.isEmpty, "a body without framing")
        }
        return "\(request.method) \(request.path) \(request.query ?? "-") \(fields) "
            + "\(request.body) \(parsed.keepsAlive) \(parsed.minorVersion)"
    }
}

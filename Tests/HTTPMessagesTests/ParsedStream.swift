import HTTPMessages
import Support

/// What a stream of bytes parses to, whatever pieces it arrives in: the transcript that must not
/// depend on where the network cuts.
struct ParsedStream: Equatable {
    struct Message: Equatable {
        let method: String
        let path: String
        let query: String?
        let fields: [String]
        let body: [UInt8]
        let keepsAlive: Bool

        init(_ parsed: ParsedRequest) {
            method = parsed.request.method
            path = parsed.request.path
            query = parsed.request.query
            fields = parsed.request.fields.entries.map { "\($0.name): \($0.value)" }
            body = parsed.request.body
            keepsAlive = parsed.keepsAlive
        }
    }

    private(set) var messages: [Message] = []
    private(set) var rejection: RequestRejection?
    /// Whether the bytes ended inside a request.
    private(set) var isIncomplete = false

    /// Parses as a server does: stops behind a rejection and behind a request that closes.
    init(_ pieces: [ArraySlice<UInt8>], limits: HTTPParsingLimits = HTTPParsingLimits()) {
        var parser = RequestParser(limits: limits)
        var buffer: [UInt8] = []
        for piece in pieces {
            buffer.append(contentsOf: piece)
            while true {
                let progress = parser.consume(buffer, 0..<buffer.count)
                buffer.removeFirst(progress.consumed)
                if case .rejected(let reason) = progress.outcome {
                    rejection = reason
                    return
                }
                guard progress.outcome == .complete else { break }
                let message = Message(parser.take())
                messages.append(message)
                if !message.keepsAlive { return }
            }
        }
        isIncomplete = !parser.isBetweenRequests || !buffer.isEmpty
    }

    init(_ bytes: [UInt8], limits: HTTPParsingLimits = HTTPParsingLimits()) {
        self.init([bytes[...]], limits: limits)
    }

    init(_ text: String, limits: HTTPParsingLimits = HTTPParsingLimits()) {
        self.init(Array(text.utf8), limits: limits)
    }

    /// The same bytes cut once.
    init(_ bytes: [UInt8], cutAt cut: Int, limits: HTTPParsingLimits = HTTPParsingLimits()) {
        self.init([bytes[..<cut], bytes[cut...]], limits: limits)
    }

    /// The same bytes one by one.
    init(byteByByte bytes: [UInt8], limits: HTTPParsingLimits = HTTPParsingLimits()) {
        self.init(bytes.indices.map { bytes[$0...$0] }, limits: limits)
    }

    /// Where to cut: everywhere in a short message; in a long one densely at both ends, around the
    /// ends of its lines and chunks, and here and there.
    static func cuts(_ bytes: [UInt8]) -> [Int] {
        let count = bytes.count
        guard count > 2_000 else { return Array(0...count) }
        let boundaries = StreamCuts.places(in: bytes, wholeUpTo: 2_000, linesMax: 90)
        let others =
            Array(0...400) + stride(from: 401, to: count - 200, by: 4_099)
            + Array((count - 200)...count)
        return Set(boundaries + others).sorted()
    }
}

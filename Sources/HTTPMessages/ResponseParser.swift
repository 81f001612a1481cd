import Basics

/// Reads responses from bytes as they arrive, for our own client.
///
/// Used like `RequestParser`: what is not consumed comes again with more behind it.
package struct ResponseParser: Sendable {
    private let bodyBytesMax: Int
    private let keepsBody: Bool
    private var state = State.head
    private var scanned = 0
    private var status = 0
    private var fields = HTTPFields()
    private var body: [UInt8] = []
    private var chunks = ChunkDecoder()
    private var isHead = false
    private var interimCount = 0
    /// Whether the connection can be used again behind the response.
    package private(set) var keepsAlive = true

    private enum State: Equatable, Sendable {
        case head
        case body(remaining: Int)
        case chunkedBody
        case bodyUntilClose
        case complete
        case failed
    }

    /// What the bytes so far came to.
    package enum Outcome: Equatable, Sendable {
        /// The response is not complete.
        case needsMore
        /// `take` gives the response.
        case complete
        /// What came is no HTTP/1.1 response, or above the size limit.
        case failed
    }

    /// A failure inside the parser.
    private struct Malformed: Error {}

    /// Makes a parser; without `keepsBody` bodies are counted and dropped.
    package init(
        bodyBytesMax: Int = Limits.httpClientResponseBytesMax,
        keepsBody: Bool = true
    ) {
        self.bodyBytesMax = bodyBytesMax
        self.keepsBody = keepsBody
    }

    /// Says that the next response answers a HEAD request and so has no body.
    package mutating func expectHead() { isHead = true }

    /// The status of the response whose head is complete.
    package var statusCode: Int { status }

    /// Reads on; answers how many bytes are done with.
    package mutating func consume(
        _ input: [UInt8],
        _ range: Range<Int>
    ) -> (consumed: Int, outcome: Outcome) {
        var start = range.lowerBound
        do {
            while true {
                switch state {
                case .head:
                    guard let end = headEnd(input, start, range.upperBound) else {
                        guard range.upperBound - start <= Limits.httpHeadBytesMax else {
                            throw Malformed()
                        }
                        return (start - range.lowerBound, .needsMore)
                    }
                    try readHead(input, start..<end)
                    start = end
                    scanned = 0
                case .body(let remaining):
                    let taken = min(remaining, range.upperBound - start)
                    if keepsBody { body.append(contentsOf: input[start..<start + taken]) }
                    start += taken
                    state = taken == remaining ? .complete : .body(remaining: remaining - taken)
                    if taken < remaining { return (start - range.lowerBound, .needsMore) }
                case .chunkedBody:
                    let isOver = try chunks.decode(
                        input,
                        &start,
                        range.upperBound,
                        into: &body,
                        bodyBytesMax: bodyBytesMax
                    )
                    guard isOver else { return (start - range.lowerBound, .needsMore) }
                    state = .complete
                case .bodyUntilClose:
                    guard body.count + range.upperBound - start <= bodyBytesMax else {
                        throw Malformed()
                    }
                    body.append(contentsOf: input[start..<range.upperBound])
                    return (range.count, .needsMore)
                case .complete: return (start - range.lowerBound, .complete)
                case .failed: return (range.count, .failed)
                }
            }
        } catch {
            state = .failed
            return (range.count, .failed)
        }
    }

    /// The peer sends no more: completes a response that ends with the connection.
    package mutating func endOfInput() -> Outcome {
        guard state == .bodyUntilClose else { return state == .complete ? .complete : .failed }
        state = .complete
        return .complete
    }

    /// Hands out the complete response and makes the parser ready for the next one.
    package mutating func take() -> HTTPResponse {
        precondition(state == .complete, "no complete response to take")
        let response = HTTPResponse(
            status: status,
            fields: fields,
            body: body,
            closesConnection: !keepsAlive
        )
        skip()
        return response
    }

    /// Drops the complete response and makes the parser ready for the next one.
    package mutating func skip() {
        precondition(state == .complete, "no complete response to drop")
        body = []
        fields = HTTPFields()
        isHead = false
        interimCount = 0
        state = .head
    }

    private mutating func headEnd(_ input: [UInt8], _ start: Int, _ end: Int) -> Int? {
        let bytes = input.span
        var position = start + max(3, scanned)
        while position < end {
            if bytes[position] == 0x0A, bytes[position - 1] == 0x0D, bytes[position - 2] == 0x0A,
                bytes[position - 3] == 0x0D
            {
                return position + 1
            }
            position += 1
        }
        scanned = max(0, end - start)
        return nil
    }

    /// `HTTP-version SP status-code SP [ reason-phrase ]`, then the fields.
    private mutating func readHead(_ input: [UInt8], _ range: Range<Int>) throws {
        let bytes = input.span
        var line = range.lowerBound
        var lineEnd = line
        while bytes[lineEnd] != 0x0D { lineEnd += 1 }
        guard lineEnd - line >= 12, bytes[lineEnd + 1] == 0x0A, Self.isVersion(bytes, line),
            bytes[line + 8] == 0x20, lineEnd - line == 12 || bytes[line + 12] == 0x20
        else { throw Malformed() }
        status = 0
        for position in line + 9..<line + 12 {
            guard bytes[position] >= 0x30, bytes[position] <= 0x39 else { throw Malformed() }
            status = status * 10 + Int(bytes[position] - 0x30)
        }
        keepsAlive = bytes[line + 7] == 0x31
        var places: [HTTPFields.Place] = []
        line = lineEnd + 2
        while bytes[line] != 0x0D {
            lineEnd = line
            while lineEnd < range.upperBound, bytes[lineEnd] != 0x0D { lineEnd += 1 }
            guard lineEnd + 1 < range.upperBound, bytes[lineEnd + 1] == 0x0A else {
                throw Malformed()
            }
            guard places.count < Limits.httpFieldCountMax else { throw Malformed() }
            places.append(try readField(bytes, line..<lineEnd, headStart: range.lowerBound))
            line = lineEnd + 2
        }
        fields = HTTPFields(bytes: Array(input[range]), index: places)
        try frame()
    }

    /// `HTTP/1.0` or a later 1.x.
    private static func isVersion(_ bytes: Span<UInt8>, _ line: Int) -> Bool {
        var position = line
        for byte in "HTTP/1.".utf8 {
            guard bytes[position] == byte else { return false }
            position += 1
        }
        return bytes[position] >= 0x30 && bytes[position] <= 0x39
    }

    private func readField(
        _ bytes: Span<UInt8>,
        _ line: Range<Int>,
        headStart: Int
    ) throws -> HTTPFields.Place {
        var colon = line.lowerBound
        while colon < line.upperBound, HTTPGrammar.isToken(bytes[colon]) { colon += 1 }
        guard colon > line.lowerBound, colon < line.upperBound, bytes[colon] == 0x3A else {
            throw Malformed()
        }
        var start = colon + 1
        var end = line.upperBound
        while start < end, bytes[start] == 0x20 || bytes[start] == 0x09 { start += 1 }
        while end > start, bytes[end - 1] == 0x20 || bytes[end - 1] == 0x09 { end -= 1 }
        for position in start..<end {
            guard HTTPGrammar.isValue(bytes[position]) else { throw Malformed() }
        }
        return HTTPFields.Place(
            name: line.lowerBound - headStart..<colon - headStart,
            value: start - headStart..<end - headStart
        )
    }

    /// How the body is framed (RFC 9112 section 6.3).
    ///
    /// A length that is told twice, or beside chunks, is refused even where the section lets one
    /// win: somebody on the way may have let the other win.
    private mutating func frame() throws {
        for value in fields.values("connection") {
            for option in value.split(separator: ",") {
                switch option.filter({ $0 != " " && $0 != "\t" }).lowercased() {
                case "close": keepsAlive = false
                case "keep-alive": keepsAlive = true
                default: continue
                }
            }
        }
        guard status >= 100, status != 101 else { throw Malformed() }
        if status < 200 {
            // An interim response; the one that counts is still to come.
            interimCount += 1
            guard interimCount <= Limits.httpInterimResponsesMax else { throw Malformed() }
            state = .head
            return
        }
        let lengths = fields.values("content-length")
        let codings = fields.values("transfer-encoding")
        guard lengths.count + codings.count <= 1 else { throw Malformed() }
        let length = try lengths.first.map(length)
        if isHead || status == 204 || status == 304 {
            state = .complete
        } else if !codings.isEmpty {
            guard fields.has("transfer-encoding", equalTo: "chunked") else { throw Malformed() }
            chunks = ChunkDecoder()
            state = .chunkedBody
        } else if let length {
            guard length <= bodyBytesMax else { throw Malformed() }
            if keepsBody { body.reserveCapacity(min(length, Limits.httpBodyReservedBytesMax)) }
            state = length == 0 ? .complete : .body(remaining: length)
        } else {
            keepsAlive = false
            state = .bodyUntilClose
        }
    }

    /// `1*DIGIT`, and nothing that a number parser would also take.
    private func length(_ text: String) throws -> Int {
        guard text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let length = Int(text) else {
            throw Malformed()
        }
        return length
    }
}

import Basics

/// Reads requests from bytes as they arrive, strictly by RFC 9112.
///
///     POST /cds-services/news2 HTTP/1.1\r\n
///     Host: gateway.example\r\n
///     Content-Length: 2\r\n
///     \r\n
///     {}
///
/// The parser keeps no input: whoever owns the buffer hands over what has not been consumed yet,
/// always from its first byte, and drops what was consumed. A head is consumed as a whole, so
/// until it is complete the same bytes come again with more behind them; they are not read twice.
package struct RequestParser: Sendable {
    let limits: HTTPParsingLimits
    private let judge: HTTPHeadRuling.Judge?
    var state = State.leading
    var head = RequestHead()
    /// Bytes of the head that were checked already, counted from the head's first byte.
    var scanned = 0
    /// Where the present line begins, counted from the head's first byte.
    var lineStart = 0
    var body: [UInt8] = []
    var chunks = ChunkDecoder()
    /// How large the present body may be.
    private var bodyBytesMax = 0
    private var isContinueDue = false

    enum State: Equatable, Sendable {
        /// Before a request; one empty line is passed over (RFC 9112 section 2.2).
        case leading
        case requestLine
        case fieldLines
        case body(remaining: Int)
        case chunkedBody
        case complete
        case rejected(RequestRejection)
    }

    /// What the bytes so far came to.
    package enum Outcome: Equatable, Sendable {
        /// The request is not complete.
        case needsMore
        /// `take` gives the request.
        case complete
        /// The connection can carry no further request.
        case rejected(RequestRejection)
    }

    /// How far the parser came.
    package struct Progress: Equatable, Sendable {
        /// How many bytes are done with.
        package let consumed: Int
        /// What they came to.
        package let outcome: Outcome
    }

    /// Makes a parser; without a judge every body is read that keeps the limits.
    package init(
        limits: HTTPParsingLimits = HTTPParsingLimits(),
        judge: HTTPHeadRuling.Judge? = nil
    ) {
        self.limits = limits
        self.judge = judge
    }

    /// Whether nothing of a request has arrived; an empty line before it is none of it.
    package var isBetweenRequests: Bool {
        switch state {
        case .leading: true
        case .requestLine: scanned == 0
        case .fieldLines, .body, .chunkedBody, .complete, .rejected: false
        }
    }

    /// Whether the head is complete and the body is not.
    package var isReadingBody: Bool {
        switch state {
        case .body, .chunkedBody: true
        case .leading, .requestLine, .fieldLines, .complete, .rejected: false
        }
    }

    /// Whether the present request is HEAD, as far as it was read.
    var isHead: Bool { head.isHead }

    /// How many bytes of the body have arrived.
    package var bodyBytesReceived: Int { body.count }

    /// Reads on; bytes behind a complete request are left alone.
    package mutating func consume(_ input: [UInt8], _ range: Range<Int>) -> Progress {
        precondition(range.lowerBound >= 0, "a range outside the input")
        precondition(range.upperBound <= input.count, "a range outside the input")
        var start = range.lowerBound
        do {
            while true {
                switch state {
                case .leading:
                    guard try passLeadingLine(input, &start, range.upperBound) else {
                        return progress(range, start)
                    }
                case .requestLine, .fieldLines:
                    guard let end = try scanHead(input, start, range.upperBound) else {
                        return progress(range, start)
                    }
                    try finishHead(input, start..<end)
                    start = end
                    isContinueDue = head.expectsContinue && start == range.upperBound
                case .body(let remaining):
                    let taken = min(remaining, range.upperBound - start)
                    body.append(contentsOf: input[start..<start + taken])
                    start += taken
                    state = taken == remaining ? .complete : .body(remaining: remaining - taken)
                    if taken < remaining { return progress(range, start) }
                case .chunkedBody:
                    let isOver = try chunks.decode(
                        input,
                        &start,
                        range.upperBound,
                        into: &body,
                        bodyBytesMax: bodyBytesMax
                    )
                    guard isOver else { return progress(range, start) }
                    state = .complete
                case .complete, .rejected:
                    return progress(range, start)
                }
            }
        } catch {
            state = .rejected(error)
            body = []
            return progress(range, start)
        }
    }

    /// Whether `100 Continue` is due; says so once (RFC 9110 section 10.1.1).
    package mutating func takeContinueDue() -> Bool {
        defer { isContinueDue = false }
        return isContinueDue && isReadingBody && body.isEmpty
    }

    /// Hands out the complete request and makes the parser ready for the next one.
    package mutating func take() -> ParsedRequest {
        precondition(state == .complete, "no complete request to take")
        var request = HTTPRequest(
            method: head.method,
            path: head.path,
            query: head.query,
            fields: head.fields,
            body: body
        )
        request.unreadByteCount = head.unreadByteCount ?? 0
        let parsed = ParsedRequest(
            request: request,
            keepsAlive: head.keepsAlive,
            minorVersion: head.minorVersion
        )
        body = []
        head = RequestHead()
        scanned = 0
        lineStart = 0
        state = .leading
        isContinueDue = false
        return parsed
    }

    /// Lets go of what has come of a request that is not going to be complete.
    mutating func abandon() {
        body = []
    }

    /// Decides about the body before any of it is read (RFC 9112 section 6.3).
    mutating func beginBody() throws(RequestRejection) {
        guard head.isChunked || head.contentLength ?? 0 > 0 else {
            state = .complete
            return
        }
        let length = head.isChunked ? nil : head.contentLength
        bodyBytesMax = limits.bodyBytesMax
        if let length, length > bodyBytesMax { throw .bodyTooLarge }
        // A small body costs less than asking, and its refusal leaves the connection open.
        let isSmall = length.map { $0 <= Limits.httpUnaskedBodyBytesMax } ?? false
        if let judge, !isSmall || head.expectsContinue {
            let asked = HTTPRequest(
                method: head.method,
                path: head.path,
                query: head.query,
                fields: head.fields
            )
            switch judge(asked, length) {
            case .read(let bytesMax): bodyBytesMax = min(bytesMax, bodyBytesMax)
            case .answer:
                head.unreadByteCount = length ?? 0
                state = .complete
                return
            }
        }
        guard let length else {
            chunks = ChunkDecoder()
            state = .chunkedBody
            return
        }
        guard length <= bodyBytesMax else { throw .bodyTooLarge }
        body.reserveCapacity(min(length, Limits.httpBodyReservedBytesMax))
        state = .body(remaining: length)
    }

    private func progress(_ range: Range<Int>, _ start: Int) -> Progress {
        let outcome: Outcome
        switch state {
        case .leading, .requestLine, .fieldLines, .body, .chunkedBody: outcome = .needsMore
        case .complete: outcome = .complete
        case .rejected(let rejection): outcome = .rejected(rejection)
        }
        return Progress(consumed: start - range.lowerBound, outcome: outcome)
    }
}

/// A request and what its head says about the connection.
package struct ParsedRequest: Sendable {
    /// The request.
    package var request: HTTPRequest
    /// Whether the client wants to go on using the connection.
    package let keepsAlive: Bool
    /// 1 for HTTP/1.1, 0 for HTTP/1.0.
    package let minorVersion: Int
}

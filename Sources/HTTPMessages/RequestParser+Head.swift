extension RequestParser {
    /// Passes over one empty line before a request; `false` when more bytes are needed.
    mutating func passLeadingLine(
        _ input: [UInt8],
        _ start: inout Int,
        _ end: Int
    ) throws(RequestRejection) -> Bool {
        guard start < end else { return false }
        guard input[start] == 0x0D else {
            state = .requestLine
            return true
        }
        guard start + 1 < end else { return false }
        guard input[start + 1] == 0x0A else { throw .bareCarriageReturn }
        start += 2
        state = .requestLine
        return true
    }

    /// Checks the bytes of the head that are new and reads each line that is complete; answers
    /// where the head ends.
    mutating func scanHead(
        _ input: [UInt8],
        _ start: Int,
        _ end: Int
    ) throws(RequestRejection) -> Int? {
        let bytes = input.span
        var position = start + scanned
        if state == .requestLine { noteHead(bytes, start, end) }
        while true {
            let isFirstLine = state == .requestLine
            let longest = isFirstLine ? limits.requestLineBytesMax : limits.fieldBytesMax
            let tooLong: RequestRejection = isFirstLine ? .requestLineTooLong : .fieldTooLong
            let stop = min(end, start + lineStart + longest + 1)
            while position < stop, HTTPGrammar.isValue(bytes[position]) { position += 1 }
            guard position - start - lineStart <= longest else { throw tooLong }
            guard position - start <= limits.headBytesMax else { throw .headTooLong }
            guard position < end else { break }
            let byte = bytes[position]
            guard byte == 0x0D else { throw byte == 0x0A ? .bareLineFeed : .controlByte }
            guard position + 1 < end else { break }
            guard bytes[position + 1] == 0x0A else { throw .bareCarriageReturn }
            let line = start + lineStart..<position
            position += 2
            lineStart = position - start
            guard lineStart <= limits.headBytesMax else { throw .headTooLong }
            if isFirstLine {
                try readRequestLine(bytes, line)
                state = .fieldLines
            } else if line.isEmpty {
                return position
            } else {
                try readFieldLine(bytes, line, headStart: start)
            }
        }
        scanned = position - start
        return nil
    }

    /// Takes note of HEAD before anything else of its line can be refused: no answer to it has a
    /// body (RFC 9110 section 9.3.2).
    private mutating func noteHead(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) {
        var position = start
        for byte in "HEAD ".utf8 {
            guard position < end, bytes[position] == byte else { return }
            position += 1
        }
        head.isHead = true
    }

    /// `method SP request-target SP HTTP-version` (RFC 9112 section 3).
    private mutating func readRequestLine(
        _ bytes: Span<UInt8>,
        _ line: Range<Int>
    ) throws(RequestRejection) {
        var blanks = 0
        var first = line.lowerBound
        var last = line.lowerBound
        for position in line where bytes[position] == 0x20 {
            if blanks == 0 { first = position }
            last = position
            blanks += 1
        }
        guard blanks == 2 else { throw .requestLineMalformed }
        let method = line.lowerBound..<first
        let target = first + 1..<last
        let version = last + 1..<line.upperBound
        guard !method.isEmpty else { throw .requestLineMalformed }
        guard !target.isEmpty else { throw .requestLineMalformed }
        for position in method where !HTTPGrammar.isToken(bytes[position]) {
            throw .requestLineMalformed
        }
        head.minorVersion = try readVersion(bytes, version)
        head.method = try HTTPMethod.name(bytes, method)
        // No route takes it, and whoever sends it is answered once.
        if head.method == "TRACE" { head.asksToClose = true }
        try readTarget(bytes, target)
    }

    private func readVersion(
        _ bytes: Span<UInt8>,
        _ range: Range<Int>
    ) throws(RequestRejection) -> Int {
        guard range.count == 8 else { throw .requestLineMalformed }
        let start = range.lowerBound
        var position = start
        for byte in "HTTP/".utf8 {
            // With regard to case (RFC 9112 section 2.3).
            guard bytes[position] == byte else { throw .requestLineMalformed }
            position += 1
        }
        let major = bytes[start + 5]
        let minor = bytes[start + 7]
        guard bytes[start + 6] == 0x2E else { throw .requestLineMalformed }
        guard major >= 0x30, major <= 0x39 else { throw .requestLineMalformed }
        guard minor >= 0x30, minor <= 0x39 else { throw .requestLineMalformed }
        guard major == 0x31, minor <= 0x31 else { throw .versionUnsupported }
        return Int(minor - 0x30)
    }

    /// `field-name ":" OWS field-value OWS` (RFC 9112 section 5).
    private mutating func readFieldLine(
        _ bytes: Span<UInt8>,
        _ line: Range<Int>,
        headStart: Int
    ) throws(RequestRejection) {
        let first = bytes[line.lowerBound]
        guard first != 0x20, first != 0x09 else { throw .fieldFolded }
        var colon = line.lowerBound
        while colon < line.upperBound, HTTPGrammar.isToken(bytes[colon]) { colon += 1 }
        guard colon < line.upperBound, bytes[colon] == 0x3A else { throw .fieldMalformed }
        guard colon > line.lowerBound else { throw .fieldMalformed }
        guard head.places.count < limits.fieldCountMax else { throw .fieldsTooMany }
        let name = line.lowerBound..<colon
        let value = trimmed(bytes, colon + 1..<line.upperBound)
        try note(bytes, name, value)
        if head.places.isEmpty { head.places.reserveCapacity(16) }
        head.places.append(
            HTTPFields.Place(
                name: name.lowerBound - headStart..<name.upperBound - headStart,
                value: value.lowerBound - headStart..<value.upperBound - headStart
            )
        )
    }

    /// Takes note of the fields that frame messages and connections.
    private mutating func note(
        _ bytes: Span<UInt8>,
        _ name: Range<Int>,
        _ value: Range<Int>
    ) throws(RequestRejection) {
        switch name.count {
        case 4 where isSame(bytes, name, "host"):
            guard head.host == nil else { throw .hostRepeated }
            head.host = try readAuthority(bytes, value)
        case 6 where isSame(bytes, name, "expect"):
            guard isSame(bytes, value, "100-continue") else { throw .expectationFailed }
            head.hasExpectation = true
        case 10 where isSame(bytes, name, "connection"):
            try noteConnection(bytes, value)
        case 14 where isSame(bytes, name, "content-length"):
            guard head.contentLength == nil else { throw .lengthRepeated }
            head.contentLength = try readLength(bytes, value)
        case 17 where isSame(bytes, name, "transfer-encoding"):
            guard !head.hasCoding else { throw .codingRepeated }
            head.hasCoding = true
            head.isChunked = isSame(bytes, value, "chunked")
            head.endsInChunked = head.isChunked || endsInChunked(bytes, value)
        default: break
        }
    }

    /// At most 18 digits, which no 64-bit number overflows (RFC 9110 section 8.6).
    private func readLength(
        _ bytes: Span<UInt8>,
        _ value: Range<Int>
    ) throws(RequestRejection) -> Int {
        guard !value.isEmpty, value.count <= 18 else { throw .lengthMalformed }
        var length = 0
        for position in value {
            let byte = bytes[position]
            guard byte >= 0x30, byte <= 0x39 else { throw .lengthMalformed }
            length = length * 10 + Int(byte - 0x30)
        }
        return length
    }

    /// The comma list of connection options (RFC 9110 section 7.6.1).
    private mutating func noteConnection(
        _ bytes: Span<UInt8>,
        _ value: Range<Int>
    ) throws(RequestRejection) {
        var start = value.lowerBound
        while start <= value.upperBound {
            var comma = start
            while comma < value.upperBound, bytes[comma] != 0x2C { comma += 1 }
            let option = trimmed(bytes, start..<comma)
            if isSame(bytes, option, "close") { head.asksToClose = true }
            if isSame(bytes, option, "keep-alive") { head.asksToStay = true }
            for name in ["content-length", "transfer-encoding", "host"] as [StaticString]
            where isSame(bytes, option, name) { throw .connectionNamesFraming }
            start = comma + 1
        }
    }

    /// Whether a list of transfer codings ends in the only `chunked` of it (RFC 9112 section 6.1).
    ///
    /// An empty member, which RFC 9110 section 5.6.1.2 passes over, is none of it: somebody on the
    /// way may read such a list in another way.
    private func endsInChunked(_ bytes: Span<UInt8>, _ value: Range<Int>) -> Bool {
        var start = value.lowerBound
        while true {
            var comma = start
            while comma < value.upperBound, bytes[comma] != 0x2C { comma += 1 }
            let coding = trimmed(bytes, start..<comma)
            let isChunked = isSame(bytes, coding, "chunked")
            guard comma < value.upperBound else { return isChunked }
            guard !isChunked, !coding.isEmpty else { return false }
            start = comma + 1
        }
    }

    /// What the head as a whole must satisfy, and how its body is framed (RFC 9112 section 6.3).
    mutating func finishHead(
        _ input: [UInt8],
        _ range: Range<Int>
    ) throws(RequestRejection) {
        if head.host == nil, head.minorVersion == 1 { throw .hostMissing }
        if let authority = head.authority, let host = head.host, !isSamePlace(authority, host) {
            throw .hostMismatch
        }
        if head.hasCoding {
            guard head.contentLength == nil else { throw .lengthAndCoding }
            guard head.minorVersion == 1 else { throw .codingInOldVersion }
            guard head.endsInChunked else { throw .codingNotChunked }
            guard head.isChunked else { throw .codingUnsupported }
        }
        head.fields = HTTPFields(bytes: Array(input[range]), index: head.places)
        // A client of version 1.0 cannot have meant it (RFC 9110 section 10.1.1).
        head.expectsContinue = head.hasExpectation && head.minorVersion == 1
        try beginBody()
    }

    /// Whether bytes are a text in small letters, without regard to their case.
    func isSame(_ bytes: Span<UInt8>, _ range: Range<Int>, _ text: StaticString) -> Bool {
        guard range.count == text.utf8CodeUnitCount else { return false }
        var position = range.lowerBound
        for byte in text.description.utf8 {
            guard HTTPGrammar.lower(bytes[position]) == HTTPGrammar.lower(byte) else {
                return false
            }
            position += 1
        }
        return true
    }

    /// A range without the blanks at its ends.
    private func trimmed(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
        var start = range.lowerBound
        var end = range.upperBound
        while start < end, isBlank(bytes[start]) { start += 1 }
        while end > start, isBlank(bytes[end - 1]) { end -= 1 }
        return start..<end
    }

    private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}

extension RequestParser {
    /// Origin-form, absolute-form or, for OPTIONS, the asterisk (RFC 9112 section 3.2).
    mutating func readTarget(
        _ bytes: Span<UInt8>,
        _ range: Range<Int>
    ) throws(RequestRejection) {
        var start = range.lowerBound
        if bytes[start] == 0x2A {
            guard range.count == 1, head.method == "OPTIONS" else { throw .targetMalformed }
            head.path = "*"
            return
        }
        if bytes[start] != 0x2F {
            guard let scheme = scheme(bytes, range) else { throw .targetMalformed }
            let authorityStart = scheme.end
            head.schemePort = scheme.port
            start = authorityStart
            while start < range.upperBound, bytes[start] != 0x2F, bytes[start] != 0x3F {
                start += 1
            }
            head.authority = try readAuthority(bytes, authorityStart..<start)
        }
        var pathEnd = start
        while pathEnd < range.upperBound, bytes[pathEnd] != 0x3F { pathEnd += 1 }
        try checkPath(bytes, start..<pathEnd)
        head.path = start == pathEnd ? "/" : try text(bytes, start..<pathEnd)
        guard pathEnd < range.upperBound else { return }
        let query = pathEnd + 1..<range.upperBound
        try checkQuery(bytes, query)
        head.query = try text(bytes, query)
    }

    /// Where the authority of an `http` or `https` target begins, and the port that the scheme
    /// stands for (RFC 9110 section 4.2).
    private func scheme(
        _ bytes: Span<UInt8>,
        _ range: Range<Int>
    ) -> (end: Int, port: StaticString)? {
        let known: [(text: StaticString, port: StaticString)] = [
            ("http://", "80"), ("https://", "443"),
        ]
        for (text, port) in known {
            let end = range.lowerBound + text.utf8CodeUnitCount
            guard end <= range.upperBound else { continue }
            if isSame(bytes, range.lowerBound..<end, text) { return (end, port) }
        }
        return nil
    }

    /// Whether a target and a Host field name the same place.
    ///
    /// An empty port, none, and the one that the scheme of the target stands for are the same (RFC
    /// 9110 section 4.2.3); another spelling of that number is not taken for it. Without an
    /// absolute-form target there is nothing to compare (RFC 9112 section 3.2.2).
    func isSamePlace(_ authority: [UInt8], _ host: [UInt8]) -> Bool {
        withoutSchemePort(authority) == withoutSchemePort(host)
    }

    /// An authority that was found good, without a port that says nothing.
    private func withoutSchemePort(_ authority: [UInt8]) -> ArraySlice<UInt8> {
        var start = authority.endIndex
        while start > 0, authority[start - 1] >= 0x30, authority[start - 1] <= 0x39 { start -= 1 }
        // The colons of an IPv6 address stand inside its brackets.
        guard start > 0, authority[start - 1] == 0x3A else { return authority[...] }
        let port = authority[start...]
        guard port.isEmpty || port.elementsEqual(head.schemePort.description.utf8) else {
            return authority[...]
        }
        return authority[..<(start - 1)]
    }

    /// A path is never decoded here and never cleaned up: what two servers could read in two
    /// ways is refused (RFC 3986 section 6).
    private func checkPath(_ bytes: Span<UInt8>, _ path: Range<Int>) throws(RequestRejection) {
        var position = path.lowerBound
        // Of the present segment: its length in decoded characters, and whether all are dots.
        var length = 0
        var isDots = true
        while position < path.upperBound {
            let byte = bytes[position]
            guard HTTPGrammar.isPath(byte) else {
                guard byte == 0x25 else { throw .targetMalformed }
                let decoded = try readEscape(bytes, position, path.upperBound)
                switch decoded {
                case 0x2F, 0x5C, 0x7F, 0...0x1F: throw .targetEncodedDelimiter
                default: break
                }
                isDots = isDots && decoded == 0x2E
                length += 1
                position += 3
                continue
            }
            if byte == 0x2F {
                if isDots, length == 1 || length == 2 { throw .targetDotSegment }
                length = 0
                isDots = true
            } else {
                isDots = isDots && byte == 0x2E
                length += 1
            }
            position += 1
        }
        if isDots, length == 1 || length == 2 { throw .targetDotSegment }
    }

    /// Visible ASCII without the fragment; FHIR clients send `|` in clear.
    private func checkQuery(_ bytes: Span<UInt8>, _ query: Range<Int>) throws(RequestRejection) {
        var position = query.lowerBound
        while position < query.upperBound {
            let byte = bytes[position]
            guard HTTPGrammar.isVisible(byte), byte != 0x23 else { throw .targetMalformed }
            if byte == 0x25 { _ = try readEscape(bytes, position, query.upperBound) }
            position += 1
        }
    }

    private func readEscape(
        _ bytes: Span<UInt8>,
        _ position: Int,
        _ end: Int
    ) throws(RequestRejection) -> UInt8 {
        guard position + 2 < end else { throw .targetMalformed }
        guard let high = HTTPGrammar.hexadecimal(bytes[position + 1]) else {
            throw .targetMalformed
        }
        guard let low = HTTPGrammar.hexadecimal(bytes[position + 2]) else {
            throw .targetMalformed
        }
        return high << 4 | low
    }

    /// `uri-host [ ":" port ]` (RFC 9110 section 7.2), answered in small letters.
    func readAuthority(
        _ bytes: Span<UInt8>,
        _ range: Range<Int>
    ) throws(RequestRejection) -> [UInt8] {
        guard !range.isEmpty else { throw .hostMalformed }
        var lowered: [UInt8] = []
        lowered.reserveCapacity(range.count)
        for position in range {
            guard HTTPGrammar.isHost(bytes[position]) else { throw .hostMalformed }
            lowered.append(HTTPGrammar.lower(bytes[position]))
        }
        var hostEnd = 0
        if lowered[0] == 0x5B {
            // An IPv6 address in brackets: hexadecimal digits, colons and dots.
            hostEnd = 1
            while hostEnd < lowered.count, isAddressByte(lowered[hostEnd]) { hostEnd += 1 }
            guard hostEnd > 2, hostEnd < lowered.count else { throw .hostMalformed }
            guard lowered[hostEnd] == 0x5D else { throw .hostMalformed }
            // Digits and colons alone make no address (RFC 3986 section 3.2.2).
            let literal = String(decoding: lowered[1..<hostEnd], as: UTF8.self)
            guard let address = IPAddress(literal), address.isSix else { throw .hostMalformed }
            hostEnd += 1
        } else {
            while hostEnd < lowered.count, isNameByte(lowered[hostEnd]) { hostEnd += 1 }
            guard hostEnd > 0 else { throw .hostMalformed }
        }
        guard hostEnd < lowered.count else { return lowered }
        guard lowered[hostEnd] == 0x3A else { throw .hostMalformed }
        let port = lowered[(hostEnd + 1)...]
        guard port.count <= 5 else { throw .hostMalformed }
        var number = 0
        for digit in port {
            guard digit >= 0x30, digit <= 0x39 else { throw .hostMalformed }
            number = number * 10 + Int(digit - 0x30)
        }
        guard number <= 65_535 else { throw .hostMalformed }
        return lowered
    }

    private func isNameByte(_ byte: UInt8) -> Bool {
        byte != 0x3A && byte != 0x5B && byte != 0x5D
    }

    private func isAddressByte(_ byte: UInt8) -> Bool {
        HTTPGrammar.hexadecimal(byte) != nil || byte == 0x3A || byte == 0x2E
    }

    /// Text of bytes that are visible ASCII, which was checked.
    private func text(
        _ bytes: Span<UInt8>,
        _ range: Range<Int>
    ) throws(RequestRejection) -> String {
        do {
            return String(copying: try UTF8Span(validating: bytes.extracting(range)))
        } catch {
            throw .targetMalformed
        }
    }
}

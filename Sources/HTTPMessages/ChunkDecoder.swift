import Basics

/// Takes the chunked coding off a body (RFC 9112 section 7.1).
///
///     7;name=value\r\n
///     {"a":1}\r\n
///     0\r\n
///     \r\n
///
/// Extensions and trailers are checked, bounded and dropped.
struct ChunkDecoder: Sendable {
    private var state = State.size
    private var size = 0
    private var digits = 0
    private var extensionBytes = 0
    private var trailerBytes = 0
    private var trailerCount = 0
    /// Bytes of framing that the data between them does not pay for.
    private var unpaidBytes = 0

    private enum State: Sendable {
        case size
        case extensionName(isEmpty: Bool)
        case extensionValue(isEmpty: Bool)
        case quoted
        case quotedPair
        case afterQuoted
        case sizeLineFeed
        case data
        case dataCarriageReturn
        case dataLineFeed
        case trailerStart
        case trailerName
        case trailerValue
        case trailerLineFeed
        case lastLineFeed
    }

    /// Decodes what is there; `true` when the body is over.
    mutating func decode(
        _ input: [UInt8],
        _ position: inout Int,
        _ end: Int,
        into body: inout [UInt8],
        bodyBytesMax: Int
    ) throws(RequestRejection) -> Bool {
        while position < end {
            if case .data = state {
                let taken = min(size, end - position)
                body.append(contentsOf: input[position..<position + taken])
                position += taken
                size -= taken
                if size == 0 { state = .dataCarriageReturn }
                continue
            }
            let byte = input[position]
            position += 1
            if try step(byte) { return true }
            unpaidBytes += 1
            if case .data = state {
                guard size <= bodyBytesMax - body.count else { throw .bodyTooLarge }
                // Long extensions on chunks of one byte would cost much more than they carry.
                unpaidBytes = max(0, unpaidBytes - Limits.httpChunkFramingBytes - 2 * size)
                guard unpaidBytes <= Limits.httpChunkUnpaidBytesMax else {
                    throw .chunkExtensionTooLong
                }
            }
        }
        return false
    }

    /// Takes one byte of framing; `true` when it was the last.
    private mutating func step(_ byte: UInt8) throws(RequestRejection) -> Bool {
        switch state {
        case .size: try stepSize(byte)
        case .extensionName, .extensionValue, .quoted, .quotedPair, .afterQuoted:
            extensionBytes += 1
            guard extensionBytes <= Limits.httpChunkExtensionBytesMax else {
                throw .chunkExtensionTooLong
            }
            try stepExtension(byte)
        case .sizeLineFeed:
            guard byte == 0x0A else { throw .chunkMalformed }
            extensionBytes = 0
            digits = 0
            state = size == 0 ? .trailerStart : .data
        case .data: preconditionFailure("data is not read byte by byte")
        case .dataCarriageReturn:
            guard byte == 0x0D else { throw .chunkMalformed }
            state = .dataLineFeed
        case .dataLineFeed:
            guard byte == 0x0A else { throw .chunkMalformed }
            state = .size
        case .trailerStart, .trailerName, .trailerValue, .trailerLineFeed:
            trailerBytes += 1
            guard trailerBytes <= Limits.httpTrailerBytesMax else { throw .trailerTooLong }
            try stepTrailer(byte)
        case .lastLineFeed:
            guard byte == 0x0A else { throw .bareCarriageReturn }
            return true
        }
        return false
    }

    private mutating func stepSize(_ byte: UInt8) throws(RequestRejection) {
        if let digit = HTTPGrammar.hexadecimal(byte) {
            digits += 1
            guard digits <= Limits.httpChunkSizeDigitsMax else { throw .chunkMalformed }
            size = size << 4 | Int(digit)
            return
        }
        guard digits > 0 else { throw .chunkMalformed }
        switch byte {
        case 0x0D: state = .sizeLineFeed
        case 0x3B: state = .extensionName(isEmpty: true)
        default: throw .chunkMalformed
        }
    }

    /// `*( ";" chunk-ext-name [ "=" chunk-ext-val ] )`, without the "bad" blanks.
    private mutating func stepExtension(_ byte: UInt8) throws(RequestRejection) {
        switch state {
        case .extensionName(let isEmpty):
            if HTTPGrammar.isToken(byte) {
                state = .extensionName(isEmpty: false)
            } else {
                guard !isEmpty else { throw .chunkMalformed }
                if byte == 0x3D {
                    state = .extensionValue(isEmpty: true)
                } else {
                    try endExtension(byte)
                }
            }
        case .extensionValue(let isEmpty):
            if HTTPGrammar.isToken(byte) {
                state = .extensionValue(isEmpty: false)
            } else if isEmpty {
                guard byte == 0x22 else { throw .chunkMalformed }
                state = .quoted
            } else {
                try endExtension(byte)
            }
        case .quoted:
            guard HTTPGrammar.isValue(byte) else { throw .chunkMalformed }
            if byte == 0x22 { state = .afterQuoted }
            if byte == 0x5C { state = .quotedPair }
        case .quotedPair:
            guard HTTPGrammar.isValue(byte) else { throw .chunkMalformed }
            state = .quoted
        case .afterQuoted: try endExtension(byte)
        case .size, .sizeLineFeed, .data, .dataCarriageReturn, .dataLineFeed, .trailerStart,
            .trailerName, .trailerValue, .trailerLineFeed, .lastLineFeed:
            preconditionFailure("no extension is being read")
        }
    }

    private mutating func endExtension(_ byte: UInt8) throws(RequestRejection) {
        switch byte {
        case 0x0D: state = .sizeLineFeed
        case 0x3B: state = .extensionName(isEmpty: true)
        default: throw .chunkMalformed
        }
    }

    private mutating func stepTrailer(_ byte: UInt8) throws(RequestRejection) {
        switch state {
        case .trailerStart:
            if byte == 0x0D {
                state = .lastLineFeed
                return
            }
            guard byte != 0x20, byte != 0x09 else { throw .fieldFolded }
            guard HTTPGrammar.isToken(byte) else { throw .fieldMalformed }
            trailerCount += 1
            guard trailerCount <= Limits.httpTrailerCountMax else { throw .trailerTooLong }
            state = .trailerName
        case .trailerName:
            if byte == 0x3A {
                state = .trailerValue
            } else {
                guard HTTPGrammar.isToken(byte) else { throw .fieldMalformed }
            }
        case .trailerValue:
            if byte == 0x0D {
                state = .trailerLineFeed
            } else {
                guard byte != 0x0A else { throw .bareLineFeed }
                guard HTTPGrammar.isValue(byte) else { throw .controlByte }
            }
        case .trailerLineFeed:
            guard byte == 0x0A else { throw .bareCarriageReturn }
            state = .trailerStart
        case .size, .extensionName, .extensionValue, .quoted, .quotedPair, .afterQuoted,
            .sizeLineFeed, .data, .dataCarriageReturn, .dataLineFeed, .lastLineFeed:
            preconditionFailure("no trailer is being read")
        }
    }
}

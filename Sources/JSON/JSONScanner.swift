import Basics

/// Fills the tape of a `JSONDocument` in one pass, without recursion, and names the first fault.
///
/// `JSONTapeBuilder` is faster and comes first; what it refuses is scanned here. Strings and white
/// space are skipped eight bytes at a time (`JSONBytes.word`). Every index into the text is
/// checked; the checks cost next to nothing because each stands before eight reads.
struct JSONScanner {
    var tape: [TapeEntry] = []
    var names = JSONNames()
    private var containers: [Container] = []

    /// A container that is still open.
    private struct Container {
        var tapeIndex: Int
        var isObject: Bool
        /// Where its names start in the scratch list of names.
        var nameStart: Int
    }

    /// What stands behind a value or an opening bracket.
    private enum Step {
        case value
        case name
        case afterValue
        case end
    }

    mutating func scan(_ array: [UInt8]) throws(JSONError) {
        guard array.count <= Limits.jsonBytesMax else {
            throw JSONError(code: .tooLarge, offset: Limits.jsonBytesMax)
        }
        tape.reserveCapacity(array.count / 12 + 16)
        let bytes = array.span
        if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF {
            throw JSONError(code: .byteOrderMark, offset: 0)
        }
        var position = JSONBytes.skipSpace(0, in: bytes)
        guard position < bytes.count else { throw JSONError(code: .empty, offset: position) }
        try scanValues(&position, in: bytes, of: array)
        position = JSONBytes.skipSpace(position, in: bytes)
        guard position == bytes.count else {
            throw JSONError(code: .trailingBytes, offset: position)
        }
    }

    private mutating func scanValues(
        _ position: inout Int,
        in bytes: Span<UInt8>,
        of array: [UInt8]
    ) throws(JSONError) {
        var step = Step.value
        while step != .end {
            position = JSONBytes.skipSpace(position, in: bytes)
            guard position < bytes.count else {
                throw JSONError(code: .unexpectedEnd, offset: position)
            }
            switch step {
            case .value:
                step = try scanValue(&position, in: bytes)
            case .name:
                try scanName(&position, in: bytes)
                step = .value
            case .afterValue:
                step = try scanSeparator(&position, in: bytes, of: array)
            case .end:
                break
            }
        }
    }

    @inline(__always)
    private mutating func scanValue(
        _ position: inout Int,
        in bytes: Span<UInt8>
    ) throws(JSONError) -> Step {
        switch bytes[position] {
        case UInt8(ascii: "\""):
            try scanString(&position, in: bytes)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            let start = position
            position = try JSONBytes.skipNumber(start, in: bytes)
            append(.number, from: start, to: position, false)
        case UInt8(ascii: "{"):
            try open(isObject: true, &position)
            position = JSONBytes.skipSpace(position, in: bytes)
            let isEmpty = position < bytes.count && bytes[position] == UInt8(ascii: "}")
            return isEmpty ? .afterValue : .name
        case UInt8(ascii: "["):
            try open(isObject: false, &position)
            position = JSONBytes.skipSpace(position, in: bytes)
            let isEmpty = position < bytes.count && bytes[position] == UInt8(ascii: "]")
            return isEmpty ? .afterValue : .value
        case UInt8(ascii: "t"):
            try scanWord(.true, &position, in: bytes)
        case UInt8(ascii: "f"):
            try scanWord(.false, &position, in: bytes)
        case UInt8(ascii: "n"):
            try scanWord(.null, &position, in: bytes)
        default:
            throw JSONError(code: .unexpectedByte, offset: position)
        }
        return containers.isEmpty ? .end : .afterValue
    }

    @inline(__always)
    private mutating func scanSeparator(
        _ position: inout Int,
        in bytes: Span<UInt8>,
        of array: [UInt8]
    ) throws(JSONError) -> Step {
        let isObject = containers[containers.count - 1].isObject
        let byte = bytes[position]
        if byte == UInt8(ascii: ",") {
            position += 1
            return isObject ? .name : .value
        }
        guard byte == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
            throw JSONError(code: .unexpectedByte, offset: position)
        }
        try close(&position, of: array)
        return containers.isEmpty ? .end : .afterValue
    }

    @inline(__always)
    private mutating func scanName(
        _ position: inout Int,
        in bytes: Span<UInt8>
    ) throws(JSONError) {
        guard bytes[position] == UInt8(ascii: "\"") else {
            throw JSONError(code: .unexpectedByte, offset: position)
        }
        let start = position + 1
        let isEscaped = try skipString(&position, in: bytes)
        let length = position &- 1 &- start
        let prefix = JSONName.prefix(start, length: length, in: bytes)
        names.append(prefix, length: length, at: tape.count, isEscaped: isEscaped)
        tape.append(
            TapeEntry(
                offset: UInt32(truncatingIfNeeded: start),
                length: UInt32(truncatingIfNeeded: length),
                next: isEscaped
                    ? JSONName.escapedFingerprint
                    : JSONName.fingerprint(prefix: prefix, length: length),
                kind: .string,
                isEscaped: isEscaped
            )
        )
        if position < bytes.count, bytes[position] != UInt8(ascii: ":") {
            position = JSONBytes.skipSpace(position, in: bytes)
        }
        guard position < bytes.count else {
            throw JSONError(code: .unexpectedEnd, offset: position)
        }
        guard bytes[position] == UInt8(ascii: ":") else {
            throw JSONError(code: .unexpectedByte, offset: position)
        }
        position += 1
    }

    // MARK: Containers

    private mutating func open(isObject: Bool, _ position: inout Int) throws(JSONError) {
        guard containers.count < Limits.jsonDepthMax else {
            throw JSONError(code: .tooDeep, offset: position)
        }
        containers.append(
            Container(tapeIndex: tape.count, isObject: isObject, nameStart: names.count)
        )
        tape.append(
            TapeEntry(
                offset: UInt32(position),
                length: 0,
                next: 0,
                kind: isObject ? .object : .array,
                isEscaped: false
            )
        )
        position += 1
    }

    private mutating func close(_ position: inout Int, of array: [UInt8]) throws(JSONError) {
        let container = containers.removeLast()
        position += 1
        let index = container.tapeIndex
        tape[index].next = UInt32(tape.count)
        tape[index].length = UInt32(position) - tape[index].offset
        guard container.isObject else { return }
        let entries = tape
        let nameStart = container.nameStart
        if let second = names.closeObject(startingAt: nameStart, tape: entries.span, of: array) {
            throw JSONError(code: .duplicateName, offset: Int(tape[second].offset) - 1)
        }
    }

    // MARK: Leaves

    @inline(__always)
    private mutating func append(_ kind: JSONKind, from start: Int, to end: Int, _ escaped: Bool) {
        tape.append(
            TapeEntry(
                offset: UInt32(truncatingIfNeeded: start),
                length: UInt32(truncatingIfNeeded: end &- start),
                next: UInt32(truncatingIfNeeded: tape.count &+ 1),
                kind: kind,
                isEscaped: escaped
            )
        )
    }

    private mutating func scanWord(
        _ kind: JSONKind,
        _ position: inout Int,
        in bytes: Span<UInt8>
    ) throws(JSONError) {
        let start = position
        position = try JSONBytes.skipWord(kind, start, in: bytes)
        append(kind, from: start, to: position, false)
    }

    @inline(__always)
    private mutating func scanString(
        _ position: inout Int,
        in bytes: Span<UInt8>
    ) throws(JSONError) {
        let start = position + 1
        let isEscaped = try skipString(&position, in: bytes)
        append(.string, from: start, to: position - 1, isEscaped)
    }

    /// Steps from the opening quote behind the closing one.
    ///
    /// - Returns: whether there is an escape.
    @inline(__always)
    private func skipString(
        _ position: inout Int,
        in bytes: Span<UInt8>
    ) throws(JSONError) -> Bool {
        var cursor = JSONBytes.skipPlainText(position + 1, in: bytes)
        var isEscaped = false
        if cursor >= bytes.count || bytes[cursor] != UInt8(ascii: "\"") {
            isEscaped = try JSONBytes.skipUnusualText(&cursor, in: bytes)
        }
        position = cursor + 1
        return isEscaped
    }
}

/// The depth limit as the error sentence shows it.
var jsonDepthMaxForMessages: Int { Limits.jsonDepthMax }

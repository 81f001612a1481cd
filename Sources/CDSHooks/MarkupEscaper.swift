/// Escapes one text, byte by byte, with an eye on what stands before and behind.
///
///     "[x](http://a)|b"   becomes   "[x&#93;(http&#58;//a)&#124;b"
struct MarkupEscaper {
    private let source: [UInt8]
    private let isDetail: Bool
    /// Where the first byte stands that is no blank; block markup begins only there.
    private let start: Int
    /// Where the digits end that the text starts with.
    private let digitsEnd: Int

    /// Text for Markdown.
    static func detail(_ text: String) -> String {
        MarkupEscaper(Array(text.utf8), isDetail: true).escaped
    }

    /// Text for one plain line that some clients put into HTML.
    static func summary(_ text: String) -> String {
        MarkupEscaper(Array(text.utf8), isDetail: false).escaped
    }

    private init(_ source: [UInt8], isDetail: Bool) {
        self.source = source
        self.isDetail = isDetail
        start = source.firstIndex { $0 > 0x20 } ?? source.count
        digitsEnd = source[start...].firstIndex { !(0x30...0x39).contains($0) } ?? source.count
    }

    private var escaped: String {
        var result: [UInt8] = []
        result.reserveCapacity(source.count + 24)
        var position = 0
        while position < source.count {
            let byte = source[position]
            if byte >= 0x80 {
                position = copyScalar(at: position, to: &result)
                continue
            }
            if byte < 0x20 || byte == 0x7F {
                result.append(0x20)
            } else if isDetail ? beginsMarkup(byte, at: position) : Self.isMark(byte) {
                Self.appendReference(to: byte, &result)
            } else {
                result.append(byte)
            }
            position += 1
        }
        return String(decoding: result, as: UTF8.self)
    }

    // MARK: What is markup

    /// The marks of HTML, and those of Markdown that a summary does not need.
    private static func isMark(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "`"),
            UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "*"), UInt8(ascii: "\\"):
            true
        default: false
        }
    }

    /// Whether a byte would be read as markup where it stands (GFM 0.29 and HTML).
    private func beginsMarkup(_ byte: UInt8, at place: Int) -> Bool {
        switch byte {
        case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "`"),
            UInt8(ascii: "|"), UInt8(ascii: "\\"), UInt8(ascii: "~"):
            true
        case UInt8(ascii: "*"):
            // Between blanks it is a sign of multiplication (section 6.4).
            place == start || !isBlank(place - 1) || !isBlank(place + 1)
        case UInt8(ascii: "_"):
            !isAlphanumeric(place - 1) || !isAlphanumeric(place + 1)
        case UInt8(ascii: "]"):
            // Only with one of these behind it does a bracket make a link (section 6.6).
            place + 1 == source.count || "([:".utf8.contains(source[place + 1])
        case UInt8(ascii: "["), UInt8(ascii: "#"), UInt8(ascii: "="):
            place == start
        case UInt8(ascii: "-"), UInt8(ascii: "+"):
            place == start && (isBlank(place + 1) || source[place + 1] == byte)
        case UInt8(ascii: "."), UInt8(ascii: ")"):
            isListNumber(place) || (byte == UInt8(ascii: ".") && isBehindWWW(place))
        case UInt8(ascii: ":"):
            source[(place + 1)...].starts(with: "//".utf8)
        case UInt8(ascii: "@"):
            isAddressPart(place - 1) && isAlphanumeric(place + 1)
        default: false
        }
    }

    private func isListNumber(_ place: Int) -> Bool {
        place == digitsEnd && place > start && isBlank(place + 1)
    }

    /// Bare addresses become links (GFM, section 6.9, extended autolinks).
    private func isBehindWWW(_ place: Int) -> Bool {
        place >= 3 && source[(place - 3)..<place].allSatisfy { $0 | 0x20 == UInt8(ascii: "w") }
    }

    /// Both ends of the text count as blanks.
    private func isBlank(_ place: Int) -> Bool {
        !source.indices.contains(place) || source[place] <= 0x20
    }

    private func isAlphanumeric(_ place: Int) -> Bool {
        guard source.indices.contains(place) else { return false }
        switch source[place] {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: return true
        default: return false
        }
    }

    private func isAddressPart(_ place: Int) -> Bool {
        isAlphanumeric(place)
            || (source.indices.contains(place) && "._-+".utf8.contains(source[place]))
    }

    private static func appendReference(to byte: UInt8, _ result: inout [UInt8]) {
        switch byte {
        case UInt8(ascii: "&"): result.append(contentsOf: "&amp;".utf8)
        case UInt8(ascii: "<"): result.append(contentsOf: "&lt;".utf8)
        case UInt8(ascii: ">"): result.append(contentsOf: "&gt;".utf8)
        default: result.append(contentsOf: "&#\(byte);".utf8)
        }
    }

    // MARK: What does not show

    /// Copies a character beyond ASCII, without those that hide, reorder or break lines.
    private func copyScalar(at place: Int, to result: inout [UInt8]) -> Int {
        let first = source[place]
        let end = min(source.count, place + (first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2))
        switch (first, source[place + 1], end - place == 3 ? source[place + 2] : 0) {
        case (0xC2, ..<0xA0, _), (0xE2, 0x80, 0xA8...0xA9):
            // C1 controls and the line and paragraph separators.
            result.append(0x20)
        case (0xD8, 0x9C, _), (0xE2, 0x80, 0x8B...0x8F), (0xE2, 0x80, 0xAA...0xAE),
            (0xE2, 0x81, 0xA0...0xAF), (0xEF, 0xBB, 0xBF):
            // Zero-width characters and those that set the direction of text.
            break
        default:
            result.append(contentsOf: source[place..<end])
        }
        return end
    }
}

import Basics

/// What is checked of the bytes before the XML parser sees them.
///
/// The parser follows document type declarations, so they are looked for here, where nothing is
/// interpreted; that is sound only for an encoding in which `<!` cannot be written otherwise.
enum SourceCheck {
    /// Refuses what is too large, not UTF-8, declares a document type or entities, or would crash
    /// the parser.
    static func check(_ bytes: [UInt8]) throws(PMMLError) {
        guard bytes.count <= Limits.pmmlBytesMax else {
            throw PMMLError(code: .tooLarge, element: "PMML", line: 1)
        }
        // The encoding is looked at first: it says why the rest cannot be read.
        guard !isUTF16(bytes), declaresSafeEncoding(bytes) else {
            throw PMMLError(code: .unsupported, element: "xml@encoding", line: 1)
        }
        guard String(validating: bytes, as: UTF8.self) != nil, !bytes.contains(0) else {
            throw PMMLError(code: .malformed, element: "PMML", line: 1)
        }
        var line = 1
        for position in bytes.indices {
            if bytes[position] == UInt8(ascii: "\n") { line += 1 }
            guard bytes[position] == UInt8(ascii: "<") else { continue }
            let rest = bytes[(position + 1)...]
            guard !isBareInstruction(rest) else {
                throw PMMLError(code: .unsupported, element: "processing instruction", line: line)
            }
            guard rest.first == UInt8(ascii: "!") else { continue }
            // Declarations are refused within comments too: better one document too many.
            guard rest.starts(with: "!--".utf8) || rest.starts(with: "![CDATA[".utf8) else {
                throw PMMLError(code: .doctype, element: "DOCTYPE", line: line)
            }
        }
    }

    /// Whether a processing instruction begins that says nothing but its name (XML 1.0, section
    /// 2.6), at which the parser crashes: it takes the text behind the name for given.
    private static func isBareInstruction(_ rest: ArraySlice<UInt8>) -> Bool {
        guard rest.first == UInt8(ascii: "?") else { return false }
        let behindName = rest.dropFirst().drop {
            $0 > 0x20 && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "<")
        }
        let data = behindName.drop { $0 <= 0x20 }
        return data.isEmpty || data.starts(with: "?>".utf8)
    }

    /// Whether it starts as XML in UTF-16 does (XML 1.0, appendix F.1).
    private static func isUTF16(_ bytes: [UInt8]) -> Bool {
        [[0xFF, 0xFE], [0xFE, 0xFF], [0x3C, 0x00], [0x00, 0x3C]].contains { bytes.starts(with: $0) }
    }

    /// Whether the XML declaration, if any, names UTF-8 or ASCII as the encoding.
    private static func declaresSafeEncoding(_ bytes: [UInt8]) -> Bool {
        var start = 0
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { start = 3 }
        guard bytes[start...].starts(with: "<?xml".utf8) else { return true }
        guard let end = bytes.firstIndex(of: UInt8(ascii: ">")) else { return true }
        let declaration = String(decoding: bytes[start..<end], as: UTF8.self).lowercased()
        guard let name = declaration.firstRange(of: "encoding") else { return true }
        let value = declaration[name.upperBound...].filter { !$0.isWhitespace && $0 != "=" }
        return ["'utf-8'", "\"utf-8\"", "'us-ascii'", "\"us-ascii\""]
            .contains { value.hasPrefix($0) }
    }
}

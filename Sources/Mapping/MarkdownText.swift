/// Makes text harmless where a client renders Markdown with raw HTML, as CDS Hooks clients do.
package enum MarkdownText {
    /// Escapes every character that Markdown (GFM) or HTML could read as markup.
    ///
    /// Line breaks and control characters become spaces, so that text stays in its table cell.
    package static func escape(_ text: String) -> String {
        var result = ""
        result.reserveCapacity(text.utf8.count + 8)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            case "\\", "`", "*", "_", "{", "}", "[", "]", "(", ")", "#", "!", "|", "~", "$", "@",
                "^", "=":
                result += "\\"
                result.unicodeScalars.append(scalar)
            default:
                if isInvisible(scalar) {
                    result += " "
                } else {
                    result.unicodeScalars.append(scalar)
                }
            }
        }
        return result
    }

    /// Control characters, line separators and the marks that reorder or hide text.
    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x61C, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x2069,
            0xFEFF:
            true
        default: false
        }
    }
}

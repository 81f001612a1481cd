package import FHIRPath

/// The names that the expressions of a hook document may use.
///
/// A misspelt name would not fail when it runs: FHIRPath gives an empty collection for it, and the
/// card would never be shown. So names are checked when the document is loaded.
package enum ExpressionNames {
    /// The variables, without their sign.
    package static let variables: Set<String> = ["result", "inputs", "earlier", "service"]

    /// The members of the variables, at any level.
    package static let members: Set<String> = [
        // %result
        "status", "score", "lower", "upper", "contributions", "name", "label", "fields", "points",
        "pointsMin", "pointsMax", "reasonCode", "reasonCodes", "refusal", "code", "field",
        "applicability", "rule", "category", "probability", "probabilities", "segment",
        "segmentName", "segmentTexts", "language", "description", "margin", "atypicality",
        "isUncertain", "outputs", "change",
        // %earlier
        "at",
        // %inputs
        "missing", "missingNames", "present", "all", "value", "unit", "display", "age",
        "ageMinutes", "oldestMinutes", "newestMinutes", "spanMinutes", "reason", "flags",
        "rejectedCount", "unaskedCount",
        // %service
        "id", "title", "version",
    ]

    /// The names that an expression uses: variables, members and keywords, and no function.
    package static func used(in expression: FHIRPathExpression) -> Set<String> {
        var names: Set<String> = []
        var scanner = Scanner(expression.text)
        while let word = scanner.next() {
            if !word.isFunction { names.insert(word.text) }
        }
        return names
    }

    private static let keywords: Set<String> = [
        "and", "or", "xor", "implies", "in", "contains", "is", "as", "div", "mod", "true", "false",
        "String", "Integer", "Decimal", "Boolean", "System", "Quantity",
    ]

    /// The first name that an expression uses and that does not exist.
    package static func firstUnknown(in expression: FHIRPathExpression) -> String? {
        for name in expression.variableNames where !variables.contains(name) { return name }
        var scanner = Scanner(expression.text)
        while let word = scanner.next() {
            if word.isFunction || keywords.contains(word.text) { continue }
            if word.isVariable {
                if !variables.contains(word.text) { return word.text }
                continue
            }
            if !members.contains(word.text) { return word.text }
        }
        return nil
    }

    /// Finds the identifiers of an expression that is known to parse.
    private struct Scanner {
        struct Word {
            var text: String
            var isVariable: Bool
            var isFunction: Bool
        }

        private let bytes: [UInt8]
        private var position = 0

        init(_ text: String) { bytes = Array(text.utf8) }

        mutating func next() -> Word? {
            while position < bytes.count {
                let byte = bytes[position]
                if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
                    skipString(byte)
                } else if Self.isStart(byte) {
                    return word()
                } else if byte == UInt8(ascii: "$") || byte == UInt8(ascii: "@")
                    || (byte >= 0x30 && byte <= 0x39)
                {
                    skipLiteral()
                } else {
                    position += 1
                }
            }
            return nil
        }

        private mutating func word() -> Word {
            let start = position
            let isVariable = start > 0 && bytes[start - 1] == UInt8(ascii: "%")
            while position < bytes.count, Self.isPart(bytes[position]) { position += 1 }
            let text = String(decoding: bytes[start..<position], as: UTF8.self)
            var after = position
            while after < bytes.count, bytes[after] == 0x20 { after += 1 }
            let isFunction = after < bytes.count && bytes[after] == UInt8(ascii: "(")
            return Word(text: text, isVariable: isVariable, isFunction: isFunction)
        }

        private mutating func skipString(_ quote: UInt8) {
            position += 1
            while position < bytes.count, bytes[position] != quote {
                position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
            }
            position += 1
        }

        private mutating func skipLiteral() {
            position += 1
            while position < bytes.count, Self.isPart(bytes[position]) { position += 1 }
        }

        private static func isStart(_ byte: UInt8) -> Bool {
            (byte >= 0x41 && byte <= 0x5A) || (byte >= 0x61 && byte <= 0x7A) || byte == 0x5F
        }

        private static func isPart(_ byte: UInt8) -> Bool {
            isStart(byte) || (byte >= 0x30 && byte <= 0x39)
        }
    }
}

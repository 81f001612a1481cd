/// The tokens of a prefetch template: `{{context.patientId}}`, `{{today() - 2 days}}`.
enum PrefetchTokens {
    /// What 2.0 offers beside the fields of the context.
    private static let userTokens = [
        "userPractitionerId", "userPractitionerRoleId", "userPatientId", "userRelatedPersonId",
    ]
    /// The functions of simple FHIRPath (3.0-ballot, prefetch tokens).
    private static let functions = ["today", "ofType", "resolve"]
    /// The units that `today()` may be moved by.
    private static let units = [
        "day", "days", "week", "weeks", "month", "months", "year", "years",
    ]

    /// What stands between the braces, one text a token, without spaces at its ends.
    static func texts(in template: String) -> [String] {
        parts(of: template).tokens.map { token in
            String(token.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
    }

    /// The template with an `x` in the place of each token.
    static func remainder(of template: String) -> String {
        parts(of: template).texts.joined(separator: "x")
    }

    /// Whether every token ends.
    static func areClosed(in template: String) -> Bool { parts(of: template).isClosed }

    private static func parts(
        of template: String
    ) -> (texts: [Substring], tokens: [Substring], isClosed: Bool) {
        var texts: [Substring] = []
        var tokens: [Substring] = []
        var rest = template[...]
        while let open = rest.firstRange(of: "{{") {
            guard let close = rest[open.upperBound...].firstRange(of: "}}") else {
                return (texts, tokens, false)
            }
            texts.append(rest[..<open.lowerBound])
            tokens.append(rest[open.upperBound..<close.lowerBound])
            rest = rest[close.upperBound...]
        }
        texts.append(rest)
        return (texts, tokens, true)
    }

    /// Whether a token is one that every client of 2.0 fills.
    static func isPlain(_ token: String, contextNames: [String]) -> Bool {
        if token.hasPrefix("context.") {
            return contextNames.contains(String(token.dropFirst("context.".count)))
        }
        return userTokens.contains(token)
    }

    /// Whether a token keeps to simple FHIRPath: paths from the context or from an earlier key,
    /// `ofType()`, `resolve()`, and `today()` with days added or taken away, joined by `|`.
    static func isPath(_ token: String, contextNames: [String], earlierKeys: [String]) -> Bool {
        let alternatives = token.split(separator: "|", omittingEmptySubsequences: false)
        return alternatives.allSatisfy { alternative in
            let words = alternative.split(separator: " ")
            guard let first = words.first else { return false }
            if words.count == 1 {
                return isPath(String(first), contextNames, earlierKeys)
            }
            guard words.count == 4, first == "today()", words[1] == "+" || words[1] == "-" else {
                return false
            }
            let isCount = !words[2].isEmpty && words[2].utf8.allSatisfy { (0x30...0x39) ~= $0 }
            return isCount && words[2].count <= 5 && units.contains(String(words[3]))
        }
    }

    private static func isPath(
        _ path: String,
        _ contextNames: [String],
        _ earlierKeys: [String]
    ) -> Bool {
        if path == "today()" || userTokens.contains(path) { return true }
        var steps = path.split(separator: ".", omittingEmptySubsequences: false)[...]
        guard let root = steps.popFirst() else { return false }
        if root == "context" {
            guard let name = steps.popFirst(), contextNames.contains(String(name)) else {
                return false
            }
        } else {
            guard root.first == "%", earlierKeys.contains(String(root.dropFirst())) else {
                return false
            }
        }
        return steps.allSatisfy(isStep)
    }

    /// Whether a step is the name of an element or one of the functions with what it takes.
    private static func isStep(_ step: Substring) -> Bool {
        guard let open = step.firstIndex(of: "(") else { return isName(step) }
        guard step.hasSuffix(")"), functions.contains(String(step[..<open])) else { return false }
        let argument = step[step.index(after: open)...].dropLast()
        return step[..<open] == "ofType" ? isName(argument) : argument.isEmpty
    }

    private static func isName(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return text.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
                || (0x61...0x7A).contains(byte)
        }
    }
}

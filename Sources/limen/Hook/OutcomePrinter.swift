import JSON

/// Prints an OperationOutcome: what was refused, where, and what would be accepted.
enum OutcomePrinter {
    /// The text for an answer that holds no cards.
    static func text(status: Int, _ document: JSONDocument?) -> String {
        var lines = ["refused with status \(status)"]
        for issue in document?.root["issue"]?.elements.map({ $0 }) ?? [] {
            let code = issue["details"]?["coding"]?.elements.first(where: { _ in true })
            let parts = [
                code?["code"]?.stringValue ?? issue["code"]?.stringValue,
                issue["details"]?["text"]?.stringValue,
                issue["diagnostics"]?.stringValue,
            ]
            lines.append("  " + parts.compactMap { $0 }.joined(separator: ": "))
            let places = issue["expression"]?.elements.compactMap(\.stringValue) ?? []
            if !places.isEmpty { lines.append("    at " + places.joined(separator: ", ")) }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The stable code of the first issue, for a table of outcomes.
    static func code(_ document: JSONDocument?) -> String {
        let issue = document?.root["issue"]?.elements.first { _ in true }
        let coding = issue?["details"]?["coding"]?.elements.first { _ in true }
        return coding?["code"]?.stringValue ?? issue?["code"]?.stringValue ?? ""
    }
}

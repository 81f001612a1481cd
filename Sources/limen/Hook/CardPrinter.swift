import JSON

/// Prints the answer of a service as a clinician would read it, and under it why.
///
///     CRITICAL  NEWS2 8: emergency response threshold
///               RCP NEWS2
///
///       inputs
///         temperature  38.5 Cel  Observation/t2  2h14m old  101.3 [degF] -> 38.5 Cel  rule 0
///       facts
///         pregnant  -  not recorded
///       rejected
///         stale 1
///           spo2  Observation/s1  effectiveDateTime  older than the window  accepted: ...
struct CardPrinter {
    /// Whether to use the terminal's colours.
    let usesColour: Bool

    /// The text for a hook response.
    func text(for response: JSONValue) -> String {
        var lines: [String] = []
        var explanations: [JSONValue] = []
        if let explanation = response["extension"]?["org.limen.explain"] {
            explanations.append(explanation)
        }
        let cards = response["cards"].map { Array($0.elements) } ?? []
        if cards.isEmpty { lines.append("no cards: the service has nothing to report") }
        for card in cards {
            lines += cardLines(card)
            if let explanation = card["extension"]?["org.limen.explain"] {
                explanations.append(explanation)
            }
        }
        for explanation in explanations {
            lines += ["", self.explanation(explanation)]
        }
        return lines.joined(separator: "\n")
    }

    /// The inputs, the facts and the rejections of an explanation, which is a mapping report.
    func explanation(_ explanation: JSONValue) -> String {
        let inputs = tableLines("inputs", explanation, missing: "missing: no resource came near it")
        let facts = tableLines("facts", explanation, missing: "not recorded")
        return (inputs + facts + rejectionLines(explanation)).joined(separator: "\n")
    }

    private func cardLines(_ card: JSONValue) -> [String] {
        let indicator = card["indicator"]?.stringValue ?? "info"
        let label = indicator.uppercased()
        let pad = String(repeating: " ", count: max(0, 10 - label.count))
        var lines = [coloured(label, indicator) + pad + (card["summary"]?.stringValue ?? "")]
        let indent = String(repeating: " ", count: 10)
        if let source = card["source"]?["label"]?.stringValue { lines.append(indent + source) }
        if let detail = card["detail"]?.stringValue {
            lines.append("")
            lines += MarkdownText.plain(detail).map { $0.isEmpty ? "" : indent + $0 }
        }
        return lines
    }

    private func coloured(_ text: String, _ indicator: String) -> String {
        guard usesColour else { return text }
        switch indicator {
        case "critical": return "\u{1B}[1;31m\(text)\u{1B}[0m"
        case "warning": return "\u{1B}[1;33m\(text)\u{1B}[0m"
        default: return "\u{1B}[1;34m\(text)\u{1B}[0m"
        }
    }

    private func tableLines(
        _ name: String,
        _ explanation: JSONValue,
        missing: String
    ) -> [String] {
        var table = TextTable()
        for input in explanation[name]?.elements.map({ $0 }) ?? [] {
            table.append(inputCells(input, missing: missing))
        }
        let lines = table.lines(indent: "    ")
        return lines.isEmpty ? [] : ["  " + name] + lines
    }

    private func inputCells(_ input: JSONValue, missing: String) -> [String] {
        let name = input["name"]?.stringValue ?? ""
        guard let value = input["value"], !value.isNull else {
            let reason = input["missingReason"]?.stringValue.map { "missing: " + $0 }
            return [name, "-", reason ?? missing]
        }
        let unit = input["unit"]?.stringValue.map { $0 == "1" ? "" : " " + $0 } ?? ""
        var cells = [name, scalarText(value) + unit]
        if let source = input["source"], source.kind == .object {
            cells.append(
                (source["resource"]?.stringValue ?? "") + " " + (source["path"]?.stringValue ?? "")
            )
            cells.append(
                source["ageSeconds"]?.integerValue.map { Age.text(seconds: $0) + " old" } ?? ""
            )
        } else {
            cells += ["", ""]
        }
        cells.append(conversionText(input["conversion"]))
        cells.append(input["rule"]?.integerValue.map { "rule \($0)" } ?? "")
        let flags = input["flags"]?.elements.compactMap(\.stringValue) ?? []
        cells.append(flags.joined(separator: ", "))
        return cells
    }

    private func conversionText(_ conversion: JSONValue?) -> String {
        guard let conversion, conversion.kind == .object else { return "" }
        let text = conversion["originalText"]?.stringValue ?? ""
        let unit = conversion["originalUnit"]?.stringValue ?? ""
        let unrounded = conversion["unrounded"]?.stringValue ?? ""
        let formula = conversion["formula"]?.stringValue ?? ""
        var result = (text + " " + unit).trimmed + " -> " + unrounded
        if !formula.isEmpty { result += " (" + formula + ")" }
        return result
    }

    private func rejectionLines(_ explanation: JSONValue) -> [String] {
        guard let rejections = explanation["rejections"] else { return [] }
        let items = rejections["items"]?.elements.map { $0 } ?? []
        var lines: [String] = []
        for (name, count) in rejections["counts"]?.members.map({ $0 }) ?? [] {
            let reason = name.stringValue ?? ""
            let total = count.integerValue ?? 0
            let listed = items.filter { $0["reason"]?.isString(reason) ?? false }
                .prefix(Self.rejectionsShownMax)
            lines.append("    \(reason) \(total)")
            var table = TextTable()
            for rejection in listed { table.append(rejectionCells(rejection)) }
            lines += table.lines(indent: "      ")
            if total > listed.count { lines.append("      and \(total - listed.count) more") }
        }
        let unasked = rejections["unasked"]?.integerValue ?? 0
        lines.append("    code \(unasked) (no input asks for them)")
        return ["  rejected" + (lines.count == 1 ? ": none" : "")] + lines
    }

    private func rejectionCells(_ rejection: JSONValue) -> [String] {
        let accepted = rejection["accepted"]?.stringValue ?? ""
        return [
            rejection["input"]?.stringValue ?? "",
            rejection["resource"]?.stringValue ?? "",
            rejection["path"]?.stringValue ?? "",
            rejection["sentence"]?.stringValue ?? "",
            accepted.isEmpty ? "" : "accepted: " + accepted,
        ]
    }

    /// How many rejections of one reason are listed; `--json` gives all.
    private static let rejectionsShownMax = 12

    private func scalarText(_ value: JSONValue) -> String {
        value.stringValue ?? value.numberText ?? value.boolValue.map(String.init) ?? ""
    }
}

extension String {
    /// The text without spaces at its ends.
    var trimmed: String {
        var text = Substring(self)
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}

import Basics

extension MappingReport {
    /// The inputs as a Markdown table for a card: input, value, source and age.
    ///
    /// Every text in it is escaped for Markdown and HTML.
    package var explanationTable: String {
        var table = "| Input | Value | Source, age |\n| --- | --- | --- |\n"
        for input in inputs {
            let cells = [input.name, input.valueText, input.sourceText]
            table += "| " + cells.map(MarkdownText.escape).joined(separator: " | ") + " |\n"
        }
        return table
    }
}

extension MappingReport.Value {
    /// The value with its unit, such as `36.5 Cel`.
    package var text: String {
        switch self {
        case .quantity(let number, let unit):
            unit.isEmpty || unit == "1" ? number.text : number.text + " " + unit
        case .code(let code): code
        case .boolean(let flag): flag ? "yes" : "no"
        }
    }
}

extension MappingReport.Input {
    /// The value with what a reader must know about it, or why it is missing.
    fileprivate var valueText: String {
        guard let value else {
            return "missing" + (missingReason.map { ": " + $0.rawValue } ?? "")
        }
        var remarks: [String] = []
        if let conversion, flags.contains(.converted) || flags.contains(.rounded) {
            remarks.append("from \(conversion.originalText) \(conversion.originalUnit)")
        }
        remarks += flags.filter { $0 != .converted }.map(\.rawValue)
        return value.text + (remarks.isEmpty ? "" : " (" + remarks.joined(separator: ", ") + ")")
    }

    /// The resource and the age, such as `Observation/t2, 2 h 14 min`.
    fileprivate var sourceText: String {
        guard let source else { return "" }
        guard let age = source.ageSeconds else { return source.resource }
        return source.resource + ", " + MappingReport.ageText(seconds: age)
    }
}

extension MappingReport {
    /// An age in words, such as `2 h 14 min` or `3 d 1 h`; a moment ahead counts as 0 min.
    package static func ageText(seconds: Int) -> String {
        let minutes = max(0, seconds) / 60
        if minutes < 60 { return "\(minutes) min" }
        let hours = minutes / 60
        if hours < 48 { return "\(hours) h \(minutes % 60) min" }
        return "\(hours / 24) d \(hours % 24) h"
    }
}

import Basics
import CDSHooks
import ClinicalEngine
import Mapping

/// Writes the grounds of a card as Markdown; every value in it is escaped here.
struct ExplainText {
    let facts: CardFacts

    /// A member of `%explain`.
    func markup(_ name: CardMarkup.Name) -> String {
        switch name {
        case .table: table
        case .missingList: missingList
        case .rejected: rejected
        case .notes: notes
        case .earlier: earlier
        }
    }

    /// The inputs, a row each: what it is, its value, its points, its age and where it came from.
    private var table: String {
        // A sum of one part has no parts.
        let points = facts.evaluation?.contributions.count ?? 0 > 1 ? pointsByInput : []
        var text =
            points.isEmpty
            ? "| Input | Value | Age | Source |\n|---|---|---|---|\n"
            : "| Input | Value | Points | Age | Source |\n|---|---|---|---|---|\n"
        text.reserveCapacity(1_024)
        for (position, input) in facts.report.inputs.enumerated() {
            text += "| "
            text += facts.service.inputLabels[position].escaped
            text += " | "
            appendValue(of: input, to: &text)
            text += " | "
            if !points.isEmpty {
                text += points[position]
                text += " | "
            }
            if let age = input.source?.ageSeconds { text += Self.age(age) }
            text += " | "
            if let source = input.source { text += CardMarkup.escaped(source.resource) }
            text += " |\n"
        }
        return text
    }

    private func appendValue(of input: MappingReport.Input, to text: inout String) {
        if input.value == nil {
            text += "**missing**"
            if let reason = input.missingReason { text += " (" + reason.rawValue + ")" }
        } else {
            text += CardMarkup.escaped(display(input))
        }
        var isFirst = true
        func add(_ remark: String) {
            text += isFirst ? " (" : "; "
            text += remark
            isFirst = false
        }
        for flag in input.flags {
            switch flag {
            case .assumed: add("assumed")
            case .imputed: add("imputed")
            case .unitFromText: add("unit from text")
            case .tie: add("several values at that time")
            case .standIn: add("stands in for it")
            case .aggregated:
                if let whole = input.aggregate {
                    add(CardMarkup.escaped(whole.select) + " of \(whole.parts.count)")
                }
            case .fromAbsence: add("nothing recorded")
            case .converted, .rounded: continue
            }
        }
        if let origin = OriginText.text(of: input) { add(CardMarkup.escaped(origin)) }
        if !isFirst { text += ")" }
    }

    /// The points of each input: those of the characteristic that is named after it, or else of
    /// those that read it first.
    private var pointsByInput: [String] {
        let inputs = facts.report.inputs
        var texts = Array(repeating: "", count: inputs.count)
        for part in facts.evaluation?.contributions ?? [] {
            let named = inputs.firstIndex { $0.name == part.name }
            guard let owner = named ?? inputs.firstIndex(where: { $0.name == part.fields.first })
            else { continue }
            if !texts[owner].isEmpty { texts[owner] += " + " }
            texts[owner] +=
                part.points.map(Self.points)
                ?? Self.points(part.pointsMin) + " to " + Self.points(part.pointsMax)
        }
        return texts
    }

    /// The missing inputs with the reason and what would be accepted, a line each.
    private var missingList: String {
        var text = ""
        for input in facts.report.inputs where input.value == nil {
            text += "- **" + CardMarkup.escaped(facts.service.label(input.name)) + "**: "
            let rejection = facts.report.rejections.first {
                $0.input == input.name && $0.reason == input.missingReason
            }
            if let rejection {
                text += CardMarkup.escaped(rejection.sentence)
                if !rejection.accepted.isEmpty {
                    text += " (accepted: " + CardMarkup.escaped(rejection.accepted) + ")"
                }
            } else {
                text +=
                    facts.gaps.reasons[input.name].map { "not available, because " + $0.reason }
                    ?? "nothing was sent under a code that is asked for"
            }
            text += "\n"
        }
        return text
    }

    /// The earlier result and its inputs beside those of now; nothing when there is none.
    private var earlier: String {
        // Where nothing was observed before there is nothing to compare.
        guard let earlier = facts.earlier,
            earlier.report.inputs.contains(where: { $0.source != nil })
        else { return "" }
        let age = Self.age(Int(facts.now.microseconds(since: earlier.moment) / 1_000_000))
        var text = "Before, " + age + " ago: "
        switch earlier.evaluation?.status {
        case .complete where !facts.gaps.isPartial:
            text += earlier.evaluation?.value.map(Self.number) ?? "no result"
        case .complete, .incomplete:
            let bounds = earlier.evaluation.flatMap { evaluation in
                evaluation.lower.flatMap { lower in
                    evaluation.upper.map { Self.number(lower) + " to " + Self.number($0) }
                }
            }
            text += bounds.map { $0 + " possible, the data were incomplete" } ?? "no result"
        case .refused, nil:
            text += "no result"
        }
        if let change = facts.change {
            text += "; change since then: " + (change > 0 ? "+" : "") + Self.number(change)
        }
        text += ".\n\n| Input | Now | Before |\n|---|---|---|\n"
        for (position, input) in facts.report.inputs.enumerated() {
            text += "| " + facts.service.inputLabels[position].escaped
            text += " | " + CardMarkup.escaped(display(input))
            text += " | " + CardMarkup.escaped(display(earlier.report.inputs[position])) + " |\n"
        }
        return text
    }

    /// How many resources were not used and why, in one sentence.
    private var rejected: String {
        let counts = facts.report.rejectionCounts
        guard !counts.isEmpty else { return "" }
        let parts = counts.map { "\($0.count) " + CardMarkup.escaped($0.reason.rawValue) }
        return "Not used: " + parts.joined(separator: ", ") + "."
    }

    /// What else a reader must know, a line each.
    private var notes: String {
        var text = ""
        let ages = facts.report.inputs.compactMap { $0.source?.ageSeconds }
        if let oldest = ages.max(), let newest = ages.min(), oldest - newest > 3_600 {
            text += "- The observations are " + Self.age(oldest - newest) + " apart.\n"
        }
        if facts.gaps.isPaged {
            text += "- The data sent may be incomplete: there are more pages than "
            text += facts.gaps.isCut ? "could be fetched" : "were sent"
            let names = labels(facts.gaps.paged)
            text += names.isEmpty ? ".\n" : ", for " + names + ".\n"
        }
        if let reported = facts.gaps.reported {
            text += "- The data sent may be incomplete: the client reported an error"
            text += reported.isEmpty ? ".\n" : " for " + labels(reported) + ".\n"
        }
        if facts.gaps.isLacking {
            text += "- The data sent may be incomplete: not everything was sent, or can be read"
            let names = labels(facts.gaps.lacking)
            text += names.isEmpty ? ".\n" : ", for " + names + ".\n"
        }
        for (names, failure) in facts.gaps.unavailable {
            text += "- Not available, because " + failure.reason + ": " + labels(names) + ".\n"
        }
        let seen = (facts.report.inputs + facts.report.facts).filter { $0.source != nil }
        let unsent = facts.gaps.unsent.filter { name in !seen.contains { $0.name == name } }
        if !unsent.isEmpty {
            let names = unsent.map { CardMarkup.escaped(facts.service.label($0)) }
            text += "- Not looked at, because it was not sent: "
            text += names.joined(separator: ", ") + ".\n"
        }
        let assumed = facts.report.inputs.filter {
            $0.flags.contains(.assumed) || $0.flags.contains(.imputed)
        }
        if !assumed.isEmpty {
            let names = assumed.map { CardMarkup.escaped(facts.service.label($0.name)) }
            text += "- Not observed, but stated by the profile: "
            text += names.joined(separator: ", ") + ".\n"
        }
        return text
    }

    private func labels(_ names: [String]) -> String {
        names.map { CardMarkup.escaped(facts.service.label($0)) }.joined(separator: ", ")
    }

    /// The value as a clinician reads it, not escaped.
    func display(_ input: MappingReport.Input) -> String {
        guard let value = input.value else { return "missing" }
        if let text = facts.service.hook.values[input.name]?[Self.rawText(value)] { return text }
        switch value {
        case .quantity(let number, let unit):
            let unit = UnitDisplay.text(unit)
            let text = Self.shortened(number).text
            return unit.isEmpty ? text : text + " " + unit
        case .code(let code): return code
        case .boolean(let flag): return flag ? "yes" : "no"
        }
    }

    /// A number with at most two decimals, unless nothing of it would be left.
    private static func shortened(_ number: DecimalNumber) -> DecimalNumber {
        guard number.scale > 2, let step = DecimalNumber(coefficient: 1, scale: 2),
            let rounded = number.rounded(toMultipleOf: step)?.normalized,
            rounded.coefficient != 0
        else { return number }
        return rounded
    }

    /// The value without its unit.
    static func rawText(_ value: MappingReport.Value) -> String {
        switch value {
        case .quantity(let number, _): number.text
        case .code(let code): code
        case .boolean(let flag): flag ? "true" : "false"
        }
    }

    /// A number without a needless decimal point.
    static func number(_ value: Double) -> String {
        Int(exactly: value).map(String.init) ?? value.description
    }

    /// A part of a sum: that of a regression has any number of decimals.
    private static func points(_ value: Double) -> String {
        if let whole = Int(exactly: value) { return String(whole) }
        let decimal = DecimalNumber(text: value.description)
        return decimal.map { shortened($0).text } ?? value.description
    }

    /// A duration as a clinician reads it, such as `2 h 14 min`.
    static func age(_ seconds: Int) -> String {
        let minutes = max(0, seconds) / 60
        switch minutes {
        case ..<60: return "\(minutes) min"
        case ..<2_880: return "\(minutes / 60) h \(minutes % 60) min"
        default: return "\(minutes / 1_440) d \(minutes % 1_440 / 60) h"
        }
    }
}

import Basics
import Monitoring

/// What `limen model drift` says, for a reader.
struct DriftPage {
    let profile: String
    /// The digest of the document in force.
    let inForce: String
    let tenant: String
    let arm: String
    let from: CivilDate
    let to: CivilDate
    let data: DriftData
    let reference: ModelReference?
    let drift: ModelDrift

    /// The whole report.
    var text: String {
        var lines = head
        lines += verdict
        for item in drift.items { lines += [""] + section(item) }
        lines += periods
        return lines.joined(separator: "\n") + "\n"
    }

    // MARK: The head

    private var head: [String] {
        guard let chosen = data.chosen else {
            var lines = ["\(profile)  arm \(arm)  tenant \(tenant)  \(from.text) to \(to.text)"]
            lines.append("nothing was counted in these days")
            return lines + others
        }
        let version = chosen.version.isEmpty ? "" : " " + TextStyle.safe(chosen.version)
        var lines = [
            "\(profile)\(version)  sha256 \(chosen.sha256.prefix(12))  arm \(arm)  tenant \(tenant)",
            "\(from.text) to \(to.text)  \(Self.cases(chosen.caseCount))",
        ]
        if chosen.sha256 != inForce {
            lines.append("this is not the document in force, sha256 \(inForce.prefix(12))")
        }
        return lines + [referenceLine].compactMap { $0 } + others
    }

    private var referenceLine: String? {
        guard let reference else { return nil }
        var line = "reference: " + TextStyle.safe(reference.source ?? "no source stated")
        if reference.sha256 != data.chosen?.sha256 {
            line += "; made with another document, sha256 " + reference.sha256.prefix(12)
        }
        return line
    }

    private var others: [String] {
        var lines: [String] = []
        for version in data.versions where version != data.chosen {
            let name = version.version.isEmpty ? "" : TextStyle.safe(version.version) + ", "
            lines.append(
                "also counted: \(Self.cases(version.caseCount)) of \(name)"
                    + "--sha256 \(version.sha256.prefix(12))"
            )
        }
        for (arm, count) in data.otherArms.sorted(by: { $0.key < $1.key }) {
            lines.append("also counted: \(Self.cases(count)) of --arm \(arm)")
        }
        return lines
    }

    // MARK: What fired

    private var verdict: [String] {
        guard data.chosen != nil else { return [] }
        guard reference != nil else {
            return [
                "",
                "NOT JUDGED: there is no reference. Make one with limen model reference \(profile) "
                    + "DATA > Profiles/\(profile)/reference.json",
            ]
        }
        guard drift.isJudged else {
            return ["", "NOT JUDGED: too few cases; this is not the same as no drift"]
        }
        let rate =
            "at most 1 report in 100 fires without drift (\(drift.comparisonCount) comparisons)"
        let unjudged = drift.items.filter { if case .judged = $0.verdict { false } else { true } }
        var lines = [""]
        if drift.hasFired {
            lines.append("TRIGGERS: look at the model, and at the feed, before it is used further")
            for item in drift.items {
                for trigger in item.triggers { lines.append("  " + why(trigger, item)) }
            }
            lines.append("  " + rate)
        } else {
            lines.append("no trigger fired; " + rate)
        }
        if !unjudged.isEmpty {
            let names = unjudged.map { TextStyle.safe($0.series.name.text) }
            lines.append("not judged as a whole: " + names.joined(separator: ", "))
        }
        return lines
    }

    private func why(_ trigger: DriftTrigger, _ item: ModelDrift.Item) -> String {
        let name = TextStyle.safe(item.series.name.text)
        guard trigger == .distribution else {
            let rate = item.verdict.report?.rates.first { $0.kind == trigger }?.change
            guard let rate else { return name }
            return "\(name): \(trigger.rawValue) \(Self.percent(rate.reference)) -> "
                + "\(Self.percent(rate.current)), p \(NumberText.rounded(rate.probability)) "
                + "(fires below \(NumberText.rounded(drift.level)), "
                + "from \(Self.percent(trigger.smallestChange)) of change)"
        }
        guard let numbers = item.verdict.report?.numbers else { return name }
        return "\(name): distribution, PSI \(Self.three(numbers.psi)) above "
            + Self.three(numbers.psiMax)
    }

    // MARK: One series

    private func section(_ item: ModelDrift.Item) -> [String] {
        var lines = [TextStyle.safe(item.series.name.text)]
        lines.append("  " + counts(item))
        if let count = data.leftOut[item.series.name] {
            lines.append("  \(Self.cases(count)) counted in other bins are left out")
        }
        switch item.verdict {
        case .noReference: lines.append("  not judged: the reference does not have it")
        case .otherBins:
            lines.append(
                "  not judged: the reference has other bins; from Profiles/\(profile)/"
                    + "reference.json the gateway counts in them"
            )
        case .tooFew(let report):
            lines.append(
                "  distribution not judged: \(report.currentCount) values, of which "
                    + "\(report.currentCountMin) are needed"
                    + (report.referenceCount.map { "; the reference has \($0)" } ?? "")
            )
        case .judged(let report):
            if let numbers = report.numbers { lines.append("  " + distances(numbers)) }
        }
        return lines + table(item)
    }

    private func counts(_ item: ModelDrift.Item) -> String {
        let current = item.current
        guard item.series.name.kind == .input else { return "\(current.validCount) counted" }
        var parts = ["\(current.validCount) values of \(Self.cases(current.count))"]
        let rates = item.verdict.report?.rates ?? []
        func add(_ name: String, _ count: Int, _ kind: DriftTrigger) {
            let before = rates.first { $0.kind == kind }
                .map { " (reference \(Self.percent($0.change.reference)))" }
            parts.append("\(name) \(Self.percent(count, current.count))" + (before ?? ""))
        }
        add("missing", current.missing, .missing)
        add("invalid", current.invalid, .invalid)
        if item.series.range != nil { add("beyond the range", current.outOfRange, .outOfRange) }
        if current[.imputed] > 0 {
            parts.append("imputed \(Self.percent(current[.imputed], current.count))")
        }
        for note in CounterNote.allCases where note.isInvalid && current[note] > 0 {
            parts.append("\(note.label) \(current[note])")
        }
        return parts.joined(separator: ", ")
    }

    private func distances(_ numbers: DriftReport.Numbers) -> String {
        var parts = [
            "PSI \(Self.three(numbers.psi)) (95 of 100 samples without drift: below "
                + "\(Self.three(numbers.noDriftBand)); fires above \(Self.three(numbers.psiMax)))",
            "Jensen-Shannon \(Self.three(numbers.jensenShannon))",
        ]
        if let steps = numbers.kolmogorovSmirnov, let tail = numbers.kolmogorovProbability {
            parts.append("KS on bins \(Self.three(steps)) (p \(NumberText.rounded(tail)))")
        }
        return parts.joined(separator: ", ")
    }

    private func table(_ item: ModelDrift.Item) -> [String] {
        var table = TextTable()
        table.append(["bin", "reference", "now", "cases"])
        let labels = item.series.bins.labels
        let before = item.reference
        for (bin, label) in labels.enumerated() {
            let count = item.current.bins[bin]
            let share = before.map { Self.percent($0.bins[bin], $0.validCount) } ?? "-"
            // The bin for all others is shown when something is in it.
            if bin == labels.count - 1, !item.series.bins.isOrdered, count == 0,
                before?.bins[bin] ?? 0 == 0
            {
                continue
            }
            table.append([
                TextStyle.safe(label), share, Self.percent(count, item.current.validCount),
                String(count),
            ])
        }
        return table.lines(indent: "  ")
    }

    // MARK: Over time

    private var periods: [String] {
        guard let series = data.dayBins, !data.periods.isEmpty else { return [] }
        var table = TextTable()
        table.append(["", "cases"] + series.bins.labels.map { TextStyle.safe($0) })
        for (name, histogram) in data.periods {
            let count = histogram.validCount
            table.append([name, String(count)] + histogram.bins.map { Self.percent($0, count) })
        }
        return ["", TextStyle.safe(series.name.text) + " over time"] + table.lines(indent: "  ")
    }

    // MARK: Numbers

    private static func cases(_ count: Int) -> String { count == 1 ? "1 case" : "\(count) cases" }

    static func percent(_ part: Int, _ whole: Int) -> String {
        whole > 0 ? percent(Double(part) / Double(whole)) : "-"
    }

    private static func percent(_ share: Double) -> String {
        let tenths = Int((share * 1_000).rounded())
        return "\(tenths / 10).\(tenths % 10) %"
    }

    private static func three(_ number: Double) -> String {
        let thousandths = Int((min(number, 1e6) * 1_000).rounded())
        return "\(thousandths / 1_000)." + padded(thousandths % 1_000, 3)
    }
}

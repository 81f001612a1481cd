import Mapping

/// The report for a reader at a terminal.
///
///     news2  32 patients: 0 complete, 26 incomplete, 6 not applicable
///       input            observed     by rule     age       else
///       temperature      12 (38 %)    0: 12       <=1h 12   stale 9, none 11
extension CoverageReport {
    /// The whole report.
    var text: String {
        var lines: [String] = []
        if let run { lines += head(run) }
        for (folder, tally) in zip(folders, tallies) where run != nil {
            lines += [""] + section(folder, tally)
        }
        if run != nil { lines += codes }
        for exercise in exercises { lines += [""] + exercise.lines }
        if let run { lines += ["", foot(run)] }
        return lines.joined(separator: "\n") + "\n"
    }

    private func head(_ run: Run) -> [String] {
        let patients = tallies.first?.patientCount ?? 0
        var lines = [
            "\(run.files.files.count) files, " + ProgressLine.megabytes(run.files.byteCount)
                + " MB: \(run.resourceCount) resources, \(patients) patients, "
                + moment.sentence
        ]
        if run.unattachedCount > 0 {
            lines.append("\(run.unattachedCount) resources name no patient and were left out")
        }
        if run.repeatedPatientCount > 0 {
            lines.append(
                "\(run.repeatedPatientCount) Patients were given again; the last one counts"
            )
        }
        if run.files.skippedCount > 0 {
            lines.append("\(run.files.skippedCount) files that are no JSON were left out")
        }
        guard run.problemCount > 0 else { return lines }
        lines.append("\(run.problemCount) files or lines could not be read:")
        for problem in run.problems {
            lines.append("  " + run.files.text(of: problem.place) + ": " + problem.sentence)
        }
        let more = run.problemCount - run.problems.count
        if more > 0 { lines.append("  and \(more) more") }
        return lines
    }

    private func section(_ folder: ProfileFolder, _ tally: CoverageTally) -> [String] {
        var lines = [folder.name + "  " + outcomes(tally)]
        for (text, count) in tally.codes.ranked { lines.append("  \(count) \(text)") }
        if tally.substitutedCount > 0 {
            lines.append(
                "  \(tally.substitutedCount) of the complete ones with an assumed or imputed value"
            )
        }
        guard tally.patientCount > 0 else { return lines }
        var table = TextTable()
        table.append(["input", "observed", "by rule", "age", "without"])
        for (position, input) in tally.inputs.enumerated() {
            let isFact = position >= tally.inputCount
            table.append(cells(tally.names[position] + (isFact ? " (fact)" : ""), input, tally))
        }
        lines += table.lines(indent: "  ")
        lines += rejections(tally)
        return lines
    }

    private func outcomes(_ tally: CoverageTally) -> String {
        let parts = CoverageTally.Outcome.allCases.compactMap { outcome -> String? in
            guard let count = tally.outcomes[outcome], count > 0 else { return nil }
            let word =
                switch outcome {
                case .complete, .incomplete, .undecided: outcome.rawValue
                case .notApplicable: "not applicable"
                case .mismatch: "refused because resources are about another patient"
                }
            return "\(count) \(word) (\(Self.percent(count, tally.patientCount)))"
        }
        return "\(tally.patientCount) patients" + (parts.isEmpty ? "" : ": ")
            + parts.joined(separator: ", ")
    }

    private func cells(
        _ name: String,
        _ input: InputTally,
        _ tally: CoverageTally
    ) -> [String] {
        var without: [String] = []
        if input.assumedCount > 0 { without.append("assumed \(input.assumedCount)") }
        if input.imputedCount > 0 { without.append("imputed \(input.imputedCount)") }
        if input.absentCount > 0 { without.append("from absence \(input.absentCount)") }
        without += input.missing.ranked.map { "\($0.text) \($0.count)" }
        let rules = input.rules.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        return [
            name,
            "\(input.observedCount) (\(Self.percent(input.observedCount, tally.patientCount)))",
            rules.joined(separator: ", "), input.ageText, without.joined(separator: ", "),
        ]
    }

    private func rejections(_ tally: CoverageTally) -> [String] {
        let most = tally.reasons.values.max() ?? 0
        guard most > 0 else { return ["  rejected: none; no input asks for \(tally.unaskedCount)"] }
        var table = TextTable()
        for reason in RejectionReason.allCases {
            guard let count = tally.reasons[reason] else { continue }
            let inputs = tally.inputReasons.compactMap { name, counts -> (String, Int)? in
                counts[reason].map { (name.isEmpty ? "no input" : name, $0) }
            }.sorted { $0.1 == $1.1 ? $0.0 < $1.0 : $0.1 > $1.1 }
            table.append([
                reason.rawValue, String(count),
                String(repeating: "#", count: max(1, count * 20 / most)),
                inputs.prefix(5).map { "\($0.0) \($0.1)" }.joined(separator: ", "),
            ])
        }
        var lines = ["  rejected, by reason"] + table.lines(indent: "    ")
        lines.append("    \(tally.unaskedCount) resources that no input asks for")
        guard tally.units.distinctCount > 0 else { return lines }
        lines.append("  units that were not taken")
        var units = TextTable()
        for (text, count) in tally.units.ranked.prefix(topCount) {
            units.append([String(count), text])
        }
        return lines + units.lines(indent: "    ")
    }

    private var codes: [String] {
        var lines: [String] = [""]
        lines += list(survey.lookalikes, "codes that look like one that is asked for")
        lines += list(survey.codes, "most frequent codes that no profile asks for")
        lines += list(survey.components, "most frequent component codes that no profile asks for")
        if survey.uncodedCount > 0 {
            lines.append("\(survey.uncodedCount) resources have a code without any coding")
        }
        return lines.count == 1 ? [] : lines
    }

    private func list(_ counter: CodeCounter, _ title: String) -> [String] {
        guard counter.distinctCount > 0 else { return [] }
        var table = TextTable()
        for (text, count) in counter.ranked.prefix(topCount) {
            table.append([String(count), text, survey.displays[text] ?? ""])
        }
        var lines = [title] + table.lines(indent: "  ")
        let more = counter.distinctCount - topCount
        if more > 0 { lines.append("  and \(more) more (--top N lists more)") }
        return lines
    }

    private func foot(_ run: Run) -> String {
        "read and mapped in " + ProgressLine.tenths(Double(run.milliseconds) / 1_000) + " s, "
            + ProgressLine.tenths(run.megabytesPerSecond) + " MB/s, peak memory "
            + ProgressLine.megabytes(run.residentBytesPeak) + " MB"
    }

    static func percent(_ part: Int, _ whole: Int) -> String {
        guard whole > 0 else { return "-" }
        // Rounded half up; what is not all, and not nothing, never looks so.
        let value = (part * 200 + whole) / (whole * 2)
        if part > 0, value == 0 { return "<1 %" }
        return part < whole && value == 100 ? ">99 %" : "\(value) %"
    }
}

import Gateway
import JSON
import Posix

/// One run of the golden cases of a profile, as `limen map test` and `limen map watch` show it.
struct GoldenRun {
    /// The name of the profile.
    let name: String
    /// How the cases ended, in their order, with the time each took.
    let results: [(outcome: CaseOutcome, microseconds: Int64)]
    /// What is wrong with the profile, its services or the files of its cases.
    let faults: [CatalogueFinding]
    /// Where the Bundles of the cases hold entries without a resource that can be read.
    let unreadPlaces: [String]
    private let files: ProfileFiles

    /// Runs the cases whose name or file holds a text; all without one.
    init(_ name: String, in files: ProfileFiles, filter: String? = nil) {
        let project = files.project(name)
        let suite = GoldenSuite(profile: name, files: files.files)
        let wanted = filter?.lowercased()
        let cases = suite.cases.filter { golden in
            guard let wanted else { return true }
            return golden.name.lowercased().contains(wanted)
                || golden.file.lowercased().contains(wanted)
        }
        self.name = name
        self.files = files
        faults = project.findings + suite.findings
        unreadPlaces = cases.flatMap { golden in
            let positions = golden.json["bundle"].map { BundleEntry.unreadPositions(of: $0) } ?? []
            return positions.map { "\(golden.file): \(golden.name): /bundle/entry/\($0)" }
        }
        // Without a mapping every case would fail for the one reason that is told already.
        guard project.mapping != nil else {
            results = []
            return
        }
        results = cases.map { golden in
            let start = Clock.monotonicNanoseconds()
            let outcome = golden.run(in: project)
            return (outcome, (Clock.monotonicNanoseconds() - start) / 1_000)
        }
    }

    /// The cases that did not pass.
    var failed: [CaseOutcome] { results.map(\.outcome).filter { !$0.isPassed } }
    /// How many cases passed.
    var passedCount: Int { results.count { $0.outcome.isPassed } }
    /// How long all took.
    var microseconds: Int64 { results.reduce(0) { $0 + $1.microseconds } }

    /// How the command ends for this profile.
    var exitCode: ExitCode {
        faults.isEmpty ? failed.isEmpty ? .ok : .findings : .badInput
    }

    /// Where a case stands, as an editor opens it.
    func place(_ golden: GoldenCase) -> String {
        let bytes = files.files[golden.file] ?? []
        let place = FindingPlace(offset: golden.json.byteOffset, in: bytes)
        return "\(files.shownPath(of: golden.file)):\(place.line):\(place.column)"
    }

    /// The faults as text.
    var faultTexts: [String] { faults.map(files.text) }

    // MARK: For a terminal

    /// The failures, and at the end one line that sums up.
    func lines(_ style: TextStyle, namesWidth: Int) -> [String] {
        var lines: [String] = []
        for fault in faultTexts {
            lines += style.lines(fault, indent: 0).map { style.text($0, .alarm) }
        }
        for sentence in BundleEntry.sentences(unreadPlaces) {
            lines += style.lines(TextStyle.safe(sentence), indent: 0)
                .map { style.text($0, .notice) }
        }
        for outcome in failed { lines += self.lines(outcome, style) + [""] }
        let count = failed.count
        var sum = TextStyle.padded(name, to: namesWidth) + "  "
        sum += style.text("\(passedCount) passed", passedCount > 0 ? .fine : .faint)
        if count > 0 { sum += ", " + style.text("\(count) failed", .alarm) }
        if !faults.isEmpty {
            let text = faults.count == 1 ? "1 fault" : "\(faults.count) faults"
            sum += ", " + style.text(text, .alarm)
        }
        if results.isEmpty, faults.isEmpty { sum += "; no case is written yet, or none matches" }
        return lines + [sum + style.text("  \(microseconds / 1_000) ms", .faint)]
    }

    private func lines(_ outcome: CaseOutcome, _ style: TextStyle) -> [String] {
        let golden = outcome.golden
        let title = "FAILED \(name): \(TextStyle.safe(golden.name))"
        var lines = style.lines(title, indent: 0).map { style.text($0, .alarm) }
        lines.append(style.text("  " + place(golden), .faint))
        if let fault = outcome.fault { lines += style.lines(TextStyle.safe(fault), indent: 2) }
        for difference in outcome.differences {
            lines.append("  " + style.text(TextStyle.safe(difference.member), .strong))
            let expected = "expected  " + TextStyle.safe(difference.expected)
            let actual = "got       " + TextStyle.safe(difference.actual)
            lines += style.lines(expected, indent: 4, hanging: 14)
            lines += style.lines(actual, indent: 4, hanging: 14)
                .map { style.text($0, .notice) }
        }
        return lines
    }

    // MARK: For programs

    /// Writes the run as one JSON object.
    func writeJSON(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("name", name)
        writer.member("passed", passedCount)
        writer.member("failed", failed.count)
        writer.name("faults")
        writer.beginArray()
        for fault in faultTexts { writer.value(fault) }
        writer.endArray()
        writer.name("unreadable")
        writer.beginArray()
        for place in unreadPlaces { writer.value(place) }
        writer.endArray()
        writer.name("cases")
        writer.beginArray()
        for (outcome, microseconds) in results {
            writer.beginObject()
            writer.member("name", outcome.golden.name)
            writer.member("file", outcome.golden.file)
            writer.member("place", place(outcome.golden))
            writer.member("isPassed", outcome.isPassed)
            writer.member("microseconds", Int(microseconds))
            writer.member("fault", ifPresent: outcome.fault)
            writer.name("differences")
            writer.beginArray()
            for difference in outcome.differences {
                writer.beginObject()
                writer.member("member", difference.member)
                writer.member("expected", difference.expected)
                writer.member("actual", difference.actual)
                writer.endObject()
            }
            writer.endArray()
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
    }
}

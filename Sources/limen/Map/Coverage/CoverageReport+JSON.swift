import JSON
import Mapping

/// The report as JSON, with every count and without limits on the lists of units and codes.
///
///     { "format": "limen-coverage/1", "data": {"files": 38, ...},
///       "profiles": [ {"name": "news2", "patients": 32, "outcomes": {...}, "inputs": [...]} ],
///       "unmatched": {"codes": [ {"code": "http://loinc.org|72514-3", "count": 88} ]},
///       "run": {"megabytesPerSecond": 42.1, "residentBytesPeak": 61000000} }
extension CoverageReport {
    /// The whole report.
    var json: String {
        var writer = JSONWriter(reservingBytes: 1 << 16)
        writer.beginObject()
        writer.member("format", "limen-coverage/1")
        writer.member("at", moment.sentence)
        if let run {
            writeData(run, to: &writer)
            writer.name("profiles")
            writer.beginArray()
            for (folder, tally) in zip(folders, tallies) { write(folder, tally, to: &writer) }
            writer.endArray()
            writer.name("unmatched")
            writer.beginObject()
            write(survey.lookalikes, as: "lookalikes", to: &writer)
            write(survey.codes, as: "codes", to: &writer)
            write(survey.components, as: "components", to: &writer)
            writer.member("withoutCoding", survey.uncodedCount)
            writer.endObject()
        }
        if !exercises.isEmpty {
            writer.name("cases")
            writer.beginArray()
            for exercise in exercises { exercise.write(to: &writer) }
            writer.endArray()
        }
        if let run {
            writer.name("run")
            writer.beginObject()
            writer.member("milliseconds", Int(run.milliseconds))
            writer.name("megabytesPerSecond")
            writer.value((run.megabytesPerSecond * 10).rounded() / 10)
            writer.member("residentBytesPeak", run.residentBytesPeak)
            writer.endObject()
        }
        writer.endObject()
        return writer.text + "\n"
    }

    private func writeData(_ run: Run, to writer: inout JSONWriter) {
        writer.name("data")
        writer.beginObject()
        writer.member("files", run.files.files.count)
        writer.member("bytes", run.files.byteCount)
        writer.member("resources", run.resourceCount)
        writer.member("patients", tallies.first?.patientCount ?? 0)
        writer.member("resourcesWithoutPatient", run.unattachedCount)
        writer.member("repeatedPatients", run.repeatedPatientCount)
        writer.member("skippedFiles", run.files.skippedCount)
        writer.member("unreadable", run.problemCount)
        writer.name("problems")
        writer.beginArray()
        for problem in run.problems {
            writer.beginObject()
            writer.member("place", run.files.text(of: problem.place))
            writer.member("sentence", problem.sentence)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
    }

    private func write(
        _ folder: ProfileFolder,
        _ tally: CoverageTally,
        to writer: inout JSONWriter
    ) {
        writer.beginObject()
        writer.member("name", folder.name)
        writer.member("version", folder.profile.version)
        writer.member("patients", tally.patientCount)
        writer.name("outcomes")
        writer.beginObject()
        for outcome in CoverageTally.Outcome.allCases {
            writer.member(outcome.rawValue, tally.outcomes[outcome] ?? 0)
        }
        writer.endObject()
        write(tally.codes, as: "applicability", to: &writer)
        writer.member("substituted", tally.substitutedCount)
        writer.name("inputs")
        writer.beginArray()
        for (position, input) in tally.inputs.enumerated() {
            write(input, tally.names[position], position >= tally.inputCount, tally, to: &writer)
        }
        writer.endArray()
        writer.name("rejections")
        write(tally.reasons, to: &writer)
        writer.member("unasked", tally.unaskedCount)
        write(tally.units, as: "units", to: &writer)
        writer.endObject()
    }

    private func write(
        _ input: InputTally,
        _ name: String,
        _ isFact: Bool,
        _ tally: CoverageTally,
        to writer: inout JSONWriter
    ) {
        writer.beginObject()
        writer.member("name", name)
        if isFact { writer.member("fact", true) }
        writer.member("observed", input.observedCount)
        writer.member("assumed", input.assumedCount)
        writer.member("imputed", input.imputedCount)
        writer.member("fromAbsence", input.absentCount)
        writer.name("missing")
        writer.beginObject()
        for (text, count) in input.missing.ranked { writer.member(text, count) }
        writer.endObject()
        writer.name("rules")
        writer.beginObject()
        for (rule, count) in input.rules.sorted(by: { $0.key < $1.key }) {
            writer.member(String(rule), count)
        }
        writer.endObject()
        writer.name("ages")
        writer.beginObject()
        for (bound, count) in zip(InputTally.ageBounds, input.ages) where count > 0 {
            writer.member("<=" + bound.text, count)
        }
        if let older = input.ages.last, older > 0 { writer.member("older", older) }
        if input.ageless > 0 { writer.member("none", input.ageless) }
        writer.endObject()
        writer.name("rejections")
        write(tally.inputReasons[name] ?? [:], to: &writer)
        writer.endObject()
    }

    private func write(_ reasons: [RejectionReason: Int], to writer: inout JSONWriter) {
        writer.beginObject()
        for reason in RejectionReason.allCases {
            if let count = reasons[reason] { writer.member(reason.rawValue, count) }
        }
        writer.endObject()
    }

    private func write(_ counter: CodeCounter, as name: String, to writer: inout JSONWriter) {
        writer.name(name)
        writer.beginArray()
        for (text, count) in counter.ranked {
            writer.beginObject()
            writer.member("text", text)
            writer.member("count", count)
            writer.member("display", ifPresent: survey.displays[text])
            writer.endObject()
        }
        writer.endArray()
    }
}

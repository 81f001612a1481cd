import Basics
import ClinicalEngine
import Gateway
import Mapping
import Monitoring
import Posix

/// `limen model reference PROFILE DATA`: what data looked like when all was well, as counts.
///
/// DATA is FHIR (Bundles, folders, NDJSON) or one table of inputs. Out comes `limen-reference/1`,
/// which holds no value of any one patient but the deciles and the range of all.
enum ReferenceCommand {
    /// Runs the command; exit code 1 when files or lines could not be read.
    static func run(_ arguments: [String]) throws(CommandError) -> ExitCode {
        let parsed = try Arguments(arguments, of: "model reference")
        guard let typed = parsed.words.first, parsed.words.count > 1 else {
            throw CommandError(.usage, "say limen model reference PROFILE DATA... > reference.json")
        }
        let profile = try DriftCommand.profile(typed)
        var tally = ReferenceTally(profile)
        let data = Array(parsed.words.dropFirst())
        var problemCount = 0
        if data.count == 1, data[0].hasSuffix(".csv") {
            try addTable(data[0], profile, &tally)
        } else {
            let moment = try EvaluationMoment(parsed.value("at"))
            var source = try PatientSource(data, showsProgress: parsed.has("progress"))
            try source.forEachPatient { (record) throws(CommandError) in
                let report = profile.profile.map(
                    patient: record.patient,
                    resources: record.resources,
                    patientID: record.id,
                    patientFullURLs: record.fullURLs,
                    now: moment.moment(for: record)
                )
                // Data of two patients would be refused as a whole.
                guard !report.hasSubjectMismatch else {
                    problemCount += 1
                    return
                }
                switch report.applicability {
                case .applies: tally.add(report, profile.evaluate(report))
                case .notApplicable, .undecided: tally.add(report, nil)
                }
            }
            problemCount += source.problemCount
        }
        let bytes = ReferenceWriter.json(tally.reference(source: parsed.value("source")))
        Terminal.writeOutput(String(decoding: bytes, as: UTF8.self) + "\n")
        var note = "limen: \(tally.caseCount) cases"
        if tally.notApplicableCount > 0 {
            note += ", of which the model is not for \(tally.notApplicableCount)"
        }
        if problemCount > 0 { note += "; \(problemCount) could not be read" }
        Terminal.writeError(note + "\n")
        let thin = tally.thinInputs(Limits.driftCasesMin)
        if !thin.isEmpty {
            Terminal.writeError(
                "limen: below \(Limits.driftCasesMin) values nothing is judged: "
                    + thin.joined(separator: ", ") + "\n"
            )
        }
        return problemCount == 0 ? .ok : .findings
    }

    /// Adds the rows of a table whose header has the names of inputs.
    private static func addTable(
        _ path: String,
        _ profile: LoadedProfile,
        _ tally: inout ReferenceTally
    ) throws(CommandError) {
        let bytes = try ConfigurationFiles.bytes(path)
        var reader = CSVReader()
        var rows: [[String]] = []
        try reader.consume(bytes) { rows.append($0) }
        try reader.finish { rows.append($0) }
        guard let header = rows.first else {
            throw CommandError(.badInput, "\(path) is empty")
        }
        var columns: [Int?] = []
        for field in profile.model.fields {
            let places = header.indices.filter { header[$0] == field.name }
            guard places.count <= 1 else {
                throw CommandError(.badInput, "the header names \(field.name) twice")
            }
            if places.isEmpty {
                Terminal.writeError("limen: no column \(field.name); it counts as missing\n")
            }
            columns.append(places.first)
        }
        guard columns.contains(where: { $0 != nil }) else {
            throw CommandError(.badInput, "\(path) has no column with the name of an input")
        }
        for (position, row) in rows.enumerated().dropFirst() {
            guard row.count == header.count else {
                throw CommandError(
                    .badInput,
                    "record \(position + 1) has \(row.count) cells and the header \(header.count)"
                )
            }
            let inputs = zip(profile.model.fields, columns).map { field, column -> InputValue in
                guard let column else { return .missing }
                return InputText.value(row[column], of: field.kind)
            }
            tally.add(inputs, profile.model.evaluate(inputs))
        }
    }
}

import ClinicalEngine
import Gateway
import JSON
import PMML
import Posix

/// `limen model import`: makes a profile for a model, with its fields, units and ranges.
enum ModelImportCommand {
    /// Runs the command.
    static func run(_ arguments: [String]) throws(CommandError) -> ExitCode {
        let parsed = try Arguments(arguments, of: "model import")
        guard parsed.words.count == 1, let name = parsed.value("as") else {
            throw CommandError(.usage, "say limen model import FILE --as NAME")
        }
        let path = parsed.words[0]
        try MapNewCommand.check(name: name)
        let bytes = try ConfigurationFiles.input(path)
        let inspection: DocumentInspection
        do {
            inspection = try DocumentInspection(bytes)
        } catch {
            throw ModelCommand.refusal(error, path)
        }
        // What a reviewer must not have to find out later: such a model is never activated.
        if let failure = inspection.verificationFailures.first {
            throw CommandError(
                .badInput,
                "\(path):\(failure.line): row \(failure.row) of ModelVerification does not give the"
                    + " \(failure.output) that it expects"
                    + " [\(PMMLError.Code.verificationFailed.rawValue)]; nothing was written"
            )
        }
        let inputs = inspection.model.fields.map { field in
            let definition = inspection.definition.fields.first { $0.name == field.name }
            return ProfileScaffold.Input(field: field, intervals: definition?.intervals ?? [])
        }
        let scaffold = ProfileScaffold(name: name, inputs: inputs, model: bytes)
        try ScaffoldWriter.write(scaffold, below: try ConfigurationFiles.home())
        let open = scaffold.open + open(inspection)
        if parsed.has("json") {
            Terminal.writeOutput(json(scaffold, open) + "\n")
        } else {
            Terminal.writeOutput(text(scaffold, inspection, open) + "\n")
        }
        return .ok
    }

    /// What of the model itself is still open.
    private static func open(_ inspection: DocumentInspection) -> [String] {
        ModelReview(inspection).findings.compactMap { finding in
            // The scaffold names absent units itself.
            guard finding.weight == .warning, finding.topic != "unit" else { return nil }
            let line = finding.line.map { "line \($0), " } ?? ""
            let place = finding.place.map { TextStyle.safe($0) + ": " } ?? ""
            return "model.pmml, " + line + place + finding.sentence
        }
    }

    private static func text(
        _ scaffold: ProfileScaffold,
        _ inspection: DocumentInspection,
        _ open: [String]
    ) -> String {
        let style = TextStyle.output
        var lines = scaffold.files.map { "wrote " + $0.path }
        let count = inspection.verificationRowCount
        lines.append(
            count > 0
                ? "verified: \(count) of \(count) rows"
                : "not verified: the document has no verification rows"
        )
        var section = ModelSection(title: "from the model")
        section.columns = ["input", "unit", "values"]
        section.rows = inspection.definition.fields.map { field in
            [.text(field.name), .init(field.unit), .init(FieldText.values(field))]
        }
        lines += [""] + section.text(style)
        lines += ["", "still open; loading refuses the profile until it is filled in:"]
        lines += open.flatMap { style.lines($0, indent: 2) }
        lines += ["", "next: limen map test \(scaffold.name), limen model show \(scaffold.name)"]
        return lines.joined(separator: "\n")
    }

    private static func json(_ scaffold: ProfileScaffold, _ open: [String]) -> String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("format", "limen-model-import/1")
        writer.member("name", scaffold.name)
        for (name, texts) in [("files", scaffold.files.map(\.path)), ("open", open)] {
            writer.name(name)
            writer.beginArray()
            for text in texts { writer.value(text) }
            writer.endArray()
        }
        writer.endObject()
        return writer.text
    }
}

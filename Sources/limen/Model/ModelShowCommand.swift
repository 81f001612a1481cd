import ClinicalEngine
import JSON
import PMML
import Posix

/// `limen model show`: a document as a clinician reads it.
enum ModelShowCommand {
    /// Runs the command.
    static func run(_ arguments: [String]) throws(CommandError) -> ExitCode {
        let parsed = try Arguments(arguments, of: "model show")
        guard parsed.words.count == 1 else {
            throw CommandError(
                .usage,
                "say limen model show FILE|PROFILE [--segment ID] [--depth N | --all]"
            )
        }
        let file = try ModelFile(parsed.words[0])
        // What cannot be evaluated is not shown as if it could be.
        let inspection: DocumentInspection
        do {
            inspection = try DocumentInspection(file.bytes)
        } catch {
            throw ModelCommand.refusal(error, file.path)
        }
        var extent = ModelPage.Extent()
        extent.segment = parsed.value("segment")
        extent.depth = try parsed.integer("depth", default: 5, in: 0...256)
        if parsed.has("all") || parsed.has("json") {
            extent.rows = nil
            if parsed.value("depth") == nil { extent.depth = nil }
        }
        let page = try ModelPage(inspection.definition, extent: extent)
        if !inspection.verificationFailures.isEmpty {
            Terminal.writeError(
                "limen: the model does not give what its own rows expect, and no gateway takes it;"
                    + " see limen model check\n"
            )
        }
        if parsed.has("json") {
            Terminal.writeOutput(json(page, file) + "\n")
        } else {
            Terminal.writeOutput(text(page, .output).joined(separator: "\n") + "\n")
        }
        return inspection.verificationFailures.isEmpty ? .ok : .findings
    }

    private static func text(_ page: ModelPage, _ style: TextStyle) -> [String] {
        var lines = [style.text(TextStyle.safe(page.heading), .strong)]
        let about = page.definition.about
        for (word, text) in [
            ("", about.description), ("version ", about.version), ("", about.copyright),
        ] {
            guard let text else { continue }
            lines += style.lines(TextStyle.safe(word + text), indent: 2, hanging: 2)
        }
        for section in page.sections { lines += [""] + section.text(style) }
        return lines
    }

    private static func json(_ page: ModelPage, _ file: ModelFile) -> String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("format", "limen-model-show/1")
        writer.member("file", file.path)
        writer.member("name", page.definition.model.name)
        writer.member("kind", ModelPage.kind(page.node))
        writer.member("function", page.node.function.rawValue)
        writer.member("target", ifPresent: page.definition.model.target?.name)
        writer.member("description", ifPresent: page.definition.about.description)
        writer.member("version", ifPresent: page.definition.about.version)
        writer.member("copyright", ifPresent: page.definition.about.copyright)
        writer.member("segment", ifPresent: page.extent.segment)
        writer.name("sections")
        writer.beginArray()
        for section in page.sections { section.writeJSON(to: &writer) }
        writer.endArray()
        writer.endObject()
        return writer.text
    }
}

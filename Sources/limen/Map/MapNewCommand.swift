import CDSHooks
import ClinicalEngine
import Gateway
import JSON
import PMML
import Posix
import UCUM

/// `limen map new`: scaffolds a profile, and says what is still to be filled in.
enum MapNewCommand {
    /// Runs the command.
    static func run(_ arguments: [String]) throws(CommandError) -> ExitCode {
        let parsed = try Arguments(arguments, of: "map new")
        guard parsed.words.count == 1, let name = parsed.words.first else {
            throw CommandError(.usage, "say limen map new NAME --model FILE or --input NAME:UNIT")
        }
        try check(name: name)
        var asked: [ProfileScaffold.Input] = []
        for text in parsed.all("input") { try add(try input(text), to: &asked) }
        var model: [UInt8]?
        var inputs = asked
        if let path = parsed.value("model") {
            let bytes = try ConfigurationFiles.bytes(path)
            inputs = try self.inputs(of: bytes, path, asked)
            model = bytes
        }
        guard !inputs.isEmpty else {
            throw CommandError(
                .usage,
                "name the inputs: --model FILE.pmml, or --input NAME:UNIT:SYSTEM|CODE for each"
            )
        }
        let scaffold = ProfileScaffold(name: name, inputs: inputs, model: model)
        let home = try ConfigurationFiles.home()
        try ScaffoldWriter.write(scaffold, below: home)
        guard !parsed.has("json") else {
            Terminal.writeOutput(json(scaffold) + "\n")
            return .ok
        }
        var lines = scaffold.files.map { "wrote " + $0.path }
        lines += ["", "still open; loading refuses the profile until it is filled in:"]
        lines += scaffold.open.map { "  " + $0 }
        lines += ["", "next: limen map test \(name), limen map watch \(name) DATA"]
        Terminal.writeOutput(lines.joined(separator: "\n") + "\n")
        return .ok
    }

    /// Refuses what cannot be the name of a profile.
    static func check(name: String) throws(CommandError) {
        guard FHIRIdentifier.isID(name), !name.hasPrefix("."), name != "schema" else {
            throw CommandError(
                .usage,
                "a profile's name has letters, digits, hyphens and dots, at most 64"
            )
        }
    }

    /// What was written and what is open, as one JSON object.
    private static func json(_ scaffold: ProfileScaffold) -> String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("format", "limen-map-new/1")
        writer.member("name", scaffold.name)
        for (name, texts) in [("files", scaffold.files.map(\.path)), ("open", scaffold.open)] {
            writer.name(name)
            writer.beginArray()
            for text in texts { writer.value(text) }
            writer.endArray()
        }
        writer.endObject()
        return writer.text
    }

    /// Reads `name:unit:system|code,system|code`; `boolean` stands for the unit of a yes or no.
    static func input(_ text: String) throws(CommandError) -> ProfileScaffold.Input {
        let parts = text.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            .map(String.init)
        let codes = parts.count > 2 ? parts[2].split(separator: ",").map(String.init) : []
        let unit = parts.count > 1 && !parts[1].isEmpty ? parts[1] : nil
        guard let name = parts.first, !name.isEmpty,
            name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") })
        else {
            throw CommandError(.usage, "--input takes NAME:UNIT:SYSTEM|CODE, such as pulse:/min")
        }
        for code in codes where code.split(separator: "|").count != 2 {
            throw CommandError(
                .usage,
                "--input \(name): a code is SYSTEM|CODE, such as http://loinc.org|8867-4"
            )
        }
        guard unit != "boolean" else { return .init(name: name, kind: .boolean, codes: codes) }
        if let unit, (try? UCUMUnit(parsing: unit)) == nil {
            throw CommandError(.usage, "--input \(name): the unit is no UCUM code, as mm[Hg] is")
        }
        return .init(name: name, unit: unit, codes: codes)
    }

    /// Adds an input; one of the same name gets the further codes.
    private static func add(
        _ input: ProfileScaffold.Input,
        to inputs: inout [ProfileScaffold.Input]
    ) throws(CommandError) {
        guard let place = inputs.firstIndex(where: { $0.name == input.name }) else {
            inputs.append(input)
            return
        }
        let first = inputs[place]
        guard input.unit == nil || input.unit == first.unit, input.kind == first.kind else {
            throw CommandError(.usage, "--input \(input.name) is given with two units")
        }
        inputs[place] = .init(
            name: first.name,
            kind: first.kind,
            unit: first.unit,
            codes: first.codes + input.codes
        )
    }

    /// The inputs of a model, with the codes that the command line adds.
    private static func inputs(
        of bytes: [UInt8],
        _ path: String,
        _ asked: [ProfileScaffold.Input]
    ) throws(CommandError) -> [ProfileScaffold.Input] {
        let model: ClinicalModel
        let fields: [FieldDefinition]
        do {
            model = try PMMLDocument.compile(bytes)
            fields = try PMMLDocument.dataFields(bytes)
        } catch {
            throw CommandError(
                .badInput,
                "\(path):\(error.line): the model is not valid at \(error.element)"
                    + " [\(error.code.rawValue)]"
            )
        }
        for input in asked where !model.fields.contains(where: { $0.name == input.name }) {
            let known = model.fields.map(\.name).joined(separator: ", ")
            throw CommandError(.usage, "the model has no input \(input.name); it has: \(known)")
        }
        return try model.fields.map { field throws(CommandError) in
            let intervals = fields.first { $0.name == field.name }?.intervals ?? []
            let extra = asked.first { $0.name == field.name }
            let input = ProfileScaffold.Input(
                field: field,
                intervals: intervals,
                codes: extra?.codes ?? []
            )
            guard let unit = extra?.unit, input.kind == .quantity else { return input }
            guard input.unit == nil || input.unit == unit else {
                throw CommandError(
                    .usage,
                    "the model takes \(field.name) in \(input.unit ?? ""), not in \(unit)"
                )
            }
            return .init(
                name: input.name,
                kind: input.kind,
                unit: unit,
                plausible: input.plausible,
                codes: input.codes
            )
        }
    }
}

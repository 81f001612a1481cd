import JSON
import Posix
import StructureDefinitions

/// `limen fhir check`: reads resources strictly, and holds them against a StructureDefinition.
///
///     limen fhir check observation.json
///     limen fhir check --profile pulse.structuredefinition.json observations.ndjson
enum FHIRCommand {
    /// One line of the answer.
    private struct Line {
        let file: String
        let path: String
        let kind: String
        let sentence: String
        let accepted: String
        let level: Level

        enum Level: String {
            case fault, remark
            case notChecked = "not-checked"
        }
    }

    /// Runs the command; exit code 1 when anything is wrong.
    static func run(_ arguments: [String]) throws(CommandError) -> ExitCode {
        let parsed = try Arguments(arguments, of: "fhir")
        let words = Array(parsed.words.dropFirst())
        guard parsed.words.first == "check", !words.isEmpty else {
            throw CommandError(.usage, "say limen fhir check [--profile FILE] FILE...")
        }
        var files: [String] = []
        for word in words {
            files += Folder.isFolder(path: word) ? try DataFiles([word]).files.map(\.path) : [word]
        }
        let definition = try parsed.value("profile").map { (path) throws(CommandError) in
            try self.definition(path, valueSets: parsed.value("value-sets"))
        }
        var lines: [Line] = []
        for file in files {
            let bytes = try ConfigurationFiles.input(file)
            lines += strict(file, bytes)
            if let definition { lines += conformance(file, bytes, definition) }
        }
        if parsed.has("json") {
            Terminal.writeOutput(json(lines))
        } else {
            for line in lines {
                let accepted = line.accepted.isEmpty ? "" : " (accepted: \(line.accepted))"
                let place = line.path.isEmpty ? line.file : "\(line.file): \(line.path)"
                Terminal.writeOutput(
                    "\(place): \(line.level.rawValue): \(line.sentence)\(accepted)\n"
                )
            }
            let faults = lines.count { $0.level == .fault }
            Terminal.writeError("\(files.count) files, \(faults) faults\n")
        }
        return lines.contains { $0.level == .fault } ? .findings : .ok
    }

    private static func strict(_ file: String, _ bytes: [UInt8]) -> [Line] {
        let findings =
            isLines(file)
            ? StrictReading.findings(inLinesOf: bytes) : StrictReading.findings(in: bytes)
        return findings.map { found in
            Line(
                file: file,
                path: found.path.isEmpty ? place(of: found.offset, in: bytes) : found.path,
                kind: found.kind.rawValue,
                sentence: found.kind.sentence + (found.detail.map { ": " + $0 } ?? ""),
                accepted: "",
                level: found.isWarning ? .remark : .fault
            )
        }
    }

    /// The line and column of a byte, as an editor counts.
    private static func place(of offset: Int, in bytes: [UInt8]) -> String {
        let place = FindingPlace(offset: offset, in: bytes)
        return "line \(place.line), column \(place.column)"
    }

    private static func isLines(_ file: String) -> Bool { file.hasSuffix(".ndjson") }

    // MARK: Against a StructureDefinition

    private static func definition(
        _ path: String,
        valueSets folder: String?
    ) throws(CommandError) -> StructureDefinition {
        var sets: [ValueSetTable] = []
        if let folder {
            let files = try ConfigurationFiles.read(folder: folder)
            for (name, bytes) in files.sorted(by: { $0.key < $1.key })
            where name.hasSuffix(".valueset.json") {
                sets.append(
                    try read(name, bytes) { (document) throws(StructureDefinitionError) in
                        try ValueSetTable(parsing: document)
                    }
                )
            }
        }
        let bytes = try ConfigurationFiles.bytes(path)
        return try read(path, bytes) { (document) throws(StructureDefinitionError) in
            try StructureDefinition(parsing: document, valueSets: sets)
        }
    }

    private static func read<Read>(
        _ name: String,
        _ bytes: [UInt8],
        _ body: (JSONDocument) throws(StructureDefinitionError) -> Read
    ) throws(CommandError) -> Read {
        let document: JSONDocument
        do throws(JSONError) {
            document = try JSONDocument(parsing: bytes)
        } catch {
            throw CommandError(.badInput, "\(name): \(error.sentence) (byte \(error.offset))")
        }
        do throws(StructureDefinitionError) {
            return try body(document)
        } catch {
            throw CommandError(
                .badInput,
                "\(name): \(error.path): \(error.sentence) (\(error.code.rawValue))"
            )
        }
    }

    private static func conformance(
        _ file: String,
        _ bytes: [UInt8],
        _ definition: StructureDefinition
    ) -> [Line] {
        let texts =
            isLines(file)
            ? bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            : [bytes[...]]
        return texts.enumerated().flatMap { number, text -> [Line] in
            // What is no JSON was told by the strict reading.
            guard let root = try? JSONDocument(parsing: Array(text)).root else { return [] }
            let lead = texts.count > 1 ? "line \(number + 1): " : ""
            let resources =
                root["resourceType"]?.isString("Bundle") ?? false
                ? root["entry"]?.elements.compactMap { $0["resource"] } ?? [] : [root]
            return resources.flatMap { resource -> [Line] in
                // Of a bundle, what the definition is for.
                let isMeant = resource["resourceType"]?.isString(definition.type) ?? false
                guard resources.count == 1 || isMeant else { return [] }
                let place = resource.path.isEmpty ? lead : lead + resource.path + "."
                return self.lines(file, place, definition.check(resource, now: Clock.now()))
            }
        }
    }

    private static func lines(
        _ file: String,
        _ place: String,
        _ report: StructureReport
    ) -> [Line] {
        report.findings.map { found in
            Line(
                file: file,
                path: place + found.path,
                kind: found.kind.rawValue,
                sentence: found.kind.sentence,
                accepted: found.accepted,
                level: .fault
            )
        }
            + report.notChecked.map { gap in
                Line(
                    file: file,
                    path: place + gap.element,
                    kind: "not-checked",
                    sentence: "not checked: " + gap.what,
                    accepted: "",
                    level: .notChecked
                )
            }
    }

    private static func json(_ lines: [Line]) -> String {
        var writer = JSONWriter()
        writer.beginArray()
        for line in lines {
            writer.beginObject()
            writer.member("file", line.file)
            writer.member("path", line.path)
            writer.member("level", line.level.rawValue)
            writer.member("kind", line.kind)
            writer.member("sentence", line.sentence)
            if !line.accepted.isEmpty { writer.member("accepted", line.accepted) }
            writer.endObject()
        }
        writer.endArray()
        return writer.text + "\n"
    }
}

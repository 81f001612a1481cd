import Basics
import CDSHooks
import JSON
import Mapping
import Posix

/// `limen map explain`: maps a bundle without a gateway and explains every value.
enum MapCommand {
    /// Runs the command; exit code 1 when an input is missing.
    static func run(_ arguments: [String]) throws(CommandError) -> ExitCode {
        let parsed = try Arguments(
            arguments,
            values: ["profile", "bundle", "at", "patient"],
            switches: ["json"]
        )
        guard parsed.words == ["explain"], let name = parsed.value("profile"),
            let bundle = parsed.value("bundle")
        else {
            throw CommandError(.usage, "say limen map explain --profile NAME --bundle FILE")
        }
        let profile = try profile(name)
        let report = try map(profile, try ConfigurationFiles.input(bundle), parsed)
        var writer = JSONWriter()
        report.writeJSON(to: &writer)
        if parsed.has("json") {
            Terminal.writeOutput(writer.text + "\n")
        } else if let document = try? JSONDocument(parsing: writer.bytes) {
            let printer = CardPrinter(usesColour: false)
            Terminal.writeOutput(printer.explanation(document.root) + "\n")
        }
        return report.inputs.contains { $0.value == nil } ? .findings : .ok
    }

    /// The profile of a folder below `Profiles/`.
    private static func profile(_ name: String) throws(CommandError) -> Profile {
        let folder = try ConfigurationFiles.home() + "/Profiles/" + name
        guard Folder.isFolder(path: folder) else {
            throw CommandError(.usage, "there is no profile \(name); see the folders in Profiles/")
        }
        var maps: [String: JSONDocument] = [:]
        let files = try ConfigurationFiles.read(folder: folder)
        for (file, bytes) in files where file.hasSuffix(".conceptmap.json") {
            maps[file] = try document(bytes, file)
        }
        guard let bytes = files["profile.json"] else {
            throw CommandError(.badInput, "\(folder) holds no profile.json")
        }
        let json = try document(bytes, "profile.json")
        do {
            return try Profile(parsing: json, conceptMaps: maps)
        } catch {
            throw CommandError(
                .badInput,
                "the profile \(name) has a fault at \(error.path) (\(error.code.rawValue))"
            )
        }
    }

    private static func document(
        _ bytes: [UInt8],
        _ name: String
    ) throws(CommandError) -> JSONDocument {
        do {
            return try JSONDocument(parsing: bytes)
        } catch {
            throw CommandError(
                .badInput,
                "\(name) is not JSON: \(error.sentence) (byte \(error.offset))"
            )
        }
    }

    private static func map(
        _ profile: Profile,
        _ bytes: [UInt8],
        _ parsed: Arguments
    ) throws(CommandError) -> MappingReport {
        let original = try BundleRewriter(try document(bytes, "the bundle").root)
        let patientID = try HookRequestBuilder.patientID(
            in: original,
            asked: parsed.value("patient")
        )
        var resources: [JSONValue] = []
        var patient: JSONValue?
        for entry in original.entries {
            var writer = JSONWriter()
            original.write(entry, to: &writer)
            let resource = try document(writer.bytes, "the bundle").root
            if entry.type == "Patient" {
                if entry.id == patientID { patient = resource }
            } else {
                resources.append(resource)
            }
        }
        return profile.map(
            patient: patient,
            resources: resources,
            patientID: patientID,
            now: try moment(parsed)
        )
    }

    private static func moment(_ parsed: Arguments) throws(CommandError) -> Instant {
        guard let text = parsed.value("at") else { return Clock.now() }
        guard let moment = Instant(rfc3339: text) else {
            throw CommandError(.usage, "--at takes a time such as 2026-05-04T10:00:00Z")
        }
        return moment
    }
}

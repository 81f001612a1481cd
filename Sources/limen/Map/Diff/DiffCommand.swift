import Basics
import Gateway
import JSON
import Posix

/// `limen map diff`: what a change of a profile does to the patients of a set of data.
enum DiffCommand {
    /// Runs the command; exit code 1 when anything changes for a patient.
    static func run(_ arguments: [String]) throws(CommandError) -> ExitCode {
        let parsed = try Arguments(arguments, of: "map diff")
        guard parsed.words.count >= 3 else {
            throw CommandError(.usage, "say limen map diff OLD NEW DATA...")
        }
        let moment = try EvaluationMoment(parsed.value("at"))
        let limit = try parsed.integer("limit", default: 40, in: 0...Limits.listedChangesMax)
        let sides = try ProfileSides(old: parsed.words[0], new: parsed.words[1])
        var source = try PatientSource(
            Array(parsed.words.dropFirst(2)),
            showsProgress: parsed.has("progress")
        )
        var report = DiffReport(sides, moment: moment)
        try source.forEachPatient { (record) throws(CommandError) in
            report.add(record)
        }
        report.finish(source)
        Terminal.writeOutput(parsed.has("json") ? report.json : report.text(limit: limit))
        return report.changedCount == 0 && source.problemCount == 0 ? .ok : .findings
    }
}

/// The two versions of a profile, each with the services that use it.
struct ProfileSides {
    let old: ProfileProject
    let new: ProfileProject

    /// Loads both sides, each by the name of a profile or the path of a folder.
    ///
    /// - Throws: `CommandError` with what is wrong with a side.
    init(old: String, new: String) throws(CommandError) {
        let home = try ConfigurationFiles.home()
        let all = try ConfigurationFiles.read(home: home, clients: nil)
        let hooks = all.filter { $0.key.hasPrefix("Hooks/") }
        let oldPath = try Self.path(old)
        let newPath = try Self.path(new)
        let names = [newPath, oldPath].map { String($0.split(separator: "/").last ?? "profile") }
        // A copy of a folder has another name, and is served by the hooks of the profile it was.
        let served = Set(
            hooks.values.compactMap { bytes in
                (try? JSONDocument(parsing: bytes))?.root["limen"]?["profile"]?.stringValue
            }
        )
        let name = names.first { served.contains($0) } ?? names[0]
        // A service may name further versions, which must be there for it to load.
        let rest = all.filter { !$0.key.hasPrefix("Profiles/" + name + "/") }
        self.old = try Self.project(name, oldPath, rest)
        self.new = try Self.project(name, newPath, rest)
    }

    private static func path(_ word: String) throws(CommandError) -> String {
        guard let path = try ProfileFolder.path(word) else {
            throw CommandError(
                .usage,
                "there is no profile \(word): a name or a folder with a profile.json is expected"
            )
        }
        return path
    }

    private static func project(
        _ name: String,
        _ path: String,
        _ hooks: [String: [UInt8]]
    ) throws(CommandError) -> ProfileProject {
        var files = hooks
        for (file, bytes) in try ConfigurationFiles.read(folder: path) {
            files["Profiles/" + name + "/" + file] = bytes
        }
        let project = ProfileProject(name: name, files: files, now: Clock.now())
        guard project.mapping != nil else {
            let texts = project.findings.map { "\n  " + $0.text }.joined()
            throw CommandError(.badInput, "\(path) cannot be used as a profile" + texts)
        }
        return project
    }
}

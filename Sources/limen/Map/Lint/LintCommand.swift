import Basics
import Gateway
import JSON
import Posix
import ProfileLint

/// `limen map lint`: everything that is wrong with profiles, or looks so.
enum LintCommand {
    /// Runs the command; exit code 1 when there is an error, or with `--strict` a warning.
    static func run(_ arguments: [String]) throws(CommandError) -> ExitCode {
        let parsed = try Arguments(arguments, of: "map lint")
        let words = parsed.words.isEmpty ? try ProfileFolder.allNames() : parsed.words
        var reports: [LintReport] = []
        for word in words { reports.append(try report(word)) }
        Terminal.writeOutput(
            parsed.has("json") ? LintReport.json(reports) : LintReport.text(reports)
        )
        let findings = reports.flatMap(\.findings)
        let hasFindings = findings.contains {
            $0.severity == .error || parsed.has("strict") && $0.severity == .warning
        }
        return hasFindings ? .findings : .ok
    }

    /// What is found in one profile.
    static func report(_ word: String) throws(CommandError) -> LintReport {
        guard let path = try folder(word) else {
            throw CommandError(.usage, "there is no profile \(word); see the folders in Profiles/")
        }
        let files = try ConfigurationFiles.read(folder: path)
        let name = String(path.split(separator: "/").last ?? "profile")
        let known = ProfileFolder.knownName(path, files)
        let hooks = try hooks(of: known, path: path)
        var findings = ProfileLint.findings(files: files, hooks: hooks.mapValues(\.bytes))
        if !findings.contains(where: { $0.severity == .error }) {
            findings += gatewayFindings(known, files, hooks)
        }
        return LintReport(name: name, path: path, findings: ProfileLint.sorted(findings))
    }

    /// A folder is looked at even when its profile.json is missing or broken.
    private static func folder(_ word: String) throws(CommandError) -> String? {
        if let path = try ProfileFolder.path(word) { return path }
        return Folder.isFolder(path: word) ? word : nil
    }

    /// The hook documents that name a profile: those of the home, and those beside the profile.
    private static func hooks(
        of name: String,
        path: String
    ) throws(CommandError) -> [String: (bytes: [UInt8], document: JSONDocument)] {
        var hooks: [String: (bytes: [UInt8], document: JSONDocument)] = [:]
        var folders = [path + "/hooks"]
        let home = Terminal.environment("LIMEN_HOME") ?? Terminal.currentFolder
        if Folder.absolutePath(path) == Folder.absolutePath(home + "/Profiles/" + name) {
            folders.append(home + "/Hooks")
        }
        for folder in folders where Folder.isFolder(path: folder) {
            for (file, bytes) in try ConfigurationFiles.read(folder: folder)
            where file.hasSuffix(".json") && !file.contains("/") {
                guard let document = try? JSONDocument(parsing: bytes),
                    document.root["limen"]?["profile"]?.isString(name) ?? false
                else { continue }
                hooks["Hooks/" + file] = (bytes, document)
            }
        }
        return hooks
    }

    /// What the gateway says of the hooks, and how the golden cases end.
    private static func gatewayFindings(
        _ name: String,
        _ files: [String: [UInt8]],
        _ hooks: [String: (bytes: [UInt8], document: JSONDocument)]
    ) -> [LintFinding] {
        var all: [String: [UInt8]] = [:]
        let prefix = "Profiles/" + name + "/"
        for (file, bytes) in files { all[prefix + file] = bytes }
        for (file, hook) in hooks { all[file] = hook.bytes }
        let project = ProfileProject(name: name, files: all, now: Clock.now())
        let suite = GoldenSuite(profile: name, files: all)
        var findings = (project.findings + suite.findings).map { finding in
            let rule: LintRule =
                finding.file.hasPrefix("Hooks/")
                ? .hook : finding.file.hasPrefix(prefix + "cases/") ? .goldenCase : .form
            let place = FindingPlace.locate(finding.path, in: all[finding.file] ?? [])
            return LintFinding(
                severity: .error,
                rule: rule,
                file: Self.shortened(finding.file, prefix),
                line: place?.line ?? 1,
                column: place?.column ?? 1,
                path: finding.path,
                sentence: finding.sentence
            )
        }
        for golden in suite.cases {
            let outcome = golden.run(in: project)
            findings += outcome.differences.map { difference in
                let bytes = all[golden.file] ?? []
                let place = FindingPlace(offset: difference.place.byteOffset, in: bytes)
                return LintFinding(
                    severity: .error,
                    rule: .goldenCase,
                    file: Self.shortened(golden.file, prefix),
                    line: place.line,
                    column: place.column,
                    path: difference.member,
                    sentence: "the case fails: it gives " + difference.actual,
                    accepted: difference.expected
                )
            }
        }
        return findings
    }

    private static func shortened(_ file: String, _ prefix: String) -> String {
        file.hasPrefix(prefix) ? String(file.dropFirst(prefix.count)) : file
    }
}

import Basics
import Mapping
import Posix

/// `limen map coverage`: what profiles make of a whole set of data, in counts.
enum CoverageCommand {
    /// Runs the command; exit code 1 when files or lines could not be read.
    static func run(_ arguments: [String]) throws(CommandError) -> ExitCode {
        let parsed = try Arguments(arguments, of: "map coverage")
        let started = Clock.monotonicMilliseconds()
        let (names, data) = try words(parsed.words)
        guard !data.isEmpty || parsed.has("cases") else {
            throw CommandError(.usage, "say limen map coverage [PROFILE...] DATA...")
        }
        let moment = try EvaluationMoment(parsed.value("at"))
        var folders: [ProfileFolder] = []
        for name in names { folders.append(try ProfileFolder(name)) }
        var report = CoverageReport(
            moment: moment,
            folders: folders,
            topCount: try parsed.integer("top", default: 12, in: 1...20_000),
            keepsDisplays: parsed.has("display")
        )
        if !data.isEmpty {
            var source = try PatientSource(data, showsProgress: parsed.has("progress"))
            try source.forEachPatient { (record) throws(CommandError) in
                report.add(record)
            }
            report.finish(source, milliseconds: Clock.monotonicMilliseconds() - started)
        }
        if parsed.has("cases") {
            for folder in folders { report.exercises.append(try CaseExercise(folder)) }
        }
        Terminal.writeOutput(parsed.has("json") ? report.json : report.text)
        return report.problemCount == 0 ? .ok : .findings
    }

    /// Words that name a profile, all profiles without one; and the rest, which is data.
    static func words(
        _ words: [String]
    ) throws(CommandError) -> (profiles: [String], data: [String]) {
        var profiles: [String] = []
        var data: [String] = []
        for word in words {
            if word != "-", try ProfileFolder.path(word) != nil {
                profiles.append(word)
            } else {
                data.append(word)
            }
        }
        return (profiles.isEmpty ? try ProfileFolder.allNames() : profiles, data)
    }
}

import Basics
import Gateway
import Posix

/// `limen model compare`: for how many patients another version of a model decides otherwise.
enum ModelCompareCommand {
    /// Runs the command; exit code 1 when a decision changes or something could not be read.
    static func run(_ arguments: [String]) throws(CommandError) -> ExitCode {
        let parsed = try Arguments(arguments, of: "model compare")
        guard parsed.words.count >= 3 else {
            throw CommandError(.usage, "say limen model compare A B DATA...")
        }
        let moment = try EvaluationMoment(parsed.value("at"))
        let limit = try parsed.integer("limit", default: 40, in: 0...Limits.listedChangesMax)
        let sides = try ProfileSides(old: parsed.words[0], new: parsed.words[1])
        for (word, project) in zip(parsed.words, [sides.old, sides.new])
        where project.loaded == nil {
            let reasons = project.findings.map { "\n  " + $0.text }.joined()
            throw CommandError(.badInput, "\(word) has no model that can be used" + reasons)
        }
        var source = try PatientSource(
            Array(parsed.words.dropFirst(2)),
            showsProgress: parsed.has("progress")
        )
        var comparison = ModelComparison(
            sides,
            moment: moment,
            listsPatients: parsed.has("list")
        )
        try source.forEachPatient { (record) throws(CommandError) in comparison.add(record) }
        comparison.finish(source)
        Terminal.writeOutput(
            parsed.has("json") ? comparison.json : comparison.text(limit: limit)
        )
        let isSame = comparison.changedCount == 0 && source.problemCount == 0
        return isSame && comparison.faultCount == 0 ? .ok : .findings
    }
}

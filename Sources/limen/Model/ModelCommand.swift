import ClinicalEngine
import PMML

/// `limen model`: works with model documents, and with which of them is in force.
enum ModelCommand {
    /// The commands below `model`.
    static let names = [
        "check", "show", "evaluate", "import", "compare", "drift", "reference", "promote",
        "rollback", "status",
    ]

    /// Runs the command that the first word names.
    static func run(_ arguments: [String]) throws(CommandError) -> ExitCode {
        let rest = Array(arguments.dropFirst())
        switch arguments.first {
        case "check": return try ModelCheckCommand.run(rest)
        case "show": return try ModelShowCommand.run(rest)
        case "evaluate": return try ModelEvaluateCommand.run(rest)
        case "drift": return try DriftCommand.run(rest)
        case "reference": return try ReferenceCommand.run(rest)
        case "import": return try ModelImportCommand.run(rest)
        case "compare": return try ModelCompareCommand.run(rest)
        case "promote": return try ModelPromoteCommand.promote(rest)
        case "rollback": return try ModelPromoteCommand.rollBack(rest)
        case "status": return try ModelStatusCommand.run(rest)
        case .some(let word): throw unknown(word)
        case nil: throw CommandError(.usage, "say limen model " + names.joined(separator: "|"))
        }
    }

    /// Why a document is refused, as a sentence with the line.
    static func refusal(_ error: PMMLError, _ path: String) -> CommandError {
        CommandError(.badInput, "\(path):\(error.line): " + sentence(error))
    }

    /// Why a document is refused, without the place.
    static func sentence(_ error: PMMLError) -> String {
        let engine = error.engineCode.map { ", " + $0.rawValue } ?? ""
        return TextStyle.safe(error.words) + " [\(error.code.rawValue)\(engine)]"
    }

    private static func unknown(_ word: String) -> CommandError {
        let nearest = names.min { Arguments.distance($0, word) < Arguments.distance($1, word) }
        let list = names.joined(separator: ", ")
        guard let nearest, Arguments.distance(nearest, word) <= 2 else {
            return CommandError(.usage, "there is no command model \(word); known are \(list)")
        }
        return CommandError(
            .usage,
            "there is no command model \(word); did you mean model \(nearest)?"
        )
    }
}

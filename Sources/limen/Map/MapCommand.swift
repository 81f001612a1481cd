/// `limen map`: the interface engineer's commands.
enum MapCommand {
    /// The commands below `map`.
    static let names = [
        "explain", "test", "coverage", "diff", "lint", "table", "new", "watch",
    ]

    /// Runs the command.
    static func run(_ arguments: [String]) async throws(CommandError) -> ExitCode {
        let rest = Array(arguments.dropFirst())
        switch arguments.first {
        case "explain": return try MapExplainCommand.run(rest)
        case "test": return try MapTestCommand.run(rest)
        case "coverage": return try CoverageCommand.run(rest)
        case "diff": return try DiffCommand.run(rest)
        case "lint": return try LintCommand.run(rest)
        case "table": return try TableCommand.run(rest)
        case "new": return try MapNewCommand.run(rest)
        case "watch": return try await MapWatchCommand.run(rest)
        case .some(let word): throw unknown(word)
        case nil:
            throw CommandError(.usage, "say limen map " + names.joined(separator: "|"))
        }
    }

    private static func unknown(_ word: String) -> CommandError {
        let nearest = names.min { Arguments.distance($0, word) < Arguments.distance($1, word) }
        let list = names.joined(separator: ", ")
        guard let nearest, Arguments.distance(nearest, word) <= 2 else {
            return CommandError(.usage, "there is no command map \(word); known are \(list)")
        }
        return CommandError(
            .usage,
            "there is no command map \(word); did you mean map \(nearest)?"
        )
    }
}

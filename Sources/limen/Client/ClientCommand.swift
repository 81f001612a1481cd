/// `limen client`: registers clients and checks them without a gateway.
enum ClientCommand {
    /// The commands below `client`.
    static let names = ["new", "check", "lint", "key"]

    /// Runs the command that the first word names.
    static func run(_ arguments: [String]) throws(CommandError) -> ExitCode {
        let rest = Array(arguments.dropFirst())
        switch arguments.first {
        case "new": return try ClientNewCommand.run(rest)
        case "check": return try ClientCheckCommand.run(rest)
        case "lint": return try ClientLintCommand.run(rest)
        case "key": return try ClientKeyCommand.run(rest)
        case .some(let word): throw unknown(word)
        case nil: throw CommandError(.usage, "say limen client " + names.joined(separator: "|"))
        }
    }

    private static func unknown(_ word: String) -> CommandError {
        let nearest = names.min { Arguments.distance($0, word) < Arguments.distance($1, word) }
        let list = names.joined(separator: ", ")
        guard let nearest, Arguments.distance(nearest, word) <= 2 else {
            return CommandError(.usage, "there is no command client \(word); known are \(list)")
        }
        return CommandError(
            .usage,
            "there is no command client \(word); did you mean client \(nearest)?"
        )
    }
}

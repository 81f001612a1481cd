/// `limen model evaluate`: works with a model document without a gateway.
enum ModelCommand {
    /// Runs the command that the first word names.
    static func run(_ arguments: [String]) throws(CommandError) -> ExitCode {
        let rest = Array(arguments.dropFirst())
        switch arguments.first {
        case "evaluate": return try ModelEvaluateCommand.run(rest)
        default: throw CommandError(.usage, "say limen model evaluate MODEL.pmml --in rows.csv")
        }
    }
}

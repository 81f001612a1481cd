/// `limen audit`: the audit trail of a tenant, read as its auditor.
///
/// No row is shown before the read itself is durably on record.
enum AuditCommand {
    /// Runs the command.
    static func run(_ arguments: [String]) async throws(CommandError) -> ExitCode {
        let rest = Array(arguments.dropFirst())
        switch arguments.first {
        case "list": return try AuditListCommand.run(rest)
        case "show": return try AuditShowCommand.run(rest)
        case "timeline": return try AuditPatientCommand.timeline(rest)
        case "who-saw": return try AuditPatientCommand.whoSaw(rest)
        case "export": return try AuditExportCommand.run(rest)
        case "review": return try AuditReviewCommand.run(rest)
        case "recompute": return try AuditRecomputeCommand.run(rest)
        case "spool": return try SpoolCommand.run(rest)
        case "keys": return try await KeysCommand.run(rest)
        case "erase": return try await EraseCommand.run(rest)
        case "hold": return try await HoldCommand.run(rest)
        case "retention": return try await RetentionCommand.run(rest)
        default: throw unknown(arguments.first)
        }
    }

    /// The words that may follow.
    static let words = [
        "list", "show", "timeline", "who-saw", "export", "review", "recompute", "spool", "keys",
        "erase",
        "hold", "retention",
    ]

    private static func unknown(_ word: String?) -> CommandError {
        CommandError(
            .usage,
            "say limen audit " + words.joined(separator: ", ") + "; see limen help audit"
        )
    }
}

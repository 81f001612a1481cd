import Posix

/// The command line: finds the command, runs it, and turns errors into one sentence and a code.
enum Limen {
    /// Runs a command line and answers how it ended.
    static func run(_ arguments: [String]) async -> ExitCode {
        let command = arguments.first ?? "help"
        let rest = Array(arguments.dropFirst())
        if rest.contains("--help") {
            Terminal.writeOutput(HelpCommand.text(for: command))
            return .ok
        }
        do throws(CommandError) {
            return try await dispatch(command, rest)
        } catch {
            Terminal.writeError("limen: \(TextStyle.safeLines(error.sentence))\n")
            return error.exitCode
        }
    }

    /// Runs the command that the first word names.
    static func dispatch(
        _ command: String,
        _ rest: [String]
    ) async throws(CommandError) -> ExitCode {
        switch command {
        case "up": try await UpCommand.run(rest)
        case "down": try DownCommand.run(rest)
        case "serve": try await ServeCommand.run(rest)
        case "hook" where rest.first == "conform": return try await ConformCommand.run(rest)
        case "hook": return try HookCommand.run(rest)
        case "client": return try ClientCommand.run(rest)
        case "map": return try await MapCommand.run(rest)
        case "jwt": return try JWTCommand.run(rest)
        case "fhir": return try FHIRCommand.run(rest)
        case "fhirpath": return try FHIRPathCommand.run(rest)
        case "unit": return try UnitCommand.run(rest)
        case "model": return try ModelCommand.run(rest)
        case "batch": return try await BatchCommand.run(rest)
        case "audit" where rest.first == "verify": return try AuditVerifyCommand.run(rest)
        case "audit" where rest.first == "prove": return try AuditProveCommand.run(rest)
        case "audit" where rest.first == "signer":
            return try await SignerCommand.run(Array(rest.dropFirst()))
        case "audit" where rest.first == "restored": return try await RestoredCommand.run(rest)
        case "audit": return try await AuditCommand.run(rest)
        case "openapi": return try OpenAPICommand.run(rest)
        case "feedback": return try await FeedbackCommand.run(rest)
        case "migrate": try MigrateCommand.run(rest)
        case "doctor": return try DoctorCommand.run(rest)
        case "tenant": return try TenantCommand.run(rest)
        case "auditor": return try AuditorCommand.run(rest)
        case "bench": return try await BenchCommand.run(rest)
        case "drill" where rest.first == "tamper": return try await TamperDrill.run(rest)
        case "drill": return try await DrillCommand.run(rest)
        case "database": try DatabaseCommand.run(rest)
        case "help", "--help", "-h":
            let parsed = try Arguments(rest, of: "help")
            Terminal.writeOutput(HelpCommand.text(for: parsed.words.first))
        case "version", "--version":
            try Arguments(rest, of: "version").expectNoWords()
            Terminal.writeOutput("limen \(RunningService.version)\n")
        default:
            throw unknown(command)
        }
        return .ok
    }

    private static func unknown(_ command: String) -> CommandError {
        let nearest = HelpCommand.commands.min {
            Arguments.distance($0, command) < Arguments.distance($1, command)
        }
        if let nearest, Arguments.distance(nearest, command) <= 2 {
            return CommandError(.usage, "there is no command \(command); did you mean \(nearest)?")
        }
        return CommandError(.usage, "there is no command \(command); limen help lists them")
    }
}

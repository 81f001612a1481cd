/// How a command ends, as the table in `limen help` says.
enum ExitCode: Int32, Sendable {
    case ok = 0
    /// Something was found: a failed test, a rejected row, a card that breaks a rule.
    case findings = 1
    /// The command line is off.
    case usage = 2
    /// The input or the configuration is not acceptable.
    case badInput = 3
    /// PostgreSQL, a port, the disk or a package is not to be had.
    case unavailable = 4
    /// Our own fault.
    case internalError = 5
}

/// Why a command stops: one sentence with its remedy, and the exit code.
struct CommandError: Error, Sendable {
    let exitCode: ExitCode
    let sentence: String

    init(_ exitCode: ExitCode, _ sentence: String) {
        self.exitCode = exitCode
        self.sentence = sentence
    }
}

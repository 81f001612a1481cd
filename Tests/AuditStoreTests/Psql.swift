import Foundation
import PostgreSQL

/// Runs statements as a real login through psql, the tool an intruder with a password would use.
enum Psql {
    /// What a session gave.
    struct Answer {
        /// The rows, one a line, columns parted by bars.
        let output: String
        /// The first SQLSTATE that was reported; `nil` when all went well.
        let sqlState: String?
        /// Whether the login itself failed.
        let isTurnedAway: Bool
    }

    /// Whether there is a psql.
    static let isPresent: Bool = (try? launch(["--version"])) != nil

    /// Runs statements in one session and stops at the first that fails.
    static func run(
        _ statements: [String],
        as user: String,
        in database: TestDatabase,
        showsTags: Bool = false
    ) throws -> Answer {
        let place = "\(database.administrator.conninfo) user=\(user) dbname=\(database.name)"
        var arguments = [
            "-X", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-v", "VERBOSITY=sqlstate",
        ]
        if !showsTags { arguments.append("-q") }
        arguments += ["-d", place]
        for statement in statements { arguments += ["-c", statement] }
        let (status, output, errors) = try launch(arguments)
        let state = errors.split(separator: "\n").lazy
            .filter { $0.hasPrefix("ERROR:  ") }
            .map { String($0.dropFirst(8).prefix(5)) }
            .first
        return Answer(output: output, sqlState: state, isTurnedAway: status == 2)
    }

    @discardableResult
    private static func launch(
        _ arguments: [String]
    ) throws -> (status: Int32, output: String, errors: String) {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["psql"] + arguments
        let output = Pipe()
        let errors = Pipe()
        process.standardOutput = output
        process.standardError = errors
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let text = String(
            decoding: output.fileHandleForReading.readDataToEndOfFile(),
            as: UTF8.self
        )
        let problems = String(
            decoding: errors.fileHandleForReading.readDataToEndOfFile(),
            as: UTF8.self
        )
        process.waitUntilExit()
        guard process.terminationStatus != 127 else { throw CocoaError(.executableNotLoadable) }
        return (
            process.terminationStatus, text.trimmingCharacters(in: .newlines), problems
        )
    }
}

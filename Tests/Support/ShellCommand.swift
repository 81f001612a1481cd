package import Foundation

/// A command line that a test gives to the shell.
package enum ShellCommand {
    /// Runs a command to its end, on a thread of its own.
    ///
    /// - Parameters:
    ///   - command: the line, for `/bin/sh -c`.
    ///   - folder: where it runs.
    /// - Returns: what it wrote to its output.
    /// - Throws: what Foundation throws when it cannot be run.
    package static func run(_ command: String, in folder: URL) async throws -> String {
        try await OwnThread.run {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/bin/sh")
            process.currentDirectoryURL = folder
            process.arguments = ["-c", command]
            let pipe = Pipe()
            process.standardOutput = pipe
            try process.run()
            let data = pipe.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            return String(decoding: data, as: UTF8.self)
        }
    }
}

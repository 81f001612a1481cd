package import Foundation

/// The program as it was built beside the tests, run as a user would.
package enum BuiltProgram {
    /// Where it lies: `LIMEN_PROGRAM`, or the debug build of this checkout.
    package static let path: String = {
        let named = ProcessInfo.processInfo.environment["LIMEN_PROGRAM"] ?? ""
        guard named.isEmpty else { return named }
        return Shared.checkout.appendingPathComponent(".build/debug/limen").path
    }()

    /// Whether it was built.
    package static let isPresent = FileManager.default.isExecutableFile(atPath: path)

    /// How a run ended.
    package struct Result {
        /// The exit code.
        package let exitCode: Int32
        /// What it wrote to its output.
        package let output: String
        /// What it wrote to its error output.
        package let error: String

        /// Notes how a run ended.
        package init(exitCode: Int32, output: String, error: String) {
            self.exitCode = exitCode
            self.output = output
            self.error = error
        }
    }

    /// A process that is ready to be run.
    package static func process(_ arguments: [String], home: URL) -> Process {
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        process.currentDirectoryURL = home
        var environment = ProcessInfo.processInfo.environment
        environment["LIMEN_HOME"] = home.path
        environment["COLUMNS"] = nil
        process.environment = environment
        return process
    }

    /// Runs the program to its end, with some more of an environment.
    package static func run(
        _ arguments: [String],
        home: URL,
        input: String = "",
        environment: [String: String] = [:]
    ) throws -> Result {
        let process = process(arguments, home: home)
        process.environment?.merge(environment) { $1 }
        let (input, output, error) = (Data(input.utf8), Pipe(), Pipe())
        let standardInput = Pipe()
        process.standardInput = standardInput
        process.standardOutput = output
        process.standardError = error
        try process.run()
        try standardInput.fileHandleForWriting.write(contentsOf: input)
        try standardInput.fileHandleForWriting.close()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        let fault = error.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Result(
            exitCode: process.terminationStatus,
            output: String(decoding: text, as: UTF8.self),
            error: String(decoding: fault, as: UTF8.self)
        )
    }

    /// Lends a copy of the shipped configuration.
    package static func withHome(_ body: (URL) throws -> Void) throws {
        let home = FileManager.default.temporaryDirectory
            .appendingPathComponent("limen-map-\(UUID().uuidString)", isDirectory: true)
        try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: home) }
        for folder in ["Profiles", "Hooks", "Migrations"] {
            try FileManager.default.copyItem(
                at: Shared.checkout.appendingPathComponent(folder),
                to: home.appendingPathComponent(folder)
            )
        }
        try body(home)
    }

    /// Replaces a text in a file, which must hold it.
    package static func edit(_ file: URL, _ old: String, _ new: String) throws -> Bool {
        let text = try String(contentsOf: file, encoding: .utf8)
        let edited = text.replacing(old, with: new)
        try edited.write(to: file, atomically: true, encoding: .utf8)
        return edited != text
    }
}

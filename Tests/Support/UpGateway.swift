package import Foundation

/// A gateway of `limen up`, with a state folder of one test's own.
package final class UpGateway {
    /// What was waited for did not come about.
    package struct Late: Error {}

    /// The state folder.
    package let state: String
    /// The process that was started last.
    private var process: Process?

    /// Names one; nothing runs yet.
    package init(named name: String) {
        state = "/tmp/limen-\(name)-" + UUID().uuidString.prefix(8).lowercased()
    }

    /// Starts it and waits until it serves.
    ///
    /// - Parameter log: a file for what it writes to its error output.
    /// - Throws: `Late` when it does not come to serving, and what Foundation throws.
    package func start(log: String? = nil) throws {
        let process = try launch(log: log)
        try Self.wait {
            guard process.isRunning else { throw Late() }
            return FileManager.default.fileExists(atPath: state + "/url")
        }
    }

    /// Starts it and does not wait.
    ///
    /// - Parameter log: a file for what it writes to its error output.
    /// - Returns: the process.
    /// - Throws: what Foundation throws when it cannot be started.
    @discardableResult
    package func launch(log: String? = nil) throws -> Process {
        try? FileManager.default.removeItem(atPath: state + "/url")
        let process = BuiltProgram.process(
            ["up", "--listen", "127.0.0.1:0", "--state", state],
            home: Shared.checkout
        )
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        if let log {
            _ = FileManager.default.createFile(atPath: log, contents: nil)
            process.standardError = FileHandle(forWritingAtPath: log)
        }
        try process.run()
        self.process = process
        return process
    }

    /// Where it serves.
    ///
    /// - Throws: what Foundation throws while it does not.
    package func url() throws -> URL {
        let text = try String(contentsOfFile: state + "/url", encoding: .utf8)
        guard let url = URL(string: text.trimmingCharacters(in: .whitespacesAndNewlines)) else {
            throw Late()
        }
        return url
    }

    /// Sends it signals, one behind the other, as soon as it handles them.
    ///
    /// - Throws: `Late` when it never does, and what Foundation throws when it is gone.
    package func signal(_ numbers: Int32...) throws {
        guard let process else { throw Late() }
        try Self.wait { try ChildSignals.areHandled(by: process.processIdentifier) }
        for number in numbers { kill(process.processIdentifier, number) }
    }

    /// Waits for its end; `nil` when a signal ended it.
    package func exitCode() -> Int32? {
        guard let process else { return nil }
        process.waitUntilExit()
        return process.terminationReason == .exit ? process.terminationStatus : nil
    }

    /// Tells it to end, and waits.
    package func stop() {
        process?.terminate()
        process?.waitUntilExit()
        process = nil
    }

    /// Ends it and removes all that it has made.
    package func remove() {
        stop()
        _ = try? run(["down", "--wipe"])
        try? FileManager.default.removeItem(atPath: state)
    }

    /// Runs a command of the program beside it, to its end.
    ///
    /// - Throws: what Foundation throws when it cannot be run.
    package func run(_ arguments: [String]) throws -> BuiltProgram.Result {
        try BuiltProgram.run(arguments + ["--state", state], home: Shared.checkout)
    }

    /// Waits until something has come about.
    ///
    /// - Throws: `Late` after two minutes, and what the condition throws.
    package static func wait(until condition: () throws -> Bool) throws {
        let deadline = Date(timeIntervalSinceNow: 120)
        while try !condition() {
            guard Date() < deadline else { throw Late() }
            // Who waits must not take the processors from those it waits for.
            RunLoop.current.run(until: Date(timeIntervalSinceNow: 0.005))
        }
    }
}

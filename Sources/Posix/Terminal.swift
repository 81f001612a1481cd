import Basics
import CLinux
import Glibc
import Synchronization

/// The process's own surroundings: its streams and its environment.
package enum Terminal {
    /// Whether standard output is a terminal.
    package static var isOutputTerminal: Bool { isatty(1) == 1 }

    /// Whether standard error is a terminal.
    package static var isErrorTerminal: Bool { isatty(2) == 1 }

    /// The width of the terminal that standard output goes to; `nil` where it goes elsewhere.
    package static var outputColumns: Int? {
        let columns = limen_terminal_columns(1)
        return columns > 0 ? Int(columns) : nil
    }

    /// Writes text to standard output.
    package static func writeOutput(_ text: String) { write(Array(text.utf8), to: 1) }

    /// Writes bytes to standard output.
    package static func writeOutput(_ bytes: [UInt8]) { write(bytes, to: 1) }

    /// Writes text to standard error.
    package static func writeError(_ text: String) { writeError(Array(text.utf8)) }

    /// Writes bytes to standard error; without waiting after `queueErrors`.
    package static func writeError(_ bytes: [UInt8]) {
        guard let lines = errorLines.withLock({ $0 }) else { return write(bytes, to: 2) }
        lines.write(bytes)
    }

    private static let errorLines = Mutex<LineStream?>(nil)

    /// Lets a thread write to standard error from now on, so that a reader that stalls holds nobody
    /// up; a second call changes nothing.
    ///
    /// What waits is written before the process ends, as far as the reader takes it in time, and
    /// when it crashes.
    ///
    /// - Parameter lineOfDropped: the line that says how many lines were dropped.
    /// - Throws: `SystemError` when there is no descriptor or no thread left.
    package static func queueErrors(
        lineOfDropped: @escaping @Sendable (Int) -> [UInt8]
    ) throws(SystemError) {
        guard errorLines.withLock({ $0 == nil }) else { return }
        let lines = try LineStream.start(descriptor: 2, lineOfDropped: lineOfDropped)
        let isFirst = errorLines.withLock { kept in
            guard kept == nil else { return false }
            kept = lines
            return true
        }
        guard isFirst else { return }
        CrashLines.keep(lines)
        atexit { Terminal.flushErrors() }
    }

    /// Waits a bounded time until what is queued for standard error is written.
    package static func flushErrors() {
        errorLines.withLock { $0 }?.flush(withinMilliseconds: Limits.logEndMilliseconds)
    }

    /// How many lines for standard error were dropped as nobody took them.
    package static var droppedErrorLines: Int {
        errorLines.withLock { $0 }?.droppedCount ?? 0
    }

    /// Reads standard input to its end.
    package static func readInput(bytesMax: Int) throws(SystemError) -> [UInt8] {
        let raw = try SystemCall.run { dup(0) }
        return try File.read(Descriptor(adopting: raw), bytesMax: bytesMax)
    }

    /// The value of an environment variable; an empty one counts as absent.
    package static func environment(_ name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        let text = unsafe String(cString: value)
        return text.isEmpty ? nil : text
    }

    /// Sets an environment variable of this process, for a library that reads its settings there.
    package static func setEnvironment(_ name: String, _ value: String) {
        _ = unsafe setenv(name, value, 1)
    }

    /// The folder in which the process was started.
    package static var currentFolder: String {
        guard let path = unsafe getcwd(nil, 0) else { return "." }
        defer { unsafe free(path) }
        return unsafe String(cString: path)
    }

    /// The number of this process.
    package static var processIdentifier: Int32 { getpid() }

    /// Ends the process.
    package static func exit(_ code: Int32) -> Never { Glibc.exit(code) }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) {
        var offset = 0
        while offset < bytes.count {
            let moved = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(
                    descriptor,
                    buffer.baseAddress.map { unsafe $0 + offset },
                    bytes.count - offset
                )
            }
            if moved < 0, errno == EINTR { continue }
            // A closed pipe downstream is no fault of ours, and there is nobody left to tell.
            guard moved > 0 else { return }
            offset += moved
        }
    }
}

import HTTPClient
import Posix
import Synchronization

/// A gateway in a process of its own, with a private state folder, for measurements and drills.
final class ChildGateway {
    /// The folder of its cluster, keys and rows.
    let state: StateFolder
    private var process: ChildProcess?

    /// Makes a fresh state folder; nothing is started yet.
    init() throws(CommandError) {
        let root = Terminal.environment("TMPDIR") ?? "/tmp"
        let number = RandomBytes.number()
        state = try StateFolder.make(root + "/limen-" + String(number, radix: 36))
    }

    /// Starts `limen up` on a free port and waits until it serves.
    ///
    /// - Parameters:
    ///   - arguments: further ones.
    ///   - log: where its output goes; nowhere when there is none.
    /// - Returns: Where it listens.
    /// - Throws: `CommandError` with what the child said when it ends before it serves.
    func start(
        arguments: [String] = [],
        log: String? = nil
    ) async throws(CommandError) -> ListenAddress {
        do {
            try File.remove(path: state.file("url"))
            let command = ["up", "--listen", "127.0.0.1:0", "--state", state.path] + arguments
            // The shell only opens the log: it becomes the program, with the same number.
            let program = log == nil ? "/proc/self/exe" : "/bin/sh"
            let script = #"log=$1; shift; exec "$0" "$@" >"$log" 2>&1"#
            let ours = "/proc/\(Terminal.processIdentifier)/exe"
            var child = try ChildProcess.spawn(
                program,
                log.map { ["-c", script, ours, $0] + command } ?? command,
                output: .discarded,
                inOwnSession: true
            )
            let deadline = Clock.monotonicMilliseconds() + 60_000
            while Clock.monotonicMilliseconds() < deadline {
                if let url = try state.text("url") {
                    process = consume child
                    let authority = url.split(separator: "/").last ?? ""
                    return try ListenAddress(String(authority))
                }
                if try child.endingIfOver() != nil { break }
                try? await Task.sleep(for: .milliseconds(5))
            }
        } catch let error as CommandError {
            throw error
        } catch {
            throw CommandError(.internalError, "a gateway of its own cannot be started")
        }
        throw CommandError(
            .unavailable,
            "a gateway of its own did not start; try ./limen up --state \(state.path)"
        )
    }

    /// The state folders that a signal removes; `nil` until signals are taken, which a process does
    /// once.
    private static let removedWhenSignalled = Mutex<Set<String>?>(nil)

    /// Stops and removes all when this process is told to end, which the child, with a session of
    /// its own, is not.
    func removeWhenSignalled() throws(CommandError) {
        let path = state.path
        let isFirst = Self.removedWhenSignalled.withLock { paths in
            defer { paths = (paths ?? []).union([path]) }
            return paths == nil
        }
        guard isFirst else { return }
        let signals: AsyncStream<Signal>
        do {
            signals = try SignalSource.stream(of: [.interrupt, .terminate])
        } catch {
            throw CommandError(.internalError, "signals cannot be handled: \(error.text)")
        }
        Task {
            for await _ in signals { ChildGateway.removeAllAndExit() }
        }
    }

    private static func removeAllAndExit() {
        for path in removedWhenSignalled.withLock({ $0 ?? [] }) {
            _ = try? ChildProcess.run("/proc/self/exe", ["down", "--wipe", "--state", path])
            try? Folder.removeAll(path: path)
        }
        Terminal.exit(ExitCode.findings.rawValue)
    }

    /// The process number while it runs.
    var identifier: Int32? {
        switch process {
        case .some(let process): process.identifier
        case .none: nil
        }
    }

    /// Ends it with a signal and waits for it.
    func end(_ signal: Signal) throws(CommandError) {
        guard var running = process.take() else { return }
        do {
            try running.send(signal)
            _ = try running.wait()
        } catch {
            throw CommandError(.internalError, "the gateway of its own cannot be ended")
        }
    }

    /// Stops gateway and cluster and removes all it left.
    func remove() throws(CommandError) {
        try end(.terminate)
        if try state.text("cluster") != nil {
            let cluster = try Cluster.inState(state)
            if try cluster.state() == .running { try cluster.stop() }
            try cluster.wipe()
        }
        do {
            try Folder.removeAll(path: state.path)
        } catch {
            throw StateFolder.failure(error, state.path)
        }
        let path = state.path
        Self.removedWhenSignalled.withLock { _ = $0?.remove(path) }
    }

    /// How many segments its spool has.
    var spooledCount: Int {
        let names = (try? Folder.names(path: state.file("spool"))) ?? []
        return names.count { $0.hasSuffix(".spool") }
    }

    /// Waits until nothing is left in its spool, at most two minutes; answers how many segments are.
    func drainSpool() async -> Int {
        let deadline = Clock.monotonicMilliseconds() + 120_000
        while true {
            let count = spooledCount
            if count == 0 || Clock.monotonicMilliseconds() > deadline { return count }
            try? await Task.sleep(for: .milliseconds(5))
        }
    }

    /// The header line that carries the demo client's key.
    func key() throws(CommandError) -> String {
        try state.text("demo-client.key") ?? ""
    }

    /// The database of its cluster.
    func database() throws(CommandError) -> AuditDatabase {
        AuditDatabase(state: state, socketPath: try Cluster.inState(state).socketPath)
    }
}

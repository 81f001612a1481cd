import Posix

/// `limen down`: stops what an `up` left behind, and wipes its data when asked.
enum DownCommand {
    /// How long a gateway may take to finish its requests.
    private static let patienceMilliseconds: Int64 = 20_000

    /// Runs the command.
    static func run(_ arguments: [String]) throws(CommandError) {
        let parsed = try Arguments(arguments, of: "down")
        try parsed.expectNoWords()
        let path = try GatewayClient.statePath(parsed)
        let holdsState = File.exists(path: path + "/format")
        let isEmpty = ((try? Folder.names(path: path)) ?? []).allSatisfy { $0.hasSuffix(".log") }
        guard holdsState || !isEmpty else {
            Terminal.writeError("limen: nothing is there to stop\n")
            return
        }
        let state = try StateFolder.open(path)
        try stopGateway(state)
        if try state.text("cluster") != nil {
            let cluster = try Cluster.inState(state)
            if try cluster.state() == .running { try cluster.stop() }
            if parsed.has("wipe") { try cluster.wipe() }
        }
        if parsed.has("wipe") { try wipe(state) }
        Terminal.writeError(
            parsed.has("wipe") ? "limen: stopped, and its data removed\n" : "limen: stopped\n"
        )
    }

    private static func stopGateway(_ state: StateFolder) throws(CommandError) {
        guard try !isFree(state) else { return }
        guard let text = try state.text("pid"), let process = Int32(text) else { return }
        do {
            try Signal.terminate.send(to: process)
            let deadline = Clock.monotonicMilliseconds() + patienceMilliseconds
            while Clock.monotonicMilliseconds() < deadline {
                if try isFree(state) { return }
                _ = try ChildProcess.run("sleep", ["0.1"])
            }
        } catch let error as CommandError {
            throw error
        } catch {
            throw CommandError(.unavailable, "the gateway (process \(process)) cannot be stopped")
        }
        throw CommandError(
            .unavailable,
            "the gateway (process \(process)) does not stop; end it with kill -9 \(process)"
        )
    }

    /// Whether no gateway holds the state folder.
    private static func isFree(_ state: StateFolder) throws(CommandError) -> Bool {
        do {
            return try FileLock.take(path: state.file("lock")) != nil
        } catch {
            throw StateFolder.failure(error, state.file("lock"))
        }
    }

    private static func wipe(_ state: StateFolder) throws(CommandError) {
        do {
            for name in StateFolder.names {
                try Folder.removeAll(path: state.file(name))
            }
        } catch {
            throw StateFolder.failure(error, state.path)
        }
    }
}

import AuditStore
import Basics
import Posix
import PostgreSQL

/// A gateway as a site runs it, with a PostgreSQL of its own behind a proxy that can cut: each of
/// the two can be killed without the other.
final class DrillSite {
    /// The state that `limen up` has made: cluster, keys, logins.
    let own: ChildGateway
    /// What stands between the two.
    let proxy: CuttingProxy
    private let cluster: Cluster
    private var process: ChildProcess?
    private var startCount = 0

    /// The folder with what each gateway of the site said.
    private static let logs = "logs"
    /// How long rows wait for the database before they go to the spool: a cycle is short.
    private static let graceMilliseconds = 60

    private init(own: ChildGateway, proxy: CuttingProxy, cluster: Cluster) {
        self.own = own
        self.proxy = proxy
        self.cluster = cluster
    }

    /// Makes cluster, keys and logins in a fresh folder; afterwards the database runs.
    static func make(_ own: ChildGateway) async throws(CommandError) -> DrillSite {
        _ = try await own.start()
        try own.end(.terminate)
        let cluster = try Cluster.inState(own.state)
        let keys = own.state.file("keys")
        do {
            try Folder.create(path: own.state.file(logs))
            try Folder.create(path: keys)
            for (name, file) in [("demo", "tenant-demo"), ("system", "tenant-system")] {
                for kind in [".key", ".vault"] {
                    let bytes = try File.read(
                        path: own.state.file("secrets/" + file + kind),
                        bytesMax: 1 << 20
                    )
                    try File.writeAtomically(path: keys + "/" + name + kind, bytes)
                }
            }
        } catch {
            throw CommandError(.internalError, "the keys of the drill cannot be copied")
        }
        let proxy = try CuttingProxy(server: cluster.socketPath + "/.s.PGSQL.\(Cluster.port)")
        let site = DrillSite(own: own, proxy: proxy, cluster: cluster)
        try site.startDatabase()
        return site
    }

    /// Where the gateway listens while it runs; each start has a port of its own.
    private(set) var address: ListenAddress?

    /// The process number of the gateway while it runs.
    var identifier: Int32? {
        switch process {
        case .some(let process): process.identifier
        case .none: nil
        }
    }

    // MARK: The gateway

    /// Starts `limen serve` and waits until it listens; the database may be away.
    func startGateway() async throws(CommandError) -> ListenAddress {
        startCount += 1
        let log = own.state.file(Self.logs + "/serve-\(startCount).log")
        // The shell opens the log: it becomes the program, with the same number.
        let script = #"log=$1; shift; exec "$0" "$@" >"$log" 2>&1"#
        let command = [
            "serve", "--listen", "127.0.0.1:0", "--clients", own.state.file("clients"), "--keys",
            own.state.file("keys"), "--spool", own.state.file("spool"), "--development",
        ]
        let program = "/proc/\(Terminal.processIdentifier)/exe"
        let variables = try environment()
        do {
            var child = try ChildProcess.spawn(
                "/bin/sh",
                ["-c", script, program, log] + command,
                environment: variables,
                output: .discarded,
                inOwnSession: true
            )
            let deadline = Clock.monotonicMilliseconds() + 60_000
            while Clock.monotonicMilliseconds() < deadline {
                let text = (try? File.read(path: log, bytesMax: 1 << 24)) ?? []
                if let url = Self.address(in: text) {
                    process = consume child
                    let found = try ListenAddress(url)
                    address = found
                    return found
                }
                if try child.endingIfOver() != nil { break }
                try? await Task.sleep(for: .milliseconds(5))
            }
        } catch let error as CommandError {
            throw error
        } catch {
            throw CommandError(.internalError, "the gateway of the drill cannot be started")
        }
        // What it said last tells why.
        let said = String(
            decoding: (try? File.read(path: log, bytesMax: 1 << 24)) ?? [],
            as: UTF8.self
        )
        throw CommandError(
            .unavailable,
            "the gateway of the drill did not start; it said last:\n"
                + said.split(separator: "\n").suffix(5).joined(separator: "\n")
        )
    }

    private static func address(in log: [UInt8]) -> String? {
        let mark = "limen: listening on http://"
        for line in String(decoding: log, as: UTF8.self).split(
            separator: "\n",
            omittingEmptySubsequences: false
        )
        .dropLast() where line.hasPrefix(mark) {
            return String(line.dropFirst(mark.count))
        }
        return nil
    }

    private func environment() throws(CommandError) -> [String] {
        let state = own.state
        let host = "127.0.0.1"
        func login(_ name: String) throws(CommandError) -> String {
            let password = try state.text("secrets/" + name + ".password") ?? ""
            return "host=\(host) port=\(proxy.port) dbname=\(AuditDatabase.name) user=\(name) "
                + "password=\(password) sslmode=disable gssencmode=disable"
        }
        return [
            "PATH=" + (Terminal.environment("PATH") ?? "/usr/bin:/bin"),
            "LIMEN_HOME=" + (try ConfigurationFiles.home()),
            "LIMEN_LEDGER=" + state.file("ledger"), "LIMEN_LEDGER_SECONDS=1",
            "LIMEN_GRACE_MILLISECONDS=\(Self.graceMilliseconds)", "PGHOST=" + host,
            "PGPORT=\(proxy.port)", "PGDATABASE=" + AuditDatabase.name, "PGUSER=limen_writer",
            "PGSSLMODE=disable", "PGGSSENCMODE=disable",
            "PGPASSWORD=" + (try state.text("secrets/limen_writer.password") ?? ""),
            "LIMEN_STATE_DATABASE=" + (try login("limen_gateway")),
            "LIMEN_CHAIN_DATABASE=" + (try login("limen_chain")),
        ]
    }

    /// Ends the gateway with a signal and waits for it.
    func endGateway(_ signal: Signal) throws(CommandError) {
        address = nil
        guard var running = process.take() else { return }
        do {
            try running.send(signal)
            _ = try running.wait()
        } catch {
            throw CommandError(.internalError, "the gateway of the drill cannot be ended")
        }
    }

    // MARK: The database

    /// Starts the database; one that was killed recovers first.
    ///
    /// What a killed postmaster leaves behind lives on for a moment, and keeps the next from
    /// starting.
    func startDatabase() throws(CommandError) {
        let deadline = Clock.monotonicMilliseconds() + 60_000
        while true {
            do throws(CommandError) {
                if try cluster.state() != .running { try cluster.start() }
                return
            } catch {
                guard Clock.monotonicMilliseconds() < deadline else { throw error }
            }
        }
    }

    /// Kills the postmaster with SIGKILL and waits until it is dead.
    ///
    /// Where nobody reaps it, its number lives on and its lock file would keep the next from
    /// starting; the file is removed, and what its other processes still hold is seen all the same.
    func killDatabase() throws(CommandError) {
        let path = cluster.path + "/data/postmaster.pid"
        guard let bytes = try? File.read(path: path, bytesMax: 4_096),
            let line = String(decoding: bytes, as: UTF8.self).split(separator: "\n").first,
            let number = Int32(line), number > 1
        else { throw CommandError(.internalError, "the database of the drill does not run") }
        do throws(SystemError) {
            try Signal.kill.send(to: number)
            while Self.isAlive(number) { _ = try Doorbell().wait(timeoutMilliseconds: 1) }
            try File.remove(path: path)
        } catch {
            throw CommandError(.internalError, "the database of the drill cannot be killed")
        }
    }

    /// Whether a process runs; a dead one that nobody has waited for does not.
    private static func isAlive(_ number: Int32) -> Bool {
        guard let bytes = try? File.read(path: "/proc/\(number)/stat", bytesMax: 4_096) else {
            return false
        }
        // The name stands in parentheses and may hold any of them (proc(5)).
        let text = String(decoding: bytes, as: UTF8.self)
        guard let end = text.lastIndex(of: ")") else { return false }
        return text[end...].dropFirst(2).first != "Z"
    }

    /// How to log in past the proxy.
    func settings(as login: String) throws(CommandError) -> ConnectionSettings {
        try own.database().existingSettings(as: login)
    }

    /// Where nothing may stand in plain that identifies a patient, and no key of a client: the files
    /// and the log of the database, the spool, and what the gateways said.
    var searchedFolders: [String] {
        [cluster.path, own.state.file("spool"), own.state.file(Self.logs)]
    }

    /// How many segments the spool has.
    var spooledCount: Int { own.spooledCount }

    /// Waits until nothing is left in the spool; answers how many segments are left.
    func drain() async throws(CommandError) -> Int { await own.drainSpool() }

    /// Ends everything and removes what it left.
    func remove() throws(CommandError) {
        proxy.end()
        try endGateway(.kill)
        try own.remove()
    }
}

import Posix

/// A private PostgreSQL cluster with its own socket, for a first try and for the tests.
///
/// It listens on no network address. PostgreSQL refuses to run as root, so under root it runs as
/// the account `postgres`, in a folder that this account can reach.
struct Cluster: Sendable {
    /// The folder with `data/`, `socket/` and `postgresql.log`.
    let path: String
    /// The folder of the PostgreSQL programs.
    let programs: String
    /// The account to run under; `nil` for our own.
    let account: Account?

    /// The port, which names the socket file; nothing listens on the network.
    static let port = 5_432
    /// The name of the bootstrap superuser.
    static let superuser = "postgres"

    /// What was found on the disk.
    enum State: Equatable {
        case absent
        /// `initdb` was begun and did not end.
        case halfInitialised
        case stopped
        case running
    }

    private var dataPath: String { path + "/data" }
    private var logPath: String { path + "/postgresql.log" }

    /// The folder of the socket, for `host=` of a connection.
    var socketPath: String { path + "/socket" }

    /// Finds the PostgreSQL programs.
    ///
    /// - Throws: `CommandError` with exit code 4 that names the package.
    static func findPrograms() throws(CommandError) -> String {
        var candidates: [String] = []
        if let given = Terminal.environment("LIMEN_POSTGRESQL_BIN") {
            candidates.append(given)
        } else {
            let root = "/usr/lib/postgresql"
            let versions = ((try? Folder.names(path: root)) ?? []).compactMap { Int($0) }
            candidates += versions.sorted(by: >).map { "\(root)/\($0)/bin" }
            let paths = Terminal.environment("PATH")?.split(separator: ":") ?? []
            candidates += paths.map(String.init)
        }
        for candidate in candidates
        where File.exists(path: candidate + "/initdb") && File.exists(path: candidate + "/postgres")
        {
            return candidate
        }
        throw CommandError(
            .unavailable,
            "no PostgreSQL server programs were found; install them with: "
                + "apt-get install -y --no-install-recommends postgresql"
        )
    }

    /// The cluster of a state folder; its place is decided once and remembered.
    static func inState(_ state: StateFolder) throws(CommandError) -> Cluster {
        let programs = try findPrograms()
        let account = try runningAccount()
        if let path = try state.text("cluster") {
            return Cluster(path: path, programs: programs, account: account)
        }
        let path = place(near: state.path, for: account)
        try state.write("cluster", path)
        return Cluster(path: path, programs: programs, account: account)
    }

    /// The account that PostgreSQL runs under.
    private static func runningAccount() throws(CommandError) -> Account? {
        guard Account.isSuperuser else { return nil }
        guard let account = Account.named("postgres") ?? Account.named("nobody") else {
            throw CommandError(
                .unavailable,
                "PostgreSQL does not run as root and there is no account postgres; "
                    + "start limen as another user"
            )
        }
        return account
    }

    /// A folder that the account can reach and whose socket path PostgreSQL can take.
    private static func place(near folder: String, for account: Account?) -> String {
        let inside = folder + "/postgresql"
        // sockaddr_un.sun_path holds 108 bytes; the socket is <path>/socket/.s.PGSQL.5432.
        let isShort = inside.utf8.count <= 80
        // The name stands in a list in postgresql.conf.
        let isPlain = inside.allSatisfy { $0.isLetter || $0.isNumber || "/._-".contains($0) }
        if isShort, isPlain, canReach(folder, account) { return inside }
        // In a folder that all may write the name must not be foreseeable.
        return "/var/tmp/limen-" + String(RandomBytes.number(), radix: 36)
    }

    private static func canReach(_ folder: String, _ account: Account?) -> Bool {
        guard let account else { return true }
        let result = try? ChildProcess.run(
            "setpriv",
            setprivArguments(account) + ["test", "-x", folder]
        )
        return result?.ending.isSuccess ?? false
    }

    private static func setprivArguments(_ account: Account) -> [String] {
        ["--reuid=\(account.user)", "--regid=\(account.group)", "--clear-groups", "--"]
    }

    // MARK: State

    /// What is on the disk now.
    func state() throws(CommandError) -> State {
        guard File.exists(path: dataPath) else { return .absent }
        let result = try run("pg_ctl", ["-D", dataPath, "status"])
        if result.ending.isSuccess { return .running }
        return File.exists(path: path + "/initialised") ? .stopped : .halfInitialised
    }

    /// Whom the cluster lets in.
    enum Authentication: String {
        /// Logins with their passwords.
        case passwords = "scram-sha-256"
        /// Whoever can open the socket, under any name: for throw-away clusters of tests.
        case trust
    }

    /// Makes the cluster: checksums, no network address.
    func initialise(
        superuserPassword: String,
        authentication: Authentication
    ) throws(CommandError) {
        do {
            // Whatever is there already was made by somebody else, or by an attempt that failed.
            if Folder.isFolder(path: path) { try checkOurs() } else { try makeOurs() }
            try Folder.create(path: socketPath)
            let passwordFile = path + "/initial-password"
            try File.writeAtomically(path: passwordFile, Array((superuserPassword + "\n").utf8))
            if let account {
                for place in [path, socketPath, passwordFile] {
                    try Folder.setOwner(path: place, account)
                }
            }
            let result = try run(
                "initdb",
                [
                    "-D", dataPath, "-U", Self.superuser,
                    "--auth=\(authentication.rawValue)",
                    "--pwfile=\(passwordFile)", "--encoding=UTF8", "--locale=C.UTF-8",
                    "--data-checksums", "--no-instructions",
                ]
            )
            try File.remove(path: passwordFile)
            guard result.ending.isSuccess else {
                let reason = Self.reason(in: result.output)
                throw CommandError(.unavailable, "PostgreSQL's initdb failed: \(reason)")
            }
            let settings = try File.read(path: dataPath + "/postgresql.conf", bytesMax: 1 << 20)
            try File.writeAtomically(
                path: dataPath + "/postgresql.conf",
                settings + Array(Self.settings(socketPath, authentication).utf8)
            )
            if let account {
                try Folder.setOwner(path: dataPath + "/postgresql.conf", account)
            }
            try File.writeAtomically(path: path + "/initialised", [])
        } catch let error as CommandError {
            throw error
        } catch let error as SystemError {
            throw StateFolder.failure(error, path)
        } catch {
            throw CommandError(.internalError, "the cluster could not be made")
        }
    }

    /// Makes the folder of the cluster with the marker that lets `wipe` remove it.
    private func makeOurs() throws {
        try Folder.createNew(path: path)
        try File.writeAtomically(path: path + "/limen-cluster", Array("limen-cluster/1\n".utf8))
    }

    private func checkOurs() throws {
        guard File.exists(path: path + "/limen-cluster") else {
            throw CommandError(
                .badInput,
                "\(path) is there and was not made by limen; remove it or name another --state"
            )
        }
    }

    /// What differs from PostgreSQL's defaults, and why.
    private static func settings(
        _ socketPath: String,
        _ authentication: Authentication
    ) -> String {
        // The tests run side by side, and each has connections of its own.
        let connections = authentication == .trust ? "max_connections = 500" : ""
        return """

            # Limen: a private cluster. Nothing listens on the network; who may open the socket folder
            # may try to log in.
            listen_addresses = ''
            port = \(port)
            unix_socket_directories = '\(socketPath)'
            unix_socket_permissions = 0777
            password_encryption = 'scram-sha-256'
            # Messages and the log must not carry the content of rows.
            log_error_verbosity = terse
            log_parameter_max_length = 0
            log_parameter_max_length_on_error = 0
            log_min_error_statement = panic
            log_statement = none
            # The promise of durability.
            fsync = on
            synchronous_commit = on
            full_page_writes = on
            # The first change of a page after a checkpoint writes the page whole, and a row changes
            # several: checkpoints that are forced early cost more than the room of the log.
            max_wal_size = '2GB'
            jit = off
            \(connections)

            """
    }

    // MARK: Starting and stopping

    /// Starts the server and waits until it takes connections.
    func start() throws(CommandError) {
        let result = try run(
            "pg_ctl",
            ["-D", dataPath, "-l", logPath, "-w", "-t", "60", "-s", "start"]
        )
        guard result.ending.isSuccess else {
            let log = (try? File.read(path: logPath, bytesMax: 1 << 24)) ?? []
            let reason = Self.reason(in: log.isEmpty ? result.output : Array(log.suffix(4_096)))
            throw CommandError(
                .unavailable,
                "PostgreSQL did not start: \(reason); its log is \(logPath)"
            )
        }
    }

    /// Stops the server and waits for it.
    func stop() throws(CommandError) {
        let result = try run("pg_ctl", ["-D", dataPath, "-m", "fast", "-w", "-s", "stop"])
        guard result.ending.isSuccess else {
            throw CommandError(
                .unavailable,
                "PostgreSQL did not stop: \(Self.reason(in: result.output)); its log is \(logPath)"
            )
        }
    }

    /// Removes the cluster from the disk; it must be stopped, and its folder must be ours.
    func wipe() throws(CommandError) {
        guard Folder.isFolder(path: path) else { return }
        do {
            try checkOurs()
            try Folder.removeAll(path: path)
        } catch let error as CommandError {
            throw error
        } catch let error as SystemError {
            throw StateFolder.failure(error, path)
        } catch {
            throw CommandError(.internalError, "the cluster could not be removed")
        }
    }

    private func run(
        _ program: String,
        _ arguments: [String]
    ) throws(CommandError) -> (ending: ChildProcess.Ending, output: [UInt8]) {
        let command = programs + "/" + program
        do {
            guard let account else { return try ChildProcess.run(command, arguments, folder: "/") }
            return try ChildProcess.run(
                "setpriv",
                Self.setprivArguments(account) + [command] + arguments,
                folder: "/"
            )
        } catch {
            throw CommandError(.unavailable, "\(command) cannot be run: \(error.text)")
        }
    }

    /// One line that says why, from a program's output or log.
    static func reason(in output: [UInt8]) -> String {
        let lines = String(decoding: output, as: UTF8.self).split(separator: "\n")
        let isDiskFull = lines.contains {
            // A short write is how initdb sees a disk that fills up.
            $0.hasSuffix("No space left on device") || wroteTooLittle($0)
        }
        if isDiskFull { return "the disk is full; free some space and start again" }
        let telling = lines.last {
            $0.contains("FATAL") || $0.contains("error:") || $0.contains("could not")
        }
        let line = telling ?? lines.last ?? "it said nothing"
        for mark in ["FATAL:  ", "error: "] {
            if let position = Self.position(of: mark, in: line) { return String(line[position...]) }
        }
        return String(line)
    }

    private static func wroteTooLittle(_ line: Substring) -> Bool {
        position(of: "wrote only ", in: line) != nil
    }

    private static func position(of mark: String, in line: Substring) -> Substring.Index? {
        var rest = line
        while !rest.isEmpty {
            if rest.hasPrefix(mark) { return rest.index(rest.startIndex, offsetBy: mark.count) }
            rest.removeFirst()
        }
        return nil
    }
}

import Posix

/// `limen database start|stop`: a private PostgreSQL for the tests.
enum DatabaseCommand {
    /// Runs the command.
    static func run(_ arguments: [String]) throws(CommandError) {
        let parsed = try Arguments(arguments, of: "database")
        guard let directory = parsed.value("directory") else {
            throw CommandError(.usage, "name a folder with --directory FOLDER")
        }
        let isStart = parsed.words == ["start"]
        let state = isStart ? try StateFolder.make(directory) : try StateFolder.open(directory)
        let cluster = try Cluster.inState(state)
        switch parsed.words {
        case ["start"]:
            let password = try state.secret("superuser.password")
            try cluster.bringUp(superuserPassword: password, authentication: .trust)
            let settings = [
                "host=\(cluster.socketPath)", "port=\(Cluster.port)", "user=\(Cluster.superuser)",
                "dbname=postgres",
            ]
            Terminal.writeOutput(settings.joined(separator: " ") + "\n")
        case ["stop"]:
            if try cluster.state() == .running { try cluster.stop() }
            try cluster.wipe()
        default:
            throw CommandError(.usage, "say limen database start or limen database stop")
        }
    }
}

extension Cluster {
    /// Starts the cluster from whatever state it is in, making it when there is none.
    ///
    /// - Throws: `CommandError` when it is half initialised or does not start.
    func bringUp(
        superuserPassword: String,
        authentication: Authentication = .passwords
    ) throws(CommandError) {
        switch try state() {
        case .running:
            return
        case .stopped:
            try start()
        case .halfInitialised:
            throw CommandError(
                .unavailable,
                "the PostgreSQL cluster in \(path) is half initialised; when it holds no rows that "
                    + "you need, remove it with ./limen down --wipe and start again"
            )
        case .absent:
            Terminal.writeError("limen: making a private PostgreSQL cluster in \(path)\n")
            try initialise(superuserPassword: superuserPassword, authentication: authentication)
            try start()
        }
    }
}

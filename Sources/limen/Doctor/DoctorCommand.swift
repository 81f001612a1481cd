import AuditStore
import Basics
import PostgreSQL
import Posix

/// `limen doctor`: proves on a live database that its fences stand, and names each weakness.
enum DoctorCommand {
    /// Runs the command.
    static func run(_ arguments: [String]) throws(CommandError) -> ExitCode {
        let parsed = try Arguments(arguments, of: "doctor")
        try parsed.expectNoWords()
        let home = try ConfigurationFiles.home()
        let migrations = try AuditDatabase.migrationFiles(home: home)
        if parsed.has("expectation") {
            Terminal.writeOutput(try freshCatalogue(migrations).text)
            return .ok
        }
        let settings = try settings(parsed)
        let accepted = try accepted(parsed)
        let expectation = try expectation(home: home)
        let report = try store { () throws(AuditStoreError) in
            try Doctor.examine(settings, expectation: expectation, migrations: migrations)
        }
        let page = DoctorPage(report: report, accepted: accepted)
        Terminal.writeOutput(parsed.has("json") ? page.json : page.text)
        let held = try tellHeld(parsed)
        guard page.counted.isEmpty else { return .findings }
        return held == .ok ? tellUnseen(report) : held
    }

    /// Says that nothing is proved when this login may not see which migrations were applied.
    ///
    /// That it may not see `pg_hba.conf` is usual for `limen_health`, and stands on the page.
    private static func tellUnseen(_ report: DoctorReport) -> ExitCode {
        if report.seesMigrations { return .ok }
        Terminal.writeError(
            "limen: not proved, for this login may not see \(CatalogueReader.unseenFacts)\n"
        )
        return .unavailable
    }

    /// Names the rows that the spool of this machine holds because the database has refused them,
    /// or says that this cannot be known.
    private static func tellHeld(_ parsed: Arguments) throws(CommandError) -> ExitCode {
        let isOfEnvironment = parsed.value("state") == nil && Terminal.environment("PGHOST") != nil
        let own = isOfEnvironment ? nil : try GatewayClient.statePath(parsed) + "/spool"
        guard let folder = Terminal.environment("LIMEN_SPOOL") ?? own else { return .ok }
        let held: [RefusedEntry]
        do throws(CommandError) {
            held = try RefusedNotes.read(folder: folder)
        } catch {
            Terminal.writeError("limen: \(TextStyle.safeLines(error.sentence))\n")
            return error.exitCode
        }
        guard let oldest = held.map(\.at).min() else { return .ok }
        Terminal.writeError(
            "limen: the spool \(folder) holds rows that the database refuses, in \(held.count) logs, "
                + "the oldest since \(oldest.text): they are not in the trail; limen audit spool "
                + "list names them and what mends it\n"
        )
        return .findings
    }

    /// Where to look and as whom: a state folder's cluster as its health login, or PG*.
    private static func settings(_ parsed: Arguments) throws(CommandError) -> ConnectionSettings {
        let isOfEnvironment =
            parsed.value("state") == nil
            && (Terminal.environment("PGHOST") != nil || Terminal.environment("PGDATABASE") != nil
                || Terminal.environment("PGSERVICE") != nil)
        if isOfEnvironment { return ConnectionSettings(conninfo: "") }
        return try AuditDatabase.running(parsed).existingSettings(as: "limen_health")
    }

    /// Weaknesses that a site has decided to live with: they are shown and not counted.
    private static func accepted(_ parsed: Arguments) throws(CommandError) -> Set<Weakness> {
        var accepted: Set<Weakness> = []
        for code in parsed.all("accept") {
            guard let weakness = Weakness(rawValue: code) else {
                throw CommandError(.usage, "\(code) is no code of limen doctor")
            }
            accepted.insert(weakness)
        }
        return accepted
    }

    /// Migrates a database of its own and takes it as the expectation.
    private static func freshCatalogue(
        _ migrations: [MigrationFile]
    ) throws(CommandError) -> CatalogueSnapshot {
        let place = "/var/tmp/limen-catalogue-" + String(Terminal.processIdentifier)
        let state = try StateFolder.make(place)
        let cluster = try Cluster.inState(state)
        defer {
            if (try? cluster.state()) == .running { try? cluster.stop() }
            try? cluster.wipe()
            try? Folder.removeAll(path: place)
        }
        try cluster.bringUp(
            superuserPassword: try state.secret("superuser.password"),
            authentication: .trust
        )
        let server = ConnectionSettings(
            conninfo: "host='\(cluster.socketPath)' port=\(Cluster.port)"
        ).asUser(Cluster.superuser)
        return try store { () throws(AuditStoreError) in
            try Migrator.open(server.inDatabase("postgres"), files: migrations).apply()
            return try Doctor.expectation(server.inDatabase("postgres"))
        }
    }

    private static func expectation(home: String) throws(CommandError) -> CatalogueSnapshot {
        let path = home + "/Migrations/" + CatalogueSnapshot.fileName
        let bytes: [UInt8]
        do {
            bytes = try File.read(path: path, bytesMax: 1 << 24)
        } catch {
            throw CommandError(.badInput, "\(path) cannot be read; restore the file")
        }
        return try store { () throws(AuditStoreError) in
            try CatalogueSnapshot(text: String(decoding: bytes, as: UTF8.self))
        }
    }

    private static func store<Value>(
        _ body: () throws(AuditStoreError) -> Value
    ) throws(CommandError) -> Value {
        do throws(AuditStoreError) {
            return try body()
        } catch {
            throw StoreSentence.commandError(error)
        }
    }
}

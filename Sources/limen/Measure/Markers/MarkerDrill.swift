import AuditStore
import Basics
import HTTPClient
import HTTPMessages
import JSON
import Posix

/// `limen drill markers`: patient data and secrets that are planted, and searched for everywhere
/// they must not be.
///
/// It starts a gateway of its own, sends requests of every kind, has it fetch from a FHIR server
/// whose answers are all markers, scores a batch, stops PostgreSQL
/// for a while so that rows go to the spool, and looks through the log of the gateway and of
/// PostgreSQL, metrics, errors, discovery, what other tenants read, exports that name nobody, the
/// spool, the files of the database with its write-ahead log, and a dump of all tables. That each of these places is
/// searched is shown afterwards, by markers that are put there; and that the markers came as far as
/// the rows, by a row that is opened with its key.
enum MarkerDrill {
    /// Runs the drill; exit code 1 when a marker was found where none may be.
    static func run(_ parsed: Arguments) async throws(CommandError) -> ExitCode {
        let wanted = try parsed.integer("count", default: 500, in: 50...1_000_000)
        let seed = try parsed.integer(
            "seed",
            default: Int(Clock.now().microseconds % 1_000_000),
            in: 0...Int.max
        )
        let gateway = try ChildGateway()
        try gateway.removeWhenSignalled()
        let surfaces = gateway.state.path + ".surfaces"
        defer { try? Folder.removeAll(path: surfaces) }
        do throws(CommandError) {
            let report = try await run(gateway, surfaces, wanted: wanted, seed: UInt64(seed))
            try gateway.remove()
            Terminal.writeOutput(report.text(seed: seed))
            return report.isClean ? .ok : .findings
        } catch {
            try? gateway.remove()
            throw error
        }
    }

    private static func run(
        _ gateway: ChildGateway,
        _ surfaces: String,
        wanted: Int,
        seed: UInt64
    ) async throws(CommandError) -> MarkerReport {
        let kept = surfaces + "/kept"
        do {
            for name in ["control", "kept", "batch"] {
                try Folder.create(path: surfaces + "/" + name)
            }
        } catch {
            throw StateFolder.failure(error, surfaces)
        }
        let fhirServer = try MarkerFHIRServer()
        try register(fhirServer, gateway.state)
        let officer = try MarkerOfficer.register(in: gateway.state)
        _ = try await gateway.start(log: kept + "/gateway.log")
        let url = try gateway.state.text("url") ?? ""
        let bundle = ExampleData.bundle(now: Clock.now())
        let planter = MarkerPlanter(
            url: url,
            key: try gateway.key(),
            template: String(decoding: try ExampleData.request(bundle: bundle), as: UTF8.self),
            bundle: String(decoding: bundle, as: UTF8.self),
            fhirServer: fhirServer,
            series: MarkerSeries(seed: seed)
        )
        try planter.round()
        try batch(planter, gateway, surfaces)
        let spooled = try await outage(planter, gateway, kept)
        while planter.series.count < wanted { try planter.round() }
        try write(kept + "/errors.txt", planter.errorAnswers)
        for path in [
            "metrics", "cds-services", "openapi.json", "readyz", "livez", "models", "audit/events",
        ] {
            let name = path.split(separator: "/").joined(separator: "-")
            let key = path.hasPrefix("audit/") ? officer : try gateway.key()
            try write(kept + "/" + name + ".txt", try fetch(url + "/" + path, key))
        }
        let state = ["--state", gateway.state.path]
        for (name, arguments) in [
            ("list", ["audit", "list", "--json", "--limit", "1000"]),
            ("other-tenant", ["audit", "list", "--json", "--limit", "1000", "--tenant", "system"]),
            ("feedback", ["feedback", "report", "--json"]),
            ("recompute", ["audit", "recompute", "--reason", "marker drill", "--json"]),
            ("export-csv", export("csv")), ("export-audit-event", export("audit-event")),
            ("export-provenance", export("provenance")),
        ] {
            // A row of data that could not be read cannot be computed again, which is a finding.
            let said = try output(arguments + state, findings: name == "recompute")
            try write(kept + "/" + name + ".txt", said)
        }
        try dump(gateway, to: kept + "/dump.sql")
        try show(state, to: surfaces + "/control/shown.txt")
        let cluster = try Cluster.inState(gateway.state)
        let places = [kept, cluster.path, gateway.state.file("spool")]
        let needles = planter.series.needles
        let found = try MarkerSearch.files(holding: needles, in: places)
        let opened = try MarkerSearch.files(holding: [needles[0]], in: [surfaces + "/control"])
        let control = MarkerControl(gateway: gateway, kept: kept, marker: planter.series.prefix)
        let missed = try control.missed { () throws(CommandError) in
            try dump(gateway, to: kept + "/dump.sql")
            return try MarkerSearch.files(holding: needles, in: places)
        }
        try gateway.end(.terminate)
        return MarkerReport(
            markerCount: planter.series.count,
            statusCounts: planter.statusCounts,
            spooledCount: spooled,
            fetchCount: fhirServer.requestCount,
            found: found,
            isOpened: !opened.isEmpty,
            missed: missed
        )
    }

    /// Lets the demo client's data be fetched from a server of the drill.
    private static func register(
        _ server: MarkerFHIRServer,
        _ state: StateFolder
    ) throws(CommandError) {
        _ = try DemoClient.register(in: state)
        let name = "clients/\(DemoClient.id).json"
        let servers = #"[{"base":"\#(server.base)","allowNetworks":["127.0.0.0/8"]}]"#
        let text = try state.text(name) ?? ""
        let next = "\"corsOrigins\""
        try state.write(name, text.replacing(next, with: "\"fhirServers\":\(servers),\(next)"))
    }

    /// Scores a patient who is all markers, and a file that cannot be read; what it says is kept.
    private static func batch(
        _ planter: MarkerPlanter,
        _ gateway: ChildGateway,
        _ surfaces: String
    ) throws(CommandError) {
        let input = surfaces + "/batch"
        try write(input + "/patient.json", planter.record())
        try write(input + "/broken.ndjson", planter.brokenLine())
        // One of its files cannot be read.
        let said = try output(
            [
                "batch", "--profile", "news2", "--in", input + "/patient.json", "--in",
                input + "/broken.ndjson", "--out", input + "/results.csv", "--reason",
                "marker drill",
                "--state", gateway.state.path,
            ],
            findings: true
        )
        // The results name their patients, which is what they are for; what went wrong does not.
        for name in ["results.csv.errors.ndjson", "results.csv.manifest.json"] {
            guard let bytes = try? File.read(path: input + "/" + name, bytesMax: 1 << 24) else {
                throw CommandError(.internalError, "the batch of the drill gave no \(name)")
            }
            try write(surfaces + "/kept/" + name, String(decoding: bytes, as: UTF8.self))
        }
        try write(surfaces + "/kept/batch.txt", said + " ")
    }

    /// Answers requests while PostgreSQL is away, looks at the spool, and waits until it is empty.
    ///
    /// - Returns: How many files the spool had.
    private static func outage(
        _ planter: MarkerPlanter,
        _ gateway: ChildGateway,
        _ kept: String
    ) async throws(CommandError) -> Int {
        let cluster = try Cluster.inState(gateway.state)
        try cluster.stop()
        try planter.round()
        try planter.round()
        let folder = gateway.state.file("spool")
        let names = ((try? Folder.names(path: folder)) ?? []).filter { $0.hasSuffix(".spool") }
        for name in names {
            guard let bytes = try? File.read(path: folder + "/" + name, bytesMax: 1 << 28) else {
                throw CommandError(.internalError, "the spool cannot be read")
            }
            do {
                try File.writeAtomically(path: kept + "/spooled-" + name, bytes)
            } catch {
                throw StateFolder.failure(error, kept)
            }
        }
        try cluster.start()
        guard await gateway.drainSpool() == 0 else {
            throw CommandError(.unavailable, "the spool was not emptied in two minutes")
        }
        return names.count
    }

    /// Opens some rows: who has the key and a reason reads the markers in them.
    private static func show(_ state: [String], to path: String) throws(CommandError) {
        let list = try output(
            ["audit", "list", "--json", "--kind", "decision", "--limit", "10"] + state
        )
        // What the command says beside its rows stands on other lines.
        let events = list.split(separator: "\n").filter { $0.hasPrefix("{") }.compactMap { row in
            (try? JSONDocument(parsing: String(row)))?.root["eventId"]?.stringValue
        }
        guard !events.isEmpty else {
            throw CommandError(.internalError, "no decision of the drill is in the trail")
        }
        var text = ""
        for event in events {
            text += try output(
                ["audit", "show", event, "--json", "--reason", "marker drill"] + state
            )
        }
        try write(path, text)
    }

    /// Exports of everything, without asking for who the people are.
    private static func export(_ format: String) -> [String] {
        ["audit", "export", "--format", format, "--reason", "marker drill"]
    }

    /// What the gateway says there; a refusal is no place that was looked at.
    private static func fetch(_ url: String, _ key: String) throws(CommandError) -> String {
        var fields = HTTPFields()
        fields.append("Authorization", "Bearer " + key)
        let answer: HTTPResponse
        do {
            answer = try HTTPClient.send(url: url, method: "GET", fields: fields)
        } catch {
            throw CommandError(.unavailable, "the gateway did not answer")
        }
        guard answer.status == 200 else {
            throw CommandError(.internalError, "\(url) answers \(answer.status) in the drill")
        }
        return String(decoding: answer.body, as: UTF8.self)
    }

    /// What a command of our own prints; one that fails is no place that was looked at, but it may
    /// find something (exit code 1) where findings are expected.
    private static func output(
        _ arguments: [String],
        findings: Bool = false
    ) throws(CommandError) -> String {
        let run: (ending: ChildProcess.Ending, output: [UInt8])
        do {
            run = try ChildProcess.run("/proc/self/exe", arguments, bytesMax: 64 << 20)
        } catch {
            throw CommandError(.internalError, "a command of our own cannot be run")
        }
        guard run.ending.signal == 0,
            run.ending.exitCode == 0 || findings && run.ending.exitCode == 1
        else {
            throw CommandError(
                .internalError,
                "limen \(arguments.prefix(2).joined(separator: " ")) failed in the drill"
            )
        }
        return String(decoding: run.output, as: UTF8.self)
    }

    /// All tables as text: what is compressed in the files is plain there.
    private static func dump(
        _ gateway: ChildGateway,
        to path: String
    ) throws(CommandError) {
        let password = try gateway.state.text("secrets/superuser.password") ?? ""
        let socket = try Cluster.inState(gateway.state).socketPath
        do {
            let run = try ChildProcess.run(
                "pg_dump",
                [
                    "--data-only", "--host", socket, "--port", "\(Cluster.port)", "--username",
                    Cluster.superuser, "--dbname", AuditDatabase.name, "--file", path,
                ],
                environment: ["PATH=/usr/local/bin:/usr/bin:/bin", "PGPASSWORD=" + password]
            )
            guard run.ending.isSuccess else {
                throw CommandError(.unavailable, "pg_dump failed, so the tables were not searched")
            }
        } catch let error as CommandError {
            throw error
        } catch {
            throw CommandError(.unavailable, "there is no pg_dump to look through the tables with")
        }
    }

    private static func write(_ path: String, _ text: String) throws(CommandError) {
        do {
            try File.writeAtomically(path: path, Array(text.utf8))
        } catch {
            throw StateFolder.failure(error, path)
        }
    }
}

import AuditStore
import Basics
import HTTPClient
import HTTPMessages
import JSON
import Posix

/// `limen drill markers`: patient data and secrets that are planted, and searched for everywhere
/// they must not be.
///
/// It starts a gateway of its own, sends requests of every kind, and looks through the log of the
/// gateway and of PostgreSQL, metrics, errors, discovery, what other tenants read, the files of the
/// database with its write-ahead log, and a dump of all tables. That the search finds what is there
/// is shown by a row that is opened with its key.
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
        do {
            try Folder.create(path: surfaces + "/control")
            try Folder.create(path: surfaces + "/kept")
        } catch {
            throw StateFolder.failure(error, surfaces)
        }
        let kept = surfaces + "/kept"
        _ = try await gateway.start(log: kept + "/gateway.log")
        let url = try gateway.state.text("url") ?? ""
        let example = try ExampleData.request(bundle: ExampleData.bundle(now: Clock.now()))
        let planter = MarkerPlanter(
            url: url,
            key: try gateway.key(),
            template: String(decoding: example, as: UTF8.self),
            series: MarkerSeries(seed: seed)
        )
        while planter.series.count < wanted { try planter.round() }
        try write(kept + "/errors.txt", planter.errorAnswers)
        for path in ["metrics", "cds-services", "openapi.json", "readyz", "livez", "models"] {
            try write(kept + "/" + path + ".txt", try fetch(url + "/" + path, gateway))
        }
        let state = ["--state", gateway.state.path]
        for (name, arguments) in [
            ("list", ["audit", "list", "--json", "--limit", "1000"]),
            ("other-tenant", ["audit", "list", "--json", "--limit", "1000", "--tenant", "system"]),
            ("feedback", ["feedback", "report", "--json"]),
        ] {
            try write(kept + "/" + name + ".txt", try output(arguments + state))
        }
        try dump(gateway, to: kept + "/dump.sql")
        // The control: who has the key and a reason reads the markers in the rows themselves.
        let first = try output(
            ["audit", "list", "--json", "--kind", "decision", "--limit", "1"] + state
        )
        // What the command says beside its rows stands on other lines.
        let row = first.split(separator: "\n").first { $0.hasPrefix("{") }.map(String.init) ?? ""
        let event = (try? JSONDocument(parsing: row))?.root["eventId"]?.stringValue ?? ""
        try write(
            surfaces + "/control/shown.txt",
            try output(["audit", "show", event, "--json", "--reason", "marker drill"] + state)
        )
        try gateway.end(.terminate)
        let cluster = try Cluster.inState(gateway.state)
        return MarkerReport(
            markerCount: planter.series.count,
            statusCounts: planter.statusCounts,
            found: try search(planter.series.needles, [kept, cluster.path]),
            controls: try search(planter.series.needles, [surfaces + "/control"]),
            surfaces: [kept, cluster.path]
        )
    }

    private static func fetch(
        _ url: String,
        _ gateway: ChildGateway
    ) throws(CommandError) -> String {
        var fields = HTTPFields()
        fields.append("Authorization", "Bearer " + (try gateway.key()))
        do {
            let answer = try HTTPClient.send(url: url, method: "GET", fields: fields)
            return String(decoding: answer.body, as: UTF8.self)
        } catch {
            throw CommandError(.unavailable, "the gateway did not answer")
        }
    }

    private static func output(_ arguments: [String]) throws(CommandError) -> String {
        do {
            let run = try ChildProcess.run("/proc/self/exe", arguments, bytesMax: 64 << 20)
            return String(decoding: run.output, as: UTF8.self)
        } catch {
            throw CommandError(.internalError, "a command of our own cannot be run")
        }
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

    /// The files below some folders that hold one of the needles.
    private static func search(
        _ needles: [String],
        _ folders: [String]
    ) throws(CommandError) -> [String] {
        let patterns = needles.flatMap { ["-e", $0] }
        do {
            // grep reads every byte, of binary files too; 1 says that nothing was found.
            let run = try ChildProcess.run("grep", ["-rlaF"] + patterns + folders)
            guard run.ending.exitCode <= 1, run.ending.signal == 0 else {
                throw CommandError(.internalError, "the files could not all be searched")
            }
            return String(decoding: run.output, as: UTF8.self)
                .split(separator: "\n").map(String.init)
        } catch let error as CommandError {
            throw error
        } catch {
            throw CommandError(.unavailable, "there is no grep to search with")
        }
    }
}

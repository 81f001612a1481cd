import Foundation
import HTTPClient
import HTTPMessages
import Posix
import PostgreSQL
import Support
import Synchronization
import Testing

/// A site of one test's own: a PostgreSQL that the test stops and starts, and `limen serve` with it.
final class OwnSite: Sendable {
    let folder: String
    private let socket: String
    private let environment: [String: String]

    /// Makes the cluster, the keys and the logins, as `limen up` does, and stops all of it.
    init() throws {
        folder = "/tmp/limen-site-" + UUID().uuidString.prefix(8)
        let state = folder + "/state"
        let keys = folder + "/keys"
        let files = FileManager.default
        try files.createDirectory(atPath: keys, withIntermediateDirectories: true)
        let up = try Running(
            ["up", "--listen", "127.0.0.1:0", "--state", state],
            ["LIMEN_HOME": Shared.checkout.path]
        )
        try up.wait { $0.contains("127.0.0.1:") }
        try up.end()
        for (name, file) in [("demo", "tenant-demo"), ("system", "tenant-system")] {
            for kind in [".key", ".vault"] {
                try files.copyItem(
                    atPath: state + "/secrets/" + file + kind,
                    toPath: keys + "/" + name + kind
                )
            }
        }
        socket = try Self.text(state + "/cluster") + "/socket"
        var variables = [
            "LIMEN_HOME": Shared.checkout.path, "LIMEN_STATE": state,
            "LIMEN_LEDGER": state + "/ledger", "PGHOST": socket, "PGDATABASE": "limen",
            "PGUSER": "limen_writer",
            "PGPASSWORD": try Self.text(state + "/secrets/limen_writer.password"),
        ]
        let reader = try Self.text(state + "/secrets/limen_gateway.password")
        variables["LIMEN_STATE_DATABASE"] =
            "host=\(socket) dbname=limen user=limen_gateway password=\(reader)"
        environment = variables
    }

    deinit {
        try? stopDatabase()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Starts `limen serve`; it need not come to serving.
    func serve(_ arguments: [String] = [], _ more: [String: String] = [:]) throws -> Running {
        try Running(
            [
                "serve", "--listen", "127.0.0.1:0", "--clients", folder + "/state/clients",
                "--keys",
                folder + "/keys", "--development",
            ] + arguments,
            environment.merging(more) { $1 }
        )
    }

    /// Runs a command of the program to its end.
    func run(_ arguments: [String]) throws -> LiveGateway.Run {
        try LiveGateway.run(arguments, environment: environment)
    }

    // MARK: The database

    private var data: String { socket.dropLast("/socket".count) + "/data" }

    func startDatabase() throws {
        try control(["-w", "-l", data + "/../log", "start"])
    }

    func stopDatabase() throws {
        try control(["-w", "-m", "fast", "stop"])
    }

    /// Adds a line to the settings of the server, for its next start.
    func configure(_ line: String) throws {
        let file = try #require(FileHandle(forWritingAtPath: data + "/postgresql.conf"))
        try file.seekToEnd()
        try file.write(contentsOf: Data((line + "\n").utf8))
        try file.close()
    }

    /// One number as the superuser of the cluster sees it.
    func count(_ statement: StaticString) throws -> Int {
        try Connection.open(superuser()).execute(statement).integer(0, 0) ?? -1
    }

    /// Runs a script as the superuser of the cluster.
    func script(_ text: String) throws {
        try Connection.open(superuser()).runScript(text)
    }

    private func superuser() throws -> ConnectionSettings {
        let password = try Self.text(folder + "/state/secrets/superuser.password")
        return ConnectionSettings(conninfo: "host=\(socket) dbname=limen")
            .asUser("postgres", password: password)
    }

    private func control(_ arguments: [String]) throws {
        let root = "/usr/lib/postgresql"
        let versions = try FileManager.default.contentsOfDirectory(atPath: root)
        let newest = try #require(versions.max { (Int($0) ?? 0) < (Int($1) ?? 0) })
        let command = ["\(root)/\(newest)/bin/pg_ctl", "-D", data, "-s"] + arguments
        let drop = ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups"]
        // Not by Foundation: the server would keep what that waits on open.
        _ = try ChildProcess.run(
            "/usr/bin/env",
            (getuid() == 0 ? drop : []) + command,
            folder: "/"
        )
    }

    private static func text(_ path: String) throws -> String {
        try String(contentsOfFile: path, encoding: .utf8)
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    // MARK: Requests

    /// Asks for NEWS2 of a patient with a full set of an hour ago.
    func fire(_ url: String) throws -> HTTPResponse {
        var charted = ChartedPatient()
        charted.measure("9279-1", "30", "/min")
        charted.measure("59408-5", "88", "%")
        charted.measure("8480-6", "85", "mm[Hg]")
        charted.measure("8867-4", "140", "/min")
        charted.measure("8310-5", "39.5", "Cel")
        charted.state("722742002")
        charted.consciousness("A")
        return try send(url + "/cds-services/news2", Array(charted.body.utf8))
    }

    /// What `/readyz` says.
    func ready(_ url: String) throws -> (status: Int, text: String) {
        let response = try send(url + "/readyz", nil)
        return (response.status, String(decoding: response.body, as: UTF8.self))
    }

    /// Asks until `/readyz` says what it should.
    func waitUntilReady(_ url: String, _ condition: (Int, String) -> Bool) throws {
        let deadline = Date(timeIntervalSinceNow: 180)
        while true {
            let (status, text) = try ready(url)
            if condition(status, text) { return }
            try #require(Date() < deadline, "\(status) \(text)")
        }
    }

    private func send(_ url: String, _ body: [UInt8]?) throws -> HTTPResponse {
        var fields = HTTPFields()
        let key = try Self.text(folder + "/state/demo-client.key")
        fields.append("Authorization", "Bearer " + key)
        if body != nil { fields.append("Content-Type", "application/json") }
        return try HTTPClient.send(
            url: url,
            method: body == nil ? "GET" : "POST",
            fields: fields,
            body: body ?? []
        )
    }
}

/// A run of the program that goes on, with what it has said so far.
final class Running: @unchecked Sendable {
    // `process` is used by one test only; `said` has a lock.
    private let process = Process()
    private let said = Mutex("")
    /// Whether all that it said has been read.
    private let isReadOut = Mutex(false)

    init(_ arguments: [String], _ environment: [String: String]) throws {
        process.executableURL = URL(filePath: LiveGateway.program)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        output.fileHandleForReading.readabilityHandler = { [weak self] handle in
            let data = handle.availableData
            guard !data.isEmpty else {
                handle.readabilityHandler = nil
                self?.isReadOut.withLock { $0 = true }
                return
            }
            let text = String(decoding: data, as: UTF8.self)
            self?.said.withLock { $0 += text }
        }
        try process.run()
    }

    deinit {
        if process.isRunning { process.terminate() }
    }

    /// What it has said.
    var text: String { said.withLock { $0 } }

    /// Waits until it has said something, or it ends.
    func wait(until condition: (String) -> Bool) throws {
        let deadline = Date(timeIntervalSinceNow: 180)
        while !condition(text) {
            try #require(process.isRunning && Date() < deadline, "\(text)")
            RunLoop.current.run(until: Date(timeIntervalSinceNow: 0.005))
        }
    }

    /// Waits until it serves and answers where.
    func url() throws -> String {
        try wait { $0.contains("listening on ") && $0.hasSuffix("\n") }
        let line = text.split(separator: "\n").first { $0.contains("listening on ") } ?? ""
        return String(line.split(separator: " ").last ?? "")
    }

    /// Waits until it has ended by itself, and what it said last has arrived.
    func ending() -> Int32 {
        process.waitUntilExit()
        let deadline = Date(timeIntervalSinceNow: 180)
        while !isReadOut.withLock({ $0 }), Date() < deadline {
            RunLoop.current.run(until: Date(timeIntervalSinceNow: 0.005))
        }
        return process.terminationStatus
    }

    /// Sends it a signal, as soon as it handles it.
    func signal(_ number: Int32) throws {
        try UpGateway.wait { try ChildSignals.areHandled(by: process.processIdentifier) }
        kill(process.processIdentifier, number)
    }

    /// Whether it goes on.
    var isRunning: Bool { process.isRunning }

    /// Tells it to end and waits.
    func end() throws {
        process.terminate()
        process.waitUntilExit()
    }
}

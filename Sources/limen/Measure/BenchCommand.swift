import Audit
import AuditStore
import Basics
import Crypto
import HTTPClient
import HTTPMessages
import JSON
import PostgreSQL
import Posix
import Vault

/// `limen bench`: the main job under load, beside its parts, in one run.
enum BenchCommand {
    /// Runs the measurement.
    static func run(_ arguments: [String]) async throws(CommandError) -> ExitCode {
        let parsed = try Arguments(arguments, of: "bench")
        try parsed.expectNoWords()
        let seconds = try parsed.integer("seconds", default: 3, in: 1...600)
        let connections = try connectionCounts(parsed.value("connections") ?? "1,16,64,256")
        var passedOn: [String] = []
        for name in ["writers", "loops"] {
            if let value = parsed.value(name) { passedOn += ["--" + name, value] }
        }
        let gateway = try ChildGateway()
        try gateway.removeWhenSignalled()
        do throws(CommandError) {
            let address = try await gateway.start(arguments: passedOn)
            let bench = GatewayBench(
                gateway: gateway,
                address: SocketAddress(host: address.host, port: address.port),
                milliseconds: seconds * 1_000
            )
            let rows = try await bench.run(connections: connections)
            try gateway.remove()
            Terminal.writeOutput(
                parsed.has("json") ? BenchPrinter.json(rows) : BenchPrinter.text(rows)
            )
            return rows.allSatisfy { $0.failureCount == 0 } ? .ok : .findings
        } catch {
            try? gateway.remove()
            throw error
        }
    }

    private static func connectionCounts(_ text: String) throws(CommandError) -> [Int] {
        let counts = text.split(separator: ",").compactMap { Int($0) }
        guard !counts.isEmpty, counts.allSatisfy({ (1...4_096).contains($0) }) else {
            throw CommandError(.usage, "--connections takes numbers such as 1,16,64,256")
        }
        return counts
    }
}

/// One measured line.
struct BenchRow {
    let name: String
    let connectionCount: Int
    let perSecond: Double
    let medianMicroseconds: Double
    let p99Microseconds: Double
    /// Processor time of the gateway for each request, in microseconds; `nil` when it has no part.
    let processorMicroseconds: Double?
    /// Resident size of the gateway at the end, in bytes.
    let residentBytes: Int?
    /// Answers that were not 200, and what went wrong in transport.
    let failureCount: Int
}

/// The measurements against one gateway.
struct GatewayBench {
    let gateway: ChildGateway
    let address: SocketAddress
    let milliseconds: Int

    /// Measures everything for each number of connections.
    func run(connections: [Int]) async throws(CommandError) -> [BenchRow] {
        let key = try gateway.key()
        let host = "127.0.0.1"
        let livez = RequestSerializer.bytes(HTTPRequest(method: "GET", path: "/livez"), host: host)
        var rows: [BenchRow] = []
        for count in connections {
            rows.append(try measure("GET /livez", count, livez, nil))
            for size in [20_000, 200_000] {
                let request = try LoadRequest(
                    prefetchBytes: size,
                    host: host,
                    key: key,
                    now: Clock.now()
                )
                let name = "audited patient-view \(request.bytes.count / 1_000) KB"
                rows.append(try measure(name, count, request.bytes, request))
            }
            rows += try evaluations(count, host: host, key: key)
            rows.append(try await commits(count))
        }
        return rows
    }

    private func evaluations(
        _ count: Int,
        host: String,
        key: String
    ) throws(CommandError) -> [BenchRow] {
        var rows: [BenchRow] = []
        for model in EvaluationLoad.models {
            for rowCount in EvaluationLoad.rowCounts
            where EvaluationLoad.fits(connectionCount: count, rowCount: rowCount) {
                let template = EvaluationLoad.request(
                    model: model.name,
                    row: model.row,
                    rowCount: rowCount,
                    host: host,
                    key: key
                )
                let what = rowCount == 1 ? "1 row" : "\(rowCount) rows"
                rows.append(try measure("evaluate \(model.name), \(what)", count, template, nil))
            }
        }
        return rows
    }

    private func measure(
        _ name: String,
        _ connectionCount: Int,
        _ template: [UInt8],
        _ request: LoadRequest?
    ) throws(CommandError) -> BenchRow {
        Terminal.writeError("limen: \(name), \(connectionCount) connections\n")
        let before = processorMicroseconds()
        let report: LoadReport
        do {
            report = try LoadGenerator.run(
                LoadPlan(
                    address: address,
                    connectionCount: connectionCount,
                    end: .milliseconds(milliseconds)
                ),
                template: template
            ) { bytes, _ in
                request?.put(.version4(), into: &bytes)
            }
        } catch {
            throw CommandError(.unavailable, "the load cannot be made: \(error.text)")
        }
        let spent = before.flatMap { start in processorMicroseconds().map { $0 - start } }
        let good = report.statusCounts[200] ?? 0
        let answered = max(1, report.requestCount)
        return BenchRow(
            name: name,
            connectionCount: connectionCount,
            perSecond: report.requestsPerSecond * Double(good) / Double(answered),
            medianMicroseconds: report.microseconds(atQuantile: 0.5),
            p99Microseconds: report.microseconds(atQuantile: 0.99),
            processorMicroseconds: spent.map { Double($0) / Double(answered) },
            residentBytes: ResourceUsage.residentBytesPeak(process: gateway.identifier),
            failureCount: report.requestCount - good + report.errorCount
        )
    }

    /// Bare commits of the same size of row through the same kind of sink, without HTTP.
    private func commits(_ taskCount: Int) async throws(CommandError) -> BenchRow {
        Terminal.writeError("limen: bare audit commits, \(taskCount) at once\n")
        let database = try gateway.database()
        let files = try AuditDatabase.migrationFiles(home: try ConfigurationFiles.home())
        let report: AuditBench.Report
        do {
            let sink = try PostgreSQLAuditSink.open(
                try database.settings(as: "limen_writer"),
                sealer: RecordSealer(
                    KeyRing([
                        try VaultFiles.make(gateway.state, DemoClient.tenant, hasRows: true)
                    ])
                ),
                migrations: files,
                identity: try LedgerFolder.open(database.state.file("ledger")).identity(),
                writerCount: 1
            )
            defer { sink.close() }
            // About as many rows as the time gives; the first thousand show the pace.
            let pace = try await AuditBench.run(
                sink,
                rowCount: max(200, taskCount * 10),
                taskCount: taskCount,
                record: Self.record
            )
            report = try await AuditBench.run(
                sink,
                rowCount: max(200, Int(pace.rowsPerSecond * Double(milliseconds) / 1_000)),
                taskCount: taskCount,
                record: Self.record
            )
        } catch let error as CommandError {
            throw error
        } catch {
            throw CommandError(.unavailable, "bare commits cannot be measured")
        }
        return BenchRow(
            name: "bare audit commits",
            connectionCount: taskCount,
            perSecond: report.rowsPerSecond,
            medianMicroseconds: Double(report.medianMicroseconds),
            p99Microseconds: Double(report.p99Microseconds),
            processorMicroseconds: nil,
            residentBytes: nil,
            failureCount: 0
        )
    }

    @Sendable private static func record(_ number: Int) -> AuditRecord {
        AuditBench.sampleRecord(tenant: DemoClient.tenant, startedAt: Clock.now(), number: number)
    }

    private func processorMicroseconds() -> Int64? {
        gateway.identifier.flatMap { ResourceUsage.processorMicroseconds(process: $0) }
    }
}

/// Prints measured lines.
enum BenchPrinter {
    /// A table with ratios to `/livez` of the same run.
    static func text(_ rows: [BenchRow]) -> String {
        var table = TextTable()
        table.append([
            "", "connections", "per second", "p50 us", "p99 us", "CPU us", "peak RSS MB", "failed",
            "of /livez",
        ])
        for row in rows {
            let livez = rows.first {
                $0.name == "GET /livez" && $0.connectionCount == row.connectionCount
            }
            let ratio = livez.map { row.perSecond / max($0.perSecond, 1) }
            table.append([
                row.name, String(row.connectionCount), whole(row.perSecond),
                whole(row.medianMicroseconds), whole(row.p99Microseconds),
                row.processorMicroseconds.map(whole) ?? "",
                row.residentBytes.map { whole(Double($0) / 1e6) } ?? "",
                String(row.failureCount), ratio.map(fraction) ?? "",
            ])
        }
        return table.lines().joined(separator: "\n") + "\n"
    }

    /// The lines as JSON.
    static func json(_ rows: [BenchRow]) -> String {
        var writer = JSONWriter()
        writer.beginArray()
        for row in rows {
            writer.beginObject()
            writer.member("name", row.name)
            writer.member("connections", row.connectionCount)
            writer.member("perSecond", Int(row.perSecond))
            writer.member("p50Microseconds", Int(row.medianMicroseconds))
            writer.member("p99Microseconds", Int(row.p99Microseconds))
            if let processor = row.processorMicroseconds {
                writer.member("processorMicroseconds", Int(processor))
            }
            if let bytes = row.residentBytes { writer.member("residentBytesPeak", bytes) }
            writer.member("failed", row.failureCount)
            writer.endObject()
        }
        writer.endArray()
        return writer.text + "\n"
    }

    private static func whole(_ number: Double) -> String { String(Int(number.rounded())) }

    private static func fraction(_ number: Double) -> String {
        let thousandths = Int((number * 1_000).rounded())
        return "\(thousandths / 1_000)." + padded(thousandths % 1_000, 3)
    }
}

import AuditStore
import Basics
import Foundation
import Ledger
import PostgreSQL
import Vault

// Bare audit commits through the sink, beside one row for each commit.
//
//     LIMEN_TEST_DATABASE="host=... user=postgres dbname=postgres" AuditBench [ROWS]

guard let conninfo = ProcessInfo.processInfo.environment["LIMEN_TEST_DATABASE"] else {
    FileHandle.standardError.write(
        Data("set LIMEN_TEST_DATABASE to a superuser's connection string\n".utf8)
    )
    exit(2)
}
let rowCount = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 60_000
let database = "limen_bench"

let folder = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Migrations")
let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    .filter { $0.hasSuffix(".sql") }
    .map {
        try MigrationFile(name: $0, bytes: [UInt8](Data(contentsOf: folder.appending(path: $0))))
    }

let server = ConnectionSettings(conninfo: conninfo)
do {
    let administrator = try Connection.open(server)
    _ = try administrator.execute("DROP DATABASE IF EXISTS limen_bench")
    _ = try administrator.execute("CREATE DATABASE limen_bench")
}
let place = server.inDatabase(database)
try Migrator.open(place, files: files).apply()

guard let signer = NoteSigner.generate(name: "bench") else { exit(2) }
let identity = LogIdentity(
    signer: signer,
    program: "bench",
    place: [UInt8](repeating: 0, count: 32)
)

/// Measures one setting and prints a line.
func measure(writers: Int, tasks: Int, tenants: Int, rows: Int) async throws {
    let sink = try PostgreSQLAuditSink.open(
        place.asUser("limen_writer"),
        sealer: RecordSealer(
            KeyRing((0..<tenants).map { .generate(tenant: "bench-\($0)", name: "bench") })
        ),
        migrations: files,
        identity: identity,
        writerCount: writers
    )
    let report = try await AuditBench.run(sink, rowCount: rows, taskCount: tasks) { number in
        AuditBench.sampleRecord(
            tenant: "bench-\(number % tenants)",
            startedAt: Instant(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000)),
            number: number
        )
    }
    let statistics = sink.statistics
    sink.close()
    let batch = Double(statistics.committedRowCount) / Double(statistics.batchCount)
    print(
        "writers \(writers)  tasks \(tasks)  tenants \(tenants)  rows \(report.rowCount):",
        "\(Int(report.rowsPerSecond)) rows/s,",
        "p50 \(report.medianMicroseconds) us, p99 \(report.p99Microseconds) us,",
        "\((batch * 10).rounded() / 10) rows a commit"
    )
}

try await measure(writers: 1, tasks: 1, tenants: 1, rows: max(1, rowCount / 20))
try await measure(writers: 1, tasks: 64, tenants: 1, rows: rowCount)
try await measure(writers: 1, tasks: 256, tenants: 1, rows: rowCount)
try await measure(writers: 2, tasks: 64, tenants: 1, rows: rowCount)
try await measure(writers: 2, tasks: 256, tenants: 1, rows: rowCount)
try await measure(writers: 2, tasks: 256, tenants: 20, rows: rowCount)

let administrator = try Connection.open(server)
_ = try administrator.execute("DROP DATABASE limen_bench")

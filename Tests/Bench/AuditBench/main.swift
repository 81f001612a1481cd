import AuditStore
import Basics
import Foundation
import Ledger
import PostgreSQL
import Vault

// Durable rows through the group commit, beside multi-row INSERTs of the same rows by pgbench on the
// same server in the same run, and the verification of what was written.
//
//     LIMEN_TEST_DATABASE="host=... user=postgres dbname=postgres" \
//         AuditBench [ROWS] [--seconds N] [--verify ROWS] [--json FILE]
//
// ROWS for each setting (60,000), seconds for each pgbench (10). --verify fills a trail of so many
// rows through the sink, sealed, chained and signed, and verifies it with `limen audit verify` of the
// same build: rows a second and the most memory that it had.

guard let conninfo = ProcessInfo.processInfo.environment["LIMEN_TEST_DATABASE"] else {
    FileHandle.standardError.write(
        Data("set LIMEN_TEST_DATABASE to a superuser's connection string\n".utf8)
    )
    exit(2)
}

/// The value that follows a word of the command line.
func option(_ name: String) -> String? {
    let words = CommandLine.arguments
    guard let place = words.firstIndex(of: name), place + 1 < words.count else { return nil }
    return words[place + 1]
}

let rowCount = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 60_000
let seconds = option("--seconds").flatMap { Int($0) } ?? 10
let verifyCount = option("--verify").flatMap { Int($0) } ?? 0
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
let place = server.inDatabase(database)

/// An empty, migrated database.
func makeDatabase() throws {
    do {
        let administrator = try Connection.open(server)
        _ = try administrator.execute("DROP DATABASE IF EXISTS limen_bench WITH (FORCE)")
        _ = try administrator.execute("CREATE DATABASE limen_bench")
    }
    try Migrator.open(place, files: files).apply()
}

guard let signer = NoteSigner.generate(name: "bench") else { exit(2) }
let identity = LogIdentity(
    signer: signer,
    program: "bench",
    place: [UInt8](repeating: 0, count: 32)
)

/// A line of the table.
struct Line: Encodable {
    var name: String
    var rows: Int
    var rowsPerSecond: Int
    var medianMicroseconds: Int?
    var p99Microseconds: Int?
    var rowsPerCommit: Double?
    var residentKilobytes: Int?
}
var lines: [Line] = []

/// Adds a line and prints it.
@MainActor
func add(_ line: Line) {
    lines.append(line)
    func column(_ text: String?, _ width: Int) -> String {
        let text = text ?? "-"
        return String(repeating: " ", count: max(1, width - text.count)) + text
    }
    print(
        line.name.padding(toLength: 44, withPad: " ", startingAt: 0)
            + column(String(line.rows), 10) + column(String(line.rowsPerSecond), 10)
            + column(line.medianMicroseconds.map { String($0) }, 9)
            + column(line.p99Microseconds.map { String($0) }, 9)
            + column(line.rowsPerCommit.map { String($0) }, 9)
            + column(line.residentKilobytes.map { String($0) }, 9)
    )
}

/// Measures one setting of the group commit.
@discardableResult
@MainActor
func measure(writers: Int, tasks: Int, tenants: Int, rows: Int) async throws -> Double {
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
    let batch = Double(statistics.committedRowCount) / Double(max(1, statistics.batchCount))
    add(
        Line(
            name: "group commit: \(writers) writers, \(tasks) at once, \(tenants) tenants",
            rows: report.rowCount,
            rowsPerSecond: Int(report.rowsPerSecond),
            medianMicroseconds: report.medianMicroseconds,
            p99Microseconds: report.p99Microseconds,
            rowsPerCommit: (batch * 10).rounded() / 10
        )
    )
    return report.rowsPerSecond
}

/// `conninfo` for programs of PostgreSQL: in our database.
let benchConninfo = conninfo + " dbname=" + database

print(
    "what                                              rows    rows/s   p50 us   p99 us  rows/tx   RSS KB"
)
try makeDatabase()
try await measure(writers: 1, tasks: 1, tenants: 1, rows: max(1, rowCount / 20))
try await measure(writers: 1, tasks: 64, tenants: 1, rows: rowCount)
var rates: [Int: Double] = [:]
var raws: [Int: Double] = [:]
for writers in [1, 2] {
    // The two take turns, so that what else the machine does meets both.
    rates[writers] = try await measure(writers: writers, tasks: 256, tenants: 1, rows: rowCount)
    let raw = RawInsert(place: place, conninfo: benchConninfo, tenant: "bench-0")
    let script = try raw.script()
    let rate = try raw.measure(script, clients: writers, seconds: seconds)
    raws[writers] = rate
    add(
        Line(
            name: "pgbench: \(writers) clients, INSERT of 100 rows",
            rows: Int(rate * Double(seconds)),
            rowsPerSecond: Int(rate),
            rowsPerCommit: 100
        )
    )
}
try await measure(writers: 2, tasks: 256, tenants: 20, rows: rowCount)
var ratios: [String: Double] = [:]
for writers in [1, 2] {
    guard let rate = rates[writers], let raw = raws[writers], raw > 0 else { continue }
    let ratio = (rate / raw * 100).rounded() / 100
    ratios["\(writers)"] = ratio
    print("group commit over pgbench, \(writers) connections: \(ratio)")
}

var isClean = true
if verifyCount > 0 {
    try makeDatabase()
    try await measure(writers: 2, tasks: 512, tenants: 4, rows: verifyCount)
    var environment: [String: String] = [:]
    for word in conninfo.split(separator: " ") {
        let parts = word.split(separator: "=", maxSplits: 1)
        guard parts.count == 2, parts[0] == "host" || parts[0] == "port" else { continue }
        environment["PG" + parts[0].uppercased()] = String(parts[1])
    }
    let report = try VerifyRun(
        place: place,
        server: environment,
        database: database,
        identity: identity
    ).run()
    isClean = report.isClean && report.rowCount == verifyCount
    add(
        Line(
            name: "limen audit verify: " + (report.isClean ? "clean" : "NOT CLEAN"),
            rows: report.rowCount,
            rowsPerSecond: Int(Double(report.rowCount) / report.seconds),
            residentKilobytes: report.residentKilobytes
        )
    )
}
if let path = option("--json") {
    struct Table: Encodable {
        let lines: [Line]
        let ratios: [String: Double]
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try encoder.encode(Table(lines: lines, ratios: ratios)).write(to: URL(filePath: path))
}
_ = try Connection.open(server).execute("DROP DATABASE limen_bench WITH (FORCE)")
exit(isClean ? 0 : 1)

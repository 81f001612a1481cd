import Audit
import AuditStore
import Basics
import Crypto
import Foundation
import Ledger
import PostgreSQL
import Synchronization
import Vault

// Trails from small to large: the list of a patient's events, of which a page takes an index and no
// scan, and the audited append that each answer of a gateway waits for. Both must cost about the same
// in all.
//
//     LIMEN_TEST_DATABASE="host=... user=postgres dbname=postgres" AuditListBench [ROWS...]
//         [--appends N] [--json FILE]
//
// 10,000 and 10,000,000 rows and 20,000 appends without further words; the largest trail takes some
// 10 GB. Its rows are made by the server itself, without the signed log: what is measured is reading
// them, and appending beside them. The rows that are appended are sealed, chained and signed.
// `./limen bench rows` starts a PostgreSQL for it and draws what it finds.

/// The value that follows a word of the command line.
func option(_ name: String) -> String? {
    let words = CommandLine.arguments
    guard let place = words.firstIndex(of: name), place + 1 < words.count else { return nil }
    return words[place + 1]
}

guard let conninfo = ProcessInfo.processInfo.environment["LIMEN_TEST_DATABASE"] else {
    FileHandle.standardError.write(
        Data("set LIMEN_TEST_DATABASE to a superuser's connection string\n".utf8)
    )
    exit(2)
}
let words = CommandLine.arguments.dropFirst().prefix { !$0.hasPrefix("--") }
guard words.allSatisfy({ (Int($0) ?? 0) > 0 }) else {
    FileHandle.standardError.write(Data("the rows of a trail are a number above 0\n".utf8))
    exit(2)
}
let sizes = words.isEmpty ? [10_000, 10_000_000] : words.compactMap { Int($0) }
let rowsPerPatient = 100
let appendCount = option("--appends").flatMap { Int($0) } ?? 20_000

let folder = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Migrations")
let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    .filter { $0.hasSuffix(".sql") }
    .map {
        try MigrationFile(name: $0, bytes: [UInt8](Data(contentsOf: folder.appending(path: $0))))
    }
let server = ConnectionSettings(conninfo: conninfo)

/// Has the server make so many rows, on two connections, each half of the time in its order.
@MainActor
func insert(_ rowCount: Int, _ place: ConnectionSettings) throws {
    let fault = Mutex<(any Error)?>(nil)
    let perPatient = rowsPerPatient
    let half = (rowCount + 1) / 2
    DispatchQueue.concurrentPerform(iterations: 2) { number in
        do {
            let connection = try Connection.open(place)
            try connection.runScript("SET synchronous_commit = off; SET work_mem = '64MB'")
            let end = min(rowCount, (number + 1) * half)
            for first in stride(from: number * half, to: end, by: 200_000) {
                var values = Parameters()
                values.add(int64: Int64(first))
                values.add(int64: Int64(min(first + 200_000, end) - 1))
                values.add(int64: Int64(max(1, rowCount / perPatient)))
                values.add(int64: Int64(rowCount))
                _ = try connection.execute(
                    MadeRows.insert,
                    values,
                    timeoutMilliseconds: 600_000
                )
            }
        } catch {
            fault.withLock { $0 = error }
        }
    }
    if let fault = fault.withLock({ $0 }) { throw fault }
}

/// Makes the indexes of all partitions, on two connections that take turns.
@MainActor
func makeIndexes(_ place: ConnectionSettings) throws {
    let found = try Connection.open(place).execute("SELECT statement FROM public.bench_index")
    var statements: [String] = []
    for row in 0..<found.rowCount {
        if let statement = try found.text(row, 0) { statements.append(statement) }
    }
    let waiting = Mutex(statements)
    let fault = Mutex<(any Error)?>(nil)
    DispatchQueue.concurrentPerform(iterations: 2) { _ in
        do {
            let connection = try Connection.open(place)
            try connection.runScript("SET maintenance_work_mem = '512MB'")
            while let statement = waiting.withLock({ $0.popLast() }) {
                try connection.runScript(statement, timeoutMilliseconds: 3_600_000)
            }
        } catch {
            fault.withLock { $0 = error }
        }
    }
    if let fault = fault.withLock({ $0 }) { throw fault }
}

/// How the server makes rows.
enum MadeRows {
    static let insert: StaticString = """
        INSERT INTO audit.event (tenant, started_at, event_id, kind, outcome, status, client,
            service, hook, hook_instance, patient_pseudonym, user_pseudonym, artifacts,
            card_ids, missing_inputs, flags, trace_id)
        SELECT 'bench',
            now() - interval '700 days' * (1 - n::float8 / $4), md5(n::text)::uuid, 'decision',
            CASE WHEN n % 3 = 0 THEN 'cards' ELSE 'no-cards' END, 200, 'ward-' || n % 5,
            (ARRAY['news2', 'qsofa', 'mews'])[1 + n % 3], 'patient-view',
            md5('i' || n)::uuid,
            sha256(int8send(n % $3)), sha256(int8send(-1 - n % 500)),
            '{"profile":{"name":"news2"},"model":{"sha256":"00"}}', '{}', '{}', '{}',
            uuid_send(md5('t' || n)::uuid)
        FROM generate_series($1, $2) n
        """
}

/// Makes a database with so many rows of two years, and gives the login of its auditor.
@MainActor
func fill(_ rowCount: Int) throws -> ConnectionSettings {
    do {
        let administrator = try Connection.open(server)
        _ = try administrator.execute("DROP DATABASE IF EXISTS limen_list_bench WITH (FORCE)")
        _ = try administrator.execute("CREATE DATABASE limen_list_bench")
    }
    let place = server.inDatabase("limen_list_bench")
    try Migrator.open(place, files: files).apply()
    let provisioning = try Provisioning.open(place)
    try provisioning.createTenant("bench", title: "bench")
    try provisioning.createAuditor(login: "auditor_list_bench", tenant: "bench")
    let start = Date()
    let connection = try Connection.open(place)
    // What is measured is reading: rows are put in without triggers, in the order of their time, and
    // the indexes but the keys are made behind them, in one pass each.
    try connection.runScript(
        """
        SET synchronous_commit = off;
        SET maintenance_work_mem = '512MB';
        SET ROLE limen_owner;
        SELECT audit.add_month('event', (date_trunc('month', now() AT TIME ZONE 'UTC')
            - make_interval(months => step))::date) FROM generate_series(2, 24) step;
        RESET ROLE;
        CREATE TABLE public.bench_index AS
            SELECT replace(pg_get_indexdef(i.indexrelid), ' ON ONLY ', ' ON ') AS statement,
                i.indexrelid::regclass::text AS name
            FROM pg_index i WHERE i.indrelid = 'audit.event'::regclass AND NOT i.indisprimary;
        DO $$
        DECLARE
            name text;
        BEGIN
            FOR name IN SELECT b.name FROM public.bench_index b LOOP
                EXECUTE 'DROP INDEX ' || name;
            END LOOP;
            FOR name IN SELECT inhrelid::regclass::text FROM pg_inherits
                WHERE inhparent = 'audit.event'::regclass LOOP
                EXECUTE format('ALTER TABLE %s DISABLE TRIGGER ALL', name);
            END LOOP;
        END $$;
        """,
        timeoutMilliseconds: 600_000
    )
    try insert(rowCount, place)
    let filled = Date()
    try makeIndexes(place)
    try connection.runScript(
        """
        DO $$
        DECLARE
            name text;
        BEGIN
            FOR name IN SELECT inhrelid::regclass::text FROM pg_inherits
                WHERE inhparent = 'audit.event'::regclass LOOP
                EXECUTE format('ALTER TABLE %s ENABLE TRIGGER ALL', name);
            END LOOP;
        END $$;
        DROP TABLE public.bench_index;
        """,
        timeoutMilliseconds: 3_600_000
    )
    // What filling leaves to do is done now, and not by the server beside what is measured.
    for step in ["VACUUM (ANALYZE) audit.event", "CHECKPOINT"] {
        try connection.runScript(step, timeoutMilliseconds: 3_600_000)
    }
    let found = try connection.execute("SELECT count(*) FROM pg_index WHERE NOT indisvalid")
    let invalidCount = try found.integer(0, 0)
    precondition(invalidCount == 0, "every partition has every index")
    print(
        "\(rowCount) rows: made by the server, without the signed log, in "
            + String(format: "%.1f s, ", filled.timeIntervalSince(start))
            + String(format: "their indexes in %.1f s", Date().timeIntervalSince(filled))
    )
    return place.asUser("auditor_list_bench")
}

/// What it costs in a trail of one size.
struct Cost: Encodable {
    var rows: Int
    var listMicroseconds: Double
    var appendMicroseconds: Double
}

/// Lists fifty events of each of many patients, and prints how long a list took; then appends rows
/// through the sink, as a gateway does, and prints what one cost.
@MainActor
func measure(_ rowCount: Int) async throws -> Cost {
    let query = try AuditQuery.open(try fill(rowCount))
    var times: [Double] = []
    let patients = max(1, rowCount / rowsPerPatient)
    for round in 0..<400 {
        let number = UInt64(round &* 7_919 % patients)
        let bytes = stride(from: 56, through: 0, by: -8).map {
            UInt8(truncatingIfNeeded: number >> UInt64($0))
        }
        var filter = AuditFilter()
        filter.tenant = "bench"
        filter.patientPseudonyms = [Digest.sha256(bytes)]
        let start = Date()
        let page = try query.list(filter)
        // The first ones fill the caches of the connection.
        if round >= 50 { times.append(Date().timeIntervalSince(start) * 1_000) }
        precondition(!page.events.isEmpty, "a patient has events")
    }
    times.sort()
    let median = times[times.count / 2]
    print(
        "\(rowCount) rows: list of a patient, 50 a page:",
        String(format: "p50 %.2f ms, p99 %.2f ms", median, times[times.count * 99 / 100])
    )
    let append = try await measureAppends(rowCount)
    return Cost(rows: rowCount, listMicroseconds: median * 1_000, appendMicroseconds: append)
}

/// The median time of an append in microseconds, in the trail that is there.
@MainActor
func measureAppends(_ rowCount: Int) async throws -> Double {
    guard let signer = NoteSigner.generate(name: "bench") else { exit(2) }
    let sink = try PostgreSQLAuditSink.open(
        server.inDatabase("limen_list_bench").asUser("limen_writer"),
        sealer: RecordSealer(KeyRing([.generate(tenant: "bench", name: "bench")])),
        migrations: files,
        identity: LogIdentity(
            signer: signer,
            program: "bench",
            place: [UInt8](repeating: 0, count: 32)
        ),
        writerCount: 1
    )
    defer { sink.close() }
    var report: AuditBench.Report?
    // The first run fills the caches of the server.
    for count in [appendCount / 4 + 1, appendCount] {
        report = try await AuditBench.run(sink, rowCount: count, taskCount: 64) { number in
            AuditBench.sampleRecord(
                tenant: "bench",
                startedAt: Instant(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000)),
                number: number
            )
        }
    }
    guard let report else { return 0 }
    print(
        "\(rowCount) rows: audited append of a gateway, \(report.rowCount) of them, 64 at once:",
        "\(Int(report.rowsPerSecond)) rows/s, p50 \(report.medianMicroseconds) us, "
            + "p99 \(report.p99Microseconds) us"
    )
    return Double(report.medianMicroseconds)
}

var costs: [Cost] = []
for size in sizes { costs.append(try await measure(size)) }
if let small = costs.first, let large = costs.last {
    let list = large.listMicroseconds / max(small.listMicroseconds, 0.001)
    let append = large.appendMicroseconds / max(small.appendMicroseconds, 0.001)
    print(String(format: "list of a patient, last over first: %.2f", list))
    print(String(format: "audited append, last over first: %.2f", append))
}
if let path = option("--json") {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try encoder.encode(costs).write(to: URL(filePath: path))
}
_ = try Connection.open(server).execute("DROP DATABASE limen_list_bench WITH (FORCE)")

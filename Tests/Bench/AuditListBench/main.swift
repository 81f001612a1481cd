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
let turnCount = 5

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

/// The name of the database with so many rows.
func databaseName(_ rowCount: Int) -> String { "limen_list_bench_\(rowCount)" }

/// Drops the database with so many rows, when there is one.
@MainActor
func drop(_ rowCount: Int) throws {
    try Connection.open(server).runScript(
        "DROP DATABASE IF EXISTS \(databaseName(rowCount)) WITH (FORCE)"
    )
}

/// Makes a database with so many rows of two years.
@MainActor
func fill(_ rowCount: Int) throws {
    try drop(rowCount)
    try Connection.open(server).runScript("CREATE DATABASE \(databaseName(rowCount))")
    let place = server.inDatabase(databaseName(rowCount))
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
}

/// What it costs in a trail of one size.
struct Cost: Encodable {
    var rows: Int
    var listMicroseconds: Double
    var appendMicroseconds: Double
}

/// A trail of one size, and what was measured in it so far.
@MainActor
final class Trail {
    let rowCount: Int
    private let query: AuditQuery
    private let sink: PostgreSQLAuditSink
    private var listMilliseconds: [Double] = []
    private var reports: [AuditBench.Report] = []
    private var listed = 0

    init(_ rowCount: Int) throws {
        self.rowCount = rowCount
        let place = server.inDatabase(databaseName(rowCount))
        query = try AuditQuery.open(place.asUser("auditor_list_bench"))
        guard let signer = NoteSigner.generate(name: "bench") else { exit(2) }
        sink = try PostgreSQLAuditSink.open(
            place.asUser("limen_writer"),
            sealer: RecordSealer(KeyRing([.generate(tenant: "bench", name: "bench")])),
            migrations: files,
            identity: LogIdentity(
                signer: signer,
                program: "bench",
                place: [UInt8](repeating: 0, count: 32)
            ),
            writerCount: 1
        )
    }

    /// Lists fifty events of so many patients.
    func list(_ count: Int, isCounted: Bool) throws {
        let patients = max(1, rowCount / rowsPerPatient)
        for _ in 0..<count {
            listed += 1
            let number = UInt64(listed &* 7_919 % patients)
            let bytes = stride(from: 56, through: 0, by: -8).map {
                UInt8(truncatingIfNeeded: number >> UInt64($0))
            }
            var filter = AuditFilter()
            filter.tenant = "bench"
            filter.patientPseudonyms = [Digest.sha256(bytes)]
            let start = Date()
            let page = try query.list(filter)
            if isCounted { listMilliseconds.append(Date().timeIntervalSince(start) * 1_000) }
            precondition(!page.events.isEmpty, "a patient has events")
        }
    }

    /// Appends so many rows through the sink, as a gateway does.
    func append(_ count: Int, isCounted: Bool) async throws {
        let report = try await AuditBench.run(sink, rowCount: count, taskCount: 64) { number in
            AuditBench.sampleRecord(
                tenant: "bench",
                startedAt: Instant(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000)),
                number: number
            )
        }
        if isCounted { reports.append(report) }
    }

    /// Prints what was measured: of the appends, the median of the turns.
    func cost() -> Cost {
        let times = listMilliseconds.sorted()
        let median = times[times.count / 2]
        print(
            "\(rowCount) rows: list of a patient, 50 a page:",
            String(format: "p50 %.2f ms, p99 %.2f ms", median, times[times.count * 99 / 100])
        )
        func middle(_ value: (AuditBench.Report) -> Double) -> Int {
            let values = reports.map(value).sorted()
            return Int(values[values.count / 2])
        }
        let append = middle { Double($0.medianMicroseconds) }
        print(
            "\(rowCount) rows: audited append of a gateway, 64 at once, the middle one of",
            "\(reports.count) turns: \(middle { $0.rowsPerSecond }) rows/s, p50 \(append) us,",
            "p99 \(middle { Double($0.p99Microseconds) }) us"
        )
        return Cost(
            rows: rowCount,
            listMicroseconds: median * 1_000,
            appendMicroseconds: Double(append)
        )
    }

    func close() { sink.close() }
}

/// Measures all sizes in turns, so that what the machine and its server do meanwhile meets them all.
@MainActor
func measure() async throws -> [Cost] {
    for size in sizes { try fill(size) }
    let trails = try sizes.map { try Trail($0) }
    for turn in 0...turnCount {
        // The first turn fills the caches of the connections.
        let isCounted = turn > 0
        for trail in trails {
            try trail.list(isCounted ? 80 : 50, isCounted: isCounted)
            // What another trail has driven out of the server's memory comes back first.
            try await trail.append(appendCount / turnCount / 4 + 1, isCounted: false)
            try await trail.append(appendCount / turnCount + 1, isCounted: isCounted)
        }
    }
    let costs = trails.map { $0.cost() }
    for trail in trails { trail.close() }
    return costs
}

let costs = try await measure()
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
for size in sizes { try drop(size) }

import Audit
import AuditStore
import Basics
import Crypto
import Foundation
import PostgreSQL

// The list of a patient's events in a small trail beside a large one: a page takes an index and no
// scan, so both must cost about the same.
//
//     LIMEN_TEST_DATABASE="host=... user=postgres dbname=postgres" AuditListBench [SMALL] [LARGE]
//
// 10,000 and 10,000,000 rows without further words; the large trail takes some 6 GB and a while.

guard let conninfo = ProcessInfo.processInfo.environment["LIMEN_TEST_DATABASE"] else {
    FileHandle.standardError.write(
        Data("set LIMEN_TEST_DATABASE to a superuser's connection string\n".utf8)
    )
    exit(2)
}
let words = CommandLine.arguments.dropFirst().compactMap { Int($0) }
let sizes = [words.first ?? 10_000, words.dropFirst().first ?? 10_000_000]
let rowsPerPatient = 100

let folder = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Migrations")
let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    .filter { $0.hasSuffix(".sql") }
    .map {
        try MigrationFile(name: $0, bytes: [UInt8](Data(contentsOf: folder.appending(path: $0))))
    }
let server = ConnectionSettings(conninfo: conninfo)

/// Makes a database with so many rows of two years, and gives the login of its auditor.
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
    let connection = try Connection.open(place)
    try connection.runScript(
        """
        SET synchronous_commit = off;
        SET ROLE limen_owner;
        SELECT audit.add_month('event', (date_trunc('month', now() AT TIME ZONE 'UTC')
            - make_interval(months => step))::date) FROM generate_series(2, 24) step;
        RESET ROLE;
        """
    )
    let start = Date()
    var done = 0
    while done < rowCount {
        let part = min(100_000, rowCount - done)
        var values = Parameters()
        values.add(int64: Int64(done))
        values.add(int64: Int64(done + part - 1))
        values.add(int64: Int64(max(1, rowCount / rowsPerPatient)))
        _ = try connection.execute(
            """
            INSERT INTO audit.event (tenant, started_at, event_id, kind, outcome, status, client,
                service, hook, hook_instance, patient_pseudonym, user_pseudonym, artifacts,
                card_ids, missing_inputs, flags, trace_id)
            SELECT 'bench',
                now() - interval '700 days' * random(), gen_random_uuid(), 'decision',
                CASE WHEN n % 3 = 0 THEN 'cards' ELSE 'no-cards' END, 200, 'ward-' || n % 5,
                (ARRAY['news2', 'qsofa', 'mews'])[1 + n % 3], 'patient-view', gen_random_uuid(),
                sha256(int8send(n % $3)), sha256(int8send(-1 - n % 500)),
                '{"profile":{"name":"news2"},"model":{"sha256":"00"}}', '{}', '{}', '{}',
                uuid_send(gen_random_uuid())
            FROM generate_series($1, $2) n
            """,
            values,
            timeoutMilliseconds: 600_000
        )
        done += part
    }
    try connection.runScript("ANALYZE audit.event", timeoutMilliseconds: 3_600_000)
    let seconds = Date().timeIntervalSince(start)
    print("filled \(rowCount) rows in \(Int(seconds)) s")
    return place.asUser("auditor_list_bench")
}

/// Lists fifty events of each of many patients, and prints how long a list took.
func measure(_ rowCount: Int) throws -> Double {
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
    return median
}

let small = try measure(sizes[0])
let large = try measure(sizes[1])
print(String(format: "large over small: %.2f", large / small))
_ = try Connection.open(server).execute("DROP DATABASE limen_list_bench WITH (FORCE)")

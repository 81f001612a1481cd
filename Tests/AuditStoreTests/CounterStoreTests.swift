import AuditStore
import Basics
import Monitoring
import PostgreSQL
import Testing

/// Counters in PostgreSQL: added once, read by whom they concern, and put together.
@Suite(
    "Counters of models",
    .enabled(if: TestDatabase.isPresent, "\(TestDatabase.absence)"),
    .serialized
)
struct CounterStoreTests {
    private static let today = 20_577
    private static let series = CounterSeries(
        name: SeriesName(.input, "pulse"),
        bins: .numbers(bins([64.1, 86.30000000000001])),
        range: 50...120.5
    )

    private static func bins(_ edges: [Double]) -> ReferenceBins {
        guard let bins = ReferenceBins(edges: edges) else { preconditionFailure("they ascend") }
        return bins
    }

    private static func counted(
        _ tenant: String,
        day: Int = today,
        arm: String = "live",
        series: CounterSeries = series,
        bins: [Int] = [3, 4, 0],
        notes: [CounterNote: Int] = [.missing: 2, .imputed: 1, .above: 1]
    ) throws -> CountedSeries {
        CountedSeries(
            tenant: tenant,
            day: day,
            profile: "news2",
            version: "1.0.0",
            sha256: String(repeating: "ab", count: 32),
            arm: arm,
            series: series,
            histogram: try #require(InputHistogram(bins: bins, notes: notes))
        )
    }

    private static func batch(_ items: [CountedSeries], _ id: UInt64 = 1) -> CounterBatch {
        CounterBatch(id: UUIDBytes(high: id, low: id), items: items)
    }

    private static func read(
        _ database: TestDatabase,
        as login: String,
        tenant: String,
        days: ClosedRange<Int> = today...today
    ) throws -> [CountedSeries] {
        try CounterQuery.open(database.login(login)).counted(
            .init(
                tenant: tenant,
                profile: "news2",
                from: CivilDate(daysSinceEpoch: days.lowerBound),
                to: CivilDate(daysSinceEpoch: days.upperBound)
            )
        )
    }

    @Test("add up over batches, and a batch that is sent again counts once")
    func adding() throws {
        let database = try TestDatabase()
        let store = PostgreSQLCounterStore(database.login("limen_writer"))
        let one = try Self.counted("anna")
        try store.add(Self.batch([one], 1))
        try store.add(Self.batch([one], 1))
        try store.add(Self.batch([try Self.counted("anna", bins: [0, 1, 5], notes: [:])], 2))
        let found = try Self.read(database, as: "monitor_anna", tenant: "anna")
        #expect(found.count == 1)
        let expected = try Self.counted("anna", bins: [3, 5, 5])
        #expect(found == [expected])
        #expect(try Self.read(database, as: "auditor_anna", tenant: "anna") == found)
    }

    @Test("keep texts, arms, days and bins apart, to the last digit of an edge")
    func keys() throws {
        let database = try TestDatabase()
        let store = PostgreSQLCounterStore(database.login("limen_writer"))
        let texts = CounterSeries(
            name: SeriesName(.category),
            bins: .categories([#"a "quoted", {braced}"#, "ä\\b", ""])
        )
        let items = [
            try Self.counted("anna"),
            try Self.counted("anna", day: Self.today - 1),
            try Self.counted("anna", arm: "canary"),
            try Self.counted("anna", series: texts, bins: [1, 2, 3, 4], notes: [:]),
        ]
        try store.add(Self.batch(items))
        let found = try Self.read(
            database,
            as: "monitor_anna",
            tenant: "anna",
            days: Self.today - 9...Self.today
        )
        #expect(found.count == 4)
        for item in items { #expect(found.contains(item)) }
    }

    @Test("are seen by the monitors and auditors of their tenant and by nobody else")
    func isolation() throws {
        let database = try TestDatabase()
        let store = PostgreSQLCounterStore(database.login("limen_writer"))
        try store.add(Self.batch([try Self.counted("anna"), try Self.counted("berta")]))
        for (login, tenant) in [
            ("monitor_anna", "berta"), ("auditor_anna", "berta"), ("monitor_berta", "anna"),
        ] {
            #expect(try Self.read(database, as: login, tenant: tenant).isEmpty)
        }
        #expect(try Self.read(database, as: "monitor_berta", tenant: "berta").count == 1)
        #expect(try database.count("SELECT count(*) FROM audit.model_count") == 2)
    }

    /// What must not work, by login.
    static let attacks: [(String, String)] = [
        ("limen_writer", "SELECT count(*) FROM audit.model_count"),
        ("limen_writer", "SELECT count(*) FROM audit.model_counter"),
        ("limen_writer", "UPDATE audit.model_count SET counts = '{0}'"),
        ("limen_writer", "DELETE FROM audit.model_count"),
        ("limen_writer", "TRUNCATE audit.model_count"),
        ("limen_writer", "SELECT audit.roll_up_model_counts()"),
        (
            "limen_writer",
            "BEGIN; SELECT set_config('limen.tenant', 'anna', true); INSERT INTO "
                + "audit.model_count (tenant, day, flush_id, item, profile, version, sha256, kind, "
                + "name, edges, cells, counts) VALUES ('berta', now(), gen_random_uuid(), 0, 'p', "
                + "'', sha256(''), 'input', 'x', '{}', '{}', '{}')"
        ),
        (
            "limen_writer",
            "BEGIN; SELECT set_config('limen.tenant', 'anna', true); INSERT INTO "
                + "audit.model_count (tenant, day, flush_id, item, profile, version, sha256, kind, "
                + "name, edges, cells, counts, is_rolled_up) VALUES ('anna', now(), "
                + "gen_random_uuid(), 0, 'p', '', sha256(''), 'input', 'x', '{}', '{}', '{}', true)"
        ),
        ("monitor_anna", "SELECT count(*) FROM audit.event"),
        ("monitor_anna", "SELECT count(*) FROM audit.decision"),
        ("monitor_anna", "SELECT count(*) FROM audit.card"),
        ("monitor_anna", "SELECT count(*) FROM audit.tenant"),
        ("monitor_anna", "DELETE FROM audit.model_count"),
        ("monitor_anna", "UPDATE audit.model_count SET counts = '{0}'"),
        ("monitor_anna", "INSERT INTO audit.auditor_tenant VALUES ('monitor_anna', 'berta')"),
        ("monitor_anna", "SELECT audit.roll_up_model_counts()"),
        ("monitor_anna", "SELECT * FROM audit.health()"),
        ("monitor_anna", "SET ROLE limen_auditor"),
        ("monitor_anna", "SET ROLE limen_owner"),
        ("auditor_anna", "DELETE FROM audit.model_count"),
        ("auditor_anna", "SELECT audit.roll_up_model_counts()"),
    ]

    @Test("cannot be read, changed or moved by who may not", arguments: 0..<attacks.count)
    func denied(_ position: Int) throws {
        let (login, statement) = Self.attacks[position]
        let database = try TestDatabase()
        let error = #expect(throws: PostgreSQLError.self, "\(login): \(statement)") {
            try database.script(statement, as: login)
        }
        #expect(error?.sqlState == "42501", "\(login): \(statement)")
    }

    @Test("are rolled up when their day is long over, with the same sums, and only once")
    func rollUp() throws {
        let database = try TestDatabase()
        let store = PostgreSQLCounterStore(database.login("limen_writer"))
        let yesterday =
            try database.count("SELECT (now() AT TIME ZONE 'UTC')::date - '1970-01-01'::date - 1")
        let old = yesterday - 5
        for flush in 1...20 {
            try store.add(
                Self.batch(
                    [
                        try Self.counted("anna", day: old), try Self.counted("berta", day: old),
                        try Self.counted("anna", day: yesterday),
                    ],
                    UInt64(flush)
                )
            )
        }
        func found() throws -> [CountedSeries] {
            try Self.read(
                database,
                as: "monitor_anna",
                tenant: "anna",
                days: old...yesterday
            ).sorted { $0.day < $1.day }
        }
        let before = try found()
        #expect(before.count == 2)
        #expect(before[0].histogram.count == 20 * 9)
        let maintenance = database.login("limen_maintenance")
        #expect(try Maintenance.rollUpCounters(maintenance) == 2 * 19)
        #expect(try found() == before)
        #expect(try database.count("SELECT count(*) FROM audit.model_count") == 2 + 20)
        #expect(try Maintenance.rollUpCounters(database.login("limen_retention")) == 0)
        #expect(try found() == before)
        // Counts of that day that come late are put in with the others the next time.
        try store.add(Self.batch([try Self.counted("anna", day: old)], 99))
        #expect(try Maintenance.rollUpCounters(maintenance) == 1)
        #expect(try found()[0].histogram.count == 21 * 9)
    }

    @Test("that the server refuses are told apart from a server that is away")
    func faults() throws {
        let database = try TestDatabase()
        let writer = PostgreSQLCounterStore(database.login("limen_writer"))
        let wrong = try Self.counted("anna", arm: "elsewhere")
        let refused = #expect(throws: CounterStoreError.self) {
            try writer.add(Self.batch([try Self.counted("berta"), wrong]))
        }
        #expect(refused?.isRefused == true)
        // Wholly or not at all.
        #expect(try database.count("SELECT count(*) FROM audit.model_count") == 0)
        let nobody = ConnectionSettings(conninfo: "host=/nowhere/at/all dbname=none")
        let away = #expect(throws: CounterStoreError.self) {
            try PostgreSQLCounterStore(nobody).add(Self.batch([try Self.counted("anna")]))
        }
        #expect(away?.isRefused == false)
    }
}

import Basics
import Crypto
import Foundation
import PostgreSQL
import Testing

@testable import AuditStore

/// Months that are past six years, and the policies of the tenants whose rows lie in them.
@Suite("Retention by policy", .enabled(if: TestDatabase.isPresent, "\(TestDatabase.absence)"))
struct RetentionPolicyTests {
    private static let month = "2015-03-01"

    /// A month of 2015 with two rows of anna, one of berta, and none of the tenant system.
    private static func old() throws -> TestDatabase {
        let database = try TestDatabase()
        try database.script(
            """
            SET ROLE limen_owner;
            SELECT audit.add_month('event', '2015-03-01'), audit.add_month('card', '2015-03-01'),
                audit.add_month('feedback', '2015-03-01');
            RESET ROLE;
            INSERT INTO audit.event (tenant, started_at, event_id, kind, outcome, status, card_ids,
                missing_inputs, flags)
            SELECT t, '2015-03-05', gen_random_uuid(), 'decision', 'no-cards', 200, '{}', '{}', '{}'
            FROM unnest(ARRAY['anna', 'anna', 'berta']) t;
            INSERT INTO audit.card (tenant, card_id, started_at, event_id)
            SELECT tenant, gen_random_uuid(), started_at, event_id FROM audit.event
            WHERE tenant = 'berta';
            """
        )
        return database
    }

    private static func policy(_ months: Int) throws -> ErasurePolicy {
        let text = """
            {"format":"limen-erasure-policy/1","title":"t","keepMonths":\(months),"ground":"g"}
            """
        return try #require(ErasurePolicy(reading: Array(text.utf8)))
    }

    private static func keep(
        _ months: Int,
        _ tenant: String,
        _ store: borrowing KeyStore
    ) throws {
        try store.setPolicy(tenant: tenant, policy: try policy(months), eventID: .version4())
    }

    private static func dropped(_ database: TestDatabase) throws -> [String] {
        try database.column(
            """
            SELECT concat_ws(' ', tenant, client, caused_by, details->>'month',
                details->>'events', details->>'cards', details->>'feedback', details->>'keys',
                details->>'keepMonths', details->>'reason')
            FROM audit.event WHERE kind = 'retention' ORDER BY tenant
            """
        )
    }

    @Test(
        "A month stays while one tenant with rows in it keeps longer, and each tenant hears its end"
    )
    func kept() throws {
        let database = try Self.old()
        let store = try KeyStore.open(database.login("limen_retention"))
        try Self.keep(1_200, "berta", store)
        let event = UUIDBytes.version4()
        let keepers = try store.keepers(ofMonth: Self.month)
        #expect(
            keepers == [MonthKeeper(tenant: "berta", keepMonths: 1_200, freeOn: "2115-04-01")]
        )
        #expect {
            try store.dropMonth(Self.month, eventID: event, reason: "due")
        } throws: {
            ($0 as? AuditStoreError)?.code == .keptByPolicy
        }
        #expect(throws: PostgreSQLError(code: .statementFailed, sqlState: "LV002")) {
            try database.script(
                "CALL audit.drop_months_before('2016-01-01')",
                as: "limen_retention"
            )
        }
        #expect(try database.count("SELECT count(*) FROM audit.event") == 3)
        #expect(try database.count("SELECT count(*) FROM audit.dropped_month") == 0)
        // The newest policy is the one in force.
        try Self.keep(80, "berta", store)
        #expect(try store.keepers(ofMonth: Self.month) == [])
        try store.dropMonth(Self.month, eventID: event, reason: "due")
        #expect(
            try Self.dropped(database) == [
                "anna limen_retention \(event.text) 2015-03 2 0 0 0 72 due",
                "berta limen_retention \(event.text) 2015-03 1 1 0 0 80 due",
            ]
        )
        #expect(try database.count("SELECT count(*) FROM audit.dropped_month") == 3)
    }

    @Test("The policy of a tenant without rows in the month keeps nothing")
    func elsewhere() throws {
        let database = try Self.old()
        let store = try KeyStore.open(database.login("limen_retention"))
        try Self.keep(1_200, "system", store)
        #expect(try store.keepers(ofMonth: Self.month) == [])
        try database.script("CALL audit.drop_months_before('2016-01-01')", as: "limen_retention")
        #expect(
            try Self.dropped(database) == [
                "anna limen_retention 2015-03 2 0 0 0 72 past its retention",
                "berta limen_retention 2015-03 1 1 0 0 72 past its retention",
            ]
        )
    }

    @Test("A month is kept to the day, and a policy below the law changes nothing")
    func boundary() throws {
        let database = try Self.old()
        let store = try KeyStore.open(database.login("limen_retention"))
        // So many whole months, the month itself counted, have passed since it began.
        let passed = try database.count(
            """
            SELECT (extract(year FROM age) * 12 + extract(month FROM age))::bigint
            FROM (SELECT age((now() AT TIME ZONE 'UTC')::date, date '2015-03-01') AS age) a
            """
        )
        try Self.keep(passed, "anna", store)
        #expect(try store.keepers(ofMonth: Self.month).map(\.tenant) == ["anna"])
        try Self.keep(passed - 1, "anna", store)
        #expect(try store.keepers(ofMonth: Self.month) == [])
        try Self.keep(0, "anna", store)
        #expect(try store.keepers(ofMonth: Self.month) == [])
        let young = try database.column(
            "SELECT (date_trunc('month', now()) - interval '5 years')::date::text"
        )
        for text in young {
            #expect(throws: AuditStoreError.self) { _ = try store.keepers(ofMonth: text) }
            #expect(throws: AuditStoreError.self) {
                try store.dropMonth(text, eventID: .version4(), reason: "due")
            }
        }
    }

    @Test("A hold wins over a policy that would let the month go, and both over the order")
    func held() throws {
        let database = try Self.old()
        let store = try KeyStore.open(database.login("limen_retention"))
        let eraser = try KeyStore.open(database.login("eraser_anna"))
        try Self.keep(0, "anna", store)
        let hold = UUIDBytes.version4()
        try eraser.setHold(
            tenant: "anna",
            holdID: hold,
            subjects: [],
            reason: "case 5",
            eventID: .version4()
        )
        for months in [0, 1_200] {
            try Self.keep(months, "berta", store)
            #expect {
                try store.dropMonth(Self.month, eventID: .version4(), reason: "due")
            } throws: {
                ($0 as? AuditStoreError)?.code == .legalHold
            }
        }
        _ = try eraser.liftHold(
            tenant: "anna",
            holdID: hold,
            reason: "closed",
            eventID: .version4()
        )
        #expect {
            try store.dropMonth(Self.month, eventID: .version4(), reason: "due")
        } throws: {
            ($0 as? AuditStoreError)?.code == .keptByPolicy
        }
        #expect(try Self.dropped(database) == [])
        #expect(try database.count("SELECT count(*) FROM audit.event") == 3)
    }

    @Test("A transaction that sees the past does not drop past a hold or a policy of now")
    func snapshots() throws {
        let database = try Self.old()
        let store = try KeyStore.open(database.login("limen_retention"))
        let session = try Connection.open(database.login("limen_retention"))
        _ = try session.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        _ = try session.execute("SELECT audit.months_before('2016-01-01')")
        try Self.keep(1_200, "anna", store)
        #expect(throws: PostgreSQLError(code: .statementFailed, sqlState: "25001")) {
            _ = try session.execute("SELECT audit.drop_month('2015-03-01', NULL, 'due')")
        }
        #expect(try database.count("SELECT count(*) FROM audit.event") == 3)
    }

    @Test("Keys without a row keep a month too: the row may lie where no month was made")
    func keys() throws {
        let database = try Self.old()
        let store = try KeyStore.open(database.login("limen_retention"))
        try database.script(
            """
            ALTER TABLE audit.data_key DISABLE TRIGGER ALL;
            INSERT INTO audit.data_key (tenant, key_id, subject, month, wrapping_key, wrapped,
                created_at)
            VALUES ('system', gen_random_uuid(), sha256('p'), '2015-03-01', 'k1',
                decode(repeat('00', 60), 'hex'), '2015-03-05');
            ALTER TABLE audit.data_key ENABLE TRIGGER ALL;
            """
        )
        try Self.keep(1_200, "system", store)
        #expect(try store.keepers(ofMonth: Self.month).map(\.tenant) == ["system"])
        #expect(throws: AuditStoreError.self) {
            try store.dropMonth(Self.month, eventID: .version4(), reason: "due")
        }
    }

    @Test(
        "Nobody but the retention asks whose policy keeps what",
        arguments: [
            "limen_writer", "auditor_anna", "eraser_anna", "limen_health", "limen_maintenance",
        ]
    )
    func rights(login: String) throws {
        let database = try Self.old()
        for statement in [
            "SELECT * FROM audit.month_keepers('2015-03-01')",
            "SELECT * FROM audit.month_tenants('2015-03-01')",
            "SELECT audit.reader_roles('auditor_anna')",
        ] {
            #expect(throws: PostgreSQLError(code: .statementFailed, sqlState: "42501")) {
                try database.script(statement, as: login)
            }
        }
    }
}

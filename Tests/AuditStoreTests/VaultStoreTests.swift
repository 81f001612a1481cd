import Audit
import AuditStore
import Basics
import Crypto
import PostgreSQL
import Testing
import Vault

/// Sealed rows in the database: what lies there, who opens it, what destroys it and what forbids it.
@Suite("Sealed rows", .enabled(if: TestDatabase.isPresent, "\(TestDatabase.absence)"))
struct VaultStoreTests {
    @Test("What is stored names nobody; who has the keys reads it whole, who has none is told")
    func sealedAndOpened() async throws {
        let scene = try VaultScene()
        defer { scene.sink.close() }
        let record = scene.decision()
        try await scene.sink.append(record)
        var feedback = Records.feedback(on: record.cardIDs)
        feedback.feedback[0].userComment = "Ngozi is allergic"
        feedback.feedback[1].userComment = nil
        try await scene.sink.append(feedback)
        #expect(try scene.textCount() == 0)
        #expect(
            try scene.database.count(
                """
                SELECT count(*) FROM audit.event WHERE inputs IS NOT NULL OR result IS NOT NULL
                    OR cards IS NOT NULL OR rejections IS NOT NULL
                """
            ) == 0
        )
        let opened = try #require(try scene.query().show(record.eventID))
        #expect(opened.sealing == .opened)
        #expect(opened.record.patientReference == record.patientReference)
        #expect(opened.record.cards == record.cards)
        #expect(opened.answers.map(\.feedback.userComment) == ["Ngozi is allergic", nil])
        let closed = try #require(try scene.query(hasKeys: false).show(record.eventID))
        #expect(closed.sealing == .sealed)
        #expect(closed.record.patientReference == nil)
        #expect(closed.record.inputs == nil)
        #expect(closed.answers.map(\.sealing) == [.sealed, .plain])
        let told = try #require(try scene.query().show(feedback.eventID))
        #expect(told.record.feedback.first?.userComment == "Ngozi is allergic")
        let report = try scene.query().feedbackReport(
            tenant: "anna",
            by: .service,
            from: nil,
            until: nil
        )
        #expect(report.groups.first?.overridden.first?.count == 2)
    }

    @Test("The key lies in the transaction of its first row, once, and rows share it")
    func oneKey() async throws {
        let scene = try VaultScene()
        defer { scene.sink.close() }
        for _ in 0..<20 { try await scene.sink.append(scene.decision()) }
        try await scene.sink.append(scene.decision("berta"))
        let keys = try scene.database.count("SELECT count(*) FROM audit.data_key")
        #expect((2...21).contains(keys), "one for each tenant and minute")
        #expect(
            try scene.database.count(
                """
                SELECT count(*) FROM audit.event e
                JOIN audit.data_key k ON k.tenant = e.tenant AND k.key_id = e.key_id
                    AND k.subject = e.patient_pseudonym
                """
            ) == 21
        )
    }

    @Test("A row of a tenant without keys is refused, and nothing of it is stored")
    func noKeys() async throws {
        let database = try TestDatabase()
        let sink = try PostgreSQLAuditSink.open(
            database.login("limen_writer"),
            migrations: TestDatabase.migrations,
            identity: TestDatabase.identity,
            timing: .patient
        )
        defer { sink.close() }
        await #expect(throws: AuditError(code: .refused)) {
            try await sink.append(Records.full())
        }
        try await sink.append(Records.small())
        #expect(try database.count("SELECT count(*) FROM audit.event") == 1)
    }

    @Test("A row of version 1, in plain, is still read")
    func versionOne() async throws {
        let scene = try VaultScene()
        defer { scene.sink.close() }
        let id = UUIDBytes.version7(at: Records.now)
        try scene.database.script(
            """
            INSERT INTO audit.event (tenant, started_at, event_id, kind, outcome, status, inputs,
                cards, card_ids, missing_inputs, flags, schema_version)
            VALUES ('anna', now(), '\(id.text)', 'decision', 'cards', 200, '[1]', '[2]', '{}',
                '{}', '{}', 1)
            """
        )
        let stored = try #require(try scene.query().show(id))
        #expect(stored.sealing == .plain)
        #expect(stored.record.inputs == Array("[1]".utf8))
        #expect(stored.record.cards == Array("[2]".utf8))
    }

    @Test("A part that a superuser moved to another row is found")
    func moved() async throws {
        let scene = try VaultScene()
        defer { scene.sink.close() }
        let first = scene.decision()
        let second = scene.decision()
        try await scene.sink.append(first)
        try await scene.sink.append(second)
        try scene.database.script(
            """
            ALTER TABLE audit.event DISABLE TRIGGER ALL;
            UPDATE audit.event SET sealed_inputs = (SELECT sealed_inputs FROM audit.event
                WHERE event_id = '\(first.eventID.text)')
            WHERE event_id = '\(second.eventID.text)';
            """
        )
        #expect(try scene.query().show(first.eventID)?.sealing == .opened)
        let stored = try #require(try scene.query().show(second.eventID))
        #expect(stored.sealing == .unreadable)
        #expect(stored.record.inputs == nil)
    }

    @Test("Rotation rewraps every key; the old wrapping opens nothing once its key is gone")
    func rewraps() async throws {
        let scene = try VaultScene()
        defer { scene.sink.close() }
        let record = scene.decision()
        try await scene.sink.append(record)
        var keys = try #require(scene.ring.keys(of: "anna"))
        try keys.rotateWrapping(name: "k2")
        scene.ring.replace(by: [keys])
        let store = try KeyStore.open(scene.database.login("rewrapper_anna"))
        let stored = try store.keysToRewrap(tenant: "anna", current: "k2")
        #expect(stored.count == 1)
        let opener = RecordOpener(scene.ring)
        guard let old = stored.first?.key, case .open(let key) = opener.open(old) else {
            Issue.record("the key does not open")
            return
        }
        let renewed = key.rewrapped(under: keys.currentWrapping)
        #expect(try store.rewrap(tenant: "anna", [(old, renewed)]) == 1)
        #expect(try store.rewrap(tenant: "anna", [(old, renewed)]) == 0, "compared and set")
        #expect(try store.keysToRewrap(tenant: "anna", current: "k2").isEmpty)
        let isRemoved = keys.removeWrapping(name: "k1")
        #expect(isRemoved)
        scene.ring.replace(by: [keys])
        #expect(try scene.query().show(record.eventID)?.sealing == .opened)
        let earlier = try scene.database.column(
            "SELECT earlier_wrapping_keys::text FROM audit.data_key"
        )
        #expect(earlier == ["{k1}"])
    }

    @Test("Each login does its own deed for its own tenant, and no other")
    func fences() async throws {
        let scene = try VaultScene()
        defer { scene.sink.close() }
        try await scene.sink.append(scene.decision(monthsAgo: 80))
        let denied = PostgreSQLError(code: .statementFailed, sqlState: "42501")
        let statements = [
            ("eraser_berta", "SELECT * FROM audit.erasure_plan('anna', '{}')"),
            (
                "eraser_berta",
                "SELECT audit.erase_keys('anna', '{}', gen_random_uuid(), 'x', true)"
            ),
            (
                "eraser_berta",
                "SELECT audit.set_hold('anna', gen_random_uuid(), '{}', 'x', gen_random_uuid())"
            ),
            (
                "rewrapper_berta",
                "SELECT * FROM audit.keys_to_rewrap('anna', 'k', gen_random_uuid(), 1)"
            ),
            (
                "eraser_anna",
                "SELECT * FROM audit.keys_to_rewrap('anna', 'k', gen_random_uuid(), 1)"
            ),
            ("eraser_anna", "SELECT * FROM audit.data_key"),
            ("eraser_anna", "SELECT * FROM audit.event"),
            ("eraser_anna", "DELETE FROM audit.data_key"),
            ("rewrapper_anna", "SELECT * FROM audit.erasure_plan('anna', '{}')"),
            ("rewrapper_anna", "SELECT * FROM audit.event"),
            ("auditor_anna", "DELETE FROM audit.data_key"),
            ("auditor_anna", "UPDATE audit.data_key SET wrapping_key = 'x'"),
            ("auditor_anna", "SELECT * FROM audit.erased_subject"),
            ("limen_writer", "SELECT * FROM audit.data_key"),
            ("limen_writer", "DELETE FROM audit.data_key"),
            ("limen_retention", "SELECT * FROM audit.data_key"),
            ("limen_gateway", "SELECT * FROM audit.data_key"),
        ]
        for (login, statement) in statements {
            #expect(throws: denied, "\(login): \(statement)") {
                try scene.database.script(statement, as: login)
            }
        }
        let isForeign = try Connection.open(scene.database.login("auditor_berta"))
            .execute("SELECT count(*) FROM audit.data_key").integer(0, 0)
        #expect(isForeign == 0)
        // A superuser too meets the guards of the tables.
        for statement in [
            "DELETE FROM audit.data_key", "TRUNCATE audit.data_key",
            "UPDATE audit.data_key SET subject = ''",
            "UPDATE audit.data_key SET wrapped = wrapped || '\\x00'::bytea",
            "TRUNCATE audit.erased_key", "TRUNCATE audit.legal_hold",
        ] {
            #expect(throws: denied, "\(statement)") { try scene.database.script(statement) }
        }
    }

}

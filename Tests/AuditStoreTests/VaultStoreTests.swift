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
    /// A scene: a database, a sealer whose data keys are old, and a patient of long ago.
    fileprivate struct Scene {
        let database: TestDatabase
        let ring: KeyRing
        let sink: PostgreSQLAuditSink
        let patient: [UInt8]
        let name = "Ngozi-Adeyemi-\(UUIDBytes.version4().text)"

        init(madeAgo seconds: Int64 = 3_600) throws {
            database = try TestDatabase()
            ring = KeyRing(
                ["anna", "berta"].map { TenantKeys.generate(tenant: $0, name: "k1") }
            )
            patient = RandomBytes.make(count: 32)
            sink = try PostgreSQLAuditSink.open(
                database.login("limen_writer"),
                sealer: RecordSealer(
                    ring,
                    now: { Records.now.advanced(byMicroseconds: -seconds * 1_000_000) }
                ),
                migrations: TestDatabase.migrations,
                identity: TestDatabase.identity,
                writerCount: 1
            )
        }

        /// A decision of so many months ago.
        func decision(_ tenant: String = "anna", monthsAgo months: Int = 0) -> AuditRecord {
            let moment = Records.now.advanced(
                byMicroseconds: -Int64(months) * 31 * 86_400_000_000
            )
            var record = Records.full(tenant, at: moment)
            record.patientPseudonym = patient
            record.patientReference = "Patient/" + name
            record.userReference = "Practitioner/" + name
            record.encounterReference = "Encounter/" + name
            record.inputs = Array(#"[{"value":"\#(name)"}]"#.utf8)
            record.rejections = record.inputs
            record.result = record.inputs
            record.cards = record.inputs
            return record
        }

        func query(_ tenant: String = "anna", hasKeys: Bool = true) throws -> AuditQuery {
            try AuditQuery.open(
                database.login("auditor_" + tenant),
                opener: RecordOpener(hasKeys ? ring : KeyRing())
            )
        }

        func eraser(_ tenant: String = "anna") throws -> KeyStore {
            try KeyStore.open(database.login("eraser_" + tenant))
        }

        /// How many rows of a table hold a text anywhere.
        func textCount() throws -> Int {
            try database.count(
                """
                SELECT count(*) FROM (
                    SELECT e::text AS t FROM audit.event e UNION ALL
                    SELECT f::text FROM audit.feedback f UNION ALL
                    SELECT c::text FROM audit.card c UNION ALL
                    SELECT k::text FROM audit.data_key k) all_rows
                WHERE t LIKE '%Ngozi%'
                """
            )
        }
    }

    @Test("What is stored names nobody; who has the keys reads it whole, who has none is told")
    func sealedAndOpened() async throws {
        let scene = try Scene()
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
        let scene = try Scene()
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
            identity: TestDatabase.identity
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
        let scene = try Scene()
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
        let scene = try Scene()
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

    @Test("Past its time a patient is erased: readers say so, others are untouched, proof is left")
    func erases() async throws {
        let scene = try Scene()
        defer { scene.sink.close() }
        let old = scene.decision(monthsAgo: 80)
        var other = scene.decision(monthsAgo: 80)
        other.patientPseudonym = RandomBytes.make(count: 32)
        try await scene.sink.append(old)
        try await scene.sink.append(other)
        var feedback = Records.feedback(on: old.cardIDs, at: old.startedAt)
        feedback.feedback[0].userComment = "Ngozi"
        try await scene.sink.append(feedback)
        let facts = try scene.query().erasureFacts(tenant: "anna", pseudonyms: [scene.patient])
        #expect(Set(facts.cardIDs) == Set(old.cardIDs))
        #expect(facts.sealedRowCount == 1)
        #expect(facts.plainRowCount == 0)
        #expect(facts.commentCount == 2)
        let subjects = [scene.patient] + facts.cardIDs.map(\.bytes)
        let event = UUIDBytes.version7(at: Records.now)
        let plan = try scene.eraser().plan(tenant: "anna", subjects: subjects)
        #expect(plan.map(\.state) == [.free, .free, .free])
        let count = try scene.eraser().erase(
            tenant: "anna",
            subjects: subjects,
            eventID: event,
            reason: "request 17",
            isDueOnly: false
        )
        #expect(count == 3)
        let stored = try #require(try scene.query().show(old.eventID))
        #expect(stored.sealing == .erased)
        #expect(stored.erasure?.eventID == event)
        #expect(stored.record.patientReference == nil)
        #expect(stored.answers.allSatisfy { $0.sealing == .erased })
        #expect(try scene.query().show(other.eventID)?.sealing == .opened)
        let proof = try scene.database.column(
            "SELECT key_count || ' ' || reason || ' ' || keep_months FROM audit.erasure"
        )
        #expect(proof == ["3 request 17 72"])
        #expect(throws: AuditStoreError.self) {
            try scene.eraser().erase(
                tenant: "anna",
                subjects: subjects,
                eventID: .version4(),
                reason: "again",
                isDueOnly: true
            )
        }
    }

    @Test("A key that comes late, from a spool say, is not taken after its patient was erased")
    func lateKey() async throws {
        let scene = try Scene()
        defer { scene.sink.close() }
        let old = scene.decision(monthsAgo: 80)
        try await scene.sink.append(old)
        _ = try scene.eraser().erase(
            tenant: "anna",
            subjects: [scene.patient],
            eventID: .version4(),
            reason: "request 18",
            isDueOnly: false
        )
        let late = try Scene.late(scene)
        defer { late.close() }
        let row = scene.decision(monthsAgo: 80)
        try await late.append(row)
        #expect(try scene.database.count("SELECT count(*) FROM audit.data_key") == 0)
        #expect(try scene.query().show(row.eventID)?.sealing == .keyMissing)
        // What happens after the erasure is a new matter.
        let new = try scene.database.sink()
        defer { new.close() }
        try await new.append(scene.decision())
        #expect(try scene.database.count("SELECT count(*) FROM audit.data_key") == 1)
    }

    @Test("The policy wins: young rows are kept for six years unless a policy says less")
    func policy() async throws {
        let scene = try Scene()
        defer { scene.sink.close() }
        try await scene.sink.append(scene.decision(monthsAgo: 80))
        try await scene.sink.append(scene.decision(monthsAgo: 3))
        func erase(isDueOnly: Bool) throws -> Int {
            try scene.eraser().erase(
                tenant: "anna",
                subjects: [scene.patient],
                eventID: .version4(),
                reason: "request 19",
                isDueOnly: isDueOnly
            )
        }
        let plan = try scene.eraser().plan(tenant: "anna", subjects: [scene.patient])
        #expect(plan.map(\.state) == [.free, .kept])
        #expect { try erase(isDueOnly: false) } throws: {
            ($0 as? AuditStoreError)?.code == .keptByPolicy
        }
        #expect(try scene.database.count("SELECT count(*) FROM audit.data_key") == 2)
        #expect(try erase(isDueOnly: true) == 1)
        let document = Array(
            #"{"format":"limen-erasure-policy/1","title":"t","keepMonths":1,"ground":"g"}"#.utf8
        )
        let shorter = try #require(ErasurePolicy(reading: document))
        #expect(throws: AuditStoreError.self) {
            try scene.eraser().setPolicy(tenant: "anna", policy: shorter, eventID: .version4())
        }
        try KeyStore.open(scene.database.login("limen_retention"))
            .setPolicy(tenant: "anna", policy: shorter, eventID: .version4())
        #expect(try erase(isDueOnly: false) == 1)
    }

    @Test("A hold on the patient or on the tenant wins until it is lifted")
    func holds() async throws {
        let scene = try Scene()
        defer { scene.sink.close() }
        try await scene.sink.append(scene.decision(monthsAgo: 80))
        let otherEpoch = RandomBytes.make(count: 32)
        for subjects in [[otherEpoch], []] {
            let hold = UUIDBytes.version4()
            try scene.eraser().setHold(
                tenant: "anna",
                holdID: hold,
                subjects: subjects,
                reason: "case 4",
                eventID: .version4()
            )
            // The hold is found by any of the patient's pseudonyms.
            #expect {
                try scene.eraser().erase(
                    tenant: "anna",
                    subjects: [scene.patient, otherEpoch],
                    eventID: .version4(),
                    reason: "request 20",
                    isDueOnly: true
                )
            } throws: {
                ($0 as? AuditStoreError)?.code == .legalHold
            }
            let listed = try scene.query().holds(tenant: "anna").filter { $0.liftedAt == nil }
            #expect(listed.map(\.holdID) == [hold])
            #expect(listed.map(\.isOnAll) == [subjects.isEmpty])
            func lift() throws -> Bool {
                try scene.eraser().liftHold(
                    tenant: "anna",
                    holdID: hold,
                    reason: "closed",
                    eventID: .version4()
                )
            }
            #expect(try lift())
            #expect(try !lift())
        }
        #expect(
            try scene.eraser().erase(
                tenant: "anna",
                subjects: [scene.patient, otherEpoch],
                eventID: .version4(),
                reason: "request 20",
                isDueOnly: false
            ) == 1
        )
    }

    @Test("A key that may still seal rows on their way is left alone")
    func inUse() async throws {
        let scene = try Scene(madeAgo: 0)
        defer { scene.sink.close() }
        try await scene.sink.append(scene.decision(monthsAgo: 80))
        let plan = try scene.eraser().plan(tenant: "anna", subjects: [scene.patient])
        #expect(plan.map(\.state) == [.inUse])
        #expect {
            try scene.eraser().erase(
                tenant: "anna",
                subjects: [scene.patient],
                eventID: .version4(),
                reason: "request 21",
                isDueOnly: false
            )
        } throws: {
            ($0 as? AuditStoreError)?.code == .nothingToErase
        }
    }

    @Test("Rotation rewraps every key; the old wrapping opens nothing once its key is gone")
    func rewraps() async throws {
        let scene = try Scene()
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
        guard let old = stored.first, case .open(let key) = opener.open(old) else {
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
        let scene = try Scene()
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
            ("rewrapper_berta", "SELECT * FROM audit.keys_to_rewrap('anna', 'k', 1)"),
            ("eraser_anna", "SELECT * FROM audit.keys_to_rewrap('anna', 'k', 1)"),
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

    @Test("A month past its time is dropped with its keys and leaves a tombstone, unless held")
    func retention() async throws {
        let scene = try Scene()
        defer { scene.sink.close() }
        try scene.database.script(
            """
            SET ROLE limen_owner;
            SELECT audit.add_month('event', date '2015-03-01'),
                   audit.add_month('card', date '2015-03-01'),
                   audit.add_month('feedback', date '2015-03-01');
            """
        )
        var record = scene.decision()
        record.startedAt = Instant(microseconds: 1_426_000_000_000_000)
        try await scene.sink.append(record)
        let store = try KeyStore.open(scene.database.login("limen_retention"))
        let day = try #require(CivilDate(year: 2016, month: 1, day: 1))
        #expect(try store.months(before: day) == ["2015-03-01"])
        let content = try store.content(ofMonth: "2015-03-01")
        #expect(content.map(\.relation) == ["event_201503", "card_201503", "feedback_201503"])
        #expect(content.map(\.rowCount) == [1, 2, 0])
        #expect(content.map { $0.leafDigest?.count } == [32, nil, nil])
        let hold = UUIDBytes.version4()
        try scene.eraser().setHold(
            tenant: "anna",
            holdID: hold,
            subjects: [scene.patient],
            reason: "case 5",
            eventID: .version4()
        )
        #expect {
            try store.dropMonth("2015-03-01", eventID: .version4(), reason: "due")
        } throws: {
            ($0 as? AuditStoreError)?.code == .legalHold
        }
        #expect(try scene.query().show(record.eventID) != nil)
        _ = try scene.eraser().liftHold(
            tenant: "anna",
            holdID: hold,
            reason: "closed",
            eventID: .version4()
        )
        let event = UUIDBytes.version4()
        try store.dropMonth("2015-03-01", eventID: event, reason: "due")
        #expect(try scene.query().show(record.eventID) == nil)
        #expect(try scene.database.count("SELECT count(*) FROM audit.data_key") == 0)
        let tombstones = try scene.database.column(
            """
            SELECT relation || ' ' || row_count || ' ' || reason || ' ' || event_id
            FROM audit.dropped_month ORDER BY 1
            """
        )
        #expect(
            tombstones == [
                "card_201503 2 due \(event.text)", "event_201503 1 due \(event.text)",
                "feedback_201503 0 due \(event.text)",
            ]
        )
        #expect(throws: AuditStoreError.self) {
            try store.content(ofMonth: Records.now.date.text)
        }
    }

    @Test(
        "A policy document that is not wholly right is none",
        arguments: [
            "", "{}", "[]",
            #"{"format":"limen-erasure-policy/2","title":"t","keepMonths":1,"ground":"g"}"#,
            #"{"format":"limen-erasure-policy/1","title":"t","keepMonths":-1,"ground":"g"}"#,
            #"{"format":"limen-erasure-policy/1","title":"t","keepMonths":1201,"ground":"g"}"#,
            #"{"format":"limen-erasure-policy/1","title":"t","keepMonths":1.5,"ground":"g"}"#,
            #"{"format":"limen-erasure-policy/1","title":"t","keepMonths":"1","ground":"g"}"#,
            #"{"format":"limen-erasure-policy/1","title":"","keepMonths":1,"ground":"g"}"#,
            #"{"format":"limen-erasure-policy/1","title":"t","keepMonths":1}"#,
            #"{"format":"limen-erasure-policy/1","title":"t","keepMonths":1,"ground":"g","x":1}"#,
        ]
    )
    func policyDocuments(text: String) {
        #expect(ErasurePolicy(reading: Array(text.utf8)) == nil)
    }
}

extension VaultStoreTests.Scene {
    /// Another process of the same tenant, whose keys were made before the erasure.
    fileprivate static func late(_ scene: Self) throws -> PostgreSQLAuditSink {
        try PostgreSQLAuditSink.open(
            scene.database.login("limen_writer"),
            sealer: RecordSealer(
                scene.ring,
                now: { Records.now.advanced(byMicroseconds: -3_600_000_000) }
            ),
            migrations: TestDatabase.migrations,
            identity: TestDatabase.identity,
            writerCount: 1
        )
    }
}

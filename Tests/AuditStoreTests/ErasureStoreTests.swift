import Audit
import AuditStore
import Basics
import Crypto
import PostgreSQL
import Testing
import Vault

/// What destroys the keys of a patient, and what forbids it.
@Suite("Erasure", .enabled(if: TestDatabase.isPresent, "\(TestDatabase.absence)"))
struct ErasureStoreTests {
    @Test("Past its time a patient is erased: readers say so, others are untouched, proof is left")
    func erases() async throws {
        let scene = try VaultScene()
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
        #expect(!stored.answers.isEmpty)
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
        let scene = try VaultScene()
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
        let late = try scene.late()
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
        let scene = try VaultScene()
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
        let scene = try VaultScene()
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
        let scene = try VaultScene(madeAgo: -3_600)
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

    @Test("A month past its time is dropped with its keys and leaves a tombstone, unless held")
    func retention() async throws {
        let scene = try VaultScene()
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

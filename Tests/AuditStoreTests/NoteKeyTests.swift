import Audit
import AuditStore
import Basics
import Crypto
import PostgreSQL
import Testing
import Vault

/// The keys of notes, which auditors add: they stand in the way of nothing that concerns rows.
@Suite("Keys of notes", .enabled(if: TestDatabase.isPresent, "\(TestDatabase.absence)"))
struct NoteKeyTests {
    /// A review whose words are about a patient, or junk that an auditor made by hand.
    private func note(
        _ scene: VaultScene,
        about patient: [UInt8]? = nil,
        isJunk: Bool = false
    ) throws -> UUIDBytes {
        var review = ReviewTests.review(.reads, around: Records.now)
        review.title = ReviewWords("why was it looked at?")
        review.patientPseudonym = patient
        guard isJunk else {
            try scene.query().add(review)
            return review.id
        }
        try scene.database.script(
            """
            WITH review AS (
                INSERT INTO audit.review (tenant, review_id, made_by, sealed_title, question,
                    period_from, period_to, settings, key_id)
                VALUES ('anna', '\(review.id.text)', 'auditor_anna', '\\x00', 'reads',
                    '2026-01-01', '2026-02-01', '{}', '00000000-0000-4000-8000-000000000001')
                RETURNING key_id
            )
            INSERT INTO audit.data_key (tenant, key_id, subject, month, wrapping_key, wrapped,
                created_at, is_note)
            SELECT 'anna', key_id, '\\x\(Hexadecimal.text(patient ?? review.id.bytes))',
                date_trunc('month', now() AT TIME ZONE 'UTC'), 'k1',
                decode(repeat('00', 25), 'hex'), now(), true FROM review
            """,
            as: "auditor_anna"
        )
        return review.id
    }

    @Test("A note about a patient is kept and does not keep the patient's rows from being erased")
    func erasure() async throws {
        let scene = try VaultScene()
        defer { scene.sink.close() }
        try await scene.sink.append(scene.decision(monthsAgo: 80))
        _ = try note(scene, about: scene.patient)
        let plan = try scene.eraser().plan(tenant: "anna", subjects: [scene.patient])
        #expect(plan.map(\.state) == [.free, .kept])
        #expect(plan.map(\.isNote) == [false, true])
        let count = try scene.eraser().erase(
            tenant: "anna",
            subjects: [scene.patient],
            eventID: .version4(),
            reason: "request 41",
            isDueOnly: false
        )
        #expect(count == 1)
        #expect(try scene.database.column("SELECT is_note::text FROM audit.data_key") == ["true"])
    }

    @Test("What does not open is passed over, and keeps the old key only until it is given up")
    func rewrapping() async throws {
        let scene = try VaultScene()
        defer { scene.sink.close() }
        _ = try note(scene, about: scene.patient, isJunk: true)
        try await scene.sink.append(scene.decision())
        var keys = try #require(scene.ring.keys(of: "anna"))
        try keys.rotateWrapping(name: "k2")
        let store = try KeyStore.open(scene.database.login("rewrapper_anna"))
        let stored = try store.keysToRewrap(tenant: "anna", current: "k2")
        #expect(stored.map(\.isNote).sorted { $0 && !$1 } == [true, false])
        let opener = RecordOpener(KeyRing([keys]))
        let junk = try #require(stored.first { $0.isNote })
        guard case .damaged = opener.open(junk.key) else {
            Issue.record("a made-up key opens")
            return
        }
        let good = try #require(stored.first { !$0.isNote })
        guard case .open(let key) = opener.open(good.key) else {
            Issue.record("the key of a row does not open")
            return
        }
        let new = key.rewrapped(under: keys.currentWrapping)
        #expect(try store.rewrap(tenant: "anna", [(good.key, new)]) == 1)
        let rest = try store.keysToRewrap(
            tenant: "anna",
            current: "k2",
            behind: junk.key.keyID
        )
        #expect(rest.isEmpty, "the list goes on behind it")
        func retire() throws {
            try store.retire(tenant: "anna", wrappingKey: "k1", eventID: .version4())
        }
        #expect { try retire() } throws: {
            ($0 as? AuditStoreError)?.code == .wrappingKeyInUse
        }
        let foreign = try KeyStore.open(scene.database.login("rewrapper_berta"))
        #expect(throws: AuditStoreError.self) {
            try foreign.giveUp(tenant: "anna", [junk.key.keyID], eventID: .version4())
        }
        #expect(try store.giveUp(tenant: "anna", [junk.key.keyID], eventID: .version4()) == 1)
        #expect(try store.giveUp(tenant: "anna", [junk.key.keyID], eventID: .version4()) == 0)
        let counts = try scene.query().wrappingCounts(tenant: "anna")
        #expect(counts.map(\.name) == ["k1", "k2"])
        #expect(counts.map(\.givenUpCount) == [1, 0])
        #expect(counts.map(\.liveCount) == [0, 1])
        try retire()
    }

    @Test("A key without its note, a second one, one of a card and one of another time are refused")
    func narrow() throws {
        let scene = try VaultScene()
        defer { scene.sink.close() }
        let review = try note(scene)
        let id = try #require(
            try scene.database.column("SELECT key_id::text FROM audit.review").first
        )
        let now = "date_trunc('month', now() AT TIME ZONE 'UTC')"
        func insert(
            _ key: String,
            subject: String = "sha256('p')",
            month: String = now,
            made: String = "now()",
            isNote: Bool = true
        ) -> String {
            """
            INSERT INTO audit.data_key (tenant, key_id, subject, month, wrapping_key, wrapped,
                created_at, is_note) VALUES ('anna', \(key), \(subject), \(month), 'k1',
                decode(repeat('00', 25), 'hex'), \(made), \(isNote))
            """
        }
        func refusal(_ statement: String) -> String? {
            do {
                try scene.database.script(statement, as: "auditor_anna")
                return nil
            } catch {
                return (error as? PostgreSQLError)?.sqlState
            }
        }
        #expect(refusal(insert("gen_random_uuid()")) == "42501", "no note has this key")
        #expect(refusal(insert("'\(id)'")) == "23505", "its note has one")
        let bare = """
            INSERT INTO audit.review (tenant, review_id, made_by, sealed_title, question,
                period_from, period_to, settings, key_id)
            VALUES ('anna', gen_random_uuid(), 'auditor_anna', '\\x00', 'reads', '2026-01-01',
                '2026-02-01', '{}', '00000000-0000-4000-8000-000000000002')
            """
        #expect(refusal(bare) == nil)
        let own = "'00000000-0000-4000-8000-000000000002'"
        for statement in [
            insert(own, subject: "uuid_send('\(review.text)')"), insert(own, subject: "''"),
            insert(own, month: "'9999-01-01'"), insert(own, month: "'2020-01-01'"),
            insert(own, made: "now() - interval '10 minutes'"), insert(own, isNote: false),
        ] {
            #expect(refusal(statement) == "42501", "\(statement)")
        }
        #expect(refusal(insert(own)) == nil)
    }
}

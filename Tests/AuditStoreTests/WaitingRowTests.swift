import Audit
import Basics
import Crypto
import Ledger
import PostgreSQL
import Synchronization
import Testing
import Vault

@testable import AuditStore

/// Rows that come without a place: who may write them, and what becomes of those that are bad.
@Suite("Rows that wait", .enabled(if: TestDatabase.isPresent, "\(TestDatabase.absence)"))
struct WaitingRowTests {
    /// A read that an auditor records by hand.
    static func read(
        cards: String = "{}",
        missing: String = "{}",
        flags: String = "{list}",
        details: String = "NULL",
        code: String = "NULL"
    ) -> String {
        """
        INSERT INTO audit.event (tenant, started_at, event_id, kind, outcome, status, client,
            card_ids, missing_inputs, flags, details, reason_code)
        VALUES ('anna', now(), gen_random_uuid(), 'audit-read', 'done', 200, session_user,
            '\(cards)', '\(missing)', '\(flags)', \(details), \(code))
        """
    }

    /// A read that an auditor records by hand under the id of another event.
    static func read(of id: UUIDBytes) -> String {
        read().replacing("gen_random_uuid()", with: "'\(id.text)'")
    }

    @Test("An auditor's row under the id of an event is refused, and in a transaction of before")
    func takenID() async throws {
        let database = try TestDatabase()
        let sink = try database.sink(writers: 1)
        let decision = Records.full()
        try await sink.append(decision)
        sink.close()
        #expect(throws: PostgreSQLError(code: .statementFailed, sqlState: "23505")) {
            try database.script(Self.read(of: decision.eventID), as: "auditor_anna")
        }
        for level in ["REPEATABLE READ", "SERIALIZABLE"] {
            #expect(throws: PostgreSQLError(code: .statementFailed, sqlState: "25001")) {
                try database.script(
                    "BEGIN ISOLATION LEVEL \(level); \(Self.read()); COMMIT;",
                    as: "auditor_anna"
                )
            }
        }
        // What another tenant has is not told: the id is free in this one.
        let foreign = Records.full("berta")
        let other = try database.sink(writers: 1)
        try await other.append(foreign)
        other.close()
        try database.script(Self.read(of: foreign.eventID), as: "auditor_anna")
        // A read of one's own has an id like any event.
        #expect(throws: PostgreSQLError(code: .statementFailed, sqlState: "23505")) {
            try database.script(Self.read(of: foreign.eventID), as: "auditor_anna")
        }
        #expect(try database.query().show(decision.eventID)?.record.kind == .decision)
    }

    @Test("Two rows of one id hide nothing: the decision is shown and proved, the other is named")
    func doubledID() async throws {
        let (database, copies) = try await LedgerStoreTests.written(1)
        let text = try database.column("SELECT event_id::text FROM audit.event")
        let id = try #require(text.first.flatMap { UUIDBytes(text: $0) })
        try database.script("ALTER TABLE audit.event DISABLE TRIGGER refuse_known_id")
        try database.script(Self.read(of: id), as: "auditor_anna")
        let copy = try #require(try LedgerStoreTests.sign(database, known: copies[0]))
        let shown = try #require(try database.query().show(id, of: "anna"))
        #expect(shown.record.kind == .decision)
        #expect(shown.namesakeCount == 1)
        let receipt = try ReceiptMaker.receipt(of: id, database.login("limen_verifier"))
        #expect(try receipt.verified(by: [TestDatabase.signer.key]).row.kind == "decision")
        let report = try LedgerStoreTests.verify(database, copies + [copy])
        #expect(report.findings.map(\.damage) == [.inserted], "\(report.findings)")
        #expect(report.findings.first?.row?.eventID == id)
        #expect(report.findings.first?.text.contains("the id of another event") == true)
    }

    @Test("However many rows an auditor puts under an id, the decision is shown, all are counted")
    func manyNamesakes() async throws {
        let (database, _) = try await LedgerStoreTests.written(1)
        let text = try database.column("SELECT event_id::text FROM audit.event")
        let id = try #require(text.first.flatMap { UUIDBytes(text: $0) })
        try database.script("ALTER TABLE audit.event DISABLE TRIGGER refuse_known_id")
        for _ in 0..<23 { try database.script(Self.read(of: id), as: "auditor_anna") }
        let shown = try #require(try database.query().show(id, of: "anna"))
        #expect(shown.record.kind == .decision)
        #expect(shown.namesakeCount == 23)
        #expect(try database.query("auditor_berta").show(id) == nil)
    }

    @Test("A row of another tenant under the id of a read keeps nobody from a receipt of it")
    func foreignNamesake() async throws {
        let (database, copies) = try await LedgerStoreTests.written(1)
        let id = UUIDBytes.version4()
        try database.script(Self.read(of: id), as: "auditor_anna")
        try database.script(
            Self.read(of: id).replacing("'anna'", with: "'berta'"),
            as: "auditor_berta"
        )
        _ = try #require(try LedgerStoreTests.sign(database, known: copies[0]))
        let receipt = try ReceiptMaker.receipt(of: id, database.login("limen_verifier"))
        // The one that was there first.
        #expect(try receipt.verified(by: [TestDatabase.signer.key]).row.tenant == "anna")
        // Two of one tenant are told of.
        try database.script("ALTER TABLE audit.event DISABLE TRIGGER refuse_known_id")
        try database.script(Self.read(of: id), as: "auditor_anna")
        #expect(throws: ReceiptMaker.Refusal.doubled) {
            try ReceiptMaker.receipt(of: id, database.login("limen_verifier"))
        }
    }

    @Test("A read of another moment is refused, and the database says by whose clock")
    func otherClock() throws {
        let database = try TestDatabase()
        let query = try database.query()
        let now = Records.now
        for minutes in [-6, 6] as [Int64] {
            let moment = now.advanced(byMicroseconds: minutes * 60_000_000)
            let read = ReadNote("list").record(
                .auditRead,
                tenant: "anna",
                client: "auditor_anna",
                eventID: .version7(at: moment),
                now: moment
            )
            #expect {
                try query.record(read)
            } throws: {
                ($0 as? AuditStoreError)?.cause?.sqlState == "42501"
            }
        }
        let standing = try query.standing(of: "anna")
        #expect(standing.isReader)
        #expect(abs(standing.now.microseconds(since: now)) < 60_000_000)
        #expect(try !query.standing(of: "berta").isReader)
    }

    @Test("The sequencer reads a row without a log while it waits for its place, and no longer")
    func sequencerReads() async throws {
        let (database, copies) = try await LedgerStoreTests.written(2)
        try database.script(Self.read(), as: "auditor_anna")
        func seen() throws -> Int {
            let connection = try Connection.open(database.login("limen_chain"))
            return try connection.execute("SELECT count(*) FROM audit.event").integer(0, 0) ?? -1
        }
        #expect(try seen() == 1)
        _ = try #require(try LedgerStoreTests.sign(database, known: copies[0]))
        #expect(try database.count("SELECT count(*) FROM audit.unplaced") == 0)
        #expect(try database.count("SELECT count(*) FROM audit.adopted") == 1)
        #expect(try seen() == 0)
    }

    /// A superuser takes the checks away, as a trail of an earlier version had none.
    static let withoutChecks = """
        ALTER TABLE audit.event DROP CONSTRAINT event_form_check;
        ALTER TABLE audit.feedback DROP CONSTRAINT feedback_form_check;
        """

    @Test(
        "What an auditor records by hand can be read by everybody, or is refused",
        arguments: [
            (read(flags: "{NULL}"), "23514"),
            (read(flags: "{{a,b},{c,d}}"), "23514"),
            (read(cards: "{NULL}"), "42501"),
            (read(cards: "{018f0000-0000-7000-8000-000000000000}"), "42501"),
            (read(missing: "{pulse}"), "42501"),
            (read(details: "'[1]'"), "42501"),
            (read(details: "json_build_object('reason', repeat('x', 70000))"), "42501"),
            (read(code: "repeat('x', 200)"), "42501"),
            (read(flags: "{\(String(repeating: "x", count: 5_000))}"), "42501"),
        ]
    )
    func refused(statement: String, sqlState: String) throws {
        let database = try TestDatabase()
        #expect(throws: PostgreSQLError(code: .statementFailed, sqlState: sqlState)) {
            try database.script(statement, as: "auditor_anna")
        }
        try database.script(Self.read(), as: "auditor_anna")
        #expect(try database.count("SELECT count(*) FROM audit.event") == 1)
    }

    @Test(
        "A list that cannot be read is refused of a superuser too",
        arguments: ["card_ids", "missing_inputs", "flags"]
    )
    func checks(column: String) throws {
        let database = try TestDatabase()
        for value in ["{NULL}", "[0:0][0:1]={{NULL,NULL}}"] {
            #expect(throws: PostgreSQLError(code: .statementFailed, sqlState: "23514")) {
                try database.script(
                    Self.read(
                        cards: column == "card_ids" ? value : "{}",
                        missing: column == "missing_inputs" ? value : "{}",
                        flags: column == "flags" ? value : "{}"
                    )
                )
            }
        }
        #expect(throws: PostgreSQLError(code: .statementFailed, sqlState: "23514")) {
            try database.script(
                """
                INSERT INTO audit.feedback (tenant, started_at, event_id, item, card_id, outcome,
                    accepted_suggestions)
                VALUES ('anna', now(), gen_random_uuid(), 0, gen_random_uuid(), 'accepted', '{NULL}')
                """
            )
        }
    }

    @Test(
        "A row that cannot be read stops no other: it is told of once, listed, and the verifier's",
        arguments: [true, false]
    )
    func poisoned(isInParts: Bool) async throws {
        let (database, copies) = try await LedgerStoreTests.written(2)
        try database.script(Self.withoutChecks)
        try database.script(Self.read(), as: "auditor_anna")
        if isInParts {
            try database.script(Self.read())
            try database.script(
                """
                INSERT INTO audit.feedback (tenant, started_at, event_id, item, card_id, outcome,
                    accepted_suggestions)
                SELECT tenant, started_at, event_id, 0, gen_random_uuid(), 'accepted', '{NULL}'
                FROM audit.event WHERE client = current_user
                """
            )
        } else {
            try database.script(Self.read(flags: "{NULL}"))
        }
        try database.script(Self.read(), as: "auditor_anna")
        let told = Mutex<[UUIDBytes]>([])
        let sequencer = try Sequencer(
            database.login("limen_chain"),
            identity: TestDatabase.identity,
            known: copies[0],
            periodMilliseconds: 1_000
        ) { event in
            if case .unreadable(let events) = event { told.withLock { $0 += events } }
        }
        let copy = try #require(try sequencer.signNow())
        let last = try #require(try sequencer.signNow())
        #expect(last.size > copy.size)
        let bad = try #require(told.withLock { $0 }.first)
        #expect(told.withLock { $0.count } == 1)
        #expect(try database.count("SELECT count(*) FROM audit.adopted") == 2)
        let report = try LedgerStoreTests.verify(database, copies + [last])
        #expect(report.findings.map(\.damage) == [.inserted], "\(report.findings)")
        #expect(report.findings.first?.row?.eventID == bad)
        guard !isInParts else { return }
        let page = try database.query().list(AuditFilter())
        let shown = try #require(page.events.first { $0.record.eventID == bad })
        #expect(shown.record.flags == [EventReader.unreadable])
        #expect(page.events.filter { $0.record.flags == [EventReader.unreadable] }.count == 1)
    }

    @Test("A trail that holds a bad row is migrated, and new ones are refused")
    func migrated() throws {
        let database = try TestDatabase(isMigrated: false)
        let files = TestDatabase.migrations
        let count = try #require(files.firstIndex { $0.name.hasPrefix("0019") })
        try Migrator.open(database.administrator, files: Array(files.prefix(count))).apply()
        try database.script(Self.read(flags: "{NULL}"))
        try Migrator.open(database.administrator, files: files).apply()
        #expect(throws: PostgreSQLError(code: .statementFailed, sqlState: "23514")) {
            try database.script(Self.read(flags: "{NULL}"))
        }
    }

    @Test(
        "A row that waits is counted, and named when it is nobody's or has waited too long",
        arguments: [
            (read(), 1, []),
            (read().replacing("'audit-read'", with: "'decision'"), 1, [.inserted]),
        ] as [(String, Int, [LedgerFinding.Damage])]
    )
    func waiting(statement: String, count: Int, damage: [LedgerFinding.Damage]) async throws {
        let (database, copies) = try await LedgerStoreTests.written(2)
        try database.script(statement)
        let report = try LedgerStoreTests.verify(database, copies)
        #expect(report.waitingRowCount == count)
        #expect(report.findings.map(\.damage) == damage, "\(report.findings)")
        #expect(report.lastSignOfLife != nil)
    }

    @Test(
        "Rows that were written for long without a signature are a finding, on a copy too",
        arguments: [(14, []), (16, [.unsigned, .unsigned])]
            as [(Int, [LedgerFinding.Damage])]
    )
    func unsigned(minutes: Int, damage: [LedgerFinding.Damage]) async throws {
        let (database, copies) = try await LedgerStoreTests.written(2)
        try database.script(Self.read())
        try database.script(Self.read())
        try LedgerStoreTests.tamper(
            database,
            "UPDATE audit.event SET recorded_at = recorded_at - interval '\(minutes) min' "
                + "WHERE recorded_at = "
                + "(SELECT min(recorded_at) FROM audit.event WHERE log_id IS NULL)"
        )
        let report = try LedgerStoreTests.verify(database, copies)
        #expect(report.findings.map(\.damage) == damage, "\(report.findings)")
        guard !damage.isEmpty else { return }
        #expect(report.findings.first?.row?.eventID != nil)
        #expect(report.findings.last?.text.contains("has not been signed since") == true)
    }

    @Test("Keys that were ended on record are missed by nobody")
    func endedKeys() async throws {
        let scene = try VaultScene()
        try await scene.sink.append(scene.decision())
        scene.sink.close()
        let copy = try #require(try LedgerStoreTests.sign(scene.database))
        try scene.database.script(
            """
            INSERT INTO audit.erased_key (tenant, key_id, event_id, wrapping_keys)
                SELECT tenant, key_id, gen_random_uuid(), '{}' FROM audit.data_key;
            DELETE FROM audit.data_key;
            """
        )
        #expect(try LedgerStoreTests.verify(scene.database, [copy]).findings == [])
        #expect(try scene.query().lostKeyCount(tenant: "anna") == 0)
    }

    @Test(
        "A key that a superuser overwrites is there, and does not open",
        arguments: [
            "wrapped = set_byte(wrapped, 20, get_byte(wrapped, 20) # 1)",
            "wrapped = decode(repeat('00', octet_length(wrapped)), 'hex')",
            "subject = sha256('another')",
        ]
    )
    func overwrittenKeys(change: String) async throws {
        let scene = try VaultScene()
        try await scene.sink.append(scene.decision())
        scene.sink.close()
        func states() throws -> [Bool] {
            let opener = RecordOpener(scene.ring)
            let first = UUIDBytes(high: 0, low: 0)
            return try scene.query().dataKeys(tenant: "anna", behind: first).map { key in
                if case .open = opener.open(key) { true } else { false }
            }
        }
        let before = try states()
        #expect(!before.isEmpty)
        #expect(before.allSatisfy { $0 })
        try scene.database.script(
            """
            ALTER TABLE audit.data_key DISABLE TRIGGER ALL;
            UPDATE audit.data_key SET \(change) WHERE octet_length(subject) = 32;
            """
        )
        #expect(try states().contains(false))
        #expect(try scene.query().lostKeyCount(tenant: "anna") == 0)
    }

    @Test("Keys that a superuser deletes are missed by the verifier and by the auditor")
    func lostKeys() async throws {
        let scene = try VaultScene()
        try await scene.sink.append(scene.decision())
        scene.sink.close()
        let database = scene.database
        let copy = try #require(try LedgerStoreTests.sign(database))
        #expect(try LedgerStoreTests.verify(database, [copy]).findings == [])
        #expect(try scene.query().lostKeyCount(tenant: "anna") == 0)
        try database.script(
            "ALTER TABLE audit.data_key DISABLE TRIGGER ALL; DELETE FROM audit.data_key;"
        )
        let report = try LedgerStoreTests.verify(database, [copy])
        #expect(report.findings.map(\.damage) == [.lostKey], "\(report.findings)")
        #expect(report.findings.first?.row?.eventID != nil)
        #expect(report.findings.first?.text.contains("keys of 1 sealed") == true)
        #expect(try scene.query().lostKeyCount(tenant: "anna") == 1)
        #expect(throws: PostgreSQLError.self) {
            try database.script("SELECT wrapped FROM audit.data_key", as: "limen_verifier")
        }
    }

    @Test(
        "A row with a place that cannot be read is named, and the verification goes on",
        arguments: [
            "UPDATE audit.event SET flags = '{NULL}' WHERE seq = 4",
            "UPDATE audit.event SET card_ids = '{NULL}' WHERE seq = 4",
            "UPDATE audit.event SET missing_inputs = '{{a,b},{c,d}}' WHERE seq = 4",
            """
            INSERT INTO audit.feedback (tenant, started_at, event_id, item, card_id, outcome,
                accepted_suggestions)
            SELECT tenant, started_at, event_id, 0, gen_random_uuid(), 'accepted', '{NULL}'
            FROM audit.event WHERE seq = 4
            """,
        ]
    )
    func unreadableInPlace(statement: String) async throws {
        let (database, copies) = try await LedgerStoreTests.written(9)
        try database.script(Self.withoutChecks)
        try LedgerStoreTests.tamper(database, statement)
        let report = try LedgerStoreTests.verify(database, copies)
        #expect(report.findings.map(\.damage) == [.unreadable], "\(report.findings)")
        #expect(report.rowCount == 9)
        let row = try #require(report.findings.first?.row)
        #expect(row.sequence == 4)
        #expect(report.firstBadRow == row)
        let event = try database.column("SELECT event_id::text FROM audit.event WHERE seq = 4")
        #expect(row.eventID?.text == event.first)
        #expect(row.tenant == "anna")
    }

    @Test("A row that was taken in and cannot be read any more is named, and no other is")
    func unreadableAdopted() async throws {
        let (database, copies) = try await LedgerStoreTests.written(2)
        for _ in 0..<3 { try database.script(Self.read(), as: "auditor_anna") }
        let copy = try #require(try LedgerStoreTests.sign(database, known: copies[0]))
        try database.script(Self.withoutChecks)
        try LedgerStoreTests.tamper(
            database,
            """
            UPDATE audit.event SET flags = '{NULL}' WHERE event_id = (
                SELECT event_id FROM audit.adopted WHERE seq = 1)
            """
        )
        let report = try LedgerStoreTests.verify(database, copies + [copy])
        #expect(report.findings.map(\.damage) == [.unreadable], "\(report.findings)")
        #expect(report.findings.first?.row?.sequence == 1)
    }

    /// Deletes every data key, as a superuser who takes the triggers away.
    static let deleteKeys =
        "ALTER TABLE audit.data_key DISABLE TRIGGER ALL; DELETE FROM audit.data_key;"

    @Test("A patient who was erased excuses the keys of that patient alone, in that time alone")
    func erasedSubjects() async throws {
        let scene = try VaultScene()
        try await scene.sink.append(scene.decision())
        var other = scene.decision()
        other.patientPseudonym = [UInt8](repeating: 9, count: 32)
        try await scene.sink.append(other)
        scene.sink.close()
        let database = scene.database
        let copy = try #require(try LedgerStoreTests.sign(database))
        try database.script(Self.deleteKeys)
        func lost() throws -> [LedgerFinding] {
            try LedgerStoreTests.verify(database, [copy]).findings
                .filter { $0.damage == .lostKey }
        }
        #expect(try lost().first?.text.contains("keys of 2 sealed") == true)
        func erase(_ pseudonym: [UInt8], before: String, _ tenant: String) throws {
            try database.script(
                """
                INSERT INTO audit.erased_subject (tenant, subject, event_id, through_month,
                    made_before)
                VALUES ('\(tenant)', decode('\(Hexadecimal.text(pseudonym))', 'hex'),
                    gen_random_uuid(), date_trunc('month', now())::date, \(before))
                """
            )
        }
        // The record of another tenant, and one of a time before the row, excuse nothing.
        try erase(scene.patient, before: "now()", "berta")
        try erase(scene.patient, before: "now() - interval '2 hours'", "anna")
        #expect(try lost().first?.text.contains("keys of 2 sealed") == true)
        try erase(scene.patient, before: "now()", "anna")
        let left = try lost()
        #expect(left.first?.text.contains("keys of 1 sealed") == true)
        #expect(left.first?.row?.eventID == other.eventID)
        #expect(try scene.query().lostKeyCount(tenant: "anna") == 1)
        #expect(try scene.query("berta").lostKeyCount(tenant: "berta") == 0)
    }

    @Test("A month that was dropped excuses the keys of that month alone")
    func droppedMonths() async throws {
        let scene = try VaultScene()
        let now = scene.decision()
        let old = scene.decision(monthsAgo: 2)
        try await scene.sink.append(now)
        try await scene.sink.append(old)
        scene.sink.close()
        let database = scene.database
        let copy = try #require(try LedgerStoreTests.sign(database))
        try database.script(Self.deleteKeys)
        #expect(try scene.query().lostKeyCount(tenant: "anna") == 2)
        // The tables of its cards say nothing of the keys of its rows.
        for (relation, count) in [("card", 2), ("event", 1)] {
            try database.script(
                """
                INSERT INTO audit.dropped_month (month, relation)
                SELECT date_trunc('month', started_at AT TIME ZONE 'UTC')::date,
                    '\(relation)_' || to_char(started_at AT TIME ZONE 'UTC', 'YYYYMM')
                FROM audit.event WHERE event_id = '\(old.eventID.text)'
                """
            )
            #expect(try scene.query().lostKeyCount(tenant: "anna") == count, "\(relation)")
        }
        let lost = try LedgerStoreTests.verify(database, [copy]).findings
            .filter { $0.damage == .lostKey }
        #expect(lost.map(\.row?.eventID) == [now.eventID])
    }

    @Test(
        "The place of the sequencer cannot be moved by its login but over leaves that are there",
        arguments: [
            "size = 0, hashes = ''", "size = size - 1", "size = size + 1", "hashes = ''",
            "hashes = sha256('')", "heartbeat = heartbeat + 1", "heartbeat = -1",
            "heartbeat = 9223372036854775807", "is_adoption_complete = false",
            "tombstones = tombstones + 1", "tombstones = -1", "size = 9223372036854775807",
            "size = -1, hashes = ''",
        ]
    )
    func guarded(change: String) async throws {
        let (database, copies) = try await LedgerStoreTests.written(4)
        #expect(throws: PostgreSQLError(code: .statementFailed, sqlState: "42501")) {
            try database.script("UPDATE audit.sequencer SET \(change)", as: "limen_chain")
        }
        // The superuser's too, as long as nobody takes the guard away.
        #expect(throws: PostgreSQLError(code: .statementFailed, sqlState: "42501")) {
            try database.script("UPDATE audit.sequencer SET \(change)")
        }
        let next = try #require(try LedgerStoreTests.sign(database, known: copies[0]))
        #expect(next.size == copies[0].size + 1)
    }

    @Test(
        "A state that is nonsense is refused and said, and ends no process",
        arguments: [
            ("heartbeat = 9223372036854775807", LedgerStateError.unreadable),
            ("heartbeat = -1", .unreadable), ("hashes = ''", .unreadable),
            ("hashes = decode(repeat('00', octet_length(hashes)), 'hex')", .forked),
        ]
    )
    func nonsense(change: String, error: LedgerStateError) async throws {
        let (database, copies) = try await LedgerStoreTests.written(5)
        try LedgerStoreTests.tamper(database, "UPDATE audit.sequencer SET \(change)")
        #expect(throws: error) { try LedgerStoreTests.sign(database, known: copies[0]) }
    }

    @Test("Who was given a tenant to read, and who lost it, is in the trail and signed")
    func mapping() async throws {
        let (database, copies) = try await LedgerStoreTests.written(1)
        let provisioning = try Provisioning.open(database.administrator)
        try provisioning.createAuditor(login: "auditor_anna", tenant: "berta")
        // What was there already is no change.
        try provisioning.createAuditor(login: "auditor_anna", tenant: "berta")
        try provisioning.revokeAuditor(login: "auditor_anna", tenant: "berta")
        let changes = try database.column(
            """
            SELECT concat_ws(' ', tenant, reason_code, details->>'login', details->>'tenant',
                client = session_user)
            FROM audit.event WHERE kind = 'configuration-change' ORDER BY started_at
            """
        )
        #expect(
            changes == [
                "system reader-added auditor_anna berta t",
                "system reader-removed auditor_anna berta t",
            ]
        )
        #expect(throws: PostgreSQLError.self) {
            try database.script("TRUNCATE audit.auditor_tenant")
        }
        let later = try #require(try LedgerStoreTests.sign(database, known: copies[0]))
        let report = try LedgerStoreTests.verify(database, copies + [later])
        #expect(report.findings == [])
        #expect(report.rowCount == 3)
    }
}

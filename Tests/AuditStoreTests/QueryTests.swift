import Audit
import AuditStore
import Basics
import Crypto
import PostgreSQL
import Testing

@Suite("AuditQuery", .enabled(if: TestDatabase.isPresent, "\(TestDatabase.absence)"))
struct QueryTests {
    @Test("Each filter narrows to what it names, within the auditor's tenant")
    func filters() async throws {
        let database = try TestDatabase()
        let sink = try database.sink(writers: 1)
        defer { sink.close() }
        let start = Records.now
        var wanted = Records.full(at: start)
        wanted.client = "ward"
        wanted.artifacts = Array(
            #"{"profile":{"name":"news2"},"model":{"sha256":"abab"}}"#.utf8
        )
        var other = Records.full(at: start.advanced(byMicroseconds: 1_000_000))
        other.service = "qsofa"
        other.outcome = .incomplete
        other.kind = .evaluation
        other.arm = .shadow
        var foreign = Records.full("berta", at: start)
        foreign.userPseudonym = wanted.userPseudonym
        foreign.patientPseudonym = wanted.patientPseudonym
        foreign.hookInstance = wanted.hookInstance
        foreign.traceID = wanted.traceID
        for record in [wanted, other, foreign] { try await sink.append(record) }

        let query = try database.query("auditor_anna")
        #expect(query.tenants == ["anna"])
        func ids(_ change: (inout AuditFilter) -> Void) throws -> [UUIDBytes] {
            var filter = AuditFilter()
            change(&filter)
            return try query.list(filter).events.map(\.record.eventID)
        }
        #expect(try ids { _ in } == [other.eventID, wanted.eventID])
        let patient = try #require(wanted.patientPseudonym)
        let user = try #require(wanted.userPseudonym)
        #expect(try ids { $0.patientPseudonyms = [patient] } == [wanted.eventID])
        // A pseudonym of an earlier epoch beside that of today.
        let earlier = RandomBytes.make(count: 32)
        #expect(try ids { $0.patientPseudonyms = [earlier, patient] } == [wanted.eventID])
        #expect(try ids { $0.patientPseudonyms = [earlier] } == [])
        #expect(try ids { $0.userPseudonyms = [user] } == [wanted.eventID])
        #expect(try ids { $0.client = "ward" } == [wanted.eventID])
        #expect(try ids { $0.client = "nobody" } == [])
        #expect(try ids { $0.reasonCode = "LIMEN-TEST" } == [other.eventID, wanted.eventID])
        #expect(try ids { $0.eventID = wanted.eventID } == [wanted.eventID])
        #expect(try ids { $0.eventID = foreign.eventID } == [])
        #expect(try ids { $0.causedBy = wanted.causedBy } == [wanted.eventID])
        #expect(try ids { $0.cardID = wanted.cardIDs[0] } == [wanted.eventID])
        #expect(try ids { $0.cardID = foreign.cardIDs[0] } == [])
        #expect(try ids { $0.model = .digest("abab") } == [wanted.eventID])
        #expect(try ids { $0.model = .profile("news2") } == [wanted.eventID])
        #expect(try ids { $0.model = .digest("00") } == [])
        #expect(try ids { $0.hookInstance = wanted.hookInstance } == [wanted.eventID])
        #expect(try ids { $0.traceID = wanted.traceID } == [wanted.eventID])
        #expect(try ids { $0.service = "qsofa" } == [other.eventID])
        #expect(try ids { $0.outcome = .incomplete } == [other.eventID])
        #expect(try ids { $0.kind = .decision } == [wanted.eventID])
        #expect(try ids { $0.arm = .canary } == [wanted.eventID])
        #expect(try ids { $0.arm = .shadow } == [other.eventID])
        #expect(try ids { $0.arm = .live } == [])
        #expect(try ids { $0.from = other.startedAt } == [other.eventID])
        #expect(try ids { $0.to = other.startedAt } == [wanted.eventID])
        #expect(try ids { $0.tenant = "anna" }.count == 2)
        #expect(try ids { $0.tenant = "berta" } == [])
        #expect(try ids { $0.tenant = "nobody" } == [])
        #expect(try ids { $0.service = "' OR true --" } == [])
        #expect(try query.show(foreign.eventID) == nil)
        #expect(try query.show(.version4()) == nil)
    }

    @Test("Pages follow one another without a gap or a repeat, newest first")
    func pages() async throws {
        let database = try TestDatabase()
        try Provisioning.open(database.administrator)
            .createAuditor(login: "auditor_both", tenant: "anna")
        try Provisioning.open(database.administrator)
            .createAuditor(login: "auditor_both", tenant: "berta")
        let sink = try database.sink(writers: 1)
        defer { sink.close() }
        let start = Records.now
        var expected: [AuditRecord] = []
        for number in 0..<23 {
            // Several events share a moment: the id decides.
            let moment = start.advanced(byMicroseconds: Int64(number / 4))
            let record = Records.small(number % 3 == 0 ? "berta" : "anna", at: moment)
            expected.append(record)
            try await sink.append(record)
        }
        let query = try database.query("auditor_both")
        #expect(query.tenants == ["anna", "berta"])
        var filter = AuditFilter()
        filter.limit = 5
        var seen: [UUIDBytes] = []
        var pageCount = 0
        repeat {
            let page = try query.list(filter)
            #expect(page.events.count <= 5)
            seen += page.events.map(\.record.eventID)
            // The cursor survives its text form.
            filter.cursor = page.next.flatMap { AuditCursor(bytes: $0.bytes[...]) }
            pageCount += 1
        } while filter.cursor != nil
        #expect(pageCount == 5)
        let order = expected.sorted {
            ($0.startedAt, $0.eventID.high, $0.eventID.low)
                > ($1.startedAt, $1.eventID.high, $1.eventID.low)
        }
        #expect(seen == order.map(\.eventID))
    }

    @Test("The limit is held between one and the most", arguments: [Int.min, -1, 0, 1, Int.max])
    func limits(limit: Int) async throws {
        let database = try TestDatabase()
        let sink = try database.sink(writers: 1)
        defer { sink.close() }
        for _ in 0..<2 { try await sink.append(Records.small()) }
        let query = try database.query("auditor_anna")
        var filter = AuditFilter()
        filter.limit = limit
        #expect(try query.list(filter).events.count == (limit > 1 ? 2 : 1))
    }

    @Test("Feedback is shown with the card it answers, and an orphan is told apart")
    func feedback() async throws {
        let database = try TestDatabase()
        let sink = try database.sink(writers: 1)
        defer { sink.close() }
        let start = Records.now
        let decision = Records.full(at: start)
        let foreign = Records.full("berta", at: start)
        let answer = Records.feedback(
            on: [decision.cardIDs[1], foreign.cardIDs[0]],
            at: start.advanced(byMicroseconds: 5)
        )
        // Feedback may come before the row of its card is written.
        for record in [answer, decision, foreign] { try await sink.append(record) }

        let query = try database.query("auditor_anna")
        let shown = try #require(try query.show(decision.eventID))
        #expect(shown.answers.map(\.feedback.cardID) == [decision.cardIDs[1]])
        #expect(shown.answers.first?.eventID == answer.eventID)
        #expect(shown.answers.first?.feedback.userComment == "said\u{0}no")
        #expect(shown.answers.first?.feedback.acceptedSuggestions == ["one", "two \"2\""])
        let sent = try #require(try query.show(answer.eventID))
        #expect(SinkTests.json(sent.record) == SinkTests.json(answer))
        // The card of another tenant is not there for this one.
        let orphans = try query.orphanedFeedback()
        #expect(orphans.map(\.feedback.cardID) == [foreign.cardIDs[0]])
        let other = try database.query("auditor_berta")
        #expect(try other.show(foreign.eventID)?.answers.isEmpty == true)
        #expect(try other.orphanedFeedback().isEmpty)
    }

    @Test("A list of one tenant walks its index and stops, however large the trail is")
    func plan() async throws {
        let database = try TestDatabase()
        let sink = try database.sink(writers: 1)
        defer { sink.close() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<3_000 {
                group.addTask {
                    try await sink.append(Records.small(number % 2 == 0 ? "anna" : "berta"))
                }
            }
            try await group.waitForAll()
        }
        try database.script("ANALYZE audit.event")
        let connection = try Connection.open(database.login("auditor_anna"))
        let rows = try connection.execute(
            """
            EXPLAIN SELECT event_id FROM audit.event WHERE tenant = 'anna'
            ORDER BY started_at DESC, event_id DESC LIMIT 50
            """
        )
        var plan = ""
        for row in 0..<rows.rowCount { plan += (try rows.text(row, 0) ?? "") + "\n" }
        #expect(plan.contains("Index"))
        #expect(!plan.contains("Seq Scan on event_2"))
    }
}

@Suite("Provisioning", .enabled(if: TestDatabase.isPresent, "\(TestDatabase.absence)"))
struct ProvisioningTests {
    @Test(
        "A name that is none, or one of the house's roles, is no auditor",
        arguments: [
            "", "_a", "a_", "A", "a b", "a\"; DROP TABLE x", "limen_writer", "limen_owner",
            "postgres", "pg_monitor", "é", String(repeating: "a", count: 64),
        ]
    )
    func logins(login: String) throws {
        let database = try TestDatabase()
        #expect(throws: AuditStoreError(code: .invalidName)) {
            try Provisioning.open(database.administrator)
                .createAuditor(login: login, tenant: "anna")
        }
    }

    @Test("No role that the migrations make can become an auditor, a monitor or an eraser")
    func houseRoles() throws {
        let database = try TestDatabase()
        let roles = try database.column(
            "SELECT rolname FROM pg_roles WHERE rolname LIKE 'limen\\_%' ORDER BY 1"
        )
        // Logins of other tests on the server are none of the house's.
        let texts = TestDatabase.migrations.map(\.text)
        let house = roles.filter { role in texts.contains { $0.contains(role) } }
        #expect(house.contains("limen_chain"))
        #expect(house.contains("limen_verifier"))
        #expect(house.count >= 12)
        let provisioning = try Provisioning.open(database.administrator)
        for role in house {
            let refusal = AuditStoreError(code: .invalidName)
            #expect(throws: refusal, "\(role)") {
                try provisioning.createAuditor(login: role, tenant: "anna")
            }
            #expect(throws: refusal, "\(role)") {
                try provisioning.createMonitor(login: role, tenant: "anna")
            }
            #expect(throws: refusal, "\(role)") {
                try provisioning.createEraser(login: role, tenant: "anna")
            }
            #expect(throws: refusal, "\(role)") {
                try provisioning.createRewrapper(login: role, tenant: "anna")
            }
        }
    }

    @Test("Tenants are created once and listed; an auditor of an unknown tenant is refused")
    func tenants() throws {
        let database = try TestDatabase()
        let provisioning = try Provisioning.open(database.administrator)
        try provisioning.createTenant("anna", title: "again")
        #expect(try provisioning.tenants() == ["anna", "berta", "system"])
        #expect(throws: AuditStoreError(code: .invalidName)) {
            try provisioning.createTenant("Anna", title: "")
        }
        #expect(
            throws: AuditStoreError(
                code: .database,
                cause: PostgreSQLError(code: .statementFailed, sqlState: "23503")
            )
        ) {
            try provisioning.createAuditor(login: "auditor_anna", tenant: "nobody")
        }
    }

    @Test("A password is kept as a SCRAM verifier, whatever characters it has")
    func passwords() throws {
        let database = try TestDatabase()
        let provisioning = try Provisioning.open(database.administrator)
        try provisioning.createAuditor(login: "auditor_secret", tenant: "anna")
        try provisioning.setPassword(login: "auditor_secret", password: "it's \\ \"%L\" $1")
        let kept = try database.column(
            "SELECT rolpassword FROM pg_authid WHERE rolname = 'auditor_secret'"
        )
        #expect(kept.first?.hasPrefix("SCRAM-SHA-256$") == true)
    }
}

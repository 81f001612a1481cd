import Audit
import AuditStore
import Basics
import Crypto
import PostgreSQL
import Testing

@Suite("Saved reviews", .enabled(if: TestDatabase.isPresent, "\(TestDatabase.absence)"))
struct ReviewTests {
    static func review(
        _ question: ReviewQuestion,
        _ login: String = "auditor_anna",
        around moment: Instant
    ) -> Review {
        Review(
            id: .version4(),
            tenant: "anna",
            madeAt: moment,
            madeBy: login,
            title: question.sentence,
            question: question,
            from: moment.advanced(byMicroseconds: -3_600_000_000),
            end: moment.advanced(byMicroseconds: 3_600_000_000),
            hours: .usual
        )
    }

    @Test("find what they ask for, are kept as they were run, and are closed once")
    func life() async throws {
        let database = try TestDatabase()
        let sink = try database.sink(writers: 1)
        defer { sink.close() }
        let sent = Records.now
        for number in 0..<5 {
            var record = Records.small("anna", at: sent.advanced(byMicroseconds: Int64(number)))
            record.kind = .rejectedRequest
            record.outcome = .rejected
            record.reasonCode = number < 3 ? "LIMEN-GATE-004" : "LIMEN-GATE-007"
            try await sink.append(record)
        }
        try await sink.append(Records.full("berta", at: sent))
        // The database takes a review only at its time.
        let now = Records.now
        let query = try database.query()
        let review = Self.review(.rejectedRequests, around: now)
        try query.add(review)
        let run = try query.examine(review, id: .version4(), by: "auditor_anna", now: now)
        #expect(run.foundCount == 5)
        #expect(run.isComplete)
        #expect(run.groups.map(\.name) == ["LIMEN-GATE-004", "LIMEN-GATE-007"])
        #expect(run.groups.map(\.count) == [3, 2])
        try query.add(run, to: review)
        let closing = ReviewClosing(
            at: now,
            by: "auditor_anna",
            finding: "a client was misconfigured",
            runID: run.id
        )
        #expect(try query.close(review, closing))
        #expect(try query.close(review, closing) == false)
        let kept = try #require(try query.reviews(of: "anna").first)
        #expect(kept.id == review.id)
        #expect(kept.runs.map(\.digest) == [run.digest])
        #expect(kept.runs.first?.groups.map(\.count) == [3, 2])
        #expect(kept.closing?.finding.text == "a client was misconfigured")
        let other = try AuditQuery.open(database.login("auditor_berta"))
        #expect(try other.reviews(of: "anna").isEmpty)
        #expect(throws: AuditStoreError.self) {
            try other.add(Self.review(.reads, "auditor_berta", around: now))
        }
        // Nobody signs for another, and nothing that was written changes.
        #expect(throws: AuditStoreError.self) {
            try query.add(Self.review(.reads, "somebody", around: now))
        }
        for statement in [
            "UPDATE audit.review SET title = 'x'", "DELETE FROM audit.review_run",
            "TRUNCATE audit.review_closing CASCADE",
        ] {
            #expect(throws: PostgreSQLError.self) { try database.script(statement) }
        }
    }

    @Test("each question finds what it is about, and nothing else")
    func questions() async throws {
        let database = try TestDatabase()
        let sink = try database.sink(writers: 1)
        defer { sink.close() }
        let now = Records.now
        let decision = Records.full("anna", at: now)
        let begun = UUIDBytes.version4()
        let finished = UUIDBytes.version4()
        func add(_ kind: AuditRecord.Kind, _ change: (inout AuditRecord) -> Void) async throws {
            var record = Records.small("anna", at: now)
            record.eventID = .version4()
            record.kind = kind
            record.outcome = .done
            record.client = "auditor_anna"
            change(&record)
            try await sink.append(record)
        }
        try await sink.append(decision)
        try await add(.auditExport) { record in
            record.eventID = begun
            record.flags = [ExportMark.begun]
        }
        try await add(.auditExport) { record in
            record.eventID = finished
            record.flags = [ExportMark.begun]
        }
        try await add(.auditExport) { record in
            record.flags = [ExportMark.complete]
            record.causedBy = finished
        }
        try await add(.auditRead) { $0.details = Array(#"{"reason":"why"}"#.utf8) }
        try await add(.auditRead) { $0.details = Array(#"{"question":"list"}"#.utf8) }
        try await add(.authenticationFailure) { $0.flags = ["wrong-key"] }
        try await add(.decision) { record in
            record.outcome = .refused
            record.reasonCode = "LIMEN-GATE-011"
        }
        try await add(.decision) { $0.outcome = .failed }
        try await add(.erasure) { _ in }
        try await add(.evaluation) { $0.replayedAt = now }
        try await add(.evaluation) { _ in }
        try await add(.configurationChange) { _ in }
        try await sink.append(Records.feedback(on: [decision.cardIDs[0]], at: now))
        let query = try AuditQuery.open(database.login("auditor_anna"))
        func count(_ question: ReviewQuestion) throws -> Int {
            try query.examine(
                Self.review(question, around: now),
                id: .version4(),
                by: "auditor_anna",
                now: now
            ).foundCount
        }
        #expect(try count(.exports) == 2)
        #expect(try count(.unfinishedExports) == 1)
        #expect(try count(.reads) == 2)
        #expect(try count(.readsWithoutReason) == 1)
        #expect(try count(.refusedLogins) == 1)
        #expect(try count(.patientMismatch) == 1)
        #expect(try count(.failures) == 1)
        #expect(try count(.erasures) == 1)
        #expect(try count(.configurationChanges) == 1)
        #expect(try count(.replays) == 2, "a call, and a batch as of a moment")
        #expect(try count(.withoutFeedback) == 1, "the other card of the decision")
        #expect(try count(.defaultPartition) == 0)
        let all = try [ReviewQuestion.outOfHours].map(count)
        #expect(all == [WorkingHours.usual.contains(now) ? 0 : 5])
    }

    @Test("rows outside of the months that were made are found")
    func defaultPartition() async throws {
        let database = try TestDatabase()
        let sink = try database.sink(writers: 1)
        defer { sink.close() }
        let old = Records.now.advanced(byMicroseconds: -400 * 86_400_000_000)
        try await sink.append(Records.small("anna", at: old))
        try await sink.append(Records.small("anna"))
        let query = try AuditQuery.open(database.login("auditor_anna"))
        let review = Review(
            id: .version4(),
            tenant: "anna",
            madeAt: old,
            madeBy: "auditor_anna",
            title: "t",
            question: .defaultPartition,
            from: old.advanced(byMicroseconds: -1),
            end: Records.now.advanced(byMicroseconds: 1_000_000),
            hours: .usual
        )
        let run = try query.examine(review, id: .version4(), by: "auditor_anna", now: old)
        #expect(run.foundCount == 1)
    }

    @Test("an auditor records reads under the own name, for now, of the own tenants, and no more")
    func recording() throws {
        let database = try TestDatabase()
        let query = try AuditQuery.open(database.login("auditor_anna"))
        let now = Records.now
        func note(
            _ kind: AuditRecord.Kind = .auditRead,
            tenant: String = "anna",
            at moment: Instant = now
        ) -> AuditRecord {
            ReadNote("list").record(
                kind,
                tenant: tenant,
                client: "somebody else",
                eventID: .version4(),
                now: moment
            )
        }
        for kind in [AuditRecord.Kind.auditRead, .auditExport, .auditReview] {
            try query.record(note(kind))
        }
        let clients = try database.column("SELECT DISTINCT client FROM audit.event")
        #expect(clients == ["auditor_anna"], "the name is that of the login")
        let hour: Int64 = 3_600_000_000
        for bad in [
            note(.decision), note(.erasure), note(tenant: "berta"), note(tenant: "system"),
            note(at: now.advanced(byMicroseconds: -hour)),
            note(at: now.advanced(byMicroseconds: hour)),
        ] {
            #expect(throws: AuditStoreError.self) { try query.record(bad) }
        }
    }
}

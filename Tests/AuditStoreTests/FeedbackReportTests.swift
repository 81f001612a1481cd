import Audit
import AuditStore
import Basics
import Crypto
import Testing

@Suite(
    "The feedback report",
    .enabled(if: TestDatabase.isPresent, "\(TestDatabase.absence)")
)
struct FeedbackReportTests {
    static let start = Instant(
        microseconds: Records.now.microseconds / 86_400_000_000 * 86_400_000_000
    )

    static func decision(
        _ service: String,
        _ names: [String],
        client: String = "ehr",
        minutes: Int64,
        tenant: String = "anna"
    ) -> AuditRecord {
        var record = Records.small(tenant, at: start.advanced(byMicroseconds: minutes * 60_000_000))
        record.outcome = .cards
        record.service = service
        record.client = client
        record.cardIDs = names.map { _ in .version4() }
        for (id, name) in zip(record.cardIDs, names) { record.cardNames[id] = name }
        return record
    }

    static func feedback(
        _ items: [(UUIDBytes, String, reason: String?, comment: String?, minutes: Int64)],
        tenant: String = "anna"
    ) -> AuditRecord {
        var record = Records.small(tenant, at: start.advanced(byMicroseconds: 7_200_000_000))
        record.kind = .feedback
        record.outcome = .done
        for item in items {
            var row = AuditFeedback(cardID: item.0, outcome: item.1)
            row.overrideReason = item.reason
            row.userComment = item.comment
            row.outcomeAt = start.advanced(byMicroseconds: item.minutes * 60_000_000)
            record.feedback.append(row)
            // The gateway names the cards on the event as well.
            record.cardIDs.append(item.0)
        }
        return record
    }

    @Test("counts each shown card once, by the last that was said of it")
    func counts() async throws {
        let database = try TestDatabase()
        let sink = try database.sink(writers: 1)
        defer { sink.close() }
        let one = Self.decision("news2", ["high", "note"], minutes: 1)
        let two = Self.decision("news2", ["high"], client: "other", minutes: 61)
        let three = Self.decision("qsofa", ["high"], minutes: 62)
        // The same hookInstance again: the same card again.
        var again = Self.decision("news2", [], minutes: 2)
        again.cardIDs = [one.cardIDs[0]]
        again.cardNames = [one.cardIDs[0]: "high"]
        let foreign = Self.decision("news2", ["high"], minutes: 1, tenant: "berta")
        let said = Self.feedback([
            (one.cardIDs[0], "overridden", "s|late", nil, 100),
            // Said later, so it counts, although it was sent first.
            (two.cardIDs[0], "accepted", nil, nil, 110),
            (two.cardIDs[0], "overridden", "s|early", nil, 105),
            (three.cardIDs[0], "overridden", nil, "words", 100),
            (foreign.cardIDs[0], "accepted", nil, nil, 100),
            (UUIDBytes.version4(), "accepted", nil, nil, 100),
        ])
        for record in [one, two, three, again, foreign, said] { try await sink.append(record) }

        let query = try database.query("auditor_anna")
        func report(
            _ grouping: FeedbackGroup.Grouping,
            from: Instant? = nil,
            until end: Instant? = nil
        ) throws -> [String] {
            try query.feedbackReport(tenant: "anna", by: grouping, from: from, until: end)
                .groups.map { group in
                    let reasons = group.overridden.map { "\($0.reason)=\($0.count)" }
                    return "\(group.name) \(group.shown) \(group.accepted) "
                        + "\(group.overriddenCount) \(group.withoutResponse) "
                        + reasons.joined(separator: ",")
                }
        }
        #expect(
            try report(.service) == ["news2 3 1 1 1 s|late=1", "qsofa 1 0 1 0 comment only=1"]
        )
        #expect(
            try report(.card) == [
                "news2/high 2 1 1 0 s|late=1", "news2/note 1 0 0 1 ",
                "qsofa/high 1 0 1 0 comment only=1",
            ]
        )
        #expect(
            try report(.client) == ["ehr 3 0 2 1 comment only=1,s|late=1", "other 1 1 0 0 "]
        )
        #expect(try report(.hour).map { $0.prefix(5) } == ["00 2 ", "01 2 "])
        let hour = Self.start.advanced(byMicroseconds: 3_600_000_000)
        #expect(try report(.service, until: hour) == ["news2 2 0 1 1 s|late=1"])
        #expect(try report(.service, from: hour).count == 2)
        let orphans = try query.feedbackReport(
            tenant: "anna",
            by: .service,
            from: nil,
            until: nil
        ).orphanCount
        // One card that nobody showed, and one that another tenant was shown.
        #expect(orphans == 2)
        #expect(try query.orphanedFeedback().count == 2)
        // Another tenant's cards are not there for this auditor.
        let other = try query.feedbackReport(
            tenant: "berta",
            by: .service,
            from: nil,
            until: nil
        )
        #expect(other.groups.isEmpty && other.orphanCount == 0)
    }

    @Test("counts a short card as suppressed under the name of the card, and not as shown")
    func suppressed() async throws {
        let database = try TestDatabase()
        let sink = try database.sink(writers: 1)
        defer { sink.close() }
        try await sink.append(Self.decision("news2", ["high", "note"], minutes: 1))
        try await sink.append(Self.decision("news2", ["high/repeated", "note"], minutes: 2))
        try await sink.append(Self.decision("news2", ["high/repeated"], minutes: 3))
        let query = try AuditQuery.open(database.login("auditor_anna"))
        let report = try query.feedbackReport(tenant: "anna", by: .card, from: nil, until: nil)
        #expect(report.groups.map(\.name) == ["news2/high", "news2/note"])
        #expect(report.groups.map(\.shown) == [1, 2])
        #expect(report.groups.map(\.suppressed) == [2, 0])
        #expect(report.groups.map(\.withoutResponse) == [1, 2])
    }

    @Test("leaves out what came later than the client was granted, and counts it by itself")
    func late() async throws {
        let database = try TestDatabase()
        let sink = try database.sink(writers: 1)
        defer { sink.close() }
        let card = Self.decision("news2", ["high"], minutes: 0)
        try await sink.append(card)
        // Both come two hours after the card; the first says so of itself, and is granted them.
        for (hours, outcome) in [(3, "accepted"), (1, "overridden")] {
            var said = Self.feedback([(card.cardIDs[0], outcome, nil, nil, 100)])
            said.details = Array(#"{"feedbackWithinSeconds":\#(hours * 3_600)}"#.utf8)
            try await sink.append(said)
        }
        let query = try AuditQuery.open(database.login("auditor_anna"))
        let report = try query.feedbackReport(tenant: "anna", by: .service, from: nil, until: nil)
        #expect(report.groups.map(\.accepted) == [1])
        #expect(report.groups.map(\.overriddenCount) == [0])
        #expect(report.lateCount == 1 && report.orphanCount == 0)
        // It is kept like any other.
        #expect(try database.count("SELECT count(*) FROM audit.feedback") == 2)
    }
}

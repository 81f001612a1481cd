import Audit
import AuditStore
import Basics
import Crypto
import PostgreSQL
import Testing
import Vault

/// What an erasure reaches beside the rows: the memory of shown cards and the words of reviews.
@Suite("Reach of an erasure", .enabled(if: TestDatabase.isPresent, "\(TestDatabase.absence)"))
struct ErasureReachTests {
    @Test("What was shown of an erased patient is forgotten with the keys, and of nobody else")
    func shown() async throws {
        let scene = try VaultScene()
        defer { scene.sink.close() }
        var mine = scene.decision(monthsAgo: 80)
        var others = scene.decision(monthsAgo: 80)
        others.patientPseudonym = RandomBytes.make(count: 32)
        let end = Records.now.advanced(byMicroseconds: 3_600_000_000)
        let subjects = (0..<2).map { _ in RandomBytes.make(count: 32) }
        mine.shown = ShownAnswer(subject: subjects[0], state: [1], forgottenAt: end)
        others.shown = ShownAnswer(subject: subjects[1], state: [2], forgottenAt: end)
        try await scene.sink.append(mine)
        try await scene.sink.append(others)
        let denied = PostgreSQLError(code: .statementFailed, sqlState: "42501")
        #expect(throws: denied) { try scene.database.script("DELETE FROM audit.shown") }
        _ = try scene.eraser().erase(
            tenant: "anna",
            subjects: [scene.patient],
            eventID: .version4(),
            reason: "request 31",
            isDueOnly: false,
            shownEvents: [mine.eventID]
        )
        let left = try scene.database.column("SELECT encode(subject, 'hex') FROM audit.shown")
        #expect(left == [Hexadecimal.text(subjects[1])])
        #expect(throws: denied, "the erasure was another transaction") {
            try scene.database.script("DELETE FROM audit.shown")
        }
    }

    @Test("The patient's recent decisions are those whose memory is forgotten")
    func recent() async throws {
        let scene = try VaultScene()
        defer { scene.sink.close() }
        let recent = scene.decision()
        try await scene.sink.append(recent)
        try await scene.sink.append(scene.decision(monthsAgo: 3))
        let facts = try scene.query().erasureFacts(tenant: "anna", pseudonyms: [scene.patient])
        #expect(facts.recentEventIDs == [recent.eventID])
        #expect(facts.epochs == [3])
    }

    private static func review(_ scene: VaultScene, _ title: String) -> Review {
        Review(
            id: .version4(),
            tenant: "anna",
            madeAt: Records.now,
            madeBy: "auditor_anna",
            title: title,
            question: .reads,
            from: Records.now.advanced(byMicroseconds: -3_600_000_000),
            end: Records.now,
            hours: .usual
        )
    }

    @Test("The words of a review lie sealed; who has the keys reads them, who has none is told")
    func reviews() throws {
        let scene = try VaultScene()
        defer { scene.sink.close() }
        let query = try scene.query()
        let review = Self.review(scene, "Why was \(scene.name) looked at?")
        try query.add(review)
        let run = try query.examine(
            review,
            id: .version4(),
            by: "auditor_anna",
            now: Records.now
        )
        try query.add(run, to: review)
        var closing = ReviewClosing(
            at: Records.now,
            by: "auditor_anna",
            finding: "\(scene.name) is a neighbour",
            runID: run.id
        )
        closing.patientPseudonym = scene.patient
        #expect(try query.close(review, closing))
        #expect(try !query.close(review, closing))
        #expect(
            try scene.database.count(
                """
                SELECT count(*) FROM (SELECT r::text AS t FROM audit.review r
                    UNION ALL SELECT c::text FROM audit.review_closing c
                    UNION ALL SELECT e::text FROM audit.event e) rows WHERE t LIKE '%Ngozi%'
                """
            ) == 0
        )
        let read = try #require(try query.reviews(of: "anna").first)
        #expect(read.title == ReviewWords(review.title.text, .opened))
        #expect(read.closing?.finding.text == closing.finding.text)
        let closed = try #require(try scene.query(hasKeys: false).reviews(of: "anna").first)
        #expect(closed.title == ReviewWords(nil, .sealed))
        #expect(closed.closing?.finding.shown == "(sealed)")
        let subjects = try scene.database.column(
            "SELECT encode(subject, 'hex') FROM audit.data_key ORDER BY octet_length(subject)"
        )
        #expect(
            subjects == [Hexadecimal.text(review.id.bytes), Hexadecimal.text(scene.patient)],
            "a key of its own, and one of the patient, once"
        )
    }

    @Test("Words without keys are refused; the question's own sentence needs none")
    func withoutKeys() throws {
        let scene = try VaultScene()
        defer { scene.sink.close() }
        let query = try scene.query(hasKeys: false)
        #expect { try query.add(Self.review(scene, "about somebody")) } throws: {
            ($0 as? AuditStoreError)?.code == .keysMissing
        }
        try query.add(Self.review(scene, ReviewQuestion.reads.sentence))
        #expect(try query.reviews(of: "anna").map(\.title.text) == [ReviewQuestion.reads.sentence])
        #expect(try scene.database.count("SELECT count(*) FROM audit.data_key") == 0)
    }

    @Test("Words of before stay readable, and words whose key was destroyed are said to be erased")
    func oldAndErased() throws {
        let scene = try VaultScene()
        defer { scene.sink.close() }
        let old = UUIDBytes.version4()
        try scene.database.script(
            """
            INSERT INTO audit.review (tenant, review_id, made_by, title, question, period_from,
                period_to, settings)
            VALUES ('anna', '\(old.text)', 'auditor_anna', 'an old title', 'reads', '2020-01-01',
                '2020-02-01', '\(String(decoding: WorkingHours.usual.json, as: UTF8.self))');
            """
        )
        #expect(try scene.query().reviews(of: "anna").map(\.title) == [ReviewWords("an old title")])
        // A review of long ago, as a superuser can make one: its key may go.
        let review = Self.review(scene, "about \(scene.name)")
        var past = review
        past.madeAt = Records.now.advanced(byMicroseconds: -80 * 31 * 86_400_000_000)
        try AuditQuery.open(
            scene.database.administrator,
            opener: RecordOpener(scene.ring)
        ).add(past)
        #expect(try scene.query().reviews(of: "anna", id: review.id).first?.title.text != nil)
        let count = try scene.eraser().erase(
            tenant: "anna",
            subjects: [review.id.bytes],
            eventID: .version4(),
            reason: "request 32",
            isDueOnly: false
        )
        #expect(count == 1)
        let erased = try #require(try scene.query().reviews(of: "anna", id: review.id).first)
        #expect(erased.title == ReviewWords(nil, .erased))
    }
}

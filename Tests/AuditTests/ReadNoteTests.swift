import Audit
import Basics
import JSON
import Testing

@Suite("The note of a read")
struct ReadNoteTests {
    static func record(_ note: ReadNote) -> AuditRecord {
        note.record(
            tenant: "demo",
            client: "auditor",
            eventID: UUIDBytes(high: 1, low: 1),
            now: Instant(microseconds: 0)
        )
    }

    @Test("names the patient under the newest epoch, which stays when earlier ones end")
    func newest() {
        var note = ReadNote("timeline", reason: "why")
        note.filter.patientPseudonyms = [[1], [2], [3]]
        note.filter.patientEpoch = 7
        let record = Self.record(note)
        #expect(record.patientPseudonym == [3])
        #expect(record.pseudonymEpoch == 7)
        #expect(record.flags == ["timeline", "filter:patient"])
    }

    @Test("says no epoch of a pseudonym that was given, and nobody where nobody was asked for")
    func given() {
        var note = ReadNote("timeline")
        note.filter.patientPseudonyms = [[9]]
        note.about = StoryTests.decision.record
        #expect(Self.record(note).patientPseudonym == [9])
        #expect(Self.record(note).pseudonymEpoch == nil)
        #expect(Self.record(ReadNote("list")).patientPseudonym == nil)
    }

    @Test(
        "writes what was given as a pseudonym only where the trail has it as one: it may be an id",
        arguments: [
            ([[9], [2]], false, [2], 7), ([[9], [2]], true, [9], nil), ([[9]], false, nil, nil),
            ([[9]], true, [9], nil),
        ] as [([[UInt8]], Bool, [UInt8]?, Int?)]
    )
    func idOrPseudonym(asked: [[UInt8]], isKnown: Bool, named: [UInt8]?, epoch: Int?) {
        var note = ReadNote("timeline", reason: "why")
        note.filter.patientPseudonyms = asked
        note.filter.patientEpoch = 7
        note.filter.patientGiven = [9]
        note.filter.isGivenKnown = isKnown
        let record = Self.record(note)
        #expect(record.patientPseudonym == named)
        #expect(record.pseudonymEpoch == epoch)
        #expect(record.flags == ["timeline", "filter:patient"])
    }

    @Test("of an event names its patient, under the newest pseudonym where that can be made")
    func about() {
        var note = ReadNote("show", reason: "why")
        note.about = StoryTests.decision.record
        note.about?.pseudonymEpoch = 1
        let old = Self.record(note)
        #expect(old.patientPseudonym == StoryTests.decision.record.patientPseudonym)
        #expect(old.pseudonymEpoch == 1)
        note.subject = ReadNote.Subject(pseudonym: [5], epoch: 4)
        let new = Self.record(note)
        #expect(new.patientPseudonym == [5])
        #expect(new.pseudonymEpoch == 4)
        #expect(new.flags == ["show"], "nobody was filtered by")
    }

    @Test(
        "A run of a review is clean only when all of the time was looked at and nothing found",
        arguments: [
            (0, true, true, "0"), (0, false, false, "at least 0"), (3, true, false, "3"),
            (3, false, false, "at least 3"),
        ]
    )
    func runs(found: Int, isComplete: Bool, isClean: Bool, text: String) {
        let run = ReviewRun(
            id: UUIDBytes(high: 1, low: 1),
            ranAt: Instant(microseconds: 0),
            ranBy: "auditor",
            foundCount: found,
            isComplete: isComplete,
            groups: [],
            digest: []
        )
        #expect(run.isClean == isClean)
        #expect(run.foundText == text)
    }

    @Test("A closing says when its run looked at a part of the time", arguments: [true, false])
    func closing(isComplete: Bool) throws {
        let moment = Instant(microseconds: 0)
        let id = UUIDBytes(high: 1, low: 1)
        var review = Review(
            id: id,
            tenant: "demo",
            madeAt: moment,
            madeBy: "auditor",
            title: "t",
            question: .reads,
            from: moment,
            end: moment.advanced(byMicroseconds: 1),
            hours: .usual
        )
        review.runs = [
            ReviewRun(
                id: id,
                ranAt: moment,
                ranBy: "auditor",
                foundCount: 0,
                isComplete: isComplete,
                groups: [],
                digest: []
            )
        ]
        review.closing = ReviewClosing(at: moment, by: "auditor", finding: "none", runID: id)
        var writer = JSONWriter()
        review.write(to: &writer)
        let closing = try JSONDocument(parsing: writer.bytes).root["closing"]
        #expect(closing?["found"]?.stringValue == "none")
        #expect(closing?["isComplete"]?.boolValue == (isComplete ? nil : false))
    }

    @Test("Replays are looked for among evaluations too: a batch as of a moment is one")
    func replays() {
        let kinds = ReviewQuestion.replays.filters.map(\.kind)
        #expect(kinds == [.decision, .evaluation])
        let batch = StoryTests.event(.evaluation) { $0.replayedAt = Instant(microseconds: 1) }
        #expect(ReviewQuestion.replays.finds(batch, .usual))
    }
}

import Audit
import Basics
import JSON
import Testing

@Suite("A story of a call")
struct StoryTests {
    static let instance = UUIDBytes(high: 7, low: 7)

    static func event(
        _ kind: AuditRecord.Kind,
        _ outcome: AuditRecord.Outcome = .done,
        at second: Int64 = 0,
        id: UInt64 = 1,
        _ change: (inout AuditRecord) -> Void = { _ in }
    ) -> StoredEvent {
        let moment = Instant(microseconds: 1_777_888_800_000_000 + second * 1_000_000)
        var record = AuditRecord(
            eventID: UUIDBytes(high: 1, low: id),
            tenant: "demo",
            kind: kind,
            outcome: outcome,
            startedAt: moment,
            status: 200
        )
        record.hookInstance = instance
        change(&record)
        return StoredEvent(record: record, recordedAt: moment)
    }

    static let decision = event(.decision, .cards) { record in
        record.client = "ward-ehr"
        record.service = "news2"
        record.hook = "patient-view"
        record.patientPseudonym = [UInt8](repeating: 0xAB, count: 32)
        record.userPseudonym = [UInt8](repeating: 0xCD, count: 32)
        record.artifacts = Array(
            (#"{"profile":{"name":"news2","version":"1.0.0","sha256":"11"},"#
                + #""model":{"sha256":"0123456789abcdef"}}"#).utf8
        )
        let card = UUIDBytes(high: 9, low: 9)
        record.cardIDs = [card]
        record.cards = Array(
            #"[{"uuid":"\#(card.text)","summary":"NEWS2 11: high","indicator":"critical"}]"#.utf8
        )
        record.missingInputs = ["temperature"]
        record.details = nil
    }

    static func text(_ story: Story) -> String {
        story.lines.flatMap(\.sentences).joined(separator: "\n")
    }

    @Test("says who asked what about whom, what computed, what was shown and what was said of it")
    func decision() throws {
        var decision = Self.decision
        var item = AuditFeedback(cardID: UUIDBytes(high: 9, low: 9), outcome: "overridden")
        item.overrideReason = "urn:reasons|patient-declined"
        item.userComment = "seen"
        decision.answers = [
            StoredFeedback(
                feedback: item,
                eventID: UUIDBytes(high: 1, low: 5),
                receivedAt: decision.record.startedAt.advanced(byMicroseconds: 9_000_000)
            )
        ]
        let fetch = Self.event(.fetch, .incomplete, id: 2) { $0.reasonCode = "timeout" }
        let shadow = Self.event(.decision, .noCards, id: 3) { $0.arm = .shadow }
        let read = Self.event(.auditRead, at: 60, id: 4) { record in
            record.client = "limen_auditor_demo"
            record.details = Array(#"{"question":"show","reason":"complaint","rows":4}"#.utf8)
        }
        let story = Story(
            hookInstance: Self.instance,
            events: [read, shadow, decision, fetch]
        )
        #expect(story.events.map(\.record.eventID.low) == [2, 1, 3, 4])
        let text = Self.text(story)
        for part in [
            "ward-ehr fired patient-view at the service news2 about the patient abababababab",
            "for the user cdcdcdcdcdcd", "Computed by news2 1.0.0 (model 0123456789ab): one card.",
            #"Card shown (critical): "NEWS2 11: high""#, "Inputs that were missing: temperature.",
            "some of it did not come (timeout)", "without showing anything",
            #"The clinician overridden the card "NEWS2 11: high", with the reason"#,
            #"limen_auditor_demo read the trail: show (4 rows), because: "complaint"."#,
        ] {
            #expect(text.contains(part), "\(part)\n--\n\(text)")
        }
        let order = story.lines.map(\.eventID.low)
        #expect(order == [2, 1, 3, 5, 4], "feedback stands where it came")
    }

    @Test("tells a failure, a refusal and missing data from nothing to report")
    func outcomes() {
        let cases: [(AuditRecord.Outcome, String)] = [
            (.noCards, "nothing to report"), (.incomplete, "no result, because data was missing"),
            (.refused, "refused"), (.failed, "failed"), (.rejected, "rejected"),
        ]
        for (outcome, words) in cases {
            let event = Self.event(.decision, outcome)
            let text = Self.text(Story(hookInstance: nil, events: [event]))
            #expect(text.contains(words))
            #expect(text.contains("nothing to report") == (outcome == .noCards))
        }
    }

    @Test(
        "says what cannot be read, and why",
        arguments: [
            (StoredEvent.Sealing.sealed, "sealed, and the key is not here"),
            (.erased, "was erased"), (.unreadable, "does not open"),
        ]
    )
    func sealing(sealing: StoredEvent.Sealing, words: String) {
        var event = Self.event(.decision, .cards)
        event.sealing = sealing
        #expect(Self.text(Story(hookInstance: nil, events: [event])).contains(words))
    }

    @Test(
        "tells an order from what was done and from what was refused",
        arguments: [
            (
                AuditRecord.Kind.erasure, AuditRecord.Outcome.done, "ordered", "{}",
                "ordered to destroy"
            ),
            (.erasure, .done, "done", #"{"destroyed":3}"#, "were destroyed (3 keys)"),
            (.erasure, .done, "done", #"{"review":"r"}"#, "words of a review were destroyed"),
            (
                .erasure, .refused, "refused", #"{"code":"LIMEN-X"}"#,
                "(LIMEN-X): no key was destroyed"
            ),
            (
                .legalHold, .done, "set", #"{"hold":"h","onAll":true}"#,
                "set the legal hold h on all"
            ),
            (.legalHold, .done, "follow", "{}", "under the pseudonyms of every epoch"),
            (.legalHold, .done, "lift", #"{"hold":"h"}"#, "ordered to lift the legal hold h"),
            (
                .legalHold, .done, "lift ordered", #"{"reason":"w"}"#,
                #"because: "w"; what came of it"#
            ),
            (.legalHold, .done, "lift done", #"{"hold":"h"}"#, "the legal hold h was lifted"),
            (.legalHold, .refused, "lift refused", "{}", "no hold was changed"),
            (
                .retention, .done, "policy ordered", #"{"keepMonths":72}"#,
                "ordered a policy that keeps"
            ),
            (.retention, .done, "policy done", #"{"keepMonths":72}"#, "for 72 months is in force"),
            (.retention, .refused, "policy refused", "{}", "the one before stays in force"),
            (
                .retention, .done, "drop ordered", #"{"month":"2019-06-01"}"#,
                "to drop the rows of 2019-06"
            ),
            (.retention, .done, "drop done", "{}", "were dropped"),
            (.retention, .refused, "drop refused", "{}", "no row was dropped"),
            (.retention, .refused, "refused", "{}", "nothing was changed"),
            (.keyChange, .done, "end-epoch", #"{"epoch":1}"#, "ordered to end the epoch 1"),
            (.configurationChange, .done, "", "{}", "The configuration was loaded anew."),
            (.configurationChange, .rejected, "", "{}", "the old one stayed in force"),
            (
                .configurationChange, .done, "database-restored", "{}",
                "a restored database is in force"
            ),
        ]
    )
    func deeds(
        kind: AuditRecord.Kind,
        outcome: AuditRecord.Outcome,
        flags: String,
        details: String,
        words: String
    ) {
        let event = Self.event(kind, outcome) { record in
            record.client = "auditor"
            record.flags = flags.split(separator: " ").map(String.init)
            record.details = Array(details.utf8)
        }
        let text = Self.text(Story(hookInstance: nil, events: [event]))
        #expect(text.contains(words), "\(text)")
        // What did not happen is not told as if it had.
        let isDone = DeedStage(event.record) == .done
        for past in ["were destroyed", "was lifted", "were dropped", "is in force"]
        where kind != .configurationChange {
            #expect(!text.contains(past) || isDone, "\(text)")
        }
    }

    @Test("says who may read which tenant from now on, and who no longer")
    func mapping() {
        for (code, words) in [
            ("reader-added", "root let the login eve read the trail of the tenant demo"),
            ("reader-removed", "root took from the login eve the right"),
        ] {
            let event = Self.event(.configurationChange) { record in
                record.client = "root"
                record.reasonCode = code
                record.details = Array(#"{"login":"eve","tenant":"demo"}"#.utf8)
            }
            let text = Self.text(Story(hookInstance: nil, events: [event]))
            #expect(text.contains(words), "\(text)")
            #expect(!text.contains("loaded anew"))
        }
    }

    /// A row of a batch, whose reason stands once for all of them.
    static let batch = event(.evaluation) { record in
        record.client = "nightly"
        record.service = "news2"
        record.artifacts = Array(
            (#"{"batch":{"job":"00000000-0000-0001-0000-000000000002","reason":"weekly review"},"#
                + #""profile":{"name":"news2","version":"1.0.0"}}"#).utf8
        )
    }

    @Test("tells the job and the reason of a row of a batch, and who saw gives the reason too")
    func batch() {
        let text = Self.text(Story(hookInstance: nil, events: [Self.batch]))
        #expect(
            text.contains(
                "one of many patients of the batch 00000000-0000-0001-0000-000000000002, "
                    + #"because: "weekly review"."#
            )
        )
        var readers = PatientReaders()
        readers.add(Self.batch)
        #expect(readers.all.map(\.reasons) == [["weekly review"]])
    }

    @Test("has a sentence for every kind of event", arguments: AuditRecord.Kind.allCases)
    func kinds(kind: AuditRecord.Kind) {
        let lines = Story(hookInstance: nil, events: [Self.event(kind)]).lines
        #expect(lines.count == 1)
        #expect(lines.first?.sentences.first?.hasSuffix(".") == true)
    }

    @Test(
        "lists who saw a patient: users by their answers, programs, auditors; shadows saw nothing"
    )
    func readers() throws {
        var readers = PatientReaders()
        readers.add(Self.decision)
        readers.add(
            Self.event(.decision, .noCards, at: 5, id: 6) { record in
                record.client = "ward-ehr"
                record.service = "qsofa"
                record.userPseudonym = [UInt8](repeating: 0xCD, count: 32)
            }
        )
        readers.add(Self.event(.decision, id: 7) { $0.arm = .shadow })
        readers.add(Self.event(.decision, .failed, id: 8) { $0.status = 503 })
        readers.add(Self.event(.evaluation, id: 9) { $0.client = "nightly" })
        readers.add(Self.event(.fetch, id: 10))
        readers.add(
            Self.event(.auditRead, at: 9, id: 11) { record in
                record.client = "auditor"
                record.details = Array(#"{"reason":"why"}"#.utf8)
            }
        )
        #expect(readers.eventCount == 7)
        let all = readers.all
        #expect(all.map(\.way) == [.read, .answer, .result])
        #expect(all[0].reasons == ["why"])
        #expect(all[1].count == 2)
        #expect(all[1].services == ["news2", "qsofa"])
        #expect(all[1].first < all[1].last)
    }

    /// A read that named no patient.
    static func wide(
        _ kind: AuditRecord.Kind,
        _ note: ReadNote,
        id: UInt64,
        cause: UInt64? = nil,
        status: Int = 200
    ) -> StoredEvent {
        event(kind, at: Int64(100 - id), id: id) { record in
            record.client = "officer"
            record.status = status
            record.flags = [note.question] + note.marks + note.filter.names.map { "filter:" + $0 }
            record.details = note.details
            record.causedBy = cause.map { UUIDBytes(high: 1, low: $0) }
        }
    }

    @Test("lists an unfiltered export and a recomputation once, as covering all patients")
    func coveringAll() throws {
        var note = ReadNote("export", reason: "a copy")
        note.filter.to = Instant(microseconds: 1)
        note.marks = [ExportMark.complete]
        note.rowCount = 7
        var readers = PatientReaders()
        readers.addWide(Self.wide(.auditExport, note, id: 2, cause: 3))
        note.marks = [ExportMark.begun]
        note.rowCount = 0
        readers.addWide(Self.wide(.auditExport, note, id: 3))
        var again = ReadNote("recompute", reason: "a drill")
        again.marks = [RecomputeMark.complete]
        readers.addWide(Self.wide(.auditRead, again, id: 5, cause: 6))
        again.marks = [RecomputeMark.begun]
        readers.addWide(Self.wide(.auditRead, again, id: 6))
        #expect(readers.eventCount == 4)
        #expect(readers.all.map(\.way) == [.export, .read])
        #expect(readers.all.map(\.coverage) == [.all, .all])
        #expect(readers.all.map(\.count) == [1, 1])
        #expect(readers.all.map(\.reasons) == [["a copy"], ["a drill"]])
        var writer = JSONWriter()
        readers.all[0].write(to: &writer)
        #expect(writer.text.contains(#""covered":"all""#))
    }

    @Test(
        "lists every other read that named no patient as one that perhaps showed this one",
        arguments: [
            ("export", AuditRecord.Kind.auditExport, 0, ["service"]),
            ("export", .auditExport, 9, ["from", "to"]), ("list", .auditRead, 50, []),
            ("search", .auditRead, 1, ["user"]), ("show", .auditRead, 2, []),
            ("recompute", .auditRead, 0, ["event"]), ("review-run", .auditReview, 0, []),
            ("anything-new", .auditRead, 0, []),
        ]
    )
    func perhaps(
        question: String,
        kind: AuditRecord.Kind,
        rowCount: Int,
        filters: [String]
    ) throws {
        var note = ReadNote(question, reason: "asked")
        note.rowCount = rowCount
        if filters.contains("service") { note.filter.service = "news2" }
        if filters.contains("from") { note.filter.from = Instant(microseconds: 1) }
        if filters.contains("to") { note.filter.to = Instant(microseconds: 2) }
        if filters.contains("user") { note.filter.userPseudonyms = [[1]] }
        if filters.contains("event") { note.filter.eventID = UUIDBytes(high: 1, low: 1) }
        var readers = PatientReaders()
        readers.addWide(Self.wide(kind, note, id: 1))
        let reader = try #require(readers.all.first)
        #expect(reader.coverage == .perhaps)
        #expect(reader.filters == Set(filters))
    }

    @Test(
        "leaves out reads of other patients, and those that showed no row",
        arguments: [
            ("list", 0, 200, false), ("list", 3, 404, false), ("keys", 3, 200, false),
            ("feedback-report", 3, 200, false), ("list", 3, 200, true),
        ]
    )
    func notListed(question: String, rowCount: Int, status: Int, isOfOther: Bool) {
        var note = ReadNote(question)
        note.rowCount = rowCount
        var event = Self.wide(.auditRead, note, id: 1, status: status)
        if isOfOther { event.record.patientPseudonym = [UInt8](repeating: 1, count: 32) }
        var readers = PatientReaders()
        readers.addWide(event)
        #expect(readers.all.isEmpty)
    }

    @Test("asks for the events of the patient, and for reads of each kind that named none")
    func readerParts() {
        var filter = AuditFilter()
        filter.patientPseudonyms = [[1], [2]]
        filter.from = Instant(microseconds: 5)
        let parts = filter.readerParts
        #expect(parts.first == filter)
        #expect(parts.dropFirst().map(\.kind) == [.auditRead, .auditExport, .auditReview])
        for part in parts.dropFirst() {
            #expect(part.namesNoPatient)
            #expect(part.patientPseudonyms.isEmpty)
            #expect(part.from == filter.from)
            #expect(part.parts != filter.parts)
        }
        filter.kind = .auditExport
        #expect(filter.readerParts.map(\.kind) == [.auditExport, .auditExport])
        filter.kind = .decision
        #expect(filter.readerParts == [filter])
    }
}

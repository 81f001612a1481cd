import Audit
import Basics
import Crypto
import HTTPMessages
import JSON
import Support
import Testing

@testable import Gateway

/// Decisions as they were recorded, computed again from their rows.
@Suite("A decision that is computed again")
struct RecomputationTests {
    /// The rows of calls of several services, and of the evaluate API.
    static func events(_ fixture: GatewayFixture) async -> [StoredEvent] {
        var body = HookBody()
        body.observations = HookBody.vitals(rr: "22", pulse: "112")
        for service in ["news2", "qsofa", "mews"] {
            _ = await fixture.post("/cds-services/" + service, body.text)
        }
        _ = await fixture.post(
            "/models/news2/evaluate",
            #"""
            [{"respiratoryRate":22,"spo2":91,"spo2Scale":"1","onOxygen":true,"systolic":101,"pulse":112,
              "consciousness":"A","temperature":{"value":101.3,"unit":"[degF]"}},{"pulse":90}]
            """#
        )
        return fixture.sink.records.map { StoredEvent(record: $0, recordedAt: $0.startedAt) }
    }

    static func recomputation(_ fixture: GatewayFixture) -> Recomputation {
        Recomputation(Array(fixture.gateway.catalogue.profiles.values))
    }

    @Test("is the same to the last digit, whichever way it was asked for")
    func same() async throws {
        let fixture = try GatewayFixture()
        let recomputation = Self.recomputation(fixture)
        let events = await Self.events(fixture).filter { Recomputation.applies(to: $0.record) }
        #expect(events.count >= 4)
        var sameCount = 0
        for event in events {
            let verdict = recomputation.verdict(on: event)
            #expect(!verdict.isFinding, "\(event.record.service ?? "") \(verdict)")
            if verdict == .same { sameCount += 1 }
        }
        #expect(sameCount >= 3)
    }

    @Test("names each value of the result that was changed since")
    func different() async throws {
        let fixture = try GatewayFixture()
        let recomputation = Self.recomputation(fixture)
        let events = await Self.events(fixture)
        var event = try #require(
            events.first { recomputation.verdict(on: $0) == .same && $0.record.service == "news2" }
        )
        let text = String(decoding: event.record.result ?? [], as: UTF8.self)
        let value = try #require(
            try JSONDocument(parsing: text).root["value"]?.numberText
        )
        let changed = text.replacing("\"value\":" + value, with: "\"value\":99", maxReplacements: 1)
        event.record.result = Array(changed.utf8)
        #expect(
            recomputation.verdict(on: event)
                == .different([.init(path: "value", stored: "99", computed: value)])
        )
        let without = text.replacing(
            "\"value\":" + value + ",",
            with: "",
            maxReplacements: 1
        )
        event.record.result = Array(without.utf8)
        #expect(
            recomputation.verdict(on: event)
                == .different([.init(path: "value", stored: nil, computed: value)])
        )
        // A decimal of another scale is another text, and another row.
        let scaled = text.replacing(
            "\"value\":" + value,
            with: "\"value\":" + value + ".0",
            maxReplacements: 1
        )
        event.record.result = Array(scaled.utf8)
        #expect(recomputation.verdict(on: event).isFinding)
    }

    @Test("notices an input that was changed since")
    func changedInput() async throws {
        let fixture = try GatewayFixture()
        let recomputation = Self.recomputation(fixture)
        var event = try #require(
            await Self.events(fixture).first {
                recomputation.verdict(on: $0) == .same && $0.record.kind == .evaluation
            }
        )
        let text = String(decoding: event.record.inputs ?? [], as: UTF8.self)
        let changed = text.replacing("\"value\":112", with: "\"value\":60")
        #expect(changed != text)
        event.record.inputs = Array(changed.utf8)
        guard case .different(let differences) = recomputation.verdict(on: event) else {
            Issue.record("the change was not noticed")
            return
        }
        #expect(differences.contains { $0.path == "value" })
        #expect(differences.contains { $0.path.hasPrefix("contributions[") })
    }

    @Test("says what cannot be checked, and why, and never that it is the same")
    func unchecked() async throws {
        let fixture = try GatewayFixture()
        let recomputation = Self.recomputation(fixture)
        let good = try #require(
            await Self.events(fixture).first { recomputation.verdict(on: $0) == .same }
        )
        #expect(Recomputation([]).verdict(on: good).word == "unknown-digest")
        for (sealing, word) in [
            (StoredEvent.Sealing.sealed, "sealed"), (.erased, "erased"),
            (.unreadable, "unreadable"),
        ] {
            var event = good
            event.sealing = sealing
            #expect(recomputation.verdict(on: event).word == word)
        }
        for (change, word) in [
            ({ $0.inputs = Array("{".utf8) }, "unreadable"),
            ({ $0.inputs = Array("[]".utf8) }, "unreadable"),
            ({ $0.inputs = Array(#"[{"name":"pulse"}]"#.utf8) }, "unreadable"),
            ({ $0.result = Array("[]".utf8) }, "unreadable"),
            ({ $0.artifacts = nil }, "unreadable"),
            ({ $0.result = nil }, "nothing-computed"),
            ({ $0.artifacts = Array(#"{"interactions":{"name":"x"}}"#.utf8) }, "unreadable"),
            (
                { $0.artifacts = Array(#"{"interactions":{"name":"x","sha256":"00"}}"#.utf8) },
                "unknown-digest"
            ),
        ] as [((inout AuditRecord) -> Void, String)] {
            var event = good
            change(&event.record)
            #expect(recomputation.verdict(on: event).word == word)
        }
    }
}

@Suite("A cursor")
struct CursorSealTests {
    static let place = AuditCursor(
        startedAt: Instant(microseconds: -1),
        eventID: UUIDBytes(high: 1, low: 2)
    )

    static func seal(
        _ byte: UInt8 = 1,
        reader: String = "a@t",
        purpose: String = "list"
    ) -> CursorSeal {
        CursorSeal(
            key: .init([UInt8](repeating: byte, count: 32)),
            reader: reader,
            purpose: purpose
        )
    }

    @Test("opens for its own reader, question and purpose alone")
    func binding() throws {
        var filter = AuditFilter()
        filter.tenant = "t"
        filter.patientPseudonyms = [[1, 2]]
        let text = Self.seal().text(Self.place, filter, extra: [7, 8])
        let opened = try #require(Self.seal().open(text, filter))
        #expect(opened.cursor == Self.place)
        #expect(opened.extra == [7, 8])
        for seal in [Self.seal(2), Self.seal(reader: "b@t"), Self.seal(purpose: "export")] {
            #expect(seal.open(text, filter) == nil)
        }
        let changes: [(inout AuditFilter) -> Void] = [
            { $0.tenant = "u" }, { $0.kind = .fetch }, { $0.patientPseudonyms = [[1], [2]] },
            { $0.patientPseudonyms = [] }, { $0.userPseudonyms = [[1, 2]] },
            { $0.from = Self.place.startedAt }, { $0.to = Self.place.startedAt },
            { $0.client = "x" }, { $0.service = "x" }, { $0.model = .profile("x") },
            { $0.reasonCode = "x" }, { $0.arm = .live }, { $0.outcome = .cards },
            { $0.cardID = Self.place.eventID }, { $0.eventID = Self.place.eventID },
            { $0.causedBy = Self.place.eventID }, { $0.hookInstance = Self.place.eventID },
            { $0.traceID = [1] },
        ]
        for change in changes {
            var other = filter
            change(&other)
            #expect(Self.seal().open(text, other) == nil)
        }
        // How many rows a page has is no part of the question.
        filter.limit = 7
        #expect(Self.seal().open(text, filter) != nil)
    }

    @Test("does not open once a bit of it is another, or it is cut")
    func altered() throws {
        let filter = AuditFilter()
        let text = Self.seal().text(Self.place, filter)
        let bytes = Array(text.utf8)
        for position in bytes.indices {
            for other in "AB_9".utf8 where other != bytes[position] {
                var altered = bytes
                altered[position] = other
                let cursor = Self.seal().open(String(decoding: altered, as: UTF8.self), filter)
                #expect(cursor == nil)
            }
            #expect(
                Self.seal().open(String(decoding: bytes[..<position], as: UTF8.self), filter) == nil
            )
        }
        #expect(Self.seal().open(text + "A", filter) == nil)
        #expect(Self.seal().open(String(repeating: "A", count: 5_000), filter) == nil)
    }
}

import Audit
import Basics
import CDSHooks
import HTTPMessages
import JSON
import Support
import Testing

@testable import Gateway

@Suite("A result that was shown before")
struct RepeatTests {
    @Test("is told in short, with what it says, since when and until when")
    func short() async throws {
        let fixture = try RepeatFixture()
        #expect(try await fixture.call(RepeatFixture.three(), instance: 1) == ["warning Some 3"])
        let first = try fixture.row
        #expect(first.flags.contains("suppressed") == false && first.shown != nil)
        fixture.gateway.clock.advance(seconds: 4_800)
        let again = try await fixture.call(RepeatFixture.three(), instance: 2)
        #expect(again == ["info Shown 1 h 20 min ago: Some 3"])
        let row = try fixture.row
        #expect(row.flags.contains("suppressed"))
        #expect(row.causedBy == first.eventID)
        #expect(row.outcome == .cards && row.indicator == "info")
        #expect(row.cardNames.values.map { $0 } == ["some/repeated"])
        #expect(row.cardIDs != first.cardIDs)
        let details = try JSONDocument(parsing: #require(row.details)).root["suppressed"]
        let held = try #require(details?.elements.first { _ in true })
        #expect(held["card"]?.stringValue == "some" && held["indicator"]?.stringValue == "warning")
        #expect(held["shownBy"]?.stringValue == first.eventID.text)
        #expect(held["until"]?.stringValue == "2026-05-04T18:00:00Z")
        // The card that was held back stands in the row as it would have been shown.
        let result = try JSONDocument(parsing: #require(row.result)).root
        let card = result["suppressedCards"]?.elements.first { _ in true }
        #expect(card?["summary"]?.stringValue == "Some 3")
        #expect(result["decision"]?.kind == .object)
    }

    @Test("is no empty answer, and offers nothing a second time")
    func honest() async throws {
        let fixture = try RepeatFixture()
        _ = try await fixture.call(RepeatFixture.three(), instance: 1)
        var body = HookBody(observations: RepeatFixture.three())
        body.instance = "d1577c69-dfbe-44ad-ba6d-3e05e953b299"
        let response = await fixture.gateway.post("/cds-services/calm", body.text)
        let card = try #require(try response.card)
        #expect(card["suggestions"] == nil && card["overrideReasons"] == nil)
        #expect(card["source"]?["label"]?.stringValue == "The source")
        let detail = try #require(card["detail"]?.stringValue)
        #expect(detail.contains("as warning") && detail.contains("2026-05-04T10:00:00Z"))
        #expect(detail.contains("2026-05-04T18:00:00Z") && detail.contains("Some 3"))
    }

    @Test("comes back in full after its time, counted from when it was last shown in full")
    func time() async throws {
        let fixture = try RepeatFixture()
        _ = try await fixture.call(RepeatFixture.three(), instance: 1)
        for step in 2...4 {
            fixture.gateway.clock.advance(seconds: 7_200)
            let cards = try await fixture.call(RepeatFixture.three(), instance: step)
            #expect(cards == ["info Shown \((step - 1) * 2) h ago: Some 3"])
        }
        fixture.gateway.clock.advance(seconds: 7_199)
        #expect(try await fixture.call(RepeatFixture.three(), instance: 5)[0].hasPrefix("info"))
        fixture.gateway.clock.advance(seconds: 1)
        #expect(try await fixture.call(RepeatFixture.three(), instance: 6) == ["warning Some 3"])
    }

    @Test(
        "is shown in full when it is another, and as the document says when it is worse",
        arguments: [
            ("any-change", "100", true), ("any-change", "70", false), ("higher", "100", true),
            ("higher", "70", false), ("lower", "100", false),
        ]
    )
    func worse(_ direction: String, _ pulse: String, _ isShown: Bool) async throws {
        let fixture = try RepeatFixture(
            #"{"within":"PT8H","by":"patient","worse":"\#(direction)"}"#
        )
        _ = try await fixture.call(RepeatFixture.three(), instance: 1)
        let cards = try await fixture.call(RepeatFixture.three(pulse: pulse), instance: 2)
        #expect(cards.count == 1)
        #expect(cards[0].hasPrefix("warning") == isShown, "\(cards)")
    }

    @Test("counts as worse only beyond what the document grants, from the last time in full")
    func tolerance() async throws {
        let fixture = try RepeatFixture(
            #"{"within":"PT8H","by":"patient","worse":"higher","worseBy":1}"#
        )
        _ = try await fixture.call(RepeatFixture.three(), instance: 1)
        let four = try await fixture.call(RepeatFixture.three(pulse: "100"), instance: 2)
        #expect(four[0].hasPrefix("info Shown 0 s ago: Some 4"))
        // One more than the last, and two more than what was shown.
        let five = try await fixture.call(RepeatFixture.three(pulse: "120"), instance: 3)
        #expect(five == ["warning Some 5"])
    }

    @Test("is shown in full when it got worse again after it was better")
    func relapse() async throws {
        let fixture = try RepeatFixture(
            #"{"within":"PT8H","by":"patient","worse":"higher"}"#
        )
        _ = try await fixture.call(RepeatFixture.three(pulse: "100"), instance: 1)
        #expect(try await fixture.call(RepeatFixture.three(), instance: 2)[0].hasPrefix("info"))
        let again = try await fixture.call(RepeatFixture.three(pulse: "100"), instance: 3)
        #expect(again == ["warning Some 4"])
        // After nothing to report it is new.
        #expect(try await fixture.call(HookBody.vitals(), instance: 4).isEmpty)
        #expect(
            try await fixture.call(RepeatFixture.three(pulse: "100"), instance: 5)
                == ["warning Some 4"]
        )
    }

    @Test("is shown in full after something could not be computed, which is told each time")
    func incomplete() async throws {
        let fixture = try RepeatFixture()
        let missing = HookBody.vitals(rr: "26", temperature: nil)
        for instance in 1...2 {
            let cards = try await fixture.call(missing, instance: instance)
            #expect(cards.count == 1 && cards[0].contains("not calculated"), "\(cards)")
            #expect(try fixture.row.flags.contains("suppressed") == false)
        }
        #expect(try await fixture.call(RepeatFixture.three(), instance: 3) == ["warning Some 3"])
        _ = try await fixture.call(missing, instance: 4)
        #expect(try await fixture.call(RepeatFixture.three(), instance: 5) == ["warning Some 3"])
    }

    @Test("is shown in full when an input that was observed is only assumed now")
    func assumed() throws {
        let rule = SuppressionRule(withinSeconds: 60)
        let known = Assessment(value: 3)
        let assumed = Assessment(value: 3, absent: ["spo2Scale"])
        #expect(assumed.isWorse(than: known, by: rule))
        #expect(!known.isWorse(than: assumed, by: rule))
        #expect(!assumed.isWorse(than: assumed, by: rule))
    }

    @Test("of categories is another one with every change that is not granted")
    func categories() {
        let rule = SuppressionRule(withinSeconds: 60, worse: .higher, tolerance: 0.05)
        let low = Assessment(category: "low", probabilities: ["low": 0.8, "high": 0.2])
        var other = low
        #expect(!other.isWorse(than: low, by: rule))
        other.probabilities = ["low": 0.76, "high": 0.24]
        #expect(!other.isWorse(than: low, by: rule))
        other.probabilities = ["low": 0.7, "high": 0.3]
        #expect(other.isWorse(than: low, by: rule))
        other.probabilities = ["low": 0.8]
        #expect(other.isWorse(than: low, by: rule) && low.isWorse(than: other, by: rule))
        other = low
        other.category = "high"
        #expect(other.isWorse(than: low, by: rule))
        let number = Assessment(value: 1)
        #expect(number.isWorse(than: Assessment(), by: rule))
        #expect(Assessment().isWorse(than: number, by: rule))
    }

    @Test("that is critical is shown each time, unless the document says otherwise")
    func critical() async throws {
        let high = HookBody.vitals(rr: "26", spo2: "89", systolic: "85", pulse: "135")
        let fixture = try RepeatFixture()
        _ = try await fixture.call(high, instance: 1)
        let again = try await fixture.call(high, instance: 2)
        #expect(again.map { $0.prefix(8) } == ["critical", "info Sho"])
        let bold = try RepeatFixture(#"{"within":"PT8H","by":"patient","critical":true}"#)
        _ = try await bold.call(high, instance: 1)
        let short = try await bold.call(high, instance: 2)
        #expect(short.count == 2 && short.allSatisfy { $0.hasPrefix("info Shown") }, "\(short)")
    }

    @Test("is another one for another user where the document says so, and for another hook")
    func audience() async throws {
        let own = try RepeatFixture(#"{"within":"PT8H","by":"patient+user"}"#)
        _ = try await own.call(RepeatFixture.three(), instance: 1)
        let other = try await own.call(
            RepeatFixture.three(),
            instance: 2,
            user: "Practitioner/pr2"
        )
        #expect(other == ["warning Some 3"])
        #expect(try await own.call(RepeatFixture.three(), instance: 3)[0].hasPrefix("info"))
        let shared = try RepeatFixture()
        _ = try await shared.call(RepeatFixture.three(), instance: 1)
        let seen = try await shared.call(
            RepeatFixture.three(),
            instance: 2,
            user: "Practitioner/pr2"
        )
        #expect(seen[0].hasPrefix("info"))
        let hook = try await shared.call(
            RepeatFixture.three(),
            instance: 3,
            hook: "encounter-start"
        )
        #expect(hook == ["warning Some 3"])
    }

    @Test("is given again as it was to a call that is sent again")
    func retry() async throws {
        let fixture = try RepeatFixture()
        let first = try await fixture.call(RepeatFixture.three(), instance: 1)
        #expect(try await fixture.call(RepeatFixture.three(), instance: 1) == first)
        let short = try await fixture.call(RepeatFixture.three(), instance: 2)
        #expect(short[0].hasPrefix("info"))
        #expect(try await fixture.call(RepeatFixture.three(), instance: 2) == short)
    }

    @Test("is shown in full when nobody knows what was shown, and the row says so")
    func unknown() async throws {
        let fixture = try RepeatFixture()
        _ = try await fixture.call(RepeatFixture.three(), instance: 1)
        fixture.memory.fail(with: AuditError(code: .timeout))
        #expect(try await fixture.call(RepeatFixture.three(), instance: 2) == ["warning Some 3"])
        #expect(try fixture.row.flags.contains("suppression-unknown"))
        fixture.memory.fail(with: nil)
        #expect(try await fixture.call(RepeatFixture.three(), instance: 3)[0].hasPrefix("info"))
        let without = try GatewayFixture(
            extraFiles: [
                "Hooks/calm.json": RepeatFixture.document(#"{"within":"PT8H","by":"patient"}"#)
            ]
        )
        for _ in 1...2 {
            let body = HookBody(observations: RepeatFixture.three()).text
            let response = await without.post("/cds-services/calm", body)
            #expect(try response.card?["indicator"]?.stringValue == "warning")
        }
    }

    @Test("as of a past moment is neither held back nor remembered")
    func replay() async throws {
        let fixture = try RepeatFixture()
        _ = try await fixture.call(RepeatFixture.three(), instance: 1)
        let past = #""org.limen.replayAt":"2026-05-04T09:30:00Z""#
        let cards = try await fixture.call(RepeatFixture.three(), instance: 2, extensions: past)
        #expect(cards == ["warning Some 3"])
        #expect(try fixture.row.shown == nil)
    }

    @Test("says nothing of a patient in what is kept of it, and is bound to its subject")
    func sealed() async throws {
        let fixture = try RepeatFixture()
        _ = try await fixture.call(RepeatFixture.three(), instance: 1)
        let row = try fixture.row
        let kept = try #require(row.shown)
        #expect(kept.subject.count == 32 && kept.subject != row.patientPseudonym)
        #expect(!String(decoding: kept.state, as: UTF8.self).contains("some"))
        let key = try #require(fixture.gateway.gateway.configuration.tenantKeys["hospital-a"])
        let state = try #require(
            ShownState(sealed: kept.state, for: kept.subject, by: key)
        )
        #expect(state.cards.map(\.key) == ["some"] && state.assessment?.value == 3)
        var other = kept.subject
        other[0] ^= 1
        #expect(ShownState(sealed: kept.state, for: other, by: key) == nil)
        for position in kept.state.indices {
            var bytes = kept.state
            bytes[position] ^= 1
            #expect(ShownState(sealed: bytes, for: kept.subject, by: key) == nil)
        }
        #expect(ShownState(sealed: [], for: kept.subject, by: key) == nil)
    }

    @Test("that was withheld was not shown")
    func withheld() async throws {
        let fixture = try RepeatFixture()
        fixture.gateway.clock.setStep(200_000)
        let body = HookBody(observations: RepeatFixture.three()).text
        #expect(await fixture.gateway.post("/cds-services/calm", body).status == 503)
        fixture.gateway.clock.setStep(0)
        #expect(try await fixture.call(RepeatFixture.three(), instance: 2) == ["warning Some 3"])
    }

    @Test(
        "is a rule that is refused when it is not sound",
        arguments: [
            (#"{"by":"patient"}"#, "limen.suppress.within"),
            (#"{"within":"8 h","by":"patient"}"#, "limen.suppress.within"),
            (#"{"within":"PT30S","by":"patient"}"#, "limen.suppress.within"),
            (#"{"within":"P32D","by":"patient"}"#, "limen.suppress.within"),
            (#"{"within":"P1M","by":"patient"}"#, "limen.suppress.within"),
            (#"{"within":"PT8H"}"#, "limen.suppress.by"),
            (#"{"within":"PT8H","by":"ward"}"#, "limen.suppress.by"),
            (#"{"within":"PT8H","by":"patient","worse":"up"}"#, "limen.suppress.worse"),
            (#"{"within":"PT8H","by":"patient","worseBy":-1}"#, "limen.suppress.worseBy"),
            (#"{"within":"PT8H","by":"patient","worseBy":"1"}"#, "limen.suppress.worseBy"),
            (#"{"within":"PT8H","by":"patient","critical":1}"#, "limen.suppress.critical"),
            (#"{"within":"PT8H","by":"patient","silent":true}"#, "limen.suppress.silent"),
            ("[]", "limen.suppress"),
        ]
    )
    func rules(_ rule: String, _ path: String) throws {
        let error = #expect(throws: CatalogueError.self) { try RepeatFixture(rule) }
        #expect(error?.findings.map(\.path) == [path])
        #expect(error?.findings.first?.code == .hook)
    }

    @Test("is no matter of a service that shows nothing")
    func shadow() {
        #expect(throws: CatalogueError.self) {
            try RepeatFixture(#"{"within":"PT8H","by":"patient"}"#, mode: "shadow")
        }
    }

    @Test(
        "is a rule that is remarked on when it may be more than was meant",
        arguments: [
            (#"{"within":"PT8H","by":"patient"}"#, []),
            (#"{"within":"P2D","by":"patient"}"#, ["limen.suppress.within"]),
            (
                #"{"within":"PT8H","by":"patient","critical":true}"#,
                ["limen.suppress.critical", "limen.suppress.by"]
            ),
            (
                #"{"within":"PT8H","by":"patient+user","critical":true}"#,
                ["limen.suppress.critical"]
            ),
        ]
    )
    func lint(_ rule: String, _ paths: [String]) throws {
        let catalogue = try RepeatFixture(rule).gateway.gateway.catalogue
        #expect(HookLint(catalogue, service: "calm").findings.map(\.path) == paths)
        #expect(HookLint(catalogue).findings.map(\.path) == paths, "what is shipped has none")
    }

    @Test("of interactions is held back pair by pair, and what was not checked is told each time")
    func interactions() async throws {
        let sink = InMemoryAuditSink()
        let document = #"""
            {"id":"pairs","hook":"order-sign","title":"T","description":"D","prefetch":"auto",
             "limen":{"format":"limen-hook/1","version":"1.0.0","interactions":"interactions-onc",
              "mode":"live","deadline":"PT0.4S",
              "suppress":{"within":"PT8H","by":"patient","critical":true}}}
            """#
        let fixture = try GatewayFixture(
            sink: sink,
            extraFiles: ["Hooks/pairs.json": Array(document.utf8)]
        ) {
            $0.shownMemory = RecordedShownMemory(sink)
        }
        var calls = 0
        func call(_ orders: [String], _ current: [String], first: Int = 0) async throws
            -> [String]
        {
            calls += 1
            var body = OrderBody(instance: "d1577c69-dfbe-44ad-ba6d-3e05e953b2\(calls + 10)")
            body.drafts = orders.enumerated().map {
                InteractionTests.draft("d\(first + $0)", $1)
            }
            body.requests = current.enumerated().map { OrderBody.resource("m\($0)", $1) }
            let cards = try InteractionTests.cards(
                await fixture.post("/cds-services/pairs", body.text)
            )
            return cards.compactMap { $0["summary"]?.stringValue }
        }
        let pair = "Contraindicated: clarithromycin with simvastatin"
        let simvastatin = InteractionTests.simvastatin
        let clarithromycin = InteractionTests.clarithromycin
        #expect(try await call([simvastatin], [clarithromycin]) == [pair])
        #expect(try await call([simvastatin], [clarithromycin]) == ["Shown 0 s ago: " + pair])
        // An order that asks nothing changes nothing about what was shown.
        #expect(try await call([], [clarithromycin]).isEmpty)
        #expect(try await call([simvastatin], [clarithromycin])[0].hasPrefix("Shown"))
        // Another order of the same medicine is another decision, and so is one that is changed.
        #expect(try await call([simvastatin], [clarithromycin], first: 7) == [pair])
        #expect(try await call([simvastatin], [clarithromycin], first: 7)[0].hasPrefix("Shown"))
        let dosed = simvastatin + #","dosageInstruction":[{"text":"one"}]"#
        #expect(try await call([dosed], [clarithromycin], first: 7) == [pair])
        // The first beside a second: the pair is met by two orders now.
        #expect(try await call([dosed, dosed], [clarithromycin], first: 7) == [pair])
        // An order of something else leaves the pair what it was.
        let other = InteractionTests.ibuprofen
        #expect(
            try await call([dosed, dosed, other], [clarithromycin], first: 7)
                .contains("Shown 0 s ago: " + pair)
        )
        // The same order, and a second record of what the patient has.
        #expect(
            try await call([dosed, dosed], [clarithromycin, clarithromycin], first: 7) == [pair]
        )
        // A medicine that cannot be told makes the answer one that is not whole.
        let unknown = OrderBody.coded("urn:oid:9.9", "1")
        for _ in 1...2 {
            let cards = try await call([simvastatin], [clarithromycin, unknown])
            #expect(cards.count == 2 && cards[0] == pair, "\(cards)")
        }
    }
}

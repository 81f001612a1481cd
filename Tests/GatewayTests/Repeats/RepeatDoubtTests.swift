import Audit
import Basics
import CDSHooks
import Crypto
import HTTPMessages
import JSON
import Support
import Telemetry
import Testing

@testable import Gateway

@Suite("A result that was perhaps not seen")
struct RepeatDoubtTests {
    static func body(_ instance: Int, patient: String = "p1") -> String {
        var body = HookBody(observations: RepeatFixture.three())
        body.instance = "d1577c69-dfbe-44ad-ba6d-3e05e953b2\(instance + 10)"
        return body.text
    }

    @Test("is shown in full when its row landed after the answer was given up")
    func lost() async throws {
        let fixture = try RepeatFixture()
        fixture.gateway.sink.fail(with: AuditError(code: .timeout), keeping: true)
        let lost = await fixture.gateway.post("/cds-services/calm", Self.body(1))
        #expect(lost.status == 503)
        #expect(try fixture.row.shown != nil, "the row is there, and says that it was shown")
        fixture.gateway.sink.fail(with: nil)
        fixture.gateway.clock.advance(seconds: 1)
        #expect(try await fixture.call(RepeatFixture.three(), instance: 2) == ["warning Some 3"])
        #expect(try fixture.row.flags.contains("suppression-unknown"))
        // That one went out in time: it is what was seen last.
        fixture.gateway.clock.advance(seconds: 1)
        #expect(try await fixture.call(RepeatFixture.three(), instance: 3)[0].hasPrefix("info"))
        let metrics = fixture.gateway.gateway.metrics
        #expect(metrics.repeatsUnknown.value(["calm", "lost-answer"]) == 1)
    }

    @Test("is shown in full when the last of several was lost, whenever the others went out")
    func lostLast() async throws {
        let fixture = try RepeatFixture()
        _ = try await fixture.call(RepeatFixture.three(), instance: 1)
        fixture.gateway.clock.advance(seconds: 60)
        fixture.gateway.sink.fail(with: AuditError(code: .timeout), keeping: true)
        for instance in 2...4 {
            let lost = await fixture.gateway.post("/cds-services/calm", Self.body(instance))
            #expect(lost.status == 503)
        }
        fixture.gateway.sink.fail(with: nil)
        // Of the same moment as the one that was lost, so it may not be the last in the memory.
        #expect(try await fixture.call(RepeatFixture.three(), instance: 5) == ["warning Some 3"])
        #expect(try await fixture.call(RepeatFixture.three(), instance: 6) == ["warning Some 3"])
        fixture.gateway.clock.advance(seconds: 28_800)
        #expect(try await fixture.call(RepeatFixture.three(), instance: 7) == ["warning Some 3"])
        fixture.gateway.clock.advance(seconds: 60)
        #expect(try await fixture.call(RepeatFixture.three(), instance: 8)[0].hasPrefix("info"))
    }

    @Test("is shown in full when its row took longer than the client waits")
    func late() async throws {
        let fixture = try RepeatFixture()
        let clock = fixture.gateway.clock
        fixture.gateway.sink.whileAppending { clock.advance(seconds: 1) }
        #expect(try await fixture.call(RepeatFixture.three(), instance: 1) == ["warning Some 3"])
        fixture.gateway.sink.whileAppending(nil)
        #expect(try await fixture.call(RepeatFixture.three(), instance: 2) == ["warning Some 3"])
        clock.advance(seconds: 1)
        #expect(try await fixture.call(RepeatFixture.three(), instance: 3)[0].hasPrefix("info"))
    }

    @Test("is another one on another FHIR server, however the same server is spelled")
    func servers() async throws {
        let fixture = try RepeatFixture()
        func call(_ server: String?, _ instance: Int, key: String = GatewayFixture.key)
            async throws -> Bool
        {
            try await fixture.call(
                RepeatFixture.three(),
                instance: instance,
                server: server,
                key: key
            )[0].hasPrefix("warning")
        }
        #expect(try await call("https://a.example/r4", 1))
        #expect(try await call("https://b.example/r4", 2), "another patient with the same id")
        #expect(try await call("https://a.example/R4", 3))
        #expect(try await !call("https://A.example:443/r4/", 4))
        #expect(try await call(nil, 5))
        #expect(try await !call(nil, 6))
        #expect(try await call(nil, 7, key: RepeatFixture.second.key), "another client")
        // Two systems that read from one server mean the same patient.
        #expect(try await !call("https://a.example/r4", 8, key: RepeatFixture.second.key))
    }

    @Test("is shown in full after a call that failed, whatever it failed of")
    func failure() async throws {
        let fixture = try RepeatFixture()
        _ = try await fixture.call(RepeatFixture.three(), instance: 1)
        #expect(try await fixture.call(RepeatFixture.three(), instance: 2)[0].hasPrefix("info"))
        let whole = Self.body(3)
        let failures = [
            (412, whole.replacing(#""observations":{"#, with: #""other":{"#)),
            (
                422,
                whole.replacing(#""reference":"Patient/p1""#, with: #""reference":"Patient/p2""#)
            ),
            (422, whole.replacing(#""Patient","id":"p1""#, with: #""Patient","id":"p2""#)),
        ]
        var instance = 10
        for (status, body) in failures {
            instance += 2
            let response = await fixture.gateway.post("/cds-services/calm", body)
            #expect(response.status == status, "\(response.text)")
            fixture.gateway.clock.advance(seconds: 1)
            let after = try await fixture.call(RepeatFixture.three(), instance: instance)
            #expect(after == ["warning Some 3"])
            fixture.gateway.clock.advance(seconds: 1)
            let again = try await fixture.call(RepeatFixture.three(), instance: instance + 1)
            #expect(again[0].hasPrefix("info"))
        }
        // Too late to be given: the client has gone on.
        fixture.gateway.clock.setStep(200_000)
        let late = await fixture.gateway.post("/cds-services/calm", whole)
        #expect(late.status == 503)
        fixture.gateway.clock.setStep(0)
        fixture.gateway.clock.advance(seconds: 60)
        #expect(try await fixture.call(RepeatFixture.three(), instance: 30) == ["warning Some 3"])
    }

    @Test("makes the memory that of an answer without cards when it is more than can be kept")
    func tooLarge() throws {
        let fixture = try RepeatFixture()
        let gateway = fixture.gateway.gateway
        let service = try #require(gateway.catalogue.services(id: "calm").first)
        let rule = try #require(service.hook.suppression)
        let call = try HookRequest(reading: JSONDocument(parsing: Array(Self.body(1).utf8))) {
            .named($0)
        }
        let key = AuthenticationKey([UInt8](repeating: 1, count: 32))
        let subject = [UInt8](repeating: 5, count: 32)
        func state(_ count: Int, _ assessment: Assessment) throws -> ShownState {
            var exchange = Exchange(
                HTTPRequest(method: "POST", path: "/", query: nil, fields: [:], body: []),
                eventID: .init(high: 1, low: 2),
                now: GatewayFixture.now,
                key: key
            )
            exchange.service = service
            exchange.repeats = RepeatCheck(rule: rule, subject: subject)
            let cards = (0..<count).map { number in
                Card(
                    name: "c\(number)",
                    uuid: UUIDBytes(high: 3, low: UInt64(number)),
                    summary: "S",
                    indicator: .warning,
                    detail: nil,
                    frame: CardFrame(members: [])
                )
            }
            let shown = gateway.withoutRepeats(cards, assessment, service, call, &exchange)
            #expect(shown.count == count)
            let kept = try #require(exchange.record.shown)
            #expect(kept.subject == subject)
            return try #require(ShownState(sealed: kept.state, for: subject, by: key))
        }
        #expect(try state(Limits.repeatedCardsMax, Assessment(value: 3)).cards.count == 64)
        let many = try state(Limits.repeatedCardsMax + 1, Assessment(value: 3))
        #expect(many.cards.isEmpty && many.assessment == nil)
        let names = Set((0..<1_000).map { "an input with a long name \($0)" })
        #expect(try state(1, Assessment(value: 3, absent: names)).cards.count == 1)
        let long = try state(3, Assessment(value: 3, absent: names))
        #expect(long.cards.isEmpty && long.assessment == nil)
    }

    @Test("is asked for within half of what is left of the deadline, and not after it")
    func deadline() async throws {
        let fixture = try RepeatFixture()
        _ = try await fixture.call(RepeatFixture.three(), instance: 1)
        #expect(fixture.memory.microseconds == [200_000])
        // Each look at the clock takes some time; enough is left for the whole card.
        fixture.gateway.clock.setStep(20_000)
        _ = try await fixture.call(RepeatFixture.three(), instance: 2)
        let asked = fixture.memory.microseconds
        #expect(asked.count == 2 && asked[1] < 200_000 && asked[1] > 0, "\(asked)")
        fixture.gateway.clock.setStep(200_000)
        let late = await fixture.gateway.post("/cds-services/calm", Self.body(3))
        #expect(late.status == 503)
        #expect(fixture.memory.microseconds.count == 2)
    }

    // MARK: The set

    static func subject(_ number: UInt8) -> [UInt8] { [UInt8](repeating: number, count: 32) }
    static func moment(_ seconds: Int64) -> Instant {
        GatewayFixture.now.advanced(byMicroseconds: seconds * 1_000_000)
    }

    @Test("stays in doubt until a later answer that knew of it, or until it is forgotten")
    func doubts() throws {
        let doubts = ShownDoubts()
        let one = Self.subject(1)
        func doubt(_ seconds: Int64) -> ShownDoubts.Doubt? {
            doubts.doubt(about: one, now: Self.moment(seconds))
        }
        #expect(doubt(0) == nil)
        doubts.add(
            one,
            startedAt: Self.moment(0),
            until: Self.moment(100),
            now: Self.moment(1)
        )
        let first = try #require(doubt(1))
        #expect(doubts.doubt(about: Self.subject(2), now: Self.moment(1)) == nil)
        doubts.settle(first, about: one, startedAt: Self.moment(0))
        #expect(doubt(2) == first, "it began no later than the one that was lost")
        // Another is lost before the answer that knew of the first goes out.
        doubts.add(
            one,
            startedAt: Self.moment(2),
            until: Self.moment(90),
            now: Self.moment(3)
        )
        doubts.settle(first, about: one, startedAt: Self.moment(5))
        let second = try #require(doubt(5))
        #expect(second != first)
        #expect(doubt(99) == second && doubt(100) == nil)
        doubts.add(
            one,
            startedAt: Self.moment(2),
            until: Self.moment(90),
            now: Self.moment(3)
        )
        let third = try #require(doubt(5))
        doubts.settle(third, about: one, startedAt: Self.moment(6))
        #expect(doubt(6) == nil)
    }

    @Test("is doubted with all others when there is no room for more")
    func bounded() {
        let doubts = ShownDoubts(entriesMax: 2)
        func add(_ number: UInt8, until: Int64, now: Int64) {
            doubts.add(
                Self.subject(number),
                startedAt: Self.moment(0),
                until: Self.moment(until),
                now: Self.moment(now)
            )
        }
        func isDoubted(_ number: UInt8, _ seconds: Int64) -> Bool {
            doubts.doubt(about: Self.subject(number), now: Self.moment(seconds)) != nil
        }
        add(1, until: 10, now: 0)
        add(2, until: 20, now: 0)
        #expect(!isDoubted(3, 1))
        add(1, until: 12, now: 0)
        #expect(!isDoubted(3, 1), "one that is in it takes no room")
        add(3, until: 30, now: 1)
        for number in UInt8(1)...9 { #expect(isDoubted(number, 2)) }
        #expect(isDoubted(9, 29) && !isDoubted(9, 30) && doubts.count <= 2)
        // What is forgotten makes room.
        add(4, until: 60, now: 40)
        #expect(isDoubted(4, 41) && !isDoubted(9, 41))
        #expect(Limits.shownDoubtsMax > 0)
    }
}

import Audit
import Basics
import HTTPMessages
import JSON
import Support
import Testing

@testable import Gateway

@Suite("Answers in the dialect of the client")
struct DialectAnswerTests {
    static func answer(_ dialect: String) async throws -> (HTTPResponse, AuditRecord) {
        let key = AccessFixture.apiKey("a")
        let fixture = try AccessFixture([
            "Hooks/clients/a.json": AccessFixture.client(
                "a",
                key.member + #","dialect":\#(dialect)"#
            )
        ])
        let vitals = HookBody.vitals(rr: "26", spo2: "89", systolic: "85", pulse: "135")
        let response = await fixture.gateway.post(
            AccessFixture.path,
            HookBody(observations: vitals).text,
            key: key.key
        )
        #expect(response.status == 200)
        return (response, try #require(fixture.gateway.sink.records.last))
    }

    @Test("a client without a dialect gets what the specification has")
    func standard() async throws {
        let (plain, row) = try await Self.answer(#""standard-2.0""#)
        #expect(try plain.card?["uuid"] != nil && plain.card?["overrideReasons"] != nil)
        #expect(row.flags.allSatisfy { !$0.hasPrefix("dialect") })
    }

    @Test("the row holds the cards as they were sent, and what was adapted")
    func first() async throws {
        let (response, row) = try await Self.answer(#""standard-1.0""#)
        let card = try #require(try response.card)
        #expect(card["uuid"] == nil && card["overrideReasons"] == nil)
        #expect(
            row.flags.contains("dialect-uuid") && row.flags.contains("dialect-override-reasons")
        )
        #expect(row.cardIDs.count == 1, "feedback can still be joined by who knows the row")
        let cards = try JSONDocument(parsing: try #require(row.cards)).root
        #expect(cards.rawBytes.elementsEqual(try response.json["cards"]?.rawBytes ?? []))
    }

    @Test("a critical result that cannot be shown as such still says so first")
    func indicator() async throws {
        let (response, row) = try await Self.answer(
            #"{"base":"standard-2.0","indicators":["info"],"summaryMax":40,"detail":"plain"}"#
        )
        let card = try #require(try response.card)
        #expect(card["indicator"]?.stringValue == "info")
        let summary = try #require(card["summary"]?.stringValue)
        #expect(summary.utf16.count <= 40)
        let assessed = row.indicator ?? ""
        #expect(summary.hasPrefix(assessed.uppercased() + ":"), "\(summary) \(assessed)")
        #expect(card["detail"]?.stringValue?.contains("Urgency as assessed: \(assessed)") == true)
        #expect(row.flags.contains("dialect-indicator") && row.flags.contains("dialect-summary"))
    }

    @Test("an answer is late when the client waits no longer")
    func deadline() async throws {
        let key = AccessFixture.apiKey("a")
        let fixture = try AccessFixture([
            "Hooks/clients/a.json": AccessFixture.client(
                "a",
                key.member + #","deadline":"PT0.002S""#
            )
        ])
        #expect(await fixture.post(key.key).status == 200)
        fixture.gateway.clock.setStep(1_000)
        #expect(await fixture.post(key.key).status == 503)
    }
}

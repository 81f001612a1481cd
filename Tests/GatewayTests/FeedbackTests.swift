import Audit
import Basics
import CDSHooks
import HTTPMessages
import JSON
import Support
import Synchronization
import Telemetry
import Testing

@testable import Gateway

@Suite("Feedback")
struct FeedbackTests {
    @Test("is recorded item by item and joins the card it answers")
    func recorded() async throws {
        let fixture = try GatewayFixture()
        let decision = await fixture.post("/cds-services/news2", HookBody().text)
        let card = try decision.card?["uuid"]?.stringValue ?? ""
        let orphan = "11111111-2222-8333-8444-555555555555"
        let response = await fixture.post(
            "/cds-services/news2/feedback",
            #"""
            {"feedback":[
             {"card":"\#(card)","outcome":"overridden","outcomeTimestamp":"2026-05-04T10:05:00Z",
              "overrideReason":{"reason":{"code":"action-completed","system":"http://s"},
              "userComment":"seen"}},
             {"card":"\#(orphan)","outcome":"accepted","acceptedSuggestions":[{"id":"x"}],
              "outcomeTimestamp":"2026-05-04T10:05:01Z"}]}
            """#
        )
        #expect(response.status == 200)
        #expect(response.body.isEmpty)
        let records = fixture.sink.records
        #expect(records.count == 2)
        let row = records[1]
        #expect(row.kind == .feedback)
        #expect(row.outcome == .done)
        #expect(row.service == "news2")
        #expect(row.cardIDs.map(\.text) == [card, orphan])
        #expect(row.cardIDs.first == records[0].cardIDs.first)
        #expect(row.feedback.map(\.outcome) == ["overridden", "accepted"])
        #expect(row.feedback[0].overrideReason == "http://s|action-completed")
        #expect(row.feedback[0].userComment == "seen")
        #expect(row.feedback[1].acceptedSuggestions == ["x"])
        #expect(!fixture.lines.text.contains("seen"))
    }

    @Test("says in its row how long after a card its client may send it")
    func within() async throws {
        let key = AccessFixture.apiKey("a")
        let client = AccessFixture.client("a", key.member + #","feedbackWithin":"P7D""#)
        let fixture = try GatewayFixture(extraFiles: ["Hooks/clients/a.json": client])
        let body = #"{"feedback":[]}"#
        let path = "/cds-services/news2/feedback"
        #expect(await fixture.post(path, body, key: key.key).status == 200)
        let details = fixture.sink.records.last?.details.map { String(decoding: $0, as: UTF8.self) }
        #expect(details == #"{"feedbackWithinSeconds":604800}"#)
        #expect(await fixture.post(path, body).status == 200)
        #expect(fixture.sink.records.last?.details == nil)
    }

    @Test("never shows a comment in a log, a metric or an answer, whatever is wrong with it")
    func comments() async throws {
        let fixture = try GatewayFixture()
        let secret = "Mrs Q declined"
        func item(_ card: String, _ outcome: String, _ more: String = "") -> String {
            #"{"card":"\#(card)","outcome":"\#(outcome)","outcomeTimestamp":"2026-05-04T10:05:00Z","overrideReason":{"userComment":"\#(secret)"\#(more)}}"#
        }
        let card = "11111111-2222-8333-8444-555555555555"
        let bodies = [
            #"{"feedback":[\#(item(card, "overridden"))]}"#,
            #"{"feedback":[\#(item("no uuid \(secret)", "overridden"))]}"#,
            #"{"feedback":[\#(item(card, secret))]}"#,
            #"{"feedback":[\#(item(card, "overridden", #","reason":5"#))]}"#,
            #"{"feedback":[\#(item(card, "overridden"))"#,
        ]
        for body in bodies {
            let response = await fixture.post("/cds-services/news2/feedback", body)
            #expect(!response.text.contains("Mrs Q"))
        }
        #expect(fixture.sink.records.last?.kind == .rejectedRequest)
        #expect(!fixture.lines.text.contains("Mrs Q"))
        #expect(!fixture.registry.text.contains("Mrs Q"))
    }
}

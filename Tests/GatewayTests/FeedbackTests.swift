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
}

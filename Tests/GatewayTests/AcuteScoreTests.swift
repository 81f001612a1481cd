import HTTPMessages
import JSON
import Support
import Testing

@testable import Gateway

/// What the services of the acute scores ask of a client.
@Suite("The services of the acute scores")
struct AcuteScoreTests {
    @Test(
        "refuse a request without the infusions, which would otherwise be read as none",
        arguments: ["sofa", "sepsis-3"]
    )
    func infusions(_ service: String) async throws {
        let fixture = try GatewayFixture()
        var body = HookBody()
        body.observations = HookBody.vitals()
        let response = await fixture.post("/cds-services/" + service, body.text)
        #expect(response.status == 412)
        #expect(response.text.contains("vasopressor") || response.text.contains("norepinephrine"))
        #expect(fixture.sink.records.count == 1)
    }

    @Test(
        "that need no more than one key make a card of nothing but missing inputs",
        arguments: ["mews", "shock-index"]
    )
    func nothing(_ service: String) async throws {
        let fixture = try GatewayFixture()
        let response = await fixture.post("/cds-services/" + service, HookBody().text)
        #expect(response.status == 200)
        let summary = try #require(try response.card?["summary"]?.stringValue)
        #expect(summary.contains("not calculated"))
        #expect(try response.card?["indicator"]?.stringValue == "info")
        for word in ["normal", " low", "below 5", "not met", "not above"] {
            #expect(!response.text.contains(word), "\(word)")
        }
    }
}

import Audit
import Basics
import JSON
import Support
import Testing

@testable import Gateway

@Suite("An earlier result")
struct EarlierResultTests {
    /// A full NEWS2 set so many minutes before the tests' now.
    private func vitals(_ minutes: Int, temperature: String, suffix: String) -> [String] {
        let moment = GatewayFixture.now.advanced(byMicroseconds: Int64(minutes) * -60_000_000)
        return HookBody.vitals(temperature: temperature).map {
            $0.replacing(HookBody.effective, with: moment.text)
                .replacing(#""id":""#, with: #""id":"\#(suffix)"#)
        }
    }

    @Test("stands beside the present one in the card, and in the row with its inputs")
    func complete() async throws {
        let fixture = try GatewayFixture()
        var body = HookBody()
        body.observations =
            vitals(20, temperature: "39.5", suffix: "n")
            + vitals(260, temperature: "37.0", suffix: "e")
        let card = try await fixture.post("/cds-services/news2", body.text).card
        #expect(card?["summary"]?.stringValue == "NEWS2 2: low risk")
        let detail = card?["detail"]?.stringValue ?? ""
        #expect(detail.contains("Before, 25 min ago: 0; change since then: +2."))
        #expect(detail.contains("| temperature | 39.5 \u{B0}C | 37.0 \u{B0}C |"))
        let record = try #require(fixture.sink.records.first)
        let result = try JSONDocument(parsing: record.result ?? []).root
        let earlier = try #require(result["earlier"])
        #expect(earlier["status"]?.stringValue == "complete")
        #expect(earlier["value"]?.integerValue == 0)
        #expect(earlier["at"]?.stringValue == "2026-05-04T09:34:59Z")
        let sources = earlier["inputs"]?.elements.compactMap {
            $0["source"]?["resource"]?.stringValue
        }
        #expect(sources?.contains { $0.hasPrefix("Observation/n") } == false)
        #expect(sources?.contains { $0.hasPrefix("Observation/e") } == true)
    }

    @Test("that is incomplete gives no change")
    func incomplete() async throws {
        let fixture = try GatewayFixture()
        var body = HookBody()
        body.observations =
            vitals(20, temperature: "39.5", suffix: "n")
            + vitals(260, temperature: "37.0", suffix: "e").dropLast(2)
        let card = try await fixture.post("/cds-services/news2", body.text).card
        let detail = card?["detail"]?.stringValue ?? ""
        #expect(!detail.contains("change since"))
        #expect(detail.contains("possible, the data were incomplete"))
    }

    @Test("is absent when there is nothing before, and the card says nothing of it")
    func none() async throws {
        let fixture = try GatewayFixture()
        var body = HookBody()
        body.observations = vitals(20, temperature: "39.5", suffix: "n")
        let card = try await fixture.post("/cds-services/news2", body.text).card
        #expect(card?["summary"]?.stringValue == "NEWS2 2: low risk")
        #expect(card?["detail"]?.stringValue?.contains("change since") == false)
    }
}

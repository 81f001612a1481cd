import HTTPMessages
import JSON
import Support
import Testing

/// Orders in over HTTP, interactions out, with the audit row committed.
@Suite(
    "Drug interactions over HTTP",
    .enabled(if: LiveGateway.isPresent, LiveGateway.absence),
    .enabled(if: Shared.isPresent, "shared suites absent: set LIMEN_SHARED")
)
struct InteractionsOverHTTPTests {
    @Test("order-sign names each of the 402 pairs, the draft held against the current medicine")
    func pairs() throws {
        let oracle = try InteractionPairs()
        var found = 0
        for pair in oracle.pairs {
            var body = OrderBody()
            body.drafts = [
                OrderBody.resource(
                    "d1",
                    OrderBody.contained([(pair.one.system, pair.one.code)], asIngredients: false),
                    status: "draft"
                )
            ]
            body.requests = [
                OrderBody.resource("m1", OrderBody.coded(pair.other.system, pair.other.code))
            ]
            let cards = try Self.cards(body)
            #expect(cards.count == 1, "\(pair)")
            let indicator = cards.first?["indicator"]?.stringValue
            #expect(indicator == "critical", "\(pair)")
            if indicator == "critical" { found += 1 }
        }
        #expect(found == 402)
    }

    @Test("Warfarin with ibuprofen is called not covered, and the row says so")
    func notCovered() throws {
        var body = OrderBody(instance: "7d0a3f4e-5c1b-4b8e-9a53-0d6f1f2f4b11")
        body.drafts = [
            OrderBody.resource("d1", OrderBody.coded(OrderBody.atc, "M01AE01"), status: "draft")
        ]
        body.requests = [OrderBody.resource("m1", OrderBody.coded(OrderBody.rxNorm, "11289"))]
        let card = try #require(try Self.cards(body).first)
        let text = (card["summary"]?.stringValue ?? "") + (card["detail"]?.stringValue ?? "")
        #expect(text.contains("not covered") || text.contains("not known to be safe"))
        let row = try #require(try LiveGateway.rows(hookInstance: body.instance).first)
        #expect(row["reasonCode"]?.stringValue == "not-covered")
    }

    private static func cards(_ body: OrderBody) throws -> [JSONValue] {
        let response = try LiveGateway.post("interactions", body.text)
        try #require(response.status == 200)
        let document = try JSONDocument(parsing: response.body)
        return document.root["cards"].map { Array($0.elements) } ?? []
    }
}

import Audit
import CDSHooks
import Foundation
import HTTPMessages
import JSON
import Support
import Testing

@testable import Gateway

/// One service under several hooks, and every service under the hooks that suit it.
@Suite("A service with several hooks")
struct HookRoutingTests {
    /// A document of this repository under another id and for other hooks.
    static func service(_ name: String, id: String, hooks: [String], more: String = "") throws
        -> [String: [UInt8]]
    {
        let url = Shared.checkout.appendingPathComponent("Hooks/\(name).json")
        var text = String(decoding: try Data(contentsOf: url), as: UTF8.self)
        let json = try JSONDocument(parsing: text).root
        let ownID = json["id"]?.stringValue ?? ""
        text = text.replacing(#""id": "\#(ownID)""#, with: #""id": "\#(id)""#)
        if let start = text.firstRange(of: #""alsoOn": ["#) {
            let close = try #require(text[start.upperBound...].firstRange(of: "],"))
            text.removeSubrange(start.lowerBound..<close.upperBound)
        }
        let list = hooks.map { "\"" + $0 + "\"" }.joined(separator: ",")
        text = text.replacing(
            #""mode": "live","#,
            with: #""mode": "live", "alsoOn": [\#(list)], \#(more)"#
        )
        return ["Hooks/\(id).json": Array(text.utf8)]
    }

    /// The body of a NEWS2 call under a hook with more in its context.
    static func body(_ hook: String, _ context: String = "") -> String {
        var body = HookBody()
        body.hook = hook
        body.observations = HookBody.vitals(rr: "25", spo2: "91", pulse: "120")
        return body.text.replacing(
            #""patientId":"p1""#,
            with: #""patientId":"p1"\#(context)"#
        )
    }

    static let order = OrderBody.resource("m1", OrderBody.coded(OrderBody.rxNorm, "11289"))

    static func bundle(_ resource: String) -> String {
        #"{"resourceType":"Bundle","type":"collection","entry":[{"resource":\#(resource)}]}"#
    }

    /// The context beside user and patient for hooks of the library that suit a score.
    static let contexts: [(hook: String, context: String)] = [
        ("encounter-start", #","encounterId":"e1""#),
        ("encounter-discharge", #","encounterId":"e1""#),
        ("order-sign", #","draftOrders":\#(bundle(order))"#),
        (
            "order-select",
            #","selections":["MedicationRequest/m1"],"draftOrders":\#(bundle(order))"#
        ),
        ("order-dispatch", #","dispatchedOrders":["ServiceRequest/s"],"performer":"Device/d""#),
        ("appointment-book", #","appointments":\#(bundle(#"{"resourceType":"Appointment"}"#))"#),
        ("medication-refill", #","medications":\#(bundle(order))"#),
        (
            "allergyintolerance-create",
            #","allergyIntolerance":{"resourceType":"AllergyIntolerance"}"#
        ),
        (
            "problem-list-item-create",
            #","conditions":\#(bundle(#"{"resourceType":"Condition"}"#))"#
        ),
        ("medication-verify", #","medication":\#(order)"#),
    ]

    @Test("gives the same score under every hook, and the row names the hook")
    func scores() async throws {
        let fixture = try GatewayFixture(
            extraFiles: try Self.service("news2", id: "news2-all", hooks: Self.contexts.map(\.hook))
        )
        let plain = await fixture.post("/cds-services/news2-all", Self.body("patient-view"))
        let summary = try plain.card?["summary"]?.stringValue
        #expect(summary?.hasPrefix("NEWS2 ") == true)
        for (hook, context) in Self.contexts {
            let response = await fixture.post(
                "/cds-services/news2-all",
                Self.body(hook, context)
            )
            #expect(response.status == 200, "\(hook) \(response.text)")
            #expect(try response.card?["summary"]?.stringValue == summary)
            let row = try #require(fixture.sink.records.last)
            #expect(row.hook == hook)
            #expect(row.kind == .decision)
            let artifacts = String(decoding: row.artifacts ?? [], as: UTF8.self)
            #expect(artifacts.contains(#""hook":"\#(hook)""#))
        }
        let entries = try await fixture.send("GET", "/cds-services", key: nil).json["services"]
        let hooks = entries?.elements.filter { $0["id"]?.isString("news2-all") ?? false }
            .compactMap { $0["hook"]?.stringValue }
        #expect(hooks == ["patient-view"] + Self.contexts.map(\.hook))
    }

    /// What `order-dispatch` is sent with: version 1.1, the example of its page, and version 1.0.
    static let dispatches: [(name: String, context: String, isOld: Bool)] = [
        (
            "fulfillmentTasks",
            #","dispatchedOrders":["ServiceRequest/s"],"fulfillmentTasks":[{"resourceType":"Task"}]"#,
            false
        ),
        (
            "fulfillment-tasks",
            #","dispatchedOrders":["ServiceRequest/s"],"fulfillment-tasks":[{"resourceType":"Task"}]"#,
            true
        ),
        (
            "order and task", #","order":"ServiceRequest/s","task":{"resourceType":"Task"}"#, true
        ),
    ]

    @Test("answers order-dispatch in each of its three spellings, and the row tells an old one")
    func dispatch() async throws {
        let fixture = try GatewayFixture(
            extraFiles: try Self.service("news2", id: "news2-dispatch", hooks: ["order-dispatch"])
        )
        for (name, context, isOld) in Self.dispatches {
            // The hook names no user (version 1.1), and some clients send one all the same.
            for user in [true, false] {
                var body = Self.body("order-dispatch", context + #","performer":"Device/d""#)
                if !user { body = body.replacing(#""userId":"Practitioner/pr1","#, with: "") }
                let response = await fixture.post("/cds-services/news2-dispatch", body)
                #expect(response.status == 200, "\(name) \(response.text)")
                let summary = try response.card?["summary"]?.stringValue
                #expect(summary?.hasPrefix("NEWS2 ") == true, "\(name)")
                let row = try #require(fixture.sink.records.last)
                #expect(row.hook == "order-dispatch")
                #expect(row.flags.contains("legacy-context-field") == isOld, "\(name)")
            }
        }
        let mixed = Self.body(
            "order-dispatch",
            #","task":{"resourceType":"Task"},"performer":"D/d""#
        )
        #expect(await fixture.post("/cds-services/news2-dispatch", mixed).status == 400)
    }

    @Test("refuses a hook that it is not offered for, whether or not the context fits")
    func mismatch() async throws {
        let fixture = try GatewayFixture()
        for context in [
            "", #","appointments":\#(Self.bundle(#"{"resourceType":"Appointment"}"#))"#,
        ] {
            let response = await fixture.post(
                "/cds-services/news2",
                Self.body("appointment-book", context)
            )
            #expect(response.status == 400)
            #expect(response.text.contains("patient-view or encounter-start"))
            #expect(response.text.contains(#""expression":["hook"]"#))
        }
    }

    @Test("refuses a context whose resources are about another patient", arguments: contexts)
    func anotherPatient(_ hook: String, _ context: String) async throws {
        guard context.contains("resourceType") else { return }
        let fixture = try GatewayFixture(
            extraFiles: try Self.service("news2", id: "news2-all", hooks: Self.contexts.map(\.hook))
        )
        let owner = #""subject":{"reference":"Patient/somebody-else"}"#
        let other = context.replacing(#""subject":{"reference":"Patient/p1"},"#, with: "")
            .replacing(
                #""resourceType":"MedicationRequest""#,
                with: #""resourceType":"MedicationRequest",\#(owner)"#
            )
            .replacing(
                #""resourceType":"Appointment""#,
                with: #""resourceType":"Appointment",\#(owner)"#
            )
            .replacing(
                #""resourceType":"Condition""#,
                with: #""resourceType":"Condition",\#(owner)"#
            )
            .replacing(
                #""resourceType":"AllergyIntolerance""#,
                with:
                    #""resourceType":"AllergyIntolerance","patient":{"reference":"Patient/somebody-else"}"#
            )
        let response = await fixture.post("/cds-services/news2-all", Self.body(hook, other))
        #expect(response.status == 422, "\(hook) \(response.text)")
        #expect(response.text.contains("context"))
        #expect(!response.text.contains("somebody-else"))
    }

    @Test("serves an organisation's own hook by the context that its document declares")
    func ownHook() async throws {
        let name = "org.example.ward-round"
        let fixture = try GatewayFixture(
            extraFiles: try Self.service(
                "news2",
                id: "news2-round",
                hooks: [name],
                more: #""context": {"patientId":{"kind":"patient","required":true},"#
                    + #""ward":{"kind":"text","required":true}},"#
            )
        )
        let good = await fixture.post(
            "/cds-services/news2-round",
            Self.body(name, #","ward":"3B""#)
        )
        #expect(good.status == 200, "\(good.text)")
        #expect(fixture.sink.records.last?.hook == name)
        let bad = await fixture.post("/cds-services/news2-round", Self.body(name))
        #expect(bad.status == 400)
        #expect(bad.text.contains("context.ward"))
    }

    @Test("checks interactions under every hook that sends medicines")
    func interactions() async throws {
        let fixture = try GatewayFixture(
            extraFiles: try Self.service(
                "interactions-order-sign",
                id: "pairs",
                hooks: ["patient-view", "medication-refill", "medication-verify", "order-review"]
            )
        )
        let one = InteractionTests.simvastatin
        let other = InteractionTests.clarithromycin
        let draft = OrderBody.resource("draft", one, status: "draft")
        let current = OrderBody.resource("current", other)
        func body(_ hook: String, _ context: String, _ current: [String]) -> String {
            var order = OrderBody(hook: hook)
            order.requests = current
            return order.text.replacing(
                #""draftOrders":{"resourceType":"Bundle","type":"searchset","entry":[]}"#,
                with: context
            )
        }
        for (hook, context) in [
            ("order-sign", #""draftOrders":\#(Self.bundle(draft))"#),
            ("medication-refill", #""medications":\#(Self.bundle(draft))"#),
            ("medication-verify", #""medication":\#(draft)"#),
            ("medication-verify", #""order":\#(draft)"#),
            ("order-review", #""orders":\#(Self.bundle(draft))"#),
        ] {
            let response = await fixture.post("/cds-services/pairs", body(hook, context, [current]))
            #expect(response.status == 200, "\(hook) \(response.text)")
            let card = try #require(try response.json["cards"]?.elements.first { _ in true })
            #expect(card["indicator"]?.isString("critical") == true, "\(hook) \(response.text)")
            #expect(card["suggestions"] != nil)
        }
        // A review asks about what the patient has, and never offers to delete it.
        let both = [OrderBody.resource("first", one), current]
        let review = await fixture.post(
            "/cds-services/pairs",
            body("patient-view", #""x":1"#, both)
        )
        let card = try #require(try review.json["cards"]?.elements.first { _ in true })
        #expect(card["indicator"]?.isString("critical") == true, "\(review.text)")
        #expect(card["suggestions"] == nil)
        #expect(review.text.contains("| current |"))
    }

    @Test("a review of medicines that were not wholly sent does not look like none found")
    func reviewWithGaps() async throws {
        let fixture = try GatewayFixture()
        var body = OrderBody(hook: "encounter-discharge")
        body.requests = []
        body.statements = nil
        let text = body.text.replacing(
            #""draftOrders":{"resourceType":"Bundle","type":"searchset","entry":[]}"#,
            with: #""encounterId":"e""#
        )
        let response = await fixture.post("/cds-services/interactions", text)
        #expect(response.status == 200)
        #expect(try response.card?["summary"]?.stringValue?.contains("not all lists") == true)
        #expect(fixture.sink.records.last?.outcome == .incomplete)
    }
}

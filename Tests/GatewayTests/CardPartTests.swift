import Audit
import CDSHooks
import Foundation
import HTTPMessages
import JSON
import Support
import Testing

@testable import Gateway

/// What cards may carry beside their text, and what only some clients are sent.
@Suite("The parts of a card")
struct CardPartTests {
    static let request =
        #"{"resourceType":"ServiceRequest","status":"draft","intent":"proposal","#
        + #""subject":{"reference":"Patient/{{context.patientId}}"},"#
        + #""encounter":{"reference":"Encounter/{{ context.encounterId }}"}}"#

    /// A card with every member that the specification has.
    static let card =
        #"{"summary":"S","indicator":"warning","detail":"**D**","#
        + #""source":{"label":"L","url":"https://s.example","icon":"https://s.example/i.png","#
        + #""topic":{"code":"c","system":"https://s.example/t","display":"T"}},"#
        + #""links":[{"label":"A","url":"https://a.example/?p={{context.patientId}}","#
        + #""type":"absolute"},{"label":"B","url":"https://b.example/launch","type":"smart","#
        + #""appContext":"e={{context.encounterId}}"}],"selectionBehavior":"any","#
        + #""suggestions":[{"label":"Create","isRecommended":true,"actions":[{"type":"create","#
        + #""description":"C","resource":\#(request)}]},{"label":"Update","isRecommended":true,"#
        + #""actions":[{"type":"update","description":"U","resource":"#
        + #"{"resourceType":"Task","id":"t","status":"ready","intent":"order"}},"#
        + #"{"type":"delete","description":"R","resourceId":"ServiceRequest/x"}]}],"#
        + #""extension":{"org.example":{"a":1}}}"#

    static let actions =
        #","systemActions":[{"name":"note","when":"%inputs.missing.exists()","action":"#
        + #"{"type":"create","description":"N","resource":\#(request)}}]"#

    static func document(
        _ card: String = card,
        actions: String = "",
        hook: String = "patient-view",
        mode: String = "live"
    ) -> [String: [UInt8]] {
        let text =
            #"{"id":"parts","hook":"\#(hook)","title":"Parts","description":"D","#
            + #""prefetch":"auto","limen":{"format":"limen-hook/1","version":"1","#
            + #""profile":"news2","mode":"\#(mode)","deadline":"PT0.4S","#
            + #""cards":[{"name":"a","card":\#(card)}]\#(actions)}}"#
        return ["Hooks/parts.json": Array(text.utf8)]
    }

    static func body(encounter: Bool) -> String {
        let more = encounter ? #","encounterId":"e1""# : ""
        return HookBody().text.replacing(
            #""patientId":"p1""#,
            with: #""patientId":"p1"\#(more)"#
        )
    }

    @Test("are sent with what the call says filled in")
    func filled() async throws {
        let fixture = try GatewayFixture(extraFiles: Self.document())
        let response = await fixture.post("/cds-services/parts", Self.body(encounter: true))
        #expect(response.status == 200, "\(response.text)")
        let card = try #require(try response.card)
        let names = Set(card.members.map { $0.name.stringValue ?? "" })
        #expect(
            names == [
                "uuid", "summary", "indicator", "detail", "source", "links", "suggestions",
                "selectionBehavior", "overrideReasons", "extension",
            ]
        )
        #expect(response.text.contains("https://a.example/?p=p1"))
        #expect(response.text.contains("e=e1"))
        #expect(response.text.contains("Patient/p1"))
        #expect(!response.text.contains("{{"))
        let reasons = try #require(card["overrideReasons"]).elements
        #expect(reasons.contains { $0["code"]?.isString("patient-refuses") ?? false })
        #expect(reasons.allSatisfy { $0["display"] != nil && $0["system"] != nil })
        #expect(fixture.sink.records.last?.flags.contains("card-parts-left-out") == false)
    }

    @Test("are left out when the call does not say whom they are about, and the row says so")
    func leftOut() async throws {
        let fixture = try GatewayFixture(extraFiles: Self.document())
        let whole = await fixture.post("/cds-services/parts", Self.body(encounter: true))
        let response = await fixture.post("/cds-services/parts", Self.body(encounter: false))
        let card = try #require(try response.card)
        #expect(card["links"]?.elements.map { $0["label"]?.stringValue } == ["A"])
        let labels = card["suggestions"]?.elements.map { $0["label"]?.stringValue }
        #expect(labels == ["Update"])
        #expect(fixture.sink.records.last?.flags.contains("card-parts-left-out") == true)
        // A suggestion keeps its uuid whichever others are left out.
        let ids = try whole.card?["suggestions"]?.elements.map { $0["uuid"]?.stringValue }
        #expect(card["suggestions"]?.elements.map { $0["uuid"]?.stringValue } == ids?.suffix(1))
    }

    @Test(
        "with faults are refused when the document is loaded",
        arguments: [
            card.replacing("context.patientId", with: "context.medications"),
            card.replacing("{{context.patientId}}", with: "{{context.patientId"),
            card.replacing(#""type":"absolute"},"#, with: #""type":"absolute","appContext":"x"},"#),
            card.replacing(#""selectionBehavior":"any","#, with: ""),
            card.replacing(
                #""selectionBehavior":"any""#,
                with: #""selectionBehavior":"at-most-one""#
            ),
            card.replacing(#""display":"T""#, with: #""display":"""#),
            card.replacing(#""extension":{"org.example":{"a":1}}"#, with: #""extension":[1]"#),
            card.replacing(#""resourceId":"ServiceRequest/x""#, with: #""resource":"x""#),
            card.replacing(#""isRecommended":true"#, with: #""isRecommended":"yes""#),
            card.replacing(
                #""actions":[{"type":"create""#,
                with: #""actionSelectionBehavior":"some","actions":[{"type":"create""#
            ),
            card.replacing(#""url":"https://s.example""#, with: #""url":"/relative""#),
        ]
    )
    func faults(_ card: String) {
        #expect(card != Self.card)
        #expect(throws: CatalogueError.self) {
            try GatewayFixture(extraFiles: Self.document(card))
        }
    }

    @Test("hold a choice of actions only for a client that is known to understand it")
    func actionSelection() async throws {
        let some = Self.card.replacing(
            #""isRecommended":true,"actions":[{"type":"update""#,
            with: #""isRecommended":true,"actionSelectionBehavior":"any","#
                + #""actions":[{"type":"update""#
        )
        #expect(some != Self.card)
        for isKnown in [true, false] {
            let key = AccessFixture.apiKey("a")
            var files = Self.document(some)
            files["Hooks/clients/a.json"] = AccessFixture.client(
                "a",
                key.member
                    + #","dialect":{"base":"standard-2.0","actionSelectionBehavior":\#(isKnown)}"#
            )
            let fixture = try GatewayFixture(extraFiles: files)
            let response = await fixture.post(
                "/cds-services/parts",
                Self.body(encounter: true),
                key: key.key
            )
            let card = try #require(try response.card)
            let labels = card["suggestions"]?.elements.map { $0["label"]?.stringValue } ?? []
            #expect(labels.contains("Update") == isKnown, "\(labels)")
            let hasMember = response.text.contains("actionSelectionBehavior")
            #expect(hasMember == isKnown)
            // What is not offered is told in words.
            #expect((card["detail"]?.stringValue?.contains("Update") == true) != isKnown)
            let flags = fixture.sink.records.last?.flags ?? []
            #expect(flags.contains("dialect-suggestion") != isKnown)
        }
    }

    static func client(_ actions: Bool) throws -> [String: [UInt8]] {
        var files = try GatewayFixture.files()
        let name = "Hooks/clients/ehr.json"
        let text = String(decoding: files[name] ?? [], as: UTF8.self)
        let dialect = #""dialect":{"base":"standard-2.0","systemActions":\#(actions)},"#
        files[name] = Array(
            text.replacing(#""mayReplay":true,"#, with: #""mayReplay":true,\#(dialect)"#).utf8
        )
        return [name: files[name] ?? []]
    }

    @Test("as system actions go only to a client that agreed, live, and not as of the past")
    func systemActions() async throws {
        for isAgreed in [true, false] {
            var files = Self.document(actions: Self.actions)
            for (name, bytes) in try Self.client(isAgreed) { files[name] = bytes }
            let fixture = try GatewayFixture(extraFiles: files)
            let response = await fixture.post("/cds-services/parts", Self.body(encounter: true))
            let actions = try response.json["systemActions"]
            let flags = fixture.sink.records.last?.flags ?? []
            #expect((actions != nil) == isAgreed, "\(response.text)")
            #expect(flags.contains("system-actions") == isAgreed)
            #expect(flags.contains("system-actions-not-sent") == !isAgreed)
            guard isAgreed else { continue }
            #expect(actions?.elements.map { $0["type"]?.stringValue } == ["create"])
            let result = String(decoding: fixture.sink.records.last?.result ?? [], as: UTF8.self)
            #expect(result.contains("systemActions"))
            // One that names a visit is left out where the call names none.
            let without = await fixture.post("/cds-services/parts", Self.body(encounter: false))
            #expect(try without.json["systemActions"] == nil)
            var past = HookBody()
            past.extensions = #""org.limen.replayAt":"2026-05-04T09:00:00Z""#
            let replay = await fixture.post(
                "/cds-services/parts",
                past.text.replacing(
                    #""patientId":"p1""#,
                    with: #""patientId":"p1","encounterId":"e1""#
                )
            )
            #expect(try replay.json["systemActions"] == nil)
            // Nothing is asked for when the condition does not hold.
            var complete = HookBody()
            complete.observations = HookBody.vitals()
            let none = await fixture.post("/cds-services/parts", complete.text)
            #expect(try none.json["systemActions"] == nil)
            #expect(fixture.sink.records.last?.flags.contains("system-actions-not-sent") == false)
        }
    }

    @Test("as system actions stay silent in shadow mode")
    func shadow() async throws {
        var files = Self.document(actions: Self.actions, mode: "shadow")
        for (name, bytes) in try Self.client(true) { files[name] = bytes }
        let fixture = try GatewayFixture(extraFiles: files)
        let response = await fixture.post("/cds-services/parts", Self.body(encounter: true))
        #expect(response.text == #"{"cards":[]}"#)
    }

    @Test(
        "as system actions are checked when the document is loaded",
        arguments: [
            #"[{"name":"n","action":{"type":"create","description":"D"}}]"#,
            #"[{"name":"n","action":{"type":"make","description":"D","resourceId":"A/b"}}]"#,
            #"[{"name":"n","action":{"type":"delete","resourceId":"A/b"}}]"#,
            #"[{"name":"n","when":"%nope","action":{"type":"delete","description":"D","resourceId":"A/b"}}]"#,
            #"[{"name":"n"}]"#, "{}",
            #"[{"name":"n","action":{"type":"delete","description":"D","resourceId":"A/{{x}}"}}]"#,
        ]
    )
    func actionFaults(_ actions: String) {
        #expect(throws: CatalogueError.self) {
            try GatewayFixture(
                extraFiles: Self.document(actions: #","systemActions":\#(actions)"#)
            )
        }
    }
}

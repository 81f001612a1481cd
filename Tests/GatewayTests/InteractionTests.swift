import Audit
import HTTPMessages
import JSON
import Support
import Telemetry
import Testing

@testable import Gateway

@Suite("Drug interactions on orders")
struct InteractionTests {
    static let path = "/cds-services/interactions"
    static let simvastatin = OrderBody.coded(OrderBody.atc, "C10AA01")
    static let clarithromycin = OrderBody.coded(OrderBody.rxNorm, "21212")
    static let warfarin = OrderBody.coded(OrderBody.rxNorm, "11289")
    static let ibuprofen = OrderBody.coded(OrderBody.atc, "M01AE01")

    static func draft(_ id: String, _ medication: String, more: String = "") -> String {
        OrderBody.resource(id, medication, status: "draft", more: more)
    }

    static func cards(_ response: HTTPResponse) throws -> [JSONValue] {
        #expect(response.status == 200, "\(response.text)")
        return try response.json["cards"].map { Array($0.elements) } ?? []
    }

    static func grounds(_ response: HTTPResponse) throws -> JSONValue {
        try #require(response.json["extension"]?["org.limen.explain"])
    }

    private func summaries(_ response: HTTPResponse) throws -> [String] {
        try Self.cards(response).compactMap { $0["summary"]?.stringValue }
    }

    private func outcome(_ fixture: GatewayFixture) throws -> AuditRecord {
        try #require(fixture.sink.records.last)
    }

    @Test("An interaction with a current medicine gives one critical card")
    func found() async throws {
        let fixture = try GatewayFixture()
        var body = OrderBody(drafts: [Self.draft("d1", Self.simvastatin)])
        body.requests = [OrderBody.resource("m1", Self.clarithromycin)]
        let response = await fixture.post(Self.path, body.text)
        let card = try #require(try response.card)
        #expect(
            card["summary"]?.stringValue == "Contraindicated: clarithromycin with simvastatin"
        )
        #expect(card["indicator"]?.stringValue == "critical")
        let detail = card["detail"]?.stringValue ?? ""
        #expect(detail.contains("rhabdomyolysis"))
        #expect(detail.contains("MedicationRequest/d1"))
        #expect(detail.contains("QT prolonging agents"))
        #expect(detail.contains("2012"))
        #expect(card["overrideReasons"]?.elements.contains { _ in true } == true)
        let record = try outcome(fixture)
        #expect(record.outcome == .cards)
        let artifacts = String(decoding: record.artifacts ?? [], as: UTF8.self)
        #expect(artifacts.contains("\"interactions\":{\"name\":\"interactions-onc\""))
        #expect(artifacts.contains("sha256"))
        let inputs = String(decoding: record.inputs ?? [], as: UTF8.self)
        #expect(inputs.contains("/context/draftOrders/entry/0/resource"))
        #expect(inputs.contains("/prefetch/medicationRequests/entry/0/resource"))
        #expect(inputs.contains("\"code\":\"21212\""))
    }

    @Test("A suggestion cancels the draft by the id that the client gave it, or replaces it")
    func suggestions() async throws {
        let fixture = try GatewayFixture()
        let more =
            #","dosageInstruction":[{"text":"40 mg"}],"priority":"urgent","#
            + #""note":[{"text":"n"}]"#
        var body = OrderBody(drafts: [Self.draft("d.1", Self.simvastatin, more: more)])
        body.requests = [OrderBody.resource("m1", Self.clarithromycin)]
        let response = await fixture.post(Self.path, body.text)
        let card = try #require(try response.card)
        let suggestions = Array(try #require(card["suggestions"]).elements)
        let actions = suggestions.compactMap { $0["actions"]?.elements.first { _ in true } }
        #expect(
            actions.map { $0["type"]?.stringValue ?? "" } == ["update", "update", "delete"]
        )
        #expect(actions[2]["resourceId"]?.stringValue == "MedicationRequest/d.1")
        #expect(actions[2]["resource"] == nil)
        let replaced = try #require(actions[0]["resource"])
        #expect(replaced["id"]?.stringValue == "d.1")
        #expect(replaced["status"]?.stringValue == "draft")
        #expect(replaced["priority"]?.stringValue == "urgent")
        #expect(replaced["dosageInstruction"] == nil, "the dose of another medicine stayed")
        let codings = replaced["medicationCodeableConcept"]?["coding"]?.elements.map { $0 } ?? []
        #expect(codings.contains { $0["code"]?.isString("42463") ?? false })
        #expect(card["selectionBehavior"]?.stringValue == "any")
        let again = await fixture.post(Self.path, body.text)
        #expect(again.text == response.text, "ids are not stable for a repeated hookInstance")
        body.instance = "d1577c69-dfbe-44ad-ba6d-3e05e953b2eb"
        let other = try await fixture.post(Self.path, body.text).card
        #expect(other?["uuid"]?.stringValue != card["uuid"]?.stringValue)
    }

    @Test("A draft without an id is shown, and no action names it")
    func withoutID() async throws {
        let fixture = try GatewayFixture()
        let draft =
            #"{"resourceType":"MedicationRequest","status":"draft","intent":"order","#
            + #""subject":{"reference":"Patient/p1"},\#(Self.simvastatin)}"#
        var body = OrderBody(drafts: [draft])
        body.requests = [OrderBody.resource("m1", Self.clarithromycin)]
        let card = try #require(try await fixture.post(Self.path, body.text).card)
        #expect(card["indicator"]?.stringValue == "critical")
        #expect(card["suggestions"] == nil)
    }

    @Test("Warfarin with an NSAID is called not covered, never safe")
    func notCovered() async throws {
        let fixture = try GatewayFixture()
        var body = OrderBody(drafts: [Self.draft("d1", Self.ibuprofen)])
        body.requests = [OrderBody.resource("m1", Self.warfarin)]
        let response = await fixture.post(Self.path, body.text)
        let card = try #require(try response.card)
        #expect(
            card["summary"]?.stringValue
                == "Not covered by the interaction table: ibuprofen with warfarin: "
                + "not known to be safe"
        )
        #expect(card["indicator"]?.stringValue == "info")
        #expect(try outcome(fixture).reasonCode == "not-covered")
        // Without a code that is known, the pair is not covered either: it is not checked.
        body.requests = [OrderBody.resource("m1", OrderBody.coded(OrderBody.rxNorm, "855332"))]
        #expect(
            try await summaries(fixture.post(Self.path, body.text)) == [
                "1 of 2 medicines was not checked for interactions; "
                    + "the table has none for the other"
            ]
        )
        #expect(try outcome(fixture).outcome == .incomplete)
    }

    @Test("Silence is kept for a medicine alone, and for orders of something else")
    func silence() async throws {
        let fixture = try GatewayFixture()
        var body = OrderBody(drafts: [Self.draft("d1", Self.simvastatin)])
        body.requests = [OrderBody.resource("m1", OrderBody.coded(OrderBody.atc, "M04AA03"))]
        // The class of QT-prolonging medicines is empty as shipped, and these could be in it.
        let unloaded = try #require(try await fixture.post(Self.path, body.text).card)
        #expect(unloaded["summary"]?.stringValue?.contains("not loaded") == true)
        #expect(unloaded["indicator"]?.stringValue == "info")
        #expect(unloaded["detail"]?.stringValue?.contains("QT") == true)
        let alone = OrderBody(drafts: [Self.draft("d1", Self.simvastatin)])
        #expect(try Self.cards(await fixture.post(Self.path, alone.text)).isEmpty)
        #expect(try outcome(fixture).outcome == .noCards)
        // Lists that were not sent may hold anything.
        body.statements = nil
        let unsent = try #require(try await fixture.post(Self.path, body.text).card)
        #expect(unsent["summary"]?.stringValue?.contains("not all lists") == true)
        #expect(try outcome(fixture).outcome == .incomplete)
        body.drafts = [
            #"{"resourceType":"ServiceRequest","id":"s","status":"draft","intent":"order","#
                + #""subject":{"reference":"Patient/p1"}}"#
        ]
        #expect(try Self.cards(await fixture.post(Self.path, body.text)).isEmpty)
    }

    @Test(
        "A search that says that something may be lacking is no empty list",
        arguments: [
            ("warning", "incomplete"), ("information", "suppressed"), ("warning", "timeout"),
        ]
    )
    func emptyInPart(_ severity: String, _ code: String) async throws {
        let fixture = try GatewayFixture()
        let empty = #"{"resourceType":"Bundle","type":"searchset","entry":[]}"#
        let outcome =
            #"{"resourceType":"Bundle","type":"searchset","total":0,"entry":["#
            + #"{"search":{"mode":"outcome"},"resource":{"resourceType":"OperationOutcome","#
            + #""issue":[{"severity":"\#(severity)","code":"\#(code)"}]}}]}"#
        let body = OrderBody(drafts: [Self.draft("d1", Self.simvastatin)]).text
        let card = try #require(
            try await fixture.post(Self.path, body.replacing(empty, with: outcome)).card
        )
        #expect(card["summary"]?.stringValue?.contains("not all lists") == true)
        #expect(
            card["detail"]?.stringValue?.contains("MedicationRequest, MedicationStatement") == true
        )
        let record = try self.outcome(fixture)
        #expect(record.outcome == .incomplete)
        #expect(record.flags.contains("prefetch-outcome-incomplete"))
        #expect(try Self.cards(await fixture.post(Self.path, body)).isEmpty)
    }

    @Test("The requests of the patient must be sent; null and an empty Bundle are an answer")
    func prefetchIsRequired() async throws {
        let fixture = try GatewayFixture()
        var body = OrderBody(drafts: [Self.draft("d1", Self.simvastatin)])
        body.requests = nil
        let response = await fixture.post(Self.path, body.text)
        #expect(response.status == 412)
        #expect(response.text.contains("medicationRequests"))
    }

    @Test("Medicines that are not known are counted, named and shown beside what was found")
    func unknownMedicines() async throws {
        let fixture = try GatewayFixture()
        var body = OrderBody(drafts: [Self.draft("d1", Self.simvastatin)])
        body.requests = [
            OrderBody.resource("m1", Self.clarithromycin),
            OrderBody.resource("m2", OrderBody.coded("urn:oid:1.2.3", "21212", text: "Zorb *x*")),
            OrderBody.resource("m3", OrderBody.coded("http://snomed.info/sct", "C10AA01")),
            OrderBody.resource("m4", #""medicationCodeableConcept":{"text":"ketoconazole"}"#),
            OrderBody.resource("m5", #""medicationReference":{"reference":"Medication/none"}"#),
            OrderBody.resource(
                "m6",
                #""medicationCodeableConcept":{"coding":[{"code":"21212"}]}"#
            ),
        ]
        body.statements = [
            OrderBody.resource(
                "s1",
                Self.clarithromycin,
                type: "MedicationStatement",
                status: "stopped"
            )
        ]
        let response = await fixture.post(Self.path, body.text)
        #expect(
            try summaries(response) == [
                "Contraindicated: clarithromycin with simvastatin",
                "5 of 7 medicines were not checked for interactions",
            ]
        )
        let cards = try Self.cards(response)
        let detail = cards[1]["detail"]?.stringValue ?? ""
        #expect(detail.contains("urn:oid:1.2.3"))
        #expect(detail.contains("ketoconazole"))
        #expect(!detail.contains("*x*"), "markup of the chart was not escaped")
        #expect(cards[0]["detail"]?.stringValue?.contains("5 of 7 medicines were not") == true)
        let inputs = try #require(try Self.grounds(response)["inputs"])
        let reasons = inputs.elements.compactMap { $0["missingReason"]?.stringValue }
        #expect(
            reasons == ["unknown-code", "unknown-code", "no-code", "not-sent", "unknown-code"]
        )
        #expect(!fixture.lines.text.contains("ketoconazole"))
        #expect(!fixture.lines.text.contains("Zorb"))
        let counted = fixture.registry.text
        #expect(counted.contains("limen_input_missing_total{"))
        #expect(counted.contains("reason=\"unknown-code\"} 3"))
    }

    @Test(
        "What is over or not to be given does not interact; what is on hold or unknown does",
        arguments: [
            ("MedicationRequest", "active", true), ("MedicationRequest", "on-hold", true),
            ("MedicationRequest", "unknown", true), ("MedicationRequest", "draft", true),
            ("MedicationRequest", "stopped", false), ("MedicationRequest", "completed", false),
            ("MedicationRequest", "cancelled", false), ("MedicationRequest", "ended", false),
            ("MedicationRequest", "entered-in-error", false),
            ("MedicationStatement", "intended", true),
            ("MedicationStatement", "recorded", true),
            ("MedicationStatement", "not-taken", false),
            ("MedicationAdministration", "in-progress", true),
            ("MedicationAdministration", "not-done", false),
            ("MedicationDispense", "preparation", true),
            ("MedicationDispense", "declined", false),
        ]
    )
    func status(_ type: String, _ status: String, _ counts: Bool) async throws {
        let fixture = try GatewayFixture()
        var body = OrderBody(drafts: [Self.draft("d1", Self.simvastatin)])
        body.requests = [
            OrderBody.resource("m1", Self.clarithromycin, type: type, status: status)
        ]
        #expect(try Self.cards(await fixture.post(Self.path, body.text)).count == (counts ? 1 : 0))
        body.requests = []
        body.drafts = [
            Self.draft("d1", Self.simvastatin),
            OrderBody.resource("d2", Self.clarithromycin, type: type, status: status),
        ]
        #expect(try Self.cards(await fixture.post(Self.path, body.text)).count == (counts ? 1 : 0))
    }

    @Test("An order that something is not to be given does not interact")
    func notToBeGiven() async throws {
        let fixture = try GatewayFixture()
        var body = OrderBody(drafts: [Self.draft("d1", Self.simvastatin)])
        body.requests = [
            OrderBody.resource("m1", Self.clarithromycin, more: #","doNotPerform":true"#)
        ]
        #expect(try Self.cards(await fixture.post(Self.path, body.text)).isEmpty)
    }

    @Test(
        "A medicine of another patient refuses the whole request, wherever it stands",
        arguments: [0, 1, 2]
    )
    func anotherPatient(_ place: Int) async throws {
        let fixture = try GatewayFixture()
        var body = OrderBody(drafts: [Self.draft("d1", Self.simvastatin)])
        let other = OrderBody.resource("m1", Self.clarithromycin, subject: "Patient/p2")
        if place == 0 { body.drafts.append(other) }
        if place == 1 { body.requests = [other] }
        if place == 2 { body.statements = [other] }
        let response = await fixture.post(Self.path, body.text)
        #expect(response.status == 422)
        #expect(response.text.contains("LIMEN-GATE-011"))
        #expect(try outcome(fixture).outcome == .refused)
    }

    @Test("A medicine whose patient cannot be told is counted as not checked")
    func unknownPatient() async throws {
        let fixture = try GatewayFixture()
        var body = OrderBody(drafts: [Self.draft("d1", Self.simvastatin)])
        body.requests = [OrderBody.resource("m1", Self.clarithromycin, subject: "urn:uuid:x")]
        let card = try #require(try await fixture.post(Self.path, body.text).card)
        #expect(card["summary"]?.stringValue?.hasPrefix("1 of 2 medicines was not") == true)
    }

    @Test("Medicines are read from concepts, references, contained Medications and ingredients")
    func shapes() async throws {
        let fixture = try GatewayFixture()
        let code = (system: OrderBody.rxNorm, code: "21212")
        let sent =
            #"{"resourceType":"Medication","id":"x","ingredient":[{"itemReference":"#
            + ##"{"reference":"#s"}}],"contained":[{"resourceType":"Substance","id":"s","code":"##
            + OrderBody.concept([code]) + "}]}"
        let r5 = #""medication":{"concept":\#(OrderBody.concept([code]))}"#
        let reference = #"{"reference":"http://h.example/fhir/Medication/x/_history/2"}"#
        let shapes = [
            OrderBody.contained([code], asIngredients: false),
            OrderBody.contained([code], asIngredients: true),
            #""medicationReference":\#(reference)"#,
            #""medication":{"reference":\#(reference)}"#, r5,
            OrderBody.coded("urn:oid:2.16.840.1.113883.6.88", "21212"),
        ]
        for shape in shapes {
            var body = OrderBody(drafts: [Self.draft("d1", Self.simvastatin)])
            body.requests = [OrderBody.resource("m1", shape), sent]
            let response = await fixture.post(Self.path, body.text)
            #expect(
                try summaries(response) == ["Contraindicated: clarithromycin with simvastatin"],
                "\(shape)"
            )
        }
    }

    @Test("A product with an ingredient that is not known is checked in part, and says so")
    func inPart() async throws {
        let fixture = try GatewayFixture()
        let codes = [
            (system: OrderBody.rxNorm, code: "21212"), (system: OrderBody.rxNorm, code: "999"),
        ]
        var body = OrderBody(drafts: [Self.draft("d1", Self.simvastatin)])
        body.requests = [
            OrderBody.resource("m1", OrderBody.contained(codes, asIngredients: true))
        ]
        #expect(
            try await summaries(fixture.post(Self.path, body.text)) == [
                "Contraindicated: clarithromycin with simvastatin",
                "1 of 2 medicines was not checked for interactions",
            ]
        )
    }

    @Test("A product table of the site says what products are made of")
    func products() async throws {
        let table =
            "system,code,ingredientSystem,ingredientCode,ingredientName\n"
            + "urn:oid:1.2.3,4711,\(OrderBody.atc),C10AA01,\r\n"
            + "urn:oid:1.2.3,4711,urn:site,zz,ezetimibe\n"
        let fixture = try GatewayFixture(extraFiles: [
            "Profiles/interactions-onc/site.products.csv": Array(table.utf8)
        ])
        var body = OrderBody(drafts: [
            Self.draft("d1", OrderBody.coded("urn:oid:1.2.3", "4711"))
        ])
        body.requests = [OrderBody.resource("m1", Self.clarithromycin)]
        let card = try #require(try await fixture.post(Self.path, body.text).card)
        #expect(
            card["summary"]?.stringValue == "Contraindicated: clarithromycin with simvastatin"
        )
        #expect(card["detail"]?.stringValue?.contains("simvastatin + ezetimibe") == true)
        let suggestions = card["suggestions"]?.elements.map { $0 } ?? []
        #expect(suggestions.count == 1, "a product of two substances has no single other")
        let artifacts = String(decoding: try outcome(fixture).artifacts ?? [], as: UTF8.self)
        #expect(artifacts.contains("site.products.csv"))
    }

    @Test(
        "is not without findings where what the patient takes cannot be read",
        arguments: [
            #"{"resource":{"id":"m1",\#(clarithromycin)}}"#, #"{"resource":"text"}"#,
            #"{"fullUrl":"https://fhir.example/r4/MedicationRequest/m1"}"#,
            #"{"resource":{"resourceType":"Patient","id":"p1"}}"#,
            #"{"resource":{"resourceType":"medicationrequest","id":"m1",\#(clarithromycin)}}"#,
        ]
    )
    func unreadableCurrent(_ entry: String) async throws {
        let fixture = try GatewayFixture()
        let body = OrderBody(drafts: [Self.draft("d1", Self.simvastatin)]).text.replacing(
            #""medicationRequests":{"resourceType":"Bundle","type":"searchset","entry":[]}"#,
            with: #""medicationRequests":{"resourceType":"Bundle","entry":[\#(entry)]}"#
        )
        #expect(body.contains(entry))
        let response = await fixture.post(Self.path, body)
        #expect(response.status == 412 || !response.text.contains(#""cards":[]"#))
        #expect(fixture.sink.records[0].outcome == .incomplete)
    }

    @Test("order-select asks about the selected drafts only; what names no draft means any of them")
    func selections() async throws {
        let fixture = try GatewayFixture()
        var body = OrderBody(hook: "order-select")
        body.drafts = [
            Self.draft("d1", Self.simvastatin), Self.draft("d2", Self.clarithromycin),
            Self.draft("d3", OrderBody.coded(OrderBody.atc, "M04AA03")),
        ]
        body.requests = [OrderBody.resource("m1", OrderBody.coded(OrderBody.atc, "L01BB02"))]
        func found(_ selections: [String]) async throws -> [String] {
            body.selections = selections
            return try await summaries(fixture.post(Self.path, body.text))
        }
        let statin = "Contraindicated: clarithromycin with simvastatin"
        let gout = "Contraindicated: febuxostat with mercaptopurine"
        #expect(try await found(["MedicationRequest/d1"]) == [statin])
        #expect(try await found(["MedicationRequest/d3"]) == [gout])
        #expect(
            try await found(["MedicationRequest/d2", "MedicationRequest/d3"]) == [gout, statin]
        )
        // Nothing that is selected may as well be nothing that is told.
        #expect(try await found([]) == [gout, statin])
        #expect(try await found(["ServiceRequest/s9"]) == [])
        for name in ["MEDICATIONREQUEST/d1", "DrugOrder/d1", "RequestGroup/g9", "CarePlan/c9"] {
            #expect(
                try await found([name]) == [
                    gout, statin, "1 of 5 medicines was not checked for interactions",
                ],
                "\(name)"
            )
        }
        #expect(
            try await found(["MedicationRequest/d1", "MedicationRequest/d9"]) == [
                gout, statin, "1 of 5 medicines was not checked for interactions",
            ]
        )
        body.selections = ["not a reference"]
        #expect(await fixture.post(Self.path, body.text).status == 400)
    }

    @Test("Two current medicines are not the order's business")
    func currentOnly() async throws {
        let fixture = try GatewayFixture()
        var body = OrderBody(drafts: [
            Self.draft("d1", OrderBody.coded(OrderBody.atc, "M04AA03"))
        ])
        body.requests = [
            OrderBody.resource("m1", Self.clarithromycin),
            OrderBody.resource("m2", Self.simvastatin),
        ]
        // What is said is that a class is not loaded, and nothing of the two.
        let cards = try Self.cards(await fixture.post(Self.path, body.text))
        #expect(cards.compactMap { $0["indicator"]?.stringValue } == ["info"])
        #expect(cards.first?["summary"]?.stringValue?.contains("not loaded") == true)
    }

    @Test("One medicine that is listed twice does not interact with itself")
    func duplicates() async throws {
        let fixture = try GatewayFixture()
        var body = OrderBody(drafts: [Self.draft("d1", Self.simvastatin)])
        body.requests = [
            OrderBody.resource("d1", Self.clarithromycin, status: "draft"),
            OrderBody.resource("m2", Self.simvastatin),
        ]
        // The stored draft d1 is this one as it was before.
        let response = await fixture.post(Self.path, body.text)
        #expect(try Self.cards(response).isEmpty)
        let result = try #require(try Self.grounds(response)["evaluation"])
        #expect(result["duplicatesCount"]?.integerValue == 1)
    }

    @Test(
        "Draft orders that cannot be read are refused or counted, and never pass for none",
        arguments: [
            ("[]", 400, nil), (#"{"resourceType":"Patient"}"#, 400, nil), ("null", 400, nil),
            (#"{"resourceType":"Bundle","entry":{}}"#, 400, nil),
            (#"{"resourceType":"Bundle","entry":7}"#, 400, nil),
            (#"{"resourceType":"Bundle"}"#, 200, nil),
            (#"{"resourceType":"Bundle","entry":[7]}"#, 200, "1 of 1 medicine was"),
            (#"{"resourceType":"Bundle","entry":[{"resource":{"id":"x"}}]}"#, 200, "1 of 1"),
            (
                #"{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"#
                    + #""MedicationOrder","patient":{"reference":"Patient/p1"}}}]}"#,
                200, "1 of 1"
            ),
        ] as [(String, Int, String?)]
    )
    func malformed(_ text: String, _ status: Int, _ summary: String?) async throws {
        let fixture = try GatewayFixture()
        var body = OrderBody()
        body.draftOrders = text
        let response = await fixture.post(Self.path, body.text)
        #expect(response.status == status)
        guard status == 200 else { return }
        #expect(try summaries(response).first?.hasPrefix(summary ?? "-") ?? (summary == nil))
    }
}

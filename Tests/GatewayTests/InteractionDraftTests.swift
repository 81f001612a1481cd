import HTTPMessages
import JSON
import Support
import Testing

@testable import Gateway

/// What draft orders may look like, and what may be done to them.
@Suite("Draft orders and what is suggested for them")
struct InteractionDraftTests {
    private static let path = InteractionTests.path
    private static let simvastatin = InteractionTests.simvastatin
    private static let clarithromycin = InteractionTests.clarithromycin
    private static let pravastatin = OrderBody.coded(OrderBody.rxNorm, "42463")
    private static let statin = "Contraindicated: clarithromycin with simvastatin"

    private func summaries(_ body: OrderBody) async throws -> [String] {
        let fixture = try GatewayFixture()
        let response = await fixture.post(Self.path, body.text)
        return try InteractionTests.cards(response).compactMap { $0["summary"]?.stringValue }
    }

    private func suggestions(_ text: String) async throws -> [JSONValue] {
        let response = await (try GatewayFixture()).post(Self.path, text)
        let card = try #require(try InteractionTests.cards(response).first)
        #expect(card["summary"]?.stringValue == Self.statin)
        return card["suggestions"].map { Array($0.elements) } ?? []
    }

    private func labels(_ body: OrderBody) async throws -> [String] {
        try await suggestions(body.text).compactMap { $0["label"]?.stringValue }
    }

    // MARK: What cannot be read

    private static let order = InteractionTests.draft("x", simvastatin)

    private static func other(_ type: String) -> String {
        OrderBody.resource("d1", simvastatin, type: type, status: "draft")
    }

    private static func outcome(_ severity: String) -> String {
        #"{"resourceType":"OperationOutcome","issue":[{"severity":"\#(severity)","#
            + #""code":"exception"}]}"#
    }

    private static func group(
        _ type: String,
        _ member: String,
        id: String = "g",
        contained: String? = nil
    ) -> String {
        let contained = contained.map { #","contained":[\#($0)]"# } ?? ""
        return #"{"resourceType":"\#(type)","id":"\#(id)","status":"draft","intent":"order","#
            + #""subject":{"reference":"Patient/p1"},\#(member)\#(contained)}"#
    }

    private static func action(_ reference: String) -> String {
        #""action":[{"action":[{"resource":{"reference":"\#(reference)"}}]}]"#
    }

    @Test(
        "A draft that may be an order of a medicine and cannot be read is counted as not checked",
        arguments: [
            other("medicationRequest"), other("DrugOrder"), other("Basic"),
            outcome("error"), outcome("fatal"), outcome(""),
            #"{"resourceType":"OperationOutcome"}"#,
            group("RequestGroup", #""action":[]"#, contained: order),
            group("RequestGroup", action("MedicationRequest/none")),
            group("RequestOrchestration", action("urn:uuid:1")),
            group("RequestGroup", action("RequestGroup/none")),
            group("CarePlan", #""activity":[{"reference":{"reference":"MedicationRequest/no"}}]"#),
            group(
                "CarePlan",
                #""activity":[{"detail":{"status":"scheduled","productCodeableConcept":{}}}]"#
            ),
            group("List", #""entry":[{"item":{"reference":"medicationRequest/m1"}}]"#),
            group("Parameters", #""parameter":[{"name":"order","resource":\#(order)}]"#),
            group("Task", #""focus":{"reference":"MedicationRequest/none"}"#),
        ]
    )
    func unreadable(draft: String) async throws {
        var body = OrderBody(drafts: [draft])
        body.requests = [OrderBody.resource("m1", Self.clarithromycin)]
        let gap = "1 of 2 medicines was not checked for interactions"
        #expect(try await summaries(body) == [gap + "; the table has none for the other"])
        // Nor is it forgotten beside an order that can be read.
        body.drafts.append(InteractionTests.draft("d2", Self.simvastatin))
        #expect(
            try await summaries(body) == [
                Self.statin, "1 of 3 medicines was not checked for interactions",
            ]
        )
    }

    @Test(
        "An order of something else, a hint and a group of what is sent are no medicine",
        arguments: [
            other("ServiceRequest"), other("NutritionOrder"), other("DeviceRequest"),
            other("VisionPrescription"), other("SupplyRequest"), other("DiagnosticOrder"),
            outcome("warning"), outcome("information"),
            group("RequestGroup", action("ServiceRequest/none")),
            group("RequestGroup", action("MedicationRequest/m1")),
            group("List", #""entry":[{"item":{"reference":"Observation/none"}}]"#),
            group("CarePlan", #""basedOn":[{"reference":"CarePlan/none"}]"#),
            group(
                "CarePlan",
                #""activity":[{"detail":{"kind":"NutritionOrder","productCodeableConcept":{}}}]"#
            ),
            group("Parameters", #""parameter":[{"name":"n","valueString":"v"}]"#),
        ]
    )
    func harmless(draft: String) async throws {
        var body = OrderBody(drafts: [draft])
        body.requests = [OrderBody.resource("m1", Self.clarithromycin)]
        #expect(try await summaries(body) == [])
    }

    @Test("Whoever selects a group selects what it refers to")
    func selectedGroup() async throws {
        var body = OrderBody(hook: "order-select")
        body.requests = [
            OrderBody.resource("m1", Self.clarithromycin),
            OrderBody.resource("m2", OrderBody.coded(OrderBody.atc, "L01BB02")),
        ]
        body.drafts = [
            InteractionTests.draft("d1", Self.simvastatin),
            InteractionTests.draft("d2", OrderBody.coded(OrderBody.atc, "M04AA03")),
            Self.group("RequestGroup", Self.action("MedicationRequest/d1")),
            Self.group("RequestGroup", Self.action("RequestGroup/g"), id: "outer"),
            Self.group("RequestGroup", Self.action("MedicationRequest/none"), id: "torn"),
        ]
        let gout = "Contraindicated: febuxostat with mercaptopurine"
        let gap = "1 of 5 medicines was not checked for interactions"
        for (name, found) in [
            ("RequestGroup/g", [Self.statin, gap]), ("RequestGroup/outer", [Self.statin, gap]),
            // What it names beside may be any of the drafts.
            ("RequestGroup/torn", [gout, Self.statin, gap]),
        ] {
            body.selections = [name]
            #expect(try await summaries(body) == found, "\(name)")
        }
    }

    @Test("A selected order that cannot be read is counted once, and any draft may be meant")
    func selectedUnreadable() async throws {
        var body = OrderBody(hook: "order-select", selections: ["DrugOrder/d1"])
        body.drafts = [Self.other("DrugOrder"), InteractionTests.draft("d2", Self.simvastatin)]
        body.requests = [OrderBody.resource("m1", Self.clarithromycin)]
        let found = [Self.statin, "1 of 3 medicines was not checked for interactions"]
        #expect(try await summaries(body) == found)
        // A group that names it makes no second of it.
        body.drafts.append(Self.group("RequestGroup", Self.action("DrugOrder/d1")))
        #expect(try await summaries(body) == found)
        body.selections = ["RequestGroup/g"]
        #expect(try await summaries(body) == found)
    }

    // MARK: One id, two orders

    @Test("A current medicine with the id of a draft counts when it is in force and another one")
    func sameID() async throws {
        var body = OrderBody(drafts: [InteractionTests.draft("d1", Self.simvastatin)])
        body.requests = [OrderBody.resource("d1", Self.clarithromycin)]
        #expect(try await summaries(body) == [Self.statin])
        // Nobody can tell any more which of the two a deletion would meet.
        #expect(try await labels(body) == [])
        for current in [
            OrderBody.resource("d1", Self.clarithromycin, status: "draft"),
            OrderBody.resource("d1", Self.clarithromycin, status: "stopped"),
            OrderBody.resource("d1", OrderBody.coded(OrderBody.rxNorm, "36567")),
        ] {
            body.requests = [current]
            #expect(try await summaries(body) == [], "\(current)")
        }
    }

    @Test("An order that is signed again counts once, also where its medicine is not known")
    func signedAgain() async throws {
        let unknown = OrderBody.coded(OrderBody.rxNorm, "999999999")
        var body = OrderBody(drafts: [InteractionTests.draft("d1", unknown)])
        body.requests = [OrderBody.resource("d1", unknown)]
        #expect(
            try await summaries(body) == [
                // There are no others of which anything could be said.
                "1 of 1 medicine was not checked for interactions"
            ]
        )
        // A second draft of this id makes neither another.
        body.drafts.append(InteractionTests.draft("d1", Self.simvastatin))
        #expect(
            try await summaries(body) == [
                "1 of 2 medicines was not checked for interactions; "
                    + "the table has none for the other"
            ]
        )
        body.drafts[1] = InteractionTests.draft("d2", unknown)
        #expect(
            try await summaries(body) == ["2 of 2 medicines were not checked for interactions"]
        )
    }

    @Test("Fewer ingredients of the draft are the draft before it was changed, and others are not")
    func sameIDInPart() async throws {
        let both = OrderBody.contained(
            [(OrderBody.rxNorm, "36567"), (OrderBody.rxNorm, "42463")],
            asIngredients: true
        )
        var body = OrderBody(drafts: [
            InteractionTests.draft("d1", both), InteractionTests.draft("d2", Self.clarithromycin),
        ])
        body.requests = [OrderBody.resource("d1", Self.pravastatin)]
        let fixture = try GatewayFixture()
        func count() async throws -> Int? {
            let response = await fixture.post(Self.path, body.text)
            return try InteractionTests.grounds(response)["inputs"]?.elements.count { _ in true }
        }
        #expect(try await count() == 2)
        body.drafts[0] = InteractionTests.draft("d1", Self.simvastatin)
        #expect(try await count() == 3)
    }

    // MARK: Suggestions

    @Test(
        "An id that two drafts have, or a draft and what is in force among them, is not offered",
        arguments: [
            InteractionTests.draft("d1", InteractionTests.warfarin),
            InteractionTests.draft("d1", simvastatin, more: #","priority":"urgent""#),
            OrderBody.resource("d1", simvastatin),
            OrderBody.resource("d1", simvastatin, status: ""),
            OrderBody.resource("d1", InteractionTests.warfarin),
            OrderBody.resource("d1", simvastatin, status: "cancelled"),
        ]
    )
    func ambiguousDraft(other: String) async throws {
        var body = OrderBody(drafts: [InteractionTests.draft("d1", Self.simvastatin)])
        body.requests = [OrderBody.resource("m1", Self.clarithromycin)]
        #expect(try await labels(body).last == "Cancel the order for simvastatin")
        body.drafts.append(other)
        #expect(try await labels(body) == [])
        body.drafts.reverse()
        #expect(try await labels(body) == [])
        // A copy to the byte is the same order.
        body.drafts = [body.drafts[1], body.drafts[1]]
        #expect(try await labels(body).last == "Cancel the order for simvastatin")
    }

    @Test(
        "What is in force, or no request, is never offered for deletion or change",
        arguments: [
            (OrderBody.resource("d1", simvastatin), nil),
            (OrderBody.resource("d1", simvastatin), OrderBody.resource("d1", simvastatin)),
            (
                InteractionTests.draft("d1", simvastatin),
                OrderBody.resource("d1", simvastatin)
            ),
            (
                OrderBody.resource(
                    "d1",
                    simvastatin,
                    type: "MedicationStatement",
                    status: "draft"
                ), nil
            ),
            (OrderBody.resource("d1", simvastatin, type: "MedicationDispense"), nil),
        ] as [(String, String?)]
    )
    func inForce(draft: String, current: String?) async throws {
        var body = OrderBody(drafts: [draft])
        body.requests = [OrderBody.resource("m1", Self.clarithromycin)]
        if let current { body.requests?.append(current) }
        #expect(try await labels(body) == [])
    }

    @Test("A draft that is stored as a draft may still be cancelled")
    func storedDraft() async throws {
        var body = OrderBody(drafts: [InteractionTests.draft("d1", Self.simvastatin)])
        body.requests = [
            OrderBody.resource("m1", Self.clarithromycin),
            InteractionTests.draft("d1", Self.simvastatin, more: #","priority":"urgent""#),
        ]
        #expect(try await labels(body).last == "Cancel the order for simvastatin")
    }

    @Test("A refill of what the patient takes is not offered for deletion")
    func refill() async throws {
        let document = #"""
            {"id":"refills","hook":"medication-refill","title":"T","description":"D",
             "prefetch":"auto",
             "limen":{"format":"limen-hook/1","version":"1.0.0","interactions":"interactions-onc",
              "mode":"live","deadline":"PT0.4S"}}
            """#
        let fixture = try GatewayFixture(extraFiles: ["Hooks/refills.json": Array(document.utf8)])
        var body = OrderBody(
            hook: "medication-refill",
            drafts: [OrderBody.resource("b", Self.clarithromycin)]
        )
        body.requests = [
            OrderBody.resource("b", Self.clarithromycin), OrderBody.resource("a", Self.simvastatin),
        ]
        let text = body.text.replacing(#""draftOrders":"#, with: #""medications":"#)
        let response = await fixture.post("/cds-services/refills", text)
        let card = try #require(try InteractionTests.cards(response).first)
        #expect(card["summary"]?.stringValue == Self.statin)
        #expect(card["suggestions"] == nil)
    }

    @Test("No other medicine is offered where the patient has it, or one of its kind, already")
    func takenAlternative() async throws {
        var body = OrderBody(drafts: [InteractionTests.draft("d1", Self.simvastatin)])
        body.requests = [
            OrderBody.resource("m1", Self.clarithromycin),
            OrderBody.resource("m2", Self.pravastatin),
        ]
        #expect(try await labels(body) == ["Cancel the order for simvastatin"])
        body.requests?.removeLast()
        #expect(try await labels(body).count == 3)
        body.drafts.append(InteractionTests.draft("d2", Self.pravastatin))
        #expect(try await labels(body) == ["Cancel the order for simvastatin"])
    }

    @Test("Two orders of one medicine are told apart by dose, by id or by number")
    func equalLabels() async throws {
        func labels(_ ids: [String], _ doses: [String?]) async throws -> [String] {
            var body = OrderBody()
            body.drafts = zip(ids, doses).map { id, dose in
                let more = dose.map { #","dosageInstruction":[{"text":"\#($0)"}]"# } ?? ""
                return InteractionTests.draft(id, Self.simvastatin, more: more)
            }
            body.requests = [OrderBody.resource("m1", Self.clarithromycin)]
            return try await self.labels(body)
        }
        let cancel = "Cancel the order for simvastatin"
        #expect(try await labels(["d1"], ["40 mg"]).last == cancel)
        for (ids, doses, marks) in [
            (["d1", "d2"], ["20 mg", "40 mg"], ["20 mg", "40 mg"]),
            (["d1", "d2"], ["40 mg", "40 mg"], ["order d1", "order d2"]),
            (["d1", "d2"], [nil, "40 mg"], ["order d1", "order d2"]),
            (
                ["d1", "d2"], ["20 mg", "40 mg at night, from tomorrow on"],
                ["order d1", "order d2"]
            ),
            (
                [String(repeating: "a", count: 40), String(repeating: "b", count: 40)],
                ["", "40\\nmg"], ["order 1 of 2", "order 2 of 2"]
            ),
        ] as [([String], [String?], [String])] {
            let found = try await labels(ids, doses)
            #expect(Set(found).count == 6, "\(found)")
            #expect(Array(found.suffix(2)) == marks.map { "\(cancel) (\($0))" }, "\(found)")
            #expect(found.allSatisfy { $0.utf16.count <= 80 })
        }
    }

    // MARK: Medications

    @Test("A Medication that two keys send is checked, whatever tells the copies apart")
    func copiesOfMedication() async throws {
        let code = #""code":"# + OrderBody.concept([(OrderBody.rxNorm, "21212")])
        let plain = #"{"resourceType":"Medication","id":"m",\#(code)}"#
        let reference = #""medicationReference":{"reference":"Medication/m"}"#
        for other in [
            plain, #"{"id":"m", \#(code), "resourceType":"Medication"}"#,
            #"{"resourceType":"Medication","id":"m","meta":{"versionId":"2"},\#(code)}"#,
        ] {
            var body = OrderBody(drafts: [InteractionTests.draft("d1", Self.simvastatin)])
            body.requests = [OrderBody.resource("m1", reference), plain]
            body.statements = [
                OrderBody.resource("s1", reference, type: "MedicationStatement"), other,
            ]
            #expect(try await summaries(body) == [Self.statin], "\(other)")
        }
        // Where they differ, what each says is looked up.
        var body = OrderBody(drafts: [InteractionTests.draft("d1", Self.simvastatin)])
        body.requests = [OrderBody.resource("m1", reference), plain]
        body.statements = [
            OrderBody.resource("s1", reference, type: "MedicationStatement"),
            #"{"resourceType":"Medication","id":"m","code":"#
                + OrderBody.concept([(OrderBody.rxNorm, "11289")]) + "}",
        ]
        #expect(
            try await summaries(body) == [
                Self.statin, "2 of 3 medicines were not checked for interactions",
            ]
        )
    }
}

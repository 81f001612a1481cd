import CDSHooks
import ClinicalEngine
import JSON
import Support
import Testing

@testable import Gateway

/// Checks lists without a gateway around them.
@Suite("The check of a list")
struct InteractionCheckTests {
    static func knowledge() throws -> InteractionKnowledge {
        let files = try GatewayFixture.files()
        let bytes = try #require(files["Profiles/interactions-onc/interactions.json"])
        return try InteractionKnowledge(
            name: "interactions-onc",
            document: JSONDocument(parsing: bytes),
            products: [:]
        )
    }

    /// The pairs that a list of drugs gives, the first of them drafts.
    static func found(
        _ drugs: [InteractionPairs.Drug],
        drafts: Int,
        unknown: Int = 0,
        _ knowledge: InteractionKnowledge
    ) throws -> Set<Set<String>> {
        var body = OrderBody()
        for (position, drug) in drugs.enumerated() {
            // The same number of another system means something else.
            let system = position >= drugs.count - unknown ? "urn:oid:9.9" : drug.system
            let medication = OrderBody.coded(system, drug.code, text: drug.name)
            if position < drafts {
                body.drafts.append(InteractionTests.draft("d\(position)", medication))
            } else {
                body.requests?.append(OrderBody.resource("m\(position)", medication))
            }
        }
        let call = try HookRequest(reading: JSONDocument(parsing: body.text))
        let prefetch = try Prefetch(
            reading: call.prefetch,
            templates: [
                PrefetchTemplate(
                    key: "medicationRequests",
                    text: "MedicationRequest?patient={{context.patientId}}",
                    feeds: []
                )
            ]
        )
        let list = MedicineList(
            DraftOrders(call, .named(call.hook)),
            current: prefetch.items,
            knowledge: knowledge,
            patientID: "p1",
            patientURLs: []
        )
        #expect(list.medicines.count == drugs.count)
        #expect(list.uncheckedCount == unknown)
        let screening = knowledge.screen(list)
        return Set(
            (screening?.findings ?? []).map {
                [knowledge.ingredients[$0.one].name, knowledge.ingredients[$0.other].name]
            }
        )
    }

    @Test("The shipped document names its source and leaves the QT class empty")
    func shipped() throws {
        let knowledge = try Self.knowledge()
        #expect(knowledge.table.pairCount == 402)
        #expect(knowledge.source.contains("Phansalkar"))
        #expect(knowledge.emptyClasses == ["QT prolonging agents"])
        #expect(knowledge.rules.count == 15)
        #expect(knowledge.ingredients.allSatisfy { !$0.codes.isEmpty })
    }

    private static func findings(
        _ old: String,
        _ new: String,
        file: String = "Profiles/interactions-onc/interactions.json"
    ) throws -> [CatalogueFinding] {
        try CatalogueTests.findings(file) { text in
            guard let range = text.firstRange(of: old) else { return text }
            return text.replacing(old, with: new, subrange: range.lowerBound..<range.upperBound)
        }
    }

    @Test(
        "A fault in the document is named by file and element",
        arguments: [
            ("limen-interactions/1", "limen-interactions/2", "format"),
            (#""status": "draft""#, #""status": "ready""#, "status"),
            (#""url":"#, #""uri": "u", "url":"#, "uri"),
            (#""name": "amiodarone""#, #""name": "amitriptyline""#, "ingredients[1].name"),
            ("rxnorm|703", "rxnorm", "ingredients[0].codes"),
            ("rxnorm|703", "rxnorm|704", "ingredients[1].codes"),
            (#""name": "amiodarone""#, #""name": "a <b> c""#, "ingredients[0].name"),
            (#""id": "mao-inhibitors""#, #""id": "triptans""#, "classes[24].id"),
            (#""a": "atazanavir""#, #""a": "atazanavi""#, "pairs[1].a"),
            (#""severity": "contraindicated""#, #""severity": "bad""#, "pairs[0].severity"),
            (#""id": "onc-4""#, #""id": "onc-3""#, "pairs[1].id"),
            (#""insteadOf": "hmg"#, #""insteadOf": "xmg"#, "pairs[10].alternatives[0].insteadOf"),
        ]
    )
    func faults(_ old: String, _ new: String, _ path: String) throws {
        let findings = try Self.findings(old, new)
        let first = try #require(findings.first)
        #expect(first.code == .interactions)
        #expect(first.path == path)
        #expect(first.file == "Profiles/interactions-onc/interactions.json")
    }

    @Test(
        "A fault in a hook document is named",
        arguments: [
            (#""hook": "order-sign""#, #""hook": "appointment-book""#, "hook"),
            (#""interactions": "interactions-onc""#, #""interactions": "x""#, "limen.interactions"),
            (#""mode""#, #""profile": "news2", "mode""#, "limen.profile"),
            (#""mode""#, #""cards": [], "mode""#, "limen.cards"),
        ]
    )
    func hookFaults(_ old: String, _ new: String, _ path: String) throws {
        let findings = try Self.findings(old, new, file: "Hooks/interactions-order-sign.json")
        #expect(findings.first?.path == path)
        #expect(findings.first?.code == .hook)
    }

    @Test(
        "A product table that cannot be read is named by its line",
        arguments: [
            ("", "line 1"), ("a,b\n", "line 1"), (ProductTable.header + "\na,b,c,d\n", "line 2"),
            (ProductTable.header + "\na,b,c,d,e\na,,c,d,e\n", "line 3"),
            (ProductTable.header + "\n\"a\",b,c,d,e\n", "line 2"),
            (ProductTable.header + "\na,b,c,d,<i>\n", "line 2"),
        ]
    )
    func productFaults(_ text: String, _ place: String) throws {
        var files = try GatewayFixture.files()
        files["Profiles/interactions-onc/a.products.csv"] = Array(text.utf8)
        let error = #expect(throws: CatalogueError.self) {
            try Catalogue(files: files, now: GatewayFixture.now)
        }
        #expect(error?.findings.first?.path == place)
        #expect(error?.findings.first?.file == "Profiles/interactions-onc/a.products.csv")
    }

    @Test("The schema knows just the members that the reader knows")
    func schema() throws {
        let files = try GatewayFixture.files()
        let bytes = try #require(files["Profiles/schema/limen-interactions-1.schema.json"])
        let root = try JSONDocument(parsing: bytes).root
        for (name, members) in InteractionDocument.members {
            let object = try #require(name.isEmpty ? root : root["$defs"]?[name])
            let known = object["properties"]?.members.map { $0.name.stringValue ?? "" } ?? []
            #expect(Set(known) == Set(members), "\(name)")
            #expect(object["additionalProperties"]?.boolValue == false)
        }
    }
}

import Audit
import Basics
import JSON
import Support
import Testing

@testable import Gateway

@Suite(
    "The table of high-priority interactions",
    .enabled(if: Shared.isPresent, "shared suites absent: set LIMEN_SHARED")
)
struct InteractionTableTests {
    private func pairs(_ evaluation: JSONValue?) -> Set<Set<String>> {
        let found = evaluation?["pairs"]?.elements.map { pair in
            Set(pair["ingredients"]?.elements.compactMap(\.stringValue) ?? [])
        }
        return Set(found ?? [])
    }

    /// The names of the document for those of the table.
    private static func name(_ drug: InteractionPairs.Drug) -> String {
        switch drug.name {
        case "moclobamide": "moclobemide"
        case "st. john's wort extract": "St John's wort"
        default: drug.name
        }
    }

    @Test("Each of the 402 pairs is found, ordered and current, in every place of a code")
    func allPairs() async throws {
        let oracle = try InteractionPairs()
        #expect(oracle.pairs.count == 402)
        #expect(oracle.drugs.count == 97)
        let fixture = try GatewayFixture()
        for (position, pair) in oracle.pairs.enumerated() {
            let codes = [pair.one, pair.other].map { drug in
                (system: drug.system, code: drug.code)
            }
            let turn = position % 2
            let shapes = [
                OrderBody.contained([codes[turn]], asIngredients: position % 3 == 0),
                OrderBody.coded(codes[1 - turn].system, codes[1 - turn].code),
            ]
            var body = OrderBody(drafts: [
                InteractionTests.draft("d1", shapes[position / 2 % 2])
            ])
            let other = shapes[1 - position / 2 % 2]
            switch position % 4 {
            case 0: body.drafts.append(InteractionTests.draft("d2", other))
            case 1: body.requests = [OrderBody.resource("m1", other)]
            default:
                body.statements = [OrderBody.resource("s1", other, type: "MedicationStatement")]
            }
            let response = await fixture.post(InteractionTests.path, body.text)
            let cards = try InteractionTests.cards(response)
            #expect(cards.count == 1, "\(pair)")
            #expect(cards.first?["indicator"]?.stringValue == "critical", "\(pair)")
            let found = pairs(try InteractionTests.grounds(response)["evaluation"])
            #expect(found == [[Self.name(pair.one), Self.name(pair.other)]], "\(pair)")
        }
        #expect(fixture.sink.records.count == 402)
    }

    @Test("10,000 random lists give the pairs of the table with a draft, and no other")
    func randomLists() async throws {
        let oracle = try InteractionPairs()
        let names = Set(
            oracle.names.map { pair in
                Set(oracle.drugs.filter { pair.contains($0.name) }.map(Self.name))
            }
        )
        let knowledge = try InteractionCheckTests.knowledge()
        var state: UInt64 = 0x2012_1905_0735_0743
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        var foundCount = 0
        for _ in 0..<10_000 {
            let count = 2 + next(10)
            let drugs = (0..<count).map { _ in oracle.drugs[next(oracle.drugs.count)] }
            let draftCount = 1 + next(count)
            let unknown = next(count)
            let found = try InteractionCheckTests.found(
                drugs,
                drafts: draftCount,
                unknown: unknown,
                knowledge
            )
            let knownEnd = drugs.count - unknown
            var expected: Set<Set<String>> = []
            for first in drugs.indices {
                for second in drugs.indices
                where first < second && first < draftCount && second < knownEnd {
                    let pair: Set = [Self.name(drugs[first]), Self.name(drugs[second])]
                    if names.contains(pair) { expected.insert(pair) }
                }
            }
            #expect(found == expected)
            foundCount += found.count
        }
        #expect(foundCount > 1_000, "the lists hold too few pairs to mean something")
    }

    @Test("A list of 200 medicines is answered whole: named, counted and grouped")
    func longList() async throws {
        let oracle = try InteractionPairs()
        let fixture = try GatewayFixture()
        var body = OrderBody()
        for number in 0..<200 {
            let medication: String
            if number < oracle.drugs.count {
                let drug = oracle.drugs[number]
                medication = OrderBody.coded(drug.system, drug.code)
            } else {
                medication = OrderBody.coded("urn:oid:9.9", "\(number)")
            }
            body.drafts.append(InteractionTests.draft("d\(number)", medication))
        }
        let response = await fixture.post(InteractionTests.path, body.text)
        let cards = try InteractionTests.cards(response)
        #expect(cards.count == Limits.interactionCardsMax + 2)
        let summaries = cards.compactMap { $0["summary"]?.stringValue }
        #expect(summaries[20] == "382 more interactions among the medicines of this order")
        #expect(summaries[21] == "103 of 200 medicines were not checked for interactions")
        let result = try InteractionTests.grounds(response)["evaluation"]
        #expect(pairs(result).count == 402)
        #expect(result?["lookups"]?.integerValue == 97 * 96 / 2)
    }

    @Test("Beyond the limit nothing is checked, and the card says so")
    func tooLong() async throws {
        let fixture = try GatewayFixture()
        var body = OrderBody()
        body.drafts = (0...Limits.interactionDrugsMax).map {
            InteractionTests.draft("d\($0)", InteractionTests.simvastatin)
        }
        let response = await fixture.post(InteractionTests.path, body.text)
        let card = try #require(try response.card)
        #expect(
            card["summary"]?.stringValue
                == "Interactions were not checked: 501 medicines are more than can be"
        )
        #expect(card["indicator"]?.stringValue == "warning")
        let record = try #require(fixture.sink.records.last)
        #expect(record.outcome == .incomplete)
        #expect(record.reasonCode == "too-many")
    }
}

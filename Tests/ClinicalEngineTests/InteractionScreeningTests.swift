import Basics
import ClinicalEngine
import Testing

@Suite("Interactions of a list of drugs")
struct InteractionScreeningTests {
    typealias Drug = InteractionScreening.Drug

    /// 0 and 1 interact with 2 and 3; 4 and 5 among themselves; 6 is in a class of its own that
    /// faces an empty one; nothing is known about 7.
    static func table() throws -> InteractionTable {
        try #require(
            InteractionTable(
                ingredientCount: 8,
                classes: [[0, 1], [2, 3], [4, 5], [6], [], [1, 2]],
                rules: [.init(0, 1), .init(2, 2), .init(3, 4), .init(5, 0)]
            )
        )
    }

    @Test("Every member of one class has the rules with every member of the other, both ways")
    func expansion() throws {
        let table = try Self.table()
        #expect(Array(table.rules(about: 0, and: 2)) == [0, 3])
        #expect(Array(table.rules(about: 2, and: 0)) == [0, 3])
        #expect(Array(table.rules(about: 1, and: 3)) == [0])
        #expect(Array(table.rules(about: 4, and: 5)) == [1])
        #expect(Array(table.rules(about: 0, and: 1)) == [3])
        #expect(table.rules(about: 2, and: 3).isEmpty)
        #expect(table.pairCount == 6)
    }

    @Test("No ingredient interacts with itself, whatever the classes say", arguments: 0..<8)
    func itself(_ ingredient: Int) throws {
        #expect(try Self.table().rules(about: ingredient, and: ingredient).isEmpty)
    }

    @Test("A class that faces an empty one is not covered")
    func coverage() throws {
        let table = try Self.table()
        #expect((0..<8).filter(table.covers) == [0, 1, 2, 3, 4, 5])
    }

    @Test("Only pairs with a drug that is asked about are looked up")
    func asked() throws {
        let drugs = [0, 2, 3, 4, 5].map { Drug(ingredients: [$0], isAsked: $0 == 3) }
        let screening = try #require(InteractionScreening(drugs, in: Self.table()))
        #expect(screening.findings.map { [$0.one, $0.other] } == [[0, 3]])
        #expect(screening.findings[0].drugs == [.init(one: 0, other: 2)])
        #expect(screening.lookupCount == 4)
    }

    @Test("A list in another order gives the same pairs in the same order")
    func order() throws {
        let drugs = [0, 1, 2, 3, 4, 5].map { Drug(ingredients: [$0], isAsked: true) }
        let table = try Self.table()
        let one = try #require(InteractionScreening(drugs, in: table))
        let other = try #require(InteractionScreening(drugs.reversed(), in: table))
        #expect(
            one.findings.map { [$0.one, $0.other] } == other.findings.map { [$0.one, $0.other] }
        )
        #expect(one.lookupCount == 15)
    }

    @Test("Products of the same substances are one medicine; sharing one is a duplicate")
    func duplicates() throws {
        let drugs = [
            Drug(ingredients: [0, 2], isAsked: true), Drug(ingredients: [2, 0, 2], isAsked: false),
            Drug(ingredients: [0], isAsked: false),
        ]
        let screening = try #require(InteractionScreening(drugs, in: Self.table()))
        #expect(screening.duplicates == [.init(one: 0, other: 1), .init(one: 0, other: 2)])
        #expect(screening.findings.map(\.drugs) == [[.init(one: 2, other: 0)]])
    }

    @Test("A pair is not covered when nothing is known about one of its drugs")
    func uncovered() throws {
        let drugs = [0, 7, 4].map { Drug(ingredients: [$0], isAsked: true) }
        let screening = try #require(InteractionScreening(drugs, in: Self.table()))
        #expect(screening.findings.isEmpty)
        #expect(screening.uncovered == [.init(one: 0, other: 1), .init(one: 1, other: 2)])
        let unknown = [Drug(ingredients: [], isAsked: true), Drug(ingredients: [0], isAsked: true)]
        #expect(try InteractionScreening(unknown, in: Self.table())?.uncovered == [])
    }

    @Test("Lists and ingredients beyond the limits are not checked at all")
    func limits() throws {
        let table = try Self.table()
        func screens(_ count: Int, _ ingredients: [Int]) -> Bool {
            let drugs = [Drug](
                repeating: Drug(ingredients: ingredients, isAsked: true),
                count: count
            )
            return InteractionScreening(drugs, in: table) != nil
        }
        #expect(screens(0, []))
        #expect(screens(Limits.interactionDrugsMax, [0]))
        #expect(!screens(Limits.interactionDrugsMax + 1, [0]))
        let perDrug = Limits.interactionIngredientsMax / Limits.interactionDrugsMax
        #expect(screens(Limits.interactionDrugsMax, Array(0..<perDrug)))
        #expect(!screens(Limits.interactionDrugsMax, Array(0...perDrug)))
    }

    @Test("Classes that would make too many pairs are refused")
    func tooManyPairs() {
        let members = Array(0..<1_001)
        let table = InteractionTable(
            ingredientCount: 1_001,
            classes: [members],
            rules: [.init(0, 0)]
        )
        #expect(table == nil)
    }
}

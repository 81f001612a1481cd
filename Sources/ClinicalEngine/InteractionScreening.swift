import Basics

/// What a table says about a list of drugs.
public struct InteractionScreening: Equatable, Sendable {
    /// One drug as its ingredients.
    public struct Drug: Equatable, Sendable {
        /// The positions of its ingredients in the table.
        public let ingredients: [Int]
        /// Whether pairs with it are asked for; a pair needs one such drug.
        public let isAsked: Bool

        /// Makes a drug; an ingredient that is named twice counts once.
        public init(ingredients: [Int], isAsked: Bool) {
            self.ingredients = Set(ingredients).sorted()
            self.isAsked = isAsked
        }
    }

    /// Two ingredients of two drugs with the rules about them.
    public struct Finding: Equatable, Sendable {
        /// The smaller ingredient.
        public let one: Int
        /// The larger ingredient.
        public let other: Int
        /// The rules, ascending.
        public let rules: [Int]
        /// The drugs with the smaller and with the larger ingredient, each pair once.
        public var drugs: [DrugPair]
    }

    /// Two drugs of the list by position.
    public struct DrugPair: Hashable, Sendable {
        /// One drug.
        public let one: Int
        /// The other drug.
        public let other: Int

        /// Makes a pair.
        public init(one: Int, other: Int) {
            self.one = one
            self.other = other
        }
    }

    /// The interactions, in the order of their ingredients.
    public private(set) var findings: [Finding] = []
    /// Drugs of which one is asked about and that share an ingredient: no interaction.
    public private(set) var duplicates: [DrugPair] = []
    /// Drugs of which one is asked about, without interaction, where the table knows nothing about
    /// an ingredient of one of them.
    public private(set) var uncovered: [DrugPair] = []
    /// How many pairs of ingredients were looked up.
    public private(set) var lookupCount = 0

    /// Looks up every pair of two drugs of which one is asked about.
    ///
    /// Drugs with the same ingredients are one medicine that is listed twice, and no medicine
    /// interacts with itself. A drug without ingredients takes part in no pair.
    ///
    /// - Returns: `nil` when there are more drugs or ingredients than the limits allow.
    public init?(_ drugs: [Drug], in table: InteractionTable) {
        guard drugs.count <= Limits.interactionDrugsMax else { return nil }
        guard
            drugs.reduce(0, { $0 + $1.ingredients.count }) <= Limits.interactionIngredientsMax
        else { return nil }
        let isCovered = drugs.map { $0.ingredients.allSatisfy(table.covers) }
        var positions: [UInt64: Int] = [:]
        for (first, one) in drugs.enumerated() where !one.ingredients.isEmpty {
            for second in (first + 1)..<max(first + 1, drugs.count) {
                let other = drugs[second]
                guard one.isAsked || other.isAsked, !other.ingredients.isEmpty else { continue }
                if one.ingredients.contains(where: other.ingredients.contains) {
                    duplicates.append(DrugPair(one: first, other: second))
                }
                guard one.ingredients != other.ingredients else { continue }
                let hasInteraction = look(
                    (first, one.ingredients),
                    (second, other.ingredients),
                    in: table,
                    &positions
                )
                if !hasInteraction, !(isCovered[first] && isCovered[second]) {
                    uncovered.append(DrugPair(one: first, other: second))
                }
            }
        }
        findings.sort { ($0.one, $0.other) < ($1.one, $1.other) }
    }

    private mutating func look(
        _ first: (position: Int, ingredients: [Int]),
        _ second: (position: Int, ingredients: [Int]),
        in table: InteractionTable,
        _ positions: inout [UInt64: Int]
    ) -> Bool {
        var hasInteraction = false
        for one in first.ingredients {
            for other in second.ingredients where one != other {
                lookupCount += 1
                let rules = table.rules(about: one, and: other)
                guard !rules.isEmpty else { continue }
                hasInteraction = true
                let isAscending = one < other
                let pair = DrugPair(
                    one: isAscending ? first.position : second.position,
                    other: isAscending ? second.position : first.position
                )
                let key = UInt64(min(one, other)) << 32 | UInt64(max(one, other))
                if let known = positions[key] {
                    findings[known].drugs.append(pair)
                } else {
                    positions[key] = findings.count
                    findings.append(
                        Finding(
                            one: min(one, other),
                            other: max(one, other),
                            rules: Array(rules),
                            drugs: [pair]
                        )
                    )
                }
            }
        }
        return hasInteraction
    }
}

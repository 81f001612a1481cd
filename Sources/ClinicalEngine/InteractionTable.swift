import Basics

/// A knowledge base of drug interactions as a flat table.
///
///     ingredients 0 simvastatin, 1 clarithromycin, 2 ritonavir
///     classes     0 [0]   1 [1, 2]
///     rules       0 class 0 with class 1
///     keys        0|1  0|2          (the smaller ingredient in the upper half)
///
/// Ingredients, classes and rules are positions; their names stay with who loads the document.
/// Pairs of classes are expanded once, so that a look-up is a search for one number.
public struct InteractionTable: Sendable {
    /// A rule: every member of one class with every member of the other.
    public struct ClassPair: Equatable, Sendable {
        /// One class.
        public let one: Int
        /// The other; the same for a class whose members interact among themselves.
        public let other: Int

        /// Makes a pair.
        public init(_ one: Int, _ other: Int) {
            self.one = one
            self.other = other
        }
    }

    /// How many ingredients there are.
    public let ingredientCount: Int
    /// The pairs of ingredients in ascending order, the smaller one in the upper half.
    private let keys: [UInt64]
    /// Where the rules of each key begin; one more than there are keys.
    private let starts: [Int]
    /// The rules, key by key, ascending.
    private let rules: [Int]
    /// For each ingredient, whether it belongs to a class that a rule names.
    private let covered: [Bool]

    /// Expands the rules; an ingredient never interacts with itself.
    ///
    /// - Returns: `nil` when there are more pairs than `Limits.interactionPairsMax`.
    public init?(ingredientCount: Int, classes: [[Int]], rules classPairs: [ClassPair]) {
        var found: [(key: UInt64, rule: Int)] = []
        var covered = [Bool](repeating: false, count: ingredientCount)
        for (rule, pair) in classPairs.enumerated() {
            let (ones, others) = (classes[pair.one], classes[pair.other])
            guard ones.count * others.count <= Limits.interactionPairsMax - found.count else {
                return nil
            }
            // A class that faces an empty one is part of no pair that could be found.
            if !others.isEmpty { for member in ones { covered[member] = true } }
            if !ones.isEmpty { for member in others { covered[member] = true } }
            for one in ones {
                for other in others where one != other {
                    found.append((Self.key(one, other), rule))
                }
            }
        }
        found.sort { ($0.key, $0.rule) < ($1.key, $1.rule) }
        var keys: [UInt64] = []
        var starts: [Int] = []
        var rules: [Int] = []
        for item in found {
            if keys.last != item.key {
                keys.append(item.key)
                starts.append(rules.count)
            } else if rules.last == item.rule {
                continue
            }
            rules.append(item.rule)
        }
        starts.append(rules.count)
        self.ingredientCount = ingredientCount
        self.keys = keys
        self.starts = starts
        self.rules = rules
        self.covered = covered
    }

    /// How many pairs of ingredients have a rule.
    public var pairCount: Int { keys.count }

    /// Whether the table knows anything at all about an ingredient.
    public func covers(_ ingredient: Int) -> Bool { covered[ingredient] }

    /// The rules about two ingredients, in either order; empty when there is none.
    public func rules(about one: Int, and other: Int) -> ArraySlice<Int> {
        guard one != other else { return [] }
        let key = Self.key(one, other)
        var low = 0
        var high = keys.count
        while low < high {
            let middle = low + (high - low) / 2
            if keys[middle] < key { low = middle + 1 } else { high = middle }
        }
        guard low < keys.count, keys[low] == key else { return [] }
        return rules[starts[low]..<starts[low + 1]]
    }

    private static func key(_ one: Int, _ other: Int) -> UInt64 {
        UInt64(min(one, other)) << 32 | UInt64(max(one, other))
    }
}

/// A truth value of PMML: what depends on a missing value is unknown (PMML 4.4, TreeModel).
enum Truth: Sendable, Equatable {
    case no
    case yes
    case unknown

    init(_ value: Bool) {
        self = value ? .yes : .no
    }

    /// The truth tables of CompoundPredicate; `surrogate` takes the left value unless unknown.
    static func combine(
        _ combination: Predicate.Combination,
        _ left: Truth,
        _ right: Truth
    ) -> Truth {
        switch combination {
        case .and:
            if left == .no || right == .no { return .no }
            return left == .unknown || right == .unknown ? .unknown : .yes
        case .or:
            if left == .yes || right == .yes { return .yes }
            return left == .unknown || right == .unknown ? .unknown : .no
        case .xor:
            if left == .unknown || right == .unknown { return .unknown }
            return Truth(left != right)
        case .surrogate:
            return left == .unknown ? right : left
        }
    }
}

/// A stack of truth values in two words of bits, so that evaluating allocates nothing.
struct TruthStack {
    private var yesBits: UInt64 = 0
    private var unknownBits: UInt64 = 0

    mutating func push(_ value: Truth) {
        yesBits = yesBits << 1 | (value == .yes ? 1 : 0)
        unknownBits = unknownBits << 1 | (value == .unknown ? 1 : 0)
    }

    mutating func pop() -> Truth {
        let value: Truth = unknownBits & 1 == 1 ? .unknown : Truth(yesBits & 1 == 1)
        yesBits >>= 1
        unknownBits >>= 1
        return value
    }
}

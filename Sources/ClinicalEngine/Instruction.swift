/// One step of a compiled expression: it takes operands from a stack and leaves its result there.
struct Instruction: Sendable {
    /// What it does.
    enum Operation: Sendable {
        /// Leaves `number`.
        case constant
        /// Leaves the value of slot `first`.
        case load
        /// Goes to `first`.
        case jump
        /// Takes the condition; goes to `first` when it is false and to `second` when missing.
        case branch
        /// Replaces a missing top with `number`.
        case replaceMissing
        /// Goes to `first` with `number` when any of the last `second` operands is missing.
        case mapMissing
        /// A function of one or two numbers.
        case unary(Function)
        case binary(Function)
        /// A function of the last `first` operands that passes over missing ones.
        case aggregate(Function)
        /// `and`, `or` of the last `first` operands.
        case logic(isAnd: Bool)
        /// Whether the first of the last `first` operands is among the others.
        case isIn(isNegated: Bool)
        case isMissing(isNegated: Bool)
        /// A function of three numbers: value, mean, deviation.
        case normal(Function)
        /// A text function of the last `first` operands.
        case text(Function)
        /// Brings the top to a type.
        case single
        case whole
        case formatNumber(isWhole: Bool)
        case parseNumber
        /// Tables `first..<second` of the program.
        case normContinuous(Expression.Outliers)
        /// One when the top equals `number`.
        case normDiscrete
        case discretize
        /// `first` is the position of the table.
        case mapValues
        /// Keeps the top between `number` and `other`, or calls it missing outside.
        case clamp(isMissing: Bool)
    }

    let operation: Operation
    var first: Int32 = 0
    var second: Int32 = 0
    var number = Double.nan
    var other = Double.nan
    var isInvalidMissing = false
}

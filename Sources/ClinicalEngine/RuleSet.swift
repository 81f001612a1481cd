/// A set of rules (PMML 4.4, RuleSetModel).
///
/// Compound rules are flattened by the reader: a rule holds when its own condition holds and those
/// of all rules around it do.
public struct RuleSet: Sendable, Equatable {
    /// Which of the rules that hold gives the answer (`criterion`).
    public enum Criterion: String, Sendable, CaseIterable {
        /// The first one.
        case firstHit
        /// Those for the class with the greatest sum of weights.
        case weightedSum
        /// The one with the greatest weight.
        case weightedMax
    }

    /// One rule (SimpleRule).
    public struct Rule: Sendable, Equatable {
        /// Its name in the document.
        public var identifier: String?
        /// When it holds.
        public var predicate: Predicate
        /// What it answers.
        public var score: String
        /// How much it counts.
        public var weight: Double
        /// How sure it is.
        public var confidence: Double

        /// Makes a rule.
        public init(
            identifier: String?,
            predicate: Predicate,
            score: String,
            weight: Double,
            confidence: Double
        ) {
            self.identifier = identifier
            self.predicate = predicate
            self.score = score
            self.weight = weight
            self.confidence = confidence
        }
    }

    /// Which rule gives the answer.
    public var criterion: Criterion
    /// The rules in document order.
    public var rules: [Rule]
    /// The answer when no rule holds.
    public var defaultScore: String?
    /// How sure that answer is.
    public var defaultConfidence: Double

    /// Makes a set.
    public init(
        criterion: Criterion,
        rules: [Rule],
        defaultScore: String?,
        defaultConfidence: Double
    ) {
        self.criterion = criterion
        self.rules = rules
        self.defaultScore = defaultScore
        self.defaultConfidence = defaultConfidence
    }
}

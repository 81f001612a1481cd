/// A naive Bayes model (PMML 4.4, NaiveBayesModel): how often each input goes with each class.
public struct NaiveBayes: Sendable, Equatable {
    /// A value with how often it goes with each class (PairCounts).
    public struct ValueCounts: Sendable, Equatable {
        /// The value.
        public let value: Predicate.Operand
        /// The counts by class.
        public let counts: [Double]

        /// Makes an entry.
        public init(value: Predicate.Operand, counts: [Double]) {
            self.value = value
            self.counts = counts
        }
    }

    /// A range with how often it goes with each class (DiscretizeBin and its PairCounts).
    public struct RangeCounts: Sendable, Equatable {
        /// The range.
        public let interval: Interval
        /// The counts by class.
        public let counts: [Double]

        /// Makes an entry.
        public init(interval: Interval, counts: [Double]) {
            self.interval = interval
            self.counts = counts
        }
    }

    /// What is known about one input, given a class.
    public enum Evidence: Sendable, Equatable {
        /// The values of a discrete input.
        case values([ValueCounts])
        /// The ranges of a continuous input (DerivedField with Discretize).
        case ranges([RangeCounts])
        /// A distribution by class; `nil` where the document gives none (TargetValueStats).
        case distributions([Distribution?])
    }

    /// A distribution of a continuous input (TargetValueStat).
    public enum Distribution: Sendable, Equatable {
        case gaussian(mean: Double, variance: Double)
        case poisson(mean: Double)
    }

    /// One input (BayesInput).
    public struct Input: Sendable, Equatable {
        /// The field that is read.
        public var field: String
        /// What is known about it.
        public var evidence: Evidence

        /// Makes an input.
        public init(field: String, evidence: Evidence) {
            self.field = field
            self.evidence = evidence
        }
    }

    /// The probability in place of one that is zero, or lower than this.
    public var threshold: Double
    /// The inputs.
    public var inputs: [Input]
    /// The classes (BayesOutput).
    public var categories: [String]
    /// How often each class occurs (BayesOutput, TargetValueCounts).
    public var counts: [Double]

    /// Makes a model.
    public init(threshold: Double, inputs: [Input], categories: [String], counts: [Double]) {
        self.threshold = threshold
        self.inputs = inputs
        self.categories = categories
        self.counts = counts
    }
}

/// A regression: sums of terms, one for each category or one for a number
/// (PMML 4.4, RegressionModel).
public struct Regression: Sendable, Equatable {
    /// How sums become predictions (`normalizationMethod`).
    public enum Normalization: String, Sendable, CaseIterable {
        case none
        case simplemax
        case softmax
        case logit
        case probit
        case cloglog
        case exp
        case loglog
        case cauchit
    }

    /// One term of a sum.
    public enum Term: Sendable, Equatable {
        /// The coefficient times a power of the field (NumericPredictor).
        case numeric(field: String, coefficient: Double, exponent: Int)
        /// The coefficient when the field has the value (CategoricalPredictor).
        case categorical(field: String, value: Predicate.Operand, coefficient: Double)
        /// The coefficient times the product of the fields (PredictorTerm).
        case product(fields: [String], coefficient: Double)
    }

    /// One sum (RegressionTable).
    public struct Table: Sendable, Equatable {
        /// The category it speaks for.
        public var category: String?
        /// What the sum starts with.
        public var intercept: Double
        /// What is added.
        public var terms: [Term]
        /// The line in the document, or zero.
        public var line = 0

        /// Makes a table.
        public init(category: String? = nil, intercept: Double, terms: [Term]) {
            self.category = category
            self.intercept = intercept
            self.terms = terms
        }
    }

    /// How sums become predictions.
    public var normalization = Normalization.none
    /// The sums.
    public var tables: [Table]

    /// Makes a regression.
    public init(tables: [Table]) {
        self.tables = tables
    }
}

/// Support vector machines (PMML 4.4, SupportVectorMachineModel).
public struct SupportVectorMachine: Sendable, Equatable {
    /// How alike two vectors are (LinearKernelType and its siblings).
    public enum Kernel: Sendable, Equatable {
        case linear
        case polynomial(gamma: Double, coefficient: Double, degree: Double)
        case radialBasis(gamma: Double)
        case sigmoid(gamma: Double, coefficient: Double)
    }

    /// One dimension of the vectors (VectorFields).
    public enum Dimension: Sendable, Equatable {
        /// The number of a field (FieldRef).
        case field(String)
        /// The coefficient when the field has the value, else zero (CategoricalPredictor).
        case category(field: String, value: Predicate.Operand, coefficient: Double)
    }

    /// What a machine multiplies with its coefficients.
    public enum Terms: Sendable, Equatable {
        /// The kernel of the row with these vectors (SupportVectors, by position).
        case vectors([Int])
        /// The dimensions of the row themselves (`svmRepresentation="Coefficients"`).
        case dimensions
    }

    /// One machine.
    public struct Machine: Sendable, Equatable {
        /// The class that it is for; the one that wins below the threshold when two are named.
        public var category: String?
        /// The class that wins at the threshold and above.
        public var alternateCategory: String?
        /// The border between the two.
        public var threshold: Double
        /// What the coefficients are multiplied with.
        public var terms: Terms
        /// One for each term.
        public var coefficients: [Double]
        /// What is added (`absoluteValue`).
        public var offset: Double

        /// Makes a machine.
        public init(
            category: String?,
            alternateCategory: String?,
            threshold: Double,
            terms: Terms,
            coefficients: [Double],
            offset: Double
        ) {
            self.category = category
            self.alternateCategory = alternateCategory
            self.threshold = threshold
            self.terms = terms
            self.coefficients = coefficients
            self.offset = offset
        }
    }

    /// How the machines come to a class (`classificationMethod`, `maxWins`).
    public enum Decision: Sendable, Equatable {
        /// Each machine votes for one of two classes.
        case oneAgainstOne
        /// Each machine stands for one class: the smallest value wins, or the largest.
        case oneAgainstAll(isLargestBest: Bool)
        /// The one machine gives the number itself.
        case regression
    }

    /// How alike two vectors are.
    public var kernel: Kernel
    /// What the vectors consist of.
    public var dimensions: [Dimension]
    /// The vectors, one after the other (VectorDictionary).
    public var vectors: [Double]
    /// The machines.
    public var machines: [Machine]
    /// How the machines come to a class.
    public var decision: Decision

    /// Makes a model.
    public init(
        kernel: Kernel,
        dimensions: [Dimension],
        vectors: [Double],
        machines: [Machine],
        decision: Decision
    ) {
        self.kernel = kernel
        self.dimensions = dimensions
        self.vectors = vectors
        self.machines = machines
        self.decision = decision
    }
}

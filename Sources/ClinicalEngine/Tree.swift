/// A decision tree (PMML 4.4, TreeModel).
public struct Tree: Sendable, Equatable {
    /// What becomes of a node whose predicate is unknown (`missingValueStrategy`).
    public enum MissingValueStrategy: String, Sendable, CaseIterable {
        case lastPrediction
        case nullPrediction
        case defaultChild
        case weightedConfidence
        case aggregateNodes
        case none
    }

    /// What is predicted when no child holds (`noTrueChildStrategy`).
    public enum NoTrueChildStrategy: String, Sendable, CaseIterable {
        case returnNullPrediction
        case returnLastPrediction
    }

    /// The records of one category that reached a node (ScoreDistribution).
    public struct Distribution: Sendable, Equatable {
        /// The category.
        public let category: String
        /// How many records.
        public let recordCount: Double
        /// The confidence in the category, when the document states it.
        public let confidence: Double?
        /// The probability of the category, when the document states it.
        public let probability: Double?

        /// Makes an entry.
        public init(
            category: String,
            recordCount: Double,
            confidence: Double? = nil,
            probability: Double? = nil
        ) {
            self.category = category
            self.recordCount = recordCount
            self.confidence = confidence
            self.probability = probability
        }
    }

    /// One node.
    public struct Node: Sendable, Equatable {
        /// Its identifier, when it has one.
        public var id: String?
        /// The position of the node above it, or -1 for the root.
        public var parent: Int
        /// When it applies.
        public var predicate: Predicate
        /// What it predicts.
        public var score: String?
        /// How many records reached it.
        public var recordCount: Double?
        /// The identifier of the child to go on with when the way is unknown.
        public var defaultChild: String?
        /// The records of each category.
        public var distribution: [Distribution] = []
        /// The line in the document, or zero.
        public var line = 0

        /// Makes a node.
        public init(id: String? = nil, parent: Int, predicate: Predicate, score: String? = nil) {
            self.id = id
            self.parent = parent
            self.predicate = predicate
            self.score = score
        }
    }

    /// What becomes of a node whose predicate is unknown.
    public var missingValueStrategy = MissingValueStrategy.none
    /// The factor by which each unknown predicate lessens the confidence.
    public var missingValuePenalty = 1.0
    /// What is predicted when no child holds.
    public var noTrueChildStrategy = NoTrueChildStrategy.returnNullPrediction
    /// The nodes in document order, each after the one above it.
    public var nodes: [Node]

    /// Makes a tree.
    public init(nodes: [Node]) {
        self.nodes = nodes
    }
}

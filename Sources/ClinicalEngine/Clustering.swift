/// Clusters around centres (PMML 4.4, ClusteringModel, `modelClass="centerBased"`).
public struct Clustering: Sendable, Equatable {
    /// How the comparisons of the fields become one number (ComparisonMeasure).
    public enum Measure: Sendable, Equatable {
        case euclidean
        case squaredEuclidean
        case cityBlock
        case chebychev
        case minkowski(Double)
        case simpleMatching
        case jaccard
        case tanimoto
        /// Weights of the counts 11, 10, 01, 00 above and below the line.
        case binarySimilarity(top: [Double], bottom: [Double])

        /// Whether more is nearer.
        var isSimilarity: Bool {
            switch self {
            case .euclidean, .squaredEuclidean, .cityBlock, .chebychev, .minkowski: false
            case .simpleMatching, .jaccard, .tanimoto, .binarySimilarity: true
            }
        }
    }

    /// How one field of the patient is compared with that of a centre (`compareFunction`).
    public enum Comparison: Sendable, Equatable {
        case absDiff
        case gaussSim(scale: Double)
        case delta
        case equal
    }

    /// One field that is compared (ClusteringField).
    public struct Field: Sendable, Equatable {
        /// The name of the field.
        public var name: String
        /// How important it is.
        public var weight = 1.0
        /// How it is compared.
        public var comparison = Comparison.absDiff

        /// Makes a field.
        public init(name: String) {
            self.name = name
        }
    }

    /// One cluster.
    public struct Cluster: Sendable, Equatable {
        /// Its identifier; the position from one when the document gives none.
        public var id: String
        /// Its name, when it has one.
        public var name: String?
        /// Its centre, a number for each field.
        public var center: [Double]
        /// How many rows it was made from, when the document says so.
        public var size: Int?
        /// What it is called and means, by language.
        public var texts: [SegmentText] = []
        /// The 101 percentiles, 0 to 100, of the distances of its training rows to its centre.
        ///
        /// Empty when the document does not say. They are of distances, never of squared ones.
        public var distancePercentiles: [Double] = []

        /// Makes a cluster.
        public init(id: String, name: String? = nil, center: [Double]) {
            self.id = id
            self.name = name
            self.center = center
        }
    }

    /// How the comparisons become one number.
    public var measure: Measure
    /// What is compared.
    public var fields: [Field]
    /// The weights for missing values (MissingValueWeights); all one when there are none.
    public var missingWeights: [Double] = []
    /// The clusters in document order.
    public var clusters: [Cluster]
    /// When a cluster is uncertain; `nil` when the document does not say.
    public var confidence: SegmentConfidence?

    /// Makes a clustering.
    public init(measure: Measure, fields: [Field], clusters: [Cluster]) {
        self.measure = measure
        self.fields = fields
        self.clusters = clusters
    }
}

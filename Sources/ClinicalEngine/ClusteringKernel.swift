/// Clusters around centres as flat arrays.
struct ClusteringKernel: Sendable {
    private struct Field: Sendable {
        let slot: Int
        let weight: Double
        let missingWeight: Double
        let comparison: Clustering.Comparison
    }

    let ids: [String]
    let names: [String?]
    let measure: Clustering.Measure
    private let texts: [[SegmentText]]
    private let percentiles: [[Double]]
    private let confidence: SegmentConfidence?
    private let region: Range<Int>
    private var fields: [Field] = []
    /// The centres, one after the other.
    private var centers: [Double] = []
    private var missingWeightSum = 0.0

    init(
        _ clustering: Clustering,
        _ node: ModelNode,
        _ region: Range<Int>,
        compiler: inout ModelCompiler
    ) throws(ModelError) {
        self.region = region
        measure = clustering.measure
        ids = clustering.clusters.map(\.id)
        names = clustering.clusters.map(\.name)
        texts = clustering.clusters.map(\.texts)
        percentiles = clustering.clusters.map(\.distancePercentiles)
        confidence = clustering.confidence
        let mismatch = ModelError(code: .inconsistent, place: node.name, line: node.line)
        guard !clustering.clusters.isEmpty, !clustering.fields.isEmpty else { throw mismatch }
        guard Set(ids).count == ids.count, node.function == .clustering else { throw mismatch }
        guard Self.isConsistent(clustering) else { throw mismatch }
        let weights = clustering.missingWeights
        guard weights.isEmpty || weights.count == clustering.fields.count else { throw mismatch }
        for (position, field) in clustering.fields.enumerated() {
            let slot = try compiler.slot(field.name)
            let missingWeight = weights.isEmpty ? 1 : weights[position]
            guard compiler.slots[slot].type != .string else {
                throw ModelError(code: .operandMismatch, place: field.name, line: node.line)
            }
            guard field.weight.isFinite, field.weight >= 0, missingWeight >= 0 else {
                throw mismatch
            }
            missingWeightSum += missingWeight
            fields.append(
                Field(
                    slot: slot,
                    weight: field.weight,
                    missingWeight: missingWeight,
                    comparison: field.comparison
                )
            )
        }
        for cluster in clustering.clusters {
            guard cluster.center.count == fields.count else { throw mismatch }
            guard cluster.center.allSatisfy(\.isFinite) else {
                throw ModelError(code: .notFinite, place: node.name, line: node.line)
            }
            centers.append(contentsOf: cluster.center)
        }
    }

    /// The nearest cluster; of equally near ones the first.
    func evaluate(_ scratch: inout EvaluationScratch) -> KernelResult {
        var present = 0.0
        var firstMissing = -1
        for field in fields {
            if scratch.read(field.slot).isNaN {
                if firstMissing < 0 { firstMissing = field.slot }
            } else {
                present += field.missingWeight
            }
        }
        // Without any field, or weight, that is there, every cluster would be as near.
        guard present > 0 else { return .missing(firstMissing) }
        let adjustment = missingWeightSum / present
        var best = 0
        for cluster in ids.indices {
            let value =
                measure.isSimilarity
                ? similarity(cluster, scratch) : distance(cluster, adjustment, scratch)
            guard value.isFinite else { return KernelResult(outcome: .notFinite) }
            scratch.regions[region.lowerBound + cluster] = value
            let other = scratch.regions[region.lowerBound + best]
            if measure.isSimilarity ? value > other : value < other { best = cluster }
        }
        var result = KernelResult.value(Double(best))
        result.entity = Int32(best)
        return result
    }

    /// The distance with the weights of what is there adjusted for what is missing
    /// (PMML 4.4, ClusteringModel, Missing values).
    private func distance(
        _ cluster: Int,
        _ adjustment: Double,
        _ scratch: EvaluationScratch
    ) -> Double {
        let start = cluster * fields.count
        var sum = 0.0
        for position in fields.indices {
            let field = fields[position]
            let value = scratch.slots[field.slot]
            if value.isNaN { continue }
            let c = Self.compare(field.comparison, value, centers[start + position])
            switch measure {
            case .euclidean, .squaredEuclidean: sum += field.weight * c * c
            case .cityBlock: sum += field.weight * c
            case .chebychev: sum = max(sum, field.weight * c)
            case .minkowski(let p): sum += field.weight * ElementaryFunctions.power(c, p)
            case .simpleMatching, .jaccard, .tanimoto, .binarySimilarity: continue
            }
        }
        switch measure {
        case .euclidean: return (sum * adjustment).squareRoot()
        case .squaredEuclidean, .cityBlock, .chebychev: return sum * adjustment
        case .minkowski(let p): return ElementaryFunctions.power(sum * adjustment, 1 / p)
        case .simpleMatching, .jaccard, .tanimoto, .binarySimilarity: return .nan
        }
    }

    private static func compare(
        _ comparison: Clustering.Comparison,
        _ x: Double,
        _ y: Double
    ) -> Double {
        switch comparison {
        case .absDiff: return abs(x - y)
        case .gaussSim(let scale):
            let z = x - y
            return ElementaryFunctions.exp(-0.6931471805599453 * z * z / (scale * scale))
        case .delta: return x == y ? 0 : 1
        case .equal: return x == y ? 1 : 0
        }
    }

    /// Shares of agreeing fields (PMML 4.4, ComparisonMeasure, similarity).
    private func similarity(_ cluster: Int, _ scratch: EvaluationScratch) -> Double {
        let start = cluster * fields.count
        var counts = (both: 0.0, first: 0.0, second: 0.0, none: 0.0)
        for position in fields.indices {
            let value = scratch.slots[fields[position].slot]
            if value.isNaN { continue }
            switch (value != 0, centers[start + position] != 0) {
            case (true, true): counts.both += 1
            case (true, false): counts.first += 1
            case (false, true): counts.second += 1
            case (false, false): counts.none += 1
            }
        }
        let (a, b, c, d) = counts
        switch measure {
        case .simpleMatching: return (a + d) / (a + b + c + d)
        case .jaccard: return a + b + c == 0 ? 0 : a / (a + b + c)
        case .tanimoto: return (a + d) / (a + 2 * (b + c) + d)
        case .binarySimilarity(let top, let bottom):
            let above = top[0] * a + top[1] * b + top[2] * c + top[3] * d
            return above / (bottom[0] * a + bottom[1] * b + bottom[2] * c + bottom[3] * d)
        case .euclidean, .squaredEuclidean, .cityBlock, .chebychev, .minkowski: return .nan
        }
    }

    /// Whether percentiles and limits are sound: all clusters have percentiles or none has, and
    /// limits are of no use without them, nor either for similarities.
    private static func isConsistent(_ clustering: Clustering) -> Bool {
        let stated = clustering.clusters.filter { !$0.distancePercentiles.isEmpty }
        if let limits = clustering.confidence {
            guard stated.count == clustering.clusters.count, clustering.clusters.count > 1 else {
                return false
            }
            guard (0...1).contains(limits.marginMin) else { return false }
            guard (0...100).contains(limits.atypicalityMax) else { return false }
        }
        if stated.isEmpty { return true }
        guard stated.count == clustering.clusters.count else { return false }
        guard !clustering.measure.isSimilarity else { return false }
        return stated.allSatisfy { cluster in
            let values = cluster.distancePercentiles
            return values.count == 101 && values.allSatisfy { $0.isFinite && $0 >= 0 }
                && zip(values, values.dropFirst()).allSatisfy { $0 <= $1 }
        }
    }

    /// The distances with the margin between the nearest and the next, and how far out the patient
    /// is among the training rows of the cluster.
    func segment(
        _ result: KernelResult,
        _ scratch: EvaluationScratch,
        hasMissing: Bool
    ) -> Evaluation.Segment {
        let winner = Int(result.value)
        let values = Array(scratch.regions[region])
        var margin: Double?
        if values.count > 1, !measure.isSimilarity {
            var next = Double.infinity
            for position in values.indices where position != winner {
                next = min(next, values[position])
            }
            // The margin is of distances, so that it does not depend on whether they are squared.
            let ratio = next > 0 ? values[winner] / next : 1
            margin = 1 - (measure == .squaredEuclidean ? ratio.squareRoot() : ratio)
        }
        var segment = Evaluation.Segment(
            id: ids[winner],
            name: names[winner],
            distances: values,
            margin: margin
        )
        segment.texts = texts[winner]
        let distance = measure == .squaredEuclidean ? values[winner].squareRoot() : values[winner]
        segment.atypicality = SegmentConfidence.percentile(
            of: distance,
            among: percentiles[winner]
        )
        segment.isUncertain = confidence?.isUncertain(
            margin: margin,
            atypicality: segment.atypicality,
            hasMissing: hasMissing
        )
        return segment
    }
}

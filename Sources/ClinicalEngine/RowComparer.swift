/// How alike two rows of numbers are (PMML 4.4, ClusteringModel, ComparisonMeasure).
struct RowComparer: Sendable {
    private let measure: Clustering.Measure
    private let weights: [Double]
    private let comparisons: [Clustering.Comparison]

    init(measure: Clustering.Measure, fields: [Clustering.Field]) {
        self.measure = measure
        weights = fields.map(\.weight)
        comparisons = fields.map(\.comparison)
    }

    /// Whether more is nearer.
    var isSimilarity: Bool { measure.isSimilarity }

    /// Whether the first of two results is nearer than the second.
    func isNearer(_ left: Double, _ right: Double) -> Bool {
        isSimilarity ? left > right : left < right
    }

    /// Compares two rows that begin at places of two arrays; the second may have holes.
    func compare(
        _ left: borrowing [Double],
        _ leftStart: Int,
        _ right: borrowing [Double],
        _ rightStart: Int
    ) -> Double {
        switch measure {
        case .euclidean, .squaredEuclidean, .cityBlock, .chebychev, .minkowski:
            distance(left, leftStart, right, rightStart)
        case .simpleMatching, .jaccard, .tanimoto, .binarySimilarity:
            similarity(left, leftStart, right, rightStart)
        }
    }

    private func distance(
        _ left: borrowing [Double],
        _ leftStart: Int,
        _ right: borrowing [Double],
        _ rightStart: Int
    ) -> Double {
        var sum = 0.0
        var presentCount = 0.0
        for position in weights.indices {
            let asked = right[rightStart + position]
            if asked.isNaN { continue }
            presentCount += 1
            let part = difference(left[leftStart + position], asked, comparisons[position])
            switch measure {
            case .euclidean, .squaredEuclidean:
                sum += weights[position] * part * part
            case .cityBlock:
                sum += weights[position] * part
            case .chebychev:
                sum = max(sum, weights[position] * part)
            case .minkowski(let power):
                sum += weights[position] * ElementaryFunctions.power(part, power)
            case .simpleMatching, .jaccard, .tanimoto, .binarySimilarity:
                continue
            }
        }
        // The sum for the fields that are there stands for all of them.
        if presentCount < Double(weights.count) { sum *= Double(weights.count) / presentCount }
        switch measure {
        case .euclidean: return sum.squareRoot()
        case .minkowski(let power): return ElementaryFunctions.power(sum, 1 / power)
        case .squaredEuclidean, .cityBlock, .chebychev, .simpleMatching, .jaccard, .tanimoto,
            .binarySimilarity:
            return sum
        }
    }

    private func difference(
        _ left: Double,
        _ right: Double,
        _ comparison: Clustering.Comparison
    ) -> Double {
        switch comparison {
        case .absDiff: return abs(left - right)
        case .gaussSim(let scale):
            let distance = (left - right) / scale
            return ElementaryFunctions.exp(-ElementaryFunctions.log(2) * distance * distance)
        case .delta: return left == right ? 0 : 1
        case .equal: return left == right ? 1 : 0
        }
    }

    /// Fields of ones and zeros: how many are set in both, in one only, in none.
    private func similarity(
        _ left: borrowing [Double],
        _ leftStart: Int,
        _ right: borrowing [Double],
        _ rightStart: Int
    ) -> Double {
        var counts = (both: 0.0, left: 0.0, right: 0.0, none: 0.0)
        for position in weights.indices where !right[rightStart + position].isNaN {
            let isLeft = left[leftStart + position] != 0
            let isRight = right[rightStart + position] != 0
            if isLeft, isRight {
                counts.both += 1
            } else if isLeft {
                counts.left += 1
            } else if isRight {
                counts.right += 1
            } else {
                counts.none += 1
            }
        }
        let differing = counts.left + counts.right
        switch measure {
        case .simpleMatching:
            return (counts.both + counts.none) / (counts.both + counts.none + differing)
        case .jaccard:
            return counts.both / (counts.both + differing)
        case .tanimoto:
            return (counts.both + counts.none) / (counts.both + 2 * differing + counts.none)
        case .binarySimilarity(let top, let bottom):
            // c10 is what the patient has and the stored row has not, as with clusters.
            let all = [counts.both, counts.right, counts.left, counts.none]
            var above = 0.0
            var below = 0.0
            for position in all.indices {
                above += top[position] * all[position]
                below += bottom[position] * all[position]
            }
            return above / below
        case .euclidean, .squaredEuclidean, .cityBlock, .chebychev, .minkowski:
            return .nan
        }
    }
}

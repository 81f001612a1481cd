import Basics

/// Where the values of one input are cut into bins: at the deciles of the reference.
///
///     edges 64, 69, ..., 95: a value of 64 lies in the second bin
///
/// A bin is closed on the left: a value equal to an edge counts above it.
package struct ReferenceBins: Sendable, Hashable {
    /// The inner edges, in ascending order; one bin more than edges.
    package let edges: [Double]

    /// How many bins there are.
    package var count: Int { edges.count + 1 }

    /// Makes bins; `nil` when edges are not finite, do not ascend, or are too many.
    ///
    /// Equal edges would make a bin that nothing can fall into. A reference with few different
    /// values therefore has fewer bins: see `init(decilesOf:)`.
    package init?(edges: [Double]) {
        guard edges.count < Limits.driftBinsMax, edges.allSatisfy(\.isFinite) else { return nil }
        guard zip(edges, edges.dropFirst()).allSatisfy({ $0 < $1 }) else { return nil }
        self.edges = edges
    }

    /// Makes the bins of a reference from its deciles; equal deciles become one edge.
    ///
    /// A decile lies between two values in proportion, as most programs have it (type 7 of Hyndman
    /// and Fan, 1996). `nil` when there is no value, or one that is not finite.
    package init?(decilesOf values: [Double]) {
        guard !values.isEmpty, values.allSatisfy(\.isFinite) else { return nil }
        let sorted = values.sorted()
        var edges: [Double] = []
        for decile in 1...9 {
            guard let edge = Self.quantile(Double(decile) / 10, ofSorted: sorted) else {
                return nil
            }
            if edges.last != edge { edges.append(edge) }
        }
        self.init(edges: edges)
    }

    /// The value that has the share `p` of sorted values below it; `nil` when there is none.
    package static func quantile(_ p: Double, ofSorted sorted: [Double]) -> Double? {
        guard !sorted.isEmpty, p >= 0, p <= 1 else { return nil }
        // In tenths of a thousandth the place is exact where p is a whole percentage.
        let place = (p * 10_000).rounded() * Double(sorted.count - 1) / 10_000
        let low = Int(place)
        let high = min(low + 1, sorted.count - 1)
        return sorted[low] + (sorted[high] - sorted[low]) * (place - Double(low))
    }

    /// So many bins of equal width over a range; `nil` when the range is empty.
    package init?(equalBins count: Int, over range: ClosedRange<Double>) {
        guard count > 0, range.lowerBound < range.upperBound else { return nil }
        let width = range.upperBound - range.lowerBound
        self.init(
            edges: (1..<count).map { range.lowerBound + width * Double($0) / Double(count) }
        )
    }

    /// What the bins are called, such as `< 64`, `64 to < 69` and `>= 95`.
    package var labels: [String] {
        guard let first = edges.first, let last = edges.last else { return ["all"] }
        var labels = ["< " + Self.text(first)]
        for (low, high) in zip(edges, edges.dropFirst()) {
            labels.append(Self.text(low) + " to < " + Self.text(high))
        }
        labels.append(">= " + Self.text(last))
        return labels
    }

    /// A number with at most four decimal places, for reading.
    private static func text(_ value: Double) -> String {
        let rounded = (value * 10_000).rounded() / 10_000
        let shown = rounded.isFinite && abs(rounded) < 1e11 ? rounded : value
        let text = String(shown)
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    /// The position of the bin of a value, which must be a number.
    package func index(of value: Double) -> Int {
        precondition(!value.isNaN, "a missing value has no bin")
        var low = 0
        var high = edges.count
        while low < high {
            let middle = (low + high) / 2
            if edges[middle] <= value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

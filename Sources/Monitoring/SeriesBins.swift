import Basics

/// Into which bins the values of one series fall.
package enum SeriesBins: Sendable, Hashable {
    /// Numbers, cut at edges.
    case numbers(ReferenceBins)
    /// Texts, a bin each; the bin behind them holds all others.
    case categories([String])

    /// How many texts may have a bin each.
    package static var categoriesMax: Int { Limits.driftBinsMax - 1 }

    /// How many bins there are.
    package var count: Int {
        switch self {
        case .numbers(let bins): bins.count
        case .categories(let categories): categories.count + 1
        }
    }

    /// Whether the bins have an order.
    package var isOrdered: Bool {
        switch self {
        case .numbers: true
        case .categories: false
        }
    }

    /// The bin of a number; `nil` when it is not finite, or the bins are of texts.
    package func index(of value: Double) -> Int? {
        switch self {
        case .numbers(let bins): value.isFinite ? bins.index(of: value) : nil
        case .categories: nil
        }
    }

    /// The bin of a text; `nil` when the bins are of numbers.
    package func index(of category: String) -> Int? {
        switch self {
        case .numbers: nil
        case .categories(let categories):
            categories.firstIndex { $0 == category } ?? categories.count
        }
    }

    /// The edges; empty for texts.
    package var edges: [Double] {
        switch self {
        case .numbers(let bins): bins.edges
        case .categories: []
        }
    }

    /// What the bins are called, in their order.
    package var labels: [String] {
        switch self {
        case .numbers(let bins): bins.labels
        case .categories(let categories): categories + ["(other)"]
        }
    }
}

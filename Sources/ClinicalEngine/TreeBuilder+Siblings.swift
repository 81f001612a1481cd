/// Siblings of which more than one can hold.
///
/// PMML takes the first that holds, so a tree is defined whatever its nodes are. Exporters use that
/// for chains: `x <= 4`, then `x <= 8` for what is left, then True. Such a chain may widen, never
/// narrow, and it must say what becomes of the rest. What crosses (`x < 60`, `x > 50`), is written
/// twice, or can never be reached, was made by mistake, and which of two patients it misjudges
/// depends on the order of the lines; it is refused.
extension TreeBuilder {
    func checkSiblings() throws(ModelError) {
        for parent in nodes.indices where nodes[parent].firstChild >= 0 {
            var earlier: [Int] = []
            var isClosed = false
            var hasNested = false
            var last = -1
            var child = Int(nodes[parent].firstChild)
            while child >= 0 {
                guard !isClosed else { throw overlap(child) }
                if nodes[child].test == .always {
                    isClosed = true
                } else if earlier.count < 64 {
                    for other in earlier {
                        switch relation(other, child) {
                        case .apart: continue
                        case .widening: hasNested = true
                        case .crossing: throw overlap(child)
                        }
                    }
                    earlier.append(child)
                }
                last = child
                child = Int(nodes[child].nextSibling)
            }
            guard !hasNested || isClosed || isLastPrediction else { throw overlap(last) }
        }
    }

    private enum Relation {
        case apart
        case widening
        case crossing
    }

    /// How the values of two comparisons of one field lie; `apart` for anything else.
    private func relation(_ first: Int, _ second: Int) -> Relation {
        let a = nodes[first]
        let b = nodes[second]
        guard a.slot >= 0, a.slot == b.slot else { return .apart }
        guard let left = Range(a), let right = Range(b) else {
            return a.test == b.test && a.test == .equal && a.number == b.number
                ? .crossing : .apart
        }
        if left.isApart(from: right) { return .apart }
        return right.contains(left) && !left.contains(right) ? .widening : .crossing
    }

    /// The values on one side of a comparison.
    private struct Range {
        let interval: Interval

        init?(_ node: TreeKernel.Node) {
            switch node.test {
            case .lessThan: interval = Interval(upper: node.number, isUpperClosed: false)
            case .lessOrEqual: interval = Interval(upper: node.number)
            case .greaterThan: interval = Interval(lower: node.number, isLowerClosed: false)
            case .greaterOrEqual: interval = Interval(lower: node.number)
            case .equal, .notEqual, .always, .steps: return nil
            }
        }

        func isApart(from other: Range) -> Bool {
            Interval(
                lower: max(interval.lower, other.interval.lower),
                isLowerClosed: closedLower(other),
                upper: min(interval.upper, other.interval.upper),
                isUpperClosed: closedUpper(other)
            ).isEmpty
        }

        private func closedLower(_ other: Range) -> Bool {
            interval.lower > other.interval.lower
                ? interval.isLowerClosed : other.interval.isLowerClosed
        }

        private func closedUpper(_ other: Range) -> Bool {
            interval.upper < other.interval.upper
                ? interval.isUpperClosed : other.interval.isUpperClosed
        }

        func contains(_ other: Range) -> Bool {
            let isBelow =
                interval.lower < other.interval.lower
                || (interval.lower == other.interval.lower
                    && (interval.isLowerClosed || !other.interval.isLowerClosed))
            let isAbove =
                interval.upper > other.interval.upper
                || (interval.upper == other.interval.upper
                    && (interval.isUpperClosed || !other.interval.isUpperClosed))
            return isBelow && isAbove
        }
    }
}

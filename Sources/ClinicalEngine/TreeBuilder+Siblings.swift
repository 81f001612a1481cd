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

    /// How the values of two conditions on one field lie; `apart` for anything else.
    private func relation(_ first: Int, _ second: Int) -> Relation {
        guard let left = predicates.extent(of: nodes[first].predicate),
            let right = predicates.extent(of: nodes[second].predicate),
            left.slot == right.slot
        else { return .apart }
        switch (left.extent, right.extent) {
        case (.interval(let left), .interval(let right)):
            let both = left.intersection(right)
            if both.isEmpty { return .apart }
            // What the first leaves of the second must not be what the second leaves of it.
            return both == left && both != right ? .widening : .crossing
        case (.values(let left), .values(let right)):
            return Self.relation(left, right)
        case (.interval(let left), .values(let right)):
            return left.lower == left.upper ? Self.relation([left.lower], right) : .apart
        case (.values(let left), .interval(let right)):
            return right.lower == right.upper ? Self.relation(left, [right.lower]) : .apart
        }
    }

    private static func relation(_ left: [Double], _ right: [Double]) -> Relation {
        let common = left.filter { right.contains($0) }
        if common.isEmpty { return .apart }
        let isWider = common.count == left.count && right.contains { !left.contains($0) }
        return isWider ? .widening : .crossing
    }
}

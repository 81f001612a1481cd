/// Trees that follow several branches when a value is missing (PMML 4.4, TreeModel,
/// `weightedConfidence` and `aggregateNodes`).
extension TreeKernel {
    func spread(from position: Int, _ scratch: inout EvaluationScratch) -> KernelResult {
        guard isClassification else { return spreadNumber(from: position, &scratch) }
        var totals = [Double](repeating: 0, count: region.count)
        // What the document states as confidence decides before what it states as probability.
        let isStated = strategy == .weightedConfidence && !confidences.isEmpty
        var sureness = [Double](repeating: 0, count: isStated ? region.count : 0)
        gather(from: position, weight: 1, &scratch, &totals, &sureness)
        var sum = 0.0
        for total in totals { sum += total }
        guard sum > 0 else { return .missing() }
        for offset in totals.indices {
            scratch.regions[region.lowerBound + offset] = totals[offset] / sum
        }
        guard isStated else { return Probabilities.winner(in: region, scratch) }
        for offset in sureness.indices {
            scratch.regions[confidenceRegion + offset] = sureness[offset]
        }
        let stated = confidenceRegion..<confidenceRegion + sureness.count
        var result = Probabilities.winner(in: stated, scratch)
        result.confidences = Int32(confidenceRegion)
        return result
    }

    /// The children that are not false; all of them when the first of those is unknown.
    private func followed(_ position: Int, _ scratch: inout EvaluationScratch) -> [Int] {
        var found: [Int] = []
        var isOpen = false
        var child = Int(nodes[position].firstChild)
        while child >= 0 {
            let replaced = replacedSlot(nodes[child], scratch.slots.span)
            if replaced >= 0 { scratch.noteMissing(replaced) }
            switch truth(nodes[child], scratch.slots.span) {
            case .yes:
                if !isOpen { return [child] }
                found.append(child)
            case .unknown:
                isOpen = true
                let slot = missingSlot(nodes[child], scratch.slots.span)
                if slot >= 0 { scratch.noteMissing(slot) }
                found.append(child)
            case .no: break
            }
            child = Int(nodes[child].nextSibling)
        }
        return found
    }

    private func gather(
        from position: Int,
        weight: Double,
        _ scratch: inout EvaluationScratch,
        _ totals: inout [Double],
        _ sureness: inout [Double]
    ) {
        let children = followed(position, &scratch)
        if children.isEmpty {
            let node = nodes[position]
            let isLeaf = node.firstChild < 0
            guard isLeaf || noTrueChild == .returnLastPrediction else { return }
            guard node.shares >= 0 else {
                guard !node.score.isNaN else { return }
                totals[Int(node.score)] += weight * node.records
                if !sureness.isEmpty { sureness[Int(node.score)] += weight }
                return
            }
            let start = Int(node.shares)
            for offset in sureness.indices {
                sureness[offset] += weight * confidences[start + offset]
            }
            for offset in totals.indices {
                // Records are counted as they are; confidences are weighted on the way down.
                totals[offset] +=
                    strategy == .aggregateNodes
                    ? counts[start + offset] : weight * shares[start + offset]
            }
            return
        }
        var records = 0.0
        for child in children { records += nodes[child].records }
        for child in children {
            let share = records > 0 ? nodes[child].records / records : 1 / Double(children.count)
            gather(from: child, weight: weight * share, &scratch, &totals, &sureness)
        }
    }

    /// A number is the mean of the leaves, weighted by their records.
    private func spreadNumber(
        from position: Int,
        _ scratch: inout EvaluationScratch
    ) -> KernelResult {
        var pending = [position]
        var sum = 0.0
        var records = 0.0
        while let next = pending.popLast() {
            let children = followed(next, &scratch)
            pending.append(contentsOf: children)
            guard children.isEmpty, !nodes[next].score.isNaN else { continue }
            let isLeaf = nodes[next].firstChild < 0
            guard isLeaf || noTrueChild == .returnLastPrediction else { continue }
            sum += nodes[next].score * nodes[next].records
            records += nodes[next].records
        }
        return records > 0 ? .value(sum / records) : .missing()
    }
}

extension Evaluator {
    /// `sort(key, -key, ...)`: without keys by the items themselves; empty keys come first.
    mutating func sorted(
        _ call: Call,
        _ input: Items,
        _ scope: Scope
    ) throws(FHIRPathError) -> Items {
        guard input.count > 1 else { return input }
        var rows: [(item: Item, keys: [Item?])] = []
        for index in 0..<input.count {
            let item = input[index]
            guard call.count > 0 else {
                rows.append((item, [item]))
                continue
            }
            var keys: [Item?] = []
            for position in 0..<call.count {
                let inner = Scope(this: .one(item), index: index, total: scope.total)
                let key = argument(position, of: call)
                keys.append(try single(try isolated(key, inner), at: key))
            }
            rows.append((item, keys))
        }
        var directions: [Bool] = []
        for position in 0..<max(call.count, 1) {
            guard call.count > 0 else {
                directions.append(false)
                continue
            }
            if case .descending = program.nodes[argument(position, of: call)].kind {
                directions.append(true)
            } else {
                directions.append(false)
            }
        }
        try mergeSort(&rows, directions, at: call.node)
        return Items(rows.map { $0.item })
    }

    /// A stable merge sort that can throw, from runs of one item upwards.
    private mutating func mergeSort(
        _ rows: inout [(item: Item, keys: [Item?])],
        _ directions: [Bool],
        at node: Int
    ) throws(FHIRPathError) {
        var width = 1
        while width < rows.count {
            var merged: [(item: Item, keys: [Item?])] = []
            merged.reserveCapacity(rows.count)
            var start = 0
            while start < rows.count {
                let middle = min(start + width, rows.count)
                let end = min(start + 2 * width, rows.count)
                var left = start
                var right = middle
                while left < middle || right < end {
                    try charge(1, at: node)
                    let takesRight: Bool
                    if left < middle, right < end {
                        let order = try order(
                            rows[right].keys,
                            rows[left].keys,
                            directions,
                            at: node
                        )
                        takesRight = order < 0
                    } else {
                        takesRight = left == middle
                    }
                    merged.append(rows[takesRight ? right : left])
                    if takesRight { right += 1 } else { left += 1 }
                }
                start = end
            }
            rows = merged
            width *= 2
        }
    }

    private mutating func order(
        _ left: [Item?],
        _ right: [Item?],
        _ directions: [Bool],
        at node: Int
    ) throws(FHIRPathError) -> Int {
        for position in left.indices {
            // An item without a key comes first in either direction.
            guard let one = left[position] else {
                if right[position] == nil { continue }
                return -1
            }
            guard let other = right[position] else { return 1 }
            let order = try order(one, other, at: node) ?? 0
            if order != 0 { return directions[position] ? -order : order }
        }
        return 0
    }
}

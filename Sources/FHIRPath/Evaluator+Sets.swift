/// What two strings or two whole numbers are compared by, byte for byte.
private enum PlainKey: Hashable {
    case text([UInt8])
    case whole(Int)
}

extension Evaluator {
    /// Below this size comparing each with each is as quick as a table.
    private static let tableCountMin = 16

    /// The keys of items that are all strings or whole numbers; `nil` when an item is compared in
    /// another way, such as a date, a decimal or an object.
    private mutating func plainKeys(
        _ items: Items,
        at node: Int
    ) throws(FHIRPathError) -> [PlainKey]? {
        var keys: [PlainKey] = []
        keys.reserveCapacity(items.count)
        for index in 0..<items.count {
            switch system(items[index]) {
            case .string(let text):
                try charge(1 + text.utf8.count / 64, at: node)
                keys.append(.text(Array(text.utf8)))
            case .integer(let number):
                try charge(1, at: node)
                keys.append(.whole(number))
            case .boolean, .decimal, .date, .dateTime, .time, .quantity, .element, .type:
                return nil
            }
        }
        return keys
    }

    /// Each item once; the first `count` items are known to differ from one another.
    mutating func distinct(
        _ items: Items,
        afterDistinct count: Int = 0,
        at node: Int
    ) throws(FHIRPathError) -> Items {
        guard items.count > max(1, count) else { return items }
        var result = Items.none
        if items.count >= Self.tableCountMin, let keys = try plainKeys(items, at: node) {
            var seen: Set<PlainKey> = []
            for index in 0..<items.count where seen.insert(keys[index]).inserted {
                result.append(items[index])
            }
            return result
        }
        for index in 0..<items.count {
            if index >= count, try contains(result, items[index], at: node) { continue }
            result.append(items[index])
        }
        return result
    }

    /// For each item whether an equal one is among others.
    mutating func membership(
        of items: Items,
        among others: Items,
        at node: Int
    ) throws(FHIRPathError) -> [Bool] {
        if items.count + others.count >= 2 * Self.tableCountMin,
            let known = try plainKeys(others, at: node),
            let keys = try plainKeys(items, at: node)
        {
            let known = Set(known)
            return keys.map { known.contains($0) }
        }
        var result: [Bool] = []
        for index in 0..<items.count {
            result.append(try contains(others, items[index], at: node))
        }
        return result
    }
}

import JSON

/// Finds a type by the bytes of its name, without making text of them.
///
/// Open addressing with linear probing; at most half of the slots are taken, so a probe ends.
struct TypeNameTable: Sendable {
    private let slots: [UInt16]
    private let entries: [(name: [UInt8], type: UInt16)]

    init(_ pairs: [(name: String, type: UInt16)]) {
        var capacity = 8
        while capacity < pairs.count * 2 { capacity *= 2 }
        var slots = [UInt16](repeating: 0, count: capacity)
        entries = pairs.map { (Array($0.name.utf8), $0.type) }
        for (position, entry) in entries.enumerated() {
            let hash = JSONName.hash(entry.name.span, seed: 0)
            var slot = Int(truncatingIfNeeded: hash) & (capacity - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (capacity - 1) }
            slots[slot] = UInt16(position + 1)
        }
        self.slots = slots
    }

    /// The identifier of the type of that name, or `nil`.
    func find(_ name: Span<UInt8>) -> UInt16? {
        let hash = JSONName.hash(name, seed: 0)
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] != 0 {
            let entry = entries[Int(slots[slot]) - 1]
            if Self.isEqual(entry.name.span, name) { return entry.type }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    private static func isEqual(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
        guard left.count == right.count else { return false }
        for index in left.indices where left[index] != right[index] { return false }
        return true
    }
}

/// Finds the type of an element by the identifiers of its owner and its name.
struct ElementTable: Sendable {
    private let slots: [(key: UInt32, type: UInt16)]

    /// Takes the types by key; the key zero is nobody's.
    init(_ elements: [UInt32: UInt16]) {
        var capacity = 8
        while capacity < elements.count * 2 { capacity *= 2 }
        var slots = [(key: UInt32, type: UInt16)](repeating: (0, 0), count: capacity)
        for (key, type) in elements {
            var slot = Self.slot(key, capacity)
            while slots[slot].key != 0 { slot = (slot + 1) & (capacity - 1) }
            slots[slot] = (key, type)
        }
        self.slots = slots
    }

    subscript(key: UInt32) -> UInt16? {
        var slot = Self.slot(key, slots.count)
        while slots[slot].key != 0 {
            if slots[slot].key == key { return slots[slot].type }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    private static func slot(_ key: UInt32, _ capacity: Int) -> Int {
        Int(truncatingIfNeeded: (key &* 0x9E37_79B1) >> 12) & (capacity - 1)
    }
}

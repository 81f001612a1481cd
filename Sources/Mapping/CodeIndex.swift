import JSON

/// A read-only hash table from codes to payloads, probed with the bytes of a document.
///
/// Open addressing with linear probing; at most half of the slots are taken, so a probe ends.
/// All tokens lie in one array of bytes, so that a probe counts no references.
final class CodeIndex<Payload: Sendable>: Sendable {
    private let slots: [Int32]
    private let entries: [Entry]
    private let payloads: [Payload]
    private let bytes: [UInt8]

    private struct Entry: Sendable {
        let hash: UInt64
        let system: Range<Int>
        let code: Range<Int>
    }

    init(_ pairs: [(token: CodeToken, payload: Payload)]) {
        var capacity = 8
        while capacity < pairs.count * 2 { capacity *= 2 }
        var slots = [Int32](repeating: -1, count: capacity)
        var entries: [Entry] = []
        var bytes: [UInt8] = []
        entries.reserveCapacity(pairs.count)
        for pair in pairs {
            let hash = pair.token.hash
            var slot = Int(truncatingIfNeeded: hash) & (capacity - 1)
            while slots[slot] >= 0 { slot = (slot + 1) & (capacity - 1) }
            slots[slot] = Int32(entries.count)
            let start = bytes.count
            bytes += pair.token.system
            let middle = bytes.count
            bytes += pair.token.code
            entries.append(
                Entry(hash: hash, system: start..<middle, code: middle..<bytes.count)
            )
        }
        self.slots = slots
        self.entries = entries
        self.bytes = bytes
        payloads = pairs.map(\.payload)
    }

    var isEmpty: Bool { entries.isEmpty }

    /// The payload of a coding on a tape, or `nil` when nothing asks for it.
    func find(_ coding: CodingPlaces, on tape: JSONTape) -> Payload? {
        let position = probe(coding.hash(on: tape)) { entry in
            guard tape.isString(coding.code, bytes, in: entry.code) else { return false }
            guard let system = coding.system else { return entry.system.isEmpty }
            return tape.isString(system, bytes, in: entry.system)
        }
        return position.map { payloads[$0] }
    }

    /// The payload of a code on a tape under a system that does not stand there.
    func find(system: [UInt8], code: JSONPlace, on tape: JSONTape) -> Payload? {
        let hash = tape.hash(code, seed: JSONName.hash(system.span, seed: 0))
        let position = probe(hash) { entry in
            tape.isString(code, bytes, in: entry.code)
                && isEqual(entry.system, to: system)
        }
        return position.map { payloads[$0] }
    }

    /// The payload of a token.
    func find(_ wanted: CodeToken) -> Payload? {
        let position = probe(wanted.hash) { entry in
            isEqual(entry.code, to: wanted.code) && isEqual(entry.system, to: wanted.system)
        }
        return position.map { payloads[$0] }
    }

    private func isEqual(_ range: Range<Int>, to text: [UInt8]) -> Bool {
        guard range.count == text.count else { return false }
        for index in text.indices where bytes[range.lowerBound + index] != text[index] {
            return false
        }
        return true
    }

    @inline(__always)
    private func probe(_ hash: UInt64, where isWanted: (Entry) -> Bool) -> Int? {
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] >= 0 {
            let position = Int(slots[slot])
            if entries[position].hash == hash, isWanted(entries[position]) { return position }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }
}

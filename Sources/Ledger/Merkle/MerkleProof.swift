/// Which nodes prove something about a tree, before anybody has read them.
///
/// Each hash of a proof is the root over a range of leaves, which is put together from complete
/// nodes; whoever keeps the tree reads those and calls `hashes`.
package struct MerkleProof: Sendable, Equatable {
    /// The ranges of leaves, in the order of the proof.
    package let ranges: [Range<UInt64>]

    /// The proof that a leaf is in a tree (RFC 9162, 2.1.3.1); `nil` when the tree has no such leaf.
    package static func inclusion(of leaf: UInt64, in size: UInt64) -> MerkleProof? {
        guard leaf < size else { return nil }
        var ranges: [Range<UInt64>] = []
        var start: UInt64 = 0
        var end = size
        while end - start > 1 {
            let middle = start + split(end - start)
            if leaf < middle {
                ranges.append(middle..<end)
                end = middle
            } else {
                ranges.append(start..<middle)
                start = middle
            }
        }
        return MerkleProof(ranges: ranges.reversed())
    }

    /// The proof that a tree goes on from an earlier one (RFC 9162, 2.1.4.1); `nil` when the earlier
    /// one is empty or the larger.
    package static func consistency(from earlier: UInt64, to later: UInt64) -> MerkleProof? {
        guard earlier > 0, earlier <= later else { return nil }
        var ranges: [Range<UInt64>] = []
        var start: UInt64 = 0
        var end = later
        var isKnown = true
        while earlier != end {
            let middle = start + split(end - start)
            if earlier <= middle {
                ranges.append(middle..<end)
                end = middle
            } else {
                ranges.append(start..<middle)
                start = middle
                isKnown = false
            }
        }
        if !isKnown { ranges.append(start..<end) }
        return MerkleProof(ranges: ranges.reversed())
    }

    /// The hashes of the proof, by a reader of complete nodes.
    package func hashes<Failure>(
        _ read: (NodeAddress) throws(Failure) -> MerkleHash
    ) throws(Failure) -> [MerkleHash] {
        var hashes: [MerkleHash] = []
        for range in ranges {
            var whole: MerkleHash?
            for part in NodeAddress.parts(of: range).reversed() {
                let hash = try read(part)
                whole = whole.map { MerkleHash.node(hash, $0) } ?? hash
            }
            if let whole { hashes.append(whole) }
        }
        return hashes
    }

    /// The largest power of two below a count of two or more.
    private static func split(_ count: UInt64) -> UInt64 {
        1 << UInt64(63 - (count - 1).leadingZeroBitCount)
    }
}

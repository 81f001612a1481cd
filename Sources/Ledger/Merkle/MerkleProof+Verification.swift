extension MerkleProof {
    /// Whether hashes prove that a leaf is in a tree (RFC 9162, 2.1.3.2).
    package static func isIncluded(
        _ leaf: MerkleHash,
        at index: UInt64,
        inTreeOf size: UInt64,
        root: MerkleHash,
        by proof: [MerkleHash]
    ) -> Bool {
        guard index < size else { return false }
        var place = index
        var last = size - 1
        var hash = leaf
        for sibling in proof {
            guard last > 0 else { return false }
            if place & 1 == 1 || place == last {
                hash = MerkleHash.node(sibling, hash)
                while place & 1 == 0, place != 0 {
                    place >>= 1
                    last >>= 1
                }
            } else {
                hash = MerkleHash.node(hash, sibling)
            }
            place >>= 1
            last >>= 1
        }
        return last == 0 && hash == root
    }

    /// Whether hashes prove that a tree goes on from an earlier one (RFC 9162, 2.1.4.2).
    ///
    /// Of equal sizes the roots must be equal and the proof empty. From the tree without leaves
    /// nothing can be proved.
    package static func isConsistent(
        from earlier: UInt64,
        root earlierRoot: MerkleHash,
        to later: UInt64,
        root laterRoot: MerkleHash,
        by proof: [MerkleHash]
    ) -> Bool {
        guard earlier > 0, earlier <= later else { return false }
        if earlier == later { return proof.isEmpty && earlierRoot == laterRoot }
        var place = earlier - 1
        var last = later - 1
        while place & 1 == 1 {
            place >>= 1
            last >>= 1
        }
        // The root of an earlier tree that is complete is known and not sent.
        let path = earlier.nonzeroBitCount == 1 ? [earlierRoot] + proof : proof
        guard !proof.isEmpty, let first = path.first else { return false }
        var earlierHash = first
        var laterHash = first
        for sibling in path.dropFirst() {
            guard last > 0 else { return false }
            if place & 1 == 1 || place == last {
                earlierHash = MerkleHash.node(sibling, earlierHash)
                laterHash = MerkleHash.node(sibling, laterHash)
                while place & 1 == 0, place != 0 {
                    place >>= 1
                    last >>= 1
                }
            } else {
                laterHash = MerkleHash.node(laterHash, sibling)
            }
            place >>= 1
            last >>= 1
        }
        return last == 0 && earlierHash == earlierRoot && laterHash == laterRoot
    }

    /// The same for hashes as somebody sent them.
    ///
    /// Of equal sizes it only matters that both roots are the same bytes.
    package static func isConsistent(
        from earlier: UInt64,
        rootBytes earlierRoot: [UInt8],
        to later: UInt64,
        rootBytes laterRoot: [UInt8],
        by proof: [[UInt8]]
    ) -> Bool {
        guard earlier > 0 else { return false }
        if earlier == later { return proof.isEmpty && earlierRoot == laterRoot }
        let hashes = proof.compactMap { MerkleHash($0) }
        guard hashes.count == proof.count, let first = MerkleHash(earlierRoot),
            let second = MerkleHash(laterRoot)
        else { return false }
        return isConsistent(from: earlier, root: first, to: later, root: second, by: hashes)
    }
}

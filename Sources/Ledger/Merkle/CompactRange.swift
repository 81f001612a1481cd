/// What must be kept of a tree to append to it: one hash for each bit of its size.
///
/// Appending costs as many hashes as the new size has trailing zero bits; the root costs the
/// logarithm of the size.
package struct CompactRange: Sendable, Equatable {
    /// How many leaves there are.
    package private(set) var size: UInt64
    /// The roots of the complete subtrees, the largest first.
    package private(set) var hashes: [MerkleHash]

    /// The tree without leaves.
    package init() {
        size = 0
        hashes = []
    }

    /// Takes up a tree that was kept; `nil` when the hashes are not as many as its size asks for.
    package init?(size: UInt64, hashes: [MerkleHash]) {
        guard hashes.count == size.nonzeroBitCount else { return nil }
        self.size = size
        self.hashes = hashes
    }

    /// Appends a leaf by its hash.
    ///
    /// - Returns: The nodes above the leaves that became complete, from below.
    @discardableResult
    package mutating func append(_ leaf: MerkleHash) -> [(address: NodeAddress, hash: MerkleHash)] {
        var completed: [(address: NodeAddress, hash: MerkleHash)] = []
        var hash = leaf
        var level = 0
        while size >> UInt64(level) & 1 == 1, let left = hashes.popLast() {
            hash = MerkleHash.node(left, hash)
            level += 1
            let address = NodeAddress(level: level, position: size >> UInt64(level))
            completed.append((address, hash))
        }
        hashes.append(hash)
        size += 1
        return completed
    }

    /// The root of the tree (RFC 9162, 2.1.1).
    package var root: MerkleHash {
        guard var root = hashes.last else { return MerkleHash.empty }
        for left in hashes.dropLast().reversed() { root = MerkleHash.node(left, root) }
        return root
    }

    /// The root over some leaf hashes.
    package static func root(of leaves: some Sequence<MerkleHash>) -> MerkleHash {
        var range = CompactRange()
        for leaf in leaves { range.append(leaf) }
        return range.root
    }
}

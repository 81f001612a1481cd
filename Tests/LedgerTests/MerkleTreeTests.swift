import Testing

@testable import Ledger

@Suite("Merkle tree")
struct MerkleTreeTests {
    /// MTH as RFC 9162, 2.1.1 defines it, word for word.
    static func definition(_ leaves: ArraySlice<MerkleHash>) -> MerkleHash {
        guard leaves.count > 1 else { return leaves.first ?? MerkleHash.empty }
        var split = 1
        while split * 2 < leaves.count { split *= 2 }
        let middle = leaves.startIndex + split
        return MerkleHash.node(definition(leaves[..<middle]), definition(leaves[middle...]))
    }

    /// A tree that keeps all complete nodes.
    struct Kept {
        var range = CompactRange()
        var nodes: [NodeAddress: MerkleHash] = [:]
        var roots: [MerkleHash] = [MerkleHash.empty]

        mutating func append(_ leaf: MerkleHash) {
            nodes[NodeAddress(level: 0, position: range.size)] = leaf
            for (address, hash) in range.append(leaf) { nodes[address] = hash }
            roots.append(range.root)
        }

        func hashes(_ proof: MerkleProof) throws -> [MerkleHash] {
            try proof.hashes { try #require(nodes[$0]) }
        }
    }

    static func kept(_ count: Int) -> (tree: Kept, leaves: [MerkleHash]) {
        var tree = Kept()
        let leaves = (0..<count).map { MerkleHash.leaf([UInt8($0 & 255), UInt8($0 >> 8)]) }
        for leaf in leaves { tree.append(leaf) }
        return (tree, leaves)
    }

    @Test("The root grown leaf by leaf is the root as the RFC defines it")
    func rootsAgree() {
        let (tree, leaves) = Self.kept(300)
        for size in 0...300 {
            #expect(tree.roots[size] == Self.definition(leaves[..<size]))
        }
    }

    @Test("Every inclusion and consistency proof of trees of up to 70 leaves holds")
    func allProofsOfSmallTrees() throws {
        let (tree, leaves) = Self.kept(70)
        for size in 1...70 as ClosedRange<UInt64> {
            for leaf in 0..<size {
                let plan = try #require(MerkleProof.inclusion(of: leaf, in: size))
                #expect(
                    MerkleProof.isIncluded(
                        leaves[Int(leaf)],
                        at: leaf,
                        inTreeOf: size,
                        root: tree.roots[Int(size)],
                        by: try tree.hashes(plan)
                    )
                )
            }
            for earlier in 1...size {
                let plan = try #require(MerkleProof.consistency(from: earlier, to: size))
                #expect(
                    MerkleProof.isConsistent(
                        from: earlier,
                        root: tree.roots[Int(earlier)],
                        to: size,
                        root: tree.roots[Int(size)],
                        by: try tree.hashes(plan)
                    )
                )
            }
        }
    }

    @Test("Proofs of random trees of up to 2^12 leaves hold, and no damaged one does")
    func proofsOfRandomTrees() throws {
        var random = SeededGenerator(6_962)
        let (tree, leaves) = Self.kept(4_096)
        for _ in 0..<3_000 {
            let size = UInt64.random(in: 2...4_096, using: &random)
            let leaf = UInt64.random(in: 0..<size, using: &random)
            let earlier = UInt64.random(in: 1..<size, using: &random)
            let inclusion = try tree.hashes(
                try #require(MerkleProof.inclusion(of: leaf, in: size))
            )
            let consistency = try tree.hashes(
                try #require(MerkleProof.consistency(from: earlier, to: size))
            )
            let root = tree.roots[Int(size)]
            func includes(_ proof: [MerkleHash], _ leafHash: MerkleHash) -> Bool {
                MerkleProof.isIncluded(leafHash, at: leaf, inTreeOf: size, root: root, by: proof)
            }
            func continues(_ proof: [MerkleHash], _ first: MerkleHash) -> Bool {
                MerkleProof.isConsistent(
                    from: earlier,
                    root: first,
                    to: size,
                    root: root,
                    by: proof
                )
            }
            let first = tree.roots[Int(earlier)]
            #expect(includes(inclusion, leaves[Int(leaf)]))
            #expect(continues(consistency, first))
            #expect(!includes(inclusion, leaves[Int((leaf + 1) % size)]))
            #expect(!continues(consistency, tree.roots[Int(earlier) - 1]))
            #expect(!includes(inclusion + [first], leaves[Int(leaf)]))
            #expect(!continues(consistency + [first], first))
            #expect(!includes(Array(inclusion.dropLast()), leaves[Int(leaf)]))
            #expect(!continues(Array(consistency.dropLast()), first))
            for place in inclusion.indices {
                var bent = inclusion
                bent[place] = first == bent[place] ? root : first
                #expect(!includes(bent, leaves[Int(leaf)]))
            }
            for place in consistency.indices {
                var bent = consistency
                bent[place] = MerkleHash.leaf(bent[place].bytes)
                #expect(!continues(bent, first))
            }
        }
    }

    @Test("No proof is made of a leaf that is not there, or from a tree that is no earlier one")
    func noProofOfNothing() {
        #expect(MerkleProof.inclusion(of: 0, in: 0) == nil)
        #expect(MerkleProof.inclusion(of: 5, in: 5) == nil)
        #expect(MerkleProof.consistency(from: 0, to: 5) == nil)
        #expect(MerkleProof.consistency(from: 6, to: 5) == nil)
        #expect(MerkleProof.consistency(from: 5, to: 5)?.ranges == [])
    }

    @Test("A range that was kept goes on as if it had not been put away")
    func compactRangeRoundTrip() throws {
        var whole = CompactRange()
        for count in 0..<130 {
            let again = try #require(CompactRange(size: whole.size, hashes: whole.hashes))
            #expect(again == whole)
            #expect(
                CompactRange(size: whole.size + 1, hashes: whole.hashes) == nil || count & 1 == 1
            )
            whole.append(MerkleHash.leaf([UInt8(count)]))
        }
        #expect(CompactRange(size: 3, hashes: []) == nil)
    }

    @Test("A leaf is never a node: the prefixes keep them apart")
    func prefixes() {
        let left = MerkleHash.leaf([1])
        let right = MerkleHash.leaf([2])
        #expect(MerkleHash.leaf(left.bytes + right.bytes) != MerkleHash.node(left, right))
    }
}

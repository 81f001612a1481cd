package import Basics
import Crypto

/// The digest of a dropped month, made again from the batches, which stay.
///
///     digest of a block   SHA-256 over the leaf hashes of the rows of one log whose numbers have
///                         the same quotient by 65,536, in the order of their numbers
///     digest              SHA-256 over the digests of the blocks, by log and quotient
///
/// Blocks keep the database from putting more than 2 MB together at once, and who checks from
/// keeping more than a hash for each. `audit.month_content` makes the same in SQL.
package struct MonthDigest {
    private struct Block: Hashable, Comparable {
        let logID: UUIDBytes
        let number: Int64

        static func < (left: Block, right: Block) -> Bool {
            if left.logID.high != right.logID.high { return left.logID.high < right.logID.high }
            if left.logID.low != right.logID.low { return left.logID.low < right.logID.low }
            return left.number < right.number
        }
    }

    private var closed: [Block: [UInt8]] = [:]
    private var open: (block: Block, digest: RunningDigest)?
    /// How many hashes it has taken.
    package private(set) var count: Int64 = 0

    /// The digest of no rows.
    package init() {}

    /// Takes the hash of a row; those of a log come in the order of their numbers.
    package mutating func add(_ hash: MerkleHash, _ logID: UUIDBytes, _ sequence: Int64) {
        count += 1
        let block = Block(logID: logID, number: sequence >> 16)
        if let open, open.block == block {
            open.digest.update(hash.bytes)
            return
        }
        close()
        let digest = RunningDigest()
        digest.update(hash.bytes)
        open = (block, digest)
    }

    /// The digest of what it has taken.
    package mutating func finish() -> [UInt8] {
        close()
        let total = RunningDigest()
        for (_, digest) in closed.sorted(by: { $0.key < $1.key }) { total.update(digest) }
        return total.value
    }

    private mutating func close() {
        guard let ended = open else { return }
        open = nil
        closed[ended.block] = ended.digest.value
    }
}

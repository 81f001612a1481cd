import Crypto

/// A hash of the tree: SHA-256 with the prefixes that keep leaves and nodes apart (RFC 9162, 2.1).
///
///     leaf    SHA-256(0x00 || entry)
///     node    SHA-256(0x01 || left || right)
///     empty   SHA-256()
package struct MerkleHash: Sendable, Hashable {
    private let first: UInt64
    private let second: UInt64
    private let third: UInt64
    private let fourth: UInt64

    /// How many bytes a hash has.
    package static let byteCount = 32

    /// Takes the bytes of a hash; `nil` for any other number of them.
    package init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        for (place, byte) in bytes.enumerated() {
            switch place / 8 {
            case 0: words.0 = words.0 << 8 | UInt64(byte)
            case 1: words.1 = words.1 << 8 | UInt64(byte)
            case 2: words.2 = words.2 << 8 | UInt64(byte)
            case let last:
                precondition(last == 3, "a hash has four words")
                words.3 = words.3 << 8 | UInt64(byte)
            }
        }
        (first, second, third, fourth) = words
    }

    /// Takes a hash that was just made.
    init(digest: [UInt8]) {
        guard let hash = MerkleHash(digest) else {
            preconditionFailure("SHA-256 gives 32 bytes")
        }
        self = hash
    }

    /// The bytes.
    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.byteCount)
        append(to: &bytes)
        return bytes
    }

    /// Appends the bytes to others.
    package func append(to bytes: inout [UInt8]) {
        for word in [first, second, third, fourth] {
            var shift: UInt64 = 64
            while shift > 0 {
                shift -= 8
                bytes.append(UInt8(truncatingIfNeeded: word >> shift))
            }
        }
    }

    /// The hash of a leaf.
    package static func leaf(_ entry: [UInt8]) -> MerkleHash {
        MerkleHash(digest: Digest.sha256([0x00] + entry))
    }

    /// The hash of bytes that begin with the prefix of a leaf already.
    static func hash(prefixed bytes: [UInt8]) -> MerkleHash {
        precondition(bytes.first == 0x00, "a leaf begins with its prefix")
        return MerkleHash(digest: Digest.sha256(bytes))
    }

    /// The hash of a node.
    package static func node(_ left: MerkleHash, _ right: MerkleHash) -> MerkleHash {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(1 + 2 * byteCount)
        bytes.append(0x01)
        left.append(to: &bytes)
        right.append(to: &bytes)
        return MerkleHash(digest: Digest.sha256(bytes))
    }

    /// The root of the tree without leaves.
    package static let empty = MerkleHash(digest: Digest.sha256([UInt8]()))

    /// The hashes that lie one behind the other in some bytes; `nil` when they are no whole number.
    package static func list(_ bytes: [UInt8]) -> [MerkleHash]? {
        guard bytes.count.isMultiple(of: byteCount) else { return nil }
        return stride(from: 0, to: bytes.count, by: byteCount).compactMap {
            MerkleHash(bytes[$0..<$0 + byteCount])
        }
    }

    /// Some hashes as bytes, one behind the other.
    package static func bytes(of hashes: some Collection<MerkleHash>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(hashes.count * byteCount)
        for hash in hashes { hash.append(to: &bytes) }
        return bytes
    }
}

package import Basics

/// Whose spool it is, and what its segments look like.
package struct SpoolIdentity: Sendable {
    /// The installation: a spool of another one is never replayed.
    package let installation: UUIDBytes
    /// The key that new records are encrypted with.
    package let key: SpoolKey
    /// Keys of earlier times, to read with.
    package let olderKeys: [SpoolKey]
    /// The size of a segment.
    package let segmentByteCount: Int
    /// The size of a block.
    package let blockByteCount: Int

    /// Makes an identity.
    package init(
        installation: UUIDBytes,
        key: SpoolKey,
        olderKeys: [SpoolKey] = [],
        segmentByteCount: Int = Limits.spoolSegmentBytes,
        blockByteCount: Int = Limits.spoolBlockBytes
    ) {
        self.installation = installation
        self.key = key
        self.olderKeys = olderKeys
        self.segmentByteCount = segmentByteCount
        self.blockByteCount = blockByteCount
    }

    /// The key of that name, when it is at hand.
    func key(_ id: UUIDBytes) -> SpoolKey? {
        ([key] + olderKeys).first { $0.id == id }
    }
}

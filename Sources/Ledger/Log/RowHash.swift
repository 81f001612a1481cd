import Audit
package import Basics

/// The hash of a row in its log.
package enum RowHash {
    /// The hash of a row: over its canonical form, its place, and the hash of the row before it.
    ///
    /// - Parameters:
    ///   - canonical: `AuditRow.canonical`.
    ///   - logID: The log.
    ///   - sequence: The number of the row there.
    ///   - previous: The hash of the row before; of the first, that of the beginning of the log.
    ///   - recordedAt: For a row that is adopted, when the database had written it.
    /// - Returns: The hash.
    package static func make(
        canonical: [UInt8],
        logID: UUIDBytes,
        sequence: Int64,
        previous: MerkleHash,
        recordedAt: Instant? = nil
    ) -> MerkleHash {
        var writer = CanonicalWriter(reservingBytes: canonical.count + 72)
        writer.byte(0x00)
        writer.fixed(canonical)
        writer.uuid(logID)
        writer.number(sequence)
        writer.fixed(previous.bytes)
        if let recordedAt { writer.instant(recordedAt) }
        return MerkleHash.hash(prefixed: writer.bytes)
    }
}

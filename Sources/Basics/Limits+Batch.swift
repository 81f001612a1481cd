extension Limits {
    /// How many patients are read, evaluated and recorded together.
    ///
    /// Large enough that the audit rows of one part fill a transaction, small enough that what is
    /// under way takes little memory.
    @inlinable public static var batchPartPatients: Int { 64 }

    /// How many bytes of resources a part may have before it ends, unless one patient has more.
    @inlinable public static var batchPartBytes: Int { 4 << 20 }

    /// How many patients lie between two checkpoints, unless the command says otherwise.
    ///
    /// A checkpoint costs three flushes to the disk, some ten milliseconds; this many patients
    /// take about a second, which is what a kill costs at most.
    @inlinable public static var batchCheckpointPatients: Int { 4_000 }

    /// How many bytes of output are gathered before they are written.
    @inlinable public static var batchPieceBytes: Int { 1 << 16 }

    /// The longest reason for a batch in bytes: one sentence that stands in every audit row.
    @inlinable public static var batchReasonBytesMax: Int { 200 }

    /// The largest journal in bytes: a header and some 100,000 checkpoints.
    @inlinable public static var batchJournalBytesMax: Int { 256 << 20 }
}

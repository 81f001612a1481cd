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
    /// A checkpoint costs four flushes to the disk, some ten milliseconds; this many patients
    /// take about a second, which is what a kill costs at most.
    @inlinable public static var batchCheckpointPatients: Int { 4_000 }

    /// How many bytes of output are gathered before they are written.
    @inlinable public static var batchPieceBytes: Int { 1 << 16 }

    /// The longest reason for a batch in bytes: one sentence that stands in every audit row.
    @inlinable public static var batchReasonBytesMax: Int { 200 }

    /// The longest line of a journal in bytes: the header, with some 200,000 input files.
    ///
    /// The journal itself has no bound: it is read as a stream, of which the last lines count.
    @inlinable public static var batchJournalLineBytesMax: Int { 64 << 20 }

    /// How long a row waits for a place in the full queue of the audit trail, in milliseconds.
    ///
    /// The rows before it leave the queue within the same time or end the run by themselves.
    @inlinable public static var batchOverloadMillisecondsMax: Int { 60_000 }

    /// The first pause before a row is given to a full queue again; each further one is twice as
    /// long.
    @inlinable public static var batchPauseMillisecondsMin: Int { 20 }

    /// The longest pause before a row is given to a full queue again.
    @inlinable public static var batchPauseMillisecondsMax: Int { 1_000 }
}

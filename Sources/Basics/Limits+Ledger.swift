extension Limits {
    /// The largest signed note in bytes.
    ///
    /// A checkpoint with a hundred witnesses takes some 15 KB.
    @inlinable public static var noteBytesMax: Int { 64 << 10 }

    /// The most signatures of a note.
    ///
    /// As many as the reference implementation reads; each costs a check.
    @inlinable public static var noteSignaturesMax: Int { 100 }

    /// How many findings a report names; further ones are counted.
    ///
    /// Who was robbed of a month needs the first row and the extent, not a million lines.
    @inlinable public static var ledgerFindingsMax: Int { 100 }

    /// The most cycles of the kill drill on one trail.
    ///
    /// Each cycle verifies all of its trail; twenty keep that below a second, and the short run of
    /// the suite has two trails.
    @inlinable public static var killDrillTrailCyclesMax: Int { 20 }

    /// How many hashes are tried to tell what kind of damage was done.
    ///
    /// Beyond that a changed row is called edited, which is true of every kind.
    @inlinable public static var ledgerGuessesMax: Int { 20_000 }

    /// How far a clock may be set back before it is reported, in microseconds.
    ///
    /// A second is what a leap second or a first correction after a start takes.
    @inlinable public static var ledgerClockStepMicrosecondsMax: Int64 { 1_000_000 }

    /// How long a batch may wait for the tree while the sequencer lives, in microseconds.
    ///
    /// A transaction that waits is ended by the server after a minute; this is five of them.
    @inlinable public static var ledgerFoldMicrosecondsMax: Int64 { 300_000_000 }

    /// How long rows may wait to be signed while the trail goes on, in microseconds.
    ///
    /// A deployment or a fail-over takes minutes; fifteen without a signature are nobody's accident.
    @inlinable public static var ledgerUnsignedMicrosecondsMax: Int64 { 900_000_000 }

    /// How long the sequencer may fail before `/readyz` says so, in milliseconds.
    ///
    /// A turn that a restart of PostgreSQL costs is made up for by the next.
    @inlinable public static var ledgerFailureMillisecondsMax: Int64 { 30_000 }

    /// How often the sequencer signs the tree, in seconds, when nothing else is set.
    ///
    /// What a thief could cut off unseen is what came since the last checkpoint left the database.
    @inlinable public static var ledgerCheckpointSeconds: Int { 10 }

    /// How many years the rows of the trail are kept at least.
    ///
    /// 45 CFR 164.316(b)(2)(i) asks for six; the database refuses to drop anything younger.
    @inlinable public static var auditKeptYears: Int { 6 }
}

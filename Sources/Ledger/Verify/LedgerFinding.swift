package import Basics

/// Something that is not as it was written.
package struct LedgerFinding: Sendable, Equatable {
    /// The classes of damage.
    package enum Damage: String, Sendable, CaseIterable {
        /// A row or a signed fact was changed after it was written.
        case edited
        /// A row that was written is not there.
        case deleted
        /// A row is there that no log has.
        case inserted
        /// A row stands in the place of another.
        case reordered
        /// A row was given to another tenant.
        case moved
        /// The end of a log or of the tree is missing.
        case truncated
        /// The database is an older state than one that is known outside of it.
        case rolledBack = "rolled-back"
        /// Two histories were signed.
        case forked
        /// Two programs in different places sign with one key, or wrote one log.
        case sharedKey = "shared-key"
        /// A clock was set back.
        case clockSteppedBack = "clock-stepped-back"
        /// Something was signed with a key that is not trusted.
        case unknownKey = "unknown-key"
        /// A batch was never taken into the tree.
        case unfolded
        /// Rows were written and nobody signed them, though the trail went on.
        case unsigned
        /// A key of sealed rows is gone, and nothing says that it was ended.
        case lostKey = "lost-key"
        /// Rows were acknowledged into a spool that was gone at the next start.
        case lostSpool = "lost-spool"
        /// A row is there that cannot be read as a row.
        case unreadable
        /// A row lies in the table of another month.
        case misplaced
    }

    /// The class.
    package let damage: Damage
    /// The first row that it is about, as far as one can be named.
    package let row: RowName?
    /// What it is, in a sentence without anything of a row.
    package let text: String

    /// Makes a finding.
    package init(_ damage: Damage, _ row: RowName?, _ text: String) {
        self.damage = damage
        self.row = row
        self.text = text
    }
}

/// What a verifier found, and what it looked at.
package struct LedgerReport: Sendable, Equatable {
    /// How many logs were read.
    package var logCount = 0
    /// How many batches were read.
    package var batchCount = 0
    /// How many rows were hashed.
    package var rowCount = 0
    /// How many leaves the tree has.
    package var entryCount: UInt64 = 0
    /// How many checkpoints of the database agree with the tree.
    package var checkpointCount = 0
    /// How many checkpoints from outside agree with the tree.
    package var outsideCount = 0
    /// How many signs of life the sequencer left.
    package var heartbeatCount = 0
    /// The longest time between two of them, in microseconds.
    package var heartbeatGapMicroseconds: Int64 = 0
    /// The last sign of life that the sequencer left; `nil` when it left none.
    package var lastSignOfLife: Instant?
    /// How long ago that was at the time of the check, in microseconds, when that is known.
    package var signOfLifeAgeMicroseconds: Int64?
    /// How many rows wait for a place.
    package var waitingRowCount = 0
    /// How many copies from outside know leaves that a restored database has lost.
    package var restoredCopyCount = 0
    /// What operators have put on record and is no damage: restored databases, keys that began.
    package var notes: [String] = []
    /// How many rows no checkpoint covers yet.
    package var uncoveredRowCount = 0
    /// How many rows were dropped because their time is over.
    package var droppedRowCount = 0
    /// How many findings there are.
    package var findingCount = 0
    /// The first of them.
    package var findings: [LedgerFinding] = []
    /// The first row that is not as it was written, in the order of the logs.
    package var firstBadRow: RowName?

    /// Makes an empty report.
    package init() {}

    /// Whether all is as it was written.
    package var isClean: Bool { findingCount == 0 }
}

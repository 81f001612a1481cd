import Audit
package import Basics
import Crypto

/// Holds the tables against each other and against what is known outside of them.
///
/// It reads each table once, in order, and keeps of it a page, a few hashes, and some words for each
/// log: the memory does not grow with the rows. It needs no private key.
///
/// First the tree: its leaves give the roots that the checkpoints have signed. Then each log: its
/// batches say which hash each row must have, and the rows have it or not. Then what is left over.
package struct LedgerVerifier<Source: LedgerSource> {
    /// What is known besides the database.
    package struct Knowledge: Sendable {
        /// The public keys that are trusted from the beginning.
        package var keys: [NoteKey]
        /// Rows that were written before this are not read; `nil` for all.
        package var since: Instant?
        /// The time of the check: what says that it was done later was not done.
        ///
        /// `nil` asks nothing.
        package var now: Instant?
        /// How long rows may wait to be signed while the trail goes on, in microseconds.
        package var unsignedMicrosecondsMax: Int64

        /// Says what is known.
        package init(
            keys: [NoteKey],
            since: Instant? = nil,
            now: Instant? = nil,
            unsignedMicrosecondsMax: Int64 = Limits.ledgerUnsignedMicrosecondsMax
        ) {
            self.keys = keys
            self.since = since
            self.now = now
            self.unsignedMicrosecondsMax = unsignedMicrosecondsMax
        }
    }

    let source: Source
    let knowledge: Knowledge
    var outside: OutsideCheckpoints
    var report = LedgerReport()

    /// The keys that are trusted, by their bytes: those given, and those they vouched for.
    var trusted: [[UInt8]: PublicKey] = [:]
    /// The beginnings that the tree knows and no log has shown yet.
    var openGeneses: [UUIDBytes: MerkleHash] = [:]
    var lastHeartbeat: Instant?
    /// The newest row, and the oldest that nothing covers which is signed.
    var newestRow: Instant?
    var oldestUnsigned: Instant?
    var isAdoptionComplete: UInt64?
    /// The sizes of checkpoints that are there and do not read, as far as they fit in.
    var unreadCheckpoints: Set<UInt64> = []
    /// The first leaf that is missing between others: what stands behind it proves nothing.
    var gap: UInt64?
    /// The first batch that the tree does not prove for that.
    var unproved: RowName?
    /// Findings about the end of everything, which are named by the last row.
    var endings: [LedgerFinding] = []
    var lastRow: (recordedAt: Instant, name: RowName)?
    /// The ends of the logs so far, for those that name them.
    var ends: [UUIDBytes: (sequence: Int64, hash: MerkleHash)] = [:]
    /// When each key was last used at each place.
    var uses: [KeyUse: Instant] = [:]
    /// How many leaves the last checkpoint covers that was signed and that they give.
    var signedSize: UInt64 = 0
    /// The tombstones of the tree with their places, until it is known which of them are signed.
    var tombstonesOfTree: [(stone: TreeEntry.Tombstone, position: UInt64)] = []
    /// The tables that a tombstone stands for, whatever it is worth.
    var tombstones: Set<String> = []
    /// The tables of which a tombstone excuses every row, in the form that named none.
    var droppedWhole: Set<String> = []
    /// The months that were dropped, and which rows of each log went with them.
    var droppedMonths: [DroppedMonth] = []
    var droppedPlaces: [UUIDBytes: [DroppedPlaces]] = [:]
    /// The tables of events that there are; `nil` when the source has no such thing.
    var relations: Set<String>?
    var tenants: [String] = []
    var guesses = 0
    /// What a row of the trail says is lost with a spool, and nothing says has come back: by the
    /// first row of each log, with the row that says so.
    var lostHeads: [SpoolLoss.Head: RowName] = [:]
    /// The first rows that are not as they were written, as they were found.
    var badRows: [RowName] = []
    /// The logs by the moment they were opened.
    var ordinals: [UUIDBytes: Int] = [:]

    struct KeyUse: Hashable {
        let key: [UInt8]
        let place: [UInt8]
    }

    /// Makes a verifier of a source.
    package init(
        _ source: Source,
        knowledge: Knowledge,
        outside: OutsideCheckpoints = OutsideCheckpoints([])
    ) {
        self.source = source
        self.knowledge = knowledge
        self.outside = outside
        for key in knowledge.keys {
            if let usable = PublicKey(.ed25519(key.bytes)) { trusted[key.bytes] = usable }
        }
    }

    /// Reads everything and says what is wrong.
    package mutating func run() throws(Source.Failure) -> LedgerReport {
        tenants = try source.tenants()
        relations = try source.relations()
        try verifyTree()
        try verifyDropped()
        while let genesis = try source.nextLog() {
            ordinals[genesis.genesis.logID] = ordinals.count
            try verifyLog(genesis)
        }
        for (logID, _) in openGeneses.sorted(by: { $0.key.text < $1.key.text }) {
            find(
                .deleted,
                RowName(logID: logID, sequence: 0),
                "the tree knows a log whose beginning is not there"
            )
        }
        verifyTombstones()
        try verifyStrays()
        try verifyWaiting()
        try verifyKeys()
        nameLostHeads()
        for ending in endings {
            let after = RowName(
                logID: lastRow?.name.logID,
                sequence: (lastRow?.name.sequence ?? -1) + 1
            )
            find(ending.damage, ending.row ?? unproved ?? after, ending.text)
        }
        report.firstBadRow = badRows.min { left, right in
            let (leftLog, rightLog) = (order(of: left), order(of: right))
            return (leftLog, left.sequence ?? 0) < (rightLog, right.sequence ?? 0)
        }
        return report
    }

    /// Which log a row is in, by the moment it was opened; a row of none comes last.
    private func order(of row: RowName) -> Int {
        row.logID.flatMap { ordinals[$0] } ?? Int.max
    }

    /// Notes a finding.
    mutating func find(_ damage: LedgerFinding.Damage, _ row: RowName?, _ text: String) {
        report.findingCount += 1
        if let row, badRows.count < Limits.ledgerFindingsMax { badRows.append(row) }
        if report.findings.count < Limits.ledgerFindingsMax {
            report.findings.append(LedgerFinding(damage, row, text))
        }
    }

    private mutating func verifyStrays() throws(Source.Failure) {
        while let stray = try source.nextStray() {
            switch stray.kind {
            case .unknownLog:
                find(.inserted, stray.name, "a row names a log that has no such rows")
            case .unplaced:
                find(.inserted, stray.name, "a row has no place in any log")
            case .card:
                find(.inserted, stray.name, "a card belongs to no event")
            case .feedback:
                find(.inserted, stray.name, "feedback belongs to no event")
            case .batch:
                find(.deleted, stray.name, "a batch belongs to a log whose beginning is not there")
            case .doubled:
                find(
                    .inserted,
                    stray.name,
                    "a row that no gateway wrote bears the id of another event"
                )
            }
        }
    }
}

import Audit
import Basics
import Crypto

extension LedgerVerifier {
    /// What is known of a log while its rows go by.
    struct Log {
        let genesis: LogGenesis
        let key: PublicKey?
        /// The number of the next row.
        var expected: Int64 = 0
        /// The hash of the last row, as the batches say.
        var previous: MerkleHash
        /// Whether the rows so far are known, so that the next batch must go on from them.
        var isChained = true
        var row: StoredRow?
        /// The first of some rows that are missing, and how many.
        var missing: (first: Int64, count: Int64, stampedAt: Instant)?
        /// The runs of its rows that were dropped with their months and did not go by yet.
        var dropped: ArraySlice<DroppedPlaces> = []
        var stampedAt: Instant?
        var recordedAt: Instant?
        var lastSequence: Int64 = -1
    }

    /// Holds the rows of a log against its batches.
    mutating func verifyLog(_ signed: SignedGenesis) throws(Source.Failure) {
        report.logCount += 1
        let genesis = signed.genesis
        var log = Log(genesis: genesis, key: verifyGenesis(signed), previous: genesis.hash)
        log.dropped = places(of: genesis.logID)[...]
        log.row = try source.nextRow()
        while let batch = try source.nextBatch() {
            report.batchCount += 1
            try verify(batch, &log)
        }
        endMissing(&log, isEnd: true)
        while let row = log.row {
            find(.inserted, name(row, log), "a row is in no batch of its log")
            log.row = try source.nextRow()
        }
        noteUse(log)
        if log.lastSequence >= 0 { ends[genesis.logID] = (log.lastSequence, log.previous) }
    }

    func name(_ row: StoredRow, _ log: Log) -> RowName {
        RowName(
            logID: log.genesis.logID,
            sequence: row.sequence,
            tenant: row.row?.tenant ?? row.unreadable?.tenant,
            eventID: row.row?.eventID ?? row.unreadable?.eventID
        )
    }

    func name(_ sequence: Int64, _ log: Log) -> RowName {
        RowName(logID: log.genesis.logID, sequence: sequence)
    }

    // MARK: The beginning

    /// The key of a log; `nil` when it is no key.
    private mutating func verifyGenesis(_ signed: SignedGenesis) -> PublicKey? {
        let genesis = signed.genesis
        let first = RowName(logID: genesis.logID, sequence: 0)
        let known = openGeneses.removeValue(forKey: genesis.logID)
        let key = trusted[genesis.publicKey]
        let own = key ?? PublicKey(.ed25519(genesis.publicKey))
        let isSigned =
            own?.isValid(signed.signature, over: genesis.statement, by: .ed25519) ?? false
        if let known, known != genesis.hash {
            find(.edited, first, "the beginning of a log is not the one that the tree holds")
        } else if !isSigned {
            find(.edited, first, "the beginning of a log is not as it was signed")
        } else if key == nil {
            find(.unknownKey, first, "a log is signed with a key that is not trusted")
        }
        if let previous = genesis.previous, knowledge.since == nil {
            verifyEnd(previous)
        }
        return own
    }

    /// What a log says of the one before must be there.
    private mutating func verifyEnd(_ previous: LogGenesis.Previous) {
        guard let end = ends[previous.logID] else {
            find(
                .truncated,
                RowName(logID: previous.logID, sequence: 0),
                "a log goes on from one that is not there, or that was opened later"
            )
            return
        }
        if end.sequence < previous.sequence {
            find(
                .truncated,
                RowName(logID: previous.logID, sequence: end.sequence + 1),
                "a log ends before the row that the next one goes on from"
            )
        } else if end.sequence == previous.sequence, end.hash != previous.leafHash {
            find(
                .forked,
                RowName(logID: previous.logID, sequence: previous.sequence),
                "a log ends with another row than the one that the next log goes on from"
            )
        }
    }

    /// Two places at once with one key are two gateways.
    private mutating func noteUse(_ log: Log) {
        let genesis = log.genesis
        let ended = max(log.stampedAt ?? genesis.openedAt, genesis.openedAt)
        for (use, last) in uses
        where use.key == genesis.publicKey && use.place != genesis.place
            && last > genesis.openedAt
        {
            find(
                .sharedKey,
                name(0, log),
                "two programs in different places sign with one key at the same time: give each "
                    + "gateway a key of its own"
            )
            break
        }
        let use = KeyUse(key: genesis.publicKey, place: genesis.place)
        uses[use] = max(uses[use] ?? ended, ended)
    }

    // MARK: Batches

    private mutating func verify(_ batch: StoredBatch, _ log: inout Log) throws(Source.Failure) {
        if report.batchCount > 0, knowledge.since != nil, log.lastSequence < 0,
            batch.firstSequence > 0, let previous = MerkleHash(batch.previous)
        {
            // Rows before the given moment are not read: the first batch says where to begin.
            log.expected = batch.firstSequence
            log.previous = previous
            while let row = log.row, row.sequence < batch.firstSequence {
                log.row = try source.nextRow()
            }
        }
        if batch.firstSequence < log.expected {
            find(
                .sharedKey,
                name(batch.firstSequence, log),
                "a log was written twice from its row \(batch.firstSequence) on: two programs use "
                    + "one log"
            )
            return
        }
        if batch.firstSequence > log.expected { try skip(to: batch, &log) }
        verifyTimes(batch, &log)
        if let gap, unproved == nil, batch.position.map({ $0 >= gap }) ?? true {
            unproved = name(batch.firstSequence, log)
        }
        let signed = batch.signed(in: log.genesis.logID)
        let isSound = signed.map { signed in log.key.map { signed.isSound(under: $0) } ?? false }
        guard let signed, isSound == true else {
            endMissing(&log, isEnd: false)
            find(
                .edited,
                name(batch.firstSequence, log),
                "the batch of the rows \(batch.firstSequence) to \(batch.lastSequence) is not as it "
                    + "was signed"
            )
            try readUnsigned(batch, &log)
            return
        }
        if log.isChained, signed.previous != log.previous {
            find(
                .forked,
                name(batch.firstSequence, log),
                "a batch does not go on from the row before it"
            )
        }
        log.isChained = true
        newestRow = max(newestRow ?? batch.recordedAt, batch.recordedAt)
        if batch.position == nil {
            oldestUnsigned = min(oldestUnsigned ?? batch.recordedAt, batch.recordedAt)
            report.uncoveredRowCount += signed.leafHashes.count
            if let last = lastHeartbeat,
                last.microseconds(since: batch.recordedAt) > Limits.ledgerFoldMicrosecondsMax
            {
                find(
                    .unfolded,
                    name(batch.firstSequence, log),
                    "a batch was never taken into the tree, though the sequencer lived on"
                )
            }
        }
        try readRows(of: batch, signed, &log)
        log.expected = batch.lastSequence + 1
        log.lastSequence = batch.lastSequence
        log.previous = signed.leafHashes.last ?? log.previous
        if lastRow.map({ $0.recordedAt <= batch.recordedAt }) ?? true {
            lastRow = (batch.recordedAt, name(batch.lastSequence, log))
        }
    }

    /// The rows before a batch that no batch covers.
    private mutating func skip(to batch: StoredBatch, _ log: inout Log) throws(Source.Failure) {
        endMissing(&log, isEnd: false)
        find(
            .deleted,
            name(log.expected, log),
            "the batch of the rows \(log.expected) to \(batch.firstSequence - 1) is not there"
        )
        passOver(log.expected..<batch.firstSequence, log)
        while let row = log.row, row.sequence < batch.firstSequence {
            log.row = try source.nextRow()
        }
        log.expected = batch.firstSequence
        log.isChained = false
    }

    private mutating func verifyTimes(_ batch: StoredBatch, _ log: inout Log) {
        let step = -Limits.ledgerClockStepMicrosecondsMax
        if let last = log.stampedAt, batch.stampedAt.microseconds(since: last) < step {
            find(
                .clockSteppedBack,
                name(batch.firstSequence, log),
                "the clock of a gateway was set back before this row: times around it cannot be "
                    + "relied on"
            )
        }
        if let last = log.recordedAt, batch.recordedAt.microseconds(since: last) < step {
            find(
                .clockSteppedBack,
                name(batch.firstSequence, log),
                "the clock of the database was set back before this row"
            )
        }
        log.stampedAt = max(log.stampedAt ?? batch.stampedAt, batch.stampedAt)
        log.recordedAt = max(log.recordedAt ?? batch.recordedAt, batch.recordedAt)
    }

    /// Rows that run out are deleted when others follow, and cut off when none does.
    mutating func endMissing(_ log: inout Log, isEnd: Bool) {
        guard let missing = log.missing else { return }
        log.missing = nil
        let last = missing.first + missing.count - 1
        let rows = missing.count == 1 ? "row \(last) is" : "rows \(missing.first) to \(last) are"
        if let lost = lostTable(missing.stampedAt) {
            find(.deleted, name(missing.first, log), "\(rows) missing: \(lost)")
            return
        }
        find(
            isEnd ? .truncated : .deleted,
            name(missing.first, log),
            isEnd ? "\(rows) missing: the end of a log was cut off" : "\(rows) missing"
        )
    }
}

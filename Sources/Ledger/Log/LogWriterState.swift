package import Basics

/// The log of one writer: which batch is on its way, and which place the next row gets.
///
/// One batch is on its way at a time, so the chain has no gap:
///
///     form(rows)   -> batch, sent
///     settled()       it is durable; the next rows go behind it
///     refused()       it is not there; its places are free again
///     lost()          nobody knows: `resend()` gives the same batch until it is settled
package struct LogWriterState: Sendable {
    private enum State: Sendable {
        case open
        case flying(StampedBatch, isResent: Bool)
        case unsettled(StampedBatch)
    }

    /// The beginning of the log.
    package let genesis: SignedGenesis
    private let signer: NoteSigner
    private var state = State.open
    private var isGenesisDurable = false
    private var next: Int64 = 0
    private var head: MerkleHash

    /// Opens a log.
    package init(_ genesis: LogGenesis, signer: NoteSigner) {
        self.genesis = SignedGenesis(genesis, signer: signer)
        self.signer = signer
        head = genesis.hash
    }

    /// The log.
    package var logID: UUIDBytes { genesis.genesis.logID }

    /// The last row that is known to be durable.
    package var end: LogGenesis.Previous? {
        guard next > 0 else { return nil }
        return LogGenesis.Previous(logID: logID, sequence: next - 1, leafHash: head)
    }

    /// Whether a batch is there whose reply was lost.
    package var isUnsettled: Bool {
        switch state {
        case .unsettled: true
        case .open, .flying: false
        }
    }

    /// Gives rows the next places and signs them.
    ///
    /// - Parameters:
    ///   - rows: Their canonical forms; at least one.
    ///   - now: The present moment.
    ///   - recordedAt: For rows that are adopted, when the database had written each.
    /// - Returns: The batch, to be sent.
    package mutating func form(
        _ rows: [[UInt8]],
        at now: Instant,
        recordedAt: [Instant]? = nil
    ) -> StampedBatch {
        guard case .open = state else {
            preconditionFailure("a batch is on its way already")
        }
        precondition(!rows.isEmpty, "a batch has a row")
        var previous = head
        var hashes: [MerkleHash] = []
        hashes.reserveCapacity(rows.count)
        for (index, row) in rows.enumerated() {
            previous = RowHash.make(
                canonical: row,
                logID: logID,
                sequence: next + Int64(index),
                previous: previous,
                recordedAt: recordedAt?[index]
            )
            hashes.append(previous)
        }
        let batch = StampedBatch(
            genesis: isGenesisDurable ? nil : genesis,
            batch: SignedBatch(
                logID: logID,
                firstSequence: next,
                stampedAt: now,
                previous: head,
                leafHashes: hashes,
                signer: signer
            ),
            rows: rows
        )
        state = .flying(batch, isResent: false)
        return batch
    }

    /// The batch is durable.
    package mutating func settled() {
        switch state {
        case .flying(let batch, _), .unsettled(let batch):
            isGenesisDurable = true
            next = batch.batch.lastSequence + 1
            head = batch.batch.leafHashes.last ?? head
            state = .open
        case .open:
            preconditionFailure("no batch is on its way")
        }
    }

    /// The server refused the batch.
    ///
    /// Sent for the first time it is surely not there. Sent again, a refusal that says nothing of
    /// the rows (a full disk, a stop) does not tell whether the first time had landed.
    ///
    /// - Parameter isTransient: Whether the refusal says nothing of the rows.
    /// - Returns: Whether its places are free again; otherwise it is still to be sent again.
    package mutating func refused(isTransient: Bool) -> Bool {
        switch state {
        case .flying(let batch, let isResent):
            if isResent, isTransient {
                state = .unsettled(batch)
                return false
            }
            state = .open
            return true
        case .open, .unsettled:
            preconditionFailure("no batch is on its way")
        }
    }

    /// The reply was lost: the batch may be there or not.
    package mutating func lost() {
        switch state {
        case .flying(let batch, _): state = .unsettled(batch)
        case .open, .unsettled: break
        }
    }

    /// The same batch once more.
    package mutating func resend() -> StampedBatch {
        guard case .unsettled(let batch) = state else {
            preconditionFailure("no reply was lost")
        }
        state = .flying(batch, isResent: true)
        return batch
    }
}

package import Basics

/// Under which key a program writes its logs, and what came before.
package struct LogIdentity: Sendable {
    /// The key that signs.
    package let signer: NoteSigner
    /// The program and its version.
    package let program: String
    /// A digest of the machine and of the place of the key there, 32 bytes.
    package let place: [UInt8]
    /// The end of the log before, when it is known.
    package let previous: LogGenesis.Previous?

    /// Names a program and its key.
    package init(
        signer: NoteSigner,
        program: String,
        place: [UInt8],
        previous: LogGenesis.Previous? = nil
    ) {
        precondition(place.count == MerkleHash.byteCount, "a place is a digest")
        self.signer = signer
        self.program = program
        self.place = place
        self.previous = previous
    }

    /// Opens a log.
    package func open(
        _ logID: UUIDBytes,
        _ kind: LogGenesis.Kind,
        at now: Instant
    ) -> LogWriterState {
        open(logID, kind, at: now, after: kind == .writer ? previous : nil)
    }

    /// Opens the log with which a writer goes on that has left another.
    ///
    /// Its beginning names the last row that was acknowledged in the one before, wherever that row is
    /// at present: as long as it is not in the trail, a verification says so.
    package func open(
        _ logID: UUIDBytes,
        at now: Instant,
        leaving log: LogWriterState
    ) -> LogWriterState {
        // Logs are verified in the order of their opening, also when the clock was set back.
        let earliest = log.genesis.genesis.openedAt.advanced(byMicroseconds: 1)
        return open(logID, .writer, at: max(now, earliest), after: log.end ?? previous)
    }

    private func open(
        _ logID: UUIDBytes,
        _ kind: LogGenesis.Kind,
        at now: Instant,
        after previous: LogGenesis.Previous?
    ) -> LogWriterState {
        let genesis = LogGenesis(
            logID: logID,
            kind: kind,
            openedAt: now,
            program: program,
            place: place,
            publicKey: signer.key.bytes,
            previous: previous
        )
        return LogWriterState(genesis, signer: signer)
    }
}

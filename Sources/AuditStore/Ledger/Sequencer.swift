package import Basics
package import Ledger
package import Posix
package import PostgreSQL
import Synchronization

/// Folds batches into the tree and signs it, on a thread of its own, while the service runs.
///
/// Every gateway has one; the database lets one at a time work.
package final class Sequencer: Sendable {
    /// What the sequencer tells; called on its thread, one call at a time.
    package enum Event: Sendable {
        /// The tree was signed: the note is to leave the database.
        case signed(SignedNote, Checkpoint)
        /// The trail was signed before, and no copy of a checkpoint is here: whether it was cut off
        /// at its end before this start cannot be told here.
        case nothingKnown
        /// The tree is not the one that is known outside: nothing is signed until somebody looks.
        case refused(LedgerStateError)
        /// The database could not be reached or failed.
        case failed(PostgreSQLError)
        /// After a failure or a refusal it works again.
        case recovered
        /// These events came without a place and cannot be read: they are left without one, each
        /// told of once.
        case unreadable([UUIDBytes])
    }

    private let settings: ConnectionSettings
    private let identity: LogIdentity
    private let periodMilliseconds: Int
    private let tell: @Sendable (Event) -> Void
    private let bell: Doorbell
    private let state: Mutex<State>
    private let thread = Mutex<JoinableThread?>(nil)

    private struct State {
        var knowledge: TreeKnowledge
        /// Whether it is to be told that nothing is known, when the trail was signed before.
        var mustTellUnknown: Bool
        var adoption: LogWriterState?
        var isStopping = false
    }

    /// Prepares a sequencer.
    ///
    /// - Parameters:
    ///   - settings: How to log in as `limen_chain`.
    ///   - identity: Under which key the tree is signed.
    ///   - known: The last checkpoint that left the database; `nil` when no copy is here, and then
    ///     the newest one inside counts that its key or a trusted one has signed.
    ///   - trusted: Further keys that have signed the tree.
    ///   - periodMilliseconds: How often the tree is signed.
    ///   - tell: Takes what happens.
    /// - Throws: `SystemError` when no descriptor is left.
    package init(
        _ settings: ConnectionSettings,
        identity: LogIdentity,
        known: Checkpoint?,
        trusted: [NoteKey] = [],
        periodMilliseconds: Int,
        tell: @escaping @Sendable (Event) -> Void
    ) throws(SystemError) {
        self.settings = settings
        self.identity = identity
        self.periodMilliseconds = periodMilliseconds
        self.tell = tell
        bell = try Doorbell()
        let knowledge = TreeKnowledge(known: known, keys: [identity.signer.key] + trusted)
        state = Mutex(State(knowledge: knowledge, mustTellUnknown: known == nil))
    }

    /// Starts the thread.
    package func start() {
        let started = JoinableThread { [self] in work() }
        thread.withLock { $0 = started }
    }

    /// Signs what is there once more and ends the thread.
    package func stop() {
        state.withLock { $0.isStopping = true }
        bell.ring()
        let running = thread.withLock { running in
            defer { running = nil }
            return running
        }
        running?.join()
    }

    /// Takes turns until the queue is empty, and signs the tree; for tests and for commands.
    ///
    /// - Returns: The checkpoint; `nil` when another sequencer has the turn.
    package func signNow() throws -> Checkpoint? {
        let connection = try Connection.openForTrail(settings)
        return try sign(on: connection)
    }

    /// Puts on record what an operator has done, and signs the tree with it.
    ///
    /// - Returns: The checkpoint; `nil` when another sequencer has the turn.
    package func record(_ deed: LedgerDeed) throws -> Checkpoint? {
        let connection = try Connection.openForTrail(settings)
        return try sign(on: connection, deed)
    }

    /// Whether the trail knows a key, asked as a writer or as the sequencer.
    package static func standing(
        of key: [UInt8],
        _ settings: ConnectionSettings
    ) throws(PostgreSQLError) -> SignerStanding {
        let connection = try Connection.openForTrail(settings)
        var wanted = Parameters()
        wanted.add(bytes: key)
        let found = try connection.execute("SELECT audit.signer_standing($1)", wanted)
        guard let standing = try found.text(0, 0).flatMap({ SignerStanding(rawValue: $0) }) else {
            throw PostgreSQLError(code: .unexpectedResult)
        }
        return standing
    }

    private var isStopping: Bool { state.withLock { $0.isStopping } }

    private func work() {
        var hasFailed = false
        while true {
            let isLast = isStopping
            do throws(PostgreSQLError) {
                let connection = try Connection.openForTrail(settings)
                try serve(on: connection, &hasFailed)
                return
            } catch {
                if !hasFailed { tell(.failed(error)) }
                hasFailed = true
            }
            if isLast { return }
            bell.wait(timeoutMilliseconds: 1_000)
        }
    }

    /// Signs once in each period, until it is to stop; then once more.
    private func serve(
        on connection: borrowing Connection,
        _ hasFailed: inout Bool
    ) throws(PostgreSQLError) {
        while true {
            let isLast = isStopping
            do {
                _ = try sign(on: connection)
                if hasFailed { tell(.recovered) }
                hasFailed = false
            } catch let error as PostgreSQLError {
                throw error
            } catch let error as LedgerStateError {
                tell(.refused(error))
                hasFailed = true
            } catch {
                preconditionFailure("a turn throws one of two errors")
            }
            if isLast { return }
            bell.wait(timeoutMilliseconds: periodMilliseconds)
        }
    }

    private func sign(
        on connection: borrowing Connection,
        _ deed: LedgerDeed? = nil
    ) throws -> Checkpoint? {
        try tellUnknown(on: connection)
        // What waits is taken in pieces; the last piece is signed.
        var isDue = false
        for turn in 0..<10_000 {
            let knowledge = state.withLock { $0.knowledge }
            var adoption = state.withLock { $0.adoption }
            defer { state.withLock { $0.adoption = adoption } }
            let ending = try SequencerRound.run(
                on: connection,
                identity,
                adoption: &adoption,
                knowledge: knowledge,
                isCheckpointDue: isDue,
                deed: turn == 0 || deed != .restored ? deed : nil
            )
            switch ending {
            case .passed:
                return nil
            case .folded(let folded, let note, let unreadable):
                if !unreadable.isEmpty { tell(.unreadable(unreadable)) }
                let reached = Checkpoint(
                    origin: identity.signer.key.name,
                    size: folded.range.size,
                    root: folded.range.root
                )
                // The tree goes on from the restored state, and no longer from what was known; and
                // nobody has looked that state through.
                let isRestored = deed == .restored && turn == 0
                state.withLock { state in
                    if deed == .restored { state.knowledge.known = nil }
                    state.knowledge.reached = isRestored ? nil : reached
                }
                if let note {
                    let checkpoint = try Checkpoint(text: note.text)
                    state.withLock { $0.knowledge.known = checkpoint }
                    tell(.signed(note, checkpoint))
                    return checkpoint
                }
                isDue = try Self.isDrained(connection)
            }
        }
        return nil
    }

    /// Tells once when the trail was signed before and nothing of that is known here.
    private func tellUnknown(on connection: borrowing Connection) throws(PostgreSQLError) {
        guard state.withLock({ $0.mustTellUnknown }) else { return }
        let found = try connection.execute(LedgerStatements.wasSigned)
        state.withLock { $0.mustTellUnknown = false }
        if found.rowCount == 1, try found.bool(0, 0) == true { tell(.nothingKnown) }
    }

    private static func isDrained(
        _ connection: borrowing Connection
    ) throws(PostgreSQLError) -> Bool {
        let found = try connection.execute(LedgerStatements.waiting)
        return try found.integer(0, 0) ?? 0 < 1_000
    }
}

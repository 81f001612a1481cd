package import JOSE
import Posix
package import PostgreSQL
import Synchronization

/// Remembers used tokens in PostgreSQL, for all instances and across restarts.
///
/// One thread with one connection serves all tasks. What gathered while the last flight was under
/// way goes out as the next, each use a transaction of its own: a row that waits for another
/// instance holds up no key, and none can deadlock. A token costs one round trip without a wait for
/// the disk, about as much as an empty statement.
///
/// Without the database every use is refused: a token that may have been used before is not let in.
package final class PostgreSQLTokenLedger: TokenLedger {
    private let queue: TokenUseQueue
    private let thread: Mutex<JoinableThread?>

    /// Connects as the writer, checks the database, and starts the thread.
    ///
    /// - Parameters:
    ///   - settings: How to log in as the writer.
    ///   - migrations: The migrations that this program was built with.
    ///   - timing: How long to wait for what.
    ///   - mayBeAway: Whether the database may be away; it is checked when it comes back, and until
    ///     then every use is refused.
    /// - Throws: `AuditStoreError` when the database is away or not as it must be.
    package static func open(
        _ settings: ConnectionSettings,
        migrations: [MigrationFile],
        timing: TokenLedgerTiming = TokenLedgerTiming(),
        mayBeAway: Bool = false
    ) throws(AuditStoreError) -> PostgreSQLTokenLedger {
        let bell: Doorbell
        do throws(SystemError) {
            bell = try Doorbell()
        } catch {
            throw AuditStoreError(code: .noDescriptor)
        }
        let loop = TokenLedgerLoop(
            settings: settings,
            migrations: migrations,
            timing: timing,
            queue: TokenUseQueue(bell: bell)
        )
        do throws(AuditStoreError) {
            return PostgreSQLTokenLedger(loop, try loop.connect())
        } catch {
            guard mayBeAway, error.isAbsence(of: settings) else { throw error }
            return PostgreSQLTokenLedger(loop, nil)
        }
    }

    private init(_ loop: TokenLedgerLoop, _ connection: consuming Connection?) {
        queue = loop.queue
        // The first connection is there before the first use, so that none is refused at the start.
        if connection != nil { queue.connected() }
        let first = Mutex<Connection?>(connection)
        thread = Mutex(
            JoinableThread { loop.run(startingWith: first.withLock { $0.take() }) }
        )
    }

    /// Whether a use could be remembered now.
    package var isConnected: Bool { queue.isConnected }

    /// Whether the database is there, as far as is known.
    package var isAvailable: Bool { queue.isConnected }

    /// Remembers a use; `false` when it was remembered before.
    package func remember(_ use: TokenUse) async throws(TokenLedgerError) -> Bool {
        let result = await withCheckedContinuation { continuation in
            let pending = PendingTokenUse(
                use: use,
                queuedNanoseconds: Clock.monotonicNanoseconds(),
                continuation: continuation
            )
            if let problem = queue.submit(pending) { pending.resume(.failure(problem)) }
        }
        return try result.get()
    }

    /// Takes no more uses and ends the thread.
    package func close() {
        queue.close()
        let running = thread.withLock { thread in
            let running = thread
            thread = nil
            return running
        }
        running?.join()
        queue.disconnected()
    }
}

package import Audit
import Basics
package import Ledger
import Posix
package import PostgreSQL
import Synchronization
package import Vault

/// Makes audit records durable in PostgreSQL by group commit.
///
/// Each writer is a thread with one connection. What gathered while its last transaction was under
/// way goes out as the next one, in one pipeline flight: BEGIN, the tenant, the rows, COMMIT. An
/// append returns when the COMMIT of its own row was confirmed.
///
/// When a reply is lost, the rows are sent again under the same event id and the same `startedAt`,
/// which are their key, so a row that had landed is not written twice. So it is with a row that
/// another process has written: it stays where it stands, and no log names it anew. An append that
/// fails with `timeout` or `unavailable` may still have landed: its answer must not leave, and is
/// not shown.
package final class PostgreSQLAuditSink: AuditSink {
    private let sealer: RecordSealer
    private let queue: AppendQueue
    private let statisticsBox: StatisticsBox
    private let threads: Mutex<[JoinableThread]>
    private let ends: EndsBox
    /// Whether the database was away when the sink was opened; it is checked when it is back.
    package let hasStartedAway: Bool

    /// Connects as the writer, checks the database, and starts the writers.
    ///
    /// - Parameters:
    ///   - settings: How to log in as `limen_writer`.
    ///   - sealer: What seals the parts of a record that speak of a patient; without one no such
    ///     record is accepted.
    ///   - migrations: The migrations that this program was built with.
    ///   - identity: Under which key the writers sign their logs.
    ///   - spool: Where batches go while the database is away; `nil` when callers are told instead.
    ///   - writerCount: How many connections write; two already saturate two cores.
    ///   - timing: How long to wait for what.
    ///   - onStateChange: Called with the reason when rows can no longer be made durable, with
    ///     another reason when that changes, and with `nil` when they can again; not while closing.
    ///     It is called on a writer's thread, one call at a time, and must be brief.
    /// - Returns: The sink, whose writers connect by themselves. With a spool the database may be
    ///   away: each connection is checked before a row is trusted to it, so the first one will be.
    /// - Throws: `AuditStoreError` when the database cannot be trusted with rows as it is: fsync or
    ///   synchronous_commit off, migrations not current, a login that passes by row security.
    package static func open(
        _ settings: ConnectionSettings,
        sealer: RecordSealer = RecordSealer(KeyRing()),
        migrations: [MigrationFile],
        identity: LogIdentity,
        spool: AuditSpool? = nil,
        writerCount: Int = 2,
        timing: AuditSinkTiming = AuditSinkTiming(),
        onStateChange: @escaping @Sendable (AuditStoreError?) -> Void = { _ in }
    ) throws(AuditStoreError) -> PostgreSQLAuditSink {
        precondition(writerCount >= 1, "at least one writer is needed")
        precondition(writerCount <= Limits.auditWritersMax, "too many writers")
        var absence: AuditStoreError?
        do throws(AuditStoreError) {
            try verify(settings, migrations, timing)
        } catch {
            guard spool != nil, error.isAbsence(of: settings) else { throw error }
            absence = error
        }
        var bells: [Doorbell] = []
        for _ in 0..<writerCount {
            do throws(SystemError) {
                bells.append(try Doorbell())
            } catch {
                throw AuditStoreError(code: .noDescriptor)
            }
        }
        return PostgreSQLAuditSink(
            settings: settings,
            sealer: sealer,
            migrations: migrations,
            identity: identity,
            spool: spool,
            absence: absence,
            bells: bells,
            timing: timing,
            onStateChange: onStateChange
        )
    }

    private init(
        settings: ConnectionSettings,
        sealer: RecordSealer,
        migrations: [MigrationFile],
        identity: LogIdentity,
        spool: AuditSpool?,
        absence: AuditStoreError?,
        bells: [Doorbell],
        timing: AuditSinkTiming,
        onStateChange: @escaping @Sendable (AuditStoreError?) -> Void
    ) {
        let queue = AppendQueue(
            bells: bells,
            timing: timing,
            spool: spool,
            onStateChange: onStateChange
        )
        if let absence { queue.connectionFailed(because: absence) }
        let statistics = StatisticsBox()
        self.sealer = sealer
        self.queue = queue
        hasStartedAway = absence != nil
        statisticsBox = statistics
        let ends = EndsBox()
        self.ends = ends
        let threads = bells.indices.map { writer in
            let loop = WriterLoop(
                writer: writer,
                settings: settings,
                migrations: migrations,
                timing: timing,
                queue: queue,
                statistics: statistics,
                identity: identity,
                spool: spool,
                ended: { ends.add($0) }
            )
            return JoinableThread { loop.run() }
        }
        self.threads = Mutex(threads)
    }

    /// How many records wait to become durable, those under way not counted.
    package var queuedCount: Int { queue.queuedCount }

    /// Whether a record could be made durable now.
    ///
    /// False while no writer has a connection, while the server is late, after it has failed to
    /// write (a full disk, say) until it has written again, and after `close`.
    package var isWritable: Bool { queue.isWritable }

    /// Why the database takes no rows at present, though they may be durable in the spool; `nil`
    /// when it takes them.
    package var databaseProblem: AuditStoreError? { queue.problem }

    /// What was done so far, for metrics.
    package var statistics: AuditStatistics { statisticsBox.current }

    /// Makes a record durable.
    ///
    /// Cancelling the task does not take the record back.
    ///
    /// - Throws: `refused` when the server does not accept this row, or its tenant has no keys; `unavailable` when there is no
    ///   connection or it was lost for too long; `overloaded` when too many rows wait; `timeout`
    ///   when the row took too long, though it may yet land.
    package func append(_ record: AuditRecord) async throws(AuditError) {
        let sealed: SealedRecord
        do throws(VaultError) {
            sealed = try sealer.seal(record)
        } catch {
            throw AuditError(code: .refused)
        }
        let row = EncodedRow(sealed)
        guard row.byteCount <= Limits.auditRowBytesMax else { throw AuditError(code: .refused) }
        let result = await withCheckedContinuation { continuation in
            let pending = PendingAppend(
                row: row,
                queuedNanoseconds: Clock.monotonicNanoseconds(),
                continuation: continuation
            )
            if let problem = queue.submit(pending) { pending.resume(.failure(problem)) }
        }
        switch try result.get() {
        case .written: sealer.settle(sealed.newKeys)
        // What was to be written with it was not: the next row brings its keys again.
        case .standing: break
        }
    }

    /// The end of the longest log of this sink, once it is closed: what the next start goes on from.
    package var longestEnd: LogGenesis.Previous? { ends.longest }

    /// Takes no more records, writes those that wait, and ends the writers.
    ///
    /// It blocks its thread, at most for the time that the timing gives to closing and one append.
    package func close() {
        queue.close()
        let running = threads.withLock { threads in
            let running = threads
            threads = []
            return running
        }
        for thread in running { thread.join() }
        queue.failAll()
    }

    private static func verify(
        _ settings: ConnectionSettings,
        _ migrations: [MigrationFile],
        _ timing: AuditSinkTiming
    ) throws(AuditStoreError) {
        let connection: Connection
        do throws(PostgreSQLError) {
            connection = try Connection.open(
                settings,
                timeoutMilliseconds: timing.connectMilliseconds
            )
        } catch {
            throw AuditStoreError(error)
        }
        try WriterConnection.makeReady(connection, expecting: migrations)
    }
}

/// The ends of the logs of a sink.
private final class EndsBox: Sendable {
    private let state = Mutex<LogGenesis.Previous?>(nil)

    var longest: LogGenesis.Previous? { state.withLock { $0 } }

    func add(_ end: LogGenesis.Previous?) {
        guard let end else { return }
        state.withLock { longest in
            if end.sequence >= longest?.sequence ?? 0 { longest = end }
        }
    }
}

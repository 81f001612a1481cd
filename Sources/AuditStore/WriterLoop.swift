import Audit
import Basics
import Crypto
import Ledger
import Posix
import PostgreSQL

/// One writer: a thread with a connection, which sends whatever waits as one transaction.
///
/// There is no timer: what gathers while a transaction is under way is the next one.
final class WriterLoop: Sendable {
    let writer: Int
    private let settings: ConnectionSettings
    private let migrations: [MigrationFile]
    let timing: AuditSinkTiming
    let queue: AppendQueue
    let statistics: StatisticsBox
    /// Where batches go while the database is away; `nil` when callers are told instead.
    let spool: AuditSpool?
    let identity: LogIdentity
    /// Takes the end of the log when the writer has ended.
    private let ended: @Sendable (LogGenesis.Previous?) -> Void

    /// How long a wait lasts at most before deadlines are looked at.
    static let sliceMilliseconds = 20

    /// How serving a connection ended.
    private enum End {
        case closed
        case lost(PostgreSQLError)
    }

    init(
        writer: Int,
        settings: ConnectionSettings,
        migrations: [MigrationFile],
        timing: AuditSinkTiming,
        queue: AppendQueue,
        statistics: StatisticsBox,
        identity: LogIdentity,
        spool: AuditSpool?,
        ended: @escaping @Sendable (LogGenesis.Previous?) -> Void
    ) {
        self.writer = writer
        self.settings = settings
        self.migrations = migrations
        self.timing = timing
        self.queue = queue
        self.statistics = statistics
        self.identity = identity
        self.spool = spool
        self.ended = ended
    }

    /// Runs until the queue is closed and written.
    func run() {
        var work = WriterWork(log: identity.open(.version4(), .writer, at: Clock.now()))
        var backOff = timing.backOffMillisecondsMin
        var closing: Deadline?
        while true {
            if queue.isClosing, closing == nil {
                closing = Deadline(milliseconds: timing.closeMilliseconds)
            }
            if let closing, closing.isPast || work.isEmpty && queue.queuedCount == 0 { break }
            do throws(AuditStoreError) {
                let connection = try connect(holding: &work)
                queue.connected()
                queue.tellState()
                let end = serve(connection, &work)
                let problem: PostgreSQLError
                switch end {
                case .closed: problem = PostgreSQLError(code: .connectionLost)
                case .lost(let error): problem = error
                }
                queue.disconnected(because: AuditStoreError(problem))
                backOff = timing.backOffMillisecondsMin
                queue.wakeAll()
                if case .closed = end { break }
                statistics.update { $0.connectionLossCount += 1 }
                // A server that takes connections and answers nothing is as good as away.
                if problem.code == .timeout { keep(&work) }
            } catch {
                queue.connectionFailed(because: error)
                statistics.update { $0.connectionFailureCount += 1 }
            }
            pause(milliseconds: backOff, holding: &work)
            backOff = min(backOff * 2, timing.backOffMillisecondsMax)
        }
        // What could not be sent before the end is brought by the next start.
        keep(&work)
        work.giveUp()
        ended(work.end)
    }

    // MARK: Connecting

    private func connect(holding work: inout WriterWork) throws(AuditStoreError) -> Connection {
        let connection: Connection
        do throws(PostgreSQLError) {
            let deadline = Deadline(milliseconds: timing.connectMilliseconds)
            var attempt = try ConnectionAttempt.begin(settings)
            while try !attempt.advance() {
                if deadline.isPast { throw PostgreSQLError(code: .timeout) }
                attempt.wait(timeoutMilliseconds: Self.sliceMilliseconds)
                tend(&work)
            }
            connection = attempt.finish()
        } catch {
            throw AuditStoreError(error)
        }
        try WriterConnection.makeReady(
            connection,
            expecting: migrations,
            before: Deadline(milliseconds: timing.connectMilliseconds),
            whileWaiting: { tend(&work) }
        )
        return connection
    }

    func pause(milliseconds: Int, holding work: inout WriterWork) {
        let deadline = Deadline(milliseconds: milliseconds)
        while !deadline.isPast {
            queue.waitForRow(
                writer: writer,
                milliseconds: min(Self.sliceMilliseconds, deadline.restMilliseconds)
            )
            tend(&work)
        }
    }

    /// Tells those whose deadline has passed, in the queue and in hand.
    func expire(_ work: inout WriterWork) {
        let now = Clock.monotonicNanoseconds()
        queue.expire(now: now)
        work.expire(by: queue, now: now)
    }

    // MARK: Serving

    private func serve(_ connection: borrowing Connection, _ work: inout WriterWork) -> End {
        var heartbeat = nextHeartbeat
        var mustRollBack = false
        var retry = timing.backOffMillisecondsMin
        while true {
            do throws(PostgreSQLError) {
                if queue.mustWaitForServer {
                    if queue.isClosing { return .closed }
                    pause(milliseconds: retry, holding: &work)
                    retry = min(retry * 2, timing.backOffMillisecondsMax)
                    try probe(connection, mustRollBack: &mustRollBack)
                    // A server that writes again is waited for no longer than at first.
                    if !queue.isWriteFailing { retry = timing.backOffMillisecondsMin }
                    queue.tellState()
                    heartbeat = nextHeartbeat
                    continue
                }
                guard try drain(on: connection, &work, mustRollBack: &mustRollBack) else {
                    heartbeat = nextHeartbeat
                    continue
                }
                keepFailing(&work)
                leaveHeldLog(&work)
                if let flight = work.next(from: queue, writer: writer, at: Clock.now()) {
                    if flight.isResent {
                        statistics.update { $0.resentRowCount += flight.rows.count }
                    }
                    try fly(flight, on: connection, &work, mustRollBack: &mustRollBack)
                    if !queue.isWriteFailing { retry = timing.backOffMillisecondsMin }
                    queue.tellState()
                    heartbeat = nextHeartbeat
                } else if queue.isClosing {
                    return .closed
                } else if heartbeat.isPast {
                    try probe(connection, mustRollBack: &mustRollBack)
                    queue.tellState()
                    heartbeat = nextHeartbeat
                } else {
                    queue.waitForRow(writer: writer, milliseconds: heartbeat.restMilliseconds)
                }
            } catch {
                work.failed(at: Clock.monotonicNanoseconds())
                work.lost()
                return .lost(error)
            }
        }
    }

    /// Sends a batch and resumes its rows by the verdict.
    ///
    /// - Throws: what broke the connection; or the refusal of a batch that was sent before, which
    ///   does not tell whether it is there.
    private func fly(
        _ flight: WriterWork.Flight,
        on connection: borrowing Connection,
        _ work: inout WriterWork,
        mustRollBack: inout Bool
    ) throws(PostgreSQLError) {
        let sent = try send(flight, on: connection, mustRollBack: mustRollBack)
        var waiting = FlightWait(queue: queue, timing: timing)
        defer { waiting.end() }
        var state = FlightState(statementCounts: [sent.count])
        while true {
            let event = try connection.nextPipelineEvent()
            switch try state.received(event) {
            case .wait, .settle:
                if event == .pending { try waiting.wait(on: connection, for: [flight.rows]) }
            case .finish(_, let verdict):
                queue.wrote(verdict)
                // The server stays in the failed transaction until it is told to roll back.
                mustRollBack = verdict != .durable
                let isAtBatch = state.failedStatement == sent.batch
                try settle(
                    flight,
                    Self.hasLanded(flight, verdict, isAtBatch) ? .durable : verdict,
                    waiting.elapsedMicroseconds,
                    &work,
                    isAtRow: !isAtBatch
                )
                return
            }
        }
    }

    /// Whether a batch that was sent again is there, all of it, since its reply was lost.
    private static func hasLanded(
        _ flight: WriterWork.Flight,
        _ verdict: FlightState.Verdict,
        _ isAtBatch: Bool
    ) -> Bool {
        guard case .failed(let error) = verdict else { return false }
        return flight.isResent && isAtBatch && error.saysStanding
    }

    /// Queues the statements of a transaction and the synchronisation point behind it.
    ///
    /// - Returns: How many statements it has, and which of them writes the batch.
    private func send(
        _ flight: WriterWork.Flight,
        on connection: borrowing Connection,
        mustRollBack: Bool
    ) throws(PostgreSQLError) -> (count: Int, batch: Int) {
        let none = Parameters()
        var count = 3
        if mustRollBack {
            try connection.sendPrepared(WriterStatements.rollback, none)
            count += 1
        }
        try connection.sendPrepared(WriterStatements.begin, none)
        // Of the statements before the batch there are those so far, and the log's when it is new.
        let batch = count - 2 + (flight.stamped.genesis == nil ? 0 : 1)
        count += try script(of: flight, passesOver: false).send(on: connection)
        try connection.sendPrepared(WriterStatements.durable, none)
        try connection.sendPrepared(WriterStatements.commit, none)
        try connection.sendSync()
        return (count, batch)
    }

    /// The statements of a batch.
    ///
    /// The batch stands before its rows: when it can be written, it is not there yet and cannot
    /// come from an earlier sending any more, so what fails at a row then fails because of a row
    /// that is not of this batch.
    ///
    /// - Parameters:
    ///   - flight: the batch with its rows.
    ///   - passesOver: whether what is there already is passed over, as for the spool; otherwise
    ///     it makes the transaction fail.
    /// - Returns: the statements.
    func script(of flight: WriterWork.Flight, passesOver: Bool) -> FlightScript {
        var script = FlightScript()
        if let genesis = flight.stamped.genesis {
            script.add(WriterStatements.log, genesis.parameters)
        }
        script.add(
            passesOver ? WriterStatements.batch : WriterStatements.newBatch,
            flight.stamped.batch.parameters
        )
        for group in PlacedRows.byTenant(flight.rows.map(\.row), flight.stamped.places) {
            Self.add(
                group,
                as: passesOver ? WriterStatements.event : WriterStatements.newEvent,
                to: &script
            )
        }
        return script
    }

    /// Adds the rows of one tenant, a statement for each table.
    private static func add(
        _ group: PlacedRows,
        as event: StaticString,
        to script: inout FlightScript
    ) {
        var name = Parameters()
        name.add(text: group.tenant)
        script.add(WriterStatements.tenant, name)
        let keys = group.keys
        if !keys.isEmpty { script.add(WriterStatements.key, Parameters(transposing: keys)) }
        script.add(event, Parameters(transposing: group.events))
        let cards = group.rows.flatMap(\.cards)
        if !cards.isEmpty { script.add(WriterStatements.card, Parameters(transposing: cards)) }
        let feedback = group.rows.flatMap(\.feedback)
        if !feedback.isEmpty {
            script.add(WriterStatements.feedback, Parameters(transposing: feedback))
        }
        let shown = group.rows.flatMap(\.shown)
        if !shown.isEmpty { script.add(WriterStatements.shown, Parameters(transposing: shown)) }
    }

    /// Resumes the rows of a batch, or leaves them to be written one by one, or again.
    ///
    /// A row whose key is there is durable already and stays out of the log: a batch of patients
    /// that goes on after a kill sends rows whose writing it does not know of.
    private func settle(
        _ flight: WriterWork.Flight,
        _ verdict: FlightState.Verdict,
        _ microseconds: Int,
        _ work: inout WriterWork,
        isAtRow: Bool = false
    ) throws(PostgreSQLError) {
        switch verdict {
        case .durable:
            work.settled()
            statistics.update {
                $0.committed(rowCount: flight.rows.count, microseconds: microseconds)
            }
            for pending in flight.rows { pending.resume(.success(.written)) }
        case .failed(let error):
            // The next connection says which setting it is, and takes no row.
            if error.saysNotDurable { throw error }
            if spool != nil, error.isTransient {
                // Nothing speaks against the rows: they wait, and go to the spool in the end.
                guard error.isWriteFailure else { throw error }
                work.failed(at: Clock.monotonicNanoseconds())
                work.lost()
                return
            }
            let refused = work.refused(isTransient: error.isTransient, isLeaving: mustLeave(work))
            guard let refused else { throw error }
            let code: AuditError.Code = error.isTransient ? .unavailable : .refused
            for pending in refused {
                if isAtRow, error.saysStanding {
                    pending.resume(.success(.standing))
                    continue
                }
                statistics.update { $0.refusedRowCount += 1 }
                pending.resume(.failure(AuditError(code: code, sqlState: error.sqlState)))
            }
        }
    }

    // MARK: Probing

    /// When an idle writer next asks the server: sooner while the server fails to write.
    private var nextHeartbeat: Deadline {
        Deadline(
            milliseconds: queue.isWriteFailing
                ? min(timing.backOffMillisecondsMax, timing.heartbeatMilliseconds)
                : timing.heartbeatMilliseconds
        )
    }

    /// Asks the server whether it is there and keeps what it confirms; and, after it has failed to
    /// write, whether it writes.
    private func probe(
        _ connection: borrowing Connection,
        mustRollBack: inout Bool
    ) throws(PostgreSQLError) {
        let isWriting = queue.isWriteFailing
        let count = try sendProbe(
            on: connection,
            isWriting: isWriting,
            mustRollBack: mustRollBack
        )
        var flight = FlightState(statementCounts: [count])
        var waiting = FlightWait(queue: queue, timing: timing)
        defer { waiting.end() }
        while true {
            let event = try connection.nextPipelineEvent()
            switch try flight.received(event) {
            case .wait, .settle:
                if event == .pending { try waiting.wait(on: connection, for: []) }
            case .finish(_, let verdict):
                if case .failed(let error) = verdict, error.saysNotDurable { throw error }
                if isWriting { queue.wrote(verdict) }
                if isWriting, verdict != .durable { spool?.serverFails() }
                mustRollBack = (isWriting || mustRollBack) && verdict != .durable
                return
            }
        }
    }

    /// Queues a probe; outside a transaction no ROLLBACK is sent, which the server would log.
    ///
    /// - Returns: How many statements it has.
    private func sendProbe(
        on connection: borrowing Connection,
        isWriting: Bool,
        mustRollBack: Bool
    ) throws(PostgreSQLError) -> Int {
        let none = Parameters()
        var count = 0
        if mustRollBack {
            try connection.sendPrepared(WriterStatements.rollback, none)
            count += 1
        }
        if isWriting {
            let row = Self.probeRow()
            try connection.sendPrepared(WriterStatements.begin, none)
            let group = PlacedRows(tenant: row.tenant, rows: [row], places: [Self.probePlace])
            var script = FlightScript()
            Self.add(group, as: WriterStatements.event, to: &script)
            count += try script.send(on: connection)
            try connection.sendPrepared(WriterStatements.rollback, none)
            count += 2
        } else {
            try connection.sendPrepared(WriterStatements.durable, none)
            count += 1
        }
        try connection.sendSync()
        return count
    }

    /// Rows without a place are refused; this one names no log that there is.
    private static let probePlace = LogPlace(
        logID: UUIDBytes(high: 0, low: 0),
        sequence: 0,
        leafHash: [UInt8](repeating: 0, count: 32)
    )

    /// A row that is written and rolled back, of the size of a small decision: a full disk may
    /// still take less.
    private static func probeRow() -> EncodedRow {
        let now = Clock.now()
        var record = AuditRecord(
            eventID: .version7(at: now),
            tenant: "system",
            kind: .start,
            outcome: .done,
            startedAt: now,
            status: 0
        )
        record.client = String(repeating: "x", count: 1_500)
        return EncodedRow(SealedRecord(unsealed: record))
    }
}

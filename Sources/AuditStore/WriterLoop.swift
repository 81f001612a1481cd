import Audit
import Basics
import Crypto
import Posix
import PostgreSQL

/// One writer: a thread with a connection, which sends whatever waits as one transaction.
///
/// There is no timer: what gathers while a transaction is under way is the next one.
final class WriterLoop: Sendable {
    private let writer: Int
    private let settings: ConnectionSettings
    private let migrations: [MigrationFile]
    private let timing: AuditSinkTiming
    private let queue: AppendQueue
    private let statistics: StatisticsBox

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
        statistics: StatisticsBox
    ) {
        self.writer = writer
        self.settings = settings
        self.migrations = migrations
        self.timing = timing
        self.queue = queue
        self.statistics = statistics
    }

    /// Runs until the queue is closed and written.
    func run() {
        // Rows that were sent on a connection that broke: they may be there or not.
        var unsettled: [PendingAppend] = []
        var backOff = timing.backOffMillisecondsMin
        var closing: Deadline?
        while true {
            if queue.isClosing, closing == nil {
                closing = Deadline(milliseconds: timing.closeMilliseconds)
            }
            if let closing, closing.isPast || unsettled.isEmpty && queue.queuedCount == 0 { break }
            do throws(AuditStoreError) {
                let connection = try connect(holding: &unsettled)
                queue.connected()
                queue.tellState()
                let end = serve(connection, unsettled: &unsettled)
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
            } catch {
                queue.connectionFailed(because: error)
                statistics.update { $0.connectionFailureCount += 1 }
            }
            pause(milliseconds: backOff, holding: &unsettled)
            backOff = min(backOff * 2, timing.backOffMillisecondsMax)
        }
        for pending in unsettled { pending.resume(.failure(AuditError(code: .unavailable))) }
    }

    // MARK: Connecting

    private func connect(
        holding unsettled: inout [PendingAppend]
    ) throws(AuditStoreError) -> Connection {
        let connection: Connection
        do throws(PostgreSQLError) {
            let deadline = Deadline(milliseconds: timing.connectMilliseconds)
            var attempt = try ConnectionAttempt.begin(settings)
            while try !attempt.advance() {
                if deadline.isPast { throw PostgreSQLError(code: .timeout) }
                attempt.wait(timeoutMilliseconds: Self.sliceMilliseconds)
                expire(&unsettled)
            }
            connection = attempt.finish()
        } catch {
            throw AuditStoreError(error)
        }
        try WriterConnection.makeReady(connection, expecting: migrations)
        return connection
    }

    private func pause(milliseconds: Int, holding unsettled: inout [PendingAppend]) {
        let deadline = Deadline(milliseconds: milliseconds)
        while !deadline.isPast {
            queue.waitForRow(
                writer: writer,
                milliseconds: min(Self.sliceMilliseconds, deadline.restMilliseconds)
            )
            expire(&unsettled)
        }
    }

    /// Resumes those whose deadline has passed, in the queue and among the unsettled.
    private func expire(_ unsettled: inout [PendingAppend]) {
        let now = Clock.monotonicNanoseconds()
        queue.expire(now: now)
        unsettled.removeAll { pending in
            guard let problem = queue.expiry(of: pending, now: now) else { return false }
            pending.resume(.failure(problem))
            return true
        }
    }

    // MARK: Serving

    private func serve(
        _ connection: borrowing Connection,
        unsettled: inout [PendingAppend]
    ) -> End {
        var heartbeat = nextHeartbeat
        var mustRollBack = false
        while true {
            var batch = unsettled
            unsettled = []
            if batch.isEmpty {
                batch = queue.takeBatch(writer: writer)
            } else {
                statistics.update { $0.resentRowCount += batch.count }
            }
            do throws(PostgreSQLError) {
                if !batch.isEmpty {
                    try write(batch, on: connection, mustRollBack: &mustRollBack)
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
                unsettled = batch.filter { !$0.isResumed }
                return .lost(error)
            }
        }
    }

    /// Writes a batch; when a row of it is refused, each row alone, so that its neighbours stand.
    private func write(
        _ batch: [PendingAppend],
        on connection: borrowing Connection,
        mustRollBack: inout Bool
    ) throws(PostgreSQLError) {
        if try fly([batch], on: connection, mustRollBack: &mustRollBack) { return }
        guard batch.count > 1 else { return }
        _ = try fly(batch.map { [$0] }, on: connection, mustRollBack: &mustRollBack)
    }

    /// Sends transactions in one flight and resumes the rows of each by its verdict.
    ///
    /// - Returns: Whether every transaction is durable.
    private func fly(
        _ transactions: [[PendingAppend]],
        on connection: borrowing Connection,
        mustRollBack: inout Bool
    ) throws(PostgreSQLError) -> Bool {
        let counts = try send(transactions, on: connection, mustRollBack: mustRollBack)
        var waiting = FlightWait(queue: queue, timing: timing)
        defer { waiting.end() }
        var flight = FlightState(statementCounts: counts)
        var areAllDurable = true
        while true {
            let event = try connection.nextPipelineEvent()
            let action = try flight.received(event)
            switch action {
            case .wait:
                if event == .pending { try waiting.wait(on: connection, for: transactions) }
            case .settle(let transaction, let verdict), .finish(let transaction, let verdict):
                queue.wrote(verdict)
                settle(transactions[transaction], verdict, waiting.elapsedMicroseconds)
                if verdict != .durable { areAllDurable = false }
                guard case .finish = action else { continue }
                // The server stays in the failed transaction until it is told to roll back.
                mustRollBack = verdict != .durable
                return areAllDurable
            }
        }
    }

    /// Queues the statements of all transactions and the synchronisation points between them.
    ///
    /// - Returns: How many statements each transaction has.
    private func send(
        _ transactions: [[PendingAppend]],
        on connection: borrowing Connection,
        mustRollBack: Bool
    ) throws(PostgreSQLError) -> [Int] {
        let none = Parameters()
        var counts: [Int] = []
        for (index, pending) in transactions.enumerated() {
            var count = 2
            if mustRollBack || index > 0 {
                try connection.sendPrepared(WriterStatements.rollback, none)
                count += 1
            }
            try connection.sendPrepared(WriterStatements.begin, none)
            for (tenant, rows) in Self.byTenant(pending) {
                count += try send(rows, of: tenant, on: connection)
            }
            try connection.sendPrepared(WriterStatements.commit, none)
            try connection.sendSync()
            counts.append(count)
        }
        return counts
    }

    /// Queues the rows of one tenant, a statement for each table.
    ///
    /// - Returns: How many statements that are.
    private func send(
        _ rows: [EncodedRow],
        of tenant: String,
        on connection: borrowing Connection
    ) throws(PostgreSQLError) -> Int {
        var name = Parameters()
        name.add(text: tenant)
        try connection.sendPrepared(WriterStatements.tenant, name)
        let events = Parameters(transposing: rows.map(\.event))
        try connection.sendPrepared(WriterStatements.event, events)
        var count = 2
        let cards = rows.flatMap(\.cards)
        if !cards.isEmpty {
            let values = Parameters(transposing: cards)
            try connection.sendPrepared(WriterStatements.card, values)
            count += 1
        }
        let feedback = rows.flatMap(\.feedback)
        if !feedback.isEmpty {
            let values = Parameters(transposing: feedback)
            try connection.sendPrepared(WriterStatements.feedback, values)
            count += 1
        }
        return count
    }

    /// The rows of a transaction by tenant: the tenant is set once for each.
    private static func byTenant(
        _ pending: [PendingAppend]
    ) -> [(tenant: String, rows: [EncodedRow])] {
        var groups: [(tenant: String, rows: [EncodedRow])] = []
        var places: [String: Int] = [:]
        for row in pending.lazy.map(\.row) {
            if let place = places[row.tenant] {
                groups[place].rows.append(row)
            } else {
                places[row.tenant] = groups.count
                groups.append((row.tenant, [row]))
            }
        }
        return groups
    }

    /// Resumes the rows of a transaction, or leaves them to be written one by one.
    private func settle(
        _ rows: [PendingAppend],
        _ verdict: FlightState.Verdict,
        _ microseconds: Int
    ) {
        switch verdict {
        case .durable:
            statistics.update { $0.committed(rowCount: rows.count, microseconds: microseconds) }
            for pending in rows { pending.resume(.success(())) }
        case .failed(let error):
            // A row that failed with others is tried alone before it is given up.
            guard rows.count == 1 else { return }
            statistics.update { $0.refusedRowCount += 1 }
            let code: AuditError.Code = error.isTransient ? .unavailable : .refused
            for pending in rows {
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

    /// Asks the server whether it is there; and, after it has failed to write, whether it writes.
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
                if isWriting { queue.wrote(verdict) }
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
            count += try send([row], of: row.tenant, on: connection)
            try connection.sendPrepared(WriterStatements.rollback, none)
            count += 2
        } else {
            try connection.sendPrepared(WriterStatements.alive, none)
            count += 1
        }
        try connection.sendSync()
        return count
    }

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

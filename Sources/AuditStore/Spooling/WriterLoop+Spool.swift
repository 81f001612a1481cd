import Audit
import Basics
import Ledger
import Crypto
import Posix
import PostgreSQL
import Spool

/// What a writer does with the spool: it keeps batches there while the database is away, and
/// brings them to the database before anything that came later.
extension WriterLoop {
    /// Minds those who wait: their deadlines, and, when the database is away for longer than the
    /// grace, their rows, which go to the spool.
    func tend(_ work: inout WriterWork) {
        expire(&work)
        if queue.mustSpool { keep(&work) }
    }

    /// Puts what waits into the spool and tells its callers.
    ///
    /// A batch that the spool does not take stays in hand: it has its place in the log.
    func keep(_ work: inout WriterWork) {
        guard let spool else { return }
        while true {
            if mustLeave(work), !work.log.isUnsettled { leave(&work) }
            guard let flight = work.next(from: queue, writer: writer, at: Clock.now()),
                keep(flight, in: spool, &work)
            else { return }
        }
    }

    /// Whether an entry of the writer's log stays in the spool, so that no further row may get a
    /// place in it.
    func mustLeave(_ work: WriterWork) -> Bool {
        spool?.spool.isHeld(log: work.log.logID) ?? false
    }

    /// Goes on with a new log when an entry of the present one is held.
    ///
    /// A batch in hand has its place behind that entry and follows it into the spool. When the spool
    /// does not take it, it goes to the database as it is, and the log is left after that.
    func leaveHeldLog(_ work: inout WriterWork) {
        guard let spool, mustLeave(work) else { return }
        if work.log.isUnsettled {
            guard let flight = work.next(from: queue, writer: writer, at: Clock.now()),
                keep(flight, in: spool, &work)
            else { return }
        }
        leave(&work)
    }

    private func leave(_ work: inout WriterWork) {
        work.leave(for: identity.open(.version4(), at: Clock.now(), leaving: work.log))
    }

    /// Puts the batch in hand into the spool when the server has failed at it for longer than the
    /// grace, though it may write others: those who wait for it need not wait for longer.
    func keepFailing(_ work: inout WriterWork) {
        guard let spool,
            work.isFailing(
                forLongerThan: timing.graceNanoseconds,
                at: Clock.monotonicNanoseconds()
            ),
            let flight = work.next(from: queue, writer: writer, at: Clock.now())
        else { return }
        _ = keep(flight, in: spool, &work)
    }

    /// Puts a batch into the spool; `false` when it is not taken and stays in hand.
    private func keep(
        _ flight: WriterWork.Flight,
        in spool: AuditSpool,
        _ work: inout WriterWork
    ) -> Bool {
        let script = script(of: flight, passesOver: true)
        do throws(SpoolError) {
            try spool.keep(
                script,
                log: work.log.logID,
                firstRow: flight.stamped.batch.firstSequence,
                rowCount: flight.rows.count
            )
        } catch {
            work.lost()
            return false
        }
        work.settled()
        statistics.update { $0.spooledRowCount += flight.rows.count }
        for pending in flight.rows { pending.resume(.success(.written)) }
        return true
    }

    /// Sends the oldest entries of the spool, or keeps what waits while another writer does.
    ///
    /// - Returns: Whether there is nothing in the spool that must go before new rows.
    func drain(
        on connection: borrowing Connection,
        _ work: inout WriterWork,
        mustRollBack: inout Bool
    ) throws(PostgreSQLError) -> Bool {
        spool?.retryIfDue()
        guard let spool, !spool.isDrained else {
            spool?.endRetry()
            return true
        }
        expire(&work)
        if queue.isClosing {
            // The next start goes on; what is in hand goes behind it.
            keep(&work)
            return true
        }
        let isRetrying = spool.isRetrying(forNoLongerThan: timing.graceNanoseconds)
        guard spool.beginDraining() else {
            if !isRetrying { keep(&work) }
            queue.waitForRow(writer: writer, milliseconds: Self.sliceMilliseconds)
            return false
        }
        defer { spool.endDraining() }
        // While the server fails at what is sent, nobody waits for the end of it.
        if spool.isCautious, !isRetrying { keep(&work) }
        let entries = spool.oldest(spool.flightSize)
        if entries.isEmpty {
            // All that was there follows what is refused.
            if spool.isDrained { return true }
            // Nothing can be read though something is there: live rows do not wait for it.
            keep(&work)
            queue.waitForRow(writer: writer, milliseconds: Self.sliceMilliseconds)
        } else {
            try replay(entries, of: spool, on: connection, mustRollBack: &mustRollBack)
            queue.tellState()
        }
        if spool.isDrained { return true }
        // A long way to go: whoever calls now does not wait for the end of it.
        if !spool.isAlmostDrained, !isRetrying { keep(&work) }
        return false
    }

    /// Sends entries in one transaction; when it is refused, each alone.
    ///
    /// - Returns: Whether the server takes rows, so that what follows may be sent.
    @discardableResult
    private func replay(
        _ entries: [SpooledEntry],
        of spool: AuditSpool,
        on connection: borrowing Connection,
        mustRollBack: inout Bool
    ) throws(PostgreSQLError) -> Bool {
        var scripts: [FlightScript] = []
        for entry in entries {
            guard let script = FlightScript(encoded: entry.entry.bytes) else { break }
            scripts.append(script)
        }
        guard !scripts.isEmpty else {
            // Whole, ours, and not of a form that this program knows.
            if let first = entries.first { spool.hold(first, sqlState: nil) }
            return true
        }
        let sent = Array(entries.prefix(scripts.count))
        let attempt = spool.spool.attempt
        let verdict: FlightState.Verdict
        do throws(PostgreSQLError) {
            verdict = try fly(scripts, on: connection, mustRollBack: &mustRollBack)
        } catch {
            // A row at which the server falls over is no server that is away.
            spool.failed(at: sent, sqlState: error.sqlState)
            throw error
        }
        switch verdict {
        case .durable:
            spool.succeeded()
            spool.settle(sent)
            statistics.update { statistics in
                statistics.replayedRowCount += sent.reduce(0) { $0 + $1.entry.rowCount }
            }
        case .failed(let error):
            if error.saysNotDurable { throw error }
            if error.isTransient { spool.failed(at: sent, sqlState: error.sqlState) }
            if error.isWriteFailure { return false }
            if error.isTransient { throw error }
            guard sent.count > 1 else {
                if let first = sent.first { spool.hold(first, sqlState: error.sqlState) }
                return true
            }
            for entry in sent {
                switch spool.spool.standing(of: entry, since: attempt) {
                case .overtaken: return true
                case .held: continue
                case .free: break
                }
                guard try replay([entry], of: spool, on: connection, mustRollBack: &mustRollBack)
                else { return false }
            }
        }
        return true
    }

    /// Sends scripts as one transaction and waits for the verdict.
    private func fly(
        _ scripts: [FlightScript],
        on connection: borrowing Connection,
        mustRollBack: inout Bool
    ) throws(PostgreSQLError) -> FlightState.Verdict {
        let none = Parameters()
        var count = 3
        if mustRollBack {
            try connection.sendPrepared(WriterStatements.rollback, none)
            count += 1
        }
        try connection.sendPrepared(WriterStatements.begin, none)
        for script in scripts { count += try script.send(on: connection) }
        try connection.sendPrepared(WriterStatements.durable, none)
        try connection.sendPrepared(WriterStatements.commit, none)
        try connection.sendSync()
        var waiting = FlightWait(queue: queue, timing: timing)
        defer { waiting.end() }
        var flight = FlightState(statementCounts: [count])
        while true {
            let event = try connection.nextPipelineEvent()
            switch try flight.received(event) {
            case .wait, .settle:
                if event == .pending { try waiting.wait(on: connection, for: []) }
            case .finish(_, let verdict):
                queue.wrote(verdict)
                mustRollBack = verdict != .durable
                return verdict
            }
        }
    }
}

import Audit
import Basics
import Posix
import PostgreSQL
import Synchronization

/// The rows that wait for a writer, and what the writers know of the database.
final class AppendQueue: Sendable {
    private struct State {
        var rows: [PendingAppend] = []
        /// The rows before this index have been taken.
        var head = 0
        var byteCount = 0
        var idleWriters: [Int] = []
        var connectedCount = 0
        /// Why the last connection was lost or could not be made.
        var connectionProblem: AuditStoreError?
        /// Why the server could not write; `nil` once it has shown that it can.
        var writeProblem: AuditStoreError?
        /// Since when no writer has had a connection; `nil` while one has.
        var downSinceNanoseconds: Int64?
        var isClosing = false

        var rowCount: Int { rows.count - head }

        /// Why nothing can be made durable; `nil` when it can.
        var problem: AuditStoreError? {
            if connectedCount > 0 { return writeProblem }
            return connectionProblem
                ?? AuditStoreError(PostgreSQLError(code: .connectionFailed))
        }

        mutating func takeFirst() -> PendingAppend? {
            guard head < rows.count else { return nil }
            let first = rows[head]
            head += 1
            byteCount -= first.row.byteCount
            // Taken rows are let go in one go, so that taking stays cheap.
            if head == rows.count {
                rows.removeAll(keepingCapacity: true)
                head = 0
            } else if head >= 1_024 {
                rows.removeFirst(head)
                head = 0
            }
            return first
        }
    }

    private let state: Mutex<State>
    private let bells: [Doorbell]
    private let timing: AuditSinkTiming
    private let spool: AuditSpool?
    private let onStateChange: @Sendable (AuditStoreError?) -> Void
    /// What was last told; held while telling, so that changes are told in their order.
    private let told = Mutex<AuditStoreError?>(nil)

    init(
        bells: [Doorbell],
        timing: AuditSinkTiming,
        spool: AuditSpool?,
        onStateChange: @escaping @Sendable (AuditStoreError?) -> Void
    ) {
        self.onStateChange = onStateChange
        self.bells = bells
        self.timing = timing
        self.spool = spool
        var initial = State()
        initial.downSinceNanoseconds = Clock.monotonicNanoseconds()
        state = Mutex(initial)
    }

    // MARK: For those who append

    var queuedCount: Int { state.withLock { $0.rowCount } }

    var isWritable: Bool {
        let isSpooling = takesSpooled
        return state.withLock {
            ($0.connectedCount > 0 && $0.writeProblem == nil || isSpooling) && !$0.isClosing
                && $0.rowCount < Limits.auditQueueRowsMax
        }
    }

    /// Whether a row would be made durable in the spool.
    private var takesSpooled: Bool { spool?.takesEntries ?? false }

    /// Whether rows go to the spool: the database is away for longer than the grace.
    var mustSpool: Bool {
        guard spool != nil else { return false }
        let now = Clock.monotonicNanoseconds()
        return state.withLock { state in
            if state.isClosing { return state.downSinceNanoseconds != nil }
            guard let since = state.downSinceNanoseconds else { return false }
            return now > since &+ timing.graceNanoseconds
        }
    }

    var isClosing: Bool { state.withLock { $0.isClosing } }

    /// Queues a row, or says why not.
    func submit(_ pending: PendingAppend) -> AuditError? {
        let isSpooling = takesSpooled
        let (problem, writer) = state.withLock { state -> (AuditError?, Int?) in
            if state.isClosing { return (AuditError(code: .unavailable), nil) }
            if let since = state.downSinceNanoseconds,
                pending.queuedNanoseconds > since &+ timing.graceNanoseconds, !isSpooling
            {
                return (AuditError(code: .unavailable), nil)
            }
            guard state.rowCount < Limits.auditQueueRowsMax,
                state.byteCount + pending.row.byteCount <= Limits.auditQueueBytesMax
            else { return (AuditError(code: .overloaded), nil) }
            state.rows.append(pending)
            state.byteCount += pending.row.byteCount
            return (nil, state.idleWriters.popLast())
        }
        if let writer { bells[writer].ring() }
        return problem
    }

    /// Takes no more rows; the writers write what is queued and end.
    func close() {
        state.withLock { $0.isClosing = true }
        wakeAll()
    }

    /// Wakes every writer, so that none sleeps on a row that another was woken for.
    func wakeAll() {
        for bell in bells { bell.ring() }
    }

    // MARK: For the writers

    /// The next batch; empty when nothing waits, and then the writer counts as idle.
    func takeBatch(writer: Int) -> [PendingAppend] {
        state.withLock { state in
            var batch: [PendingAppend] = []
            var byteCount = 0
            while batch.count < Limits.auditBatchRowsMax, byteCount < Limits.auditBatchBytesMax,
                let next = state.takeFirst()
            {
                if next.isResumed { continue }
                batch.append(next)
                byteCount += next.row.byteCount
            }
            state.idleWriters.removeAll { $0 == writer }
            if batch.isEmpty { state.idleWriters.append(writer) }
            return batch
        }
    }

    /// Waits for a row, at most so long.
    func waitForRow(writer: Int, milliseconds: Int) {
        bells[writer].wait(timeoutMilliseconds: milliseconds)
        state.withLock { $0.idleWriters.removeAll { $0 == writer } }
    }

    /// A writer has a connection.
    func connected() {
        state.withLock { state in
            state.connectedCount += 1
            state.downSinceNanoseconds = nil
        }
    }

    /// A writer has lost its connection, or its server is late.
    func disconnected(because problem: AuditStoreError) {
        state.withLock { state in
            state.connectedCount -= 1
            state.connectionProblem = problem
            precondition(state.connectedCount >= 0, "a connection was lost twice")
            if state.connectedCount == 0 {
                state.downSinceNanoseconds = Clock.monotonicNanoseconds()
            }
        }
        tellState()
    }

    /// A writer could not connect.
    func connectionFailed(because problem: AuditStoreError) {
        state.withLock { $0.connectionProblem = problem }
        tellState()
    }

    /// Whether the server has failed to write and not yet shown that it can again.
    var isWriteFailing: Bool { state.withLock { $0.writeProblem != nil } }

    /// Takes how a transaction that writes ended.
    func wrote(_ verdict: FlightState.Verdict) {
        switch verdict {
        case .durable:
            state.withLock { $0.writeProblem = nil }
        case .failed(let error):
            guard error.isWriteFailure else { return }
            state.withLock { $0.writeProblem = AuditStoreError(error) }
        }
    }

    /// Tells whether rows can be made durable, when that has changed since it was last told.
    ///
    /// Another reason for the same state is told too: a server that comes back without durability
    /// is another matter than one that is away.
    func tellState() {
        told.withLock { told in
            let (problem, isClosing) = state.withLock { ($0.problem, $0.isClosing) }
            guard !isClosing, problem?.code != told?.code || problem?.subject != told?.subject
            else { return }
            told = problem
            onStateChange(problem)
        }
    }

    /// The error that a row meets at this moment, when it has waited too long.
    func expiry(of pending: PendingAppend, now: Int64) -> AuditError? {
        let isDown = state.withLock { $0.downSinceNanoseconds != nil }
        return expiry(of: pending, isDown: isDown, now: now)
    }

    /// Resumes those whose time is over; rows of one queue expire in their order.
    func expire(now: Int64) {
        let expired = state.withLock { state -> [(PendingAppend, AuditError)] in
            var expired: [(PendingAppend, AuditError)] = []
            let isDown = state.downSinceNanoseconds != nil
            while state.head < state.rows.count,
                let problem = expiry(of: state.rows[state.head], isDown: isDown, now: now),
                let first = state.takeFirst()
            {
                expired.append((first, problem))
            }
            return expired
        }
        for (pending, problem) in expired { pending.resume(.failure(problem)) }
    }

    /// Resumes all that wait, when no writer is left to serve them.
    func failAll() {
        let rest = state.withLock { state in
            var rest: [PendingAppend] = []
            while let next = state.takeFirst() { rest.append(next) }
            return rest
        }
        for pending in rest { pending.resume(.failure(AuditError(code: .unavailable))) }
    }

    private func expiry(
        of pending: PendingAppend,
        isDown: Bool,
        now: Int64
    ) -> AuditError? {
        let age = now < pending.queuedNanoseconds ? 0 : now - pending.queuedNanoseconds
        if isDown, age > timing.graceNanoseconds, !takesSpooled {
            return AuditError(code: .unavailable)
        }
        if age > timing.appendNanoseconds { return AuditError(code: .timeout) }
        return nil
    }
}

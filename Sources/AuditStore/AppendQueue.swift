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
        /// Since when the server has taken no rows; `nil` while it takes them.
        var failingSinceNanoseconds: Int64?
        /// The check that the server failed when it was last asked: no row is trusted to it.
        var failedCheck: AuditStoreError?
        var isClosing = false

        var rowCount: Int { rows.count - head }

        /// Why nothing can be made durable; `nil` when it can.
        var problem: AuditStoreError? {
            if connectedCount > 0 { return writeProblem }
            return failedCheck ?? connectionProblem
                ?? AuditStoreError(PostgreSQLError(code: .connectionFailed))
        }

        /// Whether nobody may be answered: the server is there and not as it must be.
        var isBarred: Bool { failedCheck != nil && connectedCount == 0 }

        /// Since when the database has taken no rows, as far as those who wait are concerned.
        ///
        /// With a spool a server that cannot write is as good as an absent one; without, each row is
        /// tried, and its refusal is told.
        func awaySince(hasSpool: Bool) -> Int64? {
            guard hasSpool, let failing = failingSinceNanoseconds else {
                return downSinceNanoseconds
            }
            return min(failing, downSinceNanoseconds ?? failing)
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
            ($0.connectedCount > 0 && $0.writeProblem == nil || isSpooling && !$0.isBarred)
                && !$0.isClosing && $0.rowCount < Limits.auditQueueRowsMax
        }
    }

    /// Whether a row would be made durable in the spool.
    private var takesSpooled: Bool { spool?.takesEntries ?? false }

    /// Whether rows go to the spool: the database takes none for longer than the grace.
    var mustSpool: Bool {
        guard spool != nil else { return false }
        let now = Clock.monotonicNanoseconds()
        return state.withLock { state in
            guard let since = state.awaySince(hasSpool: true) else { return false }
            if state.isClosing { return true }
            return now > since &+ timing.graceNanoseconds && !state.isBarred
        }
    }

    /// Whether rows wait for a server that cannot write, and may go to the spool instead.
    var mustWaitForServer: Bool { spool != nil && isWriteFailing }

    /// Why the database takes no rows; `nil` when it does.
    var problem: AuditStoreError? { state.withLock { $0.problem } }

    var isClosing: Bool { state.withLock { $0.isClosing } }

    /// Queues a row, or says why not.
    func submit(_ pending: PendingAppend) -> AuditError? {
        let isSpooling = takesSpooled
        let (problem, writer) = state.withLock { state -> (AuditError?, Int?) in
            if state.isClosing { return (AuditError(code: .unavailable), nil) }
            if state.isBarred { return (AuditError(code: .unavailable), nil) }
            if let since = state.awaySince(hasSpool: spool != nil),
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
            state.failedCheck = nil
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

    /// A writer could not connect, or not trust what it found.
    func connectionFailed(because problem: AuditStoreError) {
        state.withLock { state in
            state.connectionProblem = problem
            // Until the server has passed, whether it is away meanwhile or not.
            if problem.isFailedCheck { state.failedCheck = problem }
        }
        tellState()
    }

    /// Whether the server has failed to write and not yet shown that it can again.
    var isWriteFailing: Bool { state.withLock { $0.writeProblem != nil } }

    /// Takes how a transaction that writes ended.
    func wrote(_ verdict: FlightState.Verdict) {
        switch verdict {
        case .durable:
            state.withLock { state in
                state.writeProblem = nil
                state.failingSinceNanoseconds = nil
            }
        case .failed(let error):
            guard error.isWriteFailure else { return }
            let now = Clock.monotonicNanoseconds()
            state.withLock { state in
                state.writeProblem = AuditStoreError(error)
                state.failingSinceNanoseconds = state.failingSinceNanoseconds ?? now
            }
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
        let (isAway, isBarred) = state.withLock {
            ($0.awaySince(hasSpool: spool != nil) != nil, $0.isBarred)
        }
        return expiry(of: pending, isAway: isAway, isBarred: isBarred, now: now)
    }

    /// Resumes those whose time is over; rows of one queue expire in their order.
    func expire(now: Int64) {
        let expired = state.withLock { state -> [(PendingAppend, AuditError)] in
            var expired: [(PendingAppend, AuditError)] = []
            let isAway = state.awaySince(hasSpool: spool != nil) != nil
            let isBarred = state.isBarred
            while state.head < state.rows.count,
                let problem = expiry(
                    of: state.rows[state.head],
                    isAway: isAway,
                    isBarred: isBarred,
                    now: now
                ),
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
        isAway: Bool,
        isBarred: Bool,
        now: Int64
    ) -> AuditError? {
        let age = now < pending.queuedNanoseconds ? 0 : now - pending.queuedNanoseconds
        if isAway, age > timing.graceNanoseconds, isBarred || !takesSpooled {
            return AuditError(code: .unavailable)
        }
        if age > timing.appendNanoseconds { return AuditError(code: .timeout) }
        return nil
    }
}

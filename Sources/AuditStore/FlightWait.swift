import Posix
import PostgreSQL

/// Waits for the answers of one flight and minds the deadlines meanwhile.
///
/// A server that answers late counts as away: readiness says so and appends fail early instead of
/// piling up. One that answers much too late is given up with its connection.
struct FlightWait {
    private let queue: AppendQueue
    private let timing: AuditSinkTiming
    private let departureNanoseconds = Clock.monotonicNanoseconds()
    private var isStalled = false

    init(queue: AppendQueue, timing: AuditSinkTiming) {
        self.queue = queue
        self.timing = timing
    }

    /// How long the flight has lasted.
    var elapsedMicroseconds: Int {
        Int((Clock.monotonicNanoseconds() - departureNanoseconds) / 1_000)
    }

    /// Sends what is left and takes in what comes, waiting a slice of time at most.
    mutating func wait(
        on connection: borrowing Connection,
        for transactions: [[PendingAppend]]
    ) throws(PostgreSQLError) {
        let isFlushed = try connection.flush()
        connection.wait(
            for: isFlushed ? .reading : .readingOrWriting,
            timeoutMilliseconds: WriterLoop.sliceMilliseconds
        )
        try connection.consumeInput()
        let now = Clock.monotonicNanoseconds()
        queue.expire(now: now)
        let elapsed = now - departureNanoseconds
        guard elapsed > timing.graceNanoseconds else { return }
        if !isStalled {
            isStalled = true
            queue.disconnected(because: AuditStoreError(PostgreSQLError(code: .timeout)))
        }
        for pending in transactions.joined() {
            guard let problem = queue.expiry(of: pending, now: now) else { continue }
            pending.resume(.failure(problem))
        }
        // With a spool at hand nobody waits longer for a server that does not answer.
        if queue.mustSpool { throw PostgreSQLError(code: .timeout) }
        if elapsed > timing.appendNanoseconds { throw PostgreSQLError(code: .timeout) }
    }

    /// The flight has ended, well or not.
    mutating func end() {
        guard isStalled else { return }
        isStalled = false
        queue.connected()
    }
}

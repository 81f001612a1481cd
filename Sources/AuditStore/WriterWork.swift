import Audit
import Basics
import Ledger
import Posix

/// What one writer has in hand: its log, the batch on its way, and rows that go one by one.
///
/// A row that has a place is never dropped: its caller may have given up, and still it lands, or the
/// log would have a gap.
///
/// A writer keeps its log for as long as every row of it is in the database or on its way there:
///
///     writing    rows get the next places of the log
///       | an entry of the log is held in the spool: the database refuses it, or it is damaged
///     leaving    no row gets a place in the log any more; a batch that has one already goes into the
///       |        spool, behind what is held there, or to the database when the spool is full
///       | nothing of the log is in hand
///     writing    in a new log, whose beginning names the last row that the old one acknowledged
///
/// So only what had its place in the log when the entry was found waits behind it: what a writer
/// has spooled in the same outage, behind the entry. In the database the old log ends right before
/// the held entry, without a gap. Until that lands, `limen audit verify` names the first of the rows
/// that the new log was promised and that are not there; when all have landed the chain is whole,
/// and the writer does not come back to it.
struct WriterWork {
    /// A batch to be sent, with its rows.
    struct Flight {
        let rows: [PendingAppend]
        let stamped: StampedBatch
        let isResent: Bool
    }

    private(set) var log: LogWriterState
    /// The end of the log that was left for this one.
    private var endBefore: LogGenesis.Previous?
    /// The rows of the batch that is on its way or whose reply was lost.
    private var stampedRows: [PendingAppend] = []
    /// Rows that were refused together: each is tried alone before it is given up.
    private var single: [PendingAppend] = []
    /// Since when the server has failed at the batch in hand, whatever else it wrote meanwhile.
    private var failingSinceNanoseconds: Int64?

    init(log: LogWriterState) {
        self.log = log
    }

    /// Goes on with another log; nothing of the present one may be in hand.
    mutating func leave(for next: LogWriterState) {
        precondition(stampedRows.isEmpty, "a log is left while a batch of it is in hand")
        endBefore = end
        log = next
    }

    /// The last row that is known to be durable, of this log or of those that were left.
    var end: LogGenesis.Previous? { log.end ?? endBefore }

    /// Whether nothing is left to be sent.
    var isEmpty: Bool { stampedRows.isEmpty && single.isEmpty }

    /// The next batch; `nil` when nothing waits.
    mutating func next(
        from queue: AppendQueue,
        writer: Int,
        at now: @autoclosure () -> Instant
    ) -> Flight? {
        if log.isUnsettled {
            return Flight(rows: stampedRows, stamped: log.resend(), isResent: true)
        }
        single.removeAll { $0.isResumed }
        let rows = single.isEmpty ? queue.takeBatch(writer: writer) : [single.removeFirst()]
        guard !rows.isEmpty else { return nil }
        stampedRows = rows
        let stamped = log.form(rows.map(\.row.canonical), at: now())
        return Flight(rows: rows, stamped: stamped, isResent: false)
    }

    /// The batch is durable.
    mutating func settled() {
        log.settled()
        stampedRows = []
        failingSinceNanoseconds = nil
    }

    /// The server failed at the batch on its way, in a way that says nothing against its rows.
    mutating func failed(at now: Int64) {
        guard !stampedRows.isEmpty else { return }
        failingSinceNanoseconds = failingSinceNanoseconds ?? now
    }

    /// Whether the server has failed at the batch in hand for longer than so long.
    func isFailing(forLongerThan nanoseconds: Int64, at now: Int64) -> Bool {
        guard let since = failingSinceNanoseconds, log.isUnsettled else { return false }
        return now > since &+ nanoseconds
    }

    /// The server refused the batch.
    ///
    /// - Parameters:
    ///   - isTransient: Whether that says nothing against its rows.
    ///   - isLeaving: Whether the log is left: then its rows are tried once more in the next one, for
    ///     they may be refused for what is missing of this.
    /// - Returns: The rows that are given up; `nil` when the batch must be sent again as it is.
    mutating func refused(isTransient: Bool, isLeaving: Bool) -> [PendingAppend]? {
        guard log.refused(isTransient: isTransient) else { return nil }
        defer {
            stampedRows = []
            failingSinceNanoseconds = nil
        }
        guard stampedRows.count > 1 || isLeaving else { return stampedRows }
        single = stampedRows + single
        return []
    }

    /// The connection broke.
    mutating func lost() {
        log.lost()
    }

    /// Tells those whose time is over; their rows are sent all the same once they have a place.
    mutating func expire(by queue: AppendQueue, now: Int64) {
        for pending in stampedRows + single {
            guard let problem = queue.expiry(of: pending, now: now) else { continue }
            pending.resume(.failure(problem))
        }
        single.removeAll { $0.isResumed }
    }

    /// Tells all that are left that nothing more will be done.
    func giveUp() {
        for pending in stampedRows + single {
            pending.resume(.failure(AuditError(code: .unavailable)))
        }
    }
}

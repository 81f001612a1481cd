import Basics
import Posix
package import Spool
import Synchronization

/// The spool as the writers of a sink share it.
package final class AuditSpool: Sendable {
    private struct State {
        var isDraining = false
        var isSpooling = false
        var drainedRowCount = 0
        var lastRefusal: SpoolError.Code?
        var clockStepCount = 0
        var lastUnreadable: SpoolError?
        /// How many entries go to the database in one transaction at present.
        var flightSize = AuditSpool.entriesPerFlight
        /// The entry at which the server fails by itself, and how often it has.
        var failing: Failing?
        /// When what was passed over is tried again; `nil` when nothing is.
        var retryAtNanoseconds: Int64?
        /// After how long that which is passed over next is tried again.
        var retryNanoseconds: Int64
        /// When what was passed over was last read anew, until that has come to an end.
        var retriedAtNanoseconds: Int64?
        /// What is refused, or was when it was last sent: it goes alone, and once.
        var refused: Set<Place> = []
    }

    private struct Failing {
        let place: Place
        var count: Int
    }

    /// Where an entry lies.
    private struct Place: Hashable {
        let segment: UInt64
        let sequence: UInt64

        init(_ entry: SpooledEntry) {
            segment = entry.segment
            sequence = entry.sequence
        }
    }

    /// The durable queue.
    package let spool: Spool
    private let onEvent: @Sendable (SpoolEvent) -> Void
    private let retryNanoseconds: Int64
    private let retryNanosecondsMax: Int64
    private let state: Mutex<State>

    /// How many entries go to the database in one transaction.
    static let entriesPerFlight = 16

    /// Shares a spool.
    ///
    /// - Parameters:
    ///   - spool: An open spool; whoever opened it closes it, after the sink.
    ///   - retryMilliseconds: After how long an entry is tried again at which the server fails
    ///     though it writes others; twice as long after each try, up to an hour.
    ///   - onEvent: Called on a writer's thread; it must be brief.
    package init(
        _ spool: Spool,
        retryMilliseconds: Int = Limits.spoolRetryMilliseconds,
        onEvent: @escaping @Sendable (SpoolEvent) -> Void = { _ in }
    ) {
        self.spool = spool
        retryNanoseconds = Int64(retryMilliseconds) * 1_000_000
        retryNanosecondsMax = Int64(Limits.spoolRetryMillisecondsMax) * 1_000_000
        state = Mutex(State(retryNanoseconds: retryNanoseconds))
        self.onEvent = onEvent
    }

    /// Whether a batch would be taken, as far as is known.
    var takesEntries: Bool { spool.takesEntries(now: Clock.now()) }

    /// Whether nothing waits to be sent to the database.
    var isDrained: Bool { spool.isDrained }

    /// Whether so little waits that new rows had better wait for it than be spooled as well.
    var isAlmostDrained: Bool {
        let status = spool.status(now: Clock.now())
        return status.entryCount - status.heldEntryCount <= Self.entriesPerFlight
    }

    /// Makes a batch durable here; the thread waits.
    func keep(
        _ script: FlightScript,
        log: UUIDBytes,
        firstRow: Int64,
        rowCount: Int
    ) throws(SpoolError) {
        let entry = SpoolEntry(
            log: log,
            rowCount: rowCount,
            bytes: script.encoded,
            firstRow: firstRow
        )
        do throws(SpoolError) {
            try spool.append(entry)
        } catch {
            let isNews = state.withLock { state in
                defer { state.lastRefusal = error.code }
                return state.lastRefusal != error.code
            }
            if isNews { onEvent(.refused(error)) }
            throw error
        }
        let stepCount = spool.clockStepCount
        let (isFirst, isStep) = state.withLock { state in
            defer {
                state.isSpooling = true
                state.clockStepCount = stepCount
            }
            state.lastRefusal = nil
            return (!state.isSpooling, stepCount > state.clockStepCount)
        }
        if isFirst { onEvent(.began) }
        if isStep { onEvent(.clockSetBack) }
    }

    /// Takes the right to drain, which one writer has at a time.
    func beginDraining() -> Bool {
        state.withLock { state in
            if state.isDraining { return false }
            state.isDraining = true
            return true
        }
    }

    /// Gives the right to drain back.
    func endDraining() {
        state.withLock { $0.isDraining = false }
    }

    /// Entries are in the database.
    func settle(_ entries: [SpooledEntry]) {
        spool.settle(entries)
        state.withLock { state in
            state.drainedRowCount += entries.reduce(0) { $0 + $1.entry.rowCount }
            state.retriedAtNanoseconds = nil
            state.refused.subtract(entries.map { Place($0) })
            if state.refused.isEmpty { state.retryNanoseconds = retryNanoseconds }
        }
        tellDrained()
    }

    /// Tells when nothing more is to be read, and whether that is because all of it is settled.
    private func tellDrained() {
        guard let heldEntryCount = spool.heldEntryCountWhenDrained else { return }
        let count = state.withLock { state in
            defer {
                state.drainedRowCount = 0
                state.isSpooling = false
            }
            return state.drainedRowCount
        }
        guard count > 0 else { return }
        onEvent(
            heldEntryCount == 0
                ? .drained(rowCount: count)
                : .drainedExceptHeld(rowCount: count, heldEntryCount: heldEntryCount)
        )
    }

    /// The database refuses an entry.
    func hold(_ entry: SpooledEntry, sqlState: String?) {
        guard spool.hold(entry) else { return }
        state.withLock { _ = $0.refused.insert(Place(entry)) }
        onEvent(.held(RefusedEntry(entry, sqlState: sqlState)))
    }

    // MARK: Entries at which the server fails

    /// How many entries go in the next transaction: few after one has failed.
    var flightSize: Int { state.withLock { $0.flightSize } }

    /// Whether a transaction has failed and not enough have gone through since.
    var isCautious: Bool { flightSize < Self.entriesPerFlight }

    /// A transaction went through.
    func succeeded() {
        state.withLock { state in
            state.failing = nil
            state.flightSize = min(state.flightSize * 2, Self.entriesPerFlight)
        }
    }

    /// The server failed at some entries, though it takes connections and has just shown, as far as
    /// it was asked, that it writes.
    ///
    /// They go one by one then. One at which it fails time and again by itself is passed over, so
    /// that nothing else waits for it, and tried again later: once each time, so that nobody waits for
    /// it again, and ever more seldom.
    func failed(at entries: [SpooledEntry], sqlState: String?) {
        let poison = state.withLock { state -> SpooledEntry? in
            guard entries.count == 1, let entry = entries.first else {
                state.flightSize = 1
                state.failing = nil
                return nil
            }
            let place = Place(entry)
            if !state.refused.contains(place) {
                state.flightSize = 1
                var failing = state.failing ?? Failing(place: place, count: 0)
                if failing.place != place { failing = Failing(place: place, count: 0) }
                failing.count += 1
                guard failing.count >= Limits.spoolEntryTriesMax else {
                    state.failing = failing
                    return nil
                }
                state.failing = nil
            }
            // What fails is known, so nothing else need go one by one.
            state.flightSize = Self.entriesPerFlight
            if state.retryAtNanoseconds == nil {
                state.retryAtNanoseconds =
                    Clock.monotonicNanoseconds() &+ state.retryNanoseconds
            }
            return entry
        }
        if let poison { hold(poison, sqlState: sqlState ?? Self.connectionLost) }
    }

    /// The SQLSTATE of a connection that broke without one (PostgreSQL manual, appendix A).
    private static let connectionLost = "08006"

    /// The server does not write at all: that says nothing against an entry.
    func serverFails() {
        state.withLock { $0.failing = nil }
    }

    /// Reads what was passed over anew when it is time.
    func retryIfDue() {
        let now = Clock.monotonicNanoseconds()
        let isDue = state.withLock { state in
            guard let moment = state.retryAtNanoseconds, now >= moment else { return false }
            state.retryAtNanoseconds = nil
            state.retriedAtNanoseconds = now
            state.retryNanoseconds = min(state.retryNanoseconds * 2, retryNanosecondsMax)
            return true
        }
        guard isDue else { return }
        spool.retryRefused()
        onEvent(.retried)
    }

    /// Whether what was passed over is being tried again, since no longer than so long.
    ///
    /// Rows that come wait for that one try: in the spool they would be behind what is refused.
    func isRetrying(forNoLongerThan nanoseconds: Int64) -> Bool {
        let now = Clock.monotonicNanoseconds()
        return state.withLock { state in
            guard let since = state.retriedAtNanoseconds else { return false }
            return now <= since &+ nanoseconds
        }
    }

    /// The try has come to its end: nothing is left to be read.
    func endRetry() {
        state.withLock { $0.retriedAtNanoseconds = nil }
        tellDrained()
    }

    /// Refused entries are sent again, with what follows in their logs.
    package func retryRefused() {
        // Somebody has mended something: what fails all the same is soon tried again.
        let now = Clock.monotonicNanoseconds()
        state.withLock { state in
            state.retryNanoseconds = retryNanoseconds
            state.retriedAtNanoseconds = now
        }
        spool.retryRefused()
        onEvent(.retried)
    }

    /// The next entries; none when records were found to be damaged, which is told.
    func oldest(_ count: Int) -> [SpooledEntry] {
        do throws(SpoolError) {
            let entries = try spool.oldest(entryCountMax: count)
            return state.withLock { state in
                state.lastUnreadable = nil
                // What was refused goes alone, so that one try tells.
                guard
                    let place = entries.firstIndex(where: { state.refused.contains(Place($0)) })
                else { return entries }
                return Array(entries.prefix(max(place, 1)))
            }
        } catch {
            // A disk that cannot be read is asked again and again, and told once.
            let isNews = state.withLock { state in
                defer { state.lastUnreadable = error }
                return state.lastUnreadable != error
            }
            if isNews { onEvent(.damaged(error)) }
            return []
        }
    }
}

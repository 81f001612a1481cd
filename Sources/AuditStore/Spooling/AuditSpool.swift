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
    }

    /// The durable queue.
    package let spool: Spool
    private let onEvent: @Sendable (SpoolEvent) -> Void
    private let state = Mutex(State())

    /// How many entries go to the database in one transaction.
    static let entriesPerFlight = 16

    /// Shares a spool.
    ///
    /// - Parameters:
    ///   - spool: An open spool; whoever opened it closes it, after the sink.
    ///   - onEvent: Called on a writer's thread; it must be brief.
    package init(_ spool: Spool, onEvent: @escaping @Sendable (SpoolEvent) -> Void = { _ in }) {
        self.spool = spool
        self.onEvent = onEvent
    }

    /// Whether a batch would be taken, as far as is known.
    var takesEntries: Bool { spool.takesEntries(now: Clock.now()) }

    /// Whether nothing waits to be sent to the database.
    var isDrained: Bool { spool.isDrained }

    /// Whether so little waits that new rows had better wait for it than be spooled as well.
    var isAlmostDrained: Bool {
        spool.status(now: Clock.now()).entryCount <= Self.entriesPerFlight
    }

    /// Makes a batch durable here; the thread waits.
    func keep(_ script: FlightScript, log: UUIDBytes, rowCount: Int) throws(SpoolError) {
        let entry = SpoolEntry(log: log, rowCount: rowCount, bytes: script.encoded)
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
        let isDrained = spool.isDrained
        let count = state.withLock { state -> Int? in
            state.drainedRowCount += entries.reduce(0) { $0 + $1.entry.rowCount }
            guard isDrained else { return nil }
            defer {
                state.drainedRowCount = 0
                state.isSpooling = false
            }
            return state.drainedRowCount
        }
        if let count { onEvent(.drained(rowCount: count)) }
    }

    /// The database refuses an entry.
    func hold(_ entry: SpooledEntry, sqlState: String?) {
        spool.hold(entry)
        onEvent(.held(RefusedEntry(entry, sqlState: sqlState)))
    }

    /// Refused entries are sent again, with what follows in their logs.
    package func retryRefused() {
        spool.retryRefused()
    }

    /// The next entries; none when records were found to be damaged, which is told.
    func oldest(_ count: Int) -> [SpooledEntry] {
        do throws(SpoolError) {
            let entries = try spool.oldest(entryCountMax: count)
            state.withLock { $0.lastUnreadable = nil }
            return entries
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

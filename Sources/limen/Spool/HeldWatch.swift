import Basics
import Posix
import Spool
import Synchronization
import Telemetry

/// Sees to it that held entries are known through a start, and not forgotten.
///
/// When everything in the spool was tried and some of it is held, that moment is noted beside the
/// segments: what is left from before it does not count as waiting for the database after a start.
/// Entries that stay for a day are told in the log once a day.
final class HeldWatch: Sendable {
    private struct State {
        /// What was last noted: how many entries were held, and how many had been taken.
        var noted: [Int] = []
        /// For how many whole days the oldest was held when it was last told.
        var toldDays = 0
    }

    private let spool: Spool
    private let folder: String
    private let log: @Sendable (LogEvent) -> Void
    private let state = Mutex(State())

    init(spool: Spool, folder: String, log: @escaping @Sendable (LogEvent) -> Void) {
        self.spool = spool
        self.folder = folder
        self.log = log
    }

    /// Looks at the spool.
    func look(at now: Instant) {
        // The moment comes first: what is taken after it is not held on its account.
        let heldCount = spool.heldEntryCountWhenDrained
        let status = spool.status(now: now)
        let days = status.heldAgeSeconds / Limits.spoolHeldAlarmSeconds
        let isTold = state.withLock { state in
            if let heldCount, state.noted != [heldCount, status.takenCount] {
                state.noted = [heldCount, status.takenCount]
                RefusedNotes.note(triedUntil: heldCount == 0 ? nil : now, folder: folder)
            }
            defer { state.toldDays = days }
            return days > state.toldDays
        }
        guard isTold else { return }
        log(
            LogEvent(
                .error,
                """
                rows that were acknowledged are held in the spool for a day or longer and are not in \
                the trail: limen audit spool list names them and what mends it
                """,
                [(.count, .number(status.heldEntryCount)), (.place, .text("\(days) days"))]
            )
        )
    }

    /// What is held, for `/readyz`; `nil` when nothing is.
    static func note(_ status: SpoolStatus) -> String? {
        guard status.heldEntryCount > 0 else { return nil }
        let hours = status.heldAgeSeconds / 3_600
        return "holds \(status.heldEntryCount) entries that the database refuses, the oldest for "
            + "\(hours) hours; their rows are not in the trail, new rows are taken"
    }
}

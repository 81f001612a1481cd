import Posix
import Synchronization
import Telemetry
import Vault

/// Keeps in a file which wrapping keys have successors, and tries again until it is written.
///
/// A gateway that was told, could not write it and starts again while the database is away would
/// seal rows under a key that is on its way out.
final class SupersededKeeper: Sendable {
    private struct State {
        /// What the file holds.
        var kept: Set<KeyRing.WrappingName>
        var hasFailed = false
    }

    private let write: @Sendable (Set<KeyRing.WrappingName>) throws(SystemError) -> Void
    private let log: @Sendable (LogEvent) -> Void
    private let state: Mutex<State>

    /// Makes a keeper of a file that holds some keys.
    init(
        kept: Set<KeyRing.WrappingName>,
        write: @escaping @Sendable (Set<KeyRing.WrappingName>) throws(SystemError) -> Void,
        log: @escaping @Sendable (LogEvent) -> Void
    ) {
        self.write = write
        self.log = log
        state = Mutex(State(kept: kept))
    }

    /// Writes the file when it does not hold what is known; a failure is logged once, and so is
    /// its end.
    func keep(_ known: Set<KeyRing.WrappingName>) {
        state.withLock { state in
            guard state.kept != known else { return }
            do throws(SystemError) {
                try write(known)
            } catch {
                if !state.hasFailed {
                    log(
                        LogEvent(
                            .error,
                            "which keys have successors cannot be kept; it is tried again"
                        )
                    )
                }
                state.hasFailed = true
                return
            }
            state.kept = known
            if state.hasFailed { log(LogEvent(.info, "which keys have successors is kept again")) }
            state.hasFailed = false
        }
    }
}

import HTTPMessages
import Posix

/// What happens when descriptors run out.
extension ConnectionDriver {
    /// Closes connections of an origin that nobody is at work on, at most so many; answers how many
    /// there were.
    func letGo(of origin: String, atMost countMax: Int) -> Int {
        now = Clock.monotonicMilliseconds()
        var count = 0
        while count < countMax,
            let leaver = origins.leaver(of: origin, { find($0)?.leave ?? .never }),
            let connection = find(leaver)
        {
            shared.configuration.metrics.refused(RequestRejection.connectionsTooMany.rawValue)
            perform(connection.state.aborted(), connection)
            count += 1
        }
        return count
    }

    /// There are descriptors again.
    func resumeAccepting() { acceptor?.resume(loop) }
}

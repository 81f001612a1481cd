import CLinux
import Glibc

/// What a descriptor is ready for, asked for one descriptor at a time.
package enum Readiness: Sendable {
    /// Bytes can be read, or the other side has closed.
    case reading
    /// Bytes can be written.
    case writing
    /// Either.
    case readingOrWriting

    /// Waits until a descriptor is ready, at most so long.
    ///
    /// - Returns: Whether it is ready; an interrupted wait counts as not ready.
    package static func wait(
        for readiness: Readiness,
        of descriptor: Int32,
        timeoutMilliseconds: Int
    ) -> Bool {
        let events: Int32
        switch readiness {
        case .reading: events = POLLIN
        case .writing: events = POLLOUT
        case .readingOrWriting: events = POLLIN | POLLOUT
        }
        var entry = pollfd(fd: descriptor, events: Int16(events), revents: 0)
        let result = unsafe poll(&entry, 1, Int32(clamping: max(0, timeoutMilliseconds)))
        precondition(result >= 0 || errno == EINTR || errno == ENOMEM, "poll was misused")
        precondition(entry.revents & Int16(POLLNVAL) == 0, "a closed descriptor is waited for")
        return result > 0
    }

    /// Waits until something can be read from one of two descriptors, at most so long.
    package static func waitForReading(
        _ first: Int32,
        _ second: Int32,
        timeoutMilliseconds: Int
    ) -> (first: Bool, second: Bool) {
        var entries = [first, second].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        let result = unsafe poll(&entries, 2, Int32(clamping: max(0, timeoutMilliseconds)))
        precondition(result >= 0 || errno == EINTR || errno == ENOMEM, "poll was misused")
        guard result > 0 else { return (false, false) }
        precondition(
            entries.allSatisfy { $0.revents & Int16(POLLNVAL) == 0 },
            "a closed descriptor is waited for"
        )
        return (entries[0].revents != 0, entries[1].revents != 0)
    }
}

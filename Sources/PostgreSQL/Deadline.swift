import Posix

/// A moment by which something must be done, on the monotonic clock.
package struct Deadline: Sendable {
    private let nanoseconds: Int64

    /// A deadline so long from now.
    package init(milliseconds: Int) {
        let length = Int64(max(0, milliseconds)) * 1_000_000
        nanoseconds = Clock.monotonicNanoseconds() &+ length
    }

    /// How long there is left, rounded up; zero when the moment has come.
    package var restMilliseconds: Int {
        let now = Clock.monotonicNanoseconds()
        guard now < nanoseconds else { return 0 }
        return Int((nanoseconds - now + 999_999) / 1_000_000)
    }

    /// Whether the moment has come.
    package var isPast: Bool { Clock.monotonicNanoseconds() >= nanoseconds }
}

import Glibc

/// Stops the program when one input takes too long.
public enum HangWatch {
    /// The most processor time that one input may take, in nanoseconds: 50 ms, though what counts
    /// the coverage makes the readers several times slower.
    ///
    /// Processor time and not the time on the wall, so that a busy machine raises no alarm.
    public static let nanosecondsMax = 50_000_000
    /// What is made once, and memory that is touched for the first time, is no hang: it must last.
    private static let attempts = 3

    /// Runs a probe.
    public static func run(_ probe: () -> Void) {
        for attempt in 1...attempts {
            let start = processorNanoseconds()
            probe()
            if processorNanoseconds() - start <= nanosecondsMax { return }
            precondition(attempt < attempts, "an input that takes longer than 50 ms")
        }
    }

    private static func processorNanoseconds() -> Int {
        var time = timespec()
        let result = unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        precondition(result == 0, "the clock of the thread cannot be read")
        return Int(time.tv_sec) * 1_000_000_000 + Int(time.tv_nsec)
    }
}

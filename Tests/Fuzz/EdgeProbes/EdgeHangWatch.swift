import Glibc

/// Stops the program when one input takes too long.
public enum EdgeHangWatch {
    /// The most processor time that one input may take, in nanoseconds.
    ///
    /// It stands for 50 ms: the probe reads each input three times, and what counts the coverage
    /// makes the readers about three times slower. Processor time and not the time on the wall, so that a busy machine raises no alarm.
    public static let nanosecondsMax = 500_000_000

    /// Runs a probe.
    public static func run(_ probe: () -> Bool) {
        let start = processorNanoseconds()
        _ = probe()
        let spent = processorNanoseconds() - start
        precondition(spent <= nanosecondsMax, "an input that hangs")
    }

    private static func processorNanoseconds() -> Int {
        var time = timespec()
        let result = unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        precondition(result == 0, "the clock of the thread cannot be read")
        return Int(time.tv_sec) * 1_000_000_000 + Int(time.tv_nsec)
    }
}

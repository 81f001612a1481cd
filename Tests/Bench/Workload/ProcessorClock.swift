import Glibc

/// The processor time of this process, on all its threads.
package enum ProcessorClock {
    /// What was used so far, in nanoseconds.
    package static func nanoseconds() -> Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}

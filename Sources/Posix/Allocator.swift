import CLinux

/// Settings of the C library's allocator.
package enum Allocator {
    /// Bounds the memory that threads keep for themselves.
    ///
    /// Without a bound glibc gives each thread an arena that grows to its own peak and is never
    /// handed back; two arenas for each core serve a loop and its neighbours. Blocks up to 4 MB
    /// stay in the heap, as a body of 200 KB mapped and unmapped for each request would cost page
    /// faults; what is free above 8 MB goes back to the kernel.
    package static func tune(coreCount: Int) {
        precondition(coreCount > 0, "a machine without cores")
        _ = mallopt(M_ARENA_MAX, Int32(clamping: coreCount * 2))
        _ = mallopt(M_MMAP_THRESHOLD, 4 << 20)
        _ = mallopt(M_TRIM_THRESHOLD, 8 << 20)
    }

    /// Gives all whole pages that are free back to the kernel; it takes some milliseconds.
    package static func giveBack() {
        _ = malloc_trim(0)
    }
}

import CLinux
import Glibc

/// What the process has used so far.
package struct ResourceUsage: Sendable {
    /// Processor time in user mode, in microseconds.
    package let userMicroseconds: Int64
    /// Processor time in the kernel, in microseconds.
    package let systemMicroseconds: Int64
    /// The largest resident size so far, in bytes.
    package let residentBytesPeak: Int

    /// Processor time in all, in microseconds.
    package var processorMicroseconds: Int64 { userMicroseconds + systemMicroseconds }

    /// Reads what this process has used.
    package static func now() -> ResourceUsage {
        var usage = rusage()
        let result = unsafe limen_usage_self(&usage)
        precondition(result == 0, "the usage of the process cannot be read")
        return ResourceUsage(
            userMicroseconds: microseconds(usage.ru_utime),
            systemMicroseconds: microseconds(usage.ru_stime),
            residentBytesPeak: Int(usage.ru_maxrss) * 1_024
        )
    }

    /// The resident size at present in bytes, of this or another process; `nil` when unknown.
    package static func residentBytes(process: Int32? = nil) -> Int? {
        guard let fields = words("statm", process), fields.count > 1 else { return nil }
        return Int(fields[1]).map { $0 * Int(sysconf(Int32(_SC_PAGESIZE))) }
    }

    /// The processor time of another process in microseconds; `nil` when unknown.
    package static func processorMicroseconds(process: Int32) -> Int64? {
        // proc(5): the name in parentheses may hold blanks, so count from behind it; user and
        // system time are then the twelfth and thirteenth word, in clock ticks.
        guard let fields = words("stat", process) else { return nil }
        guard let end = fields.lastIndex(where: { $0.hasSuffix(")") }) else { return nil }
        guard fields.count > end + 13 else { return nil }
        guard let user = Int64(fields[end + 12]) else { return nil }
        guard let system = Int64(fields[end + 13]) else { return nil }
        return (user + system) * 1_000_000 / Int64(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// How many processors this process may use.
    package static var coreCount: Int {
        max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    }

    /// Raises the number of descriptors to what is allowed at most, and answers it.
    @discardableResult
    package static func raiseDescriptorLimit() -> Int {
        var limit = rlimit()
        guard unsafe limen_descriptors_max(&limit) == 0 else { return 0 }
        limit.rlim_cur = limit.rlim_max
        _ = unsafe limen_set_descriptors_max(&limit)
        guard unsafe limen_descriptors_max(&limit) == 0 else { return 0 }
        return Int(clamping: limit.rlim_cur)
    }

    /// Lowers the number of descriptors for good, to try what happens when there are few.
    package static func lowerDescriptorLimit(to count: Int) {
        precondition(count > 0, "no descriptors at all")
        var limit = rlimit(rlim_cur: rlim_t(count), rlim_max: rlim_t(count))
        let result = unsafe limen_set_descriptors_max(&limit)
        precondition(result == 0, "the number of descriptors cannot be lowered")
    }

    private static func words(_ file: String, _ process: Int32?) -> [Substring]? {
        let owner = process.map { String($0) } ?? "self"
        guard let bytes = try? File.read(path: "/proc/\(owner)/\(file)", bytesMax: 65_536) else {
            return nil
        }
        return String(decoding: bytes, as: UTF8.self).split(separator: " ")
    }

    private static func microseconds(_ time: timeval) -> Int64 {
        Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_usec)
    }
}

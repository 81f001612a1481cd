import CLinux
import Glibc
import Synchronization

/// Lets the lines of a stream out when the process crashes, and then lets it crash as it would.
enum CrashLines {
    /// What a crash of our own and a failed precondition raise, on either architecture.
    private static let signals = [SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV]
    /// Where the stream is, or 0.
    private static let stream = Atomic<UInt>(0)
    /// Where the actions before ours are, by the number of the signal.
    private static let before = Atomic<UInt>(0)

    /// Takes the stream of a process, which lives as long as it; once.
    static func keep(_ lines: LineStream) {
        let retained = unsafe Unmanaged.passRetained(lines).toOpaque()
        let room = UnsafeMutablePointer<sigaction>.allocate(capacity: 65)
        unsafe room.initialize(repeating: sigaction(), count: 65)
        before.store(UInt(bitPattern: room), ordering: .sequentiallyConsistent)
        stream.store(UInt(bitPattern: retained), ordering: .sequentiallyConsistent)
        for number in signals {
            _ = unsafe limen_replace_signal(number, { CrashLines.handle($0) }, room + Int(number))
        }
    }

    /// Runs inside the handler: the lines, and then the signal again for whoever had it before.
    private static func handle(_ number: Int32) {
        let kept = stream.exchange(0, ordering: .sequentiallyConsistent)
        if let address = unsafe UnsafeRawPointer(bitPattern: kept) {
            unsafe Unmanaged<LineStream>.fromOpaque(address).takeUnretainedValue().writeRest()
        }
        let actions = before.load(ordering: .relaxed)
        if let room = unsafe UnsafeMutablePointer<sigaction>(bitPattern: actions) {
            _ = unsafe limen_restore_signal(number, room + Int(number))
        }
        // A fault comes again by itself; this one is held back until the handler has returned.
        raise(number)
    }
}

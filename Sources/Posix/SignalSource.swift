import CLinux
import Glibc
import Synchronization

/// Signals as values: the handler writes the number into a pipe, a thread reads it.
///
/// A pipe and not signalfd: that needs the signal blocked in every thread, and the runtime's
/// threads may be there before us.
package enum SignalSource {
    /// The writing end that the handler uses; -1 before the first use.
    private static let writingEnd = Atomic<Int32>(-1)

    /// The signals of this process from now on; can be asked for once in a process.
    package static func stream(of signals: [Signal]) throws(SystemError) -> AsyncStream<Signal> {
        var ends: [Int32] = [-1, -1]
        try SystemCall.run { unsafe pipe2(&ends, O_CLOEXEC) }
        let reading = Descriptor(adopting: ends[0])
        let writing = Descriptor(adopting: ends[1])
        let before = writingEnd.compareExchange(
            expected: -1,
            desired: ends[1],
            ordering: .sequentiallyConsistent
        )
        precondition(before.exchanged, "the signals are taken already")
        for signal in signals {
            precondition(signal != .kill, "SIGKILL cannot be handled")
            try SystemCall.run { limen_handle_signal(signal.rawValue) { SignalSource.note($0) } }
        }
        let (stream, continuation) = AsyncStream<Signal>.makeStream(
            bufferingPolicy: .bufferingOldest(64)
        )
        let ownedReading = Box(reading)
        let ownedWriting = Box(writing)
        try WorkerThread.start(name: "signals") {
            forward(ownedReading, ownedWriting, continuation)
        }
        return stream
    }

    /// Keeps a descriptor for the life of a thread.
    private final class Box: Sendable {
        let descriptor: Descriptor

        init(_ descriptor: consuming Descriptor) {
            self.descriptor = descriptor
        }
    }

    /// Runs inside the signal handler: nothing but one `write`.
    private static func note(_ number: Int32) {
        let code = errno
        var byte = UInt8(truncatingIfNeeded: number)
        _ = unsafe write(writingEnd.load(ordering: .relaxed), &byte, 1)
        errno = code
    }

    private static func forward(
        _ reading: Box,
        _ writing: Box,
        _ continuation: AsyncStream<Signal>.Continuation
    ) {
        var byte: UInt8 = 0
        while true {
            let moved = unsafe read(reading.descriptor.raw, &byte, 1)
            if moved < 0, errno == EINTR { continue }
            guard moved == 1 else { break }
            if let signal = Signal(rawValue: Int32(byte)) { continuation.yield(signal) }
        }
        precondition(writing.descriptor.raw >= 0, "the writing end outlives the handler")
        continuation.finish()
    }
}

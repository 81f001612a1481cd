import CLinux
import Glibc

/// A counter that wakes a poller from another thread (eventfd).
package struct WakeUp: ~Copyable, Sendable {
    /// The descriptor to register with a poller.
    package let descriptor: Descriptor

    private init(descriptor: consuming Descriptor) {
        self.descriptor = descriptor
    }

    /// Opens a counter.
    package static func open() throws(SystemError) -> WakeUp {
        let raw = try SystemCall.run {
            eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
        }
        return WakeUp(descriptor: Descriptor(adopting: raw))
    }

    /// Wakes whoever waits.
    package func signal() {
        var one: UInt64 = 1
        let moved = unsafe write(descriptor.raw, &one, 8)
        precondition(moved == 8 || errno == EAGAIN || errno == EINTR, "the wake-up is broken")
    }

    /// Takes back all signals given so far.
    package func clear() {
        var count: UInt64 = 0
        let moved = unsafe read(descriptor.raw, &count, 8)
        precondition(moved == 8 || errno == EAGAIN || errno == EINTR, "the wake-up is broken")
    }
}

import CLinux
import Glibc

/// A set of descriptors watched for events (epoll).
///
/// A registration carries a slot and a generation instead of the descriptor, so an event for a
/// descriptor that was closed and used again is recognised and dropped by the owner of the slots.
package struct Poller: ~Copyable, Sendable {
    private let descriptor: Descriptor
    private let capacity: Int

    /// Who a registration belongs to.
    package struct Token: Equatable, Sendable {
        /// The place in the owner's table.
        package let slot: UInt32
        /// How often the place was given out before.
        package let generation: UInt32

        /// Makes a token.
        package init(slot: UInt32, generation: UInt32) {
            self.slot = slot
            self.generation = generation
        }

        /// The token as epoll carries it.
        var raw: UInt64 { UInt64(generation) << 32 | UInt64(slot) }
    }

    /// What to be told about.
    package enum Interest: Sendable {
        /// Readable, told as long as it lasts.
        case readable
        /// Readable, writable and hang-up, each told once when it begins.
        case changes
    }

    /// What happened.
    package struct Event: Sendable {
        /// Who it happened to.
        package let token: Token
        /// There is something to read, or the end of the stream.
        package let isReadable: Bool
        /// There is room to write.
        package let isWritable: Bool
        /// The peer sends no more.
        package let isHungUp: Bool
        /// The connection is broken in both directions.
        package let isBroken: Bool
    }

    private init(descriptor: consuming Descriptor, capacity: Int) {
        self.descriptor = descriptor
        self.capacity = capacity
    }

    /// Opens a set that reports at most so many events at once.
    package static func open(eventsPerTurnMax: Int) throws(SystemError) -> Poller {
        precondition(eventsPerTurnMax > 0, "a poller without events")
        let raw = try SystemCall.run { epoll_create1(Int32(EPOLL_CLOEXEC)) }
        return Poller(descriptor: Descriptor(adopting: raw), capacity: eventsPerTurnMax)
    }

    /// Watches a descriptor; closing it ends the registration.
    package func add(
        _ watched: borrowing Descriptor,
        _ token: Token,
        _ interest: Interest
    ) throws(SystemError) {
        let raw = watched.raw
        try SystemCall.run {
            limen_epoll_add(descriptor.raw, raw, Self.mask(interest), token.raw)
        }
    }

    /// Stops watching a descriptor.
    package func remove(_ watched: borrowing Descriptor) throws(SystemError) {
        let raw = watched.raw
        try SystemCall.run { limen_epoll_remove(descriptor.raw, raw) }
    }

    /// Waits for events and hands each to `body`; a negative timeout waits without end.
    package func wait(
        timeoutMilliseconds: Int,
        _ body: (Event) -> Void
    ) throws(SystemError) {
        let timeout = Int32(clamping: timeoutMilliseconds)
        try unsafe withUnsafeTemporaryAllocation(of: epoll_event.self, capacity: capacity) {
            events throws(SystemError) in
            let count = unsafe epoll_wait(
                descriptor.raw,
                events.baseAddress,
                Int32(clamping: capacity),
                timeout
            )
            if count < 0 {
                let code = errno
                precondition(code != EBADF, "a closed poller")
                if code == EINTR { return }
                throw SystemError(code: code)
            }
            for index in 0..<Int(count) {
                unsafe body(Self.event(&events[index]))
            }
        }
    }

    private static func event(_ raw: UnsafePointer<epoll_event>) -> Event {
        let token = unsafe limen_epoll_token(raw)
        let flags = unsafe limen_epoll_events(raw)
        return Event(
            token: Token(
                slot: UInt32(truncatingIfNeeded: token),
                generation: UInt32(truncatingIfNeeded: token >> 32)
            ),
            isReadable: flags & limen_epollin != 0,
            isWritable: flags & limen_epollout != 0,
            isHungUp: flags & (limen_epollrdhup | limen_epollhup) != 0,
            isBroken: flags & limen_epollerr != 0
        )
    }

    private static func mask(_ interest: Interest) -> UInt32 {
        switch interest {
        case .readable: limen_epollin
        case .changes: limen_epollin | limen_epollout | limen_epollrdhup | limen_epollet
        }
    }
}

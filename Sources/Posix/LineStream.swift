import Basics
import CLinux
import Glibc
import Synchronization

/// Lines on their way to a descriptor whose reader may stall: nobody who writes one waits.
///
/// They go through a ring of fixed size to one thread, which writes them. When the ring is full
/// they are dropped and counted, and a line says so as soon as there is room again.
@safe
package final class LineStream: Sendable {
    private let descriptor: Int32
    private let bytesMax: Int
    private nonisolated(unsafe) let ring: UnsafeMutablePointer<UInt8>
    /// How many bytes were put into the ring, of which the last `bytesMax` are there.
    private let filled = Atomic<Int>(0)
    /// How many of them were written.
    private let written = Atomic<Int>(0)
    private let state = Mutex(State())
    private let arrived: Doorbell
    private let emptied: Doorbell
    private let lineOfDropped: @Sendable (Int) -> [UInt8]

    private struct State {
        var dropped = 0
        /// Those of them that no line has told of.
        var untold = 0
        var isThreadAsleep = false
    }

    /// Makes a stream that nobody writes out yet.
    init(
        descriptor: Int32,
        bytesMax: Int,
        lineOfDropped: @escaping @Sendable (Int) -> [UInt8]
    ) throws(SystemError) {
        precondition(bytesMax > 0, "no room for a line")
        arrived = try Doorbell()
        emptied = try Doorbell()
        self.descriptor = descriptor
        self.bytesMax = bytesMax
        self.lineOfDropped = lineOfDropped
        unsafe ring = UnsafeMutablePointer<UInt8>.allocate(capacity: bytesMax)
        unsafe ring.initialize(repeating: 0, count: bytesMax)
    }

    deinit {
        unsafe ring.deallocate()
    }

    /// Starts a stream and its thread, which lives as long as the process.
    ///
    /// - Parameters:
    ///   - descriptor: where lines go; it stays open.
    ///   - bytesMax: how many bytes wait at most.
    ///   - lineOfDropped: the line that says how many lines were dropped.
    /// - Returns: the stream.
    /// - Throws: `SystemError` when there is no descriptor or no thread left.
    package static func start(
        descriptor: Int32,
        bytesMax: Int = Limits.logWaitingBytesMax,
        lineOfDropped: @escaping @Sendable (Int) -> [UInt8]
    ) throws(SystemError) -> LineStream {
        let stream = try LineStream(
            descriptor: descriptor,
            bytesMax: bytesMax,
            lineOfDropped: lineOfDropped
        )
        try WorkerThread.start(name: "log") { stream.run() }
        return stream
    }

    /// How many lines were dropped.
    package var droppedCount: Int { state.withLock { $0.dropped } }

    /// Gives a line to the thread, or drops it.
    package func write(_ line: [UInt8]) {
        let isToWake = state.withLock { state in
            tell(&state, with: line.count)
            guard put(line) else {
                state.dropped += 1
                state.untold += 1
                return false
            }
            defer { state.isThreadAsleep = false }
            return state.isThreadAsleep
        }
        if isToWake { arrived.ring() }
    }

    /// Waits until all lines that were given are written, at most so long; answers whether they
    /// are.
    @discardableResult
    package func flush(withinMilliseconds: Int) -> Bool {
        let goal = filled.load(ordering: .acquiring)
        let deadline = Clock.monotonicMilliseconds() + Int64(withinMilliseconds)
        while written.load(ordering: .acquiring) < goal {
            let left = deadline - Clock.monotonicMilliseconds()
            guard left > 0 else { return false }
            // Several may wait, and a ring wakes one of them.
            emptied.wait(timeoutMilliseconds: Int(min(left, 50)))
        }
        return true
    }

    // MARK: The ring

    /// Says how many lines were dropped, if there is room for that and a line behind it.
    private func tell(_ state: inout State, with count: Int) {
        guard state.untold > 0 else { return }
        let line = lineOfDropped(state.untold)
        guard line.count + count <= room, put(line) else { return }
        state.untold = 0
    }

    private var room: Int {
        bytesMax - filled.load(ordering: .relaxed) + written.load(ordering: .acquiring)
    }

    /// Puts bytes into the ring; only under the lock.
    private func put(_ bytes: [UInt8]) -> Bool {
        guard bytes.count <= room else { return false }
        let start = filled.load(ordering: .relaxed)
        let place = start % bytesMax
        let first = min(bytes.count, bytesMax - place)
        unsafe bytes.withUnsafeBufferPointer { source in
            guard let base = source.baseAddress else { return }
            unsafe (ring + place).update(from: base, count: first)
            unsafe ring.update(from: base + first, count: bytes.count - first)
        }
        filled.store(start + bytes.count, ordering: .releasing)
        return true
    }

    /// What the thread writes next: whole lines if it can be, up to the end of the ring.
    private func nextPiece(from start: Int, to end: Int) -> Int {
        let place = start % bytesMax
        let most = min(end - start, bytesMax - place, Limits.logPieceBytes)
        guard most < end - start else { return most }
        var count = most
        while count > 0, unsafe ring[place + count - 1] != 0x0A { count -= 1 }
        return count > 0 ? count : most
    }

    // MARK: The thread

    private func run() {
        while true {
            let start = written.load(ordering: .relaxed)
            let end = filled.load(ordering: .acquiring)
            guard start < end else {
                emptied.ring()
                rest()
                continue
            }
            let count = nextPiece(from: start, to: end)
            let moved = unsafe Glibc.write(descriptor, ring + start % bytesMax, count)
            if moved < 0, errno == EINTR { continue }
            if moved < 0, errno == EAGAIN {
                _ = Readiness.wait(
                    for: .writing,
                    of: descriptor,
                    timeoutMilliseconds: Limits.logEndMilliseconds
                )
                continue
            }
            // A reader that is gone is no fault of ours, and there is nobody left to tell.
            if moved <= 0 { drop(from: start, count) }
            written.store(start + (moved > 0 ? moved : count), ordering: .releasing)
        }
    }

    /// Waits for a line, unless one has come or there is something to say.
    private func rest() {
        let isToWait = state.withLock { state in
            tell(&state, with: 0)
            let isEmpty = filled.load(ordering: .relaxed) == written.load(ordering: .relaxed)
            state.isThreadAsleep = isEmpty
            return isEmpty
        }
        if isToWait { arrived.wait(timeoutMilliseconds: 60_000) }
    }

    private func drop(from start: Int, _ count: Int) {
        var lines = 0
        for place in start..<(start + count) where unsafe ring[place % bytesMax] == 0x0A {
            lines += 1
        }
        state.withLock { $0.dropped += lines }
    }

    // MARK: A crash

    /// Writes what is left as far as the reader takes it at once; inside the handler of a signal,
    /// so without a lock and without memory.
    ///
    /// What the thread is about to write may be there twice.
    func writeRest() {
        var start = written.load(ordering: .relaxed)
        let end = filled.load(ordering: .acquiring)
        while start < end {
            var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            guard unsafe poll(&entry, 1, 0) == 1 else { return }
            let place = start % bytesMax
            let count = min(end - start, bytesMax - place, Limits.logPieceBytes)
            let moved = unsafe Glibc.write(descriptor, ring + place, count)
            guard moved > 0 else { return }
            start += moved
        }
    }
}

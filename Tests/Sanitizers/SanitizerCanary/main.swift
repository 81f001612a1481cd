// Does on purpose what the sanitizers must report, so that a run without a report means something.
//
//     ./limen sanitize thread canary
//
// `guarded` does with a lock what `race` does without, and must not be reported.

import Glibc
import Posix
import Synchronization

/// A count that two threads write to.
final class Tally: @unchecked Sendable {
    private let lock = Mutex(())
    private var count = 0

    /// Counts without a lock.
    ///
    /// The pause gives the other thread its turn.
    func race() {
        for _ in 0..<100 {
            count += 1
            usleep(10)
        }
    }

    /// Counts under the lock, and holds it for long enough that the other has to wait.
    func guarded() {
        for _ in 0..<100 {
            lock.withLock { _ in
                count += 1
                usleep(10)
            }
        }
    }

    /// Runs a body on two threads at once.
    static func twice(_ body: @escaping @Sendable (Tally) -> Void) {
        let tally = Tally()
        let threads = (0..<2).map { _ in JoinableThread { body(tally) } }
        for thread in threads { thread.join() }
        print(tally.count)
    }
}

/// Writes one byte behind a block of the heap.
func overflow() {
    let block = UnsafeMutablePointer<UInt8>.allocate(capacity: 8)
    defer { unsafe block.deallocate() }
    unsafe block[7 + CommandLine.arguments.count / 2] = 1
    print(unsafe block[0])
}

/// Reads from a block that was given back.
func useAfterFree() {
    let block = UnsafeMutablePointer<UInt8>.allocate(capacity: 8)
    unsafe block.initialize(repeating: 1, count: 8)
    unsafe block.deallocate()
    print(unsafe block[CommandLine.arguments.count])
}

/// Loses the only pointer to a block.
@inline(never)
func leak() {
    let block = UnsafeMutablePointer<UInt8>.allocate(capacity: 4321)
    unsafe block.initialize(repeating: 1, count: 4321)
    print(unsafe block[CommandLine.arguments.count])
}

switch CommandLine.arguments.dropFirst().first {
case "race": Tally.twice { $0.race() }
case "guarded": Tally.twice { $0.guarded() }
case "overflow": overflow()
case "use-after-free": useAfterFree()
case "leak": (0..<10).forEach { _ in leak() }
default: exit(2)
}

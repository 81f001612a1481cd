import Basics
import Synchronization

/// Tasks that run beside the requests: a bounded number, all of them waited for at the end.
final class BackgroundWork: Sendable {
    private struct State {
        var tasks: [Int: Task<Void, Never>] = [:]
        var next = 0
    }

    private let state = Mutex(State())

    /// Starts work; `false` when as much as is allowed is under way.
    func start(_ work: @escaping @Sendable () async -> Void) -> Bool {
        state.withLock { state in
            guard state.tasks.count < Limits.shadowTasksMax else { return false }
            let number = state.next
            state.next += 1
            // It ends under the lock, so it is in the table before it can leave it.
            state.tasks[number] = Task.detached { [self] in
                await work()
                end(number)
            }
            return true
        }
    }

    private func end(_ number: Int) {
        state.withLock { _ = $0.tasks.removeValue(forKey: number) }
    }

    /// Waits for all that is under way, also for what begins meanwhile.
    func finish() async {
        while let task = state.withLock({ $0.tasks.values.first }) { await task.value }
    }
}

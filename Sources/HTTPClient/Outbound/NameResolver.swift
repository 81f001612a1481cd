package import HTTPMessages

import Basics
import Posix
import Synchronization

/// Finds the addresses of names.
package protocol NameResolver: Sendable {
    /// Looks a name up and calls back once, from any thread; with no address when there is none.
    func resolve(_ name: String, _ answer: @escaping @Sendable ([IPAddress]) -> Void)
}

/// The resolver of the machine, asked on threads of its own so that no event loop waits for it.
package final class SystemResolver: NameResolver {
    private typealias Job = (name: String, answer: @Sendable ([IPAddress]) -> Void)
    private let state = Mutex((running: 0, waiting: [Job]()))

    /// Makes a resolver.
    package init() {}

    /// Looks a name up; one that finds the queue full has no address.
    package func resolve(_ name: String, _ answer: @escaping @Sendable ([IPAddress]) -> Void) {
        let decision = state.withLock { state -> Decision in
            if state.running < Limits.lookUpsMax {
                state.running += 1
                return .run
            }
            guard state.waiting.count < Limits.lookUpsWaitingMax else { return .refuse }
            state.waiting.append((name, answer))
            return .wait
        }
        switch decision {
        case .wait: return
        case .refuse: answer([])
        case .run:
            do {
                try WorkerThread.start(name: "look-up") { self.work((name, answer)) }
            } catch {
                state.withLock { $0.running -= 1 }
                answer([])
            }
        }
    }

    private enum Decision {
        case run
        case wait
        case refuse
    }

    private func work(_ first: Job) {
        var job = first
        while true {
            job.answer(HostLookUp.addresses(of: job.name).compactMap { IPAddress($0) })
            let next = state.withLock { state -> Job? in
                guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
                state.running -= 1
                return nil
            }
            guard let next else { return }
            job = next
        }
    }
}

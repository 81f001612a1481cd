import Synchronization

/// How many connections are open, in all, for each address and on each loop.
final class ConnectionCensus: Sendable {
    private let countMax: Int
    private let perAddressMax: Int
    private let counts: Mutex<Counts>

    private struct Counts {
        var total = 0
        /// Handlers at work whose connection is gone.
        var orphans = 0
        var byAddress: [String: Int] = [:]
        var byLoop: [Int]
        var waiters: [CheckedContinuation<Void, Never>] = []
        /// Nobody shall wait any longer, whenever he comes.
        var isGivenUp = false

        var isEmpty: Bool { total == 0 && orphans == 0 }
    }

    init(countMax: Int, perAddressMax: Int, loopCount: Int) {
        self.countMax = countMax
        self.perAddressMax = perAddressMax
        counts = Mutex(Counts(byLoop: [Int](repeating: 0, count: loopCount)))
    }

    /// How many are open.
    var total: Int { counts.withLock { $0.total } }

    /// Counts a connection in and answers the loop with the fewest; `nil` when there are too many.
    func open(_ address: String) -> Int? {
        counts.withLock { counts in
            guard counts.total < countMax else { return nil }
            guard counts.byAddress[address, default: 0] < perAddressMax else { return nil }
            counts.total += 1
            counts.byAddress[address, default: 0] += 1
            var fewest = 0
            for loop in counts.byLoop.indices where counts.byLoop[loop] < counts.byLoop[fewest] {
                fewest = loop
            }
            counts.byLoop[fewest] += 1
            return fewest
        }
    }

    /// Counts a connection out.
    func close(_ address: String, loop: Int) {
        change { counts in
            counts.total -= 1
            counts.byLoop[loop] -= 1
            precondition(counts.total >= 0, "a connection was counted out twice")
            let left = counts.byAddress[address, default: 1] - 1
            counts.byAddress[address] = left == 0 ? nil : left
        }
    }

    /// A connection closes while its handler is at work.
    func orphanBegan() { change { $0.orphans += 1 } }

    /// A handler has answered whose connection is gone.
    func orphanEnded() {
        change { counts in
            counts.orphans -= 1
            precondition(counts.orphans >= 0, "an orphan ended twice")
        }
    }

    private func change(_ body: (inout Counts) -> Void) {
        let waiters = counts.withLock { counts -> [CheckedContinuation<Void, Never>] in
            body(&counts)
            guard counts.isEmpty else { return [] }
            defer { counts.waiters = [] }
            return counts.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Waits until no connection is open and no handler at work, or until `giveUp`; answers
    /// whether all have ended.
    func waitUntilEmpty() async -> Bool {
        await withCheckedContinuation { continuation in
            let isOver = counts.withLock { counts in
                let isOver = counts.isEmpty || counts.isGivenUp
                if !isOver { counts.waiters.append(continuation) }
                return isOver
            }
            if isOver { continuation.resume() }
        }
        return counts.withLock { $0.isEmpty }
    }

    /// Lets those who wait go on, and those who come later.
    func giveUp() {
        let waiters = counts.withLock { counts in
            counts.isGivenUp = true
            defer { counts.waiters = [] }
            return counts.waiters
        }
        for waiter in waiters { waiter.resume() }
    }
}

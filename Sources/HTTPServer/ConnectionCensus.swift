import Basics
import Synchronization

/// How many connections are open, in all, for each address and on each loop.
final class ConnectionCensus: Sendable {
    private let countMax: Int
    private let perAddressMax: Int
    private let counts: Mutex<Counts>

    /// What becomes of a new connection.
    enum Admission: Equatable {
        /// It is counted in, on the loop with the fewest.
        case taken(loop: Int)
        /// It is counted in, and one of these addresses has to give way on some loop, the one with
        /// the most connections being asked first; then it is `placed`, or `turnedAway`.
        case displacing(origins: [String], first: Int)
        /// There are too many.
        case refused
    }

    /// Who has the most connections.
    struct Heaviest {
        let origin: String
        let count: Int
        /// The loop with the most connections.
        let first: Int
    }

    private struct Counts {
        var total = 0
        /// How many of them have no place on a loop yet.
        var newcomers = 0
        /// Handlers at work whose connection is gone.
        var orphans = 0
        var byAddress = AddressCounts()
        var byLoop: [Int]
        var waiters: [CheckedContinuation<Void, Never>] = []
        /// Nobody shall wait any longer, whenever he comes.
        var isGivenUp = false

        var isEmpty: Bool { total == 0 && orphans == 0 }

        /// The first loop of those that come before all others.
        func loop(_ isBefore: (Int, Int) -> Bool) -> Int {
            var found = 0
            for loop in byLoop.indices where isBefore(byLoop[loop], byLoop[found]) { found = loop }
            return found
        }
    }

    init(countMax: Int, perAddressMax: Int, loopCount: Int) {
        self.countMax = countMax
        self.perAddressMax = perAddressMax
        counts = Mutex(Counts(byLoop: [Int](repeating: 0, count: loopCount)))
    }

    /// How many are open.
    var total: Int { counts.withLock { $0.total } }

    /// Who has the most connections; `nil` when nobody has more than one.
    var heaviest: Heaviest? {
        counts.withLock { counts in
            let origins = counts.byAddress.heaviest(from: 2, countMax: 1)
            return origins.first.map {
                Heaviest(
                    origin: $0,
                    count: counts.byAddress[$0],
                    first: counts.loop { $0 > $1 }
                )
            }
        }
    }

    /// Counts a connection in unless there are too many.
    func open(_ address: String) -> Admission {
        counts.withLock { counts in
            let isFull = counts.total - counts.newcomers >= countMax
            guard !isFull || counts.newcomers < Limits.httpNewcomerCountMax else {
                return .refused
            }
            guard counts.byAddress[address] < perAddressMax else { return .refused }
            counts.total += 1
            counts.byAddress.add(address)
            guard !isFull else {
                counts.newcomers += 1
                // The newcomer counts for its own, or who has many could displace who has few.
                return .displacing(
                    origins: counts.byAddress.heaviest(
                        from: counts.byAddress[address],
                        countMax: Limits.httpHeaviestAddressCountMax
                    ),
                    first: counts.loop { $0 > $1 }
                )
            }
            let fewest = counts.loop { $0 < $1 }
            counts.byLoop[fewest] += 1
            return .taken(loop: fewest)
        }
    }

    /// A newcomer has a place on a loop, where another connection has given way.
    func placed(loop: Int) {
        counts.withLock { counts in
            counts.newcomers -= 1
            counts.byLoop[loop] += 1
            precondition(counts.newcomers >= 0, "a newcomer was placed twice")
        }
    }

    /// Nobody has given way to a newcomer.
    func turnedAway(_ address: String) {
        change { counts in
            counts.newcomers -= 1
            counts.total -= 1
            counts.byAddress.remove(address)
            precondition(counts.newcomers >= 0, "a newcomer was turned away twice")
        }
    }

    /// Counts a connection out.
    func close(_ address: String, loop: Int) {
        change { counts in
            counts.total -= 1
            counts.byLoop[loop] -= 1
            precondition(counts.total >= 0, "a connection was counted out twice")
            counts.byAddress.remove(address)
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

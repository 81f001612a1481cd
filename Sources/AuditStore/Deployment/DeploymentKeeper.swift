package import Basics
package import Lifecycle
package import PostgreSQL
import Posix
import Synchronization

/// Keeps a gateway at what is in force: reads it every half second, sends what its arms did, and
/// takes a canary back that has left its bounds.
///
/// Polling and not LISTEN: a notice can be lost with its connection, and counts must be read often
/// anyway. Each look reads the sums over all gateways, so whichever gateway looks first acts, and
/// the database lets one succeed. When the state cannot be read the last one stays in force.
package final class DeploymentKeeper: Sendable {
    /// What happens that an operator should read of.
    package enum Event: Sendable {
        /// The state cannot be read.
        case unreadable(AuditStoreError)
        /// It can be read again.
        case readable
        /// A canary was started.
        case started(DeploymentDuties.Start)
        /// A canary was taken back by this gateway.
        case rolledBack(service: String, CanaryJudge.Breach)
        /// A count was not taken, or a canary not started or taken back; the rest went on.
        case incomplete(AuditStoreError)
    }

    /// How long to wait between two looks.
    private static let periodMilliseconds = 500
    /// After how long without a look the state may be another than ours.
    private static let staleMilliseconds: Int64 = 3_000

    private let settings: ConnectionSettings
    private let user: any DeploymentUser
    private let gateway: UUIDBytes
    private let onEvent: @Sendable (Event) -> Void
    private let onRead: @Sendable (DeploymentBook) -> Void
    private let state: Mutex<State>
    private let bell: Doorbell

    private struct State {
        var lastLook: Int64
        var isFailing = false
        /// Whether the last look could not do all that it was to do.
        var isIncomplete = false
        var isEnding = false
        var sent: [ArmKey: ArmTotals] = [:]
        var thread: JoinableThread?
    }

    /// Makes a keeper that has looked once; it goes on after `start`.
    ///
    /// - Parameters:
    ///   - settings: How to log in as `limen_gateway`.
    ///   - user: What follows the state.
    ///   - gateway: The name of this gateway in the counts.
    ///   - known: What was in force when it was last read; taken when the database is away.
    ///   - onRead: Takes what was read, to be kept for a start without the database.
    ///   - onEvent: Takes what an operator should read of.
    /// - Throws: `AuditStoreError` when the state cannot be read: a gateway that knows no earlier
    ///   state must not guess one.
    package init(
        _ settings: ConnectionSettings,
        user: any DeploymentUser,
        gateway: UUIDBytes,
        known: DeploymentBook? = nil,
        onRead: @escaping @Sendable (DeploymentBook) -> Void = { _ in },
        onEvent: @escaping @Sendable (Event) -> Void = { _ in }
    ) throws(AuditStoreError) {
        self.settings = settings
        self.user = user
        self.gateway = gateway
        self.onEvent = onEvent
        self.onRead = onRead
        do {
            bell = try Doorbell()
        } catch {
            throw AuditStoreError(code: .noDescriptor)
        }
        state = Mutex(State(lastLook: Clock.monotonicMilliseconds()))
        do throws(AuditStoreError) {
            try look(DeploymentStore.open(settings))
        } catch {
            guard let known, error.isAbsence(of: settings) else { throw error }
            // Canaries are neither started nor judged before the state was read.
            _ = user.adopt(known)
            state.withLock { state in
                state.lastLook -= Self.staleMilliseconds
                state.isFailing = true
            }
            onEvent(.unreadable(error))
        }
    }

    /// Whether the state was read a moment ago.
    package var isCurrent: Bool {
        Clock.monotonicMilliseconds() - state.withLock { $0.lastLook } < Self.staleMilliseconds
    }

    /// Begins to look, on a thread of its own, because a look waits for the database.
    package func start() {
        let thread = JoinableThread { [self] in run() }
        state.withLock { $0.thread = thread }
    }

    /// Ends looking, and waits for the look that is under way.
    package func stop() {
        let thread = state.withLock { state in
            state.isEnding = true
            return state.thread.take()
        }
        bell.ring()
        thread?.join()
    }

    private func run() {
        while !state.withLock({ $0.isEnding }) {
            do throws(AuditStoreError) {
                let store = try DeploymentStore.open(settings)
                while !state.withLock({ $0.isEnding }) {
                    try look(store)
                    bell.wait(timeoutMilliseconds: Self.periodMilliseconds)
                }
            } catch {
                let isNew = state.withLock { state in
                    defer { state.isFailing = true }
                    return !state.isFailing
                }
                if isNew { onEvent(.unreadable(error)) }
                bell.wait(timeoutMilliseconds: Self.periodMilliseconds)
            }
        }
    }

    /// One look: state in, counts out, and what follows.
    ///
    /// The state comes first: it forgets the counts of changes that are not there any more, which
    /// the store would refuse. Canaries are judged next, and only then others are started. One count
    /// that is not taken, or one canary that cannot be started, keeps no other from being judged.
    package func look(_ store: borrowing DeploymentStore) throws(AuditStoreError) {
        _ = user.adopt(try store.book())
        var fault = try send(to: store)
        let book = try store.book()
        let duties = user.adopt(book)
        onRead(book)
        let wasFailing = state.withLock { state in
            state.lastLook = Clock.monotonicMilliseconds()
            defer { state.isFailing = false }
            return state.isFailing
        }
        if wasFailing { onEvent(.readable) }
        var hasChanged = false
        for watch in duties.watches {
            do throws(AuditStoreError) {
                if try judge(watch, book, store) { hasChanged = true }
            } catch {
                guard error.isOfOneStatement else { throw error }
                fault = fault ?? error
            }
        }
        for start in duties.starts {
            do throws(AuditStoreError) {
                guard try store.startCanary(of: start.service, start.version) else { continue }
                onEvent(.started(start))
                hasChanged = true
            } catch {
                guard error.isOfOneStatement else { throw error }
                fault = fault ?? error
            }
        }
        tell(fault)
        // What was started or taken back counts from now on, and is watched from the next look on.
        if hasChanged { _ = user.adopt(try store.book()) }
    }

    /// Sends what the arms did; answers what the store did not take.
    private func send(
        to store: borrowing DeploymentStore
    ) throws(AuditStoreError) -> AuditStoreError? {
        var fault: AuditStoreError?
        for (key, totals) in user.armTotals where state.withLock({ $0.sent[key] }) != totals {
            do throws(AuditStoreError) {
                try store.send(totals, of: key, gateway: gateway)
                state.withLock { $0.sent[key] = totals }
            } catch {
                guard error.isOfOneStatement else { throw error }
                fault = fault ?? error
            }
        }
        return fault
    }

    /// Takes a canary back that has left its bounds; answers whether it had.
    private func judge(
        _ watch: DeploymentDuties.Watch,
        _ book: DeploymentBook,
        _ store: borrowing DeploymentStore
    ) throws(AuditStoreError) -> Bool {
        let breach = CanaryJudge(watch.bounds).breach(
            canary: book.totals[watch.canary] ?? ArmTotals(),
            live: book.totals[watch.live] ?? ArmTotals()
        )
        guard let breach else { return false }
        let service = watch.canary.service
        if try store.rollBackCanary(of: service, change: watch.canary.number, breach) {
            onEvent(.rolledBack(service: service, breach))
        }
        return true
    }

    /// Tells of a look that could not do all, once until one could.
    private func tell(_ fault: AuditStoreError?) {
        let wasIncomplete = state.withLock { state in
            defer { state.isIncomplete = fault != nil }
            return state.isIncomplete
        }
        if let fault, !wasIncomplete { onEvent(.incomplete(fault)) }
    }
}

extension AuditStoreError {
    /// Whether the server refused one statement and may take the next.
    fileprivate var isOfOneStatement: Bool {
        switch cause?.code {
        case .statementFailed: true
        case .connectionFailed, .connectionLost, .timeout, .unexpectedResult, .invalidSettings,
            nil:
            false
        }
    }
}

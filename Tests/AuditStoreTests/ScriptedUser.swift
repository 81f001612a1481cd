import Audit
import AuditStore
import Lifecycle
import Synchronization

/// A gateway as the keeper sees it, with a canary of the service `s` and counts as they are told.
final class ScriptedUser: DeploymentUser {
    private struct State {
        var book: DeploymentBook?
        var totals: [ArmKey: ArmTotals] = [:]
    }

    private let state = Mutex(State())
    private static let canary = ArmKey(service: "s", number: 1, arm: .canary, profile: "two")
    private static let live = ArmKey(service: "s", number: 1, arm: .live, profile: "one")

    var book: DeploymentBook? { state.withLock { $0.book } }
    var armTotals: [ArmKey: ArmTotals] { state.withLock { $0.totals } }

    func count(canary: ArmTotals, live: Int) {
        state.withLock { $0.totals = [Self.canary: canary, Self.live: ArmTotals(cases: live)] }
    }

    func adopt(_ book: DeploymentBook) -> DeploymentDuties {
        state.withLock { $0.book = book }
        var duties = DeploymentDuties()
        switch book.deployments["s"] {
        case nil:
            let version = ModelVersion(
                profile: "two",
                digest: String(repeating: "a", count: 64)
            )
            duties.starts = [.init(service: "s", version: version)]
        case .some(let deployment) where deployment.isCanaryActive:
            duties.watches = [
                .init(canary: Self.canary, live: Self.live, bounds: CanaryBounds())
            ]
        case .some: break
        }
        return duties
    }
}

/// What keepers told.
final class Events: Sendable {
    private let count = Mutex(0)

    var rollbackCount: Int { count.withLock { $0 } }

    func add(_ event: DeploymentKeeper.Event) {
        switch event {
        case .rolledBack: count.withLock { $0 += 1 }
        case .unreadable, .readable, .started, .incomplete: break
        }
    }
}

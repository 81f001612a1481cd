import Audit
import Basics
import Crypto
import Lifecycle
import PostgreSQL
import Synchronization
import Testing

@testable import AuditStore

@Suite(
    "The keeper of deployments",
    .enabled(if: TestDatabase.isPresent, "\(TestDatabase.absence)")
)
struct KeeperTests {
    private static let version = ModelVersion(
        profile: "two",
        digest: String(repeating: "a", count: 64)
    )

    /// A gateway that does as it is told.
    private final class User: DeploymentUser {
        let duties: Mutex<DeploymentDuties>
        let totals = Mutex<[ArmKey: ArmTotals]>([:])
        /// What it forgets when it takes a state over, as a gateway does with changes of before.
        let forgotten: Set<Int>

        init(_ duties: DeploymentDuties = DeploymentDuties(), forgetting: Set<Int> = []) {
            self.duties = Mutex(duties)
            forgotten = forgetting
        }

        var armTotals: [ArmKey: ArmTotals] { totals.withLock { $0 } }

        /// What it was given to take over, in order.
        let adopted = Mutex<[DeploymentBook]>([])

        func adopt(_ book: DeploymentBook) -> DeploymentDuties {
            adopted.withLock { $0.append(book) }
            totals.withLock { $0 = $0.filter { !forgotten.contains($0.key.number) } }
            return duties.withLock { $0 }
        }
    }

    /// What a keeper told, in its order.
    private final class Told: Sendable {
        private let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock { $0 } }

        func add(_ event: DeploymentKeeper.Event) {
            let line =
                switch event {
                case .unreadable: "unreadable"
                case .readable: "readable"
                case .started(let start): "started " + start.service
                case .rolledBack(let service, _): "rolled back " + service
                case .incomplete(let error): "incomplete " + (error.cause?.sqlState ?? "")
                }
            lines.withLock { $0.append(line) }
        }
    }

    private static func key(_ service: String, _ arm: AuditRecord.Arm, _ number: Int) -> ArmKey {
        ArmKey(service: service, number: number, arm: arm, profile: arm == .canary ? "two" : "one")
    }

    private static func watch(_ service: String) -> DeploymentDuties.Watch {
        .init(
            canary: key(service, .canary, 1),
            live: key(service, .live, 1),
            bounds: CanaryBounds()
        )
    }

    /// A keeper over a canary of `s` that refuses everybody, and what it told.
    private func keeper(
        _ database: TestDatabase,
        _ user: User
    ) throws -> (DeploymentKeeper, Told) {
        let told = Told()
        let keeper = try DeploymentKeeper(
            database.login("limen_gateway"),
            user: user,
            gateway: .version4(),
            onEvent: { told.add($0) }
        )
        user.totals.withLock { totals in
            totals[Self.key("s", .canary, 1)] = ArmTotals(cases: 30, refused: 30)
            totals[Self.key("s", .live, 1)] = ArmTotals(cases: 300)
        }
        return (keeper, told)
    }

    @Test("A canary that cannot be started keeps no other from being taken back, and is told once")
    func failingStart() throws {
        let database = try TestDatabase()
        let store = try DeploymentStore.open(database.login("limen_gateway"))
        _ = try store.startCanary(of: "s", Self.version)
        let user = User()
        let (keeper, told) = try keeper(database, user)
        var duties = DeploymentDuties()
        // The store takes no service of this name (23514).
        duties.starts = ["a b", "t"].map { .init(service: $0, version: Self.version) }
        duties.watches = [Self.watch("s")]
        user.duties.withLock { $0 = duties }
        try keeper.look(store)
        #expect(told.all == ["rolled back s", "started t", "incomplete 23514"])
        #expect(try store.book().deployments["s"]?.kind == .automaticRollback)
        // Another look is no other event, until one could do all.
        try keeper.look(store)
        #expect(told.all.count == 3)
        user.duties.withLock { $0 = DeploymentDuties() }
        try keeper.look(store)
        user.duties.withLock { $0 = duties }
        try keeper.look(store)
        #expect(told.all.last == "incomplete 23514")
        #expect(told.all.count == 4)
        #expect(keeper.isCurrent)
    }

    @Test("A count that the store does not take keeps no canary from being taken back")
    func refusedCount() throws {
        let database = try TestDatabase()
        let store = try DeploymentStore.open(database.login("limen_gateway"))
        _ = try store.startCanary(of: "s", Self.version)
        let user = User()
        let (keeper, told) = try keeper(database, user)
        // Changes that never were: the store refuses their counts (23503).
        user.totals.withLock { totals in
            for number in 90..<99 { totals[Self.key("s", .live, number)] = ArmTotals(cases: 1) }
        }
        user.duties.withLock { $0.watches = [Self.watch("s")] }
        try keeper.look(store)
        #expect(told.all == ["rolled back s", "incomplete 23503"])
        #expect(try store.book().totals[Self.key("s", .canary, 1)]?.cases == 30)
    }

    @Test("The state is taken over before counts are sent, so none of a change of before is")
    func adoptsFirst() throws {
        let database = try TestDatabase()
        let store = try DeploymentStore.open(database.login("limen_gateway"))
        _ = try store.startCanary(of: "s", Self.version)
        let user = User(forgetting: [99])
        let (keeper, told) = try keeper(database, user)
        user.totals.withLock { $0[Self.key("s", .live, 99)] = ArmTotals(cases: 1) }
        user.duties.withLock { $0.watches = [Self.watch("s")] }
        try keeper.look(store)
        #expect(told.all == ["rolled back s"])
    }

    @Test("While the database is away the last known state stays, and that is told once")
    func away() async throws {
        let cluster = try PrivateCluster()
        let database = try TestDatabase(server: cluster.settings)
        do {
            let store = try DeploymentStore.open(database.login("limen_gateway"))
            _ = try store.startCanary(of: "s", Self.version)
        }
        let user = User()
        let (keeper, told) = try keeper(database, user)
        keeper.start()
        defer { keeper.stop() }
        cluster.kill()
        try await Patience.wait { told.all == ["unreadable"] }
        let known = user.adopted.withLock { $0 }
        #expect(known.last?.deployments["s"]?.canary == Self.version)
        #expect(known.last?.deployments["s"]?.isCanaryActive == true)
        // It is said on /readyz once the state may be another than ours.
        try await Patience.wait { !keeper.isCurrent }
        #expect(told.all == ["unreadable"], "each look in vain is no other event")
        // Nothing was taken over since, least of all that there is no deployment.
        #expect(user.adopted.withLock { $0 } == known)
        // An operator's command fails as a whole: there is nothing it could have changed.
        let failure = #expect(throws: AuditStoreError.self) {
            _ = try DeploymentStore.open(database.login("limen_operator"))
        }
        #expect(failure?.code == .database)
        try cluster.restart()
        try await Patience.wait { told.all == ["unreadable", "readable"] }
        #expect(keeper.isCurrent)
        #expect(user.adopted.withLock { $0.last?.deployments["s"]?.number } == 1)
    }

    @Test("A canary that was started is judged from the next look on, with all its cases")
    func firstWatch() throws {
        let database = try TestDatabase()
        let store = try DeploymentStore.open(database.login("limen_gateway"))
        let user = User()
        user.duties.withLock { $0.starts = [.init(service: "s", version: Self.version)] }
        let (keeper, told) = try keeper(database, user)
        #expect(told.all == ["started s"])
        // What was counted between the start and the first watch is in the sums it judges.
        user.duties.withLock { duties in
            duties.starts = []
            duties.watches = [Self.watch("s")]
        }
        try keeper.look(store)
        #expect(told.all == ["started s", "rolled back s"])
        let evidence = try #require(try store.book().deployments["s"]?.evidence)
        #expect(evidence.contains("\"cases\":30"))
    }
}

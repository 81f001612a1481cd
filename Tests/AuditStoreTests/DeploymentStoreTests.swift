import Audit
import AuditStore
import Basics
import Crypto
import Lifecycle
import PostgreSQL
import Testing

@Suite("Deployments", .enabled(if: TestDatabase.isPresent, "\(TestDatabase.absence)"))
struct DeploymentStoreTests {
    private static let first = ModelVersion(profile: "two", digest: digest("a"))
    private static let other = ModelVersion(profile: "three", digest: digest("b"))

    private static func digest(_ digit: String) -> String {
        String(repeating: digit, count: 64)
    }

    /// All of 30 refused by the canary, none of 300 by live.
    private static func breach() throws -> CanaryJudge.Breach {
        try #require(
            CanaryJudge(CanaryBounds()).breach(
                canary: ArmTotals(cases: 30, refused: 30),
                live: ArmTotals(cases: 300)
            )
        )
    }

    @Test("A canary starts once for all gateways, is taken back once, and each has its row")
    func automatic() throws {
        let database = try TestDatabase()
        let one = try DeploymentStore.open(database.login("limen_gateway"))
        let two = try DeploymentStore.open(database.login("limen_gateway"))
        #expect(try one.book() == DeploymentBook())
        #expect(try one.startCanary(of: "s", Self.first))
        #expect(try !two.startCanary(of: "s", Self.first))
        // The same name with another hash is no other canary: an operator must say so.
        #expect(
            try !two.startCanary(of: "s", ModelVersion(profile: "two", digest: Self.other.digest))
        )
        let started = try #require(try two.book().deployments["s"])
        #expect(started.number == 1)
        #expect(started.canary == Self.first)
        #expect(started.isCanaryActive)
        #expect(started.live == nil)

        #expect(try !one.rollBackCanary(of: "s", change: 2, Self.breach()))
        #expect(try one.rollBackCanary(of: "s", change: 1, Self.breach()))
        #expect(try !two.rollBackCanary(of: "s", change: 1, Self.breach()))
        let ended = try #require(try two.book().deployments["s"])
        #expect(ended.kind == .automaticRollback)
        #expect(!ended.isCanaryActive)
        #expect(ended.evidence?.contains("\"events\":30") == true)
        // It does not start again by itself; another one does.
        #expect(try !one.startCanary(of: "s", Self.first))
        #expect(try one.startCanary(of: "s", Self.other))
        let rows = try database.column(
            """
            SELECT reason_code || ' ' || client || ' ' || service FROM audit.event
            WHERE kind = 'model-change' AND tenant = 'system' ORDER BY recorded_at
            """
        )
        #expect(
            rows == [
                "canary-start limen_gateway s", "automatic-rollback limen_gateway s",
                "canary-start limen_gateway s",
            ]
        )
        let why = try database.column(
            "SELECT result->>'reason' FROM audit.event WHERE reason_code = 'automatic-rollback'"
        )
        let sentence = try Self.breach().sentence
        #expect(why == [sentence])
    }

    @Test("Counts are summed over gateways; sent again or late they change nothing")
    func counts() throws {
        let database = try TestDatabase()
        let store = try DeploymentStore.open(database.login("limen_gateway"))
        _ = try store.startCanary(of: "s", Self.first)
        let key = ArmKey(service: "s", number: 1, arm: .canary, profile: "two")
        let gateways = [UUIDBytes.version4(), UUIDBytes.version4()]
        try store.send(ArmTotals(cases: 5, refused: 1), of: key, gateway: gateways[0])
        try store.send(ArmTotals(cases: 9, refused: 2), of: key, gateway: gateways[0])
        try store.send(ArmTotals(cases: 5, refused: 1), of: key, gateway: gateways[0])
        try store.send(ArmTotals(cases: 7, failed: 3, slow: 1), of: key, gateway: gateways[1])
        #expect(
            try store.book().totals
                == [key: ArmTotals(cases: 16, refused: 2, failed: 3, slow: 1)]
        )
        // Counts of an earlier trial are not those of the next.
        _ = try store.rollBackCanary(of: "s", change: 1, Self.breach())
        #expect(try store.book().totals.count == 1)
        _ = try store.startCanary(of: "s", Self.other)
        #expect(try store.book().totals.isEmpty)
    }

    @Test("An operator promotes and takes back, in numbers without a gap")
    func operators() throws {
        let database = try TestDatabase()
        let store = try DeploymentStore.open(database.login("limen_operator"))
        var change = Deployment(
            service: "s",
            number: 1,
            kind: .promote,
            reason: "approved",
            live: Self.first,
            canary: nil,
            isCanaryActive: false
        )
        try store.append(change)
        #expect(throws: AuditStoreError.self) { try store.append(change) }
        change.number = 3
        #expect(
            throws: AuditStoreError(
                code: .database,
                cause: PostgreSQLError(code: .statementFailed, sqlState: "40001")
            )
        ) { try store.append(change) }
        change.number = 2
        change.kind = .rollback
        change.live = nil
        try store.append(change)
        let history = try store.history(of: "s")
        #expect(history.map(\.number) == [2, 1])
        #expect(history.map(\.kind) == [.rollback, .promote])
        #expect(history.allSatisfy { $0.madeBy == "limen_operator" && $0.madeAt != nil })
        // A person is never taken for a gateway.
        change.number = 3
        change.kind = .automaticRollback
        #expect(throws: AuditStoreError.self) { try store.append(change) }
    }

    @Test(
        "No login does more than it is for",
        arguments: [
            (
                "limen_gateway",
                "INSERT INTO model.deployment (service, number, kind, reason, "
                    + "is_canary_active) VALUES ('s', 9, 'promote', 'x', false)"
            ),
            ("limen_gateway", "UPDATE model.deployment SET reason = 'x'"),
            ("limen_gateway", "UPDATE model.arm_count SET cases = 0"),
            ("limen_gateway", "DELETE FROM model.arm_count"),
            ("limen_gateway", "SELECT * FROM audit.event"),
            ("limen_operator", "UPDATE model.deployment SET reason = 'x'"),
            ("limen_operator", "DELETE FROM model.deployment"),
            ("limen_operator", "TRUNCATE model.deployment"),
            (
                "limen_operator",
                "INSERT INTO model.deployment (service, number, kind, reason, "
                    + "is_canary_active, made_by) VALUES ('s', 2, 'promote', 'x', false, 'anna')"
            ),
            ("limen_operator", "SELECT model.roll_back_canary('s', 1, 'x', '{}')"),
            ("limen_writer", "SELECT * FROM model.deployment"),
            ("limen_writer", "SELECT model.start_canary('s', 'p', 'd')"),
            ("auditor_anna", "SELECT * FROM model.deployment"),
            ("postgres", "UPDATE model.deployment SET reason = 'x'"),
        ]
    )
    func rights(login: String, statement: String) throws {
        let database = try TestDatabase()
        let store = try DeploymentStore.open(database.login("limen_gateway"))
        _ = try store.startCanary(of: "s", Self.first)
        #expect(throws: PostgreSQLError(code: .statementFailed, sqlState: "42501")) {
            try database.script(statement, as: login == "postgres" ? nil : login)
        }
        #expect(try store.book().deployments["s"]?.number == 1)
    }

    @Test("Two gateways agree, and the canary that refuses is taken back by whoever looks first")
    func keepers() throws {
        let database = try TestDatabase()
        let users = [ScriptedUser(), ScriptedUser()]
        let events = Events()
        let keepers = try users.map { user in
            try DeploymentKeeper(
                database.login("limen_gateway"),
                user: user,
                gateway: .version4(),
                onEvent: { events.add($0) }
            )
        }
        #expect(users.allSatisfy { $0.book?.deployments["s"]?.isCanaryActive == true })
        // Each saw too few cases for itself; together there are enough.
        for user in users { user.count(canary: ArmTotals(cases: 20, refused: 20), live: 200) }
        let store = try DeploymentStore.open(database.login("limen_gateway"))
        try keepers[0].look(store)
        #expect(users[0].book?.deployments["s"]?.isCanaryActive == true)
        try keepers[1].look(store)
        #expect(users[1].book?.deployments["s"]?.isCanaryActive == false)
        try keepers[0].look(store)
        #expect(users[0].book?.deployments["s"]?.kind == .automaticRollback)
        #expect(events.rollbackCount == 1)
        let current = keepers.count { $0.isCurrent }
        #expect(current == 2)
    }
}

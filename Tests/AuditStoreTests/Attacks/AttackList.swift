/// The attacks, role by role; most stand in the shared list of attacks on row security.
enum AttackList {
    typealias Attack = AttackTests.Attack

    static let denied = AttackTests.denied

    static func auditor(month: String) -> [Attack] {
        reading(month: month) + oracles + changing(month: month) + creating
    }

    // MARK: An auditor who reads

    private static func reading(month: String) -> [Attack] {
        [
            AttackTests.attack("own rows", "SELECT service FROM audit.event", to: .gives("one")),
            AttackTests.attack(
                "predicate",
                "SELECT count(*) FROM audit.event WHERE tenant = 'berta'",
                to: .gives("0")
            ),
            AttackTests.attack("view", "SELECT service FROM audit.decision", to: .gives("one")),
            AttackTests.attack("cards", "SELECT count(*) FROM audit.card", to: .gives("1")),
            AttackTests.attack(
                "tenant list",
                "SELECT tenant FROM audit.tenant",
                to: .gives("anna")
            ),
            AttackTests.attack(
                "mapping",
                "SELECT login, tenant FROM audit.auditor_tenant",
                to: .gives("auditor_anna|anna")
            ),
            AttackTests.attack(
                "setting override",
                "SET limen.tenant = 'berta'",
                "SELECT count(*) FROM audit.event WHERE tenant = 'berta'",
                to: .gives("0")
            ),
            AttackTests.attack("set role to a peer", "SET ROLE auditor_berta", to: denied),
            AttackTests.attack(
                "set role to the group",
                "SET ROLE limen_auditor",
                "SELECT service FROM audit.event",
                to: .gives("one")
            ),
            AttackTests.attack("set role to the owner", "SET ROLE limen_owner", to: denied),
            AttackTests.attack("set role to the writer", "SET ROLE limen_writer", to: denied),
            AttackTests.attack(
                "session authorization",
                "SET SESSION AUTHORIZATION auditor_berta",
                to: denied
            ),
            AttackTests.attack(
                "row security off",
                "SET row_security = off",
                "SELECT count(*) FROM audit.event",
                to: denied
            ),
            AttackTests.attack(
                "partition",
                "SELECT count(*) FROM audit.event_\(month)",
                to: denied
            ),
            AttackTests.attack(
                "default partition",
                "SELECT count(*) FROM audit.event_default",
                to: denied
            ),
            AttackTests.attack(
                "card partition",
                "SELECT count(*) FROM audit.card_\(month)",
                to: denied
            ),
            AttackTests.attack("only", "SELECT count(*) FROM ONLY audit.event", to: .gives("0")),
            AttackTests.attack(
                "copy of a partition",
                "COPY audit.event_\(month) TO STDOUT",
                to: denied
            ),
            AttackTests.attack(
                "copy of a query",
                "COPY (SELECT service FROM audit.event) TO STDOUT",
                to: .gives("one")
            ),
            AttackTests.attack(
                "migrations",
                "SELECT * FROM audit.schema_migration",
                to: denied
            ),
            AttackTests.attack(
                "self join",
                "SELECT count(*) FROM audit.event a JOIN audit.event b ON true",
                to: .gives("1")
            ),
            AttackTests.attack(
                "materialized",
                "WITH x AS MATERIALIZED (SELECT * FROM audit.event) "
                    + "SELECT count(*) FROM x",
                to: .gives("1")
            ),
            AttackTests.attack(
                "sample",
                "SELECT count(*) FROM audit.event TABLESAMPLE SYSTEM (100)",
                to: .gives("1")
            ),
            AttackTests.attack(
                "aggregate",
                "SELECT count(DISTINCT tenant), max(service) FROM audit.event",
                to: .gives("1|one")
            ),
            AttackTests.attack(
                "row address",
                "SELECT count(*) FROM audit.event WHERE ctid = '(0,2)'",
                to: .gives("0")
            ),
            AttackTests.attack(
                "cursor",
                "BEGIN",
                "DECLARE c CURSOR FOR SELECT service FROM audit.event",
                "FETCH ALL FROM c",
                to: .hides("two")
            ),
            AttackTests.attack(
                "prepared",
                "PREPARE p AS SELECT count(*) FROM audit.event WHERE tenant = $1",
                "EXECUTE p('berta')",
                to: .gives("0")
            ),
        ]
    }

    private static let oracles: [Attack] = [
        AttackTests.attack(
            "division by zero",
            "SELECT count(*) FROM audit.event WHERE "
                + "1 / (CASE WHEN service LIKE 'two%' THEN 0 ELSE 1 END) = 1",
            to: .gives("1")
        ),
        AttackTests.attack(
            "cast",
            "SELECT count(*) FROM audit.event WHERE service::int > 0 AND service = 'two'",
            to: .gives("0")
        ),
        AttackTests.attack(
            "case",
            "SELECT count(*) FROM audit.event WHERE "
                + "CASE WHEN tenant = 'berta' THEN 1 / (length(tenant) - 5) ELSE 1 END = 1",
            to: .gives("1")
        ),
        AttackTests.attack(
            "json",
            "SELECT count(*) FROM audit.event WHERE (inputs->0->>'name')::text = 'x' "
                + "OR tenant = 'berta'",
            to: .gives("0")
        ),
        AttackTests.attack(
            "plan",
            "EXPLAIN SELECT * FROM audit.event WHERE service = 'two'",
            to: .hides("berta")
        ),
        AttackTests.attack(
            "statistics",
            "SELECT count(*) FROM pg_stats WHERE schemaname = 'audit'",
            to: .gives("0")
        ),
        AttackTests.attack("raw statistics", "SELECT count(*) FROM pg_statistic", to: denied),
        AttackTests.attack("passwords", "SELECT count(*) FROM pg_authid", to: denied),
    ]
}

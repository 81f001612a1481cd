/// The attacks, role by role; most stand in the shared list of attacks on row security.
enum AttackList {
    typealias Attack = AttackTests.Attack

    private static let denied = AttackTests.denied

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

    // MARK: An auditor who changes

    private static func changing(month: String) -> [Attack] {
        [
            AttackTests.attack(
                "lock for update",
                "SELECT * FROM audit.event FOR UPDATE",
                to: denied
            ),
            AttackTests.attack("lock for share", "SELECT * FROM audit.event FOR SHARE", to: denied),
            AttackTests.attack("lock", "BEGIN", "LOCK TABLE audit.event", to: denied),
            AttackTests.attack("update", "UPDATE audit.event SET service = 'x'", to: denied),
            AttackTests.attack("delete", "DELETE FROM audit.event", to: denied),
            AttackTests.attack("truncate", "TRUNCATE audit.event", to: denied),
            AttackTests.attack("drop", "DROP TABLE audit.event", to: denied),
            AttackTests.attack(
                "insert",
                "INSERT INTO audit.tenant (tenant, title) VALUES ('x', 'x')",
                to: denied
            ),
            AttackTests.attack(
                "merge",
                "MERGE INTO audit.event e USING (SELECT 1) x ON true "
                    + "WHEN MATCHED THEN DELETE",
                to: denied
            ),
            AttackTests.attack(
                "disable row security",
                "ALTER TABLE audit.event DISABLE ROW LEVEL SECURITY",
                to: denied
            ),
            AttackTests.attack(
                "disable triggers",
                "ALTER TABLE audit.event DISABLE TRIGGER ALL",
                to: denied
            ),
            AttackTests.attack(
                "drop a policy",
                "DROP POLICY auditor_reads ON audit.event",
                to: denied
            ),
            AttackTests.attack(
                "grant",
                "GRANT SELECT ON audit.event_\(month) TO auditor_anna",
                to: denied
            ),
            AttackTests.attack(
                "map itself",
                "INSERT INTO audit.auditor_tenant VALUES ('auditor_anna', 'berta')",
                to: denied
            ),
            AttackTests.attack(
                "superuser",
                "ALTER ROLE auditor_anna SUPERUSER",
                to: denied
            ),
            AttackTests.attack("bypass", "ALTER ROLE auditor_anna BYPASSRLS", to: denied),
            AttackTests.attack("join the owner", "GRANT limen_owner TO auditor_anna", to: denied),
            AttackTests.attack(
                "replica mode",
                "SET session_replication_role = replica",
                to: denied
            ),
            AttackTests.attack("system", "ALTER SYSTEM SET fsync = off", to: denied),
            AttackTests.attack("comment", "COMMENT ON TABLE audit.event IS 'x'", to: denied),
            AttackTests.attack(
                "retention",
                "CALL audit.drop_months_before('2000-01-01')",
                to: denied
            ),
            AttackTests.attack("months", "SELECT audit.ensure_months(3)", to: denied),
            AttackTests.attack("health", "SELECT * FROM audit.health()", to: denied),
        ]
    }

    private static let creating: [Attack] = [
        AttackTests.attack("temporary table", "CREATE TEMP TABLE x (a int)", to: denied),
        AttackTests.attack("schema", "CREATE SCHEMA s", to: denied),
        AttackTests.attack("table in public", "CREATE TABLE public.x (a int)", to: denied),
        AttackTests.attack(
            "function in audit",
            "CREATE FUNCTION audit.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
            to: denied
        ),
        AttackTests.attack(
            "temporary function",
            "CREATE FUNCTION pg_temp.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
            to: denied
        ),
        AttackTests.attack(
            "leak-proof function",
            "CREATE FUNCTION audit.f(text) RETURNS bool LANGUAGE sql LEAKPROOF AS 'SELECT true'",
            to: denied
        ),
        AttackTests.attack("anonymous block", "DO $$ BEGIN NULL; END $$", to: denied),
        AttackTests.attack(
            "extension",
            "CREATE EXTENSION dblink",
            to: .refused(["42501", "3F000"])
        ),
        AttackTests.attack("role", "CREATE ROLE z", to: denied),
        AttackTests.attack("database", "CREATE DATABASE z", to: denied),
        AttackTests.attack("publication", "CREATE PUBLICATION p FOR ALL TABLES", to: denied),
        AttackTests.attack(
            "event trigger",
            "CREATE EVENT TRIGGER e ON ddl_command_start EXECUTE FUNCTION audit.refuse_change()",
            to: denied
        ),
        AttackTests.attack("program", "COPY (SELECT 1) TO PROGRAM 'id'", to: denied),
        AttackTests.attack("folder", "SELECT pg_ls_dir('/')", to: denied),
        AttackTests.attack("file", "SELECT pg_read_file('/etc/hostname')", to: denied),
        AttackTests.attack("large object", "SELECT lo_create(0)", to: denied),
        AttackTests.attack(
            "large object of bytes",
            "SELECT lo_from_bytea(0, ''::bytea)",
            to: denied
        ),
        AttackTests.attack("import", "SELECT lo_import('/etc/hostname')", to: denied),
        AttackTests.attack("advisory lock", "SELECT pg_advisory_lock(1)", to: denied),
        AttackTests.attack("shared advisory lock", "SELECT pg_advisory_lock_shared(1)", to: denied),
        AttackTests.attack(
            "transaction lock",
            "SELECT pg_try_advisory_xact_lock(1, 2)",
            to: denied
        ),
        AttackTests.attack("notification", "SELECT pg_notify('a', 'b')", to: denied),
        AttackTests.attack(
            "own objects",
            "DROP OWNED BY CURRENT_USER",
            "SELECT count(*) FROM audit.event",
            to: .hides("3")
        ),
    ]

    // MARK: The writer

    static func writer(month: String) -> [Attack] {
        let set = "SELECT set_config('limen.tenant', 'anna', true)"
        func insert(_ tenant: String, _ rest: String = "") -> String {
            "INSERT INTO audit.event (tenant, started_at, event_id, kind, outcome, status, "
                + "card_ids, missing_inputs, flags) VALUES (\(tenant), now(), gen_random_uuid(), "
                + "'start', 'done', 200, '{}', '{}', '{}') \(rest)"
        }
        return [
            AttackTests.attack("read", "SELECT count(*) FROM audit.event", to: denied),
            AttackTests.attack("read cards", "SELECT count(*) FROM audit.card", to: denied),
            AttackTests.attack("read feedback", "SELECT count(*) FROM audit.feedback", to: denied),
            AttackTests.attack("read the view", "SELECT * FROM audit.decision", to: denied),
            AttackTests.attack("read tenants", "SELECT * FROM audit.tenant", to: denied),
            AttackTests.attack(
                "read the mapping",
                "SELECT * FROM audit.auditor_tenant",
                to: denied
            ),
            AttackTests.attack("update", "UPDATE audit.event SET service = 'x'", to: denied),
            AttackTests.attack("delete", "DELETE FROM audit.event", to: denied),
            AttackTests.attack("truncate", "TRUNCATE audit.event", to: denied),
            AttackTests.attack("other tenant", "BEGIN", set, insert("'berta'"), to: denied),
            AttackTests.attack("no tenant", insert("'anna'"), to: denied),
            AttackTests.attack(
                "empty tenant",
                "SET limen.tenant = ''",
                insert("''"),
                to: .refused(["42501", "23514"])
            ),
            AttackTests.attack(
                "null tenant",
                "BEGIN",
                set,
                insert("NULL"),
                to: .refused(["42501", "23502"])
            ),
            AttackTests.attack(
                "tenant after commit",
                "BEGIN",
                set,
                "COMMIT",
                insert("'anna'"),
                to: denied
            ),
            AttackTests.attack(
                "card of another tenant",
                "BEGIN",
                set,
                "INSERT INTO audit.card VALUES ('berta', gen_random_uuid(), now(), "
                    + "gen_random_uuid())",
                to: denied
            ),
            AttackTests.attack(
                "feedback of another tenant",
                "BEGIN",
                set,
                "INSERT INTO audit.feedback VALUES ('berta', now(), gen_random_uuid(), 0, "
                    + "gen_random_uuid(), 'accepted', '{}')",
                to: denied
            ),
            AttackTests.attack(
                "returning",
                "BEGIN",
                set,
                insert("'anna'", "RETURNING tenant"),
                to: denied
            ),
            AttackTests.attack(
                "conflict target",
                "BEGIN",
                set,
                insert("'anna'", "ON CONFLICT (tenant, started_at, event_id) DO NOTHING"),
                to: denied
            ),
            AttackTests.attack(
                "conflict update",
                "BEGIN",
                set,
                insert(
                    "'anna'",
                    "ON CONFLICT (tenant, started_at, event_id) DO UPDATE SET service = 'x'"
                ),
                to: denied
            ),
            AttackTests.attack(
                "copy",
                "BEGIN",
                set,
                "COPY audit.event (tenant) FROM STDIN",
                to: .refused(["0A000"])
            ),
            AttackTests.attack(
                "backdating",
                "BEGIN",
                set,
                "INSERT INTO audit.event (tenant, started_at, event_id, kind, outcome, status, "
                    + "recorded_at, card_ids, missing_inputs, flags) VALUES ('anna', now(), "
                    + "gen_random_uuid(), 'start', 'done', 200, '2020-01-01', '{}', '{}', '{}')",
                to: denied
            ),
            AttackTests.attack(
                "partition",
                "INSERT INTO audit.event_\(month) SELECT",
                to: denied
            ),
            AttackTests.attack("owner", "SET ROLE limen_owner", to: denied),
            AttackTests.attack("auditor", "SET ROLE auditor_anna", to: denied),
            AttackTests.attack("group", "SET ROLE limen_auditor", to: denied),
            AttackTests.attack(
                "detach",
                "ALTER TABLE audit.event DETACH PARTITION audit.event_\(month)",
                to: denied
            ),
            AttackTests.attack(
                "disable triggers",
                "ALTER TABLE audit.event DISABLE TRIGGER ALL",
                to: denied
            ),
            AttackTests.attack("temporary table", "CREATE TEMP TABLE x (a int)", to: denied),
            AttackTests.attack("anonymous block", "DO $$ BEGIN NULL; END $$", to: denied),
            AttackTests.attack("months", "SELECT audit.ensure_months(3)", to: denied),
            AttackTests.attack(
                "retention",
                "CALL audit.drop_months_before('2000-01-01')",
                to: denied
            ),
        ]
    }

    // MARK: The other roles

    static func migrator(month: String) -> [Attack] {
        let owner = "SET ROLE limen_owner"
        return [
            AttackTests.attack("inherits nothing", "SELECT count(*) FROM audit.event", to: denied),
            AttackTests.attack(
                "owner reads",
                owner,
                "SELECT count(*) FROM audit.event",
                to: .gives("0")
            ),
            AttackTests.attack("owner deletes", owner, "DELETE FROM audit.event", to: .gives("")),
            AttackTests.attack(
                "owner updates",
                owner,
                "UPDATE audit.event SET service = 'x'",
                to: .gives("")
            ),
            AttackTests.attack(
                "owner reads a partition",
                owner,
                "SELECT count(*) FROM audit.event_\(month)",
                to: .gives("0")
            ),
            AttackTests.attack("owner truncates", owner, "TRUNCATE audit.event", to: denied),
            AttackTests.attack(
                "owner truncates a partition",
                owner,
                "TRUNCATE audit.event_\(month)",
                to: denied
            ),
            AttackTests.attack(
                "owner inserts",
                owner,
                "INSERT INTO audit.card VALUES ('anna', gen_random_uuid(), now(), gen_random_uuid())",
                to: denied
            ),
            AttackTests.attack(
                "owner rewrites migrations",
                owner,
                "UPDATE audit.schema_migration SET name = 'x'",
                to: .gives("")
            ),
            AttackTests.attack(
                "owner truncates migrations",
                owner,
                "TRUNCATE audit.schema_migration",
                to: denied
            ),
            AttackTests.attack(
                "replica mode",
                owner,
                "SET session_replication_role = replica",
                to: denied
            ),
        ]
    }

    static func retention(month: String) -> [Attack] {
        [
            AttackTests.attack("read", "SELECT count(*) FROM audit.event", to: denied),
            AttackTests.attack("delete", "DELETE FROM audit.event", to: denied),
            AttackTests.attack("truncate", "TRUNCATE audit.event_\(month)", to: denied),
            AttackTests.attack("drop", "DROP TABLE audit.event_\(month)", to: denied),
            AttackTests.attack("owner", "SET ROLE limen_owner", to: denied),
            AttackTests.attack(
                "young months",
                "CALL audit.drop_months_before(current_date)",
                to: .refused(["22023"])
            ),
            AttackTests.attack(
                "no day",
                "CALL audit.drop_months_before(NULL)",
                to: .refused(["22023"])
            ),
            AttackTests.attack(
                "infinity",
                "CALL audit.drop_months_before('infinity')",
                to: .refused(["22023"])
            ),
            AttackTests.attack(
                "inner functions",
                "SELECT audit.add_month('event', '2000-01-01')",
                to: denied
            ),
        ]
    }

    static let health: [Attack] = [
        AttackTests.attack(
            "its function",
            "SELECT months_ahead FROM audit.health()",
            to: .gives("3")
        ),
        AttackTests.attack("read", "SELECT count(*) FROM audit.event", to: denied),
        AttackTests.attack("migrations", "SELECT * FROM audit.schema_migration", to: denied),
        AttackTests.attack("months", "SELECT audit.ensure_months(3)", to: denied),
    ]

    static let maintenance: [Attack] = [
        AttackTests.attack("its function", "SELECT audit.ensure_months(3)", to: .gives("0")),
        AttackTests.attack(
            "too many months",
            "SELECT audit.ensure_months(25)",
            to: .refused(["22023"])
        ),
        AttackTests.attack("no months", "SELECT audit.ensure_months(0)", to: .refused(["22023"])),
        AttackTests.attack(
            "null months",
            "SELECT audit.ensure_months(NULL)",
            to: .refused(["22023"])
        ),
        AttackTests.attack("read", "SELECT count(*) FROM audit.event", to: denied),
        AttackTests.attack(
            "retention",
            "CALL audit.drop_months_before('2000-01-01')",
            to: denied
        ),
        AttackTests.attack(
            "inner functions",
            "SELECT audit.fence_partition('event', 'x')",
            to: denied
        ),
    ]

    /// A superuser can undo the defences by DDL; by DML and by mistake he cannot.
    static func superuser(month: String) -> [Attack] {
        let replica = "SET session_replication_role = replica"
        return [
            AttackTests.attack("delete", "DELETE FROM audit.event", to: denied),
            AttackTests.attack("update", "UPDATE audit.event SET service = 'x'", to: denied),
            AttackTests.attack("truncate", "TRUNCATE audit.event", to: denied),
            AttackTests.attack("truncate a partition", "TRUNCATE audit.event_\(month)", to: denied),
            AttackTests.attack(
                "delete in a partition",
                "DELETE FROM audit.event_\(month)",
                to: denied
            ),
            AttackTests.attack(
                "delete as a replica",
                replica,
                "DELETE FROM audit.event",
                to: denied
            ),
            AttackTests.attack(
                "truncate as a replica",
                replica,
                "TRUNCATE audit.event_\(month)",
                to: denied
            ),
            AttackTests.attack("delete cards", "DELETE FROM audit.card", to: denied),
            AttackTests.attack(
                "delete migrations",
                "DELETE FROM audit.schema_migration",
                to: denied
            ),
        ]
    }
}

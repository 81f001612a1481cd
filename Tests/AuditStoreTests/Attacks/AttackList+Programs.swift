extension AttackList {
    // MARK: The writer

    static func writer(month: String) -> [Attack] {
        let set = "SELECT set_config('limen.tenant', 'anna', true)"
        func insert(_ tenant: String, _ rest: String = "") -> String {
            "INSERT INTO audit.event (tenant, started_at, event_id, kind, outcome, status, "
                + "card_ids, missing_inputs, flags, log_id, seq, leaf_hash) VALUES (\(tenant), "
                + "now(), gen_random_uuid(), 'start', 'done', 200, '{}', '{}', '{}', "
                + "gen_random_uuid(), 0, sha256('')) \(rest)"
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
                "a read in the name of an auditor, for the sequencer to sign",
                "BEGIN",
                set,
                "INSERT INTO audit.event (tenant, started_at, event_id, kind, outcome, status, "
                    + "client, card_ids, missing_inputs, flags) VALUES ('anna', now() - interval "
                    + "'1 day', gen_random_uuid(), 'audit-read', 'done', 200, 'auditor_anna', '{}', "
                    + "'{}', '{list}')",
                to: denied
            ),
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

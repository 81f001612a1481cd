extension AttackList {
    // MARK: An auditor who changes

    static func changing(month: String) -> [Attack] {
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
            AttackTests.attack(
                "key of rows",
                key(columns: "", values: ""),
                to: denied
            ),
            AttackTests.attack(
                "key of a note without its note",
                key(columns: ", is_note", values: ", true"),
                to: denied
            ),
            AttackTests.attack(
                "key of a month to come",
                key(month: "'9999-01-01'", columns: ", is_note", values: ", true"),
                to: denied
            ),
            AttackTests.attack(
                "key given up",
                key(
                    columns: ", is_note, given_up_by",
                    values: ", true, gen_random_uuid()"
                ),
                to: denied
            ),
            AttackTests.attack(
                "wrapping key called superseded",
                "INSERT INTO audit.superseded_wrapping_key VALUES ('anna', 'k1')",
                to: denied
            ),
            AttackTests.attack("months", "SELECT audit.ensure_months(3)", to: denied),
            AttackTests.attack("health", "SELECT * FROM audit.health()", to: denied),
        ]
    }

    private static func key(
        month: String = "date_trunc('month', now() AT TIME ZONE 'UTC')",
        columns: String,
        values: String
    ) -> String {
        "INSERT INTO audit.data_key (tenant, key_id, subject, month, wrapping_key, wrapped, "
            + "created_at\(columns)) VALUES ('anna', gen_random_uuid(), sha256('p'), \(month), "
            + "'k1', decode(repeat('00', 25), 'hex'), now()\(values))"
    }

    static let creating: [Attack] = [
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
}

import AuditStore

extension Weakening {
    static let surroundings: [Weakening] = [
        Weakening(
            name: "everybody connects",
            statements: "DO $$ BEGIN EXECUTE format('GRANT CONNECT ON DATABASE %I TO PUBLIC', "
                + "current_database()); END $$",
            weakness: .surroundings,
            object: "DATABASE: CONNECT TO PUBLIC"
        ),
        Weakening(
            name: "auditors make temporary tables and functions",
            statements: "DO $$ BEGIN EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO "
                + "limen_auditor', current_database()); END $$",
            weakness: .surroundings,
            object: "DATABASE: TEMPORARY TO limen_auditor"
        ),
        Weakening(
            name: "auditors make schemas",
            statements: "DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO "
                + "limen_auditor', current_database()); END $$",
            weakness: .surroundings,
            object: "DATABASE: CREATE TO limen_auditor"
        ),
        Weakening(
            name: "the public schema open again",
            statements: "GRANT CREATE, USAGE ON SCHEMA public TO PUBLIC",
            weakness: .surroundings,
            object: "public: CREATE TO PUBLIC"
        ),
        Weakening(
            name: "the writer makes objects in the audit schema",
            statements: "GRANT CREATE ON SCHEMA audit TO limen_writer",
            weakness: .surroundings,
            object: "audit: CREATE TO limen_writer"
        ),
        Weakening(
            name: "the schema of another owner",
            statements: "ALTER SCHEMA audit OWNER TO limen_maintenance",
            weakness: .surroundings,
            object: "audit"
        ),
        Weakening(
            name: "everybody writes functions",
            statements: "GRANT USAGE ON LANGUAGE plpgsql TO PUBLIC",
            weakness: .surroundings,
            object: "plpgsql: USAGE TO PUBLIC"
        ),
        Weakening(
            name: "tables to come are open to auditors",
            statements: "ALTER DEFAULT PRIVILEGES FOR ROLE limen_owner IN SCHEMA audit "
                + "GRANT SELECT ON TABLES TO limen_auditor",
            weakness: .surroundings,
            object: "limen_owner: TABLES IN audit"
        ),
        Weakening(
            name: "functions to come are open to everybody",
            statements: "ALTER DEFAULT PRIVILEGES FOR ROLE limen_owner "
                + "GRANT EXECUTE ON FUNCTIONS TO PUBLIC",
            weakness: .surroundings,
            object: "limen_owner: FUNCTIONS"
        ),
        Weakening(
            name: "advisory locks for everybody",
            statements: "GRANT EXECUTE ON FUNCTION pg_catalog.pg_advisory_lock(bigint) TO PUBLIC",
            weakness: .catalogueGrant,
            object: "pg_advisory_lock(bigint)"
        ),
        Weakening(
            name: "large objects for auditors",
            statements: "GRANT EXECUTE ON FUNCTION pg_catalog.lo_create(oid) TO limen_auditor",
            weakness: .catalogueGrant,
            object: "lo_create(oid)"
        ),
        Weakening(
            name: "files of the server for auditors",
            statements: "GRANT EXECUTE ON FUNCTION pg_catalog.pg_read_file(text) TO limen_auditor",
            weakness: .catalogueGrant,
            object: "pg_read_file(text)"
        ),
        Weakening(
            name: "raw statistics for auditors",
            statements: "GRANT SELECT ON pg_catalog.pg_statistic TO limen_auditor",
            weakness: .catalogueGrant,
            object: "pg_statistic"
        ),
        Weakening(
            name: "the database of an auditor",
            statements:
                "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I OWNER TO limen_maintenance', "
                + "current_database()); END $$",
            weakness: .surroundings,
            object: "DATABASE: limen_maintenance"
        ),
    ]

    static let structure: [Weakening] = [
        Weakening(
            name: "an index that does not begin with the tenant",
            statements: "CREATE INDEX by_patient ON audit.event (patient_pseudonym)",
            weakness: .index,
            object: "audit.event: btree (patient_pseudonym)"
        ),
        Weakening(
            name: "a key without the tenant",
            statements: "CREATE UNIQUE INDEX once ON audit.used_token (token_digest)",
            weakness: .index,
            object: "audit.used_token: btree (token_digest)"
        ),
        Weakening(
            name: "an index gone",
            statements: "DROP INDEX audit.event_patient",
            weakness: .index,
            object: "audit.event: btree (tenant, patient_pseudonym"
        ),
        Weakening(
            name: "the kind of an event unchecked",
            statements: "ALTER TABLE audit.event DROP CONSTRAINT event_kind_check",
            weakness: .structure,
            object: "audit.event: CHECK"
        ),
        Weakening(
            name: "a key of a table gone",
            statements: "ALTER TABLE audit.used_token DROP CONSTRAINT used_token_pkey",
            weakness: .structure,
            object: "audit.used_token: PRIMARY KEY"
        ),
        Weakening(
            name: "the moment of recording is no longer the server's",
            statements: "ALTER TABLE audit.event ALTER COLUMN recorded_at DROP DEFAULT",
            weakness: .structure,
            object: "audit.event: recorded_at"
        ),
        Weakening(
            name: "a column that takes nothing",
            statements: "ALTER TABLE audit.feedback ALTER COLUMN outcome DROP NOT NULL",
            weakness: .structure,
            object: "audit.feedback: outcome"
        ),
        Weakening(
            name: "a column more",
            statements: "ALTER TABLE audit.tenant ADD COLUMN note text",
            weakness: .structure,
            object: "audit.tenant: note"
        ),
        Weakening(
            name: "a table that a crash empties",
            statements: "ALTER TABLE audit.used_token SET UNLOGGED",
            weakness: .durability,
            object: "audit.used_token"
        ),
        Weakening(
            name: "a table of another owner",
            statements: "ALTER TABLE audit.dropped_month OWNER TO postgres",
            weakness: .owner,
            object: "audit.dropped_month"
        ),
    ]

    static let months: [Weakening] = [
        Weakening(
            name: "a month detached",
            statements: "ALTER TABLE audit.event DETACH PARTITION audit.event_{month}",
            weakness: .partition,
            object: "audit.event_{month}"
        ),
        Weakening(
            name: "a month dropped",
            statements: "DROP TABLE audit.feedback_{month}",
            weakness: .partition,
            object: "audit.feedback_{month}"
        ),
        Weakening(
            name: "no default partition",
            statements: "ALTER TABLE audit.card DETACH PARTITION audit.card_default",
            weakness: .partition,
            object: "audit.card",
            isMended: false
        ),
        Weakening(
            name: "a month made by hand, without its fences",
            statements: """
                CREATE TABLE audit.event_203001 PARTITION OF audit.event
                    FOR VALUES FROM ('2030-01-01+00') TO ('2030-02-01+00')
                """,
            weakness: .rowSecurityOff,
            object: "audit.event_203001",
            isMended: false
        ),
        Weakening(
            name: "a month that holds another",
            statements: """
                CREATE TABLE audit.event_203001 PARTITION OF audit.event
                    FOR VALUES FROM ('2031-01-01+00') TO ('2031-02-01+00')
                """,
            weakness: .partition,
            object: "audit.event_203001",
            isMended: false
        ),
        Weakening(
            name: "rows in the default partition",
            statements: """
                INSERT INTO audit.event (tenant, started_at, event_id, kind, outcome, status,
                    card_ids, missing_inputs, flags)
                VALUES ('anna', '2001-01-01', gen_random_uuid(), 'start', 'done', 200, '{}', '{}',
                    '{}')
                """,
            weakness: .partition,
            object: "audit.event_default",
            isMended: false
        ),
    ]

    static let strangers: [Weakening] = [
        Weakening(
            name: "a table more in our schema",
            statements: "CREATE TABLE audit.notes (a text)",
            weakness: .foreignObject,
            object: "audit.notes"
        ),
        Weakening(
            name: "a table beside our schemas",
            statements: "CREATE TABLE public.notes (a text)",
            weakness: .foreignObject,
            object: "public.notes"
        ),
        Weakening(
            name: "a definer function beside our schemas",
            statements: """
                CREATE FUNCTION public.peek() RETURNS bigint LANGUAGE sql SECURITY DEFINER
                    AS 'SELECT count(*) FROM audit.event'
                """,
            weakness: .foreignObject,
            object: "public.peek()"
        ),
        Weakening(
            name: "a function in the server's own schema",
            statements: """
                SET LOCAL allow_system_table_mods = on;
                CREATE FUNCTION pg_catalog.peek() RETURNS bigint LANGUAGE sql SECURITY DEFINER
                    AS 'SELECT count(*) FROM audit.event';
                SET LOCAL allow_system_table_mods = off
                """,
            weakness: .foreignObject,
            object: "peek()"
        ),
        Weakening(
            name: "a publication",
            statements: "CREATE PUBLICATION out FOR TABLE audit.tenant",
            weakness: .replication,
            object: "\"out\""
        ),
        Weakening(
            name: "an event trigger",
            statements: """
                CREATE FUNCTION public.on_ddl() RETURNS event_trigger LANGUAGE plpgsql
                    AS 'BEGIN END';
                CREATE EVENT TRIGGER watching ON ddl_command_end EXECUTE FUNCTION public.on_ddl()
                """,
            weakness: .beside,
            object: "watching: ddl_command_end"
        ),
        Weakening(
            name: "a large object",
            statements: "SELECT lo_from_bytea(0, 'x')",
            weakness: .foreignObject,
            object: "DATABASE"
        ),
        Weakening(
            name: "a cast",
            statements: """
                CREATE FUNCTION public.as_int(boolean) RETURNS bytea LANGUAGE sql
                    AS 'SELECT ''\\x00''::bytea';
                CREATE CAST (boolean AS bytea) WITH FUNCTION public.as_int(boolean)
                """,
            weakness: .foreignObject,
            object: "boolean AS bytea"
        ),
        Weakening(
            name: "statistics over columns",
            statements: "CREATE STATISTICS audit.together ON tenant, client FROM audit.event",
            weakness: .foreignObject,
            object: "audit.together"
        ),
        Weakening(
            name: "a type more",
            statements: "CREATE TYPE audit.colour AS ENUM ('red')",
            weakness: .foreignObject,
            object: "audit.colour"
        ),
        Weakening(
            name: "a way to another server",
            statements: """
                CREATE FOREIGN DATA WRAPPER far;
                CREATE SERVER away FOREIGN DATA WRAPPER far
                """,
            weakness: .foreignObject,
            object: "away",
            isMended: false
        ),
        Weakening(
            name: "a migration in the list that no file has",
            statements: """
                SET LOCAL ROLE limen_owner;
                INSERT INTO audit.schema_migration (number, name, sha256)
                VALUES (9999, '9999_mine.sql', sha256('x'));
                RESET ROLE
                """,
            weakness: .migrations,
            object: "9999_mine.sql",
            isMended: false
        ),
        Weakening(
            name: "a session that begins in replica mode",
            statements: "SET LOCAL session_replication_role = replica",
            weakness: .access,
            object: "session_replication_role",
            isMended: false
        ),
        Weakening(
            name: "a COMMIT that is not durable",
            statements: "SET LOCAL synchronous_commit = off",
            weakness: .durability,
            object: "synchronous_commit",
            isMended: false
        ),
    ]
}

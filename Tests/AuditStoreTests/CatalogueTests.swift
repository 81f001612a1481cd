import AuditStore
import PostgreSQL
import Testing

/// What the catalogue must say, whatever tables, partitions and functions there are.
@Suite("Catalogue", .enabled(if: TestDatabase.isPresent, "\(TestDatabase.absence)"))
struct CatalogueTests {
    @Test("Row security is on and forced on every table and partition")
    func rowSecurity() throws {
        let database = try TestDatabase()
        let open = try database.column(
            """
            SELECT relname::text FROM pg_class
            WHERE relnamespace = 'audit'::regnamespace AND relkind IN ('r', 'p')
              AND NOT (relrowsecurity AND relforcerowsecurity)
            """
        )
        #expect(open == [])
        let tables = try database.count(
            """
            SELECT count(*) FROM pg_class
            WHERE relnamespace = 'audit'::regnamespace AND relkind IN ('r', 'p')
            """
        )
        #expect(tables == 9 + 3 * 6, "nine tables, and six partitions of three of them")
    }

    @Test("The policies are just these, one for each command and role, all permissive")
    func policies() throws {
        let database = try TestDatabase()
        let policies = try database.column(
            """
            SELECT tablename || ' ' || cmd || ' ' || array_to_string(roles, ',') || ' '
                || permissive
            FROM pg_policies WHERE schemaname = 'audit' ORDER BY 1
            """
        )
        #expect(
            policies == [
                "auditor_tenant DELETE limen_owner PERMISSIVE",
                "auditor_tenant INSERT limen_owner PERMISSIVE",
                "auditor_tenant SELECT limen_auditor PERMISSIVE",
                "auditor_tenant SELECT limen_monitor PERMISSIVE",
                "auditor_tenant SELECT limen_owner PERMISSIVE",
                "card INSERT limen_writer PERMISSIVE",
                "card SELECT limen_auditor PERMISSIVE",
                "dropped_month INSERT limen_owner PERMISSIVE",
                "dropped_month SELECT limen_auditor PERMISSIVE",
                "event INSERT limen_owner PERMISSIVE",
                "event INSERT limen_writer PERMISSIVE",
                "event SELECT limen_auditor PERMISSIVE",
                "feedback INSERT limen_writer PERMISSIVE",
                "feedback SELECT limen_auditor PERMISSIVE",
                "model_count DELETE limen_owner PERMISSIVE",
                "model_count INSERT limen_owner PERMISSIVE",
                "model_count INSERT limen_writer PERMISSIVE",
                "model_count SELECT limen_auditor PERMISSIVE",
                "model_count SELECT limen_monitor PERMISSIVE",
                "model_count SELECT limen_owner PERMISSIVE",
                "schema_migration INSERT limen_owner PERMISSIVE",
                "schema_migration SELECT limen_owner PERMISSIVE",
                "tenant INSERT limen_owner PERMISSIVE",
                "tenant SELECT limen_auditor PERMISSIVE",
                "tenant SELECT limen_owner PERMISSIVE",
                "used_token DELETE limen_owner PERMISSIVE",
                "used_token INSERT limen_writer PERMISSIVE",
                "used_token SELECT limen_owner PERMISSIVE",
            ]
        )
    }

    @Test("The grants on tables and views are just these; partitions have none")
    func grants() throws {
        let database = try TestDatabase()
        let grants = try database.column(
            """
            SELECT c.relname || ' ' || a.privilege_type || ' ' || a.grantee::regrole
            FROM pg_class c, aclexplode(c.relacl) a
            WHERE c.relnamespace = 'audit'::regnamespace
              AND a.grantee <> 'limen_owner'::regrole
            ORDER BY 1
            """
        )
        #expect(
            grants == [
                "auditor_tenant SELECT limen_auditor",
                "auditor_tenant SELECT limen_monitor",
                "card INSERT limen_writer",
                "card SELECT limen_auditor",
                "card_feedback SELECT limen_auditor",
                "card_response SELECT limen_auditor",
                "decision SELECT limen_auditor",
                "dropped_month SELECT limen_auditor",
                "event SELECT limen_auditor",
                "feedback INSERT limen_writer",
                "feedback SELECT limen_auditor",
                "model_count SELECT limen_auditor",
                "model_count SELECT limen_monitor",
                "model_counter SELECT limen_auditor",
                "model_counter SELECT limen_monitor",
                "tenant SELECT limen_auditor",
                "used_token INSERT limen_writer",
            ]
        )
        let byColumn = try database.column(
            """
            SELECT DISTINCT c.relname || ' ' || x.privilege_type || ' ' || x.grantee::regrole
            FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid, aclexplode(a.attacl) x
            WHERE c.relnamespace = 'audit'::regnamespace ORDER BY 1
            """
        )
        #expect(byColumn == ["event INSERT limen_writer", "model_count INSERT limen_writer"])
        let withheld = try database.column(
            """
            SELECT attname::text FROM pg_attribute
            WHERE attrelid = 'audit.event'::regclass AND attnum > 0 AND attacl IS NULL ORDER BY 1
            """
        )
        #expect(withheld == ["recorded_at", "schema_version"], "the database says these itself")
    }

    @Test("An auditor's login holds eight connections at most")
    func auditorConnections() throws {
        let database = try TestDatabase()
        let limits = try database.column(
            "SELECT rolconnlimit::text FROM pg_roles WHERE rolname = 'auditor_anna'"
        )
        #expect(limits == ["8"])
    }

    @Test("Functions are executed by just these roles, and pin their search path")
    func functions() throws {
        let database = try TestDatabase()
        let grants = try database.column(
            """
            SELECT p.proname || ' ' || CASE WHEN a.grantee = 0 THEN 'PUBLIC'
                ELSE a.grantee::regrole::text END
            FROM pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
            WHERE p.pronamespace = 'audit'::regnamespace AND a.grantee <> 'limen_owner'::regrole
            ORDER BY 1
            """
        )
        #expect(
            grants == [
                "drop_months_before limen_retention",
                "ensure_months limen_maintenance",
                "health limen_health",
                "health limen_maintenance",
                "health limen_writer",
                "purge_used_tokens limen_maintenance",
                "purge_used_tokens limen_retention",
                "roll_up_model_counts limen_maintenance",
                "roll_up_model_counts limen_retention",
            ]
        )
        let definers = try database.column(
            """
            SELECT proname::text FROM pg_proc
            WHERE pronamespace = 'audit'::regnamespace AND prosecdef ORDER BY 1
            """
        )
        #expect(
            definers == [
                "drop_months_before", "ensure_months", "health", "purge_used_tokens",
                "roll_up_model_counts",
            ]
        )
        #expect(
            try database.count(
                """
                SELECT count(*) FROM pg_proc WHERE pronamespace = 'audit'::regnamespace
                  AND NOT coalesce('search_path=pg_catalog, pg_temp' = ANY (proconfig), false)
                """
            ) == 0
        )
        #expect(
            try database.count(
                "SELECT count(*) FROM pg_proc WHERE proleakproof AND pronamespace = 'audit'::regnamespace"
            ) == 0
        )
    }

    @Test("PUBLIC has nothing: no database, schema, language, large object or lock")
    func nothingToPublic() throws {
        let database = try TestDatabase()
        let grants = try database.column(
            """
            SELECT 'database' FROM pg_database d, aclexplode(d.datacl) a
            WHERE d.datname = current_database() AND a.grantee = 0
            UNION ALL
            SELECT 'schema ' || n.nspname FROM pg_namespace n, aclexplode(n.nspacl) a
            WHERE a.grantee = 0 AND n.nspname NOT IN ('pg_catalog', 'information_schema')
            UNION ALL
            SELECT 'language ' || l.lanname
            FROM pg_language l, aclexplode(coalesce(l.lanacl, acldefault('l', l.lanowner))) a
            WHERE a.grantee = 0 AND l.lanpltrusted
            UNION ALL
            SELECT 'function ' || p.proname
            FROM pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
            WHERE a.grantee = 0 AND (p.proname ~ '^(lo_|loread|lowrite)'
                OR p.proname ~ 'advisory' OR p.proname = 'pg_notify')
            UNION ALL
            SELECT 'relation ' || c.relname FROM pg_class c, aclexplode(c.relacl) a
            WHERE a.grantee = 0 AND c.relnamespace = 'audit'::regnamespace
            """
        )
        #expect(grants == [])
        #expect(
            try database.count(
                "SELECT count(*) FROM pg_database WHERE datname = current_database() AND datacl IS NULL"
            ) == 0
        )
    }

    @Test("The append-only triggers fire always, on every table that is written, and partition")
    func triggers() throws {
        let database = try TestDatabase()
        let unfenced = try database.column(
            """
            SELECT c.relname || ' ' || wanted.name FROM pg_class c,
                (VALUES ('refuse_row_change', 27), ('refuse_truncate', 34)) AS wanted(name, type)
            WHERE c.relnamespace = 'audit'::regnamespace AND c.relkind IN ('r', 'p')
              AND c.relname NOT IN ('tenant', 'auditor_tenant')
              AND (c.relname, wanted.name) <> ('model_count', 'refuse_row_change')
              AND NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid
                  AND t.tgname = wanted.name AND t.tgtype = wanted.type AND t.tgenabled = 'A')
            """
        )
        #expect(unfenced == [])
        // Counters are put together by deleting and adding, and never changed in place.
        #expect(
            try database.count(
                """
                SELECT count(*) FROM pg_trigger WHERE tgrelid = 'audit.model_count'::regclass
                  AND tgname = 'refuse_row_change' AND tgtype = 19 AND tgenabled = 'A'
                """
            ) == 1
        )
    }

    @Test("Views run as their reader, behind a barrier, and nothing is materialized")
    func views() throws {
        let database = try TestDatabase()
        #expect(
            try database.count(
                """
                SELECT count(*) FROM pg_class WHERE relnamespace = 'audit'::regnamespace
                  AND (relkind = 'm' OR relkind = 'v' AND NOT coalesce(reloptions
                      @> ARRAY['security_invoker=true', 'security_barrier=true'], false))
                """
            ) == 0
        )
    }

    @Test("The tenant comes first in every key and every index of what tenants own")
    func tenantFirst() throws {
        let database = try TestDatabase()
        let others = try database.column(
            """
            SELECT i.indexrelid::regclass::text FROM pg_index i
            JOIN pg_class c ON c.oid = i.indrelid
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
            WHERE c.relnamespace = 'audit'::regnamespace AND a.attname <> 'tenant'
              AND c.relname NOT IN ('schema_migration', 'dropped_month', 'auditor_tenant')
            """
        )
        #expect(others == [])
    }

    @Test("No role of the house is a superuser, bypasses row security or inherits the owner")
    func roles() throws {
        let database = try TestDatabase()
        #expect(
            try database.count(
                """
                SELECT count(*) FROM pg_roles
                WHERE (rolname LIKE 'limen\\_%' OR rolname LIKE 'auditor\\_%')
                  AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication)
                """
            ) == 0
        )
        let members = try database.column(
            """
            SELECT member::regrole::text FROM pg_auth_members
            WHERE roleid = 'limen_owner'::regrole
            """
        )
        #expect(members == ["limen_migrator"])
        #expect(
            try database.count(
                "SELECT count(*) FROM pg_roles WHERE rolname = 'limen_migrator' AND NOT rolinherit"
            ) == 1
        )
    }

    @Test("The months are there from the last to three ahead, and more on demand")
    func months() throws {
        let database = try TestDatabase()
        let maintenance = database.login("limen_maintenance")
        let before = try Maintenance.health(
            database.login("limen_writer"),
            migrations: TestDatabase.migrations
        )
        #expect(before.monthsAhead == 3)
        #expect(before.isCurrent)
        #expect(before.defaultBytes == 0)
        #expect(before.monthsMissing == 0)
        #expect(try Maintenance.ensureMonths(maintenance, ahead: 3) == 0)
        #expect(try Maintenance.ensureMonths(maintenance, ahead: 5) == 6)
        #expect(try Maintenance.ensureMonths(maintenance, ahead: 5) == 0)
        let open = try database.column(
            """
            SELECT relname::text FROM pg_class
            WHERE relnamespace = 'audit'::regnamespace AND relkind = 'r'
              AND (NOT relrowsecurity OR NOT relforcerowsecurity OR relacl IS NOT NULL)
              AND relname ~ '_[0-9]{6}$'
            """
        )
        #expect(open == [], "months made later are fenced in too")
    }

    @Test("A month that the default partition holds rows of is left out, counted, and no hindrance")
    func occupiedMonth() async throws {
        let database = try TestDatabase()
        let maintenance = database.login("limen_maintenance")
        // Nobody made the months in time: this one and all that follow are gone.
        for parent in ["event", "card", "feedback"] {
            let later = try database.column(
                """
                SELECT relname::text FROM pg_class WHERE relname ~ '_[0-9]{6}$'
                  AND relkind = 'r' AND right(relname, 6) >= to_char(now(), 'YYYYMM')
                """
            )
            for name in later where name.hasPrefix(parent) {
                try database.script("DROP TABLE audit.\(name)")
            }
        }
        let sink = try database.sink()
        try await sink.append(Records.small())
        sink.close()
        #expect(try database.count("SELECT count(*) FROM audit.event_default") == 1)
        let before = try Maintenance.health(maintenance, migrations: TestDatabase.migrations)
        #expect(before.monthsMissing == 2)
        // Of four months and three tables, the month of that event cannot be made.
        #expect(try Maintenance.ensureMonths(maintenance, ahead: 3) == 11)
        #expect(try Maintenance.ensureMonths(maintenance, ahead: 3) == 0)
        let after = try Maintenance.health(maintenance, migrations: TestDatabase.migrations)
        #expect(after.monthsMissing == 1)
        #expect(after.monthsAhead == 3)
        #expect(after.defaultBytes > 0)
        #expect(try database.count("SELECT count(*) FROM audit.event") == 1)
        let left = try database.count(
            "SELECT count(*) FROM pg_class WHERE relname = 'event_' || to_char(now(), 'YYYYMM')"
        )
        #expect(left == 0, "the month that could not be attached does not lie about")
    }

    @Test("Retention drops whole months past six years, by its procedure, and records it")
    func retention() async throws {
        let database = try TestDatabase()
        try database.script(
            """
            SET ROLE limen_owner;
            SELECT audit.add_month('event', '2015-01-01'), audit.add_month('card', '2015-01-01'),
                audit.add_month('event', '2015-02-01');
            """
        )
        let connection = try Connection.open(database.login("limen_retention"))
        _ = try connection.execute("CALL audit.drop_months_before('2015-02-28')")
        let dropped = try database.column(
            """
            SELECT relation || ' ' || dropped_by FROM audit.dropped_month ORDER BY 1
            """
        )
        #expect(dropped == ["card_201501 limen_retention", "event_201501 limen_retention"])
        #expect(
            try database.column(
                "SELECT relname::text FROM pg_class WHERE relname ~ '_2015[0-9]{2}$'"
            ) == ["event_201502"]
        )
    }
}

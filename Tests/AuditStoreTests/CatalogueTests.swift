import AuditStore
import PostgreSQL
import Testing

/// What the catalogue must say, whatever tables, partitions and functions there are.
///
/// That it says just what the migrations make is held by `DoctorTests`.
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
    }

    @Test("The gateway says of a row neither when it was recorded nor in which form")
    func withheldColumns() throws {
        let database = try TestDatabase()
        let withheld = try database.column(
            """
            SELECT attname::text FROM pg_attribute
            WHERE attrelid = 'audit.event'::regclass AND attnum > 0 AND attacl IS NULL ORDER BY 1
            """
        )
        #expect(
            withheld == ["model_sha256", "profile_name", "recorded_at", "schema_version"],
            "the database says these itself"
        )
    }

    @Test("An auditor's login holds eight connections at most")
    func auditorConnections() throws {
        let database = try TestDatabase()
        let limits = try database.column(
            "SELECT rolconnlimit::text FROM pg_roles WHERE rolname = 'auditor_anna'"
        )
        #expect(limits == ["8"])
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
              AND NOT (wanted.name = 'refuse_row_change' AND c.relname IN (
                  'model_count', 'sequencer', 'unfolded', 'unplaced', 'key_report'))
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
              AND c.relname NOT IN ('schema_migration', 'dropped_month', 'auditor_tenant',
                  'log', 'batch', 'adopted', 'tree_leaf', 'tree_node', 'checkpoint', 'sequencer',
                  'unfolded', 'unplaced')
              -- By log and number: for the verifier, who reads all tenants.
              AND a.attname <> 'log_id'
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
                  AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb
                      OR rolreplication AND rolname <> 'limen_backup')
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

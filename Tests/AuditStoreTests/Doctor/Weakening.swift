import AuditStore
import Testing

/// One deliberate weakening of a database, and what the doctor must say of it.
struct Weakening: Sendable, CustomTestStringConvertible {
    let name: String
    /// What an attacker, a mistake or a careless migration does.
    let statements: String
    /// The kind of weakness that must be named.
    let weakness: Weakness
    /// What the object of the finding must begin with.
    let object: String
    /// Whether the statement that the doctor gives must make all well again.
    var isMended = true

    var testDescription: String { name }
}

extension Weakening {
    /// The partition of this month, which a list that is written ahead cannot name.
    static let month = "{month}"

    static let all: [Weakening] =
        rowSecurity + policies + grants + triggers + functions + views + roles + surroundings
        + structure + months + strangers + keys

    private static let rowSecurity: [Weakening] = [
        Weakening(
            name: "row security off on the trail",
            statements: "ALTER TABLE audit.event DISABLE ROW LEVEL SECURITY",
            weakness: .rowSecurityOff,
            object: "audit.event"
        ),
        Weakening(
            name: "row security off on one month",
            statements: "ALTER TABLE audit.event_{month} DISABLE ROW LEVEL SECURITY",
            weakness: .rowSecurityOff,
            object: "audit.event_{month}"
        ),
        Weakening(
            name: "row security not forced on the trail",
            statements: "ALTER TABLE audit.event NO FORCE ROW LEVEL SECURITY",
            weakness: .rowSecurityNotForced,
            object: "audit.event"
        ),
        Weakening(
            name: "row security not forced on a default partition",
            statements: "ALTER TABLE audit.card_default NO FORCE ROW LEVEL SECURITY",
            weakness: .rowSecurityNotForced,
            object: "audit.card_default"
        ),
        Weakening(
            name: "row security off on the mapping of auditors",
            statements: "ALTER TABLE audit.auditor_tenant DISABLE ROW LEVEL SECURITY",
            weakness: .rowSecurityOff,
            object: "audit.auditor_tenant"
        ),
        Weakening(
            name: "row security off on the deployments",
            statements: "ALTER TABLE model.deployment DISABLE ROW LEVEL SECURITY",
            weakness: .rowSecurityOff,
            object: "model.deployment"
        ),
    ]

    private static let policies: [Weakening] = [
        Weakening(
            name: "auditors fenced by a setting",
            statements: """
                ALTER POLICY auditor_reads ON audit.event
                    USING (tenant = current_setting('limen.tenant', true))
                """,
            weakness: .policy,
            object: "audit.event: auditor_reads"
        ),
        Weakening(
            name: "auditors fenced by current_user",
            statements: """
                ALTER POLICY auditor_reads ON audit.event USING (tenant = ANY (ARRAY(
                    SELECT g.tenant FROM audit.auditor_tenant g WHERE g.login = current_user)))
                """,
            weakness: .policy,
            object: "audit.event: auditor_reads"
        ),
        Weakening(
            name: "auditors not fenced",
            statements: "ALTER POLICY auditor_reads ON audit.event USING (true)",
            weakness: .policy,
            object: "audit.event: auditor_reads"
        ),
        Weakening(
            name: "a second policy for auditors",
            statements: """
                CREATE POLICY support_reads ON audit.event FOR SELECT TO limen_auditor
                    USING (kind = 'start')
                """,
            weakness: .policy,
            object: "audit.event: support_reads"
        ),
        Weakening(
            name: "a policy for everybody",
            statements: "CREATE POLICY all_read ON audit.card FOR SELECT USING (true)",
            weakness: .policy,
            object: "audit.card: all_read"
        ),
        Weakening(
            name: "a policy for every command",
            statements: """
                DROP POLICY writer_adds ON audit.event;
                CREATE POLICY writer_adds ON audit.event FOR ALL TO limen_writer
                    USING (true) WITH CHECK (true)
                """,
            weakness: .policy,
            object: "audit.event: writer_adds"
        ),
        Weakening(
            name: "the writer not fenced",
            statements: "ALTER POLICY writer_adds ON audit.feedback WITH CHECK (true)",
            weakness: .policy,
            object: "audit.feedback: writer_adds"
        ),
        Weakening(
            name: "a policy dropped",
            statements: "DROP POLICY auditor_reads ON audit.feedback",
            weakness: .policy,
            object: "audit.feedback: auditor_reads"
        ),
        Weakening(
            name: "a policy on a partition",
            statements: """
                CREATE POLICY peek ON audit.event_{month} FOR SELECT TO limen_auditor USING (true)
                """,
            weakness: .policy,
            object: "audit.event_{month}: peek"
        ),
        Weakening(
            name: "the owner reads the trail",
            statements:
                "CREATE POLICY owner_peeks ON audit.event FOR SELECT TO limen_owner USING (true)",
            weakness: .policy,
            object: "audit.event: owner_peeks"
        ),
        Weakening(
            name: "a policy given to another role",
            statements: "ALTER POLICY auditor_reads ON audit.event TO limen_auditor, limen_monitor",
            weakness: .policy,
            object: "audit.event: auditor_reads"
        ),
        Weakening(
            name: "a restrictive fence in the place of a permissive one",
            statements: """
                DROP POLICY auditor_reads ON audit.card;
                CREATE POLICY auditor_reads ON audit.card AS RESTRICTIVE FOR SELECT
                    TO limen_auditor USING (tenant <> 'system')
                """,
            weakness: .policy,
            object: "audit.card: auditor_reads"
        ),
        Weakening(
            name: "an auditor sees the whole mapping",
            statements: "ALTER POLICY auditor_reads ON audit.auditor_tenant USING (true)",
            weakness: .policy,
            object: "audit.auditor_tenant: auditor_reads"
        ),
    ]

    private static let grants: [Weakening] = [
        Weakening(
            name: "a partition granted to auditors",
            statements: "GRANT SELECT ON audit.event_{month} TO limen_auditor",
            weakness: .grant,
            object: "audit.event_{month}: SELECT TO limen_auditor"
        ),
        Weakening(
            name: "all tables granted, and with them all partitions",
            statements: "GRANT SELECT ON ALL TABLES IN SCHEMA audit TO limen_auditor",
            weakness: .grant,
            object: "audit.feedback_default: SELECT TO limen_auditor"
        ),
        Weakening(
            name: "a table granted to everybody",
            statements: "GRANT SELECT ON audit.tenant TO PUBLIC",
            weakness: .grant,
            object: "audit.tenant: SELECT TO PUBLIC"
        ),
        Weakening(
            name: "the writer may read",
            statements: "GRANT SELECT ON audit.event TO limen_writer",
            weakness: .grant,
            object: "audit.event: SELECT TO limen_writer"
        ),
        Weakening(
            name: "the writer may delete",
            statements: "GRANT DELETE ON audit.event TO limen_writer",
            weakness: .grant,
            object: "audit.event: DELETE TO limen_writer"
        ),
        Weakening(
            name: "retention may truncate",
            statements: "GRANT TRUNCATE ON audit.card TO limen_retention",
            weakness: .grant,
            object: "audit.card: TRUNCATE TO limen_retention"
        ),
        Weakening(
            name: "one column granted to a monitor",
            statements: "GRANT SELECT (client) ON audit.event TO limen_monitor",
            weakness: .grant,
            object: "audit.event: SELECT (client) TO limen_monitor"
        ),
        Weakening(
            name: "the writer says when a row was recorded",
            statements: "GRANT INSERT (recorded_at) ON audit.event TO limen_writer",
            weakness: .grant,
            object: "audit.event: INSERT (recorded_at) TO limen_writer"
        ),
        Weakening(
            name: "an auditor may grant on",
            statements: "GRANT SELECT ON audit.event TO limen_auditor WITH GRANT OPTION",
            weakness: .grant,
            object: "audit.event: SELECT TO limen_auditor"
        ),
        Weakening(
            name: "an auditor maps itself",
            statements: "GRANT INSERT ON audit.auditor_tenant TO limen_auditor",
            weakness: .grant,
            object: "audit.auditor_tenant: INSERT TO limen_auditor"
        ),
        Weakening(
            name: "a right taken away",
            statements: "REVOKE INSERT ON audit.card FROM limen_writer",
            weakness: .grant,
            object: "audit.card: INSERT TO limen_writer"
        ),
        Weakening(
            name: "the list of migrations open to the writer",
            statements: "GRANT SELECT ON audit.schema_migration TO limen_writer",
            weakness: .grant,
            object: "audit.schema_migration: SELECT TO limen_writer"
        ),
    ]

    private static let triggers: [Weakening] = [
        Weakening(
            name: "a trigger that replica mode passes by",
            statements: "ALTER TABLE audit.event ENABLE TRIGGER refuse_row_change",
            weakness: .trigger,
            object: "audit.event: refuse_row_change"
        ),
        Weakening(
            name: "the trigger of one month switched off",
            statements: "ALTER TABLE audit.event_{month} DISABLE TRIGGER refuse_row_change",
            weakness: .trigger,
            object: "audit.event_{month}: refuse_row_change"
        ),
        Weakening(
            name: "the truncate trigger of a partition gone",
            statements: "DROP TRIGGER refuse_truncate ON audit.card_{month}",
            weakness: .trigger,
            object: "audit.card_{month}: refuse_truncate"
        ),
        Weakening(
            name: "the append-only trigger gone",
            statements: "DROP TRIGGER refuse_row_change ON audit.dropped_month",
            weakness: .trigger,
            object: "audit.dropped_month: refuse_row_change"
        ),
        Weakening(
            name: "a trigger that no longer looks at deletes",
            statements: """
                DROP TRIGGER refuse_row_change ON audit.schema_migration;
                CREATE TRIGGER refuse_row_change BEFORE UPDATE ON audit.schema_migration
                    FOR EACH ROW EXECUTE FUNCTION audit.refuse_change();
                ALTER TABLE audit.schema_migration ENABLE ALWAYS TRIGGER refuse_row_change
                """,
            weakness: .trigger,
            object: "audit.schema_migration: refuse_row_change"
        ),
        Weakening(
            name: "a trigger more, which swallows rows",
            statements: """
                CREATE FUNCTION audit.swallow() RETURNS trigger LANGUAGE plpgsql
                    SET search_path = pg_catalog, pg_temp AS 'BEGIN RETURN NULL; END';
                CREATE TRIGGER a_first BEFORE INSERT ON audit.feedback
                    FOR EACH ROW EXECUTE FUNCTION audit.swallow()
                """,
            weakness: .trigger,
            object: "audit.feedback: a_first"
        ),
        Weakening(
            name: "the checks of foreign keys switched off",
            statements: "ALTER TABLE model.arm_count DISABLE TRIGGER ALL",
            weakness: .trigger,
            object: "model.arm_count: RI_ConstraintTrigger"
        ),
        Weakening(
            name: "the change of a deployment without its row",
            statements: "ALTER TABLE model.deployment DISABLE TRIGGER record_change",
            weakness: .trigger,
            object: "model.deployment: record_change"
        ),
    ]

    private static let functions: [Weakening] = [
        Weakening(
            name: "a definer function more",
            statements: """
                CREATE FUNCTION audit.peek() RETURNS bigint LANGUAGE sql SECURITY DEFINER
                    SET search_path = pg_catalog, pg_temp AS 'SELECT count(*) FROM audit.event'
                """,
            weakness: .function,
            object: "audit.peek()"
        ),
        Weakening(
            name: "a function that runs as its owner now",
            statements: "ALTER FUNCTION audit.refuse_change() SECURITY DEFINER",
            weakness: .function,
            object: "audit.refuse_change()"
        ),
        Weakening(
            name: "a function without its search path",
            statements: "ALTER FUNCTION audit.health() RESET search_path",
            weakness: .function,
            object: "audit.health()"
        ),
        Weakening(
            name: "the trigger function lets changes through",
            statements: """
                CREATE OR REPLACE FUNCTION audit.refuse_change() RETURNS trigger LANGUAGE plpgsql
                    SET search_path = pg_catalog, pg_temp AS 'BEGIN RETURN OLD; END'
                """,
            weakness: .function,
            object: "audit.refuse_change()",
            isMended: false
        ),
        Weakening(
            name: "retention after a day",
            statements: """
                CREATE OR REPLACE PROCEDURE audit.drop_months_before(day date) LANGUAGE plpgsql
                    SECURITY DEFINER SET search_path = pg_catalog, pg_temp
                    SET lock_timeout = '2s' AS 'BEGIN DROP TABLE audit.event; END'
                """,
            weakness: .function,
            object: "audit.drop_months_before",
            isMended: false
        ),
        Weakening(
            name: "a function for everybody",
            statements: "GRANT EXECUTE ON FUNCTION audit.ensure_months(int) TO PUBLIC",
            weakness: .function,
            object: "audit.ensure_months(integer): EXECUTE TO PUBLIC"
        ),
        Weakening(
            name: "the writer may drop months",
            statements: "GRANT EXECUTE ON PROCEDURE audit.drop_months_before(date) TO limen_writer",
            weakness: .function,
            object: "audit.drop_months_before(date): EXECUTE TO limen_writer"
        ),
        Weakening(
            name: "a function marked as leak-proof",
            statements: "ALTER FUNCTION audit.health() LEAKPROOF",
            weakness: .function,
            object: "audit.health()"
        ),
        Weakening(
            name: "a function of another owner",
            statements: "ALTER FUNCTION audit.ensure_months(int) OWNER TO postgres",
            weakness: .owner,
            object: "audit.ensure_months(integer)"
        ),
        Weakening(
            name: "a function that is taken for stable",
            statements: "ALTER FUNCTION audit.roll_up_model_counts() IMMUTABLE",
            weakness: .function,
            object: "audit.roll_up_model_counts()"
        ),
        Weakening(
            name: "a function gone",
            statements: "DROP FUNCTION audit.purge_used_tokens()",
            weakness: .missingObject,
            object: "audit.purge_used_tokens()",
            isMended: false
        ),
    ]

    private static let views: [Weakening] = [
        Weakening(
            name: "a view with the eyes of its owner",
            statements: "ALTER VIEW audit.decision SET (security_invoker = false)",
            weakness: .view,
            object: "audit.decision"
        ),
        Weakening(
            name: "a view without its barrier",
            statements: "ALTER VIEW audit.card_feedback RESET (security_barrier)",
            weakness: .view,
            object: "audit.card_feedback"
        ),
        Weakening(
            name: "a materialized view",
            statements: "CREATE MATERIALIZED VIEW audit.copy AS SELECT * FROM audit.event",
            weakness: .foreignObject,
            object: "audit.copy"
        ),
        Weakening(
            name: "a view more, owned by a superuser",
            statements: """
                CREATE VIEW audit.everything AS SELECT * FROM audit.event;
                GRANT SELECT ON audit.everything TO limen_auditor
                """,
            weakness: .foreignObject,
            object: "audit.everything"
        ),
        Weakening(
            name: "a view in another schema",
            statements: "CREATE VIEW public.window_on_it AS SELECT * FROM audit.event",
            weakness: .foreignObject,
            object: "public.window_on_it"
        ),
        Weakening(
            name: "a view that shows something else",
            statements: """
                CREATE OR REPLACE VIEW audit.model_counter
                    WITH (security_invoker = true, security_barrier = true) AS
                SELECT c.tenant, c.day, c.profile, c.version, ''::text AS sha256, c.arm, c.kind,
                    c.name, c.edges, c.categories, c.low, c.high, ''::text AS cell, 0::bigint AS count
                FROM audit.model_count c
                """,
            weakness: .view,
            object: "audit.model_counter",
            isMended: false
        ),
        Weakening(
            name: "a rewrite rule that swallows rows",
            statements: "CREATE RULE hush AS ON INSERT TO audit.tenant DO INSTEAD NOTHING",
            weakness: .foreignObject,
            object: "audit.tenant: hush"
        ),
    ]
}

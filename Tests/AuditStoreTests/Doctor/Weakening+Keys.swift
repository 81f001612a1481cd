import AuditStore

extension Weakening {
    /// What would let keys, holds or notes stand in each other's way.
    static let keys: [Weakening] = [
        Weakening(
            name: "auditors add keys of rows",
            statements: "ALTER POLICY auditor_adds ON audit.data_key WITH CHECK (true)",
            weakness: .policy,
            object: "audit.data_key: auditor_adds"
        ),
        Weakening(
            name: "the desk of auditors adds keys of any month",
            statements: """
                ALTER POLICY api_adds ON audit.data_key WITH CHECK (is_note AND
                    tenant = (SELECT nullif(current_setting('limen.tenant', true), '')))
                """,
            weakness: .policy,
            object: "audit.data_key: api_adds"
        ),
        Weakening(
            name: "an auditor gives up keys",
            statements: "GRANT INSERT (given_up_by) ON audit.data_key TO limen_auditor",
            weakness: .grant,
            object: "audit.data_key: INSERT (given_up_by) TO limen_auditor"
        ),
        Weakening(
            name: "keys are taken as they come",
            statements: "ALTER TABLE audit.data_key DISABLE TRIGGER take_row",
            weakness: .trigger,
            object: "audit.data_key: take_row"
        ),
        Weakening(
            name: "a wrapping key may come back",
            statements: "DROP TRIGGER refuse_row_change ON audit.superseded_wrapping_key",
            weakness: .trigger,
            object: "audit.superseded_wrapping_key: refuse_row_change"
        ),
        Weakening(
            name: "holds are compared with nothing",
            statements: """
                CREATE OR REPLACE FUNCTION audit.hold_over(wanted text, subjects bytea[])
                    RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
                    AS 'SELECT NULL::text'
                """,
            weakness: .function,
            object: "audit.hold_over(text,bytea[])",
            isMended: false
        ),
        Weakening(
            name: "the owner's functions see no young row under a hold",
            statements: """
                ALTER POLICY owner_reads ON audit.event
                    USING (started_at < now() - interval '6 years')
                """,
            weakness: .policy,
            object: "audit.event: owner_reads"
        ),
        Weakening(
            name: "the writer rewraps",
            statements: """
                GRANT EXECUTE ON FUNCTION audit.rewrap_keys(text, uuid[], text[], text, bytea[])
                    TO limen_writer
                """,
            weakness: .function,
            object: "audit.rewrap_keys(text,uuid[],text[],text,bytea[]): "
                + "EXECUTE TO limen_writer"
        ),
    ]
}

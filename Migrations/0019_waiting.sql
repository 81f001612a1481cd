-- Rows that anybody may write keep a form that everybody can read, rows of the gateway have their
-- place, and who may read a tenant is on record.

SET LOCAL ROLE limen_owner;

-- What is altered is locked first, in the order of the migration before.
LOCK TABLE audit.event, audit.card, audit.feedback, audit.data_key IN ACCESS EXCLUSIVE MODE;

-- Lists have one dimension and no gap: one that has neither cannot be read, and so neither hashed
-- nor signed. A trail that holds such a row already gets the check for new rows alone, and `limen
-- doctor` says that it is not validated; `limen audit verify` names the row.
DO $$
BEGIN
    ALTER TABLE audit.event ADD CONSTRAINT event_form_check CHECK (
        (pg_catalog.array_ndims(card_ids) IS NULL
            OR pg_catalog.array_ndims(card_ids) = 1
                AND pg_catalog.array_position(card_ids, NULL) IS NULL)
        AND (pg_catalog.array_ndims(missing_inputs) IS NULL
            OR pg_catalog.array_ndims(missing_inputs) = 1
                AND pg_catalog.array_position(missing_inputs, NULL) IS NULL)
        AND (pg_catalog.array_ndims(flags) IS NULL
            OR pg_catalog.array_ndims(flags) = 1
                AND pg_catalog.array_position(flags, NULL) IS NULL));
EXCEPTION WHEN check_violation THEN
    ALTER TABLE audit.event ADD CONSTRAINT event_form_check CHECK (
        (pg_catalog.array_ndims(card_ids) IS NULL
            OR pg_catalog.array_ndims(card_ids) = 1
                AND pg_catalog.array_position(card_ids, NULL) IS NULL)
        AND (pg_catalog.array_ndims(missing_inputs) IS NULL
            OR pg_catalog.array_ndims(missing_inputs) = 1
                AND pg_catalog.array_position(missing_inputs, NULL) IS NULL)
        AND (pg_catalog.array_ndims(flags) IS NULL
            OR pg_catalog.array_ndims(flags) = 1
                AND pg_catalog.array_position(flags, NULL) IS NULL)) NOT VALID;
END $$;
DO $$
BEGIN
    ALTER TABLE audit.feedback ADD CONSTRAINT feedback_form_check CHECK (
        pg_catalog.array_ndims(accepted_suggestions) IS NULL
        OR pg_catalog.array_ndims(accepted_suggestions) = 1
            AND pg_catalog.array_position(accepted_suggestions, NULL) IS NULL);
EXCEPTION WHEN check_violation THEN
    ALTER TABLE audit.feedback ADD CONSTRAINT feedback_form_check CHECK (
        pg_catalog.array_ndims(accepted_suggestions) IS NULL
        OR pg_catalog.array_ndims(accepted_suggestions) = 1
            AND pg_catalog.array_position(accepted_suggestions, NULL) IS NULL) NOT VALID;
END $$;

-- As before; and what an auditor records of a read names no cards, and is as small as it is there.
ALTER POLICY auditor_adds_read ON audit.event
    WITH CHECK (
        tenant = ANY (ARRAY(
            SELECT g.tenant FROM audit.auditor_tenant g WHERE g.login = session_user))
        AND client = session_user
        AND kind IN ('audit-read', 'audit-export', 'audit-review')
        AND started_at BETWEEN pg_catalog.now() - interval '5 minutes'
            AND pg_catalog.now() + interval '5 minutes'
        AND status BETWEEN 0 AND 599
        AND pg_catalog.cardinality(card_ids) = 0
        AND pg_catalog.cardinality(missing_inputs) = 0
        AND pg_catalog.octet_length(pg_catalog.array_to_string(flags, ' ')) <= 4096
        AND (reason_code IS NULL OR pg_catalog.length(reason_code) <= 127)
        AND (details IS NULL
            OR pg_catalog.octet_length(details::text) <= 65536
                AND pg_catalog.json_typeof(details) = 'object'));

-- As before; and a row of the gateway has its place in a log. One without would be taken in by the
-- sequencer as if an auditor or a trigger had written it.
ALTER POLICY writer_adds ON audit.event
    WITH CHECK (
        tenant = (SELECT nullif(pg_catalog.current_setting('limen.tenant', true), ''))
        AND log_id IS NOT NULL);

-- The verifier asks whether each key that a row names is there, or was ended on record. It sees
-- which keys there are, and none of them.
CREATE POLICY verifier_reads ON audit.data_key FOR SELECT TO limen_verifier USING (true);
CREATE POLICY verifier_reads ON audit.erased_key FOR SELECT TO limen_verifier USING (true);
CREATE POLICY verifier_reads ON audit.erased_subject FOR SELECT TO limen_verifier USING (true);
GRANT SELECT (tenant, key_id) ON audit.data_key, audit.erased_key TO limen_verifier;
GRANT SELECT (tenant, subject, through_month, made_before) ON audit.erased_subject
    TO limen_verifier;
-- An auditor asks the same of the tenants that are his: of a key that came after its patient was
-- erased this is the only record.
CREATE POLICY auditor_reads ON audit.erased_subject FOR SELECT TO limen_auditor
    USING (tenant = ANY (ARRAY(
        SELECT g.tenant FROM audit.auditor_tenant g WHERE g.login = session_user)));
GRANT SELECT (tenant, subject, through_month, made_before) ON audit.erased_subject
    TO limen_auditor;

-- Who may read which tenant is configuration: each change of it is in the trail, whoever made it.
CREATE POLICY owner_adds_mapping ON audit.event FOR INSERT TO limen_owner
    WITH CHECK (kind = 'configuration-change' AND tenant = 'system');
CREATE FUNCTION audit.record_mapping() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO audit.event (tenant, started_at, event_id, kind, outcome, status, client,
            card_ids, missing_inputs, reason_code, flags, details)
        VALUES ('system', clock_timestamp(), gen_random_uuid(), 'configuration-change', 'done',
            200, session_user, '{}', '{}', 'reader-removed', '{}',
            json_build_object('change', 'reader-removed', 'login', OLD.login,
                'tenant', OLD.tenant));
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO audit.event (tenant, started_at, event_id, kind, outcome, status, client,
            card_ids, missing_inputs, reason_code, flags, details)
        VALUES ('system', clock_timestamp(), gen_random_uuid(), 'configuration-change', 'done',
            200, session_user, '{}', '{}', 'reader-added', '{}',
            json_build_object('change', 'reader-added', 'login', NEW.login,
                'tenant', NEW.tenant));
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER record_mapping AFTER INSERT OR UPDATE OR DELETE ON audit.auditor_tenant
    FOR EACH ROW EXECUTE FUNCTION audit.record_mapping();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON audit.auditor_tenant
    FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();
ALTER TABLE audit.auditor_tenant ENABLE ALWAYS TRIGGER record_mapping;
ALTER TABLE audit.auditor_tenant ENABLE ALWAYS TRIGGER refuse_truncate;

RESET ROLE;

-- The audit trail: tenants, who may read which, events, the cards they showed, and feedback.
--
-- The tenant comes first in every key and every index: keys ignore row security, so one without
-- the tenant would tell a writer of one tenant what exists for another.

CREATE TABLE audit.tenant (
    tenant text PRIMARY KEY
        CHECK (tenant ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
    title text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp()
);

-- Which login reads which tenant. The login is session_user: SET ROLE does not change it.
CREATE TABLE audit.auditor_tenant (
    login name NOT NULL,
    tenant text NOT NULL REFERENCES audit.tenant,
    PRIMARY KEY (login, tenant)
);

CREATE TABLE audit.event (
    tenant text NOT NULL CHECK (tenant <> '' AND pg_catalog.length(tenant) <= 63),
    started_at timestamptz NOT NULL,
    event_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN (
        'decision', 'feedback', 'rejected-request', 'authentication-failure',
        'configuration-change', 'start', 'stop', 'audit-read')),
    outcome text NOT NULL CHECK (outcome IN (
        'cards', 'no-cards', 'incomplete', 'refused', 'rejected', 'done', 'failed')),
    status int NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    replayed_at timestamptz,
    client text,
    service text,
    hook text,
    hook_instance uuid,
    patient_pseudonym bytea CHECK (pg_catalog.octet_length(patient_pseudonym) = 32),
    user_pseudonym bytea CHECK (pg_catalog.octet_length(user_pseudonym) = 32),
    encounter_pseudonym bytea CHECK (pg_catalog.octet_length(encounter_pseudonym) = 32),
    -- json, not jsonb: the text is kept to the byte, so 7.10 stays 7.10 and hashes stay true.
    artifacts json,
    inputs json,
    rejections json,
    result json,
    cards json,
    card_ids uuid[] NOT NULL,
    indicator text,
    missing_inputs text[] NOT NULL,
    reason_code text,
    request_digest bytea CHECK (pg_catalog.octet_length(request_digest) = 32),
    response_digest bytea CHECK (pg_catalog.octet_length(response_digest) = 32),
    stage_microseconds json,
    trace_id bytea CHECK (pg_catalog.octet_length(trace_id) = 16),
    parent_span_id bytea CHECK (pg_catalog.octet_length(parent_span_id) = 8),
    flags text[] NOT NULL,
    schema_version smallint NOT NULL DEFAULT 1,
    PRIMARY KEY (tenant, started_at, event_id)
) PARTITION BY RANGE (started_at);

-- Only equality and order on these types go below the row policy (they are leak-proof), so these
-- are the columns to search by.
CREATE INDEX event_patient ON audit.event (tenant, patient_pseudonym, started_at)
    WHERE patient_pseudonym IS NOT NULL;
CREATE INDEX event_service ON audit.event (tenant, service, started_at)
    WHERE service IS NOT NULL;
CREATE INDEX event_hook_instance ON audit.event (tenant, hook_instance)
    WHERE hook_instance IS NOT NULL;
CREATE INDEX event_trace ON audit.event (tenant, trace_id)
    WHERE trace_id IS NOT NULL;
CREATE INDEX event_id ON audit.event (tenant, event_id);

-- Which event showed a card: feedback names nothing but the card (CDS Hooks 2.0, feedback).
CREATE TABLE audit.card (
    tenant text NOT NULL,
    card_id uuid NOT NULL,
    started_at timestamptz NOT NULL,
    event_id uuid NOT NULL,
    PRIMARY KEY (tenant, card_id, started_at, event_id)
) PARTITION BY RANGE (started_at);

CREATE TABLE audit.feedback (
    tenant text NOT NULL,
    started_at timestamptz NOT NULL,
    event_id uuid NOT NULL,
    item int NOT NULL,
    card_id uuid NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('accepted', 'overridden')),
    accepted_suggestions text[] NOT NULL,
    override_reason text,
    user_comment text,
    outcome_at timestamptz,
    PRIMARY KEY (tenant, started_at, event_id, item)
) PARTITION BY RANGE (started_at);
CREATE INDEX feedback_card ON audit.feedback (tenant, card_id);

-- What retention dropped, and when.
CREATE TABLE audit.dropped_month (
    month date NOT NULL,
    relation text NOT NULL,
    dropped_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    dropped_by text NOT NULL DEFAULT session_user,
    PRIMARY KEY (month, relation)
);

-- Row security for every table, for the owner too.
ALTER TABLE audit.tenant ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit.tenant FORCE ROW LEVEL SECURITY;
ALTER TABLE audit.auditor_tenant ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit.auditor_tenant FORCE ROW LEVEL SECURITY;
ALTER TABLE audit.event ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit.event FORCE ROW LEVEL SECURITY;
ALTER TABLE audit.card ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit.card FORCE ROW LEVEL SECURITY;
ALTER TABLE audit.feedback ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit.feedback FORCE ROW LEVEL SECURITY;
ALTER TABLE audit.dropped_month ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit.dropped_month FORCE ROW LEVEL SECURITY;

-- One permissive policy for each command and role. The array sub-select runs once for a statement
-- and serves as an index condition on the tenant.
CREATE POLICY owner_reads ON audit.tenant FOR SELECT TO limen_owner USING (true);
CREATE POLICY owner_adds ON audit.tenant FOR INSERT TO limen_owner WITH CHECK (true);
CREATE POLICY auditor_reads ON audit.tenant FOR SELECT TO limen_auditor
    USING (tenant = ANY (ARRAY(
        SELECT g.tenant FROM audit.auditor_tenant g WHERE g.login = session_user)));
CREATE POLICY owner_reads ON audit.auditor_tenant FOR SELECT TO limen_owner USING (true);
CREATE POLICY owner_adds ON audit.auditor_tenant FOR INSERT TO limen_owner WITH CHECK (true);
CREATE POLICY owner_removes ON audit.auditor_tenant FOR DELETE TO limen_owner USING (true);
CREATE POLICY auditor_reads ON audit.auditor_tenant FOR SELECT TO limen_auditor
    USING (login = session_user);

CREATE POLICY writer_adds ON audit.event FOR INSERT TO limen_writer
    WITH CHECK (tenant = nullif(pg_catalog.current_setting('limen.tenant', true), ''));
CREATE POLICY auditor_reads ON audit.event FOR SELECT TO limen_auditor
    USING (tenant = ANY (ARRAY(
        SELECT g.tenant FROM audit.auditor_tenant g WHERE g.login = session_user)));
CREATE POLICY writer_adds ON audit.card FOR INSERT TO limen_writer
    WITH CHECK (tenant = nullif(pg_catalog.current_setting('limen.tenant', true), ''));
CREATE POLICY auditor_reads ON audit.card FOR SELECT TO limen_auditor
    USING (tenant = ANY (ARRAY(
        SELECT g.tenant FROM audit.auditor_tenant g WHERE g.login = session_user)));
CREATE POLICY writer_adds ON audit.feedback FOR INSERT TO limen_writer
    WITH CHECK (tenant = nullif(pg_catalog.current_setting('limen.tenant', true), ''));
CREATE POLICY auditor_reads ON audit.feedback FOR SELECT TO limen_auditor
    USING (tenant = ANY (ARRAY(
        SELECT g.tenant FROM audit.auditor_tenant g WHERE g.login = session_user)));

CREATE POLICY owner_adds ON audit.dropped_month FOR INSERT TO limen_owner WITH CHECK (true);
CREATE POLICY auditor_reads ON audit.dropped_month FOR SELECT TO limen_auditor USING (true);

-- Column by column: when a row was recorded, and in which form, is not the writer's to say.
GRANT INSERT (
    tenant, started_at, event_id, kind, outcome, status, replayed_at, client, service, hook,
    hook_instance, patient_pseudonym, user_pseudonym, encounter_pseudonym, artifacts, inputs,
    rejections, result, cards, card_ids, indicator, missing_inputs, reason_code, request_digest,
    response_digest, stage_microseconds, trace_id, parent_span_id, flags
) ON audit.event TO limen_writer;
GRANT INSERT ON audit.card, audit.feedback TO limen_writer;
GRANT SELECT ON audit.event, audit.card, audit.feedback, audit.tenant, audit.auditor_tenant,
    audit.dropped_month TO limen_auditor;

-- Append-only for every role, a superuser in replica mode too (ENABLE ALWAYS).
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['event', 'card', 'feedback', 'dropped_month'] LOOP
        EXECUTE pg_catalog.format(
            'CREATE TRIGGER refuse_row_change BEFORE UPDATE OR DELETE ON audit.%I '
            'FOR EACH ROW EXECUTE FUNCTION audit.refuse_change()', name);
        EXECUTE pg_catalog.format(
            'CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON audit.%I '
            'FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change()', name);
        EXECUTE pg_catalog.format(
            'ALTER TABLE audit.%I ENABLE ALWAYS TRIGGER refuse_row_change', name);
        EXECUTE pg_catalog.format(
            'ALTER TABLE audit.%I ENABLE ALWAYS TRIGGER refuse_truncate', name);
    END LOOP;
END $$;

-- The tenant that holds what happens before a client is known, and of the service itself.
INSERT INTO audit.tenant (tenant, title) VALUES ('system', 'The gateway itself');

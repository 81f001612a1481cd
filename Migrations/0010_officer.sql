-- limen: run as superuser
--
-- For the compliance officer: what to search the trail by, a login for the gateway to read it
-- with, who may record that it was read, and saved reviews. It makes a role, so it runs as a
-- superuser.

LOCK TABLE pg_catalog.pg_authid IN SHARE ROW EXCLUSIVE MODE;

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'limen_audit_api') THEN
        CREATE ROLE limen_audit_api;
    END IF;
    EXECUTE pg_catalog.format(
        'GRANT CONNECT ON DATABASE %I TO limen_audit_api', pg_catalog.current_database());
END $$;

-- The gateway when it reads the trail for a caller with the scope for it. No person logs in with
-- it: a person's login is mapped to tenants by session_user, which no statement changes, and this
-- one would need a login for each tenant to be fenced that way. Its tenant is a setting that ends
-- with the transaction, sent as a bound value in the flight that reads; its statements are literals
-- of the program, and each names the tenant a second time. What remains is what is true of the
-- writer too: who can put text of his own into a statement of this login can choose a tenant.
ALTER ROLE limen_audit_api LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION NOINHERIT;
ALTER ROLE limen_audit_api SET statement_timeout = '10s';
ALTER ROLE limen_audit_api SET idle_in_transaction_session_timeout = '10s';
ALTER ROLE limen_audit_api SET log_error_verbosity = 'terse';
ALTER ROLE limen_audit_api SET log_parameter_max_length = 0;
ALTER ROLE limen_audit_api SET log_parameter_max_length_on_error = 0;
ALTER ROLE limen_audit_api SET log_min_error_statement = 'panic';
-- What it asks for reads one index and stops: compiling that costs more than running it.
ALTER ROLE limen_audit_api SET jit = off;

GRANT USAGE ON SCHEMA audit TO limen_audit_api;

SET LOCAL ROLE limen_owner;

-- What computed, as columns: an expression over json does not go below row security to an index.
ALTER TABLE audit.event
    ADD COLUMN profile_name text GENERATED ALWAYS AS (
        coalesce(artifacts #>> '{profile,name}', artifacts #>> '{interactions,name}')) STORED,
    ADD COLUMN model_sha256 text GENERATED ALWAYS AS (
        coalesce(artifacts #>> '{model,sha256}', artifacts #>> '{interactions,sha256}')) STORED;

-- Each filter has an index that ends in the order of the list, so that a page is the beginning of
-- one walk: no sort, and no scan of what lies behind the page.
DROP INDEX audit.event_patient, audit.event_service, audit.event_hook_instance,
    audit.event_trace, audit.event_id;
CREATE INDEX event_patient ON audit.event (tenant, patient_pseudonym, started_at, event_id)
    WHERE patient_pseudonym IS NOT NULL;
CREATE INDEX event_user ON audit.event (tenant, user_pseudonym, started_at, event_id)
    WHERE user_pseudonym IS NOT NULL;
CREATE INDEX event_hook_instance ON audit.event (tenant, hook_instance, started_at, event_id)
    WHERE hook_instance IS NOT NULL;
CREATE INDEX event_trace ON audit.event (tenant, trace_id, started_at, event_id)
    WHERE trace_id IS NOT NULL;
CREATE INDEX event_cause ON audit.event (tenant, caused_by, started_at, event_id)
    WHERE caused_by IS NOT NULL;
CREATE INDEX event_id ON audit.event (tenant, event_id, started_at);
CREATE INDEX event_kind ON audit.event (tenant, kind, started_at, event_id);
CREATE INDEX event_outcome ON audit.event (tenant, outcome, started_at, event_id);
CREATE INDEX event_client ON audit.event (tenant, client, started_at, event_id)
    WHERE client IS NOT NULL;
CREATE INDEX event_service ON audit.event (tenant, service, started_at, event_id)
    WHERE service IS NOT NULL;
CREATE INDEX event_profile ON audit.event (tenant, profile_name, started_at, event_id)
    WHERE profile_name IS NOT NULL;
CREATE INDEX event_model ON audit.event (tenant, model_sha256, started_at, event_id)
    WHERE model_sha256 IS NOT NULL;
CREATE INDEX event_reason ON audit.event (tenant, reason_code, started_at, event_id)
    WHERE reason_code IS NOT NULL;
CREATE INDEX event_arm ON audit.event (tenant, arm, started_at, event_id)
    WHERE arm IS NOT NULL;
DROP INDEX audit.feedback_card;
CREATE INDEX feedback_card ON audit.feedback (tenant, card_id, started_at, event_id);

CREATE INDEX card_shown ON audit.card (tenant, started_at, event_id, card_id);

-- The gateway reads one tenant at a time.
CREATE POLICY api_reads ON audit.event FOR SELECT TO limen_audit_api
    USING (tenant = nullif(pg_catalog.current_setting('limen.tenant', true), ''));
CREATE POLICY api_reads ON audit.card FOR SELECT TO limen_audit_api
    USING (tenant = nullif(pg_catalog.current_setting('limen.tenant', true), ''));
CREATE POLICY api_reads ON audit.feedback FOR SELECT TO limen_audit_api
    USING (tenant = nullif(pg_catalog.current_setting('limen.tenant', true), ''));
GRANT SELECT ON audit.event, audit.card, audit.feedback TO limen_audit_api;

-- An auditor records that he read, exported or reviewed, under his own name and at no other time
-- than now: no read of his needs the login of the gateway.
CREATE POLICY auditor_adds_read ON audit.event FOR INSERT TO limen_auditor
    WITH CHECK (
        tenant = ANY (ARRAY(
            SELECT g.tenant FROM audit.auditor_tenant g WHERE g.login = session_user))
        AND client = session_user
        AND kind IN ('audit-read', 'audit-export', 'audit-review')
        AND started_at BETWEEN pg_catalog.now() - interval '5 minutes'
            AND pg_catalog.now() + interval '5 minutes');
GRANT INSERT (
    tenant, started_at, event_id, kind, outcome, status, client, hook_instance, patient_pseudonym,
    card_ids, missing_inputs, reason_code, flags, program_version, caused_by, details,
    pseudonym_epoch
) ON audit.event TO limen_auditor;

-- Saved reviews: "examined by, on, what was found" (45 CFR 164.308(a)(1)(ii)(D)). A review is a
-- question with its time; it is run as often as one likes, and closed once.
CREATE TABLE audit.review (
    tenant text NOT NULL CHECK (tenant <> '' AND pg_catalog.length(tenant) <= 63),
    review_id uuid NOT NULL,
    made_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    made_by text NOT NULL CHECK (pg_catalog.length(made_by) BETWEEN 1 AND 63),
    title text NOT NULL CHECK (pg_catalog.length(title) BETWEEN 1 AND 200),
    question text NOT NULL CHECK (question ~ '^[a-z][a-z-]{0,62}$'),
    period_from timestamptz NOT NULL,
    period_to timestamptz NOT NULL CHECK (period_to > period_from),
    -- What the question needs beside its time, such as the hours that count as working hours.
    settings json NOT NULL,
    PRIMARY KEY (tenant, review_id)
);
CREATE INDEX review_made ON audit.review (tenant, made_at, review_id);

CREATE TABLE audit.review_run (
    tenant text NOT NULL,
    review_id uuid NOT NULL,
    run_id uuid NOT NULL,
    ran_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    ran_by text NOT NULL CHECK (pg_catalog.length(ran_by) BETWEEN 1 AND 63),
    found_count bigint NOT NULL CHECK (found_count >= 0),
    is_complete boolean NOT NULL,
    -- Counts by group, without patient data.
    groups json NOT NULL,
    -- SHA-256 over the ids of the events that were found, in their order.
    found_digest bytea NOT NULL CHECK (pg_catalog.octet_length(found_digest) = 32),
    PRIMARY KEY (tenant, review_id, run_id),
    FOREIGN KEY (tenant, review_id) REFERENCES audit.review
);

CREATE TABLE audit.review_closing (
    tenant text NOT NULL,
    review_id uuid NOT NULL,
    closed_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    closed_by text NOT NULL CHECK (pg_catalog.length(closed_by) BETWEEN 1 AND 63),
    finding text NOT NULL CHECK (pg_catalog.length(finding) BETWEEN 1 AND 4000),
    run_id uuid NOT NULL,
    PRIMARY KEY (tenant, review_id),
    FOREIGN KEY (tenant, review_id, run_id) REFERENCES audit.review_run
);

ALTER TABLE audit.review ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit.review FORCE ROW LEVEL SECURITY;
ALTER TABLE audit.review_run ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit.review_run FORCE ROW LEVEL SECURITY;
ALTER TABLE audit.review_closing ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit.review_closing FORCE ROW LEVEL SECURITY;

-- An auditor works under his own name; the gateway writes the name of the caller it let in.
CREATE POLICY auditor_reads ON audit.review FOR SELECT TO limen_auditor
    USING (tenant = ANY (ARRAY(
        SELECT g.tenant FROM audit.auditor_tenant g WHERE g.login = session_user)));
CREATE POLICY auditor_adds ON audit.review FOR INSERT TO limen_auditor
    WITH CHECK (made_by = session_user AND tenant = ANY (ARRAY(
        SELECT g.tenant FROM audit.auditor_tenant g WHERE g.login = session_user)));
CREATE POLICY api_reads ON audit.review FOR SELECT TO limen_audit_api
    USING (tenant = nullif(pg_catalog.current_setting('limen.tenant', true), ''));
CREATE POLICY api_adds ON audit.review FOR INSERT TO limen_audit_api
    WITH CHECK (tenant = nullif(pg_catalog.current_setting('limen.tenant', true), ''));
CREATE POLICY auditor_reads ON audit.review_run FOR SELECT TO limen_auditor
    USING (tenant = ANY (ARRAY(
        SELECT g.tenant FROM audit.auditor_tenant g WHERE g.login = session_user)));
CREATE POLICY auditor_adds ON audit.review_run FOR INSERT TO limen_auditor
    WITH CHECK (ran_by = session_user AND tenant = ANY (ARRAY(
        SELECT g.tenant FROM audit.auditor_tenant g WHERE g.login = session_user)));
CREATE POLICY api_reads ON audit.review_run FOR SELECT TO limen_audit_api
    USING (tenant = nullif(pg_catalog.current_setting('limen.tenant', true), ''));
CREATE POLICY api_adds ON audit.review_run FOR INSERT TO limen_audit_api
    WITH CHECK (tenant = nullif(pg_catalog.current_setting('limen.tenant', true), ''));
CREATE POLICY auditor_reads ON audit.review_closing FOR SELECT TO limen_auditor
    USING (tenant = ANY (ARRAY(
        SELECT g.tenant FROM audit.auditor_tenant g WHERE g.login = session_user)));
CREATE POLICY auditor_adds ON audit.review_closing FOR INSERT TO limen_auditor
    WITH CHECK (closed_by = session_user AND tenant = ANY (ARRAY(
        SELECT g.tenant FROM audit.auditor_tenant g WHERE g.login = session_user)));
CREATE POLICY api_reads ON audit.review_closing FOR SELECT TO limen_audit_api
    USING (tenant = nullif(pg_catalog.current_setting('limen.tenant', true), ''));
CREATE POLICY api_adds ON audit.review_closing FOR INSERT TO limen_audit_api
    WITH CHECK (tenant = nullif(pg_catalog.current_setting('limen.tenant', true), ''));

GRANT SELECT ON audit.review, audit.review_run, audit.review_closing
    TO limen_auditor, limen_audit_api;
GRANT INSERT (
    tenant, review_id, made_by, title, question, period_from, period_to, settings
) ON audit.review TO limen_auditor, limen_audit_api;
GRANT INSERT (
    tenant, review_id, run_id, ran_by, found_count, is_complete, groups, found_digest
) ON audit.review_run TO limen_auditor, limen_audit_api;
GRANT INSERT (
    tenant, review_id, closed_by, finding, run_id
) ON audit.review_closing TO limen_auditor, limen_audit_api;

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['review', 'review_run', 'review_closing'] LOOP
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

RESET ROLE;

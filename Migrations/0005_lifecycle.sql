-- limen: run as superuser
--
-- The life of a model: which version decided, the kinds of event that come with it, and which
-- version of each service is in force. It makes two roles, so it runs as a superuser.

LOCK TABLE pg_catalog.pg_authid IN SHARE ROW EXCLUSIVE MODE;

DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['limen_gateway', 'limen_operator'] LOOP
        IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = wanted) THEN
            EXECUTE pg_catalog.format('CREATE ROLE %I', wanted);
        END IF;
    END LOOP;
    EXECUTE pg_catalog.format(
        'GRANT CONNECT ON DATABASE %I TO limen_gateway, limen_operator',
        pg_catalog.current_database());
END $$;

-- A gateway beside its writer: it reads which version is in force, adds to the counts of its arms,
-- and can start or end a canary by one function each. It cannot put a version in force.
ALTER ROLE limen_gateway LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION NOINHERIT;
ALTER ROLE limen_gateway SET statement_timeout = '2s';
ALTER ROLE limen_gateway SET idle_in_transaction_session_timeout = '60s';
-- Who promotes and takes back: a login of its own, or granted to the logins of people.
ALTER ROLE limen_operator LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION NOINHERIT;

CREATE SCHEMA model AUTHORIZATION limen_owner;
GRANT USAGE ON SCHEMA model TO limen_gateway, limen_operator;

SET LOCAL ROLE limen_owner;

ALTER TABLE audit.event
    ADD COLUMN arm text CHECK (arm IN ('live', 'canary', 'shadow'));
GRANT INSERT (arm) ON audit.event TO limen_writer;

-- A new check that only allows more: what is there has passed the old one.
ALTER TABLE audit.event DROP CONSTRAINT event_kind_check;
ALTER TABLE audit.event ADD CONSTRAINT event_kind_check CHECK (kind IN (
    'decision', 'feedback', 'rejected-request', 'authentication-failure',
    'configuration-change', 'start', 'stop', 'audit-read', 'evaluation', 'model-change', 'fetch'));

-- The columns that are there keep their places: a view can only be added to at its end.
CREATE OR REPLACE VIEW audit.decision WITH (security_invoker = true, security_barrier = true) AS
SELECT tenant, started_at, event_id, outcome, status, client, service, hook, hook_instance,
       encode(patient_pseudonym, 'hex') AS patient,
       encode(user_pseudonym, 'hex') AS "user",
       indicator, missing_inputs, reason_code, flags, replayed_at,
       encode(trace_id, 'hex') AS trace_id,
       arm, kind
FROM audit.event
WHERE kind IN ('decision', 'evaluation');

-- Every change of what is in force, and the whole state after it: the newest row of a service
-- counts. Services belong to the installation and not to a tenant, and no row is about a patient,
-- so there is no tenant here; the rows of the audit trail are those of the tenant `system`.
CREATE TABLE model.deployment (
    service text NOT NULL CHECK (service ~ '^[A-Za-z0-9.-]{1,64}$'),
    number int NOT NULL CHECK (number > 0),
    kind text NOT NULL CHECK (kind IN ('canary-start', 'promote', 'rollback', 'automatic-rollback')),
    made_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    made_by text NOT NULL DEFAULT session_user,
    reason text NOT NULL CHECK (pg_catalog.length(reason) BETWEEN 1 AND 1000),
    -- NULL: what the document of the service names.
    live_profile text,
    live_digest text CHECK (live_digest ~ '^[0-9a-f]{64}$'),
    canary_profile text,
    canary_digest text CHECK (canary_digest ~ '^[0-9a-f]{64}$'),
    is_canary_active boolean NOT NULL,
    evidence json,
    PRIMARY KEY (service, number),
    CHECK ((live_profile IS NULL) = (live_digest IS NULL)),
    CHECK ((canary_profile IS NULL) = (canary_digest IS NULL)),
    CHECK (NOT is_canary_active OR canary_profile IS NOT NULL)
);

-- What each arm did since a change, as each gateway process counted it: no patient data.
CREATE TABLE model.arm_count (
    service text NOT NULL,
    number int NOT NULL,
    arm text NOT NULL CHECK (arm IN ('live', 'canary', 'shadow')),
    profile text NOT NULL,
    gateway uuid NOT NULL,
    cases bigint NOT NULL CHECK (cases >= 0),
    refused bigint NOT NULL CHECK (refused BETWEEN 0 AND cases),
    failed bigint NOT NULL CHECK (failed BETWEEN 0 AND cases),
    slow bigint NOT NULL CHECK (slow BETWEEN 0 AND cases),
    PRIMARY KEY (service, number, arm, profile, gateway),
    FOREIGN KEY (service, number) REFERENCES model.deployment
);

ALTER TABLE model.deployment ENABLE ROW LEVEL SECURITY;
ALTER TABLE model.deployment FORCE ROW LEVEL SECURITY;
ALTER TABLE model.arm_count ENABLE ROW LEVEL SECURITY;
ALTER TABLE model.arm_count FORCE ROW LEVEL SECURITY;

CREATE POLICY owner_reads ON model.deployment FOR SELECT TO limen_owner USING (true);
CREATE POLICY owner_adds ON model.deployment FOR INSERT TO limen_owner WITH CHECK (true);
CREATE POLICY gateway_reads ON model.deployment FOR SELECT TO limen_gateway USING (true);
CREATE POLICY operator_reads ON model.deployment FOR SELECT TO limen_operator USING (true);
-- A person is never taken for a gateway.
CREATE POLICY operator_adds ON model.deployment FOR INSERT TO limen_operator
    WITH CHECK (kind <> 'automatic-rollback');
CREATE POLICY owner_reads ON model.arm_count FOR SELECT TO limen_owner USING (true);
CREATE POLICY owner_adds ON model.arm_count FOR INSERT TO limen_owner WITH CHECK (true);
CREATE POLICY owner_counts ON model.arm_count FOR UPDATE TO limen_owner
    USING (true) WITH CHECK (true);
CREATE POLICY gateway_reads ON model.arm_count FOR SELECT TO limen_gateway USING (true);
CREATE POLICY operator_reads ON model.arm_count FOR SELECT TO limen_operator USING (true);
-- The row of a change, written by the trigger below with the change itself.
CREATE POLICY owner_adds_model_change ON audit.event FOR INSERT TO limen_owner
    WITH CHECK (kind = 'model-change' AND tenant = 'system');

GRANT SELECT ON model.deployment, model.arm_count TO limen_gateway, limen_operator;
GRANT INSERT (
    service, number, kind, reason, live_profile, live_digest, canary_profile, canary_digest,
    is_canary_active, evidence
) ON model.deployment TO limen_operator;

CREATE FUNCTION model.refuse_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'the history of deployments is append-only' USING ERRCODE = '42501';
END $$;
CREATE TRIGGER refuse_row_change BEFORE UPDATE OR DELETE ON model.deployment
    FOR EACH ROW EXECUTE FUNCTION model.refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON model.deployment
    FOR EACH STATEMENT EXECUTE FUNCTION model.refuse_change();
ALTER TABLE model.deployment ENABLE ALWAYS TRIGGER refuse_row_change;
ALTER TABLE model.deployment ENABLE ALWAYS TRIGGER refuse_truncate;

-- No change without its row in the audit trail: both are in one transaction, whoever makes it.
CREATE FUNCTION model.record_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- Without a gap, so that nothing can be slipped in between or left out.
    IF NEW.number <> 1 + coalesce(
        (SELECT max(d.number) FROM model.deployment d
            WHERE d.service = NEW.service AND d.number <> NEW.number), 0)
    THEN
        RAISE EXCEPTION 'not the next change of this service' USING ERRCODE = '40001';
    END IF;
    INSERT INTO audit.event (tenant, started_at, event_id, kind, outcome, status, client, service,
        result, card_ids, missing_inputs, reason_code, flags)
    VALUES ('system', NEW.made_at, gen_random_uuid(), 'model-change', 'done', 200, NEW.made_by,
        NEW.service,
        json_strip_nulls(json_build_object(
            'number', NEW.number, 'change', NEW.kind, 'reason', NEW.reason,
            'live', CASE WHEN NEW.live_profile IS NOT NULL THEN json_build_object(
                'profile', NEW.live_profile, 'sha256', NEW.live_digest) END,
            'canary', CASE WHEN NEW.canary_profile IS NOT NULL THEN json_build_object(
                'profile', NEW.canary_profile, 'sha256', NEW.canary_digest,
                'active', NEW.is_canary_active) END,
            'evidence', NEW.evidence)),
        '{}', '{}', NEW.kind, '{}');
    RETURN NULL;
END $$;
CREATE TRIGGER record_change AFTER INSERT ON model.deployment
    FOR EACH ROW EXECUTE FUNCTION model.record_change();
ALTER TABLE model.deployment ENABLE ALWAYS TRIGGER record_change;

-- Starts the canary that the document of a service names, the first time it is seen: its hash is
-- pinned here for all gateways. One that was taken back, or replaced, is started again only by an
-- operator.
CREATE FUNCTION model.start_canary(wanted text, profile text, digest text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    latest model.deployment;
BEGIN
    LOCK TABLE model.deployment IN SHARE ROW EXCLUSIVE MODE;
    IF EXISTS (SELECT FROM model.deployment d
        WHERE d.service = wanted AND (d.canary_profile = profile OR d.live_profile = profile))
    THEN
        RETURN false;
    END IF;
    SELECT * INTO latest FROM model.deployment d WHERE d.service = wanted
        ORDER BY d.number DESC LIMIT 1;
    INSERT INTO model.deployment (service, number, kind, reason, live_profile, live_digest,
        canary_profile, canary_digest, is_canary_active)
    VALUES (wanted, coalesce(latest.number, 0) + 1, 'canary-start',
        'named by the document of the service', latest.live_profile, latest.live_digest,
        profile, digest, true);
    RETURN true;
END $$;

-- Ends the canary of the newest change; `false` when that is not the newest any more, because
-- another gateway or an operator was first.
CREATE FUNCTION model.roll_back_canary(wanted text, change int, why text, figures json)
RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    latest model.deployment;
BEGIN
    LOCK TABLE model.deployment IN SHARE ROW EXCLUSIVE MODE;
    SELECT * INTO latest FROM model.deployment d WHERE d.service = wanted
        ORDER BY d.number DESC LIMIT 1;
    IF latest.number IS DISTINCT FROM change OR latest.is_canary_active IS NOT TRUE THEN
        RETURN false;
    END IF;
    INSERT INTO model.deployment (service, number, kind, reason, live_profile, live_digest,
        canary_profile, canary_digest, is_canary_active, evidence)
    VALUES (wanted, change + 1, 'automatic-rollback', why, latest.live_profile,
        latest.live_digest, latest.canary_profile, latest.canary_digest, false, figures);
    RETURN true;
END $$;

-- Takes what a gateway has counted so far; sent again it changes nothing, and nothing goes back.
CREATE FUNCTION model.count_arm(
    gateway uuid, service text, number int, arm text, profile text,
    cases bigint, refused bigint, failed bigint, slow bigint
) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO model.arm_count AS c (service, number, arm, profile, gateway, cases, refused,
        failed, slow)
    VALUES (service, number, arm, profile, gateway, cases, refused, failed, slow)
    ON CONFLICT ON CONSTRAINT arm_count_pkey DO UPDATE SET
        cases = greatest(c.cases, excluded.cases), refused = greatest(c.refused, excluded.refused),
        failed = greatest(c.failed, excluded.failed), slow = greatest(c.slow, excluded.slow)
$$;

GRANT EXECUTE ON FUNCTION model.start_canary(text, text, text),
    model.roll_back_canary(text, int, text, json),
    model.count_arm(uuid, text, int, text, text, bigint, bigint, bigint, bigint) TO limen_gateway;

RESET ROLE;

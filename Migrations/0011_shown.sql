-- What was shown last, so that a service can say that the same result is not shown again within a
-- time, and feedback that comes after the time that its client was granted.

-- One row for each answer of a service with such a rule, written with the row of the answer. It is
-- no part of the trail, and is forgotten after the time of the rule.
CREATE TABLE audit.shown (
    tenant text NOT NULL CHECK (tenant <> '' AND pg_catalog.length(tenant) <= 63),
    -- Keyed by the tenant's key over service, hook, patient and user; no other column of the trail
    -- holds it, so that whoever reads this table cannot tell whom a row is about.
    subject bytea NOT NULL CHECK (pg_catalog.octet_length(subject) = 32),
    shown_at timestamptz NOT NULL,
    event_id uuid NOT NULL,
    -- Which cards were shown, and for which result: sealed by the gateway.
    state bytea NOT NULL CHECK (pg_catalog.octet_length(state) <= 65536),
    forgotten_at timestamptz NOT NULL CHECK (forgotten_at > shown_at),
    PRIMARY KEY (tenant, subject, shown_at, event_id)
);

ALTER TABLE audit.shown ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit.shown FORCE ROW LEVEL SECURITY;

-- The writer adds, with the row of the answer. It can neither read nor remove.
CREATE POLICY writer_adds ON audit.shown FOR INSERT TO limen_writer
    WITH CHECK (tenant = nullif(pg_catalog.current_setting('limen.tenant', true), ''));
-- The owner, who never logs in, reads by the function below and removes what is forgotten.
CREATE POLICY owner_reads ON audit.shown FOR SELECT TO limen_owner USING (true);
CREATE POLICY owner_removes ON audit.shown FOR DELETE TO limen_owner
    USING (forgotten_at < pg_catalog.now());
GRANT INSERT ON audit.shown TO limen_writer;

-- A state that could be changed could hide a card: nothing is, to a superuser too, and what can
-- still be asked for stays.
CREATE FUNCTION audit.refuse_shown_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.forgotten_at < clock_timestamp() THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION 'what was shown is remembered until it is forgotten' USING ERRCODE = '42501';
END $$;

CREATE TRIGGER refuse_row_change BEFORE UPDATE OR DELETE ON audit.shown
    FOR EACH ROW EXECUTE FUNCTION audit.refuse_shown_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON audit.shown
    FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();
ALTER TABLE audit.shown ENABLE ALWAYS TRIGGER refuse_row_change;
ALTER TABLE audit.shown ENABLE ALWAYS TRIGGER refuse_truncate;

-- The state of the last answer for one subject. Who asks must know the subject, so that nobody can
-- leaf through the table by this.
CREATE FUNCTION audit.last_shown(of_tenant text, of_subject bytea, since timestamptz)
RETURNS bytea
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    SELECT s.state FROM audit.shown s
    WHERE s.tenant = of_tenant AND s.subject = of_subject AND s.shown_at >= since
    ORDER BY s.shown_at DESC, s.event_id DESC
    LIMIT 1
$$;

-- Removes what is forgotten; returns how many rows that were.
CREATE FUNCTION audit.purge_shown() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
    removed bigint;
BEGIN
    DELETE FROM audit.shown WHERE forgotten_at < now();
    GET DIAGNOSTICS removed = ROW_COUNT;
    RETURN removed;
END $$;

-- The gateway beside its writer asks; the writer itself still reads nothing.
GRANT USAGE ON SCHEMA audit TO limen_gateway;
GRANT EXECUTE ON FUNCTION audit.last_shown(text, bytea, timestamptz) TO limen_gateway;
GRANT EXECUTE ON FUNCTION audit.purge_shown() TO limen_retention, limen_maintenance;

-- Feedback counts as late when its client was granted a time and it came after that; the row of the
-- feedback says which time that was. It is kept like any other.
CREATE OR REPLACE VIEW audit.card_feedback
    WITH (security_invoker = true, security_barrier = true) AS
SELECT f.tenant, f.started_at AS received_at, f.event_id AS feedback_event_id, f.item,
       f.card_id, f.outcome, f.accepted_suggestions, f.override_reason, f.user_comment,
       f.outcome_at, shown.event_id AS answered_event_id, shown.started_at AS answered_at,
       shown.event_id IS NULL AS is_orphan,
       coalesce(f.started_at > shown.started_at
           + (said.details ->> 'feedbackWithinSeconds')::float8 * interval '1 second', false)
           AS is_late
FROM audit.feedback f
JOIN audit.event said
    ON said.tenant = f.tenant AND said.started_at = f.started_at AND said.event_id = f.event_id
LEFT JOIN LATERAL (
    SELECT c.event_id, c.started_at
    FROM audit.card c
    JOIN audit.event e
        ON e.tenant = c.tenant AND e.started_at = c.started_at AND e.event_id = c.event_id
    WHERE c.tenant = f.tenant AND c.card_id = f.card_id AND e.kind = 'decision'
    ORDER BY c.started_at DESC, c.event_id DESC
    LIMIT 1
) shown ON true;

-- One row for each card that was shown, with the last that was said of it in time. A short card in
-- the place of one that was shown before is named after it and marked as repeated.
CREATE OR REPLACE VIEW audit.card_response
    WITH (security_invoker = true, security_barrier = true) AS
SELECT first.tenant, first.card_id, first.started_at AS shown_at,
       pg_catalog.regexp_replace(first.name, '/repeated$', '') AS name, e.service, e.hook,
       e.client, e.indicator, said.outcome, said.override_reason,
       said.has_comment, said.said_at,
       coalesce(first.name LIKE '%/repeated', false) AS is_repeated
FROM (
    SELECT DISTINCT ON (c.tenant, c.card_id) c.tenant, c.card_id, c.started_at, c.event_id, c.name
    FROM audit.card c
    JOIN audit.event d
        ON d.tenant = c.tenant AND d.started_at = c.started_at AND d.event_id = c.event_id
    WHERE d.kind = 'decision'
    ORDER BY c.tenant, c.card_id, c.started_at, c.event_id
) first
JOIN audit.event e
    ON e.tenant = first.tenant AND e.started_at = first.started_at
    AND e.event_id = first.event_id
LEFT JOIN LATERAL (
    SELECT f.outcome, f.override_reason,
           f.user_comment IS NOT NULL OR f.sealed_comment IS NOT NULL AS has_comment,
           coalesce(f.outcome_at, f.started_at) AS said_at
    FROM audit.feedback f
    JOIN audit.event g
        ON g.tenant = f.tenant AND g.started_at = f.started_at AND g.event_id = f.event_id
    WHERE f.tenant = first.tenant AND f.card_id = first.card_id
      AND coalesce(f.started_at <= first.started_at
          + (g.details ->> 'feedbackWithinSeconds')::float8 * interval '1 second', true)
    ORDER BY coalesce(f.outcome_at, f.started_at) DESC, f.started_at DESC, f.event_id DESC,
             f.item DESC
    LIMIT 1
) said ON true;

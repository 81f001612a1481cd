-- limen: run as superuser
--
-- What the models in use saw and said, as mere counters: no value, no time within the day, nothing
-- about a patient. It makes one role, which is why a superuser applies it.

LOCK TABLE pg_catalog.pg_authid IN SHARE ROW EXCLUSIVE MODE;

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'limen_monitor') THEN
        CREATE ROLE limen_monitor;
    END IF;
    EXECUTE pg_catalog.format(
        'GRANT CONNECT ON DATABASE %I TO limen_monitor', pg_catalog.current_database());
END $$;

-- The group of those who watch models; each is a login of its own, mapped to tenants like an
-- auditor. They read the counters of their tenants and nothing of the audit trail.
ALTER ROLE limen_monitor NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION NOINHERIT;

GRANT USAGE ON SCHEMA audit TO limen_monitor;

SET LOCAL ROLE limen_owner;

-- What was counted since the last time, added and never changed: one row for each series of a
-- flush. A flush that is sent again after a lost reply meets its own key and is left as it is.
CREATE TABLE audit.model_count (
    tenant text NOT NULL CHECK (tenant <> '' AND pg_catalog.length(tenant) <= 63),
    day date NOT NULL,
    flush_id uuid NOT NULL,
    item int NOT NULL,
    profile text NOT NULL CHECK (profile <> ''),
    version text NOT NULL,
    sha256 bytea NOT NULL CHECK (pg_catalog.octet_length(sha256) = 32),
    arm text NOT NULL DEFAULT 'live' CHECK (arm IN ('live', 'canary', 'shadow', 'replay')),
    kind text NOT NULL CHECK (kind IN (
        'input', 'value', 'category', 'probability', 'segment', 'outcome')),
    name text NOT NULL,
    -- The bins: numbers are cut at edges, or texts have one each and the last holds all others.
    edges float8[],
    categories text[],
    -- The reference range, beyond which values count as below or above.
    low float8,
    high float8,
    -- `bin:0` and so on, and the notes: missing, imputed, below, above, invalid:unit ...
    cells text[] NOT NULL,
    counts bigint[] NOT NULL,
    is_rolled_up boolean NOT NULL DEFAULT false,
    PRIMARY KEY (tenant, day, flush_id, item),
    CHECK ((edges IS NULL) <> (categories IS NULL)),
    CHECK (pg_catalog.cardinality(cells) = pg_catalog.cardinality(counts)),
    CHECK (pg_catalog.cardinality(cells) <= 128),
    CHECK (0 <= ALL (counts))
);

-- Never changed in place; the roll-up below deletes and adds.
CREATE TRIGGER refuse_row_change BEFORE UPDATE ON audit.model_count
    FOR EACH ROW EXECUTE FUNCTION audit.refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON audit.model_count
    FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();
ALTER TABLE audit.model_count ENABLE ALWAYS TRIGGER refuse_row_change;
ALTER TABLE audit.model_count ENABLE ALWAYS TRIGGER refuse_truncate;

ALTER TABLE audit.model_count ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit.model_count FORCE ROW LEVEL SECURITY;

CREATE POLICY writer_adds ON audit.model_count FOR INSERT TO limen_writer
    WITH CHECK (tenant = nullif(pg_catalog.current_setting('limen.tenant', true), ''));
CREATE POLICY auditor_reads ON audit.model_count FOR SELECT TO limen_auditor
    USING (tenant = ANY (ARRAY(
        SELECT g.tenant FROM audit.auditor_tenant g WHERE g.login = session_user)));
CREATE POLICY monitor_reads ON audit.model_count FOR SELECT TO limen_monitor
    USING (tenant = ANY (ARRAY(
        SELECT g.tenant FROM audit.auditor_tenant g WHERE g.login = session_user)));
-- For the roll-up below, which runs as the owner.
CREATE POLICY owner_reads ON audit.model_count FOR SELECT TO limen_owner USING (true);
CREATE POLICY owner_adds ON audit.model_count FOR INSERT TO limen_owner WITH CHECK (true);
CREATE POLICY owner_removes ON audit.model_count FOR DELETE TO limen_owner USING (true);

-- A monitor sees which tenants are his own.
CREATE POLICY monitor_reads ON audit.auditor_tenant FOR SELECT TO limen_monitor
    USING (login = session_user);

GRANT INSERT (
    tenant, day, flush_id, item, profile, version, sha256, arm, kind, name, edges, categories,
    low, high, cells, counts
) ON audit.model_count TO limen_writer;
GRANT SELECT ON audit.model_count TO limen_auditor, limen_monitor;
GRANT SELECT ON audit.auditor_tenant TO limen_monitor;

-- The counters as they are read: one row for each day, series and cell.
CREATE VIEW audit.model_counter WITH (security_invoker = true, security_barrier = true) AS
SELECT c.tenant, c.day, c.profile, c.version, encode(c.sha256, 'hex') AS sha256, c.arm, c.kind,
       c.name, c.edges, c.categories, c.low, c.high, k.cell, sum(k.count)::bigint AS count
FROM audit.model_count c
CROSS JOIN LATERAL unnest(c.cells, c.counts) AS k (cell, count)
GROUP BY c.tenant, c.day, c.profile, c.version, c.sha256, c.arm, c.kind, c.name, c.edges,
         c.categories, c.low, c.high, k.cell;

GRANT SELECT ON audit.model_counter TO limen_auditor, limen_monitor;

-- Puts the flushes of days that are over into one row for each series. Sums stay the same.
--
-- Two days must have passed: a flush that is still being sent again must find its own key.
CREATE FUNCTION audit.roll_up_model_counts() RETURNS int
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
    last_day date := (now() AT TIME ZONE 'UTC')::date - 2;
    removed int;
BEGIN
    -- One at a time; counting goes on.
    LOCK TABLE audit.model_count IN SHARE UPDATE EXCLUSIVE MODE;
    WITH gone AS (
        DELETE FROM audit.model_count m
        WHERE m.day < last_day
          AND (m.tenant, m.day) IN (
              SELECT o.tenant, o.day FROM audit.model_count o
              WHERE o.day < last_day AND NOT o.is_rolled_up)
        RETURNING m.*
    ), summed AS (
        SELECT g.tenant, g.day, g.profile, g.version, g.sha256, g.arm, g.kind, g.name, g.edges,
               g.categories, g.low, g.high, k.cell, sum(k.count)::bigint AS count
        FROM gone g CROSS JOIN LATERAL unnest(g.cells, g.counts) AS k (cell, count)
        GROUP BY g.tenant, g.day, g.profile, g.version, g.sha256, g.arm, g.kind, g.name, g.edges,
                 g.categories, g.low, g.high, k.cell
    ), kept AS (
        INSERT INTO audit.model_count (
            tenant, day, flush_id, item, profile, version, sha256, arm, kind, name, edges,
            categories, low, high, cells, counts, is_rolled_up)
        SELECT s.tenant, s.day, gen_random_uuid(), 0, s.profile, s.version, s.sha256, s.arm,
               s.kind, s.name, s.edges, s.categories, s.low, s.high,
               array_agg(s.cell ORDER BY s.cell), array_agg(s.count ORDER BY s.cell), true
        FROM summed s
        GROUP BY s.tenant, s.day, s.profile, s.version, s.sha256, s.arm, s.kind, s.name, s.edges,
                 s.categories, s.low, s.high
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM gone) - (SELECT count(*) FROM kept) INTO removed;
    RETURN removed;
END $$;

GRANT EXECUTE ON FUNCTION audit.roll_up_model_counts() TO limen_retention, limen_maintenance;

RESET ROLE;

-- limen: run as superuser
--
-- Sealed rows: the wrapped keys of patients' rows, what destroys them, what forbids it, and what
-- is left of a month that was dropped. It makes two groups, which is why a superuser applies it.

LOCK TABLE pg_catalog.pg_authid IN SHARE ROW EXCLUSIVE MODE;

DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['limen_eraser', 'limen_rewrapper'] LOOP
        IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = wanted) THEN
            EXECUTE pg_catalog.format('CREATE ROLE %I', wanted);
        END IF;
        EXECUTE pg_catalog.format(
            'GRANT CONNECT ON DATABASE %I TO %I', pg_catalog.current_database(), wanted);
    END LOOP;
END $$;

-- Who destroys the keys of a patient, sets a legal hold or lifts it. Each is a login of its own,
-- mapped to tenants like an auditor; none reads a row.
ALTER ROLE limen_eraser NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION NOINHERIT;
-- Who puts a newly wrapped key in place of the old wrapping. It learns wrapped keys only.
ALTER ROLE limen_rewrapper NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION NOINHERIT;

GRANT USAGE ON SCHEMA audit TO limen_eraser, limen_rewrapper;

SET LOCAL ROLE limen_owner;

-- A data key, encrypted under a key of the tenant that never comes here (see limen.docc, Vault).
CREATE TABLE audit.data_key (
    tenant text NOT NULL CHECK (tenant <> '' AND pg_catalog.length(tenant) <= 63),
    key_id uuid NOT NULL,
    -- Whose rows it seals: a patient's pseudonym, a card's uuid, or nobody's.
    subject bytea NOT NULL CHECK (pg_catalog.octet_length(subject) IN (0, 16, 32)),
    month date NOT NULL CHECK (pg_catalog.date_part('day', month) = 1),
    wrapping_key text NOT NULL CHECK (pg_catalog.length(wrapping_key) BETWEEN 1 AND 32),
    wrapped bytea NOT NULL CHECK (pg_catalog.octet_length(wrapped) BETWEEN 25 AND 265),
    created_at timestamptz NOT NULL,
    -- Under which keys it was wrapped before: copies of those wrappings may lie in backups.
    earlier_wrapping_keys text[] NOT NULL DEFAULT '{}',
    PRIMARY KEY (tenant, key_id)
);
CREATE INDEX data_key_subject ON audit.data_key (tenant, subject, month);
CREATE INDEX data_key_wrapping ON audit.data_key (tenant, wrapping_key);
CREATE INDEX data_key_month ON audit.data_key (tenant, month);

-- What was erased: the proof. One row for each run, and one for each key that it destroyed.
CREATE TABLE audit.erasure (
    tenant text NOT NULL,
    event_id uuid NOT NULL,
    erased_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    erased_by text NOT NULL DEFAULT session_user,
    reason text NOT NULL CHECK (pg_catalog.length(reason) BETWEEN 1 AND 200),
    keep_months int NOT NULL,
    policy_digest bytea CHECK (pg_catalog.octet_length(policy_digest) = 32),
    key_count int NOT NULL,
    -- SHA-256 over the ids of the keys in their order, sixteen bytes each.
    key_digest bytea NOT NULL CHECK (pg_catalog.octet_length(key_digest) = 32),
    PRIMARY KEY (tenant, event_id)
);
CREATE TABLE audit.erased_key (
    tenant text NOT NULL,
    key_id uuid NOT NULL,
    event_id uuid NOT NULL,
    erased_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    -- Under which keys of the tenant it was ever wrapped: while one of them exists, a copy of the
    -- wrapped key in a backup or in the write-ahead log can still be opened.
    wrapping_keys text[] NOT NULL,
    PRIMARY KEY (tenant, key_id)
);
-- Whose keys were destroyed: one that comes late, from a spool say, is not taken.
CREATE TABLE audit.erased_subject (
    tenant text NOT NULL,
    subject bytea NOT NULL,
    event_id uuid NOT NULL,
    through_month date NOT NULL,
    made_before timestamptz NOT NULL,
    PRIMARY KEY (tenant, subject, event_id)
);

-- Legal holds: while one is not lifted, no key of its patient is destroyed and no month dropped.
CREATE TABLE audit.legal_hold (
    tenant text NOT NULL,
    hold_id uuid NOT NULL,
    -- A patient's pseudonym, one row for each epoch; none stands for the whole tenant.
    subject bytea NOT NULL CHECK (pg_catalog.octet_length(subject) IN (0, 32)),
    reason text NOT NULL CHECK (pg_catalog.length(reason) BETWEEN 1 AND 200),
    set_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    set_by text NOT NULL DEFAULT session_user,
    event_id uuid NOT NULL,
    PRIMARY KEY (tenant, hold_id, subject)
);
CREATE INDEX legal_hold_subject ON audit.legal_hold (tenant, subject);
CREATE TABLE audit.lifted_hold (
    tenant text NOT NULL,
    hold_id uuid NOT NULL,
    reason text NOT NULL CHECK (pg_catalog.length(reason) BETWEEN 1 AND 200),
    lifted_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    lifted_by text NOT NULL DEFAULT session_user,
    event_id uuid NOT NULL,
    PRIMARY KEY (tenant, hold_id)
);

-- How long a tenant keeps, as its policy document says; the newest row is in force. A tenant
-- without one keeps for six years (45 CFR 164.316(b)(2)(i)).
CREATE TABLE audit.erasure_policy (
    tenant text NOT NULL REFERENCES audit.tenant,
    set_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    set_by text NOT NULL DEFAULT session_user,
    keep_months int NOT NULL CHECK (keep_months BETWEEN 0 AND 1200),
    document json NOT NULL,
    digest bytea NOT NULL CHECK (pg_catalog.octet_length(digest) = 32),
    event_id uuid NOT NULL,
    PRIMARY KEY (tenant, set_at)
);

-- What is left of a month: how many rows of each table, and a digest of what they were.
ALTER TABLE audit.dropped_month
    ADD COLUMN row_count bigint,
    ADD COLUMN leaf_digest bytea CHECK (pg_catalog.octet_length(leaf_digest) = 32),
    ADD COLUMN reason text CHECK (pg_catalog.length(reason) <= 200),
    ADD COLUMN event_id uuid;

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['data_key', 'erasure', 'erased_key', 'erased_subject',
        'legal_hold', 'lifted_hold', 'erasure_policy'] LOOP
        EXECUTE pg_catalog.format('ALTER TABLE audit.%I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE pg_catalog.format('ALTER TABLE audit.%I FORCE ROW LEVEL SECURITY', name);
        -- For the functions below, which run as the owner.
        EXECUTE pg_catalog.format(
            'CREATE POLICY owner_reads ON audit.%I FOR SELECT TO limen_owner USING (true)', name);
        CONTINUE WHEN name = 'data_key';
        EXECUTE pg_catalog.format(
            'CREATE POLICY owner_adds ON audit.%I FOR INSERT TO limen_owner WITH CHECK (true)',
            name);
        EXECUTE pg_catalog.format(
            'CREATE TRIGGER refuse_row_change BEFORE UPDATE OR DELETE ON audit.%I '
            'FOR EACH ROW EXECUTE FUNCTION audit.refuse_change()', name);
        EXECUTE pg_catalog.format(
            'ALTER TABLE audit.%I ENABLE ALWAYS TRIGGER refuse_row_change', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['data_key', 'erasure', 'erased_key', 'erased_subject',
        'legal_hold', 'lifted_hold', 'erasure_policy'] LOOP
        EXECUTE pg_catalog.format(
            'CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON audit.%I '
            'FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change()', name);
        EXECUTE pg_catalog.format(
            'ALTER TABLE audit.%I ENABLE ALWAYS TRIGGER refuse_truncate', name);
        CONTINUE WHEN name = 'erased_subject';
        EXECUTE pg_catalog.format(
            'CREATE POLICY auditor_reads ON audit.%I FOR SELECT TO limen_auditor '
            'USING (tenant = ANY (ARRAY(SELECT g.tenant FROM audit.auditor_tenant g '
            'WHERE g.login = session_user)))', name);
        EXECUTE pg_catalog.format('GRANT SELECT ON audit.%I TO limen_auditor', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['data_key', 'erased_key'] LOOP
        EXECUTE pg_catalog.format(
            'CREATE POLICY api_reads ON audit.%I FOR SELECT TO limen_audit_api USING (tenant = '
            '(SELECT nullif(pg_catalog.current_setting(''limen.tenant'', true), '''')))', name);
        EXECUTE pg_catalog.format('GRANT SELECT ON audit.%I TO limen_audit_api', name);
    END LOOP;
END $$;

CREATE POLICY writer_adds ON audit.data_key FOR INSERT TO limen_writer
    WITH CHECK (tenant = (SELECT nullif(pg_catalog.current_setting('limen.tenant', true), '')));
GRANT INSERT (tenant, key_id, subject, month, wrapping_key, wrapped, created_at)
    ON audit.data_key TO limen_writer;
CREATE POLICY owner_rewraps ON audit.data_key FOR UPDATE TO limen_owner
    USING (true) WITH CHECK (true);
CREATE POLICY owner_removes ON audit.data_key FOR DELETE TO limen_owner USING (true);
-- The owner counts what retention may drop, and nothing younger.
CREATE POLICY owner_reads ON audit.event FOR SELECT TO limen_owner
    USING (started_at < pg_catalog.now() - interval '6 years');
CREATE POLICY owner_reads ON audit.card FOR SELECT TO limen_owner
    USING (started_at < pg_catalog.now() - interval '6 years');
CREATE POLICY owner_reads ON audit.feedback FOR SELECT TO limen_owner
    USING (started_at < pg_catalog.now() - interval '6 years');
CREATE POLICY owner_reads ON audit.dropped_month FOR SELECT TO limen_owner USING (true);

-- Leaves out the keys of rows that were on their way while their patient was erased.
CREATE FUNCTION audit.take_data_key() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM audit.erased_subject s
               WHERE s.tenant = NEW.tenant AND s.subject = NEW.subject
                 AND NEW.month <= s.through_month AND NEW.created_at < s.made_before)
        OR EXISTS (SELECT FROM audit.erased_key e
                   WHERE e.tenant = NEW.tenant AND e.key_id = NEW.key_id) THEN
        RETURN NULL;
    END IF;
    RETURN NEW;
END $$;

-- Refuses every change of a key but those below, to a superuser too: a key goes only after its
-- tombstone stands, or with its month; and what changes is its wrapping alone.
CREATE FUNCTION audit.guard_data_key() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF EXISTS (SELECT FROM audit.erased_key e
                   WHERE e.tenant = OLD.tenant AND e.key_id = OLD.key_id)
            OR EXISTS (SELECT FROM audit.dropped_month d
                       WHERE d.month = OLD.month
                         AND d.relation = 'event_' || to_char(OLD.month, 'YYYYMM')) THEN
            RETURN OLD;
        END IF;
    ELSIF (NEW.tenant, NEW.key_id, NEW.subject, NEW.month, NEW.created_at)
        = (OLD.tenant, OLD.key_id, OLD.subject, OLD.month, OLD.created_at)
        AND NEW.wrapping_key <> OLD.wrapping_key
        AND NEW.earlier_wrapping_keys = OLD.earlier_wrapping_keys || OLD.wrapping_key THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a key is rewrapped, or destroyed with its tombstone' USING ERRCODE = '42501';
END $$;
CREATE TRIGGER take_row BEFORE INSERT ON audit.data_key
    FOR EACH ROW EXECUTE FUNCTION audit.take_data_key();
CREATE TRIGGER refuse_row_change BEFORE UPDATE OR DELETE ON audit.data_key
    FOR EACH ROW EXECUTE FUNCTION audit.guard_data_key();
ALTER TABLE audit.data_key ENABLE ALWAYS TRIGGER take_row;
ALTER TABLE audit.data_key ENABLE ALWAYS TRIGGER refuse_row_change;

-- Refuses a login that is not mapped to the tenant.
CREATE FUNCTION audit.expect_tenant(wanted text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM audit.auditor_tenant g
                   WHERE g.login = session_user AND g.tenant = wanted) THEN
        RAISE EXCEPTION 'this login has nothing to do with this tenant' USING ERRCODE = '42501';
    END IF;
END $$;

-- How many months a tenant keeps.
CREATE FUNCTION audit.keep_months(wanted text) RETURNS int
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce((SELECT p.keep_months FROM audit.erasure_policy p WHERE p.tenant = wanted
        ORDER BY p.set_at DESC LIMIT 1), 72)
$$;

-- Whether a hold on the whole tenant or on one of its subjects is not lifted.
CREATE FUNCTION audit.is_held(wanted text, subjects bytea[]) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM audit.legal_hold h
        WHERE h.tenant = wanted AND (h.subject = ''::bytea OR h.subject = ANY (subjects))
          AND NOT EXISTS (SELECT FROM audit.lifted_hold l
                          WHERE l.tenant = h.tenant AND l.hold_id = h.hold_id))
$$;

-- What an erasure would do: each key of the subjects, and why it may not go yet.
--
-- A key that was made within five minutes may still seal rows that are on their way.
CREATE FUNCTION audit.erasure_plan(wanted text, subjects bytea[])
RETURNS TABLE (key_id uuid, month date, state text, free_on date)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    keep interval := make_interval(months => audit.keep_months(wanted) + 1);
    today date := (now() AT TIME ZONE 'UTC')::date;
BEGIN
    PERFORM audit.expect_tenant(wanted);
    RETURN QUERY
    SELECT k.key_id, k.month,
           CASE WHEN audit.is_held(wanted, subjects) THEN 'held'
                WHEN k.month + keep > today THEN 'kept'
                WHEN k.created_at > now() - interval '5 minutes' THEN 'in-use'
                ELSE 'free' END,
           (k.month + keep)::date
    FROM audit.data_key k
    WHERE k.tenant = wanted AND k.subject = ANY (subjects) AND k.subject <> ''::bytea
    ORDER BY k.month, k.key_id;
END $$;

-- Destroys the keys of some subjects, when nothing forbids it; returns how many.
--
-- With `due_only` it takes what is free and leaves what is not; without, one key that must be kept
-- refuses the whole. A hold refuses always.
CREATE FUNCTION audit.erase_keys(
    wanted text, subjects bytea[], event uuid, why text, due_only boolean
) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    ids uuid[];
    through date;
BEGIN
    PERFORM audit.expect_tenant(wanted);
    -- No hold and no policy comes between the look and the deed.
    LOCK TABLE audit.legal_hold, audit.lifted_hold, audit.erasure_policy IN SHARE MODE;
    IF audit.is_held(wanted, subjects) THEN
        RAISE EXCEPTION 'a legal hold forbids it' USING ERRCODE = 'LV001';
    END IF;
    IF NOT due_only AND EXISTS (
        SELECT FROM audit.erasure_plan(wanted, subjects) p WHERE p.state = 'kept') THEN
        RAISE EXCEPTION 'the policy keeps these rows' USING ERRCODE = 'LV002';
    END IF;
    SELECT array_agg(p.key_id ORDER BY p.key_id), max(p.month) INTO ids, through
    FROM audit.erasure_plan(wanted, subjects) p WHERE p.state = 'free';
    IF ids IS NULL THEN
        RAISE EXCEPTION 'there is no key that may go' USING ERRCODE = 'LV003';
    END IF;
    INSERT INTO audit.erasure (
        tenant, event_id, reason, keep_months, policy_digest, key_count, key_digest)
    SELECT wanted, event, why, audit.keep_months(wanted),
           (SELECT p.digest FROM audit.erasure_policy p WHERE p.tenant = wanted
               ORDER BY p.set_at DESC LIMIT 1),
           cardinality(ids),
           sha256((SELECT string_agg(uuid_send(i), ''::bytea ORDER BY i) FROM unnest(ids) i));
    INSERT INTO audit.erased_key (tenant, key_id, event_id, wrapping_keys)
    SELECT k.tenant, k.key_id, event, k.earlier_wrapping_keys || k.wrapping_key
    FROM audit.data_key k WHERE k.tenant = wanted AND k.key_id = ANY (ids);
    INSERT INTO audit.erased_subject (tenant, subject, event_id, through_month, made_before)
    SELECT wanted, s, event, through, now() - interval '5 minutes'
    FROM (SELECT DISTINCT unnest(subjects)) AS given (s) WHERE s <> ''::bytea;
    DELETE FROM audit.data_key k WHERE k.tenant = wanted AND k.key_id = ANY (ids);
    RETURN cardinality(ids);
END $$;

-- Sets a hold on a patient, under the pseudonyms of all epochs; on the whole tenant without any.
CREATE FUNCTION audit.set_hold(
    wanted text, hold uuid, subjects bytea[], why text, event uuid
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM audit.expect_tenant(wanted);
    INSERT INTO audit.legal_hold (tenant, hold_id, subject, reason, event_id)
    SELECT DISTINCT wanted, hold, s, why, event
    FROM unnest(CASE WHEN cardinality(subjects) = 0 THEN ARRAY[''::bytea] ELSE subjects END) s;
END $$;

-- Lifts a hold; false when there is none such that stands.
CREATE FUNCTION audit.lift_hold(wanted text, hold uuid, why text, event uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM audit.expect_tenant(wanted);
    IF NOT EXISTS (SELECT FROM audit.legal_hold h WHERE h.tenant = wanted AND h.hold_id = hold)
        OR EXISTS (SELECT FROM audit.lifted_hold l WHERE l.tenant = wanted AND l.hold_id = hold)
    THEN
        RETURN false;
    END IF;
    INSERT INTO audit.lifted_hold (tenant, hold_id, reason, event_id)
    VALUES (wanted, hold, why, event);
    RETURN true;
END $$;

-- Puts the policy of a tenant in force. It is the retention role's to say, not the eraser's.
CREATE FUNCTION audit.set_erasure_policy(
    wanted text, months int, document json, digest bytea, event uuid
) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO audit.erasure_policy (tenant, keep_months, document, digest, event_id)
    VALUES (wanted, months, document, digest, event)
$$;

-- Keys that are not yet wrapped under a key of the tenant.
CREATE FUNCTION audit.keys_to_rewrap(wanted text, current text, most int)
RETURNS TABLE (
    key_id uuid, subject bytea, month date, wrapping_key text, wrapped bytea,
    created_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM audit.expect_tenant(wanted);
    RETURN QUERY
    SELECT k.key_id, k.subject, k.month, k.wrapping_key, k.wrapped, k.created_at
    FROM audit.data_key k WHERE k.tenant = wanted AND k.wrapping_key <> current
    ORDER BY k.key_id LIMIT least(most, 1000);
END $$;

-- Puts new wrappings in place of the old ones, each only where the old one still stands.
CREATE FUNCTION audit.rewrap_keys(
    wanted text, ids uuid[], old_keys text[], new_key text, wrappings bytea[]
) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    changed int;
BEGIN
    PERFORM audit.expect_tenant(wanted);
    UPDATE audit.data_key k
    SET wrapping_key = new_key, wrapped = g.wrapped,
        earlier_wrapping_keys = k.earlier_wrapping_keys || k.wrapping_key
    FROM unnest(ids, old_keys, wrappings) AS g (key_id, old_key, wrapped)
    WHERE k.tenant = wanted AND k.key_id = g.key_id AND k.wrapping_key = g.old_key;
    GET DIAGNOSTICS changed = ROW_COUNT;
    RETURN changed;
END $$;

-- What a month past its retention holds: the rows of each table, and a digest of their hashes.
--
-- The digest is SHA-256 over the digests of the days, each SHA-256 over the leaf hashes of the day
-- in the order of log and number; a row of version 1 counts with its event id.
CREATE FUNCTION audit.month_content(wanted date)
RETURNS TABLE (relation text, row_count bigint, leaf_digest bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    first timestamptz := wanted::timestamp AT TIME ZONE 'UTC';
    last timestamptz := (wanted + interval '1 month')::timestamp AT TIME ZONE 'UTC';
BEGIN
    IF wanted IS NULL OR last > now() - interval '6 years' THEN
        RAISE EXCEPTION 'the audit trail is kept for six years' USING ERRCODE = '22023';
    END IF;
    RETURN QUERY
    SELECT 'event_' || to_char(wanted, 'YYYYMM'), coalesce(sum(d.rows), 0)::bigint,
           sha256(coalesce(string_agg(d.digest, ''::bytea ORDER BY d.day), ''::bytea))
    FROM (
        SELECT (e.started_at AT TIME ZONE 'UTC')::date AS day, count(*) AS rows,
               sha256(string_agg(coalesce(e.leaf_hash, uuid_send(e.event_id)), ''::bytea
                   ORDER BY e.log_id NULLS FIRST, e.seq, e.tenant, e.event_id)) AS digest
        FROM audit.event e WHERE e.started_at >= first AND e.started_at < last
        GROUP BY 1
    ) d;
    RETURN QUERY SELECT 'card_' || to_char(wanted, 'YYYYMM'), count(*), NULL::bytea
        FROM audit.card c WHERE c.started_at >= first AND c.started_at < last;
    RETURN QUERY SELECT 'feedback_' || to_char(wanted, 'YYYYMM'), count(*), NULL::bytea
        FROM audit.feedback f WHERE f.started_at >= first AND f.started_at < last;
END $$;

-- Drops a month past its retention with its keys and leaves a tombstone; a hold refuses it.
CREATE FUNCTION audit.drop_month(wanted date, event uuid, why text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
    first timestamptz := wanted::timestamp AT TIME ZONE 'UTC';
    last timestamptz := (wanted + interval '1 month')::timestamp AT TIME ZONE 'UTC';
    parent text;
    partition text;
BEGIN
    LOCK TABLE audit.legal_hold, audit.lifted_hold IN SHARE MODE;
    INSERT INTO audit.dropped_month (month, relation, row_count, leaf_digest, reason, event_id)
    SELECT wanted, c.relation, c.row_count, c.leaf_digest, why, event
    FROM audit.month_content(wanted) c
    WHERE to_regclass(format('audit.%I', c.relation)) IS NOT NULL;
    IF EXISTS (
        SELECT FROM audit.event e
        JOIN audit.legal_hold h ON h.tenant = e.tenant
            AND (h.subject = ''::bytea OR h.subject = e.patient_pseudonym)
        WHERE e.started_at >= first AND e.started_at < last
          AND NOT EXISTS (SELECT FROM audit.lifted_hold l
                          WHERE l.tenant = h.tenant AND l.hold_id = h.hold_id)) THEN
        RAISE EXCEPTION 'a legal hold keeps rows of this month' USING ERRCODE = 'LV001';
    END IF;
    FOREACH parent IN ARRAY ARRAY['event', 'card', 'feedback'] LOOP
        partition := parent || '_' || to_char(wanted, 'YYYYMM');
        EXECUTE format('DROP TABLE IF EXISTS audit.%I', partition);
    END LOOP;
    DELETE FROM audit.data_key k WHERE k.month = wanted;
END $$;

-- The months that lie wholly before a day and are past six years.
CREATE FUNCTION audit.months_before(day date) RETURNS SETOF date
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF day IS NULL OR day > (now() AT TIME ZONE 'UTC')::date - interval '6 years' THEN
        RAISE EXCEPTION 'the audit trail is kept for six years' USING ERRCODE = '22023';
    END IF;
    RETURN QUERY
    SELECT DISTINCT m.month FROM (
        SELECT to_date(right(c.relname, 6), 'YYYYMM') AS month
        FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent IN ('audit.event'::regclass, 'audit.card'::regclass,
                              'audit.feedback'::regclass)
          AND c.relname ~ '^(event|card|feedback)_[0-9]{6}$') m
    WHERE m.month + interval '1 month' <= day ORDER BY 1;
END $$;

-- As before, now with a tombstone for each month; a month that a hold keeps ends it there.
CREATE OR REPLACE PROCEDURE audit.drop_months_before(day date)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
    month date;
BEGIN
    FOR month IN SELECT m FROM audit.months_before(day) m LOOP
        PERFORM audit.drop_month(month, NULL, 'past its retention');
    END LOOP;
END $$;

GRANT EXECUTE ON FUNCTION audit.erasure_plan(text, bytea[]),
    audit.erase_keys(text, bytea[], uuid, text, boolean),
    audit.set_hold(text, uuid, bytea[], text, uuid),
    audit.lift_hold(text, uuid, text, uuid) TO limen_eraser;
GRANT EXECUTE ON FUNCTION audit.keys_to_rewrap(text, text, int),
    audit.rewrap_keys(text, uuid[], text[], text, bytea[]) TO limen_rewrapper;
GRANT EXECUTE ON FUNCTION audit.set_erasure_policy(text, int, json, bytea, uuid),
    audit.months_before(date), audit.month_content(date), audit.drop_month(date, uuid, text)
    TO limen_retention;

RESET ROLE;

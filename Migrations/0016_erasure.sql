-- limen: run as superuser
--
-- Legal holds that outlive an epoch of pseudonyms, what an erasure must reach beside the rows, the
-- words of reviews sealed, and wrapping keys that are gone for good. It sets settings of a role and
-- removes statistics, which is why a superuser applies it.

-- The verifier reads rows of before sealing in plain: its statements leave nothing in a log either.
ALTER ROLE limen_verifier SET log_error_verbosity = 'terse';
ALTER ROLE limen_verifier SET log_parameter_max_length = 0;
ALTER ROLE limen_verifier SET log_parameter_max_length_on_error = 0;
ALTER ROLE limen_verifier SET log_min_error_statement = 'panic';

-- ANALYZE keeps samples of a column in a table of its own, where a destroyed key would live on.
DELETE FROM pg_catalog.pg_statistic s
    USING pg_catalog.pg_attribute a
    WHERE s.starelid = 'audit.data_key'::pg_catalog.regclass
      AND a.attrelid = s.starelid AND a.attnum = s.staattnum AND a.attname = 'wrapped';

SET LOCAL ROLE limen_owner;

ALTER TABLE audit.data_key ALTER COLUMN wrapped SET STATISTICS 0;

-- Under which pseudonym a patient's hold stands in each epoch. A hold that has none for an epoch
-- cannot be told from any patient of it, and holds them all until it is followed there.
CREATE TABLE audit.held_subject (
    tenant text NOT NULL,
    hold_id uuid NOT NULL,
    epoch smallint NOT NULL CHECK (epoch > 0),
    subject bytea NOT NULL CHECK (pg_catalog.octet_length(subject) = 32),
    added_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    added_by text NOT NULL DEFAULT session_user,
    event_id uuid NOT NULL,
    PRIMARY KEY (tenant, hold_id, epoch)
);
CREATE INDEX held_subject_subject ON audit.held_subject (tenant, subject);

-- Wrapping keys that were removed: what comes wrapped under one could never be opened again.
CREATE TABLE audit.retired_wrapping_key (
    tenant text NOT NULL,
    wrapping_key text NOT NULL,
    retired_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    retired_by text NOT NULL DEFAULT session_user,
    event_id uuid NOT NULL,
    PRIMARY KEY (tenant, wrapping_key)
);

-- Which wrapping key each gateway uses, and how much lies in its spool, as it said last. A gateway
-- is known by the place of its signing key. No part of the trail.
CREATE TABLE audit.key_report (
    tenant text NOT NULL CHECK (tenant <> '' AND pg_catalog.length(tenant) <= 63),
    place bytea NOT NULL CHECK (pg_catalog.octet_length(place) = 32),
    wrapping_key text NOT NULL CHECK (pg_catalog.length(wrapping_key) BETWEEN 1 AND 32),
    spooled bigint NOT NULL CHECK (spooled >= 0),
    is_ended boolean NOT NULL,
    reported_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    PRIMARY KEY (tenant, place)
);

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['held_subject', 'retired_wrapping_key', 'key_report'] LOOP
        EXECUTE pg_catalog.format('ALTER TABLE audit.%I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE pg_catalog.format('ALTER TABLE audit.%I FORCE ROW LEVEL SECURITY', name);
        -- For the functions below, which run as the owner.
        EXECUTE pg_catalog.format(
            'CREATE POLICY owner_reads ON audit.%I FOR SELECT TO limen_owner USING (true)', name);
        EXECUTE pg_catalog.format(
            'CREATE POLICY owner_adds ON audit.%I FOR INSERT TO limen_owner WITH CHECK (true)',
            name);
        EXECUTE pg_catalog.format(
            'CREATE POLICY auditor_reads ON audit.%I FOR SELECT TO limen_auditor '
            'USING (tenant = ANY (ARRAY(SELECT g.tenant FROM audit.auditor_tenant g '
            'WHERE g.login = session_user)))', name);
        EXECUTE pg_catalog.format('GRANT SELECT ON audit.%I TO limen_auditor', name);
        EXECUTE pg_catalog.format(
            'CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON audit.%I '
            'FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change()', name);
        EXECUTE pg_catalog.format(
            'ALTER TABLE audit.%I ENABLE ALWAYS TRIGGER refuse_truncate', name);
        CONTINUE WHEN name = 'key_report';
        EXECUTE pg_catalog.format(
            'CREATE TRIGGER refuse_row_change BEFORE UPDATE OR DELETE ON audit.%I '
            'FOR EACH ROW EXECUTE FUNCTION audit.refuse_change()', name);
        EXECUTE pg_catalog.format(
            'ALTER TABLE audit.%I ENABLE ALWAYS TRIGGER refuse_row_change', name);
    END LOOP;
END $$;
CREATE POLICY owner_renews ON audit.key_report FOR UPDATE TO limen_owner
    USING (true) WITH CHECK (true);

-- The words of reviews may speak of patients: from now on they are sealed, each under a key of its
-- own or of the patient that they are about. A title that is the question's own sentence is plain.
ALTER TABLE audit.review
    ALTER COLUMN title DROP NOT NULL,
    ADD COLUMN key_id uuid,
    ADD COLUMN sealed_title bytea CHECK (pg_catalog.octet_length(sealed_title) <= 2048),
    ADD CHECK ((title IS NULL) = (sealed_title IS NOT NULL)),
    ADD CHECK ((key_id IS NULL) = (sealed_title IS NULL));
ALTER TABLE audit.review_closing
    ALTER COLUMN finding DROP NOT NULL,
    ADD COLUMN key_id uuid,
    ADD COLUMN sealed_finding bytea CHECK (pg_catalog.octet_length(sealed_finding) <= 32768),
    ADD CHECK ((finding IS NULL) = (sealed_finding IS NOT NULL)),
    ADD CHECK ((key_id IS NULL) = (sealed_finding IS NULL));
GRANT INSERT (key_id, sealed_title) ON audit.review TO limen_auditor, limen_audit_api;
GRANT INSERT (key_id, sealed_finding) ON audit.review_closing TO limen_auditor, limen_audit_api;
CREATE POLICY auditor_adds ON audit.data_key FOR INSERT TO limen_auditor
    WITH CHECK (
        tenant = ANY (ARRAY(
            SELECT g.tenant FROM audit.auditor_tenant g WHERE g.login = session_user))
        AND created_at BETWEEN pg_catalog.now() - interval '5 minutes'
            AND pg_catalog.now() + interval '5 minutes');
CREATE POLICY api_adds ON audit.data_key FOR INSERT TO limen_audit_api
    WITH CHECK (tenant = (SELECT nullif(pg_catalog.current_setting('limen.tenant', true), '')));
GRANT INSERT (tenant, key_id, subject, month, wrapping_key, wrapped, created_at)
    ON audit.data_key TO limen_auditor, limen_audit_api;
-- For the end of a month, which leaves the keys of reviews.
CREATE POLICY owner_reads ON audit.review FOR SELECT TO limen_owner USING (true);

-- Leaves out the keys of rows that were on their way while their patient was erased, and refuses
-- those that nobody could open: the row of such a key must not count as kept.
CREATE OR REPLACE FUNCTION audit.take_data_key() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM audit.erased_subject s
               WHERE s.tenant = NEW.tenant AND s.subject = NEW.subject
                 AND NEW.month <= s.through_month AND NEW.created_at < s.made_before)
        OR EXISTS (SELECT FROM audit.erased_key e
                   WHERE e.tenant = NEW.tenant AND e.key_id = NEW.key_id) THEN
        RETURN NULL;
    END IF;
    IF EXISTS (SELECT FROM audit.retired_wrapping_key r
               WHERE r.tenant = NEW.tenant AND r.wrapping_key = NEW.wrapping_key) THEN
        RAISE EXCEPTION 'the wrapping key of the tenant was removed' USING ERRCODE = 'LV005';
    END IF;
    RETURN NEW;
END $$;

-- As before; and nothing is wrapped anew under a key that was removed.
CREATE OR REPLACE FUNCTION audit.guard_data_key() RETURNS trigger
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
        AND NEW.earlier_wrapping_keys = OLD.earlier_wrapping_keys || OLD.wrapping_key
        AND NOT EXISTS (SELECT FROM audit.retired_wrapping_key r
                        WHERE r.tenant = NEW.tenant AND r.wrapping_key = NEW.wrapping_key) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a key is rewrapped, or destroyed with its tombstone' USING ERRCODE = '42501';
END $$;

-- Whether a hold is on some pseudonyms of one patient, which are of these epochs: 'held' when one
-- is on the tenant or on one of them; 'unclear' when there is one that stands under no pseudonym of
-- these epochs, so that nobody can tell whether it is this patient's; nothing when none is.
CREATE FUNCTION audit.hold_on(wanted text, subjects bytea[], epochs int[]) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    WITH standing AS (
        SELECT h.hold_id, h.subject FROM audit.legal_hold h
        WHERE h.tenant = wanted
          AND NOT EXISTS (SELECT FROM audit.lifted_hold l
                          WHERE l.tenant = h.tenant AND l.hold_id = h.hold_id)
    ), known AS (
        SELECT s.hold_id, s.subject, NULL::int AS epoch FROM standing s
        UNION ALL
        SELECT k.hold_id, k.subject, k.epoch FROM audit.held_subject k
        WHERE k.tenant = wanted AND k.hold_id IN (SELECT s.hold_id FROM standing s)
    )
    SELECT CASE
        WHEN EXISTS (SELECT FROM known k
                     WHERE k.subject = ''::bytea OR k.subject = ANY (subjects)) THEN 'held'
        WHEN EXISTS (SELECT FROM standing s
                     WHERE NOT EXISTS (SELECT FROM known k
                                       WHERE k.hold_id = s.hold_id AND k.epoch = ANY (epochs)))
            THEN 'unclear'
    END
$$;

-- Whether a hold keeps a row of a time: one that is about a patient, answers a card that was shown
-- about one, or was caused by one that is. A row without an epoch is of the first.
CREATE FUNCTION audit.is_time_held(first timestamptz, last timestamptz) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    WITH held AS (
        SELECT DISTINCT h.tenant FROM audit.legal_hold h
        WHERE NOT EXISTS (SELECT FROM audit.lifted_hold l
                          WHERE l.tenant = h.tenant AND l.hold_id = h.hold_id)
    ), about AS (
        SELECT e.tenant, e.patient_pseudonym AS subject, coalesce(e.pseudonym_epoch, 1) AS epoch
        FROM audit.event e
        WHERE e.started_at >= first AND e.started_at < last
          AND e.tenant IN (SELECT t.tenant FROM held t)
        UNION
        SELECT e.tenant, e.patient_pseudonym, coalesce(e.pseudonym_epoch, 1)
        FROM audit.feedback f
        JOIN audit.card c ON c.tenant = f.tenant AND c.card_id = f.card_id
        JOIN audit.event e ON e.tenant = c.tenant AND e.started_at = c.started_at
            AND e.event_id = c.event_id
        WHERE f.started_at >= first AND f.started_at < last
          AND f.tenant IN (SELECT t.tenant FROM held t)
        UNION
        SELECT e.tenant, e.patient_pseudonym, coalesce(e.pseudonym_epoch, 1)
        FROM audit.event x
        JOIN audit.event e ON e.tenant = x.tenant AND e.event_id = x.caused_by
        WHERE x.started_at >= first AND x.started_at < last
          AND x.tenant IN (SELECT t.tenant FROM held t)
    )
    SELECT EXISTS (
        SELECT FROM about a
        WHERE CASE audit.hold_on(a.tenant, ARRAY[a.subject], ARRAY[a.epoch])
            WHEN 'held' THEN true
            WHEN 'unclear' THEN a.subject IS NOT NULL
            ELSE false
        END)
$$;

DROP FUNCTION audit.erasure_plan(text, bytea[]);
DROP FUNCTION audit.erase_keys(text, bytea[], uuid, text, boolean);
DROP FUNCTION audit.set_hold(text, uuid, bytea[], text, uuid);
DROP FUNCTION audit.is_held(text, bytea[]);

-- What an erasure would do: each key of the subjects, and why it may not go yet. The epochs are
-- those that the patient's pseudonyms among the subjects are of.
--
-- A key that was made within five minutes may still seal rows that are on their way.
CREATE FUNCTION audit.erasure_plan(wanted text, subjects bytea[], epochs int[] DEFAULT '{}')
RETURNS TABLE (key_id uuid, month date, state text, free_on date)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    keep interval := make_interval(months => audit.keep_months(wanted) + 1);
    today date := (now() AT TIME ZONE 'UTC')::date;
    hold text := audit.hold_on(wanted, subjects, epochs);
BEGIN
    PERFORM audit.expect_tenant(wanted);
    RETURN QUERY
    SELECT k.key_id, k.month,
           CASE WHEN hold IS NOT NULL THEN hold
                WHEN k.month + keep > today THEN 'kept'
                WHEN k.created_at > now() - interval '5 minutes' THEN 'in-use'
                ELSE 'free' END,
           (k.month + keep)::date
    FROM audit.data_key k
    WHERE k.tenant = wanted AND k.subject = ANY (subjects) AND k.subject <> ''::bytea
    ORDER BY k.month, k.key_id;
END $$;

-- Destroys the keys of some subjects, when nothing forbids it, and forgets what some events showed;
-- returns how many keys.
--
-- With `due_only` it takes what is free and leaves what is not; without, one key that must be kept
-- refuses the whole. A hold refuses always, and so does one that cannot be compared.
CREATE FUNCTION audit.erase_keys(
    wanted text, subjects bytea[], event uuid, why text, due_only boolean,
    epochs int[] DEFAULT '{}', shown_events uuid[] DEFAULT '{}'
) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    ids uuid[];
    through date;
BEGIN
    PERFORM audit.expect_tenant(wanted);
    -- No hold and no policy comes between the look and the deed.
    LOCK TABLE audit.legal_hold, audit.lifted_hold, audit.held_subject, audit.erasure_policy
        IN SHARE MODE;
    CASE audit.hold_on(wanted, subjects, epochs)
        WHEN 'held' THEN
            RAISE EXCEPTION 'a legal hold forbids it' USING ERRCODE = 'LV001';
        WHEN 'unclear' THEN
            RAISE EXCEPTION 'a legal hold cannot be compared' USING ERRCODE = 'LV004';
        ELSE NULL;
    END CASE;
    IF NOT due_only AND EXISTS (
        SELECT FROM audit.erasure_plan(wanted, subjects, epochs) p WHERE p.state = 'kept') THEN
        RAISE EXCEPTION 'the policy keeps these rows' USING ERRCODE = 'LV002';
    END IF;
    SELECT array_agg(p.key_id ORDER BY p.key_id), max(p.month) INTO ids, through
    FROM audit.erasure_plan(wanted, subjects, epochs) p WHERE p.state = 'free';
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
    DELETE FROM audit.shown s WHERE s.tenant = wanted AND s.event_id = ANY (shown_events);
    RETURN cardinality(ids);
END $$;

-- What was shown may be forgotten early in the transaction of an erasure of its tenant; all that
-- follows is that the next answer is shown in full.
ALTER POLICY owner_removes ON audit.shown
    USING (forgotten_at < pg_catalog.now()
        OR EXISTS (SELECT FROM audit.erasure x
                   WHERE x.tenant = shown.tenant AND x.erased_at = pg_catalog.now()));
CREATE OR REPLACE FUNCTION audit.refuse_shown_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.forgotten_at < clock_timestamp()
            OR EXISTS (SELECT FROM audit.erasure x
                       WHERE x.tenant = OLD.tenant AND x.erased_at = now()) THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION 'what was shown is remembered until it is forgotten' USING ERRCODE = '42501';
END $$;

-- Sets a hold on a patient, under the pseudonym of each epoch; on the whole tenant without any. An
-- epoch that is not known is zero: such a hold must be followed before it can be compared.
CREATE FUNCTION audit.set_hold(
    wanted text, hold uuid, subjects bytea[], why text, event uuid, epochs int[] DEFAULT '{}'
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM audit.expect_tenant(wanted);
    INSERT INTO audit.legal_hold (tenant, hold_id, subject, reason, event_id)
    SELECT DISTINCT wanted, hold, s, why, event
    FROM unnest(CASE WHEN cardinality(subjects) = 0 THEN ARRAY[''::bytea] ELSE subjects END) s;
    INSERT INTO audit.held_subject (tenant, hold_id, epoch, subject, event_id)
    SELECT wanted, hold, g.epoch, g.subject, event
    FROM unnest(subjects, epochs) AS g (subject, epoch) WHERE g.epoch > 0;
END $$;

-- Says under which pseudonyms a patient's hold stands in further epochs; returns how many are new.
CREATE FUNCTION audit.follow_hold(
    wanted text, hold uuid, subjects bytea[], epochs int[], event uuid
) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    added int;
BEGIN
    PERFORM audit.expect_tenant(wanted);
    -- What is followed is named by a pseudonym that the hold has: it is the same patient.
    IF NOT EXISTS (SELECT FROM audit.legal_hold h WHERE h.tenant = wanted AND h.hold_id = hold
                   AND h.subject = ANY (subjects))
        AND NOT EXISTS (SELECT FROM audit.held_subject k WHERE k.tenant = wanted
                        AND k.hold_id = hold AND k.subject = ANY (subjects)) THEN
        RAISE EXCEPTION 'these are not pseudonyms of the hold' USING ERRCODE = '22023';
    END IF;
    INSERT INTO audit.held_subject (tenant, hold_id, epoch, subject, event_id)
    SELECT wanted, hold, g.epoch, g.subject, event
    FROM unnest(subjects, epochs) AS g (subject, epoch) WHERE g.epoch > 0
    ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS added = ROW_COUNT;
    RETURN added;
END $$;

-- Drops a month past its retention with its keys and leaves a tombstone; a hold refuses it. The
-- keys of reviews stay: a review is not of a month.
CREATE OR REPLACE FUNCTION audit.drop_month(wanted date, event uuid, why text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
    first timestamptz := wanted::timestamp AT TIME ZONE 'UTC';
    last timestamptz := (wanted + interval '1 month')::timestamp AT TIME ZONE 'UTC';
    parent text;
    partition text;
BEGIN
    LOCK TABLE audit.legal_hold, audit.lifted_hold, audit.held_subject IN SHARE MODE;
    INSERT INTO audit.dropped_month (month, relation, row_count, leaf_digest, places, reason,
        event_id)
    SELECT wanted, c.relation, c.row_count, c.leaf_digest, c.places, why, event
    FROM audit.month_content(wanted) c
    WHERE to_regclass(format('audit.%I', c.relation)) IS NOT NULL;
    IF audit.is_time_held(first, last) THEN
        RAISE EXCEPTION 'a legal hold keeps rows of this month' USING ERRCODE = 'LV001';
    END IF;
    FOREACH parent IN ARRAY ARRAY['event', 'card', 'feedback'] LOOP
        partition := parent || '_' || to_char(wanted, 'YYYYMM');
        EXECUTE format('DROP TABLE IF EXISTS audit.%I', partition);
    END LOOP;
    DELETE FROM audit.data_key k
    WHERE k.month = wanted
      AND NOT EXISTS (SELECT FROM audit.review r
                      WHERE r.tenant = k.tenant AND uuid_send(r.review_id) = k.subject);
END $$;

-- Takes what a gateway says of the keys that it uses.
CREATE FUNCTION audit.report_keys(
    of_place bytea, tenants text[], keys text[], in_spool bigint, ended boolean
) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO audit.key_report (tenant, place, wrapping_key, spooled, is_ended)
    SELECT g.tenant, of_place, g.wrapping_key, in_spool, ended
    FROM unnest(tenants, keys) AS g (tenant, wrapping_key)
    ON CONFLICT (tenant, place) DO UPDATE
    SET wrapping_key = excluded.wrapping_key, spooled = excluded.spooled,
        is_ended = excluded.is_ended, reported_at = now()
$$;

-- The gateways for which a wrapping key of a tenant may not go yet, and why: 'spool' when rows wait
-- there, 'uses' when it was not told of another key, 'silent' when it said nothing for a minute and
-- had not ended.
CREATE FUNCTION audit.key_users(wanted text, name text)
RETURNS TABLE (place bytea, state text, spooled bigint, reported_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM audit.expect_tenant(wanted);
    RETURN QUERY
    SELECT u.place, u.state, u.spooled, u.reported_at FROM (
        SELECT r.place, r.spooled, r.reported_at,
               CASE WHEN r.spooled > 0 THEN 'spool'
                    WHEN r.is_ended THEN NULL
                    WHEN r.reported_at < now() - interval '1 minute' THEN 'silent'
                    WHEN r.wrapping_key = name THEN 'uses' END AS state
        FROM audit.key_report r WHERE r.tenant = wanted) u
    WHERE u.state IS NOT NULL ORDER BY u.place;
END $$;

-- Says that a wrapping key is gone: from then on nothing is taken that is wrapped under it. The
-- places named as gone are not asked for.
CREATE FUNCTION audit.retire_wrapping_key(wanted text, name text, gone bytea[], event uuid)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s' AS $$
BEGIN
    PERFORM audit.expect_tenant(wanted);
    -- What is on its way is there when the look is taken, and what comes later is refused.
    LOCK TABLE audit.data_key IN SHARE MODE;
    IF EXISTS (SELECT FROM audit.data_key k WHERE k.tenant = wanted AND k.wrapping_key = name)
        OR EXISTS (SELECT FROM audit.key_users(wanted, name) u WHERE u.place <> ALL (gone)) THEN
        RAISE EXCEPTION 'the wrapping key is in use' USING ERRCODE = 'LV006';
    END IF;
    INSERT INTO audit.retired_wrapping_key (tenant, wrapping_key, event_id)
    VALUES (wanted, name, event) ON CONFLICT DO NOTHING;
END $$;

GRANT EXECUTE ON FUNCTION audit.erasure_plan(text, bytea[], int[]),
    audit.erase_keys(text, bytea[], uuid, text, boolean, int[], uuid[]),
    audit.set_hold(text, uuid, bytea[], text, uuid, int[]),
    audit.follow_hold(text, uuid, bytea[], int[], uuid) TO limen_eraser;
GRANT EXECUTE ON FUNCTION audit.key_users(text, text),
    audit.retire_wrapping_key(text, text, bytea[], uuid) TO limen_rewrapper;
GRANT EXECUTE ON FUNCTION audit.report_keys(bytea, text[], text[], bigint, boolean)
    TO limen_gateway;

RESET ROLE;

-- The holds that stand already, as far as a row says which epoch their pseudonym is of.
INSERT INTO audit.held_subject (tenant, hold_id, epoch, subject, event_id)
    SELECT DISTINCT ON (h.tenant, h.hold_id, coalesce(e.pseudonym_epoch, 1))
        h.tenant, h.hold_id, coalesce(e.pseudonym_epoch, 1), h.subject, h.event_id
    FROM audit.legal_hold h
    JOIN audit.event e ON e.tenant = h.tenant AND e.patient_pseudonym = h.subject
    WHERE pg_catalog.octet_length(h.subject) = 32;

-- Keys of notes apart from keys of rows, holds that no caller can leave out, and wrapping keys that
-- wrap nothing more once the gateways have another.

SET LOCAL ROLE limen_owner;

-- All that is altered below is locked first, in one order: nobody is met half-way.
LOCK TABLE audit.event, audit.card, audit.feedback, audit.data_key IN ACCESS EXCLUSIVE MODE;

-- A note is what people write beside the trail: the words of a review. Its key may not stand in the
-- way of anything that concerns the keys of rows, which gateways alone add.
ALTER TABLE audit.data_key
    ADD COLUMN is_note boolean NOT NULL DEFAULT false,
    -- The event by which a key that opens with no key of the tenant was given up: it does not keep
    -- the wrapping key that it names from being removed. It stays, and is rewrapped if it ever opens.
    ADD COLUMN given_up_by uuid;

ALTER TABLE audit.data_key DISABLE TRIGGER refuse_row_change;
UPDATE audit.data_key k SET is_note = true
    WHERE EXISTS (SELECT FROM audit.review r WHERE r.tenant = k.tenant AND r.key_id = k.key_id);
CREATE POLICY owner_reads ON audit.review_closing FOR SELECT TO limen_owner USING (true);
UPDATE audit.data_key k SET is_note = true
    WHERE EXISTS (SELECT FROM audit.review_closing c
                  WHERE c.tenant = k.tenant AND c.key_id = k.key_id);
ALTER TABLE audit.data_key ENABLE ALWAYS TRIGGER refuse_row_change;

-- What gateways report are names of keys as key files may have them: they come back in files.
UPDATE audit.key_report SET wrapping_key = 'unreadable'
    WHERE wrapping_key !~ '^[a-z0-9.-]{1,32}$';
ALTER TABLE audit.key_report ADD CHECK (wrapping_key ~ '^[a-z0-9.-]{1,32}$');

-- Wrapping keys that a gateway has left and that none uses any more: they open and never wrap.
CREATE TABLE audit.superseded_wrapping_key (
    tenant text NOT NULL CHECK (tenant <> '' AND pg_catalog.length(tenant) <= 63),
    wrapping_key text NOT NULL CHECK (wrapping_key ~ '^[a-z0-9.-]{1,32}$'),
    superseded_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    PRIMARY KEY (tenant, wrapping_key)
);
ALTER TABLE audit.superseded_wrapping_key ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit.superseded_wrapping_key FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_reads ON audit.superseded_wrapping_key FOR SELECT TO limen_owner USING (true);
CREATE POLICY owner_adds ON audit.superseded_wrapping_key FOR INSERT TO limen_owner
    WITH CHECK (true);
CREATE POLICY auditor_reads ON audit.superseded_wrapping_key FOR SELECT TO limen_auditor
    USING (tenant = ANY (ARRAY(
        SELECT g.tenant FROM audit.auditor_tenant g WHERE g.login = session_user)));
GRANT SELECT ON audit.superseded_wrapping_key TO limen_auditor;
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON audit.superseded_wrapping_key
    FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();
CREATE TRIGGER refuse_row_change BEFORE UPDATE OR DELETE ON audit.superseded_wrapping_key
    FOR EACH ROW EXECUTE FUNCTION audit.refuse_change();
ALTER TABLE audit.superseded_wrapping_key ENABLE ALWAYS TRIGGER refuse_truncate;
ALTER TABLE audit.superseded_wrapping_key ENABLE ALWAYS TRIGGER refuse_row_change;

-- Auditors and the gateway's desk add keys of notes, of this moment and this month, and no others.
-- That the note itself stands beside its key is seen to by `take_data_key`.
ALTER POLICY auditor_adds ON audit.data_key
    WITH CHECK (
        tenant = ANY (ARRAY(
            SELECT g.tenant FROM audit.auditor_tenant g WHERE g.login = session_user))
        AND is_note
        AND created_at BETWEEN pg_catalog.now() - interval '5 minutes'
            AND pg_catalog.now() + interval '5 minutes'
        AND month = pg_catalog.date_trunc('month', created_at AT TIME ZONE 'UTC')::date);
ALTER POLICY api_adds ON audit.data_key
    WITH CHECK (
        tenant = (SELECT nullif(pg_catalog.current_setting('limen.tenant', true), ''))
        AND is_note
        AND created_at BETWEEN pg_catalog.now() - interval '5 minutes'
            AND pg_catalog.now() + interval '5 minutes'
        AND month = pg_catalog.date_trunc('month', created_at AT TIME ZONE 'UTC')::date);
GRANT INSERT (is_note) ON audit.data_key TO limen_auditor, limen_audit_api;

-- As before; and the key of a note comes with its note, whose own it is or a patient's, one for
-- each, and not under a wrapping key that wraps nothing more.
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
    IF NOT NEW.is_note THEN
        RETURN NEW;
    END IF;
    IF NOT EXISTS (
        SELECT FROM (
            SELECT r.review_id FROM audit.review r
            WHERE r.tenant = NEW.tenant AND r.key_id = NEW.key_id
            UNION ALL
            SELECT c.review_id FROM audit.review_closing c
            WHERE c.tenant = NEW.tenant AND c.key_id = NEW.key_id) note
        WHERE NEW.subject = uuid_send(note.review_id) OR octet_length(NEW.subject) = 32) THEN
        RAISE EXCEPTION 'the key of a note comes with its note' USING ERRCODE = '42501';
    END IF;
    -- Of rows this is not asked: those of a spool were acknowledged, and a gateway is told not to
    -- make more (`report_keys`).
    IF EXISTS (SELECT FROM audit.superseded_wrapping_key s
               WHERE s.tenant = NEW.tenant AND s.wrapping_key = NEW.wrapping_key) THEN
        RAISE EXCEPTION 'the wrapping key of the tenant has a successor' USING ERRCODE = 'LV007';
    END IF;
    RETURN NEW;
END $$;

-- As before; nothing is wrapped anew under a key that has a successor, and a key may be given up.
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
    ELSIF (NEW.tenant, NEW.key_id, NEW.subject, NEW.month, NEW.created_at, NEW.is_note)
        = (OLD.tenant, OLD.key_id, OLD.subject, OLD.month, OLD.created_at, OLD.is_note) THEN
        IF NEW.wrapping_key <> OLD.wrapping_key THEN
            IF EXISTS (SELECT FROM audit.retired_wrapping_key r
                       WHERE r.tenant = NEW.tenant AND r.wrapping_key = NEW.wrapping_key) THEN
                RAISE EXCEPTION 'the wrapping key of the tenant was removed'
                    USING ERRCODE = 'LV005';
            END IF;
            IF EXISTS (SELECT FROM audit.superseded_wrapping_key s
                       WHERE s.tenant = NEW.tenant AND s.wrapping_key = NEW.wrapping_key) THEN
                RAISE EXCEPTION 'the wrapping key of the tenant has a successor'
                    USING ERRCODE = 'LV007';
            END IF;
        END IF;
        IF NEW.wrapping_key <> OLD.wrapping_key AND NEW.given_up_by IS NULL
            AND NEW.earlier_wrapping_keys = OLD.earlier_wrapping_keys || OLD.wrapping_key
            OR OLD.given_up_by IS NULL AND NEW.given_up_by IS NOT NULL
            AND (NEW.wrapping_key, NEW.wrapped, NEW.earlier_wrapping_keys)
                = (OLD.wrapping_key, OLD.wrapped, OLD.earlier_wrapping_keys) THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'a key is rewrapped, or destroyed with its tombstone' USING ERRCODE = '42501';
END $$;

-- While a hold stands, the owner's functions below read the rows of its tenant, whatever their age:
-- whose pseudonym is of which epoch, and whose card it is, is told by the rows and by no caller.
ALTER POLICY owner_reads ON audit.event
    USING (started_at < pg_catalog.now() - interval '6 years'
        OR tenant IN (SELECT h.tenant FROM audit.legal_hold h
                      WHERE NOT EXISTS (SELECT FROM audit.lifted_hold l
                                        WHERE l.tenant = h.tenant AND l.hold_id = h.hold_id)));
ALTER POLICY owner_reads ON audit.card
    USING (started_at < pg_catalog.now() - interval '6 years'
        OR tenant IN (SELECT h.tenant FROM audit.legal_hold h
                      WHERE NOT EXISTS (SELECT FROM audit.lifted_hold l
                                        WHERE l.tenant = h.tenant AND l.hold_id = h.hold_id)));

-- A hold that was followed wrongly is followed rightly beside it: none of the two is forgotten.
ALTER TABLE audit.held_subject
    DROP CONSTRAINT held_subject_pkey,
    ADD PRIMARY KEY (tenant, hold_id, epoch, subject);

-- Whether a hold is on some subjects of keys: 'held' when one is on the tenant, on one of them, or
-- on the patient whose card one of them is; 'unclear' when one stands under no pseudonym of an epoch
-- that rows of them are of, or when one is a card whose row has not come yet; nothing when none is. A
-- pseudonym without a row can be compared only when every hold is followed into every epoch in which
-- any is.
--
-- Reads are no evidence of an epoch: auditors write their rows themselves.
CREATE FUNCTION audit.hold_over(wanted text, subjects bytea[]) RETURNS text
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
    ), given AS MATERIALIZED (
        -- The id of a card is made here: under row security an index takes nothing that is yet to
        -- be computed of a row by what may fail.
        SELECT DISTINCT g.subject,
            CASE WHEN octet_length(g.subject) = 16 THEN encode(g.subject, 'hex')::uuid END
                AS card_id
        FROM unnest(subjects) AS g (subject) WHERE g.subject <> ''::bytea
    ), people AS (
        -- OFFSET 0: looked up one by one, whatever the planner knows of the sizes.
        SELECT g.subject AS given, g.subject, e.epoch
        FROM given g CROSS JOIN LATERAL (
            SELECT coalesce(e.pseudonym_epoch, 1) AS epoch FROM audit.event e
            WHERE e.tenant = wanted AND e.patient_pseudonym = g.subject
              AND e.kind NOT IN ('audit-read', 'audit-export', 'audit-review')
            OFFSET 0) e
        UNION
        SELECT g.subject, e.patient_pseudonym, e.epoch
        FROM given g CROSS JOIN LATERAL (
            SELECT c.started_at, c.event_id FROM audit.card c
            WHERE c.tenant = wanted AND c.card_id = g.card_id
            OFFSET 0) c CROSS JOIN LATERAL (
            SELECT e.patient_pseudonym, coalesce(e.pseudonym_epoch, 1) AS epoch
            FROM audit.event e
            WHERE e.tenant = wanted AND e.started_at = c.started_at AND e.event_id = c.event_id
              AND e.patient_pseudonym IS NOT NULL
            OFFSET 0) e
    )
    SELECT CASE
        WHEN NOT EXISTS (SELECT FROM standing) THEN NULL
        WHEN EXISTS (SELECT FROM known k
                     WHERE k.subject = ''::bytea
                        OR k.subject IN (SELECT g.subject FROM given g)
                        OR k.subject IN (SELECT p.subject FROM people p)) THEN 'held'
        WHEN EXISTS (SELECT FROM standing s CROSS JOIN people p
                     WHERE NOT EXISTS (SELECT FROM known k
                                       WHERE k.hold_id = s.hold_id AND k.epoch = p.epoch))
            THEN 'unclear'
        WHEN EXISTS (SELECT FROM given g
                     JOIN audit.data_key d ON d.tenant = wanted AND d.subject = g.subject
                     WHERE octet_length(g.subject) = 32
                       AND NOT EXISTS (SELECT FROM people p WHERE p.given = g.subject))
            AND EXISTS (SELECT FROM standing s
                        WHERE NOT EXISTS (SELECT FROM known k
                                          WHERE k.hold_id = s.hold_id AND k.epoch IS NOT NULL)
                           OR EXISTS (SELECT FROM known x
                                      WHERE x.epoch IS NOT NULL
                                        AND NOT EXISTS (
                                            SELECT FROM known k WHERE k.hold_id = s.hold_id
                                              AND k.epoch = x.epoch)))
            THEN 'unclear'
        -- Comments come before the decision that they answer when that waits in a spool.
        WHEN EXISTS (SELECT FROM given g
                     JOIN audit.data_key d ON d.tenant = wanted AND d.subject = g.subject
                     WHERE g.card_id IS NOT NULL AND NOT d.is_note
                       AND NOT EXISTS (SELECT FROM audit.card c
                                       WHERE c.tenant = wanted AND c.card_id = g.card_id))
            THEN 'unclear'
    END
$$;

DROP FUNCTION audit.erasure_plan(text, bytea[], int[]);
DROP FUNCTION audit.erase_keys(text, bytea[], uuid, text, boolean, int[], uuid[]);

-- What an erasure would do: each key of the subjects, and why it may not go yet.
--
-- A key that was made within five minutes may still seal rows that are on their way.
CREATE FUNCTION audit.erasure_plan(wanted text, subjects bytea[])
RETURNS TABLE (key_id uuid, month date, state text, free_on date, is_note boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    keep interval := make_interval(months => audit.keep_months(wanted) + 1);
    today date := (now() AT TIME ZONE 'UTC')::date;
    hold text := audit.hold_over(wanted, subjects);
BEGIN
    PERFORM audit.expect_tenant(wanted);
    RETURN QUERY
    SELECT k.key_id, k.month,
           CASE WHEN hold IS NOT NULL THEN hold
                WHEN k.month + keep > today THEN 'kept'
                WHEN k.created_at > now() - interval '5 minutes' THEN 'in-use'
                ELSE 'free' END,
           (k.month + keep)::date, k.is_note
    FROM audit.data_key k
    WHERE k.tenant = wanted AND k.subject = ANY (subjects) AND k.subject <> ''::bytea
    ORDER BY k.month, k.key_id;
END $$;

-- Destroys the keys of some subjects, when nothing forbids it, and forgets what some events showed;
-- returns how many keys.
--
-- With `due_only` it takes what is free and leaves what is not; without, one key of rows that must
-- be kept refuses the whole. The key of a note never does: it is left. A hold refuses always, and so
-- does one that cannot be compared; which holds there are to compare, the rows say.
CREATE FUNCTION audit.erase_keys(
    wanted text, subjects bytea[], event uuid, why text, due_only boolean,
    shown_events uuid[] DEFAULT '{}'
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
    CASE audit.hold_over(wanted, subjects)
        WHEN 'held' THEN
            RAISE EXCEPTION 'a legal hold forbids it' USING ERRCODE = 'LV001';
        WHEN 'unclear' THEN
            RAISE EXCEPTION 'a legal hold cannot be compared' USING ERRCODE = 'LV004';
        ELSE NULL;
    END CASE;
    IF NOT due_only AND EXISTS (
        SELECT FROM audit.erasure_plan(wanted, subjects) p
        WHERE p.state = 'kept' AND NOT p.is_note) THEN
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
    -- What was shown of a patient under a hold is not forgotten by naming its event here.
    DELETE FROM audit.shown s
    WHERE s.tenant = wanted AND s.event_id = ANY (shown_events)
      AND NOT EXISTS (
          SELECT FROM audit.event e
          WHERE e.tenant = wanted AND e.event_id = s.event_id
            AND audit.hold_over(wanted, ARRAY[e.patient_pseudonym]) IS NOT NULL);
    RETURN cardinality(ids);
END $$;

-- Refuses a pseudonym whose rows are of another epoch than was said.
CREATE FUNCTION audit.expect_epochs(wanted text, subjects bytea[], epochs int[]) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM unnest(subjects, epochs) AS g (subject, epoch)
               JOIN audit.event e ON e.tenant = wanted AND e.patient_pseudonym = g.subject
               WHERE g.epoch > 0 AND coalesce(e.pseudonym_epoch, 1) <> g.epoch
                 AND e.kind NOT IN ('audit-read', 'audit-export', 'audit-review')) THEN
        RAISE EXCEPTION 'a pseudonym is of another epoch' USING ERRCODE = '22023';
    END IF;
END $$;

-- As before; and the epochs are those that the rows say, as far as there are rows.
CREATE OR REPLACE FUNCTION audit.set_hold(
    wanted text, hold uuid, subjects bytea[], why text, event uuid, epochs int[] DEFAULT '{}'
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM audit.expect_tenant(wanted);
    INSERT INTO audit.legal_hold (tenant, hold_id, subject, reason, event_id)
    SELECT DISTINCT wanted, hold, s, why, event
    FROM unnest(CASE WHEN cardinality(subjects) = 0 THEN ARRAY[''::bytea] ELSE subjects END) s;
    PERFORM audit.expect_epochs(wanted, subjects, epochs);
    INSERT INTO audit.held_subject (tenant, hold_id, epoch, subject, event_id)
    SELECT wanted, hold, g.epoch, g.subject, event
    FROM unnest(subjects, epochs) AS g (subject, epoch) WHERE g.epoch > 0;
END $$;

-- Says under which pseudonyms a patient's hold stands in further epochs; returns how many are new.
--
-- That they are one patient's is known by the keys of the epochs alone, which never come here; so an
-- epoch that is left out stays one in which the hold cannot be compared, and refuses.
CREATE OR REPLACE FUNCTION audit.follow_hold(
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
    PERFORM audit.expect_epochs(wanted, subjects, epochs);
    INSERT INTO audit.held_subject (tenant, hold_id, epoch, subject, event_id)
    SELECT wanted, hold, g.epoch, g.subject, event
    FROM unnest(subjects, epochs) AS g (subject, epoch) WHERE g.epoch > 0
    ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS added = ROW_COUNT;
    RETURN added;
END $$;

-- As before, but the keys of notes stay whomever they are about: a note is of no month.
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
    DELETE FROM audit.data_key k WHERE k.month = wanted AND NOT k.is_note;
END $$;

DROP FUNCTION audit.keys_to_rewrap(text, text, int);

-- Keys behind one that are not yet wrapped under a key of the tenant, in the order of their ids: what
-- does not open is passed over.
CREATE FUNCTION audit.keys_to_rewrap(wanted text, current text, behind uuid, most int)
RETURNS TABLE (
    key_id uuid, subject bytea, month date, wrapping_key text, wrapped bytea,
    created_at timestamptz, is_note boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM audit.expect_tenant(wanted);
    RETURN QUERY
    SELECT k.key_id, k.subject, k.month, k.wrapping_key, k.wrapped, k.created_at, k.is_note
    FROM audit.data_key k
    WHERE k.tenant = wanted AND k.wrapping_key <> current AND k.key_id > behind
    ORDER BY k.key_id LIMIT least(most, 1000);
END $$;

-- As before; a key that opens after all is given up no longer.
CREATE OR REPLACE FUNCTION audit.rewrap_keys(
    wanted text, ids uuid[], old_keys text[], new_key text, wrappings bytea[]
) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    changed int;
BEGIN
    PERFORM audit.expect_tenant(wanted);
    UPDATE audit.data_key k
    SET wrapping_key = new_key, wrapped = g.wrapped, given_up_by = NULL,
        earlier_wrapping_keys = k.earlier_wrapping_keys || k.wrapping_key
    FROM unnest(ids, old_keys, wrappings) AS g (key_id, old_key, wrapped)
    WHERE k.tenant = wanted AND k.key_id = g.key_id AND k.wrapping_key = g.old_key;
    GET DIAGNOSTICS changed = ROW_COUNT;
    RETURN changed;
END $$;

-- Gives up keys that do not open: they do not keep a wrapping key any more. Returns how many.
CREATE FUNCTION audit.give_up_keys(wanted text, ids uuid[], event uuid) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    changed int;
BEGIN
    PERFORM audit.expect_tenant(wanted);
    UPDATE audit.data_key k SET given_up_by = event
    WHERE k.tenant = wanted AND k.key_id = ANY (ids) AND k.given_up_by IS NULL;
    GET DIAGNOSTICS changed = ROW_COUNT;
    RETURN changed;
END $$;

DROP FUNCTION audit.report_keys(bytea, text[], text[], bigint, boolean);

-- Takes what a gateway says of the keys that it uses, and tells it which of those that its key files
-- hold wrap nothing more.
--
-- A key that the gateway named last has a successor when the key file still holds it, as an old key
-- beside a current one that is itself good, and no gateway names it, one that has ended or is silent
-- included: it could come back under it. A file that does not hold it is another one and no successor
-- to it, be it an older copy or one of elsewhere; and two processes of one place may take turns.
CREATE FUNCTION audit.report_keys(
    of_place bytea, tenants text[], used text[], current text[], old_tenants text[],
    old_keys text[], in_spool bigint, ended boolean
) RETURNS TABLE (tenant text, wrapping_key text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
    -- Of gateways that change over together, the last one sees that the others have.
    IF EXISTS (SELECT FROM unnest(tenants, used) AS g (tenant, wrapping_key)
               JOIN audit.key_report r ON r.tenant = g.tenant AND r.place = of_place
               WHERE r.wrapping_key <> g.wrapping_key) THEN
        LOCK TABLE audit.key_report IN SHARE ROW EXCLUSIVE MODE;
    END IF;
    INSERT INTO audit.superseded_wrapping_key (tenant, wrapping_key)
    SELECT r.tenant, r.wrapping_key
    FROM audit.key_report r
    JOIN unnest(tenants, used, current) AS g (tenant, used, current) ON g.tenant = r.tenant
    JOIN unnest(old_tenants, old_keys) AS k (tenant, wrapping_key)
        ON k.tenant = r.tenant AND k.wrapping_key = r.wrapping_key
    WHERE r.place = of_place AND r.wrapping_key NOT IN (g.used, g.current)
      AND NOT EXISTS (SELECT FROM audit.key_report o
                      WHERE o.tenant = r.tenant AND o.place <> of_place
                        AND o.wrapping_key = r.wrapping_key)
      AND NOT EXISTS (SELECT FROM audit.superseded_wrapping_key s
                      WHERE s.tenant = g.tenant AND s.wrapping_key = g.current)
      AND NOT EXISTS (SELECT FROM audit.retired_wrapping_key e
                      WHERE e.tenant = g.tenant AND e.wrapping_key = g.current)
    ON CONFLICT DO NOTHING;
    INSERT INTO audit.key_report (tenant, place, wrapping_key, spooled, is_ended)
    SELECT g.tenant, of_place, g.wrapping_key, in_spool, ended
    FROM unnest(tenants, used) AS g (tenant, wrapping_key)
    ON CONFLICT (tenant, place) DO UPDATE
    SET wrapping_key = excluded.wrapping_key, spooled = excluded.spooled,
        is_ended = excluded.is_ended, reported_at = now();
    RETURN QUERY
    WITH held AS (
        SELECT h.tenant, h.wrapping_key
        FROM unnest(tenants || old_tenants, current || old_keys) AS h (tenant, wrapping_key)
    )
    SELECT s.tenant, s.wrapping_key FROM audit.superseded_wrapping_key s
    JOIN held h ON h.tenant = s.tenant AND h.wrapping_key = s.wrapping_key
    UNION
    SELECT r.tenant, r.wrapping_key FROM audit.retired_wrapping_key r
    JOIN held h ON h.tenant = r.tenant AND h.wrapping_key = r.wrapping_key;
END $$;

-- The gateways for which a wrapping key of a tenant may not go yet, and why: 'spool' when rows wait
-- there, 'uses' when it was not told of another key, 'ended' when it had none other when it ended,
-- and may have been started since while the database was away; 'silent' when it said nothing for a
-- minute and had not ended.
CREATE OR REPLACE FUNCTION audit.key_users(wanted text, name text)
RETURNS TABLE (place bytea, state text, spooled bigint, reported_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM audit.expect_tenant(wanted);
    RETURN QUERY
    SELECT u.place, u.state, u.spooled, u.reported_at FROM (
        SELECT r.place, r.spooled, r.reported_at,
               CASE WHEN r.spooled > 0 THEN 'spool'
                    WHEN r.is_ended AND r.wrapping_key = name THEN 'ended'
                    WHEN r.is_ended THEN NULL
                    WHEN r.reported_at < now() - interval '1 minute' THEN 'silent'
                    WHEN r.wrapping_key = name THEN 'uses' END AS state
        FROM audit.key_report r WHERE r.tenant = wanted) u
    WHERE u.state IS NOT NULL ORDER BY u.place;
END $$;

-- As before; but a key that was given up holds up nothing.
CREATE OR REPLACE FUNCTION audit.retire_wrapping_key(
    wanted text, name text, gone bytea[], event uuid
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s' AS $$
BEGIN
    PERFORM audit.expect_tenant(wanted);
    -- What is on its way is there when the look is taken, and what comes later is refused.
    LOCK TABLE audit.data_key IN SHARE MODE;
    IF EXISTS (SELECT FROM audit.data_key k
               WHERE k.tenant = wanted AND k.wrapping_key = name AND k.given_up_by IS NULL)
        OR EXISTS (SELECT FROM audit.key_users(wanted, name) u WHERE u.place <> ALL (gone)) THEN
        RAISE EXCEPTION 'the wrapping key is in use' USING ERRCODE = 'LV006';
    END IF;
    INSERT INTO audit.retired_wrapping_key (tenant, wrapping_key, event_id)
    VALUES (wanted, name, event) ON CONFLICT DO NOTHING;
END $$;

GRANT EXECUTE ON FUNCTION audit.erasure_plan(text, bytea[]),
    audit.erase_keys(text, bytea[], uuid, text, boolean, uuid[]) TO limen_eraser;
GRANT EXECUTE ON FUNCTION audit.keys_to_rewrap(text, text, uuid, int),
    audit.give_up_keys(text, uuid[], uuid) TO limen_rewrapper;
GRANT EXECUTE ON FUNCTION audit.report_keys(
    bytea, text[], text[], text[], text[], text[], bigint, boolean) TO limen_gateway;

RESET ROLE;

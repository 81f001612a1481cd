-- Retention asks the policy of every tenant whose rows it would end, each of them has the end of its
-- rows on record, and so has the trail who was made a tenant and what a reader may do.

SET LOCAL ROLE limen_owner;

-- What is altered is locked first, in the order of the migrations before.
LOCK TABLE audit.event IN ACCESS EXCLUSIVE MODE;

-- Whose rows and keys lie in a month that is past six years, and how many. The keys of notes are of
-- no month.
CREATE FUNCTION audit.month_tenants(wanted date)
RETURNS TABLE (tenant text, events bigint, cards bigint, feedback bigint, keys bigint)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    first timestamptz := wanted::timestamp AT TIME ZONE 'UTC';
    last timestamptz := (wanted + interval '1 month')::timestamp AT TIME ZONE 'UTC';
BEGIN
    -- Of a later month the owner sees the rows of held tenants alone.
    IF wanted IS NULL OR last > now() - interval '6 years' THEN
        RAISE EXCEPTION 'the audit trail is kept for six years' USING ERRCODE = '22023';
    END IF;
    RETURN QUERY
    SELECT p.tenant, sum(p.events)::bigint, sum(p.cards)::bigint, sum(p.feedback)::bigint,
           sum(p.keys)::bigint
    FROM (
        SELECT e.tenant, count(*) AS events, 0 AS cards, 0 AS feedback, 0 AS keys
        FROM audit.event e WHERE e.started_at >= first AND e.started_at < last GROUP BY 1
        UNION ALL
        SELECT c.tenant, 0, count(*), 0, 0
        FROM audit.card c WHERE c.started_at >= first AND c.started_at < last GROUP BY 1
        UNION ALL
        SELECT f.tenant, 0, 0, count(*), 0
        FROM audit.feedback f WHERE f.started_at >= first AND f.started_at < last GROUP BY 1
        UNION ALL
        SELECT k.tenant, 0, 0, 0, count(*)
        FROM audit.data_key k WHERE k.month = wanted AND NOT k.is_note GROUP BY 1) p
    GROUP BY 1 ORDER BY 1;
END $$;

-- The tenants whose policy keeps their rows of a month, for how long, and until which day. A month
-- is one table for all tenants: the longest policy decides.
CREATE FUNCTION audit.month_keepers(wanted date)
RETURNS TABLE (tenant text, keep_months int, free_on date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT k.tenant, k.keep_months, k.free_on
    FROM (
        SELECT t.tenant, p.keep_months,
               (wanted + make_interval(months => p.keep_months + 1))::date AS free_on
        FROM audit.month_tenants(wanted) t
        CROSS JOIN LATERAL (SELECT audit.keep_months(t.tenant) AS keep_months) p) k
    WHERE k.free_on > (now() AT TIME ZONE 'UTC')::date
    ORDER BY 1
$$;

-- That a tenant's rows of a month have ended is the tenant's to know.
CREATE POLICY owner_adds_dropped ON audit.event FOR INSERT TO limen_owner
    WITH CHECK (kind = 'retention' AND outcome = 'done' AND flags = ARRAY['dropped']);

-- As before; and the policy of every tenant that has rows or keys in the month is asked, and each of
-- them gets an event that says what of its own has ended. The order that is given in another tenant
-- is named by its id alone.
CREATE OR REPLACE FUNCTION audit.drop_month(wanted date, event uuid, why text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
    first timestamptz := wanted::timestamp AT TIME ZONE 'UTC';
    last timestamptz := (wanted + interval '1 month')::timestamp AT TIME ZONE 'UTC';
    parent text;
    partition text;
BEGIN
    -- A transaction that goes on seeing the state of its beginning would not see a hold of now.
    IF current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN
        RAISE EXCEPTION 'what stands now is asked: use READ COMMITTED' USING ERRCODE = '25001';
    END IF;
    -- No hold and no policy comes between the look and the deed.
    LOCK TABLE audit.legal_hold, audit.lifted_hold, audit.held_subject, audit.erasure_policy
        IN SHARE MODE;
    INSERT INTO audit.dropped_month (month, relation, row_count, leaf_digest, places, reason,
        event_id)
    SELECT wanted, c.relation, c.row_count, c.leaf_digest, c.places, why, event
    FROM audit.month_content(wanted) c
    WHERE to_regclass(format('audit.%I', c.relation)) IS NOT NULL;
    IF audit.is_time_held(first, last) THEN
        RAISE EXCEPTION 'a legal hold keeps rows of this month' USING ERRCODE = 'LV001';
    END IF;
    IF EXISTS (SELECT FROM audit.month_keepers(wanted)) THEN
        RAISE EXCEPTION 'the policy of a tenant keeps rows of this month' USING ERRCODE = 'LV002';
    END IF;
    INSERT INTO audit.event (tenant, started_at, event_id, kind, outcome, status, client,
        card_ids, missing_inputs, flags, caused_by, details)
    SELECT t.tenant, clock_timestamp(), gen_random_uuid(), 'retention', 'done', 200, session_user,
           '{}', '{}', ARRAY['dropped'], event,
           json_build_object('month', to_char(wanted, 'YYYY-MM'), 'events', t.events,
               'cards', t.cards, 'feedback', t.feedback, 'keys', t.keys,
               'keepMonths', audit.keep_months(t.tenant), 'reason', why)
    FROM audit.month_tenants(wanted) t;
    FOREACH parent IN ARRAY ARRAY['event', 'card', 'feedback'] LOOP
        partition := parent || '_' || to_char(wanted, 'YYYYMM');
        EXECUTE format('DROP TABLE IF EXISTS audit.%I', partition);
    END LOOP;
    DELETE FROM audit.data_key k WHERE k.month = wanted AND NOT k.is_note;
END $$;

GRANT EXECUTE ON FUNCTION audit.month_keepers(date) TO limen_retention;

-- A new tenant is configuration as well, whoever makes it.
CREATE FUNCTION audit.record_tenant() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO audit.event (tenant, started_at, event_id, kind, outcome, status, client,
        card_ids, missing_inputs, reason_code, flags, details)
    VALUES ('system', clock_timestamp(), gen_random_uuid(), 'configuration-change', 'done',
        200, session_user, '{}', '{}', 'tenant-added', '{}',
        json_build_object('change', 'tenant-added', 'tenant', NEW.tenant));
    RETURN NULL;
END $$;
CREATE TRIGGER record_tenant AFTER INSERT ON audit.tenant
    FOR EACH ROW EXECUTE FUNCTION audit.record_tenant();
ALTER TABLE audit.tenant ENABLE ALWAYS TRIGGER record_tenant;

-- The groups by which a login may do something for its tenants, such as 'auditor'.
CREATE FUNCTION audit.reader_roles(of_login text) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(json_agg(substr(g.rolname::text, 7) ORDER BY g.rolname), '[]'::json)
    FROM pg_auth_members m
    JOIN pg_roles g ON g.oid = m.roleid
    JOIN pg_roles u ON u.oid = m.member
    WHERE u.rolname = of_login
      AND g.rolname IN ('limen_auditor', 'limen_monitor', 'limen_eraser', 'limen_rewrapper')
$$;

-- As before; and as what the login reads: one that erases is more than one that looks.
CREATE OR REPLACE FUNCTION audit.record_mapping() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO audit.event (tenant, started_at, event_id, kind, outcome, status, client,
            card_ids, missing_inputs, reason_code, flags, details)
        VALUES ('system', clock_timestamp(), gen_random_uuid(), 'configuration-change', 'done',
            200, session_user, '{}', '{}', 'reader-removed', '{}',
            json_build_object('change', 'reader-removed', 'login', OLD.login,
                'tenant', OLD.tenant, 'roles', audit.reader_roles(OLD.login)));
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO audit.event (tenant, started_at, event_id, kind, outcome, status, client,
            card_ids, missing_inputs, reason_code, flags, details)
        VALUES ('system', clock_timestamp(), gen_random_uuid(), 'configuration-change', 'done',
            200, session_user, '{}', '{}', 'reader-added', '{}',
            json_build_object('change', 'reader-added', 'login', NEW.login,
                'tenant', NEW.tenant, 'roles', audit.reader_roles(NEW.login)));
    END IF;
    RETURN NULL;
END $$;

RESET ROLE;

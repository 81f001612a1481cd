-- Months: created ahead, dropped only past retention.

-- Fences one partition in: a policy of the parent does not cover direct access to a partition, and
-- a partition comes up without row security. It has no policy and no grant of its own, so nobody
-- reads or writes it but through its parent.
CREATE FUNCTION audit.fence_partition(parent text, partition text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format('CREATE TABLE audit.%I (LIKE audit.%I INCLUDING ALL)', partition, parent);
    EXECUTE format('ALTER TABLE audit.%I ENABLE ROW LEVEL SECURITY', partition);
    EXECUTE format('ALTER TABLE audit.%I FORCE ROW LEVEL SECURITY', partition);
    EXECUTE format(
        'CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON audit.%I '
        'FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change()', partition);
    EXECUTE format('ALTER TABLE audit.%I ENABLE ALWAYS TRIGGER refuse_truncate', partition);
END $$;

-- Creates one month of one table, when it is not there.
--
-- A month of which a row already lies in the default partition cannot be attached: it is left out,
-- its rows stay where they are (moving them would be a DELETE, which the trail refuses everyone),
-- and `audit.health` counts it. The attempt itself tells: the owner may not read the rows.
CREATE FUNCTION audit.add_month(parent text, month date) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    partition text := parent || '_' || to_char(month, 'YYYYMM');
BEGIN
    IF to_regclass(format('audit.%I', partition)) IS NOT NULL THEN
        RETURN false;
    END IF;
    BEGIN
        PERFORM audit.fence_partition(parent, partition);
        EXECUTE format(
            'ALTER TABLE audit.%I ATTACH PARTITION audit.%I FOR VALUES FROM (%L) TO (%L)',
            parent, partition,
            month::timestamp AT TIME ZONE 'UTC',
            (month + interval '1 month')::timestamp AT TIME ZONE 'UTC');
        EXECUTE format('ALTER TABLE audit.%I ENABLE ALWAYS TRIGGER refuse_row_change', partition);
    EXCEPTION WHEN check_violation THEN
        RETURN false;
    END;
    RETURN true;
END $$;

-- Creates last month, this month and so many to come; returns how many partitions it created.
-- A month that cannot be made holds up no other.
--
-- A queued lock would hold up every insert behind a long reader, so it gives up soon and is tried
-- again later: months are created well ahead.
CREATE FUNCTION audit.ensure_months(ahead int) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
    created int := 0;
    parent text;
    step int;
    this_month date := date_trunc('month', now() AT TIME ZONE 'UTC')::date;
BEGIN
    IF ahead IS NULL OR ahead < 1 OR ahead > 24 THEN
        RAISE EXCEPTION 'between 1 and 24 months ahead' USING ERRCODE = '22023';
    END IF;
    LOCK TABLE audit.event IN SHARE UPDATE EXCLUSIVE MODE;
    FOREACH parent IN ARRAY ARRAY['event', 'card', 'feedback'] LOOP
        FOR step IN -1..ahead LOOP
            IF audit.add_month(parent, (this_month + make_interval(months => step))::date) THEN
                created := created + 1;
            END IF;
        END LOOP;
    END LOOP;
    RETURN created;
END $$;

-- Drops the months that lie wholly before a day, never one younger than six years.
--
-- Six years is what 45 CFR 164.316(b)(2)(i) asks for; a site that must keep longer passes an
-- earlier day. The default partitions are not touched: what lies there has no month.
CREATE PROCEDURE audit.drop_months_before(day date)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
    parent text;
    partition text;
    month date;
BEGIN
    IF day IS NULL OR day > (now() AT TIME ZONE 'UTC')::date - interval '6 years' THEN
        RAISE EXCEPTION 'the audit trail is kept for six years' USING ERRCODE = '22023';
    END IF;
    FOREACH parent IN ARRAY ARRAY['event', 'card', 'feedback'] LOOP
        FOR partition IN
            SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
            WHERE i.inhparent = format('audit.%I', parent)::regclass
              AND c.relname ~ ('^' || parent || '_[0-9]{6}$')
            ORDER BY 1
        LOOP
            month := to_date(right(partition, 6), 'YYYYMM');
            IF month + interval '1 month' <= day THEN
                EXECUTE format('DROP TABLE audit.%I', partition);
                INSERT INTO audit.dropped_month (month, relation) VALUES (month, partition);
            END IF;
        END LOOP;
    END LOOP;
END $$;

-- A row whose month was never created lands in the default partition, so an insert never fails for
-- the lack of one; `audit.health` tells when that has happened.
DO $$
DECLARE
    parent text;
BEGIN
    FOREACH parent IN ARRAY ARRAY['event', 'card', 'feedback'] LOOP
        PERFORM audit.fence_partition(parent, parent || '_default');
        EXECUTE pg_catalog.format(
            'ALTER TABLE audit.%I ATTACH PARTITION audit.%I DEFAULT',
            parent, parent || '_default');
        EXECUTE pg_catalog.format(
            'ALTER TABLE audit.%I ENABLE ALWAYS TRIGGER refuse_row_change', parent || '_default');
    END LOOP;
    PERFORM audit.ensure_months(3);
END $$;

-- One line about the state of the store, without row data.
CREATE FUNCTION audit.health(
    OUT migration_count int,
    OUT migration_digest bytea,
    OUT months_ahead int,
    OUT months_missing int,
    OUT default_bytes bigint
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT
        (SELECT count(*)::int FROM audit.schema_migration),
        (SELECT sha256(coalesce(string_agg(m.sha256, ''::bytea ORDER BY m.number), ''::bytea))
            FROM audit.schema_migration m),
        (SELECT count(*)::int FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
            WHERE i.inhparent = 'audit.event'::regclass
              AND c.relname ~ '^event_[0-9]{6}$'
              AND right(c.relname, 6) > to_char(now() AT TIME ZONE 'UTC', 'YYYYMM')),
        -- Of this month and the next: one that a table lacks goes to the default partition.
        (SELECT count(DISTINCT step)::int
            FROM generate_series(0, 1) step, unnest(ARRAY['event', 'card', 'feedback']) parent
            WHERE to_regclass(format('audit.%I', parent || '_' || to_char(
                date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => step),
                'YYYYMM'))) IS NULL),
        (SELECT pg_relation_size('audit.event_default')
            + pg_relation_size('audit.card_default')
            + pg_relation_size('audit.feedback_default'))
$$;

GRANT EXECUTE ON FUNCTION audit.ensure_months(int) TO limen_maintenance;
GRANT EXECUTE ON PROCEDURE audit.drop_months_before(date) TO limen_retention;
GRANT EXECUTE ON FUNCTION audit.health() TO limen_health, limen_writer, limen_maintenance;

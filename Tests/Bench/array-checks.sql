-- What the checks of lists (migration 0019) cost an INSERT, beside the same INSERT without them.
--
--     psql -X -f Tests/Bench/array-checks.sql "host=... dbname=..."
--
-- It needs a login that may make temporary tables (`limen database start` gives one), writes nothing
-- else, and prints the median of nine turns of 100,000 rows each, the two tables in turn. The rows
-- have the three lists of audit.event and a payload of 2 kB, as a sealed decision has. The share is an
-- upper bound: a row of the trail has indexes, triggers and policies beside it.
\set ON_ERROR_STOP on
SET client_min_messages = notice;
CREATE TEMP TABLE bare (card_ids uuid[], missing_inputs text[], flags text[], body bytea);
CREATE TEMP TABLE checked (LIKE bare, CHECK (
    (pg_catalog.array_ndims(card_ids) IS NULL
        OR pg_catalog.array_ndims(card_ids) = 1
            AND pg_catalog.array_position(card_ids, NULL) IS NULL)
    AND (pg_catalog.array_ndims(missing_inputs) IS NULL
        OR pg_catalog.array_ndims(missing_inputs) = 1
            AND pg_catalog.array_position(missing_inputs, NULL) IS NULL)
    AND (pg_catalog.array_ndims(flags) IS NULL
        OR pg_catalog.array_ndims(flags) = 1
            AND pg_catalog.array_position(flags, NULL) IS NULL)));
DO $$
DECLARE
    begun timestamptz;
    name text;
    times_bare numeric[] := '{}';
    times_checked numeric[] := '{}';
    one numeric;
BEGIN
    FOR turn IN 1..10 LOOP
        FOREACH name IN ARRAY CASE WHEN turn % 2 = 0 THEN ARRAY['bare', 'checked']
            ELSE ARRAY['checked', 'bare'] END LOOP
            EXECUTE format('TRUNCATE %I', name);
            begun := clock_timestamp();
            EXECUTE format(
                'INSERT INTO %I SELECT ARRAY[gen_random_uuid(), gen_random_uuid()], '
                'ARRAY[''temperature''], ARRAY[''repeat'', ''legacy-user''], '
                'decode(repeat(''5a'', 2000), ''hex'') FROM generate_series(1, 100000)', name);
            one := extract(epoch FROM clock_timestamp() - begun) * 10;
            -- The first turn warms up.
            CONTINUE WHEN turn = 1;
            IF name = 'bare' THEN times_bare := times_bare || one;
            ELSE times_checked := times_checked || one; END IF;
        END LOOP;
    END LOOP;
    SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY t) INTO one FROM unnest(times_bare) t;
    RAISE NOTICE 'without checks  % microseconds a row', round(one, 3);
    SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY t) INTO one FROM unnest(times_checked) t;
    RAISE NOTICE 'with checks     % microseconds a row', round(one, 3);
END $$;

-- What is left of a dropped month says which rows it held, so that the batches, which stay, can be
-- held against it; and a gateway can ask whether the trail knows the key that it would sign with.

-- The places of the rows of a month: log, first and last number of each run, 32 bytes each.
ALTER TABLE audit.dropped_month
    ADD COLUMN places bytea CHECK (pg_catalog.octet_length(places) % 32 = 0);

CREATE POLICY owner_reads ON audit.log FOR SELECT TO limen_owner USING (true);
CREATE POLICY owner_reads ON audit.tree_leaf FOR SELECT TO limen_owner USING (true);
CREATE POLICY owner_reads ON audit.adopted FOR SELECT TO limen_owner USING (true);
CREATE POLICY verifier_reads ON audit.dropped_month FOR SELECT TO limen_verifier USING (true);
GRANT SELECT ON audit.dropped_month TO limen_verifier;

-- What a month past its retention holds: the rows of each table, a digest of their hashes, and
-- their places.
--
-- The digest is SHA-256 over the digests of blocks, by log and number; a block is the rows of one
-- log whose numbers have the same quotient by 65,536, and its digest is SHA-256 over their leaf
-- hashes in the order of their numbers.
DROP FUNCTION audit.month_content(date);
CREATE FUNCTION audit.month_content(wanted date)
RETURNS TABLE (relation text, row_count bigint, leaf_digest bytea, places bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    first timestamptz := wanted::timestamp AT TIME ZONE 'UTC';
    last timestamptz := (wanted + interval '1 month')::timestamp AT TIME ZONE 'UTC';
BEGIN
    IF wanted IS NULL OR last > now() - interval '6 years' THEN
        RAISE EXCEPTION 'the audit trail is kept for six years' USING ERRCODE = '22023';
    END IF;
    RETURN QUERY
    WITH held AS (
        SELECT coalesce(e.log_id, a.log_id) AS log_id, coalesce(e.seq, a.seq) AS seq,
               coalesce(e.leaf_hash, a.leaf_hash) AS leaf_hash
        FROM audit.event e
        LEFT JOIN audit.adopted a ON e.log_id IS NULL AND a.tenant = e.tenant
            AND a.started_at = e.started_at AND a.event_id = e.event_id
        WHERE e.started_at >= first AND e.started_at < last
    ), blocks AS (
        SELECT h.log_id, h.seq >> 16 AS block,
               sha256(string_agg(h.leaf_hash, ''::bytea ORDER BY h.seq)) AS digest
        FROM held h WHERE h.log_id IS NOT NULL GROUP BY 1, 2
    ), runs AS (
        SELECT n.log_id, min(n.seq) AS head, max(n.seq) AS tail
        FROM (SELECT h.log_id, h.seq,
                     h.seq - row_number() OVER (PARTITION BY h.log_id ORDER BY h.seq) AS run
              FROM held h WHERE h.log_id IS NOT NULL) n
        GROUP BY n.log_id, n.run
    )
    SELECT 'event_' || to_char(wanted, 'YYYYMM'), (SELECT count(*) FROM held),
           sha256(coalesce((SELECT string_agg(b.digest, ''::bytea ORDER BY b.log_id, b.block)
                            FROM blocks b), ''::bytea)),
           coalesce((SELECT string_agg(
                         uuid_send(r.log_id) || int8send(r.head) || int8send(r.tail), ''::bytea
                         ORDER BY r.log_id, r.head)
                     FROM runs r), ''::bytea);
    RETURN QUERY SELECT 'card_' || to_char(wanted, 'YYYYMM'), count(*), NULL::bytea, NULL::bytea
        FROM audit.card c WHERE c.started_at >= first AND c.started_at < last;
    RETURN QUERY SELECT 'feedback_' || to_char(wanted, 'YYYYMM'), count(*), NULL::bytea, NULL::bytea
        FROM audit.feedback f WHERE f.started_at >= first AND f.started_at < last;
END $$;
GRANT EXECUTE ON FUNCTION audit.month_content(date) TO limen_retention;

-- Drops a month past its retention with its keys and leaves a tombstone; a hold refuses it.
CREATE OR REPLACE FUNCTION audit.drop_month(wanted date, event uuid, why text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
    first timestamptz := wanted::timestamp AT TIME ZONE 'UTC';
    last timestamptz := (wanted + interval '1 month')::timestamp AT TIME ZONE 'UTC';
    parent text;
    partition text;
BEGIN
    LOCK TABLE audit.legal_hold, audit.lifted_hold IN SHARE MODE;
    INSERT INTO audit.dropped_month (month, relation, row_count, leaf_digest, places, reason,
        event_id)
    SELECT wanted, c.relation, c.row_count, c.leaf_digest, c.places, why, event
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

-- Whether the trail knows a key: 'known' when a log was signed with it or the tree says that it
-- signs from some leaf on (entries of kind 4 and 8), 'other' when only others have signed, 'none'
-- when nothing was ever signed.
CREATE FUNCTION audit.signer_standing(wanted bytea) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE
        WHEN EXISTS (SELECT FROM audit.log l WHERE l.public_key = wanted) THEN 'known'
        WHEN EXISTS (SELECT FROM audit.tree_leaf t
                     WHERE t.log_id IS NULL AND get_byte(t.entry, 0) IN (4, 8)
                       AND position(wanted IN t.entry) > 0) THEN 'known'
        WHEN EXISTS (SELECT FROM audit.log) THEN 'other'
        ELSE 'none'
    END
$$;
GRANT EXECUTE ON FUNCTION audit.signer_standing(bytea) TO limen_writer, limen_chain;

-- Where the sequencer stands only goes forward, over leaves that are there, and the doctor can say
-- which tenants each auditor reads.

SET LOCAL ROLE limen_owner;

-- A login that may write this row could stop the signing with one statement: a size that the tree
-- has not, other hashes, a count that no number goes on from. Each turn appends leaves first, so a
-- row that is changed has grown by leaves that are there, and ends where they end.
CREATE FUNCTION audit.guard_sequencer() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW IS NOT DISTINCT FROM OLD THEN
        RETURN NEW;
    END IF;
    IF NEW.id = OLD.id AND NEW.size > OLD.size
        AND NEW.heartbeat BETWEEN OLD.heartbeat AND OLD.heartbeat + (NEW.size - OLD.size)
        AND NEW.tombstones BETWEEN OLD.tombstones AND OLD.tombstones + (NEW.size - OLD.size)
        AND (NEW.is_adoption_complete OR NOT OLD.is_adoption_complete)
        -- One hash for each complete part of the tree (RFC 6962, 2.1).
        AND octet_length(NEW.hashes) = 32 * length(replace(NEW.size::bit(64)::text, '0', ''))
        AND EXISTS (SELECT FROM audit.tree_leaf t WHERE t.position = NEW.size - 1)
        AND NOT EXISTS (SELECT FROM audit.tree_leaf t WHERE t.position = NEW.size) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the sequencer only goes forward, over leaves that are there'
        USING ERRCODE = '42501';
END $$;
CREATE TRIGGER guard_sequencer BEFORE UPDATE ON audit.sequencer
    FOR EACH ROW EXECUTE FUNCTION audit.guard_sequencer();
ALTER TABLE audit.sequencer ENABLE ALWAYS TRIGGER guard_sequencer;

-- As before, and the tenants of each login by their names: who may read what is what an officer
-- asks first. No row of the trail is read.
CREATE OR REPLACE FUNCTION audit.doctor_facts(
    OUT kind text, OUT object text, OUT detail text, OUT value text
) RETURNS SETOF record
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT 'migration', m.name, '', encode(m.sha256, 'hex') FROM audit.schema_migration m
    UNION ALL
    SELECT 'auditor', g.login::text, '', string_agg(g.tenant, ' ' ORDER BY g.tenant)
    FROM audit.auditor_tenant g GROUP BY g.login
$$;

RESET ROLE;

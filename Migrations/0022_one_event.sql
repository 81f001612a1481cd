-- An event id names one event, whoever writes it, and the sequencer reads whole rows only while they
-- wait for a place.

SET LOCAL ROLE limen_owner;

-- What is altered is locked first, in the order of the migrations before.
LOCK TABLE audit.event IN ACCESS EXCLUSIVE MODE;

-- What an auditor records of a read has an id that the tenant has not yet: under the id of a decision
-- it would stand before it wherever an event is asked for by its id. The key of the table cannot say
-- so, because a key over months holds their time.
--
-- It runs as the auditor, who reads every row of the tenant, and so tells of no other. A transaction
-- that goes on seeing the state of its beginning would not see an event of now. The rows of a writer
-- have their place and are not asked for: the id of one that is not there yet is known to nobody.
-- What two auditors bring at one moment under one id are two reads, and `limen audit verify` says so.
CREATE FUNCTION audit.refuse_known_id() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN
        RAISE EXCEPTION 'what stands now is asked: use READ COMMITTED' USING ERRCODE = '25001';
    END IF;
    IF EXISTS (SELECT FROM audit.event e
               WHERE e.tenant = NEW.tenant AND e.event_id = NEW.event_id) THEN
        RAISE EXCEPTION 'there is an event of this id' USING ERRCODE = '23505';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refuse_known_id BEFORE INSERT ON audit.event
    FOR EACH ROW WHEN (NEW.log_id IS NULL
        AND NEW.kind IN ('audit-read', 'audit-export', 'audit-review'))
    EXECUTE FUNCTION audit.refuse_known_id();
ALTER TABLE audit.event ENABLE ALWAYS TRIGGER refuse_known_id;

-- As those of cards and feedback: a row that has its place is read by the sequencer no more. The
-- index is for all three.
CREATE INDEX unplaced_event ON audit.unplaced (tenant, started_at, event_id);
ALTER POLICY chain_reads ON audit.event
    USING (log_id IS NULL AND EXISTS (SELECT FROM audit.unplaced u
        WHERE u.tenant = event.tenant AND u.started_at = event.started_at
          AND u.event_id = event.event_id));

RESET ROLE;

-- limen: run as superuser
--
-- Tamper evidence: the logs of the writers, their signed batches, one tree over all of them, and
-- its signed checkpoints. It makes two roles, and takes in the rows that are there, so it runs as
-- a superuser.
--
-- No private key is ever in the database. Everything here but the two queues and the state of the
-- sequencer is append-only, and holds hashes and numbers only.

LOCK TABLE pg_catalog.pg_authid IN SHARE ROW EXCLUSIVE MODE;

DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['limen_chain', 'limen_verifier'] LOOP
        IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = wanted) THEN
            EXECUTE pg_catalog.format('CREATE ROLE %I', wanted);
        END IF;
    END LOOP;
    EXECUTE pg_catalog.format(
        'GRANT CONNECT ON DATABASE %I TO limen_chain, limen_verifier',
        pg_catalog.current_database());
END $$;

-- The sequencer: folds batches into the tree and signs it. It reads hashes, and of the rows only
-- those that came without a place.
ALTER ROLE limen_chain LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION NOINHERIT;
ALTER ROLE limen_chain SET log_error_verbosity = 'terse';
ALTER ROLE limen_chain SET log_parameter_max_length = 0;
ALTER ROLE limen_chain SET log_parameter_max_length_on_error = 0;
ALTER ROLE limen_chain SET log_min_error_statement = 'panic';
ALTER ROLE limen_chain SET idle_in_transaction_session_timeout = '60s';
-- The verifier: reads every row as it is stored, ciphertext and pseudonyms, and writes nothing.
ALTER ROLE limen_verifier LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION NOINHERIT;
ALTER ROLE limen_verifier SET default_transaction_read_only = on;

GRANT USAGE ON SCHEMA audit TO limen_chain, limen_verifier;

SET LOCAL ROLE limen_owner;

-- The rows of a transaction have the time of their batch, so that it is covered with the batch.
ALTER TABLE audit.event ALTER COLUMN recorded_at SET DEFAULT pg_catalog.transaction_timestamp();

-- By log and number: how the verifier reads the rows of all tenants, and nobody else does.
CREATE INDEX event_place ON audit.event (log_id, seq) WHERE log_id IS NOT NULL;
-- The cards of an event.
CREATE INDEX card_event ON audit.card (tenant, started_at, event_id);

-- The beginning of each log: a writer of one start of a program.
CREATE TABLE audit.log (
    log_id uuid PRIMARY KEY,
    kind smallint NOT NULL CHECK (kind IN (1, 2)),
    opened_at timestamptz NOT NULL,
    program text NOT NULL CHECK (pg_catalog.length(program) <= 127),
    place bytea NOT NULL CHECK (pg_catalog.octet_length(place) = 32),
    public_key bytea NOT NULL CHECK (pg_catalog.octet_length(public_key) = 32),
    previous_log uuid,
    previous_seq bigint,
    previous_hash bytea CHECK (pg_catalog.octet_length(previous_hash) = 32),
    signature bytea NOT NULL CHECK (pg_catalog.octet_length(signature) = 64),
    CHECK ((previous_log IS NULL) = (previous_seq IS NULL)
        AND (previous_log IS NULL) = (previous_hash IS NULL))
);

-- The rows of one transaction: their hashes, and a signature over the root of them.
CREATE TABLE audit.batch (
    log_id uuid NOT NULL,
    first_seq bigint NOT NULL CHECK (first_seq >= 0),
    last_seq bigint NOT NULL CHECK (last_seq >= first_seq),
    stamped_at timestamptz NOT NULL,
    previous_hash bytea NOT NULL CHECK (pg_catalog.octet_length(previous_hash) = 32),
    leaf_hashes bytea NOT NULL
        CHECK (pg_catalog.octet_length(leaf_hashes) = 32 * (last_seq - first_seq + 1)),
    root bytea NOT NULL CHECK (pg_catalog.octet_length(root) = 32),
    signature bytea NOT NULL CHECK (pg_catalog.octet_length(signature) = 64),
    recorded_at timestamptz NOT NULL DEFAULT pg_catalog.transaction_timestamp(),
    PRIMARY KEY (log_id, first_seq)
);

-- The places of rows that came without one: a row cannot be changed, so its place stands here.
CREATE TABLE audit.adopted (
    log_id uuid NOT NULL,
    seq bigint NOT NULL CHECK (seq >= 0),
    leaf_hash bytea NOT NULL CHECK (pg_catalog.octet_length(leaf_hash) = 32),
    tenant text NOT NULL,
    started_at timestamptz NOT NULL,
    event_id uuid NOT NULL,
    PRIMARY KEY (log_id, seq),
    UNIQUE (tenant, started_at, event_id)
);

-- The leaves of the tree, without a gap from zero.
CREATE TABLE audit.tree_leaf (
    position bigint PRIMARY KEY CHECK (position >= 0),
    entry bytea NOT NULL,
    log_id uuid,
    first_seq bigint,
    UNIQUE (log_id, first_seq)
);

-- The complete nodes of every eighth level, so that a proof reads a few hundred hashes at most.
CREATE TABLE audit.tree_node (
    level smallint NOT NULL CHECK (level > 0 AND level % 8 = 0),
    position bigint NOT NULL CHECK (position >= 0),
    hash bytea NOT NULL CHECK (pg_catalog.octet_length(hash) = 32),
    PRIMARY KEY (level, position)
);

-- What was signed of the tree (C2SP tlog-checkpoint), by its size.
CREATE TABLE audit.checkpoint (
    size bigint PRIMARY KEY CHECK (size > 0),
    note text NOT NULL
);

-- The one row that a sequencer holds while it works, and where it stands. A copy of what the tables
-- above say, which are what counts.
CREATE TABLE audit.sequencer (
    id smallint PRIMARY KEY CHECK (id = 1),
    size bigint NOT NULL,
    hashes bytea NOT NULL,
    heartbeat bigint NOT NULL,
    is_adoption_complete boolean NOT NULL,
    -- How many dropped months have their leaf.
    tombstones int NOT NULL
);

-- The batches that are not in the tree yet, and the rows that have no place yet.
CREATE TABLE audit.unfolded (
    arrival bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    log_id uuid NOT NULL,
    first_seq bigint NOT NULL
);
CREATE TABLE audit.unplaced (
    arrival bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant text NOT NULL,
    started_at timestamptz NOT NULL,
    event_id uuid NOT NULL
);

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['log', 'batch', 'adopted', 'tree_leaf', 'tree_node', 'checkpoint',
        'sequencer', 'unfolded', 'unplaced']
    LOOP
        EXECUTE pg_catalog.format('ALTER TABLE audit.%I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE pg_catalog.format('ALTER TABLE audit.%I FORCE ROW LEVEL SECURITY', name);
        EXECUTE pg_catalog.format(
            'CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON audit.%I '
            'FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change()', name);
        EXECUTE pg_catalog.format(
            'ALTER TABLE audit.%I ENABLE ALWAYS TRIGGER refuse_truncate', name);
        CONTINUE WHEN name IN ('sequencer', 'unfolded', 'unplaced');
        EXECUTE pg_catalog.format(
            'CREATE TRIGGER refuse_row_change BEFORE UPDATE OR DELETE ON audit.%I '
            'FOR EACH ROW EXECUTE FUNCTION audit.refuse_change()', name);
        EXECUTE pg_catalog.format(
            'ALTER TABLE audit.%I ENABLE ALWAYS TRIGGER refuse_row_change', name);
        -- Hashes and numbers: whoever may read a tenant's rows may read these.
        EXECUTE pg_catalog.format(
            'CREATE POLICY chain_reads ON audit.%I FOR SELECT TO limen_chain USING (true)', name);
        EXECUTE pg_catalog.format(
            'CREATE POLICY verifier_reads ON audit.%I FOR SELECT TO limen_verifier USING (true)',
            name);
        EXECUTE pg_catalog.format(
            'CREATE POLICY chain_adds ON audit.%I FOR INSERT TO limen_chain WITH CHECK (true)',
            name);
        EXECUTE pg_catalog.format('GRANT SELECT ON audit.%I TO limen_chain, limen_verifier', name);
        EXECUTE pg_catalog.format('GRANT INSERT ON audit.%I TO limen_chain', name);
        CONTINUE WHEN name = 'adopted';
        EXECUTE pg_catalog.format(
            'CREATE POLICY auditor_reads ON audit.%I FOR SELECT TO limen_auditor USING (true)',
            name);
        EXECUTE pg_catalog.format('GRANT SELECT ON audit.%I TO limen_auditor', name);
    END LOOP;
END $$;

CREATE POLICY auditor_reads ON audit.adopted FOR SELECT TO limen_auditor
    USING (tenant = ANY (ARRAY(
        SELECT g.tenant FROM audit.auditor_tenant g WHERE g.login = session_user)));
GRANT SELECT ON audit.adopted TO limen_auditor;

-- The writers add their logs and batches. When a batch was written is not theirs to say.
CREATE POLICY writer_adds ON audit.log FOR INSERT TO limen_writer WITH CHECK (kind = 1);
CREATE POLICY writer_adds ON audit.batch FOR INSERT TO limen_writer WITH CHECK (true);
GRANT INSERT ON audit.log TO limen_writer;
GRANT INSERT (log_id, first_seq, last_seq, stamped_at, previous_hash, leaf_hashes, root, signature)
    ON audit.batch TO limen_writer;

CREATE POLICY chain_reads ON audit.sequencer FOR SELECT TO limen_chain USING (true);
CREATE POLICY chain_works ON audit.sequencer FOR UPDATE TO limen_chain
    USING (true) WITH CHECK (true);
CREATE POLICY owner_adds ON audit.sequencer FOR INSERT TO limen_owner WITH CHECK (true);
GRANT SELECT, UPDATE ON audit.sequencer TO limen_chain;
INSERT INTO audit.sequencer (id, size, hashes, heartbeat, is_adoption_complete, tombstones)
    VALUES (1, 0, '', 0, false, 0);

CREATE POLICY owner_adds ON audit.unfolded FOR INSERT TO limen_owner WITH CHECK (true);
CREATE POLICY chain_reads ON audit.unfolded FOR SELECT TO limen_chain USING (true);
CREATE POLICY chain_takes ON audit.unfolded FOR DELETE TO limen_chain USING (true);
CREATE POLICY owner_adds ON audit.unplaced FOR INSERT TO limen_owner WITH CHECK (true);
CREATE POLICY chain_reads ON audit.unplaced FOR SELECT TO limen_chain USING (true);
CREATE POLICY chain_takes ON audit.unplaced FOR DELETE TO limen_chain USING (true);
CREATE POLICY verifier_reads ON audit.unplaced FOR SELECT TO limen_verifier USING (true);
GRANT SELECT, DELETE ON audit.unfolded, audit.unplaced TO limen_chain;
GRANT SELECT ON audit.unplaced TO limen_verifier;

-- Rows without a place, for adoption; their cards and feedback with them.
CREATE POLICY chain_reads ON audit.event FOR SELECT TO limen_chain USING (log_id IS NULL);
CREATE POLICY chain_reads ON audit.card FOR SELECT TO limen_chain
    USING (EXISTS (SELECT FROM audit.unplaced u
        WHERE u.tenant = card.tenant AND u.started_at = card.started_at
          AND u.event_id = card.event_id));
CREATE POLICY chain_reads ON audit.feedback FOR SELECT TO limen_chain
    USING (EXISTS (SELECT FROM audit.unplaced u
        WHERE u.tenant = feedback.tenant AND u.started_at = feedback.started_at
          AND u.event_id = feedback.event_id));
CREATE POLICY verifier_reads ON audit.event FOR SELECT TO limen_verifier USING (true);
CREATE POLICY verifier_reads ON audit.card FOR SELECT TO limen_verifier USING (true);
CREATE POLICY verifier_reads ON audit.feedback FOR SELECT TO limen_verifier USING (true);
CREATE POLICY verifier_reads ON audit.tenant FOR SELECT TO limen_verifier USING (true);
CREATE POLICY chain_reads ON audit.dropped_month FOR SELECT TO limen_chain USING (true);
GRANT SELECT ON audit.event, audit.card, audit.feedback TO limen_chain, limen_verifier;
GRANT SELECT ON audit.tenant TO limen_verifier;
GRANT SELECT ON audit.dropped_month TO limen_chain;

-- A batch waits for the tree from the moment it is there.
CREATE FUNCTION audit.queue_batch() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO audit.unfolded (log_id, first_seq) VALUES (NEW.log_id, NEW.first_seq);
    RETURN NULL;
END $$;
CREATE TRIGGER queue_batch AFTER INSERT ON audit.batch
    FOR EACH ROW EXECUTE FUNCTION audit.queue_batch();
ALTER TABLE audit.batch ENABLE ALWAYS TRIGGER queue_batch;

-- Rows that no writer makes: the change of a model, written by its own trigger, and what auditors
-- record of their reads.
CREATE FUNCTION audit.queue_row() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO audit.unplaced (tenant, started_at, event_id)
        VALUES (NEW.tenant, NEW.started_at, NEW.event_id);
    RETURN NULL;
END $$;
CREATE TRIGGER queue_row AFTER INSERT ON audit.event
    FOR EACH ROW WHEN (NEW.log_id IS NULL)
    EXECUTE FUNCTION audit.queue_row();
ALTER TABLE audit.event ENABLE ALWAYS TRIGGER queue_row;

RESET ROLE;

-- What was there before the ledger.
INSERT INTO audit.unplaced (tenant, started_at, event_id)
    SELECT tenant, started_at, event_id FROM audit.event ORDER BY recorded_at, tenant, event_id;

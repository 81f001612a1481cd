-- Which signed tokens were used: a token lets its caller in once (CDS Hooks 2.0, jti).
--
-- One row for each accepted token, by hashes: a jti is chosen by the caller and may hold anything.
-- A second instance, or the same after a restart, meets the key of the first use and refuses.

CREATE TABLE audit.used_token (
    tenant text NOT NULL CHECK (tenant <> '' AND pg_catalog.length(tenant) <= 63),
    issuer_digest bytea NOT NULL CHECK (pg_catalog.octet_length(issuer_digest) = 32),
    token_digest bytea NOT NULL CHECK (pg_catalog.octet_length(token_digest) = 32),
    -- When the token has expired for every clock that is granted a difference. Not part of the key:
    -- a repeated jti with another expiry is a repetition too. For the same reason the table is not
    -- partitioned by time.
    forgotten_at timestamptz NOT NULL,
    PRIMARY KEY (tenant, issuer_digest, token_digest)
);

ALTER TABLE audit.used_token ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit.used_token FORCE ROW LEVEL SECURITY;

-- The gateway adds and can neither read nor remove: what it learns is whether its row was new.
CREATE POLICY writer_adds ON audit.used_token FOR INSERT TO limen_writer
    WITH CHECK (tenant = nullif(pg_catalog.current_setting('limen.tenant', true), ''));
-- The owner, who never logs in, reads and removes what has expired, by one function.
CREATE POLICY owner_reads ON audit.used_token FOR SELECT TO limen_owner
    USING (forgotten_at < pg_catalog.now() - interval '10 minutes');
CREATE POLICY owner_removes ON audit.used_token FOR DELETE TO limen_owner
    USING (forgotten_at < pg_catalog.now() - interval '10 minutes');
GRANT INSERT ON audit.used_token TO limen_writer;

-- Refuses every change but the removal of what has expired, to a superuser too. Ten minutes are the
-- margin for a database whose clock is ahead of the gateway's.
CREATE FUNCTION audit.refuse_token_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.forgotten_at < clock_timestamp() - interval '10 minutes' THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION 'a used token is remembered until it has expired' USING ERRCODE = '42501';
END $$;

CREATE TRIGGER refuse_row_change BEFORE UPDATE OR DELETE ON audit.used_token
    FOR EACH ROW EXECUTE FUNCTION audit.refuse_token_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON audit.used_token
    FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();
ALTER TABLE audit.used_token ENABLE ALWAYS TRIGGER refuse_row_change;
ALTER TABLE audit.used_token ENABLE ALWAYS TRIGGER refuse_truncate;

-- Removes what has expired; returns how many rows that were.
CREATE FUNCTION audit.purge_used_tokens() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
    removed bigint;
BEGIN
    DELETE FROM audit.used_token WHERE forgotten_at < now() - interval '10 minutes';
    GET DIAGNOSTICS removed = ROW_COUNT;
    RETURN removed;
END $$;

-- The running service keeps the table small by its maintenance login; retention may do it too.
GRANT EXECUTE ON FUNCTION audit.purge_used_tokens() TO limen_retention, limen_maintenance;

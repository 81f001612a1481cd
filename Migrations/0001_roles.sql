-- limen: run as superuser
--
-- The roles of the audit store, what PUBLIC may no longer do, and the list of migrations.
-- Roles belong to the whole cluster, so every step can be repeated in another database.

DO $$
BEGIN
    IF pg_catalog.current_setting('server_version_num')::int < 150000 THEN
        RAISE EXCEPTION 'PostgreSQL 15 or newer is needed: views run as their reader since 15'
            USING ERRCODE = '0A000';
    END IF;
END $$;

-- Only one database at a time creates or alters the roles of the cluster.
LOCK TABLE pg_catalog.pg_authid IN SHARE ROW EXCLUSIVE MODE;

DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY[
        'limen_owner', 'limen_migrator', 'limen_writer', 'limen_auditor',
        'limen_retention', 'limen_maintenance', 'limen_health'
    ] LOOP
        IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = wanted) THEN
            EXECUTE pg_catalog.format('CREATE ROLE %I', wanted);
        END IF;
    END LOOP;
END $$;

-- Owns everything and never logs in.
ALTER ROLE limen_owner NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION NOINHERIT;
-- Applies migrations. It does not inherit: it has the owner's rights only after SET ROLE.
ALTER ROLE limen_migrator LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION NOINHERIT;
-- The gateway: it inserts and does nothing else.
ALTER ROLE limen_writer LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION NOINHERIT;
-- The group of the auditors; each auditor is a login of its own.
ALTER ROLE limen_auditor NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION NOINHERIT;
-- Drops months that are past their retention, by one procedure.
ALTER ROLE limen_retention LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION NOINHERIT;
-- Creates the months to come, by one function.
ALTER ROLE limen_maintenance LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION NOINHERIT;
-- Reads one line about the state of the store, by one function.
ALTER ROLE limen_health LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION NOINHERIT;

GRANT limen_owner TO limen_migrator;

-- Row data reaches no server log by way of these logins.
ALTER ROLE limen_writer SET log_error_verbosity = 'terse';
ALTER ROLE limen_writer SET log_parameter_max_length = 0;
ALTER ROLE limen_writer SET log_parameter_max_length_on_error = 0;
ALTER ROLE limen_writer SET log_min_error_statement = 'panic';
ALTER ROLE limen_writer SET idle_in_transaction_session_timeout = '60s';

DO $$
BEGIN
    EXECUTE pg_catalog.format(
        'REVOKE ALL ON DATABASE %I FROM PUBLIC', pg_catalog.current_database());
    EXECUTE pg_catalog.format(
        'GRANT CONNECT ON DATABASE %I TO limen_migrator, limen_writer, limen_auditor, '
        'limen_retention, limen_maintenance, limen_health', pg_catalog.current_database());
END $$;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
-- Without a language nobody writes a DO block or a function of his own.
REVOKE ALL ON LANGUAGE sql, plpgsql FROM PUBLIC;
GRANT USAGE ON LANGUAGE sql, plpgsql TO limen_owner;

-- Large objects are a store beside the audited one; advisory locks are shared by all tenants, so one
-- auditor could hold up another or the gateway with them. The statement NOTIFY needs no right and
-- cannot be taken away; nothing here listens, and only its form as a function is closed.
DO $$
DECLARE
    candidate regprocedure;
BEGIN
    FOR candidate IN
        SELECT oid::regprocedure FROM pg_catalog.pg_proc
        WHERE pronamespace = 'pg_catalog'::regnamespace
          AND (proname ~ '^(lo_|loread$|lowrite$)' OR proname ~ '^pg_(try_)?advisory_'
               OR proname = 'pg_notify')
    LOOP
        EXECUTE pg_catalog.format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', candidate);
    END LOOP;
END $$;

CREATE SCHEMA audit AUTHORIZATION limen_owner;
GRANT USAGE ON SCHEMA audit
    TO limen_writer, limen_auditor, limen_retention, limen_maintenance, limen_health;
ALTER DEFAULT PRIVILEGES FOR ROLE limen_owner REVOKE ALL ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE limen_owner REVOKE ALL ON TYPES FROM PUBLIC;

SET LOCAL ROLE limen_owner;

-- Refuses every change of what was written. Retention goes by dropping whole months.
CREATE FUNCTION audit.refuse_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'the audit trail is append-only' USING ERRCODE = '42501';
END $$;

-- Which migrations were applied, with the SHA-256 of each file.
CREATE TABLE audit.schema_migration (
    number int PRIMARY KEY CHECK (number > 0),
    name text NOT NULL,
    sha256 bytea NOT NULL CHECK (pg_catalog.octet_length(sha256) = 32),
    applied_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    applied_by text NOT NULL DEFAULT session_user
);
ALTER TABLE audit.schema_migration ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit.schema_migration FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_reads ON audit.schema_migration FOR SELECT TO limen_owner USING (true);
CREATE POLICY owner_adds ON audit.schema_migration FOR INSERT TO limen_owner WITH CHECK (true);
CREATE TRIGGER refuse_row_change BEFORE UPDATE OR DELETE ON audit.schema_migration
    FOR EACH ROW EXECUTE FUNCTION audit.refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON audit.schema_migration
    FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();
ALTER TABLE audit.schema_migration ENABLE ALWAYS TRIGGER refuse_row_change;
ALTER TABLE audit.schema_migration ENABLE ALWAYS TRIGGER refuse_truncate;

RESET ROLE;

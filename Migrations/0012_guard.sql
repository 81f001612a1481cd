-- limen: run as superuser
--
-- What `limen doctor` needs to see, settings of roles, and policies that read their setting once. It
-- makes a role for backups, which is why a superuser applies it.

LOCK TABLE pg_catalog.pg_authid IN SHARE ROW EXCLUSIVE MODE;

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'limen_backup') THEN
        CREATE ROLE limen_backup;
    END IF;
END $$;

-- Copies the files of the cluster, sealed by Deploy/backup; it cannot connect to a database.
ALTER ROLE limen_backup LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE REPLICATION NOINHERIT;

-- No role of the house leaves what a statement was about in the server's log, and none can hold a
-- lock for long: a queued lock behind it would hold up every insert.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY[
        'limen_migrator', 'limen_writer', 'limen_retention', 'limen_maintenance', 'limen_health',
        'limen_gateway', 'limen_operator'
    ] LOOP
        EXECUTE pg_catalog.format('ALTER ROLE %I SET log_error_verbosity = ''terse''', name);
        EXECUTE pg_catalog.format('ALTER ROLE %I SET log_parameter_max_length = 0', name);
        EXECUTE pg_catalog.format('ALTER ROLE %I SET log_parameter_max_length_on_error = 0', name);
        EXECUTE pg_catalog.format('ALTER ROLE %I SET log_min_error_statement = ''panic''', name);
        EXECUTE pg_catalog.format(
            'ALTER ROLE %I SET idle_in_transaction_session_timeout = ''60s''', name);
    END LOOP;
END $$;

-- Logins of people: their queries may hold what they search for, and a sort must not fill the disk
-- that the gateway writes to. Only a superuser can set these for somebody, so nobody unsets them.
CREATE FUNCTION audit.guard_login(login name) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format('ALTER ROLE %I CONNECTION LIMIT 8', login);
    EXECUTE format('ALTER ROLE %I SET log_error_verbosity = ''terse''', login);
    EXECUTE format('ALTER ROLE %I SET log_parameter_max_length = 0', login);
    EXECUTE format('ALTER ROLE %I SET log_parameter_max_length_on_error = 0', login);
    EXECUTE format('ALTER ROLE %I SET log_min_error_statement = ''panic''', login);
    EXECUTE format('ALTER ROLE %I SET temp_file_limit = ''1GB''', login);
    -- These two a person may change for a session; they are there for what was forgotten.
    EXECUTE format('ALTER ROLE %I SET statement_timeout = ''15min''', login);
    EXECUTE format('ALTER ROLE %I SET idle_in_transaction_session_timeout = ''5min''', login);
END $$;
ALTER FUNCTION audit.guard_login(name) OWNER TO limen_owner;
REVOKE ALL ON FUNCTION audit.guard_login(name) FROM PUBLIC;

DO $$
DECLARE
    login name;
BEGIN
    FOR login IN
        SELECT DISTINCT r.rolname FROM pg_catalog.pg_auth_members m
        JOIN pg_catalog.pg_roles r ON r.oid = m.member
        JOIN pg_catalog.pg_roles g ON g.oid = m.roleid
        WHERE g.rolname IN ('limen_auditor', 'limen_monitor') AND r.rolcanlogin
    LOOP
        PERFORM audit.guard_login(login);
    END LOOP;
END $$;

SET LOCAL ROLE limen_owner;

-- The setting is read once for a statement and not for each row.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY[
        'event', 'card', 'feedback', 'model_count', 'used_token', 'shown'
    ] LOOP
        EXECUTE pg_catalog.format(
            'ALTER POLICY writer_adds ON audit.%I WITH CHECK (tenant = (SELECT nullif('
            'pg_catalog.current_setting(''limen.tenant'', true), '''')))', name);
    END LOOP;
END $$;
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY[
        'event', 'card', 'feedback', 'review', 'review_run', 'review_closing'
    ] LOOP
        EXECUTE pg_catalog.format(
            'ALTER POLICY api_reads ON audit.%I USING (tenant = (SELECT nullif('
            'pg_catalog.current_setting(''limen.tenant'', true), '''')))', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['review', 'review_run', 'review_closing'] LOOP
        EXECUTE pg_catalog.format(
            'ALTER POLICY api_adds ON audit.%I WITH CHECK (tenant = (SELECT nullif('
            'pg_catalog.current_setting(''limen.tenant'', true), '''')))', name);
    END LOOP;
END $$;
ALTER POLICY auditor_reads ON audit.auditor_tenant USING (login = (SELECT session_user));
ALTER POLICY monitor_reads ON audit.auditor_tenant USING (login = (SELECT session_user));

-- What the catalogue does not tell every login: which migrations were applied, and which logins
-- have tenants. No tenant is named, and no row of the trail is read.
CREATE FUNCTION audit.doctor_facts(
    OUT kind text, OUT object text, OUT detail text, OUT value text
) RETURNS SETOF record
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT 'migration', m.name, '', encode(m.sha256, 'hex') FROM audit.schema_migration m
    UNION ALL
    SELECT 'auditor', g.login::text, '', count(*)::text FROM audit.auditor_tenant g GROUP BY g.login
$$;
GRANT EXECUTE ON FUNCTION audit.doctor_facts() TO limen_health;

RESET ROLE;

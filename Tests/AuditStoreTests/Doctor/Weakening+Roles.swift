import AuditStore

extension Weakening {
    static let roles: [Weakening] = [
        Weakening(
            name: "the writer passes by row security",
            statements: "ALTER ROLE limen_writer BYPASSRLS",
            weakness: .role,
            object: "limen_writer"
        ),
        Weakening(
            name: "the health role is a superuser",
            statements: "ALTER ROLE limen_health SUPERUSER",
            weakness: .role,
            object: "limen_health"
        ),
        Weakening(
            name: "the migrator inherits the owner",
            statements: "ALTER ROLE limen_migrator INHERIT",
            weakness: .role,
            object: "limen_migrator"
        ),
        Weakening(
            name: "the owner logs in",
            statements: "ALTER ROLE limen_owner LOGIN",
            weakness: .role,
            object: "limen_owner"
        ),
        Weakening(
            name: "an auditor is a superuser",
            statements: "ALTER ROLE auditor_anna SUPERUSER",
            weakness: .person,
            object: "auditor_anna"
        ),
        Weakening(
            name: "an auditor passes by row security",
            statements: "ALTER ROLE auditor_anna BYPASSRLS",
            weakness: .person,
            object: "auditor_anna"
        ),
        Weakening(
            name: "an auditor makes roles",
            statements: "ALTER ROLE auditor_anna CREATEROLE",
            weakness: .person,
            object: "auditor_anna"
        ),
        Weakening(
            name: "a stranger copies the cluster",
            statements: "CREATE ROLE weak_copier LOGIN REPLICATION",
            weakness: .role,
            object: "weak_copier"
        ),
        Weakening(
            name: "a stranger passes by row security",
            statements: "CREATE ROLE weak_reader LOGIN BYPASSRLS",
            weakness: .role,
            object: "weak_reader"
        ),
        Weakening(
            name: "an auditor can become the owner",
            statements: "GRANT limen_owner TO auditor_anna",
            weakness: .membership,
            object: "auditor_anna: limen_owner"
        ),
        Weakening(
            name: "an auditor erases too",
            statements: "GRANT limen_eraser TO auditor_anna",
            weakness: .membership,
            object: "auditor_anna: limen_eraser"
        ),
        Weakening(
            name: "the writer erases too",
            statements: "GRANT limen_eraser TO limen_writer",
            weakness: .membership,
            object: "limen_writer: limen_eraser"
        ),
        Weakening(
            name: "who erases lets others in",
            statements:
                "CREATE ROLE weak_eraser LOGIN; GRANT limen_eraser TO weak_eraser WITH ADMIN OPTION",
            weakness: .membership,
            object: "weak_eraser: limen_eraser"
        ),
        Weakening(
            name: "the writer is an auditor too",
            statements: "GRANT limen_auditor TO limen_writer",
            weakness: .membership,
            object: "limen_writer: limen_auditor"
        ),
        Weakening(
            name: "an auditor can act as the writer",
            statements: "GRANT limen_writer TO auditor_anna",
            weakness: .membership,
            object: "auditor_anna: limen_writer"
        ),
        Weakening(
            name: "an auditor reads the files of the server",
            statements: "GRANT pg_read_server_files TO auditor_anna",
            weakness: .membership,
            object: "auditor_anna: pg_read_server_files"
        ),
        Weakening(
            name: "the gateway reads all data",
            statements: "GRANT pg_read_all_data TO limen_gateway",
            weakness: .membership,
            object: "limen_gateway: pg_read_all_data"
        ),
        Weakening(
            name: "an auditor lets others in",
            statements: "GRANT limen_auditor TO auditor_anna WITH ADMIN OPTION",
            weakness: .membership,
            object: "auditor_anna: limen_auditor"
        ),
        Weakening(
            name: "the owner's membership gone",
            statements: "REVOKE limen_owner FROM limen_migrator",
            weakness: .membership,
            object: "limen_migrator: limen_owner"
        ),
        Weakening(
            name: "an auditor with any number of connections",
            statements: "ALTER ROLE auditor_anna CONNECTION LIMIT -1",
            weakness: .person,
            object: "auditor_anna"
        ),
        Weakening(
            name: "an auditor that can fill the disk",
            statements: "ALTER ROLE auditor_anna RESET temp_file_limit",
            weakness: .person,
            object: "auditor_anna"
        ),
        Weakening(
            name: "an auditor whose login is gone and whose mapping stays",
            statements: """
                SET LOCAL ROLE limen_owner;
                INSERT INTO audit.auditor_tenant VALUES ('weak_leaver', 'anna');
                RESET ROLE
                """,
            weakness: .person,
            object: "weak_leaver",
            isMended: false
        ),
        Weakening(
            name: "the writer begins without durability",
            statements: "ALTER ROLE limen_writer SET synchronous_commit = off",
            weakness: .role,
            object: "limen_writer: synchronous_commit"
        ),
        Weakening(
            name: "the writer begins as a replica",
            statements: "ALTER ROLE limen_writer SET session_replication_role = replica",
            weakness: .role,
            object: "limen_writer: session_replication_role"
        ),
        Weakening(
            name: "a search path for every role",
            statements: "ALTER ROLE ALL SET search_path = public, audit",
            weakness: .role,
            object: "ALL: search_path"
        ),
        Weakening(
            name: "the writer's values reach the log",
            statements: "ALTER ROLE limen_writer SET log_parameter_max_length = -1",
            weakness: .role,
            object: "limen_writer: log_parameter_max_length"
        ),
        Weakening(
            name: "the writer's errors reach the log in full",
            statements: "ALTER ROLE limen_writer RESET log_error_verbosity",
            weakness: .role,
            object: "limen_writer: log_error_verbosity"
        ),
    ]
}

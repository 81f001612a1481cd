/// The statements that read the settings of the server.
enum SettingStatements {
    /// The settings that rules are held against, as this session has them.
    static let settings: StaticString = """
        SELECT 'setting', s.name, coalesce(s.source, ''), coalesce(s.setting, '')
        FROM pg_settings s
        WHERE s.name IN (
            'fsync', 'synchronous_commit', 'full_page_writes', 'data_checksums', 'wal_level',
            'archive_mode', 'archive_command', 'archive_library', 'data_sync_retry',
            'zero_damaged_pages', 'ignore_checksum_failure', 'ignore_invalid_pages',
            'allow_system_table_mods', 'ignore_system_indexes', 'lo_compat_privileges',
            'log_parameter_max_length', 'log_parameter_max_length_on_error',
            'log_error_verbosity', 'log_min_error_statement', 'log_statement',
            'log_min_duration_statement', 'log_min_duration_sample', 'log_statement_sample_rate',
            'log_transaction_sample_rate', 'debug_print_parse', 'debug_print_rewritten',
            'debug_print_plan', 'password_encryption', 'ssl', 'listen_addresses', 'row_security',
            'session_replication_role', 'db_user_namespace', 'default_transaction_read_only',
            'shared_preload_libraries', 'session_preload_libraries', 'local_preload_libraries')
        """

    /// The rules of `pg_hba.conf`, for a superuser.
    static let hostRules: StaticString = """
        SELECT 'host-rule', h.line_number::text, h.type,
            concat_ws(' ', h.auth_method, array_to_string(h.database, ','),
                array_to_string(h.user_name, ','), h.address)
        FROM pg_hba_file_rules h WHERE h.error IS NULL
        """
}

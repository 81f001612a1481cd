/// The statements that turn the catalogue into facts: kind, object, part, value, name.
///
/// The schemas looked at are those of the house and whatever its owner owns.
enum CatalogueStatements {
    /// All of them.
    static let all: [StaticString] = [
        schemas, relations, policies, grants, columns, constraints, indexes, triggers, rules,
        functions, functionGrants, types, databaseGrants, defaultGrants, roles, roleSettings,
        memberships, bounds, defaultRows,
        ForeignStatements.objects, ForeignStatements.loose, ForeignStatements.catalogueFunctions,
        ForeignStatements.catalogueRelations, ForeignStatements.surroundings,
    ]

    private static let schemas: StaticString = """
        SELECT 'schema', n.nspname::text, '', pg_get_userbyid(n.nspowner)::text
        FROM pg_namespace n
        WHERE n.nspname IN ('audit', 'model') OR pg_get_userbyid(n.nspowner) = 'limen_owner'
        UNION ALL
        SELECT 'schema-grant', n.nspname::text,
            a.privilege_type || ' TO ' || CASE WHEN a.grantee = 0 THEN 'PUBLIC'
                ELSE quote_ident(pg_get_userbyid(a.grantee)::text) END,
            CASE WHEN a.is_grantable THEN 'grantable' ELSE '' END
        FROM pg_namespace n
        CROSS JOIN LATERAL aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a
        WHERE (n.nspname IN ('audit', 'model', 'public')
                OR pg_get_userbyid(n.nspowner) = 'limen_owner')
          AND a.grantee <> n.nspowner
          AND NOT (n.nspname = 'public' AND pg_get_userbyid(a.grantee) = 'pg_database_owner')
        """

    private static let relations: StaticString = """
        SELECT f.kind, c.oid::regclass::text, '', f.value
        FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace
        LEFT JOIN pg_inherits i ON i.inhrelid = c.oid
        CROSS JOIN LATERAL (VALUES
            ('relation', CASE c.relkind
                WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table' WHEN 'v' THEN 'view'
                WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence'
                WHEN 'f' THEN 'foreign table' WHEN 'c' THEN 'composite type'
                ELSE 'kind ' || c.relkind::text END
                || CASE c.relpersistence WHEN 'u' THEN ', unlogged' WHEN 't' THEN ', temporary'
                    ELSE '' END
                || CASE WHEN i.inhparent IS NOT NULL
                    THEN ', part of ' || i.inhparent::regclass ELSE '' END),
            ('relation-owner', pg_get_userbyid(c.relowner)::text),
            ('relation-options', (SELECT string_agg(o, ', ' ORDER BY o)
                FROM unnest(c.reloptions) o)),
            ('row-security', CASE WHEN c.relkind IN ('r', 'p')
                THEN CASE WHEN c.relrowsecurity THEN 'on' ELSE 'off' END END),
            ('forced-row-security', CASE WHEN c.relkind IN ('r', 'p')
                THEN CASE WHEN c.relforcerowsecurity THEN 'on' ELSE 'off' END END),
            ('view-definition', CASE WHEN c.relkind IN ('v', 'm')
                THEN encode(sha256(convert_to(pg_get_viewdef(c.oid), 'UTF8')), 'hex') END)
        ) AS f (kind, value)
        WHERE (n.nspname IN ('audit', 'model') OR pg_get_userbyid(n.nspowner) = 'limen_owner')
          AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f', 'c') AND f.value IS NOT NULL
        """

    private static let policies: StaticString = """
        SELECT 'policy', p.polrelid::regclass::text, p.polname::text,
            'AS ' || CASE WHEN p.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END
            || ' FOR ' || CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT'
                WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END
            || ' TO ' || (SELECT string_agg(CASE WHEN r = 0 THEN 'PUBLIC'
                ELSE quote_ident(pg_get_userbyid(r)::text) END, ', ' ORDER BY 1)
                FROM unnest(p.polroles) r)
            || coalesce(' USING (' || pg_get_expr(p.polqual, p.polrelid) || ')', '')
            || coalesce(' WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')', '')
        FROM pg_policy p
        JOIN pg_class c ON c.oid = p.polrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname IN ('audit', 'model') OR pg_get_userbyid(n.nspowner) = 'limen_owner'
        """

    private static let grants: StaticString = """
        SELECT 'grant', c.oid::regclass::text,
            a.privilege_type || ' TO ' || CASE WHEN a.grantee = 0 THEN 'PUBLIC'
                ELSE quote_ident(pg_get_userbyid(a.grantee)::text) END,
            CASE WHEN a.is_grantable THEN 'grantable' ELSE '' END
        FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace
        CROSS JOIN LATERAL aclexplode(c.relacl) a
        WHERE (n.nspname IN ('audit', 'model') OR pg_get_userbyid(n.nspowner) = 'limen_owner')
          AND a.grantee <> c.relowner
        UNION ALL
        SELECT 'column-grant', c.oid::regclass::text,
            a.privilege_type || ' (' || quote_ident(t.attname) || ') TO '
                || CASE WHEN a.grantee = 0 THEN 'PUBLIC'
                    ELSE quote_ident(pg_get_userbyid(a.grantee)::text) END,
            CASE WHEN a.is_grantable THEN 'grantable' ELSE '' END
        FROM pg_attribute t
        JOIN pg_class c ON c.oid = t.attrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace
        CROSS JOIN LATERAL aclexplode(t.attacl) a
        WHERE (n.nspname IN ('audit', 'model') OR pg_get_userbyid(n.nspowner) = 'limen_owner')
          AND a.grantee <> c.relowner AND NOT t.attisdropped
        """

    /// Partitions have the columns of their parent, or they would not be partitions.
    private static let columns: StaticString = """
        SELECT 'column', c.oid::regclass::text, quote_ident(t.attname),
            format_type(t.atttypid, t.atttypmod)
            || CASE WHEN t.attnotnull THEN ' NOT NULL' ELSE '' END
            || CASE t.attidentity WHEN '' THEN '' ELSE ' IDENTITY' END
            || CASE WHEN d.oid IS NULL THEN ''
                WHEN t.attgenerated <> '' THEN ' GENERATED (' || pg_get_expr(d.adbin, d.adrelid)
                    || ')'
                ELSE ' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid) END
        FROM pg_attribute t
        JOIN pg_class c ON c.oid = t.attrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace
        LEFT JOIN pg_attrdef d ON d.adrelid = t.attrelid AND d.adnum = t.attnum
        WHERE (n.nspname IN ('audit', 'model') OR pg_get_userbyid(n.nspowner) = 'limen_owner')
          AND c.relkind IN ('r', 'p') AND NOT c.relispartition
          AND t.attnum > 0 AND NOT t.attisdropped
        """

    private static let constraints: StaticString = """
        SELECT 'constraint', k.conrelid::regclass::text, pg_get_constraintdef(k.oid),
            CASE WHEN k.convalidated THEN '' ELSE 'not validated' END, quote_ident(k.conname)
        FROM pg_constraint k
        JOIN pg_class c ON c.oid = k.conrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE (n.nspname IN ('audit', 'model') OR pg_get_userbyid(n.nspowner) = 'limen_owner')
          AND k.contype <> 'n' AND c.relkind IN ('r', 'p')
        """

    private static let indexes: StaticString = """
        SELECT 'index', x.indrelid::regclass::text,
            regexp_replace(pg_get_indexdef(x.indexrelid), '^.* USING ', ''),
            concat_ws(', ',
                CASE WHEN x.indisprimary THEN 'primary key' END,
                CASE WHEN x.indisunique THEN 'unique' END,
                CASE WHEN NOT x.indisvalid THEN 'not valid' END,
                CASE WHEN NOT x.indislive OR NOT x.indisready THEN 'not in use' END),
            x.indexrelid::regclass::text
        FROM pg_index x
        JOIN pg_class c ON c.oid = x.indrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE (n.nspname IN ('audit', 'model') OR pg_get_userbyid(n.nspowner) = 'limen_owner')
          AND c.relkind IN ('r', 'p', 'm')
        """

    private static let triggers: StaticString = """
        SELECT 'trigger', t.tgrelid::regclass::text, t.tgname::text,
            CASE t.tgenabled WHEN 'A' THEN 'ALWAYS' WHEN 'R' THEN 'REPLICA' WHEN 'D' THEN 'DISABLED'
                ELSE 'ORIGIN' END || ' '
            || replace(
                regexp_replace(pg_get_triggerdef(t.oid), '^CREATE .*TRIGGER ("[^"]*"|\\S+) ', ''),
                ' ON ' || t.tgrelid::regclass || ' ', ' ON it ')
        FROM pg_trigger t
        JOIN pg_class c ON c.oid = t.tgrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE (n.nspname IN ('audit', 'model') OR pg_get_userbyid(n.nspowner) = 'limen_owner')
          AND NOT t.tgisinternal
        UNION ALL
        SELECT 'constraint-trigger', t.tgrelid::regclass::text, t.tgname::text, t.tgenabled::text
        FROM pg_trigger t
        JOIN pg_class c ON c.oid = t.tgrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE (n.nspname IN ('audit', 'model') OR pg_get_userbyid(n.nspowner) = 'limen_owner')
          AND t.tgisinternal AND t.tgenabled <> 'O'
        """

    private static let rules: StaticString = """
        SELECT 'rule', r.ev_class::regclass::text, r.rulename::text, pg_get_ruledef(r.oid)
        FROM pg_rewrite r
        JOIN pg_class c ON c.oid = r.ev_class
        JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE (n.nspname IN ('audit', 'model') OR pg_get_userbyid(n.nspowner) = 'limen_owner')
          AND r.rulename <> '_RETURN'
        """

    private static let functions: StaticString = """
        SELECT f.kind, p.oid::regprocedure::text, '', f.value
        FROM pg_proc p
        JOIN pg_namespace n ON n.oid = p.pronamespace
        JOIN pg_language l ON l.oid = p.prolang
        CROSS JOIN LATERAL (VALUES
            ('function', CASE p.prokind WHEN 'f' THEN 'function' WHEN 'p' THEN 'procedure'
                WHEN 'a' THEN 'aggregate' ELSE 'window function' END || ', ' || l.lanname
                || coalesce(', returns ' || pg_get_function_result(p.oid), '')),
            ('function-owner', pg_get_userbyid(p.proowner)::text),
            ('function-security', CASE WHEN p.prosecdef THEN 'DEFINER' ELSE 'INVOKER' END),
            ('function-volatility', CASE p.provolatile WHEN 'i' THEN 'IMMUTABLE'
                WHEN 's' THEN 'STABLE' ELSE 'VOLATILE' END),
            ('function-leakproof', CASE WHEN p.proleakproof THEN 'LEAKPROOF'
                ELSE 'NOT LEAKPROOF' END),
            ('function-settings', array_to_string(p.proconfig, '; ')),
            ('function-body', encode(sha256(convert_to(p.prosrc || coalesce(p.probin, '')
                || coalesce(pg_get_function_sqlbody(p.oid), ''), 'UTF8')), 'hex'))
        ) AS f (kind, value)
        WHERE (n.nspname IN ('audit', 'model') OR pg_get_userbyid(n.nspowner) = 'limen_owner')
          AND f.value IS NOT NULL
        """

    private static let functionGrants: StaticString = """
        SELECT 'function-grant', p.oid::regprocedure::text,
            a.privilege_type || ' TO ' || CASE WHEN a.grantee = 0 THEN 'PUBLIC'
                ELSE quote_ident(pg_get_userbyid(a.grantee)::text) END,
            CASE WHEN a.is_grantable THEN 'grantable' ELSE '' END
        FROM pg_proc p
        JOIN pg_namespace n ON n.oid = p.pronamespace
        CROSS JOIN LATERAL aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
        WHERE (n.nspname IN ('audit', 'model') OR pg_get_userbyid(n.nspowner) = 'limen_owner')
          AND a.grantee <> p.proowner
        UNION ALL
        SELECT 'language-grant', l.lanname::text,
            a.privilege_type || ' TO ' || CASE WHEN a.grantee = 0 THEN 'PUBLIC'
                ELSE quote_ident(pg_get_userbyid(a.grantee)::text) END,
            CASE WHEN a.is_grantable THEN 'grantable' ELSE '' END
        FROM pg_language l
        CROSS JOIN LATERAL aclexplode(coalesce(l.lanacl, acldefault('l', l.lanowner))) a
        WHERE l.lanpltrusted AND a.grantee <> l.lanowner
        """

    private static let types: StaticString = """
        SELECT 'type', t.oid::regtype::text, '', t.typtype::text
        FROM pg_type t
        JOIN pg_namespace n ON n.oid = t.typnamespace
        WHERE (n.nspname IN ('audit', 'model') OR pg_get_userbyid(n.nspowner) = 'limen_owner')
          AND t.typrelid = 0 AND t.typtype <> 'b'
        UNION ALL
        SELECT 'type-grant', t.oid::regtype::text,
            a.privilege_type || ' TO ' || CASE WHEN a.grantee = 0 THEN 'PUBLIC'
                ELSE quote_ident(pg_get_userbyid(a.grantee)::text) END,
            CASE WHEN a.is_grantable THEN 'grantable' ELSE '' END
        FROM pg_type t
        JOIN pg_namespace n ON n.oid = t.typnamespace
        CROSS JOIN LATERAL aclexplode(coalesce(t.typacl, acldefault('T', t.typowner))) a
        WHERE (n.nspname IN ('audit', 'model') OR pg_get_userbyid(n.nspowner) = 'limen_owner')
          AND t.typrelid = 0 AND t.typtype <> 'b' AND a.grantee <> t.typowner
        """

    private static let databaseGrants: StaticString = """
        SELECT 'database-grant', 'DATABASE',
            a.privilege_type || ' TO ' || CASE WHEN a.grantee = 0 THEN 'PUBLIC'
                ELSE quote_ident(pg_get_userbyid(a.grantee)::text) END,
            CASE WHEN a.is_grantable THEN 'grantable' ELSE '' END, quote_ident(d.datname)
        FROM pg_database d
        CROSS JOIN LATERAL aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
        WHERE d.datname = current_database() AND a.grantee <> d.datdba
        UNION ALL
        SELECT 'database-owner', 'DATABASE', pg_get_userbyid(d.datdba)::text,
            CASE WHEN r.rolsuper THEN 'SUPERUSER' ELSE '' END, quote_ident(d.datname)
        FROM pg_database d JOIN pg_roles r ON r.oid = d.datdba
        WHERE d.datname = current_database()
        """

    private static let defaultGrants: StaticString = """
        SELECT 'default-grant', pg_get_userbyid(d.defaclrole)::text,
            CASE d.defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES'
                WHEN 'f' THEN 'FUNCTIONS' WHEN 'T' THEN 'TYPES' ELSE 'SCHEMAS' END
                || coalesce(' IN ' || quote_ident(n.nspname), ''),
            coalesce((SELECT string_agg(a.privilege_type || ' TO '
                    || CASE WHEN a.grantee = 0 THEN 'PUBLIC'
                        ELSE quote_ident(pg_get_userbyid(a.grantee)::text) END, ', ' ORDER BY 1)
                FROM aclexplode(d.defaclacl) a WHERE a.grantee <> d.defaclrole), '')
        FROM pg_default_acl d LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace
        """

    private static let roles: StaticString = """
        SELECT 'role', r.rolname::text, '',
            CASE WHEN r.rolcanlogin THEN 'LOGIN' ELSE 'NOLOGIN' END
            || CASE WHEN r.rolsuper THEN ' SUPERUSER' ELSE ' NOSUPERUSER' END
            || CASE WHEN r.rolbypassrls THEN ' BYPASSRLS' ELSE ' NOBYPASSRLS' END
            || CASE WHEN r.rolcreatedb THEN ' CREATEDB' ELSE ' NOCREATEDB' END
            || CASE WHEN r.rolcreaterole THEN ' CREATEROLE' ELSE ' NOCREATEROLE' END
            || CASE WHEN r.rolreplication THEN ' REPLICATION' ELSE ' NOREPLICATION' END
            || CASE WHEN r.rolinherit THEN ' INHERIT' ELSE ' NOINHERIT' END
            || ' CONNECTION LIMIT ' || r.rolconnlimit,
            r.oid::text
        FROM pg_roles r WHERE r.rolname !~ '^pg_'
        """

    private static let roleSettings: StaticString = """
        SELECT 'role-setting', coalesce(r.rolname::text, 'ALL'),
            split_part(s.setting, '=', 1)
                || CASE WHEN d.setdatabase = 0 THEN '' ELSE ' IN DATABASE' END,
            substr(s.setting, strpos(s.setting, '=') + 1)
        FROM pg_db_role_setting d
        LEFT JOIN pg_roles r ON r.oid = d.setrole
        CROSS JOIN LATERAL unnest(d.setconfig) AS s (setting)
        WHERE d.setdatabase IN (0, (SELECT oid FROM pg_database
            WHERE datname = current_database()))
        """

    /// From PostgreSQL 16 on a membership has options of its own.
    private static let memberships: StaticString = """
        SELECT 'membership', pg_get_userbyid(m.member)::text, pg_get_userbyid(m.roleid)::text,
            concat_ws(', ',
                CASE WHEN m.admin_option THEN 'WITH ADMIN OPTION' END,
                CASE WHEN to_jsonb(m) ->> 'inherit_option' = 'true' AND g.rolname = 'limen_owner'
                    THEN 'WITH INHERIT' END)
        FROM pg_auth_members m
        JOIN pg_roles r ON r.oid = m.member
        JOIN pg_roles g ON g.oid = m.roleid
        WHERE r.rolname !~ '^pg_'
        """

    private static let bounds: StaticString = """
        SELECT 'bound', c.oid::regclass::text, i.inhparent::regclass::text,
            coalesce(pg_get_expr(c.relpartbound, c.oid), '')
        FROM pg_class c
        JOIN pg_inherits i ON i.inhrelid = c.oid
        JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relispartition AND c.relkind IN ('r', 'p')
          AND (n.nspname IN ('audit', 'model') OR pg_get_userbyid(n.nspowner) = 'limen_owner')
        UNION ALL
        SELECT 'bound', 'now', '', to_char(now() AT TIME ZONE 'UTC', 'YYYYMM')
        """

    private static let defaultRows: StaticString = """
        SELECT 'default-rows', c.oid::regclass::text, '', pg_relation_size(c.oid)::text
        FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relispartition AND c.relkind = 'r'
          AND (n.nspname IN ('audit', 'model') OR pg_get_userbyid(n.nspowner) = 'limen_owner')
          AND pg_get_expr(c.relpartbound, c.oid) = 'DEFAULT' AND pg_relation_size(c.oid) > 0
        """
}

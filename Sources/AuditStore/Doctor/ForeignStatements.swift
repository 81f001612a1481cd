/// The statements that find what does not belong in a database of ours.
enum ForeignStatements {
    /// Relations and functions outside of our schemas, but for those of the server and of
    /// extensions; a view among them may show our rows with its owner's eyes.
    static let objects: StaticString = """
        SELECT 'foreign-object', c.oid::regclass::text, '',
            CASE c.relkind WHEN 'r' THEN 'TABLE' WHEN 'p' THEN 'TABLE' WHEN 'v' THEN 'VIEW'
                WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE'
                WHEN 'f' THEN 'FOREIGN TABLE' ELSE 'TYPE' END
        FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname NOT IN ('audit', 'model', 'pg_catalog', 'information_schema')
          AND n.nspname !~ '^pg_(toast|temp)' AND pg_get_userbyid(n.nspowner) <> 'limen_owner'
          AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f', 'c')
          AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass
              AND d.objid = c.oid AND d.deptype IN ('e', 'i'))
        UNION ALL
        SELECT 'foreign-object', p.oid::regprocedure::text, '',
            CASE p.prokind WHEN 'p' THEN 'PROCEDURE' WHEN 'a' THEN 'AGGREGATE' ELSE 'FUNCTION' END
        FROM pg_proc p
        JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE n.nspname NOT IN ('audit', 'model', 'information_schema')
          AND n.nspname !~ '^pg_toast' AND pg_get_userbyid(n.nspowner) <> 'limen_owner'
          AND (n.nspname <> 'pg_catalog' OR p.oid >= 16384)
          AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass
              AND d.objid = p.oid AND d.deptype = 'e')
        UNION ALL
        SELECT 'foreign-object', quote_ident(n.nspname), '', 'SCHEMA'
        FROM pg_namespace n
        WHERE n.nspname NOT IN ('audit', 'model', 'public', 'pg_catalog', 'information_schema')
          AND n.nspname !~ '^pg_(toast|temp)' AND pg_get_userbyid(n.nspowner) <> 'limen_owner'
        """

    /// Casts, operators, statistics and what else can be made beside tables.
    static let loose: StaticString = """
        SELECT 'foreign-object', c.castsource::regtype || ' AS ' || c.casttarget::regtype, '',
            'CAST'
        FROM pg_cast c WHERE c.oid >= 16384
        UNION ALL
        SELECT 'foreign-object', o.oid::regoperator::text, '', 'OPERATOR'
        FROM pg_operator o WHERE o.oid >= 16384
        UNION ALL
        SELECT 'foreign-object', quote_ident(n.nspname) || '.' || quote_ident(x.stxname), '',
            'STATISTICS'
        FROM pg_statistic_ext x JOIN pg_namespace n ON n.oid = x.stxnamespace
        UNION ALL
        SELECT 'foreign-object', quote_ident(s.srvname), '', 'SERVER' FROM pg_foreign_server s
        UNION ALL
        SELECT 'foreign-object', quote_ident(w.fdwname), '', 'FOREIGN DATA WRAPPER'
        FROM pg_foreign_data_wrapper w
        UNION ALL
        SELECT 'foreign-object', quote_ident(l.lanname), '', 'LANGUAGE'
        FROM pg_language l WHERE l.oid >= 16384 AND l.lanname <> 'plpgsql'
        UNION ALL
        SELECT 'foreign-object', quote_ident(b.subname), '', 'SUBSCRIPTION'
        FROM pg_subscription b
        WHERE b.subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())
        """

    /// Functions of the server whose rights are not those that the server was made with.
    static let catalogueFunctions: StaticString = """
        SELECT 'catalogue-grant', p.oid::regprocedure::text,
            a.privilege_type || ' TO ' || CASE WHEN a.grantee = 0 THEN 'PUBLIC'
                ELSE quote_ident(pg_get_userbyid(a.grantee)::text) END, 'FUNCTION'
        FROM pg_proc p
        LEFT JOIN pg_init_privs i
            ON i.objoid = p.oid AND i.classoid = 'pg_proc'::regclass AND i.objsubid = 0
        CROSS JOIN LATERAL aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
        WHERE p.pronamespace IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
          AND p.oid < 16384 AND a.grantee <> p.proowner
          AND (p.proname ~ '^(lo_|loread$|lowrite$)' OR p.proname ~ '^pg_(try_)?advisory_'
              OR p.proname = 'pg_notify'
              OR NOT EXISTS (
                  SELECT FROM aclexplode(coalesce(i.initprivs, acldefault('f', p.proowner))) o
                  WHERE o.grantee = a.grantee AND o.privilege_type = a.privilege_type))
        """

    /// Relations of the server whose rights are not those that the server was made with.
    static let catalogueRelations: StaticString = """
        SELECT 'catalogue-grant', c.oid::regclass::text,
            a.privilege_type || ' TO ' || CASE WHEN a.grantee = 0 THEN 'PUBLIC'
                ELSE quote_ident(pg_get_userbyid(a.grantee)::text) END, 'TABLE'
        FROM pg_class c
        LEFT JOIN pg_init_privs i
            ON i.objoid = c.oid AND i.classoid = 'pg_class'::regclass AND i.objsubid = 0
        CROSS JOIN LATERAL aclexplode(c.relacl) a
        WHERE c.relnamespace IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
          AND a.grantee <> c.relowner
          -- The views of the standard are for everybody.
          AND NOT (c.relnamespace = 'information_schema'::regnamespace AND a.grantee = 0
              AND a.privilege_type = 'SELECT')
          AND NOT EXISTS (
              SELECT FROM aclexplode(i.initprivs) o
              WHERE o.grantee = a.grantee AND o.privilege_type = a.privilege_type)
        UNION ALL
        SELECT 'catalogue-grant', c.oid::regclass::text,
            a.privilege_type || ' (' || quote_ident(t.attname) || ') TO '
                || CASE WHEN a.grantee = 0 THEN 'PUBLIC'
                    ELSE quote_ident(pg_get_userbyid(a.grantee)::text) END, 'TABLE'
        FROM pg_attribute t
        JOIN pg_class c ON c.oid = t.attrelid
        LEFT JOIN pg_init_privs i
            ON i.objoid = c.oid AND i.classoid = 'pg_class'::regclass AND i.objsubid = t.attnum
        CROSS JOIN LATERAL aclexplode(t.attacl) a
        WHERE c.relnamespace = 'pg_catalog'::regnamespace AND a.grantee <> c.relowner
          AND NOT EXISTS (
              SELECT FROM aclexplode(i.initprivs) o
              WHERE o.grantee = a.grantee AND o.privilege_type = a.privilege_type)
        """

    /// What copies rows out of the database, runs beside statements, or was installed.
    static let surroundings: StaticString = """
        SELECT 'publication', quote_ident(p.pubname), '',
            CASE WHEN p.puballtables THEN 'ALL TABLES' ELSE '' END
        FROM pg_publication p
        UNION ALL
        SELECT 'replication-slot', s.slot_name::text, s.slot_type, coalesce(s.database::text, '')
        FROM pg_replication_slots s WHERE s.slot_type = 'logical'
          AND s.database = current_database()
        UNION ALL
        SELECT 'event-trigger', quote_ident(e.evtname), e.evtevent::text, e.evtenabled::text
        FROM pg_event_trigger e
        UNION ALL
        SELECT 'extension', quote_ident(e.extname), '', e.extversion
        FROM pg_extension e WHERE e.extname <> 'plpgsql'
        UNION ALL
        SELECT 'large-objects', 'DATABASE', '', count(*)::text
        FROM pg_largeobject_metadata HAVING count(*) > 0
        """
}

/// The questions to PostgreSQL's own catalog. `$1` is the name of the schema, which is the search path meanwhile.
enum SchemaQueries {
    /// What is left out everywhere: objects of extensions, and Prisma's own table.
    private static func own(_ catalog: String, _ id: String) -> String {
        """
        NOT EXISTS (SELECT FROM pg_depend e
            WHERE e.classid = '\(catalog)'::regclass AND e.objid = \(id) AND e.deptype = 'e')
        """
    }

    private static let relations = """
        relation AS (
            SELECT c.oid, c.relname::text AS name, c.relkind, c.relispartition FROM pg_class c
            WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1::text)
                AND c.relkind IN ('r', 'p', 'v', 'm') AND c.relname <> '_prisma_migrations'
                AND \(own("pg_class", "c.oid"))
        )
        """

    static let extensions = """
        SELECT x.extname::text, nullif(n.nspname, $1::text)::text
        FROM pg_extension x JOIN pg_namespace n ON n.oid = x.extnamespace WHERE x.extname <> 'plpgsql'
        """

    static let enums = """
        SELECT t.typname::text, array_agg(e.enumlabel::text ORDER BY e.enumsortorder), obj_description(t.oid, 'pg_type')
        FROM pg_type t JOIN pg_enum e ON e.enumtypid = t.oid
        WHERE t.typnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1::text) AND \(own("pg_type", "t.oid"))
        GROUP BY t.oid
        """

    static let domains = """
        SELECT t.typname::text, format_type(t.typbasetype, t.typtypmod),
            CASE WHEN t.typcollation <> b.typcollation THEN t.typcollation::regcollation::text END,
            t.typnotnull, t.typdefault, obj_description(t.oid, 'pg_type'),
            ARRAY(SELECT conname::text FROM pg_constraint WHERE contypid = t.oid ORDER BY conname),
            ARRAY(SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contypid = t.oid ORDER BY conname)
        FROM pg_type t JOIN pg_type b ON b.oid = t.typbasetype
        WHERE t.typtype = 'd' AND t.typnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1::text)
            AND \(own("pg_type", "t.oid"))
        """

    static let sequences = """
        SELECT c.relname::text, format_type(s.seqtypid, NULL), s.seqstart, s.seqincrement, s.seqmin, s.seqmax,
            s.seqcache, s.seqcycle, obj_description(c.oid, 'pg_class'), t.relname::text, a.attname::text
        FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid
        LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i')
            AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0
        LEFT JOIN pg_class t ON t.oid = d.refobjid
        LEFT JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
        WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1::text)
            AND d.deptype IS DISTINCT FROM 'i'
            AND \(own("pg_class", "c.oid"))
        """

    static let functions = """
        SELECT p.proname::text || '(' || oidvectortypes(p.proargtypes) || ')',
            replace(pg_get_functiondef(p.oid), format('CREATE OR REPLACE %s %I.',
                CASE p.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END, $1::text), format('CREATE OR REPLACE %s ',
                CASE p.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END)),
            pg_get_function_arguments(p.oid) || ' ' || coalesce(pg_get_function_result(p.oid), ''), p.prokind = 'p',
            obj_description(p.oid, 'pg_proc')
        FROM pg_proc p WHERE p.pronamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1::text)
            AND p.prokind IN ('f', 'p', 'w') AND \(own("pg_proc", "p.oid"))
        """

    static let tables = """
        WITH \(relations)
        SELECT r.name, CASE WHEN r.relkind = 'p' THEN pg_get_partkeydef(r.oid) END,
            (SELECT p.relname::text FROM pg_inherits i JOIN pg_class p ON p.oid = i.inhparent
             WHERE i.inhrelid = r.oid AND r.relispartition),
            pg_get_expr(c.relpartbound, c.oid), c.relpersistence = 'u',
            ARRAY(SELECT unnest(c.reloptions) ORDER BY 1), c.relrowsecurity, c.relforcerowsecurity,
            c.relreplident::text, obj_description(r.oid, 'pg_class')
        FROM relation r JOIN pg_class c ON c.oid = r.oid WHERE r.relkind IN ('r', 'p')
        """

    /// Those of partitions follow from their tables.
    static let columns = """
        WITH \(relations)
        SELECT r.name, a.attname::text, a.attnum::bigint, format_type(a.atttypid, a.atttypmod), NOT a.attnotnull,
            CASE WHEN a.attcollation <> t.typcollation THEN a.attcollation::regcollation::text END,
            CASE a.attidentity WHEN 'a' THEN 'ALWAYS' WHEN 'd' THEN 'BY DEFAULT' END,
            CASE a.attgenerated WHEN 's' THEN pg_get_expr(f.adbin, f.adrelid) END,
            CASE a.attgenerated WHEN '' THEN pg_get_expr(f.adbin, f.adrelid) END,
            col_description(r.oid, a.attnum), s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, s.seqcycle,
            format_type(s.seqtypid, NULL)
        FROM relation r JOIN pg_attribute a ON a.attrelid = r.oid JOIN pg_type t ON t.oid = a.atttypid
        LEFT JOIN pg_attrdef f ON f.adrelid = r.oid AND f.adnum = a.attnum
        LEFT JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = r.oid
            AND d.refobjsubid = a.attnum AND d.deptype = 'i' AND d.classid = 'pg_class'::regclass
        LEFT JOIN pg_sequence s ON s.seqrelid = d.objid
        WHERE r.relkind IN ('r', 'p') AND NOT r.relispartition AND a.attnum > 0 AND NOT a.attisdropped
        """

    static let constraints = """
        WITH \(relations)
        SELECT r.name, c.conname::text, c.contype::text, pg_get_constraintdef(c.oid),
            obj_description(c.oid, 'pg_constraint')
        FROM relation r JOIN pg_constraint c ON c.conrelid = r.oid
        WHERE c.contype IN ('p', 'u', 'c', 'x', 'f') AND c.conparentid = 0 AND c.conislocal
        """

    static let indexes = """
        WITH \(relations)
        SELECT r.name, i.relname::text, x.indisunique, x.indisvalid,
            substr(pg_get_indexdef(i.oid), 1 + length(format('CREATE %sINDEX %I ON %s%I.%I ',
                CASE WHEN x.indisunique THEN 'UNIQUE ' END, i.relname,
                CASE WHEN r.relkind = 'p' THEN 'ONLY ' END, $1::text,
                r.name))),
            obj_description(i.oid, 'pg_class')
        FROM relation r JOIN pg_index x ON x.indrelid = r.oid JOIN pg_class i ON i.oid = x.indexrelid
        WHERE NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.oid AND c.contype IN ('p', 'u', 'x'))
            AND NOT i.relispartition
        """

    static let views = """
        WITH \(relations)
        SELECT r.name, pg_get_viewdef(r.oid), r.relkind = 'm', ARRAY(SELECT unnest(c.reloptions) ORDER BY 1),
            obj_description(r.oid, 'pg_class')
        FROM relation r JOIN pg_class c ON c.oid = r.oid WHERE r.relkind IN ('v', 'm')
        """

    static let triggers = """
        WITH \(relations)
        SELECT r.name, t.tgname::text,
            replace(pg_get_triggerdef(t.oid), format(' ON %I.%I ', $1::text, r.name), format(' ON %I ', r.name)),
            t.tgenabled::text, obj_description(t.oid, 'pg_trigger')
        FROM relation r JOIN pg_trigger t ON t.tgrelid = r.oid WHERE NOT t.tgisinternal AND t.tgparentid = 0
        """

    static let policies = """
        WITH \(relations)
        SELECT r.name, p.polname::text, p.polpermissive, p.polcmd::text,
            ARRAY(SELECT CASE o WHEN 0 THEN 'PUBLIC' ELSE o::regrole::text END FROM unnest(p.polroles) o ORDER BY 1),
            pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid),
            obj_description(p.oid, 'pg_policy')
        FROM relation r JOIN pg_policy p ON p.polrelid = r.oid
        """

    /// The server keeps the columns by their numbers, which differ where the same columns came another way.
    static let statistics = """
        WITH \(relations)
        SELECT r.name, s.stxname::text,
            substring(substr(pg_get_statisticsobjdef(s.oid),
                1 + length(format('CREATE STATISTICS %I.%I ', $1::text, s.stxname))) FROM '^(?:\\([a-z_, ]+\\) )?')
                || 'ON ' || (
                    SELECT string_agg(part, ', ' ORDER BY part) FROM (
                        SELECT quote_ident(a.attname) AS part FROM pg_attribute a
                            WHERE a.attrelid = s.stxrelid AND a.attnum = ANY (s.stxkeys::int2[])
                        UNION ALL SELECT '(' || e || ')' FROM unnest(pg_get_statisticsobjdef_expressions(s.oid)) e
                    ) AS listed),
            obj_description(s.oid, 'pg_statistic_ext')
        FROM relation r JOIN pg_statistic_ext s ON s.stxrelid = r.oid
        WHERE s.stxnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1::text)
        """

    /// Kind, table and name of what needs something, and the same of what it needs; kinds as numbers of
    /// `SchemaObjectName.Kind`.
    static let needs = """
        WITH \(relations), object (classid, objid, subid, kind, owner, name) AS (
            SELECT 'pg_class'::regclass, r.oid, 0, CASE WHEN r.relkind IN ('v', 'm') THEN 12 ELSE 5 END, NULL, r.name
                FROM relation r
            UNION ALL SELECT 'pg_type'::regclass, t.oid, 0, CASE WHEN r.relkind IN ('v', 'm') THEN 12 ELSE 5 END, NULL,
                r.name FROM relation r JOIN pg_type t ON t.typrelid = r.oid
            UNION ALL SELECT 'pg_type'::regclass, l.oid, 0, CASE WHEN r.relkind IN ('v', 'm') THEN 12 ELSE 5 END, NULL,
                r.name FROM relation r JOIN pg_type t ON t.typrelid = r.oid JOIN pg_type l ON l.oid = t.typarray
            UNION ALL SELECT 'pg_class'::regclass, r.oid, a.attnum,
                CASE WHEN r.relkind IN ('v', 'm') THEN 12 ELSE 6 END,
                CASE WHEN r.relkind IN ('r', 'p') THEN r.name END,
                CASE WHEN r.relkind IN ('v', 'm') THEN r.name ELSE a.attname END
                FROM relation r JOIN pg_attribute a ON a.attrelid = r.oid
                WHERE a.attnum > 0 AND NOT a.attisdropped AND NOT r.relispartition
            UNION ALL SELECT 'pg_class'::regclass, c.oid, 0, 3, NULL, c.relname FROM pg_class c
                WHERE c.relkind = 'S' AND c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1::text)
            UNION ALL SELECT 'pg_attrdef'::regclass, d.oid, 0, CASE a.attgenerated WHEN '' THEN 7 ELSE 6 END, r.name,
                a.attname FROM relation r JOIN pg_attrdef d ON d.adrelid = r.oid
                JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = d.adnum WHERE NOT r.relispartition
            UNION ALL SELECT 'pg_constraint'::regclass, c.oid, 0, CASE c.contype WHEN 'f' THEN 11 ELSE 9 END, r.name,
                c.conname FROM relation r JOIN pg_constraint c ON c.conrelid = r.oid
            UNION ALL SELECT 'pg_constraint'::regclass, c.oid, 0, 2, NULL, t.typname FROM pg_constraint c
                JOIN pg_type t ON t.oid = c.contypid
            UNION ALL SELECT 'pg_class'::regclass, x.indexrelid, 0, CASE WHEN c.oid IS NULL THEN 10 ELSE 9 END, r.name,
                coalesce(c.conname, i.relname) FROM relation r JOIN pg_index x ON x.indrelid = r.oid
                JOIN pg_class i ON i.oid = x.indexrelid
                LEFT JOIN pg_constraint c ON c.conindid = i.oid AND c.contype IN ('p', 'u', 'x')
            UNION ALL SELECT 'pg_rewrite'::regclass, w.oid, 0, 12, NULL, r.name FROM relation r
                JOIN pg_rewrite w ON w.ev_class = r.oid WHERE r.relkind IN ('v', 'm')
            UNION ALL SELECT 'pg_trigger'::regclass, t.oid, 0, 13, r.name, t.tgname FROM relation r
                JOIN pg_trigger t ON t.tgrelid = r.oid WHERE NOT t.tgisinternal
            UNION ALL SELECT 'pg_policy'::regclass, p.oid, 0, 14, r.name, p.polname FROM relation r
                JOIN pg_policy p ON p.polrelid = r.oid
            UNION ALL SELECT 'pg_statistic_ext'::regclass, s.oid, 0, 15, r.name, s.stxname FROM relation r
                JOIN pg_statistic_ext s ON s.stxrelid = r.oid
            UNION ALL SELECT 'pg_type'::regclass, t.oid, 0, CASE t.typtype WHEN 'e' THEN 1 ELSE 2 END, NULL, t.typname
                FROM pg_type t WHERE t.typtype IN ('e', 'd')
                AND t.typnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1::text)
            UNION ALL SELECT 'pg_type'::regclass, l.oid, 0, CASE t.typtype WHEN 'e' THEN 1 ELSE 2 END, NULL, t.typname
                FROM pg_type t JOIN pg_type l ON l.oid = t.typarray WHERE t.typtype IN ('e', 'd')
                AND t.typnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1::text)
            UNION ALL SELECT 'pg_proc'::regclass, p.oid, 0, 4, NULL,
                p.proname::text || '(' || oidvectortypes(p.proargtypes) || ')' FROM pg_proc p
                WHERE p.pronamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1::text)
            UNION ALL SELECT 'pg_extension'::regclass, x.oid, 0, 0, NULL, x.extname FROM pg_extension x
        ), link AS (
            SELECT classid, objid, objsubid, refclassid, refobjid, refobjsubid FROM pg_depend
            WHERE deptype IN ('n', 'a', 'i', 'P', 'S')
            -- What stands on an object of an extension stands on the extension.
            UNION ALL SELECT d.classid, d.objid, d.objsubid, e.refclassid, e.refobjid, 0 FROM pg_depend d
                JOIN pg_depend e ON e.classid = d.refclassid AND e.objid = d.refobjid AND e.deptype = 'e'
        )
        SELECT DISTINCT a.kind::bigint, a.owner::text, a.name::text, b.kind::bigint, b.owner::text, b.name::text
        FROM link d
        JOIN object a ON a.classid = d.classid AND a.objid = d.objid AND a.subid = d.objsubid
        JOIN object b ON b.classid = d.refclassid AND b.objid = d.refobjid AND b.subid = d.refobjsubid
        WHERE (a.kind, a.owner, a.name) IS DISTINCT FROM (b.kind, b.owner, b.name)
        """

    /// What a schema may hold besides.
    static let others = """
        WITH place AS (SELECT oid FROM pg_namespace WHERE nspname = $1::text)
        SELECT 'aggregate ' || p.oid::regprocedure FROM pg_proc p
            WHERE p.prokind = 'a' AND p.pronamespace = (SELECT oid FROM place) AND \(own("pg_proc", "p.oid"))
        UNION ALL SELECT 'type ' || t.typname FROM pg_type t LEFT JOIN pg_class c ON c.oid = t.typrelid
            WHERE t.typnamespace = (SELECT oid FROM place) AND (t.typtype = 'r' OR c.relkind = 'c'
                OR t.typtype = 'b' AND t.typcategory <> 'A') AND \(own("pg_type", "t.oid"))
        UNION ALL SELECT 'rule ' || w.rulename || ' on ' || c.relname
            FROM pg_rewrite w JOIN pg_class c ON c.oid = w.ev_class
            WHERE c.relnamespace = (SELECT oid FROM place) AND w.rulename <> '_RETURN' AND \(own("pg_rewrite", "w.oid"))
        UNION ALL SELECT 'foreign table ' || c.relname FROM pg_class c
            WHERE c.relkind = 'f' AND c.relnamespace = (SELECT oid FROM place) AND \(own("pg_class", "c.oid"))
        UNION ALL SELECT 'inheritance of ' || c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
            WHERE NOT c.relispartition AND c.relkind = 'r' AND c.relnamespace = (SELECT oid FROM place)
        UNION ALL SELECT 'collation ' || c.collname FROM pg_collation c
            WHERE c.collnamespace = (SELECT oid FROM place) AND \(own("pg_collation", "c.oid"))
        UNION ALL SELECT 'operator ' || o.oid::regoperator FROM pg_operator o
            WHERE o.oprnamespace = (SELECT oid FROM place) AND \(own("pg_operator", "o.oid"))
        UNION ALL SELECT 'text search configuration ' || c.cfgname FROM pg_ts_config c
            WHERE c.cfgnamespace = (SELECT oid FROM place) AND \(own("pg_ts_config", "c.oid"))
        """
}

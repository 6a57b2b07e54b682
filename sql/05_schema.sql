-- The schema may exist before the extension (a restored dump makes it first),
-- but then it is nobody else's: whoever owns it, may create in it, or has left
-- functions or operators there could capture names that the extension uses.

DO $$
DECLARE
	stranger text;
BEGIN
	SELECT s.what INTO stranger
	FROM (
		SELECT pg_catalog.format('It belongs to %I.', r.rolname) AS what
		FROM pg_catalog.pg_namespace n
		JOIN pg_catalog.pg_roles r ON r.oid OPERATOR(pg_catalog.=) n.nspowner
		WHERE n.nspname OPERATOR(pg_catalog.=) '@extschema@'
			AND NOT r.rolsuper AND r.rolname OPERATOR(pg_catalog.<>) current_user
		UNION ALL
		SELECT pg_catalog.format('%s may create objects in it.', COALESCE(pg_catalog.quote_ident(r.rolname), 'PUBLIC'))
		FROM pg_catalog.pg_namespace n
		CROSS JOIN LATERAL pg_catalog.aclexplode(n.nspacl) a
		LEFT JOIN pg_catalog.pg_roles r ON r.oid OPERATOR(pg_catalog.=) a.grantee
		WHERE n.nspname OPERATOR(pg_catalog.=) '@extschema@'
			AND a.privilege_type OPERATOR(pg_catalog.=) 'CREATE'
			AND NOT COALESCE(r.rolsuper OR r.rolname OPERATOR(pg_catalog.=) current_user, false)
		UNION ALL
		SELECT pg_catalog.format('%I owns something in it.', r.rolname)
		FROM pg_catalog.pg_depend d
		JOIN pg_catalog.pg_namespace n ON d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_namespace'::pg_catalog.regclass
			AND n.oid OPERATOR(pg_catalog.=) d.refobjid
		JOIN pg_catalog.pg_shdepend o ON o.classid OPERATOR(pg_catalog.=) d.classid
			AND o.objid OPERATOR(pg_catalog.=) d.objid AND o.deptype OPERATOR(pg_catalog.=) 'o'
			AND o.dbid OPERATOR(pg_catalog.=) (SELECT b.oid FROM pg_catalog.pg_database b
				WHERE b.datname OPERATOR(pg_catalog.=) pg_catalog.current_database())
		JOIN pg_catalog.pg_roles r ON r.oid OPERATOR(pg_catalog.=) o.refobjid
		WHERE n.nspname OPERATOR(pg_catalog.=) '@extschema@'
			AND NOT r.rolsuper
			-- fact views that an earlier installation left
			AND NOT (r.rolname OPERATOR(pg_catalog.=) 'meso_audit_engine'
					 AND d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass)
	) s
	LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'schema @extschema@ exists and is not safe to install into'
			USING ERRCODE = 'insufficient_privilege', DETAIL = stranger,
				HINT = 'Drop or rename the schema, or give it and all that it holds to a superuser.';
	END IF;
END
$$;

CREATE FUNCTION @extschema@.pass_comments_on(source regclass, target regclass)
RETURNS void
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE COST 1000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	command text;
BEGIN
	FOR command IN
		SELECT format('COMMENT ON COLUMN %s.%I IS %L', target, t.attname, col_description(source, s.attnum))
		FROM pg_attribute t
		JOIN pg_attribute s ON s.attrelid = source AND s.attname = t.attname AND s.attnum > 0
		WHERE t.attrelid = target AND t.attnum > 0 AND NOT t.attisdropped
			AND col_description(source, s.attnum) IS NOT NULL
			AND col_description(target, t.attnum) IS NULL
	LOOP
		EXECUTE command;
	END LOOP;
END
$$;
COMMENT ON FUNCTION @extschema@.pass_comments_on(regclass, regclass) IS
'Gives columns of a view or row type without a comment that of the column of the same name in another relation.';

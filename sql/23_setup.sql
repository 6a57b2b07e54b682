-- What cannot be a member of the extension: the engine's role, the fact views,
-- and what other rooms keep outside. setup() makes it, any number of times.

CREATE FUNCTION @extschema@.setup_engine_role()
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
DECLARE
	engine pg_roles;
BEGIN
	SELECT * INTO engine FROM pg_roles WHERE rolname = 'meso_audit_engine';
	IF NOT FOUND THEN
		CREATE ROLE meso_audit_engine NOLOGIN NOSUPERUSER NOINHERIT NOCREATEDB NOCREATEROLE
			NOREPLICATION NOBYPASSRLS;
		COMMENT ON ROLE meso_audit_engine IS
			'Owner of the fact views of meso_audit; what the audit may read is what this role may read.';
	ELSIF engine.rolsuper OR engine.rolcanlogin OR engine.rolbypassrls OR engine.rolcreaterole
		OR engine.rolcreatedb OR engine.rolreplication
		OR EXISTS (SELECT FROM pg_auth_members m WHERE m.member = engine.oid) THEN
		RAISE EXCEPTION 'role meso_audit_engine has rights that it must not have'
			USING ERRCODE = 'invalid_role_specification',
				DETAIL = 'It must be NOLOGIN, without superuser, CREATEROLE, CREATEDB, REPLICATION and BYPASSRLS, and a member of no role.',
				HINT = 'Alter the role, or drop it and run meso_audit.setup() again.';
	END IF;
	GRANT USAGE ON SCHEMA @extschema@ TO meso_audit_engine;
	REVOKE CREATE ON SCHEMA @extschema@ FROM meso_audit_engine;
END
$$;
COMMENT ON FUNCTION @extschema@.setup_engine_role() IS
'Creates the role meso_audit_engine, or refuses one that has too many rights; for setup().';

CREATE FUNCTION @extschema@.members(catalog regclass)
RETURNS SETOF oid
LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 100 ROWS 500
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
	SELECT d.objid
	FROM pg_extension e
	JOIN pg_depend d ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
		AND d.deptype = 'e' AND d.classid = members.catalog
	WHERE e.extname = 'meso_audit';
$$;
COMMENT ON FUNCTION @extschema@.members(regclass) IS
'Objects of one system catalog that belong to the extension.';

CREATE FUNCTION @extschema@.engine_owns_writers()
RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE COST 1000
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
	SELECT NOT EXISTS (
		SELECT
		FROM members('pg_proc') m(objid)
		JOIN pg_proc p ON p.oid = m.objid AND p.prosecdef
		WHERE p.proowner::regrole::text <> 'meso_audit_engine');
$$;
COMMENT ON FUNCTION @extschema@.engine_owns_writers() IS
'Whether the functions that write for others run as the engine; not so after an installation, update or restore until setup() has run.';

CREATE FUNCTION @extschema@.require_engine()
RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE COST 1000
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
DECLARE
	missing text;
BEGIN
	IF current_user <> 'meso_audit_engine' THEN
		RAISE EXCEPTION 'meso_audit is not set up: its writers do not run as meso_audit_engine'
			USING ERRCODE = 'object_not_in_prerequisite_state',
				HINT = 'Have a superuser run SELECT meso_audit.setup(), as after every installation, update and restore.';
	END IF;
	-- not by fact_view(): claims wait for this
	SELECT string_agg(f.fact, ', ' ORDER BY f.seq) INTO missing
	FROM fact f WHERE to_regclass(format('@extschema@.%I', f.fact)) IS NULL;
	IF missing IS NOT NULL THEN
		RAISE EXCEPTION 'fact views are missing: %', missing
			USING ERRCODE = 'undefined_table',
				DETAIL = 'They went with the tables that they were bound to.',
				HINT = 'Bind them again with meso_audit.bind_fact(), or have a superuser run SELECT meso_audit.setup() to go on without them.';
	END IF;
END
$$;
COMMENT ON FUNCTION @extschema@.require_engine() IS
'Refuses to go on unless the current user is the engine and every fact has its view: first call of every writer that reads facts.';

CREATE FUNCTION @extschema@.is_set_up()
RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE COST 100
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
	SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = 'meso_audit_engine')
		AND (SELECT count(*) FROM pg_event_trigger
			 WHERE evtname IN ('meso_audit_guard_start', 'meso_audit_guard_drop')) = 2
		AND NOT EXISTS (SELECT FROM fact f WHERE fact_view(f.fact) IS NULL)
		AND engine_owns_writers();
$$;
COMMENT ON FUNCTION @extschema@.is_set_up() IS
'Whether the engine role, all fact views and the drop guard exist, and the functions that write for others run as the engine.';

-- Other rooms hook in by a function setup_NAME() without arguments: creates
-- what that room keeps outside the extension's membership (views over facts),
-- any number of times.
CREATE FUNCTION @extschema@.setup()
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10000
SET search_path = pg_catalog, @extschema@, pg_temp
SET client_min_messages = warning
AS $$
DECLARE
	missing text;
	hook regprocedure;
BEGIN
	IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
		IF is_set_up() THEN
			RETURN;
		END IF;
		RAISE EXCEPTION 'only a superuser can set up meso_audit'
			USING ERRCODE = 'insufficient_privilege',
				DETAIL = 'It creates a role, views that the role owns, and an event trigger.',
				HINT = 'Have a superuser run SELECT meso_audit.setup() once in this database.';
	END IF;

	PERFORM setup_engine_role();
	FOR missing IN SELECT f.fact FROM fact f WHERE fact_view(f.fact) IS NULL ORDER BY f.seq LOOP
		PERFORM write_fact_view(missing, NULL, '{}');
	END LOOP;

	FOR hook IN
		SELECT p.oid
		FROM pg_extension e
		JOIN pg_depend d ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
			AND d.deptype = 'e' AND d.classid = 'pg_proc'::regclass
		JOIN pg_proc p ON p.oid = d.objid
		WHERE e.extname = 'meso_audit' AND p.proname LIKE 'setup\_%' AND p.pronargs = 0
			AND p.proname NOT IN ('setup_engine_role', 'setup_engine_grants', 'setup_grants')
		ORDER BY p.proname
	LOOP
		EXECUTE format('SELECT %s', hook);
	END LOOP;
	PERFORM setup_grants();
END
$$;
COMMENT ON FUNCTION @extschema@.setup() IS
'Creates what stands outside the extension: role meso_audit_engine, the empty fact views, the views that need them, the drop guard, and the grants of all of them. May be run again at any time; run by the first bind_fact.';

\echo Use "ALTER EXTENSION meso_audit UPDATE TO '0.2.0'" to load this file. \quit

CREATE FUNCTION @extschema@.library_fits()
RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE COST 10
BEGIN ATOMIC
	SELECT @extschema@.library_version() OPERATOR(pg_catalog.=) e.extversion
	FROM pg_catalog.pg_extension e
	WHERE e.extname OPERATOR(pg_catalog.=) 'meso_audit';
END;
COMMENT ON FUNCTION @extschema@.library_fits() IS
'Whether the loaded library and the SQL objects are of one version; if not, run ALTER EXTENSION meso_audit UPDATE, or reconnect.';

-- The last line of every update: the fact views get new columns of the contract.
SELECT @extschema@.refresh_facts();

-- Every update ends so: the fact views, which are no members, follow.
SELECT @extschema@.refresh_facts();

\echo Use "CREATE EXTENSION meso_audit" to load this file. \quit

DO $$
BEGIN
	IF pg_catalog.current_setting('server_encoding') OPERATOR(pg_catalog.<>) 'UTF8' THEN
		RAISE EXCEPTION 'meso_audit needs a UTF8 database'
			USING ERRCODE = 'feature_not_supported',
				HINT = 'Create the database with ENCODING ''UTF8''.';
	END IF;
END
$$;

CREATE FUNCTION @extschema@.library_version()
RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'meso_audit_library_version';
COMMENT ON FUNCTION @extschema@.library_version() IS
'Version that the loaded library was built as; differs from pg_extension.extversion until ALTER EXTENSION UPDATE.';

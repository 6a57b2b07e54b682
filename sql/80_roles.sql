-- Who may do what: grants of the engine and of the roles of an office.

CREATE FUNCTION @extschema@.setup_grants()
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
BEGIN
	GRANT SELECT ON ALL TABLES IN SCHEMA @extschema@ TO meso_audit_engine;
END
$$;
COMMENT ON FUNCTION @extschema@.setup_grants() IS
'Gives the engine and the roles of create_roles what they need of the extension; for setup().';

-- The drop guard: the extension is not lost while it holds findings.
--
-- A member event trigger dies in the very command that it should stop, and so
-- would one whose function stands in the extension's schema. So the guard is
-- not a member and lives in a schema of its own. When sql_drop fires the
-- tables are gone already, so what they held is noted when the command starts.

CREATE FUNCTION @extschema@.setup_guard()
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000
SET search_path = pg_catalog, @extschema@, pg_temp
AS $setup$
BEGIN
	IF (SELECT count(*) FROM pg_event_trigger
		WHERE evtname IN ('meso_audit_guard_start', 'meso_audit_guard_drop')) = 2 THEN
		RETURN;
	END IF;
	DROP EVENT TRIGGER IF EXISTS meso_audit_guard_start;
	DROP EVENT TRIGGER IF EXISTS meso_audit_guard_drop;
	DROP SCHEMA IF EXISTS meso_audit_guard CASCADE;
	CREATE SCHEMA meso_audit_guard;
	COMMENT ON SCHEMA meso_audit_guard IS
		'Keeps meso_audit from being dropped while it holds findings.';

	CREATE FUNCTION meso_audit_guard.note_findings()
	RETURNS event_trigger
	LANGUAGE plpgsql VOLATILE SECURITY DEFINER PARALLEL UNSAFE COST 100
	SET search_path = pg_catalog, pg_temp
	AS $$
	DECLARE
		held text := '';
		kept regclass;
		found_any boolean;
	BEGIN
		FOR kept IN
			SELECT c.oid
			FROM pg_class c
			JOIN pg_namespace n ON n.oid = c.relnamespace
			WHERE n.nspname = 'meso_audit' AND c.relname IN ('finding', 'finding_log') AND c.relkind IN ('r', 'p')
		LOOP
			EXECUTE format('SELECT EXISTS (SELECT FROM %s)', kept) INTO found_any;
			IF found_any THEN
				held := 'yes';
			END IF;
		END LOOP;
		PERFORM set_config('meso_audit_guard.findings', held, true);
	END
	$$;
	COMMENT ON FUNCTION meso_audit_guard.note_findings() IS
		'Notes whether meso_audit holds findings, before a command drops anything.';

	CREATE FUNCTION meso_audit_guard.refuse_loss()
	RETURNS event_trigger
	LANGUAGE plpgsql VOLATILE SECURITY DEFINER PARALLEL UNSAFE COST 100
	SET search_path = pg_catalog, pg_temp
	AS $$
	BEGIN
		IF current_setting('meso_audit_guard.findings', true) = 'yes' AND EXISTS (
			SELECT FROM pg_event_trigger_dropped_objects() d
			WHERE d.object_type = 'extension' AND d.object_identity = 'meso_audit') THEN
			RAISE EXCEPTION 'extension meso_audit holds findings and is not dropped'
				USING ERRCODE = 'dependent_objects_still_exist',
					DETAIL = 'Findings and their log would be lost.',
					HINT = 'Dump them first; then DROP EVENT TRIGGER meso_audit_guard_drop lets it go.';
		END IF;
	END
	$$;
	COMMENT ON FUNCTION meso_audit_guard.refuse_loss() IS
		'Refuses a command that drops extension meso_audit while it holds findings.';

	REVOKE ALL ON FUNCTION meso_audit_guard.note_findings(), meso_audit_guard.refuse_loss() FROM PUBLIC;
	CREATE EVENT TRIGGER meso_audit_guard_start ON ddl_command_start
		WHEN TAG IN ('DROP EXTENSION', 'DROP SCHEMA', 'DROP OWNED')
		EXECUTE FUNCTION meso_audit_guard.note_findings();
	COMMENT ON EVENT TRIGGER meso_audit_guard_start IS
		'Notes whether meso_audit holds findings, before a command drops anything.';
	CREATE EVENT TRIGGER meso_audit_guard_drop ON sql_drop
		WHEN TAG IN ('DROP EXTENSION', 'DROP SCHEMA', 'DROP OWNED')
		EXECUTE FUNCTION meso_audit_guard.refuse_loss();
	COMMENT ON EVENT TRIGGER meso_audit_guard_drop IS
		'Refuses to lose meso_audit while it holds findings. To drop the extension with its findings, drop this trigger first.';
END
$setup$;
COMMENT ON FUNCTION @extschema@.setup_guard() IS
'Creates the event triggers that keep the extension from being dropped while it holds findings; for setup().';

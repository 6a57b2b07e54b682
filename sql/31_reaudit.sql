-- Whom changes concern that no check at commit follows up.

CREATE TABLE @extschema@.reaudit_queue
(
	about		text NOT NULL CHECK (about IN ('rule', 'knowledge', 'person', 'institution', 'practitioner', 'fact')),
	subject		text NOT NULL,
	reason		text NOT NULL,
	noted_at	timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
	noted_by	text NOT NULL DEFAULT session_user,
	run_id		bigint,
	PRIMARY KEY (about, subject)
);
COMMENT ON TABLE @extschema@.reaudit_queue IS
'待重审: rules, knowledge, persons, institutions and practitioners that changed, and facts emptied at once: they act at the next audit. An audit of all days by all rules takes off what it saw when it began.';
COMMENT ON COLUMN @extschema@.reaudit_queue.about IS 'rule, knowledge, person, institution, practitioner, or fact (a whole table)';
COMMENT ON COLUMN @extschema@.reaudit_queue.subject IS 'Code of the rule, * for all; rule kind, group or item code, known_code for the catalogues; number of the person; code of the institution or practitioner; name of the fact';
COMMENT ON COLUMN @extschema@.reaudit_queue.reason IS 'What happened last';
COMMENT ON COLUMN @extschema@.reaudit_queue.noted_at IS 'When';
COMMENT ON COLUMN @extschema@.reaudit_queue.noted_by IS 'Who was logged in';
COMMENT ON COLUMN @extschema@.reaudit_queue.run_id IS 'Audit of all days by all rules that saw it when it began, and takes it off when it ends; NULL: none since it was noted last';
SELECT pg_catalog.pg_extension_config_dump('@extschema@.reaudit_queue', '');

CREATE FUNCTION @extschema@.note_reaudit(about text, subjects text[], reason text)
RETURNS void
LANGUAGE sql VOLATILE PARALLEL UNSAFE COST 100
SECURITY DEFINER
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
	INSERT INTO reaudit_queue AS q (about, subject, reason)
	SELECT note_reaudit.about, u.subject, note_reaudit.reason
	FROM (SELECT DISTINCT s FROM unnest(subjects) s WHERE s IS NOT NULL) AS u(subject)
	ORDER BY u.subject COLLATE "C"
	ON CONFLICT (about, subject) DO UPDATE
	SET reason = excluded.reason, noted_at = excluded.noted_at, noted_by = excluded.noted_by,
		run_id = NULL
$$;
COMMENT ON FUNCTION @extschema@.note_reaudit(text, text[], text) IS
'Notes whom a change concerns in reaudit_queue; for the writers of rules and knowledge and the triggers of attach_checks().';
REVOKE EXECUTE ON FUNCTION @extschema@.note_reaudit(text, text[], text) FROM PUBLIC;

CREATE FUNCTION @extschema@.note_truncate()
RETURNS trigger
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100
SECURITY DEFINER
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
BEGIN
	PERFORM note_reaudit('fact', ARRAY[TG_ARGV[0]], 'TRUNCATE');
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @extschema@.note_truncate() IS
'Trigger of attach_checks(): notes that a table was emptied at once, which no trigger for rows sees.';

/*
 * The column is of a text type: nothing of the table's owner runs here.
 */
CREATE FUNCTION @extschema@.note_subjects()
RETURNS trigger
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100
SECURITY DEFINER
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
DECLARE
	subjects	text[];
BEGIN
	IF NOT EXISTS (SELECT FROM pg_attribute a
			WHERE a.attrelid = TG_RELID AND a.attname = TG_ARGV[1]
				AND a.atttypid IN ('text'::regtype, 'varchar'::regtype, 'bpchar'::regtype)) THEN
		RAISE EXCEPTION 'column "%" of % is no text', TG_ARGV[1], TG_RELID::regclass
			USING ERRCODE = 'datatype_mismatch';
	END IF;
	EXECUTE format('SELECT array_agg(DISTINCT c.%I::text) FROM changed c', TG_ARGV[1]) INTO subjects;
	PERFORM note_reaudit(TG_ARGV[0], subjects, TG_OP);
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @extschema@.note_subjects() IS
'Trigger of attach_checks(): notes whose attributes changed, persons, institutions or practitioners, in reaudit_queue.';

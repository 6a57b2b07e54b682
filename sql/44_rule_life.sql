-- The life of a rule: changes, versions of one area, pilots, trials, ends.

/*
 * A version as it would be written: what "change" names, the rest as in the
 * version that holds at the place. One description for change_rule() and for
 * trial_rule(), so that what was tried is what is written.
 */
CREATE FUNCTION @extschema@.changed_rule(code text, change jsonb, area text DEFAULT '', pilot text[] DEFAULT NULL)
RETURNS @extschema@.rule
LANGUAGE plpgsql STABLE PARALLEL SAFE COST 500
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
DECLARE
	base	rule;
	unknown	text;
BEGIN
	IF change IS NULL THEN
		RAISE EXCEPTION 'the change of rule "%" is missing', changed_rule.code
			USING ERRCODE = 'null_value_not_allowed', HINT = 'For example {"params": {"max": 3}}.';
	END IF;
	SELECT r.* INTO base
	FROM rule r
	WHERE r.code = changed_rule.code AND r.status <> 'void' AND starts_with(COALESCE(changed_rule.area, ''), r.area)
		AND NOT EXISTS (
			SELECT FROM rule n
			WHERE n.code = r.code AND n.version > r.version AND n.area = r.area AND n.status = 'void'
				AND n.decides @> r.decides)
	-- what is active holds; of a rule that never was, the latest draft
	ORDER BY r.status = 'active' DESC, length(r.area) DESC, r.pilot IS NOT NULL, r.version DESC
	LIMIT 1;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'there is no rule "%" to change', changed_rule.code
			USING ERRCODE = 'undefined_object', HINT = 'create_rule() writes a new one.';
	END IF;
	SELECT k.name INTO unknown FROM jsonb_object_keys(change) AS k(name)
	WHERE k.name NOT IN ('params', 'codes', 'scope', 'action', 'certainty', 'valid', 'title', 'legal_basis', 'bounds', 'template')
	LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'a change of rule "%" names "%", which is none of its parts', changed_rule.code, unknown
			USING ERRCODE = 'invalid_parameter_value',
				HINT = 'Parts are params, codes, scope, action, certainty, valid, title, legal_basis, bounds, template.';
	END IF;
	base.params := base.params || COALESCE(change -> 'params', '{}');
	IF change ? 'codes' THEN
		base.codes := CASE jsonb_typeof(change -> 'codes')
			WHEN 'array' THEN ARRAY(SELECT jsonb_array_elements_text(change -> 'codes')) END;
	END IF;
	base.scope := COALESCE(change -> 'scope', base.scope);
	base.action := COALESCE(change ->> 'action', base.action);
	base.certainty := COALESCE(change ->> 'certainty', base.certainty);
	base.valid := COALESCE((change ->> 'valid')::daterange, base.valid);
	base.decides := base.valid;
	base.title := COALESCE(change ->> 'title', base.title);
	base.legal_basis := COALESCE(change ->> 'legal_basis', base.legal_basis);
	base.bounds := COALESCE(change -> 'bounds', base.bounds);
	base.template := COALESCE(change ->> 'template', base.template);
	base.area := COALESCE(changed_rule.area, '');
	base.pilot := changed_rule.pilot;
	base.version := (SELECT max(r.version) + 1 FROM rule r WHERE r.code = base.code);
	base.status := 'draft';
	base.origin := 'local';
	base.created_by := session_user;
	base.created_at := now();
	base.approved_by := NULL;
	base.approved_at := NULL;
	RETURN base;
END
$$;
COMMENT ON FUNCTION @extschema@.changed_rule(text, jsonb, text, text[]) IS
'A rule''s next version as change_rule() would write it: the parts that "change" names (of params: the names it gives, null takes one away), all else as in the version that holds in the area.';

CREATE FUNCTION @extschema@.change_rule(code text, change jsonb, area text DEFAULT '', pilot text[] DEFAULT NULL,
	status text DEFAULT 'draft')
RETURNS @extschema@.rule_version
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
DECLARE
	given	rule;
BEGIN
	LOCK TABLE rule IN SHARE ROW EXCLUSIVE MODE;
	given := changed_rule(change_rule.code, change_rule.change, change_rule.area, change_rule.pilot);
	given.status := change_rule.status;
	RETURN write_rule(given);
END
$$;
COMMENT ON FUNCTION @extschema@.change_rule(text, jsonb, text, text[], text) IS
'变更规则: the next version of a rule, changed in the parts that "change" names: {"params": {"max": 3}, "valid": "[2026-07-01,)"}. For an area (2, 4 or 6 digits) it is that area''s own version, which wins there over the province''s; for a pilot, that of the institutions listed. Returns code and version.';

CREATE FUNCTION @extschema@.start_trial(code text, version integer)
RETURNS @extschema@.rule_version
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
DECLARE
	made	rule_version;
BEGIN
	LOCK TABLE rule IN SHARE ROW EXCLUSIVE MODE;
	UPDATE rule r SET status = 'trial', edition = nextval('rule_edition')
	WHERE r.code = start_trial.code AND r.version = start_trial.version AND r.status = 'draft'
	RETURNING r.code, r.version INTO made;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'version % of rule "%" is no draft', start_trial.version, start_trial.code
			USING ERRCODE = 'object_not_in_prerequisite_state';
	END IF;
	RETURN made;
END
$$;
COMMENT ON FUNCTION @extschema@.start_trial(text, integer) IS
'试运行: from now on the batch audit judges by the draft into trial_result; it gives no finding before it is approved.';

CREATE FUNCTION @extschema@.discard_rule(code text, version integer)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
BEGIN
	LOCK TABLE rule IN SHARE ROW EXCLUSIVE MODE;
	-- it decides no day: what was in force stays so
	UPDATE rule r SET status = 'void', decides = 'empty', edition = nextval('rule_edition')
	WHERE r.code = discard_rule.code AND r.version = discard_rule.version AND r.status IN ('draft', 'trial');
	IF NOT FOUND THEN
		RAISE EXCEPTION 'version % of rule "%" is neither draft nor trial', discard_rule.version, discard_rule.code
			USING ERRCODE = 'object_not_in_prerequisite_state',
				HINT = 'A version that is active is ended by retire_rule() or void_rule().';
	END IF;
END
$$;
COMMENT ON FUNCTION @extschema@.discard_rule(text, integer) IS
'放弃草案: puts a draft or trial version away; it stays in the history.';

CREATE FUNCTION @extschema@.end_override(code text, area text, until date)
RETURNS @extschema@.rule_version
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
DECLARE
	old	rule;
BEGIN
	IF until IS NULL OR COALESCE(area, '') = '' THEN
		RAISE EXCEPTION 'ending an area''s own version needs the area and a day'
			USING ERRCODE = 'null_value_not_allowed';
	END IF;
	SELECT * INTO old FROM active_versions(end_override.code, end_override.area) v ORDER BY v.version DESC LIMIT 1;
	PERFORM require_second_person(format('Ending version %s of rule "%s"', old.version, old.code), old.created_by);
	RETURN follow_version(old, 'void', old.valid, daterange(until, NULL));
END
$$;
COMMENT ON FUNCTION @extschema@.end_override(text, text, date) IS
'终止地方版本: from that day on the version of the wider area judges the area again; by another user than the writer.';

CREATE FUNCTION @extschema@.rule_parts(of @extschema@.rule)
RETURNS TABLE (key text, value jsonb)
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 100 ROWS 20
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT e.key, e.value
	FROM jsonb_each(to_jsonb(of) - '{code,version,params,decides,status,origin,created_by,created_at,approved_by,approved_at,edition}'::text[]) e
	UNION ALL
	SELECT 'params.' || e.key, e.value FROM jsonb_each(of.params) e
$$;
COMMENT ON FUNCTION @extschema@.rule_parts(@extschema@.rule) IS
'What a version of a rule says, part by part, each parameter a part of its own.';

REVOKE ALL ON FUNCTION
	@extschema@.change_rule(text, jsonb, text, text[], text),
	@extschema@.start_trial(text, integer),
	@extschema@.discard_rule(text, integer),
	@extschema@.end_override(text, text, date)
FROM PUBLIC;

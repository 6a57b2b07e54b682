-- Writing rules: each change of a rule is a new version of it.

CREATE FUNCTION @extschema@.check_rule(template text, params jsonb, codes text[], scope jsonb, rule_code text)
RETURNS void
LANGUAGE c STABLE PARALLEL SAFE COST 100
AS 'MODULE_PATHNAME', 'meso_audit_check_rule';
COMMENT ON FUNCTION @extschema@.check_rule(text, jsonb, text[], jsonb, text) IS
'规则检查: raises 22023 unless the evaluator can judge by a rule like this; a parameter that nobody reads is refused. Codes NULL: by the knowledge points of its kind, which may bring what is missing; scope NULL: everywhere.';

CREATE TYPE @extschema@.rule_version AS
(
	code		text,
	version		integer
);
COMMENT ON TYPE @extschema@.rule_version IS
'规则版本: one version of one rule.';
COMMENT ON COLUMN @extschema@.rule_version.code IS 'Rule';
COMMENT ON COLUMN @extschema@.rule_version.version IS 'Its version';

CREATE FUNCTION @extschema@.approval_required()
RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE COST 10
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
	-- the library must be there first, or the setting may be a user's own
	SELECT library_version() IS NOT NULL AND current_setting('meso_audit.require_approval')::boolean
$$;
COMMENT ON FUNCTION @extschema@.approval_required() IS
'Does an active rule need a second person? Setting meso_audit.require_approval.';

CREATE FUNCTION @extschema@.require_second_person(what text, first_person text)
RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE COST 20
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
BEGIN
	IF approval_required() AND first_person = session_user THEN
		RAISE EXCEPTION '% needs a second person', what
			USING ERRCODE = 'insufficient_privilege',
				DETAIL = format('%s wrote it.', first_person),
				HINT = 'Another user has to do this, or a superuser turns meso_audit.require_approval off.';
	END IF;
END
$$;
COMMENT ON FUNCTION @extschema@.require_second_person(text, text) IS
'Raises 42501 where the setting asks for a second person and the session is the first.';

CREATE FUNCTION @extschema@.with_defaults(kind @extschema@.rule_kind, template text, params jsonb)
RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 50
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
	SELECT CASE WHEN template IS DISTINCT FROM kind.template OR jsonb_typeof(params) <> 'object'
		THEN COALESCE(params, '{}')
		ELSE kind.params
			-- either excludes the other
			- CASE WHEN params ? 'peer' THEN 'value' WHEN params ? 'value' THEN 'peer' ELSE '' END
			|| COALESCE(params, '{}') END
$$;
COMMENT ON FUNCTION @extschema@.with_defaults(@extschema@.rule_kind, text, jsonb) IS
'Parameters, completed by the kind''s own where the template is the kind''s.';

CREATE FUNCTION @extschema@.check_bounds(rule_code text, params jsonb, bounds jsonb)
RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 100
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
DECLARE
	b		record;
	inside	boolean;
BEGIN
	IF jsonb_typeof(bounds) <> 'object' OR EXISTS (
		SELECT FROM jsonb_each(bounds) e
		WHERE NOT (jsonb_typeof(e.value) = 'array' AND jsonb_array_length(e.value) = 2)) THEN
		RAISE EXCEPTION 'bounds of rule "%" are not a JSON object of pairs', rule_code
			USING ERRCODE = 'invalid_parameter_value',
				HINT = 'For example {"max": [1, 30], "period": ["7 days", null]}.';
	END IF;
	FOR b IN
		SELECT e.key, e.value -> 0 AS least, e.value -> 1 AS most, v.value
		FROM jsonb_each(bounds) e
		CROSS JOIN LATERAL (SELECT params #> string_to_array(e.key, '.')) AS p(given)
		CROSS JOIN LATERAL jsonb_array_elements(CASE jsonb_typeof(p.given)
			WHEN 'array' THEN p.given WHEN 'null' THEN '[]' ELSE jsonb_build_array(p.given) END) AS v(value)
		WHERE p.given IS NOT NULL
	LOOP
		BEGIN
			IF jsonb_typeof(b.value) = 'number' THEN
				inside := (b.value #>> '{}')::numeric >= COALESCE((b.least #>> '{}')::numeric, '-infinity')
					AND (b.value #>> '{}')::numeric <= COALESCE((b.most #>> '{}')::numeric, 'infinity');
			ELSE
				inside := (b.value #>> '{}')::interval >= COALESCE((b.least #>> '{}')::interval, (b.value #>> '{}')::interval)
					AND (b.value #>> '{}')::interval <= COALESCE((b.most #>> '{}')::interval, (b.value #>> '{}')::interval);
			END IF;
		EXCEPTION WHEN data_exception THEN
			inside := false;
		END;
		IF inside IS NOT TRUE THEN
			RAISE EXCEPTION 'parameter "%" of rule "%" is %, which is beyond its bounds', b.key, rule_code, b.value
				USING ERRCODE = 'invalid_parameter_value',
					HINT = format('It lies between %s and %s.', b.least, b.most);
		END IF;
	END LOOP;
END
$$;
COMMENT ON FUNCTION @extschema@.check_bounds(text, jsonb, jsonb) IS
'参数界限: raises 22023 where a parameter (of objects: name.name) lies beyond its bounds: numbers, lengths of time, or lists of either. A bound that is null is none.';

CREATE FUNCTION @extschema@.check_given(given @extschema@.rule)
RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE COST 200
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
DECLARE
	by_	text := CASE given.template WHEN 'aggregate_threshold' THEN COALESCE(given.params ->> 'by', 'person') END;
BEGIN
	IF given.template IS NULL THEN
		RAISE EXCEPTION 'rule "%" has no template', given.code
			USING ERRCODE = 'null_value_not_allowed',
				HINT = 'No template says this kind: ' || COALESCE((SELECT k.note FROM rule_kind k WHERE k.kind_code = given.kind_code), 'give one.');
	ELSIF given.status IS NULL OR given.status NOT IN ('draft', 'trial', 'active') THEN
		RAISE EXCEPTION 'rule "%" cannot begin as "%"', given.code, given.status
			USING ERRCODE = 'invalid_parameter_value', HINT = 'Begin as draft, trial or active.';
	ELSIF given.action IS NULL OR given.action NOT IN ('remind', 'flag', 'hold', 'deny') THEN
		RAISE EXCEPTION 'rule "%" has an unknown action "%"', given.code, given.action
			USING ERRCODE = 'invalid_parameter_value', HINT = 'Actions are remind, flag, hold, deny.';
	ELSIF given.certainty IS NULL OR given.certainty NOT IN ('violation', 'suspect') THEN
		RAISE EXCEPTION 'rule "%" has an unknown certainty "%"', given.code, given.certainty
			USING ERRCODE = 'invalid_parameter_value', HINT = 'Certainties are violation and suspect.';
	ELSIF isempty(given.valid) THEN
		RAISE EXCEPTION 'rule "%" is valid on no day', given.code
			USING ERRCODE = 'invalid_parameter_value';
	ELSIF given.area IS NULL OR given.area !~ '^([0-9]{2}){0,3}$' THEN
		RAISE EXCEPTION 'rule "%" is of an area "%" that is none', given.code, given.area
			USING ERRCODE = 'invalid_parameter_value', HINT = 'Areas have 2, 4 or 6 digits; everywhere has none.';
	ELSIF given.pilot IS NOT NULL AND (given.area <> '' OR cardinality(given.pilot) = 0 OR '' = ANY (given.pilot)
		OR array_position(given.pilot, NULL) IS NOT NULL) THEN
		RAISE EXCEPTION 'the pilot of rule "%" is not a list of institutions', given.code
			USING ERRCODE = 'invalid_parameter_value', HINT = 'A pilot is of institutions, not of an area.';
	ELSIF (given.area <> '' AND by_ = 'practitioner') OR (given.pilot IS NOT NULL AND by_ IN ('practitioner', 'person')) THEN
		-- who is in two places would be judged by two versions
		RAISE EXCEPTION 'rule "%" counts a %, who may be in several places: it has no versions of one place', given.code, by_
			USING ERRCODE = 'invalid_parameter_value', HINT = 'Write a rule of its own with that scope.';
	END IF;
	PERFORM check_rule(given.template, given.params, given.codes, given.scope, given.code);
	PERFORM check_bounds(given.code, given.params, given.bounds);
	PERFORM check_bounds(given.code, given.params, k.bounds) FROM rule_kind k WHERE k.kind_code = given.kind_code;
	IF given.area <> '' THEN
		-- what the province or everywhere has bounded, a city keeps to
		PERFORM check_bounds(given.code, given.params, f.bounds) FROM rule_in_force f
		WHERE f.code = given.code AND f.area <> given.area AND starts_with(given.area, f.area) AND f.pilot IS NULL;
	END IF;
END
$$;
COMMENT ON FUNCTION @extschema@.check_given(@extschema@.rule) IS
'Raises 22023 unless this could be a version of a rule: known words, parameters that its template reads and that keep to their bounds, one place.';

CREATE FUNCTION @extschema@.write_rule(given @extschema@.rule)
RETURNS @extschema@.rule_version
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
DECLARE
	made	rule_version;
BEGIN
	LOCK TABLE rule IN SHARE ROW EXCLUSIVE MODE;
	given.params := COALESCE(given.params, '{}');
	IF given.bounds IS NULL THEN
		SELECT r.bounds INTO given.bounds FROM rule r WHERE r.code = given.code ORDER BY r.version DESC LIMIT 1;
		given.bounds := COALESCE(given.bounds, '{}');
	END IF;
	PERFORM check_given(given);
	IF given.status = 'active' AND approval_required() THEN
		RAISE EXCEPTION 'an active rule needs the approval of a second person'
			USING ERRCODE = 'insufficient_privilege',
				HINT = 'Create it as a draft and let another user call approve_rule().';
	END IF;
	INSERT INTO rule (code, version, kind_code, template, params, codes, scope, action, certainty,
		valid, decides, title, legal_basis, status, area, pilot, bounds)
	VALUES (given.code, COALESCE((SELECT max(r.version) FROM rule r WHERE r.code = given.code), 0) + 1,
		given.kind_code, given.template, given.params, given.codes, given.scope, given.action, given.certainty,
		given.valid, COALESCE(given.decides, given.valid), given.title, given.legal_basis, given.status,
		given.area, given.pilot, given.bounds)
	RETURNING code, version INTO made;
	IF given.status = 'active' THEN
		PERFORM note_reaudit('rule', ARRAY[made.code], 'written');
	END IF;
	RETURN made;
END
$$;
COMMENT ON FUNCTION @extschema@.write_rule(@extschema@.rule) IS
'Writes a version of a rule, numbered next, after all checks; bounds that are NULL are those of the version before. For the functions that write rules.';
REVOKE ALL ON FUNCTION @extschema@.write_rule(@extschema@.rule) FROM PUBLIC;

CREATE FUNCTION @extschema@.create_rule(code text, kind text, template text, params jsonb,
	codes text[] DEFAULT NULL, scope jsonb DEFAULT '{}', action text DEFAULT 'flag',
	valid daterange DEFAULT NULL, title text DEFAULT NULL, status text DEFAULT 'draft')
RETURNS @extschema@.rule_version
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
DECLARE
	known rule_kind;
	given rule;
BEGIN
	IF create_rule.code IS NULL OR create_rule.code = '' THEN
		RAISE EXCEPTION 'a rule needs a code' USING ERRCODE = 'null_value_not_allowed';
	END IF;
	SELECT k.* INTO known FROM rule_kind k WHERE k.kind_code = kind_code_of(create_rule.kind);
	IF NOT FOUND THEN
		RAISE EXCEPTION 'rule "%" is of an unknown kind "%"', create_rule.code, create_rule.kind
			USING ERRCODE = 'invalid_parameter_value',
				HINT = 'Kinds are in rule_kind; a code or a Chinese or English name will do.';
	END IF;
	given.code := create_rule.code;
	given.kind_code := known.kind_code;
	given.template := COALESCE(create_rule.template, known.template);
	given.params := with_defaults(known, given.template, create_rule.params);
	given.codes := create_rule.codes;
	given.scope := COALESCE(create_rule.scope, '{}');
	given.action := create_rule.action;
	given.certainty := known.certainty;
	given.valid := COALESCE(create_rule.valid, '(,)');
	given.title := create_rule.title;
	given.status := create_rule.status;
	given.area := '';
	RETURN write_rule(given);
END
$$;
COMMENT ON FUNCTION @extschema@.create_rule(text, text, text, jsonb, text[], jsonb, text, daterange, text, text) IS
'创建规则: writes a rule, or the next version of the rule of that code, after the checks that every way of writing makes. The kind is a code or name; its certainty becomes the rule''s, and its template and parameters where none are given. Returns code and version.';

CREATE FUNCTION @extschema@.approve_rule(code text, version integer)
RETURNS @extschema@.rule_version
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
DECLARE
	draft	rule;
	newer	integer;
BEGIN
	LOCK TABLE rule IN SHARE ROW EXCLUSIVE MODE;
	SELECT r.* INTO draft FROM rule r
	WHERE r.code = approve_rule.code AND r.version = approve_rule.version;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'there is no version % of rule "%"', approve_rule.version, approve_rule.code
			USING ERRCODE = 'undefined_object';
	END IF;
	IF draft.status NOT IN ('draft', 'trial') THEN
		RAISE EXCEPTION 'version % of rule "%" is %, there is nothing to approve',
			draft.version, draft.code, draft.status
			USING ERRCODE = 'object_not_in_prerequisite_state';
	END IF;
	PERFORM require_second_person(format('Approving version %s of rule "%s"', draft.version, draft.code),
		draft.created_by);
	PERFORM check_given(draft);
	SELECT r.version INTO newer FROM rule r
	WHERE r.code = draft.code AND r.status = 'active' AND r.area = draft.area
		AND (r.pilot IS NULL OR draft.pilot IS NOT NULL)
		AND r.approved_at > draft.created_at AND r.bounds <> draft.bounds
	ORDER BY r.version DESC LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'version % of rule "%" was written before version % set other bounds', draft.version, draft.code, newer
			USING ERRCODE = 'object_not_in_prerequisite_state',
				HINT = 'Discard it and write it anew: change_rule() takes up the bounds in force.';
	END IF;
	UPDATE rule r SET status = 'active', approved_by = session_user, approved_at = now(),
		edition = nextval('rule_edition')
	WHERE r.code = draft.code AND r.version = draft.version;
	IF NOT EXISTS (SELECT FROM rule_in_force f WHERE f.code = draft.code AND f.version = draft.version) THEN
		RAISE EXCEPTION 'version % of rule "%" would judge nothing', draft.version, draft.code
			USING ERRCODE = 'object_not_in_prerequisite_state',
				DETAIL = 'Later versions decide all its days, or its scope lies outside its area.',
				HINT = 'Write it anew on the version that is in force.';
	END IF;
	PERFORM note_reaudit('rule', ARRAY[draft.code], 'approved');
	RETURN (draft.code, draft.version)::rule_version;
END
$$;
COMMENT ON FUNCTION @extschema@.approve_rule(text, integer) IS
'批准规则: makes a draft or trial version active; by another user than its writer.';

/*
 * "decides" of the rows is what later versions left of it, a row for each
 * range. A copy of such a row takes nothing from any other version.
 */
CREATE FUNCTION @extschema@.active_versions(code text, area text)
RETURNS SETOF @extschema@.rule
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100 ROWS 2
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
BEGIN
	LOCK TABLE rule IN SHARE ROW EXCLUSIVE MODE;
	RETURN QUERY
	SELECT (jsonb_populate_record(v.of_rule, jsonb_build_object('decides', d.d::text))).*
	FROM (
		SELECT r AS of_rule, datemultirange(r.decides) - COALESCE((
			SELECT range_agg(n.decides) FROM rule n
			WHERE n.code = r.code AND n.version > r.version AND n.area = r.area AND n.status IN ('active', 'void')
				AND (n.pilot IS NULL OR r.pilot IS NOT NULL)), '{}') AS days
		FROM rule r
		WHERE r.code = active_versions.code AND r.status = 'active' AND r.area = COALESCE(active_versions.area, r.area)
	) v, unnest(v.days) AS d(d)
	-- a later version of everywhere would end a pilot: the pilot comes last
	ORDER BY (v.of_rule).area, (v.of_rule).pilot IS NOT NULL, (v.of_rule).version;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'rule "%" has no active version%', active_versions.code, COALESCE(' in area ' || NULLIF(active_versions.area, ''), '')
			USING ERRCODE = 'undefined_object';
	END IF;
END
$$;
COMMENT ON FUNCTION @extschema@.active_versions(text, text) IS
'Active versions of a rule that decide some days, of one area (empty: everywhere; NULL: all areas), with the table locked against other writers.';
REVOKE ALL ON FUNCTION @extschema@.active_versions(text, text) FROM PUBLIC;

CREATE FUNCTION @extschema@.follow_version(of @extschema@.rule, status text, valid daterange, decides daterange)
RETURNS @extschema@.rule_version
LANGUAGE sql VOLATILE PARALLEL UNSAFE COST 500
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
	INSERT INTO rule (code, version, kind_code, template, params, codes, scope, action, certainty,
		valid, decides, title, legal_basis, status, approved_by, approved_at, area, pilot, bounds)
	SELECT o.code, (SELECT max(n.version) + 1 FROM rule n WHERE n.code = o.code), o.kind_code, o.template,
		o.params, o.codes, o.scope, o.action, o.certainty, $3, $4, o.title, o.legal_basis, $2, session_user, now(),
		o.area, o.pilot, o.bounds
	FROM (SELECT ($1).*) o
	RETURNING (code, version)::rule_version
$$;
COMMENT ON FUNCTION @extschema@.follow_version(@extschema@.rule, text, daterange, daterange) IS
'Copies a version of a rule into a new one with another status and other days; for functions that end versions.';
REVOKE ALL ON FUNCTION @extschema@.follow_version(@extschema@.rule, text, daterange, daterange) FROM PUBLIC;

CREATE FUNCTION @extschema@.retire_rule(code text, until date, area text DEFAULT NULL)
RETURNS @extschema@.rule_version
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
DECLARE
	old	rule;
	made rule_version;
BEGIN
	IF retire_rule.until IS NULL THEN
		RAISE EXCEPTION 'retiring a rule needs a day' USING ERRCODE = 'null_value_not_allowed';
	END IF;
	FOR old IN
		SELECT * FROM active_versions(retire_rule.code, retire_rule.area) v
		WHERE v.decides && daterange(retire_rule.until, NULL)
	LOOP
		PERFORM require_second_person(format('Retiring version %s of rule "%s"', old.version, old.code), old.created_by);
		made := follow_version(old, 'active', old.valid * daterange(NULL, retire_rule.until), old.decides);
	END LOOP;
	IF made IS NULL THEN
		RAISE EXCEPTION 'rule "%" judges no day from % on', retire_rule.code, retire_rule.until
			USING ERRCODE = 'object_not_in_prerequisite_state';
	END IF;
	PERFORM note_reaudit('rule', ARRAY[retire_rule.code], 'retired');
	RETURN made;
END
$$;
COMMENT ON FUNCTION @extschema@.retire_rule(text, date, text) IS
'停用规则: the rule judges days before that day only, in one area (empty: where no area has a version of its own) or, without area, in all; by another user than the writer of the active version.';

CREATE FUNCTION @extschema@.void_rule(code text, area text DEFAULT NULL)
RETURNS @extschema@.rule_version
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
DECLARE
	old	rule;
	made rule_version;
BEGIN
	FOR old IN
		SELECT DISTINCT ON (v.area, v.pilot IS NOT NULL) v.*
		FROM active_versions(void_rule.code, void_rule.area) v
		ORDER BY v.area, v.pilot IS NOT NULL, v.version DESC
	LOOP
		PERFORM require_second_person(format('Voiding version %s of rule "%s"', old.version, old.code), old.created_by);
		made := follow_version(old, 'void', old.valid, '(,)');
	END LOOP;
	PERFORM note_reaudit('rule', ARRAY[void_rule.code], 'voided');
	RETURN made;
END
$$;
COMMENT ON FUNCTION @extschema@.void_rule(text, text) IS
'作废规则: as if the rule had never been; the next audit withdraws its findings. Of an area: as if the area had no version of its own, so that the wider one judges it. By another user than the writer of the active version.';

CREATE FUNCTION @extschema@.add_exemption(reason text, rule_code text DEFAULT NULL, psn_no text DEFAULT NULL,
	fixmedins_code text DEFAULT NULL, diag_code text DEFAULT NULL, code text DEFAULT NULL,
	valid daterange DEFAULT '(,)')
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 500
SECURITY DEFINER
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	made	bigint;
BEGIN
	IF COALESCE($1, '') !~ '\S' THEN
		RAISE EXCEPTION 'an exemption needs a reason'
			USING ERRCODE = 'check_violation', HINT = 'It is the first argument.';
	ELSIF num_nonnulls($3, $4, $5, $6) = 0 THEN
		RAISE EXCEPTION 'an exemption of everybody from everything is none'
			USING ERRCODE = 'check_violation',
				HINT = 'Give psn_no, fixmedins_code, diag_code or code; a rule that shall judge nobody is retired.';
	ELSIF $2 IS NOT NULL AND NOT EXISTS (SELECT FROM rule r WHERE r.code = $2) THEN
		RAISE EXCEPTION 'there is no rule "%" to exempt from', $2
			USING ERRCODE = 'undefined_object', HINT = 'Without rule_code it is from every rule.';
	END IF;
	INSERT INTO rule_exemption (rule_code, psn_no, fixmedins_code, diag_code, code, valid, reason)
	VALUES ($2, $3, $4, $5, $6, COALESCE($7, '(,)'), $1)
	RETURNING exemption_id INTO made;
	PERFORM note_reaudit('rule', ARRAY[COALESCE($2, '*')], 'exemption');
	RETURN made;
END
$$;
COMMENT ON FUNCTION @extschema@.add_exemption(text, text, text, text, text, text, daterange) IS
'新增豁免: what a rule (NULL: every rule) does not judge: where all that is given matches, on the days of "valid". Returns the key.';

CREATE FUNCTION @extschema@.end_exemption(exemption_id bigint, until date)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 500
SECURITY DEFINER
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
BEGIN
	PERFORM note_reaudit('rule', array_agg(COALESCE(x.rule_code, '*')), 'exemption ended')
	FROM rule_exemption x WHERE x.exemption_id = end_exemption.exemption_id;
	UPDATE rule_exemption x SET valid = x.valid * daterange(NULL, until)
	WHERE x.exemption_id = end_exemption.exemption_id;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'there is no exemption %', end_exemption.exemption_id
			USING ERRCODE = 'undefined_object';
	END IF;
END
$$;
COMMENT ON FUNCTION @extschema@.end_exemption(bigint, date) IS
'终止豁免: the exemption applies to days before that day only.';

CREATE FUNCTION @extschema@.add_item_group(group_code text, codes text[], valid daterange DEFAULT '(,)')
RETURNS integer
LANGUAGE sql VOLATILE PARALLEL UNSAFE COST 500
SECURITY DEFINER
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
	SELECT note_reaudit('knowledge', ARRAY[$1], 'item group');
	WITH added AS (
		INSERT INTO item_group (group_code, code, valid)
		SELECT $1, c.code, COALESCE($3, '(,)') FROM unnest($2) AS c(code)
		ON CONFLICT DO NOTHING
		RETURNING 1)
	SELECT count(*)::integer FROM added
$$;
COMMENT ON FUNCTION @extschema@.add_item_group(text, text[], daterange) IS
'新增项目分组: adds codes, a trailing % is a prefix, to a named group. Returns how many are new.';

CREATE FUNCTION @extschema@.add_list_price(code text, price numeric, fixmedins_code text DEFAULT NULL,
	area text DEFAULT NULL, valid daterange DEFAULT '(,)')
RETURNS void
LANGUAGE sql VOLATILE PARALLEL UNSAFE COST 500
SECURITY DEFINER
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
	SELECT note_reaudit('knowledge', ARRAY[$1], 'list price');
	INSERT INTO list_price (fixmedins_code, area, code, price, valid)
	VALUES ($3, CASE WHEN $3 IS NULL THEN COALESCE($4, '') ELSE $4 END, $1, $2, COALESCE($5, '(,)'))
$$;
COMMENT ON FUNCTION @extschema@.add_list_price(text, numeric, text, text, daterange) IS
'新增目录价格: list price of an item at an institution, or in an area (a prefix); with neither, everywhere.';

CREATE FUNCTION @extschema@.add_known_codes(codes text[], names text[] DEFAULT NULL, valid daterange DEFAULT '(,)')
RETURNS bigint
LANGUAGE sql VOLATILE PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
	SELECT note_reaudit('knowledge', ARRAY['known_code'], 'codes of the catalogues');
	WITH added AS (
		INSERT INTO known_code (code, name, valid)
		SELECT c.code, c.name, COALESCE($3, '(,)') FROM unnest($1, $2) AS c(code, name)
		WHERE c.code IS NOT NULL
		ON CONFLICT DO NOTHING
		RETURNING 1)
	SELECT count(*) FROM added
$$;
COMMENT ON FUNCTION @extschema@.add_known_codes(text[], text[], daterange) IS
'新增标准编码: loads item codes of the national catalogues, with names. Returns how many are new.';

CREATE FUNCTION @extschema@.add_code_map(domain text, local_code text, national_code text, valid daterange DEFAULT '(,)')
RETURNS void
LANGUAGE sql VOLATILE PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
	INSERT INTO code_map (domain, local_code, national_code, valid)
	VALUES ($1, $2, $3, COALESCE($4, '(,)'));
$$;
COMMENT ON FUNCTION @extschema@.add_code_map(text, text, text, daterange) IS
'新增编码对照: what a local code means nationally, for views that facts are bound to.';

REVOKE ALL ON FUNCTION
	@extschema@.create_rule(text, text, text, jsonb, text[], jsonb, text, daterange, text, text),
	@extschema@.approve_rule(text, integer),
	@extschema@.retire_rule(text, date, text),
	@extschema@.void_rule(text, text),
	@extschema@.add_exemption(text, text, text, text, text, text, daterange),
	@extschema@.end_exemption(bigint, date),
	@extschema@.add_item_group(text, text[], daterange),
	@extschema@.add_list_price(text, numeric, text, text, daterange),
	@extschema@.add_known_codes(text[], text[], daterange),
	@extschema@.add_code_map(text, text, text, daterange)
FROM PUBLIC;

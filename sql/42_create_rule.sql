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
	made rule_version;
	days daterange := COALESCE(create_rule.valid, '(,)');
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
	IF create_rule.status IS NULL OR create_rule.status NOT IN ('draft', 'trial', 'active') THEN
		RAISE EXCEPTION 'rule "%" cannot begin as "%"', create_rule.code, create_rule.status
			USING ERRCODE = 'invalid_parameter_value', HINT = 'Begin as draft, trial or active.';
	END IF;
	IF create_rule.action IS NULL OR create_rule.action NOT IN ('remind', 'flag', 'hold', 'deny') THEN
		RAISE EXCEPTION 'rule "%" has an unknown action "%"', create_rule.code, create_rule.action
			USING ERRCODE = 'invalid_parameter_value', HINT = 'Actions are remind, flag, hold, deny.';
	END IF;
	IF isempty(days) THEN
		RAISE EXCEPTION 'rule "%" is valid on no day', create_rule.code
			USING ERRCODE = 'invalid_parameter_value';
	END IF;
	PERFORM check_rule(create_rule.template, COALESCE(create_rule.params, '{}'), create_rule.codes,
		COALESCE(create_rule.scope, '{}'), create_rule.code);
	IF create_rule.status = 'active' AND approval_required() THEN
		RAISE EXCEPTION 'an active rule needs the approval of a second person'
			USING ERRCODE = 'insufficient_privilege',
				HINT = 'Create it as a draft and let another user call approve_rule().';
	END IF;

	LOCK TABLE rule IN SHARE ROW EXCLUSIVE MODE;
	made.code := create_rule.code;
	made.version := COALESCE((SELECT max(r.version) FROM rule r WHERE r.code = made.code), 0) + 1;
	INSERT INTO rule (code, version, kind_code, template, params, codes, scope, action, certainty,
		valid, decides, title, status)
	VALUES (made.code, made.version, known.kind_code, create_rule.template,
		COALESCE(create_rule.params, '{}'), create_rule.codes, COALESCE(create_rule.scope, '{}'),
		create_rule.action, known.certainty, days, days, create_rule.title, create_rule.status);
	RETURN made;
END
$$;
COMMENT ON FUNCTION @extschema@.create_rule(text, text, text, jsonb, text[], jsonb, text, daterange, text, text) IS
'创建规则: writes a rule, or the next version of the rule of that code, after the checks that every way of writing makes. The kind is a code or name; its certainty becomes the rule''s. Returns code and version.';

CREATE FUNCTION @extschema@.approve_rule(code text, version integer)
RETURNS @extschema@.rule_version
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
DECLARE
	draft rule;
BEGIN
	SELECT r.* INTO draft FROM rule r
	WHERE r.code = approve_rule.code AND r.version = approve_rule.version FOR UPDATE;
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
	PERFORM check_rule(draft.template, draft.params, draft.codes, draft.scope, draft.code);
	UPDATE rule r SET status = 'active', approved_by = session_user
	WHERE r.code = draft.code AND r.version = draft.version;
	RETURN (draft.code, draft.version)::rule_version;
END
$$;
COMMENT ON FUNCTION @extschema@.approve_rule(text, integer) IS
'批准规则: makes a draft or trial version active; by another user than its writer.';

CREATE FUNCTION @extschema@.next_rule_version(code text, status text, valid daterange, decides daterange)
RETURNS @extschema@.rule_version
LANGUAGE sql VOLATILE PARALLEL UNSAFE COST 500
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
	INSERT INTO rule (code, version, kind_code, template, params, codes, scope, action, certainty,
		valid, decides, title, legal_basis, status, approved_by)
	SELECT r.code, (SELECT max(n.version) + 1 FROM rule n WHERE n.code = $1), r.kind_code, r.template,
		r.params, r.codes, r.scope, r.action, r.certainty, $3, $4, r.title, r.legal_basis, $2, session_user
	FROM rule r
	WHERE r.code = $1 AND r.status = 'active'
	ORDER BY r.version DESC
	LIMIT 1
	RETURNING (code, version)::rule_version
$$;
COMMENT ON FUNCTION @extschema@.next_rule_version(text, text, daterange, daterange) IS
'Copies the highest active version of a rule into a new one, with another status and other days; for retire_rule() and void_rule().';
REVOKE ALL ON FUNCTION @extschema@.next_rule_version(text, text, daterange, daterange) FROM PUBLIC;

CREATE FUNCTION @extschema@.active_rule(code text)
RETURNS @extschema@.rule
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
DECLARE
	active rule;
BEGIN
	LOCK TABLE rule IN SHARE ROW EXCLUSIVE MODE;
	SELECT r.* INTO active FROM rule r
	WHERE r.code = active_rule.code AND r.status = 'active'
	ORDER BY r.version DESC
	LIMIT 1;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'rule "%" has no active version', active_rule.code
			USING ERRCODE = 'undefined_object';
	END IF;
	RETURN active;
END
$$;
COMMENT ON FUNCTION @extschema@.active_rule(text) IS
'The highest active version of a rule, with the table locked against other writers.';
REVOKE ALL ON FUNCTION @extschema@.active_rule(text) FROM PUBLIC;

CREATE FUNCTION @extschema@.retire_rule(code text, until date)
RETURNS @extschema@.rule_version
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
DECLARE
	active rule := active_rule(retire_rule.code);
BEGIN
	IF retire_rule.until IS NULL THEN
		RAISE EXCEPTION 'retiring a rule needs a day' USING ERRCODE = 'null_value_not_allowed';
	END IF;
	PERFORM require_second_person(format('Retiring rule "%s"', active.code), active.created_by);
	RETURN next_rule_version(active.code, 'active',
		active.valid * daterange(NULL, retire_rule.until), active.decides);
END
$$;
COMMENT ON FUNCTION @extschema@.retire_rule(text, date) IS
'停用规则: the rule judges days before that day only; by another user than the writer of the active version.';

CREATE FUNCTION @extschema@.void_rule(code text)
RETURNS @extschema@.rule_version
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
DECLARE
	active rule := active_rule(void_rule.code);
BEGIN
	PERFORM require_second_person(format('Voiding rule "%s"', active.code), active.created_by);
	RETURN next_rule_version(active.code, 'void', active.valid, '(,)');
END
$$;
COMMENT ON FUNCTION @extschema@.void_rule(text) IS
'作废规则: as if the rule had never been; the next audit withdraws its findings. By another user than the writer of the active version.';

CREATE FUNCTION @extschema@.add_exemption(reason text, rule_code text DEFAULT NULL, psn_no text DEFAULT NULL,
	fixmedins_code text DEFAULT NULL, diag_code text DEFAULT NULL, code text DEFAULT NULL,
	valid daterange DEFAULT '(,)')
RETURNS bigint
LANGUAGE sql VOLATILE PARALLEL UNSAFE COST 500
SECURITY DEFINER
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
	INSERT INTO rule_exemption (rule_code, psn_no, fixmedins_code, diag_code, code, valid, reason)
	VALUES ($2, $3, $4, $5, $6, COALESCE($7, '(,)'), $1)
	RETURNING exemption_id
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
	@extschema@.retire_rule(text, date),
	@extschema@.void_rule(text),
	@extschema@.add_exemption(text, text, text, text, text, text, daterange),
	@extschema@.end_exemption(bigint, date),
	@extschema@.add_item_group(text, text[], daterange),
	@extschema@.add_list_price(text, numeric, text, text, daterange),
	@extschema@.add_known_codes(text[], text[], daterange),
	@extschema@.add_code_map(text, text, text, daterange)
FROM PUBLIC;

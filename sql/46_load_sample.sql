-- The words of rules, and rules of the library written as rules.

CREATE TABLE @extschema@.rule_text
(
	code		text NOT NULL,
	lang		text NOT NULL CHECK (lang IN ('zh', 'en')),
	title		text NOT NULL,
	message		text NOT NULL,
	origin		text NOT NULL DEFAULT 'local' CHECK (origin IN ('shipped', 'local')),
	PRIMARY KEY (code, lang)
);
COMMENT ON TABLE @extschema@.rule_text IS
'规则文字: title and message of a rule in a language; in a message {max} and the like stand for the rule''s parameter, so that one text serves all versions.';
COMMENT ON COLUMN @extschema@.rule_text.code IS 'Rule';
COMMENT ON COLUMN @extschema@.rule_text.lang IS 'zh or en';
COMMENT ON COLUMN @extschema@.rule_text.title IS 'What a reader sees';
COMMENT ON COLUMN @extschema@.rule_text.message IS 'What a finding says';
COMMENT ON COLUMN @extschema@.rule_text.origin IS 'shipped with the extension, or local';
SELECT pg_catalog.pg_extension_config_dump('@extschema@.rule_text', 'WHERE origin = ''local''');

CREATE FUNCTION @extschema@.set_rule_text(code text, lang text, title text, message text)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 500
SECURITY DEFINER
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM rule r WHERE r.code = set_rule_text.code) THEN
		RAISE EXCEPTION 'there is no rule "%"', set_rule_text.code
			USING ERRCODE = 'undefined_object';
	END IF;
	INSERT INTO rule_text AS t (code, lang, title, message)
	VALUES (set_rule_text.code, set_rule_text.lang, set_rule_text.title, set_rule_text.message)
	ON CONFLICT ON CONSTRAINT rule_text_pkey DO UPDATE SET title = excluded.title, message = excluded.message;
END
$$;
COMMENT ON FUNCTION @extschema@.set_rule_text(text, text, text, text) IS
'规则文字: gives a rule its title and message in a language (zh, en); {max} and the like stand for parameters. Words judge nothing and need no approval.';
REVOKE ALL ON FUNCTION @extschema@.set_rule_text(text, text, text, text) FROM PUBLIC;

CREATE FUNCTION @extschema@.fill_message(message text, params jsonb)
RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 5
AS 'MODULE_PATHNAME', 'meso_audit_fill_message';
COMMENT ON FUNCTION @extschema@.fill_message(text, jsonb) IS
'A message with {name} replaced by the parameter of that name; what no parameter names stays.';

CREATE FUNCTION @extschema@.rule_message(code text, version integer, lang text DEFAULT 'zh')
RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE COST 200
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
	SELECT COALESCE(fill_message(t.message, r.params), r.title)
	FROM rule r LEFT JOIN rule_text t ON t.code = r.code AND t.lang = $3
	WHERE r.code = $1 AND r.version = $2
$$;
COMMENT ON FUNCTION @extschema@.rule_message(text, integer, text) IS
'疑点说明: what a finding of this version of a rule says in a language (zh, en); its title where the rule has no text.';

CREATE FUNCTION @extschema@.item_codes(name text, items regclass)
RETURNS text[]
LANGUAGE plpgsql STABLE PARALLEL SAFE COST 1000
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
DECLARE
	found_codes text[];
BEGIN
	IF name LIKE '%\%' THEN
		RETURN ARRAY[name];
	END IF;
	EXECUTE format('SELECT array_agg(i.code::text ORDER BY i.code::text) FROM %s i WHERE i.item::text = $1', items)
	INTO found_codes USING name;
	RETURN found_codes;
END
$$;
COMMENT ON FUNCTION @extschema@.item_codes(text, regclass) IS
'Codes of an item by its short name, read from a relation (item, code) with the caller''s rights; a code prefix is itself. NULL: the relation does not have it.';

CREATE FUNCTION @extschema@.write_sample_rule(code text, params jsonb, codes text[], status text)
RETURNS @extschema@.rule_version
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 2000
SECURITY DEFINER
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
DECLARE
	s sample_rule;
	made rule_version;
BEGIN
	SELECT r.* INTO STRICT s FROM sample_rule r WHERE r.code = write_sample_rule.code;
	made := create_rule(s.code, s.kind_code, s.template, write_sample_rule.params, write_sample_rule.codes, s.scope,
		s.action, title => s.title_zh, status => write_sample_rule.status);
	UPDATE rule r SET certainty = s.certainty, legal_basis = s.legal_basis, bounds = s.bounds
	WHERE r.code = made.code AND r.version = made.version;
	PERFORM set_rule_text(s.code, 'zh', s.title_zh, s.message_zh), set_rule_text(s.code, 'en', s.title_en, s.message_en);
	RETURN made;
END
$$;
COMMENT ON FUNCTION @extschema@.write_sample_rule(text, jsonb, text[], text) IS
'Writes one rule of the library with the codes given; for load_sample_rules().';
REVOKE ALL ON FUNCTION @extschema@.write_sample_rule(text, jsonb, text[], text) FROM PUBLIC;

CREATE FUNCTION @extschema@.load_sample_rules(items regclass DEFAULT '@extschema@.sample_item', status text DEFAULT 'draft',
	rules text[] DEFAULT NULL)
RETURNS TABLE (code text, version integer, missing text[])
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100000 ROWS 200
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	s sample_rule;
	name text;
	its_codes text[];
	pool text[];
	its_params text;
BEGIN
	FOR s IN
		SELECT r.* FROM sample_rule r
		WHERE (load_sample_rules.rules IS NULL OR r.code = ANY (load_sample_rules.rules))
			AND NOT EXISTS (SELECT FROM rule x WHERE x.code = r.code)
		ORDER BY r.seq
	LOOP
		code := s.code;
		version := NULL;
		missing := '{}';
		pool := NULL;
		FOR name IN SELECT w FROM string_to_table(s.items, ' ') w LOOP
			its_codes := item_codes(name, load_sample_rules.items);
			pool := pool || its_codes;
			missing := missing || CASE WHEN its_codes IS NULL THEN name END;
		END LOOP;
		its_params := s.params::text;
		FOR name IN SELECT DISTINCT m[1] FROM regexp_matches(its_params, '"@(\w+)"', 'g') m LOOP
			its_codes := item_codes(name, load_sample_rules.items);
			missing := missing || CASE WHEN its_codes IS NULL THEN name END;
			its_params := replace(its_params, to_json('@' || name)::text,
				COALESCE((SELECT string_agg(to_json(c)::text, ', ') FROM unnest(its_codes) c), '"@"'));
		END LOOP;
		missing := array_remove(missing, NULL);
		-- a rule whose items are all there is whole; one without any, or with a gap in its parameters, would judge wrongly
		IF (s.items IS NULL OR pool IS NOT NULL) AND position('"@"' IN its_params) = 0 THEN
			version := (write_sample_rule(s.code, its_params::jsonb, pool, load_sample_rules.status)).version;
		END IF;
		RETURN NEXT;
	END LOOP;
END
$$;
COMMENT ON FUNCTION @extschema@.load_sample_rules(regclass, text, text[]) IS
'加载规则样例库: writes the rules of the library (or only those named) that are not there yet, as draft, trial or active. Items are looked up in a relation with columns item and code, any number of codes an item: the made-up sample_item, or one''s own. Returns code and version of each; version NULL where an item that the rule cannot do without is missing.';

CREATE FUNCTION @extschema@.load_sample_knowledge()
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10000
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
BEGIN
	PERFORM add_known_codes(array_agg(i.code), array_agg(i.name_zh)) FROM sample_item i;
	PERFORM add_list_price(i.code, i.price, area => '99')
	FROM sample_item i
	WHERE i.item LIKE 'op\_%' AND NOT EXISTS (SELECT FROM list_price p WHERE p.code = i.code AND p.area = '99');
END
$$;
COMMENT ON FUNCTION @extschema@.load_sample_knowledge() IS
'加载示例知识: the made-up catalogue as known codes, and list prices of its operations in area 99. Only where the made-up catalogue is all that is billed: every other code would be unknown.';

REVOKE ALL ON FUNCTION @extschema@.load_sample_rules(regclass, text, text[]), @extschema@.load_sample_knowledge() FROM PUBLIC;

CREATE VIEW @extschema@.rule_in_words AS
SELECT r.code, r.version, r.kind_code, k.name_zh AS kind_zh, k.name_en AS kind_en, r.template, r.action, r.certainty,
	COALESCE(zh.title, r.title) AS title_zh, en.title AS title_en,
	@extschema@.fill_message(zh.message, r.params) AS message_zh,
	@extschema@.fill_message(en.message, r.params) AS message_en,
	r.legal_basis, r.params, r.codes, r.scope, r.status
FROM (
	SELECT DISTINCT ON (v.code) v.* FROM @extschema@.rule v
	WHERE v.status OPERATOR(pg_catalog.<>) 'void'
	ORDER BY v.code, v.version DESC
) r
LEFT JOIN @extschema@.rule_kind k ON k.kind_code OPERATOR(pg_catalog.=) r.kind_code
LEFT JOIN @extschema@.rule_text zh ON zh.code OPERATOR(pg_catalog.=) r.code AND zh.lang OPERATOR(pg_catalog.=) 'zh'
LEFT JOIN @extschema@.rule_text en ON en.code OPERATOR(pg_catalog.=) r.code AND en.lang OPERATOR(pg_catalog.=) 'en';
COMMENT ON VIEW @extschema@.rule_in_words IS
'规则释义: the latest version of every rule in words, Chinese and English, with its kind, parameters and legal basis.';
COMMENT ON COLUMN @extschema@.rule_in_words.code IS 'Rule';
COMMENT ON COLUMN @extschema@.rule_in_words.version IS 'Its latest version';
COMMENT ON COLUMN @extschema@.rule_in_words.kind_code IS 'Rule kind';
COMMENT ON COLUMN @extschema@.rule_in_words.kind_zh IS 'Chinese name of the kind';
COMMENT ON COLUMN @extschema@.rule_in_words.kind_en IS 'English name of the kind';
COMMENT ON COLUMN @extschema@.rule_in_words.template IS 'Template that judges';
COMMENT ON COLUMN @extschema@.rule_in_words.action IS 'remind, flag, hold or deny';
COMMENT ON COLUMN @extschema@.rule_in_words.certainty IS 'violation (明确违规) or suspect (可疑)';
COMMENT ON COLUMN @extschema@.rule_in_words.title_zh IS 'Chinese title';
COMMENT ON COLUMN @extschema@.rule_in_words.title_en IS 'English title';
COMMENT ON COLUMN @extschema@.rule_in_words.message_zh IS 'What a finding says in Chinese, with the version''s parameters';
COMMENT ON COLUMN @extschema@.rule_in_words.message_en IS 'What a finding says in English, with the version''s parameters';
COMMENT ON COLUMN @extschema@.rule_in_words.legal_basis IS 'Law, regulation or medical reason';
COMMENT ON COLUMN @extschema@.rule_in_words.params IS 'Parameters';
COMMENT ON COLUMN @extschema@.rule_in_words.codes IS 'Pool of codes';
COMMENT ON COLUMN @extschema@.rule_in_words.scope IS 'Scope';
COMMENT ON COLUMN @extschema@.rule_in_words.status IS 'Status of the version';

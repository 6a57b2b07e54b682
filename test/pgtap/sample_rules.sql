-- The rule library: complete, loadable by one call, with one's own codes.
BEGIN;
SELECT plan(20);
SET search_path = meso_audit, public;
SELECT setup();
SET meso_audit.require_approval = off;

SELECT cmp_ok((SELECT count(*) FROM sample_rule), '>=', 120::bigint, 'at least 120 rules');
SELECT is_empty($$SELECT kind_code FROM rule_kind k
	WHERE template IS NOT NULL AND NOT EXISTS (SELECT FROM sample_rule s WHERE s.kind_code = k.kind_code)
		AND (seq IS NOT NULL OR kind_code LIKE 'MA1%')$$,
	'every kind that a template can say has a rule');
SELECT is_empty($$SELECT code FROM sample_rule
	WHERE title_zh !~ '[一-龥]' OR message_zh !~ '[一-龥]' OR title_en !~ '^[[:ascii:]]+$' OR message_en !~ '^[[:ascii:]]+$'
		OR legal_basis !~ '[一-龥].*\([[:ascii:]]+\)$'$$,
	'every rule has title, message and basis in both languages');
SELECT is_empty($$SELECT s.code, b.key FROM sample_rule s, jsonb_each(s.bounds) b
	WHERE NOT CASE jsonb_typeof(s.params -> b.key)
		WHEN 'number' THEN (s.params ->> b.key)::numeric BETWEEN (b.value ->> 0)::numeric AND (b.value ->> 1)::numeric ELSE false END$$,
	'every bound is of a number of the rule and holds it');
SELECT is_empty($$SELECT s.code, p.key FROM sample_rule s, jsonb_each(s.params) p
	WHERE p.key IN ('max', 'min_gap', 'value', 'ratio', 'tolerance') AND jsonb_typeof(p.value) = 'number'
		AND NOT s.bounds ? p.key AND p.key <> 'days'
		-- the level that a hospital must have and the like are fixed by a price catalogue
		AND NOT (s.template = 'attr_limit' AND s.params ->> 'attribute' IN ('hosp_lv'))$$,
	'every number that may be tuned has bounds');
SELECT is_empty($$SELECT item FROM sample_item
	WHERE code !~ CASE left(list_type, 2) || left(code, 1)
		WHEN '10X' THEN '^X[A-Z0-9]{22}$' WHEN '10Z' THEN '^Z[A-Z0-9]{19}$' WHEN '10T' THEN '^T[0-9]{9}$'
		WHEN '30C' THEN '^C[0-9]{19}$' ELSE '^[0-9]{15}$' END$$,
	'codes have the form of the national catalogues');

-- one call
SELECT throws_ok($$SELECT load_sample_rules(status => 'retired')$$, '22023', NULL, 'an unknown status is refused');
SELECT is((SELECT count(version) FROM load_sample_rules(rules => '{BED-DAY,DUP-CT,NO-SUCH}')), 2::bigint, 'some rules, as drafts');
SELECT is((SELECT count(*) FROM rule WHERE status = 'draft'), 2::bigint, 'drafts judge nothing yet');
SELECT is((SELECT count(*) FROM load_sample_rules(status => 'active') WHERE version IS NULL OR missing <> '{}'), 0::bigint,
	'the others: none lacks an item');
SELECT is((SELECT count(*) FROM rule_in_force WHERE origin = 'local'), (SELECT count(*) - 2 FROM sample_rule), 'all others are in force');
SELECT is((SELECT count(*) FROM load_sample_rules(status => 'active')), 0::bigint, 'a second call has nothing to do');
SELECT is_empty($$SELECT code FROM sample_rule s JOIN rule r USING (code)
	WHERE (r.certainty, r.action, r.legal_basis, r.title, r.template, r.kind_code, r.scope, r.bounds)
		IS DISTINCT FROM (s.certainty, s.action, s.legal_basis, s.title_zh, s.template, s.kind_code, s.scope, s.bounds)$$,
	'a rule has all that the library says');
SELECT is_empty($$SELECT code FROM rule_in_words WHERE concat(message_zh, message_en) ~ '[{}]' OR title_en IS NULL$$,
	'messages are filled from the parameters');
SELECT is(rule_message('HOURS-OXYGEN', 1, 'en'), 'More than 24 hours in a day', 'a message');
SELECT create_rule('HOURS-OXYGEN', 'GZ10000102014000', 'max_qty', '{"max": 20, "unit": "day"}', '{X}');
SELECT is(rule_message('HOURS-OXYGEN', 2), '按小时计价项目一日超过20小时', 'follows the parameter of the version');
SELECT throws_ok($$SELECT set_rule_text('NO-SUCH', 'en', 'a', 'b')$$, '42704', NULL, 'words need a rule');

-- one's own codes
DELETE FROM rule;
CREATE TEMPORARY TABLE mine (item text, code text);
INSERT INTO mine VALUES ('ct_plain', 'A1'), ('ct_plain', 'A2'), ('ct_enh', 'B1');
CREATE TEMPORARY TABLE loaded AS SELECT * FROM load_sample_rules('mine', rules => '{DUP-CT,DUP-MRI,PRICE-CT,DQ-DEATH}');
SELECT results_eq($$SELECT code, version, missing FROM loaded ORDER BY code COLLATE "C"$$,
	$$VALUES ('DQ-DEATH', 1, '{}'::text[]), ('DUP-CT', 1, '{}'), ('DUP-MRI', NULL::integer, '{mri_enh,mri}'), ('PRICE-CT', 1, '{}')$$,
	'rules with items of one''s own; those that lack one are told');
SELECT is((SELECT params -> 'with' FROM rule WHERE code = 'DUP-CT'), '["A1", "A2"]'::jsonb, 'several codes an item');
SELECT is((SELECT codes FROM rule WHERE code = 'DUP-CT'), '{B1}'::text[], 'and its pool');
SELECT * FROM finish();
ROLLBACK;

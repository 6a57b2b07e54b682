-- Writing rules: what is refused, versions, and the second person.
\set VERBOSITY terse
\set SHOW_CONTEXT never
BEGIN;
CREATE ROLE regress_writer;
CREATE ROLE regress_second;
GRANT USAGE ON SCHEMA meso_audit TO regress_writer, regress_second;
GRANT EXECUTE ON FUNCTION
	meso_audit.create_rule(text, text, text, jsonb, text[], jsonb, text, daterange, text, text),
	meso_audit.approve_rule(text, integer), meso_audit.retire_rule(text, date, text), meso_audit.void_rule(text, text)
	TO regress_writer, regress_second;
GRANT SELECT ON meso_audit.rule TO regress_writer, regress_second;

-- one line a mistake: the message, and the hint where it helps
CREATE FUNCTION pg_temp.try(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	message text;
	hint text;
	state text;
BEGIN
	EXECUTE statement;
	RETURN 'accepted';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT, state = RETURNED_SQLSTATE;
	RETURN concat_ws(' | ', state, message, nullif(hint, ''));
END $$;
CREATE FUNCTION pg_temp.check(template text, params text, codes text[] DEFAULT '{A}', scope text DEFAULT '{}')
RETURNS text LANGUAGE sql AS $$
	SELECT pg_temp.try(format('SELECT meso_audit.check_rule(%L, %L, %L, %L, %L)', template, params, codes, scope, 'R1'))
$$;

SELECT pg_temp.check('max_qty', '{"max": 2, "unit": "day"}');
SELECT pg_temp.check('max_quantity', '{"max": 2, "unit": "day"}');
SELECT pg_temp.check('max_qty', '{"max": 2, "units": "day"}');
SELECT pg_temp.check('max_qty', '{"max": 2, "unit": "day", "maximum": 3}');
SELECT pg_temp.check('max_qty', '{"unit": "day"}');
SELECT pg_temp.check('max_qty', '{"unit": "day"}', NULL);
SELECT pg_temp.check('max_qty', '{"max": "2", "unit": "day"}');
SELECT pg_temp.check('max_qty', '{"max": 0.0000001, "unit": "day"}');
SELECT pg_temp.check('max_qty', '{"max": 2, "unit": "supply"}');
SELECT pg_temp.check('max_qty', '[]');
SELECT pg_temp.check('max_qty', '{"max": 2, "unit": "day"}', '{}');
SELECT pg_temp.check('max_qty', '{"max": 2, "unit": "day"}', '{A,NULL}');
SELECT pg_temp.check('max_qty', '{"max": 2, "unit": "day", "group": "G"}');
SELECT pg_temp.check('max_qty', '{"max": 2, "unit": "day", "codes_of": "diagnosis"}');
SELECT pg_temp.check('max_qty', '{"max": 2, "unit": "day"}', '{A}', '{"area": ["32"], "level": [1]}');
SELECT pg_temp.check('attr_limit', '{"attribute": "gend", "op": ">=", "value": 1}');
SELECT pg_temp.check('attr_limit', '{"attribute": "age", "op": "between", "value": [6]}');
SELECT pg_temp.check('attr_limit', '{"attribute": "age", "op": "between", "value": [6, 18], "missing": "hit"}');
SELECT pg_temp.check('attr_limit', '{"attribute": "age", "op": "between", "value": [18, 6]}');
SELECT pg_temp.check('attr_limit', '{"attribute": "med_type", "op": "in", "value": []}');
SELECT pg_temp.check('attr_limit', '{"attribute": "med_type", "op": "in", "value": ["2%"]}');
SELECT pg_temp.check('attr_limit', '{"attribute": "psn_area", "op": "in", "value": ["51"]}');
SELECT pg_temp.check('never_pay', '{}', '{A}', '{"area": ["32%"]}');
SELECT pg_temp.check('never_pay', '{}', '{A}', '{"med_type": []}');
SELECT pg_temp.check('never_pay', '{}', '{A}', '{"hosp_lv": [">=2"]}');
SELECT pg_temp.check('price_ceiling', '{"ceiling": [{"price": 10, "area": "32%"}]}');
SELECT pg_temp.check('aggregate_threshold', '{"metric": "amount", "by": "institution", "period": "30 days", "peer": {"z": 3}}', NULL);
SELECT pg_temp.check('aggregate_threshold', '{"metric": "amount", "period": "month", "op": ">", "value": 9}', '{A}');
SELECT pg_temp.check('aggregate_threshold', '{"metric": "amount", "period": "month", "op": ">", "value": 9}', '{%}');
SELECT pg_temp.check('diag_required', '{"diag": []}');
SELECT pg_temp.check('pair_exclusive', '{"window": "day"}');
SELECT pg_temp.check('pair_exclusive', '{"window": "day"}', NULL);
SELECT pg_temp.check('max_days', '{"max": 3, "period": "36 hours"}');
SELECT pg_temp.check('max_days', '{"max": 3, "period": "1 day 2 hours"}');
SELECT pg_temp.check('max_qty_period', '{"period": "30 days"}');
SELECT pg_temp.check('price_ceiling', '{"ceiling": [{"price": 10, "hosp_lv": [1, 2]}]}');
SELECT pg_temp.check('price_ceiling', '{"ceiling": [{"price": 10, "level": 1}]}');
SELECT pg_temp.check('price_ceiling', '{"ceiling": [{"price": "10"}]}');
SELECT pg_temp.check('max_qty_period', '{"max": 3, "period": "month"}');
SELECT pg_temp.check('price_ceiling', '{"ceiling": [{"price": 10, "hosp_lv": 3, "area": "32"}]}');
SELECT pg_temp.check('component_sum', '{"n": 2, "parent": "P", "ceiling": [{"price": 1}], "components": ["A", "B"]}', NULL);
SELECT pg_temp.check('data_quality', '{"check": "missing", "columns": ["rxno", "colour"]}');
SELECT pg_temp.check('aggregate_threshold', '{"metric": "visits", "period": "30 days", "op": ">", "value": 9}', NULL);
SELECT pg_temp.check('aggregate_threshold', '{"metric": "visits", "period": "30 days", "op": ">"}', NULL);
SELECT pg_temp.check('expression', '{"sql": "cnt > 10 AND med_type = ''11''"}');
SELECT pg_temp.check('expression', '{"sql": "cnt"}');
SELECT pg_temp.check('expression', '{"sql": "cnt > (SELECT 1)"}');
SELECT pg_temp.check('expression', '{"sql": "pg_sleep(1) IS NULL"}');

-- as what they are, users have no way round the functions
SET SESSION AUTHORIZATION regress_writer;
SELECT pg_temp.try($$INSERT INTO meso_audit.rule (code, version, kind_code, template) VALUES ('R1', 1, 'MA005', 'never_pay')$$);
SELECT pg_temp.try($$SET meso_audit.require_approval = off$$);
SELECT pg_temp.try($$SELECT meso_audit.create_rule('R1', 'no such kind', 'never_pay', '{}')$$);
SELECT pg_temp.try($$SELECT meso_audit.create_rule('R1', '药品限就医方式', 'attr_limit', '{"attribute": "age"}', '{A}')$$);
SELECT pg_temp.try($$SELECT meso_audit.create_rule('R1', '药品限儿童使用', 'never_pay', '{}', status => 'void')$$);
SELECT pg_temp.try($$SELECT meso_audit.create_rule('R1', '药品限儿童使用', 'never_pay', '{}', action => 'burn')$$);
SELECT pg_temp.try($$SELECT meso_audit.create_rule('R1', '药品限儿童使用', 'never_pay', '{}', status => 'active')$$);
SELECT * FROM meso_audit.create_rule('R1', '药品限儿童使用', 'attr_limit',
	'{"attribute": "age", "op": "<=", "value": 18}', '{A%}', '{"area": ["32"]}', 'flag', '[2024-01-01,)', 'children only');
SELECT * FROM meso_audit.create_rule('R1', 'GZ10000101007000', 'attr_limit',
	'{"attribute": "age", "op": "<=", "value": 14}', '{A%}', valid => '[2025-01-01,)');
SELECT pg_temp.try($$SELECT meso_audit.approve_rule('R1', 1)$$);
SELECT pg_temp.try($$SELECT meso_audit.approve_rule('R1', 3)$$);

SET SESSION AUTHORIZATION regress_second;
SELECT meso_audit.approve_rule('R1', 1);
SELECT meso_audit.approve_rule('R1', 2);
SELECT pg_temp.try($$SELECT meso_audit.approve_rule('R1', 2)$$);
RESET SESSION AUTHORIZATION;
SELECT code, version, kind_code, certainty, valid, decides, status, created_by, approved_by
FROM meso_audit.rule WHERE code IN ('R1', 'R2') ORDER BY code, version;
SELECT code, version, days FROM meso_audit.rule_in_force WHERE code IN ('R1', 'R2') ORDER BY code, version;

SET SESSION AUTHORIZATION regress_writer;
SELECT pg_temp.try($$SELECT meso_audit.retire_rule('R1', '2026-01-01')$$);
SET SESSION AUTHORIZATION regress_second;
SELECT meso_audit.retire_rule('R1', '2026-01-01');
RESET SESSION AUTHORIZATION;
SELECT code, version, days FROM meso_audit.rule_in_force WHERE code IN ('R1', 'R2') ORDER BY code, version;
SET LOCAL meso_audit.require_approval = off;
SELECT meso_audit.void_rule('R1');
SELECT count(*) AS in_force FROM meso_audit.rule_in_force WHERE code = 'R1';
SELECT pg_temp.try($$SELECT meso_audit.void_rule('R2')$$);
SELECT meso_audit.create_rule('R2', '医疗服务项目限定频次', 'max_qty', '{"max": 1, "unit": "day"}', '{B}', status => 'active');
SELECT code, version, days FROM meso_audit.rule_in_force WHERE code IN ('R1', 'R2') ORDER BY code, version;

-- knowledge beside the rules
SELECT meso_audit.add_item_group('G', '{A,B%}'), meso_audit.add_item_group('G', '{A}');
SELECT meso_audit.add_known_codes('{A,B}', '{one,two}');
SELECT meso_audit.add_code_map('hosp_lv', '31', '3');
SELECT domain, local_code, national_code, valid, origin FROM meso_audit.code_map;
SELECT meso_audit.add_list_price('A', 12.5, area => '32');
SELECT pg_temp.try($$SELECT meso_audit.add_list_price('A', 12.5, 'H1', '32')$$);
SELECT meso_audit.add_exemption('chemotherapy', psn_no => 'p1') > 0 AS made;
SELECT meso_audit.end_exemption(max(exemption_id), '2025-01-01') FROM meso_audit.rule_exemption;
SELECT psn_no, valid, reason FROM meso_audit.rule_exemption;
ROLLBACK;

-- Findings in the shape of the national audit services: every level, names, involved
-- items, severity, and the text of a knowledge point.
BEGIN;
\i test/templates/world.sql
INSERT INTO tw.visit (mdtrt_id, psn_no, fixmedins_code, begntime, endtime, med_type)
VALUES ('v1', 'p1', 'H1', '2024-03-03 08:00', '2024-03-01 08:00', '11');
INSERT INTO tw.diagnosis (mdtrt_id, diag_srt_no, diag_code) VALUES ('v1', '1', 'I10');
CALL tw.settle('s1', visit => 'v1', paid => 50);
CALL tw.line('s1', '1', '2024-03-01 08:00', 'A', 2, 20);
CALL tw.line('s1', '2', '2024-03-01 09:00', 'B', 1, 10.5);
CALL tw.line('s1', '3', '2024-03-01 10:00', 'P', 1, 30);
UPDATE tw.fee_line SET medins_list_name = '甲硝唑' WHERE feedetl_sn = '2';
INSERT INTO meso_audit.known_code (code, name) VALUES ('A', '阿司匹林'), ('B', 'not said: the line has a name');
CALL tw.rule('pair', 'pair_exclusive', '{"with": ["B"], "window": "day"}', '{A}');
CALL tw.rule('sum', 'data_quality', '{"check": "sum_mismatch"}', '{%}');
CALL tw.rule('order', 'data_quality', '{"check": "order"}', '{%}');
CALL tw.rule('diagnosis', 'never_pay', '{"codes_of": "diagnosis"}', '{I10}');
UPDATE meso_audit.rule SET title = '同日不得同用', certainty = 'violation', legal_basis = '条例第三十八条' WHERE code = 'pair';
INSERT INTO meso_audit.knowledge_point (point_id, kind_code, limits, understood, constraint_text, detection_logic)
VALUES ('K1', 'MA011', '{}', 'understood', '不予支付', '不得纳入基金支付范围');
INSERT INTO meso_audit.knowledge_code (point_id, seq, code) VALUES ('K1', 1, 'P');
CALL tw.rule('points', 'never_pay', '{}');

SELECT jsonb_pretty(jsonb_agg(r - 'jr_id' || jsonb_build_object('judge_result_detail_dtos',
	(SELECT jsonb_agg(jsonb_strip_nulls(d - 'jrd_id')) FROM jsonb_array_elements(r->'judge_result_detail_dtos') d))))
FROM jsonb_array_elements(meso_audit.audit_result(
	ARRAY(SELECT f FROM meso_audit.evaluate_persons('{p1}') f), NULL, 'T1')) r;

-- keys: of the finding, and the same with a number
SELECT r->>'jr_id' = encode((q.f).finding_key, 'hex') AS key, r #>> '{judge_result_detail_dtos,1,jrd_id}' = (r->>'jr_id') || '-1' AS detail
FROM (SELECT f FROM meso_audit.evaluate_persons('{p1}', rules => '{pair}') f) q(f),
	jsonb_array_elements(meso_audit.audit_result(ARRAY[q.f])) r;

-- what is known of the items is taken where it is given; nothing to say is an empty list
SELECT r #> '{judge_result_detail_dtos,1,hilist_name}' AS not_read, r->>'vola_cont' AS text
FROM (SELECT f FROM meso_audit.evaluate_persons('{p1}', rules => '{pair}') f) q(f),
	jsonb_array_elements(meso_audit.audit_result(ARRAY[q.f],
		ARRAY[('s1', '2', 'v1', NULL, 'B', 'given', 1, NULL, 'line')]::meso_audit.result_item[])) r;
-- a diagnosis and an operation of one number are two
INSERT INTO tw.operation (mdtrt_id, oprn_srt_no, oprn_oprt_code) VALUES ('v1', '1', '47.0');
CALL tw.rule('operation', 'never_pay', '{"codes_of": "operation"}', '{47.0}');
SELECT r->>'rule_id' AS rule, r->>'vola_cont' AS text, jsonb_array_length(r->'judge_result_detail_dtos') AS items
FROM jsonb_array_elements(meso_audit.audit_result(
	ARRAY(SELECT f FROM meso_audit.evaluate_persons('{p1}', rules => '{diagnosis,operation}') f))) r;
SELECT meso_audit.audit_result('{}') AS nothing, meso_audit.audit_result(NULL) AS null;
ROLLBACK;

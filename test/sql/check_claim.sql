-- check_claim: the national message in, its result shape out; what it refuses.
BEGIN;
\i test/templates/world.sql
INSERT INTO tw.visit (mdtrt_id, psn_no, fixmedins_code, begntime, endtime, med_type)
VALUES ('v1', 'p1', 'H1', '2024-03-01 08:00', '2024-03-01 10:00', '11');
INSERT INTO tw.diagnosis (mdtrt_id, diag_srt_no, diag_code) VALUES ('v1', '1', 'I10');
CALL tw.settle('s1', visit => 'v1', paid => 50);
CALL tw.line('s1', '1', '2024-03-01 08:00', 'A', 2, 20);
CALL tw.rule('pair', 'pair_exclusive', '{"with": ["B"], "window": "day"}', '{A}');
CALL tw.rule('remind', 'never_pay', '{}', '{B}');
CALL tw.rule('dose', 'max_qty', '{"max": 3, "unit": "day"}', '{A}');
CALL tw.rule('stroke', 'diag_required', '{"diag": ["I6%"]}', '{C}');
CALL tw.rule('stroke now', 'diag_forbidden', '{"diag": ["I10"]}', '{C}');
CALL tw.rule('order', 'data_quality', '{"check": "order"}', '{%}');
CALL tw.rule('visits', 'aggregate_threshold', '{"metric": "visits", "period": "month", "op": ">=", "value": 1}');
CALL tw.rule('gender', 'attr_limit', '{"attribute": "gend", "op": "in", "value": ["1"]}', '{G}');
UPDATE meso_audit.rule SET action = CASE code WHEN 'remind' THEN 'remind' WHEN 'dose' THEN 'deny' WHEN 'pair' THEN 'hold' ELSE 'flag' END;

-- the answer in short: rule, level, line, amount, severity; item types and numbers
CREATE FUNCTION tw.short(answer jsonb) RETURNS TABLE (rule text, level text, line text, amount numeric, sev text, items text)
LANGUAGE sql AS $$
	SELECT r->>'rule_id', r->>'level', concat_ws(' ', r->>'setl_id', r #>> '{judge_result_detail_dtos,0,rx_id}',
			CASE WHEN r->>'level' <> 'line' THEN r->>'mdtrt_id' END),
		(r->>'vola_amt')::numeric, r->>'sev_deg',
		(SELECT string_agg(concat_ws(' ', (d->>'vola_item_type') || ':', d->>'setl_id', d->>'rx_id', d->>'hilist_name'), ', ' ORDER BY n)
			FROM jsonb_array_elements(r->'judge_result_detail_dtos') WITH ORDINALITY x(d, n))
	FROM jsonb_array_elements(answer->'result') r
$$;
-- a message about one encounter of p1 with these fields, and one order
CREATE FUNCTION tw.ask(encounter jsonb, orders jsonb, scene text DEFAULT '6') RETURNS jsonb LANGUAGE sql AS $$
	SELECT meso_audit.check_claim(jsonb_build_object('task_id', 'T', 'trig_scen', scene, 'patient_dtos', jsonb_build_array(
		jsonb_build_object('patn_id', 'p1', 'fsi_encounter_dtos', jsonb_build_array(
			'{"medins_id": "H1"}' || encounter || jsonb_build_object('fsi_order_dtos', orders))))))
$$;
CREATE FUNCTION tw.item(code text, more jsonb DEFAULT '{}') RETURNS jsonb LANGUAGE sql AS $$
	SELECT jsonb_build_object('rx_id', '1', 'hilist_code', code, 'cnt', 2, 'sumamt', 30, 'drord_begn_date', '2024-03-01 09:00:00') || more
$$;

-- a new claim, judged with the stored history
SELECT * FROM tw.short(tw.ask('{"mdtrt_id": "v2", "adm_date": "2024-03-01"}',
	jsonb_build_array(tw.item('B', '{"hilist_name": "乙"}'), tw.item('A', '{"rx_id": "2"}'))));
-- the strongest action; what is not of the shape, and what nobody knows
SELECT a - 'result', jsonb_array_length(a->'result') FROM tw.ask('{"mdtrt_id": "v2", "matn_stas": 3, "med_type": "77", "foo": [{"deep": 1}], "insutype": "310"}',
	jsonb_build_array(tw.item('B', '{"hilist_type": "9", "color": "red", "spec": {"unused": 1}}'))) a;
-- under its own number it replaces what is stored
SELECT * FROM tw.short(tw.ask('{"setl_id": "s1", "mdtrt_id": "v1", "setl_time": "2024-03-01 18:00"}', jsonb_build_array(tw.item('A', '{"cnt": "3.5"}'))));
SELECT * FROM tw.short(tw.ask('{"setl_id": "s2", "mdtrt_id": "v1", "setl_time": "2024-03-01 18:00"}', jsonb_build_array(tw.item('A', '{"cnt": "3.5"}'))));
-- diagnoses: those given, else those stored; absence accuses when the settlement is there and the visit over
SELECT 'stored' AS diagnoses, rule FROM tw.short(tw.ask('{"setl_id": "s3", "mdtrt_id": "v1"}', jsonb_build_array(tw.item('C')))) UNION ALL
SELECT 'none', rule FROM tw.short(tw.ask('{"setl_id": "s3", "mdtrt_id": "v1", "fsi_diagnose_dtos": []}', jsonb_build_array(tw.item('C')))) UNION ALL
SELECT 'another', rule FROM tw.short(tw.ask('{"setl_id": "s3", "mdtrt_id": "v1", "fsi_diagnose_dtos": [{"dise_codg": "J00"}]}', jsonb_build_array(tw.item('C')))) UNION ALL
SELECT 'open visit', rule FROM tw.short(tw.ask('{"setl_id": "s3", "mdtrt_id": "v3", "adm_date": "2024-03-01", "fsi_diagnose_dtos": [{"dise_codg": "J00"}]}', jsonb_build_array(tw.item('C'))));
-- the visit's own finding, also of a stored visit that began at another time
SELECT * FROM tw.short(tw.ask('{"mdtrt_id": "v4", "adm_date": "2024-03-02 10:00", "dscg_date": "2024-03-02T09:59:59.999999"}', '[]'));
INSERT INTO tw.visit (mdtrt_id, psn_no, fixmedins_code, begntime, endtime) VALUES ('v5', 'p1', 'H1', '2023-03-01', '2023-02-01');
SELECT * FROM tw.short(tw.ask('{"mdtrt_id": "v5"}', jsonb_build_array(tw.item('X'))));
-- the stored person's sex counts, a given one only where the fund knows nobody
SELECT patient, (SELECT count(*) FROM tw.short(meso_audit.check_claim(jsonb_build_object('patient_dtos', jsonb_build_array(
	jsonb_build_object('patn_id', patient, 'gend', '2', 'fsi_encounter_dtos', jsonb_build_array(jsonb_build_object('mdtrt_id', 'v9', 'medins_id', 'H1',
		'fsi_order_dtos', jsonb_build_array(tw.item('G'))))))))))
FROM unnest('{p1,p2,p3}'::text[]) patient;
-- paid by the patient alone: nothing of the fund's
SELECT count(*) FROM tw.short(tw.ask('{"mdtrt_id": "v2"}', jsonb_build_array(tw.item('B', '{"ownpay_amt": 30.0}'))));
-- of several encounters the current one is asked about; rules can be named
WITH c(q) AS (SELECT jsonb_build_object('input', jsonb_build_object('data', jsonb_build_object('rule_ids', '["remind", "nobody"]'::jsonb, 'patient_dtos', jsonb_build_array(
	jsonb_build_object('patn_id', 'p1', 'curr_mdtrt_id', 'v8', 'fsi_encounter_dtos', jsonb_build_array(
		jsonb_build_object('mdtrt_id', 'v7', 'medins_id', 'H1', 'fsi_order_dtos', jsonb_build_array(tw.item('B'))),
		jsonb_build_object('mdtrt_id', 'v8', 'medins_id', 'H1', 'fsi_order_dtos', jsonb_build_array(tw.item('B'))))))))))
SELECT s.*, a->'unknown_values' AS unknown FROM c, meso_audit.check_claim(q) a, tw.short(a) s;
-- a kind that is not asked before the bill
UPDATE meso_audit.rule_kind SET stages = '{commit,batch}' WHERE kind_code = 'MA011';
SELECT tw.ask('{"mdtrt_id": "v2"}', jsonb_build_array(tw.item('B')));
UPDATE meso_audit.rule_kind SET stages = '{pre,batch}' WHERE kind_code = 'MA011';
SELECT meso_audit.check_claim(NULL) IS NULL AS null_for_null;

-- nothing is written, and no right is needed but that to ask
CREATE ROLE regress_his;
GRANT USAGE ON SCHEMA meso_audit, tw TO regress_his;
SET LOCAL ROLE regress_his;
SAVEPOINT s;
SELECT tw.ask('{"mdtrt_id": "v2"}', jsonb_build_array(tw.item('B')));
ROLLBACK TO s;
RESET ROLE;
GRANT EXECUTE ON FUNCTION meso_audit.check_claim(jsonb) TO regress_his;
SET LOCAL ROLE regress_his;
SELECT * FROM tw.short(tw.ask('{"mdtrt_id": "v2"}', jsonb_build_array(tw.item('B'))));
RESET ROLE;

-- no longer history than a check at commit may read
SAVEPOINT s;
SET LOCAL meso_audit.max_history_rows = 1;
\set VERBOSITY terse
SELECT tw.ask('{"mdtrt_id": "v2"}', jsonb_build_array(tw.item('B')));
ROLLBACK TO s;
\set VERBOSITY default

-- what is refused, with the path
CREATE FUNCTION tw.refused(claim text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	d text;
BEGIN
	RETURN 'taken: ' || (meso_audit.check_claim(claim::jsonb) - 'result')::text;
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS d = PG_EXCEPTION_DETAIL;
	RETURN concat_ws(' | ', SQLSTATE, SQLERRM, d);
END $$;
CREATE FUNCTION tw.orders(more text) RETURNS text LANGUAGE sql AS $$
	SELECT format('{"patient_dtos": [{"patn_id": "p1", "fsi_encounter_dtos": [{"mdtrt_id": "v2", "medins_id": "H1", "fsi_order_dtos": [%s]}]}]}', more)
$$;
SELECT tw.refused(q) FROM unnest(ARRAY['[]', '"x"', '{}', '{"patient_dtos": {}}', '{"patient_dtos": [1]}', '{"patient_dtos": [null]}', '{"patient_dtos": [{}]}', '{"data": {"patient_dtos": [{"patn_id": "p"}]}}',
	'{"patient_dtos": []}', '{"patient_dtos": [{"patn_id": "p1", "fsi_encounter_dtos": [{}]}]}',
	'{"patient_dtos": [{"patn_id": "p1", "fsi_encounter_dtos": [{"medins_id": "H1"}]}]}',
	'{"patient_dtos": [{"patn_id": "p1", "curr_mdtrt_id": "x", "fsi_encounter_dtos": [{"medins_id": "H1", "mdtrt_id": "v"}]}]}',
	'{"patient_dtos": [{"patn_id": "p1", "psn_no": "p1", "fsi_encounter_dtos": []}]}',
	'{"patient_dtos": [{"patn_id": "p1", "fsi_encounter_dtos": [{"medins_id": "H1", "mdtrt_id": "v"}, {"medins_id": "H1", "mdtrt_id": "v"}]}]}',
	'{"patient_dtos": [{"patn_id": true, "fsi_encounter_dtos": []}]}', '{"patient_dtos": [{"patn_id": "", "fsi_encounter_dtos": []}]}', '{"rule_ids": "R1", "patient_dtos": []}',
	'{"rule_ids": [["R1"]], "patient_dtos": []}']) q;
SELECT tw.refused(tw.orders(format('{"rx_id": "1", "hilist_code": "A", "cnt": %s, "sumamt": %s, "drord_begn_date": %s}', cnt, amt, t)))
FROM (VALUES ('1', '1', '"2024-02-29"'), ('"1e3"', '1', '"2024-02-29"'), ('"NaN"', '1', '"2024-02-29"'), ('"-Infinity"', '1', '"2024-02-29"'), ('" 1"', '1', '"2024-02-29"'), ('"."', '1', '"2024-02-29"'),
	('true', '1', '"2024-02-29"'), ('[1]', '1', '"2024-02-29"'), ('null', '1', '"2024-02-29"'), ('1', '""', '"2024-02-29"'), ('1', '1', '"2023-02-29"'), ('1', '1', '"infinity"'), ('1', '1', '20240229'),
	('1', '1', '"2024-02-29 24:00"'), ('1', '1', '"2024-02-29 08:00Z"'), ('1', '1', '"2024-02-29 08:00:00+08"'), ('1', '1', '"2024-02-29 08:00:00.1234567"'), ('1', '1', '"0000-01-01"'), ('1', '1', '"9999-12-31T23:59:59.999999"'),
	('1e100000', '1', '"2024-02-29"'), ('0.0000001', '-1e-20', '"2024-02-29"')) v(cnt, amt, t);
SELECT tw.refused(tw.orders(q)) FROM unnest(ARRAY['null', '[]', '{"rx_id": "1"}', '{"rx_id": "1", "feedetl_sn": "1"}',
	tw.item('A')::text || ',' || tw.item('B')::text]) q;

-- too large, too deep, too many, too long
SELECT left(tw.refused(tw.orders(string_agg((tw.item('Z') || jsonb_build_object('rx_id', n))::text, ','))), 200) FROM generate_series(1, 10001) n;
SELECT tw.refused(format('{"patient_dtos": [], "x": %s1%s}', repeat('[', 33), repeat(']', 33)));
SELECT tw.refused(format('{"patient_dtos": [], "x": %s1%s}', repeat('[', 32), repeat(']', 32)));
SELECT left(tw.refused(format('{"patient_dtos": [], "x": %s1%s}', repeat('{"a":', 100000), repeat('}', 100000))), 40);
SELECT tw.refused(format('{"patient_dtos": [], "x": "%s"}', repeat('x', 17000000)));
SELECT tw.refused(format('{"patient_dtos": [{"patn_id": "%s", "fsi_encounter_dtos": []}]}', repeat('x', 4001)));
SELECT left(tw.refused(tw.orders(tw.item('A', jsonb_build_object('cnt', (repeat('9', 100000))::numeric))::text)), 100);
SELECT tw.refused(tw.orders(tw.item('A', jsonb_build_object('cnt', repeat('9', 1000000)))::text)) AS million_digits;
SELECT jsonb_array_length(a->'ignored_fields'), a->'remarks_left_out' FROM (SELECT jsonb_object_agg('f' || n, n) || '{"patient_dtos": []}' FROM generate_series(1, 250) n) q(c), meso_audit.check_claim(c) a;
SELECT a->'ignored_fields' FROM meso_audit.check_claim('{"patient_dtos": [], "a\"b": 1, "": 2, "很": 3}') a;
ROLLBACK;

-- in a plan that could run in parallel: rules are read under the latest snapshot, which no parallel plan may take
\c
SELECT set_config(CASE WHEN current_setting('server_version_num')::integer >= 160000 THEN 'debug_parallel_query' ELSE 'force_parallel_mode' END, 'on', false) AS mode;
SELECT meso_audit.check_claim('{"patient_dtos": [{"patn_id": "nobody", "fsi_encounter_dtos": [{"setl_id": "none", "medins_id": "none"}]}]}') ->> 'action' AS action;
SELECT score FROM meso_audit.credit_score('hospital', 'none', '2025-01-01', 'AE_hospital');

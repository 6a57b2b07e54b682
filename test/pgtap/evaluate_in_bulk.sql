-- evaluate_in_bulk() is evaluate_persons() by another way of reading: what lies
-- beyond a person, the bounds of time or a part is found all the same.
BEGIN;
SELECT plan(16);

SET LOCAL client_min_messages = warning;
SELECT meso_audit.create_fact_tables('hospital');
INSERT INTO meso_audit.rule (code, version, kind_code, template, params, codes, status) VALUES
	('BAN', 1, 'TEST', 'never_pay', '{"payable_only": false}', '{BAD}', 'active'),
	('SUM', 1, 'TEST', 'data_quality', '{"check": "sum_mismatch"}', '{%}', 'active'),
	('MAX', 1, 'TEST', 'max_qty', '{"payable_only": false, "max": 3, "unit": "visit"}', '{MUCH}', 'active'),
	('FLU', 1, 'TEST', 'diag_required', '{"payable_only": false, "diag": ["J%"]}', '{COUGH}', 'active');

CREATE FUNCTION pg_temp.line(setl text, no text, who text, at timestamp, code text, cnt numeric, visit text DEFAULT NULL, reverses text DEFAULT NULL)
RETURNS void LANGUAGE sql AS $$
	INSERT INTO hospital.fee_line (setl_id, feedetl_sn, psn_no, fixmedins_code, fee_ocur_time, med_list_codg,
		cnt, det_item_fee_sumamt, mdtrt_id, init_feedetl_sn)
	VALUES (setl, no, who, 'h1', at, code, cnt, cnt * 10, visit, reverses)
$$;
CREATE FUNCTION pg_temp.setl(id text, who text, at timestamp, total numeric, visit text DEFAULT NULL, init text DEFAULT NULL)
RETURNS void LANGUAGE sql AS $$
	INSERT INTO hospital.settlement (setl_id, psn_no, fixmedins_code, setl_time, medfee_sumamt, mdtrt_id, init_setl_id)
	VALUES (id, who, 'h1', at, total, visit, init)
$$;
DO $$
DECLARE
	t	timestamp := '2025-03-01 10:00';
BEGIN
	-- the first of all is read by index, with all that is asked for
	PERFORM pg_temp.setl('s0', 'a0', t, 40), pg_temp.line('s0', '1', 'a0', t, c, 1)
	FROM unnest('{BAD}'::text[]) c;
	PERFORM pg_temp.line('s0', c, 'a0', t, c, 1) FROM unnest('{MUCH,COUGH,GOOD}'::text[]) c;
	-- two persons in one settlement, one of them not asked for
	PERFORM pg_temp.setl('s1', 'b1', t, 30), pg_temp.line('s1', '1', 'b1', t, 'GOOD', 1),
		pg_temp.line('s1', '2', 'b2', t, 'BAD', 2);
	-- a settlement in the period whose lines lie outside
	PERFORM pg_temp.setl('s2', 'c1', t, 30), pg_temp.line('s2', '1', 'c1', '2021-01-01', 'GOOD', 2);
	-- another person's later settlement reverses
	PERFORM pg_temp.setl('s3', 'd1', t, 20), pg_temp.line('s3', '1', 'd1', t, 'BAD', 2),
		pg_temp.setl('s4', 'x9', '2027-01-01', -20, NULL, 's3'),
		pg_temp.line('s4', '1', 'x9', '2027-01-01', 'BAD', -2, NULL, '1');
	-- a settlement without a row, reversed in it by somebody else
	PERFORM pg_temp.line('s5', '1', 'e1', t, 'BAD', 1), pg_temp.line('s5', '2', 'x9', t, 'BAD', -1, NULL, '1');
	-- a visit that crosses the bounds: by its lines, by its settlement
	PERFORM pg_temp.line('s6', '1', 'f1', '2025-01-01', 'MUCH', 2, 'v6'),
		pg_temp.line('s7', '1', 'f1', '2024-11-01', 'MUCH', 2, 'v6');
	PERFORM pg_temp.line('s8', '1', 'f2', '2025-01-01', 'MUCH', 2, 'v8'),
		pg_temp.setl('s9', 'f2', '2024-11-02', 20, 'v8'), pg_temp.line('s9', '1', 'f2', '2024-11-01', 'MUCH', 2);
	-- diagnoses: of a visit with its row, without, of another person, before the bounds
	PERFORM pg_temp.line('s1' || n, '1', 'g' || n, t, 'COUGH', 1, 'w' || n) FROM generate_series(0, 5) n;
END
$$;
INSERT INTO hospital.visit (mdtrt_id, psn_no, fixmedins_code, begntime, endtime) VALUES
	('v6', 'f1', 'h1', '2024-11-01', '2025-02-01'), ('v8', 'f2', 'h1', '2024-11-01', '2025-02-01'),
	('w0', 'g0', 'h1', '2025-03-01', '2025-03-02'), ('w2', 'x9', 'h1', '2025-03-01', '2025-03-02'),
	('w3', 'g3', 'h1', '2020-03-01', '2025-03-02'), ('w4', 'g4', 'h1', '2025-03-01', '2025-03-02'),
	('w5', 'g5', 'h1', '2025-03-01', '2025-03-02');
INSERT INTO hospital.diagnosis (mdtrt_id, diag_srt_no, diag_code, maindiag_flag, vali_flag) VALUES
	('w0', '1', 'J00', '1', '1'), ('w1', '1', 'J00', '1', '1'), ('w2', '1', 'J00', '1', '1'),
	('w3', '1', 'K00', '1', '1'), ('w4', '1', 'K00', '1', '1'), ('w5', '1', 'J00', '1', '0');

CREATE FUNCTION pg_temp.found(persons text[], at_a_time integer DEFAULT NULL)
RETURNS TABLE (finding text) LANGUAGE sql AS $$
	SELECT concat_ws(' ', source_code, psn_no, setl_id, feedetl_sn, amount)
	FROM meso_audit.evaluate_in_bulk(persons, '[2025-01-01,2026-01-01)', NULL, at_a_time)
$$;
CREATE TEMPORARY TABLE everybody AS
SELECT array_agg(DISTINCT psn_no) AS persons FROM hospital.fee_line WHERE psn_no NOT IN ('b2', 'x9');
CREATE TEMPORARY TABLE want AS
SELECT concat_ws(' ', source_code, psn_no, setl_id, feedetl_sn, amount) AS finding
FROM everybody, meso_audit.evaluate_persons(persons, '[2025-01-01,2026-01-01)');

SELECT bag_eq('TABLE want', $$VALUES ('BAN a0 s0 1 10.00'), ('SUM c1 s2 10.00'),
	('MAX f1 s6 1 10.00'), ('MAX f2 s8 1 10.00'), ('FLU g3 s13 1 10.00'), ('FLU g4 s14 1 10.00')$$, 'what there is to find');
SELECT bag_eq(format('SELECT * FROM pg_temp.found((SELECT persons FROM everybody), %s)', n), 'TABLE want',
	format('%s persons a part', n))
FROM generate_series(1, 5) n;
SELECT bag_eq('SELECT * FROM pg_temp.found((SELECT persons FROM everybody))', 'TABLE want', 'all in one part');
SELECT bag_eq($$SELECT * FROM pg_temp.found((SELECT ARRAY[NULL] || persons || persons FROM everybody), 2)$$, 'TABLE want',
	'NULL, and each twice');
SELECT bag_eq($$SELECT * FROM pg_temp.found('{a0,b,c1,f1,zz}', 1)$$,
	$$SELECT * FROM want WHERE finding ~ ' (a0|c1|f1) '$$, 'some of them, and some who are nowhere');
SELECT is_empty($$SELECT * FROM pg_temp.found('{}')$$, 'of nobody');
SELECT is_empty($$SELECT * FROM pg_temp.found(NULL)$$, 'of NULL');
SELECT throws_ok($$SELECT pg_temp.found('{a0}', 0)$$, '22023', NULL, 'no persons at a time');

-- rows of any length, values of any kind
INSERT INTO hospital.fee_line (setl_id, feedetl_sn, psn_no, fixmedins_code, fee_ocur_time, med_list_codg, cnt, det_item_fee_sumamt, bilg_dr_code)
SELECT 't' || n, '1', 'm' || n, left('h123456', 1 + n % 7), '2025-05-01', 'BAD', n, n / 100.0, (SELECT left(string_agg(md5(i::text), ''), n) FROM generate_series(0, n / 32) i)
FROM unnest('{1,60,125,126,127,128,129,188,252,316,380,3000,100000}'::integer[]) n;
INSERT INTO hospital.fee_line (setl_id, feedetl_sn, psn_no, fixmedins_code, fee_ocur_time, med_list_codg, cnt, det_item_fee_sumamt, bilg_dr_code)
VALUES ('t', repeat('x', 300), repeat('p', 200), '', '2025-05-01', 'BAD', 1e6, 0.000001, repeat('d', 100000)),
	('', '', '', '', '2025-05-01', 'BAD', 1, 1, '');
CREATE TEMPORARY TABLE odd AS
SELECT 'a0'::text || array_agg(psn_no) AS persons FROM hospital.fee_line WHERE setl_id ~ '^(t.*)?$';
SELECT is((SELECT count(*) FROM odd, pg_temp.found(persons, 3)), 16::bigint, 'rows of any length are read');
SELECT bag_eq('SELECT f.* FROM odd, meso_audit.evaluate_in_bulk(persons, NULL, NULL, 3) f',
	'SELECT f.* FROM odd, meso_audit.evaluate_persons(persons) f', 'whole');

-- a point that looks further than all before it
SELECT is((SELECT count(*) FROM pg_temp.found('{a0,f1,f2}', 1)), 3::bigint, 'the first part');
INSERT INTO meso_audit.rule (code, version, kind_code, template, params, codes, status) VALUES
	('OLD', 1, 'TEST', 'prior_use_required', '{"payable_only": false, "first_line": ["GOOD"], "lookback": "1500 days"}', '{BAD}', 'active');
SELECT bag_eq('SELECT * FROM pg_temp.found((SELECT persons FROM everybody), 1)',
	$$SELECT concat_ws(' ', source_code, psn_no, setl_id, feedetl_sn, amount)
	FROM everybody, meso_audit.evaluate_persons(persons, '[2025-01-01,2026-01-01)')$$, 'rules that look further');

SELECT * FROM finish();
ROLLBACK;

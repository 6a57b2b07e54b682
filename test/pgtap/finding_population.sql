-- Rules over populations: each against the plain reading of its words.
BEGIN;
SELECT plan(34);

SET LOCAL client_min_messages = warning;
SELECT meso_audit.create_fact_tables('hospital');

-- 40 institutions of two levels, half a year, sums that repeat and differ.
INSERT INTO hospital.institution (fixmedins_code, hosp_lv, fixmedins_type, fix_blng_admdvs)
SELECT 'h' || i, CASE WHEN i = 40 THEN NULL ELSE 1 + i % 2 END, '1', '4401' || lpad((i % 3)::text, 2, '0')
FROM generate_series(1, 40) i;
INSERT INTO hospital.visit (mdtrt_id, psn_no, fixmedins_code, begntime, endtime, med_type, chfpdr_code)
SELECT 'v' || i, 'p' || i * 7 % 23, 'h' || 1 + (i * 37 + i * i / 97) % 40, t, t + interval '2 days', CASE i % 3 WHEN 0 THEN '21' ELSE '11' END,
	'd' || i % 13
FROM (SELECT i, '2025-01-01'::timestamp + (i * 7919 % 4320) * interval '1 hour' AS t FROM generate_series(1, 2000) i) x;
INSERT INTO hospital.settlement (setl_id, psn_no, fixmedins_code, setl_time, mdtrt_id, medfee_sumamt, fund_pay_sumamt, refd_setl_flag)
SELECT 's' || substr(mdtrt_id, 2), psn_no, fixmedins_code, begntime + interval '1 hour', mdtrt_id,
	(substr(mdtrt_id, 2)::integer * 31 % 17) * 10, 5, CASE WHEN substr(mdtrt_id, 2)::integer % 29 = 0 THEN '1' END
FROM hospital.visit;
INSERT INTO hospital.fee_line (setl_id, feedetl_sn, psn_no, fixmedins_code, fee_ocur_time, med_list_codg, cnt,
	det_item_fee_sumamt, med_chrgitm_type, list_type, bilg_dr_code)
SELECT s.setl_id, j::text, s.psn_no, s.fixmedins_code, s.setl_time, 'c' || (j * substr(s.setl_id, 2)::integer) % 9, 2,
	10 + (substr(s.setl_id, 2)::integer * j) % 13, CASE j WHEN 1 THEN '09' ELSE '03' END, '101', 'd' || j
FROM hospital.settlement s, generate_series(1, 3) j;
-- a reversal of a line, whole, and in part
INSERT INTO hospital.fee_line (setl_id, feedetl_sn, psn_no, fixmedins_code, fee_ocur_time, med_list_codg, cnt,
	det_item_fee_sumamt, med_chrgitm_type, list_type, init_feedetl_sn)
SELECT setl_id, 'r' || feedetl_sn, psn_no, fixmedins_code, fee_ocur_time + interval '1 hour', med_list_codg,
	- CASE WHEN substr(setl_id, 2)::integer % 10 = 0 THEN cnt ELSE 1 END, -10, med_chrgitm_type, list_type, feedetl_sn
FROM hospital.fee_line WHERE feedetl_sn = '1' AND substr(setl_id, 2)::integer % 5 = 0;

CREATE FUNCTION pg_temp.rule(code text, params jsonb, scope jsonb DEFAULT '{}', action text DEFAULT 'flag')
RETURNS void LANGUAGE sql AS $$
	INSERT INTO meso_audit.rule (code, version, kind_code, template, params, scope, action, status)
	VALUES (code, 1, 'TEST', 'aggregate_threshold', params, scope, action, 'active')
$$;
CREATE FUNCTION pg_temp.found(rule_code text, audited daterange DEFAULT '[2025-01-01,2026-01-01)')
RETURNS TABLE (subject text, day date) LANGUAGE sql AS $$
	SELECT COALESCE(psn_no, fixmedins_code, prac_psn_code), judged_day
	FROM meso_audit.judge_population(rule_code, audited)
$$;

-- calendar periods, fixed values
SELECT pg_temp.rule('SUM', '{"metric": "amount", "by": "institution", "period": "month", "op": ">", "value": 1000}');
SELECT set_eq($$SELECT * FROM pg_temp.found('SUM')$$, $$
	SELECT fixmedins_code, (date_trunc('month', setl_time) + interval '1 month')::date - 1
	FROM hospital.settlement WHERE refd_setl_flag IS NULL
	GROUP BY 1, 2 HAVING sum(medfee_sumamt) > 1000$$, 'amount of an institution by month');
SELECT cmp_ok((SELECT count(*) FROM pg_temp.found('SUM')), '>', 20::bigint, 'of which there are some');
SELECT set_eq($$SELECT * FROM pg_temp.found('SUM', '[2025-02-01,2025-03-01)')$$,
	$$SELECT * FROM pg_temp.found('SUM') WHERE day = '2025-02-28'$$, 'one month of it');
SELECT is_empty($$SELECT * FROM pg_temp.found('SUM', '[2025-02-01,2025-02-28)')$$, 'a month is judged on its last day');

SELECT pg_temp.rule('WEEK', '{"metric": "persons", "by": "institution", "period": "week", "op": ">=", "value": 6}', '{"hosp_lv": [2]}');
SELECT set_eq($$SELECT * FROM pg_temp.found('WEEK')$$, $$
	SELECT fixmedins_code, date_trunc('week', setl_time)::date + 6
	FROM hospital.settlement JOIN hospital.institution USING (fixmedins_code)
	WHERE refd_setl_flag IS NULL AND hosp_lv = 2
	GROUP BY 1, 2 HAVING count(DISTINCT psn_no) >= 6$$, 'persons by ISO week, in scope');

-- numbers and lone values in a scope are read as the evaluator reads them
SELECT pg_temp.rule('NUMBER', '{"metric": "persons", "by": "institution", "period": "week", "op": ">=", "value": 6}',
	'{"hosp_lv": 2, "fixmedins_type": [1], "area": null}');
SELECT pg_temp.rule('TEXT', '{"metric": "persons", "by": "institution", "period": "week", "op": ">=", "value": 6}',
	'{"hosp_lv": ["2"], "fixmedins_type": ["1"]}');
SELECT ok((SELECT count(*) FROM pg_temp.found('TEXT')) > 0, 'a scope of texts finds');
SELECT set_eq($$SELECT * FROM pg_temp.found('NUMBER')$$, $$SELECT * FROM pg_temp.found('TEXT')$$, 'a scope of numbers finds the same');

SELECT pg_temp.rule('DOC', '{"metric": "visits", "by": "practitioner", "period": "day", "op": ">=", "value": 4}');
SELECT set_eq($$SELECT * FROM pg_temp.found('DOC')$$, $$
	SELECT chfpdr_code, begntime::date FROM hospital.visit GROUP BY 1, 2 HAVING count(*) >= 4$$, 'visits of a physician by day');

SELECT pg_temp.rule('SHARE', '{"metric": "share", "chrgitm": ["09"], "by": "institution", "period": "year", "op": ">=", "value": 0.3}');
SELECT set_eq($$SELECT * FROM pg_temp.found('SHARE')$$, $$
	SELECT l.fixmedins_code, '2025-12-31'::date
	FROM hospital.fee_line l
	JOIN hospital.settlement s USING (setl_id)
	LEFT JOIN hospital.fee_line r ON r.setl_id = l.setl_id AND r.init_feedetl_sn = l.feedetl_sn
	WHERE l.init_feedetl_sn IS NULL AND s.refd_setl_flag IS NULL AND (r.cnt IS NULL OR l.cnt + r.cnt > 0)
	GROUP BY 1
	HAVING sum(l.det_item_fee_sumamt + COALESCE(r.det_item_fee_sumamt, 0)) FILTER (WHERE l.med_chrgitm_type = '09')
		>= 0.3 * sum(l.det_item_fee_sumamt + COALESCE(r.det_item_fee_sumamt, 0))$$,
	'share of a charge class, reversals taken off');
SELECT cmp_ok((SELECT count(*) FROM pg_temp.found('SHARE')), '>', 0::bigint, 'of which there are some');

SELECT pg_temp.rule('BACK', '{"metric": "readmissions", "days": 10, "by": "institution", "period": "year", "op": ">=", "value": 2}');
SELECT set_eq($$SELECT * FROM pg_temp.found('BACK')$$, $$
	SELECT fixmedins_code, '2025-12-31'::date
	FROM (
		SELECT fixmedins_code, begntime::date - lag(endtime::date) OVER (
			PARTITION BY psn_no, fixmedins_code ORDER BY begntime, mdtrt_id COLLATE "C") AS gap
		FROM hospital.visit WHERE med_type = '21'
	) x
	WHERE gap BETWEEN 0 AND 10 GROUP BY 1 HAVING count(*) >= 2$$, 'readmissions to the same institution');

-- rolling days
SELECT pg_temp.rule('ROLL', '{"metric": "amount", "by": "institution", "period": "10 days", "op": ">=", "value": 600}');
SELECT pg_temp.rule('ROLLP', '{"metric": "persons", "by": "institution", "period": "10 days", "op": ">=", "value": 6}');
CREATE TEMPORARY VIEW event AS
SELECT s.*, setl_time::date AS day,
	row_number() OVER (PARTITION BY fixmedins_code ORDER BY setl_time, setl_id COLLATE "C") AS n
FROM hospital.settlement s WHERE refd_setl_flag IS NULL;
CREATE TEMPORARY VIEW naive AS
SELECT e.fixmedins_code, e.setl_time, e.day, e.n, w.total, w.persons
FROM event e CROSS JOIN LATERAL (
	SELECT sum(o.medfee_sumamt) AS total, count(DISTINCT o.psn_no) AS persons
	FROM event o WHERE o.fixmedins_code = e.fixmedins_code AND o.n <= e.n AND o.day > e.day - 10) w;
SELECT set_eq($$SELECT fixmedins_code, lower(period), judged_day FROM meso_audit.judge_population('ROLL', '(,)')$$, $$
	SELECT fixmedins_code, setl_time, day
	FROM (SELECT *, lag(total >= 600, 1, false) OVER (PARTITION BY fixmedins_code ORDER BY n) AS was FROM naive) x
	WHERE total >= 600 AND NOT was$$, 'rolling sums: maximal runs, by their first event');
SELECT cmp_ok((SELECT count(*) FROM pg_temp.found('ROLL')), '>', 20::bigint, 'of which there are some');
SELECT set_eq($$SELECT fixmedins_code, lower(period), judged_day FROM meso_audit.judge_population('ROLLP', '(,)')$$, $$
	SELECT fixmedins_code, setl_time, day
	FROM (SELECT *, lag(persons >= 6, 1, false) OVER (PARTITION BY fixmedins_code ORDER BY n) AS was FROM naive) x
	WHERE persons >= 6 AND NOT was$$, 'rolling distinct persons');
SELECT set_eq($$SELECT * FROM pg_temp.found('ROLL', '[2025-03-01,2025-04-01)')$$,
	$$SELECT * FROM pg_temp.found('ROLL') WHERE day >= '2025-03-01' AND day < '2025-04-01'$$,
	'a run belongs to the day on which it began');

-- peers
SELECT pg_temp.rule('PEER', '{"metric": "amount", "by": "institution", "period": "month", "op": ">=", "peer": {"group": "hosp_lv", "z": 1.5}}');
CREATE TEMPORARY VIEW monthly AS
SELECT s.fixmedins_code, i.hosp_lv, date_trunc('month', setl_time) AS m, sum(medfee_sumamt) AS x
FROM hospital.settlement s JOIN hospital.institution i USING (fixmedins_code)
WHERE refd_setl_flag IS NULL GROUP BY 1, 2, 3;
CREATE TEMPORARY VIEW far AS
SELECT a.fixmedins_code, (a.m + interval '1 month')::date - 1 AS day, a.x, o.n, o.median,
	(SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY abs(p.x::float8 - o.median))
	 FROM monthly p WHERE p.m = a.m AND p.hosp_lv = a.hosp_lv AND p.fixmedins_code <> a.fixmedins_code) AS mad
FROM monthly a CROSS JOIN LATERAL (
	SELECT count(*) AS n, percentile_cont(0.5) WITHIN GROUP (ORDER BY p.x::float8) AS median
	FROM monthly p WHERE p.m = a.m AND p.hosp_lv = a.hosp_lv AND p.fixmedins_code <> a.fixmedins_code) o;
SELECT set_eq($$SELECT * FROM pg_temp.found('PEER')$$, $$
	SELECT fixmedins_code, day FROM far
	WHERE n >= 10 AND mad > 0 AND (x::float8 - median) / (1.4826 * mad) >= 1.5$$, 'far from the others of the group');
SELECT cmp_ok((SELECT count(*) FROM pg_temp.found('PEER')), '>', 5::bigint, 'of which there are some');
SELECT is_empty($$SELECT p.fixmedins_code FROM meso_audit.judge_population('PEER', '(,)') p
	JOIN far f ON f.fixmedins_code = p.fixmedins_code AND f.day = p.judged_day
	WHERE abs(p.score - (f.x::float8 - f.median) / (1.4826 * f.mad)) > 0.0001$$, 'the score is z');

SELECT pg_temp.rule('FEW', '{"metric": "amount", "by": "institution", "period": "month", "op": ">=", "peer": {"group": ["hosp_lv", "area"], "z": 0.1}}');
SELECT is_empty($$SELECT * FROM pg_temp.found('FEW')$$, 'fewer than 10 others: no hit');

SELECT pg_temp.rule('MILD', '{"metric": "amount", "by": "institution", "period": "month", "op": ">", "value": 1}', '{}', 'remind');
SELECT is_empty($$SELECT * FROM pg_temp.found('MILD')$$, 'a reminder writes no finding');

-- numbers and times that are none accuse nobody and stop nothing
CREATE TEMPORARY TABLE honest AS SELECT * FROM pg_temp.found('SUM', '(,)');
INSERT INTO hospital.settlement (setl_id, psn_no, fixmedins_code, setl_time, medfee_sumamt)
SELECT 'x' || n, 'p1', 'h' || n, t, m
FROM (VALUES (1, timestamp '2025-02-01', numeric 'NaN'), (2, '2025-02-02', 'Infinity'), (3, '2025-02-03', 1e13),
	(4, '294276-12-31', 1), (5, '4714-11-24 BC', 1), (6, 'infinity', 1), (7, '-infinity', 1)) v(n, t, m);
SELECT set_eq($$SELECT * FROM pg_temp.found('SUM', '(,)')$$, 'TABLE honest', 'sums leave out what is no number');
SELECT pg_temp.rule('ROLLS', '{"metric": "amount", "by": "institution", "period": "30 days", "op": ">", "value": 1e12}');
SELECT is_empty($$SELECT * FROM pg_temp.found('ROLLS', '(,)')$$, 'rolling ones too');
INSERT INTO hospital.fee_line (setl_id, feedetl_sn, psn_no, fixmedins_code, fee_ocur_time, med_list_codg, cnt,
	det_item_fee_sumamt, med_chrgitm_type)
SELECT 'x', n::text, 'p1', 'odd', t, 'c', c, a, '09'
FROM (VALUES (1, timestamp '2025-02-01', 1, numeric 'NaN'), (2, '2025-02-02', 1, 'Infinity'), (3, '2025-02-03', 'NaN', 1),
	(4, '294276-12-31', 1, 1), (5, '2025-02-05', 1e-9, 1)) v(n, t, c, a);
SELECT pg_temp.rule('ODD', '{"metric": "share", "chrgitm": ["09"], "by": "institution", "period": "month", "op": ">=", "value": 0}',
	'{"fixmedins_code": ["odd"]}');
SELECT is_empty($$SELECT * FROM pg_temp.found('ODD', '(,)')$$, 'a share of no numbers is none');
DELETE FROM hospital.settlement WHERE setl_id LIKE 'x%';
DELETE FROM hospital.fee_line WHERE setl_id = 'x';

-- fewer rows than at_least are no value
SELECT pg_temp.rule('LEAST', '{"metric": "share", "chrgitm": ["09"], "by": "institution", "period": "month", "op": ">", "value": 0.3, "at_least": 25}');
SELECT pg_temp.rule('ANY', '{"metric": "share", "chrgitm": ["09"], "by": "institution", "period": "month", "op": ">", "value": 0.3}');
SELECT set_eq($$SELECT * FROM pg_temp.found('LEAST')$$, $$
	SELECT f.* FROM pg_temp.found('ANY') f
	WHERE (SELECT count(*) FROM hospital.fee_line l JOIN hospital.settlement s USING (setl_id)
		WHERE l.fixmedins_code = f.subject AND date_trunc('month', l.fee_ocur_time) = date_trunc('month', f.day::timestamp)
			AND s.refd_setl_flag IS NULL AND l.init_feedetl_sn IS NULL
			AND l.cnt > (SELECT COALESCE(sum(-r.cnt), 0) FROM hospital.fee_line r WHERE r.setl_id = l.setl_id AND r.init_feedetl_sn = l.feedetl_sn)) >= 25$$,
	'a share of at least so many lines');
SELECT isnt_empty($$SELECT * FROM pg_temp.found('ANY') EXCEPT SELECT * FROM pg_temp.found('LEAST')$$, 'and not of fewer');

-- stock: k1 bought too little, k2 books late, k3 has no opening stock, k4 bought enough, k5 sent some back
INSERT INTO hospital.institution (fixmedins_code, hosp_lv, fixmedins_type) SELECT 'k' || n, 0, '2' FROM generate_series(1, 5) n;
INSERT INTO hospital.settlement (setl_id, psn_no, fixmedins_code, setl_time)
SELECT 'k' || n, 'p1', 'k' || n, '2025-05-10' FROM generate_series(1, 5) n;
INSERT INTO hospital.fee_line (setl_id, feedetl_sn, psn_no, fixmedins_code, fee_ocur_time, med_list_codg, cnt, det_item_fee_sumamt)
SELECT 'k' || n, d::text, 'p1', 'k' || n, '2025-05-01'::timestamp + d * interval '1 day', 'X1', 2, 10
FROM generate_series(1, 5) n, generate_series(1, 10) d;
INSERT INTO hospital.stock_movement (fixmedins_code, med_list_codg, inv_chg_type, cnt, inv_chg_time) VALUES
	('k1', 'X1', 'opening', 4, '2025-04-01'), ('k1', 'X1', 'purchase', 10, '2025-05-04'), ('k1', 'X1', 'sale', 20, '2025-05-12'), ('k1', 'X1', 'count', 90, '2025-05-12'),
	('k2', 'X1', 'opening', 0, '2025-04-01'), ('k2', 'X1', 'purchase', 20, '2025-05-16'),
	('k3', 'X1', 'purchase', 1, '2025-04-01'),
	('k4', 'X1', 'opening', 20, '2025-04-01'), ('k4', 'X2', 'purchase_return', 9, '2025-04-01'),
	('k5', 'X1', 'opening', 20, '2025-04-01'), ('k5', 'X1', 'purchase_return', 9, '2025-05-20'), ('k5', 'X1', 'transfer_in', 1, '2025-05-21');
SELECT pg_temp.rule('STOCK', '{"metric": "unstocked", "items": ["X%"], "by": "institution", "period": "month", "op": ">", "value": 0}');
SELECT pg_temp.rule('STOCK-14', '{"metric": "unstocked", "items": ["X%"], "days": 14, "by": "institution", "period": "month", "op": ">", "value": 0}');
SELECT pg_temp.rule('STOCK-SCOPE', '{"metric": "unstocked", "items": ["X%"], "by": "institution", "period": "month", "op": ">", "value": 0}', '{"fixmedins_type": ["1"]}');
SELECT results_eq($$SELECT fixmedins_code, (related ->> 'value')::numeric FROM meso_audit.judge_population('STOCK', '[2025-01-01,2026-01-01)') ORDER BY 1$$,
	$$VALUES ('k1', 0.3), ('k2', 1.0)$$, 'three of ten lines are beyond 14; all of what was not yet booked');
SELECT results_eq($$SELECT fixmedins_code, (related ->> 'value')::numeric FROM meso_audit.judge_population('STOCK-14', '[2025-01-01,2026-01-01)') ORDER BY 1$$,
	$$VALUES ('k1', 0.3), ('k5', 0.4)$$, 'what is booked within 14 days counts, what is sent back too');
SELECT is_empty($$SELECT * FROM pg_temp.found('STOCK-SCOPE')$$, 'lines out of scope are not counted');
DELETE FROM hospital.fee_line WHERE setl_id LIKE 'k%';
DELETE FROM hospital.settlement WHERE setl_id LIKE 'k%';

-- stored, withdrawn, exempted
INSERT INTO meso_audit.rule_exemption (rule_code, fixmedins_code, reason)
SELECT 'SUM', min(subject), 'test' FROM pg_temp.found('SUM');
SELECT is(meso_audit.reconcile_population('rule', '{SUM}', '[2025-01-01,2026-01-01)',
	(SELECT array_agg(f) FROM meso_audit.judge_population('SUM', '[2025-01-01,2026-01-01)') f)),
	(SELECT count(*)::integer FROM (
		SELECT FROM hospital.settlement
		WHERE refd_setl_flag IS NULL AND fixmedins_code <> (SELECT fixmedins_code FROM meso_audit.rule_exemption)
		GROUP BY fixmedins_code, date_trunc('month', setl_time) HAVING sum(medfee_sumamt) > 1000) x), 'all but the exempted are written');
DELETE FROM hospital.settlement WHERE setl_time >= '2025-03-01' AND setl_time < '2025-04-01';
SELECT meso_audit.reconcile_population('rule', '{SUM}', '[2025-01-01,2026-01-01)',
	(SELECT array_agg(f) FROM meso_audit.judge_population('SUM', '[2025-01-01,2026-01-01)') f));
SELECT is((SELECT array_agg(DISTINCT judged_day) FROM meso_audit.finding WHERE status = 'withdrawn'), '{2025-03-31}'::date[],
	'a month whose rows are gone is withdrawn');

-- a rule that ceases to compare peers, and does so again: one finding, one judge
SELECT pg_temp.rule('TURN', '{"metric": "visits", "by": "person", "period": "year", "op": ">=", "value": 1}');
CREATE TEMPORARY VIEW fixed AS
SELECT array_agg(f) AS truth FROM meso_audit.evaluate_persons('{p1}', '(,)', '{TURN}') f;
SELECT is(meso_audit.reconcile('{p1}', '(,)', (SELECT truth FROM fixed), '{TURN}'), 1, 'a person over a fixed value');
SELECT is(meso_audit.reconcile_population('rule', '{TURN}', '(,)', (SELECT truth FROM fixed)), 1, 'becomes one far from peers');
SELECT is(meso_audit.reconcile('{p1}', '(,)', NULL, '{TURN}'), 0, 'which the audit of persons leaves alone');
SELECT results_eq($$SELECT meso_audit.reconcile('{p1}', '(,)', (SELECT truth FROM fixed), '{TURN}'),
		meso_audit.reconcile_population('rule', '{TURN}', '(,)', NULL), count(*), min(status)
	FROM meso_audit.finding WHERE source_code = 'TURN'$$, $$VALUES (1, 0, 1::bigint, 'open')$$, 'and back');

SELECT * FROM finish();
ROLLBACK;

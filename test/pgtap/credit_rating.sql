-- The life of a rating, and the published result of 2022: of 1,164 institutions
-- 146 with records, 49 rated: 15 A, 26 B, 8 C, none D or E.
BEGIN;
SELECT plan(29);
SET client_min_messages = warning;
SET search_path = meso_audit, public;
SET meso_audit.require_approval = off;
SELECT setup();
CREATE SCHEMA cr;
SELECT create_fact_tables('cr');
INSERT INTO cr.institution (fixmedins_code, fixmedins_name, fixmedins_type, hosp_lv, fix_blng_admdvs, begndate)
SELECT 'H' || n, 'Institution ' || n, '1', 1 + n % 3, '5001' || lpad((n % 5)::text, 2, '0'), '2015-01-01' FROM generate_series(1, 1164) n;

-- records of 146, of whom 49 take part
SELECT count(add_credit_record('hospital', 'H' || n, 'I57', 'basic', '2022-03-01')) FROM generate_series(1, 146) n;
SELECT count(set_participant('JLP2022', 'H' || n, '[2022-01-01,2023-01-01)')) FROM generate_series(1, 49) n;
SELECT create_scheme('JLP2022', '{"subject_type": "hospital", "title_zh": "信用评价", "veto_grade": "E",
	"bands": [{"grade": "A", "from": 90}, {"grade": "B", "from": 80}, {"grade": "C", "from": 70}, {"grade": "D", "from": 60}, {"grade": "E"}],
	"indicators": [{"indicator": "I06", "method": "deduct", "weight": 40, "params": {"per": 1}, "validity": "1 year"},
		{"indicator": "I57", "method": "add", "cap": 0, "params": {"per": 1}},
		{"indicator": "I19", "method": "ratio_band", "weight": 60, "params": {"bands": [{"upto": 1, "earn": 1}, {"earn": 0.9}]}, "missing": "full"},
		{"indicator": "I73", "method": "veto"}]}', 'active');
-- breaches: up to 10 an A, up to 20 a B, up to 30 a C
SELECT count(add_credit_record('hospital', 'H' || n, 'I06', 'untrustworthy', '2022-05-01',
	CASE WHEN n <= 15 THEN n % 11 WHEN n <= 41 THEN 11 + n % 10 ELSE 21 + n % 10 END)) FROM generate_series(1, 49) n;
CALL run_rating('JLP2022', '[2022-01-01,2023-01-01)') \gset
SELECT results_eq('SELECT collected, rated FROM rating_run', 'VALUES (146, 49)', '146 collected, 49 rated');
SELECT results_eq('SELECT grade, count(*)::integer FROM rating WHERE grade IS NOT NULL GROUP BY 1 ORDER BY 1',
	$$VALUES ('A', 15), ('B', 26), ('C', 8)$$, '15 A, 26 B, 8 C, no D, no E');
SELECT is((SELECT count(*) FROM rating WHERE why_not = 'not_participating'), 97::bigint, 'the others have records but do not take part');
SELECT is((SELECT count(*) FROM rating WHERE grade IS NOT NULL AND subject_name = 'Institution ' || substr(subject_code, 2)), 49::bigint, 'names come from the facts');
SELECT is((SELECT rank FROM rating WHERE subject_code = 'H11'), 1, 'no breach is the first place');
SELECT is_empty($$SELECT r.subject_code FROM rating r WHERE r.grade IS NOT NULL AND r.score <> 100 - (
	SELECT sum(d.lost) - sum(d.gained) FROM rating_detail d WHERE d.run_id = r.run_id AND d.subject_code = r.subject_code)$$, 'every lost point has its indicator');
SELECT is_empty($$SELECT d.* FROM rating_detail d WHERE d.quantity <> COALESCE(
	(SELECT sum(c.quantity) FROM credit_record c WHERE c.record_id = ANY (d.records)), 0)$$, 'and every quantity its records');

-- open, published, final
SELECT throws_ok(format('SELECT finalise_rating(%s)', :run_id), '55000', NULL, 'an open rating is published first');
SELECT throws_ok(format('SELECT object_rating(%s, ''H1'', ''why'')', :run_id), '55000', NULL, 'and objected to after that');
SELECT publish_rating(:run_id, 5);
SELECT throws_ok(format('SELECT publish_rating(%s)', :run_id), '55000', NULL, 'once');
SELECT throws_ok(format('SELECT object_rating(%s, ''H999'', ''why'')', :run_id), '42704', NULL, 'by who is in it');
SELECT object_rating(:run_id, 'H49', 'two of these were somebody else''s', 'I06') AS o \gset
SELECT throws_ok(format('SELECT resolve_objection(%s, true, ''yes'')', :o), '42501', NULL, 'not resolved by who filed it');
UPDATE rating_run SET objections_until = current_date - 1;
SELECT throws_ok(format('SELECT finalise_rating(%s)', :run_id), '55000', NULL, 'not final before objections are resolved');
SELECT throws_ok(format('SELECT object_rating(%s, ''H48'', ''late'')', :run_id), '55000', NULL, 'no objection when the time has passed');
-- the breaches of H49: 21 + 9, one record; it turns out to be 19
SELECT set_credit_record_status((SELECT record_id FROM credit_record WHERE subject_code = 'H49' AND indicator = 'I06'), 'revoked');
SELECT add_credit_record('hospital', 'H49', 'I06', 'untrustworthy', '2022-05-01', 19);
CREATE ROLE cr_other;
GRANT EXECUTE ON FUNCTION resolve_objection(bigint, boolean, text), finalise_rating(bigint) TO cr_other;
GRANT USAGE ON SCHEMA meso_audit TO cr_other;
SET SESSION AUTHORIZATION cr_other;
SELECT is(meso_audit.resolve_objection(:o, true, 'right'), 81.00, 'an upheld objection rates the subject anew');
RESET SESSION AUTHORIZATION;
SELECT results_eq('SELECT grade, rank FROM rating WHERE subject_code = ''H49''', $$VALUES ('B', 36)$$, 'and ranks it');
SELECT finalise_rating(:run_id);
SELECT results_eq('SELECT grade, count(*)::integer FROM rating_current GROUP BY 1 ORDER BY 1', $$VALUES ('A', 15), ('B', 27), ('C', 7)$$, 'the final rating');
SELECT throws_ok('UPDATE rating SET score = 100', '55000', NULL, 'a final rating is not updated');
SELECT throws_ok('DELETE FROM rating_detail', '55000', NULL, 'nor deleted');
SELECT throws_ok('UPDATE rating_run SET status = ''open''', '55000', NULL, 'nor opened again');
SELECT throws_ok('TRUNCATE rating', '55000', NULL, 'nor emptied');
SELECT throws_ok('DELETE FROM rating_run', '55000', NULL, 'nor lost');
SELECT set_credit_record_status(record_id, 'revoked') FROM credit_record WHERE subject_code = 'H20' AND indicator = 'I06';
SELECT is((SELECT score FROM rating_current WHERE subject_code = 'H20'), 89.00, 'what happens later does not change it');

-- the next one moves
SELECT set_participant('JLP2022', 'H' || n, '[2023-01-01,2024-01-01)') FROM generate_series(1, 49) n;
CALL run_rating('JLP2022', '[2023-01-01,2024-01-01)') \gset n_
SELECT results_eq(format('SELECT previous_grade, previous_score, grade, score FROM rating WHERE run_id = %s AND subject_code = ''H49''', :n_run_id),
	$$VALUES ('B', 81.00, 'A', 100.00)$$, 'last year''s records no longer count, and the movement is kept');

-- repair
SELECT add_credit_record('hospital', 'H1', 'I06', 'untrustworthy', CURRENT_DATE - 100) AS r1,
	add_credit_record('hospital', 'H2', 'I06', 'untrustworthy', CURRENT_DATE - 300) AS r2 \gset
SELECT throws_ok(format('SELECT request_repair(%s, ''done'')', :r1), '55000', NULL, 'six months must have passed');
SELECT request_repair(:r2, 'done') AS p \gset
SELECT throws_ok(format('SELECT review_repair(%s, true, ''ok'')', :p), '42501', NULL, 'not reviewed by who asked');

-- a draft beside what is in force
SELECT create_scheme('JLP2022', '{"subject_type": "hospital", "bands": [{"grade": "A", "from": 90}, {"grade": "B"}],
	"indicators": [{"indicator": "I06", "method": "deduct", "weight": 80, "params": {"per": 1}, "validity": "1 year"},
		{"indicator": "I57", "method": "boolean", "weight": 20, "missing": "full"}]}');
SELECT results_eq($$SELECT score_now, grade_now, score_then, grade_then, difference, reasons FROM simulate_scheme('JLP2022', '[2022-01-01,2023-01-01)') WHERE subject_code = 'H30'$$,
	$$VALUES (89.00, 'B', 89.00, 'B', 0.00, NULL::jsonb)$$, 'a simulation compares');
SELECT is((SELECT count(*) FROM rating_run), 2::bigint, 'and writes nothing');

-- twelve points
SELECT add_credit_record('practitioner', 'D1', 'I77', 'untrustworthy', d::date, q)
FROM (VALUES ('2025-03-01', 6), ('2025-06-01', 4), ('2026-02-01', 12)) AS x(d, q);
SELECT results_eq($$SELECT s.* FROM unnest('{2025-03-01,2025-12-31,2026-01-01,2026-02-01}'::date[]) d, points_status('D1', d) s$$,
	$$VALUES (6.000000, 'heavier', NULL::daterange), (10.000000, 'suspended', '[2025-06-01,2025-10-01)'), (0, 'none', NULL), (12.000000, 'terminated', '[2026-02-01,2029-02-01)')$$,
	'points suspend, terminate, and are cleared on 1 January');
SELECT * FROM finish();
ROLLBACK;

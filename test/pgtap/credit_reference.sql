-- Random schemes and random subjects: the engine's scores are those of the plain
-- SQL of test/reference/credit.sql, exactly.
BEGIN;
SELECT plan(8);
SET client_min_messages = warning;
SET search_path = meso_audit, public;
SET meso_audit.require_approval = off;
CREATE SCHEMA reference;
\ir ../reference/credit.sql
SELECT setseed(0.20221);
CREATE FUNCTION pg_temp.pick(VARIADIC list text[]) RETURNS text LANGUAGE sql VOLATILE AS
$$ SELECT list[1 + floor(random() * cardinality(list))::integer] $$;
-- a number with up to six decimals
CREATE FUNCTION pg_temp.num(lo float8, hi float8) RETURNS numeric LANGUAGE sql VOLATILE AS
$$ SELECT round((lo + random() * (hi - lo))::numeric, pg_temp.pick('0', '1', '2', '6')::integer) $$;
CREATE FUNCTION pg_temp.day() RETURNS date LANGUAGE sql VOLATILE AS
$$ SELECT CASE WHEN random() < 0.4 THEN pg_temp.pick('2024-02-29', '2024-02-28', '2023-12-31', '2024-01-01', '2025-02-28', '2025-01-31', '2024-12-31', '2025-06-30', '2025-07-01')::date
	ELSE date '2022-06-01' + floor(random() * 1300)::integer END $$;
CREATE FUNCTION pg_temp.params(method text) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	worst numeric := pg_temp.num(-1, 1);
BEGIN
	RETURN CASE method
		WHEN 'deduct' THEN jsonb_build_object('per', pg_temp.num(0, 5), 'of', pg_temp.pick('records', 'records', 'value'))
		WHEN 'add' THEN jsonb_build_object('per', pg_temp.num(0, 3), 'of', pg_temp.pick('records', 'records', 'value'))
		WHEN 'linear' THEN jsonb_build_object('worst', worst, 'best', worst + pg_temp.pick('-0.7', '0.5', '1', '0.000001', '3')::numeric)
		WHEN 'peer_percentile' THEN jsonb_build_object('better', pg_temp.pick('high', 'low')) || pg_temp.pick('{}', '{"worst": 0.1, "best": 0.5}', '{"worst": 0.9, "best": 0.2}', '{"min_peers": 3}')::jsonb
		WHEN 'ratio_band' THEN jsonb_build_object('bands', (SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
				'from', CASE WHEN random() < 0.7 THEN pg_temp.num(-1, 2) END, 'upto', CASE WHEN random() < 0.5 THEN pg_temp.num(-1, 3) END, 'earn', pg_temp.num(0, 1))))
			FROM generate_series(1, 1 + floor(random() * 4)::integer)))
		ELSE '{}' END;
END $$;
CREATE TEMPORARY TABLE made (scheme text, d date, version integer, subject_type text);
DO $$
DECLARE
	types text[] := '{hospital,pharmacy,practitioner,person}';
	document jsonb;
	type text;
BEGIN
	FOR n IN 1..50 LOOP
		type := types[1 + n % 4];
		SELECT jsonb_build_object('subject_type', type, 'full_marks', pg_temp.pick('100', '12', '850', '1000.5'), 'min_score', pg_temp.pick('0', '-50', '10.55'), 'max_score', pg_temp.pick('100', '1000', '55.55'),
			'normalize', random() < 0.7, 'appeal_counts', random() < 0.5, 'veto_grade', pg_temp.pick('A', 'C', 'E'),
			'bands', '[{"grade": "A", "from": 90}, {"grade": "B", "from": 79.99}, {"grade": "C", "from": 10.55}, {"grade": "E"}]'::jsonb,
			'aspects', (SELECT COALESCE(jsonb_agg(jsonb_build_object('aspect', a.aspect, 'cap', pg_temp.num(0, 40))), '[]') FROM aspect a WHERE random() < 0.3),
			'indicators', (SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object('indicator', i.indicator, 'method', i.method,
				'weight', CASE WHEN random() < 0.05 THEN 0 ELSE pg_temp.num(0, 20) END, 'params', pg_temp.params(i.method),
				'cap', CASE WHEN i.method IN ('deduct', 'add') AND random() < 0.5 THEN pg_temp.num(0, 25) END,
				'validity', CASE WHEN random() < 0.7 THEN pg_temp.pick('1 year', 'calendar year', '6 months', '1 month', '90 days', '3 years', '1 mon 3 days') END,
				'missing', pg_temp.pick('not_applicable', 'zero', 'full'))))
			FROM (SELECT k.indicator, pg_temp.pick('deduct', 'deduct', 'add', 'ratio_band', 'linear', 'peer_percentile', 'boolean', 'veto') AS method
				FROM indicator k WHERE random() < 0.25 OR k.indicator IN ('I01', 'I06') ORDER BY random()) i))
		INTO document;
		document := document || jsonb_build_object('max_score', GREATEST((document ->> 'max_score')::numeric, (document ->> 'min_score')::numeric));
		INSERT INTO made SELECT 'R' || n, pg_temp.pick('2025-06-30', '2024-02-29', '2025-01-01', '2024-12-31', '2025-02-28')::date, (create_scheme('R' || n, document, 'active')).version, type;
	END LOOP;
END $$;
-- vetoes are rare, or everybody is vetoed
INSERT INTO credit_record (subject_type, subject_code, indicator, kind, quantity, happened_on, valid_until, status, repaired_on)
SELECT t.type, t.type || s, i.indicator, 'untrustworthy', pg_temp.num(-1, 4), pg_temp.day(), CASE WHEN random() < 0.3 THEN pg_temp.day() END, x.status,
	CASE x.status WHEN 'repaired' THEN pg_temp.day() END
FROM unnest('{hospital,pharmacy,practitioner,person}'::text[]) AS t(type), generate_series(1, 205) s, indicator i,
	LATERAL (SELECT pg_temp.pick('active', 'active', 'active', 'under_appeal', 'revoked', 'repaired') AS status WHERE i.indicator IS NOT NULL AND s > 0) x, generate_series(1, 2) again
WHERE random() < 0.15;
INSERT INTO indicator_value (subject_type, subject_code, indicator, period, value, applicable, peer_share, peers)
SELECT t.type, t.type || s, i.indicator, x.period, CASE WHEN random() < 0.9 THEN CASE WHEN random() < 0.1 THEN 0 ELSE pg_temp.num(-1, 3) END END, random() < 0.9,
	CASE WHEN random() < 0.8 THEN round(random()::numeric, 6) END, floor(random() * 30)::integer
FROM unnest('{hospital,pharmacy,practitioner,person}'::text[]) AS t(type), generate_series(1, 205) s, indicator i,
	LATERAL (SELECT pg_temp.pick('[2024-01-01,2025-01-01)', '[2024-07-01,2025-01-01)', '[2025-01-01,2025-07-01)', '[2023-01-01,2024-03-01)', '(,2024-12-31)', 'empty', '[2025-01-01,2026-01-01)')::daterange AS period
		WHERE i.indicator IS NOT NULL AND s > 0) x, generate_series(1, 3) again
WHERE random() < 0.5 AND NOT isempty(x.period);
ANALYZE credit_record, indicator_value;

CREATE TEMPORARY TABLE both_sides AS
SELECT m.scheme, COALESCE(e.subject_code, r.subject_code) AS subject_code, e.subject_code IS NOT NULL AND r.subject_code IS NOT NULL AS known, e.score, r.score AS reference_score,
	e.grade, r.grade AS reference_grade, e.vetoed_by, r.vetoed_by AS reference_vetoed_by
FROM made m
CROSS JOIN LATERAL (
	SELECT * FROM credit_scores(m.subject_type, NULL, m.d, m.scheme)) e
FULL JOIN (SELECT m2.scheme, c.* FROM made m2, reference.credit(m2.scheme, m2.version, m2.d) c) r
	ON r.scheme = m.scheme AND r.subject_code = e.subject_code;
SELECT diag(format('%s subjects of %s schemes compared, %s vetoed, %s not rated', count(*), count(DISTINCT scheme), count(vetoed_by), count(*) FILTER (WHERE score IS NULL))) FROM both_sides;
SELECT cmp_ok((SELECT count(*) FROM both_sides), '>=', 9000::bigint, 'enough subjects');
SELECT is_empty('SELECT * FROM both_sides WHERE NOT known LIMIT 5', 'the same subjects');
SELECT is_empty('SELECT * FROM both_sides WHERE score IS DISTINCT FROM reference_score LIMIT 5', 'the same scores');
SELECT is_empty('SELECT * FROM both_sides WHERE grade IS DISTINCT FROM reference_grade LIMIT 5', 'the same grades');
SELECT is_empty('SELECT * FROM both_sides WHERE vetoed_by IS DISTINCT FROM reference_vetoed_by LIMIT 5', 'the same vetoes');
CREATE TEMPORARY TABLE detail AS
SELECT m.scheme, r.* FROM made m, rate(m.scheme, m.version, m.subject_type, NULL, m.d) r;
SELECT is_empty($$
	SELECT d.scheme, d.subject_code, max(d.score), s.full_marks - sum(d.lost_points) + sum(d.gained_points)
	FROM detail d JOIN made m USING (scheme) JOIN scheme s ON s.scheme = m.scheme AND s.version = m.version
	GROUP BY d.scheme, d.subject_code, s.full_marks
	HAVING max(d.score) <> s.full_marks - sum(d.lost_points) + sum(d.gained_points) LIMIT 5$$, 'full marks less what was lost, plus what was gained, is the score');
SELECT is_empty($$SELECT * FROM detail d WHERE d.indicator <> 'bounds' AND d.records <> '{}' AND d.quantity <> (SELECT sum(c.quantity) FROM credit_record c WHERE c.record_id = ANY (d.records)) LIMIT 5$$,
	'quantities are those of the records named');
SELECT is_empty($$
	SELECT si.method, count(*) FROM scheme_indicator si JOIN made m USING (scheme, version)
	LEFT JOIN detail d ON d.scheme = si.scheme AND d.indicator = si.indicator AND d.outcome = 'counts'
	GROUP BY 1 HAVING count(d.indicator) < 1000$$, 'every method counted at least 1,000 times');
SELECT * FROM finish();
ROLLBACK;

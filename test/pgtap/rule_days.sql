-- Which version of a rule judges where and when: rule_days() against a plain
-- reading, day by day and place by place, over random histories of versions.
BEGIN;
SELECT plan(8);
SET LOCAL jit = off;
SELECT setseed(0.25);

CREATE TEMPORARY TABLE history (LIKE meso_audit.rule INCLUDING DEFAULTS);
CREATE FUNCTION pg_temp.some_days(open real) RETURNS daterange LANGUAGE sql VOLATILE AS $$
	SELECT daterange(
		CASE WHEN random() < open THEN NULL ELSE date '2025-01-01' + (random() * 12)::integer END,
		CASE WHEN random() < open THEN NULL ELSE date '2025-01-13' + (random() * 12)::integer END)
$$;
INSERT INTO history (code, version, kind_code, template, params, scope, valid, decides, status, area, pilot)
SELECT 'C' || c, v, 'K', CASE WHEN c % 5 = 0 THEN 'aggregate_threshold' ELSE 'never_pay' END,
	CASE WHEN c % 5 = 0 THEN '{"metric": "visits"}' ELSE '{}' END::jsonb,
	CASE WHEN random() < 0.3 THEN jsonb_build_object(CASE WHEN c % 5 = 0 THEN 'psn_area' ELSE 'area' END,
			CASE WHEN random() < 0.5 THEN '["3201", "33"]' ELSE '"320102"' END::jsonb)
		WHEN random() < 0.3 THEN '{"fixmedins_code": ["H1", "H3"]}'
		ELSE '{}' END,
	pg_temp.some_days(0.6), pg_temp.some_days(0.5),
	(ARRAY['active', 'active', 'active', 'void', 'draft', 'trial'])[1 + floor(random() * 6)::integer],
	p.area, CASE WHEN p.area = '' AND c % 5 > 0 AND random() < 0.3
		THEN CASE WHEN random() < 0.5 THEN '{H1}' ELSE '{H2,H3}' END::text[] END
FROM generate_series(1, 80) c, generate_series(1, 1 + (random() * 7)::integer) v,
	LATERAL (SELECT (ARRAY['', '', '', '32', '3201', '320102', '33'])[1 + floor(random() * 7)::integer + 0 * (c + v)] AS area) p;

CREATE TEMPORARY TABLE place AS
SELECT d::date AS day, a.area, h.inst
FROM generate_series(date '2024-12-31', date '2025-01-27', interval '1 day') d,
	(VALUES ('320102'), ('320105'), ('3202'), ('330201'), (NULL)) AS a(area),
	(VALUES ('H1'), ('H2'), ('H3'), ('H4')) AS h(inst);

-- A scope, told apart from the extension's.
CREATE FUNCTION pg_temp.holds(scope jsonb, area text, psn_area text, inst text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
	SELECT COALESCE(bool_and(CASE k.key
		WHEN 'area' THEN EXISTS (SELECT FROM jsonb_array_elements_text(k.list) l WHERE starts_with($2, l))
		WHEN 'psn_area' THEN EXISTS (SELECT FROM jsonb_array_elements_text(k.list) l WHERE starts_with($3, l))
		WHEN 'fixmedins_code' THEN k.list ? $4 END), true)
	FROM (SELECT e.key, CASE jsonb_typeof(e.value) WHEN 'array' THEN e.value ELSE jsonb_build_array(e.value) END AS list
		FROM jsonb_each($1) e) k
$$;

-- Of a pilot, the areas from narrow to wide: the first whose highest version
-- of the day is active. A pilot is beaten by any later version of everywhere.
CREATE TEMPORARY TABLE expected AS
SELECT c.code, p.day, p.area, p.inst, w.version
FROM (SELECT DISTINCT code FROM history) c
CROSS JOIN place p
CROSS JOIN LATERAL (
	SELECT t.*
	FROM (
		SELECT DISTINCT ON (r.area, r.pilot IS NOT NULL) r.*
		FROM history r
		WHERE r.code = c.code AND r.status IN ('active', 'void') AND r.decides @> p.day
			AND starts_with(COALESCE(p.area, ''), r.area)
			AND NOT (r.pilot IS NOT NULL AND EXISTS (
				SELECT FROM history n WHERE n.code = r.code AND n.version > r.version AND n.area = ''
					AND n.pilot IS NULL AND n.status IN ('active', 'void') AND n.decides @> p.day))
		ORDER BY r.area, r.pilot IS NOT NULL, r.version DESC
	) t
	WHERE t.status = 'active' AND (t.pilot IS NULL OR p.inst = ANY (t.pilot))
	ORDER BY t.pilot IS NOT NULL DESC, length(t.area) DESC
	LIMIT 1
) w
WHERE w.valid @> p.day AND pg_temp.holds(w.scope, p.area, p.area, p.inst);

CREATE TEMPORARY TABLE actual AS
SELECT d.code, p.day, p.area, p.inst, d.version
FROM meso_audit.rule_days((SELECT array_agg(h::text::meso_audit.rule) FROM history h)) d
JOIN place p ON d.days @> p.day AND pg_temp.holds(d.scope, p.area, p.area, p.inst)
	AND NOT meso_audit.is_elsewhere(d.elsewhere, p.area, p.area, p.inst, p.day);

SELECT is_empty('SELECT * FROM expected EXCEPT ALL SELECT * FROM actual', 'every place that a version judges is judged by it');
SELECT is_empty('SELECT * FROM actual EXCEPT ALL SELECT * FROM expected', 'and by no other');
SELECT cmp_ok(count(*), '>', 5000::bigint, 'of many places') FROM expected;
SELECT is_empty(
	'SELECT code, day, area, inst FROM actual GROUP BY 1, 2, 3, 4 HAVING count(*) > 1',
	'one version judges a place on a day');
SELECT cmp_ok(count(*), '>', 100::bigint, 'many of them by a narrower version than everywhere''s')
FROM expected e JOIN history h USING (code, version) WHERE h.area <> '' OR h.pilot IS NOT NULL;
SELECT is((SELECT count(*) FROM meso_audit.rule_days(NULL)), 0::bigint, 'no versions, no days');

-- What has been superseded takes no memory of those who judge.
SELECT meso_audit.setup();
CREATE FUNCTION pg_temp.program_size() RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
	PERFORM meso_audit.evaluate_persons('{nobody}');
	RETURN (SELECT sum(total_bytes) FROM pg_backend_memory_contexts WHERE name = 'meso_audit program');
END
$$;
INSERT INTO meso_audit.rule (code, version, kind_code, template, codes, status) VALUES ('DAYS', 1, 'x', 'never_pay', '{A}', 'active');
CREATE TEMPORARY TABLE size AS SELECT pg_temp.program_size() AS bytes;
INSERT INTO meso_audit.rule (code, version, kind_code, template, codes, status)
SELECT 'DAYS', v, 'x', 'never_pay', ARRAY['A' || v], 'active' FROM generate_series(2, 2000) v;
SELECT is(pg_temp.program_size(), bytes, 'of two thousand versions of a rule one is kept') FROM size;
INSERT INTO meso_audit.rule (code, version, kind_code, template, codes, status, valid, decides)
SELECT 'DAYS', v, 'x', 'never_pay', ARRAY['A' || v], 'active', d, d
FROM generate_series(2001, 4000) v, daterange(date '2020-01-01' + v, date '2020-01-02' + v) d;
SELECT cmp_ok(pg_temp.program_size(), '>', bytes, 'but each of those that have a day of their own') FROM size;

SELECT * FROM finish();
ROLLBACK;

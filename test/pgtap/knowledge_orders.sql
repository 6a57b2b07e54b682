-- One state whatever the order of the files: batches of points, a correction of
-- some of them, a batch that replaces others, rows that a person curated;
-- imported in any order, any number of times.
BEGIN;
SELECT plan(4);
SET LOCAL client_min_messages = warning;
SELECT setseed(0.5);

CREATE TEMPORARY TABLE sheet (batch_no integer, point_id text, rule_kind text, item_name text, constraint_text text,
	batch text, published_at text, supersedes text);
INSERT INTO sheet
SELECT b, format('O%s-%s', b, n), k.kind, '药' || n, k.text, 'batch_' || b, CASE WHEN b > 1 THEN (date '2025-05-01' + 30 * b)::text END,
	NULL
FROM generate_series(1, 4) b, generate_series(1, 9) n,
	LATERAL (SELECT (ARRAY['药品区分性别使用', '药品限儿童使用', '药品限支付疗程'])[1 + n % 3] AS kind,
		(ARRAY['限女性。', '限' || n || '岁以下儿童。', '支付不超过' || n + b || '天。'])[1 + n % 3] AS text) k;
-- batch 5 corrects texts and names of four points, batch 6 replaces six
INSERT INTO sheet
SELECT 5, s.point_id, s.rule_kind, s.item_name || '(更名)', replace(s.constraint_text, '限女性。', '限男性。'), 'batch_5', '2026-01-28', NULL
FROM sheet s WHERE s.point_id IN ('O1-2', 'O1-3', 'O2-3', 'O4-9');
INSERT INTO sheet
SELECT 6, 'N' || s.point_id, s.rule_kind, s.item_name, s.constraint_text, 'batch_6', '2026-02-01', s.point_id
FROM sheet s WHERE s.batch_no < 5 AND s.point_id ~ '-[15]$' AND s.batch_no <> 3;
CREATE TEMPORARY TABLE code AS
SELECT DISTINCT point_id, n::text AS seq, format('X%s%s', right(md5(point_id), 6), n) AS code
FROM sheet, generate_series(1, 2) n;

-- Imports the batches in this order; what is curated is so as soon as it is there.
CREATE FUNCTION pg_temp.state(batches integer[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	b integer;
BEGIN
	DELETE FROM meso_audit.knowledge_code WHERE point_id ~ '^N?O[1-6]-';
	DELETE FROM meso_audit.knowledge_point WHERE point_id ~ '^N?O[1-6]-';
	FOREACH b IN ARRAY batches LOOP
		EXECUTE format('CREATE OR REPLACE TEMPORARY VIEW one AS SELECT * FROM sheet WHERE batch_no = %s', b);
		PERFORM meso_audit.import_knowledge('one', 'code');
		PERFORM meso_audit.curate_point(p.point_id, '{"max": 99, "period": "visit"}', 'understood', 'by hand')
		FROM meso_audit.latest_point p
		WHERE p.point_id IN ('O1-8', 'O3-2', 'NO2-5', 'O4-5') AND NOT p.curated;
	END LOOP;
	RETURN (SELECT string_agg(concat_ws('|', p.point_id, p.kind_code, p.item_name, p.constraint_text, p.limits, p.understood,
			p.valid, p.curated, p.published_at, (SELECT string_agg(k.code || k.role, ',' ORDER BY k.seq) FROM meso_audit.knowledge_code k
				WHERE (k.point_id, k.version) = (p.point_id, p.version))), E'\n' ORDER BY p.point_id COLLATE "C")
		FROM meso_audit.latest_point p WHERE p.point_id ~ '^N?O[1-6]-');
END
$$;
CREATE TEMPORARY TABLE wanted AS SELECT pg_temp.state('{1,2,3,4,5,6}') AS state;
SELECT is((SELECT count(*) FROM regexp_split_to_table((SELECT state FROM wanted), E'\n')), 42::bigint, 'all points are there');
SELECT is((SELECT count(*) FROM meso_audit.latest_point WHERE point_id ~ '^N?O' AND curated), 4::bigint, 'curated ones too');
SELECT is((SELECT (limits -> 'value')::text || item_name FROM meso_audit.latest_point WHERE point_id = 'O1-3'), '["1"]药3(更名)', 'and corrections');

CREATE FUNCTION pg_temp.shuffled(n integer) RETURNS integer[] LANGUAGE sql VOLATILE AS $$
	-- every batch once, some twice
	SELECT array_agg(b ORDER BY random()) FROM (
		SELECT b FROM generate_series(1, 6) b UNION ALL SELECT b FROM generate_series(1, 6) b WHERE random() < 0.4 * n / n) x
$$;
SELECT is_empty(
	$$SELECT o.batches FROM (SELECT pg_temp.shuffled(n) AS batches FROM generate_series(1, 12) n OFFSET 0) o
	WHERE pg_temp.state(o.batches) IS DISTINCT FROM (SELECT state FROM wanted)$$,
	'twelve random orders give one state');
SELECT * FROM finish();
ROLLBACK;

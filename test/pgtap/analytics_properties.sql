-- What holds for every aggregate of the analytics library, on random data: the
-- order of rows, a split among workers, a rollup of parts, the way through
-- text and a window frame change nothing; bytes of any kind do no harm.
BEGIN;
SET LOCAL search_path = meso_audit, public;
SET LOCAL meso_audit.max_state_memory = '64MB';
SELECT plan(120);

SELECT setseed(0.4711);
CREATE TABLE line AS
SELECT i AS id, (random() * 6)::int AS g, (random() * 4)::int AS part,
	nullif((random() * 1000)::int, 7)::numeric / 100 AS num,
	CASE WHEN random() < 0.02 THEN NULL WHEN random() < 0.01 THEN 'NaN'
		WHEN random() < 0.2 THEN 5 ELSE random() * 100 END::float8 AS x,
	(random() * 1e6)::bigint AS big,
	timestamp '2024-02-27' + (random() * 5000)::int * interval '1 minute' AS t,
	'p' || (random() * 40)::int AS person,
	'q' || (random() * 400)::int AS other,
	random() < 0.3 AS label
FROM generate_series(1, 3000) i;
ALTER TABLE line SET (parallel_workers = 3);
-- a group of one row, one without any value, one of equal values
INSERT INTO line VALUES (0, 100, 1, 1.5, 2.5, 3, '2024-02-29', 'only', 'one', true);
INSERT INTO line SELECT -i, 101, i, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM generate_series(1, 3) i;
INSERT INTO line SELECT -i, 102, i % 3, 4.20, 4.2, 42, '2024-02-29', 'same', 'same', true FROM generate_series(4, 60) i;
ANALYZE line;

CREATE TABLE family (name text PRIMARY KEY, call text NOT NULL, type text NOT NULL, rollup text NOT NULL DEFAULT 'rollup');
INSERT INTO family (name, call, type) VALUES
	('benford', 'benford_agg(num)', 'benford'),
	('benford two digits', 'benford_agg(big, 2)', 'benford'),
	('benford float', 'benford_agg(x, 3)', 'benford'),
	('sample', 'sample_agg(x)', 'sample'),
	('sample numeric', 'sample_agg(num)', 'sample'),
	('event_list', 'event_agg(t, num)', 'event_list'),
	('stay_list', 'stay_agg(t, t + interval ''90 min'')', 'stay_list'),
	('score_list', 'score_agg(x, label)', 'score_list'),
	('components', 'component_agg(person, other)', 'components'),
	('minhash', 'minhash_agg(other, 32)', 'minhash');
INSERT INTO family VALUES ('multiset', 'multiset_hash_agg(other, num)', 'bytea', 'multiset_hash_rollup');
-- its parts are places: they must not mix
CREATE TABLE family_of_places AS
SELECT 'visit_pairs' AS name, 'co_visit_agg(person, t, ''20 min'')' AS call, 'visit_pairs' AS type;

CREATE FUNCTION pg_temp.answers(query text) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
	result text[];
BEGIN
	EXECUTE format('SELECT array_agg(concat_ws('':'', g, coalesce(v, ''none'')) ORDER BY g) FROM (%s) q (g, v)', query)
		INTO result;
	RETURN result;
END
$$;

-- true if the plan aggregates in workers
CREATE FUNCTION pg_temp.is_split(query text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
	step text;
	found boolean := false;
BEGIN
	FOR step IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
		found := found OR step LIKE '%Partial%Aggregate%';
	END LOOP;
	RETURN found;
END
$$;

CREATE FUNCTION pg_temp.force_split() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	PERFORM set_config('parallel_setup_cost', '0', true), set_config('parallel_tuple_cost', '0', true),
		set_config('min_parallel_table_scan_size', '0', true), set_config('max_parallel_workers_per_gather', '3', true),
		set_config('parallel_leader_participation', 'off', true),
		set_config(CASE WHEN current_setting('server_version_num')::int >= 160000
			THEN 'debug_parallel_query' ELSE 'force_parallel_mode' END, 'on', true);
END
$$;

CREATE TABLE serial_answer AS
SELECT name, pg_temp.answers(format('SELECT g, %s::text FROM line GROUP BY g', call)) AS answer
FROM (SELECT name, call FROM family UNION ALL SELECT name, call FROM family_of_places) f;

SELECT is(pg_temp.answers(format('SELECT g, %s::text FROM (SELECT * FROM line ORDER BY random()) line GROUP BY g', call)),
	answer, name || ': any order of rows')
FROM (TABLE family UNION ALL SELECT *, 'rollup' FROM family_of_places) f JOIN serial_answer USING (name);

SELECT is(pg_temp.answers(format('SELECT g, %s(%s)::text FROM (SELECT g, %s AS v FROM line GROUP BY g, part) p GROUP BY g',
	rollup, 'v', call)), answer, name || ': rollup of parts')
FROM family JOIN serial_answer USING (name);

SELECT is(pg_temp.answers(format('SELECT g, %s(v::text::%s)::text FROM (SELECT g, %s AS v FROM line GROUP BY g, part) p GROUP BY g',
	rollup, type, call)), answer, name || ': rollup of parts by way of text')
FROM family JOIN serial_answer USING (name);

SELECT is(pg_temp.answers(format('SELECT g, %s::text::%s::text FROM line GROUP BY g', call, type)),
	answer, name || ': text and back')
FROM (TABLE family UNION ALL SELECT *, 'rollup' FROM family_of_places) f JOIN serial_answer USING (name);

-- forced parallel plans
SAVEPOINT serial;
SELECT pg_temp.force_split() \g /dev/null
SELECT ok(pg_temp.is_split(format('SELECT g, %s FROM line GROUP BY g', call)), name || ': the plan is split')
FROM (TABLE family UNION ALL SELECT *, 'rollup' FROM family_of_places) f ORDER BY name;
SELECT is(pg_temp.answers(format('SELECT g, %s::text FROM line GROUP BY g', call)),
	answer, name || ': split among workers')
FROM (TABLE family UNION ALL SELECT *, 'rollup' FROM family_of_places) f JOIN serial_answer USING (name);
RELEASE serial;
SET LOCAL max_parallel_workers_per_gather = 0;

-- a moving frame against a recomputation of each frame
SELECT is_empty(format($$
	SELECT id FROM (
		SELECT id, %1$s OVER w AS moved
		FROM line WHERE g = 1 AND id <= 400 WINDOW w AS (ORDER BY id ROWS BETWEEN 7 PRECEDING AND 2 FOLLOWING)) a
	WHERE moved::text IS DISTINCT FROM (
		SELECT (SELECT %1$s::text FROM (
			SELECT *, row_number() OVER (ORDER BY id) AS n FROM line WHERE g = 1 AND id <= 400) line
			WHERE n BETWEEN c.n - 7 AND c.n + 2)
		FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM line WHERE g = 1 AND id <= 400) c
		WHERE c.id = a.id)$$, call), name || ': a moving frame')
FROM family;

-- a growing frame: final functions that sort the state in place may not harm it
SELECT is_empty(format('SELECT id FROM (SELECT id, (%s)::text AS a, (%s)::text AS b FROM line WHERE g = 2 AND id <= 600 AND x >= 0
	WINDOW w AS (ORDER BY id)) q WHERE a IS DISTINCT FROM b', replace(direct, '@', ' OVER w'), replace(steps, '@', ' OVER w')),
	direct || ': a growing frame')
FROM (VALUES
	('mad_agg(x)@', 'sample_mad(sample_agg(x)@)'), ('gini_agg(x)@', 'sample_gini(sample_agg(x)@)'),
	('medcouple_agg(x)@', 'sample_medcouple(sample_agg(x)@)'),
	('peak_window_agg(t, num, ''2 h'')@', 'event_peak(event_agg(t, num)@, ''2 h'')'),
	('concurrency_agg(t, t + interval ''1 h'', 2)@', 'stay_concurrency(stay_agg(t, t + interval ''1 h'')@, 2)'),
	('auc_agg(x, label)@', 'score_auc(score_agg(x, label)@)'),
	('precision_at_agg(x, label, 9)@', 'score_precision_at(score_agg(x, label)@, 9)')) v (direct, steps);

-- many groups: linear, and within memory by spilling
SET LOCAL work_mem = '4MB';
SELECT is(pg_temp.answers(format('SELECT 1, count(v)::text FROM (
	SELECT %s AS v FROM (
		SELECT i, i::numeric AS num, i::float8 AS x, i::bigint AS big, timestamp ''2024-01-01'' AS t,
			i::text AS person, i::text AS other, true AS label
		FROM generate_series(1, 20000) i) line GROUP BY i) q', call)),
	'{1:20000}', name || ': twenty thousand groups of one')
FROM (TABLE family UNION ALL SELECT *, 'rollup' FROM family_of_places) f;

-- hostile bytes: either an error of the documented kind, or a value that all
-- accessors and its own output can live with
CREATE FUNCTION pg_temp.survives(type text, good text, rounds int) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	bytes bytea;
	state text;
	accepted int := 0;
	refused int := 0;
	reader text := CASE type
		WHEN 'benford' THEN 'benford_counts(v), benford_chi2(v), benford_p_value(v), benford_conformity(v), benford_combine(v, v)'
		WHEN 'sample' THEN 'sample_median(v), sample_mad(v), sample_medcouple(v), sample_combine(v, v)'
		WHEN 'event_list' THEN 'event_list_n(v), event_list_combine(v, v), event_list_final(v)'
		WHEN 'stay_list' THEN 'stay_list_n(v), stay_list_combine(v, v), stay_list_final(v)'
		WHEN 'score_list' THEN 'score_auc(v), score_precision_at(v, 3), score_list_combine(v, v)'
		WHEN 'components' THEN '(SELECT count(*) FROM component_members(v)), components_combine(v, v), components_final(v)'
		WHEN 'visit_pairs' THEN '(SELECT count(*) FROM co_visit_pairs(v)), visit_pairs_combine(v, v), visit_pairs_final(v)'
		WHEN 'visit_list' THEN 'visit_list_combine(v, v), visit_list_pairs(v)'
		WHEN 'minhash' THEN 'jaccard(v, v), lsh_bands(v, 4, 2), minhash_count(v), minhash_combine(v, v)'
	END;
BEGIN
	FOR i IN 1 .. rounds LOOP
		bytes := decode(good, 'hex');
		FOR j IN 0 .. (random() * 2)::int LOOP
			bytes := set_byte(bytes, (random() * least(length(bytes) - 1, CASE WHEN i % 2 = 0 THEN 24 ELSE 100000 END))::int,
				(random() * 255)::int);
		END LOOP;
		IF i % 3 = 0 THEN
			bytes := substr(bytes, 1, (random() * length(bytes))::int);
		ELSIF i % 7 = 0 THEN
			bytes := bytes || bytes;
		END IF;
		BEGIN
			EXECUTE format('SELECT row(v::text::%1$s::text, %2$s)::text FROM (SELECT %3$L::%1$s AS v) q',
				type, reader, encode(bytes, 'hex')) INTO state;
			accepted := accepted + 1;
		EXCEPTION
			WHEN invalid_binary_representation OR invalid_text_representation
				OR character_not_in_repertoire OR numeric_value_out_of_range
				OR program_limit_exceeded OR interval_field_overflow THEN
				refused := refused + 1;
		END;
	END LOOP;
	RETURN CASE WHEN refused > 0 AND accepted + refused = rounds THEN 'survived' ELSE 'accepted everything' END;
END
$$;
SELECT is(pg_temp.survives(type, answer, 300), 'survived', name || ': hostile bytes')
FROM (
	SELECT name, type, substr(answer[1], 3) AS answer FROM family JOIN serial_answer USING (name) WHERE type <> 'bytea'
	UNION ALL
	SELECT name, type, substr(answer[1], 3) FROM family_of_places JOIN serial_answer USING (name)
	UNION ALL
	SELECT 'visit_list', 'visit_list', visit_accum(visit_accum(NULL, 'a', '2024-01-01', '1 h'), 'b', '2024-01-02', '1 h')::text) f;
SELECT throws_ok('SELECT ''0z''::sample', '22P02', NULL, 'text that is not hexadecimal is refused');

-- memory limit of a group
SET LOCAL meso_audit.max_state_memory = '64kB';
SELECT throws_ok(format('SELECT %s FROM (
	SELECT i::numeric AS num, i::float8 AS x, i::bigint AS big, timestamp ''2024-01-01'' AS t, i::text AS person,
		i::text AS other, true AS label FROM generate_series(1, 20000) i) line', call), '54000', NULL,
	name || ': a group over its memory limit is refused')
FROM (TABLE family UNION ALL SELECT *, 'rollup' FROM family_of_places) f
WHERE type NOT IN ('benford', 'minhash', 'bytea');

SELECT * FROM finish();
ROLLBACK;

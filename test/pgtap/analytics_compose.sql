-- The analytics functions beside what others give: partitions, ordinary
-- aggregates, pg_trgm; and the arrangements of rows that sorting treats apart.
BEGIN;
SET LOCAL search_path = meso_audit, public;
SET LOCAL max_parallel_workers_per_gather = 0;
SET LOCAL meso_audit.max_state_memory = '64MB';
SELECT plan(31);

SELECT setseed(0.77) \g /dev/null
CREATE TABLE line (id int, g int, num numeric, x float8, t timestamp, person text, other text, label boolean) PARTITION BY HASH (g);
CREATE TABLE line_0 PARTITION OF line FOR VALUES WITH (MODULUS 3, REMAINDER 0);
CREATE TABLE line_1 PARTITION OF line FOR VALUES WITH (MODULUS 3, REMAINDER 1);
CREATE TABLE line_2 PARTITION OF line FOR VALUES WITH (MODULUS 3, REMAINDER 2);
INSERT INTO line
SELECT i, (random() * 5)::int, round((random() * 1000)::numeric, 2), random() * 100, timestamp '2024-02-27' + (random() * 90000)::int * interval '1 second',
	'P' || lpad((random() * 300)::int::text, (random() * 9)::int + 3, '0'), 'q' || (random() * 400)::int, random() < 0.3
FROM generate_series(1, 9000) i;
ANALYZE line;

CREATE TABLE family (name text PRIMARY KEY, call text NOT NULL);
INSERT INTO family VALUES
	('benford', 'benford_agg(num, 2)'), ('sample', 'sample_agg(x)'), ('event_list', 'event_agg(t, num)'),
	('stay_list', 'stay_agg(t, t + interval ''90 min'')'), ('score_list', 'score_agg(x, label)'), ('components', 'component_agg(person, other)'),
	('minhash', 'minhash_agg(other, 32)'), ('multiset', 'multiset_hash_agg(other, num)'), ('visit_pairs', 'co_visit_agg(person, t, ''20 min'')');

CREATE FUNCTION pg_temp.answers(call text, source text, by text) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
	result text[];
BEGIN
	EXECUTE format('SELECT array_agg(md5(v) ORDER BY v) FROM (SELECT %s::text AS v FROM %s GROUP BY %s) q', call, source, by) INTO result;
	RETURN result;
END
$$;

-- true if each partition is aggregated for itself, as the whole or in part
CREATE FUNCTION pg_temp.by_partition(query text, step text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
	line text;
	found int := 0;
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
		found := found + (line ~ step)::int;
	END LOOP;
	RETURN found = 3;
END
$$;

CREATE TABLE answer AS
SELECT name, call, pg_temp.answers(call, 'line', 'g') AS by_g, pg_temp.answers(call, 'line', 'label') AS by_label FROM family;

-- by the partition key every partition has whole groups; by another column the
-- groups run through all partitions and are put together above them
SET LOCAL enable_partitionwise_aggregate = on;
SET LOCAL enable_sort = off;
SELECT ok(bool_and(pg_temp.by_partition(format('SELECT g, %s FROM line GROUP BY g', call), '^ *-> +HashAggregate')),
	'by the partition key: the plan aggregates each partition') FROM answer;
SELECT ok(bool_and(pg_temp.by_partition(format('SELECT label, %s FROM line GROUP BY label', call), 'Partial HashAggregate')),
	'by another column: the plan aggregates each partition in part') FROM answer;
SELECT is(pg_temp.answers(call, 'line', 'g'), by_g, name || ': partition by partition') FROM answer ORDER BY name;
SELECT is(pg_temp.answers(call, 'line', 'label'), by_label, name || ': parts of partitions put together') FROM answer ORDER BY name;
SET LOCAL enable_partitionwise_aggregate = off;
SET LOCAL enable_sort = on;

-- groups large enough for every way of sorting: arrival, order, reverse, ties
SELECT is((SELECT array_agg(DISTINCT pg_temp.answers(call, source, '()')) FROM unnest(ARRAY[
		'(SELECT * FROM line ORDER BY t, num) s', '(SELECT * FROM line ORDER BY t DESC, num DESC) s',
		'(SELECT * FROM line ORDER BY num DESC, t) s', '(SELECT * FROM line ORDER BY person DESC, t) s']) source),
	ARRAY[pg_temp.answers(call, 'line', '()')], name || ': sorted, reversed, by other columns')
FROM answer WHERE name IN ('event_list', 'stay_list', 'components', 'visit_pairs') ORDER BY name;

-- the names of pairs come in byte order, prefixes first
SELECT is(array_agg(a ORDER BY n), array_agg(a ORDER BY a COLLATE "C", n), 'pairs come in byte order')
FROM co_visit_pairs((SELECT co_visit_agg(person, t, '1 h') FROM (
	SELECT repeat('共', i % 4) || CASE WHEN i % 3 > 0 THEN chr(65 + i % 7) || repeat('a', i % 13) ELSE '' END AS person,
		timestamp '2024-01-01' AS t FROM generate_series(1, 500) i) v), 1) WITH ORDINALITY p (a, b, days, n);

-- one pass with percentile_cont and ordinary aggregates
SELECT is_empty($$
	SELECT g FROM line GROUP BY g
	HAVING sample_median(sample_agg(x)) IS DISTINCT FROM percentile_cont(0.5) WITHIN GROUP (ORDER BY x)
		OR sample_n(sample_agg(x)) <> count(x) OR benford_n(benford_agg(num)) <> count(*) FILTER (WHERE num <> 0)$$,
	'beside percentile_cont, count and FILTER');
SELECT is((SELECT count(*) FROM (SELECT g, label, mad_agg(x), percentile_cont(0.9) WITHIN GROUP (ORDER BY num) FROM line GROUP BY GROUPING SETS ((g), (label), ())) q),
	(SELECT count(DISTINCT g) + count(DISTINCT label) + 1 FROM line), 'in grouping sets');

-- pg_trgm narrows by index what name_similarity decides
SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_trgm') AS trgm \gset
\if :trgm
CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public;
CREATE TABLE catalogue AS
SELECT i AS code, 'substance ' || md5(i::text) AS name FROM generate_series(1, 2000) i;
INSERT INTO catalogue VALUES (0, '複方氨基酸注射液（18AA-Ⅴ-SF）');
CREATE INDEX catalogue_name ON catalogue USING gin (normalize_name(name) public.gin_trgm_ops);
SET LOCAL enable_seqscan = off;
CREATE FUNCTION pg_temp.uses_index(query text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
	line text;
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
		IF line ~ 'catalogue_name' THEN
			RETURN true;
		END IF;
	END LOOP;
	RETURN false;
END
$$;
SELECT ok(pg_temp.uses_index($$SELECT code FROM catalogue WHERE normalize_name(name) % normalize_name('x')$$), 'pg_trgm: an index on normalize_name is used');
SELECT results_eq($$
	SELECT code FROM catalogue WHERE normalize_name(name) % normalize_name('SUBSTANCE ' || upper(md5('77')))
	ORDER BY name_similarity(name, 'substance ' || md5('77')) DESC, code LIMIT 1$$, 'VALUES (77)', 'pg_trgm chooses, name_similarity decides');
\else
SELECT skip('pg_trgm is not available', 2);
\endif

-- the planner counts the rows of a constant
CREATE FUNCTION pg_temp.planned_rows(query text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	plan json;
BEGIN
	EXECUTE 'EXPLAIN (FORMAT json) ' || query INTO plan;
	RETURN plan #>> '{0,Plan,Plan Rows}';
END
$$;
SELECT is(pg_temp.planned_rows(format('SELECT * FROM component_members(%L)', c)), (SELECT count(*) FROM component_members(c)), 'planned rows of component_members')
FROM (SELECT component_agg(person, other) AS c FROM line WHERE id % 50 = 0 OR person = 'P') q;
SELECT is(pg_temp.planned_rows(format('SELECT * FROM co_visit_pairs(%L)', v)), (SELECT count(*) FROM co_visit_pairs(v)), 'planned rows of co_visit_pairs')
FROM (SELECT co_visit_agg(person, t, '20 min') AS v FROM line WHERE id < 500) q;

SELECT * FROM finish();
ROLLBACK;

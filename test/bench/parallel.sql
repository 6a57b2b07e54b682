-- Two workers: what a split among two workers gains each aggregate, beside
-- what it gains sum() over the same rows.
--
--   psql -X -d DATABASE -f test/bench/parallel.sql [-v lines=1000000] [-v rounds=5]
--
-- The database has the extension; schema bench_parallel is made and dropped.
-- Time of the clock, the shortest of interleaved rounds, the leader not taking
-- part: on a busy machine the figures say little. The answers are compared.
\set ON_ERROR_STOP on
\pset footer off
\if :{?lines}
\else
	\set lines 1000000
\endif
\if :{?rounds}
\else
	\set rounds 5
\endif
SET client_min_messages = warning;
SET jit = off;
SET work_mem = '256MB';
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET parallel_leader_participation = off;
DROP SCHEMA IF EXISTS bench_parallel CASCADE;
CREATE SCHEMA bench_parallel;
SET search_path = bench_parallel, meso_audit, public;
CREATE TABLE size AS SELECT :lines::int AS n, :rounds::int AS rounds;
SELECT setseed(0.1) \g /dev/null
CREATE UNLOGGED TABLE line WITH (parallel_workers = 2) AS
SELECT ('H' || lpad((random() * 60)::int::text, 11, '0'))::varchar(30) AS fixmedins_code,
	('XA' || lpad((power(random(), 3) * 3000)::int::text, 12, '0'))::varchar(50) AS hilist_code,
	timestamp '2024-01-01' + (i::float8 / n) * interval '365 days' + random() * interval '1 day' AS fee_ocur_time,
	random() < 0.1 AS guilty,
	round(exp(random() * 6)::numeric, 2) AS det_item_fee_sumamt
FROM size, generate_series(1, n) i;
VACUUM ANALYZE line;

CREATE TABLE bench (seq serial, call text, goal numeric, serial_s numeric, split_s numeric);
INSERT INTO bench (call, goal) VALUES
	('sum(det_item_fee_sumamt)', NULL),
	('benford_agg(det_item_fee_sumamt, 2)', 0.9),
	('multiset_hash_agg(hilist_code, det_item_fee_sumamt)', 0.9),
	('minhash_agg(hilist_code)', 0.9),
	('mad_agg(det_item_fee_sumamt)', 0.6),
	('gini_agg(det_item_fee_sumamt)', 0.6),
	('peak_window_agg(fee_ocur_time, det_item_fee_sumamt, ''24 h'')', 0.6),
	('concurrency_agg(fee_ocur_time, fee_ocur_time + interval ''3 days'', 100)', 0.6),
	('auc_agg(det_item_fee_sumamt, guilty)', 0.6);

DO $$
DECLARE
	b record;
	query text;
	began timestamptz;
	took numeric;
BEGIN
	FOR round IN 0 .. (SELECT rounds FROM size) LOOP
		FOR b IN SELECT * FROM bench, unnest('{0,2}'::int[]) workers ORDER BY seq, workers LOOP
			PERFORM set_config('max_parallel_workers_per_gather', b.workers::text, true);
			query := format('SELECT fixmedins_code, %s::text AS v FROM line GROUP BY 1', b.call);
			IF round = 0 THEN
				EXECUTE format('CREATE TABLE answer_%s_%s AS %s', b.seq, b.workers, query);
				CONTINUE;
			END IF;
			began := clock_timestamp();
			-- without INTO: rows that are fetched one by one get no workers
			EXECUTE query;
			took := extract(epoch FROM clock_timestamp() - began);
			UPDATE bench SET serial_s = CASE b.workers WHEN 0 THEN least(serial_s, took) ELSE serial_s END,
				split_s = CASE b.workers WHEN 2 THEN least(split_s, took) ELSE split_s END WHERE seq = b.seq;
		END LOOP;
	END LOOP;
	FOR b IN SELECT * FROM bench LOOP
		EXECUTE format('SELECT count(*) FROM (SELECT * FROM answer_%1$s_0 EXCEPT SELECT * FROM answer_%1$s_2) q', b.seq) INTO took;
		IF took > 0 THEN
			RAISE EXCEPTION '%: % groups differ when split', b.call, took;
		END IF;
	END LOOP;
END
$$;

\echo two workers, lines :lines; seconds of the clock, the shortest of :rounds rounds
SELECT regexp_replace(call, '\(.*', '') AS name, round(serial_s, 3) AS serial, round(split_s, 3) AS "two workers",
	round(serial_s / split_s, 2) AS "speed-up", round(serial_s / split_s / sum_gain, 2) AS "of that of sum", goal,
	CASE WHEN serial_s / split_s < goal * sum_gain THEN 'missed' ELSE '' END AS " "
FROM bench, (SELECT serial_s / split_s AS sum_gain FROM bench WHERE seq = 1) s ORDER BY seq;
DROP SCHEMA bench_parallel CASCADE;

-- Figures of the analytics library: each function against the best plain SQL
-- for the same question and against the floor, that is the same plan with
-- count() or row_number().
--
--   psql -X -d DATABASE -f test/bench/analytics.sql [-v lines=2000000] [-v rounds=5] [-v keep=1]
--
-- keep: the tables and the figures stay, for test/bench/duckdb.
-- The database has the extension. Answers of both sides are compared first.
-- Backend CPU time (/proc; wall time where that cannot be read) of interleaved
-- runs, the median; no parallel workers. A goal that is missed is printed so.
\set ON_ERROR_STOP on
\pset footer off
\if :{?lines}
\else
	\set lines 200000
\endif
\if :{?rounds}
\else
	\set rounds 5
\endif
\if :{?keep}
	\set kind UNLOGGED
\else
	\set kind TEMPORARY
\endif
SET client_min_messages = warning;
SET max_parallel_workers_per_gather = 0;
SET jit = off;
SET work_mem = '256MB';
SET search_path = public, meso_audit;
CREATE :kind TABLE size AS SELECT :lines::int AS n, :rounds::int AS rounds;

\ir analytics_data.sql

CREATE :kind TABLE bench (seq serial, name text, own text, peer text, floor text,
	peer_goal numeric, floor_goal numeric, own_s numeric, peer_s numeric, floor_s numeric, answer text);
-- each query gives one comparable row
INSERT INTO bench (name, own, peer, floor, peer_goal, floor_goal) VALUES
('mad_agg, as many groups of one as lines',
	'SELECT count(v) FROM (SELECT mad_agg(i) AS v FROM size, generate_series(1, n) i GROUP BY i) q', NULL,
	'SELECT count(v) FROM (SELECT array_agg(i) AS v FROM size, generate_series(1, n) i GROUP BY i) q', NULL, 3),
('peak_window_agg, 24 h a person',
	'SELECT sum((v).peak_count) FROM (SELECT peak_window_agg(fee_ocur_time, det_item_fee_sumamt, ''24 h'') AS v FROM line GROUP BY psn_no) q',
	'SELECT sum(c) FROM (SELECT max(c) AS c, max(s) FROM (SELECT psn_no, count(*) OVER w AS c, sum(det_item_fee_sumamt) OVER w AS s FROM line
		WINDOW w AS (PARTITION BY psn_no ORDER BY fee_ocur_time RANGE BETWEEN ''23:59:59.999999'' PRECEDING AND CURRENT ROW)) w GROUP BY psn_no) q',
	'SELECT sum(v) FROM (SELECT count(fee_ocur_time) AS v FROM line GROUP BY psn_no) q', 5, 1.6),
('mad_agg, an institution',
	'SELECT round(sum(v)::numeric, 6) FROM (SELECT mad_agg(det_item_fee_sumamt) AS v FROM line GROUP BY fixmedins_code) q',
	'SELECT round(sum(v)::numeric, 6) FROM (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY abs(det_item_fee_sumamt - m)) AS v FROM line
		JOIN (SELECT fixmedins_code, percentile_cont(0.5) WITHIN GROUP (ORDER BY det_item_fee_sumamt) AS m FROM line GROUP BY 1) q USING (fixmedins_code) GROUP BY fixmedins_code) q',
	'SELECT sum(v) FROM (SELECT count(det_item_fee_sumamt) AS v FROM line GROUP BY fixmedins_code) q', 10, 1.5),
('robust_z, an institution',
	'SELECT round(sum(z)::numeric, 3) FROM (SELECT robust_z(det_item_fee_sumamt) OVER (PARTITION BY fixmedins_code) AS z FROM line) q',
	'SELECT round(sum(z)::numeric, 3) FROM (SELECT (det_item_fee_sumamt - m) / (1.4826 * mad) AS z FROM line JOIN (
		SELECT fixmedins_code, m, percentile_cont(0.5) WITHIN GROUP (ORDER BY abs(det_item_fee_sumamt - m)) AS mad FROM line
		JOIN (SELECT fixmedins_code, percentile_cont(0.5) WITHIN GROUP (ORDER BY det_item_fee_sumamt) AS m FROM line GROUP BY 1) q USING (fixmedins_code) GROUP BY 1, 2) r USING (fixmedins_code)) q',
	'SELECT sum(z) FROM (SELECT row_number() OVER (PARTITION BY fixmedins_code) AS z FROM line) q', 3.5, 1.4),
('benford_agg, two digits',
	'SELECT benford_counts(benford_agg(det_item_fee_sumamt, 2)) FROM line',
	'SELECT array_agg(coalesce(n, 0) ORDER BY d) FROM generate_series(10, 99) d LEFT JOIN (
		SELECT rpad(left(ltrim(translate(det_item_fee_sumamt::text, ''-.'', ''''), ''0''), 2), 2, ''0'')::int AS d, count(*) AS n FROM line WHERE det_item_fee_sumamt <> 0 GROUP BY 1) q USING (d)',
	'SELECT count(det_item_fee_sumamt) FROM line', 6, 1.1),
('concurrency_agg, an institution',
	'SELECT sum((v).peak) FROM (SELECT concurrency_agg(begntime, endtime, 100) AS v FROM stay GROUP BY fixmedins_code) q',
	'SELECT sum(v) FROM (SELECT max(level) AS v, sum(lasts) FILTER (WHERE level > 100) FROM (
		SELECT fixmedins_code, sum(step) OVER w AS level, lead(at) OVER w - at AS lasts FROM (
			SELECT fixmedins_code, begntime AS at, 1 AS step FROM stay UNION ALL SELECT fixmedins_code, endtime, -1 FROM stay) e
		WINDOW w AS (PARTITION BY fixmedins_code ORDER BY at, step ROWS UNBOUNDED PRECEDING)) l GROUP BY fixmedins_code) q',
	'SELECT sum(v) FROM (SELECT count(begntime) + count(endtime) AS v FROM stay GROUP BY fixmedins_code) q', 10, 1.5),
('co_visit_agg, pairs on two days',
	'SELECT count(*) FROM (SELECT co_visit_agg(psn_no, t, ''30 min'') AS v FROM visit GROUP BY fixmedins_code) q, co_visit_pairs(v, 2) p',
	'SELECT count(*) FROM (SELECT a.psn_no, b.psn_no, a.fixmedins_code FROM visit a JOIN visit b ON a.fixmedins_code = b.fixmedins_code
		AND a.psn_no < b.psn_no AND b.t BETWEEN a.t - interval ''30 min'' AND a.t + interval ''30 min''
		GROUP BY 1, 2, 3 HAVING count(DISTINCT greatest(a.t, b.t)::date) >= 2) q',
	'SELECT sum(v) FROM (SELECT count(psn_no) + count(t) AS v FROM visit GROUP BY fixmedins_code) q', 16, 1.4),
('gini_agg, an institution',
	'SELECT round(sum(v)::numeric, 9) FROM (SELECT gini_agg(det_item_fee_sumamt) AS v FROM line GROUP BY fixmedins_code) q',
	'SELECT round(sum(v)::numeric, 9) FROM (SELECT sum(x * (2 * i - n - 1)) / max(n) / sum(x) AS v FROM (
		SELECT fixmedins_code, det_item_fee_sumamt::float8 AS x, row_number() OVER w AS i, count(*) OVER (PARTITION BY fixmedins_code) AS n
		FROM line WINDOW w AS (PARTITION BY fixmedins_code ORDER BY det_item_fee_sumamt)) q GROUP BY fixmedins_code) q',
	'SELECT sum(v) FROM (SELECT count(det_item_fee_sumamt) AS v FROM line GROUP BY fixmedins_code) q', 5, 1.6),
('episode_no, a person',
	'SELECT sum(v) FROM (SELECT episode_no(fee_ocur_time, fee_ocur_time, ''15 days'') OVER (PARTITION BY psn_no ORDER BY fee_ocur_time) AS v FROM line) q',
	'SELECT sum(v) FROM (SELECT sum(opens) OVER (PARTITION BY psn_no ORDER BY fee_ocur_time ROWS UNBOUNDED PRECEDING) AS v FROM (
		SELECT psn_no, fee_ocur_time, CASE WHEN fee_ocur_time <= lag(fee_ocur_time) OVER (PARTITION BY psn_no ORDER BY fee_ocur_time) + interval ''15 days'' THEN 0 ELSE 1 END AS opens FROM line) q) r',
	'SELECT sum(v) FROM (SELECT row_number() OVER (PARTITION BY psn_no ORDER BY fee_ocur_time) AS v FROM line) q', 1, 1.2),
('stockpile, a person',
	'SELECT round(sum(v)::numeric, 2) FROM (SELECT stockpile(fee_ocur_time, cnt) OVER (PARTITION BY psn_no ORDER BY fee_ocur_time) AS v FROM line) q',
	'SELECT round(sum(c - least(0, m))::numeric, 2) FROM (SELECT c, min(c) OVER (PARTITION BY psn_no ORDER BY fee_ocur_time ROWS UNBOUNDED PRECEDING) AS m FROM (
		SELECT psn_no, fee_ocur_time, coalesce(sum(cnt) OVER (w ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)
			- extract(epoch FROM fee_ocur_time - first_value(fee_ocur_time) OVER w) / 86400 AS c
		FROM line WINDOW w AS (PARTITION BY psn_no ORDER BY fee_ocur_time)) q) r',
	'SELECT sum(v) FROM (SELECT row_number() OVER (PARTITION BY psn_no ORDER BY fee_ocur_time) AS v FROM line) q', 1, 1.2),
('multiset_hash_agg, a visit',
	'SELECT count(DISTINCT v) FROM (SELECT multiset_hash_agg(hilist_code, cnt) AS v FROM line GROUP BY mdtrt_id) q',
	'SELECT count(DISTINCT v) FROM (SELECT md5(string_agg(hilist_code || ''/'' || cnt, '','' ORDER BY hilist_code, cnt)) AS v FROM line GROUP BY mdtrt_id) q',
	'SELECT count(DISTINCT v) FROM (SELECT count(hilist_code) + count(cnt) AS v FROM line GROUP BY mdtrt_id) q', 3, 1.8),
('minhash_agg, a visit',
	'SELECT count(v) FROM (SELECT minhash_agg(hilist_code) AS v FROM line GROUP BY mdtrt_id) q',
	'SELECT count(v) FROM (SELECT array_agg(DISTINCT hilist_code) AS v FROM line GROUP BY mdtrt_id) q',
	'SELECT count(v) FROM (SELECT count(hilist_code) AS v FROM line GROUP BY mdtrt_id) q', 1.5, 1.6);

-- seconds of CPU of this backend, else of the clock
CREATE FUNCTION pg_temp.now_s() RETURNS numeric LANGUAGE plpgsql AS $$
BEGIN
	RETURN split_part(pg_read_file('/proc/self/schedstat'), ' ', 1)::numeric / 1e9;
EXCEPTION WHEN OTHERS THEN
	RETURN extract(epoch FROM clock_timestamp());
END
$$;

DO $$
DECLARE
	b record;
	have text;
	want text;
	start numeric;
	took numeric[];
	times numeric[][];
	which int;
BEGIN
	FOR b IN SELECT * FROM bench ORDER BY seq LOOP
		EXECUTE b.own INTO have;
		IF b.peer IS NOT NULL THEN
			EXECUTE b.peer INTO want;
			IF have IS DISTINCT FROM want THEN
				RAISE EXCEPTION '%: the answers differ: % and %', b.name, left(have, 200), left(want, 200);
			END IF;
		END IF;
		CREATE TEMPORARY TABLE took (which int, s numeric) ON COMMIT DROP;
		FOR round IN 1 .. (SELECT rounds FROM size) LOOP
			FOR which IN 1 .. 3 LOOP
				CONTINUE WHEN which = 2 AND b.peer IS NULL;
				start := pg_temp.now_s();
				EXECUTE (ARRAY[b.own, b.peer, b.floor])[which] INTO want;
				INSERT INTO took VALUES (which, pg_temp.now_s() - start);
			END LOOP;
		END LOOP;
		UPDATE bench SET
			answer = have,
			own_s = (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY s) FROM took t WHERE t.which = 1),
			peer_s = (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY s) FROM took t WHERE t.which = 2),
			floor_s = (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY s) FROM took t WHERE t.which = 3)
		WHERE seq = b.seq;
		DROP TABLE took;
	END LOOP;
END
$$;

\echo lines :lines, rounds :rounds; seconds of backend CPU
SELECT name, round(own_s, 3) AS own, round(peer_s, 3) AS sql, round(floor_s, 3) AS floor,
	round(peer_s / nullif(own_s, 0), 1) AS "x faster", peer_goal AS goal,
	CASE WHEN peer_s < peer_goal * own_s THEN 'missed' ELSE '' END AS " ",
	round(own_s / nullif(floor_s, 0), 2) AS "x floor", floor_goal AS "goal ",
	CASE WHEN own_s > floor_goal * floor_s THEN 'missed' ELSE '' END AS "  "
FROM bench ORDER BY seq;

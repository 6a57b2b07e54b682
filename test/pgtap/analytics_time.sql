-- peak_window_agg, concurrency_agg, co_visit_agg, component_agg and the window
-- functions against plain SQL, and their rules for special values.
BEGIN;
SET LOCAL search_path = meso_audit, public;
SET LOCAL TimeZone = 'Asia/Shanghai';
SELECT plan(59);

SELECT setseed(0.42);
CREATE TEMPORARY TABLE event AS
SELECT i AS id, (random() * 8)::int AS g,
	timestamp '2023-12-30' + (random() * 6000)::int * interval '1 minute' AS t,
	(random() * 2000 - 300)::int / 100.0 AS amount
FROM generate_series(1, 1200) i;

-- sliding windows: each event with all that are less than P before it
CREATE TEMPORARY VIEW slid AS
SELECT e.g, e.t, p.p, count(*) AS n, sum(o.amount) AS amount, min(o.t) AS since
FROM (SELECT DISTINCT g, t FROM event) e CROSS JOIN (VALUES (interval '1 day'), ('90 min'), ('1 min')) p (p)
JOIN event o ON o.g = e.g AND o.t > e.t - p.p AND o.t <= e.t
GROUP BY e.g, e.t, p.p;
SELECT is_empty($$
	SELECT g, p, (event_peak(list, p)).* FROM (SELECT g, event_agg(t, amount) AS list FROM event GROUP BY g) q,
		(VALUES (interval '1 day'), ('90 min'), ('1 min')) p (p)
	EXCEPT
	SELECT DISTINCT g, p, first_value(n) OVER by_n, first_value(since) OVER by_n,
		first_value(amount) OVER by_sum, first_value(since) OVER by_sum
	FROM slid WINDOW by_n AS (PARTITION BY g, p ORDER BY n DESC, t), by_sum AS (PARTITION BY g, p ORDER BY amount DESC, t)
	$$, 'peak_window_agg equals the self-join');
SELECT is_empty($$
	SELECT g, (peak_window_agg(t, amount, '90 min')).* FROM event GROUP BY g
	EXCEPT SELECT g, (event_peak(event_agg(t, amount), '90 min')).* FROM event GROUP BY g$$, 'one step and two steps agree');
SELECT is((peak_window_agg(t, 1, '1 h')).peak_count, 2::bigint, 'a window is open where it begins')
FROM (VALUES (timestamp '2024-01-01 08:00'), ('2024-01-01 08:59:59.999999'), ('2024-01-01 09:00')) v (t);
SELECT is((peak_window_agg(t, 1, '1 h'))::text, '(2,"2024-01-01 08:00:00+08",2,"2024-01-01 08:00:00+08")', 'with time zone; the earliest of equals')
FROM (VALUES (timestamptz '2024-01-01 08:00'), ('2024-01-01 08:59:59.999999'), ('2024-01-01 09:00')) v (t);
SELECT is((peak_window_agg(t, a, '1 h'))::text, '(3,"2024-01-01 08:00:00",1.5,"2024-01-01 08:00:00")', 'NULL amount counts, NULL time does not')
FROM (VALUES (timestamp '2024-01-01 08:00', 1.5), ('2024-01-01 08:00', NULL), ('2024-01-01 08:00', 0), (NULL, 7)) v (t, a);
SELECT is((peak_window_agg(t, a, '1 h'))::text, '(1,"2024-01-01 08:00:00",-1.50,"2024-01-01 10:00:00")', 'refunds only: the smallest loss')
FROM (VALUES (timestamp '2024-01-01 08:00', -7), ('2024-01-01 10:00', -1.50)) v (t, a);
SELECT is((peak_window_agg(t, 9000000000000, '100 days')).peak_sum, 27000000000000::numeric, 'sums beyond 64 bits of millionths')
FROM generate_series(timestamp '2024-01-01', '2024-01-03', '1 day') t;
SELECT is(peak_window_agg(t, 1, '1 h')::text, NULL, 'NULL without input') FROM (SELECT NULL::timestamp AS t) v;
SELECT throws_ok(format('SELECT peak_window_agg(%L::timestamp, %L, %s)', t, a, p), state, NULL, what)
FROM (VALUES
	('2024-01-01', '1', '''1 month''', '22023', 'months are refused'), ('2024-01-01', '1', '''0 s''', '22023', 'width 0 is refused'),
	('2024-01-01', '1', '''-1 s''', '22023', 'negative width is refused'), ('2024-01-01', '1', 'NULL', '22023', 'width NULL is refused'),
	('infinity', '1', '''1 h''', '22008', 'infinite time is refused'), ('2024-01-01', 'NaN', '''1 h''', '22003', 'NaN is refused'),
	('2024-01-01', '1e13', '''1 h''', '22003', 'an amount out of range is refused'),
	('2024-01-01', '0.0000001', '''1 h''', '22003', 'seven decimals are refused')) v (t, a, p, state, what);
SELECT throws_ok('SELECT peak_window_agg(''2024-01-01''::timestamp, 1, h * interval ''1 h'') FROM generate_series(1, 2) h', '22023', NULL, 'width must not vary');
SELECT throws_ok('SELECT event_peak_tz(event_agg(''2024-01-01''::timestamp, 1), ''1 h'')', '42804', NULL, 'time zone is not invented');
SELECT throws_ok('SELECT event_peak(event_agg(''2024-01-01''::timestamp, 1))', '22023', NULL, 'a list without width needs one');

-- stays: the level just after each start; time above capacity minute by minute
CREATE TEMPORARY TABLE stay AS
SELECT i AS id, (random() * 5)::int AS g, t, t + (random() * 300)::int * interval '1 minute' AS u
FROM (SELECT i, timestamp '2024-02-28' + (random() * 3000)::int * interval '1 minute' AS t FROM generate_series(1, 300) i) q;
SELECT is_empty($$
	SELECT g, (concurrency_agg(t, u, 3)).* FROM stay GROUP BY g
	EXCEPT
	SELECT g, max(n), min(at) FILTER (WHERE n = top), count(*) FILTER (WHERE n > 3) * interval '1 minute', total
	FROM (SELECT m.g, at, count(s.g) AS n, max(count(s.g)) OVER (PARTITION BY m.g) AS top
		FROM (SELECT g, generate_series(min(t), max(u), '1 minute') AS at FROM stay GROUP BY g) m
		LEFT JOIN stay s ON s.g = m.g AND s.t <= at AND s.u > at GROUP BY m.g, at) level
	JOIN (SELECT g, sum(extract(epoch FROM u - t)) * interval '1 second' AS total FROM stay GROUP BY g) q USING (g)
	GROUP BY g, total$$, 'concurrency_agg equals the count of each minute');
SELECT is((concurrency_agg(t, t + interval '1 h'))::text, '(1,"2024-01-01 08:00:00",,02:00:00)', 'stays are half-open')
FROM (VALUES (timestamp '2024-01-01 08:00'), ('2024-01-01 09:00')) v (t);
SELECT is((concurrency_agg(t, t + interval '1 h', 0))::text, '(2,"2024-01-01 08:30:00+08",01:30:00,02:00:00)', 'with time zone and capacity')
FROM (VALUES (timestamptz '2024-01-01 08:00'), ('2024-01-01 08:30')) v (t);
SELECT is((concurrency_agg(t, t))::text, '(0,,,00:00:00)', 'a stay without length occupies nothing') FROM (VALUES (timestamp '2024-01-01')) v (t);
SELECT is(concurrency_agg(t, NULL::timestamp)::text, NULL, 'no end: no input') FROM (VALUES (timestamp '2024-01-01')) v (t);
SELECT is((stay_concurrency(stay_agg(t, u), 2)).over, (concurrency_agg(t, u, 2)).over, 'one step and two steps agree') FROM stay WHERE g = 1;
SELECT throws_ok('SELECT concurrency_agg(''2024-01-02''::timestamp, ''2024-01-01'')', '22000', NULL, 'an end before its start is refused');
SELECT throws_ok('SELECT concurrency_agg(''2024-01-02''::timestamp, ''infinity'')', '22008', NULL, 'an endless stay is refused');
SELECT throws_ok('SELECT concurrency_agg(''2024-01-01''::timestamp, ''2024-01-02'', -1)', '22023', NULL, 'negative capacity is refused');

-- co-visits: all pairs of visits
CREATE TEMPORARY TABLE visit AS
SELECT 'h' || (random() * 3)::int AS place, 'p' || (random() * 25)::int AS person,
	timestamp '1999-12-25' + (random() * 20000)::int * interval '1 minute' AS t
FROM generate_series(1, 900) i;
CREATE TEMPORARY TABLE met AS
SELECT DISTINCT p.span, x.place, x.person AS a, y.person AS b, greatest(x.t, y.t)::date AS day
FROM (VALUES (interval '0'), ('1 h'), ('26 h')) p (span), visit x JOIN visit y USING (place)
WHERE x.person COLLATE "C" < y.person COLLATE "C" AND y.t BETWEEN x.t - span AND x.t + span;
SELECT results_eq(
	format('SELECT place, p.* FROM (SELECT place, co_visit_agg(person, t, %1$L) AS v FROM visit GROUP BY place) q, co_visit_pairs(v) p ORDER BY place, a COLLATE "C", b COLLATE "C"', span),
	format('SELECT place, a, b, count(*) FROM met WHERE span = %L GROUP BY 1, 2, 3 ORDER BY place, a COLLATE "C", b COLLATE "C"', span),
	'co_visit_agg equals the self-join, span ' || span)
FROM (VALUES ('0'), ('1 h'), ('26 h')) s (span);
SELECT results_eq(
	'SELECT p.* FROM (SELECT rollup(v) AS v FROM (SELECT co_visit_agg(person, t, ''1 h'') AS v FROM visit GROUP BY place) q) r, co_visit_pairs(v, 3) p',
	'SELECT a, b, count(DISTINCT day) FROM met WHERE span = ''1 h'' GROUP BY a, b HAVING count(DISTINCT day) >= 3 ORDER BY a COLLATE "C", b COLLATE "C"',
	'a rollup of places counts a day once');
SELECT is_empty('SELECT co_visit_pairs(co_visit_agg(''x'', t, ''1 h'')) FROM visit', 'one person makes no pair');
SELECT is(co_visit_agg(NULL, t, '1 h')::text, NULL, 'no person: NULL') FROM visit;
SELECT throws_ok('SELECT co_visit_agg(''x'', ''2024-01-01'', ''-1 s'')', '22023', NULL, 'negative span is refused');
SELECT throws_ok('SELECT co_visit_agg(''x'', ''2024-01-01'', h * interval ''1 h'') FROM generate_series(1, 2) h', '22023', NULL, 'span must not vary');

-- components: transitive closure
CREATE TEMPORARY TABLE edge AS
SELECT 'n' || (random() * 220)::int AS a, 'n' || (random() * 220)::int AS b FROM generate_series(1, 130) i;
SELECT results_eq($$
	SELECT m.* FROM (SELECT component_agg(a, b) AS c FROM edge) q, component_members(c) m$$, $$
	WITH RECURSIVE step AS (SELECT a, b FROM edge UNION SELECT b, a FROM edge),
	reach AS (SELECT a, a AS b FROM step UNION SELECT r.a, s.b FROM reach r JOIN step s ON s.a = r.b)
	SELECT a, min(b COLLATE "C") COLLATE "default", count(*) FROM reach GROUP BY a ORDER BY min(b COLLATE "C") COLLATE "C", a COLLATE "C"$$,
	'component_agg equals the transitive closure');
SELECT results_eq($$
	SELECT m.size, count(*) FROM (SELECT component_agg(i::text, (i + 2)::text) AS c FROM (
		SELECT i FROM generate_series(1, 20000) i ORDER BY i % 97, i DESC) q) r, component_members(c) m GROUP BY 1$$,
	'VALUES (10001::bigint, 20002::bigint)', 'two long chains in any order');
SELECT results_eq($$
	SELECT m.* FROM (SELECT component_agg(a, b) AS c FROM (VALUES ('', 'x'), ('y', 'y'), (NULL, 'z'), ('z', NULL)) e (a, b)) q, component_members(c) m$$,
	$$VALUES ('', '', 2::bigint), ('x', '', 2), ('y', 'y', 1)$$, 'empty names, lone nodes and NULL');
SELECT is(component_agg(NULL, 'x')::text, NULL, 'NULL without input');

-- window functions
SELECT is_empty($$
	SELECT id FROM (SELECT id, robust_z(amount) OVER (PARTITION BY g) AS z,
		adjusted_box_flag(amount) OVER (PARTITION BY g) AS box, tukey_flag(amount, 1) OVER (PARTITION BY g) AS tukey FROM event) a
	JOIN (SELECT id, (amount - m) / (1.4826 * mad) AS z, amount < q[1] - (q[2] - q[1]) OR amount > q[2] + (q[2] - q[1]) AS tukey
		FROM event JOIN (
			SELECT g, percentile_cont(0.5) WITHIN GROUP (ORDER BY amount) AS m, mad_agg(amount) AS mad,
				percentile_cont('{0.25,0.75}'::float8[]) WITHIN GROUP (ORDER BY amount) AS q FROM event GROUP BY g) s USING (g)) b USING (id)
	WHERE abs(a.z - b.z) > 1e-12 OR a.z IS NULL OR a.tukey <> b.tukey OR a.box IS NULL$$, 'robust_z and tukey_flag equal plain SQL');
SELECT results_eq('SELECT robust_z(x) OVER (), tukey_flag(x) OVER (), adjusted_box_flag(x) OVER () FROM unnest(''{1,2,3,4,NULL,NaN,100}''::float8[]) x',
	$$VALUES (-2 / 1.4826::float8, false, false), (-1 / 1.4826::float8, false, false), (0::float8, false, false), (1 / 1.4826::float8, false, false),
	(NULL, NULL, NULL), (NULL, NULL, NULL), (97 / 1.4826::float8, true, true)$$, 'NULL and NaN are no peers');
SELECT is_empty('SELECT FROM (SELECT robust_z(x) OVER () FROM unnest(''{4,4,4,9}''::float8[]) x) q (z) WHERE z IS NOT NULL', 'half of the values equal: no scale');
SELECT throws_ok('SELECT tukey_flag(1, -1) OVER ()', '22023', NULL, 'negative factor is refused');

CREATE TEMPORARY TABLE dispense AS
SELECT i AS id, (random() * 20)::int AS psn, t, (random() * 40)::int AS days
FROM (SELECT i, timestamp '2024-01-01' + (random() * 700000)::int * interval '1 minute' AS t FROM generate_series(1, 600) i) q;
SELECT is_empty($$
	WITH RECURSIVE ordered AS (SELECT *, row_number() OVER (PARTITION BY psn ORDER BY t, id) AS i FROM dispense),
	r AS (SELECT psn, i, id, t, days, 0::float8 AS stock FROM ordered WHERE i = 1
		UNION ALL SELECT o.psn, o.i, o.id, o.t, o.days,
			greatest(0, r.stock + r.days - extract(epoch FROM o.t - r.t)::float8 / 86400)
		FROM r JOIN ordered o ON o.psn = r.psn AND o.i = r.i + 1)
	SELECT id FROM r JOIN (SELECT id, stockpile(t, days) OVER (PARTITION BY psn ORDER BY t, id) AS have FROM dispense) h USING (id)
	WHERE abs(have - stock) > 1e-9$$, 'stockpile equals its recursion');
SELECT results_eq('SELECT stockpile(d, n) OVER (ORDER BY d) FROM (VALUES (date ''2024-03-01'', 10::float8), (''2024-03-05'', NULL), (''2024-03-08'', -2), (''2024-03-09'', 5), (NULL, 3)) v (d, n)',
	'VALUES (0::float8), (6), (3), (0), (NULL)', 'stockpile by date; missing and returned days');
SELECT throws_ok('SELECT stockpile(d, 1) OVER (ORDER BY d DESC) FROM generate_series(timestamp ''2024-01-01'', ''2024-01-03'', ''1 day'') d', '22023', NULL, 'stockpile wants its order');
SELECT throws_ok('SELECT stockpile(date ''2024-01-01'', ''Infinity'') OVER ()', '22003', NULL, 'infinite days are refused');
SELECT is_empty($$
	SELECT id FROM (SELECT id, episode_no(t, u, '2 h') OVER (PARTITION BY g ORDER BY t, id) AS have FROM stay) a
	JOIN (SELECT id, sum(opens) OVER (PARTITION BY g ORDER BY t, id) AS want FROM (
		SELECT id, g, t, CASE WHEN t <= max(u) OVER (PARTITION BY g ORDER BY t, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) + interval '2 h'
			THEN 0 ELSE 1 END AS opens FROM stay) q) b USING (id) WHERE have <> want$$, 'episode_no equals gaps and islands');
SELECT results_eq(format('SELECT episode_no(s, e, %s) OVER (ORDER BY s) FROM (VALUES (date ''2024-01-01'', date ''2024-01-09''), (''2024-01-02'', ''2024-01-03''), (''2024-01-24'', NULL), (''2024-02-09'', ''2024-02-09''), (NULL, ''2024-01-01'')) v (s, e)', gap),
	'VALUES (1::bigint), (1), (1), (2), (NULL)', 'episode_no by date, gap ' || gap)
FROM unnest('{15,interval ''15 days''}'::text[]) gap;
SELECT throws_ok('SELECT episode_no(date ''2024-01-01'', ''2024-01-02'', -1) OVER ()', '22023', NULL, 'negative gap is refused');

SELECT is_empty($$
	WITH RECURSIVE ordered AS (SELECT amount::float8 AS x, row_number() OVER (ORDER BY t, id) AS i FROM event WHERE g = 2),
	r AS (SELECT i, x AS e, greatest(0, x - 7 - 1) AS hi, greatest(0, 7 - x - 1) AS lo, 0.3 * x + 0.7 * 7 AS e7 FROM ordered WHERE i = 1
		UNION ALL SELECT o.i, 0.3 * x + 0.7 * e, greatest(0, hi + x - 7 - 1), greatest(0, lo + 7 - x - 1), 0.3 * x + 0.7 * e7
		FROM r JOIN ordered o ON o.i = r.i + 1)
	SELECT i FROM r JOIN (SELECT i, ewma(x, 0.3) OVER w AS a, ewma(x, 0.3, 7) OVER w AS a7, cusum_high(x, 7, 1) OVER w AS b, cusum_low(x, 7, 1) OVER w AS c
		FROM ordered WINDOW w AS (ORDER BY i)) h USING (i)
	WHERE abs(a - e) > 1e-9 OR abs(a7 - e7) > 1e-9 OR abs(b - hi) > 1e-9 OR abs(c - lo) > 1e-9$$, 'ewma and cusum equal their recursions');
SELECT results_eq('SELECT ewma(x, 0.5) OVER (ORDER BY i), cusum_high(x, 1, 0) OVER (ORDER BY i) FROM unnest(''{NULL,4,NaN,2}''::float8[]) WITH ORDINALITY v (x, i)',
	'VALUES (NULL::float8, 0::float8), (4, 3), (4, 3), (3, 4)', 'a missing value leaves the state as it was');
SELECT throws_ok('SELECT ewma(1, 0) OVER ()', '22023', NULL, 'weight 0 is refused');
SELECT throws_ok('SELECT ewma(1, 1.5) OVER ()', '22023', NULL, 'weight above 1 is refused');
SELECT throws_ok('SELECT cusum_low(1, 0, -1) OVER ()', '22023', NULL, 'negative slack is refused');
SELECT throws_ok('SELECT cusum_high(''Infinity'', 0, 1) OVER ()', '22003', NULL, 'infinite values are refused');
SELECT throws_ok('SELECT ewma(x, 1) OVER () FROM unnest(''{1e308,-1e308,Infinity}''::float8[]) x', '22003', NULL, 'ewma refuses infinite values');

SELECT * FROM finish();
ROLLBACK;

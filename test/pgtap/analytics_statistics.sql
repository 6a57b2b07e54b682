-- benford_agg, gini_agg, mad_agg, medcouple_agg, auc_agg, precision_at_agg
-- against plain SQL, and their rules for special values.
BEGIN;
SET LOCAL search_path = meso_audit, public;
SELECT plan(41);

SELECT setseed(0.815);
CREATE TEMPORARY TABLE amount AS
SELECT i AS id, (random() * 12)::int AS g,
	round((exp(random() * 12 - 4))::numeric, (random() * 4)::int) * sign(random() - 0.2)::numeric AS num,
	CASE WHEN random() < 0.1 THEN 3 ELSE exp(random() * 5) END::float8 AS x,
	(random() * 20)::int / 4.0::float8 AS score, random() < 0.4 AS label
FROM generate_series(1, 4000) i;

-- digits: the text of the number tells them exactly
CREATE FUNCTION pg_temp.leading(num text, digits int) RETURNS int LANGUAGE sql AS $$
	SELECT nullif(rpad(left(ltrim(replace(replace(split_part(num, 'e', 1), '.', ''), '-', ''), '0'), digits), digits, '0')::int, 0)
$$;
SELECT is_empty(format($$
	SELECT g, lead, n FROM (
		SELECT g, u.ordinality - 1 + 10 ^ (%1$s - 1) AS lead, u.n
		FROM (SELECT g, benford_agg(num, %1$s) AS b FROM amount GROUP BY g) q,
			unnest(benford_counts(b)) WITH ORDINALITY u (n)) have
	WHERE n > 0
	EXCEPT
	SELECT g, pg_temp.leading(num::text, %1$s), count(*) FROM amount GROUP BY 1, 2$$, d),
	d || ' digits of numeric as its text begins')
FROM generate_series(1, 3) d;
SELECT is_empty($$
	SELECT g, benford_n(benford_agg(num, 2)) FROM amount GROUP BY g
	EXCEPT SELECT g, count(*) FILTER (WHERE num <> 0) FROM amount GROUP BY g$$, 'all but zeros are counted');
SELECT is_empty($$
	SELECT benford_agg(x, 3)::text FROM amount
	EXCEPT SELECT benford_agg(x::text::numeric, 3)::text FROM amount$$, 'float8 counts by the digits it prints');
SELECT is(benford_agg(v, 3)::text, benford_agg(v::numeric, 3)::text, 'bigint as numeric')
FROM unnest(ARRAY[0, 1, -1, 12, 999, 1000, 10001, 9223372036854775807, -9223372036854775808]) v;
SELECT is(benford_counts(benford_agg(v)), '{1,1,0,0,0,0,0,0,1}', 'digits at the edges of numeric''s own digits')
FROM unnest('{10000,0.00002,0.9999999,0}'::numeric[]) v;
SELECT is(benford_n(benford_agg(v)), 1::bigint, 'NaN, infinity, zero and NULL are not counted')
FROM unnest('{NaN,Infinity,-Infinity,0,NULL,-7}'::float8[]) v;
SELECT is(benford_n(benford_agg(v)), 1::bigint, 'numeric NaN and infinity are not counted')
FROM unnest('{NaN,Infinity,-Infinity,0,NULL,-7}'::numeric[]) v;
SELECT is(benford_agg(NULL::numeric)::text, NULL, 'benford_agg: NULL without input');
SELECT is(benford_mad(benford_agg(0)), NULL, 'nothing counted: no deviation');
SELECT ok(abs(benford_chi2(b) - chi2) < 1e-9 * chi2 AND abs(benford_mad(b) - mad) < 1e-12, 'chi2 and mad by their formulas')
FROM (SELECT benford_agg(x) AS b FROM amount) q,
	LATERAL (SELECT sum((n - e) ^ 2 / e) AS chi2, avg(abs(n - e)) / benford_n(b) AS mad
		FROM unnest(benford_counts(b)) WITH ORDINALITY u (n, d), LATERAL (SELECT benford_n(b) * log(1 + 1.0::float8 / d) AS e) f) r;
-- the chi-squared distribution, where closed forms exist: even degrees of freedom
SELECT ok(abs(benford_p_value(b) - want) < 1e-12 + 1e-9 * want, 'upper tail of chi-squared at ' || round(h::numeric, 2))
FROM (VALUES (10), (100), (3000)) v (n),
	LATERAL (SELECT benford_agg(1 + i % 9 + 0 * n) AS b FROM generate_series(1, n) i) q,
	LATERAL (SELECT benford_chi2(b) / 2 AS h) c,
	LATERAL (SELECT exp(-h) * (1 + h + h ^ 2 / 2 + h ^ 3 / 6) AS want) w;
SELECT throws_ok('SELECT benford_agg(1.5, 4)', '22023', NULL, 'four digits are refused');
SELECT throws_ok('SELECT benford_agg(1.5, d) FROM generate_series(1, 2) d', '22023', NULL, 'digits must not vary');
SELECT throws_ok('SELECT rollup(b) FROM (SELECT benford_agg(1.5, d) AS b FROM generate_series(1, 2) d GROUP BY d) q',
	'22023', NULL, 'counts of different digits do not add');

-- robust scale and concentration
SELECT is_empty($$
	SELECT g, mad_agg(x), sample_median(sample_agg(x)), sample_n(sample_agg(x)) FROM amount GROUP BY g
	EXCEPT SELECT g, percentile_cont(0.5) WITHIN GROUP (ORDER BY abs(x - m)), min(m), count(*)
	FROM amount JOIN (SELECT g, percentile_cont(0.5) WITHIN GROUP (ORDER BY x) AS m FROM amount GROUP BY g) q USING (g)
	GROUP BY g$$, 'mad_agg equals percentile_cont twice');
SELECT is_empty($$
	SELECT g, gini FROM (SELECT g, gini_agg(x) AS gini FROM amount GROUP BY g) a
	JOIN (SELECT g, sum(x * (2 * i - n - 1)) / n / sum(x) AS want FROM (
		SELECT g, x, row_number() OVER w AS i, count(*) OVER (PARTITION BY g) AS n
		FROM amount WINDOW w AS (PARTITION BY g ORDER BY x)) q GROUP BY g, n) b USING (g)
	WHERE abs(gini - want) > 1e-12$$, 'gini_agg equals its formula');
CREATE TEMPORARY TABLE z AS
SELECT g, x - m AS z, row_number() OVER (PARTITION BY g, x ORDER BY id) - 1 AS place
FROM amount JOIN (SELECT g, percentile_cont(0.5) WITHIN GROUP (ORDER BY x) AS m FROM amount WHERE id <= 700 GROUP BY g) q USING (g)
WHERE id <= 700;
SELECT is_empty($$
	SELECT g, mc, want FROM (SELECT g, medcouple_agg(x) AS mc FROM amount WHERE id <= 700 GROUP BY g) a
	JOIN (
		SELECT g, percentile_cont(0.5) WITHIN GROUP (ORDER BY h) AS want FROM (
			SELECT u.g, CASE WHEN u.z = l.z THEN sign((SELECT count(*) FROM z t WHERE t.g = u.g AND t.z = 0) - 1 - u.place - l.place)
				ELSE (u.z + l.z) / (u.z - l.z) END::float8 AS h
			FROM z u JOIN z l USING (g) WHERE u.z >= 0 AND l.z <= 0) k GROUP BY g) b USING (g)
	WHERE abs(mc - want) > 1e-12$$, 'medcouple_agg equals the median of its kernel');
SELECT is(medcouple_agg(v), -1.0::float8 / 3, 'medcouple of a textbook example') FROM unnest('{1,2,7,9,10}'::float8[]) v;
SELECT is(medcouple_agg(-v), 1.0::float8 / 3, 'mirrored') FROM unnest('{1,2,7,9,10}'::float8[]) v;
SELECT is(ARRAY[mad_agg(v), medcouple_agg(v), gini_agg(v)], '{0,0,0}'::float8[], 'all values equal') FROM unnest('{4,4,4,4}'::float8[]) v;
SELECT is(ARRAY[mad_agg(v), medcouple_agg(v), gini_agg(v)], '{0,0,0}'::float8[], 'one value') FROM unnest('{4}'::float8[]) v;
SELECT is(gini_agg(v), NULL, 'all zero: no concentration') FROM unnest('{0,0,-0.0}'::float8[]) v;
SELECT is(ARRAY[mad_agg(v), medcouple_agg(v), gini_agg(v)], '{NULL,NULL,NULL}'::float8[], 'no input: NULL') FROM unnest('{NULL,NaN}'::float8[]) v;
SELECT is(ARRAY[mad_agg(v), medcouple_agg(v), gini_agg(v)], '{1,NULL,NULL}'::float8[], 'infinite value') FROM unnest('{1,2,3,Infinity,2}'::float8[]) v;
SELECT is(mad_agg(v), NULL, 'infinite median') FROM unnest('{1,-Infinity,-Infinity}'::float8[]) v;
SELECT is(ARRAY[mad_agg(v), gini_agg(abs(v))], '{1e308,0.3333333333333333}'::float8[], 'near the end of float8') FROM unnest('{1e308,-1e308,0}'::float8[]) v;
SELECT throws_ok('SELECT gini_agg(v) FROM unnest(''{1,-1}''::float8[]) v', '22003', NULL, 'gini_agg refuses negative values');
SELECT is(sample_agg(v)::text, sample_agg(v::float8)::text, 'numeric to the nearest float8')
FROM (SELECT (random() * 10 ^ (random() * 30 - 10))::numeric * 1.000000000000001 AS v FROM generate_series(1, 500) i) q;
SELECT is(sample_agg(v)::text, sample_agg(v::float8)::text, 'numeric to the nearest float8, short ones')
FROM (SELECT ((random() * 1e9)::bigint)::numeric / (10 ^ (random() * 8)::int)::numeric AS v FROM generate_series(1, 500) i) q;

-- ranking
SELECT is_empty($$
	SELECT g FROM (SELECT g, auc_agg(score, label) AS auc FROM amount GROUP BY g) a
	JOIN (SELECT g, avg(CASE WHEN p.score > n.score THEN 1 WHEN p.score = n.score THEN 0.5 ELSE 0 END)::float8 AS want
		FROM amount p JOIN amount n USING (g) WHERE p.label AND NOT n.label GROUP BY g) b USING (g)
	WHERE abs(auc - want) > 1e-12$$, 'auc_agg equals the count over all pairs');
SELECT is(ARRAY[auc_agg(s, s > 2), auc_agg(-s, s > 2), auc_agg(0, s > 2)], '{1,0,0.5}'::float8[], 'best, worst and no ranking') FROM generate_series(1, 4) s;
SELECT is(auc_agg(s, true), NULL, 'no false case: NULL') FROM generate_series(1, 4) s;
SELECT is(precision_at_agg(x, label, 50), (SELECT avg(label::int)::float8 FROM (SELECT label FROM amount ORDER BY x DESC LIMIT 50) q), 'precision_at_agg without ties at the cut') FROM amount;
SELECT is(precision_at_agg(s, l, 2), 0.75::float8, 'equal scores at the cut share') FROM (VALUES (9, true), (5, true), (5, false)) v (s, l);
SELECT is(precision_at_agg(s, l, 20), 2.0::float8 / 3, 'fewer cases than k') FROM (VALUES (9, true), (5, true), (5, false)) v (s, l);
SELECT throws_ok('SELECT precision_at_agg(1.0, true, 0)', '22023', NULL, 'k must be positive');
SELECT is(auc_agg(s, l), 1.0::float8, 'rows without score or label, or with NaN, are left out')
FROM (VALUES (9::float8, true), (5, false), (NULL, true), ('NaN', false), (7, NULL)) v (s, l);

SELECT * FROM finish();
ROLLBACK;

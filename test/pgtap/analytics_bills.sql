-- multiset_hash_agg, minhash_agg, jaccard, lsh_bands, minhash_count.
BEGIN;
SET LOCAL search_path = meso_audit, public;
SELECT plan(19);

SELECT setseed(0.99);
CREATE TEMPORARY TABLE line AS
SELECT i % 400 AS bill, 'c' || (random() * 3)::int AS code, nullif((random() * 2)::int, 2)::numeric AS cnt
FROM generate_series(1, 1200) i;

SELECT results_eq($$
	SELECT count(*) FROM (SELECT multiset_hash_agg(code, cnt) FROM line GROUP BY bill) q (h) GROUP BY h ORDER BY 1$$, $$
	SELECT count(*) FROM (SELECT string_agg(code || '/' || coalesce(cnt::text, '-'), ',' ORDER BY code, cnt) FROM line GROUP BY bill) q (h) GROUP BY h ORDER BY 1$$,
	'bills are equal by hash where they are equal by sorted text');
SELECT is(multiset_hash_agg('a', v), multiset_hash_agg('a', v + 0.000), '1 and 1.000 are the same quantity') FROM unnest('{1,10000,0.5,0,-3}'::numeric[]) v;
SELECT is(count(DISTINCT h), 9::bigint, 'different quantities differ, NULL, NaN and infinite ones too')
FROM (SELECT multiset_hash_agg('a', v) AS h FROM unnest('{1,-1,0,10000,0.0001,NaN,Infinity,-Infinity,NULL}'::numeric[]) v GROUP BY v) q;
SELECT isnt(multiset_hash_agg('a', v), multiset_hash_agg('a', 2 * v), 'two lines of 1 are not the lines of 2') FROM generate_series(1, 2) v;
SELECT isnt((SELECT multiset_hash_agg('a', 1)), (SELECT multiset_hash_agg('a', 1) FROM generate_series(1, 2)), 'a line twice is not once');
SELECT is(multiset_hash_agg(NULL, 1), NULL, 'a line without code is left out');
SELECT is(octet_length(multiset_hash_agg('a')), 24, '24 bytes');
SELECT is(encode(multiset_hash_agg('XA01', 2.50), 'hex'), '3d7d9a1bf33afda0c14500ab34a534d90000000000000001', 'the hash is the same on every machine and version');
SELECT throws_ok('SELECT multiset_hash_rollup(''\x00'')', '22023', NULL, 'a hash of another length is refused');

-- sets of known overlap
CREATE TEMPORARY TABLE pair AS
SELECT p, n, (n * s)::int AS shared FROM generate_series(1, 40) p, LATERAL (SELECT 20 + p * 30 AS n, (p % 10) / 10.0 AS s) q;
CREATE TEMPORARY TABLE sketch AS
SELECT p, n, shared::float8 / (2 * n - shared) AS exact, minhash_agg(a::text) AS a, minhash_agg(b::text) AS b,
	minhash_agg(a::text, 1024) AS a1024, minhash_agg(b::text, 1024) AS b1024
FROM pair, LATERAL (SELECT p * 100000 + i AS a, p * 100000 + i + n - shared AS b FROM generate_series(1, n) i) e
GROUP BY p, n, shared;
SELECT is_empty($$SELECT p FROM sketch WHERE 2 * n <= 128 AND jaccard(a, b) <> exact$$, 'exact while the union has at most k elements');
SELECT is_empty($$SELECT p FROM sketch WHERE abs(jaccard(a, b) - exact) > 4 * 0.5 / sqrt(128)$$, 'within four standard errors of 128 hashes');
SELECT is_empty($$SELECT p FROM sketch WHERE abs(jaccard(a1024, b1024) - exact) > 4 * 0.5 / sqrt(1024)$$, 'within four standard errors of 1024 hashes');
SELECT ok(abs(avg(jaccard(a, b) - exact)) < 0.02, 'without bias') FROM sketch;
SELECT is_empty($$SELECT p FROM sketch WHERE abs(minhash_count(a) / n - 1) > 0.4 OR n <= 127 AND minhash_count(a) <> n$$, 'number of elements');
SELECT is_empty($$SELECT p FROM sketch WHERE exact > 0.8 AND NOT lsh_bands(a, 32, 4) && lsh_bands(b, 32, 4)$$, 'near-identical sets share a band');
SELECT cmp_ok(count(*), '<', 3::bigint, 'sets with nothing in common rarely do') FROM sketch WHERE exact = 0 AND lsh_bands(a, 16, 4) && lsh_bands(b, 16, 4);
SELECT is(minhash_agg(NULL::text)::text, NULL, 'NULL is no element');
SELECT throws_ok('SELECT minhash_agg(''x'', 5000)', '22023', NULL, 'too large a sketch is refused');
SELECT throws_ok('SELECT minhash_agg(''x'', k) FROM generate_series(1, 2) k', '22023', NULL, 'k must not vary');

SELECT * FROM finish();
ROLLBACK;

-- Values of each type for test/fuzz/corpus.txt, in the form that states.c
-- reads: number of the type there (0x80: as text, 0x40: a multiset hash), then
-- the bytes behind version and kind. When a layout changes, begin again with
--   psql -X -q -A -t -d DATABASE -f test/fuzz/seeds.sql > test/fuzz/corpus.txt
--   make fuzz && test/fuzz/run keep
SET search_path = meso_audit, public;
WITH value AS (
	SELECT 0, benford_agg(i)::text FROM generate_series(1, 30) i
	UNION ALL SELECT 0, benford_agg(i, 2)::text FROM generate_series(10, 99) i
	UNION ALL SELECT 1, sample_agg(x)::text FROM unnest('{1,2,2,5,-3,0.5,100,1e300}'::float8[]) x
	UNION ALL SELECT 2, event_agg(timestamp '2024-01-01' + i * interval '5 hours', i * 1.25)::text FROM generate_series(1, 5) i
	UNION ALL SELECT 3, stay_agg(timestamp '2024-01-01' + i * interval '5 hours', timestamp '2024-01-03' + i * interval '1 hour')::text FROM generate_series(1, 5) i
	UNION ALL SELECT 4, score_agg(i % 3, i % 2 = 0)::text FROM generate_series(1, 6) i
	UNION ALL SELECT 5, visit_accum(visit_accum(visit_accum(NULL, 'a', '2024-01-01', '1 h'), 'bc', '2024-01-01 00:20', '1 h'), '医', '2024-01-01 00:40', '1 h')::text
	UNION ALL SELECT 6, co_visit_agg('p' || i % 4, timestamp '2024-01-01' + i * interval '5 hours', '6 h')::text FROM generate_series(1, 12) i
	UNION ALL SELECT 7, component_agg('a' || i, 'a' || i / 3)::text FROM generate_series(1, 8) i
	UNION ALL SELECT 8, minhash_agg(i::text, 16)::text FROM (VALUES (3), (40)) k (n), generate_series(1, n) i GROUP BY n
)
SELECT lpad(to_hex(type), 2, '0') || substr(v, 5) FROM value q (type, v)
UNION ALL SELECT to_hex(128 + type) || encode(convert_to(v, 'UTF8'), 'hex') FROM value q (type, v) WHERE length(v) < 400
UNION ALL SELECT '40' || encode(multiset_hash_agg(i::text, i), 'hex') FROM generate_series(1, 5) i;

-- What test/fuzz/seeds.txt holds: values of each type, in the form that
-- states.c reads: number of the type there, then the bytes behind the kind.
--   psql -X -q -A -t -d DATABASE -f test/fuzz/seeds.sql > test/fuzz/seeds.txt
SET search_path = meso_audit, public;
SELECT lpad(to_hex(type), 2, '0') || substr(v, 5)
FROM (
	SELECT 0, benford_agg(i)::text FROM generate_series(1, 30) i
	UNION ALL SELECT 1, sample_agg(x)::text FROM unnest('{1,2,2,5,-3,0.5,100,1e300}'::float8[]) x
	UNION ALL SELECT 2, event_agg(timestamp '2024-01-01' + i * interval '5 hours', i * 1.25)::text FROM generate_series(1, 5) i
	UNION ALL SELECT 3, stay_agg(timestamp '2024-01-01' + i * interval '5 hours', timestamp '2024-01-03' + i * interval '1 hour')::text FROM generate_series(1, 5) i
	UNION ALL SELECT 4, score_agg(i % 3, i % 2 = 0)::text FROM generate_series(1, 6) i
	UNION ALL SELECT 5, visit_accum(visit_accum(visit_accum(NULL, 'a', '2024-01-01', '1 h'), 'bc', '2024-01-01 00:20', '1 h'), '医', '2024-01-01 00:40', '1 h')::text
	UNION ALL SELECT 6, co_visit_agg('p' || i % 4, timestamp '2024-01-01' + i * interval '5 hours', '6 h')::text FROM generate_series(1, 12) i
	UNION ALL SELECT 7, component_agg('a' || i, 'a' || i / 3)::text FROM generate_series(1, 8) i
	UNION ALL SELECT 8, minhash_agg(i::text, 16)::text FROM (VALUES (3), (40)) k (n), generate_series(1, n) i GROUP BY n
) q (type, v);

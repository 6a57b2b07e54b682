-- Rating: 1,200 hospitals, 89 indicators, 1.3 million records. What is compared is
-- run by test/bench/run; the peer is the best plain SQL of doc/credit.md for the
-- same scheme, the floor reads the records once.
INSERT INTO meso_audit.credit_record (subject_type, subject_code, indicator, kind, quantity, happened_on, status, repaired_on)
SELECT 'hospital', 'H' || (n % 1200), 'I' || lpad((1 + hashint4(n) & 127)::text, 2, '0'), 'untrustworthy', 1 + n % 3,
	date '2022-01-01' + (hashint4(n + 7) & 2047), CASE WHEN n % 50 = 0 THEN 'repaired' WHEN n % 51 = 0 THEN 'revoked' ELSE 'active' END,
	CASE WHEN n % 50 = 0 THEN date '2025-06-01' END
FROM generate_series(1, 1300000) n;
INSERT INTO meso_audit.indicator_value (subject_type, subject_code, indicator, period, value, peer_share, peers)
SELECT 'hospital', 'H' || s, i.indicator, daterange(make_date(y, 1, 1), make_date(y + 1, 1, 1)), round(((hashint4(s * 89 + i.seq + y) & 1023) / 1024.0)::numeric, 4), round(((hashint4(s + i.seq) & 1023) / 1024.0)::numeric, 6), 1199
FROM generate_series(0, 1199) s, generate_series(2023, 2025) y, meso_audit.indicator i
WHERE 'hospital' = ANY (i.subject_types) AND i.scoring NOT IN ('deduct', 'add', 'veto');
VACUUM ANALYZE meso_audit.credit_record, meso_audit.indicator_value;

-- People with some history, checked as it comes in.
SELECT count(claims.claim('b' || n, 'p' || 1 + n % 5000, '2024-01-02 08:00'::timestamp + n % 50 * interval '1 day', 'QTYP', 'DAYS', 'X' || n % 9))
FROM generate_series(1, 5000) n;
ANALYZE;

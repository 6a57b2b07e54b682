-- The tables of analytics.sql: :kind (TEMPORARY, UNLOGGED), :lines lines.
SELECT setseed(0.1) \g /dev/null
-- national layout: varchar keys, numeric amounts, rows in order of arrival
CREATE :kind TABLE line AS
SELECT ('P' || lpad((random() * n / 60)::int::text, 17, '0'))::varchar(30) AS psn_no,
	('H' || lpad((random() * 60)::int::text, 11, '0'))::varchar(30) AS fixmedins_code,
	('XA' || lpad((power(random(), 3) * 3000)::int::text, 12, '0'))::varchar(50) AS hilist_code,
	('M' || (i / 10)::text)::varchar(30) AS mdtrt_id,
	timestamp '2024-01-01' + (i::float8 / n) * interval '365 days' + random() * interval '1 day' AS fee_ocur_time,
	round((random() * 10)::numeric, 0) + 1 AS cnt,
	round(exp(random() * 6)::numeric, 2) AS det_item_fee_sumamt
FROM size, generate_series(1, n) i ORDER BY i;
CREATE :kind TABLE stay AS
SELECT fixmedins_code, fee_ocur_time AS begntime, fee_ocur_time + random() * interval '12 days' AS endtime FROM line;
CREATE :kind TABLE visit AS
SELECT ('P' || lpad((random() * n / 100)::int::text, 17, '0'))::varchar(30) AS psn_no,
	('H' || lpad((random() * 60)::int::text, 11, '0'))::varchar(30) AS fixmedins_code,
	timestamp '2024-01-01' + (i::float8 / n) * interval '60 days' AS t
FROM size, generate_series(1, n / 4) i;
-- what the self-join needs
CREATE INDEX ON visit (fixmedins_code, t) INCLUDE (psn_no);
VACUUM ANALYZE visit;
ANALYZE line, stay;

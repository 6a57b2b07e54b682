-- Benchmark data in the national layout: varchar keys, numeric amounts, lines
-- in arrival order. psql variable: lines.
--
-- A person has 12 visits of 5 lines in the year; one line in five is the
-- person's own item, so that histories matter. 1 bill in 200 is refunded, 1 in
-- 200 has a line reversed, 1 line in 100 is not payable. About one line in
-- three has an item that some rule names, and two in a hundred are found.

CREATE SCHEMA bench;
CREATE FUNCTION bench.r(what integer, who bigint) RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (hashint8extended(who, what) & 281474976710655)::float8 / 281474976710656::float8;
CREATE FUNCTION bench.item(i integer) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN 'X' || chr(65 + i % 14) || '01AAB' || lpad(i::text, 4, '0') || 'A00101019' || lpad(((i * 7919) % 1000)::text, 3, '0');

CREATE TABLE bench.institution (fixmedins_code varchar(30) PRIMARY KEY, fixmedins_type varchar(6), hosp_lv smallint, fix_blng_admdvs varchar(6));
CREATE TABLE bench.person (psn_no varchar(30) PRIMARY KEY, gend varchar(6), brdy date, die_date date);
CREATE TABLE bench.visit (mdtrt_id varchar(30) PRIMARY KEY, psn_no varchar(30) NOT NULL, fixmedins_code varchar(30) NOT NULL,
	begntime timestamp NOT NULL, endtime timestamp, med_type varchar(6));
CREATE TABLE bench.settlement (setl_id varchar(30) PRIMARY KEY, psn_no varchar(30) NOT NULL, fixmedins_code varchar(30) NOT NULL,
	setl_time timestamp NOT NULL, mdtrt_id varchar(30), med_type varchar(6), insutype varchar(6), medfee_sumamt numeric(16,2),
	fund_pay_sumamt numeric(16,2), refd_setl_flag varchar(3), init_setl_id varchar(30));
CREATE TABLE bench.fee_line (setl_id varchar(30) NOT NULL, feedetl_sn varchar(30) NOT NULL, psn_no varchar(30) NOT NULL,
	fixmedins_code varchar(30) NOT NULL, fee_ocur_time timestamp NOT NULL, med_list_codg varchar(50) NOT NULL, cnt numeric(16,4) NOT NULL,
	det_item_fee_sumamt numeric(16,2) NOT NULL, mdtrt_id varchar(30), pric numeric(16,6), inscp_amt numeric(16,2), list_type varchar(6),
	med_chrgitm_type varchar(6), rxno varchar(40), prd_days numeric(6,2), bilg_dept_codg varchar(30), bilg_dr_code varchar(30),
	upload_time timestamp, init_feedetl_sn varchar(30));
CREATE TABLE bench.diagnosis (mdtrt_id varchar(30) NOT NULL, diag_srt_no varchar(20) NOT NULL, diag_code varchar(20) NOT NULL,
	maindiag_flag varchar(3), vali_flag varchar(3), PRIMARY KEY (mdtrt_id, diag_srt_no));

INSERT INTO bench.institution
SELECT 'H9901' || lpad(n::text, 8, '0'), '1', CASE WHEN n % 10 = 0 THEN 0 ELSE 1 + n % 3 END, '9901' || lpad((n % 20)::text, 2, '0')
FROM generate_series(1, 1000) n;

INSERT INTO bench.person
SELECT '99' || lpad(p::text, 12, '0'), CASE WHEN bench.r(1, p) < .5 THEN '1' ELSE '2' END, date '2025-07-01' - (bench.r(2, p) * 31000)::integer, NULL
FROM generate_series(1, :lines / 60) p;

-- a visit: person, number, place, time
CREATE UNLOGGED TABLE bench.draft AS
SELECT p * 100 + i AS v, p, '99' || lpad(p::text, 12, '0') AS psn_no,
	'H9901' || lpad((1 + (bench.r(3, p * 100 + i % 4) * 1000)::integer % 1000)::text, 8, '0') AS inst,
	date '2025-01-01' + (bench.r(4, p * 100 + i) * 364)::integer + interval '8 hours' + (bench.r(5, p * 100 + i) * 36000)::integer * interval '1 second' AS t,
	CASE WHEN bench.r(6, p * 100 + i) < .05 THEN '41' WHEN bench.r(6, p * 100 + i) < .25 THEN '14' ELSE '11' END AS med_type,
	bench.r(7, p * 100 + i) < .005 AS refd
FROM generate_series(1, :lines / 60) p, generate_series(1, 12) i;

INSERT INTO bench.visit
SELECT 'M' || lpad(v::text, 14, '0'), psn_no, inst, t, t + interval '2 hours', med_type FROM bench.draft ORDER BY t;

INSERT INTO bench.diagnosis
SELECT 'M' || lpad(v::text, 14, '0'), '1', chr(65 + (bench.r(8, v) * 20)::integer % 20) || '10.900', '1', '1' FROM bench.draft ORDER BY t;

INSERT INTO bench.fee_line
SELECT 'S' || lpad(v::text, 14, '0'), lpad(j::text, 4, '0'), psn_no, inst, t + j * interval '3 min', bench.item(i), cnt, round(cnt * pric, 2),
	'M' || lpad(v::text, 14, '0'), pric, CASE WHEN bench.r(9, v * 8 + j) < .01 THEN 0 ELSE round(cnt * pric, 2) END, '101', '09',
	'R' || v || '-' || (j / 3), 7, 'A03', 'D' || lpad((v % 20000)::text, 12, '0'), t + j * interval '3 min' + interval '30 min', NULL
FROM (
	SELECT d.*, j, i, CASE WHEN bench.r(10, v * 8 + j) < .80 THEN 1 WHEN bench.r(10, v * 8 + j) < .98 THEN 2 ELSE 3 END AS cnt,
		(5 + (i * 37) % 400)::numeric + .35 AS pric
	FROM bench.draft d
	CROSS JOIN generate_series(1, 5) j
	CROSS JOIN LATERAL (SELECT CASE j
		WHEN 1 THEN (bench.r(11, p) * 480)::integer % 480
		-- now and then the second side of a pair
		WHEN 3 THEN CASE WHEN bench.r(12, v) < .05 THEN 480 + (bench.r(11, p) * 480)::integer % 480 ELSE (bench.r(13, v * 8 + j) * 2000)::integer % 2000 END
		ELSE (bench.r(13, v * 8 + j) * 2000)::integer % 2000 END) c(i)
) s
ORDER BY t + j * interval '3 min';

INSERT INTO bench.fee_line (setl_id, feedetl_sn, psn_no, fixmedins_code, fee_ocur_time, med_list_codg, cnt, det_item_fee_sumamt, mdtrt_id, pric, inscp_amt, rxno, init_feedetl_sn)
SELECT setl_id, '0009', psn_no, fixmedins_code, fee_ocur_time + interval '20 min', med_list_codg, -cnt, -det_item_fee_sumamt, mdtrt_id, pric, -inscp_amt, rxno, feedetl_sn
FROM bench.fee_line WHERE feedetl_sn = '0002' AND bench.r(14, hashtextextended(setl_id, 0)) < .005;

INSERT INTO bench.settlement
SELECT s.setl_id, d.psn_no, d.inst, d.t + interval '1 hour', 'M' || lpad(v::text, 14, '0'), d.med_type, CASE WHEN p % 3 = 0 THEN '310' ELSE '390' END,
	s.total, round(s.total * .7, 2), CASE WHEN refd THEN '1' END, NULL
FROM (SELECT setl_id, sum(det_item_fee_sumamt) AS total FROM bench.fee_line GROUP BY setl_id) s
JOIN bench.draft d ON s.setl_id = 'S' || lpad(d.v::text, 14, '0')
ORDER BY d.t;

-- the indexes that the extension asks for; the peer has the same
ALTER TABLE bench.fee_line ADD PRIMARY KEY (setl_id, feedetl_sn);
CREATE INDEX ON bench.fee_line (psn_no, fee_ocur_time);
CREATE INDEX ON bench.fee_line (mdtrt_id);
CREATE INDEX ON bench.fee_line (setl_id) WHERE init_feedetl_sn IS NOT NULL;
CREATE INDEX ON bench.settlement (psn_no);
CREATE INDEX ON bench.settlement (mdtrt_id);
CREATE INDEX ON bench.settlement (init_setl_id) WHERE init_setl_id IS NOT NULL;
CREATE INDEX ON bench.visit (psn_no);
DROP TABLE bench.draft;
VACUUM ANALYZE;

SELECT meso_audit.bind_fact(f, ('bench.' || f)::regclass) FROM unnest('{institution,person,visit,settlement,fee_line,diagnosis}'::text[]) f;

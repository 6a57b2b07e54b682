-- Claims to arrive: one of ten lines for each person, after the history of
-- data.sql, into a file. psql variable: file.

CREATE TABLE bench.arriving AS
SELECT 'N' || lpad(p::text, 14, '0') AS setl_id, lpad(j::text, 4, '0') AS feedetl_sn, '99' || lpad(p::text, 12, '0') AS psn_no,
	'H9901' || lpad((1 + (bench.r(3, p * 100 + p % 4) * 1000)::integer % 1000)::text, 8, '0') AS fixmedins_code,
	date '2025-12-01' + (bench.r(21, p) * 30)::integer + interval '8 hours' + j * interval '3 min' AS fee_ocur_time,
	bench.item(i) AS med_list_codg, cnt, round(cnt * pric, 2) AS det_item_fee_sumamt, 'N' || lpad(p::text, 14, '0') AS mdtrt_id, pric,
	round(cnt * pric, 2) AS inscp_amt, '101' AS list_type, '09' AS med_chrgitm_type, 'N' || p || '-' || (j / 3) AS rxno, 7 AS prd_days, 'A03' AS bilg_dept_codg,
	'D' || lpad((p % 20000)::text, 12, '0') AS bilg_dr_code,
	date '2025-12-01' + (bench.r(21, p) * 30)::integer + interval '9 hours' AS upload_time, NULL::text AS init_feedetl_sn
FROM generate_series(1, (SELECT count(*) FROM bench.person)) p
CROSS JOIN generate_series(1, 10) j
CROSS JOIN LATERAL (SELECT CASE WHEN j IN (1, 6) THEN (bench.r(11, p) * 480)::integer % 480 ELSE (bench.r(22, p * 16 + j) * 2000)::integer % 2000 END,
	CASE WHEN bench.r(23, p * 16 + j) < .80 THEN 1 WHEN bench.r(23, p * 16 + j) < .98 THEN 2 ELSE 3 END,
	(5 + ((bench.r(22, p * 16 + j) * 2000)::integer * 37) % 400)::numeric + .35) c(i, cnt, pric);

INSERT INTO bench.visit SELECT DISTINCT ON (setl_id) mdtrt_id, psn_no, fixmedins_code, fee_ocur_time, fee_ocur_time + interval '2 hours', '11' FROM bench.arriving ORDER BY setl_id, feedetl_sn;
INSERT INTO bench.diagnosis SELECT mdtrt_id, '1', chr(65 + (bench.r(8, hashtextextended(mdtrt_id, 0)) * 20)::integer % 20) || '10.900', '1', '1' FROM (SELECT DISTINCT mdtrt_id FROM bench.arriving) a;
INSERT INTO bench.settlement (setl_id, psn_no, fixmedins_code, setl_time, mdtrt_id, med_type, insutype, medfee_sumamt, fund_pay_sumamt)
SELECT setl_id, min(psn_no), min(fixmedins_code), min(fee_ocur_time) + interval '1 hour', min(mdtrt_id), '11', '310', sum(det_item_fee_sumamt), round(sum(det_item_fee_sumamt) * .7, 2)
FROM bench.arriving GROUP BY setl_id;
VACUUM ANALYZE;
COPY bench.arriving TO :'file';

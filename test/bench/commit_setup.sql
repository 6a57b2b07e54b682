-- New claims for the commit check: one of ten lines for each person, on the last days
-- of the year, drawn like the history. Their visits, settlements and diagnoses come
-- before the lines, so that what is timed is the lines alone.

CREATE TABLE bench.item_list AS SELECT DISTINCT bench.item(i) AS med_list_codg FROM generate_series(0, 1999) i;
ALTER TABLE bench.item_list ALTER med_list_codg TYPE varchar(50), ADD PRIMARY KEY (med_list_codg);

CREATE TABLE bench.new_claim AS
SELECT 'N' || lpad(p::text, 14, '0') AS id, p, '99' || lpad(p::text, 12, '0') AS psn_no,
	'H9901' || lpad((1 + (bench.r(23, p) * 1000)::integer % 1000)::text, 8, '0') AS inst,
	timestamp '2025-12-28 08:00' + (bench.r(24, p) * 3)::integer * interval '1 day' + (bench.r(25, p) * 36000)::integer * interval '1 second' AS t,
	CASE WHEN bench.r(26, p) < .05 THEN '41' WHEN bench.r(26, p) < .25 THEN '14' ELSE '11' END AS med_type
FROM generate_series(1, (SELECT count(*) FROM bench.person)) p;

CREATE TABLE bench.new_line (LIKE bench.fee_line);
INSERT INTO bench.new_line
SELECT id, lpad(j::text, 4, '0'), psn_no, inst, t + j * interval '3 min', bench.item(i), cnt, round(cnt * pric, 2),
	id, pric, CASE WHEN bench.r(29, p * 16 + j) < .01 THEN 0 ELSE round(cnt * pric, 2) END, '101', '09',
	'R' || id || '-' || (j / 3), 7, 'A03', 'D' || lpad((p % 20000)::text, 12, '0'), t + j * interval '3 min' + interval '30 min', NULL
FROM (
	SELECT c.*, j, i, CASE WHEN bench.r(30, p * 16 + j) < .80 THEN 1 WHEN bench.r(30, p * 16 + j) < .98 THEN 2 ELSE 3 END AS cnt,
		(5 + (i * 37) % 400)::numeric + .35 AS pric
	FROM bench.new_claim c
	CROSS JOIN generate_series(1, 10) j
	CROSS JOIN LATERAL (SELECT CASE WHEN j % 5 = 1 THEN (bench.r(11, p) * 480)::integer % 480
		ELSE (bench.r(33, p * 16 + j) * 2000)::integer % 2000 END) x(i)
) s;

-- a person's second own item of the day would hit too often
DELETE FROM bench.new_line WHERE feedetl_sn = '0006';
INSERT INTO bench.new_line
SELECT setl_id, '0006', psn_no, fixmedins_code, fee_ocur_time, bench.item((bench.r(34, hashtextextended(setl_id, 0)) * 2000)::integer % 2000), cnt, det_item_fee_sumamt, mdtrt_id, pric, inscp_amt,
	list_type, med_chrgitm_type, rxno, prd_days, bilg_dept_codg, bilg_dr_code, upload_time, init_feedetl_sn
FROM bench.new_line WHERE feedetl_sn = '0005';

INSERT INTO bench.visit SELECT id, psn_no, inst, t, t + interval '2 hours', med_type FROM bench.new_claim;
INSERT INTO bench.diagnosis SELECT id, '1', chr(65 + (bench.r(28, p) * 20)::integer % 20) || '10.900', '1', '1' FROM bench.new_claim;
INSERT INTO bench.settlement
SELECT id, c.psn_no, inst, t + interval '1 hour', id, med_type, '310', s.total, round(s.total * .7, 2), NULL, NULL
FROM bench.new_claim c JOIN (SELECT setl_id, sum(det_item_fee_sumamt) AS total FROM bench.new_line GROUP BY 1) s ON s.setl_id = c.id;
CREATE INDEX ON bench.diagnosis (mdtrt_id);
VACUUM ANALYZE;

-- The claims as messages, for check_claim: not stored, so without their numbers.
CREATE TABLE bench.message AS
SELECT c.p, jsonb_build_object('task_id', c.id, 'trig_scen', '6', 'patient_dtos', jsonb_build_array(jsonb_build_object(
	'patn_id', c.psn_no, 'patn_name', '某人', 'gend', '1', 'brdy', '1960-01-01', 'curr_mdtrt_id', 'Q' || c.id,
	'fsi_encounter_dtos', jsonb_build_array(jsonb_build_object('mdtrt_id', 'Q' || c.id, 'setl_id', 'Q' || c.id, 'medins_id', c.inst,
		'adm_date', c.t, 'dscg_date', c.t + interval '2 hours', 'setl_time', c.t + interval '1 hour', 'med_type', c.med_type, 'insutype', '310',
		'fsi_diagnose_dtos', jsonb_build_array(jsonb_build_object('dias_srt_no', '1', 'dise_codg', chr(65 + (bench.r(28, c.p) * 20)::integer % 20) || '10.900', 'maindise_flag', '1')),
		'fsi_order_dtos', (SELECT jsonb_agg(jsonb_build_object('rx_id', l.feedetl_sn, 'rxno', l.rxno, 'hilist_code', l.med_list_codg, 'hilist_name', '某药',
			'cnt', l.cnt, 'pric', l.pric, 'sumamt', l.det_item_fee_sumamt, 'inscp_amt', l.inscp_amt, 'hilist_type', l.list_type, 'chrg_type', l.med_chrgitm_type,
			'drord_begn_date', l.fee_ocur_time, 'drord_dept_codg', l.bilg_dept_codg, 'drord_dr_codg', l.bilg_dr_code))
			FROM bench.new_line l WHERE l.setl_id = c.id)))))) AS claim
FROM bench.new_claim c
-- of persons who have nothing else on the day
WHERE c.p <= 2000;
ALTER TABLE bench.message ADD PRIMARY KEY (p);
ANALYZE bench.message;

-- The history of a person, row by row, by index: what check_claim is held against.
CREATE FUNCTION bench.history(psn varchar) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
DECLARE
	a bigint;
	b bigint;
	c bigint;
	d bigint;
BEGIN
	SELECT count((l.setl_id, l.feedetl_sn, l.fixmedins_code, l.fee_ocur_time, l.med_list_codg, l.cnt, l.det_item_fee_sumamt, l.mdtrt_id, l.pric, l.inscp_amt, l.rxno, l.init_feedetl_sn) IS NULL)
	INTO a FROM bench.fee_line l WHERE l.psn_no = psn;
	SELECT count((s.setl_id, s.setl_time, s.mdtrt_id, s.med_type, s.insutype, s.medfee_sumamt, s.fund_pay_sumamt, s.refd_setl_flag, s.init_setl_id) IS NULL)
	INTO b FROM bench.settlement s WHERE s.psn_no = psn;
	SELECT count((v.mdtrt_id, v.begntime, v.endtime, v.med_type, x.diag_srt_no, x.diag_code) IS NULL)
	INTO c FROM bench.visit v JOIN bench.diagnosis x ON x.mdtrt_id = v.mdtrt_id WHERE v.psn_no = psn;
	SELECT count((p.gend, p.brdy) IS NULL) INTO d FROM bench.person p WHERE p.psn_no = psn;
	RETURN a + b + c + d;
END $$;

-- What the COPY left, taken away; findings with it.
CREATE PROCEDURE bench.take_back() LANGUAGE plpgsql AS $$
BEGIN
	PERFORM set_config('meso_audit.check', 'off', true);
	DELETE FROM bench.fee_line WHERE setl_id LIKE 'N%' OR setl_id LIKE 'G%';
	PERFORM set_config('meso_audit.check', 'on', true);
END
$$;

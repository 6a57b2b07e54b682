-- What was made becomes facts: one insert a table.

-- a line's own words: who, where, which code
INSERT INTO province.visit (mdtrt_id, psn_no, fixmedins_code, begntime, endtime, med_type, adm_dept_codg, adm_bed, chfpdr_code, dscg_way, matn_stas, channel)
SELECT demo.mdtrt_id(v.v), demo.psn_no(v.p), n.code, v.t0, v.t1, v.med_type, coalesce(d.dept, 'A03'),
	CASE WHEN v.los > 0 THEN 'B' || lpad((1 + floor(demo.r(90, v.v) * 200))::text, 3, '0') END,
	'D' || lpad((v.inst * 100 + 1)::text, 12, '0'), CASE WHEN v.los > 0 THEN '1' END,
	CASE WHEN v.setting IN ('pre', 'birth') THEN '1' END,
	CASE WHEN v.setting = 'op' AND n.lv = 3 AND demo.r(91, v.v) < .03 THEN 'internet' END
FROM demo.visit v JOIN demo.inst n USING (inst) LEFT JOIN demo.disease d USING (dx)
ORDER BY v.t0;

INSERT INTO province.fee_line (setl_id, feedetl_sn, psn_no, fixmedins_code, fee_ocur_time, med_list_codg, cnt, det_item_fee_sumamt,
	mdtrt_id, pric, inscp_amt, list_type, med_chrgitm_type, medins_list_codg, medins_list_name, rxno, prd_days, sin_dos,
	bilg_dept_codg, bilg_dr_code, acord_dept_codg, acord_dr_code, upload_time, init_feedetl_sn)
SELECT demo.setl_id(v.v), demo.sn(l.sn), coalesce(l.psn, demo.psn_no(v.p)), n.code, l.t, coalesce(l.code, i.code), l.cnt, l.amt,
	demo.mdtrt_id(v.v), l.pric, CASE WHEN l.own THEN 0 WHEN i.cls = 'C' THEN round(l.amt * .8, 2) ELSE l.amt END,
	i.list_type, i.chrg, 'L' || lpad(i.item::text, 6, '0'), i.name,
	CASE WHEN l.rx IS NOT NULL THEN 'R' || v.v || '-' || l.rx END, l.days, l.dose,
	l.dept, l.doctor, l.dept, l.doctor, l.t + l.lag, CASE WHEN l.reverses IS NOT NULL THEN demo.sn(l.reverses) END
FROM demo.line l JOIN demo.visit v USING (v) JOIN demo.inst n USING (inst) JOIN demo.item i USING (item);

INSERT INTO province.settlement (setl_id, psn_no, fixmedins_code, setl_time, mdtrt_id, med_type, insutype, setl_type, pay_loc,
	medfee_sumamt, inscp_amt, hifp_pay, fund_pay_sumamt, acct_pay, psn_cash_pay, refd_setl_flag, dise_codg, device_no)
SELECT demo.setl_id(v.v), demo.psn_no(v.p), n.code, CASE WHEN v.los > 0 THEN v.t1 + interval '30 min' ELSE v.t0 + interval '85 min' END,
	demo.mdtrt_id(v.v), v.med_type, p.insu, '2', '2', s.total, s.inscp, f.fund, f.fund,
	round((s.total - f.fund) * CASE WHEN p.insu = '310' AND v.los = 0 THEN .6 ELSE 0 END, 2),
	s.total - f.fund - round((s.total - f.fund) * CASE WHEN p.insu = '310' AND v.los = 0 THEN .6 ELSE 0 END, 2),
	CASE WHEN v.refd THEN '1' END,
	CASE v.dx WHEN 'I10' THEN 'M03900' WHEN 'E11' THEN 'M01600' WHEN 'I25' THEN 'M04600' WHEN 'B18' THEN 'M00300' WHEN 'N18' THEN 'M07801' END,
	'T' || n.inst || '-' || (v.v % 3)
FROM (
	SELECT l.v, sum(l.amt) + coalesce(max(e.delta), 0) AS total,
		sum(CASE WHEN l.own THEN 0 WHEN i.cls = 'C' THEN round(l.amt * .8, 2) ELSE l.amt END) AS inscp
	FROM demo.line l JOIN demo.item i USING (item) LEFT JOIN demo.bill_error e USING (v)
	GROUP BY l.v
) s
JOIN demo.visit v USING (v) JOIN demo.inst n USING (inst) JOIN demo.person p USING (p)
CROSS JOIN LATERAL (SELECT round(s.inscp * (CASE WHEN v.med_type LIKE '2%' OR v.med_type = '52' THEN (ARRAY[.9, .85, .75])[greatest(n.lv, 1)]
	WHEN v.med_type = '14' THEN .8 ELSE .5 END + CASE WHEN p.insu = '310' THEN .05 ELSE 0 END), 2) AS fund) f
ORDER BY v.t0;

INSERT INTO province.diagnosis (mdtrt_id, diag_srt_no, diag_code, maindiag_flag, vali_flag)
SELECT demo.mdtrt_id(v.v), '1', coalesce(d.code, CASE v.dx WHEN 'I10' THEN 'I10.x00' WHEN 'E11' THEN 'E11.900' WHEN 'I25' THEN 'I25.103'
	WHEN 'B18' THEN 'B18.100' WHEN 'Z51' THEN 'Z51.100' WHEN 'N18' THEN 'N18.500' WHEN 'Z34' THEN 'Z34.900' WHEN 'O80' THEN 'O80.000' ELSE 'O82.000' END), '1', '1'
FROM demo.visit v LEFT JOIN demo.disease d USING (dx) WHERE v.setting <> 'rx'
UNION ALL
SELECT demo.mdtrt_id(v.v), '2', CASE p.chronic WHEN 'I10' THEN 'I10.x00' WHEN 'E11' THEN 'E11.900' WHEN 'I25' THEN 'I25.103' ELSE 'B18.100' END, '0', '1'
FROM demo.visit v JOIN demo.person p USING (p) WHERE v.setting = 'ip' AND p.chronic IS NOT NULL
UNION ALL
SELECT demo.mdtrt_id(v.v), '3', 'C50.900', '0', '1' FROM demo.visit v WHERE v.setting = 'chemo'
UNION ALL
SELECT demo.mdtrt_id(v), srt::text, code, '0', '1' FROM demo.diag;

INSERT INTO province.operation (mdtrt_id, oprn_srt_no, oprn_oprt_code, main_oprn_flag, oprn_begntime, oprn_endtime, oper_dr_code, vali_flag)
SELECT demo.mdtrt_id(o.v), o.srt::text, o.code, CASE WHEN o.srt = 1 THEN '1' ELSE '0' END, v.t0 + interval '4 hours', v.t0 + interval '6 hours',
	'D' || lpad((v.inst * 100 + 2)::text, 12, '0'), '1'
FROM demo.oprn o JOIN demo.visit v USING (v);

-- The truth, for the report alone.
CREATE TABLE demo.truth AS
SELECT hint, honest, 'line' AS level, demo.setl_id(v) AS subject, demo.sn(sn) AS row_no FROM demo.line WHERE hint IS NOT NULL
UNION ALL
SELECT hint, honest, 'diagnosis', demo.mdtrt_id(v), srt::text FROM demo.diag WHERE hint IS NOT NULL
UNION ALL
SELECT hint, honest, 'operation', demo.mdtrt_id(v), srt::text FROM demo.oprn WHERE hint IS NOT NULL
UNION ALL
SELECT hint, false, 'settlement', demo.setl_id(v), NULL FROM demo.bill_error
UNION ALL
SELECT note, false, 'visit', demo.mdtrt_id(v), NULL FROM demo.visit WHERE note = 'DQ-ORDER'
UNION ALL
SELECT hint, honest, 'subject', subject, NULL FROM demo.subject;
-- a refunded bill with negative lines is one finding about the settlement
UPDATE demo.truth SET level = 'settlement', row_no = NULL WHERE hint = 'DQ-REFUND';
ANALYZE demo.truth;

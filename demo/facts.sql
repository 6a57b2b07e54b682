-- What was made becomes facts: one pass over a share of the visits.
-- psql variables part and parts, as in visits.sql.

-- what there is of setting, disease and place: visits of one sort are made of the same things
CREATE TEMPORARY TABLE sort AS
SELECT row_number() OVER ()::integer AS sort, s.*
FROM (SELECT DISTINCT v.setting, v.dx, n.lv, n.ftype, coalesce(n.special, '') AS special FROM demo.visit v JOIN demo.inst n USING (inst) WHERE v.base) s;
ANALYZE sort;

CREATE TEMPORARY TABLE mine AS
SELECT v.*, n.code AS inst_code, n.lv, n.ftype, n.special, demo.psn_no(v.p) AS psn_no, demo.mdtrt_id(v.v) AS mdtrt_id, demo.setl_id(v.v) AS setl_id,
	demo.doctor(v.inst, n.doctors, n.ftype, demo.r(72, v.rk), v.t0::date) AS doctor,
	CASE v.setting WHEN 'birth' THEN 'A05.02' WHEN 'pre' THEN 'A05.02' WHEN 'chemo' THEN 'A19' WHEN 'dial' THEN 'A03.06' ELSE coalesce(z.dept, 'A03') END AS dept,
	CASE WHEN v.base THEN x.sort END AS sort, 'R' || v.v || '-' AS rx, date_trunc('minute', v.t0) AS came, v.t0::date::timestamp AS came_on
FROM demo.visit v JOIN demo.inst n USING (inst) LEFT JOIN demo.disease z USING (dx)
LEFT JOIN sort x ON x.setting = v.setting AND x.dx = v.dx AND x.lv = n.lv AND x.ftype = n.ftype AND x.special = coalesce(n.special, '')
WHERE v.v >= (SELECT max(v) + 1 FROM demo.visit) * (:part - 1) / :parts AND v.v < (SELECT max(v) + 1 FROM demo.visit) * :part / :parts
ORDER BY v.v;
ANALYZE mine (v, setl_id, spec, sort, los, base, setting);

INSERT INTO province.visit (mdtrt_id, psn_no, fixmedins_code, begntime, endtime, med_type, adm_dept_codg, adm_bed, chfpdr_code, dscg_way, matn_stas, channel)
SELECT m.mdtrt_id, m.psn_no, m.inst_code, m.t0, m.t1, m.med_type, m.dept,
	CASE WHEN m.los > 0 THEN 'B' || lpad(demo.whole(90, m.v, 1, 200)::text, 3, '0') END, m.doctor, CASE WHEN m.los > 0 THEN '1' END,
	coalesce(s.matn, CASE WHEN m.setting IN ('pre', 'birth') THEN '1' END),
	CASE WHEN s.internet OR s.spec IS NULL AND demo.internet(m.setting, m.lv, m.v) THEN 'internet' END
FROM mine m LEFT JOIN demo.spec s USING (spec);

-- what a visit of each sort is made of, when, and at what price
CREATE TEMPORARY TABLE likely AS
SELECT x.sort, b.b, b.prob, b.lo, b.hi, b.lo::numeric AS cnt, b.days, b.per = 'day' AS daily, i.cls, i.dose, i.code, i.list_type, i.chrg, i.name, p.pric,
	'L' || lpad(i.item::text, 6, '0') AS own_code, i.cls IN ('X', 'Z', 'T') AS is_drug,
	(2 + b.b % 25) * interval '1 min' AS visit_at, interval '8 hours' + (b.b * 7 % 480) * interval '1 min' AS day_at
FROM sort x
JOIN demo.basket b ON b.setting = x.setting AND b.dx IN (x.dx, '*') AND (b.special IS NULL OR b.special = x.special)
JOIN demo.item i USING (item)
JOIN demo.price p ON p.item = b.item AND p.lv = x.lv AND p.ftype = x.ftype;
ANALYZE likely;

-- the days of a stay
CREATE TEMPORARY TABLE day AS
SELECT n, day, day * interval '1 day' AS after FROM generate_series(1, (SELECT greatest(1, max(los)) FROM mine)) n, generate_series(0, n - 1) day;
ANALYZE day;

-- The lines of the baskets, those that were entered by mistake and reversed
-- (one in three hundred), and what is planted; with them the settlements.
WITH usual AS
(
	SELECT m.setl_id, m.psn_no, m.inst_code, m.mdtrt_id, m.doctor, m.dept,
		k.code, k.list_type, k.chrg, k.own_code, k.name, k.days, k.dose, k.cls, k.b * 1000 + d.day AS sn, k.pric, c.cnt, c.cnt * k.pric AS amt,
		CASE WHEN m.los = 0 THEN m.came + k.visit_at ELSE greatest(m.came_on + d.after + k.day_at, m.came + interval '10 min') END AS t,
		CASE WHEN k.is_drug THEN m.rx || d.day END AS rx,
		generate_series(0, CASE WHEN d.day = 0 AND k.pric < 200 AND m.spec IS NULL AND NOT m.refd AND demo.r(73, m.v * 512 + k.b) < .003 THEN 500 ELSE 0 END, 500) AS off
	FROM mine m
	JOIN likely k ON k.sort = m.sort AND (k.prob >= 1 OR demo.r(80 + k.b, m.rk) < k.prob)
	JOIN day d ON d.n = CASE WHEN k.daily AND m.los > 1 THEN m.los ELSE 1 END
	CROSS JOIN LATERAL (
		SELECT CASE WHEN k.hi = k.lo THEN k.cnt ELSE (k.lo + floor(demo.r(80 + k.b, m.rk * 256 + d.day + 32) * (k.hi - k.lo + 1))::integer)::numeric END AS cnt
	) c
), line AS
(
	INSERT INTO province.fee_line (setl_id, feedetl_sn, psn_no, fixmedins_code, fee_ocur_time, med_list_codg, cnt, det_item_fee_sumamt,
		mdtrt_id, pric, inscp_amt, list_type, med_chrgitm_type, medins_list_codg, medins_list_name, rxno, prd_days, sin_dos,
		bilg_dept_codg, bilg_dr_code, acord_dept_codg, acord_dr_code, upload_time, init_feedetl_sn)
	SELECT u.setl_id, demo.sn(u.sn + u.off), u.psn_no, u.inst_code, CASE WHEN u.off = 0 THEN u.t ELSE u.t + interval '40 min' END, u.code,
		CASE WHEN u.off = 0 THEN u.cnt ELSE -u.cnt END, CASE WHEN u.off = 0 THEN u.amt ELSE -u.amt END, u.mdtrt_id, u.pric,
		CASE WHEN u.cls = 'C' THEN round(CASE WHEN u.off = 0 THEN u.amt ELSE -u.amt END * .8, 2) WHEN u.off = 0 THEN u.amt ELSE -u.amt END,
		u.list_type, u.chrg, u.own_code, u.name, u.rx, CASE WHEN u.off = 0 THEN u.days END, CASE WHEN u.off = 0 THEN u.dose END,
		u.dept, u.doctor, u.dept, u.doctor, u.t + CASE WHEN u.off = 0 THEN interval '20 min' ELSE interval '1 hour' END,
		CASE WHEN u.off > 0 THEN demo.sn(u.sn) END
	FROM usual u
	UNION ALL
	SELECT m.setl_id, demo.sn(l.sn), coalesce(l.psn, m.psn_no), m.inst_code, l.t, coalesce(l.code, i.code), l.cnt, l.amt, m.mdtrt_id, l.pric,
		CASE WHEN l.own THEN 0 WHEN i.cls = 'C' THEN round(l.amt * .8, 2) ELSE l.amt END,
		i.list_type, i.chrg, 'L' || lpad(i.item::text, 6, '0'), i.name, CASE WHEN l.rx IS NOT NULL THEN 'R' || m.v || '-' || l.rx END, l.days, l.dose,
		l.dept, l.doctor, l.dept, l.doctor, l.t + l.lag, CASE WHEN l.reverses IS NOT NULL THEN demo.sn(l.reverses) END
	FROM demo.line l JOIN mine m USING (v) JOIN demo.item i USING (item)
	RETURNING setl_id, det_item_fee_sumamt, inscp_amt
)
INSERT INTO province.settlement (setl_id, psn_no, fixmedins_code, setl_time, mdtrt_id, med_type, insutype, setl_type, pay_loc,
	medfee_sumamt, inscp_amt, hifp_pay, fund_pay_sumamt, acct_pay, psn_cash_pay, refd_setl_flag, dise_codg, device_no)
SELECT setl_id, psn_no, inst_code, t, mdtrt_id, med_type, insu, '2', '2', total + wrong, inscp, fund, fund, acct, total + wrong - fund - acct,
	CASE WHEN refd THEN '1' END,
	CASE dx WHEN 'I10' THEN 'M03900' WHEN 'E11' THEN 'M01600' WHEN 'I25' THEN 'M04600' WHEN 'B18' THEN 'M00300' WHEN 'N18' THEN 'M07801' END,
	device
-- OFFSET 0: each amount is worked out once
FROM (
	SELECT f.*, CASE WHEN employed AND los = 0 THEN round((total - fund) * .6, 2) ELSE 0.00 END AS acct
	FROM (
		SELECT m.v, m.setl_id, m.psn_no, m.inst_code, m.mdtrt_id, m.med_type, m.los, m.refd, m.dx, p.insu, p.insu = '310' AS employed, s.total, s.inscp,
			CASE WHEN m.los > 0 THEN m.t1 + interval '30 min' ELSE m.t0 + interval '85 min' END AS t,
			CASE WHEN c.spoil = 'sum' THEN 20 + demo.whole(75, m.v, 0, 300) ELSE 0 END AS wrong,
			greatest(0, round(s.inscp * (CASE WHEN m.med_type LIKE '2%' OR m.med_type = '52' THEN (ARRAY[.9, .85, .75])[greatest(m.lv, 1)]
				WHEN m.med_type = '14' THEN .8 ELSE .5 END + CASE WHEN p.insu = '310' THEN .05 ELSE 0 END), 2)) AS fund,
			'T' || m.inst || '-' || (m.v / 10 % 3) AS device
		FROM (SELECT setl_id, sum(det_item_fee_sumamt) AS total, sum(inscp_amt) AS inscp FROM line GROUP BY setl_id) s
		JOIN mine m USING (setl_id)
		JOIN demo.person p ON p.p = m.p
		LEFT JOIN demo.spec c ON c.spec = m.spec
		OFFSET 0
	) f
	OFFSET 0
) a
ORDER BY v;

INSERT INTO province.diagnosis (mdtrt_id, diag_srt_no, diag_code, maindiag_flag, vali_flag)
SELECT m.mdtrt_id, '1', coalesce(d.code, CASE m.dx WHEN 'I10' THEN 'I10.x00' WHEN 'E11' THEN 'E11.900' WHEN 'I25' THEN 'I25.103'
	WHEN 'B18' THEN 'B18.100' WHEN 'Z51' THEN 'Z51.100' WHEN 'N18' THEN 'N18.500' WHEN 'Z34' THEN 'Z34.900' WHEN 'O80' THEN 'O80.000' ELSE 'O82.000' END), '1', '1'
FROM mine m LEFT JOIN demo.disease d USING (dx) WHERE m.setting <> 'rx'
UNION ALL
SELECT m.mdtrt_id, '2', CASE p.chronic WHEN 'I10' THEN 'I10.x00' WHEN 'E11' THEN 'E11.900' WHEN 'I25' THEN 'I25.103' ELSE 'B18.100' END, '0', '1'
FROM mine m JOIN demo.person p USING (p) WHERE m.setting = 'ip' AND p.chronic IS NOT NULL
UNION ALL
SELECT m.mdtrt_id, '3', 'C50.900', '0', '1' FROM mine m WHERE m.setting = 'chemo' AND m.spec IS NULL
UNION ALL
SELECT m.mdtrt_id, d.srt::text, d.code, '0', '1' FROM demo.diag d JOIN mine m USING (v)
UNION ALL
-- infections: of one patient in a hundred, but in one hospital of one in three
SELECT m.mdtrt_id, '4', 'T81.400', '0', '1' FROM mine m
WHERE m.setting = 'ip' AND m.spec IS NULL AND demo.r(95, m.v) < CASE WHEN m.special = 'infections' THEN .6 ELSE .01 END;

INSERT INTO province.operation (mdtrt_id, oprn_srt_no, oprn_oprt_code, main_oprn_flag, oprn_begntime, oprn_endtime, oper_dr_code, vali_flag)
SELECT m.mdtrt_id, o.srt::text, o.code, CASE WHEN o.srt = 1 THEN '1' ELSE '0' END, m.t0 + interval '4 hours', m.t0 + interval '6 hours', m.doctor, '1'
FROM mine m JOIN (
	SELECT v, srt, code FROM demo.oprn
	UNION ALL
	SELECT m.v, 1, o.code FROM mine m JOIN (VALUES ('K35', '47.0101'), ('K80', '51.2300'), ('K40', '53.0000'), ('S72', '81.5200'), ('H25', '13.4100'),
		('O82', '74.1x00'), ('D25', '68.2900')) o(dx, code) USING (dx) WHERE m.setting IN ('ip', 'birth')) o USING (v);

-- who was where: rounds in the wards, dialysis, payment, admission
INSERT INTO province.presence_event (event_id, event_kind, event_time, fixmedins_code, psn_no, mdtrt_id, matched, match_score, answered, device_no)
SELECT 'E' || m.v || '-' || e.kind || d.day, e.kind, CASE WHEN m.los > 0 THEN greatest(m.t0, m.t0::date + d.day + interval '9 hours') ELSE m.t0 + interval '5 min' END,
	m.inst_code, m.psn_no, m.mdtrt_id, q.score > .02, round((.86 + .13 * q.score)::numeric, 3)::real, true, 'F' || m.inst || '-1'
FROM mine m
CROSS JOIN LATERAL (VALUES ('ward_round', m.los - 1, 3), ('admission', CASE WHEN m.los > 0 THEN 0 ELSE -1 END, 1), ('dialysis', CASE WHEN m.setting = 'dial' THEN 0 ELSE -1 END, 1),
	('payment', CASE WHEN m.los = 0 AND m.v / 10 % 4 = 0 THEN 0 ELSE -1 END, 1)) e(kind, upto, every)
CROSS JOIN LATERAL generate_series(0, e.upto, e.every) d(day)
CROSS JOIN LATERAL (SELECT demo.r(92, m.v * 256 + d.day) AS score) q;

-- Facts beside the claims: stock, packages with their trace codes, budgets; and what is wrong with some of them.

ANALYZE province.fee_line, province.settlement;

-- what an institution bought, month by month: a little more than it billed, but for two pharmacies that bought half of
-- their drugs, and a hospital that bought half of its consumables; two honest pharmacies book late
CREATE TEMPORARY TABLE sold AS
SELECT l.fixmedins_code, l.med_list_codg, l.list_type = '301' AS consumable, date_trunc('month', l.fee_ocur_time) AS month, sum(l.cnt) AS cnt, max(l.pric) AS pric
FROM province.fee_line l
WHERE l.list_type IN ('101', '301')
GROUP BY 1, 2, 3, 4;
-- the largest are taken: of a few lines a month nothing could be said
CREATE TEMPORARY TABLE shop AS
SELECT code, ftype = '2' AND place IN (1, 3) AS sells_more, ftype = '2' AND place IN (2, 4) AS late,
	ftype = '1' AND place = 1 AS implants_more, ftype = '1' AND place IN (2, 3) AS plain
FROM (
	SELECT n.code, n.ftype, row_number() OVER (PARTITION BY n.ftype, n.lv = 2 ORDER BY sum(s.cnt) DESC, n.code) AS place, n.lv
	FROM demo.inst n JOIN sold s ON s.fixmedins_code = n.code AND s.consumable = (n.ftype = '1')
	GROUP BY n.code, n.ftype, n.lv
) r
WHERE ftype = '2' OR lv = 2;
INSERT INTO province.stock_movement (fixmedins_code, med_list_codg, inv_chg_type, cnt, inv_chg_time, pric, manu_lotnum)
SELECT s.fixmedins_code, s.med_list_codg, 'opening', ceil(.05 * max(s.cnt)), demo.since(), round(max(s.pric) * .8, 2), 'L0'
FROM sold s
GROUP BY 1, 2
UNION ALL
SELECT s.fixmedins_code, s.med_list_codg, x.kind, x.cnt, s.month + x.at, round(s.pric * .8, 2), 'L' || to_char(s.month, 'YYMM')
FROM sold s
LEFT JOIN shop n ON n.code = s.fixmedins_code
CROSS JOIN LATERAL (VALUES
	('purchase', ceil(greatest(s.cnt, 1) * CASE WHEN CASE WHEN s.consumable THEN n.implants_more ELSE n.sells_more END THEN .5
		ELSE 1 + .2 * demo.r(93, hashtext(s.fixmedins_code || s.med_list_codg))::numeric END), CASE WHEN n.late THEN interval '27 days' ELSE interval '0' END),
	('sale', s.cnt, interval '27 days')) x(kind, cnt, at)
WHERE s.cnt > 0;
INSERT INTO demo.truth
SELECT 'STOCK-DRUGS', late, 'subject', code, NULL FROM shop WHERE sells_more OR late
UNION ALL
SELECT 'STOCK-CONSUMABLES', plain, 'subject', code, NULL FROM shop WHERE implants_more OR plain;

-- packages of the pharmacies: one code a box, sold once, but for some
INSERT INTO province.trace_code (drug_trac_codg, fixmedins_code, sel_retn_time, sale_flag, setl_id, psn_no, med_list_codg)
SELECT '81' || lpad((hashtextextended(l.setl_id || l.feedetl_sn, 7) & 1099511627775)::text, 13, '0') || lpad(b::text, 5, '0'),
	l.fixmedins_code, l.fee_ocur_time + again.n * interval '9 days', '1', CASE WHEN again.n = 0 THEN l.setl_id END, CASE WHEN again.n = 0 THEN l.psn_no END, l.med_list_codg
FROM province.fee_line l
JOIN demo.inst n ON n.code = l.fixmedins_code AND n.ftype = '2'
CROSS JOIN LATERAL generate_series(1, l.cnt::integer) b
CROSS JOIN LATERAL generate_series(0, CASE WHEN n.n = 4 AND hashtext(l.setl_id) % 10 = 0 THEN 1 ELSE 0 END) again(n)
WHERE l.list_type = '101' AND l.cnt BETWEEN 1 AND 100;
INSERT INTO demo.truth SELECT 'TRACE-CODE', n.n <> 4, 'subject', n.code, NULL FROM demo.inst n WHERE n.ftype = '2' AND n.n IN (4, 6);

INSERT INTO province.budget (fixmedins_code, year, budget_amt, growth, adjust_amt)
SELECT s.fixmedins_code, y, round(sum(s.fund_pay_sumamt) / 15 * CASE y WHEN 2025 THEN 12 ELSE 12.6 END * (.95 + .15 * demo.r(94, hashtext(s.fixmedins_code))::numeric), -2), .05, 0
FROM province.settlement s, generate_series(2025, 2026) y
WHERE s.refd_setl_flag IS NULL
GROUP BY 1, 2;

-- The floor: what PostgreSQL takes to deliver the joined rows, each with its
-- number in its person's order. A cursor is moved to its end, so that every
-- column is made and nothing is added: under count(*) the planner would leave
-- the joins and the columns out, and count() of each would cost a tenth more.
SET work_mem = '256MB';
SET max_parallel_workers_per_gather = 0;
SET jit = off;
SET cursor_tuple_fraction = 1;
BEGIN;
DECLARE floor NO SCROLL CURSOR FOR
SELECT row_number() OVER (PARTITION BY l.psn_no ORDER BY l.fee_ocur_time) AS n,
	l.setl_id, l.feedetl_sn, l.psn_no, l.fixmedins_code, l.fee_ocur_time, l.med_list_codg, l.cnt, l.det_item_fee_sumamt, l.pric, l.inscp_amt,
	l.rxno, l.prd_days, l.list_type, l.mdtrt_id, l.init_feedetl_sn,
	s.fund_pay_sumamt, s.medfee_sumamt, s.refd_setl_flag, s.insutype, v.endtime, v.med_type, p.gend, p.brdy, i.hosp_lv
FROM bench.fee_line l
LEFT JOIN bench.settlement s ON s.setl_id = l.setl_id
LEFT JOIN bench.visit v ON v.mdtrt_id = l.mdtrt_id
LEFT JOIN bench.person p ON p.psn_no = l.psn_no
LEFT JOIN bench.institution i ON i.fixmedins_code = l.fixmedins_code;
MOVE FORWARD ALL FROM floor;
COMMIT;

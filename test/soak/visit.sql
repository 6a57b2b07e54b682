-- A visit, its claim, its diagnosis, its end: four transactions.
\set p random(1, 5000)
\set d random(0, 60)
SELECT nextval('claims.n') AS v \gset
INSERT INTO claims.visit (mdtrt_id, psn_no, fixmedins_code, begntime, med_type)
VALUES ('v' || :v, 'p' || :p, 'h1', '2024-03-01 07:00'::timestamp + :d * interval '1 day', '11');
INSERT INTO claims.fee_line (setl_id, feedetl_sn, psn_no, fixmedins_code, fee_ocur_time, med_list_codg, cnt, det_item_fee_sumamt, mdtrt_id)
SELECT 'v' || :v, n::text, 'p' || :p, 'h1', '2024-03-01 08:00'::timestamp + :d * interval '1 day', c, 1, 10, 'v' || :v
FROM unnest('{MUST,NOT,QTYV}'::text[]) WITH ORDINALITY u(c, n);
INSERT INTO claims.diagnosis (mdtrt_id, diag_srt_no, diag_code) VALUES ('v' || :v, '1', CASE WHEN :v % 2 = 0 THEN 'I10' ELSE 'E11' END);
UPDATE claims.visit SET endtime = begntime + interval '1 day' WHERE mdtrt_id = 'v' || :v;

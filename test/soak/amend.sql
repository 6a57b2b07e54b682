-- A late line, a line of another quantity, a refund, a claim that goes, a line that is
-- reversed or moves to another person; what was there may be gone.
\set n random(1, 5000)
\set m random(1, 2000)
\set p random(1, 5000)
\set how random(1, 6)
\if :how = 1
INSERT INTO claims.fee_line (setl_id, feedetl_sn, psn_no, fixmedins_code, fee_ocur_time, med_list_codg, cnt, det_item_fee_sumamt)
SELECT setl_id, 'l' || nextval('claims.n'), psn_no, fixmedins_code, fee_ocur_time - interval '1 day', 'QTYP', 2, 20
FROM claims.fee_line WHERE setl_id = 'b' || :n AND feedetl_sn = '1';
\elif :how = 2
UPDATE claims.fee_line SET cnt = 1 + :m % 4 WHERE setl_id = 's' || :m;
\elif :how = 3
UPDATE claims.settlement SET refd_setl_flag = CASE WHEN refd_setl_flag = '1' THEN '0' ELSE '1' END WHERE setl_id = 's' || :m;
\elif :how = 4
BEGIN;
DELETE FROM claims.fee_line WHERE setl_id = 's' || :m;
DELETE FROM claims.settlement WHERE setl_id = 's' || :m;
COMMIT;
\elif :how = 5
BEGIN;
SAVEPOINT one;
UPDATE claims.fee_line SET psn_no = 'p' || :p WHERE setl_id = 'b' || :n;
ROLLBACK TO one;
UPDATE claims.fee_line SET psn_no = 'p' || :p WHERE setl_id = 'b' || :n AND feedetl_sn = '1';
COMMIT;
\else
INSERT INTO claims.fee_line (setl_id, feedetl_sn, psn_no, fixmedins_code, fee_ocur_time, med_list_codg, cnt, det_item_fee_sumamt, init_feedetl_sn)
SELECT setl_id, 'r' || nextval('claims.n'), psn_no, fixmedins_code, fee_ocur_time, med_list_codg, -1, -10, feedetl_sn
FROM claims.fee_line WHERE setl_id = 's' || :m AND feedetl_sn = '1';
\endif

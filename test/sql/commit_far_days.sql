-- What was touched may bear on days beyond the window around it: findings of a
-- settlement that had left, and findings about a visit whose lines come later.
\set home :DBNAME
CREATE DATABASE commit_far_days TEMPLATE template0;
\c commit_far_days
SET client_min_messages = warning;
\pset format unaligned
\pset null -
\o /dev/null
CREATE EXTENSION meso_audit;
\set ECHO none
\i test/commit/claims.sql
\set ECHO all
DELETE FROM meso_audit.rule WHERE code <> 'BAN';
INSERT INTO meso_audit.rule (code, version, kind_code, template, params, codes, status)
VALUES ('WITH', 1, 'TEST', 'companion_required', '{"codes_of": "diagnosis", "needs": ["ITEM"], "window": "visit"}', '{I10}', 'active');
SELECT * FROM meso_audit.attach_checks();
\o
CREATE VIEW stored AS SELECT source_code, setl_id, feedetl_sn, mdtrt_id, status, still_true, source_gone FROM meso_audit.finding ORDER BY finding_id;

-- a settlement goes, and is there again with another line, months later
SELECT claims.claim('y', 'p1', '2024-03-01 08:00', 'BAN') \g /dev/null
BEGIN;
DELETE FROM claims.fee_line;
DELETE FROM claims.settlement;
COMMIT;
TABLE stored;
SELECT claims.claim('other', 'p1', '2024-09-01 08:00', 'X') \g /dev/null
TABLE stored;
INSERT INTO claims.fee_line (setl_id, feedetl_sn, psn_no, fixmedins_code, fee_ocur_time, med_list_codg, cnt, det_item_fee_sumamt)
VALUES ('y', '2', 'p1', 'h1', '2024-09-01 08:00', 'X', 1, 10);
TABLE stored;
-- the same line is back
INSERT INTO claims.fee_line (setl_id, feedetl_sn, psn_no, fixmedins_code, fee_ocur_time, med_list_codg, cnt, det_item_fee_sumamt)
VALUES ('y', '1', 'p1', 'h1', '2024-03-01 08:01', 'BAN', 1, 10);
TABLE stored;

-- a line of a stay, long after it began, is what its diagnosis lacked
INSERT INTO claims.visit (mdtrt_id, psn_no, fixmedins_code, begntime, endtime) VALUES ('v', 'p2', 'h1', '2024-03-01 08:00', '2024-09-30 08:00');
INSERT INTO claims.diagnosis (mdtrt_id, diag_srt_no, diag_code) VALUES ('v', '1', 'I10');
TABLE claims.state;
INSERT INTO claims.fee_line (setl_id, feedetl_sn, psn_no, fixmedins_code, fee_ocur_time, med_list_codg, cnt, det_item_fee_sumamt, mdtrt_id)
VALUES ('z', '1', 'p2', 'h1', '2024-09-01 08:00', 'ITEM', 1, 10, 'v');
TABLE claims.state;
DELETE FROM claims.fee_line WHERE setl_id = 'z';
TABLE claims.state;

-- a line of a stay goes, long before the line that it puts over the limit
INSERT INTO meso_audit.rule (code, version, kind_code, template, params, codes, status)
VALUES ('QTYV', 1, 'TEST', 'max_qty', '{"max": 2, "unit": "visit"}', '{QTYV}', 'active');
INSERT INTO claims.fee_line (setl_id, feedetl_sn, psn_no, fixmedins_code, fee_ocur_time, med_list_codg, cnt, det_item_fee_sumamt, mdtrt_id)
SELECT 'q' || m, '1', 'p2', 'h1', make_date(2024, m, 2), 'QTYV', 1, 10, 'v' FROM unnest('{3,6,9}'::integer[]) m;
TABLE claims.state;
DELETE FROM claims.fee_line WHERE setl_id = 'q3';
TABLE claims.state;
INSERT INTO claims.fee_line (setl_id, feedetl_sn, psn_no, fixmedins_code, fee_ocur_time, med_list_codg, cnt, det_item_fee_sumamt, mdtrt_id)
VALUES ('q3', '1', 'p2', 'h1', '2024-03-02', 'QTYV', 1, 10, 'v');
TABLE claims.state;
UPDATE claims.fee_line SET mdtrt_id = NULL WHERE setl_id = 'q3';
TABLE claims.state;
DELETE FROM claims.fee_line WHERE setl_id LIKE 'q%';

-- and of a settlement, whose own row is dated with either
INSERT INTO meso_audit.rule (code, version, kind_code, template, params, codes, status)
VALUES ('QTYS', 1, 'TEST', 'max_qty', '{"max": 2, "unit": "settlement"}', '{QTYS}', 'active'),
	('TOTAL', 1, 'TEST', 'data_quality', '{"check": "sum_mismatch"}', '{%}', 'active');
INSERT INTO claims.settlement (setl_id, psn_no, fixmedins_code, setl_time, medfee_sumamt)
SELECT 's' || m, 'p3', 'h1', make_date(2024, m, 2), 30 FROM unnest('{3,6,9}'::integer[]) m;
INSERT INTO claims.fee_line (setl_id, feedetl_sn, psn_no, fixmedins_code, fee_ocur_time, med_list_codg, cnt, det_item_fee_sumamt)
SELECT setl_id, m::text, 'p3', 'h1', make_date(2024, m, 2), 'QTYS', 1, 10 FROM unnest('{3,6,9}'::integer[]) m, claims.settlement WHERE setl_id LIKE 's%';
TABLE claims.state;
DELETE FROM claims.fee_line WHERE setl_id = 's3' AND feedetl_sn = '3';
DELETE FROM claims.fee_line WHERE setl_id = 's6' AND feedetl_sn = '3';
DELETE FROM claims.fee_line WHERE setl_id = 's9' AND feedetl_sn = '3';
TABLE claims.state;
UPDATE claims.fee_line SET psn_no = 'p4' WHERE setl_id LIKE 's%' AND feedetl_sn = '9';
TABLE claims.state;

-- a visit goes, and is there again on another day without what was found
BEGIN;
DELETE FROM claims.diagnosis;
DELETE FROM claims.visit;
COMMIT;
INSERT INTO claims.visit (mdtrt_id, psn_no, fixmedins_code, begntime, endtime) VALUES ('v', 'p2', 'h1', '2024-09-01 08:00', '2024-09-30 08:00');
TABLE stored;

-- a batch has nothing to add
CALL meso_audit.run_audit('(,)');
SELECT event, setl_id, mdtrt_id FROM meso_audit.finding_log l JOIN meso_audit.finding f USING (finding_id) WHERE l.run_id IS NOT NULL;

\c :home
DROP DATABASE commit_far_days;

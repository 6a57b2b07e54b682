-- Rows that the engine may no longer see: an error, never findings withdrawn.
\set SHOW_CONTEXT never
\set home :DBNAME
SET client_min_messages = warning;
DROP DATABASE IF EXISTS meso_facts_hidden;
CREATE DATABASE meso_facts_hidden TEMPLATE template0 ENCODING 'UTF8';
\c meso_facts_hidden
SET client_min_messages = warning;
CREATE EXTENSION meso_audit;
SELECT meso_audit.setup();
SELECT meso_audit.create_fact_tables('f');
SET meso_audit.require_approval = off;
SELECT meso_audit.create_rule('TWO', 'GZ10000102014000', 'max_qty', '{"max": 2, "unit": "day"}', '{X}', status => 'active');
SELECT count(*) FROM meso_audit.attach_checks();
INSERT INTO f.fee_line (setl_id, feedetl_sn, psn_no, fixmedins_code, fee_ocur_time, med_list_codg, cnt, det_item_fee_sumamt)
VALUES ('s1', '1', 'p1', 'h', '2025-03-01 08:00', 'X', 3, 30);
SELECT setl_id, feedetl_sn, amount, status FROM meso_audit.finding;

-- row security that came after the binding
ALTER TABLE f.fee_line ENABLE ROW LEVEL SECURITY;
INSERT INTO f.fee_line (setl_id, feedetl_sn, psn_no, fixmedins_code, fee_ocur_time, med_list_codg, cnt, det_item_fee_sumamt)
VALUES ('s1', '2', 'p1', 'h', '2025-03-01 08:00', 'X', 1, 10);
SELECT psn_no, setl_id, error_code, message FROM meso_audit.unchecked_claim;
CALL meso_audit.run_audit('(,)');
SELECT meso_audit.check_claim('{"patient_dtos": [{"patn_id": "p1", "fsi_encounter_dtos": [{"setl_id": "s2", "medins_id": "h",
	"fsi_order_dtos": [{"rx_id": "1", "hilist_code": "X", "cnt": 1, "sumamt": 1, "drord_begn_date": "2025-03-01 09:00:00"}]}]}]}') -> 'action';
SELECT setl_id, feedetl_sn, amount, status FROM meso_audit.finding;

-- a policy that shows the engine all; a session cannot make its own checks fail by row_security
CREATE POLICY engine ON f.fee_line FOR SELECT TO meso_audit_engine USING (true);
CALL meso_audit.run_audit('(,)');
SELECT count(*) FROM meso_audit.unchecked_claim;
SET row_security = off;
INSERT INTO f.fee_line (setl_id, feedetl_sn, psn_no, fixmedins_code, fee_ocur_time, med_list_codg, cnt, det_item_fee_sumamt)
VALUES ('s1', '3', 'p1', 'h', '2025-03-01 09:00', 'X', 1, 10);
RESET row_security;
SELECT setl_id, feedetl_sn, amount, status, found_by FROM meso_audit.finding ORDER BY 2;
SELECT count(*) FROM meso_audit.unchecked_claim;

-- and one that does not
CREATE POLICY mine ON f.fee_line AS RESTRICTIVE USING (psn_no = 'p2');
UPDATE f.fee_line SET cnt = 2 WHERE feedetl_sn = '3';
CALL meso_audit.run_audit('(,)');
ALTER TABLE f.fee_line DISABLE ROW LEVEL SECURITY;

-- a right that was revoked
REVOKE SELECT ON f.settlement FROM meso_audit_engine;
CALL meso_audit.run_audit('(,)');
GRANT SELECT ON f.settlement TO meso_audit_engine;
CALL meso_audit.run_audit('(,)');
SELECT setl_id, feedetl_sn, amount, status FROM meso_audit.finding ORDER BY 2;
SELECT count(*) FROM meso_audit.unchecked_claim;

\c :home
SET client_min_messages = warning;
DROP DATABASE meso_facts_hidden;

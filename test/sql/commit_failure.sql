-- A check that fails, at each stage: the claim passes and is noted, or does not pass;
-- the batch catches up.
\set SHOW_CONTEXT never
\set home :DBNAME
SET client_min_messages = warning;
DROP DATABASE IF EXISTS meso_commit_failure;
CREATE DATABASE meso_commit_failure TEMPLATE template0 ENCODING 'UTF8';
\c meso_commit_failure
\set VERBOSITY terse
SET client_min_messages = warning;
SET meso_audit.require_approval = off;
\o /dev/null
CREATE EXTENSION meso_audit;
SELECT meso_audit.create_fact_tables('f');
SELECT meso_audit.create_rule('HOLD', (SELECT min(kind_code) FROM meso_audit.rule_kind WHERE template = 'never_pay' AND level = 'line'),
	'never_pay', '{}', '{H}', '{}', 'hold', title => 'hold', status => 'active');
SELECT * FROM meso_audit.attach_checks();
\o
RESET client_min_messages;
CREATE PROCEDURE claim(stage text) LANGUAGE plpgsql AS $$
BEGIN
	PERFORM set_config('meso_audit.fail_at', stage, true);
	INSERT INTO f.visit (mdtrt_id, psn_no, fixmedins_code, begntime) VALUES (stage, stage, 'h', '2025-01-10 08:00');
	INSERT INTO f.diagnosis (mdtrt_id, diag_srt_no, diag_code) VALUES (stage, '1', 'I10');
	INSERT INTO f.fee_line (setl_id, feedetl_sn, psn_no, fixmedins_code, mdtrt_id, fee_ocur_time, med_list_codg, cnt, det_item_fee_sumamt)
	VALUES (stage, '1', stage, 'h', stage, '2025-01-10 10:00', 'H', 1, 10);
	SET CONSTRAINTS ALL IMMEDIATE;
	SET CONSTRAINTS ALL DEFERRED;
	COMMIT;
END
$$;
CREATE VIEW state AS
SELECT u.stage,
	EXISTS (SELECT FROM f.fee_line l WHERE l.setl_id = u.stage) AS passed,
	EXISTS (SELECT FROM meso_audit.finding i WHERE i.setl_id = u.stage) AS found,
	EXISTS (SELECT FROM meso_audit.active_hold h WHERE h.setl_id = u.stage) AS held,
	(SELECT string_agg(concat_ws('/', c.psn_no, c.setl_id, c.mdtrt_id, c.days, c.error_code), ' ' ORDER BY c.setl_id, c.psn_no) FROM meso_audit.unchecked_claim c WHERE c.mdtrt_id = u.stage) AS unchecked
FROM unnest('{nowhere,gather,guard,load,evaluate,compare,write,act,note}'::text[]) WITH ORDINALITY AS u(stage, n) ORDER BY u.n;

CALL claim('nowhere');
CALL claim('gather');
CALL claim('guard');
CALL claim('load');
CALL claim('evaluate');
CALL claim('compare');
CALL claim('write');
CALL claim('act');
CALL claim('note');
TABLE state;

-- only an audit by all rules over these days clears them
SET client_min_messages = error;
CALL meso_audit.run_audit('[2026-01-01,2027-01-01)');
CALL meso_audit.run_audit('[2025-01-01,2026-01-01)', '{HOLD}');
SELECT count(*) FROM meso_audit.unchecked_claim;
CALL meso_audit.run_audit('[2025-01-01,2026-01-01)');
TABLE state;

-- with on_error = raise nothing passes
RESET client_min_messages;
SET meso_audit.on_error = raise;
DELETE FROM f.fee_line;
DELETE FROM f.diagnosis;
DELETE FROM f.visit;
CALL claim('gather');
CALL claim('act');
SELECT stage, passed, unchecked FROM state WHERE passed;
RESET meso_audit.on_error;
RESET meso_audit.fail_at;

-- limits are failures too
SET meso_audit.max_claims_per_transaction = 2;
INSERT INTO f.fee_line (setl_id, feedetl_sn, psn_no, fixmedins_code, fee_ocur_time, med_list_codg, cnt, det_item_fee_sumamt)
SELECT 'm' || n, '1', 'p', 'h', '2025-01-10 10:00', 'H', 1, 10 FROM generate_series(1, 3) n;
SET meso_audit.max_history_rows = 2;
INSERT INTO f.fee_line (setl_id, feedetl_sn, psn_no, fixmedins_code, fee_ocur_time, med_list_codg, cnt, det_item_fee_sumamt)
VALUES ('m4', '1', 'p', 'h', '2025-01-10 10:00', 'H', 1, 10);
SELECT setl_id, error_code FROM meso_audit.unchecked_claim ORDER BY 1;

-- a table emptied at once
TRUNCATE f.fee_line;
SELECT about, subject, reason FROM meso_audit.reaudit_queue WHERE about = 'fact';

-- attributes and rules act at the next audit
INSERT INTO f.person (psn_no, gend) VALUES ('p', '1'), ('q', '2');
UPDATE f.person SET gend = '2' WHERE psn_no = 'p';
DELETE FROM f.institution;
SELECT meso_audit.void_rule('HOLD');
SELECT about, subject, reason FROM meso_audit.reaudit_queue WHERE about <> 'fact' ORDER BY 1, 2;
SET client_min_messages = error;
CALL meso_audit.run_audit('(,)');
SELECT count(*) FROM meso_audit.reaudit_queue;
SELECT count(*) FROM meso_audit.unchecked_claim;

\c :home
SET client_min_messages = warning;
DROP DATABASE meso_commit_failure;

-- The check at commit: findings as they come and go, actions, failures.
\set SHOW_CONTEXT never
\set home :DBNAME
SET client_min_messages = warning;
DROP DATABASE IF EXISTS meso_commit_actions;
CREATE DATABASE meso_commit_actions TEMPLATE template0 ENCODING 'UTF8';
\c meso_commit_actions
\set VERBOSITY terse
SET client_min_messages = warning;
SET meso_audit.require_approval = off;
\o /dev/null
CREATE EXTENSION meso_audit;
SELECT meso_audit.create_fact_tables('f');
SELECT meso_audit.create_rule(code, k.kind_code, template, params, codes, '{}', action, title => code, status => 'active')
FROM (VALUES ('FLAG', 'max_qty_period', '{"max": 4, "period": "30 days"}'::jsonb, '{F}'::text[], 'flag'),
	('HOLD', 'max_qty_period', '{"max": 4, "period": "30 days"}', '{H}', 'hold'),
	('DENY', 'max_qty_period', '{"max": 4, "period": "30 days"}', '{D}', 'deny'),
	('REMIND', 'never_pay', '{}', '{R}', 'remind')) AS r(code, template, params, codes, action)
CROSS JOIN LATERAL (SELECT min(q.kind_code) AS kind_code FROM meso_audit.rule_kind q WHERE q.template = r.template AND q.level = 'line') k;
SELECT * FROM meso_audit.attach_checks();
\o
RESET client_min_messages;
CREATE FUNCTION line(setl text, sn text, psn text, day date, code text, cnt numeric) RETURNS void LANGUAGE sql AS $$
	INSERT INTO f.fee_line (setl_id, feedetl_sn, psn_no, fixmedins_code, fee_ocur_time, med_list_codg, cnt, det_item_fee_sumamt)
	VALUES (setl, sn, psn, 'h', day + time '10:00', code, cnt, cnt * 10)
$$;
CREATE VIEW found AS
SELECT source_code, setl_id, feedetl_sn, amount, action, found_by, status FROM meso_audit.finding ORDER BY source_code, setl_id COLLATE "C", feedetl_sn;
\o /dev/null

-- a late line before an existing finding, a refund, a line that changes hands
SELECT line('s1', '1', 'p', '2025-01-10', 'F', 3);
SELECT line('s2', '1', 'p', '2025-01-20', 'F', 3);
\o
TABLE found;
SELECT FROM line('s0', '1', 'p', '2025-01-05', 'F', 3);
TABLE found;
INSERT INTO f.settlement (setl_id, psn_no, fixmedins_code, setl_time, refd_setl_flag) VALUES ('s0', 'p', 'h', '2025-01-05 11:00', '1');
TABLE found;
UPDATE f.fee_line SET psn_no = 'q' WHERE setl_id = 's2';
TABLE found;
SELECT psn_no, n FROM meso_audit.person_guard WHERE psn_no NOT LIKE '% %' ORDER BY 1;

-- remind and hold; a release is final; a hold goes with its finding
SELECT FROM line('r', '1', 'p', '2025-01-10', 'R', 1);
BEGIN;
SELECT FROM line('h1', '1', 'p', '2025-01-10', 'H', 3);
SELECT FROM line('h2', '1', 'p', '2025-01-20', 'H', 3);
INSERT INTO f.settlement (setl_id, psn_no, fixmedins_code, setl_time) VALUES ('h1', 'p', 'h', '2025-01-10'), ('h2', 'p', 'h', '2025-01-20');
COMMIT;
SELECT setl_id, source_code FROM meso_audit.active_hold;
SELECT setl_id FROM meso_audit.payable_settlement ORDER BY 1;
-- another claim makes more of it: what it adds to claims of old is a flag
SELECT FROM line('h3', '1', 'p', '2025-01-05', 'H', 3);
SELECT setl_id, amount, status FROM meso_audit.finding WHERE source_code = 'HOLD' ORDER BY 1;
SELECT setl_id FROM meso_audit.active_hold ORDER BY 1;
UPDATE f.fee_line SET cnt = 0.5 WHERE setl_id IN ('h1', 'h3');
SELECT setl_id FROM meso_audit.active_hold ORDER BY 1;
UPDATE f.fee_line SET cnt = 3 WHERE setl_id = 'h1';
SELECT setl_id FROM meso_audit.active_hold ORDER BY 1;
SELECT meso_audit.release_hold('h2', ' ');
SELECT meso_audit.release_hold('h2', 'explained');
SELECT meso_audit.release_hold('h2', 'explained');
UPDATE f.fee_line SET cnt = 4 WHERE setl_id = 'h2';
SELECT setl_id FROM meso_audit.active_hold ORDER BY 1;
SELECT event, detail FROM meso_audit.finding_log WHERE event = 'released';

-- deny: the whole transaction, with the result in the error's detail
SELECT FROM line('d1', '1', 'p', '2025-01-10', 'D', 3);
DO $$
DECLARE
	state text;
	detail jsonb;
BEGIN
	PERFORM line('d2', '1', 'p', '2025-01-20', 'D', 3);
	SET CONSTRAINTS ALL IMMEDIATE;
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, detail = PG_EXCEPTION_DETAIL;
	RAISE NOTICE '% %', state, jsonb_path_query_array(detail, '$[*].rule_id');
	RAISE NOTICE '%', jsonb_path_query_array(detail, '$[*].setl_id');
END
$$;
SELECT count(*) FROM f.fee_line WHERE setl_id = 'd2';
BEGIN;
SELECT FROM line('d2', '1', 'p', '2025-01-20', 'D', 3);
COMMIT;
-- a claim of old is not denied, nor is what a person dismissed
SELECT FROM line('d0', '1', 'p', '2025-01-05', 'D', 2);
SELECT setl_id, status FROM meso_audit.finding WHERE source_code = 'DENY';
UPDATE meso_audit.finding SET status = 'dismissed' WHERE source_code = 'DENY';
UPDATE f.fee_line SET cnt = 4 WHERE setl_id = 'd1';
SET meso_audit.on_deny = hold;
SELECT FROM line('d2', '1', 'p', '2025-01-20', 'D', 3);
SELECT setl_id, source_code FROM meso_audit.active_hold ORDER BY 1;

-- what is new is stored by the check itself, or, where somebody watches the table, by
-- apply_changes(): the same rows
CREATE FUNCTION claims_of(psn text) RETURNS void LANGUAGE sql AS $$
	INSERT INTO f.person (psn_no, psn_name, gend) VALUES (psn, 'n', '1');
	INSERT INTO f.visit (mdtrt_id, psn_no, fixmedins_code, begntime) VALUES (psn || 'v', psn, 'h', '2025-02-01 09:00');
	INSERT INTO f.settlement (setl_id, psn_no, fixmedins_code, setl_time, mdtrt_id, medfee_sumamt, fund_pay_sumamt)
	VALUES (psn || '1', psn, 'h', '2025-02-01 11:00', psn || 'v', 60, 42);
	INSERT INTO f.fee_line (setl_id, feedetl_sn, psn_no, fixmedins_code, fee_ocur_time, med_list_codg, cnt, det_item_fee_sumamt, bilg_dr_code, upload_time)
	SELECT psn || '1', n::text, psn, 'h', timestamp '2025-02-01 10:00' + n * interval '1 hour', code, 3, 10, 'D', '2025-02-02 08:30'
	FROM (VALUES (1, 'F'), (2, 'F'), (3, 'H'), (4, 'H')) AS l(n, code);
$$;
CREATE FUNCTION stored(psn text) RETURNS SETOF jsonb LANGUAGE sql AS $$
	SELECT replace(j::text, format('"%s', psn), '"@')::jsonb
	FROM meso_audit.finding f
	CROSS JOIN LATERAL (SELECT to_jsonb(l) - '{log_id,finding_id,finding_key,logged_at,evidence_digest,digest}'::text[]
		|| jsonb_build_object('proved', l.evidence_digest = meso_audit.evidence_digest(f.evidence), 'at', l.logged_at = f.found_at)
		FROM meso_audit.finding_log l WHERE l.finding_id = f.finding_id) l(log)
	CROSS JOIN LATERAL (SELECT to_jsonb(o) - '{outbox_id,log_id,finding_id,created_at}'::text[]
		FROM meso_audit.outbox o WHERE o.finding_id = f.finding_id) o(message)
	CROSS JOIN LATERAL (VALUES (to_jsonb(f) - '{finding_id,finding_key,found_at,evidence}'::text[]),
		(meso_audit.evidence_json(f.finding_id)), (log), (message)) v(j)
	WHERE f.psn_no = psn
$$;
SET datestyle = 'German';
SET timezone = 'Asia/Tokyo';
SELECT FROM claims_of('x');
CREATE FUNCTION watch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE 'new findings'; RETURN NULL; END $$;
CREATE TRIGGER watch AFTER INSERT ON meso_audit.finding EXECUTE FUNCTION watch();
SELECT FROM claims_of('y');
DROP TRIGGER watch ON meso_audit.finding;
RESET datestyle;
RESET timezone;
SELECT count(*), count(DISTINCT s) FROM stored('x') s;
(SELECT 'itself', s FROM stored('x') s EXCEPT ALL SELECT 'itself', s FROM stored('y') s)
UNION ALL
(SELECT 'apply_changes', s FROM stored('y') s EXCEPT ALL SELECT 'apply_changes', s FROM stored('x') s);
SELECT setl_id, source_code FROM meso_audit.active_hold WHERE setl_id IN ('x1', 'y1') ORDER BY 1;
SELECT * FROM meso_audit.verify_log();

-- the kill switch
SET meso_audit."check" = off;
SELECT FROM line('k', '1', 'p', '2025-01-11', 'F', 9);
SET meso_audit."check" = on;
SELECT count(*) FROM meso_audit.finding WHERE setl_id = 'k';

-- counted
SELECT checks > 0 AS checks, claims > 0 AS claims, row_count > 0 AS rows, history_rows > 0 AS history,
	us_a_claim_p50 <= us_a_claim_p99 AS percentiles FROM meso_audit.check_stats;
SELECT code FROM meso_audit.check_rule_stats;

-- noted and not checked: nothing commits
BEGIN;
SELECT meso_audit.note_line('p'::text, 's'::text, NULL::text, '2025-01-11');
SELECT FROM line('k', '2', 'p', '2025-01-11', 'F', 9);
COMMIT;

\c :home
SET client_min_messages = warning;
DROP DATABASE meso_commit_actions;

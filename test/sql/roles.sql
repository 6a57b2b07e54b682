-- Roles: what each may see and do, and what not, tried.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SELECT meso_audit.create_fact_tables('roles_own');
SELECT meso_audit.create_roles('roles');
SELECT meso_audit.create_roles('roles');
SELECT meso_audit.create_roles('not a prefix');
CREATE ROLE roles2_auditor LOGIN;
SELECT meso_audit.create_roles('roles2');
DROP ROLE roles2_auditor;
SELECT rolname, rolsuper, rolcanlogin, rolcreaterole, rolinherit, shobj_description(oid, 'pg_authid')
FROM pg_roles WHERE rolname ~ '^roles_' ORDER BY rolname COLLATE "C";
SELECT rolname, rolsuper, rolcanlogin, rolcreaterole, rolcreatedb, rolbypassrls, rolreplication,
	(SELECT count(*) FROM pg_auth_members WHERE member = r.oid) AS member_of
FROM pg_roles r WHERE rolname = 'meso_audit_engine';

-- An auditor audits, through the engine.
CREATE ROLE roles_zhang;
GRANT roles_auditor TO roles_zhang;
SET ROLE roles_zhang;
CALL meso_audit.run_audit('[2025-01-01,2025-01-02)');
SELECT run_id IS NOT NULL AS run, state FROM meso_audit.audit_progress;
RESET ROLE;
DELETE FROM meso_audit.audit_chunk;
DELETE FROM meso_audit.audit_gap;
DELETE FROM meso_audit.audit_run;

-- Findings of three areas, one of an institution that nobody knows.
INSERT INTO roles_own.institution (fixmedins_code, fix_blng_admdvs) VALUES ('H320100', '320100'), ('H320500', '320500'), ('H330100', '330100');
INSERT INTO roles_own.person (psn_no, insu_admdvs) VALUES ('p1', '320100'), ('p9', '330200');
INSERT INTO meso_audit.finding (finding_key, source, source_code, level, psn_no, fixmedins_code, judged_day, certainty, found_by)
VALUES ('\x01', 'rule', 'R1', 'line', 'p1', 'H320100', '2025-01-01', 'violation', 'batch'),
	('\x02', 'rule', 'R1', 'line', 'p1', 'H320500', '2025-01-01', 'violation', 'batch'),
	('\x03', 'rule', 'R1', 'line', 'p9', 'H330100', '2025-01-01', 'violation', 'batch'),
	('\x04', 'rule', 'R2', 'subject', 'p9', NULL, '2025-01-01', 'suspect', 'batch'),
	('\x05', 'rule', 'R2', 'subject', 'p0', 'H000000', '2025-01-01', 'suspect', 'batch');

CREATE ROLE roles_li;
GRANT roles_auditor TO roles_li;
CREATE ROLE roles_head;
GRANT roles_decider TO roles_head;
CREATE ROLE roles_bi;
GRANT roles_bi_reader TO roles_bi;
CREATE ROLE roles_rules;
GRANT roles_rule_officer TO roles_rules;
CREATE ROLE roles_stranger;
SELECT meso_audit.grant_area('roles_zhang', '3201');
SELECT meso_audit.grant_area('roles_li', '32');
SELECT meso_audit.grant_area('roles_li', '3302');
SELECT meso_audit.grant_area('roles_head', '');
SELECT meso_audit.grant_area('roles_nobody', '32');
SELECT meso_audit.grant_area('roles_li', '32%');

SET ROLE roles_zhang;
SELECT area, finding_key FROM meso_audit.my_finding ORDER BY finding_key;
SET ROLE roles_li;
SELECT area, finding_key FROM meso_audit.my_finding ORDER BY finding_key;
SET ROLE roles_head;
SELECT area, finding_key FROM meso_audit.my_finding ORDER BY finding_key;
SET ROLE roles_auditor;
SELECT count(*) FROM meso_audit.my_finding;
RESET ROLE;
SELECT meso_audit.revoke_area('roles_li', '32');
SET ROLE roles_li;
SELECT area, finding_key FROM meso_audit.my_finding ORDER BY finding_key;

-- A function of the reader's own cannot look behind the barrier.
RESET ROLE;
CREATE FUNCTION roles_peek(bytea) RETURNS boolean LANGUAGE plpgsql COST 0.0001 AS
$$ BEGIN RAISE WARNING 'seen %', $1; RETURN true; END $$;
SET ROLE roles_zhang;
SELECT finding_key FROM meso_audit.my_finding WHERE roles_peek(finding_key);
RESET ROLE;
UPDATE meso_audit.finding SET evidence = meso_audit.compress_evidence('{"of": "p1"}') WHERE finding_key IN ('\x01', '\x02');
SET ROLE roles_zhang;
SELECT meso_audit.my_evidence(finding_id) FROM meso_audit.my_finding;
SELECT meso_audit.my_evidence(f.n) FROM generate_series(1, 100) AS f(n) WHERE meso_audit.my_evidence(f.n) IS NOT NULL;

-- What an auditor must not do.
SELECT count(*) FROM meso_audit.finding;
SELECT count(*) FROM meso_audit.finding_log;
UPDATE meso_audit.my_finding SET status = 'dismissed';
DELETE FROM meso_audit.my_finding;
INSERT INTO meso_audit.finding (finding_key, source, source_code, level, judged_day, certainty, found_by)
VALUES ('\x09', 'rule', 'R1', 'line', '2025-01-01', 'violation', 'batch');
INSERT INTO meso_audit.rule (code, version, kind_code, template) VALUES ('X', 1, 'X', 'never_pay');
INSERT INTO meso_audit.rule_exemption (psn_no, reason) VALUES ('p1', 'a friend');
INSERT INTO meso_audit.area_grant VALUES ('roles_zhang', '');
SELECT meso_audit.grant_area('roles_zhang', '');
SELECT meso_audit.revoke_area('roles_head', '');
SELECT meso_audit.set_data_since('fee_line', '2025-01-01');
SELECT meso_audit.write_fact_view('person', NULL, '{}');
\set VERBOSITY terse
SELECT meso_audit.create_roles('mine');
\set VERBOSITY default
SELECT count(*) FROM meso_audit.person;
INSERT INTO meso_audit.person (psn_no) VALUES ('p2');

-- Who reads reports sees no person; a stranger sees nothing.
SET ROLE roles_bi;
SELECT count(*) > 80 FROM meso_audit.rule_kind;
SELECT count(*), count(relation) FROM meso_audit.fact_status;
SELECT count(*) FROM meso_audit.person;
SELECT count(*) FROM meso_audit.my_finding;
SET ROLE roles_stranger;
SELECT count(*) FROM meso_audit.rule_kind;

-- The rule officer sets what is hers, through functions.
SET ROLE roles_rules;
SELECT meso_audit.set_data_since('fee_line', '2025-01-01');
SELECT * FROM meso_audit.fact_since;
UPDATE meso_audit.fact_since SET since = '2020-01-01';
DELETE FROM meso_audit.rule;
SELECT count(*) FROM meso_audit.my_finding;
RESET ROLE;

-- No role of an office may write to any table of the extension, nor own one.
SELECT r.rolname, c.relname, p.privilege
FROM meso_audit.office_role o
JOIN pg_roles r ON r.rolname = o.role_name
CROSS JOIN pg_class c
CROSS JOIN unnest(ARRAY['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) AS p(privilege)
WHERE c.relnamespace = 'meso_audit'::regnamespace AND c.relkind IN ('r', 'p', 'v')
	AND has_table_privilege(r.oid, c.oid, p.privilege);

-- Every function that writes for others runs as the engine, which is nobody.
SELECT meso_audit.engine_owns_writers(), meso_audit.is_set_up();
SET ROLE meso_audit_engine;
UPDATE meso_audit.finding_log SET actor = 'nobody';
DELETE FROM meso_audit.log_block;
\set VERBOSITY terse
CREATE ROLE roles_mine;
\set VERBOSITY default
RESET ROLE;

DELETE FROM meso_audit.finding;
DELETE FROM meso_audit.area_grant;
DELETE FROM meso_audit.fact_since;
DELETE FROM meso_audit.office_role;
DROP FUNCTION roles_peek(bytea);
DROP SCHEMA roles_own CASCADE;
DO $$
DECLARE
	r name;
BEGIN
	FOR r IN SELECT rolname FROM pg_roles WHERE rolname ~ '^roles_' LOOP
		EXECUTE format('DROP OWNED BY %I', r);
		EXECUTE format('DROP ROLE %I', r);
	END LOOP;
END
$$;
SELECT meso_audit.setup();

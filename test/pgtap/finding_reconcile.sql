-- reconcile() makes "finding" equal to F: every status against what may have
-- become of the finding, with its log.
BEGIN;
SELECT plan(31);

SET LOCAL client_min_messages = warning;
SELECT meso_audit.create_fact_tables('hospital');
INSERT INTO meso_audit.rule (code, version, kind_code, template, params, codes, status)
VALUES ('BAN', 1, 'TEST', 'never_pay', '{"payable_only": false}', '{BAD}', 'active'),
	('BAN2', 1, 'TEST', 'never_pay', '{"payable_only": false}', '{WORSE}', 'active');
INSERT INTO hospital.settlement (setl_id, psn_no, fixmedins_code, setl_time, mdtrt_id)
SELECT 's' || i, 'p' || i, 'h1', '2025-03-01', 'v' || i FROM generate_series(1, 30) i;
INSERT INTO hospital.visit (mdtrt_id, psn_no, fixmedins_code, begntime)
SELECT 'v' || i, 'p' || i, 'h1', '2025-03-01' FROM generate_series(1, 30) i;
INSERT INTO hospital.fee_line (setl_id, feedetl_sn, psn_no, fixmedins_code, fee_ocur_time, med_list_codg,
	cnt, det_item_fee_sumamt)
SELECT 's' || i, '1', 'p' || i, 'h1', '2025-03-01 10:00', 'BAD', 1, 10 FROM generate_series(1, 30) i;

CREATE TEMPORARY TABLE everybody AS SELECT array_agg('p' || i) AS persons FROM generate_series(1, 30) i;

CREATE FUNCTION pg_temp.audit(period daterange DEFAULT '[2025-01-01,2026-01-01)', rules text[] DEFAULT NULL)
RETURNS integer LANGUAGE sql AS $$
	SELECT meso_audit.reconcile(e.persons, period,
		(SELECT array_agg(f) FROM meso_audit.evaluate_persons(e.persons, period, rules) f), rules)
	FROM everybody e
$$;
CREATE FUNCTION pg_temp.seen(who text)
RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(format('%s %s %s%s', source_code, status, CASE WHEN still_true THEN 'true' ELSE 'untrue' END,
		CASE WHEN source_gone THEN ' gone' ELSE '' END), ', ' ORDER BY source_code)
	FROM meso_audit.finding WHERE psn_no = who
$$;
CREATE FUNCTION pg_temp.told(who text)
RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(l.event, ' ' ORDER BY l.log_id)
	FROM meso_audit.finding_log l JOIN meso_audit.finding f USING (finding_id) WHERE f.psn_no = who
$$;

SELECT is(pg_temp.audit(), 30, 'what is in F is written');
CREATE TEMPORARY TABLE before AS SELECT finding_id, ctid AS place FROM meso_audit.finding;
SELECT is(pg_temp.audit(), 0, 'a second time nothing changes');
SELECT set_eq('SELECT finding_id, ctid AS place FROM meso_audit.finding', 'SELECT finding_id, place FROM before',
	'and nothing is written');
SELECT is((SELECT count(*) FROM meso_audit.finding_log), 30::bigint, 'nor logged');
SELECT is((SELECT count(*) FROM meso_audit.outbox), 30::bigint, 'each event is in the outbox');

-- p1..p6: no longer in F, one of each status
CREATE TEMPORARY TABLE stage AS
SELECT 'p' || n AS psn_no, status
FROM unnest('{open,withdrawn,verifying,confirmed,dismissed,closed}'::text[]) WITH ORDINALITY AS u(status, n);
UPDATE meso_audit.finding f SET status = s.status FROM stage s WHERE s.psn_no = f.psn_no;
UPDATE meso_audit.finding SET still_true = false WHERE psn_no = 'p2';
UPDATE hospital.fee_line SET med_list_codg = 'GOOD' WHERE psn_no IN (SELECT psn_no FROM stage);
SELECT is(pg_temp.audit(), 5, 'what left F changes, but what is withdrawn already');
SELECT results_eq($$SELECT psn_no, status, still_true FROM meso_audit.finding
	WHERE psn_no IN (SELECT psn_no FROM stage) ORDER BY psn_no$$,
	$$VALUES ('p1', 'withdrawn', false), ('p2', 'withdrawn', false), ('p3', 'verifying', false),
		('p4', 'confirmed', false), ('p5', 'dismissed', false), ('p6', 'closed', false)$$,
	'open is withdrawn; any later status stays and is no longer true');
SELECT is(pg_temp.audit(), 0, 'once');

-- and back
UPDATE hospital.fee_line SET med_list_codg = 'BAD' WHERE psn_no IN (SELECT psn_no FROM stage);
SELECT is(pg_temp.audit(), 6, 'what is in F again changes');
SELECT results_eq($$SELECT psn_no, status, still_true FROM meso_audit.finding
	WHERE psn_no IN (SELECT psn_no FROM stage) ORDER BY psn_no$$,
	$$VALUES ('p1', 'open', true), ('p2', 'open', true), ('p3', 'verifying', true),
		('p4', 'confirmed', true), ('p5', 'dismissed', true), ('p6', 'closed', true)$$,
	'withdrawn opens; dismissed is never reopened');
SELECT is(pg_temp.told('p1'), 'found withdrawn reopened', 'the log tells of an open one');
SELECT is(pg_temp.told('p5'), 'found untrue true_again', 'and of a dismissed one');

-- amount
UPDATE hospital.fee_line SET det_item_fee_sumamt = 12.50 WHERE psn_no = 'p7';
SELECT is(pg_temp.audit(), 1, 'another amount changes the finding');
SELECT is((SELECT amount FROM meso_audit.finding WHERE psn_no = 'p7'), 12.50, 'to the amount of F');
SELECT is((meso_audit.evidence_json(finding_id) -> 'line' ->> 'det_item_fee_sumamt')::numeric, 12.50,
	'with evidence of the day')
FROM meso_audit.finding WHERE psn_no = 'p7';
UPDATE hospital.fee_line SET det_item_fee_sumamt = 12.5 WHERE psn_no = 'p7';
SELECT is(pg_temp.audit(), 0, 'the same amount written otherwise does not');

-- source gone
DELETE FROM hospital.fee_line WHERE psn_no IN ('p8', 'p9', 'p10');
DELETE FROM hospital.settlement WHERE psn_no IN ('p8', 'p9');
SELECT is(pg_temp.audit(), 3, 'lines that left');
SELECT is(pg_temp.seen('p8'), 'BAN open true gone', 'with their settlement: not withdrawn');
SELECT is(pg_temp.seen('p10'), 'BAN withdrawn untrue', 'alone: withdrawn');
SELECT is(pg_temp.audit(), 0, 'once');
INSERT INTO hospital.settlement (setl_id, psn_no, fixmedins_code, setl_time)
VALUES ('s8', 'p8', 'h1', '2025-03-01'), ('s9', 'p9', 'h1', '2025-03-01');
INSERT INTO hospital.fee_line (setl_id, feedetl_sn, psn_no, fixmedins_code, fee_ocur_time, med_list_codg, cnt, det_item_fee_sumamt)
VALUES ('s8', '1', 'p8', 'h1', '2025-03-01 10:00', 'BAD', 1, 10);
SELECT pg_temp.audit();
SELECT is(pg_temp.seen('p8'), 'BAN open true', 'a settlement that came back whole');
SELECT is(pg_temp.seen('p9'), 'BAN withdrawn untrue', 'and one without the line');

-- period
UPDATE hospital.fee_line SET med_list_codg = 'GOOD' WHERE psn_no = 'p11';
SELECT is(pg_temp.audit('[2025-04-01,2026-01-01)'), 0, 'an audit of other days leaves it alone');
UPDATE hospital.fee_line SET fee_ocur_time = '2025-05-01' WHERE psn_no = 'p12';
SELECT is(pg_temp.audit('[2025-04-01,2026-01-01)'), 1, 'a line that moved into the period');
SELECT is((SELECT judged_day FROM meso_audit.finding WHERE psn_no = 'p12'), '2025-05-01'::date, 'takes its finding along');

-- rules
UPDATE hospital.fee_line SET med_list_codg = 'WORSE' WHERE psn_no = 'p13';
SELECT is(pg_temp.audit(rules => '{BAN2}'), 1, 'an audit by one rule');
SELECT is(pg_temp.seen('p13'), 'BAN open true, BAN2 open true', 'touches the findings of that rule only');

-- void
INSERT INTO meso_audit.rule (code, version, kind_code, template, codes, status)
VALUES ('BAN2', 2, 'TEST', 'never_pay', '{WORSE}', 'void');
SELECT pg_temp.audit();
SELECT is(pg_temp.seen('p13'), 'BAN withdrawn untrue, BAN2 withdrawn untrue', 'a void rule''s findings are withdrawn');

SELECT is_empty($$SELECT problem, finding_id, detail FROM meso_audit.verify_log('1 hour')
	WHERE finding_id NOT IN (SELECT finding_id FROM meso_audit.finding WHERE psn_no IN (SELECT psn_no FROM stage))$$,
	'the log is whole');

-- many findings that no ANALYZE has seen, as while the first audit fills the table
INSERT INTO meso_audit.finding (finding_key, source, source_code, level, psn_no, judged_day, certainty, found_by)
SELECT sha256(convert_to(n::text, 'UTF8')), 'rule', 'BAN', 'line', 'q' || n, '2025-03-01', 'violation', 'batch'
FROM generate_series(1, 40000) n;
CREATE FUNCTION pg_temp.rows_scanned() RETURNS bigint LANGUAGE sql AS $$
	SELECT seq_tup_read FROM pg_stat_xact_all_tables WHERE relid = 'meso_audit.finding'::regclass
$$;
CREATE TEMPORARY TABLE scanned AS SELECT pg_temp.rows_scanned() AS n;
SELECT is((SELECT count(*) FROM meso_audit.person_changes((SELECT array_agg('q' || n) FROM generate_series(1, 2000) n),
		'[2025-01-01,2026-01-01)', NULL)), 2000::bigint, 'of two thousand persons');
SELECT is(pg_temp.rows_scanned(), (SELECT n FROM scanned), 'the findings are looked up, not scanned for');

SELECT * FROM finish();
ROLLBACK;

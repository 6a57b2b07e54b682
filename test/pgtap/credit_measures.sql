-- What follows from decisions and grades, and who sees whose credit: suspensions,
-- rules that hold instead of remind, places among peers, the quality of indicators.
BEGIN;
SELECT plan(24);
SET client_min_messages = warning;
SET search_path = meso_audit, public;
SET meso_audit.require_approval = off;
SELECT setup();
CREATE SCHEMA cm;
SELECT create_fact_tables('cm');
INSERT INTO cm.institution (fixmedins_code, fixmedins_type, hosp_lv, fix_blng_admdvs)
SELECT 'H' || n, '1', 1 + n % 2, '53010' || n % 2 FROM generate_series(1, 12) n;
INSERT INTO cm.person (psn_no, insu_admdvs) VALUES ('P1', '530101');

-- a case that suspends, and an appeal that ends it
INSERT INTO finding (finding_key, source, source_code, level, fixmedins_code, judged_day, certainty, amount, found_by)
VALUES ('\x01', 'rule', 'R', 'line', 'H1', '2025-05-01', 'violation', 100, 'batch') RETURNING finding_id AS f \gset
SELECT create_roles('cm');
SELECT grant_area('cm_auditor', ''), grant_area('cm_verifier', ''), grant_area('cm_decider', '');
SET SESSION AUTHORIZATION cm_auditor;
SELECT meso_audit.open_case(ARRAY[:f]::bigint[], 'hospital', 'H1') AS c \gset
SET SESSION AUTHORIZATION cm_verifier;
SELECT meso_audit.verify_case(:c, 100, '');
SET SESSION AUTHORIZATION cm_decider;
SELECT meso_audit.decide_case(:c, '[{"kind": "suspend", "months": 6}]', '');
RESET SESSION AUTHORIZATION;
UPDATE case_file SET due = CURRENT_DATE - 1;
SELECT is_empty('SELECT * FROM suspension_in_force', 'nothing is suspended before the decision is final');
SET SESSION AUTHORIZATION cm_decider;
SELECT is(meso_audit.finalise_case(:c), 1, 'the suspension is counted');
RESET SESSION AUTHORIZATION;
SELECT results_eq('SELECT subject_type, subject_code, valid FROM suspension_in_force',
	$$SELECT 'institution', 'H1', daterange(CURRENT_DATE, (CURRENT_DATE + interval '6 months')::date)$$, 'and begins');
SELECT appeal_case(:c, '');
SET SESSION AUTHORIZATION cm_decider;
SELECT throws_ok(format('SELECT meso_audit.resolve_case(%s, true, '''')', :c), '42501', NULL, 'not undone by who decided');
RESET SESSION AUTHORIZATION;
CREATE ROLE cm_other;
GRANT cm_decider TO cm_other;
SET SESSION AUTHORIZATION cm_other;
SELECT meso_audit.resolve_case(:c, true, '');
RESET SESSION AUTHORIZATION;
SELECT revoke_area('cm_auditor', ''), revoke_area('cm_verifier', ''), revoke_area('cm_decider', '');
SELECT is_empty('SELECT * FROM suspension_in_force WHERE valid @> CURRENT_DATE', 'a won appeal ends the suspension');

-- places among peers: type and level, equal values counting half
SELECT enter_indicator_value('hospital', 'H' || n, 'I42', '[2025-01-01,2026-01-01)', CASE WHEN n < 7 THEN n WHEN n < 11 THEN 8 ELSE 20 END) FROM generate_series(1, 12) n;
SELECT enter_indicator_value('hospital', 'H1', 'I42', '[2025-01-01,2026-01-01)', 3);
SELECT is(rank_peers('hospital', '{I42}', '[2025-01-01,2026-01-01)'), 12, 'every subject is placed, by its last value');
SELECT results_eq($$SELECT v.subject_code, v.peers, v.peer_share FROM indicator_value v WHERE v.peers IS NOT NULL AND v.subject_code IN ('H1', 'H3', 'H5', 'H7', 'H9', 'H11') ORDER BY length(v.subject_code), 1$$,
	$$VALUES ('H1', 5, 0.100000), ('H3', 5, 0.100000), ('H5', 5, 0.400000), ('H7', 5, 0.700000), ('H9', 5, 0.700000), ('H11', 5, 1.000000)$$, 'among those of the same level');

-- grades that suspend persons and practitioners, and make reminders hold
SELECT add_credit_record('person', 'P1', 'I74', 'untrustworthy', '2025-06-01'), add_credit_record('practitioner', 'D1', 'I77', 'untrustworthy', '2025-06-01', 9),
	add_credit_record('hospital', 'H2', 'I73', 'untrustworthy', '2025-06-01'), add_credit_record('hospital', 'H3', 'I06', 'untrustworthy', '2025-06-01');
SELECT create_rule('CM-REMIND', 'MA001', 'never_pay', '{}', '{X%}', action => 'remind', status => 'active');
CREATE FUNCTION pg_temp.rate(scheme text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE run bigint;
BEGIN
	CALL meso_audit.run_rating(scheme, '[2025-01-01,2026-01-01)', run);
	PERFORM meso_audit.publish_rating(run, 0);
	UPDATE meso_audit.rating_run SET objections_until = current_date - 1 WHERE run_id = run;
	PERFORM meso_audit.finalise_rating(run);
	RETURN run;
END $$;
SELECT pg_temp.rate('AE_person'), pg_temp.rate('POINTS12'), pg_temp.rate('AE_hospital') AS h \gset
SELECT results_eq('SELECT subject_type, subject_code, upper(valid) FROM suspension_in_force WHERE valid @> CURRENT_DATE ORDER BY 1, 2',
	$$VALUES ('person', 'P1', (CURRENT_DATE + interval '3 months')::date), ('practitioner', 'D1', (CURRENT_DATE + interval '6 months')::date)$$,
	'persons and practitioners are suspended, for the months of the measure');
SELECT results_eq('SELECT code FROM hold_reminders()', ARRAY['CM-REMIND'], 'a draft for each rule that reminds');
SELECT results_eq($$SELECT action, status, pilot FROM rule WHERE code = 'CM-REMIND' ORDER BY version$$,
	$$VALUES ('remind', 'active', NULL::text[]), ('hold', 'draft', '{H2}')$$, 'that holds where the grade says so');
SELECT results_eq($$SELECT grade, vetoed_by, score FROM rating_current WHERE subject_code = 'H2'$$, $$VALUES ('E', 'I73', 0.00)$$, 'the terminated hospital');
SELECT is_empty($$SELECT * FROM subject_measure WHERE subject_code = 'H3' AND measure = 'hold_reminders'$$, 'a good one has no such measure');

-- which indicators are good for something
CREATE TEMPORARY TABLE quality AS SELECT * FROM indicator_quality(:h);
SELECT is((SELECT count(*) FROM quality), 89::bigint, 'every indicator of the scheme');
SELECT results_eq($$SELECT coverage, advice FROM quality WHERE indicator = 'I01'$$, $$VALUES (0.0000, 'drop: hardly any data')$$, 'one without data');
SELECT results_eq($$SELECT coverage, advice FROM quality WHERE indicator = 'I24'$$, $$VALUES (1.0000, 'drop: the same for everybody')$$, 'one without differences');
SELECT cmp_ok((SELECT lost FROM quality WHERE indicator = 'I42'), '=', (SELECT sum(lost) FROM rating_detail WHERE run_id = :h AND indicator = 'I42'), 'points lost in all');
UPDATE case_file SET status = 'final';
SELECT cmp_ok((SELECT auc FROM indicator_quality(:h) WHERE indicator = 'I06'), '=', (
	SELECT avg(CASE WHEN a.lost > b.lost THEN 1 WHEN a.lost = b.lost THEN 0.5 ELSE 0 END)::double precision
	FROM rating_detail a, rating_detail b
	WHERE a.run_id = :h AND b.run_id = :h AND a.indicator = 'I06' AND b.indicator = 'I06' AND a.subject_code = 'H1' AND b.subject_code <> 'H1'), 'AUC against verified violations');

-- who sees whose
SELECT grant_area('cm_verifier', '530101');
SET SESSION AUTHORIZATION cm_verifier;
SELECT results_eq('SELECT DISTINCT subject_code FROM meso_audit.my_credit_record ORDER BY 1', ARRAY['H1', 'H3', 'P1'], 'records of the granted area');
SELECT results_eq('SELECT count(*) FILTER (WHERE subject_code = ''H1''), count(*) FILTER (WHERE area <> ''530101'') FROM meso_audit.my_rating', 'VALUES (1::bigint, 0::bigint)', 'ratings of it');
SELECT results_eq('SELECT subject_code FROM meso_audit.my_case', ARRAY['H1'], 'cases of it');
SELECT throws_ok('SELECT * FROM meso_audit.rating', '42501', NULL, 'not the table');
SELECT throws_ok('SELECT meso_audit.finalise_rating(1)', '42501', NULL, 'and the credit officer''s work is not the verifier''s');
SET SESSION AUTHORIZATION cm_auditor;
SELECT is((SELECT count(*) FROM meso_audit.my_case), 0::bigint, 'without an area nothing is seen');
SELECT throws_ok('SELECT * FROM meso_audit.my_credit_record', '42501', NULL, 'records are not the auditor''s');
RESET SESSION AUTHORIZATION;
SELECT * FROM finish();
ROLLBACK;

-- From a finding to a final decision: every step from every status, by the
-- right and the wrong people, and what it does to findings and credit.
BEGIN;
SELECT plan(40);
SET client_min_messages = warning;
SET search_path = meso_audit, public;
SELECT setup();
SELECT create_roles('cc');
CREATE ROLE cc_ann LOGIN; CREATE ROLE cc_bob LOGIN; CREATE ROLE cc_cid LOGIN; CREATE ROLE cc_dan LOGIN;
GRANT cc_auditor, cc_verifier, cc_decider TO cc_ann, cc_bob, cc_cid, cc_dan;
CREATE FUNCTION pg_temp.make_finding(certainty text, amount numeric) RETURNS bigint LANGUAGE sql AS $$
	INSERT INTO meso_audit.finding (finding_key, source, source_code, level, fixmedins_code, judged_day, certainty, amount, found_by)
	VALUES (sha256(gen_random_uuid()::text::bytea), 'rule', 'R', 'line', 'H1', '2025-05-01', certainty, amount, 'batch')
	RETURNING finding_id $$;

-- working days
SELECT set_holiday('2026-10-01'), set_holiday('2026-10-02'), set_holiday('2026-10-10', true);
SELECT is(add_workdays('2026-09-30', 1), '2026-10-05'::date, 'holidays and a weekend are stepped over');
SELECT is(add_workdays('2026-10-09', 1), '2026-10-10'::date, 'a worked Saturday counts');
SELECT is(add_workdays('2026-10-05', -1), '2026-09-30'::date, 'backwards');
SELECT is(add_workdays('2026-10-03', 0), '2026-10-03'::date, 'none');
SELECT is(add_workdays('2026-11-06', 15), '2026-11-27'::date, 'three weeks');
-- arithmetic
SELECT is(late_penalty(10000, '2026-01-01', '2026-01-21'), 100.00, '20 days late');
SELECT is(late_penalty(10000, '2026-01-21', '2026-01-01'), 0.00, 'early costs nothing');
SELECT is(late_penalty(date '2026-01-01', date '2026-01-04', 2), 3000.00, 'three days late, two cases');
SELECT is(quota_deduction(1200.50, 3), 3601.50, 'a multiple');
SELECT is(extrapolate_deduction(900, 36, 100000), 4000.00, 'a sample');
SELECT is(extrapolate_deduction(3, 1, 100), 33.33, 'rounded once');
SELECT is(extrapolate_deduction(900, 36, 100000, 0.01, 1.2816), 2718.40, 'the lower bound');
SELECT throws_ok('SELECT extrapolate_deduction(10, 11, 100)', '22023');

-- nobody acts on what she may not see
CREATE SCHEMA cc_facts;
CREATE TABLE cc_facts.house (code text PRIMARY KEY, area text);
CREATE TABLE cc_facts.patient (no text PRIMARY KEY, area text);
INSERT INTO cc_facts.house VALUES ('H1', '320101'), ('H2', '330101');
INSERT INTO cc_facts.patient VALUES ('P1', '330101');
SELECT bind_fact('institution', 'cc_facts.house', '{"fixmedins_code": "code", "fix_blng_admdvs": "area"}');
SELECT bind_fact('person', 'cc_facts.patient', '{"psn_no": "no", "insu_admdvs": "area"}');
INSERT INTO finding (finding_key, source, source_code, level, fixmedins_code, psn_no, setl_id, judged_day, certainty, amount, found_by)
VALUES ('\x01', 'rule', 'R', 'line', 'H2', 'P1', 'S1', '2025-05-01', 'violation', 10, 'batch'),
	('\x02', 'rule', 'R', 'subject', NULL, 'P1', NULL, '2025-05-01', 'violation', 10, 'batch');
INSERT INTO claim_hold (setl_id, finding_id, source_code) SELECT 'S1', finding_id, 'R' FROM finding WHERE finding_key = '\x01';
SELECT min(finding_id) AS far, max(finding_id) AS person FROM finding \gset
CREATE ROLE cc_eve LOGIN;
GRANT cc_auditor, cc_verifier, cc_decider TO cc_eve;
SET SESSION AUTHORIZATION cc_eve;
SELECT throws_ok(format($$SELECT meso_audit.open_case('{%s}', 'hospital', 'H2')$$, :far), '42501', 'finding ' || :far || ' is of an area that is not granted to "cc_eve"', 'no area, no case');
RESET SESSION AUTHORIZATION;
SELECT grant_area('cc_eve', '32');
SET SESSION AUTHORIZATION cc_eve;
SELECT throws_ok(format($$SELECT meso_audit.open_case('{%s}', 'hospital', 'H2')$$, :far), '42501', NULL, 'nor with another area');
SELECT throws_ok(format($$SELECT meso_audit.open_case('{%s}', 'person', 'P1')$$, :person), '42501', NULL, 'nor about a person insured elsewhere');
SELECT throws_ok($$SELECT meso_audit.release_hold('S1', 'for a friend')$$, '42501', NULL, 'nor released');
RESET SESSION AUTHORIZATION;
SELECT is((SELECT count(*) FROM active_hold WHERE setl_id = 'S1'), 1::bigint, 'it holds still');
SELECT open_case(ARRAY[:person]::bigint[], 'person', 'P1') AS p \gset
SELECT is((SELECT area FROM case_file WHERE case_id = :p), '330101', 'the case of a person is of where she is insured');
SET SESSION AUTHORIZATION cc_eve;
SELECT throws_ok(format($$SELECT meso_audit.verify_case(%s, 1, '')$$, :p), '42501', 'case ' || :p || ' is of an area that is not granted to "cc_eve"', 'nor a step');
RESET SESSION AUTHORIZATION;
SELECT grant_area('cc_eve', '3301');
SET SESSION AUTHORIZATION cc_eve;
SELECT is(release_hold('S1', 'an emergency'), 1, 'with the area it is');
RESET SESSION AUTHORIZATION;
SELECT unbind_fact('person'), unbind_fact('institution');
DELETE FROM finding;
DELETE FROM case_file;
SELECT grant_area('cc_auditor', ''), grant_area('cc_verifier', ''), grant_area('cc_decider', '');

-- the way to a final decision
SELECT pg_temp.make_finding('suspect', 100) AS f1, pg_temp.make_finding('violation', 50) AS f2,
	pg_temp.make_finding('violation', 70) AS f3 \gset
SET SESSION AUTHORIZATION cc_ann;
SELECT open_case(ARRAY[:f1, :f2], 'hospital', 'H1', 'looks odd') AS c \gset
SELECT throws_ok(format('SELECT meso_audit.open_case(ARRAY[%s], ''hospital'', ''H1'')', :f1), '55000', NULL, 'a finding is in one case');
SELECT throws_ok(format('SELECT meso_audit.verify_case(%s, 1, '''')', :c), '55000', NULL, 'a suspicion waits for its explanation');
SELECT explain_case(:c, 'an emergency');
SELECT throws_ok(format('SELECT meso_audit.verify_case(%s, 1, '''')', :c), '42501', NULL, 'the finder does not verify');
SET SESSION AUTHORIZATION cc_bob;
SELECT throws_ok(format('SELECT meso_audit.verify_case(%s, 1, '''', -1)', :c), '22023', NULL, 'a deadline is not in the past');
SELECT verify_case(:c, 120, 'no emergency on record');
SELECT throws_ok(format('SELECT meso_audit.decide_case(%s, ''[{"kind": "warn"}]'', '''')', :c), '42501', NULL, 'the verifier does not decide');
SET SESSION AUTHORIZATION cc_cid;
SELECT throws_ok(format('SELECT meso_audit.decide_case(%s, ''[{"kind": "warn", "amount": 3}]'', '''')', :c), '22023', NULL, 'a warning takes no amount');
SELECT decide_case(:c, '[{"kind": "recover", "amount": 120}, {"kind": "deduct", "amount": 240}]', 'twice the amount');
SELECT throws_ok(format('SELECT meso_audit.finalise_case(%s)', :c), '55000', NULL, 'objections are waited for');
SET SESSION AUTHORIZATION cc_ann;
SELECT object_case(:c, 'too much');
SET SESSION AUTHORIZATION cc_cid;
SELECT throws_ok(format('SELECT meso_audit.resolve_case(%s, false, '''')', :c), '42501', NULL, 'the decider does not resolve');
SET SESSION AUTHORIZATION cc_dan;
SELECT is(resolve_case(:c, false, 'it stands'), 1, 'a final decision writes its credit record');
SELECT appeal_case(:c, 'court');
RESET SESSION AUTHORIZATION;
SELECT results_eq(format('SELECT subject_code, indicator, quantity::numeric, status FROM credit_record WHERE source_ref = ''%s''', :c),
	$$VALUES ('H1'::text, 'I06'::text, 1::numeric, 'under_appeal'::text)$$, 'which is under appeal then');
SELECT results_eq(format('SELECT DISTINCT status FROM finding WHERE finding_id IN (%s, %s)', :f1, :f2), ARRAY['closed'], 'findings are closed');
SET SESSION AUTHORIZATION cc_bob;
SELECT is(resolve_case(:c, true, 'won'), 0);
RESET SESSION AUTHORIZATION;
SELECT is((SELECT status FROM credit_record WHERE source_ref = :c::text), 'revoked', 'a won appeal takes the record back');
SELECT results_eq(format('SELECT DISTINCT status FROM finding WHERE finding_id IN (%s, %s)', :f1, :f2), ARRAY['dismissed'], 'and the findings');
SELECT results_eq(format('SELECT step FROM case_event WHERE case_id = %s ORDER BY event_id', :c),
	ARRAY['open', 'explain', 'verify', 'decide', 'object', 'reject', 'appeal', 'uphold'], 'every step is kept');
SELECT throws_ok('DELETE FROM case_event', '55000', NULL, 'for ever');

-- every step from every status: legal exactly where case_step says so
SELECT open_case(ARRAY[:f3], 'hospital', 'H1') AS c3 \gset
CREATE TEMPORARY TABLE tried (status text, step text, legal boolean);
DO $$
DECLARE
	s text; t text; ok boolean; c bigint := (SELECT max(case_id) FROM meso_audit.case_file);
BEGIN
	FOREACH s IN ARRAY '{opened,explained,verified,dismissed,decided,objected,final,appealed,overturned}'::text[] LOOP
		FOREACH t IN ARRAY '{explain,verify,dismiss,decide,object,uphold,reject,finalise,appeal}'::text[] LOOP
			UPDATE meso_audit.case_file SET status = s, due = CASE t WHEN 'finalise' THEN current_date - 1 ELSE current_date + 1 END WHERE case_id = c;
			BEGIN
				-- each by the function that a user calls
				PERFORM CASE t WHEN 'explain' THEN meso_audit.explain_case(c, '')::text WHEN 'dismiss' THEN meso_audit.dismiss_case(c, '')::text
					WHEN 'object' THEN meso_audit.object_case(c, '')::text WHEN 'uphold' THEN meso_audit.resolve_case(c, true, '')::text
					WHEN 'reject' THEN meso_audit.resolve_case(c, false, '')::text WHEN 'finalise' THEN meso_audit.finalise_case(c)::text
					WHEN 'appeal' THEN meso_audit.appeal_case(c, '')::text
					WHEN 'verify' THEN meso_audit.verify_case(c, 1, '')::text
					ELSE meso_audit.decide_case(c, '[{"kind": "warn"}]', '')::text END;
				RAISE EXCEPTION 'done' USING ERRCODE = 'MESO0';
			EXCEPTION WHEN SQLSTATE 'MESO0' OR insufficient_privilege THEN ok := true;
				WHEN object_not_in_prerequisite_state THEN ok := false;
			END;
			INSERT INTO tried VALUES (s, t, ok);
		END LOOP;
	END LOOP;
END
$$;
SELECT results_eq('SELECT DISTINCT status, step FROM tried WHERE legal ORDER BY 1, 2',
	'SELECT DISTINCT from_status, step FROM case_step ORDER BY 1, 2', 'the legal steps, and no others');
SELECT is((SELECT count(*) FROM tried), 81::bigint, 'all pairs tried');

SET SESSION AUTHORIZATION cc_ann;
SELECT throws_ok('SELECT * FROM meso_audit.credit_record', '42501', NULL, 'records are read by area only');
RESET SESSION AUTHORIZATION;
SELECT * FROM finish();
ROLLBACK;

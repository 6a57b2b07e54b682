-- One rule from its draft to its end, by an officer and an approver: what is
-- refused, who judges where, what the history says, what hospitals are told.
BEGIN;
SELECT plan(79);
SET LOCAL client_min_messages = warning;
SELECT meso_audit.setup();
CREATE ROLE life_officer;
CREATE ROLE life_approver;
GRANT USAGE ON SCHEMA meso_audit TO life_officer, life_approver;
SELECT meso_audit.create_roles('life_office');
GRANT life_office_rule_officer TO life_officer, life_approver;
CREATE TEMPORARY VIEW judge AS
SELECT version, scope, days, (SELECT array_agg(e.place ORDER BY e.place) FROM unnest(elsewhere) e) AS elsewhere
FROM meso_audit.rule_in_force WHERE code = 'LIFE';
GRANT SELECT ON judge TO life_officer, life_approver;
CREATE FUNCTION pg_temp.edition() RETURNS bigint LANGUAGE sql AS $$SELECT (meso_audit.rules_since() ->> 'edition')::bigint$$;

SET SESSION AUTHORIZATION life_officer;
-- Written: the kind brings what is not given
SELECT is((meso_audit.create_rule('LIFE', '医疗服务项目限定频次', NULL, '{"max": 2}', '{X1}')).version, 1, 'a draft');
SELECT is((SELECT (template, params, status, certainty)::text FROM meso_audit.rule WHERE code = 'LIFE'),
	('max_qty'::text, '{"max": 2, "unit": "day"}'::jsonb, 'draft'::text, 'violation'::text)::text,
	'template, parameters and certainty are the kind''s where not given');
SELECT is((meso_audit.create_rule('PEER', 'ZB10000205001000', NULL, '{"peer": {"z": 3.5, "group": "hosp_lv"}}')).version, 1,
	'a comparison with peers replaces the kind''s value');
SELECT is((SELECT params ? 'value' FROM meso_audit.rule WHERE code = 'PEER'), false, 'which is gone');
SELECT throws_like($$SELECT meso_audit.create_rule('P2', 'ZB10000205001000', NULL, '{"peer": {"z": 3.5, "group": "colour"}}')$$,
	'%"colour"%', 'peers are grouped by what is known of them');
SELECT throws_like($$SELECT meso_audit.create_rule('P3', 'ZB10000205001000', NULL, '{"peer": {"z": 3.5, "group": ["hosp_lv", "gend"]}}')$$,
	'%"gend"%', 'institutions have no sex');
SELECT is((SELECT count(*) FROM judge), 0::bigint, 'a draft judges nothing');
SELECT throws_ok($$SELECT meso_audit.approve_rule('LIFE', 1)$$, '42501', NULL, 'its writer does not approve it');
SELECT throws_ok($$SELECT meso_audit.change_rule('LIFE', '{"colour": 1}')$$, '22023', NULL, 'a change names parts of a rule');
SELECT throws_ok($$SELECT meso_audit.change_rule('NONE', '{}')$$, '42704', NULL, 'of a rule that there is');
SELECT throws_ok($$SELECT meso_audit.change_rule('LIFE', '{"params": {"unit": "hour"}}')$$, '22023', NULL, 'and gives one that can judge');

-- Bounds
SELECT is((meso_audit.change_rule('LIFE', '{"bounds": {"max": [1, 5]}, "legal_basis": "by law"}')).version, 2, 'bounds come with a version');
SELECT throws_like($$SELECT meso_audit.change_rule('LIFE', '{"params": {"max": 6}}')$$, '%beyond its bounds%', 'later ones keep to them');
SELECT throws_like($$SELECT meso_audit.create_rule('LIFE', '医疗服务项目限定频次', NULL, '{"max": 0}', '{X1}')$$, '%beyond its bounds%',
	'however they are written');
SELECT throws_ok($$SELECT meso_audit.check_bounds('R', '{"max": 1}', '{"max": 3}')$$, '22023', NULL, 'bounds are pairs');
SELECT lives_ok($$SELECT meso_audit.check_bounds('R', '{"period": "30 days", "value": [6, 14], "peer": {"z": 3}}',
	'{"period": ["7 days", null], "value": [0, 18], "peer.z": [2, 5], "max": [1, 2]}')$$, 'of lengths of time, lists, and within objects');
SELECT throws_ok($$SELECT meso_audit.check_bounds('R', '{"period": "2 days"}', '{"period": ["7 days", null]}')$$, '22023', NULL, 'too short');
SELECT throws_ok($$SELECT meso_audit.check_bounds('R', '{"value": [6, 24]}', '{"value": [0, 18]}')$$, '22023', NULL, 'an element beyond');
SELECT throws_ok($$SELECT meso_audit.check_bounds('R', '{"max": "many"}', '{"max": [0, 18]}')$$, '22023', NULL, 'what is no number');
SELECT lives_ok($$SELECT meso_audit.discard_rule('LIFE', 1)$$, 'a draft is put away');
SELECT throws_ok($$SELECT meso_audit.discard_rule('LIFE', 1)$$, '55000', NULL, 'once');
SELECT is((meso_audit.start_trial('LIFE', 2)).version, 2, 'a draft goes on trial');
SELECT throws_ok($$SELECT meso_audit.start_trial('LIFE', 2)$$, '55000', NULL, 'once');
SELECT is((SELECT count(*) FROM judge), 0::bigint, 'and judges nothing yet');

SET SESSION AUTHORIZATION life_approver;
SELECT throws_ok($$SELECT meso_audit.approve_rule('LIFE', 1)$$, '55000', NULL, 'what was put away is not approved');
SELECT lives_ok($$SELECT meso_audit.approve_rule('LIFE', 2)$$, 'another approves it');
SELECT is((SELECT array_agg(version) FROM judge), '{2}', 'now it judges');
SELECT is((SELECT (approved_by, approved_at IS NOT NULL)::text FROM meso_audit.rule WHERE code = 'LIFE' AND version = 2),
	'(life_approver,t)', 'with who approved it');

-- Areas inherit from wider ones
SET SESSION AUTHORIZATION life_officer;
SELECT is((meso_audit.change_rule('LIFE', '{"params": {"max": 3}, "valid": "[2026-01-01,)"}', '32')).version, 3, 'the province has its own');
SELECT is((meso_audit.change_rule('LIFE', '{"params": {"max": 4}}', '320102')).version, 4, 'and a county');
SELECT is((meso_audit.change_rule('LIFE', '{"certainty": "suspect"}', '', '{H7}')).version, 5, 'and a pilot');
SELECT throws_ok($$SELECT meso_audit.change_rule('LIFE', '{}', '3')$$, '22023', NULL, 'areas have 2, 4 or 6 digits');
SELECT throws_ok($$SELECT meso_audit.change_rule('LIFE', '{}', '32', '{H7}')$$, '22023', NULL, 'a pilot is not of an area');
SELECT lives_ok($$SELECT meso_audit.create_rule('DOC', '超频刷卡', NULL, '{"by": "practitioner"}')$$, 'a physician may be in two places');
SELECT throws_ok($$SELECT meso_audit.change_rule('DOC', '{}', '32')$$, '22023', NULL, 'so areas have no say');
SET SESSION AUTHORIZATION life_approver;
SELECT lives_ok($$SELECT meso_audit.approve_rule('LIFE', v) FROM generate_series(3, 5) v$$, 'all approved');
SELECT is((SELECT array_agg((version, scope, elsewhere)::text ORDER BY version) FROM judge), ARRAY[
	'(2,{},"{32,320102,H7}")', '(3,"{""area"": [""32""]}","{320102,H7}")',
	'(4,"{""area"": [""320102""]}",{H7})', '(5,"{""fixmedins_code"": [""H7""]}",)'],
	'each judges where no narrower one does');
SELECT is((SELECT params FROM meso_audit.rule WHERE code = 'LIFE' AND version = 4), '{"max": 4, "unit": "day"}',
	'what an area does not change is as in the wider version');
SELECT is(meso_audit.is_elsewhere((SELECT elsewhere FROM meso_audit.rule_in_force WHERE code = 'LIFE' AND version = 2), '320205', NULL, 'H1', '2025-12-31'),
	false, 'before the province''s version begins the wider judges it');

-- Back to one: what is ended
SELECT throws_ok($$SELECT meso_audit.end_override('LIFE', '3301', '2026-06-01')$$, '42704', NULL, 'an area without a version of its own');
SELECT is((meso_audit.end_override('LIFE', '320102', '2026-06-01')).version, 6, 'the county gives up its own');
SELECT is((SELECT days FROM judge WHERE version = 4), '{(,2026-06-01)}', 'from that day');
SELECT is(meso_audit.is_elsewhere((SELECT elsewhere FROM meso_audit.rule_in_force WHERE code = 'LIFE' AND version = 3), '320102', NULL, 'H1', '2026-06-01'),
	false, 'the province''s judges it then');
SELECT is((meso_audit.void_rule('LIFE', '32')).version, 7, 'the province''s never was');
SELECT is((SELECT array_agg(version ORDER BY version) FROM judge), '{2,4,5}', 'and judges nothing');
SET SESSION AUTHORIZATION life_officer;
SELECT is((meso_audit.change_rule('LIFE', '{"certainty": "suspect"}')).version, 8, 'the pilot went well');
SET SESSION AUTHORIZATION life_approver;
SELECT lives_ok($$SELECT meso_audit.approve_rule('LIFE', 8)$$, 'and is for all');
SELECT is((SELECT array_agg(version ORDER BY version) FROM judge), '{4,8}', 'which ends it');
RESET SESSION AUTHORIZATION;

-- What hospitals are told, and the history
CREATE TEMPORARY TABLE known AS SELECT pg_temp.edition() AS edition;
SELECT is(meso_audit.rules_since((SELECT edition FROM known)) - '{edition,since}'::text[],
	'{"changes": [], "points": [], "withdrawn": []}', 'nothing changed since now');
SET SESSION AUTHORIZATION life_approver;
SELECT throws_ok($$SELECT meso_audit.retire_rule('LIFE', NULL)$$, '22004', NULL, 'an end is a day');
RESET SESSION AUTHORIZATION;
SET LOCAL meso_audit.require_approval = off;
SELECT lives_ok($$SELECT meso_audit.retire_rule('LIFE', '2027-01-01')$$, 'it is retired');
SELECT is((SELECT array_agg(c ->> 'days' ORDER BY (c ->> 'version')::integer) FROM jsonb_array_elements(
		meso_audit.rules_since((SELECT edition FROM known)) -> 'changes') c WHERE c ->> 'code' = 'LIFE'),
	'{"{(,2026-06-01)}","{(,2027-01-01)}"}', 'hospitals hear of its end');
SELECT lives_ok($$SELECT meso_audit.void_rule('LIFE')$$, 'it never was');
SELECT is(meso_audit.rules_since((SELECT edition FROM known)) -> 'withdrawn', '["LIFE"]', 'and they hear of that');
SELECT is((SELECT array_agg(event ORDER BY version) FROM meso_audit.rule_history WHERE code = 'LIFE'),
	'{discarded,approved,approved,approved,approved,voided,voided,approved,retired,voided,voided}', 'the history has it all');
SELECT is((SELECT change FROM meso_audit.rule_history WHERE code = 'LIFE' AND version = 4),
	'{"area": ["32", "320102"], "valid": ["[2026-01-01,)", "(,)"], "params.max": [3, 4]}', 'with what changed');

-- An end before the latest version began ends the earlier ones too
SELECT lives_ok($$SELECT meso_audit.create_rule('LATE', '医疗服务项目限定频次', NULL, '{"max": 2}', '{X1}', status => 'active'),
	meso_audit.create_rule('LATE', '医疗服务项目限定频次', NULL, '{"max": 3}', '{X1}', valid => '[2026-01-01,)', status => 'active')$$, 'two versions');
SELECT lives_ok($$SELECT meso_audit.retire_rule('LATE', '2025-06-01')$$, 'end before the second');
SELECT is((SELECT range_agg(d) FROM meso_audit.rule_in_force f, unnest(f.days) d WHERE f.code = 'LATE'), '{(,2025-06-01)}',
	'and no day after is judged');

-- Tried by an officer, who sees counts and no persons
SELECT meso_audit.create_fact_tables('life');
INSERT INTO life.institution (fixmedins_code, fix_blng_admdvs) VALUES ('H1', '320102'), ('H2', '330106');
INSERT INTO life.settlement (setl_id, psn_no, fixmedins_code, setl_time, medfee_sumamt, fund_pay_sumamt)
SELECT 's' || n, 'p' || n, 'H' || 1 + n % 2, '2025-03-01', 100, 50 FROM generate_series(1, 10) n;
INSERT INTO life.fee_line (setl_id, feedetl_sn, psn_no, fixmedins_code, fee_ocur_time, med_list_codg, cnt, det_item_fee_sumamt)
SELECT 's' || n, '1', 'p' || n, 'H' || 1 + n % 2, '2025-03-01', 'X1', n, 100 FROM generate_series(1, 10) n;
INSERT INTO meso_audit.finding (finding_key, source, source_code, level, psn_no, judged_day, certainty, status, found_by, amount)
SELECT f.finding_key, 'rule', f.source_code, 'line', f.psn_no, f.judged_day, f.certainty,
	CASE f.psn_no WHEN 'p4' THEN 'confirmed' WHEN 'p5' THEN 'dismissed' ELSE 'open' END, 'batch', f.amount
FROM meso_audit.create_rule('TRY', '医疗服务项目限定频次', NULL, '{"max": 2}', '{X1}', status => 'active'),
	meso_audit.evaluate_persons('{p1,p2,p3,p4,p5,p6,p7,p8,p9,p10}', NULL, '{TRY}') f;
SET LOCAL meso_audit.require_approval = on;
SET SESSION AUTHORIZATION life_officer;
SELECT results_eq($$SELECT about, fixmedins_code, hits_now, hits_then, gained, lost, changed, kept, withdrawn, no_longer_true,
		confirmed_kept, confirmed_lost, dismissed_kept, dismissed_lost
	FROM meso_audit.trial_rule('TRY', '[2025-01-01,2026-01-01)', change => '{"params": {"max": 5}}')$$,
	$$VALUES ('total', NULL, 8::bigint, 5::bigint, 0::bigint, 3::bigint, 5::bigint, 0::bigint, 1::bigint, 2::bigint, 0::bigint, 1::bigint, 0::bigint, 1::bigint),
		('institution', 'H2', 4, 2, 0, 2, 2, 0, 1, 1, 0, 0, 0, 1),
		('institution', 'H1', 4, 3, 0, 1, 3, 0, 0, 1, 0, 1, 0, 0)$$, 'a change that nobody wrote yet is tried');
SELECT results_eq($$SELECT gained, lost, kept FROM meso_audit.trial_rule('TRY', '[2025-01-01,2026-01-01)',
		change => '{"params": {"max": 1}, "certainty": "suspect"}', area => '33') WHERE about = 'total'$$,
	'VALUES (0::bigint, 0::bigint, 4::bigint)', 'one of an area changes that area');
SELECT is((meso_audit.change_rule('TRY', '{"params": {"max": 1}, "valid": "[2026-01-01,)"}')).version, 2, 'a draft for next year');
SELECT results_eq($$SELECT gained, lost, changed FROM meso_audit.trial_rule('TRY', '[2025-01-01,2026-01-01)') WHERE about = 'total'$$,
	'VALUES (0::bigint, 0::bigint, 0::bigint)', 'changes nothing of last year');
SELECT results_eq($$SELECT gained, lost, changed FROM meso_audit.trial_rule('TRY', '[2025-01-01,2026-01-01)', dated => false) WHERE about = 'total'$$,
	'VALUES (1::bigint, 0::bigint, 8::bigint)', 'but can be tried on it');
SELECT throws_ok($$SELECT * FROM meso_audit.trial_rule('TRY', NULL, 2, '{}')$$, '22023', NULL, 'a version or a change');
SELECT throws_ok($$SELECT * FROM meso_audit.trial_rule('NONE', NULL)$$, '42704', NULL, 'of a rule that there is');
SELECT throws_ok($$SELECT * FROM meso_audit.trial_hits((SELECT r FROM meso_audit.rule r WHERE code = 'TRY' AND version = 2), NULL)$$,
	'42501', NULL, 'single hits name persons');
SELECT results_eq($$SELECT month, hits, open, confirmed, dismissed, precision FROM meso_audit.rule_quality WHERE code = 'TRY'$$,
	$$VALUES ('2025-03-01'::date, 8::bigint, 6::bigint, 1::bigint, 1::bigint, 0.5000::numeric)$$, 'quality by rule and month');
SELECT throws_ok($$SELECT meso_audit.add_exemption(' ', 'TRY', psn_no => 'p4')$$, '23514', NULL, 'an exemption has a reason');
SELECT lives_ok($$SELECT meso_audit.add_exemption('twin of p5', 'TRY', psn_no => 'p4', valid => '[2025-01-01,2026-01-01)')$$, 'and days');
RESET SESSION AUTHORIZATION;
-- Bounds that were approved bind drafts written before, and what areas write after.
RESET SESSION AUTHORIZATION;
SET SESSION AUTHORIZATION life_officer;
SELECT meso_audit.create_rule('BOUND', '医疗服务项目限定频次', NULL, '{"max": 2}', '{X1}');
RESET SESSION AUTHORIZATION;
SET SESSION AUTHORIZATION life_approver;
SELECT meso_audit.approve_rule('BOUND', 1);
RESET SESSION AUTHORIZATION;
SET SESSION AUTHORIZATION life_officer;
SELECT meso_audit.change_rule('BOUND', '{"params": {"max": 3}}', '3201');
SELECT meso_audit.change_rule('BOUND', '{"bounds": {"max": [1, 5]}}');
SELECT meso_audit.change_rule('BOUND', '{"params": {"max": 9}}');
RESET SESSION AUTHORIZATION;
UPDATE meso_audit.rule SET created_at = created_at - interval '1 minute' WHERE code = 'BOUND' AND version = 4;
SET SESSION AUTHORIZATION life_approver;
SELECT is((meso_audit.approve_rule('BOUND', 2)).version, 2, 'a city''s own version');
SELECT is((meso_audit.approve_rule('BOUND', 3)).version, 3, 'bounds for everywhere');
SELECT throws_like($$SELECT meso_audit.approve_rule('BOUND', 4)$$, '%was written before version 3 set other bounds', 'a draft from before is not approved');
RESET SESSION AUTHORIZATION;
SET SESSION AUTHORIZATION life_officer;
SELECT throws_like($$SELECT meso_audit.change_rule('BOUND', '{"params": {"max": 9}}', '3201')$$, '%beyond its bounds', 'a city keeps to the bounds of everywhere');
SELECT throws_ok($$SELECT meso_audit.change_rule('BOUND', NULL)$$, '22004', NULL, 'a change is needed');
RESET SESSION AUTHORIZATION;
SET SESSION AUTHORIZATION life_approver;
SELECT lives_ok($$SELECT meso_audit.retire_rule('BOUND', '2026-01-01')$$, 'a rule ends');
RESET SESSION AUTHORIZATION;
SELECT results_eq($$SELECT event, follows FROM meso_audit.rule_history WHERE code = 'BOUND' AND version > 4 ORDER BY length(area)$$,
	$$VALUES ('retired', 3), ('retired', 2)$$, 'an end follows what judged, not a draft beside it');
SELECT throws_ok($$SELECT meso_audit.add_exemption('everybody', 'BOUND')$$, '23514', NULL, 'an exemption names somebody or something');
SELECT throws_ok($$SELECT meso_audit.add_exemption('a slip', 'BOUNDS', psn_no => 'p1')$$, '42704', NULL, 'and a rule that there is');

SELECT * FROM finish();
ROLLBACK;

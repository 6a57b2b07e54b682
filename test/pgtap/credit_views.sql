-- Generated views: they follow the schemes, views over them go on answering, rows
-- are seen by area, persons are pseudonyms.
BEGIN;
SELECT plan(27);
SET client_min_messages = warning;
SET search_path = meso_audit, public;
SET meso_audit.require_approval = off;
SELECT setup();
CREATE SCHEMA cv;
SELECT create_fact_tables('cv');
INSERT INTO cv.institution (fixmedins_code, fixmedins_name, fixmedins_type, hosp_lv, fix_blng_admdvs)
SELECT 'H' || n, 'Institution ' || n, '1', 3, '53010' || n % 2 FROM generate_series(1, 6) n;
INSERT INTO cv.person (psn_no, psn_name, insu_admdvs) VALUES ('P1', 'Zhang San', '530100');
INSERT INTO cv.budget (fixmedins_code, year, budget_amt) VALUES ('H1', 2025, 365000);
INSERT INTO cv.settlement (setl_id, psn_no, fixmedins_code, setl_time, medfee_sumamt, fund_pay_sumamt, refd_setl_flag, med_type)
VALUES ('S1', 'P1', 'H1', '2025-01-10 23:59:59', 20000, 10000, NULL, '21'), ('S2', 'P1', 'H1', '2025-01-20', 7000, 5000, '1', '11'),
	('S3', 'P2', 'H2', '2025-01-10', 300, 100, NULL, '11'), ('S4', 'P1', 'H1', '2024-01-31', 10000, 5000, NULL, '11');

CREATE FUNCTION pg_temp.rate(scheme text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE run bigint;
BEGIN
	CALL meso_audit.run_rating(scheme, '[2025-01-01,2026-01-01)', run);
	PERFORM meso_audit.publish_rating(run, 0);
	UPDATE meso_audit.rating_run SET objections_until = current_date - 1 WHERE run_id = run;
	PERFORM meso_audit.finalise_rating(run);
	PERFORM meso_audit.refresh_bi();
END $$;
SELECT create_scheme('V', '{"subject_type": "hospital", "bands": [{"grade": "A", "from": 90}, {"grade": "B"}],
	"indicators": [{"indicator": "I06", "method": "deduct", "weight": 50, "params": {"per": 1}}, {"indicator": "I57", "method": "boolean", "weight": 50}]}', 'active');
SELECT add_credit_record('hospital', 'H' || n, 'I06', 'untrustworthy', '2025-03-01', n) FROM generate_series(1, 6) n;
SELECT add_credit_record('person', 'P1', 'I62', 'untrustworthy', '2025-03-01');
SELECT create_roles('cv');
SELECT create_rating_views('cv_en');
SELECT create_rating_views('cv_zh', 'zh');
SELECT throws_ok($$SELECT create_rating_views('cv_zh', 'en')$$, '55000', NULL, 'a schema has one language');
SELECT throws_ok($$SELECT create_rating_views('x', 'fr')$$, '22023', NULL, 'there are two');
SELECT throws_ok($$SELECT create_rating_views('public')$$, '22023', NULL, 'public is nobody''s own');
SELECT pg_temp.rate('V'), pg_temp.rate('AE_person');
SELECT grant_area('cv_bi_reader', '53');
SET LOCAL ROLE cv_analyst;
SELECT is((SELECT count(*) FROM cv_en.rating_hospital), 0::bigint, 'who was granted no area sees no row');
RESET ROLE;
GRANT cv_bi_reader TO CURRENT_USER;
SELECT results_eq('SELECT subject_code, score, i06_breaches_of_clauses, aspect_xy_lost FROM cv_en.rating_hospital WHERE subject_code IN (''H1'', ''H6'') ORDER BY 1',
	$$VALUES ('H1', 98.00, 2.00, 2.00), ('H6', 88.00, 12.00, 12.00)$$, 'points by indicator and aspect');
SELECT results_eq('SELECT "主体编码", "得分", "协议条款违约次数", "协议管理失分" FROM cv_zh."医疗机构评级" WHERE "主体编码" = ''H6''',
	$$VALUES ('H6', 88.00, 12.00, 12.00)$$, 'in Chinese');

-- a view of the user's over them
CREATE VIEW cv.mine AS SELECT subject_code, i06_breaches_of_clauses AS breaches FROM cv_en.rating_hospital;
SELECT create_indicator('X01', 'ZL', '晨会', 'morning meetings', '{hospital}', 'deduct', 'record');
SELECT create_scheme('V', '{"subject_type": "hospital", "bands": [{"grade": "A", "from": 90}, {"grade": "B"}],
	"indicators": [{"indicator": "I06", "method": "deduct", "weight": 40, "params": {"per": 2}}, {"indicator": "X01", "method": "deduct", "weight": 60, "params": {"per": 1}}]}', 'active');
SELECT add_credit_record('hospital', 'H1', 'X01', 'untrustworthy', '2025-03-01', 4);
SELECT pg_temp.rate('V');
SELECT has_column('cv_en', 'rating_hospital', 'x01_morning_meetings', 'a new indicator is a new column');
SELECT results_eq('SELECT x01_morning_meetings, i57_internal_office_and_rules, i06_breaches_of_clauses FROM cv_en.rating_hospital WHERE subject_code = ''H1''',
	'VALUES (4.00, NULL::numeric, 2.00)', 'filled; what the scheme has no more is NULL');
SELECT results_eq('SELECT breaches FROM cv.mine WHERE subject_code = ''H6''', 'VALUES (12.00)', 'the user''s view answers');
SELECT is(col_description('cv_zh."医疗机构评级"'::regclass, (SELECT attnum FROM pg_attribute WHERE attrelid = 'cv_zh."医疗机构评级"'::regclass AND attname = '晨会')),
	'晨会 morning meetings (X01): points lost less points gained; NULL: not applicable', 'with its comment');
SELECT results_eq('SELECT previous_grade, grade, subjects FROM cv_en.movement WHERE run_id = (SELECT max(run_id) FROM rating_run) ORDER BY 1, 2',
	$$VALUES (NULL::text, 'A'::text, 5::bigint), (NULL, 'B', 1)$$, 'ratings of one day do not follow each other');
-- money
SELECT results_eq('SELECT settlements, stays, fund_pay_sumamt, cost_per_settlement, fund_change_year, peers FROM cv_en.core_indicators WHERE fixmedins_code = ''H1'' AND month = ''2025-01-01''',
	'VALUES (1::bigint, 1::bigint, 10000::numeric, 20000.00, 1.0000, 2::bigint)', 'refunded settlements are left out; the month is beside that of last year');
SELECT results_eq('SELECT used, elapsed, pace, warning FROM cv_en.budget_pace', $$VALUES (10000::numeric, 0.0548, 0.5000, 'green')$$, 'budget pace');
INSERT INTO cv.settlement (setl_id, psn_no, fixmedins_code, setl_time, fund_pay_sumamt) VALUES ('S5', 'P1', 'H1', '2025-01-10', 14100);
SELECT refresh_bi();
SELECT results_eq('SELECT warning, forecast FROM cv_en.budget_pace', $$VALUES ('red', 439825.00)$$, 'above 1.20 it is red');

-- by area and without names
SELECT revoke_area('cv_bi_reader', '53');
SELECT grant_area('cv_bi_reader', '530101');
SET LOCAL ROLE cv_bi_reader;
SELECT results_eq('SELECT subject_code FROM cv_en.rating_hospital ORDER BY 1', ARRAY['H1', 'H3', 'H5'], 'rows of the granted area');
SELECT is((SELECT count(*) FROM cv_en.rating_person), 0::bigint, 'no person of another area');
-- every column of every view, by somebody who has nothing but the views
SELECT lives_ok(format('SELECT * FROM cv_en.%I', v), v || ' is readable')
FROM unnest('{budget_pace,core_indicators,grade_distribution,lost_points,measures,movement}'::text[]) v;
SELECT throws_ok('SELECT * FROM cv_en.rating_person_snapshot', '42501', NULL, 'snapshots are not read');
SELECT throws_ok('SELECT * FROM meso_audit.pseudonym_key', '42501', NULL, 'nor is the key');
RESET ROLE;
SELECT grant_area('cv_bi_reader', '530100');
SELECT is((SELECT count(*) FROM cv_en.rating_person WHERE subject_code ~ '^[0-9a-f]{32}$' AND subject_name IS NULL), 1::bigint, 'persons are pseudonyms without names');
SELECT is((SELECT subject_code FROM cv_en.rating_person), pseudonym('P1'), 'always the same');
SELECT results_eq($$SELECT DISTINCT subject_code FROM cv_en.measures WHERE subject_type = 'person'$$, $$SELECT pseudonym('P1')$$, 'in the measures, too');
SELECT * FROM finish();
ROLLBACK;

-- Coverage: what could not be judged is counted, by settlement, rule and fact.
BEGIN;
SELECT plan(11);

SET LOCAL client_min_messages = warning;
CREATE SCHEMA hospital;
CREATE TABLE hospital.fee (setl_id text, feedetl_sn text, psn_no text, fixmedins_code text, fee_ocur_time timestamp,
	med_list_codg text, cnt numeric, det_item_fee_sumamt numeric, mdtrt_id text);
CREATE INDEX ON hospital.fee (setl_id);
CREATE INDEX ON hospital.fee (psn_no, fee_ocur_time);
CREATE INDEX ON hospital.fee (mdtrt_id);
CREATE TABLE hospital.setl (setl_id text PRIMARY KEY, psn_no text, fixmedins_code text, setl_time timestamp, mdtrt_id text);
CREATE INDEX ON hospital.setl (psn_no);
CREATE INDEX ON hospital.setl (mdtrt_id);
CREATE TABLE hospital.visit (mdtrt_id text PRIMARY KEY, psn_no text, fixmedins_code text, begntime timestamp, endtime timestamp);
CREATE INDEX ON hospital.visit (psn_no);
SELECT meso_audit.setup();
SELECT meso_audit.bind_fact('fee_line', 'hospital.fee');
SELECT meso_audit.bind_fact('settlement', 'hospital.setl');
SELECT meso_audit.bind_fact('visit', 'hospital.visit');

INSERT INTO hospital.setl VALUES ('s1', 'p1', 'h1', '2025-02-01', 'v1'), ('s2', 'p1', 'h1', '2025-02-01', 'v2');
INSERT INTO hospital.visit VALUES ('v1', 'p1', 'h1', '2025-02-01', NULL), ('v2', 'p1', 'h1', '2025-02-01', '2025-02-02'),
	('v3', 'p1', NULL, '2025-02-01', NULL);
INSERT INTO hospital.fee VALUES
	('s1', '1', 'p1', 'h1', '2025-02-01', 'A', 1, 1, NULL),
	('s1', '2', 'p1', 'h1', '2025-02-01', 'A', 1, 1, 'v2'),
	('s2', '1', 'p1', 'h1', '2025-02-01', NULL, 1, 1, NULL),
	('s2', '2', 'p1', 'h1', '2025-02-01', 'A', 'NaN', 1, NULL),
	('s2', '3', 'p1', 'h1', '2025-02-01', 'A', 1.1230000, 1, NULL),
	('s2', '4', 'p1', 'h1', '2025-02-01', 'A', 1.1230001, 1, NULL),
	('s3', '1', 'p1', 'h1', '2025-02-01', 'A', 1, 1, NULL),
	('s3', '2', 'p1', 'h1', '2025-02-01', 'A', 1, 1, NULL),
	('s4', '1', 'p1', 'h1', '2024-02-01', 'A', 1, 1, NULL);
INSERT INTO meso_audit.rule (code, version, kind_code, template, params, codes, status) VALUES
	('SEX', 1, 'TEST', 'attr_limit', '{"attribute": "gend", "op": "in", "value": ["1"]}', '{A}', 'active'),
	('DIAG', 1, 'TEST', 'diag_required', '{"diag": ["J00"]}', '{A}', 'active'),
	('TYPE', 1, 'TEST', 'attr_limit', '{"attribute": "med_type", "op": "in", "value": ["11"]}', '{A}', 'active'),
	('FINE', 1, 'TEST', 'never_pay', '{}', '{A}', 'active');

SELECT meso_audit.audit_begin('[2025-01-01,2026-01-01)', NULL, 100);
DO $$ BEGIN WHILE meso_audit.audit_step((SELECT max(run_id) FROM meso_audit.audit_run)) LOOP END LOOP; END $$;
SELECT is_empty($$SELECT kind, name, message FROM meso_audit.audit_chunk WHERE state <> 'done'$$, 'every chunk is done');
SELECT results_eq($$SELECT setl_id, reason, row_count FROM meso_audit.audit_coverage WHERE about = 'settlement' ORDER BY 1, 2$$,
	$$VALUES ('s1', 'window_open', 1::bigint), ('s2', 'key_missing', 1), ('s2', 'out_of_range', 2), ('s3', 'settlement_missing', 2)$$,
	'by settlement');
SELECT results_eq($$SELECT rule_code, fact FROM meso_audit.audit_coverage WHERE about = 'rule' ORDER BY 1$$,
	$$VALUES ('DIAG', 'diagnosis.diag_code'), ('SEX', 'person.gend'), ('TYPE', 'settlement.med_type or visit.med_type')$$,
	'by rule: what is idle, and for want of what');
SELECT results_eq($$SELECT fact, reason, row_count FROM meso_audit.audit_coverage WHERE about = 'fact' ORDER BY 1$$,
	$$VALUES ('visit', 'key_missing', 1::bigint)$$, 'by fact');
SELECT is((SELECT count(*) FROM meso_audit.audit_coverage WHERE meaning IS NULL), 0::bigint, 'each with what it means');

SELECT is(meso_audit.audit_end((SELECT max(run_id) FROM meso_audit.audit_run)), true, 'the run ends');
SELECT results_eq('SELECT state, persons, lines, chunks_failed FROM meso_audit.audit_progress',
	$$VALUES ('finished', 1::bigint, 8::bigint, 0::bigint)$$, 'progress counts persons and lines');

-- An unknown key column of a rule's needs would make it idle for ever.
SELECT is_empty($$
	SELECT n.fact, n.column_name
	FROM (VALUES ('attr_limit'), ('diag_required'), ('diag_forbidden'), ('all_of_set'), ('price_ceiling'), ('second_discount'),
		('group_dup'), ('pair_exclusive'), ('companion_required'), ('data_quality'), ('aggregate_threshold'), ('never_pay')) t(template)
	CROSS JOIN (
		SELECT jsonb_build_object('attribute', a) FROM unnest('{gend,age,age_days,insutype,psn_type,med_type,hosp_lv,
			fixmedins_type,dept,channel,title,matn_stas,area,list_type,sin_dos}'::text[]) a
		UNION ALL SELECT jsonb_build_object('source', a) FROM unnest('{diagnosis,dise,both}'::text[]) a
		UNION ALL SELECT jsonb_build_object('codes_of', a) FROM unnest('{diagnosis,operation,item}'::text[]) a
		UNION ALL SELECT jsonb_build_object('window', a) FROM unnest('{visit,supply}'::text[]) a
		UNION ALL SELECT jsonb_build_object('check', a) FROM unnest('{qty_price_amount,upload_lag,outside_stay,after_death,
			insurance_paused,key_mismatch,sum_mismatch,refund_both,order}'::text[]) a
		UNION ALL SELECT jsonb_build_object('metric', a) FROM unnest('{visits,stays,readmissions,readmission_rate,stay_gap,
			settlements,institutions,persons,amount,fund_amount,share,drug_codes}'::text[]) a
	) p(params)
	CROSS JOIN meso_audit.rule_needs(t.template, p.params) n
	WHERE NOT EXISTS (SELECT FROM meso_audit.fact_column c WHERE c.fact = n.fact AND c.column_name = n.column_name)$$,
	'every need is a column of the contract');
SELECT is_empty($$
	SELECT a FROM unnest('{gend,age,age_days,insutype,psn_type,med_type,hosp_lv,fixmedins_type,dept,channel,title,matn_stas,
		area,list_type,sin_dos}'::text[]) a
	WHERE NOT EXISTS (SELECT FROM meso_audit.rule_needs('attr_limit', jsonb_build_object('attribute', a)) WHERE need = 1)$$,
	'every attribute needs something');

SELECT results_eq($$SELECT v, meso_audit.fits(v::numeric) FROM unnest('{8999999999999.999999,9000000000000,-9000000000000,
		-8999999999999.999999,0.000001,0.0000001,1.12345600000,1.12345610000,0,NaN,Infinity,-Infinity,1e30}'::text[]) WITH ORDINALITY AS u(v, n) ORDER BY n$$,
	$$VALUES ('8999999999999.999999', true), ('9000000000000', false), ('-9000000000000', false), ('-8999999999999.999999', true),
		('0.000001', true), ('0.0000001', false), ('1.12345600000', true), ('1.12345610000', false), ('0', true),
		('NaN', false), ('Infinity', false), ('-Infinity', false), ('1e30', false)$$, 'which numbers are judged');
SELECT is_empty($$SELECT v FROM (SELECT (random() - 0.5)::numeric * 10::numeric ^ (n % 30 - 8) AS v FROM generate_series(1, 3000) n
		UNION ALL SELECT round((random() - 0.5)::numeric * 10::numeric ^ (n % 15), n % 9) FROM generate_series(1, 3000) n) r
	WHERE meso_audit.fits(v) IS DISTINCT FROM (abs(v) < 9e12 AND min_scale(v) <= 6)$$, 'as a plain reading has it');

SELECT * FROM finish();
ROLLBACK;

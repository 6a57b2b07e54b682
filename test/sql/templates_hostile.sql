-- The first, last and infinite times that there are, and numbers that are no money:
-- every template comes to an end.
BEGIN;
\i test/templates/world.sql
INSERT INTO tw.visit (mdtrt_id, psn_no, fixmedins_code, begntime, endtime, med_type)
SELECT 'v' || n, 'p1', 'H1', b, e, '21' FROM (VALUES
	(1, timestamp '4714-11-24 BC', timestamp '0001-01-01'), (2, '294276-12-31', 'infinity'), (3, '-infinity', 'infinity'),
	(4, 'infinity', NULL), (5, '0001-01-01', '4714-11-24 BC')) v(n, b, e);
INSERT INTO tw.settlement (setl_id, psn_no, fixmedins_code, setl_time, medfee_sumamt, fund_pay_sumamt)
SELECT 's' || n, 'p1', 'H1', t, m, f FROM (VALUES
	(1, timestamp '4714-11-24 BC', 9e12, 9e12), (2, '294276-12-31 23:59:59.999999', 9e12, -9e12), (3, 'infinity', 1, 1),
	(4, '2024-01-01', 'NaN', 1), (5, '2024-01-02', 1e30, 1)) v(n, t, m, f);
INSERT INTO tw.fee_line (setl_id, feedetl_sn, psn_no, fixmedins_code, fee_ocur_time, med_list_codg, cnt, det_item_fee_sumamt, pric, list_type, prd_days, upload_time)
SELECT 's1', n, 'p1', 'H1', t, 'C' || n % 3, c, a, 10, '101', d, t FROM (VALUES
	(1, timestamp 'infinity', 1::numeric, 1::numeric, 7::numeric), (2, '-infinity', 1, 1, 7), (3, '0001-01-01', 1, 1, 999999999999),
	(4, '4714-11-24 BC', 1, 1, 1e12), (5, '294276-12-31', 1, 1, 1e12), (6, '2024-01-01', 'NaN', 1, 1), (7, '2024-01-01', 1, 'NaN', 1),
	(8, '2024-01-01', 1e20, 1e20, 1), (9, '2024-01-01', 0.0000001, 1, 1), (10, '2024-01-01', 9e12, 9e12, 1),
	(11, '2024-01-01', -9e12, -9e12, 1), (12, '2024-01-01', 9e12, 9e12, 'NaN')) v(n, t, c, a, d);
UPDATE tw.person SET brdy = '-infinity', die_date = 'infinity';
INSERT INTO tw.person_insurance (psn_no, insutype, begndate, enddate, paused) VALUES ('p1', '310', '-infinity', 'infinity', true);
DO $$
DECLARE
	t text;
	v text;
BEGIN
	FOREACH v IN ARRAY '{1 month,200 years,1 microsecond,2 days}'::text[] LOOP
		CALL tw.rule('max_qty_period ' || v, 'max_qty_period', jsonb_build_object('max', 1, 'period', v, 'min_gap', 2147483647), '{%}');
		CALL tw.rule('prior_use_required ' || v, 'prior_use_required', jsonb_build_object('first_line', 'C1', 'lookback', v), '{%}');
	END LOOP;
	FOREACH v IN ARRAY '{1 month,200 years,2 days}'::text[] LOOP
		CALL tw.rule('max_days ' || v, 'max_days', jsonb_build_object('max', 1, 'period', v), '{%}');
	END LOOP;
	FOREACH t IN ARRAY '{visits,readmissions,stay_gap,amount,share,drug_codes}'::text[] LOOP
		FOREACH v IN ARRAY '{day,week,month,year,3 days,1 month,200 years}'::text[] LOOP
			CALL tw.rule(t || ' ' || v, 'aggregate_threshold',
				jsonb_build_object('metric', t, 'period', v, 'op', '>=', 'value', 0, 'days', 3, 'chrgitm', '01'));
		END LOOP;
	END LOOP;
	FOREACH t IN ARRAY '{qty_price_amount,upload_lag,outside_stay,after_death,insurance_paused,key_mismatch,sum_mismatch,refund_both,order}'::text[] LOOP
		CALL tw.rule(t, 'data_quality', jsonb_build_object('check', t), '{%}');
	END LOOP;
	CALL tw.rule('group_dup', 'group_dup', '{"n": 2, "window": "supply"}', '{%}');
	CALL tw.rule('pair_exclusive', 'pair_exclusive', '{"with": ["%"], "window": "supply"}', '{%}');
	CALL tw.rule('age', 'attr_limit', '{"attribute": "age_days", "op": "<=", "value": 1, "missing": "hit"}', '{%}');
	CALL tw.rule('expression', 'expression', '{"sql": "extract(year FROM fee_ocur_time) < 2000"}', '{%}');
	CALL tw.rule('price_ceiling', 'price_ceiling', '{"basis": "year", "ceiling": [{"price": 1}]}', '{%}');
END $$;
SELECT r.code AS rule, (SELECT count(*) FROM meso_audit.evaluate_persons('{p1}', rules => ARRAY[r.code])) AS findings
FROM meso_audit.rule r WHERE r.kind_code = 'MA011' ORDER BY r.code COLLATE "C";
ROLLBACK;

-- Worked examples of data_quality, aggregate_threshold and expression.
BEGIN;
\i test/templates/world.sql
INSERT INTO tw.visit (mdtrt_id, psn_no, fixmedins_code, begntime, endtime, med_type)
VALUES ('v1', 'p1', 'H1', '2024-03-01 22:00', '2024-03-03 08:00', '21'), ('v2', 'p1', 'H1', '2024-03-10', '2024-03-09', '11'),
	('v3', 'p1', 'H1', '2024-03-13', NULL, '21'), ('v4', 'p1', 'H1', '2024-03-20', '2024-03-21', '52');
CALL tw.settle('s1', visit => 'v1');
CALL tw.settle('s2', visit => 'v3');
CALL tw.settle('s3');
CALL tw.settle('s4');
CALL tw.settle('s5', psn => 'p2');
UPDATE tw.person SET die_date = '2024-03-02' WHERE psn_no = 'p1';
INSERT INTO tw.person_insurance (psn_no, insutype, begndate, enddate, paused) VALUES
	('p1', '310', '2020-01-01', NULL, false), ('p1', '310', '2024-03-02', '2024-03-03', true);
UPDATE tw.settlement SET refd_setl_flag = '1' WHERE setl_id = 's4';
CALL tw.line('s1', '1', '2024-03-01', 'A', 2, 20.02, 10, rx => 'r');
CALL tw.line('s1', '2', '2024-03-02', 'B', 2, 20.01, 10);
CALL tw.line('s1', '3', '2024-03-04', 'A', 3, 30);
CALL tw.line('s2', '4', '2024-03-20', 'A', 2, 70);
CALL tw.line('s5', '5', '2024-03-20', 'A', 1, 30);
CALL tw.line('s4', '6', '2024-03-20', 'A', -1, -10);
UPDATE tw.fee_line SET upload_time = fee_ocur_time + CASE feedetl_sn WHEN '1' THEN interval '24 hours' WHEN '2' THEN interval '24 hours 1 second' END;
SELECT meso_audit.add_known_codes('{A}');
DO $$
DECLARE q text;
BEGIN
	FOREACH q IN ARRAY '{missing,qty_price_amount,upload_lag,outside_stay,after_death,insurance_paused,unknown_code,key_mismatch,sum_mismatch,refund_both,order}'::text[] LOOP
		CALL tw.rule(q, 'data_quality', jsonb_build_object('check', q) || CASE q WHEN 'missing' THEN '{"columns": ["rxno", "pric"]}' ELSE '{}' END::jsonb, '{%}');
	END LOOP;
END $$;
SELECT q AS check, f.*
FROM unnest('{missing,qty_price_amount,upload_lag,outside_stay,after_death,insurance_paused,unknown_code,key_mismatch,sum_mismatch,refund_both,order}'::text[])
	WITH ORDINALITY u(q, n), tw.found(q) f
ORDER BY n, 2;

-- aggregate_threshold: of a month; of rolling days, one finding from the first event above
CALL tw.rule('month', 'aggregate_threshold', '{"metric": "visits", "period": "month", "op": ">=", "value": 4}');
CALL tw.rule('rolling', 'aggregate_threshold', '{"metric": "visits", "period": "10 days", "op": ">", "value": 1}');
CALL tw.rule('gap', 'aggregate_threshold', '{"metric": "stay_gap", "period": "month", "op": "<=", "value": 10}');
CALL tw.rule('readmitted', 'aggregate_threshold', '{"metric": "readmissions", "days": 9, "period": "month", "op": ">", "value": 0}');
SELECT 'month' AS rule, * FROM tw.found('month') UNION ALL SELECT 'rolling', * FROM tw.found('rolling') UNION ALL
SELECT 'gap', * FROM tw.found('gap') UNION ALL SELECT 'readmitted', * FROM tw.found('readmitted') ORDER BY 1, 2;

-- a run that began before the period of the audit is not found again in it
INSERT INTO tw.fee_line (setl_id, feedetl_sn, psn_no, fixmedins_code, fee_ocur_time, med_list_codg, cnt, det_item_fee_sumamt, list_type)
SELECT 's3', 'd' || g, 'p1', 'H1', timestamp '2024-05-01' + g * interval '1 day', 'D' || g % 7, 1, 10, '101' FROM generate_series(0, 60) g;
CALL tw.rule('drugs', 'aggregate_threshold', '{"metric": "drug_codes", "period": "5 days", "op": ">", "value": 3}');
SELECT * FROM tw.found('drugs');
SELECT count(*) FROM meso_audit.evaluate_persons('{p1}', '[2024-06-01,2024-07-01)', '{drugs}');

-- expression: true is a finding, NULL is none
CALL tw.rule('condition', 'expression', '{"sql": "pric * cnt <> det_item_fee_sumamt AND begntime < fee_ocur_time + interval ''1 day'' AND gend = ''2''"}', '{%}');
SELECT * FROM tw.found('condition');
CALL tw.rule('division', 'expression', '{"sql": "1 / (cnt - 3) > 0"}', '{A}');
SELECT * FROM tw.found('division');
ROLLBACK;

-- Worked examples of stay_profile, of days prescribed, and of a share of items.
\set VERBOSITY terse
\set SHOW_CONTEXT never
BEGIN;
\i test/templates/world.sql
INSERT INTO tw.visit (mdtrt_id, psn_no, fixmedins_code, begntime, endtime, med_type)
SELECT 'v' || n, 'p1', 'H1', '2024-05-01', CASE n WHEN 3 THEN timestamp '2024-05-05' WHEN 5 THEN NULL ELSE timestamp '2024-05-04' END,
	CASE n WHEN 6 THEN '11' ELSE '21' END
FROM generate_series(1, 6) n;
INSERT INTO tw.operation (mdtrt_id, oprn_srt_no, oprn_oprt_code) VALUES ('v2', '1', '47.01');
INSERT INTO tw.diagnosis (mdtrt_id, diag_srt_no, diag_code) VALUES ('v1', '1', 'J00'), ('v4', '1', 'J00'), ('v4', '2', 'C34');
DO $$ BEGIN
	FOR n IN 1 .. 6 LOOP
		CALL tw.settle('s' || n, visit => 'v' || n);
		CALL tw.line('s' || n, '1', '2024-05-02', 'A1', amount => CASE n WHEN 4 THEN 60 ELSE 80 END, days => n);
		CALL tw.line('s' || n, '2', '2024-05-02', 'B1', amount => CASE n WHEN 4 THEN 40 ELSE 20 END);
	END LOOP;
END $$;
UPDATE tw.fee_line SET med_chrgitm_type = CASE med_list_codg WHEN 'A1' THEN '03' ELSE '09' END;

-- v2 has an operation, v3 is a day longer, v4 has 60 of 100, v5 has not ended, v6 is no stay
CALL tw.rule('weak', 'stay_profile', '{"max_days": 3, "chrgitm": ["03", "04"], "min_share": 0.7}');
SELECT * FROM tw.found('weak');
CALL tw.rule('slight', 'stay_profile', '{"max_amount": 100, "diag": ["J%"]}');
SELECT * FROM tw.found('slight');
CALL tw.rule('days', 'attr_limit', '{"attribute": "prd_days", "op": "<=", "value": 4}', '{A1}');
SELECT * FROM tw.found('days');
CALL tw.rule('items', 'aggregate_threshold', '{"metric": "share", "items": ["A%"], "period": "month", "op": ">", "value": 0.7}');
SELECT * FROM tw.found('items');

SAVEPOINT refused;
CALL tw.rule('nothing', 'stay_profile', '{}');
ROLLBACK TO refused;
CALL tw.rule('classes', 'stay_profile', '{"min_share": 0.7}');
ROLLBACK TO refused;
CALL tw.rule('codes', 'stay_profile', '{"max_days": 3}', '{A1}');
ROLLBACK TO refused;
CALL tw.rule('both', 'aggregate_threshold', '{"metric": "share", "items": ["A%"], "chrgitm": ["03"], "period": "month", "op": ">", "value": 0.7}');
ROLLBACK;

-- Worked examples of operation_time.
\set VERBOSITY terse
\set SHOW_CONTEXT never
BEGIN;
\i test/templates/world.sql
-- v1 one operation, v2 a second one that is not listed, v3 an infection, v4 times unknown, v5 has not ended, v6 none
INSERT INTO tw.visit (mdtrt_id, psn_no, fixmedins_code, begntime, endtime, med_type)
SELECT 'v' || n, 'p1', 'H1', '2024-05-01', CASE WHEN n <> 5 THEN timestamp '2024-05-08' END, '21' FROM generate_series(1, 6) n;
INSERT INTO tw.operation (mdtrt_id, oprn_srt_no, oprn_oprt_code, oprn_begntime, oprn_endtime)
SELECT 'v' || n, '1', '53.00', CASE WHEN n <> 4 THEN timestamp '2024-05-02 10:00' END, CASE WHEN n <> 4 THEN timestamp '2024-05-02 11:00' END
FROM generate_series(1, 5) n;
INSERT INTO tw.operation (mdtrt_id, oprn_srt_no, oprn_oprt_code) VALUES ('v2', '2', '47.01');
INSERT INTO tw.diagnosis (mdtrt_id, diag_srt_no, diag_code) VALUES ('v3', '1', 'L03.9');
DO $$ BEGIN
	FOR n IN 1 .. 6 LOOP
		CALL tw.settle('s' || n, visit => 'v' || n, t => '2024-05-08');
		CALL tw.line('s' || n, 'a', '2024-05-02 07:59', 'A');
		CALL tw.line('s' || n, 'b', '2024-05-02 08:01', 'A');
		CALL tw.line('s' || n, 'c', '2024-05-02 10:30', 'A');
		CALL tw.line('s' || n, 'd', '2024-05-03 10:59', 'A');
		CALL tw.line('s' || n, 'e', '2024-05-03 11:00', 'A');
	END LOOP;
END $$;

CALL tw.rule('hours', 'operation_time', '{"operation": ["53.0%"], "before": "2 hours", "after": "24 hours", "unless": ["L0%"]}', '{A}');
SELECT * FROM tw.found('hours');
-- the day of the operation alone; anything before it
CALL tw.rule('days', 'operation_time', '{"operation": ["%"], "after": "1 day"}', '{A}');
SELECT * FROM tw.found('days');
CALL tw.rule('early', 'operation_time', '{"operation": ["53.0%"], "before": "1 hour"}', '{A}');
SELECT * FROM tw.found('early');

-- the claim brings its own operations
SELECT p.result ->> 'rule_id' AS rule, i.item ->> 'rx_id' AS rx
FROM jsonb_path_query(check_claim(jsonb_build_object('patient_dtos', jsonb_build_array(jsonb_build_object('patn_id', 'p1', 'fsi_encounter_dtos', jsonb_build_array(jsonb_build_object(
	'mdtrt_id', 'v7', 'medins_id', 'H1', 'adm_date', '2024-05-01 09:00:00', 'dscg_date', '2024-05-08 09:00:00', 'med_type', '21',
	'fsi_operation_dtos', jsonb_build_array(jsonb_build_object('oprn_oprt_code', '53.00', 'oprn_begntime', '2024-05-04 10:00:00', 'oprn_endtime', '2024-05-04 11:00:00')),
	'fsi_order_dtos', jsonb_build_array(
		jsonb_build_object('rx_id', '1', 'hilist_code', 'A', 'cnt', 1, 'sumamt', 10, 'drord_begn_date', '2024-05-05 09:00:00'),
		jsonb_build_object('rx_id', '2', 'hilist_code', 'A', 'cnt', 1, 'sumamt', 10, 'drord_begn_date', '2024-05-05 12:00:00')))))))), '$.result[*]') AS p(result),
	jsonb_path_query(p.result, '$.judge_result_detail_dtos[*]') AS i(item)
WHERE p.result ->> 'rule_id' = 'hours'
ORDER BY 2;

SAVEPOINT refused;
CALL tw.rule('nothing', 'operation_time', '{"operation": ["%"]}', '{A}');
ROLLBACK TO refused;
CALL tw.rule('none', 'operation_time', '{"operation": [], "after": "1 day"}', '{A}');
ROLLBACK TO refused;
CALL tw.rule('least', 'aggregate_threshold', '{"metric": "visits", "period": "month", "op": ">", "value": 1, "at_least": 3}');
ROLLBACK TO refused;
CALL tw.rule('stock', 'aggregate_threshold', '{"metric": "unstocked", "by": "practitioner", "items": ["A"], "period": "month", "op": ">", "value": 0.1}');
ROLLBACK TO refused;
CALL tw.rule('items', 'aggregate_threshold', '{"metric": "unstocked", "by": "institution", "period": "month", "op": ">", "value": 0.1}');
ROLLBACK;

-- Worked examples of the templates that look at a line and its visit: a hit, a near
-- miss, NULL.
BEGIN;
\i test/templates/world.sql
INSERT INTO tw.visit (mdtrt_id, psn_no, fixmedins_code, begntime, endtime, med_type)
VALUES ('v1', 'p1', 'H1', '2024-02-25', '2024-03-03', '21'), ('v2', 'p1', 'H1', '2024-03-01', NULL, '11');
INSERT INTO tw.diagnosis (mdtrt_id, diag_srt_no, diag_code, vali_flag)
VALUES ('v1', '1', 'I10', '1'), ('v1', '2', 'E11.9', '1'), ('v1', '3', 'O80', '0'), ('v2', '1', 'J00', '1');
CALL tw.settle('s1', visit => 'v1');
CALL tw.settle('s2', visit => 'v2', dise => 'M02');
CALL tw.settle('s3', psn => 'p2');

-- attr_limit: 13 on the eve of the birthday, 14 on the day; nobody knows of p2
CALL tw.line('s1', '1', '2024-02-27 23:59', 'A');
CALL tw.line('s1', '2', '2024-02-28 00:00', 'A');
CALL tw.line('s3', '3', '2024-02-28', 'A', psn => 'p2');
CALL tw.rule('age', 'attr_limit', '{"attribute": "age", "op": "<=", "value": 13}', '{A}');
CALL tw.rule('age or unknown', 'attr_limit', '{"attribute": "age", "op": "<=", "value": 13, "missing": "hit"}', '{A}');
CALL tw.rule('diagnosis', 'attr_limit', '{"attribute": "gend", "op": "in", "value": ["1"], "codes_of": "diagnosis"}', '{E%,O%}');
CALL tw.rule('area', 'attr_limit', '{"attribute": "area", "op": "not_in", "value": ["3201"]}', '{A}');
SELECT 'age' AS rule, * FROM tw.found('age') UNION ALL
SELECT 'age or unknown', * FROM tw.found('age or unknown') UNION ALL
SELECT 'diagnosis', * FROM tw.found('diagnosis') UNION ALL
SELECT 'area', * FROM tw.found('area') ORDER BY 1, 2;

-- never_pay: not where nothing was to be paid; half of it is the fund's share
CALL tw.settle('s4', paid => 50);
CALL tw.line('s4', '1', '2024-03-01', 'N', amount => 9.99);
CALL tw.line('s4', '2', '2024-03-01', 'N', inscp => 0);
CALL tw.line('s4', '3', '2024-03-01', 'N', cnt => 2);
CALL tw.line('s4', '4', '2024-03-02', 'N', cnt => -2, undoes => '3');
CALL tw.rule('never', 'never_pay', '{}', '{N}');
SELECT * FROM tw.found('never');

-- all_of_set: r1 is of the set alone, r2 not, r3 again as what was beside it was returned
CALL tw.settle('s5');
CALL tw.line('s5', '1', '2024-03-01', 'T1', rx => 'r1', list => '102');
CALL tw.line('s5', '2', '2024-03-01', 'X', rx => 'r1', list => '101');
CALL tw.line('s5', '3', '2024-03-01', 'T1', rx => 'r2', list => '102');
CALL tw.line('s5', '4', '2024-03-01', 'X', rx => 'r2', list => '102');
CALL tw.line('s5', '5', '2024-03-01', 'T2', rx => 'r3', list => '102');
CALL tw.line('s5', '6', '2024-03-01', 'X', rx => 'r3', list => '102');
CALL tw.line('s5', '7', '2024-03-02', 'X', cnt => -1, rx => 'r3', list => '102');
CALL tw.line('s5', '8', '2024-03-01', 'T2');
CALL tw.rule('herbs', 'all_of_set', '{}', '{T%}');
SELECT * FROM tw.found('herbs');

-- diag_required, diag_forbidden: v2 is open; the row with vali_flag 0 does not exist
CALL tw.line('s1', '10', '2024-03-01', 'D');
CALL tw.line('s2', '11', '2024-03-01', 'D');
CALL tw.line('s3', '12', '2024-03-01', 'D', psn => 'p2');
CALL tw.rule('needs O80', 'diag_required', '{"diag": ["O80"]}', '{D}');
CALL tw.rule('needs E11', 'diag_required', '{"diag": ["E11%"]}', '{D}');
CALL tw.rule('not I10', 'diag_forbidden', '{"diag": ["I10"]}', '{D}');
CALL tw.rule('not J00', 'diag_forbidden', '{"diag": ["J%"]}', '{D}');
CALL tw.rule('not M02', 'diag_forbidden', '{"diag": ["M02"], "source": "dise"}', '{D}');
SELECT 'needs O80' AS rule, * FROM tw.found('needs O80') UNION ALL
SELECT 'needs E11', * FROM tw.found('needs E11') UNION ALL
SELECT 'not I10', * FROM tw.found('not I10') UNION ALL
SELECT 'not J00', * FROM tw.found('not J00') UNION ALL
SELECT 'not M02', * FROM tw.found('not M02') ORDER BY 1, 2;

-- payment_suspended: the shipped rule holds; by doctor, place or person; an ended
-- suspension and one that was taken back
SELECT action, status, origin FROM meso_audit.rule WHERE code = 'PAYMENT_SUSPENDED';
CALL tw.settle('s9');
CALL tw.line('s9', '1', '2024-03-01', 'A');
CALL tw.line('s9', '2', '2024-03-02', 'A');
CALL tw.line('s9', '3', '2024-03-04', 'A');
CALL tw.line('s9', '4', '2024-03-02', 'A', inscp => 0);
CALL tw.line('s9', '5', '2024-06-01', 'A', inst => 'H2');
CALL tw.line('s9', '6', '2024-06-01', 'A', psn => 'p2');
CALL tw.line('s9', '7', '2024-06-09', 'A', psn => 'p2');
UPDATE tw.fee_line SET bilg_dr_code = 'D1' WHERE setl_id = 's9' AND feedetl_sn < '5';
SELECT * FROM tw.found('PAYMENT_SUSPENDED');
SELECT meso_audit.suspend_payment('practitioner', 'D1', '[2024-03-02,2024-03-04)', 'twelve points') AS d1 \gset
SELECT meso_audit.suspend_payment('person', 'H2', '[2024-01-01,)', 'a person of that number') AS nobody \gset
SELECT * FROM tw.found('PAYMENT_SUSPENDED');
SELECT meso_audit.suspend_payment('institution', 'H2', '[2024-06-01,)', 'decision 7') AS h2 \gset
SELECT meso_audit.suspend_payment('person', 'p2', '[2024-06-01,2024-07-01)', 'decision 8') AS p2 \gset
SELECT meso_audit.end_suspension(:p2, '2024-06-08', 'heard') AS version;
SELECT meso_audit.end_suspension(:d1, '2024-01-01', 'a mistake') AS version;
SELECT * FROM tw.found('PAYMENT_SUSPENDED');
SELECT subject_type, subject_code, version, valid, reason FROM meso_audit.payment_suspension WHERE subject_code <> 'H2'
ORDER BY 1, 2, 3;
SELECT about, subject, reason FROM meso_audit.reaudit_queue WHERE reason ~ 'suspen' ORDER BY 1, 2;
SAVEPOINT s;
SELECT meso_audit.suspend_payment('hospital', 'H2', '[2024-06-01,)', 'x');
ROLLBACK TO s;
SELECT meso_audit.suspend_payment('person', 'p', '(,2024-06-01)', 'x');
ROLLBACK TO s;
SELECT meso_audit.suspend_payment('person', 'p', '[2024-06-01,)', '');
ROLLBACK TO s;
SELECT meso_audit.end_suspension(-1, '2024-06-01', 'x');
ROLLBACK TO s;
-- a later version refuses
SELECT version FROM meso_audit.create_rule('PAYMENT_SUSPENDED', 'MA012', 'payment_suspended', '{}', '{%}', action => 'deny', status => 'active');
SELECT DISTINCT action, source_version FROM meso_audit.evaluate_persons('{p1,p2}', rules => '{PAYMENT_SUSPENDED}');
ROLLBACK;

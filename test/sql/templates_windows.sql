-- Worked examples of the templates that look around a line in time: a hit, a near
-- miss, NULL, a return.
BEGIN;
\i test/templates/world.sql
CALL tw.settle('s1');
CALL tw.settle('s2', inst => 'H2');
CALL tw.settle('s3');
CALL tw.settle('s4');

-- pair_exclusive: W beside C on one day of one institution; C returned; at another institution
CALL tw.line('s1', '1', '2024-03-01 08:00', 'C');
CALL tw.line('s1', '2', '2024-03-01 23:59', 'W');
CALL tw.line('s1', '3', '2024-03-02 00:00', 'W');
CALL tw.line('s1', '4', '2024-03-03', 'C');
CALL tw.line('s1', '5', '2024-03-03', 'C', cnt => -1);
CALL tw.line('s1', '6', '2024-03-03', 'W');
CALL tw.line('s2', '7', '2024-03-02 10:00', 'C', inst => 'H2');
CALL tw.rule('pair', 'pair_exclusive', '{"with": ["W"], "window": "day"}', '{C}');
CALL tw.rule('pair anywhere', 'pair_exclusive', '{"with": ["W"], "window": "day", "same": "person"}', '{C}');
SELECT 'pair' AS rule, * FROM tw.found('pair') UNION ALL SELECT 'pair anywhere', * FROM tw.found('pair anywhere') ORDER BY 1, 2;

-- group_dup: the second drug while the first is being taken, to the second; no prd_days, its instant only
CALL tw.line('s1', '10', '2024-04-01 08:00', 'G1', days => 7);
CALL tw.line('s1', '11', '2024-04-08 07:59:59', 'G2', days => 1);
CALL tw.line('s1', '12', '2024-04-15 08:00', 'G1', days => 7);
CALL tw.line('s1', '13', '2024-04-22 08:00', 'G2');
CALL tw.line('s1', '14', '2024-04-22 08:00', 'G2');
CALL tw.line('s1', '15', '2024-04-23 08:00', 'G1');
CALL tw.rule('dup', 'group_dup', '{"n": 2, "window": "supply"}', '{G%}');
SELECT * FROM tw.found('dup');

-- companion_required: no N beside it; a settlement that is not there is not closed
CALL tw.line('s1', '20', '2024-05-01', 'Q');
CALL tw.line('s3', '21', '2024-05-01', 'Q');
CALL tw.line('s3', '22', '2024-05-02', 'N1');
CALL tw.line('s9', '23', '2024-05-01', 'Q');
CALL tw.rule('companion', 'companion_required', '{"needs": ["N%"], "window": "settlement"}', '{Q}');
SELECT * FROM tw.found('companion');

-- max_qty: 3 a day; the line that goes over pays for its part only, a return gives room again
CALL tw.line('s1', '30', '2024-06-01 08:00', 'M', 2, 20);
CALL tw.line('s1', '31', '2024-06-01 09:00', 'M', 2, 20);
CALL tw.line('s1', '32', '2024-06-01 10:00', 'M', -2, -20);
CALL tw.line('s1', '33', '2024-06-01 11:00', 'M', 1, 10);
CALL tw.line('s1', '34', '2024-06-02', 'M', 3, 30);
CALL tw.line('s1', '35', '2024-06-03', 'M', 3.003, 1);
CALL tw.rule('daily', 'max_qty', '{"max": 3, "unit": "day"}', '{M}');
SELECT * FROM tw.found('daily');

-- max_qty_period: 2 in 30 days, 10 days apart; the 31st day is free
CALL tw.line('s1', '40', '2024-07-01', 'P', 2, 20);
CALL tw.line('s1', '41', '2024-07-30', 'P', 1, 10);
CALL tw.line('s1', '42', '2024-07-31', 'P', 1, 10);
CALL tw.line('s1', '43', '2024-08-09', 'P', 1, 10);
CALL tw.line('s1', '44', '2024-10-01', 'P', 1, 10);
CALL tw.rule('period', 'max_qty_period', '{"max": 2, "period": "30 days"}', '{P}');
CALL tw.rule('gap', 'max_qty_period', '{"min_gap": 10}', '{P}');
SELECT 'period' AS rule, * FROM tw.found('period') UNION ALL SELECT 'gap', * FROM tw.found('gap') ORDER BY 1, 2;

-- max_days: 2 days in 7; a day whose net is 0 does not count
CALL tw.line('s1', '50', '2024-09-01', 'V');
CALL tw.line('s1', '51', '2024-09-02', 'V');
CALL tw.line('s1', '52', '2024-09-02', 'V', -1, -10);
CALL tw.line('s1', '53', '2024-09-03', 'V');
CALL tw.line('s1', '54', '2024-09-07', 'V');
CALL tw.line('s1', '55', '2024-09-07', 'V');
CALL tw.line('s1', '56', '2024-09-08', 'V');
CALL tw.rule('days', 'max_days', '{"max": 2, "period": "7 days"}', '{V}');
SELECT * FROM tw.found('days');

-- max_kinds: 2 codes a prescription; a third line of a code that is there is no new kind
CALL tw.line('s1', '60', '2024-10-01', 'K1', rx => 'r');
CALL tw.line('s1', '61', '2024-10-01', 'K2', rx => 'r');
CALL tw.line('s1', '62', '2024-10-01', 'K2', rx => 'r');
CALL tw.line('s1', '63', '2024-10-01', 'K3', rx => 'r');
CALL tw.line('s1', '64', '2024-10-01', 'K4');
CALL tw.rule('kinds', 'max_kinds', '{"max": 2, "unit": "rx"}', '{K%}');
SELECT * FROM tw.found('kinds');

-- prior_use_required: not before; on the first day of the look-back; at the same instant; before the data begins
CALL tw.line('s3', '70', '2024-11-01 08:00', 'F');
CALL tw.line('s1', '71', '2024-11-10', 'L');
CALL tw.line('s1', '72', '2024-11-11', 'L');
CALL tw.line('s4', '73', '2024-12-01 08:00', 'L');
CALL tw.line('s3', '74', '2024-12-01 08:00', 'F');
CALL tw.line('s1', '75', '2024-01-09', 'L');
SELECT meso_audit.set_data_since('fee_line', '2024-01-01');
CALL tw.rule('second line', 'prior_use_required', '{"first_line": ["F"], "lookback": "10 days"}', '{L}');
SELECT * FROM tw.found('second line');
ROLLBACK;

-- Claims that no honest system sends: the evaluator gives a finding or a clear
-- error, loses no row, takes bounded time and memory.
BEGIN;
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS meso_audit;
SELECT meso_audit.create_fact_tables('hostile');
SELECT plan(15);

CREATE FUNCTION pg_temp.rule(code text, template text, params jsonb, codes text[]) RETURNS void LANGUAGE sql AS
$$INSERT INTO meso_audit.rule (code, version, kind_code, template, params, codes, status)
VALUES ($1, 1, 'hostile', $2, $3, $4, 'active')$$;
CREATE FUNCTION pg_temp.found(persons text[], rules text[]) RETURNS bigint LANGUAGE sql AS
$$SELECT count(*) FROM meso_audit.evaluate_persons($1, NULL, $2)$$;
CREATE FUNCTION pg_temp.line(psn text, setl text, sn text, t timestamp, code text, cnt numeric, amt numeric, pric numeric DEFAULT NULL)
RETURNS void LANGUAGE sql AS
$$INSERT INTO hostile.fee_line (setl_id, feedetl_sn, psn_no, fixmedins_code, fee_ocur_time, med_list_codg, cnt, det_item_fee_sumamt, pric)
VALUES ($2, $3, $1, 'h', $4, $5, $6, $7, $8)$$;

SELECT pg_temp.rule('NEVER', 'never_pay', '{}', '{%}');
SELECT pg_temp.rule('PRICE', 'data_quality', '{"check": "qty_price_amount"}', '{%}');
SELECT pg_temp.rule('AGE', 'attr_limit', '{"attribute": "age", "op": "<=", "value": 1000}', '{%}');
SELECT pg_temp.rule('WEEK', 'max_qty_period', '{"max": 1000000, "period": "7 days", "min_gap": 1}', '{%}');
SELECT pg_temp.rule('DUP', 'group_dup', '{"n": 100000, "window": "supply"}', '{%}');
SELECT pg_temp.rule('PAIR', 'pair_exclusive', '{"with": ["C1%"], "window": "day"}', '{C2%}');
SELECT pg_temp.rule('KINDS', 'max_kinds', '{"max": 9000, "unit": "settlement"}', '{%}');
SELECT pg_temp.rule('NEED', 'companion_required', '{"needs": ["Z"], "window": "settlement"}', '{C3%}');
SELECT pg_temp.rule('DAYS', 'max_days', '{"max": 10, "period": "1 year"}', '{C4%}');

-- values that are no exact numbers
SELECT pg_temp.line('nan', 'n', '1', '2024-01-01', 'A', 'NaN', 10);
SELECT pg_temp.line('nan', 'n', '2', '2024-01-01', 'A', 1, 'NaN');
SELECT pg_temp.line('nan', 'n', '3', '2024-01-01', 'A', 1, 'Infinity');
SELECT pg_temp.line('nan', 'n', '4', '2024-01-01', 'A', 1e30, 1);
SELECT pg_temp.line('nan', 'n', '5', '2024-01-01', 'A', 0.00000001, 1);
SELECT pg_temp.line('nan', 'n', '6', '2024-01-01', 'A', 1, 5, 5);
SELECT is(pg_temp.found('{nan}', '{NEVER}'), 1::bigint, 'lines without exact values are not judged');
SELECT is(pg_temp.found('{nan}', '{PRICE}'), 5::bigint, 'they are findings of data quality');

-- times at the ends of the calendar
SELECT pg_temp.line('time', 't', '1', 'infinity', 'A', 1, 1);
SELECT pg_temp.line('time', 't', '2', '-infinity', 'A', 1, 1);
SELECT pg_temp.line('time', 't', '3', '0001-01-01', 'A', 1, 1);
SELECT pg_temp.line('time', 't', '4', '4713-01-01 BC', 'A', 1, 1);
SELECT pg_temp.line('time', 't', '5', '294276-12-31 23:59:59', 'A', 1, 1);
SELECT is(pg_temp.found('{time}', '{NEVER}'), 3::bigint, 'every finite time is judged');
SELECT lives_ok($$SELECT * FROM meso_audit.evaluate_persons('{time}')$$, 'no rule fails on the ends of the calendar');
SELECT lives_ok($$SELECT * FROM meso_audit.evaluate_persons('{time}', '[0001-01-01,0002-01-01)')$$, 'nor does an audit of the year 1');
SELECT is((SELECT count(*) FROM meso_audit.evaluate_persons('{time}', 'empty')), 0::bigint, 'an empty period has no findings');

-- NULL everywhere
INSERT INTO hostile.fee_line (setl_id, feedetl_sn) VALUES ('null', '1'), ('null', '2');
INSERT INTO hostile.settlement (setl_id) VALUES ('null');
INSERT INTO hostile.visit (mdtrt_id) VALUES ('null');
SELECT is((SELECT count(*) FROM meso_audit.evaluate_persons(ARRAY[NULL, 'null', '']::text[])), 0::bigint, 'rows of NULLs are not there');
SELECT is((SELECT count(*) FROM meso_audit.evaluate_persons(NULL)), 0::bigint, 'no persons, no findings');

-- an empty text is a text: here the first string of all
SELECT pg_temp.line('', 'e', '1', '2024-01-01', 'A', 1, 1);
SELECT is((SELECT array_agg(psn_no) FROM meso_audit.evaluate_persons('{""}', NULL, '{NEVER}')), '{""}', 'a person numbered by an empty text is judged');

-- sums beyond 64 bits are an error, not a wrong answer
SELECT pg_temp.line('sum', 's', g::text, '2024-01-01', 'A', 9000000000000, 1) FROM generate_series(1, 3) g;
SELECT throws_ok($$SELECT * FROM meso_audit.evaluate_persons('{sum}', NULL, '{WEEK}')$$, '22003', NULL, 'a sum that does not fit is refused');
SELECT is(pg_temp.found('{sum}', '{NEVER}'), 3::bigint, 'and the session judges on');

-- one person of 100,000 lines, a settlement of 10,000
INSERT INTO hostile.fee_line (setl_id, feedetl_sn, psn_no, fixmedins_code, fee_ocur_time, med_list_codg, cnt, det_item_fee_sumamt, prd_days)
SELECT 'big' || g / 10000, g::text, 'big', 'h' || g % 500, timestamp '2024-01-01' + g % 3600 * interval '1 hour', 'C' || g % 9973, 1, 1, 30
FROM generate_series(1, 100000) g;
ANALYZE hostile.fee_line;
-- a quadratic template would take hours: this is no measurement
SET LOCAL statement_timeout = '300s';
SELECT is(pg_temp.found('{big}', '{NEVER}'), 100000::bigint, 'each of 100,000 lines is judged');
SELECT lives_ok($$SELECT count(*) FROM meso_audit.evaluate_persons('{big}', NULL, '{WEEK,DUP,PAIR,KINDS,NEED,DAYS}')$$, 'windows over 100,000 lines: no template is quadratic');
SELECT cmp_ok((SELECT sum(total_bytes) FROM pg_backend_memory_contexts WHERE name LIKE 'meso_audit%'), '<', 64000000::numeric, 'what stays in memory is bounded');

-- a fact that calls the evaluator
CREATE FUNCTION hostile.again() RETURNS SETOF hostile.settlement LANGUAGE plpgsql STABLE AS
$$BEGIN PERFORM * FROM meso_audit.evaluate_persons('{nan}'); RETURN; END$$;
CREATE VIEW hostile.loop AS SELECT * FROM hostile.again();
SELECT meso_audit.bind_fact('settlement', 'hostile.loop', '{}', allow_slow => true);
SELECT throws_ok($$SELECT * FROM meso_audit.evaluate_persons('{nan}')$$, '55006', NULL, 'an evaluation within an evaluation is refused');
SELECT * FROM finish();
ROLLBACK;

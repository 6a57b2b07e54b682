-- A look-up in a fact reaches an index of the table below, whatever the table's
-- types, as long as binding it took no more than a relabel.
BEGIN;
SELECT plan(5);
SET client_min_messages = warning;
SELECT meso_audit.create_fact_tables('plans');
SET enable_seqscan = off;

CREATE FUNCTION pg_temp.plan_of(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	line text;
	plan text := '';
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
		plan := plan || line || E'\n';
	END LOOP;
	RETURN plan;
END
$$;

-- The look-ups that fact_index lists, as queries.
CREATE TEMPORARY VIEW look_up AS
SELECT i.fact, format('SELECT * FROM meso_audit.%I WHERE %s', i.fact,
	string_agg(format('%I = ANY (''{a,b}''::text[])', c.column_name), ' AND ' ORDER BY c.pos)
	|| CASE WHEN i.predicate <> '' THEN format(' AND %I IS NOT NULL', i.predicate) ELSE '' END) AS query
FROM meso_audit.fact_index i
JOIN meso_audit.fact_column c ON c.fact = i.fact AND c.column_name = ANY (i.columns) AND c.data_type = 'text'
GROUP BY i.fact, i.columns, i.predicate;

SELECT is_empty($$SELECT query FROM look_up WHERE pg_temp.plan_of(query) !~ 'Index Cond'$$,
	'every look-up reaches an index of the embedded tables');

CREATE TABLE plans.fee_list_d (setl_id varchar(30), feedetl_sn varchar(30), psn_no varchar(30), fixmedins_code varchar(12),
	fee_ocur_time timestamp(0), med_list_codg varchar(50), cnt numeric(16,4), det_item_fee_sumamt numeric(16,2), mdtrt_id varchar(30),
	init_feedetl_sn varchar(30), PRIMARY KEY (setl_id, feedetl_sn));
CREATE INDEX ON plans.fee_list_d (psn_no, fee_ocur_time);
CREATE INDEX ON plans.fee_list_d (mdtrt_id);
SELECT meso_audit.bind_fact('fee_line', 'plans.fee_list_d');
SELECT is((SELECT missing_indexes FROM meso_audit.fact_status WHERE fact = 'fee_line'), '{}',
	'varchar and timestamp(0): no index is missing');
SELECT is_empty($$SELECT query FROM look_up WHERE fact = 'fee_line' AND pg_temp.plan_of(query) !~ 'Index Cond'$$,
	'and every look-up reaches one');
SELECT matches(pg_temp.plan_of($$SELECT * FROM meso_audit.fee_line WHERE psn_no = 'a' AND fee_ocur_time >= '2025-01-01'$$),
	'Index Cond: .*psn_no.* AND .*fee_ocur_time', 'the time, too');

CREATE TABLE plans.numbered (setl_id bigint PRIMARY KEY, psn_no char(12), fixmedins_code text, setl_time timestamptz);
CREATE INDEX ON plans.numbered ((setl_id::text));
CREATE INDEX ON plans.numbered ((psn_no::text));
SELECT meso_audit.bind_fact('settlement', 'plans.numbered');
SELECT is_empty($$SELECT query FROM look_up WHERE fact = 'settlement' AND query ~ 'setl_id|psn_no' AND query !~ 'init_setl_id'
	AND pg_temp.plan_of(query) !~ 'Index Cond'$$,
	'where a cast was needed, the index on the expression serves');

SELECT * FROM finish();
ROLLBACK;

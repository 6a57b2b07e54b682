-- Binding facts: what is bound how, what is refused and how it is said.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SELECT meso_audit.setup();
SELECT meso_audit.setup();
RESET client_min_messages;

-- The contract in figures, and the empty views against it.
SELECT f.fact, count(*) AS columns, count(*) FILTER (WHERE c.required) AS required,
	string_agg(c.column_name, ', ' ORDER BY c.key_pos) FILTER (WHERE c.key_pos IS NOT NULL) AS key
FROM meso_audit.fact f JOIN meso_audit.fact_column c USING (fact)
GROUP BY f.fact, f.seq ORDER BY f.seq;

CREATE VIEW bind_view_shape AS
SELECT f.fact, c.pos, c.column_name, c.data_type,
	format_type(a.atttypid, a.atttypmod) AS view_type, a.attcollation
FROM meso_audit.fact f
JOIN meso_audit.fact_column c USING (fact)
LEFT JOIN pg_attribute a ON a.attrelid = to_regclass('meso_audit.' || f.fact) AND a.attname = c.column_name;
SELECT * FROM bind_view_shape WHERE view_type IS DISTINCT FROM data_type OR attcollation NOT IN (0, 'default'::regcollation);
SELECT count(*) FROM meso_audit.fee_line;

-- Names as they are, types that only need a relabel: no cast costs an index.
CREATE SCHEMA bind_a;
CREATE TABLE bind_a.fee_list_d (setl_id varchar(30), feedetl_sn varchar(30), psn_no varchar(30) NOT NULL,
	fixmedins_code varchar(30), fee_ocur_time timestamp(0), med_list_codg varchar(50), cnt numeric(16,4),
	det_item_fee_sumamt numeric(16,2), pric numeric(16,6), prd_days numeric(4,2), unknown_to_us text,
	PRIMARY KEY (setl_id, feedetl_sn));
SELECT meso_audit.bind_fact('fee_line', 'bind_a.fee_list_d');
-- Whether the deparser writes the alias of the only relation depends on the server.
SELECT btrim(line) AS line
FROM regexp_split_to_table(replace(pg_get_viewdef('meso_audit.fee_line', true), 'r.', ''), E',?\n') AS line;
INSERT INTO bind_a.fee_list_d VALUES ('s1', '1', 'p1', 'h1', '2025-03-01 08:00', 'X', 1.5000, 10.00, 6.666667, 3.5);
SELECT setl_id, cnt, pric, prd_days, mdtrt_id FROM meso_audit.fee_line;
SELECT * FROM bind_view_shape WHERE view_type IS DISTINCT FROM data_type OR attcollation NOT IN (0, 'default'::regcollation);

-- Rebinding to a table of other types keeps the view, and what depends on it.
CREATE VIEW bind_dependant AS SELECT psn_no, sum(det_item_fee_sumamt) AS amount FROM meso_audit.fee_line GROUP BY psn_no;
CREATE TABLE bind_a.lines (bill bigint, no integer, who text COLLATE "C", house char(4), happened timestamptz,
	item text, n integer, amount numeric, price real, "Days Supplied" smallint);
INSERT INTO bind_a.lines VALUES (7, 1, 'p7', 'h 7', '2025-01-01 20:00+00', 'Y', 2, 5, 2.5, 3);
SELECT meso_audit.bind_fact('fee_line', 'bind_a.lines');
SELECT meso_audit.bind_fact('fee_line', 'bind_a.lines',
	'{"setl_id": "bill", "feedetl_sn": "no", "psn_no": "who", "fixmedins_code": "house", "fee_ocur_time": "happened",
	  "med_list_codg": "item", "cnt": "n", "det_item_fee_sumamt": "amount", "pric": "price", "prd_days": "Days Supplied"}');
CREATE INDEX ON bind_a.lines ((bill::text));
CREATE INDEX ON bind_a.lines ((who COLLATE "default"));
CREATE INDEX ON bind_a.lines ((happened AT TIME ZONE 'Asia/Shanghai'));
SELECT meso_audit.bind_fact('fee_line', 'bind_a.lines',
	'{"setl_id": "bill", "feedetl_sn": "no", "psn_no": "who", "fixmedins_code": "house", "fee_ocur_time": "happened",
	  "med_list_codg": "item", "cnt": "n", "det_item_fee_sumamt": "amount", "pric": "price::numeric", "prd_days": "Days Supplied",
	  "list_type": "CASE WHEN item LIKE ''X%'' THEN ''101'' ELSE ''201'' END", "upload_time": null}');
SELECT * FROM meso_audit.fee_line;
SELECT * FROM bind_dependant;
SELECT * FROM bind_view_shape WHERE view_type IS DISTINCT FROM data_type OR attcollation NOT IN (0, 'default'::regcollation);
SELECT key, value FROM meso_audit.fact_status, jsonb_each_text(expressions) WHERE fact = 'fee_line' ORDER BY key COLLATE "C";

-- Another zone, and an index that no longer serves.
SELECT meso_audit.bind_fact('fee_line', 'bind_a.lines',
	'{"setl_id": "bill", "feedetl_sn": "no", "psn_no": "who", "fixmedins_code": "house", "fee_ocur_time": "happened",
	  "med_list_codg": "item", "cnt": "n", "det_item_fee_sumamt": "amount"}', zone => 'UTC');
SELECT meso_audit.bind_fact('fee_line', 'bind_a.lines',
	'{"setl_id": "bill", "feedetl_sn": "no", "psn_no": "who", "fixmedins_code": "house", "fee_ocur_time": "happened",
	  "med_list_codg": "item", "cnt": "n", "det_item_fee_sumamt": "amount"}', zone => 'UTC', allow_slow => true);
SELECT fee_ocur_time FROM meso_audit.fee_line;

-- All that is wrong at once.
SELECT meso_audit.bind_fact('person', 'bind_a.lines',
	'{"gend": "now()::text", "brdy": "happened", "die_date": "(SELECT current_date)", "psn_name": "nobody", "nickname": "who",
	  "tel": 5, "addr": "who); DROP TABLE bind_a.lines; --", "psn_type": "ctid::text"}', zone => 'Mars/Olympus');
SELECT meso_audit.bind_fact('patient', 'bind_a.lines');
SELECT meso_audit.bind_fact('person', 'bind_a.lines', '[]');
SELECT meso_audit.bind_fact('person', to_regclass('bind_a.nowhere'));
SELECT meso_audit.bind_fact('person', 'bind_a.lines', '{"psn_no": null}');
SELECT meso_audit.bind_fact('person', 'bind_a.lines', '{"psn_no": "NULL"}');
SELECT meso_audit.bind_fact('person', 'bind_a.lines_bill_idx', '{}');
SELECT count(*) AS still_there FROM bind_a.lines;

-- Keys: by an index or by reading; rows without a needed column do not count.
CREATE TABLE bind_a.people (psn_no text, gend text);
INSERT INTO bind_a.people VALUES ('a', '1'), ('b', '2'), (NULL, '1'), (NULL, '1');
SELECT meso_audit.bind_fact('person', 'bind_a.people');
INSERT INTO bind_a.people VALUES ('a', '2');
SELECT meso_audit.bind_fact('person', 'bind_a.people');
CREATE TABLE bind_a.docs (prac_psn_code text, fixmedins_code text, UNIQUE (prac_psn_code, fixmedins_code));
INSERT INTO bind_a.docs VALUES ('D1', 'h1'), ('D1', 'h2'), ('D2', NULL);
SELECT meso_audit.bind_fact('practitioner', 'bind_a.docs');
INSERT INTO bind_a.docs VALUES ('D2', NULL);
SELECT meso_audit.bind_fact('practitioner', 'bind_a.docs');
CREATE TABLE bind_a.base (psn_no text PRIMARY KEY);
CREATE TABLE bind_a.child () INHERITS (bind_a.base);
INSERT INTO bind_a.base VALUES ('x');
INSERT INTO bind_a.child VALUES ('x');
SELECT meso_audit.bind_fact('person', 'bind_a.base');

-- Settings of the session do not reach into a binding.
SET standard_conforming_strings = off;
SET escape_string_warning = off;
SET datestyle = 'SQL, DMY';
SELECT meso_audit.bind_fact('person', 'bind_a.docs', '{"psn_no": "prac_psn_code || fixmedins_code", "psn_name": "chr(92)", "addr": "''\\\\''", "brdy": "''2000-01-02''::date"}',
	allow_slow => true);
SELECT addr = psn_name AS backslash, brdy = make_date(2000, 1, 2) AS iso FROM meso_audit.person WHERE psn_no = 'D1h1';
RESET standard_conforming_strings;
RESET escape_string_warning;
RESET datestyle;

-- A release that adds a column to the contract: bindings are kept.
BEGIN;
INSERT INTO meso_audit.fact_column (fact, column_name, data_type, required, label_zh, about) VALUES ('person', 'naty', 'text', false, '民族', 'Ethnicity');
SELECT meso_audit.refresh_facts();
SELECT psn_no, naty FROM meso_audit.person ORDER BY psn_no;
SELECT absent FROM meso_audit.fact_status WHERE fact = 'person';
ROLLBACK;

-- A view that reads the fact itself, a temporary table.
CREATE VIEW bind_a.loop AS SELECT DISTINCT psn_no FROM meso_audit.person;
SELECT meso_audit.bind_fact('person', 'bind_a.loop');
SELECT meso_audit.bind_fact('person', 'meso_audit.person');
CREATE TEMPORARY TABLE bind_temp (psn_no text);
SELECT meso_audit.bind_fact('person', 'bind_temp');

-- Partitions, materialized views, foreign tables.
CREATE TABLE bind_a.parts (setl_id text, psn_no text, fixmedins_code text, setl_time timestamp, PRIMARY KEY (setl_id, setl_time)) PARTITION BY RANGE (setl_time);
CREATE TABLE bind_a.parts_2024 PARTITION OF bind_a.parts FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE bind_a.parts_2025 PARTITION OF bind_a.parts FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
INSERT INTO bind_a.parts VALUES ('s1', 'p', 'h', '2024-05-01'), ('s2', 'p', 'h', '2025-05-01');
ANALYZE bind_a.parts;
SELECT meso_audit.bind_fact('settlement', 'bind_a.parts');
INSERT INTO bind_a.parts VALUES ('s1', 'p', 'h', '2025-05-02');
SELECT meso_audit.bind_fact('settlement', 'bind_a.parts');
CREATE INDEX ON bind_a.parts (psn_no);
CREATE MATERIALIZED VIEW bind_a.seen AS SELECT psn_no FROM bind_a.people WHERE psn_no = 'b';
SELECT meso_audit.bind_fact('person', 'bind_a.seen');
CREATE FOREIGN DATA WRAPPER bind_wrapper;
CREATE SERVER bind_server FOREIGN DATA WRAPPER bind_wrapper;
CREATE FOREIGN TABLE bind_a.far (psn_no text, insutype text) SERVER bind_server;
SELECT meso_audit.bind_fact('person_insurance', 'bind_a.far');
SELECT fact, relation, kind, estimated_rows, missing_indexes FROM meso_audit.fact_status WHERE fact IN ('settlement', 'person', 'person_insurance');
SELECT meso_audit.unbind_fact('settlement');
SELECT meso_audit.unbind_fact('person_insurance');
DROP FOREIGN DATA WRAPPER bind_wrapper CASCADE;

-- Row security that hides rows from the engine, in a table and below a view.
CREATE TABLE bind_a.hidden (psn_no text PRIMARY KEY, area text);
INSERT INTO bind_a.hidden VALUES ('a', '32'), ('b', '33');
ALTER TABLE bind_a.hidden ENABLE ROW LEVEL SECURITY;
SELECT meso_audit.bind_fact('person', 'bind_a.hidden');
CREATE POLICY area_32 ON bind_a.hidden USING (area = '32');
SELECT meso_audit.bind_fact('person', 'bind_a.hidden');
CREATE POLICY all_rows ON bind_a.hidden FOR SELECT TO meso_audit_engine USING (true);
SELECT meso_audit.bind_fact('person', 'bind_a.hidden');
SELECT count(*) FROM meso_audit.person;
SELECT problems FROM meso_audit.fact_status WHERE fact = 'person';
CREATE POLICY never_33 ON bind_a.hidden AS RESTRICTIVE USING (area <> '33');
SELECT meso_audit.bind_fact('person', 'bind_a.hidden');
REVOKE SELECT ON bind_a.hidden FROM meso_audit_engine;
SELECT problems FROM meso_audit.fact_status WHERE fact = 'person';
CREATE VIEW bind_a.hidden_view AS SELECT * FROM bind_a.hidden;
ALTER TABLE bind_a.hidden FORCE ROW LEVEL SECURITY;
CREATE ROLE bind_owner;
ALTER VIEW bind_a.hidden_view OWNER TO bind_owner;
SELECT meso_audit.bind_fact('person', 'bind_a.hidden_view');
ALTER TABLE bind_a.hidden DISABLE ROW LEVEL SECURITY;
SELECT meso_audit.bind_fact('person', 'bind_a.hidden_view');
GRANT SELECT ON bind_a.hidden TO bind_owner;
GRANT USAGE ON SCHEMA bind_a TO bind_owner;
SELECT meso_audit.bind_fact('person', 'bind_a.hidden_view');

-- Somebody who is neither owner nor member of the engine.
CREATE ROLE bind_nobody;
GRANT USAGE ON SCHEMA meso_audit, bind_a TO bind_nobody;
GRANT SELECT ON ALL TABLES IN SCHEMA meso_audit TO bind_nobody;
SET ROLE bind_nobody;
SELECT meso_audit.bind_fact('person', 'bind_a.people');
SELECT meso_audit.unbind_fact('person');
SELECT meso_audit.setup();
SELECT meso_audit.set_data_since('fee_line', '2024-01-01');
RESET ROLE;

-- The owner of the tables, member of the engine: not a superuser.
CREATE ROLE bind_dba;
GRANT meso_audit_engine TO bind_dba;
CREATE SCHEMA bind_b AUTHORIZATION bind_dba;
GRANT SELECT ON ALL TABLES IN SCHEMA meso_audit TO bind_dba;
SET ROLE bind_dba;
CREATE TABLE bind_b.psn_info_b (psn_no text PRIMARY KEY, brdy date);
SELECT meso_audit.bind_fact('person', 'bind_b.psn_info_b');

-- More than that she may not: neither create in the schema, nor write any other
-- view, nor over what is not hers, nor what an expression must not say.
CREATE FUNCTION meso_audit.format(text) RETURNS text LANGUAGE sql AS 'SELECT $1';
CREATE OPERATOR meso_audit.= (LEFTARG = name, RIGHTARG = text, FUNCTION = nameeqtext);
CREATE FUNCTION bind_b.evil(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT $1';
SELECT meso_audit.write_view('person', 'pg_authid', '{psn_no}', '{text}', '{r.rolpassword}');
SELECT meso_audit.write_view('rule_in_force', 'bind_b.psn_info_b', '{psn_no}', '{text}', '{r.psn_no}');
SELECT meso_audit.write_view('person; DROP TABLE x', NULL, '{psn_no}', '{text}', '{NULL}');
SELECT meso_audit.write_view('person', 'bind_b.psn_info_b', '{psn_no}', '{text}', '{bind_b.evil(r.psn_no)}');
SELECT meso_audit.write_view('person', 'bind_b.psn_info_b', '{psn_no}', '{text}', '{r.psn_no AS x}');
SELECT meso_audit.write_view('person', 'bind_b.psn_info_b', '{psn_no}', '{text}', '{r.brdy}');
SELECT meso_audit.write_view('person', 'bind_b.psn_info_b', '{psn_no}', '{bind_b.psn_info_b}', '{NULL}');
SELECT meso_audit.write_view('person', 'bind_b.psn_info_b', '{psn_no}', '{text,text}', '{r.psn_no}');
SELECT meso_audit.write_view('person', NULL, NULL, '{text,text}', '{r.psn_no}');
UPDATE meso_audit.fact_column SET data_type = 'text) AS x; DROP TABLE y' WHERE fact = 'person';
RESET ROLE;
SELECT viewowner FROM pg_views WHERE schemaname = 'meso_audit' AND viewname = 'person';
SELECT relation, kind, expressions, absent FROM meso_audit.fact_status WHERE fact = 'person';

-- What the table lacks for quick look-ups, and what a rule lacks.
SELECT fact, relation, missing_indexes FROM meso_audit.fact_status WHERE relation IS NOT NULL ORDER BY fact COLLATE "C";
SELECT meso_audit.set_data_since('fee_line', '2024-01-01');
SELECT fact, since FROM meso_audit.fact_status WHERE since IS NOT NULL;
SELECT meso_audit.set_data_since('fee_line', NULL);
SELECT count(*) FROM meso_audit.fact_since;
INSERT INTO meso_audit.rule (code, version, kind_code, template, params, codes, status)
VALUES ('bind-age', 1, 'X', 'attr_limit', '{"attribute": "age", "op": ">=", "value": 6}', '{A}', 'active'),
	('bind-sex', 1, 'X', 'attr_limit', '{"attribute": "gend", "op": "in", "value": ["1"]}', '{A}', 'active'),
	('bind-med-type', 1, 'X', 'attr_limit', '{"attribute": "med_type", "op": "in", "value": ["21"]}', '{A}', 'active');
SELECT fact, idle_rules FROM meso_audit.fact_status WHERE idle_rules <> '{}' ORDER BY fact COLLATE "C";
DELETE FROM meso_audit.rule WHERE code ~ '^bind-';

-- DROP TABLE ... CASCADE takes the binding, not the extension; and back.
SET client_min_messages = warning;
DROP TABLE bind_b.psn_info_b CASCADE;
SELECT count(*) FROM pg_extension WHERE extname = 'meso_audit';
SELECT to_regclass('meso_audit.person');
SELECT fact, relation FROM meso_audit.fact_status WHERE fact = 'person';
SELECT meso_audit.setup();
SELECT count(*) FROM meso_audit.person;
SELECT meso_audit.unbind_fact('fee_line');
SELECT count(*) FROM bind_dependant;
SELECT meso_audit.unbind_fact('practitioner');
SELECT fact FROM meso_audit.fact_status WHERE relation IS NOT NULL;
DROP SCHEMA bind_a, bind_b CASCADE;
DROP VIEW bind_dependant, bind_view_shape;
DROP OWNED BY bind_nobody, bind_dba, bind_owner;
DROP ROLE bind_nobody, bind_dba, bind_owner;

-- The embedded tables: every index that look-ups need, every column.
SELECT meso_audit.create_fact_tables('bind "own"');
SELECT fact, kind, absent, missing_indexes FROM meso_audit.fact_status;
SELECT meso_audit.create_fact_tables('bind "own"');
DROP SCHEMA "bind ""own""" CASCADE;
SELECT meso_audit.setup();

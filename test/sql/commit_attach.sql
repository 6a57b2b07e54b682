-- Attaching and detaching checks: what is attached, and what is refused.
\set SHOW_CONTEXT never
\set home :DBNAME
SET client_min_messages = warning;
DROP DATABASE IF EXISTS meso_commit_attach;
CREATE DATABASE meso_commit_attach TEMPLATE template0 ENCODING 'UTF8';
\c meso_commit_attach
SET client_min_messages = warning;
CREATE EXTENSION meso_audit;
SELECT meso_audit.setup();
-- nothing is bound
SELECT * FROM meso_audit.attach_checks();
SELECT meso_audit.create_fact_tables('f');
SELECT fact_name, table_name, command ~ '^CREATE (CONSTRAINT )?TRIGGER meso_audit_' AS makes_trigger, count(*) FROM meso_audit.attach_checks(dry_run => true) GROUP BY 1, 2, 3 ORDER BY 1, 2;
SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'meso\_audit\_%';
SELECT count(*) FROM meso_audit.attach_checks();
-- again: nothing to do
SELECT count(*) FROM meso_audit.attach_checks();
SELECT tgrelid::regclass, tgname, tgenabled, tgdeferrable, tginitdeferred FROM pg_trigger WHERE tgname LIKE 'meso\_audit\_%' ORDER BY tgrelid::regclass::text COLLATE "C", 2;
SELECT checks FROM meso_audit.fact_status WHERE fact = 'fee_line';
-- a trigger that somebody disabled is mended
ALTER TABLE f.fee_line DISABLE TRIGGER meso_audit_fee_line_new;
SELECT fact_name, table_name FROM meso_audit.attach_checks();
SELECT count(*) FROM meso_audit.detach_checks('f.fee_line');
SELECT count(*) FROM meso_audit.detach_checks();
SELECT count(*) FROM meso_audit.detach_checks();

-- refused: an index is missing, named in the hint
DROP INDEX f.fee_line_psn_no_fee_ocur_time_idx;
ALTER TABLE f.diagnosis DROP CONSTRAINT diagnosis_pkey;
SELECT * FROM meso_audit.attach_checks();
SELECT count(*) FROM meso_audit.attach_checks(dry_run => true);
CREATE INDEX ON f.fee_line (psn_no, fee_ocur_time);
CREATE INDEX ON f.diagnosis (mdtrt_id);

-- a table below a view; expressions; what cannot be attached
CREATE TABLE f.bill (no text, line integer, who text, place text, at timestamptz, code text, n numeric, yuan numeric);
CREATE INDEX ON f.bill (who);
CREATE INDEX ON f.bill (no);
CREATE VIEW f.bills AS SELECT no AS setl_id, line::text AS feedetl_sn, who AS psn_no, place AS fixmedins_code,
	at AT TIME ZONE 'Asia/Shanghai' AS fee_ocur_time, code AS med_list_codg, n AS cnt, yuan AS det_item_fee_sumamt FROM f.bill;
SELECT meso_audit.bind_fact('fee_line', 'f.bills', allow_slow => true);
RESET client_min_messages;
SELECT fact_name FROM meso_audit.attach_checks() WHERE fact_name = 'fee_line';
SELECT * FROM meso_audit.attach_checks('fee_line', 'f.bills');
SELECT * FROM meso_audit.attach_checks('person', 'f.person');
SELECT * FROM meso_audit.attach_checks('fee_line', 'f.bill', '{"setl_id": "no"}');
SELECT fact_name, table_name FROM meso_audit.attach_checks('fee_line', 'f.bill', '{"setl_id": "no", "psn_no": "who", "fee_ocur_time": "at"}');
INSERT INTO f.bill VALUES ('s1', 1, 'p1', 'h', '2025-01-10 10:00+08', 'X', 1, 1);
SELECT psn_no FROM meso_audit.person_guard WHERE psn_no NOT LIKE '% %';
SELECT checks FROM meso_audit.fact_status WHERE fact = 'fee_line';
-- nothing is left to warn of
SELECT count(*) FROM meso_audit.attach_checks();

-- look-ups by expressions: the hint is the commands that serve
CREATE TABLE f."Charge" ("No" bigint, line integer, "Who" text, place text, at timestamptz, code text, n numeric, yuan numeric);
CREATE INDEX ON f."Charge" ((at AT TIME ZONE 'Asia/Shanghai'));
SELECT meso_audit.bind_fact('fee_line', 'f."Charge"', '{"setl_id": "No", "feedetl_sn": "line", "psn_no": "Who", "fixmedins_code": "place",
	"fee_ocur_time": "at", "med_list_codg": "code", "cnt": "n", "det_item_fee_sumamt": "yuan"}', allow_slow => true);
SELECT unnest(missing_indexes) FROM meso_audit.fact_status WHERE fact = 'fee_line';
SELECT * FROM meso_audit.attach_checks();
CREATE INDEX ON f."Charge" ((("No")::text));
CREATE INDEX ON f."Charge" ("Who", ((at AT TIME ZONE 'Asia/Shanghai'::text)));
SELECT unnest(missing_indexes) FROM meso_audit.fact_status WHERE fact = 'fee_line';
SELECT count(*) FROM meso_audit.attach_checks(dry_run => true) WHERE fact_name = 'fee_line';

-- partitions, old and new
CREATE TABLE f.parted (LIKE f.fee_line, PRIMARY KEY (setl_id, feedetl_sn)) PARTITION BY RANGE (setl_id);
CREATE INDEX ON f.parted (psn_no, fee_ocur_time);
CREATE INDEX ON f.parted (mdtrt_id);
CREATE TABLE f.parted_a PARTITION OF f.parted FOR VALUES FROM ('a') TO ('m');
SELECT meso_audit.bind_fact('fee_line', 'f.parted');
SELECT count(*) FROM meso_audit.attach_checks();
CREATE TABLE f.parted_m PARTITION OF f.parted FOR VALUES FROM ('m') TO ('zz');
SELECT fact_name, table_name FROM meso_audit.attach_checks();
SELECT checks FROM meso_audit.fact_status WHERE fact = 'fee_line';
SELECT tgrelid::regclass, tgname, tgenabled FROM pg_trigger WHERE tgrelid::regclass::text LIKE 'f.parted%' ORDER BY tgrelid::regclass::text COLLATE "C", 2;
TRUNCATE f.parted_m;
SELECT about, subject, reason FROM meso_audit.reaudit_queue WHERE about = 'fact';
SELECT meso_audit.detach_checks('f.parted');

\c :home
SET client_min_messages = warning;
DROP DATABASE meso_commit_attach;

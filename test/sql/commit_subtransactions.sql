-- Whatever way a row comes, goes or changes, and whatever is rolled back on the way:
-- after each commit what is stored is F of the rows that are there.
\set home :DBNAME
CREATE DATABASE commit_subtransactions TEMPLATE template0;
\c commit_subtransactions
SET client_min_messages = warning;
\pset format unaligned
\pset null -
\o /dev/null
CREATE EXTENSION meso_audit;
\set ECHO none
\i test/commit/claims.sql
\set ECHO all
-- fee lines in partitions by settlement
ALTER TABLE claims.fee_line RENAME TO line_form;
CREATE TABLE claims.fee_line (LIKE claims.line_form INCLUDING DEFAULTS, PRIMARY KEY (setl_id, feedetl_sn))
	PARTITION BY RANGE (setl_id);
CREATE INDEX ON claims.fee_line (psn_no, fee_ocur_time);
CREATE INDEX ON claims.fee_line (mdtrt_id);
CREATE TABLE claims.line_a PARTITION OF claims.fee_line FOR VALUES FROM ('a') TO ('n');
CREATE TABLE claims.line_n PARTITION OF claims.fee_line FOR VALUES FROM ('n') TO ('zzz');
SELECT meso_audit.bind_fact('fee_line', 'claims.fee_line');
SELECT * FROM meso_audit.attach_checks();
\o

-- one claim, and a second that breaks a limit with it
SELECT claims.claim('a1', 'p1', '2024-03-01 08:00', 'QTY', 'QTY', 'PAIRW', 'BAN') \g /dev/null
TABLE claims.state;
SELECT claims.claim('z1', 'p1', '2024-03-01 09:00', 'QTY', 'PAIR', 'BAN') \g /dev/null
TABLE claims.state;

-- rolled back to a savepoint, and inserted again
BEGIN;
SAVEPOINT s;
SELECT claims.claim('a2', 'p1', '2024-03-01 10:00', 'QTY', 'QTY') \g /dev/null
ROLLBACK TO s;
COMMIT;
TABLE claims.state;
BEGIN;
SAVEPOINT s;
SELECT claims.claim('a2', 'p2', '2024-03-01 10:00', 'BAN', 'QTY') \g /dev/null
ROLLBACK TO s;
SELECT claims.claim('a2', 'p1', '2024-03-01 10:00', 'QTY', 'QTY') \g /dev/null
COMMIT;
TABLE claims.state;

-- nested: the inner one goes, the outer stays; the outer goes with an inner that was released
BEGIN;
SAVEPOINT outer_one;
DELETE FROM claims.fee_line WHERE setl_id = 'a2' AND feedetl_sn = '1';
SAVEPOINT inner_one;
DELETE FROM claims.fee_line WHERE setl_id = 'z1';
ROLLBACK TO inner_one;
SAVEPOINT inner_two;
INSERT INTO claims.diagnosis (mdtrt_id, diag_srt_no, diag_code) VALUES ('v9', '1', 'I10');
RELEASE inner_two;
RELEASE outer_one;
COMMIT;
TABLE claims.state;
BEGIN;
SAVEPOINT outer_one;
SAVEPOINT inner_one;
DELETE FROM claims.fee_line WHERE setl_id = 'a1';
RELEASE inner_one;
ROLLBACK TO outer_one;
UPDATE claims.fee_line SET cnt = 3 WHERE setl_id = 'a2';
COMMIT;
TABLE claims.state;

-- at once in the middle: what came before is judged, what comes after too
BEGIN;
SELECT claims.claim('b1', 'p3', '2024-03-02 08:00', 'QTY', 'QTY') \g /dev/null
SET CONSTRAINTS ALL IMMEDIATE;
TABLE claims.state;
SELECT claims.claim('b2', 'p3', '2024-03-02 09:00', 'QTY') \g /dev/null
TABLE claims.state;
SET CONSTRAINTS ALL DEFERRED;
SELECT claims.claim('b3', 'p3', '2024-03-02 07:00', 'QTY', 'BAN') \g /dev/null
SELECT wrong > 0 AS not_yet FROM claims.state;
COMMIT;
TABLE claims.state;
-- judged at once in a subtransaction that goes: so does what was found
BEGIN;
SAVEPOINT s;
SELECT claims.claim('b4', 'p3', '2024-03-02 08:00', 'QTY', 'BAN') \g /dev/null
SET CONSTRAINTS ALL IMMEDIATE;
ROLLBACK TO s;
TABLE claims.state;
SELECT claims.claim('b5', 'p3', '2024-03-02 08:30', 'BAN') \g /dev/null
COMMIT;
TABLE claims.state;
-- judged at once, and what it was judged by rolled back afterwards
BEGIN;
SELECT claims.claim('b6', 'p3', '2024-03-03 08:00', 'QTY', 'QTY') \g /dev/null
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
SAVEPOINT s;
SELECT claims.claim('b7', 'p3', '2024-03-03 09:00', 'QTY') \g /dev/null
ROLLBACK TO s;
COMMIT;
TABLE claims.state;

-- a block with an exception handler
DO $$
BEGIN
	PERFORM claims.claim('c1', 'p4', '2024-03-04 08:00', 'BAN');
	BEGIN
		PERFORM claims.claim('c2', 'p4', '2024-03-04 08:00', 'BAN', 'QTY', 'QTY', 'QTY');
		PERFORM claims.claim('c1', 'p5', '2024-03-04 08:00', 'BAN');
	EXCEPTION WHEN unique_violation THEN
		PERFORM claims.claim('c3', 'p4', '2024-03-04 08:00', 'QTY', 'QTY');
	END;
	FOR n IN 1 .. 100 LOOP
		BEGIN
			PERFORM claims.claim('x' || n, 'p' || 100 + n, '2024-03-04 08:00', 'BAN');
			RAISE division_by_zero;
		EXCEPTION WHEN division_by_zero THEN
			NULL;
		END;
	END LOOP;
END $$;
SELECT found, wrong, unchecked FROM claims.state;

-- the key changes; the line, and the settlement, to another person and another partition
UPDATE claims.fee_line SET feedetl_sn = '77' WHERE setl_id = 'c1';
UPDATE claims.settlement SET setl_id = 'c4' WHERE setl_id = 'c3';
TABLE claims.state;
UPDATE claims.fee_line SET setl_id = 'y' || setl_id, psn_no = 'p6' WHERE setl_id IN ('c1', 'c3');
SELECT tableoid::regclass, setl_id, feedetl_sn FROM claims.fee_line WHERE psn_no = 'p6' ORDER BY 2, 3;
TABLE claims.state;
UPDATE claims.fee_line SET psn_no = 'p7' WHERE setl_id = 'yc3' AND feedetl_sn = '1';
TABLE claims.state;

-- into the leaf
INSERT INTO claims.line_n (setl_id, feedetl_sn, psn_no, fixmedins_code, fee_ocur_time, med_list_codg, cnt, det_item_fee_sumamt)
VALUES ('yc3', '5', 'p7', 'h1', '2024-03-04 12:00', 'QTY', 2, 20);
TABLE claims.state;
DELETE FROM claims.line_n WHERE setl_id = 'yc3' AND feedetl_sn = '1';
TABLE claims.state;

-- COPY into the whole and into a leaf
COPY claims.fee_line (setl_id, feedetl_sn, psn_no, fixmedins_code, fee_ocur_time, med_list_codg, cnt, det_item_fee_sumamt) FROM stdin;
d1	1	p8	h1	2024-03-05 08:00	QTY	2	20
y1	1	p8	h1	2024-03-05 09:00	QTY	2	20
\.
TABLE claims.state;
COPY claims.line_a (setl_id, feedetl_sn, psn_no, fixmedins_code, fee_ocur_time, med_list_codg, cnt, det_item_fee_sumamt) FROM stdin;
d2	1	p8	h1	2024-03-05 07:00	BAN	1	10
\.
TABLE claims.state;
-- with FREEZE, where the table is made in the same transaction
BEGIN;
CREATE TABLE claims.line_zz (LIKE claims.fee_line INCLUDING INDEXES);
ALTER TABLE claims.fee_line ATTACH PARTITION claims.line_zz FOR VALUES FROM ('zzz') TO ('zzzz');
COPY claims.line_zz (setl_id, feedetl_sn, psn_no, fixmedins_code, fee_ocur_time, med_list_codg, cnt, det_item_fee_sumamt) FROM stdin WITH (FREEZE);
zzz1	1	p8	h1	2024-03-05 06:00	BAN	1	10
\.
COMMIT;
TABLE claims.state;

-- ON CONFLICT
INSERT INTO claims.fee_line (setl_id, feedetl_sn, psn_no, fixmedins_code, fee_ocur_time, med_list_codg, cnt, det_item_fee_sumamt)
VALUES ('d1', '1', 'p9', 'h1', '2024-03-05 08:00', 'BAN', 1, 10) ON CONFLICT DO NOTHING;
TABLE claims.state;
INSERT INTO claims.fee_line (setl_id, feedetl_sn, psn_no, fixmedins_code, fee_ocur_time, med_list_codg, cnt, det_item_fee_sumamt)
VALUES ('d1', '1', 'p9', 'h1', '2024-03-05 08:00', 'BAN', 1, 10), ('d3', '1', 'p9', 'h1', '2024-03-05 08:00', 'BAN', 1, 10)
ON CONFLICT (setl_id, feedetl_sn) DO UPDATE SET psn_no = EXCLUDED.psn_no, med_list_codg = EXCLUDED.med_list_codg;
TABLE claims.state;

-- inserted and deleted in one transaction; nothing changed at all
BEGIN;
SELECT claims.claim('e1', 'p10', '2024-03-06 08:00', 'BAN') \g /dev/null
DELETE FROM claims.fee_line WHERE setl_id = 'e1';
DELETE FROM claims.settlement WHERE setl_id = 'e1';
COMMIT;
UPDATE claims.fee_line SET cnt = cnt;
TABLE claims.state;

-- everything goes, line by line
DELETE FROM claims.fee_line WHERE psn_no IN ('p1', 'p3');
DELETE FROM claims.settlement WHERE psn_no IN ('p1', 'p3');
TABLE claims.state;

-- a reversal that comes late, reverses what lies far before, and goes again
SELECT meso_audit.detach_checks() \g /dev/null
DELETE FROM meso_audit.rule WHERE code NOT IN ('BAN', 'QTY');
CALL meso_audit.run_audit('(,)');
SELECT * FROM meso_audit.attach_checks() \g /dev/null
SELECT claims.claim('g1', 'p12', '2024-03-01 08:00', 'QTY', 'QTY', 'QTY') \g /dev/null
INSERT INTO claims.settlement (setl_id, psn_no, fixmedins_code, setl_time, init_setl_id)
VALUES ('g2', 'p12', 'h1', '2024-04-01', 'g1');
INSERT INTO claims.fee_line (setl_id, feedetl_sn, psn_no, fixmedins_code, fee_ocur_time, med_list_codg, cnt, det_item_fee_sumamt, init_feedetl_sn)
VALUES ('g2', '1', 'p12', 'h1', '2024-03-15', 'QTY', -1, -10, '1');
TABLE claims.state;
DELETE FROM claims.fee_line WHERE setl_id = 'g2';
TABLE claims.state;
-- of another person, in a settlement of a third
INSERT INTO claims.settlement (setl_id, psn_no, fixmedins_code, setl_time, init_setl_id)
VALUES ('g3', 'p13', 'h1', '2024-06-01', 'g1');
INSERT INTO claims.fee_line (setl_id, feedetl_sn, psn_no, fixmedins_code, fee_ocur_time, med_list_codg, cnt, det_item_fee_sumamt, init_feedetl_sn)
VALUES ('g3', '1', 'p14', 'h1', '2024-05-15', 'QTY', -1, -10, '2');
TABLE claims.state;
DELETE FROM claims.fee_line WHERE setl_id = 'g3';
TABLE claims.state;
DELETE FROM claims.fee_line WHERE setl_id = 'g1';
DELETE FROM claims.settlement WHERE setl_id LIKE 'g_';

-- TRUNCATE, which no trigger for rows sees, is noted for the next audit
BEGIN;
SAVEPOINT s;
TRUNCATE claims.fee_line;
ROLLBACK TO s;
COMMIT;
SELECT about, subject, reason FROM meso_audit.reaudit_queue WHERE about = 'fact';
TRUNCATE claims.fee_line;
SELECT about, subject, reason FROM meso_audit.reaudit_queue WHERE about = 'fact';
CALL meso_audit.run_audit('(,)');
TABLE claims.state;

-- a transaction may do other things at its end: a deferred constraint that fails takes all with it
ALTER TABLE claims.person ADD CONSTRAINT one_name UNIQUE (psn_name) DEFERRABLE INITIALLY DEFERRED;
BEGIN;
INSERT INTO claims.person (psn_no, psn_name) VALUES ('q1', 'Zhang'), ('q2', 'Zhang');
SELECT claims.claim('f1', 'p11', '2024-03-07 08:00', 'BAN') \g /dev/null
COMMIT;
TABLE claims.state;
SELECT claims.claim('f1', 'p11', '2024-03-07 08:00', 'BAN') \g /dev/null
TABLE claims.state;

\c :home
DROP DATABASE commit_subtransactions;

-- Rules that judge by knowledge points: a point that cannot be read, or does not say
-- what is needed, judges nothing, and takes no other with it.
\set VERBOSITY terse
BEGIN;
\i test/templates/world.sql
CALL tw.settle('s1');
CALL tw.line('s1', '1', '2024-03-01', 'A', 5, 50);
CALL tw.line('s1', '2', '2024-03-01', 'B', 5, 50);
CALL tw.line('s1', '3', '2024-03-01', 'C', 5, 50);
INSERT INTO meso_audit.knowledge_point (point_id, kind_code, limits, understood) VALUES
	('P1', 'MA011', '{"max": 2}', 'understood'), ('P2', 'MA011', '{"max": "two"}', 'understood'),
	('P3', 'MA011', '{"max": 1}', 'partly'), ('Q1', 'MA010', '{}', 'understood');
INSERT INTO meso_audit.knowledge_code (point_id, seq, code) VALUES
	('P1', 1, 'A'), ('P2', 1, 'B'), ('P3', 1, 'C'), ('Q1', 1, '%');
CALL tw.rule('points', 'max_qty', '{"unit": "day"}');
SELECT * FROM tw.found('points');
SELECT code FROM meso_audit.create_rule('companion', 'MA010', 'companion_required', '{"window": "settlement"}', status => 'active');
SET client_min_messages = error;
SELECT * FROM tw.found('companion');
UPDATE meso_audit.knowledge_point SET limits = '{"needs": ["Z%"]}' WHERE point_id = 'Q1';
SELECT * FROM tw.found('companion');
-- a point's own codes of the judged side of a pair win over the parameter
INSERT INTO meso_audit.knowledge_code (point_id, seq, code, role) VALUES ('Q1', 2, 'B', 'with');
UPDATE meso_audit.knowledge_point SET limits = '{}' WHERE point_id = 'Q1';
SELECT code FROM meso_audit.create_rule('pair', 'MA010', 'pair_exclusive', '{"with": ["%"], "window": "day"}', status => 'active');
SELECT * FROM tw.found('pair');
DELETE FROM meso_audit.knowledge_code WHERE point_id = 'Q1' AND role = 'with';
SELECT * FROM tw.found('pair');
ROLLBACK;

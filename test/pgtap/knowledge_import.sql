-- Import of the two-sheet layout: counts, versions, supersession, curation,
-- and files that are broken in every way somebody thought of.
BEGIN;
SELECT plan(69);
SET LOCAL client_min_messages = warning;

CREATE TEMPORARY TABLE p (
	point_id text, rule_kind text, official_code text, tier1 text, tier2 text, item_name text,
	constraint_text text, detection_logic text, batch text, published_at text, supersedes text);
CREATE TEMPORARY TABLE c (point_id text, seq text, code text);
CREATE TEMPORARY VIEW state AS
	SELECT p.point_id, p.version, p.kind_code, p.limits, p.understood, p.why, p.valid, p.curated,
		(SELECT array_agg(k.code || '/' || k.role ORDER BY k.seq) FROM meso_audit.knowledge_code k
			WHERE k.point_id = p.point_id AND k.version = p.version) AS codes
	FROM meso_audit.knowledge_point p;
CREATE FUNCTION pg_temp.point(id text) RETURNS state LANGUAGE sql STABLE AS
	'SELECT * FROM state WHERE point_id = id ORDER BY version DESC LIMIT 1';
CREATE FUNCTION pg_temp.digest() RETURNS text LANGUAGE sql STABLE AS
	'SELECT md5(string_agg(s::text, E''\n'' ORDER BY s.point_id, s.version)) FROM state s';

INSERT INTO p (point_id, rule_kind, official_code, item_name, constraint_text, published_at) VALUES
	('T1', '药品区分性别使用', 'GZ10000301004000', '甲片', '用于前列腺增生。', '2025-05-23'),
	('T2', '药品限就医方式', NULL, '乙液', '限住院患者。', NULL),
	('T3', '医疗服务项目重复收费', 'GZ10000102012000', '丙术×丁术', '含丁术', '2025/12/12'),
	('T4', '药品限适应症', 'GZ10000101008000', '戊片', '限高血压。', '2026年5月23日'),
	('T5', '手术项目未按规定折价收费', 'GZ10000102002000', '己术', '试验手术组', '20250722');
INSERT INTO c VALUES ('T1', '1', 'XA01'), ('T1', '2', 'XA02'), ('T2', '1', 'XB01'),
	('T3', '2', '002'), ('T3', '1', '001'), ('T4', '1', 'XC01'), ('T5', '1', '005');

SELECT results_eq(
	$$SELECT kind_code, points, understood, partly, unparsed, codes, superseded, new, changed, unchanged
		FROM meso_audit.import_knowledge('p', 'c') ORDER BY kind_code$$,
	$$VALUES ('GZ10000101008000', 1::bigint, 0::bigint, 0::bigint, 1::bigint, 1::bigint, 0::bigint, 1::bigint, 0::bigint, 0::bigint),
		('GZ10000102002000', 1, 0, 1, 0, 1, 0, 1, 0, 0),
		('GZ10000102012000', 1, 1, 0, 0, 2, 0, 1, 0, 0),
		('GZ10000301004000', 1, 1, 0, 0, 2, 0, 1, 0, 0),
		('GZ88013', 1, 1, 0, 0, 1, 0, 1, 0, 0)$$,
	'the first import counts per kind');
SELECT is((pg_temp.point('T1')).limits, '{"attribute": "gend", "op": "in", "value": ["1"]}', 'limits are stored');
SELECT is((pg_temp.point('T3')).codes, '{001/codes,002/with}', 'of a pair the second is the judged one, by seq, not by row');
SELECT is((pg_temp.point('T3')).limits, '{}', 'and its code stands among the codes only');
SELECT is((pg_temp.point('T1')).valid, daterange('2025-05-23', NULL), 'valid from the day of publication');
SELECT is((pg_temp.point('T2')).valid, daterange(NULL, NULL), 'without one, always');
SELECT is((pg_temp.point('T3')).valid, daterange('2025-12-12', NULL), 'a date with slashes');
SELECT is((pg_temp.point('T4')).valid, daterange('2026-05-23', NULL), 'a date in Chinese');
SELECT is((pg_temp.point('T5')).valid, daterange('2025-07-22', NULL), 'a date of digits');
SELECT is((SELECT array_agg(code) FROM meso_audit.item_group WHERE group_code = '试验手术组'), '{005}', 'a named group is filled');
SELECT is((SELECT count(*) FROM meso_audit.import_problem), 0::bigint, 'nothing to report');
SELECT is((SELECT array_agg(DISTINCT origin) FROM meso_audit.knowledge_point WHERE point_id ~ '^T'), '{local}', 'imported points are local: they are dumped');

CREATE TEMPORARY TABLE before AS SELECT pg_temp.digest() AS d, (SELECT count(*) FROM meso_audit.knowledge_code) AS n;
SELECT results_eq(
	$$SELECT sum(new)::integer, sum(changed)::integer, sum(unchanged)::integer FROM meso_audit.import_knowledge('p', 'c')$$,
	'VALUES (0, 0, 5)', 'the same file again changes nothing');
SELECT is(pg_temp.digest(), (SELECT d FROM before), 'not a byte');

-- A changed text, and changed codes
UPDATE p SET constraint_text = '用于子宫肌瘤。' WHERE point_id = 'T1';
DELETE FROM c WHERE code = 'XA02';
SELECT results_eq(
	$$SELECT sum(new)::integer, sum(changed)::integer, sum(unchanged)::integer FROM meso_audit.import_knowledge('p', 'c')$$,
	'VALUES (0, 1, 4)', 'a changed text');
SELECT is((pg_temp.point('T1')).version, 2, 'is a new version');
SELECT is((pg_temp.point('T1')).limits -> 'value', '["2"]', 'with its own limits');
SELECT is((pg_temp.point('T1')).codes, '{XA01/codes}', 'and its own codes');
SELECT is((SELECT codes FROM state WHERE point_id = 'T1' AND version = 1), '{XA01/codes,XA02/codes}', 'the old version stays as it was');

-- Curation
SELECT is(meso_audit.curate_point('T4', '{"diag": ["I10%"]}', 'understood', 'hypertension'), 2, 'a curated point is a version');
SELECT is((SELECT unchanged FROM meso_audit.import_knowledge('p', 'c') WHERE kind_code = 'GZ10000101008000'), 1::bigint, 'the next import');
SELECT is((pg_temp.point('T4')).limits, '{"diag": ["I10%"]}', 'keeps it');
SELECT ok((pg_temp.point('T4')).curated AND (pg_temp.point('T4')).why ~ 'hypertension', 'with who and why');
SELECT is((pg_temp.point('T4')).codes, '{XC01/codes}', 'and its codes');
UPDATE p SET constraint_text = '限重度高血压。' WHERE point_id = 'T4';
SELECT lives_ok($$SELECT meso_audit.import_knowledge('p', 'c')$$, 'a new text');
SELECT is((pg_temp.point('T4')).limits, '{"diag": ["I10%"]}', 'keeps the curated limits');
SELECT is((pg_temp.point('T4')).understood, 'partly', 'but lets them remind only');
SELECT is((SELECT count(*) FROM meso_audit.import_problem WHERE problem = 'curated_text_changed'), 1::bigint, 'and says so');
SELECT lives_ok($$SELECT meso_audit.curate_point('T4', NULL)$$, 'a point can be given back to the reader');
SELECT is((pg_temp.point('T4')).understood, 'unparsed', 'which reads it again');
SELECT is(meso_audit.curate_point('T3', '{"with": ["001"]}'), 2, 'the judged side can be curated');
SELECT is((pg_temp.point('T3')).codes, '{001/with,002/codes}', 'and is');
SELECT throws_ok($$SELECT meso_audit.curate_point('T3', '{"with": ["009"]}')$$, '22023', NULL, 'a code that the point lacks is refused');
SELECT throws_ok($$SELECT meso_audit.curate_point('T9', '{}')$$, '42704', NULL, 'an unknown point is refused');
SELECT throws_ok($$SELECT meso_audit.curate_point('T3', '[]')$$, '22023', NULL, 'limits are an object');
SELECT throws_like($$SELECT meso_audit.curate_point('T4', '{"diagg": ["I10%"]}')$$, 'knowledge point "T4" cannot have these limits: unknown parameter "diagg"%',
	'limits that the template cannot read are refused');
SELECT throws_ok($$SELECT meso_audit.curate_point('T1', '{"op": "=>"}')$$, '22023', NULL, 'so are values');
SELECT throws_ok($$SELECT meso_audit.curate_point('T3', '{}', 'sure')$$, '22023', NULL, 'three degrees of understanding');
SELECT ok(EXISTS (SELECT FROM meso_audit.unparsed_point WHERE point_id = 'T4'), 'what is not understood waits in the queue');
SELECT is((SELECT unparsed FROM meso_audit.knowledge_report WHERE kind_code = 'GZ10000101008000'), 1::bigint, 'and is counted');

-- Supersession in any order
CREATE FUNCTION pg_temp.in_order(ids text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	id text;
BEGIN
	DELETE FROM meso_audit.knowledge_code WHERE point_id ~ '^S';
	DELETE FROM meso_audit.knowledge_point WHERE point_id ~ '^S';
	FOREACH id IN ARRAY ids LOOP
		EXECUTE format('CREATE OR REPLACE TEMPORARY VIEW one AS SELECT * FROM s WHERE point_id = %L', id);
		PERFORM meso_audit.import_knowledge('one', 'c');
	END LOOP;
	RETURN (SELECT string_agg(concat_ws(' ', point_id, version, valid), ', ' ORDER BY point_id)
		FROM meso_audit.knowledge_point WHERE point_id ~ '^S');
END
$$;
CREATE TEMPORARY TABLE s AS SELECT * FROM p WHERE false;
INSERT INTO s (point_id, rule_kind, item_name, constraint_text, published_at, supersedes) VALUES
	('S1', '药品限儿童使用', '甲', '限儿童。', '2025-05-23', NULL),
	('S2', '药品限儿童使用', '甲', '限12岁以下儿童。', '2026-01-28', 'S1'),
	('S3', '药品限儿童使用', '甲', '限6岁以下儿童。', NULL, 'S2'),
	('S4', '药品限儿童使用', '甲', '限6岁以下儿童。', '2024-01-01', 'S1;S9');
SELECT is(pg_temp.in_order('{S1,S2,S3}'), 'S1 1 [2025-05-23,2026-01-28), S2 1 empty, S3 1 (,)',
	'replaced points end when their successor is published; on no day if that is not known');
SELECT is(pg_temp.in_order('{S3,S2,S1}'), pg_temp.in_order('{S1,S2,S3}'), 'backwards');
SELECT is(pg_temp.in_order('{S2,S3,S1,S2}'), pg_temp.in_order('{S1,S2,S3}'), 'and twice');
SELECT is(pg_temp.in_order('{S1,S4}'), 'S1 1 empty, S4 1 [2024-01-01,)', 'a successor published before: on no day');
SELECT is((SELECT detail FROM meso_audit.import_problem WHERE problem = 'supersedes_unknown'), 'replaces S9, which is not known', 'an unknown predecessor is reported');
UPDATE s SET supersedes = CASE point_id WHEN 'S1' THEN 'S2' WHEN 'S2' THEN 'S1' END;
SELECT is(pg_temp.in_order('{S1,S2,S3}'), 'S1 1 empty, S2 1 empty, S3 1 (,)', 'a circle judges nothing');
SELECT is((SELECT array_agg(DISTINCT point_id ORDER BY point_id) FROM meso_audit.import_problem WHERE problem = 'supersession_circle'), '{S1,S2}', 'and is reported');
UPDATE s SET supersedes = 'S1' WHERE point_id = 'S1';
SELECT is(pg_temp.in_order('{S1}'), 'S1 1 [2025-05-23,)', 'a point that replaces itself stays');

-- Broken files: nothing is lost, nothing crashes
CREATE TEMPORARY TABLE "Odd ""sheet" (
	"POINT_ID" varchar(40), rule_kind bytea, item_name text, constraint_text text, official_code char(20), published_at date, extra integer);
INSERT INTO "Odd ""sheet" VALUES
	('B1', convert_to('药品区分性别使用', 'UTF8'), '甲', '限男性。', NULL, '2025-01-01', 1),
	('B1', convert_to('药品区分性别使用', 'UTF8'), '甲', '限女性。', NULL, '2025-02-01', 1),
	('B2', '\xfffe', '甲', '限男性。', 'GZ10000301004000', NULL, 1),
	('B3', convert_to('没有的种类', 'UTF8'), '甲', '限男性。', NULL, NULL, 1),
	('B4', convert_to('药品区分性别使用', 'UTF8'), '甲', '限男' || chr(65533) || '女。', NULL, NULL, 1),
	('B5', convert_to('药品区分性别使用', 'UTF8'), '甲', '限男性。', 'GZ10000101001000', NULL, 1),
	('B6', convert_to('使用药品的医疗机构级别低于限定级别', 'UTF8'), '甲注射液', '限二级及以上医疗机构。', NULL, NULL, 1),
	(NULL, convert_to('药品区分性别使用', 'UTF8'), '无号', '限男性。', NULL, NULL, 1),
	('B7', NULL, NULL, NULL, NULL, NULL, NULL);
CREATE TEMPORARY TABLE odd_codes (point_id text, seq numeric(5,1), code text);
INSERT INTO odd_codes VALUES ('B1', 1, 'XA01'), ('B1', 1, 'XA01'), ('B1', 2.5, 'XA02'), ('B1', NULL, '%'), ('B1', 3, ''), ('B1', 4, NULL),
	('none', 1, 'XA01'), (NULL, 1, 'XA01'), ('B2', 1, 'ＸＡ０１'), ('B6', 1, 'XA0%'), ('B6', 2, 'XA03');
SELECT is((SELECT sum(points)::integer FROM meso_audit.import_knowledge('"Odd ""sheet"', 'odd_codes')), 7, 'every point with a number is stored');
SELECT is((pg_temp.point('B1')).limits -> 'value', '["2"]', 'of two rows of one point the later date counts');
SELECT is((pg_temp.point('B1')).codes, '{XA01/codes,XA02/codes}', 'unusable codes are left out: a lone % would be every code');
SELECT is((pg_temp.point('B2')).codes, '{XA01/codes}', 'full-width codes are folded');
SELECT is((pg_temp.point('B3')).kind_code, 'MA000', 'a point of no known kind is kept');
SELECT is((pg_temp.point('B4')).understood, 'unparsed', 'a text with broken characters is not read');
SELECT is((pg_temp.point('B5')).understood, 'unparsed', 'nor one whose code and name disagree');
SELECT is(((pg_temp.point('B6')).kind_code, (pg_temp.point('B6')).understood, (pg_temp.point('B6')).limits)::text,
	('GZ10000101012000'::text, 'partly'::text, '{"attribute": "hosp_lv", "op": ">=", "value": 2}'::jsonb)::text,
	'a row with shifted columns is found by its phrase, and may remind only');
SELECT results_eq(
	$$SELECT problem, count(*)::integer FROM meso_audit.import_problem WHERE source ~ 'Odd' GROUP BY 1 ORDER BY 1$$,
	$$VALUES ('bad_code', 4), ('bad_seq', 1), ('broken_text', 1), ('code_without_point', 2), ('duplicate_code', 1), ('duplicate_point', 1),
		('kind_disagrees', 1), ('point_without_codes', 4), ('point_without_id', 1), ('shifted_row', 3)$$,
	'and every loss is told');
SELECT is((SELECT row_data ->> 'item_name' FROM meso_audit.import_problem WHERE problem = 'point_without_id'), '无号', 'with the row itself');
CREATE TEMPORARY TABLE twice (point_id text, rule_kind text, item_name text, constraint_text text, published_at text, supersedes text);
INSERT INTO twice VALUES ('D1', '药品区分性别使用', '甲', '限男性。', '2025-01-01', NULL), ('D1', '药品区分性别使用', '甲', '限女性。', '2025-01-01', NULL),
	('D2', '药品区分性别使用', '甲', '限男性。', '2025-01-01', NULL), ('D2', '药品区分性别使用', '甲', ' 限男性。', '2025-01-01', NULL),
	('D3', '药品区分性别使用', '甲', '限男性。', '2025-03-01', 'D1，D2；{B1}');
CREATE TEMPORARY TABLE twice_codes AS SELECT point_id, '１' AS seq, 'X' || point_id AS code FROM twice GROUP BY point_id;
SELECT ok(count(*) > 0, 'two rows of one day, and one that replaces several') FROM meso_audit.import_knowledge('twice', 'twice_codes');
SELECT is(ARRAY[(pg_temp.point('D1')).understood, (pg_temp.point('D2')).understood], '{partly,understood}', 'rows of one day that say different things may remind only');
SELECT results_eq($$SELECT point_id, upper(valid) FROM meso_audit.latest_point WHERE point_id IN ('B1', 'D1', 'D2') ORDER BY 1$$,
	$$VALUES ('B1', date '2025-03-01'), ('D1', '2025-03-01'), ('D2', '2025-03-01')$$, 'predecessors are listed with full-width signs too');
CREATE TEMPORARY TABLE bare (point_id text, code text);
SELECT throws_ok($$SELECT * FROM meso_audit.import_knowledge('bare', 'bare')$$, '42703', NULL, 'a sheet without its columns is refused');
SELECT throws_ok($$SELECT * FROM meso_audit.import_knowledge('p', 'c', 99)$$, '22023', NULL, 'an absurd end of childhood is refused');

-- Who may
CREATE ROLE knowledge_outsider;
CREATE ROLE knowledge_officer;
GRANT USAGE ON SCHEMA meso_audit TO knowledge_outsider, knowledge_officer;
GRANT EXECUTE ON FUNCTION meso_audit.import_knowledge(regclass, regclass, integer),
	meso_audit.load_knowledge(text, meso_audit.sheet_point[], meso_audit.sheet_code[], integer),
	meso_audit.curate_point(text, jsonb, text, text) TO knowledge_officer;
CREATE SCHEMA officer;
CREATE TABLE officer.points AS SELECT * FROM p;
CREATE TABLE officer.codes AS SELECT * FROM c;
GRANT USAGE ON SCHEMA officer TO knowledge_officer, knowledge_outsider;
GRANT SELECT ON officer.codes TO knowledge_officer;
SET LOCAL ROLE knowledge_outsider;
SELECT throws_ok($$SELECT meso_audit.import_knowledge('officer.points', 'officer.codes')$$, '42501', NULL, 'not everybody imports');
SELECT throws_ok($$SELECT meso_audit.curate_point('T1', '{}')$$, '42501', NULL, 'nor curates');
SET LOCAL ROLE knowledge_officer;
SELECT throws_ok($$SELECT meso_audit.import_knowledge('officer.points', 'officer.codes')$$, '42501', NULL, 'a sheet that the caller may not read is not read');
RESET ROLE;
GRANT SELECT ON officer.points TO knowledge_officer;
SET LOCAL ROLE knowledge_officer;
SELECT lives_ok($$SELECT meso_audit.import_knowledge('officer.points', 'officer.codes')$$, 'one that the caller may is');
SELECT throws_ok($$INSERT INTO meso_audit.knowledge_point (point_id, kind_code) VALUES ('X', 'MA000')$$, '42501', NULL, 'the tables stay closed to direct writing');
SELECT lives_ok($$SELECT meso_audit.curate_point('T1', '{"attribute": "gend", "op": "in", "value": ["2"]}')$$, 'an officer curates');
RESET ROLE;

SELECT * FROM finish();
ROLLBACK;

-- Evidence: what goes in comes out, other bytes are refused, what is purged is
-- still proven.
BEGIN;
SELECT plan(31);

SELECT is(meso_audit.decompress_evidence(meso_audit.compress_evidence(j))::text, j::text, 'round trip of ' || left(j::text, 20))
FROM (VALUES ('{}'::json), ('{"b": 1,  "a": "阿莫西林"}'), ('null'), (to_json(repeat('x', 100000)))) AS v(j);
SELECT is(meso_audit.evidence_digest(meso_audit.compress_evidence('{"b" : 1}')), sha256('{"b" : 1}'::bytea),
	'the digest is of the text');
SELECT throws_ok($$SELECT meso_audit.compress_evidence(to_json(repeat('x', 17000000)))$$, '54000', NULL,
	'more than 16 MB is refused');

CREATE TEMPORARY TABLE hostile (name text, bytes bytea);
INSERT INTO hostile
SELECT v.name, v.bytes
FROM (SELECT meso_audit.compress_evidence(json_build_object('a', repeat('abc', 100))) AS good) g
CROSS JOIN LATERAL (VALUES
	('nothing', ''::bytea), ('four bytes', '\x4d450101'), ('another magic', '\x00' || substr(g.good, 2)),
	('another version', substr(g.good, 1, 2) || '\x09' || substr(g.good, 4)),
	('another codec', substr(g.good, 1, 3) || '\x07' || substr(g.good, 5)),
	('cut short', substr(g.good, 1, length(g.good) - 3)),
	('a tail', g.good || '\x00'),
	('too small a size', substr(g.good, 1, 4) || '\x00000001' || substr(g.good, 9)),
	('too large a size', substr(g.good, 1, 4) || '\x000fffff' || substr(g.good, 9)),
	('a size beyond the limit', substr(g.good, 1, 4) || '\xffffffff' || substr(g.good, 9)),
	('a flipped bit', set_byte(g.good, length(g.good) - 6, get_byte(g.good, length(g.good) - 6) # 4)),
	('no frame', '\x4d45010100000003616263'::bytea)) AS v(name, bytes);
SELECT throws_ok(format('SELECT meso_audit.decompress_evidence(%L)', h.bytes), '22P03', NULL, h.name || ' is refused')
FROM hostile h;
SELECT is((SELECT count(meso_audit.evidence_digest(h.bytes)) FROM hostile h), 0::bigint, 'and has no digest');

-- any byte changed in any way (one bit of zstd's header has no meaning)
CREATE FUNCTION pg_temp.text_of(bytes bytea) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	RETURN meso_audit.decompress_evidence(bytes);
EXCEPTION WHEN invalid_binary_representation THEN
	RETURN NULL;
END
$$;
SELECT is_empty($$
	SELECT i, b
	FROM (SELECT meso_audit.compress_evidence(json_build_object('line', 'x', 'a', repeat('abc', 100))) AS good) g,
		generate_series(0, length(g.good) - 1) i, unnest('{1,2,16,128,255}'::integer[]) b
	WHERE pg_temp.text_of(set_byte(g.good, i, get_byte(g.good, i) # b)) <> pg_temp.text_of(g.good)$$,
	'no changed byte gives another text');

-- a finding's evidence
SET LOCAL client_min_messages = warning;
SELECT meso_audit.create_fact_tables('hospital');
INSERT INTO meso_audit.rule (code, version, kind_code, template, params, codes, status, legal_basis)
VALUES ('BAN', 1, 'TEST', 'never_pay', '{"payable_only": false}', '{BAD}', 'active', 'Article 9');
INSERT INTO hospital.institution (fixmedins_code, fixmedins_name) VALUES ('h1', '第一医院');
INSERT INTO hospital.settlement (setl_id, psn_no, fixmedins_code, setl_time, mdtrt_id) VALUES ('s1', 'p1', 'h1', '2025-03-01', 'v1');
INSERT INTO hospital.visit (mdtrt_id, psn_no, fixmedins_code, begntime) VALUES ('v1', 'p1', 'h1', '2025-03-01');
INSERT INTO hospital.diagnosis (mdtrt_id, diag_srt_no, diag_code) VALUES ('v1', '1', 'J00'), ('v1', '2', 'J01');
INSERT INTO hospital.fee_line (setl_id, feedetl_sn, psn_no, fixmedins_code, fee_ocur_time, med_list_codg, cnt, det_item_fee_sumamt)
VALUES ('s1', '1', 'p1', 'h1', '2025-03-01 10:00', 'BAD', 1, 10);
SELECT meso_audit.reconcile('{p1}', NULL, (SELECT array_agg(f) FROM meso_audit.evaluate_persons('{p1}') f),
	rule_set => meso_audit.rule_set_hash());
SELECT results_eq($$SELECT e #>> '{line,med_list_codg}', e #>> '{settlement,setl_id}', e #>> '{visit,mdtrt_id}',
		e #>> '{institution,fixmedins_name}', jsonb_array_length(e -> 'diagnoses'), e #>> '{rule,template}',
		e ->> 'legal_basis', e ->> 'extension', e ->> 'rule_set'
	FROM meso_audit.finding f, meso_audit.evidence_json(f.finding_id) e$$,
	$$SELECT 'BAD', 's1', 'v1', '第一医院', 2, 'never_pay', 'Article 9', meso_audit.library_version(),
		encode(meso_audit.rule_set_hash(), 'hex')$$,
	'rows, rule, legal basis and versions are in it');
SELECT is(encode(sha256(convert_to(b ->> 'evidence_text', 'UTF8')), 'hex'), b ->> 'evidence_sha256',
	'a bundle carries the very text that was hashed')
FROM meso_audit.finding f, meso_audit.evidence_bundle(f.finding_id) b;
SELECT is(b ->> 'evidence_sha256', replace(b #>> '{log,0,evidence_digest}', '\x', ''), 'as the log says')
FROM meso_audit.finding f, meso_audit.evidence_bundle(f.finding_id) b;

-- every part of it, against a plain reading: operation, related lines (one is
-- gone, one is no line), point, a model's basis, text that must be escaped
INSERT INTO hospital.operation (mdtrt_id, oprn_srt_no, oprn_oprt_code, vali_flag) VALUES ('v1', '7', '38.93', '1'), ('v1', '8', '38.94', '1');
INSERT INTO hospital.person (psn_no, psn_name, brdy) VALUES ('p1', E'a "b" \\ \n\t\r\x01\x1f张/é', '1980-02-29');
INSERT INTO hospital.fee_line (setl_id, feedetl_sn, psn_no, fixmedins_code, fee_ocur_time, med_list_codg, cnt, det_item_fee_sumamt, upload_time)
VALUES ('s1', '2', 'p1', 'h1', '2025-03-01 10:00:00.25', 'X', -1.50, 'NaN', 'infinity'), ('s1', '10', 'p1', 'h1', '2025-03-01 11:00', 'Y', 1, 1, NULL);
INSERT INTO meso_audit.knowledge_point (point_id, kind_code, limits, understood, legal_basis)
VALUES ('P-1', 'TEST', '{"a": [1, "二"]}', 'understood', 'Article 10');
CREATE TEMPORARY TABLE truth AS
SELECT ROW(sha256(n::text::bytea), c.code, 'TEST', c.version, c.point, c.level, 'p1', 'h1', NULL, c.mdtrt_id, c.setl_id, c.sn, c.row_no,
	c.related::jsonb, c.period::tsrange, c.amount, 2.5, 'suspect', 'flag', '2025-03-01')::meso_audit.audit_finding AS f
FROM (VALUES
	(1, 'BAN', 1, 'P-1', 'line', 'v1', 's1', '1', NULL, '[{"setl_id": "s1", "feedetl_sn": "2"}, {"setl_id": "s1", "feedetl_sn": "10"},
		{"setl_id": "s1", "feedetl_sn": "99"}, {"setl_id": "s1"}, 5, {"setl_id": 1, "feedetl_sn": "1"}]', NULL, 1.10),
	(2, 'BAN', 1, NULL, 'operation', 'v1', NULL, NULL, '8', NULL, NULL, NULL),
	(3, 'BAN', 9, 'P-2', 'visit', 'v9', NULL, NULL, NULL, '{"setl_id": "s1", "feedetl_sn": "2"}', NULL, 'NaN'),
	(4, NULL, NULL, NULL, 'subject', NULL, NULL, NULL, NULL, '[]', '[2025-01-01,2025-02-01)', 0)
) AS c(n, code, version, point, level, mdtrt_id, setl_id, sn, row_no, related, period, amount);
SET LOCAL datestyle = 'German';
SET LOCAL timezone = 'Asia/Shanghai';
CREATE TEMPORARY TABLE built AS
SELECT b.* FROM meso_audit.build_evidence('rule', (SELECT array_agg(t.f) FROM truth t), '\x01ff', '{"of": "a model"}') b;
SET LOCAL datestyle = 'ISO';
SET LOCAL timezone = 'UTC';
SELECT results_eq($$SELECT finding_key, meso_audit.decompress_evidence(archive)::jsonb FROM built ORDER BY 1$$,
	$$SELECT (t.f).finding_key, json_strip_nulls(json_build_object('v', 1,
		'finding', json_build_object('source', 'rule', 'code', (t.f).source_code, 'version', (t.f).source_version, 'level', (t.f).level,
			'day', (t.f).judged_day, 'period', (t.f).period, 'amount', (t.f).amount, 'score', (t.f).score, 'certainty', (t.f).certainty,
			'point', (t.f).point_id, 'related', (t.f).related),
		'line', (SELECT to_json(l) FROM meso_audit.fee_line l WHERE l.setl_id = (t.f).setl_id AND l.feedetl_sn = (t.f).feedetl_sn),
		'settlement', (SELECT to_json(s) FROM meso_audit.settlement s WHERE s.setl_id = (t.f).setl_id),
		'visit', (SELECT to_json(v) FROM meso_audit.visit v WHERE v.mdtrt_id = (t.f).mdtrt_id),
		'person', (SELECT to_json(p) FROM meso_audit.person p WHERE p.psn_no = (t.f).psn_no),
		'institution', (SELECT to_json(i) FROM meso_audit.institution i WHERE i.fixmedins_code = (t.f).fixmedins_code),
		'diagnoses', (SELECT json_agg(d ORDER BY d.diag_srt_no) FROM meso_audit.diagnosis d WHERE d.mdtrt_id = (t.f).mdtrt_id),
		'operation', (SELECT to_json(o) FROM meso_audit.operation o WHERE (t.f).level = 'operation' AND o.mdtrt_id = (t.f).mdtrt_id
			AND o.oprn_srt_no = (t.f).row_no),
		'related', (SELECT json_agg(l ORDER BY l.setl_id COLLATE "C", l.feedetl_sn COLLATE "C") FROM meso_audit.fee_line l
			WHERE (t.f).source_code = 'BAN' AND (t.f).level = 'line' AND l.feedetl_sn IN ('2', '10')),
		'rule', COALESCE((SELECT to_json(r) FROM meso_audit.rule r WHERE r.code = (t.f).source_code AND r.version = (t.f).source_version),
			'{"of": "a model"}'),
		'point', (SELECT to_json(k) FROM meso_audit.knowledge_point k WHERE k.point_id = (t.f).point_id),
		'legal_basis', CASE WHEN (t.f).point_id = 'P-1' THEN 'Article 10' WHEN (t.f).source_version = 1 THEN 'Article 9' END,
		'extension', meso_audit.library_version(), 'rule_set', '01ff'))::jsonb
	FROM truth t ORDER BY 1$$,
	'every part is what it should be, whatever the session''s settings');
SELECT is_empty($$SELECT * FROM built WHERE digest <> meso_audit.evidence_digest(archive)$$, 'and the digest is that of its text');
SELECT is_empty($$SELECT * FROM meso_audit.build_evidence('rule', NULL, NULL)$$, 'of nothing there is no evidence');
SELECT is((SELECT count(DISTINCT b.digest) FROM meso_audit.build_evidence('model',
	(SELECT array_agg(t.f) FROM truth t, generate_series(1, 3000)), NULL) b), 4::bigint, 'nor does it matter how many come at once');
DELETE FROM hospital.fee_line WHERE feedetl_sn <> '1';

-- purging
SELECT is(meso_audit.purge_evidence('2026-01-01'), 0, 'evidence of an open finding is kept');
DELETE FROM hospital.fee_line;
SELECT meso_audit.reconcile('{p1}', NULL, NULL);
SELECT is(meso_audit.purge_evidence('2025-03-01'), 0, 'so is what is not old enough');
SELECT is(meso_audit.purge_evidence('2025-03-02'), 1, 'that of a withdrawn one goes');
SELECT is_empty($$SELECT * FROM meso_audit.verify_log('1 hour')$$, 'and the log is whole');

SELECT * FROM finish();
ROLLBACK;

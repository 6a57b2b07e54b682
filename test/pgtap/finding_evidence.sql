-- Evidence: what goes in comes out, other bytes are refused, what is purged is
-- still proven.
BEGIN;
SELECT plan(27);

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

-- purging
SELECT is(meso_audit.purge_evidence('2026-01-01'), 0, 'evidence of an open finding is kept');
DELETE FROM hospital.fee_line;
SELECT meso_audit.reconcile('{p1}', NULL, NULL);
SELECT is(meso_audit.purge_evidence('2025-03-01'), 0, 'so is what is not old enough');
SELECT is(meso_audit.purge_evidence('2025-03-02'), 1, 'that of a withdrawn one goes');
SELECT is_empty($$SELECT * FROM meso_audit.verify_log('1 hour')$$, 'and the log is whole');

SELECT * FROM finish();
ROLLBACK;

-- Limits read from texts in the official style. The texts and what they mean
-- were written by hand (test/data/limits_expected.csv, and
-- limits_second_reader.csv by another hand, the first half before it had seen the readers);
-- nothing is copied from a published file.
BEGIN;
CREATE TEMPORARY TABLE expected (
	kind text, item_name text, constraint_text text, codes text[], limits jsonb, understood text, reason text);
\copy expected FROM 'test/data/limits_expected.csv' CSV HEADER
\copy expected FROM 'test/data/limits_second_reader.csv' CSV HEADER
SELECT plan(count(*)::integer + 7) FROM expected;

SELECT is(
	(r.limits, r.understood)::text, (e.limits, e.understood)::text,
	concat_ws(' ', e.kind, e.item_name, e.constraint_text, '-', e.reason))
FROM expected e, meso_audit.read_limits(meso_audit.kind_code_of(e.kind), e.item_name, e.constraint_text, e.codes) r;

SELECT cmp_ok(count(*), '>=', 200::bigint, 'enough texts') FROM expected;
SELECT is_empty(
	$$SELECT kind FROM expected WHERE meso_audit.kind_code_of(kind) IS NULL$$,
	'every kind is known');
-- Nothing that is not understood is read from an empty or hostile text.
SELECT is_empty(
	$$SELECT k.kind_code, t.t FROM meso_audit.rule_kind k,
		(VALUES (NULL), (''), ('。'), ('×'), ('限'), (repeat('岁', 2000)), (repeat('限3-', 500)), (repeat('(', 500)), (E'\\'), ('%'),
			('99999999999999999999天'), ('支付不超过99999天'), (chr(1)), (repeat('经', 3000))) AS t(t),
		meso_audit.read_limits(k.kind_code, t.t, t.t, ARRAY['A','B']) r
	WHERE r.understood = 'understood'$$,
	'empty and hostile texts are not understood');
SELECT is((meso_audit.read_limits('GZ10000101007000', 'x', '限儿童', NULL, 13)).limits,
	'{"attribute": "age", "op": "<=", "value": 13}', 'the end of childhood can be given');
SELECT is((meso_audit.read_limits('GZ10000101007000', 'x', '限16岁以下儿童', NULL, 13)).limits,
	'{"attribute": "age", "op": "<=", "value": 16}', 'a number in the text wins');
SELECT is((meso_audit.read_limits('NOKIND', 'x', '限男性', NULL)).understood, 'unparsed', 'an unknown kind is not read');
SELECT results_eq(
	$$SELECT meso_audit.kind_code_of(n) FROM (VALUES (1, '无指征住院(低标准入院)'), (2, '无指征住院'), (3, ' gz10000101001000 '),
		(4, '药品限最大支付天数/开药量'), (5, '医用耗材限儿童使用'), (6, 'Split hospital stay'), (7, '没有的种类')) AS v(i, n) ORDER BY i$$,
	ARRAY['GZ10000204005000', 'GZ10000204005000', 'GZ10000101001000', 'GZ88009', 'GZ10000103002000', 'GZ10000204001000', NULL],
	'kinds are found by code, name and spelling');
SELECT * FROM finish();
ROLLBACK;

-- Rules of the house that the catalog shows, over every object of the
-- extension. What breaks a rule is listed.
BEGIN;
SELECT plan(16);

CREATE TEMPORARY VIEW member AS
SELECT d.classid, d.objid
FROM pg_depend d
JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
WHERE e.extname = 'meso_audit' AND d.deptype = 'e';

CREATE TEMPORARY VIEW member_function AS
SELECT p.*, p.oid::regprocedure::text AS identity, l.lanname
FROM pg_proc p
JOIN pg_language l ON l.oid = p.prolang
JOIN member m ON m.classid = 'pg_proc'::regclass AND m.objid = p.oid;

CREATE TEMPORARY VIEW member_relation AS
SELECT c.*, c.oid::regclass::text AS identity
FROM pg_class c
JOIN member m ON m.classid = 'pg_class'::regclass AND m.objid = c.oid;

SELECT is_empty(
	$$SELECT identity FROM member_function WHERE obj_description(oid, 'pg_proc') IS NULL$$,
	'every function, aggregate and procedure has a comment');

SELECT is_empty(
	$$SELECT identity FROM member_relation
	WHERE relkind IN ('r', 'p', 'v', 'm', 'f') AND obj_description(oid, 'pg_class') IS NULL$$,
	'every table and view has a comment');

SELECT is_empty(
	$$SELECT identity || '.' || a.attname FROM member_relation c
	JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
	WHERE c.relkind IN ('r', 'p', 'f') AND col_description(c.oid, a.attnum) IS NULL$$,
	'every column of a table has a comment');

SELECT is_empty(
	$$SELECT identity || '.' || a.attname FROM member_relation c
	JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
	WHERE c.relkind IN ('v', 'm') AND col_description(c.oid, a.attnum) IS NULL$$,
	'every column of a view has a comment');

SELECT is_empty(
	$$SELECT t.oid::regtype::text FROM pg_type t
	JOIN member m ON m.classid = 'pg_type'::regclass AND m.objid = t.oid
	LEFT JOIN pg_class c ON c.oid = t.typrelid
	WHERE t.typcategory <> 'A' AND (c.oid IS NULL OR c.relkind = 'c')
		AND obj_description(t.oid, 'pg_type') IS NULL$$,
	'every type has a comment');

SELECT is_empty(
	$$SELECT t.oid::regtype || '.' || a.attname FROM pg_type t
	JOIN member m ON m.classid = 'pg_type'::regclass AND m.objid = t.oid
	JOIN pg_class c ON c.oid = t.typrelid AND c.relkind = 'c'
	JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
	WHERE col_description(c.oid, a.attnum) IS NULL$$,
	'every column of a row type has a comment');

SELECT is_empty(
	$$SELECT identity FROM member_relation WHERE relkind = 'S' AND obj_description(oid, 'pg_class') IS NULL$$,
	'every sequence has a comment');

SELECT is_empty(
	$$SELECT identity FROM member_function p WHERE lanname = 'c' AND prokind = 'f' AND NOT proisstrict
		AND 'internal'::regtype <> ALL (proargtypes::oid[])
		AND prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype)
		AND obj_description(oid, 'pg_proc') !~* 'null'
		-- support functions of an aggregate are called with NULL by design
		AND NOT EXISTS (SELECT FROM pg_aggregate a WHERE p.oid IN
			(a.aggtransfn, a.aggfinalfn, a.aggcombinefn, a.aggserialfn, a.aggdeserialfn,
			a.aggmtransfn, a.aggminvtransfn, a.aggmfinalfn))$$,
	'a C function is strict, or its comment says what NULL means');

SELECT is_empty(
	$$SELECT identity FROM member_function WHERE prosecdef
		AND NOT EXISTS (SELECT FROM unnest(proconfig) s WHERE s ~ '^search_path=.*pg_temp"?$')$$,
	'SECURITY DEFINER comes with a search_path that ends in pg_temp');

SELECT is_empty(
	$$SELECT identity FROM member_function WHERE prosecdef
		AND prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype)
		AND EXISTS (
			SELECT FROM aclexplode(coalesce(proacl, acldefault('f', proowner))) a
			WHERE a.grantee = 0 AND a.privilege_type = 'EXECUTE')$$,
	'SECURITY DEFINER is not for PUBLIC');

SELECT is_empty(
	$$SELECT identity FROM member_function p WHERE lanname = 'plpgsql'
		AND NOT EXISTS (SELECT FROM unnest(proconfig) s WHERE s LIKE 'search_path=%')
		-- a procedure that commits cannot have one
		AND NOT (prokind = 'p' AND prosrc ~* '\mcommit\M')$$,
	'PL/pgSQL has a search_path of its own');

SELECT is_empty(
	$$SELECT identity FROM member_function WHERE pronamespace <> 'meso_audit'::regnamespace
	UNION ALL
	SELECT identity FROM member_relation WHERE relnamespace <> 'meso_audit'::regnamespace$$,
	'every object is in the schema of the extension');

SELECT is_empty(
	$$SELECT identity || '.' || a.attname FROM member_relation c
	JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
	WHERE c.relkind IN ('r', 'p')
		AND a.atttypid IN ('regproc'::regtype, 'regprocedure'::regtype, 'regoper'::regtype,
			'regoperator'::regtype, 'regconfig'::regtype, 'regdictionary'::regtype)$$,
	'no table stores what pg_upgrade refuses');

SELECT is_empty(
	$$SELECT identity FROM member_relation c
	WHERE relkind = 'S' AND NOT EXISTS (
		SELECT FROM pg_extension e WHERE c.oid = ANY (e.extconfig))
		AND EXISTS (
			SELECT FROM pg_depend d JOIN pg_extension e ON d.refobjid = ANY (e.extconfig)
			WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i'))$$,
	'the sequence of a dumped table is dumped');

SELECT is_empty(
	$$SELECT identity FROM member_relation c
	WHERE relkind IN ('r', 'p') AND EXISTS (
		SELECT FROM aclexplode(coalesce(relacl, acldefault('r', relowner))) a
		WHERE a.grantee = 0 AND a.privilege_type <> 'SELECT')$$,
	'PUBLIC writes to no table');

SELECT is_empty(
	$$SELECT identity FROM member_relation c
	WHERE relkind IN ('r', 'p') AND NOT EXISTS (
		SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary)
		AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid)$$,
	'every table has an index');

SELECT * FROM finish();
ROLLBACK;

-- Facts and roles against the catalog.
BEGIN;
SELECT plan(8);
SET client_min_messages = warning;
SELECT meso_audit.setup();

SELECT is_empty(
	$$SELECT g.office, g.object FROM meso_audit.office_grant g
	WHERE g.privilege = 'SELECT' AND to_regclass('meso_audit.' || quote_ident(g.object)) IS NULL
		OR g.privilege = 'EXECUTE' AND NOT EXISTS (
			SELECT FROM pg_proc p WHERE p.proname = g.object AND p.pronamespace = 'meso_audit'::regnamespace)$$,
	'every object in the matrix of grants exists');

SELECT is_empty(
	$$SELECT c.conrelid::regclass, c.conname
	FROM pg_constraint c JOIN pg_extension e ON c.conrelid = ANY (e.extconfig) AND c.confrelid = ANY (e.extconfig)
	WHERE e.extname = 'meso_audit' AND c.contype = 'f' AND c.conrelid <> c.confrelid$$,
	'no dumped table refers to another: parallel restores fill them in any order');

SELECT is_empty(
	$$SELECT c.oid::regclass FROM pg_class c
	WHERE c.oid IN (SELECT meso_audit.members('pg_class')) AND c.relkind = 'r'
		AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'origin')
		AND NOT EXISTS (
			SELECT FROM pg_extension e, unnest(e.extconfig, e.extcondition) AS d(rel, condition)
			WHERE e.extname = 'meso_audit' AND d.rel = c.oid AND d.condition LIKE '%origin%local%')$$,
	'of tables with shipped rows the local ones are dumped');

SELECT is_empty(
	$$SELECT DISTINCT w.ev_class::regclass
	FROM pg_rewrite w
	JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid AND d.refclassid = 'pg_class'::regclass
	JOIN meso_audit.fact f ON d.refobjid = meso_audit.fact_view(f.fact)
	WHERE w.ev_class IN (SELECT meso_audit.members('pg_class'))$$,
	'no member of the extension depends on a fact view');

SELECT is_empty(
	$$SELECT p.oid::regprocedure FROM pg_proc p
	WHERE p.oid IN (SELECT meso_audit.members('pg_proc')) AND p.prosqlbody IS NOT NULL AND EXISTS (
		SELECT FROM pg_depend d JOIN meso_audit.fact f ON d.refobjid = meso_audit.fact_view(f.fact)
		WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid)$$,
	'nor does a function');

SELECT is_empty(
	$$SELECT p.oid::regprocedure FROM pg_proc p
	WHERE p.oid IN (SELECT meso_audit.members('pg_proc')) AND p.prosecdef AND p.proowner <> 'meso_audit_engine'::regrole$$,
	'writers belong to the engine');

SELECT is_empty(
	$$SELECT c.oid::regclass FROM pg_class c
	WHERE c.relnamespace = 'meso_audit'::regnamespace AND c.relkind = 'v'
		AND c.oid NOT IN (SELECT meso_audit.members('pg_class')) AND c.relowner <> 'meso_audit_engine'::regrole$$,
	'views outside the extension belong to the engine');

SELECT is(
	(SELECT count(*)::integer FROM meso_audit.fact_column c
	 WHERE NOT EXISTS (
		SELECT FROM pg_attribute a
		WHERE a.attrelid = meso_audit.fact_view(c.fact) AND a.attname = c.column_name
			AND a.atttypid = c.data_type::regtype AND a.atttypmod = -1 AND a.attcollation IN (0, 100))),
	0, 'the fact views have the contract''s columns and types');

SELECT * FROM finish();
ROLLBACK;

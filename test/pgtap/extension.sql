-- The extension and what an administrator relies on.
BEGIN;
SELECT plan(3);

SELECT has_extension('meso_audit'::name);
SELECT is(
	(SELECT extrelocatable FROM pg_extension WHERE extname = 'meso_audit'),
	false, 'the schema is fixed');
SELECT is(
	(SELECT extversion FROM pg_extension WHERE extname = 'meso_audit'),
	meso_audit.library_version(), 'the library fits the SQL');

SELECT * FROM finish();
ROLLBACK;

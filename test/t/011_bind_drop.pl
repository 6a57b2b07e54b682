# What dropping takes and what it must not take; schemas and bound views of
# people who mean harm.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use MesoTest;

my $node = MesoTest::node('bind_drop');

sub refused
{
	my ($db, $sql, $why, $what) = @_;
	my ($ret, $out, $err) = $node->psql($db, $sql);

	isnt($ret, 0, $what);
	like($err, $why, "$what: says why");
}

sub run
{
	my ($db, $sql) = @_;
	return $node->safe_psql($db, "SET client_min_messages = warning; $sql");
}

my $finding = q{INSERT INTO meso_audit.finding
	(finding_key, source, source_code, level, psn_no, setl_id, fixmedins_code, judged_day, certainty, found_by)
	VALUES ('\x01', 'rule', 'R', 'line', 'p1', 's1', 'h1', '2025-01-01', 'suspect', 'batch');};

# A bound table goes, with CASCADE: the binding goes with it, nothing else.
run('postgres', qq{SELECT meso_audit.create_fact_tables('own'); SELECT meso_audit.create_roles('drop'); $finding});
refused('postgres', 'DROP TABLE own.fee_line', qr/depend/, 'a bound table does not go without CASCADE');
run('postgres', 'DROP TABLE own.fee_line CASCADE; DROP TABLE own.institution CASCADE');
is(run('postgres', 'SELECT count(*) FROM meso_audit.finding'), '1', 'with CASCADE the findings stay');
is(run('postgres', q{SELECT string_agg(fact, ' ' ORDER BY fact) FROM meso_audit.fact_status WHERE relation IS NULL}),
	'fee_line institution', 'and the other facts');
is(run('postgres', q{SELECT string_agg(fact, ' ' ORDER BY fact) FROM meso_audit.fact_status, unnest(problems) p
	WHERE p LIKE '%view is missing%'}), 'fee_line institution', 'fact_status says what went');
refused('postgres', q{CALL meso_audit.run_audit('[2025-01-01,2026-01-01)')},
	qr/fact views are missing: institution, fee_line.*bind_fact/s, 'an audit without the fact');
run('postgres', 'CREATE TABLE own.fee_line (setl_id text, feedetl_sn text, psn_no text, fixmedins_code text,
	fee_ocur_time timestamp, med_list_codg text, cnt numeric, det_item_fee_sumamt numeric, PRIMARY KEY (setl_id, feedetl_sn));
	CREATE INDEX ON own.fee_line (psn_no, fee_ocur_time)');
run('postgres', q{SELECT meso_audit.bind_fact('fee_line', 'own.fee_line')});
run('postgres', q{CALL meso_audit.run_audit('[2020-01-01,2020-02-01)')});
pass('once bound anew, an audit runs');
is(run('postgres', 'SELECT count(*) FROM meso_audit.fee_line'), '0', 'it can be bound anew');
is(run('postgres', q{SELECT has_table_privilege('drop_auditor', 'meso_audit.fee_line', 'SELECT')
	AND has_table_privilege('drop_auditor', 'meso_audit.my_finding', 'SELECT')}), 't',
	'and what went with it is back, with its grants');

# The extension is not lost while it holds findings.
my $guarded = qr/holds findings and is not dropped/;
refused('postgres', 'DROP EXTENSION meso_audit', qr/$guarded|other objects depend/, 'DROP EXTENSION');
refused('postgres', 'DROP EXTENSION meso_audit CASCADE', $guarded, 'DROP EXTENSION CASCADE');
refused('postgres', 'DROP SCHEMA meso_audit CASCADE', $guarded, 'DROP SCHEMA CASCADE');
refused('postgres', q{DO 'BEGIN DROP EXTENSION meso_audit CASCADE; END'}, $guarded, 'DROP EXTENSION inside a block');
refused('postgres', 'CREATE SCHEMA other; DROP SCHEMA other, meso_audit CASCADE', $guarded, 'DROP SCHEMA of several');
refused('postgres', q{SET meso_audit_guard.findings = ''; DROP EXTENSION meso_audit CASCADE}, $guarded, 'with the note forged');
run('postgres', 'CREATE ROLE drop_owner SUPERUSER');
is(run('postgres', 'SELECT count(*) FROM meso_audit.finding'), '1', 'the finding is still there');
run('postgres', 'DROP SCHEMA IF EXISTS other; DROP TABLE own.budget CASCADE');
pass('other things may be dropped');
run('postgres', 'DELETE FROM meso_audit.finding');
run('postgres', 'BEGIN; DROP EXTENSION meso_audit CASCADE; ROLLBACK');
pass('without findings it may go');
run('postgres', $finding);
run('postgres', 'DROP EVENT TRIGGER meso_audit_guard_drop; DROP EXTENSION meso_audit CASCADE');
pass('and when the guard is dropped first');
is(run('postgres', q{SELECT count(*) > 0 FROM own.person}), 'f', 'tables of the user stay');

# Installed once more over what was left.
run('postgres', 'CREATE EXTENSION meso_audit; SELECT meso_audit.setup()');
is(run('postgres', q{SELECT relation FROM meso_audit.fact_status WHERE fact = 'person'}), 'own.person', 'the bindings that were left count again');
is(run('postgres', 'SELECT count(*) FROM pg_event_trigger'), '2', 'the guard is whole again');

# The extension belongs to a role that is dropped with all it owns.
MesoTest::database($node, 'owned');
run('owned', "SELECT meso_audit.setup(); $finding");
$node->safe_psql('owned', q{UPDATE pg_extension SET extowner = 'drop_owner'::regrole WHERE extname = 'meso_audit';
	INSERT INTO pg_shdepend SELECT d.oid, 'pg_extension'::regclass, e.oid, 0, 'pg_authid'::regclass, 'drop_owner'::regrole, 'o'
	FROM pg_database d, pg_extension e WHERE d.datname = 'owned' AND e.extname = 'meso_audit'});
refused('owned', 'DROP OWNED BY drop_owner CASCADE', $guarded, 'DROP OWNED');

# A schema that somebody prepared.
my %prepared = (
	'owned by another' => ['CREATE SCHEMA meso_audit AUTHORIZATION mallory', qr/belongs to mallory/],
	'open to another' => ['CREATE SCHEMA meso_audit; GRANT CREATE ON SCHEMA meso_audit TO mallory', qr/mallory may create/],
	'open to all' => ['CREATE SCHEMA meso_audit; GRANT CREATE ON SCHEMA meso_audit TO PUBLIC', qr/PUBLIC may create/],
	'with a function' => [q{CREATE SCHEMA meso_audit; GRANT ALL ON SCHEMA meso_audit TO mallory; SET ROLE mallory;
		CREATE FUNCTION meso_audit.eq(varchar, text) RETURNS boolean LANGUAGE sql AS 'SELECT true'; RESET ROLE;
		REVOKE ALL ON SCHEMA meso_audit FROM mallory}, qr/mallory owns something/],
	'with an operator' => [q{CREATE SCHEMA meso_audit; GRANT ALL ON SCHEMA meso_audit TO mallory; SET ROLE mallory;
		CREATE OPERATOR meso_audit.= (LEFTARG = text, RIGHTARG = text, FUNCTION = texteq); RESET ROLE;
		REVOKE ALL ON SCHEMA meso_audit FROM mallory}, qr/mallory owns something/],
	'with a table' => [q{CREATE SCHEMA meso_audit; CREATE TABLE meso_audit.person (psn_no text);
		ALTER TABLE meso_audit.person OWNER TO mallory}, qr/mallory owns something/]);
run('postgres', 'CREATE ROLE mallory');
foreach my $how (sort keys %prepared)
{
	my ($sql, $why) = @{ $prepared{$how} };

	$node->safe_psql('postgres', 'CREATE DATABASE prepared TEMPLATE template0');
	run('prepared', $sql);
	refused('prepared', 'CREATE EXTENSION meso_audit', $why, "a schema $how");
	$node->safe_psql('postgres', 'DROP DATABASE prepared');
}
$node->safe_psql('postgres', 'CREATE DATABASE prepared TEMPLATE template0');
run('prepared', 'CREATE SCHEMA meso_audit; CREATE EXTENSION meso_audit; SELECT meso_audit.setup()');
is(run('prepared', 'SELECT meso_audit.is_set_up()'), 't', 'an empty schema of the installer is taken');

# A role that was there before, with more rights than the engine may have.
run('postgres', 'CREATE ROLE boss CREATEROLE; GRANT boss TO meso_audit_engine');
refused('prepared', 'SELECT meso_audit.setup()', qr/rights that it must not have/, 'an engine that is a member of a role');
run('postgres', 'REVOKE boss FROM meso_audit_engine; ALTER ROLE meso_audit_engine LOGIN');
refused('prepared', 'SELECT meso_audit.setup()', qr/rights that it must not have/, 'an engine that may log in');
run('postgres', 'ALTER ROLE meso_audit_engine NOLOGIN');

# A hostile search path while everything is created and used.
$node->safe_psql('postgres', 'CREATE DATABASE path TEMPLATE template0');
run('path', q{
	CREATE SCHEMA evil;
	CREATE TABLE evil.log (what text);
	CREATE FUNCTION evil.trap(what text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN INSERT INTO evil.log VALUES (what); RETURN what; END $$;
	CREATE FUNCTION evil.format(text, VARIADIC text[]) RETURNS text LANGUAGE sql AS 'SELECT evil.trap(''format'')';
	CREATE FUNCTION evil.string_agg(text, text) RETURNS text LANGUAGE sql AS 'SELECT evil.trap(''string_agg'')';
	CREATE FUNCTION evil.concat(text, text) RETURNS text LANGUAGE sql AS 'SELECT evil.trap(''concat'')';
	CREATE OPERATOR evil.|| (LEFTARG = text, RIGHTARG = text, FUNCTION = evil.concat);
	CREATE FUNCTION evil.eq(text, text) RETURNS boolean LANGUAGE sql AS 'SELECT evil.trap(''='') IS NULL';
	CREATE OPERATOR evil.= (LEFTARG = text, RIGHTARG = text, FUNCTION = evil.eq);
	CREATE FUNCTION evil.eq(name, text) RETURNS boolean LANGUAGE sql AS 'SELECT evil.trap(''='') IS NULL';
	CREATE OPERATOR evil.= (LEFTARG = name, RIGHTARG = text, FUNCTION = evil.eq);
	CREATE TABLE evil.fact (fact text, seq integer, label_zh text, about text);
	CREATE TABLE evil.fact_column (pos integer, fact text, column_name text, data_type text, required boolean, key_pos integer, label_zh text, about text);
	CREATE TABLE evil.pg_class (oid oid, relname name)});
my $path = 'SET search_path = evil, pg_catalog, public;';
run('path', "$path CREATE EXTENSION meso_audit");
run('path', "$path SELECT meso_audit.create_fact_tables('own')");
run('path', "$path SELECT meso_audit.create_roles('path')");
is(run('path', "$path SELECT meso_audit.is_set_up()"), 't', 'set up');
is(run('path', "$path SELECT count(relation) FROM meso_audit.fact_status"), '13', 'all bound');
is(run('path', 'SELECT count(*) FROM evil.log'), '0', 'nothing was captured');

# A bound view that calls its owner's function: that runs as the engine, and
# the engine may nothing.
run('postgres', 'CREATE ROLE dba; GRANT meso_audit_engine TO dba');
run('path', q{GRANT CREATE ON DATABASE path TO dba});
run('path', q{
	SET ROLE dba;
	CREATE SCHEMA dba;
	GRANT USAGE, CREATE ON SCHEMA dba TO PUBLIC;
	CREATE TABLE dba.s (setl_id text PRIMARY KEY, psn_no text, fixmedins_code text, setl_time timestamp);
	INSERT INTO dba.s VALUES ('s1', 'p1', 'h1', '2025-01-01');
	CREATE FUNCTION dba.whoami(text) RETURNS text LANGUAGE plpgsql VOLATILE AS $$
	BEGIN
		RAISE WARNING 'runs as %', current_user;
		IF current_user <> 'dba' THEN
			BEGIN
				EXECUTE 'ALTER ROLE dba SUPERUSER';
				RAISE WARNING 'escalated';
			EXCEPTION WHEN OTHERS THEN
				RAISE WARNING 'refused: %', SQLERRM;
			END;
		END IF;
		RETURN $1;
	END $$;
	CREATE VIEW dba.v AS SELECT dba.whoami(setl_id) AS setl_id, psn_no, fixmedins_code, setl_time FROM dba.s;
	SELECT meso_audit.bind_fact('settlement', 'dba.v');
	RESET ROLE});
run('path', $finding);
my ($ret, $out, $err) = $node->psql('path', q{SELECT meso_audit.reconcile('{p1}', '(,)', '{}')});
like($err, qr/runs as meso_audit_engine/, 'a function in a bound view runs as the engine');
unlike($err, qr/escalated|runs as (?!meso_audit_engine|dba)/, 'and gains nothing');
is(run('path', q{SELECT rolsuper FROM pg_roles WHERE rolname = 'dba'}), 'f', 'its owner is what he was');

$node->stop;
done_testing();

# The previous release, updated, equals a fresh installation in everything
# that the catalog knows.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use MesoTest;

my $node = MesoTest::node('upgrade');

my $previous = $node->safe_psql('postgres', q{
	SELECT source FROM pg_extension_update_paths('meso_audit')
	JOIN pg_extension ON target = extversion AND extname = 'meso_audit'
	WHERE path IS NOT NULL AND source IN (
		SELECT version FROM pg_available_extension_versions WHERE name = 'meso_audit')
	ORDER BY string_to_array(source, '.')::int[] DESC LIMIT 1});
like($previous, qr/^\d+\.\d+\.\d+$/, "there is a previous release: $previous");

$node->safe_psql('postgres', 'CREATE DATABASE upgraded TEMPLATE template0');
$node->safe_psql('upgraded', "CREATE EXTENSION meso_audit VERSION '$previous'");
my @before = MesoTest::fingerprint($node, 'upgraded');
$node->safe_psql('upgraded', 'ALTER EXTENSION meso_audit UPDATE');

my @upgraded = MesoTest::fingerprint($node, 'upgraded');
my @fresh = MesoTest::fingerprint($node, 'postgres');

cmp_ok(scalar(@fresh), '>', 100, 'the fingerprint has substance');
isnt(join("\n", @before), join("\n", @fresh), 'the releases differ');
is_deeply(\@upgraded, \@fresh, 'updated equals fresh')
  or MesoTest::diag_diff(\@upgraded, \@fresh);

# What is bound stays bound: fact views are no members of the extension.
$node->safe_psql('postgres', 'CREATE DATABASE bound TEMPLATE template0');
$node->safe_psql('bound', "CREATE EXTENSION meso_audit VERSION '$previous'");

my ($ret, $out, $err) = $node->psql('bound', q{SELECT meso_audit.create_fact_tables('claims')});
isnt($ret, 0, 'the new library does not work with old SQL');
like($err, qr/library and SQL objects have different versions/, 'and says so');

# The old library would have bound them; its version is lent for a moment.
$node->safe_psql('bound', qq{
	UPDATE pg_extension SET extversion = meso_audit.library_version() WHERE extname = 'meso_audit';
	SELECT meso_audit.create_fact_tables('claims');
	INSERT INTO claims.institution (fixmedins_code) VALUES ('H1');
	UPDATE pg_extension SET extversion = '$previous' WHERE extname = 'meso_audit';
	ALTER EXTENSION meso_audit UPDATE});
is( $node->safe_psql('bound', 'SELECT fixmedins_code FROM meso_audit.institution'),
	'H1', 'facts are read after the update');
is( $node->safe_psql('bound', q{
	SELECT count(*) FROM pg_depend d JOIN pg_extension e ON d.refobjid = e.oid
	WHERE e.extname = 'meso_audit' AND d.deptype = 'e' AND d.classid = 'pg_class'::regclass
		AND d.objid = 'meso_audit.institution'::regclass}),
	'0', 'and the update made no member of a fact view');

# The fingerprint would notice: one change of each sort that scripts forget.
my %change = (
	'a cost' => 'ALTER FUNCTION meso_audit.library_version() COST 7',
	'a setting' => 'ALTER FUNCTION meso_audit.library_version() SET search_path = pg_catalog',
	'a privilege' => 'REVOKE EXECUTE ON FUNCTION meso_audit.library_version() FROM PUBLIC',
	'a comment' => 'COMMENT ON COLUMN meso_audit.rule.code IS NULL',
	'a default' => 'ALTER TABLE meso_audit.rule ALTER status SET DEFAULT \'active\'',
	'an index' => 'DROP INDEX meso_audit.knowledge_code_code_idx',
	'a view' => 'CREATE OR REPLACE VIEW meso_audit.point_in_force AS SELECT * FROM meso_audit.knowledge_point',
	'a shipped row' => q{INSERT INTO meso_audit.rule_kind (kind_code, name_zh, name_en, origin) VALUES ('x', 'x', 'x', 'shipped')},
	'a dumped table' => q{UPDATE pg_extension SET extcondition[1] = 'WHERE true' WHERE extname = 'meso_audit'});

foreach my $what (sort keys %change)
{
	my @changed = MesoTest::fingerprint($node, 'upgraded', $change{$what});
	isnt(join("\n", @changed), join("\n", @fresh), "$what forgotten is noticed");
}

$node->stop;
done_testing();

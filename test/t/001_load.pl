# The library loads anywhere and fits its SQL; a wrong pairing is refused.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use MesoTest;

my $node = MesoTest::node('load');

is( $node->safe_psql(
		'postgres',
		"SELECT meso_audit.library_version() = extversion FROM pg_extension WHERE extname = 'meso_audit'"),
	't',
	'library and SQL have one version');

$node->safe_psql('postgres',
	"CREATE DATABASE latin ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0");
my ($ret, $out, $err) = $node->psql('latin', 'CREATE EXTENSION meso_audit');
isnt($ret, 0, 'another encoding is refused');
like($err, qr/needs a UTF8 database/, 'and the message says why');

$node->stop;
done_testing();

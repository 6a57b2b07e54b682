# The first audit of the README, as a reader would type it, in both languages.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use MesoTest;

my $node = MesoTest::node('readme');

foreach my $page ('README.md', 'README.zh-CN.md')
{
	my $text = PostgreSQL::Test::Utils::slurp_file($page);
	my ($sql) = $text =~ /^```sql\n(.*?)^```/ms;
	my $db = 'readme_' . ($page =~ /zh/ ? 'zh' : 'en');

	ok(defined $sql, "$page shows SQL") or next;
	$node->safe_psql('postgres', "CREATE DATABASE $db TEMPLATE template0");
	$node->safe_psql($db, $sql);
	is( $node->safe_psql($db,
			'SELECT source_code, setl_id, feedetl_sn, amount, status FROM meso_audit.finding'),
		'INJ2|S1|2|20.00|open',
		"$page: the third injection is found");
	is( $node->safe_psql($db,
			'SELECT count(*) FROM meso_audit.finding WHERE meso_audit.evidence_json(finding_id) IS NOT NULL'),
		'1',
		"$page: with its evidence");
}

$node->stop;
done_testing();

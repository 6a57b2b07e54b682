# Every question of doc/functions/cookbook.md, asked of a small synthetic
# province.
use strict;
use warnings;
use MesoTest;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = MesoTest::node('cookbook');
{
	local %ENV = (
		%ENV, PGHOST => $node->host, PGPORT => $node->port,
		PERSONS => 600, CASES => 1, WORKERS => 1, OFFICIAL => '', MESO_OUT => $node->basedir);
	system_or_bail('bash', '-c', 'demo/run >/dev/null');
}

my @question = slurp_file('doc/functions/cookbook.md') =~ /^## (\d+\. [^\n]+)\n(.*?)(?=^## |\z)/msg;
is(@question / 2, 20, 'twenty questions');

# those that every province gives rows for
my %always = map { $_ => 1 } (2, 11, 14, 15, 17, 19, 20);
while (my ($title, $body) = splice @question, 0, 2)
{
	my ($number) = $title =~ /^(\d+)/;
	my ($query) = $body =~ /^```sql\n(.*?)^```/ms;
	my ($out, $err) = ('', '');
	my $status = $node->psql('meso_audit_demo', "SET search_path = meso_audit, public;\n$query", stdout => \$out, stderr => \$err);

	is($status, 0, $title) or diag($err);
	isnt($out, '', "$title: some rows") if $always{$number};
}

done_testing();

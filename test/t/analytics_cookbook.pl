# Every question of doc/functions/cookbook.md, asked of the synthetic province:
# the answer is the one printed, the plan has the steps that are named.
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
		PERSONS => 4300, WORKERS => 2, OFFICIAL => '', MESO_SHARED => '', MESO_OUT => $node->basedir);
	system_or_bail('bash', '-c', 'demo/run >/dev/null');
}

# ask QUERY: rows of trimmed fields
sub ask
{
	my ($query) = @_;
	my ($out, $err) = ('', '');
	my $status = $node->psql('meso_audit_demo',
		"SET search_path = meso_audit, public; SET max_parallel_workers_per_gather = 0; SET jit = off;\n$query",
		stdout => \$out, stderr => \$err);
	diag($err) if $status != 0;
	return $status == 0 ? $out : undef;
}

# printed TABLE: a table as psql prints it, as -A -t would
sub printed
{
	my (undef, undef, @rows) = split /\n/, $_[0];
	return join "\n", map { join '|', map { s/^\s+|\s+$//gr } split /\|/ } @rows;
}

my @question = slurp_file('doc/functions/cookbook.md') =~ /^## (\d+\. [^\n]+)\n(.*?)(?=^## |\z)/msg;
is(@question / 2, 20, 'twenty questions');
while (my ($title, $body) = splice @question, 0, 2)
{
	my ($query) = $body =~ /^```sql\n(.*?)^```/ms;
	my ($answer) = $body =~ /^```text\n(.*?)^```/ms;
	my ($plan) = $body =~ /^Plan: (.*)$/m;

	is(ask($query), printed($answer), "$title: the answer");
	my $steps = ask("EXPLAIN (COSTS OFF) $query") // '';
	my @absent = grep { $steps !~ /\Q$_\E/ } $plan =~ /\*\*(.+?)\*\*/g;
	is("@absent", '', "$title: the plan") or diag($steps);
}

done_testing();

# The pages about cases and views: the walk runs as printed, the reference is the
# catalog's, the commands to make the views work.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use MesoTest;

my $node = MesoTest::node('credit_doc');

# "```sql" is typed; "```text" right after it is what comes back.
sub walk
{
	my ($page) = @_;
	my $text = PostgreSQL::Test::Utils::slurp_file($page);
	my (@blocks, @wanted, $out);

	while ($text =~ /^```sql\n(.*?)^```\n(?:\n```text\n(.*?)^```\n)?/msg)
	{
		push @blocks, $1;
		push @wanted, $2;
	}
	my $script = "\\set SHOW_CONTEXT never\nSET client_min_messages = warning;\n" . join("\n\\echo <<next>>\n", @blocks);
	IPC::Run::run([ 'psql', '-X', '-q', '-p', $node->port, '-h', $node->host, '-d', 'postgres' ], '<', \$script, '>&', \$out);
	my @printed = map { s/^\n+|\n+$//gr } split /<<next>>\n/, $out, -1;
	foreach my $i (0 .. $#blocks)
	{
		my ($first) = $blocks[$i] =~ /^(.*)/;
		if (defined $wanted[$i])
		{
			is($printed[$i], $wanted[$i] =~ s/\n+$//r, "$page: $first");
		}
		else
		{
			unlike($printed[$i], qr/ERROR/, "$page: $first");
		}
	}
	return scalar @blocks;
}

cmp_ok(walk('doc/cases.md'), '>', 5, 'the walk has commands');
cmp_ok(walk('doc/views.md'), '>', 0, 'so have the views');
my ($have) = PostgreSQL::Test::Utils::slurp_file('doc/views.md') =~ /^## Reference\n(.*)/ms;
my $want = $node->safe_psql('postgres', PostgreSQL::Test::Utils::slurp_file('tools/views_reference.sql'));
is($have =~ s/\s+$//r, $want =~ s/\s+$//r, 'the reference of views is the catalog\'s (tools/views_reference.sql)');
$node->stop;
done_testing();

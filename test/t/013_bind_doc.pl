# The pages for the DBA: the tutorial's commands run as printed and print what
# stands below them; tables out of the catalog are the catalog's; uninstalling
# as described leaves nothing.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use MesoTest;

my $node = MesoTest::node('bind_doc');

# Runs the blocks in one session and returns what each printed.
sub transcript
{
	my ($db, @blocks) = @_;
	my $script = "\\set SHOW_CONTEXT never\n" . join("\n\\echo <<next>>\n", @blocks);
	my $out;

	IPC::Run::run([ 'psql', '-X', '-q', '-p', $node->port, '-h', $node->host, '-d', $db ], '<', \$script, '>&', \$out);
	$out =~ s/^psql:<stdin>:\d+: //mg;
	return map { s/^\n+|\n+$//gr } split /<<next>>\n/, $out, -1;
}

# The tutorial. "```sql" is typed; "```text" right after it is what comes back.
my $text = PostgreSQL::Test::Utils::slurp_file('doc/tutorial.md');
my (@blocks, @wanted);
while ($text =~ /^```sql\n(.*?)^```\n(?:\n```text\n(.*?)^```\n)?/msg)
{
	push @blocks, $1;
	push @wanted, ($2 // '') =~ s/\n+$//r;
}
cmp_ok(scalar(@blocks), '>', 15, 'the tutorial has commands');
$node->safe_psql('postgres', 'CREATE DATABASE tutorial TEMPLATE template0');
my @printed = transcript('tutorial', @blocks);
foreach my $i (0 .. $#blocks)
{
	my ($first) = $blocks[$i] =~ /^(.*)/;
	is($printed[$i], $wanted[$i], "tutorial: $first");
}

# doc/facts.md against the contract in the catalog.
my $facts = PostgreSQL::Test::Utils::slurp_file('doc/facts.md');
my @columns = split /\n/, $node->safe_psql('postgres', q{
	SELECT format('| `%s` | %s | %s | %s | %s |', c.column_name, replace(c.data_type, 'timestamp without time zone', 'timestamp'),
		CASE WHEN c.required THEN 'needed' ELSE '' END, c.label_zh, c.about)
	FROM meso_audit.fact f JOIN meso_audit.fact_column c USING (fact) ORDER BY f.seq, c.pos});
is(join("\n", $facts =~ /^(\| `[a-z_]+` \| (?:text|numeric|date|timestamp|smallint|integer|boolean|real|double precision) .*)$/mg),
	join("\n", @columns), 'facts.md lists the columns of the contract');

# The matrix of grants.
my $install = PostgreSQL::Test::Utils::slurp_file('doc/install.md');
my $matrix = $node->safe_psql('postgres', q{
	SELECT E'| office | may read | may call |\n|---|---|---|\n' || string_agg(format('| `%s` %s | %s | %s |', o.office, o.label_zh,
		(SELECT string_agg('`' || g.object || '`', ', ' ORDER BY g.object COLLATE "C") FROM meso_audit.office_grant g
		 WHERE g.office = o.office AND g.privilege = 'SELECT'),
		(SELECT string_agg('`' || g.object || '`', ', ' ORDER BY g.object COLLATE "C") FROM meso_audit.office_grant g
		 WHERE g.office = o.office AND g.privilege = 'EXECUTE')), E'\n' ORDER BY o.office COLLATE "C")
	FROM (SELECT office, label_zh FROM meso_audit.office UNION ALL SELECT '*', 'all') o});
my ($printed_matrix) = $install =~ /<!-- office_grant -->\n(.*?)\n?<!-- \/office_grant -->/s;
is($printed_matrix, $matrix, 'install.md prints the matrix of grants');

# Uninstalled as described: the databases are as they were.
my ($uninstall) = $install =~ /^## Uninstall\n.*?```sql\n(.*?)```/ms;
MesoTest::database($node, 'leaving');
$node->safe_psql('tutorial', 'DROP EVENT TRIGGER meso_audit_guard_drop; DROP EXTENSION meso_audit CASCADE;
	DROP OWNED BY meso_audit_engine, demo_anna, demo_auditor, demo_analyst, demo_bi_reader, demo_credit_officer,
		demo_decider, demo_rule_officer, demo_secrecy_officer, demo_verifier');
$node->safe_psql('leaving', q{SET client_min_messages = warning; SELECT meso_audit.create_fact_tables('mine')});
$node->safe_psql('leaving', "SET client_min_messages = warning; $uninstall");
is($node->safe_psql('leaving', q{SELECT string_agg(nspname, ' ') FROM pg_namespace WHERE nspname ~ 'meso'}), '', 'no schema is left');
is($node->safe_psql('leaving', q{SELECT count(*) FROM pg_roles WHERE rolname ~ '^meso'}), '0', 'nor the role');
is($node->safe_psql('leaving', q{SELECT count(*) FROM pg_event_trigger}), '0', 'nor the guard');
is($node->safe_psql('leaving', q{SELECT count(*) FROM pg_class WHERE relnamespace = 'mine'::regnamespace AND relkind = 'r'}), '13',
	'the tables of the user are');

$node->stop;
done_testing();

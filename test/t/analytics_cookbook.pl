# Every question of doc/functions/cookbook.md, asked of the synthetic province:
# the answer is the one printed, the plan has the steps that are named. When the
# province changes, answers are not compared until COOKBOOK_WRITE=1 (with the
# installcheck of this file) has written the new ones into the page.
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
		WORKERS => 2, OFFICIAL => '', MESO_SHARED => '', MESO_OUT => $node->basedir);
	delete @ENV{qw(PERSONS SEED CASES ONLY)};
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

# as_table QUERY: as psql prints it
sub as_table
{
	my ($query) = @_;
	my ($out, $err);
	IPC::Run::run([ 'psql', '-XqP', 'footer=off', '-d', $node->connstr('meso_audit_demo') ], '<',
		\"SET search_path = meso_audit, public;\n$query", '>', \$out, '2>', \$err);
	return $out =~ s/ +$//gmr =~ s/\n+\z/\n/r;
}

my $province = ask(q{SELECT left(md5(concat_ws(' ',
	(SELECT md5(string_agg(concat_ws(' ', setl_id, psn_no, setl_time, device_no, medfee_sumamt, fund_pay_sumamt), ',' ORDER BY setl_id)) FROM settlement),
	(SELECT md5(string_agg(concat_ws(' ', feedetl_sn, med_list_codg, fee_ocur_time, bilg_dr_code, cnt, prd_days), ',' ORDER BY setl_id, feedetl_sn)) FROM fee_line),
	(SELECT md5(string_agg(concat_ws(' ', mdtrt_id, begntime, endtime), ',' ORDER BY mdtrt_id)) FROM visit),
	(SELECT md5(string_agg(concat_ws(' ', psn_no, tel, addr), ',' ORDER BY psn_no)) FROM person),
	(SELECT md5(string_agg(DISTINCT fixmedins_code, ',')) FROM finding WHERE certainty = 'violation'))), 12)});
my $page = slurp_file('doc/functions/cookbook.md');
if ($ENV{COOKBOOK_WRITE})
{
	$page =~ s/^(The province of these answers: `).*?`/$1$province`/m;
	$page =~ s/^(```sql\n)([^`]*?)(^```\n\n```text\n).*?(^```)/$1 . $2 . $3 . as_table($2) . $4/gmse;
	open my $file, '>', 'doc/functions/cookbook.md' or die $!;
	print $file $page;
	close $file;
}
my @question = $page =~ /^## (\d+\. [^\n]+)\n(.*?)(?=^## |\z)/msg;
is(@question / 2, 20, 'twenty questions');
while (my ($title, $body) = splice @question, 0, 2)
{
	my ($query) = $body =~ /^```sql\n(.*?)^```/ms;
	my ($answer) = $body =~ /^```text\n(.*?)^```/ms;
	my ($plan) = $body =~ /^Plan: (.*)$/m;

	SKIP:
	{
		my $found = ask($query);
		ok(defined $found, "$title: runs");
		skip 'the answers of the page are of another province: write them anew with COOKBOOK_WRITE=1', 1
		  unless $page =~ /`$province`/;
		is($found, printed($answer), "$title: the answer");
	}
	my $steps = ask("EXPLAIN (COSTS OFF) $query") // '';
	my @absent = grep { $steps !~ /\Q$_\E/ } $plan =~ /\*\*(.+?)\*\*/g;
	is("@absent", '', "$title: the plan") or diag($steps);
}

done_testing();

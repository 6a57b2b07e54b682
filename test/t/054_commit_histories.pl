# Claims that several persons share, changed by many sessions at once in no order: no
# deadlock, nobody has to try again at READ COMMITTED, and what is stored is F.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use MesoTest;

my $clients = $ENV{MESO_CLIENTS} || 8;
my $each = $ENV{MESO_TRANSACTIONS} || 60;
my $node = MesoTest::node('histories', 'autovacuum = off', 'max_connections = 40', 'deadlock_timeout = 200ms',
	'max_prepared_transactions = 20');
my $db = MesoTest::database($node, 'histories');
$node->safe_psql($db, "SET client_min_messages = warning;\n" . slurp_file('test/commit/claims.sql'));

# Settlements with lines of two persons each, who are found by the settlement alone when
# a line of the other one changes.
$node->safe_psql($db, q{
	SELECT * FROM meso_audit.attach_checks();
	SELECT count(claims.claim('t' || s, 'p' || 10 + s * 7 % 12, '2024-03-04 08:00', 'QTY', 'QTY', 'BAN'))
	FROM generate_series(1, 20) s;
	INSERT INTO claims.fee_line (setl_id, feedetl_sn, psn_no, fixmedins_code, fee_ocur_time, med_list_codg, cnt, det_item_fee_sumamt, list_type)
	SELECT 't' || s, '9', 'p' || 10 + s * 5 % 12, 'h1', '2024-03-04 09:00', 'QTY', 1, 10, '101'
	FROM generate_series(1, 20) s;
	ANALYZE});

my $log_from = 0;

# Runs scripts side by side; fails on what a transaction says, on a deadlock, on
# unchecked claims and where F is not stored.
sub side_by_side
{
	my ($name, %scripts) = @_;
	my $dir = PostgreSQL::Test::Utils::tempdir();
	my @files;
	foreach my $script (sort keys %scripts)
	{
		append_to_file("$dir/$script.sql", $scripts{$script});
		push @files, '-f', "$dir/$script.sql";
	}
	$node->command_ok([ 'pgbench', '-n', '-c', $clients, '-j', '2', '-t', $each, @files, $node->connstr($db) ],
		"$name: every transaction commits");
	my $log = substr(slurp_file($node->logfile), $log_from);
	$log_from += length($log);
	my @bad = grep { /(ERROR|WARNING|FATAL|PANIC):/ } split /\n/, $log;
	is(scalar(@bad), 0, "$name: no deadlock, no error, no warning");
	diag(join("\n", @bad[ 0 .. ($#bad < 4 ? $#bad : 4) ])) if @bad;
	is($node->safe_psql($db, 'SELECT count(*) FROM meso_audit.unchecked_claim'), '0', "$name: nothing unchecked");
	is($node->safe_psql($db, 'SELECT * FROM claims.difference LIMIT 5'), '', "$name: what is stored is F");
	return;
}

side_by_side('lines of shared claims', update => q{
\set s random(1, 20)
\set n random(1, 4)
UPDATE claims.fee_line SET cnt = 1 + (cnt::integer + 1) % 3
WHERE setl_id = 't' || :s AND feedetl_sn = (ARRAY['1', '2', '3', '9'])[:n];
});

$node->stop;
done_testing();

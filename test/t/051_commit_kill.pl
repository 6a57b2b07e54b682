# Killed under load, with fsync on: whatever is committed is judged, whatever is not
# committed has left nothing.
use strict;
use warnings;
use IPC::Run qw(start timeout);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time usleep);
use MesoTest;
use MesoSession;

my $kills = 20;
my $node = MesoTest::node('commit_kill', 'autovacuum = off', 'max_prepared_transactions = 10');
my $db = MesoTest::database($node, 'claims');
$node->safe_psql($db, "SET client_min_messages = warning;\n" . slurp_file('test/commit/claims.sql'));
$node->safe_psql($db, 'SELECT * FROM meso_audit.attach_checks(); CREATE SEQUENCE claims.n; ANALYZE');
$node->append_conf('postgresql.conf', 'fsync = on');
$node->restart;

# A claim whose limit earlier ones may have used up; sometimes one is taken back.
my $script = PostgreSQL::Test::Utils::tempdir() . '/load.sql';
append_to_file($script, q{
\set p random(1, 40)
\set d random(1, 20)
\set x random(1, 10)
BEGIN;
SELECT claims.claim('s' || nextval('claims.n'), 'p' || :p, '2024-03-01 08:00'::timestamp + :d * interval '1 day', 'QTY', 'DUP' || :x, 'QTY', 'BAN');
\if :x = 1
DELETE FROM claims.fee_line WHERE psn_no = 'p' || :p AND fee_ocur_time::date = '2024-03-02' AND med_list_codg = 'QTY';
\endif
COMMIT;
});

sub kill_all
{
	my ($n) = @_;
	my $postmaster = (split /\n/, slurp_file($node->data_dir . '/postmaster.pid'))[0];
	if ($n % 2)
	{
		# all at once, as when the power goes
		kill 'STOP', $postmaster;
		my @children = split /\s+/, `ps -o pid= --ppid $postmaster`;
		kill 'KILL', grep { $_ } @children;
		kill 'KILL', $postmaster;
	}
	else
	{
		kill 'KILL', $postmaster;
	}
	# where nobody reaps it, it seems to be there still
	unlink $node->data_dir . '/postmaster.pid', glob($node->host . '/.s.PGSQL.' . $node->port . '*');
	$node->_update_pid(0) if $node->can('_update_pid');
	return;
}

# Starts it as soon as the last of the former's processes has noticed and gone.
# What was written before the kill is not synced again: the machine did not fall.
sub start_again
{
	$node->append_conf('postgresql.conf', 'fsync = off');
	for (1 .. 200)
	{
		usleep(50_000);
		next unless $node->start(fail_ok => 1);
		$node->append_conf('postgresql.conf', 'fsync = on');
		$node->reload;
		return 1;
	}
	return 0;
}

my $wrong = q{
	SELECT count(*) FROM claims.difference d
	WHERE NOT EXISTS (SELECT FROM meso_audit.unchecked_claim u WHERE u.psn_no = d.psn_no)};
my $orphans = q{
	SELECT count(*) FROM meso_audit.finding f WHERE f.setl_id IS NOT NULL AND f.still_true
		AND NOT EXISTS (SELECT FROM claims.fee_line l WHERE (l.setl_id, l.feedetl_sn) = (f.setl_id, f.feedetl_sn))};
my ($struck, $bad, $before, $unsafe) = (0, 0, 0, 0);
for my $n (1 .. $kills)
{
	my ($in, $out) = ('', '');
	my $load = start([ 'pgbench', '-n', '-c', '4', '-T', '60', '-f', $script, $node->connstr($db) ],
		'<', \$in, '>', \$out, '2>&1', timeout(120));
	my $seen = 0;
	for (1 .. 5000)
	{
		my ($ret, $count) = $node->psql($db, 'SELECT count(*) FROM claims.settlement');
		$seen = defined $count && $count =~ /^\d+$/ ? $count - $before : 0;
		last if $seen > 5 + 7 * $n % 30;
		usleep(1000);
	}
	my $under_way = $load->pumpable;
	$unsafe++ if $node->safe_psql($db, 'SHOW fsync') ne 'on';
	kill_all($n);
	eval { $load->finish };
	ok(start_again(), "kill $n: the server starts again") or BAIL_OUT('it does not');
	my ($count, $differences, $strays) = split /\|/,
		$node->safe_psql($db, "SELECT (SELECT count(*) FROM claims.settlement), ($wrong), ($orphans)");
	$struck++ if $under_way && $seen > 0 && $count >= $before + $seen;
	note("kill $n: $seen claims seen, " . ($count - $before) . " committed, $differences differences, $strays strays");
	$bad += $differences + $strays;
	$before = $count;
}
cmp_ok($struck, '>=', 15, "$struck of $kills kills fell between first and last commit");
is($unsafe, 0, 'with fsync on');
is($bad, 0, 'every committed claim has its findings, and there are no others');
is($node->safe_psql($db, 'SELECT count(*) FROM meso_audit.unchecked_claim'), '0', 'none went unchecked');
$node->safe_psql($db, "CALL meso_audit.run_audit('(,)')");
is($node->safe_psql($db, 'SELECT sum(changes) FROM meso_audit.audit_chunk'), '0', 'a batch finds nothing to mend');
$node->safe_psql($db, 'SELECT meso_audit.seal_log()');
is($node->safe_psql($db, 'SELECT * FROM meso_audit.verify_log()'), '', 'the log is whole');

# Prepared, killed, committed; or rolled back.
$node->safe_psql($db, q{
	BEGIN; SELECT claims.claim('t1', 't1', '2024-03-01 08:00', 'BAN', 'QTY', 'QTY', 'QTY'); PREPARE TRANSACTION 'one'});
$node->safe_psql($db, q{
	BEGIN; SELECT claims.claim('t2', 't2', '2024-03-01 08:00', 'BAN', 'QTY', 'QTY', 'QTY'); PREPARE TRANSACTION 'two'});
kill_all(1);
ok(start_again(), 'killed with two transactions prepared');
is($node->safe_psql($db, "SELECT count(*) FROM claims.settlement WHERE setl_id LIKE 't%'"), '0', 'neither is there');
$node->safe_psql($db, "COMMIT PREPARED 'one'");
$node->safe_psql($db, "ROLLBACK PREPARED 'two'");
is( $node->safe_psql($db, q{SELECT source_code, setl_id, feedetl_sn FROM claims.found WHERE psn_no LIKE 't%' ORDER BY 1}),
	"BAN|t1|1\nQTY|t1|4", 'what was prepared was judged');
is($node->safe_psql($db, $wrong), '0', 'and is F');
# the guard of a person in a prepared transaction is held
$node->safe_psql($db, q{
	BEGIN; SELECT claims.claim('t3', 't1', '2024-03-01 09:00', 'QTY'); PREPARE TRANSACTION 'three'});
my $other = MesoSession->new($node, $db);
$other->send(q{SELECT claims.claim('t4', 't1', '2024-03-01 10:00', 'QTY')});
ok($other->blocked, 'another claim of the person waits for what is prepared');
$node->safe_psql($db, "COMMIT PREPARED 'three'");
is($other->end, '', 'until that is committed');
$other->quit;
is($node->safe_psql($db, $wrong), '0', 'and both are judged');

$node->stop;
done_testing();

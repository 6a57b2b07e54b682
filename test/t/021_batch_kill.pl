# A run that is killed again and again between its commits, and resumed: what
# is committed is whole chunks, and in the end the findings are those of a run
# that nothing disturbed. Half of the kills strike a run that reads by index, half
# one by slabs.
use strict;
use warnings;
use IPC::Run qw(start timeout);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time usleep);
use MesoTest;

my $persons = 500;
my $kills = 20;
my $node = MesoTest::node('kill', 'max_worker_processes = 8', 'autovacuum = off');
my $audit = "CALL meso_audit.run_audit(NULL, NULL, 2, 1)";

MesoTest::database($node, 'world');
$node->safe_psql('world', qq{
	SET client_min_messages = warning;
	SELECT meso_audit.create_fact_tables('hospital');
	INSERT INTO meso_audit.rule (code, version, kind_code, template, params, codes, status)
	VALUES ('BAN', 1, 'TEST', 'never_pay', '{"payable_only": false}', '{BAD}', 'active');
	INSERT INTO hospital.fee_line (setl_id, feedetl_sn, psn_no, fixmedins_code, fee_ocur_time, med_list_codg,
		cnt, det_item_fee_sumamt)
	SELECT 's' || i, j::text, 'p' || i, 'h1', '2025-01-01'::timestamp + i * interval '1 minute',
		CASE WHEN j < 3 THEN 'BAD' ELSE 'GOOD' END, 1, i + j
	FROM generate_series(1, $persons) i, generate_series(1, 4) j;
	ANALYZE;
});
$node->safe_psql('postgres', 'CREATE DATABASE plain TEMPLATE world');
$node->safe_psql('postgres', 'CREATE DATABASE slabs TEMPLATE world');
$node->safe_psql('postgres', 'ALTER DATABASE slabs SET meso_audit.audit_reads = tables');
$node->safe_psql('postgres', 'ALTER DATABASE slabs SET meso_audit.slab_lines = 400');

my $findings = q{
	SELECT md5(string_agg(encode(finding_key, 'hex') || amount || status, ',' ORDER BY finding_key)) || ' ' || count(*)
	FROM meso_audit.finding};
$node->safe_psql('plain', $audit);
my $want = $node->safe_psql('plain', $findings);

# Findings of chunks that are not done, and missing ones of those that are.
my $torn = q{
	SELECT count(*) FROM (
		SELECT c.state, p.psn_no, (SELECT count(*) FROM meso_audit.finding f WHERE f.psn_no = p.psn_no) AS n
		FROM meso_audit.audit_chunk c, unnest(c.persons) AS p(psn_no)
	) x
	WHERE n <> CASE x.state WHEN 'done' THEN 2 ELSE 0 END};

# Kills the leader, a worker or the whole server; the server comes down with it.
sub kill_one
{
	my ($db, $n) = @_;
	if ($n % 3 == 2)
	{
		$node->stop('immediate');
		return 'server';
	}
	my $what = $n % 3 ? 'meso_audit worker' : 'client backend';
	my $pid = $node->safe_psql($db,
		qq{SELECT pid FROM pg_stat_activity WHERE backend_type = '$what' AND pid <> pg_backend_pid()
			AND (backend_type <> 'client backend' OR query LIKE 'CALL meso_audit%') LIMIT 1});
	return undef if $pid eq '';
	kill 'KILL', $pid;
	# the postmaster takes everybody down and, in tests, itself
	my $postmaster = slurp_file($node->data_dir . '/postmaster.pid') =~ /^(\d+)/ ? $1 : 0;
	for (1 .. 3000)
	{
		last unless $postmaster && kill(0, $postmaster) && -e $node->data_dir . '/postmaster.pid';
		usleep(10_000);
	}
	$node->_update_pid(0) if $node->can('_update_pid');
	return $what;
}

my ($struck, $total, $begun) = (0, 0, time());
for my $n (1 .. $kills)
{
	my $db = $n <= $kills / 2 ? 'world' : 'slabs';
	my ($in, $out, $err) = ('', '', '');
	my $run = start(
		[ 'psql', '-X', '-q', '-d', $node->connstr($db), '-c', $audit ],
		'<', \$in, '>', \$out, '2>', \$err, timeout(120));
	my $base = -1;
	my $seen = 0;
	for (1 .. 2000)
	{
		my ($ret, $count) = $node->psql($db, "SELECT count(*) FROM meso_audit.audit_chunk WHERE state = 'done'");
		next unless defined $count && $count =~ /^\d+$/;
		$base = $count if $base < 0;
		$seen = $count;
		last if $count > $base + $n % 5;
		usleep(1000);
	}
	my $at = time() - $begun;
	my $what = kill_one($db, $n);
	eval { $run->finish };
	next unless defined $what;
	$node->start;
	my ($done, $left) = split /\|/, $node->safe_psql($db,
		"SELECT count(*) FILTER (WHERE state = 'done'), count(*) FILTER (WHERE state <> 'done') FROM meso_audit.audit_chunk");
	my $between = $done > 0 && $left > 0;
	$struck++ if $between;
	note(sprintf('kill %d of %s at %.3f s: %s, %d chunks committed, %d left%s',
		$n, $db, $at, $what, $done, $left, $between ? '' : ' (outside)'));
	my $bad = $node->safe_psql($db, $torn);
	$total += $bad;
	diag("$bad persons half-written after kill $n") if $bad;
}

cmp_ok($struck, '>=', 15, "$struck of $kills kills fell between first and last commit");
is($total, 0, 'no chunk was ever half-written');

foreach my $db ('world', 'slabs')
{
	$node->safe_psql($db, $audit);
	is($node->safe_psql($db, 'SELECT run_id, state FROM meso_audit.audit_run'), '1|finished', 'the run was resumed to its end: ' . $db);
	is($node->safe_psql($db, $findings), $want, 'with the findings of an undisturbed one');
	is( $node->safe_psql($db, "SELECT count(*), count(DISTINCT finding_id) FROM meso_audit.finding_log WHERE event = 'found'"),
		(split / /, $want)[1] . '|' . (split / /, $want)[1], 'each found once');
	$node->safe_psql($db, 'SELECT meso_audit.seal_log()');
	is($node->safe_psql($db, 'SELECT * FROM meso_audit.verify_log()'), '', 'the log is whole');
}

$node->stop;
done_testing();

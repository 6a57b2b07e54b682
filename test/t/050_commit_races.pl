# Two transactions that each pass alone and together break a limit: at no isolation
# level do both slip under it, whoever commits first. Whoever cannot be judged is told
# to try again (40001), and then is.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use List::Util qw(sum);
use Test::More;
use MesoTest;
use MesoSession;

my $node = MesoTest::node('races', 'autovacuum = off', 'max_connections = 40');
my $db = MesoTest::database($node, 'races');
$node->safe_psql($db, "SET client_min_messages = warning;\n" . slurp_file('test/commit/claims.sql'));
$node->safe_psql($db, q{
	SELECT * FROM meso_audit.attach_checks();
	INSERT INTO meso_audit.rule (code, version, kind_code, template, params, codes, action, status) VALUES
		('HEART', 1, 'TEST', 'never_pay', '{"codes_of": "diagnosis"}', '{Z99}', 'flag', 'active'),
		('DENIED', 1, 'TEST', 'max_qty', '{"max": 2, "unit": "day"}', '{DENIED}', 'deny', 'active');
	ANALYZE});

my $at = q{'2024-03-04 08:00'};
my $later = q{'2024-03-06 08:00'};
my $visit = q{INSERT INTO claims.visit (mdtrt_id, psn_no, fixmedins_code, begntime, endtime)
	VALUES ('v-PSN', 'PSN', 'h1', '2024-03-04 07:00', '2024-03-05 07:00')};

sub claim
{
	my ($n, $time, @codes) = @_;
	return "SELECT claims.claim('PSN-$n', 'PSN', $time, " . join(', ', map { "'$_'" } @codes) . ')';
}

# a line without its settlement, of the visit if need be
sub line
{
	my ($setl, $sn, $code, $mdtrt) = @_;
	$mdtrt = $mdtrt ? "'v-PSN'" : 'NULL';
	return qq{INSERT INTO claims.fee_line (setl_id, feedetl_sn, psn_no, fixmedins_code, fee_ocur_time,
		med_list_codg, cnt, det_item_fee_sumamt, list_type, mdtrt_id)
		VALUES ('PSN-$setl', '$sn', 'PSN', 'h1', $at, '$code', 1, 10, '101', $mdtrt)};
}

sub diagnosis
{
	my ($code) = @_;
	return "INSERT INTO claims.diagnosis (mdtrt_id, diag_srt_no, diag_code) VALUES ('v-PSN', '1', '$code')";
}

# name, rule, what is there before, the two transactions, and whether together they make
# or unmake a finding of the rule. PSN stands for a person of the race's own.
my @races = (
	[ 'max_qty a day', 'QTY', '', claim(1, $at, 'QTY', 'QTY'), claim(2, $at, 'QTY'), 1 ],
	[ 'max_qty a visit', 'QTYV', $visit, line('a', 1, 'QTYV', 1) . ';' . line('a', 2, 'QTYV', 1), line('b', 1, 'QTYV', 1), 1 ],
	[ 'max_qty_period', 'QTYP', '', claim(1, $later, 'QTYP', 'QTYP'), claim(2, $at, 'QTYP'), 1 ],
	[ 'min_gap', 'GAP', '', claim(1, $at, 'GAP'), claim(2, $later, 'GAP'), 1 ],
	[ 'max_days', 'DAYS', '', claim(1, $at, 'DAYS'), claim(2, $later, 'DAYS'), 1 ],
	[ 'pair_exclusive', 'PAIR', '', claim(1, $at, 'PAIR'), claim(2, $at, 'PAIRW'), 1 ],
	[ 'group_dup', 'DUP', '', claim(1, $at, 'DUP1'), claim(2, $at, 'DUP2'), 1 ],
	[ 'max_kinds', 'KIND', '', claim(1, $at, 'KIND1'), claim(2, $at, 'KIND2'), 1 ],
	[ 'all_of_set', 'ALL', claim(1, $at, 'BAN'), line(1, 2, 'ALL1'), 'DELETE FROM claims.fee_line WHERE setl_id = \'PSN-1\'', -1 ],
	[ 'price_ceiling', 'YEAR', '', claim(1, $at, 'YEAR'), claim(2, $later, 'YEAR'), 1 ],
	[ 'companion_required', 'NEED', claim(1, $at, 'NEEDW'), claim(2, $at, 'NEED'), q{DELETE FROM claims.fee_line WHERE setl_id = 'PSN-1'}, 1 ],
	[ 'prior_use_required', 'PRIOR', claim(1, $at, 'PRIORW'), claim(2, $later, 'PRIOR'), q{DELETE FROM claims.fee_line WHERE setl_id = 'PSN-1'}, 1 ],
	[ 'component_sum', 'SUM', '', claim(1, $at, 'SUM1'), claim(2, $at, 'SUM2'), 2 ],
	[ 'second_discount', 'DISC', '', claim(1, $at, 'DISC1'), claim(2, $at, 'DISC2'), 1 ],
	[ 'diag_forbidden', 'NOT', $visit, line('a', 1, 'NOT', 1), diagnosis('I10'), 1 ],
	[ 'diag_required', 'MUST', "$visit; " . diagnosis('I10'), line('a', 1, 'MUST', 1), q{UPDATE claims.diagnosis SET diag_code = 'X' WHERE mdtrt_id = 'v-PSN'}, 1 ],
	[ 'a visit that ends', 'MUST', "$visit; UPDATE claims.visit SET endtime = NULL WHERE mdtrt_id = 'v-PSN'; " . diagnosis('X'),
		line('a', 1, 'MUST', 1), q{UPDATE claims.visit SET endtime = begntime WHERE mdtrt_id = 'v-PSN'}, 1 ],
	[ 'aggregate_threshold', 'OFTEN', '', $visit, ($visit =~ s/v-PSN/w-PSN/r), 1 ],
	[ 'a refund', 'QTY', claim(1, $at, 'QTY', 'QTY'), claim(2, $at, 'QTY'), q{UPDATE claims.settlement SET refd_setl_flag = '1' WHERE setl_id = 'PSN-1'}, 0 ],
	[ 'a line that moves', 'QTY', claim(1, $at, 'QTY', 'QTY') . '; ' . (claim(2, $at, 'QTY') =~ s/'PSN',/'PSN-other',/r),
		q{UPDATE claims.fee_line SET psn_no = 'PSN' WHERE setl_id = 'PSN-2'}, claim(3, $at, 'QTY'), 2 ],
	[ "a diagnosis of another's line", 'NOT', ($visit =~ s/'PSN'/'PSN-other'/r), line('a', 1, 'NOT', 1), diagnosis('I10'), 1 ],
	[ "a diagnosis of another's claim", 'NOT', ($visit =~ s/'PSN'/'PSN-other'/r) . '; ' . claim(1, $at, 'NOT'),
		q{UPDATE claims.settlement SET mdtrt_id = 'v-PSN' WHERE setl_id = 'PSN-1'}, diagnosis('I10'), 1 ],
	[ 'a diagnosis of no visit', 'NOT', '', line('a', 1, 'NOT', 1), diagnosis('I10'), 1 ],
	[ 'a diagnosis and its visit', 'HEART', '', $visit, diagnosis('Z99'), 1 ],
	[ "a line's settlement and its visit's diagnosis", 'NOT', ($visit =~ s/'PSN'/'PSN-other'/r) . q{;
		INSERT INTO claims.settlement (setl_id, psn_no, fixmedins_code, setl_time, mdtrt_id) VALUES ('PSN-1', 'PSN-third', 'h1', '2024-03-04', 'v-PSN')},
		line('1', 1, 'NOT'), diagnosis('I10'), 1 ],
	[ "another's reversal", 'BAN', '', line(1, 1, 'BAN'),
		(line(1, 2, 'BAN') =~ s/'PSN', 'h1'/'PSN-other', 'h1'/r =~ s/det_item_fee_sumamt,/det_item_fee_sumamt, init_feedetl_sn,/r =~ s/1, 10,/-1, -10, '1',/r), 0 ],
	[ "another's line in a claim", 'TOTAL', '', claim(1, $at, 'X') . q{; UPDATE claims.settlement SET medfee_sumamt = 20 WHERE setl_id = 'PSN-1'},
		(line(1, 7, 'X') =~ s/'PSN', 'h1'/'PSN-other', 'h1'/r), 0 ],
	[ 'a total', 'TOTAL', claim(1, $at, 'BAN') . q{; UPDATE claims.settlement SET medfee_sumamt = 10 WHERE setl_id = 'PSN-1'},
		q{UPDATE claims.settlement SET medfee_sumamt = 20 WHERE setl_id = 'PSN-1'}, line(1, 7, 'X'), 0 ]);

my @levels = ('read committed', 'repeatable read', 'serializable');
my ($one, $two, $third) = map { MesoSession->new($node, $db) } 1 .. 3;
my $n = 0;

sub transaction
{
	my ($session, $level, $sql) = @_;
	my $out = $session->do("BEGIN ISOLATION LEVEL $level; $sql");
	die $out if $out =~ /ERROR/;
	return;
}

# Ends a transaction that may fail with 40001; does it anew then. Returns how often it failed.
sub finish
{
	my ($session, $level, $sql, $out) = @_;
	my $failed = 0;
	while ($out =~ /ERROR: +40001/)
	{
		$failed++;
		die 'does not come to an end' if $failed > 5;
		$session->do('ROLLBACK');
		transaction($session, $level, $sql);
		$out = $session->do('COMMIT');
	}
	fail("unexpected: $out") if $out =~ /ERROR/;
	return $failed;
}

foreach my $level (@levels)
{
	my %retries;
	foreach my $race (@races)
	{
		my ($name, $rule, $before, $first, $second, $makes) = @$race;
		my @bad;
		foreach my $way ('after', 'waits', 'other after', 'other waits')
		{
			my $psn = 'p' . ++$n;
			my @sql = map { s/PSN/$psn/gr } ($before, $first, $second);
			$third->do($sql[0]) if $sql[0];
			@sql[ 1, 2 ] = @sql[ 2, 1 ] if $way =~ /other/;

			transaction($one, $level, $sql[1]);
			transaction($two, $level, $sql[2]);
			my $waited = 0;
			if ($way =~ /waits/)
			{
				my $out = $one->do('SET CONSTRAINTS ALL IMMEDIATE');
				push @bad, "$way: $out" if $out =~ /ERROR/;
				$two->send('COMMIT');
				$waited = $two->blocked;
			}
			my $out = $one->do('COMMIT');
			my $failed = finish($one, $level, $sql[1], $out);
			$out = $waited || $way =~ /waits/ ? $two->end : $two->do('COMMIT');
			$failed += finish($two, $level, $sql[2], $out);
			$retries{$way} += $failed;

			my $wrong = $third->do("SELECT * FROM claims.wrong('{$psn,$psn-other,$psn-third}')");
			push @bad, "$way: $wrong" if $wrong ne '';
			my $found = $third->do("SELECT count(*) FROM claims.found WHERE psn_no IN ('$psn', '$psn-other') AND source_code = '$rule'");
			push @bad, "$way: $found findings" if ($makes > 0 && $found != $makes) || ($makes == 0 && $found != 0);
		}
		is(join('; ', @bad), '', "$name, $level");
	}
	note("$level: tried again: " . join(', ', map { "$retries{$_} of those that commit $_" } sort keys %retries));
	if ($level eq 'read committed')
	{
		is(sum(values %retries), 0, 'nobody has to try again at read committed');
	}
}

# A limit that denies: the second is refused, and does not come in by waiting.
foreach my $level (@levels)
{
	foreach my $way ('after', 'waits')
	{
		my $psn = 'p' . ++$n;
		my @sql = map { s/PSN/$psn/gr } (claim(1, $at, 'DENIED', 'DENIED'), claim(2, q{'2024-03-04 09:00'}, 'DENIED'));
		transaction($one, $level, $sql[0]);
		transaction($two, $level, $sql[1]);
		if ($way eq 'waits')
		{
			$one->do('SET CONSTRAINTS ALL IMMEDIATE');
			$two->send('COMMIT');
			$two->blocked;
		}
		$one->do('COMMIT');
		my $out = $way eq 'waits' ? $two->end : $two->do('COMMIT');
		if ($out =~ /ERROR: +40001/)
		{
			$two->do('ROLLBACK');
			transaction($two, $level, $sql[1]);
			$out = $two->do('COMMIT');
		}
		like($out, qr/ERROR: +MA/, "denied, $level, $way");
		is($node->safe_psql($db, "SELECT count(*) FROM claims.settlement WHERE psn_no = '$psn'"), '1', 'and is not there');
	}
}
is($node->safe_psql($db, 'SELECT * FROM claims.difference'), '', 'nothing else is wrong');
$_->quit foreach $one, $two, $third;

# Claims of several persons, each in an order of its own.
my $script = PostgreSQL::Test::Utils::tempdir() . '/crossed.sql';
append_to_file($script, q{
\set a random(1, 8)
\set b random(1, 8)
\set c random(1, 8)
BEGIN;
SELECT claims.claim('m' || nextval('claims.n'), 'm' || :a, '2024-05-01 08:00', 'QTY', 'BAN');
SELECT claims.claim('m' || nextval('claims.n'), 'm' || :b, '2024-05-02 08:00', 'QTY', 'DUP1');
SELECT claims.claim('m' || nextval('claims.n'), 'm' || :c, '2024-05-02 08:00', 'PAIR', 'DUP2', 'PAIRW');
COMMIT;
});
$node->safe_psql($db, 'CREATE SEQUENCE claims.n');
$node->command_ok([ 'pgbench', '-n', '-c', '8', '-t', '40', '-f', $script, $node->connstr($db) ],
	'transactions of several persons in any order do not deadlock');
is($node->safe_psql($db, 'SELECT count(*) FROM claims.settlement WHERE setl_id LIKE $$m%$$'), 8 * 40 * 3, 'all are there');
is($node->safe_psql($db, 'SELECT * FROM claims.difference LIMIT 5'), '', 'and judged');
ok(slurp_file($node->logfile) !~ /deadlock detected/, 'no deadlock in the log');

$node->stop;
done_testing();

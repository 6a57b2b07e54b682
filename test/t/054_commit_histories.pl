# Claims that several persons share, changed by many sessions at once in no order: no
# deadlock, no error but 40001 above READ COMMITTED, and what is stored is F.
#   MESO_CLIENTS=8        sessions
#   MESO_TRANSACTIONS=60  of each, in each history
#   MESO_SEED=1           of their random numbers
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use MesoTest;

my $clients = $ENV{MESO_CLIENTS} || 8;
my $each = $ENV{MESO_TRANSACTIONS} || 60;
my $seed = $ENV{MESO_SEED} || 1;
my $node = MesoTest::node('histories', 'autovacuum = off', 'max_connections = 40', 'deadlock_timeout = 200ms',
	'max_prepared_transactions = 20', "log_line_prefix = '%q%e '");
my $log_from = 0;
my $histories = 0;

# A database with twenty settlements and ten visits: each settlement has lines of two
# persons, who are found by it alone when a line of the other one changes.
sub database
{
	my ($name, $rules) = @_;
	my $db = MesoTest::database($node, $name);
	$node->safe_psql($db, "SET client_min_messages = warning;\n" . slurp_file('test/commit/claims.sql'));
	$node->safe_psql($db, "DELETE FROM meso_audit.rule WHERE NOT ($rules)");
	$node->safe_psql($db, q{
		INSERT INTO meso_audit.rule (code, version, kind_code, template, params, codes, status)
		VALUES ('SICK', 1, 'TEST', 'never_pay', '{"codes_of": "diagnosis"}', '{I10}', 'active');
		SELECT * FROM meso_audit.attach_checks();
		CREATE SEQUENCE claims.n;
		INSERT INTO claims.visit (mdtrt_id, psn_no, fixmedins_code, begntime, endtime)
		SELECT 'v' || v, 'p' || 10 + v * 5 % 12, 'h1', '2024-03-04 07:00', '2024-03-05 07:00' FROM generate_series(1, 10) v;
		SELECT count(claims.claim('t' || s, 'p' || 10 + s * 7 % 12, '2024-03-04 08:00', 'QTY', 'QTY', 'BAN'))
		FROM generate_series(1, 20) s;
		INSERT INTO claims.fee_line (setl_id, feedetl_sn, psn_no, fixmedins_code, fee_ocur_time, med_list_codg, cnt, det_item_fee_sumamt, list_type)
		SELECT 't' || s, '9', 'p' || 10 + s * 5 % 12, 'h1', '2024-03-04 09:00', 'QTY', 1, 10, '101'
		FROM generate_series(1, 20) s;
		ANALYZE});
	return $db;
}

# Runs scripts side by side, and fails on what a transaction says, on a deadlock, on
# unchecked claims and where F is not stored.
sub side_by_side
{
	my ($db, $name, $level, %scripts) = @_;
	my $dir = PostgreSQL::Test::Utils::tempdir();
	my @files;
	$histories++;
	foreach my $script (sort keys %scripts)
	{
		append_to_file("$dir/$histories$script.sql", $scripts{$script});
		push @files, '-f', "$dir/$histories$script.sql";
	}
	local $ENV{PGOPTIONS} = "-c default_transaction_isolation=$level" =~ s/(committed|read)/$1/r;
	$ENV{PGOPTIONS} =~ s/=(\w+) (\w+)$/=$1\\ $2/;
	$node->command_ok([ 'pgbench', '-n', '-c', $clients, '-j', '2', '-t', $each, "--random-seed=$seed",
			$level eq 'read committed' && $name !~ /immediate/ ? () : ('--max-tries=1000'), @files, $node->connstr($db) ],
		"$name, $level: every transaction commits");
	my $log = substr(slurp_file($node->logfile), $log_from);
	$log_from += length($log);
	my @bad = grep { /(ERROR|WARNING|FATAL|PANIC):/ } split /\n/, $log;
	@bad = grep { !/^40001 / } @bad if $level ne 'read committed';
	@bad = grep { !/^40P01 / } @bad if $name =~ /immediate/;
	is(scalar(@bad), 0, "$name, $level: no deadlock, no error, no warning");
	diag(join("\n", @bad[ 0 .. ($#bad < 4 ? $#bad : 4) ])) if @bad;
	is($node->safe_psql($db, 'SELECT count(*) FROM meso_audit.unchecked_claim'), '0', "$name, $level: nothing unchecked");
	# the visit of a line or settlement is not among what a finding is known by
	is($node->safe_psql($db, q{SELECT source_code, level, psn_no, setl_id, feedetl_sn, CASE WHEN level IN ('visit', 'diagnosis', 'operation') THEN mdtrt_id END AS visit,
		row_no, period, amount, certainty, string_agg(side, ' ') FROM claims.difference
		GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 HAVING count(*) = 1 LIMIT 5}), '', "$name, $level: what is stored is F");
	return;
}

my $db = database('histories', 'true');
side_by_side($db, 'lines of shared claims', 'read committed', update => q{
\set s random(1, 20)
\set n random(1, 4)
UPDATE claims.fee_line SET cnt = 1 + (cnt::integer + 1) % 3
WHERE setl_id = 't' || :s AND feedetl_sn = (ARRAY['1', '2', '3', '9'])[:n];
});

# A transaction changes one row that others may change, so that only checks can wait for
# each other crosswise; or adds rows of its own.
my $random = q{
\set s random(1, 24)
\set t random(1, 24)
\set p random(10, 21)
\set q random(10, 21)
\set v random(1, 12)
\set d random(0, 40)
\set c random(1, 22)
\set k random(0, 3)
};
my $code = q{(ARRAY['BAN','QTY','QTY','QTYV','QTYV','QTYP','GAP','DAYS','PAIR','PAIRW','DUP1','DUP2','KIND1','KIND2','NEED','NEEDW','MUST','NOT','NOT','SUM1','SUM2','X'])[:c]};
my $columns = 'setl_id, feedetl_sn, psn_no, fixmedins_code, fee_ocur_time, med_list_codg, cnt, det_item_fee_sumamt, list_type, mdtrt_id';
my $at = q{'2024-03-04 08:00'::timestamp + :d * interval '12 hours'};
my $visit = q{CASE WHEN :k > 1 THEN 'v' || :v END};
my %mixed = (
	late => qq{INSERT INTO claims.fee_line ($columns) VALUES ('t' || :s, 'n' || nextval('claims.n'), 'p' || :p, 'h1', $at, $code, 1, 10, '101', $visit);},
	reversal => qq{BEGIN;
INSERT INTO claims.settlement (setl_id, psn_no, fixmedins_code, setl_time, init_setl_id) VALUES ('r' || nextval('claims.n'), 'p' || :p, 'h1', $at, 't' || :s);
INSERT INTO claims.fee_line (init_feedetl_sn, $columns) VALUES ((1 + :k)::text, 'r' || currval('claims.n'), '1', 'p' || :q, 'h1', $at, 'BAN', -1, -10, '101', NULL);
COMMIT;},
	reversing_line => qq{INSERT INTO claims.fee_line (init_feedetl_sn, $columns) VALUES ((1 + :k)::text, 't' || :s, 'n' || nextval('claims.n'), 'p' || :p, 'h1', $at, 'BAN', -1, -10, '101', NULL);},
	amend => qq{UPDATE claims.fee_line SET cnt = 1 + (cnt::integer + 1) % 3, med_list_codg = $code WHERE setl_id = 't' || :s AND feedetl_sn = (1 + :k)::text;},
	move => q{UPDATE claims.fee_line SET psn_no = 'p' || :p WHERE setl_id = 't' || :s AND feedetl_sn = (1 + :k)::text;},
	rekey => q{UPDATE claims.fee_line SET setl_id = 't' || :t, feedetl_sn = 'k' || nextval('claims.n') WHERE setl_id = 't' || :s AND feedetl_sn = (1 + :k)::text;},
	revisit => qq{UPDATE claims.fee_line SET mdtrt_id = $visit WHERE setl_id = 't' || :s AND feedetl_sn = (1 + :k)::text;},
	retime => qq{UPDATE claims.fee_line SET fee_ocur_time = $at WHERE setl_id = 't' || :s AND feedetl_sn = (1 + :k)::text;},
	settle => qq{INSERT INTO claims.settlement (setl_id, psn_no, fixmedins_code, setl_time, medfee_sumamt) VALUES ('t' || :s, 'p' || :p, 'h1', $at, 30)
ON CONFLICT (setl_id) DO UPDATE SET psn_no = EXCLUDED.psn_no, medfee_sumamt = 40;},
	settled_elsewhere => qq{UPDATE claims.settlement SET mdtrt_id = $visit, init_setl_id = CASE WHEN :k = 0 THEN 't' || :t END WHERE setl_id = 't' || :s;},
	refund => q{UPDATE claims.settlement SET refd_setl_flag = CASE WHEN refd_setl_flag = '1' THEN '0' ELSE '1' END WHERE setl_id = 't' || :s;},
	unsettle => q{DELETE FROM claims.settlement WHERE setl_id = 't' || :s;},
	remove => q{DELETE FROM claims.fee_line WHERE setl_id = 't' || :s AND feedetl_sn = (1 + :k)::text;},
	diagnosis => q{INSERT INTO claims.diagnosis (mdtrt_id, diag_srt_no, diag_code) VALUES ('v' || :v, (:k)::text, CASE WHEN :c % 2 = 0 THEN 'I10' ELSE 'E11' END)
ON CONFLICT (mdtrt_id, diag_srt_no) DO UPDATE SET diag_code = EXCLUDED.diag_code;},
	no_diagnosis => q{DELETE FROM claims.diagnosis WHERE mdtrt_id = 'v' || :v AND diag_srt_no = (:k)::text;},
	visit => qq{INSERT INTO claims.visit (mdtrt_id, psn_no, fixmedins_code, begntime, endtime) VALUES ('v' || :v, 'p' || :p, 'h1', $at, '2024-04-01')
ON CONFLICT (mdtrt_id) DO UPDATE SET psn_no = EXCLUDED.psn_no, begntime = EXCLUDED.begntime;},
	visit_ends => q{UPDATE claims.visit SET endtime = CASE WHEN endtime IS NULL THEN '2024-04-01'::timestamp END WHERE mdtrt_id = 'v' || :v;},
	no_visit => q{DELETE FROM claims.visit WHERE mdtrt_id = 'v' || :v;},
	undone => qq{BEGIN;
SAVEPOINT a;
INSERT INTO claims.fee_line ($columns) VALUES ('t' || :s, 'n' || nextval('claims.n'), 'p' || :p, 'h1', $at, $code, 1, 10, '101', $visit);
SAVEPOINT b;
INSERT INTO claims.fee_line ($columns) VALUES ('t' || :t, 'n' || nextval('claims.n'), 'p' || :q, 'h1', $at, $code, 1, 10, '101', $visit);
ROLLBACK TO a;
INSERT INTO claims.fee_line ($columns) VALUES ('t' || :t, 'n' || nextval('claims.n'), 'p' || :q, 'h1', $at, $code, 1, 10, '101', $visit);
RELEASE a;
COMMIT;},
	two_claims => qq{BEGIN;
SELECT claims.claim('n' || nextval('claims.n'), 'p' || :p, $at, $code, 'QTY');
SELECT claims.claim('n' || nextval('claims.n'), 'p' || :q, $at, $code, 'DAYS');
COMMIT;});
$mixed{$_} = "$random$mixed{$_}\n" foreach keys %mixed;

side_by_side($db, 'all at once', $_, %mixed) foreach 'read committed', 'repeatable read', 'serializable';

# Checked in the middle too, where deadlocks are possible and tried again.
my %hasty = %mixed;
$hasty{immediate} = qq{${random}BEGIN;
INSERT INTO claims.fee_line ($columns) VALUES ('t' || :s, 'n' || nextval('claims.n'), 'p' || :p, 'h1', $at, $code, 1, 10, '101', $visit);
SET CONSTRAINTS ALL IMMEDIATE;
INSERT INTO claims.fee_line ($columns) VALUES ('t' || :t, 'n' || nextval('claims.n'), 'p' || :q, 'h1', $at, $code, 1, 10, '101', $visit);
SET CONSTRAINTS ALL DEFERRED;
INSERT INTO claims.diagnosis (mdtrt_id, diag_srt_no, diag_code) VALUES ('v' || :v, 'n' || nextval('claims.n'), 'I10');
COMMIT;
};
side_by_side($db, 'with immediate checks', 'read committed', %hasty);

# Rows of one visit or settlement far beyond the windows of each other.
$db = database('days', q{code IN ('BAN', 'QTY', 'QTYV', 'PAIR', 'NOT', 'MUST', 'TOTAL', 'BOTH', 'DAYS', 'NEED')});
$node->safe_psql($db, q{INSERT INTO meso_audit.rule (code, version, kind_code, template, params, codes, status)
	VALUES ('QTYS', 1, 'TEST', 'max_qty', '{"max": 2, "unit": "settlement"}', '{X%,K%}', 'active'),
		('WITH', 1, 'TEST', 'companion_required', '{"codes_of": "diagnosis", "needs": ["X", "QTYV"], "window": "visit"}', '{E11}', 'active')});
s/random\(0, 40\)/random(0, 300)/ foreach values %mixed;
side_by_side($db, 'with short windows', $_, %mixed) foreach 'read committed', 'repeatable read';

# Many persons at once, each with somebody who is found late and sorts before.
$node->safe_psql($db, qq{INSERT INTO claims.fee_line ($columns)
	SELECT 'w' || n, k::text, CASE k WHEN 1 THEN 'a' ELSE 'z' END || n, 'h1', '2024-03-04', 'QTY', 2, 20, '101', NULL
	FROM generate_series(1, 1500) n, generate_series(1, 2) k});
$node->safe_psql($db, q{UPDATE claims.fee_line SET cnt = 3 WHERE setl_id LIKE 'w%' AND feedetl_sn = '2'});
is($node->safe_psql($db, q{SELECT count(*) FROM claims.found WHERE setl_id LIKE 'w%' AND source_code = 'QTY'}), '1500', 'many persons with others found late: all is judged');
is($node->safe_psql($db, q{SELECT * FROM claims.wrong((SELECT array_agg(psn_no) FROM claims.fee_line WHERE setl_id LIKE 'w%')) LIMIT 3}), '', 'and rightly');

$node->stop;
done_testing();

# The batch audit: any chunking and number of workers, a run twice, cancelled,
# killed and resumed, helped, hindered: the findings are the same.
use strict;
use warnings;
use IPC::Run qw(start timeout);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time usleep);
use MesoTest;

my $persons = 300;
my $node = MesoTest::node('batch', 'max_worker_processes = 8', 'autovacuum = off');
my $audit = "CALL meso_audit.run_audit('[2025-01-01,2026-01-01)'";

# A small world: lines that never_pay and max_qty find, some of them refunded.
MesoTest::database($node, 'world');
$node->safe_psql('world', qq{
	SET client_min_messages = warning;
	SELECT meso_audit.create_fact_tables('hospital');
	INSERT INTO meso_audit.rule (code, version, kind_code, template, params, codes, status) VALUES
		('BAN', 1, 'TEST', 'never_pay', '{"payable_only": false}', '{BAD}', 'active'),
		('MAX', 1, 'TEST', 'max_qty', '{"payable_only": false, "max": 2, "unit": "day"}', '{MUCH}', 'active'),
		('MANY', 1, 'TEST', 'aggregate_threshold',
			'{"metric": "settlements", "by": "institution", "period": "month", "op": ">=", "value": 20}', NULL, 'active');
	INSERT INTO hospital.settlement (setl_id, psn_no, fixmedins_code, setl_time, mdtrt_id, refd_setl_flag)
	SELECT 's' || i, 'p' || i % $persons, 'h' || i % 7, '2025-01-01'::timestamp + i * interval '4 hours', 'v' || i,
		CASE WHEN i % 11 = 0 THEN '1' END
	FROM generate_series(1, 3 * $persons) i;
	INSERT INTO hospital.fee_line (setl_id, feedetl_sn, psn_no, fixmedins_code, fee_ocur_time, med_list_codg,
		cnt, det_item_fee_sumamt)
	SELECT s.setl_id, j::text, s.psn_no, s.fixmedins_code, s.setl_time,
		CASE WHEN j = 1 THEN 'BAD' WHEN j < 4 THEN 'MUCH' ELSE 'GOOD' END, 2, 10 * j
	FROM hospital.settlement s, generate_series(1, 5) j;
	ANALYZE;
});

# What was found, without ids and times.
my $findings = q{
	SELECT md5(string_agg(concat_ws('|', encode(finding_key, 'hex'), source_code, amount, certainty,
		point_id, status, still_true, source_gone, judged_day), E'\n' ORDER BY finding_key)) || ' ' || count(*)
	FROM meso_audit.finding};

sub world
{
	my ($name) = @_;
	$node->safe_psql('postgres', "CREATE DATABASE $name TEMPLATE world");
	return $name;
}

# Starts an audit in the background; returns the run.
sub begin
{
	my ($db, $sql) = @_;
	my ($in, $out, $err) = ('', '', '');
	return start(
		[ 'psql', '-X', '-q', '-d', $node->connstr($db), '-c', $sql ],
		'<', \$in, '>', \$out, '2>', \$err, timeout(120));
}

# Polls until the query gives true, at most a minute.
sub wait_for
{
	my ($db, $query) = @_;
	my $until = time() + 60;
	while (time() < $until)
	{
		my ($ret, $out) = $node->psql($db, $query);
		return 1 if defined $out && $out eq 't';
		usleep(2000);
	}
	return 0;
}

# --- undisturbed -----------------------------------------------------------

world('plain');
my $begun = time();
$node->safe_psql('plain', "$audit)");
my $alone = time() - $begun;
my $want = $node->safe_psql('plain', $findings);
note("undisturbed: $want");
cmp_ok((split / /, $want)[1], '>', 2 * $persons, 'there is something to find');
is( $node->safe_psql('plain', "SELECT count(*) > 0 FROM meso_audit.finding WHERE source_code = 'MANY'"),
	't', 'of institutions too');

my $tuples = q{SELECT md5(string_agg(ctid::text || xmin::text, ',' ORDER BY finding_id)) FROM meso_audit.finding};
my $before = $node->safe_psql('plain', $tuples);
my $log = $node->safe_psql('plain', 'SELECT count(*) FROM meso_audit.finding_log');
$node->safe_psql('plain', "$audit, workers => 2, chunk_size => 100)");
is($node->safe_psql('plain', $tuples), $before, 'a second run writes no finding');
is($node->safe_psql('plain', 'SELECT count(*) FROM meso_audit.finding_log'), $log, 'and logs nothing');

foreach my $way ([ 1, 1 ], [ 7, 1 ], [ 7, 2 ], [ 1000, 2 ])
{
	my ($size, $workers) = @$way;
	my $db = world("c${size}_$workers");
	$node->safe_psql($db, "$audit, workers => $workers, chunk_size => $size)");
	is($node->safe_psql($db, $findings), $want, "chunks of $size, $workers worker(s)");
	if ($workers > 1 && $size < 1000)
	{
		is( $node->safe_psql($db, 'SELECT count(DISTINCT pid) FROM meso_audit.audit_chunk'),
			$workers, 'all of them worked');
	}
	is($node->safe_psql($db, 'SELECT * FROM meso_audit.verify_log()'), '', 'the log is whole');
}
is( $node->safe_psql('c7_2',
		'SELECT state, chunks = chunks_done, persons = persons_done, lines = lines_done, remaining IS NULL FROM meso_audit.audit_progress'),
	'finished|t|t|t|t', 'progress says all is done');

# --- by slabs ---------------------------------------------------------------

foreach my $way ([ 1, 1, 9999 ], [ 7, 1, 700 ], [ 7, 2, 9999 ], [ 1000, 2, 9999 ], [ 30, 3, 500 ])
{
	my ($size, $workers, $lines) = @$way;
	my $db = world("s${size}_$workers");
	$node->safe_psql($db, "ALTER DATABASE $db SET meso_audit.audit_reads = tables");
	$node->safe_psql($db, "ALTER DATABASE $db SET meso_audit.slab_lines = $lines");
	$node->safe_psql($db, "$audit, workers => $workers, chunk_size => $size)");
	is($node->safe_psql($db, $findings), $want, "chunks of $size, slabs of $lines lines, $workers worker(s)");
	is( $node->safe_psql($db, q{SELECT count(*) FILTER (WHERE kind = 'slab') > 0, bool_and(state = 'done'),
			bool_and(slab IS NOT NULL) FILTER (WHERE kind = 'persons') FROM meso_audit.audit_chunk}),
		't|t|t', 'by slabs, all of them');
	is($node->safe_psql($db, 'SELECT count(*) FROM meso_audit.audit_judged'), '0', 'nothing is left to write');
	my $were = $node->safe_psql($db, $tuples);
	$node->safe_psql($db, "$audit, workers => 2, chunk_size => 100)");
	is($node->safe_psql($db, $tuples), $were, 'a second run writes no finding');
}

# a slab judges, somebody else changes a person, the chunk writes
world('overtaken');
$node->safe_psql('overtaken', q{
	SET meso_audit.audit_reads = tables;
	SELECT meso_audit.audit_begin('[2025-01-01,2026-01-01)', NULL, 1000)});
$node->safe_psql('overtaken', 'SELECT meso_audit.audit_step(1)')
	until $node->safe_psql('overtaken', 'SELECT count(*) FROM meso_audit.audit_judged') ne '0';
is($node->safe_psql('overtaken', 'SELECT count(*) FROM meso_audit.finding WHERE NOT population'), '0', 'judged, not written');
$node->safe_psql('overtaken', q{
	DELETE FROM hospital.fee_line WHERE psn_no = 'p1';
	INSERT INTO meso_audit.person_guard (psn_no) VALUES ('p1')});
$node->safe_psql('overtaken', 'CALL meso_audit.audit_worker(1)');
is( $node->safe_psql('overtaken', q{SELECT count(*) FILTER (WHERE psn_no = 'p1'), count(*) > 500 FROM meso_audit.finding}),
	'0|t', 'who has moved meanwhile is judged anew');
is( $node->safe_psql('overtaken', q{SELECT persons, slab IS NULL FROM meso_audit.audit_chunk WHERE kind = 'persons' ORDER BY chunk_id DESC LIMIT 1}),
	'{p1}|t', 'alone');

# resumed after the facts have changed
world('mended');
$node->safe_psql('mended', q{ALTER DATABASE mended SET meso_audit.audit_reads = tables});
$node->safe_psql('mended', q{SELECT meso_audit.audit_begin('[2025-01-01,2026-01-01)', NULL, 1000)});
$node->safe_psql('mended', 'SELECT meso_audit.audit_step(1)')
	until $node->safe_psql('mended', 'SELECT count(*) FROM meso_audit.audit_judged') ne '0';
$node->safe_psql('mended', q{DELETE FROM hospital.fee_line WHERE psn_no = 'p1'});
$node->safe_psql('mended', "$audit)");
is( $node->safe_psql('mended', q{SELECT count(*) FILTER (WHERE psn_no = 'p1'), count(*) > 500 FROM meso_audit.finding}),
	'0|t', 'what was judged before an interruption is judged again');

# one person cannot be judged
world('uneven');
$node->safe_psql('uneven', q{
	ALTER DATABASE uneven SET meso_audit.audit_reads = tables;
	INSERT INTO meso_audit.rule (code, version, kind_code, template, params, codes, status) VALUES
	('DIV', 1, 'TEST', 'expression', '{"sql": "CASE psn_no WHEN ''p7'' THEN cnt / (cnt - cnt) END > 0"}', '{%}', 'active')});
$node->psql('uneven', "$audit, chunk_size => 50)");
is( $node->safe_psql('uneven', q{SELECT (SELECT state FROM meso_audit.audit_chunk WHERE kind = 'slab'),
		(SELECT array_agg(persons::text) FROM meso_audit.audit_chunk WHERE state = 'failed'),
		(SELECT count(DISTINCT psn_no) FROM meso_audit.finding WHERE source_code = 'BAN')}),
	'split|{"{p7}"}|' . $node->safe_psql('plain', q{SELECT count(DISTINCT psn_no) FROM meso_audit.finding WHERE source_code = 'BAN' AND psn_no <> 'p7'}),
	'a slab that fails leaves its chunks to judge for themselves');

# --- cancelled -------------------------------------------------------------

world('cancelled');
my $run = begin('cancelled', "$audit, workers => 2, chunk_size => 1)");
ok(wait_for('cancelled', "SELECT count(*) > 5 FROM meso_audit.audit_chunk WHERE state = 'done'"), 'an audit is under way');
$node->safe_psql('cancelled', q{SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE query LIKE 'CALL meso_audit.run%'});
eval { $run->finish };
ok( wait_for('cancelled', q{SELECT count(*) = 0 FROM pg_stat_activity WHERE backend_type = 'meso_audit worker'}),
	'its worker stops with it');
is($node->safe_psql('cancelled', 'SELECT state FROM meso_audit.audit_run'), 'running', 'the run is unfinished');
$node->safe_psql('cancelled', 'CALL meso_audit.audit_worker(1)');
is( $node->safe_psql('cancelled', "SELECT count(*) FROM meso_audit.audit_chunk WHERE state <> 'done'"),
	'0', 'a helper does the rest');
$node->safe_psql('cancelled', "$audit, chunk_size => 1)");
is($node->safe_psql('cancelled', 'SELECT run_id, state FROM meso_audit.audit_run'), '1|finished', 'the same call ends it');
is($node->safe_psql('cancelled', $findings), $want, 'same findings');

# --- the rules change meanwhile ---------------------------------------------

world('changed');
$node->safe_psql('changed', q{SELECT meso_audit.audit_begin('[2025-01-01,2026-01-01)', NULL, 100)});
$node->safe_psql('changed', 'SELECT meso_audit.audit_step(1)');
$node->safe_psql('changed', q{INSERT INTO meso_audit.rule (code, version, kind_code, template, params, codes, status)
	VALUES ('MAX', 2, 'TEST', 'never_pay', '{}', '{MUCH}', 'void')});
$node->safe_psql('changed', "$audit)");
is( $node->safe_psql('changed', 'SELECT string_agg(state, $$ $$ ORDER BY run_id) FROM meso_audit.audit_run'),
	'abandoned finished', 'a run is not resumed under other rules');
is( $node->safe_psql('changed', "SELECT count(*) FROM meso_audit.finding WHERE source_code = 'MAX' AND status = 'open'"),
	'0', 'the findings of a void rule are withdrawn');

# --- somebody else is at the same person -------------------------------------

world('guarded');
my ($hold_in, $hold_out) = ('', '');
my $hold = start(
	[ 'psql', '-X', '-q', '-A', '-t', '-d', $node->connstr('guarded') ],
	'<', \$hold_in, '>', \$hold_out, '2>&1', timeout(120));
$hold_in = "BEGIN; INSERT INTO meso_audit.person_guard VALUES ('p5', 1), ('p50', 1); SELECT 'held';\n";
$hold->pump until $hold_out =~ /held/;
$run = begin('guarded', "$audit, chunk_size => 100)");
ok( wait_for('guarded', q{SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event_type = 'Lock'}),
	'the audit waits for a writer of the same person');
$hold_in = "UPDATE hospital.fee_line SET med_list_codg = 'GOOD' WHERE psn_no = 'p5'; COMMIT;\n\\q\n";
$hold->finish;
$run->finish;
is( $node->safe_psql('guarded', "SELECT persons FROM meso_audit.audit_chunk WHERE kind = 'persons' ORDER BY chunk_id DESC LIMIT 1"),
	'{p5,p50}', 'and judges those persons anew');
is( $node->safe_psql('guarded', "SELECT count(*) FROM meso_audit.finding WHERE psn_no = 'p5'"),
	'0', 'as they are now');

# --- two audits at once, and another isolation level -----------------------------

world('crossed');
my @both = (begin('crossed', "$audit, chunk_size => 3)"),
	begin('crossed', "CALL meso_audit.run_audit('[2025-01-01,2025-07-01)', chunk_size => 5)"));
$_->finish foreach @both;
is($node->safe_psql('crossed', $findings), $want, 'two audits of the same persons at once');
is( $node->safe_psql('crossed', "SELECT count(*) FROM meso_audit.audit_chunk WHERE state <> 'done'"),
	'0', 'none in the other\'s way');

world('strict');
$node->safe_psql('postgres', "ALTER DATABASE strict SET default_transaction_isolation = 'serializable'");
$node->safe_psql('strict', "$audit, workers => 2, chunk_size => 20)");
is($node->safe_psql('strict', $findings), $want, 'an audit by serializable transactions');

# --- a person who cannot be judged --------------------------------------------

world('broken');
$node->safe_psql('broken', q{
	SET client_min_messages = warning;
	CREATE TABLE hospital.divisor AS SELECT 1 AS n;
	CREATE VIEW hospital.trap AS SELECT f.setl_id, f.feedetl_sn, f.psn_no, f.fixmedins_code, f.fee_ocur_time,
		f.med_list_codg, f.cnt / CASE WHEN f.psn_no = 'p13' THEN (SELECT n FROM hospital.divisor) ELSE 1 END AS cnt, f.det_item_fee_sumamt
	FROM hospital.fee_line f;
	SELECT meso_audit.bind_fact('fee_line', 'hospital.trap');
	UPDATE hospital.divisor SET n = 0;
});
my ($ended, $said, $warned) = $node->psql('broken', "$audit, chunk_size => 100)");
like($warned, qr/run 1 ended, but for 2 persons, rules or facts that failed/, 'a person who cannot be judged is told of');
is( $node->safe_psql('broken', "SELECT reason, meaning FROM meso_audit.audit_coverage WHERE about = 'failed' ORDER BY 1"),
	"coverage|22012: division by zero\np13|22012: division by zero", 'and listed');
is( $node->safe_psql('broken',
		q{SELECT state, persons, message FROM meso_audit.audit_chunk WHERE state = 'failed' AND kind = 'persons'}),
	'failed|{p13}|22012: division by zero', 'is named with the error');
is( $node->safe_psql('broken',
		q{SELECT count(DISTINCT psn_no), count(*) FILTER (WHERE psn_no = 'p13') FROM meso_audit.finding WHERE psn_no IS NOT NULL}),
	($persons - 1) . '|0', 'and does not stop the audit of all others');

world('divided');
$node->safe_psql('divided', q{INSERT INTO meso_audit.rule (code, version, kind_code, template, params, codes, status)
	VALUES ('DIV', 1, 'TEST', 'expression', '{"sql": "CASE psn_no WHEN ''p13'' THEN cnt / (cnt - cnt) END > 0"}', '{%}', 'active')});
$node->psql('divided', "$audit, rules => '{DIV}')");
like( $node->safe_psql('divided', "SELECT meaning FROM meso_audit.audit_coverage WHERE about = 'failed'"),
	qr/^22012: division by zero, expression of rule "DIV" on line \S+ of settlement \S+$/, 'what fails in a rule names it and the line');

# --- wrong calls ----------------------------------------------------------------

my ($ret, $out, $err) = $node->psql('plain', "$audit, rules => '{NOSUCH}')");
like($err, qr/there is no rule "NOSUCH"/, 'an unknown rule is refused');
($ret, $out, $err) = $node->psql('plain', "CALL meso_audit.run_audit('empty')");
like($err, qr/needs a period/, 'so is an empty period');
($ret, $out, $err) = $node->psql('plain', "$audit, workers => 0)");
like($err, qr/at least one worker/, 'and no worker at all');

# --- no slots ---------------------------------------------------------------------

world('crowded');
$node->safe_psql('postgres', "ALTER SYSTEM SET max_worker_processes = 1");
$node->restart;
$node->safe_psql('crowded', "$audit, workers => 4, chunk_size => 50)");
is($node->safe_psql('crowded', $findings), $want, 'no free slot: fewer workers, no error');
is($node->safe_psql('crowded', 'SELECT count(DISTINCT pid) FROM meso_audit.audit_chunk'), '1', 'namely one');

diag(sprintf('%d persons alone: %.2f s', $persons, $alone));
$node->stop;
done_testing();

# The sealed log: one chain from many sealers and writers; whatever is altered,
# missing, inserted or overdue is found.
use strict;
use warnings;
use IPC::Run qw(start timeout);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use MesoTest;

my $node = MesoTest::node('log', 'autovacuum = off');
my $db = 'postgres';

$node->safe_psql($db, q{
	SET client_min_messages = warning;
	SELECT meso_audit.setup();
	INSERT INTO meso_audit.finding (finding_key, source, source_code, level, psn_no, judged_day, certainty, found_by)
	SELECT sha256(i::text::bytea), 'rule', 'R', 'line', 'p' || i, '2025-01-01', 'suspect', 'batch'
	FROM generate_series(1, 400) i;
	CREATE FUNCTION write_log(since bigint, upto bigint, event text) RETURNS integer LANGUAGE sql AS $$
		SELECT meso_audit.log_events(array_agg(i), array_agg(event)) FROM generate_series(since, upto) i
	$$;
});

sub session
{
	my ($sql) = @_;
	my ($in, $out, $err) = ('', '', '');
	return start([ 'psql', '-X', '-q', '-A', '-t', '-d', $node->connstr($db), '-c', $sql ],
		'<', \$in, '>', \$out, '2>', \$err, timeout(120));
}

# Problems after a change that is rolled back.
sub problems
{
	my ($change, $args) = @_;
	$args = '' unless defined $args;
	return $node->safe_psql($db, qq{
		SET client_min_messages = warning;
		BEGIN;
		ALTER TABLE meso_audit.finding_log DISABLE TRIGGER ALL;
		ALTER TABLE meso_audit.log_block DISABLE TRIGGER ALL;
		$change;
		SELECT problem, block_no, log_id, finding_id FROM meso_audit.verify_log($args);
		ROLLBACK;});
}

# --- insert-only -------------------------------------------------------------

$node->safe_psql($db, "SELECT write_log(1, 10, 'found')");
foreach my $sql (
	"UPDATE meso_audit.finding_log SET actor = 'x'",
	'DELETE FROM meso_audit.finding_log',
	'TRUNCATE meso_audit.finding_log',
	'TRUNCATE meso_audit.log_block',
	"SET session_replication_role = replica; UPDATE meso_audit.finding_log SET actor = 'x'",
	"UPDATE meso_audit.log_block SET hash = ''")
{
	my ($ret, $out, $err) = $node->psql($db, $sql);
	like($err, qr/is not allowed/, "refused for the superuser: $sql");
}

# --- many writers, many sealers ------------------------------------------------

my @sessions;
push @sessions, session("DO \$\$ BEGIN FOR i IN 1..40 LOOP PERFORM write_log($_ * 50 + 1, $_ * 50 + 10, 'refreshed'); COMMIT; END LOOP; END \$\$")
	for 1 .. 4;
push @sessions, session('DO $$ BEGIN FOR i IN 1..30 LOOP PERFORM meso_audit.seal_log(25); COMMIT; END LOOP; END $$')
	for 1 .. 3;
$_->finish foreach @sessions;
$node->safe_psql($db, 'SELECT meso_audit.seal_log()');
is( $node->safe_psql($db, 'SELECT sum(row_count) = (SELECT count(*) FROM meso_audit.finding_log), max(block_no) = count(*) FROM meso_audit.log_block'),
	't|t', 'every row is in one block, the blocks are one chain');
is($node->safe_psql($db, 'SELECT count(*) > 1610 / 25 FROM meso_audit.log_block'), 't', 'of no more rows than asked');
$node->safe_psql($db, q{DELETE FROM meso_audit.finding WHERE finding_id NOT IN (SELECT finding_id FROM meso_audit.finding_log)});
is($node->safe_psql($db, "SELECT * FROM meso_audit.verify_log('0 s')"), '', 'and nothing is wrong with it');

# --- a transaction that ends late ------------------------------------------------

my ($in, $out) = ('', '');
my $late = start([ 'psql', '-X', '-q', '-A', '-t', '-d', $node->connstr($db) ],
	'<', \$in, '>', \$out, '2>&1', timeout(120));
$in = "BEGIN; SELECT write_log(1, 3, 'refreshed'); SELECT 'written';\n";
$late->pump until $out =~ /written/;
$node->safe_psql($db, "SELECT write_log(4, 6, 'refreshed')");
is($node->safe_psql($db, 'SELECT meso_audit.seal_log()'), '3', 'rows of an unfinished transaction wait');
$in = "COMMIT;\n\\q\n";
$late->finish;
is($node->safe_psql($db, 'SELECT meso_audit.seal_log()'), '3', 'and come into the next block');
is( $node->safe_psql($db, 'SELECT bool_and(members = (SELECT range_agg(int8range(l.log_id, l.log_id, $$[]$$))
		FROM meso_audit.finding_log l WHERE b.members @> l.log_id)) FROM meso_audit.log_block b'),
	't', 'each block names its rows');
is($node->safe_psql($db, "SELECT * FROM meso_audit.verify_log('0 s')"), '', 'the log is whole');

# --- tampering ----------------------------------------------------------------------

# numbers that stay empty: the transaction that drew them was rolled back
my $hole = $node->safe_psql($db, "BEGIN; SELECT write_log(1, 2, 'refreshed'); SELECT max(log_id) FROM meso_audit.finding_log; ROLLBACK;");
$hole =~ s/.*\n//s;
for (1 .. 3)
{
	$node->safe_psql($db, "SELECT write_log(7, 7, 'refreshed')");
	$node->safe_psql($db, 'SELECT meso_audit.seal_log()');
}
my $head = $node->safe_psql($db, "SELECT format('%s, %L', block_no, hash) FROM meso_audit.log_head()");

is(problems('SELECT', "'0 s', $head"), '', 'before, nothing');
like(problems("UPDATE meso_audit.finding_log SET amount = 1 WHERE log_id = 5"), qr/^altered\|\|5\|/m, 'an altered row');
my $redo = 'digest = meso_audit.log_digest(log_id, logged_at, actor, finding_id, finding_key, event, status, still_true,
	source_version, point_id, 1, certainty, run_id, rule_set_hash, detail, evidence_digest)';
like(problems("UPDATE meso_audit.finding_log SET amount = 1, $redo WHERE log_id = 5"),
	qr/^altered\|\d+\|\|/m, 'with its digest made anew: the block shows it');
like(problems('DELETE FROM meso_audit.finding_log WHERE log_id = 5'), qr/^missing\|\d+\|\|/m, 'a missing row');
like(problems('DELETE FROM meso_audit.log_block WHERE block_no = 3'), qr/^missing\|4\|/m, 'a missing block');
is(problems('DELETE FROM meso_audit.log_block WHERE block_no = (SELECT max(block_no) FROM meso_audit.log_block);
		DELETE FROM meso_audit.finding_log WHERE log_id = (SELECT max(log_id) FROM meso_audit.finding_log)'),
	'', 'the end cut off: nothing inside shows it');
like(problems('DELETE FROM meso_audit.log_block WHERE block_no = (SELECT max(block_no) FROM meso_audit.log_block);
		DELETE FROM meso_audit.finding_log WHERE log_id = (SELECT max(log_id) FROM meso_audit.finding_log)', "'0 s', $head"),
	qr/^missing\|\d+\|\|/m, 'the head that was kept outside does');
like(problems("UPDATE meso_audit.log_block SET hash = sha256(hash) WHERE block_no = 4"), qr/^altered\|4\|/m, 'an altered block');
like(problems("INSERT INTO meso_audit.finding_log (log_id, logged_at, actor, finding_id, finding_key, event, status, still_true, certainty, digest)
		SELECT $hole, logged_at, actor, finding_id, finding_key, 'dismissed', status, still_true, certainty,
			meso_audit.log_digest($hole, logged_at, actor, finding_id, finding_key, 'dismissed', status, still_true,
				NULL, NULL, NULL, certainty, NULL, NULL, NULL, NULL)
		FROM meso_audit.finding_log WHERE log_id = 5", "'1 hour'"),
	qr/^inserted\|\|$hole\|/m, 'an inserted row');
like(problems("SELECT write_log(8, 8, 'refreshed')", "'-1 s'"), qr/^overdue\|\|\d+\|8/m, 'an overdue row');
like(problems("UPDATE meso_audit.finding SET status = 'dismissed' WHERE finding_id = 9"), qr/^altered\|\|\d+\|9/m,
	'a finding changed without the log');
like(problems("UPDATE meso_audit.finding SET evidence = meso_audit.compress_evidence('{}') WHERE finding_id = 9"),
	qr/^altered\|\|\d+\|9/m, 'evidence put under a finding');
like(problems('DELETE FROM meso_audit.finding WHERE finding_id = 9'), qr/^missing\|\|\d+\|9/m, 'a finding deleted');

# --- a bundle proves itself -------------------------------------------------------------

is( $node->safe_psql($db, q{
	WITH RECURSIVE e AS (
		SELECT l, (l ->> 'leaf')::integer AS place, b.row_count AS n,
			ARRAY(SELECT decode(substr(p, 3), 'hex') FROM jsonb_array_elements_text(l -> 'path') p) AS path,
			sha256('\x00' || decode(substr(l ->> 'digest', 3), 'hex')) AS h
		FROM jsonb_array_elements(meso_audit.evidence_bundle(51) -> 'log') l
		JOIN meso_audit.log_block b ON b.block_no = (l ->> 'block_no')::bigint
	), walk AS (
		SELECT l, place, n - 1 AS last, path, h, 1 AS i FROM e
		UNION ALL
		SELECT l, w.place / 2, w.last / 2, path,
			CASE WHEN w.place % 2 = 1 THEN sha256('\x01' || path[i] || h)
				WHEN w.place < w.last THEN sha256('\x01' || h || path[i]) ELSE h END,
			CASE WHEN w.place % 2 = 1 OR w.place < w.last THEN i + 1 ELSE i END
		FROM walk w WHERE w.last > 0
	)
	SELECT count(*) > 10, bool_and(h = decode(substr(l ->> 'block_root', 3), 'hex')) FROM walk WHERE last = 0}),
	't|t', 'row and path give the root of the block');

# --- the outbox ------------------------------------------------------------------------------

is( $node->safe_psql($db, 'SELECT count(*), min(outbox_id) FROM meso_audit.take_outbox(7)'), '7|1', 'the oldest messages first');
is( $node->safe_psql($db, 'BEGIN; SELECT count(*) FROM meso_audit.take_outbox(5); ROLLBACK; SELECT min(outbox_id) FROM meso_audit.outbox'),
	"5\n8", 'and back if the consumer fails');

$node->stop;
done_testing();

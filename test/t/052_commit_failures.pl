# When the check itself fails the claim passes, is noted, and the batch catches up; or
# it does not pass, where that is wanted. What is denied, held and switched off.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(usleep);
use MesoTest;
use MesoSession;

my $node = MesoTest::node('failures', 'autovacuum = off');
my $db = MesoTest::database($node, 'claims');
$node->safe_psql($db, "SET client_min_messages = warning;\n" . slurp_file('test/commit/claims.sql'));
$node->safe_psql($db, 'SELECT * FROM meso_audit.attach_checks()');
my $at = q{'2024-03-04 08:00'};
my $wrong = 'SELECT * FROM claims.difference LIMIT 3';
my $unchecked = q{SELECT string_agg(DISTINCT concat_ws(' ', psn_no, setl_id), ', ' ORDER BY concat_ws(' ', psn_no, setl_id)) FROM meso_audit.unchecked_claim};
my $audit = q{CALL meso_audit.run_audit('(,)')};
my ($ret, $out, $err);

sub caught_up
{
	my ($what) = @_;
	$node->safe_psql($db, $audit);
	is($node->safe_psql($db, 'SELECT count(*) FROM meso_audit.unchecked_claim'), '0', "$what: the batch takes the note off");
	is($node->safe_psql($db, $wrong), '', "$what: and has caught up");
	return;
}

# --- at each stage ------------------------------------------------------------------

my @stages = grep { $_ !~ /^(nowhere|note)$/ } split /,/,
	$node->safe_psql($db, q{LOAD 'meso_audit'; SELECT array_to_string(enumvals, ',') FROM pg_settings WHERE name = 'meso_audit.fail_at'});
cmp_ok(scalar @stages, '>=', 4, 'stages: ' . join(', ', @stages));
my $n = 0;
foreach my $stage (@stages)
{
	my ($p, $q) = map { "p$n-$_" } 1 .. 2;
	$n++;
	$node->safe_psql($db, "SELECT claims.claim('$p-before', '$p', $at, 'QTY', 'BAN')");
	($ret, $out, $err) = $node->psql($db, qq{
		SET meso_audit.fail_at = '$stage';
		BEGIN;
		SELECT claims.claim('$p-new', '$p', $at, 'QTY', 'QTY', 'BAN');
		SELECT claims.claim('$q-new', '$q', $at, 'BAN');
		UPDATE claims.fee_line SET med_list_codg = 'X' WHERE setl_id = '$p-before' AND med_list_codg = 'BAN';
		COMMIT});
	is($ret, 0, "$stage: the claims pass");
	like($err, qr/WARNING/, "$stage: with a warning");
	is($node->safe_psql($db, "SELECT count(*) FROM claims.settlement WHERE setl_id LIKE '%-new' AND psn_no IN ('$p', '$q')"), '2', "$stage: they are there");
	is($node->safe_psql($db, $unchecked), "$p $p-before, $p $p-new, $q $q-new", "$stage: and noted");
	is($node->safe_psql($db, "SELECT string_agg(setl_id, ' ') FROM claims.found WHERE psn_no IN ('$p', '$q')"), "$p-before", "$stage: no finding changed");
	caught_up($stage);

	($ret, $out, $err) = $node->psql($db, qq{
		SET meso_audit.fail_at = '$stage';
		SET meso_audit.on_error = 'raise';
		SELECT claims.claim('$p-raise', '$p', $at, 'BAN')});
	isnt($ret, 0, "$stage, raise: the claim does not pass");
	is($node->safe_psql($db, "SELECT count(*) FROM claims.settlement WHERE setl_id = '$p-raise'"), '0', "$stage, raise: it is not there");
	is($node->safe_psql($db, $unchecked), '', "$stage, raise: nor noted");

	# the same session goes on
	$node->safe_psql($db, qq{
		SET client_min_messages = error;
		SET meso_audit.fail_at = '$stage';
		SELECT claims.claim('$p-a', '$p', $at, 'BAN');
		RESET meso_audit.fail_at;
		SELECT claims.claim('$p-b', '$p', $at, 'BAN')});
	is($node->safe_psql($db, "SELECT count(*) FROM claims.found WHERE setl_id = '$p-b'"), '1', "$stage: the next claim is checked");
	is($node->safe_psql($db, $wrong), '', "$stage: and with it the person");
	caught_up("$stage, next");

	# in the middle, and rolled back with its savepoint
	$node->safe_psql($db, qq{
		SET client_min_messages = error;
		BEGIN;
		SAVEPOINT s;
		SELECT claims.claim('$p-s', '$p', $at, 'BAN');
		SET meso_audit.fail_at = '$stage';
		SET CONSTRAINTS ALL IMMEDIATE;
		RESET meso_audit.fail_at;
		ROLLBACK TO s;
		SELECT claims.claim('$p-t', '$q', $at, 'BAN');
		COMMIT});
	is($node->safe_psql($db, $unchecked), '', "$stage: a note goes with its savepoint");
	is($node->safe_psql($db, $wrong), '', "$stage: what comes after is checked");
}

# --- what fails by itself --------------------------------------------------------------

$node->safe_psql($db, q{INSERT INTO meso_audit.rule (code, version, kind_code, template, params, codes, status)
	VALUES ('DIV', 1, 'TEST', 'expression', '{"sql": "1 / (cnt - cnt) > 0"}', '{DIV}', 'active')});
($ret, $out, $err) = $node->psql($db, "BEGIN; SELECT claims.claim('d1', 'd1', $at, 'DIV', 'BAN'); SELECT claims.claim('d2', 'd2', $at, 'BAN'); COMMIT");
is($ret, 0, 'a rule that fails: the claims pass');
like($err, qr/WARNING.*DIV|DIV.*WARNING|division by zero/s, 'the warning says why');
like($node->safe_psql($db, $unchecked), qr/^d1 d1/, 'noted');
($ret, $out, $err) = $node->psql($db, "SET meso_audit.fail_at = 'note'; SELECT claims.claim('d3', 'd3', $at, 'DIV')");
is( $node->safe_psql($db, q{SELECT (SELECT count(*) FROM claims.settlement WHERE setl_id = 'd3') - count(*) FROM meso_audit.unchecked_claim WHERE setl_id = 'd3'}),
	'0', 'where not even the note can be written the claim is not there');
$node->safe_psql($db, q{INSERT INTO meso_audit.rule (code, version, kind_code, template, params, codes, status)
	VALUES ('DIV', 2, 'TEST', 'expression', '{"sql": "1 / (cnt - cnt) > 0"}', '{DIV}', 'void')});
caught_up('without that rule');

($ret, $out, $err) = $node->psql($db, qq{
	SET meso_audit.max_history_rows = 5;
	SELECT claims.claim('h1', 'h1', $at, 'X', 'X', 'X', 'BAN', 'X', 'X', 'X')});
is($ret, 0, 'more history than max_history_rows: the claim passes');
is($node->safe_psql($db, $unchecked), 'h1 h1', 'noted');
caught_up('history');

($ret, $out, $err) = $node->psql($db, qq{
	SET meso_audit.max_claims_per_transaction = 2;
	BEGIN;
	SELECT claims.claim('m' || n, 'm' || n, $at, 'BAN') FROM generate_series(1, 4) n;
	COMMIT});
is($ret, 0, 'more claims than max_claims_per_transaction: they pass');
my $m = $node->safe_psql($db, q{SELECT count(*) FROM (SELECT setl_id FROM meso_audit.unchecked_claim UNION SELECT setl_id FROM claims.found) x WHERE setl_id LIKE 'm%'});
is($m, '4', 'each is noted, if not checked');
caught_up('claims');

($ret, $out, $err) = $node->psql($db, qq{
	SET meso_audit.max_claims_per_transaction = 2;
	SET meso_audit.on_error = 'raise';
	BEGIN;
	SELECT claims.claim('r' || n, 'r' || n, $at, 'BAN') FROM generate_series(1, 4) n;
	COMMIT});
isnt($ret, 0, 'raise: they do not pass');

# --- others in the way ------------------------------------------------------------------

my ($one, $two) = map { MesoSession->new($node, $db) } 1 .. 2;
$one->do("BEGIN; SELECT claims.claim('w1', 'w', $at, 'BAN'); SET CONSTRAINTS ALL IMMEDIATE");
$two->send("SELECT claims.claim('w2', 'w', $at, 'BAN')");
ok($two->blocked, 'a claim waits for another of its person');
$node->safe_psql($db, "SELECT pg_cancel_backend($two->{pid})");
like($two->end, qr/ERROR: +57014/, 'cancelled there it does not pass unchecked');
$two->send("SET lock_timeout = '300ms'; SET client_min_messages = warning; SELECT claims.claim('w3', 'w', $at, 'BAN')");
my $said = $two->end;
like($said, qr/ERROR: +55P03/, 'nor does it wait longer than lock_timeout, or pass unchecked by it');
$one->do('COMMIT');
is( $node->safe_psql($db, q{SELECT string_agg(setl_id, ' ' ORDER BY setl_id) FROM claims.settlement WHERE psn_no = 'w' AND NOT EXISTS (
		SELECT FROM claims.found f WHERE f.setl_id = settlement.setl_id UNION ALL SELECT FROM meso_audit.unchecked_claim u WHERE u.setl_id = settlement.setl_id)}),
	'', 'what is there is judged or noted');
$two->do('RESET lock_timeout');
caught_up('lock_timeout');

# --- switched off, for open sessions too ----------------------------------------------------

sub reload
{
	my ($setting) = @_;
	$node->safe_psql('postgres', $setting);
	$node->reload;
	usleep(300_000);
	return;
}
$one->do("SELECT claims.claim('o1', 'o', $at, 'BAN')");
reload(q{LOAD 'meso_audit'; ALTER SYSTEM SET meso_audit."check" = off});
$one->do("SELECT claims.claim('o2', 'o', $at, 'BAN')");
is($node->safe_psql($db, q{SELECT string_agg(setl_id, ' ') FROM claims.found WHERE psn_no = 'o'}), 'o1', 'switched off: not checked');
$one->do("BEGIN; SELECT claims.claim('o3', 'o', $at, 'BAN')");
reload(q{LOAD 'meso_audit'; ALTER SYSTEM RESET meso_audit."check"});
$one->do('COMMIT');
$one->do("SELECT claims.claim('o4', 'o', $at, 'BAN')");
is($node->safe_psql($db, $wrong), '', 'switched on again: the next claim finds what was missed of its person')
  or note('what lies outside its window may be left to the batch');
caught_up('switched off');

$node->safe_psql($db, 'CREATE ROLE clerk LOGIN; GRANT USAGE ON SCHEMA claims TO clerk; GRANT SELECT, INSERT, UPDATE, DELETE ON claims.fee_line, claims.settlement TO clerk');
foreach my $setting ('"check" = off', "on_deny = 'hold'", "on_error = 'pass'", 'max_history_rows = 1', 'max_claims_per_transaction = 1', "timezone = 'UTC'", "fail_at = '$stages[0]'")
{
	($ret, $out, $err) = $node->psql($db, "SELECT claims.claim('x', 'x', $at, 'X'); SET meso_audit.$setting", extra_params => [ '-U', 'clerk' ]);
	like($err, qr/permission denied to set parameter/, "who bills cannot set $setting");
	$node->safe_psql($db, q{DELETE FROM claims.fee_line WHERE psn_no = 'x'; DELETE FROM claims.settlement WHERE psn_no = 'x'});
}
is($node->safe_psql($db, "SELECT claims.claim('clerk', 'k', $at, 'BAN')", extra_params => [ '-U', 'clerk' ]), '', 'who bills needs no right on findings');
is($node->safe_psql($db, q{SELECT setl_id FROM claims.found WHERE psn_no = 'k'}), 'clerk', 'for her claim to be judged');
($ret, $out, $err) = $node->psql($db, 'SELECT * FROM meso_audit.finding', extra_params => [ '-U', 'clerk' ]);
like($err, qr/permission denied/, 'and sees none');

# --- denied and held --------------------------------------------------------------------------

$node->safe_psql($db, q{INSERT INTO meso_audit.rule (code, version, kind_code, template, params, codes, action, status) VALUES
	('DENY', 1, 'TEST', 'max_qty', '{"max": 2, "unit": "day"}', '{DENY}', 'deny', 'active'),
	('HOLD', 1, 'TEST', 'max_qty', '{"max": 2, "unit": "day"}', '{HOLD}', 'hold', 'active'),
	('REMIND', 1, 'TEST', 'never_pay', '{}', '{REMIND}', 'remind', 'active')});
$node->safe_psql($db, "SELECT claims.claim('y1', 'y', '2024-03-04 12:00', 'DENY', 'DENY')");
$said = $two->do("SELECT claims.claim('y2', 'y', '2024-03-04 13:00', 'BAN', 'DENY')");
like($said, qr/ERROR: +MA/, 'denied, by an error of class MA');
my ($json) = $said =~ /^DETAIL: +(\{.*\}|\[.*\])$/m;
ok(defined $json, 'with a detail in one line') or diag($said);
is($node->safe_psql($db, "SELECT jsonb_path_query_first(\$json\$$json\$json\$, 'strict \$[0].rule_id') #>> '{}'"), 'DENY', 'in the shape of the national services') if defined $json;
is($node->safe_psql($db, q{SELECT count(*) FROM claims.fee_line WHERE setl_id = 'y2'}), '0', 'nothing of it is there');
is($node->safe_psql($db, q{SELECT count(*) FROM meso_audit.finding WHERE setl_id = 'y2'}), '0', 'no finding either');
$node->safe_psql($db, "SELECT claims.claim('y3', 'y', '2024-03-04 07:00', 'DENY')");
is( $node->safe_psql($db, q{SELECT setl_id, feedetl_sn FROM claims.found WHERE source_code = 'DENY'}),
	'y1|2', 'an earlier claim passes although a later one is over the limit by it: that is a finding');
is($node->safe_psql($db, q{SELECT setl_id FROM meso_audit.payable_settlement WHERE psn_no = 'y' ORDER BY 1}), "y1\ny3", 'that holds nothing');
$node->safe_psql($db, "SELECT claims.claim('y4', 'y4', $at, 'HOLD', 'HOLD', 'HOLD')");
is($node->safe_psql($db, q{SELECT count(*) FROM meso_audit.payable_settlement WHERE setl_id = 'y4'}), '0', 'held: not payable');
$node->safe_psql($db, q{UPDATE claims.fee_line SET cnt = 0.5 WHERE setl_id = 'y4'});
is($node->safe_psql($db, q{SELECT count(*) FROM meso_audit.payable_settlement WHERE setl_id = 'y4'}), '1', 'amended: payable again');
$node->safe_psql($db, "SET meso_audit.on_deny = 'hold'; SELECT claims.claim('y5', 'y', '2024-03-04 13:00', 'DENY')");
is($node->safe_psql($db, q{SELECT count(*) FROM meso_audit.payable_settlement WHERE setl_id = 'y5'}), '0', 'held instead of denied');
is($node->safe_psql($db, q{SELECT source_code FROM claims.found WHERE setl_id = 'y5'}), 'DENY', 'with its finding');
$node->safe_psql($db, q{SELECT meso_audit.release_hold('y5', 'seen')});
is($node->safe_psql($db, q{SELECT count(*) FROM meso_audit.payable_settlement WHERE setl_id = 'y5'}), '1', 'released: payable');
$node->safe_psql($db, q{SET meso_audit.on_deny = 'hold'; UPDATE claims.fee_line SET pric = 11 WHERE setl_id = 'y5'});
$node->safe_psql($db, $audit);
is($node->safe_psql($db, q{SELECT count(*) FROM meso_audit.payable_settlement WHERE setl_id = 'y5'}), '1', 'and stays so');
($ret, $out, $err) = $node->psql($db, "SELECT claims.claim('y6', 'y6', $at, 'REMIND')");
like($err, qr/NOTICE/, 'reminded');
is($node->safe_psql($db, q{SELECT count(*) FROM meso_audit.finding WHERE setl_id = 'y6'}), '0', 'of what is no finding');
is($node->safe_psql($db, $wrong), '', 'all is F');

# --- TRUNCATE ------------------------------------------------------------------------------------

$node->safe_psql($db, 'TRUNCATE claims.diagnosis');
is($node->safe_psql($db, q{SELECT count(*) FROM meso_audit.reaudit_queue WHERE about = 'fact' AND subject = 'diagnosis'}), '1', 'TRUNCATE is noted');
$node->safe_psql($db, $audit);
is($node->safe_psql($db, q{SELECT count(*) FROM meso_audit.reaudit_queue WHERE about = 'fact'}), '0', 'until the next audit of all');

# --- noted before an audit begins, committed while it runs ---------------------------------------

my $noted = q{SELECT (SELECT count(*) FROM meso_audit.reaudit_queue WHERE subject = 'late') || ' ' || (SELECT count(*) FROM meso_audit.unchecked_claim WHERE message = 'late')};
$one->do(q{BEGIN; SELECT meso_audit.note_reaudit('person', '{late}', 'test'); INSERT INTO meso_audit.unchecked_claim (error_code, message) VALUES ('XX000', 'late')});
$node->safe_psql($db, q{SELECT meso_audit.audit_begin('(,)', NULL, 1000)});
$one->do('COMMIT');
$node->safe_psql($db, $audit);
is($node->safe_psql($db, $noted), '1 1', 'what an audit did not see when it began stays noted');
$node->safe_psql($db, $audit);
is($node->safe_psql($db, $noted), '0 0', 'until one that did has ended');

# --- a busy table ---------------------------------------------------------------------------------

$one->do('BEGIN; SELECT count(*) FROM claims.visit; LOCK TABLE claims.visit IN ROW EXCLUSIVE MODE');
($ret, $out, $err) = $node->psql($db, 'SELECT meso_audit.detach_checks()');
like($err, qr/checks are not detached: claims\.visit is busy.*HINT:/s, 'checks are not taken off a busy table, which is said');
is($node->safe_psql($db, q{SELECT count(*) FROM pg_trigger WHERE tgname ~ '^meso_audit_(visit|fee_line)_new$'}), '2', 'but stay on all');
$one->do('ROLLBACK');
$node->safe_psql($db, q{SELECT meso_audit.detach_checks('claims.visit')});
$one->do('BEGIN; LOCK TABLE claims.visit IN ROW EXCLUSIVE MODE');
($ret, $out, $err) = $node->psql($db, 'SELECT * FROM meso_audit.attach_checks()');
like($err, qr/checks are not attached: claims\.visit is busy.*HINT:/s, 'nor put on one');
$one->do('ROLLBACK');
is($node->safe_psql($db, 'SELECT count(*) FROM meso_audit.attach_checks()'), '3', 'until it is quiet');

$_->quit foreach $one, $two;
$node->stop;
done_testing();

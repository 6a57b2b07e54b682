# Claims that come by logical replication, with either setting of who owns what; a
# standby that becomes the primary; a dump while claims are written.
use strict;
use warnings;
use IPC::Run qw(start timeout);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time usleep);
use MesoTest;

my $claims = "SET client_min_messages = warning;\n" . slurp_file('test/commit/claims.sql');
my $found = q{SELECT string_agg(source_code || ' ' || setl_id || '/' || feedetl_sn, ', ' ORDER BY source_code, setl_id, feedetl_sn) FROM claims.found};
my $wrong = 'SELECT * FROM claims.difference LIMIT 3';

# --- logical replication -------------------------------------------------------

my $pub = MesoTest::node('publisher', 'wal_level = logical', 'max_wal_senders = 10', 'max_replication_slots = 10', 'autovacuum = off');
my $sub = MesoTest::node('subscriber', 'max_logical_replication_workers = 10', 'max_worker_processes = 20', 'max_replication_slots = 10', 'autovacuum = off', 'wal_retrieve_retry_interval = 100ms');
my $new = $sub->safe_psql('postgres', 'SHOW server_version_num') >= 160000;

MesoTest::database($pub, 'hospitals');
$pub->safe_psql('hospitals', $claims);
$pub->safe_psql('hospitals', q{CREATE PUBLICATION hospitals FOR TABLE claims.fee_line, claims.settlement, claims.visit, claims.diagnosis, claims.operation});
$pub->safe_psql('hospitals', q{SELECT claims.claim('early', 'p1', '2024-03-01 08:00', 'BAN', 'QTY')});

# The subscription's owner is a superuser; the tables' is she too, or not.
sub subscribe
{
	my ($db, $owner) = @_;
	MesoTest::database($sub, $db);
	$sub->safe_psql($db, $claims);
	if ($owner)
	{
		$sub->safe_psql($db, qq{
			GRANT USAGE ON SCHEMA claims TO $owner;
			ALTER TABLE claims.fee_line OWNER TO $owner; ALTER TABLE claims.settlement OWNER TO $owner;
			ALTER TABLE claims.visit OWNER TO $owner; ALTER TABLE claims.diagnosis OWNER TO $owner;
			ALTER TABLE claims.operation OWNER TO $owner});
	}
	my $from = $pub->connstr . ' dbname=hospitals';
	$sub->safe_psql($db, "CREATE SUBSCRIPTION $db CONNECTION '$from' PUBLICATION hospitals WITH (enabled = false)");
	my ($ret, $out, $err) = $sub->psql($db, 'SELECT * FROM meso_audit.attach_checks()');
	is($ret, 0, "$db: attached");
	$sub->safe_psql($db, "ALTER SUBSCRIPTION $db ENABLE");
	return $err;
}

$sub->safe_psql('postgres', 'CREATE ROLE fund LOGIN');
my $said = subscribe('same');
unlike($said, qr/WARNING/, 'the same owner: no warning');
$pub->wait_for_catchup('same');
$sub->poll_query_until('same', q{SELECT count(*) = 2 FROM claims.fee_line}) or die 'no initial rows';
$sub->poll_query_until('same', q{SELECT count(*) = 5 FROM pg_subscription_rel WHERE srsubstate = 'r'}) or die 'not in step';
is($sub->safe_psql('same', $wrong), '', 'the same owner: what was there at first is judged');
like($sub->safe_psql('same', $found), qr/^BAN early/, 'and found');

$said = subscribe('others', 'fund');
if ($new)
{
	like($said, qr/WARNING.*run_as_owner/s, 'another owner: attaching warns and names the option');
	usleep(1_500_000);
	is($sub->safe_psql('others', 'SELECT count(*) FROM meso_audit.finding'), '0', 'indeed nothing is applied and unjudged')
	  or diag($sub->safe_psql('others', $found));
	is($sub->safe_psql('others', 'SELECT count(*) FROM claims.fee_line'), '0', 'nor applied at all');
	$sub->safe_psql('others', 'ALTER SUBSCRIPTION others SET (run_as_owner = true)');
}
$sub->poll_query_until('others', q{SELECT count(*) = 5 FROM pg_subscription_rel WHERE srsubstate = 'r'}) or die 'not in step';
is($sub->safe_psql('others', $wrong), '', 'another owner: what was there at first is judged');

$pub->safe_psql('hospitals', q{SELECT claims.claim('late', 'p1', '2024-03-01 09:00', 'QTY', 'QTY', 'DUP1')});
$pub->safe_psql('hospitals', q{BEGIN; SELECT claims.claim('two', 'p2', '2024-03-01 09:00', 'DUP1', 'DUP2');
	UPDATE claims.fee_line SET psn_no = 'p2' WHERE setl_id = 'late' AND feedetl_sn = '1'; COMMIT});
$pub->safe_psql('hospitals', q{DELETE FROM claims.fee_line WHERE setl_id = 'early' AND med_list_codg = 'BAN'});
foreach my $db ('same', 'others')
{
	$pub->wait_for_catchup($db);
	is($sub->safe_psql($db, $wrong), '', "$db: what is applied is judged");
	is($sub->safe_psql($db, $found), 'DUP two/2', "$db: and found") ;
	is($sub->safe_psql($db, 'SELECT count(*) FROM meso_audit.unchecked_claim'), '0', "$db: nothing went unchecked");
}
$_->stop foreach $sub, $pub;

# --- a standby that is promoted ---------------------------------------------------

my $primary = PostgreSQL::Test::Cluster->new('primary');
$primary->init(allows_streaming => 1, extra => [ '--encoding=UTF8', '--locale=C' ]);
$primary->append_conf('postgresql.conf', "fsync = off\nautovacuum = off\n");
$primary->start;
MesoTest::database($primary, 'claims');
$primary->safe_psql('claims', $claims);
$primary->safe_psql('claims', q{
	SELECT * FROM meso_audit.attach_checks();
	SELECT claims.claim('s1', 'p1', '2024-03-01 08:00', 'BAN', 'QTY', 'QTY')});
$primary->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'base', has_streaming => 1);
$standby->start;
$primary->safe_psql('claims', q{SELECT claims.claim('s2', 'p1', '2024-03-01 09:00', 'BAN')});
$primary->wait_for_catchup($standby, 'replay');
is($standby->safe_psql('claims', $wrong), '', 'the standby shows what is judged');
is($standby->safe_psql('claims', $found), 'BAN s1/1, BAN s2/1', 'all of it');
is($standby->safe_psql('claims', 'SELECT count(*) FROM meso_audit.payable_settlement'), '2', 'and what may be paid');
$primary->stop('immediate');
$standby->promote;
$standby->safe_psql('claims', q{SELECT claims.claim('s3', 'p1', '2024-03-01 07:00', 'QTY', 'BAN')});
is($standby->safe_psql('claims', $wrong), '', 'promoted: it judges');
is($standby->safe_psql('claims', $found), 'BAN s1/1, BAN s2/1, BAN s3/2, QTY s1/3', 'by all that was there before');

# --- pg_dump while claims are written -----------------------------------------------

my $dir = PostgreSQL::Test::Utils::tempdir();
append_to_file("$dir/load.sql", q{
\set p random(1, 40)
\set d random(1, 5)
BEGIN;
SELECT claims.claim('w' || nextval('claims.n'), 'p' || :p, '2024-03-01 08:00'::timestamp + :d * interval '1 day', 'QTY', 'DUP' || :d, 'BAN');
SELECT claims.claim('w' || nextval('claims.n'), 'p' || (:p + 1), '2024-03-01 08:00'::timestamp + :d * interval '1 day', 'QTY', 'QTYP');
COMMIT;
});
$standby->safe_psql('claims', 'CREATE SEQUENCE claims.n');
my ($in, $out) = ('', '');
my $load = start([ 'pgbench', '-n', '-c', '3', '-T', '6', '-R', '200', '-f', "$dir/load.sql", $standby->connstr('claims') ],
	'<', \$in, '>', \$out, '2>&1', timeout(120));
$standby->poll_query_until('claims', 'SELECT count(*) > 50 FROM claims.settlement') or die 'no load';
my $before = $standby->safe_psql('claims', 'SELECT count(*) FROM claims.settlement');
for my $n (1, 2)
{
	$standby->command_ok([ 'pg_dump', '-Fc', '-f', "$dir/dump$n", $standby->connstr('claims') ], 'dumped while claims are written');
}
my $after = $standby->safe_psql('claims', 'SELECT count(*) FROM claims.settlement');
cmp_ok($after, '>', $before, 'indeed meanwhile');
ok($load->finish, 'the writers are not hindered') or diag($out);
for my $n (1, 2)
{
	my $db = "restored$n";
	$standby->safe_psql('postgres', "CREATE DATABASE $db TEMPLATE template0");
	my ($ok, $stdout, $stderr) = (0, '', '');
	$ok = IPC::Run::run([ 'pg_restore', '--exit-on-error', '-d', $standby->connstr($db), "$dir/dump$n" ], '>', \$stdout, '2>', \$stderr);
	ok($ok && $stderr eq '', "$db: restored") or diag($stderr);
	cmp_ok($standby->safe_psql($db, 'SELECT count(*) FROM claims.settlement'), '>=', $before, "$db: with its claims");
	is($standby->safe_psql($db, $wrong), '', "$db: what is stored is F");
	$standby->safe_psql($db, q{SELECT claims.claim('r1', 'p1', '2024-03-01 06:00', 'QTY', 'BAN', 'QTY', 'QTY')});
	is($standby->safe_psql($db, $wrong), '', "$db: and claims are judged there");
	is($standby->safe_psql($db, q{SELECT count(*) > 1 FROM claims.found WHERE setl_id = 'r1'}), 't', "$db: and found");
}
$standby->stop;
done_testing();

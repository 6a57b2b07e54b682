# check_claim: its page is true, it writes nothing, a standby answers by the rules of now.
use strict;
use warnings;
use MesoSession;
use MesoTest;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = MesoTest::node('precheck', 'wal_level = replica', 'max_wal_senders = 4', 'hot_standby = on');
my $page = slurp_file('doc/precheck.md');

# The fields of the page are those that are read.
my ($message) = $page =~ /^## The message\n(.*?)^## The answer/ms;
my %page = map { $_ => 1 } map { /^\| (.*?) \|$/ ? $1 =~ /`([a-z_]+)`/g : () } split /\n/, $message;
my $source = slurp_file('src/rules/claim_fields.c');
my %read = map { $_ => 1 } $source =~ /(?:UNUSED\(|^\t\{)"([a-z_]+)"/mg;
is_deeply([ sort keys %page ], [ sort keys %read ], 'the page lists the fields that are read');

# The example.
$node->safe_psql('postgres', <<'SQL');
SET client_min_messages = warning;
SET meso_audit.require_approval = off;
SELECT count(*) FROM (SELECT meso_audit.create_fact_tables('example')) x;
INSERT INTO example.visit (mdtrt_id, psn_no, fixmedins_code, begntime, endtime, med_type)
VALUES ('V1', '99000000000001', 'H99010000001', '2025-03-01 08:00', '2025-03-01 09:00', '11');
INSERT INTO example.settlement (setl_id, psn_no, fixmedins_code, setl_time, mdtrt_id)
VALUES ('S1', '99000000000001', 'H99010000001', '2025-03-01 09:00', 'V1');
INSERT INTO example.fee_line (setl_id, feedetl_sn, psn_no, fixmedins_code, fee_ocur_time, med_list_codg, medins_list_name, cnt, det_item_fee_sumamt)
VALUES ('S1', '7', '99000000000001', 'H99010000001', '2025-03-01 08:20', 'CT-PLAIN', '头部CT平扫', 1, 180);
SELECT version FROM meso_audit.create_rule('CT-TWICE', 'MA011', 'pair_exclusive', '{"with": ["CT-ENHANCED"], "window": "day"}', '{CT-PLAIN}',
	action => 'hold', title => '同日平扫与增强CT重复收费', status => 'active');
SQL
my ($ask) = $page =~ /^```sql\n(SELECT jsonb_pretty.*?)```/ms;
my ($answer) = $page =~ /^```json\n(.*?)\n```/ms;
is($node->safe_psql('postgres', $ask), $answer, 'the example answers as printed');

# Nothing is written.
is($node->safe_psql('postgres', "BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY DEFERRABLE; $ask COMMIT;"), $answer,
	'in a read-only transaction');
is($node->safe_psql('postgres', "BEGIN; $ask SELECT pg_current_xact_id_if_assigned() IS NULL; COMMIT;"), "$answer\nt",
	'without a transaction id');

# A standby.
$node->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('precheck_standby');
$standby->init_from_backup($node, 'base', has_streaming => 1);
$standby->start;
$node->wait_for_catchup($standby);
is($standby->safe_psql('postgres', $ask), $answer, 'a hot standby answers the same');

my $session = MesoSession->new($standby, q{postgres});
(my $short = $ask) =~ s/SELECT jsonb_pretty\((.*)\);\s*$/SELECT jsonb_array_length($1->'result');/s;
$short =~ s/\n/ /g;
is($session->do($short), '1', 'in a session that stays');
$node->safe_psql('postgres', "SET meso_audit.require_approval = off; SELECT meso_audit.void_rule('CT-TWICE')");
$node->wait_for_catchup($standby);
is($session->do($short), '0', 'which judges by the rules of now');
$node->safe_psql('postgres', "SET meso_audit.require_approval = off;
	SELECT meso_audit.suspend_payment('institution', 'H99010000001', '[2025-01-01,)', 'tested')");
$node->wait_for_catchup($standby);
is($session->do($short), '1', 'and by the suspensions of now');
$session->quit;

# The page for a slow night: what can be run here, runs.
my @blocks = grep { !/pg_stat_statements|auto_explain|ALTER SYSTEM|CALL|dry_run/ } slurp_file('doc/slow.md') =~ /^```sql\n(.*?)```/msg;
cmp_ok(scalar(@blocks), '>=', 3, 'doc/slow.md has commands');
is($node->psql('postgres', $_, on_error_stop => 1), 0, 'doc/slow.md: ' . (split /\n/)[0]) for @blocks;

done_testing();

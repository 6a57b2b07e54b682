# pg_upgrade: a server's successor has everything, and goes on as before.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use MesoTest;

my $old = MesoTest::node('old');
my $new = PostgreSQL::Test::Cluster->new('new');
my $bin = $old->config_data('--bindir');

plan skip_all => "no pg_upgrade in $bin" unless -x "$bin/pg_upgrade";

$old->safe_psql('postgres', q{
	SELECT meso_audit.create_fact_tables('f');
	SELECT meso_audit.create_roles('up');
	SELECT meso_audit.grant_area('up_auditor', '');
	SET meso_audit.require_approval = off;
	SELECT meso_audit.create_rule('TWO', 'GZ10000102014000', 'max_qty', '{"max": 2, "unit": "day"}', '{X}', status => 'active');
	SELECT meso_audit.attach_checks();
	INSERT INTO f.fee_line (setl_id, feedetl_sn, psn_no, fixmedins_code, fee_ocur_time, med_list_codg, cnt, det_item_fee_sumamt)
	VALUES ('s1', '1', 'p1', 'h', '2025-03-01 08:00', 'X', 3, 30);
	SELECT meso_audit.seal_log();
});
my $state = q{SELECT jsonb_agg(to_jsonb(f) - 'found_at' ORDER BY finding_id), (SELECT jsonb_agg(l ORDER BY log_id) FROM meso_audit.finding_log l),
	(SELECT jsonb_agg(s ORDER BY s.fact) FROM (SELECT fact, relation, expressions, checks FROM meso_audit.fact_status) s) FROM meso_audit.finding f};
my $before = $old->safe_psql('postgres', $state);
$old->stop;

# it writes a script into the folder where it is called
chdir $PostgreSQL::Test::Utils::tmp_check or die $!;
$new->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
command_ok(
	[
		"$bin/pg_upgrade", '-b', $bin, '-B', $bin, '-d', $old->data_dir, '-D', $new->data_dir,
		'-s', $new->host, '-p', $old->port, '-P', $new->port, '-o', '-c fsync=off', '-O', '-c fsync=off'
	],
	'pg_upgrade');
$new->start;

is($new->safe_psql('postgres', 'SELECT meso_audit.is_set_up()'), 't', 'set up as it was: owners of members are kept');
is($new->safe_psql('postgres', $state), $before, 'findings, log, bindings and checks are there');
is($new->safe_psql('postgres', 'SELECT count(*) FROM meso_audit.verify_log()'), '0', 'the log verifies');
is($new->safe_psql('postgres', q{SET ROLE up_auditor; SELECT count(*) FROM meso_audit.my_finding}), '1', 'grants and areas hold');
$new->safe_psql('postgres', q{INSERT INTO f.fee_line (setl_id, feedetl_sn, psn_no, fixmedins_code, fee_ocur_time, med_list_codg, cnt, det_item_fee_sumamt)
	VALUES ('s1', '2', 'p1', 'h', '2025-03-01 08:00', 'X', 1, 10)});
is($new->safe_psql('postgres', q{SELECT found_by FROM meso_audit.finding WHERE feedetl_sn = '2'}), 'commit', 'claims are checked');
my ($ret, $out, $err) = $new->psql('postgres', 'DROP EXTENSION meso_audit CASCADE');
like($err, qr/holds findings and is not dropped/, 'the guard stands');
$new->stop;
done_testing();

# Records that arrive while ratings are run are in them or not, never half; and a
# final rating stays as it was, whatever arrives.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use MesoTest;

my $node = MesoTest::node('rating');
$node->safe_psql('postgres', <<'SQL');
SET meso_audit.require_approval = off;
SELECT meso_audit.setup(), meso_audit.create_fact_tables('d');
INSERT INTO d.institution (fixmedins_code, fixmedins_type) SELECT 'H' || n, '1' FROM generate_series(1, 100) n;
-- what counts is a pair: whoever saw half of it would see an odd sum
SELECT meso_audit.create_scheme('PAIR', '{"subject_type": "hospital", "full_marks": 1000000, "max_score": 1000000, "min_score": -1000000, "normalize": false,
	"bands": [{"grade": "A", "from": 0}, {"grade": "B"}], "indicators": [
	{"indicator": "I06", "method": "deduct", "weight": 900000, "params": {"per": 1}},
	{"indicator": "I59", "method": "add", "cap": 900000, "params": {"per": 1}}]}', 'active');
SELECT meso_audit.add_credit_record('hospital', 'H' || n, k, 'basic', '2025-01-01') FROM generate_series(1, 100) n, unnest('{I06,I59}'::text[]) k;
SQL

# A writer: one transaction after another, each with a deduction and a gain of the same size.
my $script = $node->basedir . '/pair.sql';
PostgreSQL::Test::Utils::append_to_file($script, q{
\set h random(1, 100)
\set q random(1, 5)
BEGIN;
SELECT meso_audit.add_credit_record('hospital', 'H' || :h, 'I06', 'untrustworthy', '2025-02-01', :q);
SELECT meso_audit.add_credit_record('hospital', 'H' || :h, 'I59', 'trustworthy', '2025-02-01', :q);
COMMIT;
});
my $bench = IPC::Run::start([ 'pgbench', '-n', '-c', '2', '-T', '8', '-f', $script, '-h', $node->host, '-p', $node->port, 'postgres' ],
	'>', '/dev/null', '2>', '/dev/null');
my $runs = 0;
while ($bench->pumpable && $runs < 100)
{
	$node->safe_psql('postgres', "CALL meso_audit.run_rating('PAIR', '[2025-01-01,2026-01-01)')");
	$runs++;
}
$bench->finish;
cmp_ok($runs, '>', 5, "$runs ratings were run while records arrived");
my $seen = $node->safe_psql('postgres', 'SELECT count(DISTINCT quantity) FROM meso_audit.rating_detail WHERE subject_code = \'H1\' AND indicator = \'I06\'');
cmp_ok($seen, '>', 1, 'and they saw them arrive');
is($node->safe_psql('postgres', 'SELECT count(*) FROM meso_audit.rating WHERE score <> 1000000'), '0', 'no transaction was seen by half');
is($node->safe_psql('postgres', q{
	SELECT count(*) FROM meso_audit.rating_detail d WHERE d.quantity <> (SELECT sum(c.quantity) FROM meso_audit.credit_record c WHERE c.record_id = ANY (d.records))
}), '0', 'quantities are those of the records kept with them');

my $state = q{SELECT md5(string_agg(t::text, ',' ORDER BY t::text)) FROM (SELECT r.*, d.* FROM meso_audit.rating r JOIN meso_audit.rating_detail d ON d.run_id = r.run_id AND d.subject_code = r.subject_code WHERE r.run_id = 1) t};
$node->safe_psql('postgres', q{SELECT meso_audit.publish_rating(1);
	UPDATE meso_audit.rating_run SET objections_until = current_date - 1 WHERE run_id = 1;
	SET meso_audit.require_approval = off; SELECT meso_audit.finalise_rating(1)});
my $final = $node->safe_psql('postgres', $state);
$node->safe_psql('postgres', q{SELECT meso_audit.add_credit_record('hospital', 'H1', 'I06', 'untrustworthy', '2025-03-01', 50);
	SELECT meso_audit.set_credit_record_status(1, 'revoked');
	CALL meso_audit.run_rating('PAIR', '[2025-01-01,2026-01-01)')});
is($node->safe_psql('postgres', $state), $final, 'a final rating stays');
$node->stop;
done_testing();

# What trial_rule() says a draft would do is what its approval and an audit then
# do: random drafts of random rules, areas and pilots over random worlds.
use strict;
use warnings;
use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use MesoTest;

my $worlds = $ENV{TRIAL_WORLDS} // 18;
my $node   = MesoTest::node('trial', "jit = off", "meso_audit.require_approval = off");
my $root   = "$FindBin::RealBin/..";

$node->safe_psql('postgres', "SELECT meso_audit.setup()");
for my $file ('worlds/facts.sql', 'worlds/generator.sql')
{
	$node->safe_psql('postgres', slurp_file("$root/$file"));
}

# one: a draft of rule "code" out of a rule of the same template, tried, put on
# trial, approved.
my $draft = q{
SELECT setseed(:step / 100.0);
INSERT INTO meso_audit.rule (code, version, kind_code, template, params, codes, scope, action, certainty, valid,
	decides, status, area, pilot)
SELECT t.code, COALESCE((SELECT max(version) FROM meso_audit.rule WHERE code = t.code), 0) + 1, o.kind_code, o.template,
	o.params || CASE WHEN o.params ? 'max' AND random() < 0.5 THEN jsonb_build_object('max', 1 + (o.params ->> 'max')::numeric) ELSE '{}' END, o.codes, o.scope,
	o.action, o.certainty, o.valid, world.validity(0.6), 'draft', p.area,
	CASE WHEN p.area = '' AND o.template <> 'aggregate_threshold' AND random() < 0.3 THEN '{H1,P1}'::text[] END
FROM (
	SELECT r.*, row_number() OVER (ORDER BY random() + (SELECT COALESCE(max(-0.7), 0) FROM meso_audit.finding f
		WHERE f.source_code = r.code AND f.still_true)) AS n FROM meso_audit.rule r
	WHERE r.code LIKE 'R%' AND action <> 'remind') o
JOIN LATERAL (
	-- itself, another of its template, or a new one
	SELECT CASE WHEN random() < 0.2 THEN 'N' || :step WHEN random() < 0.6 THEN o.code ELSE r.code END AS code
	FROM meso_audit.rule r
	WHERE r.template = o.template ORDER BY random() LIMIT 1) t ON true
CROSS JOIN LATERAL (SELECT CASE WHEN o.params ->> 'by' = 'practitioner' THEN ''
	ELSE (ARRAY['', '', '32', '3201', '320102'])[1 + floor(random() * 5 + 0 * o.n)::integer] END AS area) p
WHERE o.n = 1
RETURNING code, version \gset
};

my $step = q{
TRUNCATE before_, predicted;
INSERT INTO before_ SELECT f.finding_key, f.amount, f.certainty, f.point_id, f.status, f.still_true FROM meso_audit.finding f;
INSERT INTO predicted
SELECT h.effect, COALESCE((h.present).finding_key, (h.drafted).finding_key), (h.drafted).amount, (h.drafted).certainty, (h.drafted).point_id,
	(h.drafted).source_version
FROM world.setting s, meso_audit.rule r, meso_audit.trial_hits(r, s.period) h
WHERE (r.code, r.version) = (:'code', :version);
CREATE TEMPORARY TABLE told AS SELECT t.* FROM world.setting s, meso_audit.trial_rule(:'code', s.period, :version) t;
INSERT INTO verdict
SELECT :seed, :step, 'a trial writes no finding', count(*)
FROM (TABLE before_ EXCEPT SELECT f.finding_key, f.amount, f.certainty, f.point_id, f.status, f.still_true FROM meso_audit.finding f) x;

UPDATE meso_audit.rule SET status = 'trial' WHERE (code, version) = (:'code', :version);
SELECT format('CALL meso_audit.run_audit(%L, ARRAY[%L])', period, :'code') FROM world.setting \gexec
INSERT INTO verdict
SELECT :seed, :step, 'the audit keeps what a version on trial finds', count(*)
FROM (SELECT finding_key, amount, certainty, point_id FROM meso_audit.trial_result WHERE (code, version) = (:'code', :version)) a
FULL JOIN (SELECT * FROM predicted WHERE effect <> 'lost' AND source_version = :version) p USING (finding_key)
WHERE (a.amount, a.certainty, a.point_id) IS DISTINCT FROM (p.amount, p.certainty, p.point_id) OR a.finding_key IS NULL OR p.finding_key IS NULL;
INSERT INTO verdict
SELECT :seed, :step, 'and makes no finding of it', count(*)
FROM (TABLE before_ EXCEPT SELECT f.finding_key, f.amount, f.certainty, f.point_id, f.status, f.still_true FROM meso_audit.finding f) x;

UPDATE meso_audit.rule SET status = 'active' WHERE (code, version) = (:'code', :version);
SELECT format('CALL meso_audit.run_audit(%L, ARRAY[%L])', period, :'code') FROM world.setting \gexec
-- findings that are not true any more are as if they were not there
CREATE TEMPORARY TABLE happened AS
SELECT COALESCE(b.finding_key, f.finding_key) AS finding_key,
	CASE WHEN b.finding_key IS NULL THEN 'gained' WHEN f.finding_key IS NULL THEN 'lost' ELSE 'changed' END AS effect,
	f.amount, f.certainty, f.point_id, b.status
FROM (SELECT * FROM before_ WHERE still_true AND status <> 'withdrawn') b
FULL JOIN (SELECT * FROM meso_audit.finding WHERE still_true AND status <> 'withdrawn') f ON f.finding_key = b.finding_key
WHERE b.finding_key IS NULL OR f.finding_key IS NULL
	OR (b.amount, b.certainty, b.point_id) IS DISTINCT FROM (f.amount, f.certainty, f.point_id);
INSERT INTO verdict
SELECT :seed, :step, 'what was predicted happens: gained, lost, changed', count(*)
FROM (
	(SELECT effect, finding_key, amount, certainty, point_id FROM happened
	EXCEPT SELECT effect, finding_key, amount, certainty, point_id FROM predicted)
	UNION ALL
	(SELECT effect, finding_key, amount, certainty, point_id FROM predicted WHERE effect <> 'kept'
	EXCEPT SELECT effect, finding_key, amount, certainty, point_id FROM happened)) x;
INSERT INTO verdict
SELECT :seed, :step, 'trial_rule counts it', (
	(t.gained, t.lost, t.changed, t.withdrawn, t.no_longer_true, t.confirmed_lost) IS DISTINCT FROM
	(h.gained, h.lost, h.changed, h.withdrawn, h.no_longer_true, h.confirmed_lost)
	OR t.gained IS DISTINCT FROM (SELECT COALESCE(sum(i.gained), 0) FROM told i WHERE i.about = 'institution')
	OR t.amount_then IS DISTINCT FROM (SELECT COALESCE(sum(amount), 0) FROM predicted WHERE effect <> 'lost'))::integer
FROM (SELECT count(*) FILTER (WHERE effect = 'gained') AS gained, count(*) FILTER (WHERE effect = 'lost') AS lost,
		count(*) FILTER (WHERE effect = 'changed') AS changed,
		count(*) FILTER (WHERE effect = 'lost' AND status = 'open') AS withdrawn,
		count(*) FILTER (WHERE effect = 'lost' AND status <> 'open') AS no_longer_true,
		count(*) FILTER (WHERE effect = 'lost' AND status IN ('confirmed', 'closed')) AS confirmed_lost
	FROM happened) h
LEFT JOIN (SELECT * FROM told WHERE about = 'total') t ON true;
INSERT INTO effects SELECT effect, count(*) FROM predicted GROUP BY 1;
DROP TABLE happened, told;
};

$node->safe_psql('postgres', q{
	CREATE TABLE verdict (seed integer, step integer, what text, differences bigint);
	CREATE TABLE effects (effect text, n bigint);
	CREATE TABLE before_ (finding_key bytea, amount numeric, certainty text, point_id text, status text, still_true boolean);
	CREATE TABLE predicted (effect text, finding_key bytea, amount numeric, certainty text, point_id text, source_version integer)});

for my $seed (1 .. $worlds)
{
	# every third world is one of institutions and peers
	my $make = $seed % 3 ? "CALL world.make($seed, 6, 30, 1);" : "CALL world.make_population($seed, 20, 8, 12);";
	my $script = "\\set ON_ERROR_STOP 1\n\\set seed $seed\n$make\n"
	  . "UPDATE meso_audit.rule SET status = 'draft' WHERE status = 'trial';\n"
	  . "DELETE FROM meso_audit.finding; DELETE FROM meso_audit.trial_result;\n"
	  . "SELECT format('CALL meso_audit.run_audit(%L)', period) FROM world.setting \\gexec\n"
	  # what people did with some of them
	  . "UPDATE meso_audit.finding SET status = (ARRAY['open', 'confirmed', 'dismissed', 'open', 'closed'])[1 + finding_id % 5];\n";
	# by index, and from end to end
	$script .= "\\set step $_\nSET meso_audit.audit_reads = " . ($_ % 2 ? 'index' : 'tables') . ";\n$draft$step" for 1 .. 8;
	my ($code, $out, $err) = $node->psql('postgres', $script, on_error_stop => 1);
	is($code, 0, "world $seed") or diag($err);
}

for my $what ('a trial writes no finding', 'the audit keeps what a version on trial finds', 'and makes no finding of it',
	'what was predicted happens: gained, lost, changed', 'trial_rule counts it')
{
	is( $node->safe_psql('postgres', "SELECT string_agg(format('world %s step %s: %s', seed, step, differences), ', ')
			FROM verdict WHERE what = '$what' AND differences IS DISTINCT FROM 0"),
		'', $what);
}
is($node->safe_psql('postgres', "SELECT count(*) FROM verdict"), $worlds * 8 * 5, 'of every draft');
my %least = (gained => 50, lost => 10, changed => 1, kept => 20);
for my $effect (sort keys %least)
{
	cmp_ok($node->safe_psql('postgres', "SELECT COALESCE(sum(n), 0) FROM effects WHERE effect = '$effect'"),
		'>=', $least{$effect}, "some are $effect");
}

$node->stop;
done_testing();

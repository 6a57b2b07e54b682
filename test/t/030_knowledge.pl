# The published knowledge base, where a folder with it is present: nothing is
# lost, texts are read as a reader read them by eye, any order of import gives
# one state, and it is quick.
use strict;
use warnings;
use File::Basename;
use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time);
use MesoTest;

my $shared = $ENV{MESO_SHARED} // "$FindBin::RealBin/../../../shared";
my $folder = "$shared/data/two_libraries";
plan skip_all => "no published knowledge base in $folder"
	unless -r "$folder/points.csv" && -r "$folder/codes.csv";

my $node = MesoTest::node('knowledge');

sub q1 { return $node->safe_psql('postgres', $_[0]) }

q1(q{CREATE TABLE points (point_id text, rule_kind text, official_code text, tier1 text, tier2 text, item_name text,
		constraint_text text, detection_logic text, batch text, published_at text, supersedes text);
	CREATE TABLE codes (point_id text, seq text, code text);
	CREATE TABLE by_hand (point_id text, limits jsonb, understood text, reason text);});
q1("\\copy points FROM '$folder/points.csv' CSV HEADER");
q1("\\copy codes FROM '$folder/codes.csv' CSV HEADER");
q1("\\copy by_hand FROM '$FindBin::RealBin/../data/limits_by_point.csv' CSV HEADER");

my $start = time;
my $counts = q1('SELECT * FROM meso_audit.import_knowledge($$points$$, $$codes$$)');
diag(sprintf '%s points, %s codes: %.2f s', q1('SELECT count(*) FROM points'), q1('SELECT count(*) FROM codes'), time - $start);
note($counts);
$start = time;
is(q1('SELECT sum(new + changed) FROM meso_audit.import_knowledge($$points$$, $$codes$$)'), '0', 'the same file again changes nothing');
diag(sprintf 'again: %.2f s', time - $start);

is(q1('SELECT count(*) FROM points p WHERE NOT EXISTS (SELECT FROM meso_audit.knowledge_point k WHERE k.point_id = p.point_id)'),
	'0', 'no point is dropped');
is(q1('SELECT count(*) FROM codes c WHERE NOT EXISTS (SELECT FROM meso_audit.knowledge_code k WHERE (k.point_id, k.code) = (c.point_id, c.code))'),
	'0', 'no code is dropped');
is(q1(q{SELECT count(*) FROM meso_audit.knowledge_point WHERE kind_code = 'MA000'}), '0', 'every kind is known');
is(q1(q{SELECT count(*) FROM points p JOIN meso_audit.knowledge_point k ON k.point_id = p.supersedes
		WHERE NOT isempty(k.valid) AND upper(k.valid) IS DISTINCT FROM p.published_at::date}),
	'0', 'superseded points end when their successor was published');
is(q1(q{SELECT count(*) FROM meso_audit.knowledge_code k JOIN meso_audit.knowledge_point p USING (point_id, version)
		WHERE p.kind_code = 'GZ10000102012000' AND k.role = 'with'}),
	q1(q{SELECT count(*) FROM points WHERE rule_kind = '医疗服务项目重复收费'}), 'a pair has one judged side');

# The kinds are the published ones.
SKIP:
{
	my $tsv = "$shared/domain/rules88.tsv";
	skip "no list of the national kinds in $tsv", 1 unless -r $tsv;
	q1('CREATE TABLE published (seq integer, tier1 text, tier2 text, name_zh text, name_en text, code text, scope text, params text, points text)');
	q1("\\copy published FROM '$tsv' (FORMAT csv, DELIMITER E'\\t', HEADER, QUOTE E'\\b')");
	is(q1(q{SELECT string_agg(p.seq::text, ' ') FROM published p
			FULL JOIN (SELECT * FROM meso_audit.rule_kind WHERE seq IS NOT NULL) k USING (seq)
			WHERE (k.tier1, k.tier2, k.name_zh, k.name_en) IS DISTINCT FROM (p.tier1, p.tier2, p.name_zh, p.name_en)
				OR k.kind_code <> p.code}), '', 'the 88 kinds have the published names, tiers and codes');
}

# What was read, against what a person read.
my $wrong = q1(q{
	SELECT string_agg(concat_ws(' ', h.point_id, k.item_name, k.limits, k.understood, '-', h.limits, h.understood, h.reason), E'\n')
	FROM by_hand h
	LEFT JOIN meso_audit.latest_point k USING (point_id)
	LEFT JOIN LATERAL (
		SELECT COALESCE(jsonb_agg(c.code) FILTER (WHERE c.role = 'with'), '[]') AS judged
		FROM meso_audit.knowledge_code c
		WHERE (c.point_id, c.version) = (k.point_id, k.version)) c ON true
	WHERE (k.limits, k.understood, c.judged)
		IS DISTINCT FROM (h.limits - 'with', h.understood, COALESCE(h.limits -> 'with', '[]'))});
is($wrong, '', 'every point on the list is read as by hand');
cmp_ok(q1('SELECT count(*) FROM by_hand'), '>=', 200, 'a list of some length');
note(q1('SELECT name_zh, points, understood, partly, unparsed FROM meso_audit.knowledge_report WHERE points > 0 ORDER BY seq'));

# Kinds whose limits stand in the text are understood nearly all; kinds that
# need codes the files lack, not at all.
is( q1(q{SELECT string_agg(kind_code, ' ') FROM meso_audit.knowledge_report
		WHERE points > 0 AND kind_code IN ('GZ10000301004000', 'GZ10000302004000', 'GZ10000301002000', 'GZ10000302003000',
			'GZ10000101007000', 'GZ10000102014000', 'GZ88013', 'GZ10000101010000', 'GZ10000102012000')
		AND understood < 0.9 * points}), '', 'at least nine of ten, kind by kind');
is( q1(q{SELECT sum(understood) FROM meso_audit.knowledge_report
		WHERE kind_code IN ('GZ10000101005000', 'GZ10000101008000')}), '0', 'diseases and earlier drugs are not guessed');

# Halves in either order, batch by batch backwards: one state.
my $state = q{SELECT md5(string_agg(concat_ws('|', p.*, c.codes), E'\n' ORDER BY p.point_id))
	FROM (SELECT point_id, version, kind_code, item_name, constraint_text, detection_logic, batch, published_at, supersedes,
			limits, understood, why, valid, curated FROM meso_audit.knowledge_point) p
	LEFT JOIN LATERAL (SELECT string_agg(concat_ws(' ', seq, code, role), ',' ORDER BY seq) AS codes
		FROM meso_audit.knowledge_code k WHERE (k.point_id, k.version) = (p.point_id, p.version)) c ON true};
my $whole = q1($state);
my $forget = 'DELETE FROM meso_audit.knowledge_code; DELETE FROM meso_audit.knowledge_point;';
q1(q{CREATE VIEW old AS SELECT * FROM points WHERE batch NOT LIKE 'updates%';
	CREATE VIEW new AS SELECT * FROM points WHERE batch LIKE 'updates%'});
q1("$forget SELECT count(*) FROM meso_audit.import_knowledge('old', 'codes'); SELECT count(*) FROM meso_audit.import_knowledge('new', 'codes')");
is(q1($state), $whole, 'the older half first');
q1("$forget SELECT count(*) FROM meso_audit.import_knowledge('new', 'codes'); SELECT count(*) FROM meso_audit.import_knowledge('old', 'codes')");
is(q1($state), $whole, 'the newer half first');

# Curated corrections survive.
q1(q{SELECT meso_audit.curate_point(point_id, '{"diag": ["I10%"]}') FROM meso_audit.unparsed_point
	WHERE kind_code = 'GZ10000101008000' ORDER BY point_id LIMIT 5});
is(q1('SELECT sum(changed) FROM meso_audit.import_knowledge($$points$$, $$codes$$)'), '0', 'the next import leaves curated points');
is(q1(q{SELECT count(*) FROM meso_audit.latest_point WHERE curated AND limits = '{"diag": ["I10%"]}'}), '5', 'as they are');

$node->stop;
done_testing();

# A database that nobody here designed: another country's claims, loaded as
# they are, bound through plain views, audited, and the findings counted again
# in plain SQL. Needs the data: $MESO_SHARED/data, or ../shared/data.
use strict;
use warnings;
use Cwd qw(abs_path);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use MesoTest;

my $data = ($ENV{MESO_SHARED} || '../shared') . '/data/foreign_claims';
plan skip_all => "no data in $data" unless -r "$data/test_beneficiarydata.csv.gz";
$data = abs_path($data);

my $node = MesoTest::node('foreign_claims', 'max_wal_size = 1GB', 'work_mem = 32MB');
my %table = (beneficiary => 'beneficiarydata', inpatient => 'inpatientdata', outpatient => 'outpatientdata');

$node->safe_psql('postgres', 'CREATE SCHEMA foreign_claims');
foreach my $table (sort keys %table)
{
	my $file = "$data/test_$table{$table}.csv.gz";
	my ($header) = `gzip -dc '$file' | head -n 1` =~ /^(.*?)\r?$/m;
	my $columns = join(', ', map { "$_ text" } split(/,/, $header));

	$node->safe_psql('postgres', qq{
		CREATE TABLE foreign_claims.$table ($columns);
		COPY foreign_claims.$table FROM PROGRAM 'gzip -dc $file' WITH (FORMAT csv, HEADER, NULL 'NA')});
}
$node->safe_psql('postgres', PostgreSQL::Test::Utils::slurp_file('test/foreign/views.sql') . ';ANALYZE');

is($node->safe_psql('postgres', q{SELECT string_agg(fact, ' ' ORDER BY fact) FROM meso_audit.fact_status WHERE relation IS NOT NULL}),
	'diagnosis fee_line institution operation person settlement visit', 'seven facts are bound');
my $lines = $node->safe_psql('postgres', 'SELECT count(*) FROM meso_audit.fee_line');
is($lines, $node->safe_psql('postgres', 'SELECT (SELECT count(*) FROM foreign_claims.inpatient) + (SELECT count(*) FROM foreign_claims.outpatient)'),
	"every claim is a line: $lines");
is($node->safe_psql('postgres', 'SELECT count(*) FROM meso_audit.fee_line WHERE num_nulls(setl_id, feedetl_sn, psn_no, fixmedins_code, fee_ocur_time, med_list_codg, cnt, det_item_fee_sumamt) > 0'),
	'0', 'and whole');

$node->safe_psql('postgres', q{
	INSERT INTO meso_audit.rule (code, version, kind_code, template, params, codes, status) VALUES
	('death', 1, 'X', 'data_quality', '{"check": "after_death"}', '{%}', 'active'),
	('outside', 1, 'X', 'data_quality', '{"check": "outside_stay"}', '{%}', 'active'),
	('male', 1, 'X', 'attr_limit', '{"attribute": "gend", "op": "in", "value": ["1"], "codes_of": "diagnosis"}', '{600%,185%}', 'active'),
	('twice', 1, 'X', 'max_qty', '{"max": 1, "unit": "day"}', '{OUTPATIENT}', 'active'),
	('old', 1, 'X', 'attr_limit', '{"attribute": "age", "op": "<=", "value": 95}', '{DRG%}', 'active'),
	('visits', 1, 'X', 'aggregate_threshold', '{"metric": "visits", "by": "person", "period": "month", "op": ">", "value": 3}', NULL, 'active'),
	('price', 1, 'X', 'price_ceiling', '{"ceiling": [{"price": 100}]}', '{%}', 'active')});
like($node->safe_psql('postgres', q{SELECT idle_rules FROM meso_audit.fact_status WHERE fact = 'fee_line'}),
	qr/^\{price\}$/, 'a rule that needs a price has none');

my $period = '[2009-02-01,2009-05-01)';
$node->safe_psql('postgres', "CALL meso_audit.run_audit('$period', chunk_size => 20000)");

# What each rule should find: subject and amount, without a function of the
# extension and from the tables as loaded.
my $claim = q{(SELECT "ClaimID" AS id, "BeneID" AS psn, "ClaimStartDt"::date AS day, 'in' AS place,
		"AdmissionDt"::date AS adm, "DischargeDt"::date AS dis,
		"InscClaimAmtReimbursed"::numeric AS paid, "InscClaimAmtReimbursed"::numeric + COALESCE("DeductibleAmtPaid"::numeric, 0) AS total
	FROM foreign_claims.inpatient
	UNION ALL
	SELECT "ClaimID", "BeneID", "ClaimStartDt"::date, 'out', NULL, NULL, "InscClaimAmtReimbursed"::numeric,
		"InscClaimAmtReimbursed"::numeric + COALESCE("DeductibleAmtPaid"::numeric, 0)
	FROM foreign_claims.outpatient) c};
my $share = 'CASE WHEN total = 0 THEN 0.00 ELSE round(total * paid / total, 2) END';
my $person = 'JOIN foreign_claims.beneficiary b ON b."BeneID" = c.psn';
my $diagnosis = join(' UNION ALL ', map {
	my $n = $_;
	map { qq{SELECT "ClaimID" AS id, '$n' AS n, "ClmDiagnosisCode_$n" AS code FROM foreign_claims.$_} } ('inpatient', 'outpatient')
} 1 .. 10);
my %expected = (
	death => qq{SELECT id, $share FROM $claim $person WHERE day > "DOD"::date},
	outside => qq{SELECT id, $share FROM $claim WHERE place = 'in' AND (day < adm OR day > dis)},
	male => qq{SELECT c.id || '/' || d.n, NULL::numeric FROM $claim JOIN ($diagnosis) d ON d.id = c.id $person
		WHERE (d.code LIKE '600%' OR d.code LIKE '185%') AND b."Gender" = '2'
			AND COALESCE(c.adm, c.day) >= '2009-02-01' AND COALESCE(c.adm, c.day) < '2009-05-01'},
	twice => qq{SELECT id, $share FROM (SELECT c.*, row_number() OVER (PARTITION BY psn, day ORDER BY id COLLATE "C") AS nth
		FROM $claim WHERE place = 'out') c WHERE nth > 1},
	old => qq{SELECT id, $share FROM $claim $person WHERE place = 'in' AND extract(year FROM age(day, "DOB"::date)) > 95},
	visits => qq{SELECT psn || ' ' || to_char(begun, 'YYYY-MM'), NULL::numeric FROM (SELECT psn, COALESCE(adm, day) AS begun FROM $claim) c
		GROUP BY psn, to_char(begun, 'YYYY-MM') HAVING count(*) > 3},
	price => 'SELECT NULL, NULL::numeric WHERE false');
my %of_period = (
	male => 'true', visits => q{k ~ ' 2009-0[234]$'},
	map { $_ => q{k IN (SELECT id FROM x WHERE day >= '2009-02-01' AND day < '2009-05-01')} } qw(death outside twice old price));

my $total = 0;
foreach my $rule (sort keys %expected)
{
	my $subject = $rule eq 'male' ? q{mdtrt_id || '/' || row_no}
	  : $rule eq 'visits' ? q{psn_no || ' ' || to_char(lower(period), 'YYYY-MM')} : 'setl_id';
	my $result = $node->safe_psql('postgres', qq{
		WITH x AS MATERIALIZED (SELECT id, day FROM $claim), want(k, amount) AS (
			SELECT * FROM ($expected{$rule}) w(k, amount) WHERE $of_period{$rule}
		), have(k, amount) AS (
			SELECT $subject, amount FROM meso_audit.finding WHERE source_code = '$rule' AND status = 'open'
		)
		SELECT (SELECT count(*) FROM want), (SELECT count(*) FROM have),
			(SELECT count(*) FROM (TABLE want EXCEPT ALL TABLE have) d), (SELECT count(*) FROM (TABLE have EXCEPT ALL TABLE want) d)});
	my ($want, $have, $missing, $surplus) = split /\|/, $result;

	$total += $have;
	is("$missing missing, $surplus too many", '0 missing, 0 too many', "rule $rule: $have findings, $want by plain SQL");
}
cmp_ok($total, '>', 300, "$total findings compared");
is($node->safe_psql('postgres', 'SELECT count(*) FROM meso_audit.audit_coverage WHERE reason = \'not_bound\' AND rule_code <> \'price\''), '0',
	'no rule but the one without prices was idle');

$node->stop;
done_testing();

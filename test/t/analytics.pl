# The analytics library against known answers, through binary COPY, under
# cancel, and with many groups.
use strict;
use warnings;
use MesoTest;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time);

my $node = MesoTest::node('analytics', 'work_mem = 4MB');
my $shared = $ENV{MESO_SHARED} // '../shared';

sub ask
{
	my ($query, $db) = @_;
	return $node->safe_psql($db // 'postgres', "SET search_path = meso_audit, public; $query");
}

# lines of a CSV file without quoted commas, as arrays
sub rows
{
	my ($file) = @_;
	my @rows = map { s/"//gr } split /\r?\n/, slurp_file("$shared/oracles/$file");
	return map { [ split /,/ ] } @rows[ 1 .. $#rows ];
}

# a table of one column of numbers
sub load_numbers
{
	my ($table, @values) = @_;
	$node->safe_psql('postgres',
		    "CREATE TABLE $table (i serial, x numeric); COPY $table (x) FROM STDIN;\n"
		  . join("\n", @values, '\\.')
		  . "\n");
	return;
}

sub near
{
	my ($have, $want, $what) = @_;
	ok($have ne '' && abs($have - $want) <= 1e-9 * (abs($want) > 1 ? abs($want) : 1), $what)
	  or diag("have $have, want $want");
	return;
}

subtest 'known answers' => sub {
	plan skip_all => "no folder $shared/oracles: set MESO_SHARED" unless -d "$shared/oracles";

	my %answer;
	$answer{"$_->[1]/$_->[2]"} = $_->[3]
	  foreach grep { $_->[0] eq 'robust' && @$_ == 4 } rows('known_answers_R.csv');
	foreach my $path (glob "$shared/oracles/robust/*.csv")
	{
		my ($name) = $path =~ m{/(\w+)\.csv$};
		next unless exists $answer{"$name/n"};
		load_numbers($name, grep { $_ ne '' && $_ ne 'NA' } map { $_->[0] } rows("robust/$name.csv"));
		near(ask("SELECT mad_agg(x) FROM $name"), $answer{"$name/mad_raw"}, "$name: MAD");
		near(ask("SELECT 1.4826 * mad_agg(x) FROM $name"), $answer{"$name/mad_1.4826"}, "$name: MAD as sigma");
		near(ask("SELECT gini_agg(x) FROM $name"), $answer{"$name/Gini"}, "$name: Gini");
		near(ask("SELECT medcouple_agg(x) FROM $name"), $answer{"$name/medcouple"}, "$name: medcouple");
		is(ask("SELECT count(*) FILTER (WHERE f) FROM (SELECT adjusted_box_flag(x) OVER () AS f FROM $name) q"),
			$answer{"$name/adjbox_n_out"}, "$name: outside the adjusted boxplot");
		is(ask("SELECT count(*) FILTER (WHERE f <> (x < $answer{\"$name/adjbox_fence_lo\"} - 1e-9 OR x > $answer{\"$name/adjbox_fence_hi\"} + 1e-9)) FROM (SELECT x, adjusted_box_flag(x) OVER () AS f FROM $name) q"),
			0, "$name: those outside the fences");
	}

	load_numbers('ilocos', map { $_->[0] } rows('Ilocos.csv'));
	near(ask('SELECT gini_agg(x) FROM ilocos'), 0.42695077021, 'incomes of Ilocos: Gini');

	load_numbers('payment', map { $_->[-1] } rows('corporate.payment.csv'));
	my @benford = grep { $_->[0] =~ /^corporate.payment/ } rows('known_answers_benford.csv');
	foreach my $want (@benford)
	{
		my $where = $want->[0] =~ />=10/ ? 'x >= 10' : 'x > 0';
		my ($n, $mad, $verdict, $chi2) = split /\|/, ask(
			"SELECT benford_n(b), benford_mad(b), benford_conformity(b), benford_chi2(b) FROM (SELECT benford_agg(x, $want->[1]) AS b FROM payment WHERE $where) q");
		is($n, $want->[2], "payments $where, $want->[1] digits: n");
		near($mad, $want->[4], "payments $where, $want->[1] digits: mean absolute deviation");
		is($verdict, $want->[5], "payments $where, $want->[1] digits: verdict");
		# the answer for all amounts took logarithms, wrong at digit boundaries
		near($chi2, $want->[6], "payments $where, $want->[1] digits: chi-squared")
		  unless $want->[0] =~ /all/ && $want->[1] == 2;
	}
	foreach my $digits (1, 2)
	{
		is( ask("SELECT benford_counts(benford_agg(x, $digits)) FROM payment WHERE x >= 10"),
			'{' . join(',', map { $_->[5] } rows("corporate_payment_ge10_d${digits}_table.csv")) . '}',
			"Nigrini's table of $digits digits");
	}

	my %ring;
	push @{ $ring{ $_->[1] } }, $_->[0] foreach grep { $_->[2] eq 'TRUE' || $_->[1] <= 40 } rows('qcc/pistonrings.csv');
	my @mean = map { eval(join '+', @{ $ring{$_} }) / @{ $ring{$_} } } sort { $a <=> $b } keys %ring;
	load_numbers('ring', @mean);
	my ($centre, $sd) = (74.001176, 0.00978503869304);
	my @ewma = split /\n/, ask("SELECT ewma(x, 0.2, $centre) OVER (ORDER BY i) FROM ring");
	my @want = map { $_->[1] } rows('qcc/pistonrings_ewma_lambda0.2_L3.csv');
	is(scalar(grep { abs($ewma[$_] - $want[$_]) > 1e-8 } 0 .. $#want), 0, 'EWMA of piston rings');
	my $z = "(x::float8 - $centre) / ($sd / sqrt(5))";
	my @high = split /\n/, ask("SELECT cusum_high($z, 0, 0.5) OVER (ORDER BY i) FROM ring");
	my @low = split /\n/, ask("SELECT cusum_low($z, 0, 0.5) OVER (ORDER BY i) FROM ring");
	@want = rows('qcc/pistonrings_cusum_h5_k0.5.csv');
	is(scalar(grep { abs($high[$_] - $want[$_][1]) > 1e-6 || abs(abs($low[$_]) - abs($want[$_][2])) > 1e-6 } 0 .. $#want),
		0, 'CUSUM of piston rings');
};

subtest 'names of the same code' => sub {
	my $file = "$shared/oracles/same_code_name_pairs.csv";
	plan skip_all => "no $file: set MESO_SHARED" unless -e $file;
	# pg_trgm sees Chinese characters only where the locale knows them
	plan skip_all => 'no locale C.UTF-8, pg_trgm or fuzzystrmatch'
	  if $node->psql('postgres', "CREATE DATABASE names TEMPLATE template0 LOCALE 'C.UTF-8'") != 0
	  || $node->psql('names', 'CREATE EXTENSION meso_audit; CREATE EXTENSION pg_trgm; CREATE EXTENSION fuzzystrmatch') != 0;

	my $copy = slurp_file($file);
	$copy =~ s/\r//g;
	$copy =~ s/^[^\n]*\n//;
	$copy =~ s/\n*\z/\n/;
	$node->safe_psql('names',
		"CREATE TABLE pair (kind text, code text, a text, b text, same int); COPY pair FROM STDIN (FORMAT csv);\n$copy\\.\n");

	# share of names whose best match among all names is right, at the lowest
	# bound that is right in 99 of 100 cases; equal best matches count by share
	my $recall = sub {
		my ($likeness) = @_;
		return ask(qq{
			WITH scored AS MATERIALIZED (
				SELECT q.a, c.b, $likeness AS s FROM (SELECT DISTINCT a FROM pair WHERE hashtext(a) % 3 = 0) q, (SELECT DISTINCT b FROM pair) c),
			best AS (SELECT a, s, avg((EXISTS (SELECT FROM pair p WHERE p.a = t.a AND p.b = t.b))::int) AS good
				FROM (SELECT *, rank() OVER (PARTITION BY a ORDER BY s DESC) AS place FROM scored) t WHERE place = 1 GROUP BY a, s),
			bound AS (SELECT sum(good) OVER w AS good, count(*) OVER w AS n FROM best WINDOW w AS (ORDER BY s DESC))
			SELECT round(max(good) FILTER (WHERE good >= 0.99 * n) / (SELECT count(*) FROM best), 4) FROM bound}, 'names');
	};
	my $own = $recall->('name_similarity(q.a, c.b)');
	my $trigram = $recall->('similarity(q.a, c.b)');
	my $edit = $recall->('1 - levenshtein(q.a, c.b)::float8 / greatest(length(q.a), length(c.b))');
	note("recall at precision 0.99: name_similarity $own, pg_trgm $trigram, edit distance $edit");
	cmp_ok($own, '>', $trigram, 'name_similarity finds more than pg_trgm');
	cmp_ok($own, '>', $edit, 'name_similarity finds more than edit distance');
	cmp_ok($own, '>=', 0.98, 'and nearly all');
};

subtest 'binary form' => sub {
	my $file = $node->basedir . '/states.bin';
	ask(q{
		CREATE TABLE states AS
		SELECT g, benford_agg(i, 2) AS a, sample_agg(sqrt(i)) AS b, event_agg(timestamp '2024-01-01' + i * interval '1 h', i / 10.0) AS c,
			stay_agg(timestamptz '2024-01-01', timestamptz '2024-01-02' + i * interval '1 h') AS d, score_agg(i % 7, i % 3 = 0) AS e,
			co_visit_agg('人' || i % 5, timestamp '2024-01-01' + i * interval '1 h', '3 h') AS f,
			component_agg('节' || i, '点' || i % 4) AS g1, minhash_agg('药' || i, 16) AS h
		FROM generate_series(1, 500) i, LATERAL (SELECT i % 6 AS g) q GROUP BY g;
		CREATE TABLE states_again (LIKE states)});
	ask("COPY states TO '$file' (FORMAT binary); COPY states_again FROM '$file' (FORMAT binary)");
	is(ask('SELECT count(*) FROM (SELECT s::text FROM states s INTERSECT SELECT s::text FROM states_again s) q'),
		6, 'binary COPY out and in gives the same values');
};

subtest 'cancel' => sub {
	my %query = (
		medcouple_agg => 'SELECT medcouple_agg(x) FROM generate_series(1, 3000000) x',
		component_agg => 'SELECT component_agg(x::text, (x * 7)::text) FROM generate_series(1, 3000000) x',
		co_visit_agg => "SELECT co_visit_agg((x % 5000)::text, timestamp '2024-01-01' + x * interval '1 s', '5000 s') FROM generate_series(1, 50000) x",
		lsh_bands => 'SELECT lsh_bands(minhash_agg(x::text, 4096), 1024, 1024) FROM generate_series(1, 6000) x',
		auc_agg => 'SELECT auc_agg(x % 1000, x % 3 = 0) FROM generate_series(1, 5000000) x',
		gini_agg => 'SELECT gini_agg(x) FROM generate_series(1, 5000000) x');
	foreach my $name (sort keys %query)
	{
		my $took = ask("SET meso_audit.max_state_memory = '1GB'; SET statement_timeout = 400;
			DO \$\$ DECLARE t timestamptz := clock_timestamp(); BEGIN
				BEGIN EXECUTE '" . ($query{$name} =~ s/'/''/gr) . "';
				EXCEPTION WHEN query_canceled THEN NULL; END;
				PERFORM set_config('meso.took', extract(epoch FROM clock_timestamp() - t)::text, false);
			END \$\$; SELECT current_setting('meso.took')");
		cmp_ok($took, '<', 1.5, "$name answers to a cancel");
	}
};

subtest 'many groups' => sub {
	my $time = sub {
		my ($call) = @_;
		my $t = time;
		is(ask("SELECT count(*) FROM (SELECT $call FROM generate_series(1, 200000) i GROUP BY i) q"),
			200000, "$call: 200,000 groups of one row");
		return time - $t;
	};
	my $floor = $time->('array_agg(i)');
	foreach my $call ('mad_agg(i)', 'benford_agg(i)', "peak_window_agg(timestamp '2024-01-01', i, '1 day')",
		"multiset_hash_agg(i::text, 1)", 'minhash_agg(i::text)', 'component_agg(i::text, i::text)')
	{
		# quadratic work would take a thousand times as long
		cmp_ok($time->($call), '<', 20 * $floor + 2, "$call: time grows with the groups");
	}
	my $serial = ask('SELECT md5(string_agg(m::text, $$,$$ ORDER BY g)) FROM (SELECT i % 50000 AS g, mad_agg(i) AS m FROM generate_series(1, 300000) i GROUP BY 1) q');
	is(ask("SET work_mem = '64kB'; SET hash_mem_multiplier = 1; SET meso_audit.max_state_memory = '8MB'; SET enable_sort = off;
		SELECT md5(string_agg(m::text, \$\$,\$\$ ORDER BY g)) FROM (SELECT i % 50000 AS g, mad_agg(i) AS m FROM generate_series(1, 300000) i GROUP BY 1) q"),
		$serial, 'groups spilled to disk give the same');
};

done_testing();

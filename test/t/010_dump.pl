# Dump and restore: nothing is lost, nothing is said, everything goes on.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use MesoTest;

my $node = MesoTest::node('dump');

# A row for every table that is dumped, made from the catalog: numbers and
# texts are n, so that two calls with different n never meet in a key. Columns
# that have a default or may be NULL keep it, unless named here.
my $also = q{'{"list_price": ["fixmedins_code"], "rule_exemption": ["psn_no"]}'::jsonb};
my $fill = qq{
CREATE SCHEMA IF NOT EXISTS test;
CREATE OR REPLACE VIEW test.dumped AS
SELECT c.oid::regclass AS rel, c.relname
FROM pg_extension e CROSS JOIN unnest(e.extconfig) AS t(oid) JOIN pg_class c ON c.oid = t.oid
WHERE e.extname = 'meso_audit' AND c.relkind IN ('r', 'p');

CREATE OR REPLACE FUNCTION test.value(rel regclass, att pg_attribute, n integer) RETURNS text LANGUAGE sql AS \$\$
	SELECT quote_literal(COALESCE(
		(SELECT (regexp_match(pg_get_constraintdef(k.oid), att.attname || ' = ANY \\(ARRAY\\[''([^'']*)'''))[1]
		 FROM pg_constraint k WHERE k.conrelid = rel AND k.contype = 'c' AND k.conkey = ARRAY[att.attnum]
			AND pg_get_constraintdef(k.oid) ~ '= ANY' LIMIT 1),
		CASE
			WHEN t.typcategory IN ('S', 'N') OR t.typname = 'xid8' THEN n::text
			WHEN t.typcategory = 'D' THEN '2025-01-0' || n
			WHEN t.typcategory = 'B' THEN 'true'
			WHEN t.typcategory = 'T' THEN n || ' days'
			WHEN t.typcategory = 'A' OR t.typtype = 'm' THEN '{}'
			WHEN t.typcategory = 'R' THEN '(,)'
			WHEN t.typname IN ('json', 'jsonb') THEN '{}'
			WHEN t.typname = 'bytea' THEN '\\x0' || n
		END))
	FROM pg_type t WHERE t.oid = att.atttypid
\$\$;

-- Returns the tables that took no row.
CREATE OR REPLACE FUNCTION test.fill(n integer) RETURNS SETOF text LANGUAGE plpgsql AS \$\$
DECLARE
	t record;
	columns text;
	vals text;
	left_over text[];
	before integer := -1;
	why text;
BEGIN
	SELECT array_agg(d.relname) INTO left_over FROM test.dumped d;
	-- again while a table that another refers to may have got its row
	WHILE cardinality(left_over) IS DISTINCT FROM before LOOP
		before := cardinality(left_over);
		FOR t IN SELECT d.* FROM test.dumped d WHERE d.relname = ANY (left_over) LOOP
			SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum), string_agg(test.value(t.rel, a, n), ', ' ORDER BY a.attnum)
			INTO columns, vals
			FROM pg_attribute a
			WHERE a.attrelid = t.rel AND a.attnum > 0 AND NOT a.attisdropped AND a.attidentity = '' AND a.attgenerated = ''
				AND (a.attnotnull AND NOT a.atthasdef OR $also -> t.relname ? a.attname
					OR (a.attname = 'code' OR a.attname = 'valid' AND false)
					OR a.attname IN ('version', 'seq'));
			BEGIN
				EXECUTE format('INSERT INTO %s (%s) VALUES (%s)', t.rel, columns, vals);
				left_over := array_remove(left_over, t.relname::text);
			EXCEPTION WHEN OTHERS THEN
				why := t.relname || ': ' || SQLERRM;
			END;
		END LOOP;
	END LOOP;
	IF cardinality(left_over) > 0 THEN
		RETURN NEXT why;
	END IF;
	RETURN QUERY SELECT unnest(left_over);
END
\$\$;
};

# What must be the same afterwards: rows of dumped tables, bindings, rights.
my $state = q{
SELECT 'rows ' || d.relname || ' ' || (xpath('/row/s/text()', query_to_xml(
	format('SELECT count(*) || '' '' || COALESCE(md5(string_agg(md5(t::text), '''' ORDER BY md5(t::text))), '''') AS s FROM %s t', d.rel),
	false, true, '')))[1]::text
FROM test.dumped d JOIN pg_extension e ON e.extname = 'meso_audit'
-- tables that are configured to keep their rows to themselves
WHERE e.extcondition[array_position(e.extconfig, d.rel::oid)] IS DISTINCT FROM 'WHERE false'
UNION ALL
SELECT concat_ws(' ', 'fact', s.fact, s.relation, s.kind, s.expressions, s.missing_indexes) FROM meso_audit.fact_status s
UNION ALL
SELECT concat_ws(' ', 'view', c.relname, c.relowner::regrole, c.reloptions, pg_get_viewdef(c.oid), obj_description(c.oid, 'pg_class'))
FROM pg_class c WHERE c.relnamespace = 'meso_audit'::regnamespace AND c.relkind = 'v'
UNION ALL
SELECT concat_ws(' ', 'right', r.rolname, c.relname,
	has_table_privilege(r.oid, c.oid, 'SELECT'), has_table_privilege(r.oid, c.oid, 'INSERT'),
	has_table_privilege(r.oid, c.oid, 'UPDATE'), has_table_privilege(r.oid, c.oid, 'DELETE'))
FROM pg_roles r, pg_class c
WHERE r.rolname ~ '^(dump_|meso_audit_engine)' AND c.relnamespace = 'meso_audit'::regnamespace AND c.relkind IN ('r', 'p', 'v')
UNION ALL
SELECT concat_ws(' ', 'call', r.rolname, p.oid::regprocedure, has_function_privilege(r.oid, p.oid, 'EXECUTE'))
FROM pg_roles r, pg_proc p
WHERE r.rolname ~ '^(dump_|meso_audit_engine)' AND p.pronamespace = 'meso_audit'::regnamespace
UNION ALL
SELECT concat_ws(' ', 'guard', evtname, evtevent, evtfoid::regproc, evttags) FROM pg_event_trigger
ORDER BY 1;
};

sub state_of
{
	my ($db) = @_;
	return split /\n/, $node->safe_psql($db, $state);
}

$node->safe_psql('postgres', $fill);
$node->safe_psql('postgres', q{
	SET client_min_messages = warning;
	SELECT meso_audit.create_fact_tables('own');
	CREATE TABLE own.settled (bill varchar(30) PRIMARY KEY, psn_no varchar(30) NOT NULL, house varchar(30), paid_at timestamptz, total numeric(16,2));
	CREATE INDEX ON own.settled (psn_no);
	SELECT meso_audit.bind_fact('settlement', 'own.settled',
		'{"setl_id": "bill", "fixmedins_code": "house", "setl_time": "paid_at", "medfee_sumamt": "total",
		  "refd_setl_flag": "CASE WHEN total < 0 THEN ''1'' END"}');
	INSERT INTO own.settled VALUES ('s1', 'p1', 'h1', '2025-01-01 20:00+00', 12.50);
	CREATE VIEW own.report AS SELECT psn_no, count(*) AS settlements FROM meso_audit.settlement GROUP BY psn_no;
	INSERT INTO own.institution (fixmedins_code, fix_blng_admdvs) VALUES ('h1', '320100');
	SELECT meso_audit.create_roles('dump');
	CREATE ROLE dump_zhang;
	GRANT dump_auditor TO dump_zhang;
	SELECT meso_audit.grant_area('dump_zhang', '32');
});
my $unfilled = $node->safe_psql('postgres', 'SELECT test.fill(1)');
is($unfilled, '', 'every table that is dumped takes a row');
$node->safe_psql('postgres', q{UPDATE meso_audit.finding SET fixmedins_code = 'h1'});
my @before = state_of('postgres');
cmp_ok(scalar(grep { /^rows / } @before), '>', 10, 'there are tables to dump');

my $dir = $node->basedir;
my @way = (
	[ 'plain', [ 'pg_dump', '-f', "$dir/plain.sql" ], [ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-o', '/dev/null', '-f', "$dir/plain.sql", '-d' ] ],
	[ 'custom', [ 'pg_dump', '-Fc', '-f', "$dir/custom.dump" ], [ 'pg_restore', "$dir/custom.dump", '-d' ] ],
	[ 'parallel', [ 'pg_dump', '-Fd', '-j4', '-f', "$dir/parallel.dump" ], [ 'pg_restore', '-j4', "$dir/parallel.dump", '-d' ] ]);

foreach my $way (@way)
{
	my ($name, $dump, $restore) = @$way;

	subtest $name => sub {
		my ($out, $err);
		my @port = ('-p', $node->port, '-h', $node->host);

		$node->safe_psql('postgres', "CREATE DATABASE $name TEMPLATE template0");
		ok(IPC::Run::run([ @$dump, @port, 'postgres' ], '>', \$out, '2>', \$err), 'dumped');
		is($err, '', 'without a word');
		ok(IPC::Run::run([ @$restore, $name, @port ], '>', \$out, '2>', \$err), 'restored');
		is($err, '', 'without a word');

		my @after = state_of($name);
		is_deeply(\@after, \@before, 'rows, bindings, rights and guard are the same')
		  or MesoTest::diag_diff(\@after, \@before);

		is($node->safe_psql($name, 'SELECT test.fill(2)'), '', 'every table takes another row: sequences came along');
		is($node->safe_psql($name, 'SELECT * FROM own.report'), 'p1|1', 'a view over a fact works');
		is($node->safe_psql($name, q{SELECT setl_time FROM meso_audit.settlement}), '2025-01-02 04:00:00', 'a fact is what it was');
		is($node->safe_psql($name, 'SET ROLE dump_zhang; SELECT area FROM meso_audit.my_finding'), '320100', 'findings are seen by area');

		is($node->safe_psql($name, 'SELECT meso_audit.is_set_up()'), 'f', 'the writers are not the engine\'s yet');
		my ($ret, $o, $e) = $node->psql($name, q{SELECT meso_audit.reconcile('{}', '(,)', '{}')});
		like($e, qr/not set up.*meso_audit\.setup\(\)/s, 'so they refuse to work, and say what to do');
		$node->safe_psql($name, 'SELECT meso_audit.setup()');
		is($node->safe_psql($name, 'SELECT meso_audit.is_set_up()'), 't', 'setup() puts that right');
		is($node->safe_psql($name, q{SELECT meso_audit.reconcile('{}', '(,)', '{}')}), '0', 'and they work');

		$node->safe_psql($name, q{SET client_min_messages = warning; SELECT meso_audit.bind_fact('settlement', 'own.settlement')});
		is($node->safe_psql($name, 'SELECT count(*) FROM own.report'), '0', 'a fact can be bound anew');
		($ret, $o, $e) = $node->psql($name, 'DROP EXTENSION meso_audit CASCADE');
		like($e, qr/holds findings and is not dropped/, 'the guard stands');
	};
}

$node->stop;
done_testing();

# What BI tools see through JDBC, ODBC and psycopg: names, types, comments and
# Chinese labels of the generated views. A client that is not installed (Debian:
# libpostgresql-jdbc-java and a JDK; odbc-postgresql and unixodbc; python3-psycopg)
# is skipped.
use strict;
use warnings;
use utf8;
use Encode;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use MesoTest;

my $node = MesoTest::node('bi', "listen_addresses = '127.0.0.1'");
my $view = '医疗机构评级';
$node->safe_psql('postgres', <<'SQL');
SET meso_audit.require_approval = off;
SELECT meso_audit.setup(), meso_audit.create_fact_tables('d');
INSERT INTO d.institution (fixmedins_code, fixmedins_name, fixmedins_type, hosp_lv, fix_blng_admdvs)
SELECT 'H' || n, '测试医院' || n, '1', 3, '530101' FROM generate_series(1, 3) n;
SELECT meso_audit.add_credit_record('hospital', 'H' || n, 'I06', 'untrustworthy', '2025-03-01', n) FROM generate_series(1, 3) n;
CALL meso_audit.run_rating('AE_hospital', '[2025-01-01,2026-01-01)');
SELECT meso_audit.publish_rating(1);
UPDATE meso_audit.rating_run SET objections_until = current_date - 1;
SELECT meso_audit.finalise_rating(1);
SELECT meso_audit.create_rating_views('bi_zh', 'zh');
SELECT meso_audit.create_roles('m'), meso_audit.grant_area('m_bi_reader', '53');
CREATE ROLE reader LOGIN IN ROLE m_bi_reader;
SELECT meso_audit.refresh_bi();
SQL
my ($port, $out) = ($node->port, '');

# The client's lines: a column each, then the row.
sub check
{
	my ($client, $type) = @_;
	my $text = Encode::decode('UTF-8', $out);
	like($text, qr/^协议条款违约次数\t$type\t协议条款违约次数 breaches of clauses \(I06\): points lost/m, "$client: Chinese name, type and comment of a column");
	cmp_ok(scalar(grep { /\t/ } split /\n/, $text), '>', 100, "$client: all columns");
	like($text, qr/^row\tH1\t98\.75\tA$/m, "$client: a row");
	return;
}

SKIP: {
	my $jar = '/usr/share/java/postgresql.jar';
	skip('JDBC is not installed', 3) unless -e $jar && `which javac`;
	IPC::Run::run([ 'java', '-Dfile.encoding=UTF-8', '-Dstdout.encoding=UTF-8', '-Dsun.jnu.encoding=UTF-8', '-cp', $jar, 'test/clients/Read.java',
		"jdbc:postgresql://127.0.0.1:$port/postgres?user=reader", Encode::encode('UTF-8', $view) ], '>', \$out, '2>&1');
	check('JDBC', 'numeric');
}
SKIP: {
	skip('psycopg is not installed', 3) unless IPC::Run::run([ 'python3', '-c', 'import psycopg' ], '>', '/dev/null', '2>&1');
	IPC::Run::run([ 'python3', 'test/clients/read.py', "host=127.0.0.1 port=$port dbname=postgres user=reader", Encode::encode('UTF-8', $view) ], '>', \$out, '2>&1');
	check('psycopg', 'numeric');
}
SKIP: {
	my ($driver) = glob('/usr/lib/*/odbc/psqlodbcw.so');
	skip('ODBC is not installed', 2) unless $driver && `which isql`;
	my $dir = PostgreSQL::Test::Utils::tempdir();
	PostgreSQL::Test::Utils::append_to_file("$dir/odbc.ini", "[bi]\nDriver = $driver\nServername = 127.0.0.1\nPort = $port\nDatabase = postgres\nUsername = reader\n");
	local $ENV{ODBCINI} = "$dir/odbc.ini";
	my $query = Encode::encode('UTF-8', "SELECT \"主体编码\", \"得分\", \"等级\" FROM bi_zh.\"$view\" ORDER BY 1");
	IPC::Run::run([ 'isql', '-b', '-c', '-d|', 'bi' ], '<', \"$query\n", '>', \$out, '2>&1');
	like(Encode::decode('UTF-8', $out), qr/^主体编码\|得分\|等级$/m, 'ODBC: Chinese names');
	like($out, qr/^H1\|98\.75\|A$/m, 'ODBC: a row');
}
done_testing();

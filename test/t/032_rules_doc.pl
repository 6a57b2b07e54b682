# doc/rules.md and doc/rules.zh-CN.md are what "make doc" makes.
use strict;
use warnings;
use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use MesoTest;

my $root = "$FindBin::RealBin/../..";
my $node = MesoTest::node('rules_doc');

for my $page ([ 'en', 'rules.md' ], [ 'zh', 'rules.zh-CN.md' ])
{
	my ($lang, $file) = @$page;
	my ($made, $err) = run_command([
		'psql', '-X', '-v', 'ON_ERROR_STOP=1', '-v', "lang=$lang", '-d', $node->connstr('postgres'),
		'-f', "$root/tools/rules_doc.sql" ]);
	my $kept = slurp_file("$root/doc/$file");

	s/\s+\z// for $made, $kept;
	is($err, '', "$file is made");
	cmp_ok(scalar(() = $made =~ /^\|/mg), '>', 250, 'with a line for each kind and rule');
	ok($made eq $kept, "doc/$file is current; else: make doc");
}
$node->stop;
done_testing();

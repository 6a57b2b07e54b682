
=head1 NAME

MesoTest - what the TAP tests of meso_audit share

=head1 SYNOPSIS

  use MesoTest;
  my $node = MesoTest::node('name');            # running, meso_audit in postgres
  my $db   = MesoTest::database($node, 'name'); # another database with it

=cut

package MesoTest;

use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;

=head2 node(name [, settings...])

A running server of its own; the extension is created in database postgres.
Settings are lines of postgresql.conf.

=cut

sub node
{
	my ($name, @settings) = @_;
	my $node = PostgreSQL::Test::Cluster->new($name);

	$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
	$node->append_conf('postgresql.conf', join("\n", 'fsync = off', @settings, ''));
	$node->start;
	$node->safe_psql('postgres', 'CREATE EXTENSION meso_audit');
	return $node;
}

=head2 database(node, name)

A new database with the extension; returns the name.

=cut

sub database
{
	my ($node, $name) = @_;

	$node->safe_psql('postgres', "CREATE DATABASE $name TEMPLATE template0");
	$node->safe_psql($name, 'CREATE EXTENSION meso_audit');
	return $name;
}

=head2 fingerprint(node, database [, change])

The lines of tools/fingerprint.sql; after a change that is rolled back.

=cut

sub fingerprint
{
	my ($node, $db, $change) = @_;
	my $script = PostgreSQL::Test::Utils::slurp_file('tools/fingerprint.sql');

	$script = "BEGIN;\n$change;\n$script\nROLLBACK;" if defined $change;
	my $out = '';
	$node->psql($db, $script, stdout => \$out, on_error_die => 1);
	return grep { $_ ne '' } split /\n/, $out;
}

=head2 diag_diff(have, want)

Prints the lines that only one of two lists has.

=cut

sub diag_diff
{
	my ($have, $want) = @_;
	my %have = map { $_ => 1 } @$have;
	my %want = map { $_ => 1 } @$want;

	Test::More::diag("- $_") foreach grep { !$have{$_} } @$want;
	Test::More::diag("+ $_") foreach grep { !$want{$_} } @$have;
	return;
}

1;


=head1 NAME

MesoSession - a psql that stays connected, for tests of sessions side by side

=head1 SYNOPSIS

  my $s = MesoSession->new($node, 'db');
  my $out = $s->do('SELECT 1');     # waits; errors are part of what it returns
  $s->send('COMMIT');               # does not wait
  $s->blocked or ...                # waits until it waits for a lock, or has ended
  $out = $s->end;                   # waits for what was sent
  $s->quit;

=cut

package MesoSession;

use strict;
use warnings;
use IPC::Run;
use Time::HiRes qw(time usleep);

my $limit = 60;

sub new
{
	my ($class, $node, $db) = @_;
	my $self = { in => '', out => '', count => 0, node => $node, db => $db };

	$self->{psql} = IPC::Run::start(
		[ 'psql', '-X', '-q', '-A', '-t', '-d', $node->connstr($db) ],
		'<', \$self->{in}, '>', \$self->{out}, '2>&1', IPC::Run::timeout(600));
	bless $self, $class;
	$self->do("\\set VERBOSITY verbose\nSET client_min_messages = error;\n");
	$self->{pid} = $self->do('SELECT pg_backend_pid();');
	return $self;
}

=head2 send(sql)

Sends statements; a semicolon is added.

=cut

sub send
{
	my ($self, $sql) = @_;
	$self->{count}++;
	$self->{in} .= "$sql;\n\\echo ended $self->{count}\n";
	$self->{psql}->pump_nb;
	return;
}

=head2 has_ended

Whether what was sent has ended.

=cut

sub has_ended
{
	my ($self) = @_;
	$self->{psql}->pump_nb;
	return $self->{out} =~ /^ended $self->{count}$/m;
}

=head2 end

Waits for what was sent; returns its output and errors, with SQLSTATE.

=cut

sub end
{
	my ($self) = @_;
	my $until = time() + $limit;

	until ($self->has_ended)
	{
		die "no answer in $limit s: $self->{out}" if time() > $until;
		usleep(500);
	}
	my $out = $self->{out};
	$self->{out} = '';
	$out =~ s/^ended \d+\n//mg;
	chomp $out;
	return $out;
}

sub do
{
	my ($self, $sql) = @_;
	$self->send($sql);
	return $self->end;
}

=head2 blocked

Waits until the backend waits for another's lock (true), or has ended (false).

=cut

sub blocked
{
	my ($self) = @_;
	my $until = time() + $limit;

	until ($self->has_ended)
	{
		$self->{watch} = MesoSession->new($self->{node}, $self->{db}) unless $self->{watch};
		return 1 if $self->{watch}->do("SELECT cardinality(pg_blocking_pids($self->{pid}))") > 0;
		die "neither blocked nor ended in $limit s" if time() > $until;
		usleep(2000);
	}
	return 0;
}

sub quit
{
	my ($self) = @_;
	$self->{watch}->quit if $self->{watch};
	$self->{in} .= "\\q\n";
	$self->{psql}->finish;
	return;
}

1;

# Reads DBF tables with XBase and prints, for each file named on standard input,
# one line: names and rows as in peer_dbfread.py, but every cell is null or the
# hexadecimal bytes of what XBase gives. With "make" and a folder as arguments
# it writes tables instead.
use strict;
use warnings;
use XBase;

sub cell { my $v = shift; defined $v ? '"' . unpack('H*', $v) . '"' : 'null' }

if (@ARGV and $ARGV[0] eq 'make') {
	my $dir = $ARGV[1];
	my ($xm, $bz) = ("\xc1\xf5\xfe\x9f", "\xc2\xb7\xc9\xcf" x 300);
	my %all = ('field_names' => [qw(KSH XM ZF CSRQ QR BZ)], 'field_types' => [qw(C C N D L M)],
		'field_lengths' => [14, 40, 6, 8, 1, 10], 'field_decimals' => [undef, undef, 1, undef, undef, undef]);
	for my $memo ('dbt', 'fpt') {
		my $t = XBase->create('name' => "$dir/xbase_$memo.dbf", 'memofile' => "$dir/xbase_$memo.$memo", %all) or die XBase->errstr;
		$t->set_record(0, '19430100000001', $xm, 451.5, 20010228, 1, $bz) or die $t->errstr;
		$t->set_record(1, '19430100000002', '', undef, undef, undef, undef) or die $t->errstr;
		$t->set_record(2, '00000000000003', $xm . "\xa1\xa4", -12, 19991231, 0, "short") or die $t->errstr;
		$t->set_record(3, '00000000000004', "=1+1", 0, 20000229, 0, $bz . $xm) or die $t->errstr;
		$t->delete_record(2) or die $t->errstr;
		$t->close;
	}
	my $t = XBase->create('name' => "$dir/xbase_long.dbf", 'field_names' => [qw(TEXT N)], 'field_types' => [qw(C N)],
		'field_lengths' => [300, 5], 'field_decimals' => [undef, 2]) or die XBase->errstr;
	$t->set_record(0, "\xd6\xd0" x 150, 1.25) or die $t->errstr;
	$t->set_record(1, "x", -1) or die $t->errstr;
	$t->close;
	exit;
}

$| = 1;
while (my $name = <STDIN>) {
	chomp $name;
	my $line = eval {
		local $SIG{ALRM} = sub { die "too long\n" };
		local $SIG{__WARN__} = sub { };
		alarm 5;
		my $t = XBase->new('name' => $name) or die "refused\n";
		my (@live, @gone);
		for my $n (0 .. $t->last_record) {
			my ($deleted, @cells) = $t->get_record($n) or last;
			my $row = '[' . join(',', ($deleted ? 'true' : 'false'), map { cell($_) } @cells) . ']';
			if ($deleted) { push @gone, $row } else { push @live, $row }
		}
		my $names = join ',', map { cell($_) } $t->field_names;
		alarm 0;
		"{\"names\": [$names], \"rows\": [" . join(',', @live, @gone) . ']}';
	};
	alarm 0;
	print defined $line ? $line : '{"error": "refused"}', "\n";
}

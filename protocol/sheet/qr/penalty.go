package qr

import "math/bits"

// line is a row of modules as bits, that of the first module lowest; beyond the code all
// is white. It is no array: those do not stay in registers.
type line struct{ a, b, c uint64 }

// right moves a line by s places, less than 64, towards the first module.
func (l line) right(s uint) line {
	return line{l.a>>(s&63) | l.b<<((64-s)&63), l.b>>(s&63) | l.c<<((64-s)&63), l.c >> (s & 63)}
}

// left moves a line by s places, less than 64, away from the first module.
func (l line) left(s uint) line {
	return line{l.a << (s & 63), l.b<<(s&63) | l.a>>((64-s)&63), l.c<<(s&63) | l.b>>((64-s)&63)}
}

func (l line) and(m line) line { return line{l.a & m.a, l.b & m.b, l.c & m.c} }
func (l line) or(m line) line  { return line{l.a | m.a, l.b | m.b, l.c | m.c} }
func (l line) xor(m line) line { return line{l.a ^ m.a, l.b ^ m.b, l.c ^ m.c} }
func (l line) not() line       { return line{^l.a, ^l.b, ^l.c} }

func (l line) count() int {
	return bits.OnesCount64(l.a) + bits.OnesCount64(l.b) + bits.OnesCount64(l.c)
}

func (l *line) set(i int, black bool) {
	word := &l.a
	switch i >> 6 {
	case 1:
		word = &l.b
	case 2:
		word = &l.c
	}
	*word &^= 1 << (i & 63)
	if black {
		*word |= 1 << (i & 63)
	}
}

// lineOf has the modules that are as told.
func lineOf(row []bool, as bool) line {
	var words [3]uint64
	for x, b := range row {
		if b == as {
			words[x>>6] |= 1 << (x & 63)
		}
	}
	return line{words[0], words[1], words[2]}
}

// fill tells the modules of a line.
func (l line) fill(row []bool) {
	words := [3]uint64{l.a, l.b, l.c}
	for x := range row {
		row[x] = words[x>>6]>>(x&63)&1 == 1
	}
}

// maxLine is how many modules a line has room for; the largest code has 177.
const maxLine = 192

// firstBits has the first n bits.
func firstBits(n int) (out line) {
	for i := range n {
		out.set(i, true)
	}
	return out
}

// penalty is what a mask is judged by (ISO/IEC 18004, 7.8.3): long runs, 2 × 2
// squares, what looks like a finder, and too much of one colour. It is told no further
// than most.
func penalty(rows []line, most int) int {
	n := len(rows)
	all, pairs := firstBits(n), firstBits(n-1)
	dark := 0
	for _, row := range rows {
		dark += row.count()
	}
	total := abs(dark*20-n*n*10) / (n * n) * 10 // in steps of 5 %
	var alike [4]line                           // which modules of the last rows are as the ones below them
	var above line                              // of five alike one below the other, those that began a row above
	for y := 0; y < n && total < most; y++ {
		row := rows[y]
		same := row.xor(row.right(1)).not().and(pairs)
		total += runs(same) + 40*(row.finders()+findersDown(rows, y))
		if y+1 == n {
			break
		}
		next := rows[y+1]
		down := row.xor(next).not().and(all)
		total += 3 * same.and(down).and(next.xor(next.right(1)).not()).count()
		alike[y%4] = down
		if y >= 3 {
			five := alike[0].and(alike[1]).and(alike[2].and(alike[3]))
			total += five.count() + 2*five.and(above.not()).count()
			above = five
		}
	}
	return total
}

// runs is the penalty of runs of five and more in a row of which same tells which
// modules are as the next: 3 and one for each beyond five.
func runs(same line) int {
	two := same.and(same.right(1))
	five := two.and(two.right(2)) // five alike begin here
	if five == (line{}) {
		return 0
	}
	return five.count() + 2*five.and(five.left(1).not()).count()
}

// finders counts the pattern 1:1:3:1:1 in a row, once for each side on which four white
// modules lie.
func (l line) finders() int {
	p := l.and(l.right(6)).and(l.right(3)).and(l.right(1).not())
	p = p.and(l.right(2)).and(l.right(4)).and(l.right(5).not())
	if p == (line{}) {
		return 0
	}
	before := l.left(1).or(l.left(2)).or(l.left(3)).or(l.left(4))
	after := l.right(7).or(l.right(8)).or(l.right(9)).or(l.right(10))
	return p.and(before.not()).count() + p.and(after.not()).count()
}

// findersDown counts it in all columns, from row y down.
func findersDown(rows []line, y int) int {
	if y+7 > len(rows) {
		return 0
	}
	p := rows[y].and(rows[y+2]).and(rows[y+3]).and(rows[y+1].not())
	p = p.and(rows[y+4]).and(rows[y+6]).and(rows[y+5].not())
	if p == (line{}) {
		return 0
	}
	var before, after line
	for d := 1; d <= 4; d++ {
		if y-d >= 0 {
			before = before.or(rows[y-d])
		}
		if y+6+d < len(rows) {
			after = after.or(rows[y+6+d])
		}
	}
	return p.and(before.not()).count() + p.and(after.not()).count()
}

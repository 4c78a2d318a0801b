package qr

// penalty is what a mask is judged by (ISO/IEC 18004, 7.8.3): long runs, 2 × 2
// squares, what looks like a finder, and too much of one colour.
func (c *Code) penalty() int {
	total, dark, n := 0, 0, c.Size
	for i := range n {
		total += c.lines(i*n, 1)
		total += c.lines(i, n)
	}
	for y := range n {
		row := c.black[y*n : (y+1)*n]
		for x, b := range row {
			if b {
				dark++
			}
			if x+1 < n && y+1 < n && b == row[x+1] && b == c.black[(y+1)*n+x] && b == c.black[(y+1)*n+x+1] {
				total += 3
			}
		}
	}
	all := c.Size * c.Size
	off := abs(dark*20-all*10) / all // in steps of 5 %
	return total + off*10
}

// lines is the penalty of one row or column, given by its first module and the
// step to the next: runs of five and more, and the pattern 1:1:3:1:1 with four
// white modules on a side.
func (c *Code) lines(first, step int) int {
	const like, window = 0b1011101, 1<<11 - 1
	total, run, bits := 0, 0, 0
	last := false
	for j := range c.Size {
		b := c.black[first+j*step]
		if j > 0 && b == last {
			run++
		} else {
			total += runPenalty(run)
			run, last = 1, b
		}
		bits <<= 1
		if b {
			bits |= 1
		}
		if v := bits & window; j >= 6 && (v == like || v == like<<4) {
			total += 40
		}
	}
	for range 4 { // white lies all round
		bits <<= 1
		if v := bits & window; v == like || v == like<<4 {
			total += 40
		}
	}
	return total + runPenalty(run)
}

func runPenalty(run int) int {
	if run < 5 {
		return 0
	}
	return run - 2
}

package qr

// penalty is what a mask is judged by (ISO/IEC 18004, 7.8.3): long runs, 2 × 2
// squares, what looks like a finder, and too much of one colour.
func (c *Code) penalty() int {
	total, dark := 0, 0
	for i := range c.Size {
		total += c.lines(func(j int) bool { return c.Black(j, i) })
		total += c.lines(func(j int) bool { return c.Black(i, j) })
	}
	for y := range c.Size {
		for x := range c.Size {
			b := c.Black(x, y)
			if b {
				dark++
			}
			if x+1 < c.Size && y+1 < c.Size && b == c.Black(x+1, y) && b == c.Black(x, y+1) && b == c.Black(x+1, y+1) {
				total += 3
			}
		}
	}
	all := c.Size * c.Size
	off := abs(dark*20-all*10) / all // in steps of 5 %
	return total + off*10
}

// lines is the penalty of one row or column: runs of five and more, and the
// pattern 1:1:3:1:1 with four white modules on a side.
func (c *Code) lines(at func(int) bool) int {
	total, run := 0, 1
	for j := 1; j <= c.Size; j++ {
		if j < c.Size && at(j) == at(j-1) {
			run++
			continue
		}
		if run >= 5 {
			total += run - 2
		}
		run = 1
	}
	const like, window = 0b1011101, 1<<11 - 1
	bits := 0
	for j := -4; j < c.Size+4; j++ { // white lies all round
		bits <<= 1
		if j >= 0 && j < c.Size && at(j) {
			bits |= 1
		}
		if j < 6 {
			continue
		}
		if v := bits & window; v == like || v == like<<4 {
			total += 40
		}
	}
	return total
}

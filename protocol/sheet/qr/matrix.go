package qr

func newCode(version int) *Code {
	size := 17 + 4*version
	c := &Code{Version: version, Size: size, black: make([]bool, size*size), fixed: make([]bool, size*size)}
	for i := range size { // timing
		c.fix(6, i, i%2 == 0)
		c.fix(i, 6, i%2 == 0)
	}
	c.finder(3, 3)
	c.finder(size-4, 3)
	c.finder(3, size-4)
	at := alignment(version, size)
	for i, x := range at {
		for j, y := range at {
			last := len(at) - 1
			if i == 0 && j == 0 || i == 0 && j == last || i == last && j == 0 {
				continue // a finder is there
			}
			for dy := -2; dy <= 2; dy++ {
				for dx := -2; dx <= 2; dx++ {
					c.fix(x+dx, y+dy, max(abs(dx), abs(dy)) != 1)
				}
			}
		}
	}
	c.format(0, M) // keeps the place; the mask writes it again
	c.versionBits()
	return c
}

func abs(n int) int { return max(n, -n) }

func (c *Code) fix(x, y int, black bool) {
	c.black[y*c.Size+x], c.fixed[y*c.Size+x] = black, true
}

func (c *Code) finder(x, y int) {
	for dy := -4; dy <= 4; dy++ {
		for dx := -4; dx <= 4; dx++ {
			if x+dx < 0 || y+dy < 0 || x+dx >= c.Size || y+dy >= c.Size {
				continue
			}
			d := max(abs(dx), abs(dy))
			c.fix(x+dx, y+dy, d != 2 && d != 4)
		}
	}
}

// alignment gives the centres of alignment patterns along a side.
func alignment(version, size int) []int {
	if version == 1 {
		return nil
	}
	n := version/7 + 2
	step := (version*8 + n*3 + 5) / (n*4 - 4) * 2
	out := make([]int, n)
	out[0] = 6
	for i, at := n-1, size-7; i > 0; i, at = i-1, at-step {
		out[i] = at
	}
	return out
}

// format writes level and mask.
func (c *Code) format(mask int, level Level) { eachFormat(mask, level, c.Size, c.fix) }

// eachFormat gives the modules of level and mask with their correction, twice.
func eachFormat(mask int, level Level, size int, fix func(x, y int, black bool)) {
	data := mask // level M is 00
	if level == Q {
		data |= 3 << 3
	}
	rest := data
	for range 10 {
		rest = rest<<1 ^ rest>>9*0x537
	}
	bits := (data<<10 | rest) ^ 0x5412
	bit := func(i int) bool { return bits>>i&1 == 1 }
	for i := range 6 {
		fix(8, i, bit(i))
	}
	fix(8, 7, bit(6))
	fix(8, 8, bit(7))
	fix(7, 8, bit(8))
	for i := 9; i < 15; i++ {
		fix(14-i, 8, bit(i))
	}
	for i := range 8 {
		fix(size-1-i, 8, bit(i))
	}
	for i := 8; i < 15; i++ {
		fix(8, size-15+i, bit(i))
	}
	fix(8, size-8, true)
}

func (c *Code) versionBits() {
	if c.Version < 7 {
		return
	}
	rest := c.Version
	for range 12 {
		rest = rest<<1 ^ rest>>11*0x1F25
	}
	bits := c.Version<<12 | rest
	for i := range 18 {
		a, b := c.Size-11+i%3, i/3
		c.fix(a, b, bits>>i&1 == 1)
		c.fix(b, a, bits>>i&1 == 1)
	}
}

// place writes the bytes in pairs of columns from the lower right, up and down
// in turn, past the column of the timing pattern.
func (c *Code) place(data []byte) {
	i, room := 0, len(data)*8
	for right := c.Size - 1; right >= 1; right -= 2 {
		if right == 6 {
			right = 5
		}
		for v := range c.Size {
			y := v
			if (right+1)&2 == 0 {
				y = c.Size - 1 - v
			}
			for at := y*c.Size + right; at >= y*c.Size+right-1; at-- {
				if !c.fixed[at] && i < room {
					c.black[at] = data[i>>3]>>(7-i&7)&1 == 1
					i++
				}
			}
		}
	}
}

// bestMask tries the eight masks and keeps that of least penalty.
func (c *Code) bestMask(level Level) {
	n := c.Size
	plain, free, rows := make([]line, n), make([]line, n), make([]line, n)
	for y := range n {
		plain[y], free[y] = lineOf(c.black[y*n:(y+1)*n], true), lineOf(c.fixed[y*n:(y+1)*n], false)
	}
	best, least := 0, 1<<30
	for m := range 8 {
		for y := range n {
			rows[y] = plain[y].xor(masks[m][y%maskPeriod].and(free[y]))
		}
		eachFormat(m, level, n, func(x, y int, black bool) { rows[y].set(x, black) })
		if p := penalty(rows, least); p < least {
			best, least = m, p
		}
	}
	for y := range n {
		plain[y].xor(masks[best][y%maskPeriod].and(free[y])).fill(c.black[y*n : (y+1)*n])
	}
	c.format(best, level)
}

// maskPeriod is after how many rows each mask begins anew.
const maskPeriod = 12

// masks are the eight masks: which modules of a row they turn.
var masks = maskLines()

func maskLines() (out [8][maskPeriod]line) {
	for m := range out {
		for y := range out[m] {
			for x := range maxLine {
				out[m][y].set(x, turns(m, x, y))
			}
		}
	}
	return out
}

// turns tells whether a mask turns a module.
func turns(m, x, y int) bool {
	switch m {
	case 0:
		return (x+y)%2 == 0
	case 1:
		return y%2 == 0
	case 2:
		return x%3 == 0
	case 3:
		return (x+y)%3 == 0
	case 4:
		return (x/3+y/2)%2 == 0
	case 5:
		return x*y%2+x*y%3 == 0
	case 6:
		return (x*y%2+x*y%3)%2 == 0
	}
	return ((x+y)%2+x*y%3)%2 == 0
}

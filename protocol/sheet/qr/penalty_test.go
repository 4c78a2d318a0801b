package qr

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// slowPenalty is the penalty as the standard tells it, module by module.
func slowPenalty(c *Code) int {
	at := func(x, y int) int {
		if c.Black(x, y) {
			return 1
		}
		return 0
	}
	total, dark := 0, 0
	for _, turned := range []bool{false, true} {
		for y := range c.Size {
			var s []int
			for x := -4; x < c.Size+4; x++ { // white lies all round
				if turned {
					s = append(s, at(y, x))
				} else {
					s = append(s, at(x, y))
				}
			}
			inside := s[4 : len(s)-4]
			for from := 0; from < len(inside); {
				to := from
				for to < len(inside) && inside[to] == inside[from] {
					to++
				}
				if to-from >= 5 {
					total += to - from - 2
				}
				from = to
			}
			for i := range len(s) - 10 {
				if w := s[i : i+11]; slices.Equal(w, []int{0, 0, 0, 0, 1, 0, 1, 1, 1, 0, 1}) || slices.Equal(w, []int{1, 0, 1, 1, 1, 0, 1, 0, 0, 0, 0}) {
					total += 40
				}
			}
		}
	}
	for y := range c.Size {
		for x := range c.Size {
			dark += at(x, y)
			if x+1 < c.Size && y+1 < c.Size && at(x, y) == at(x+1, y) && at(x, y) == at(x, y+1) && at(x, y) == at(x+1, y+1) {
				total += 3
			}
		}
	}
	return total + abs(dark*20-c.Size*c.Size*10)/(c.Size*c.Size)*10
}

// TestMaskIsTheBest: of the eight codes of a text, made module by module, the one of
// least penalty is that which Encode gives.
func TestMaskIsTheBest(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 18004))
	for i := range 40 {
		text := make([]byte, 1+r.IntN(700))
		if i > 36 {
			text = make([]byte, 1500+i*20)
		}
		for k := range text {
			text[k] = alphabet[r.IntN(len(alphabet))]
		}
		level := Level(i % 2)
		got, err := Encode(string(text), level)
		if err != nil {
			t.Fatal(err)
		}
		mode := modeOf(string(text))
		bits, _ := segment(string(text), mode, got.Version)
		plain := newCode(got.Version)
		plain.place(interleave(bits.pad(dataBytes(got.Version, level)), got.Version, level))
		var best *Code
		least := 0
		for m := range 8 {
			c := &Code{Version: plain.Version, Size: plain.Size, black: append([]bool{}, plain.black...), fixed: plain.fixed}
			for y := range c.Size {
				for x := range c.Size {
					if at := y*c.Size + x; !c.fixed[at] && turns(m, x, y) {
						c.black[at] = !c.black[at]
					}
				}
			}
			c.format(m, level)
			if p := slowPenalty(c); best == nil || p < least {
				best, least = c, p
			}
		}
		for at, black := range best.black {
			if got.black[at] != black {
				t.Fatalf("%d characters at level %d, version %d: module %d differs from that of the best mask", len(text), level, got.Version, at)
			}
		}
	}
}

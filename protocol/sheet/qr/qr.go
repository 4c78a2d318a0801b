package qr

import (
	"errors"
	"strings"
)

// Level is how much of a code may be lost: about 15 % (M) or 25 % (Q).
type Level uint8

// Levels of correction.
const (
	M Level = iota
	Q
)

// ErrTooLong is given for a text that the largest code cannot carry.
var ErrTooLong = errors.New("qr: text too long")

// Code is a square of black and white modules without its quiet zone, which
// is four modules wide on each side.
type Code struct {
	Version int // 1 to 40
	Size    int // modules on a side: 17 + 4 × Version
	black   []bool
	fixed   []bool // patterns that no mask and no data touch
}

// Black tells the colour of a module; outside the code all is white.
func (c *Code) Black(x, y int) bool {
	return x >= 0 && y >= 0 && x < c.Size && y < c.Size && c.black[y*c.Size+x]
}

// Packed are its rows from the top, eight modules a byte, the first the highest, 1 is
// black; each row begins a byte.
func (c *Code) Packed() []byte {
	wide := (c.Size + 7) / 8
	out := make([]byte, wide*c.Size)
	for at, black := range c.black {
		if black {
			y, x := at/c.Size, at%c.Size
			out[y*wide+x/8] |= 0x80 >> (x & 7)
		}
	}
	return out
}

// Encode makes the smallest code for a text.
func Encode(text string, level Level) (*Code, error) {
	mode := modeOf(text)
	for version := 1; version <= 40; version++ {
		room := dataBytes(version, level)
		if mode.bits(len(text), version) > room*8 {
			continue
		}
		bits, ok := segment(text, mode, version)
		if !ok {
			continue
		}
		c := newCode(version)
		c.place(interleave(bits.pad(room), version, level))
		c.bestMask(level)
		return c, nil
	}
	return nil, ErrTooLong
}

type mode struct {
	indicator uint
	length    [3]int // bits of the count, for versions to 9, to 26, to 40
}

var (
	numeric      = mode{1, [3]int{10, 12, 14}}
	alphanumeric = mode{2, [3]int{9, 11, 13}}
	octets       = mode{4, [3]int{8, 16, 16}}
)

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"

func modeOf(text string) mode {
	digits, alnum := true, true
	for i := range len(text) {
		digits = digits && text[i] >= '0' && text[i] <= '9'
		alnum = alnum && strings.IndexByte(alphabet, text[i]) >= 0
	}
	switch {
	case digits && text != "":
		return numeric
	case alnum && text != "":
		return alphanumeric
	}
	return octets
}

// bits is how long a segment is.
func (m mode) bits(n, version int) int {
	out := 4 + m.length[lengthOf(version)]
	switch m.indicator {
	case numeric.indicator:
		out += n / 3 * 10
		if n%3 > 0 {
			out += 1 + 3*(n%3)
		}
	case alphanumeric.indicator:
		out += n/2*11 + n%2*6
	default:
		out += 8 * n
	}
	return out
}

// lengthOf says which of a mode's lengths a version has.
func lengthOf(version int) int {
	switch {
	case version > 26:
		return 2
	case version > 9:
		return 1
	}
	return 0
}

// segment is mode, count and data, without terminator; false if the count is
// too great for its bits.
func segment(text string, m mode, version int) (bitString, bool) {
	size := lengthOf(version)
	if len(text) >= 1<<m.length[size] {
		return bitString{}, false
	}
	b := bitString{bytes: make([]byte, 0, rawBytes(version))}
	b.add(m.indicator, 4)
	b.add(uint(len(text)), m.length[size])
	switch m.indicator {
	case numeric.indicator:
		for ; len(text) >= 3; text = text[3:] {
			b.add(number(text[:3]), 10)
		}
		if len(text) > 0 {
			b.add(number(text), 1+3*len(text))
		}
	case alphanumeric.indicator:
		for ; len(text) >= 2; text = text[2:] {
			b.add(uint(strings.IndexByte(alphabet, text[0])*45+strings.IndexByte(alphabet, text[1])), 11)
		}
		if len(text) > 0 {
			b.add(uint(strings.IndexByte(alphabet, text[0])), 6)
		}
	default:
		for i := range len(text) {
			b.add(uint(text[i]), 8)
		}
	}
	return b, true
}

func number(digits string) uint {
	var n uint
	for i := range len(digits) {
		n = n*10 + uint(digits[i]-'0')
	}
	return n
}

// bitString is a run of bits, the first the highest of the first byte.
type bitString struct {
	bytes []byte
	n     int
}

func (b *bitString) add(value uint, bits int) {
	for bits > 0 {
		if b.n&7 == 0 {
			b.bytes = append(b.bytes, 0)
		}
		free := 8 - b.n&7
		take := min(free, bits)
		part := value >> (bits - take) & (1<<take - 1)
		b.bytes[len(b.bytes)-1] |= byte(part << (free - take))
		b.n, bits = b.n+take, bits-take
	}
}

// pad ends the data and fills the room, in bytes.
func (b bitString) pad(room int) []byte {
	b.add(0, min(4, room*8-b.n))
	out := b.bytes
	for fill := byte(0xEC); len(out) < room; fill ^= 0xEC ^ 0x11 {
		out = append(out, fill)
	}
	return out
}

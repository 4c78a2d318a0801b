package idcardtest

import "encoding/hex"

// What the module hears. Written without a look at the driver: a machine that
// takes one byte at a time.
type ear struct {
	state int // 0…5: preamble bytes matched; 6, 7: length; 8: body
	need  int
	got   []byte // length bytes and body
}

// hearing is what one byte brought.
type hearing uint8

const (
	nothing hearing = iota
	whole           // a frame with a right checksum
	badSum          // a frame with a wrong one
	tooShort
)

// hear takes one byte. After whole, frame() holds CMD PARA and data.
func (e *ear) hear(b byte) hearing {
	switch {
	case e.state < 3:
		if b == 0xAA {
			e.state++
		} else {
			e.state = 0
		}
	case e.state == 3:
		switch b {
		case 0xAA: // more than three are legal
		case 0x96:
			e.state = 4
		default:
			e.state = 0
		}
	case e.state == 4:
		switch b {
		case 0x69:
			e.state, e.got = 5, e.got[:0]
		case 0xAA:
			e.state = 1
		default:
			e.state = 0
		}
	case e.state == 5:
		e.got = append(e.got, b)
		e.state = 6
	case e.state == 6:
		e.got = append(e.got, b)
		e.need = int(e.got[0])<<8 + int(e.got[1])
		if e.need < 3 {
			e.state = 0
			return tooShort
		}
		e.state = 7
	default:
		e.got = append(e.got, b)
		if e.need--; e.need > 0 {
			return nothing
		}
		e.state = 0
		var sum byte
		for _, v := range e.got[:len(e.got)-1] {
			sum ^= v
		}
		if sum != b {
			return badSum
		}
		return whole
	}
	return nothing
}

// command gives CMD and PARA of the frame just heard, and its data.
func (e *ear) command() (uint16, []byte) {
	return uint16(e.got[2])<<8 | uint16(e.got[3]), e.got[4 : len(e.got)-1]
}

// waiting says whether a frame has begun.
func (e *ear) waiting() bool { return e.state > 4 }

// forget starts anew.
func (e *ear) forget() { e.state = 0 }

// reply is an answer before it becomes bytes.
type reply struct {
	sw   [3]byte
	data []byte
}

func sw(third byte) reply { return reply{sw: [3]byte{0, 0, third}} }

// bytes writes the answer's frame.
func (r reply) bytes() []byte {
	n := 3 + len(r.data) + 1
	out := make([]byte, 0, 7+n)
	out = append(out, 0xAA, 0xAA, 0xAA, 0x96, 0x69, byte(n>>8), byte(n))
	out = append(out, r.sw[:]...)
	out = append(out, r.data...)
	var sum byte
	for i := 5; i < len(out); i++ {
		sum ^= out[i]
	}
	return append(out, sum)
}

// spoil applies the knobs that alter an answer's bytes. The knobs were checked,
// so the hex in them is sound.
func spoil(b []byte, k Knobs) []byte {
	if k.BadLen != "" {
		if raw, err := hex.DecodeString(k.BadLen); err == nil {
			copy(b[5:7], raw)
		}
	}
	if k.BadSum {
		b[len(b)-1] ^= 0x5A
	}
	if i := k.FlipBit - 1; i >= 0 && i/8 < len(b) {
		b[i/8] ^= 1 << (i % 8)
	}
	if k.TruncateAt > 0 && k.TruncateAt < len(b) {
		b = b[:k.TruncateAt]
	}
	if k.Duplicate {
		b = append(b, b...)
	}
	if raw, err := hex.DecodeString(k.Prefix); err == nil && len(raw) > 0 {
		b = append(raw, b...)
	}
	return b
}

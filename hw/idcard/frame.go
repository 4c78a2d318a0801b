package idcard

import "bytes"

// The frame, both ways:
//
//	AA AA AA 96 69 | LEN hi lo | body … | CHK
//
// LEN counts body and CHK; CHK is the XOR of LEN and body.
var preamble = []byte{0xAA, 0xAA, 0xAA, 0x96, 0x69}

const (
	headSize = 7 // preamble and LEN
	// An answer's LEN: SW1 SW2 SW3 CHK at least; at most the sane cap for
	// vendors' extensions. The largest standard answer (text, portrait and two
	// fingerprints) is 0x090A. A larger LEN is noise and must not make us wait.
	minLen = 4
	maxLen = 0x0E00
)

// command is CMD and PARA of a request.
type command struct{ cmd, para byte }

// The commands.
var (
	cmdReset  = command{0x10, 0xFF}
	cmdStatus = command{0x11, 0xFF}
	cmdSAMID  = command{0x12, 0xFF}
	cmdFind   = command{0x20, 0x01}
	cmdSelect = command{0x20, 0x02}
	cmdBase   = command{0x30, 0x01}
	cmdAppend = command{0x30, 0x03}
	cmdBody   = command{0x30, 0x05}
)

// name is the command for a log line.
func (c command) name() string {
	switch c {
	case cmdReset:
		return "reset"
	case cmdStatus:
		return "self test"
	case cmdSAMID:
		return "SAM id"
	case cmdFind:
		return "find"
	case cmdSelect:
		return "select"
	case cmdBase:
		return "read base"
	case cmdAppend:
		return "read additional address"
	case cmdBody:
		return "read card body"
	default:
		return "command"
	}
}

// request builds the frame of c.
func request(c command) []byte {
	b := append([]byte(nil), preamble...)
	b = append(b, 0x00, 0x03, c.cmd, c.para)
	return append(b, xor(b[len(preamble):]))
}

func xor(b []byte) (x byte) {
	for _, v := range b {
		x ^= v
	}
	return x
}

// answer is a sound frame from the reader. It may hold a person's data: it has
// no String, and is never logged but for sw and length.
type answer struct {
	sw   [3]byte
	data []byte
}

// parser finds frames in a stream of bytes. The zero parser is ready.
type parser struct {
	buf []byte
	bad int // frames with a bad checksum since the last takeBad
}

// push adds what was received.
func (p *parser) push(b []byte) { p.buf = append(p.buf, b...) }

// reset forgets everything received so far.
func (p *parser) reset() { p.buf = p.buf[:0] }

// takeBad gives the number of bad checksums since the last call.
func (p *parser) takeBad() int {
	n := p.bad
	p.bad = 0
	return n
}

// next gives the next sound frame, or false when more bytes are needed. It
// slides over whatever is no frame, one byte at a time: more than three AA
// before 96 69 is legal. Inside a frame it does not look for preambles, because
// a portrait may contain one.
func (p *parser) next() (answer, bool) {
	for {
		i := bytes.Index(p.buf, preamble)
		if i < 0 {
			// Keep what may be the beginning of a preamble.
			keep := min(len(p.buf), len(preamble)-1)
			p.drop(len(p.buf) - keep)
			return answer{}, false
		}
		p.drop(i)
		if len(p.buf) < headSize {
			return answer{}, false
		}
		n := int(p.buf[5])<<8 | int(p.buf[6])
		if n < minLen || n > maxLen {
			p.drop(1)
			continue
		}
		if len(p.buf) < headSize+n {
			return answer{}, false
		}
		whole := p.buf[:headSize+n]
		if xor(whole[len(preamble):]) != 0 {
			p.bad++
			p.drop(1)
			continue
		}
		a := answer{data: bytes.Clone(whole[headSize+3 : len(whole)-1])}
		copy(a.sw[:], whole[headSize:])
		p.drop(len(whole))
		return a, true
	}
}

// inFrame says whether a frame has begun and is not complete.
func (p *parser) inFrame() bool { return bytes.HasPrefix(p.buf, preamble) }

// giveUp abandons the frame that has begun, and looks behind its preamble: what
// follows a truncated frame may be a whole one that was taken for its content.
func (p *parser) giveUp() {
	if p.inFrame() {
		p.drop(1)
	}
}

// drop removes n bytes from the front. It copies, so that buf never grows
// beyond one frame and what was read in one go; and it clears what it leaves,
// so that a person's data does not linger behind.
func (p *parser) drop(n int) {
	if n <= 0 {
		return
	}
	rest := copy(p.buf, p.buf[n:])
	clear(p.buf[rest:])
	p.buf = p.buf[:rest]
}

package sheet

import (
	"encoding/binary"
)

// subset is a TrueType font of the glyphs given; glyph 0 is empty. Only the
// tables a PDF asks for are in it.
func subset(glyphs []*glyph) []byte { return assemble(subsetTables(glyphs)) }

func subsetTables(glyphs []*glyph) []table {
	glyf, loca := []byte{}, []byte{0, 0, 0, 0}
	hmtx := []byte{em >> 8, em & 255, 0, 0}
	var low, high [2]int
	maxPoints, maxContours, widest := 0, 0, em
	loca = binary.BigEndian.AppendUint32(loca, 0)
	for i, g := range glyphs {
		points := 0
		for _, c := range g.contours {
			points += len(c)
		}
		maxPoints, maxContours, widest = max(maxPoints, points), max(maxContours, len(g.contours)), max(widest, g.advance)
		if i == 0 {
			low, high = g.min, g.max
		}
		for k := range 2 {
			low[k], high[k] = min(low[k], g.min[k]), max(high[k], g.max[k])
		}
		glyf = appendGlyph(glyf, g)
		loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
		hmtx = be(hmtx, g.advance, g.min[0])
	}
	n := len(glyphs) + 1
	var head, hhea, maxp []byte
	head = be(head, 1, 0, 1, 0, 0, 0, 0x5F0F, 0x3CF5, 3, em) // versions, no checksum yet, magic, flags, units
	head = append(head, make([]byte, 16)...)                 // no dates: the same glyphs give the same bytes
	head = be(head, low[0], low[1], high[0], high[1], 0, 8, 2, 1, 0)
	hhea = be(hhea, 1, 0, 880, -120, 0, widest, low[0], 0, high[0], 1, 0, 0, 0, 0, 0, 0, 0, n)
	maxp = be(maxp, 1, 0, n, maxPoints, maxContours, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0)
	return []table{{"glyf", glyf}, {"head", head}, {"hhea", hhea}, {"hmtx", hmtx}, {"loca", loca}, {"maxp", maxp}}
}

// be appends 16-bit numbers, the highest byte first.
func be(b []byte, all ...int) []byte {
	for _, v := range all {
		b = append(b, byte(v>>8), byte(v))
	}
	return b
}

// appendGlyph writes one outline, padded to four bytes; an empty one has none.
func appendGlyph(out []byte, g *glyph) []byte {
	if len(g.contours) == 0 {
		return out
	}
	out = be(out, len(g.contours), g.min[0], g.min[1], g.max[0], g.max[1])
	end := -1
	for _, c := range g.contours {
		end += len(c)
		out = be(out, end)
	}
	out = be(out, 0) // no instructions
	var xs, ys []byte
	last := outPoint{}
	for _, c := range g.contours {
		for _, p := range c {
			flag := byte(0)
			if p.on {
				flag = 1
			}
			var f byte
			xs, f = delta(xs, p.x-last.x)
			flag |= f << 1
			ys, f = delta(ys, p.y-last.y)
			flag |= f << 2
			out = append(out, flag)
			last = p
		}
	}
	out = append(append(out, xs...), ys...)
	for len(out)%4 != 0 {
		out = append(out, 0)
	}
	return out
}

// delta writes a step of a coordinate. Bit 0 of its flag says it is one byte,
// bit 3 that this byte is positive or, without bit 0, that there was no step.
func delta(b []byte, d int) ([]byte, byte) {
	switch {
	case d == 0:
		return b, 8
	case d > 0 && d < 256:
		return append(b, byte(d)), 9
	case d < 0 && d > -256:
		return append(b, byte(-d)), 1
	}
	return be(b, d), 0
}

type table struct {
	tag   string
	bytes []byte
}

// assemble puts tables, sorted by tag, into one file with its checksums.
func assemble(tables []table) []byte {
	n := len(tables)
	power, log := 1, 0
	for power*2 <= n {
		power, log = power*2, log+1
	}
	out := be(nil, 1, 0, n, power*16, log, (n-power)*16)
	at := 12 + 16*n
	headAt := 0
	for _, t := range tables {
		if t.tag == "head" {
			headAt = at
		}
		out = append(out, t.tag...)
		out = binary.BigEndian.AppendUint32(out, checksum(t.bytes))
		out = binary.BigEndian.AppendUint32(out, uint32(at))
		out = binary.BigEndian.AppendUint32(out, uint32(len(t.bytes)))
		at += (len(t.bytes) + 3) / 4 * 4
	}
	for _, t := range tables {
		out = append(out, t.bytes...)
		for len(out)%4 != 0 {
			out = append(out, 0)
		}
	}
	binary.BigEndian.PutUint32(out[headAt+8:], 0xB1B0AFBA-checksum(out))
	return out
}

func checksum(b []byte) uint32 {
	var sum uint32
	for ; len(b) >= 4; b = b[4:] {
		sum += binary.BigEndian.Uint32(b)
	}
	var last [4]byte
	copy(last[:], b)
	return sum + binary.BigEndian.Uint32(last[:])
}

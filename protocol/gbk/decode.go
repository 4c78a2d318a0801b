package gbk

import (
	"strings"
	"unicode/utf8"
)

// Decode reads a text. Each place that cannot be read is one Fault and one
// U+FFFD in the text; without faults the text holds no U+FFFD. A broken
// character never swallows an ASCII character behind it, except at the end.
func Decode(cs Charset, b []byte) (string, []Fault) {
	ascii := 0
	for ascii < len(b) && b[ascii] < utf8.RuneSelf {
		ascii++
	}
	if ascii == len(b) {
		return string(b), nil
	}
	var out strings.Builder
	out.Grow(len(b) + len(b)/2)
	out.Write(b[:ascii])
	var faults []Fault
	t := tables()
	for i := ascii; i < len(b); {
		if b[i] < utf8.RuneSelf {
			out.WriteByte(b[i])
			i++
			continue
		}
		r, size, why := t.next(cs, b[i:])
		if why != "" {
			r = utf8.RuneError
			faults = append(faults, Fault{Offset: i, Bytes: b[i : i+size : i+size], Why: why})
		}
		out.WriteRune(r)
		i += size
	}
	return out.String(), faults
}

// next reads the character that b begins with, which is not ASCII.
func (t *table) next(cs Charset, b []byte) (r rune, size int, why string) {
	switch {
	case !cs.Known():
		return 0, 1, WhyCharset
	case b[0] == 0x80: // Windows code page 936
		return '€', 1, ""
	case b[0] == 0xFF:
		return 0, 1, WhyByte
	case len(b) == 1:
		return 0, 1, WhyCut
	}
	switch c := b[1]; {
	case c >= '0' && c <= '9':
		return t.nextFour(cs, b)
	case c >= 0x40 && c != 0x7F && c != 0xFF:
		return t.read[indexOf(uint16(b[0])<<8|uint16(c))], 2, ""
	}
	return 0, 1, WhyByte
}

// nextFour reads a four-byte character, of which the first two bytes stand.
func (t *table) nextFour(cs Charset, b []byte) (r rune, size int, why string) {
	switch {
	case len(b) > 2 && (b[2] < lead || b[2] == 0xFF),
		len(b) > 3 && (b[3] < '0' || b[3] > '9'):
		return 0, 1, WhyByte
	case len(b) < 4 && cs == GBK:
		return 0, 1, WhyByte // a digit behind a stray byte is more likely than half a foreign character
	case len(b) < 4:
		return 0, len(b), WhyCut
	case cs == GBK:
		return 0, 4, WhyFour
	}
	number := ((int(b[0]-lead)*10+int(b[1]-'0'))*126+int(b[2]-lead))*10 + int(b[3]-'0')
	switch high := number - fourHigh; {
	case number < fourBMP:
		r = rune(t.read4[number])
	case high >= 0 && high < maxHigh:
		r = rune(high) + 0x10000
	default:
		return 0, 4, WhyUnassigned
	}
	if r == utf8.RuneError {
		return r, 4, WhyReplaced
	}
	return r, 4, ""
}

// Cut gives at most the first n bytes of an encoded text, never part of a
// character: a field of a DBF file is cut so. It shares memory with b.
func Cut(cs Charset, b []byte, n int) []byte {
	if n >= len(b) {
		return b
	}
	t := tables()
	i := 0
	for i < n {
		size := 1
		if b[i] >= utf8.RuneSelf {
			_, size, _ = t.next(cs, b[i:])
		}
		if i+size > n {
			break
		}
		i += size
	}
	return b[:i:i]
}

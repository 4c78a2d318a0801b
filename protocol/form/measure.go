package form

import (
	"unicode"
	"unicode/utf8"

	"zhunkao/protocol/gbk"
)

// measure walks a text once: its characters, the bytes it takes in a DBF
// column, and whether every character can be read. What GBK does not have
// counts as in GB 18030, the widest of the ways it may be exported as it is.
func measure(s string) (chars, width int, readable bool) {
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			if c < 0x20 || c == 0x7F {
				return 0, 0, false
			}
			chars, width, i = chars+1, width+1, i+1
			continue
		}
		if len(s)-i >= 3 && plainHan(s[i], s[i+1], s[i+2]) {
			chars, width, i = chars+1, width+2, i+3
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError || unprintable(r) {
			return 0, 0, false
		}
		wide, _ := gbk.Width(s[i : i+size])
		chars, width, i = chars+1, width+wide, i+size
	}
	return chars, width, true
}

// plainHan tells whether three bytes are one character of U+4E00–9FA5, which
// GBK has all and in which there is nothing to mend. Most of what people write
// is of it, and to decode it like any other took a third of a check.
func plainHan(a, b, c byte) bool {
	if b&0xC0 != 0x80 || c&0xC0 != 0x80 {
		return false
	}
	r := uint(a&0x0F)<<12 | uint(b&0x3F)<<6 | uint(c&0x3F)
	return a&0xF0 == 0xE0 && r >= 0x4E00 && r <= 0x9FA5
}

func unprintable(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == 0x2028 || r == 0x2029
}

// plainName tells whether a name needs no mending and no second look: 2 to 20
// characters of the block every font and GBK have. Normalising leaves such a
// name as it is, and takes longer than all else that is checked.
func plainName(s string) bool {
	if len(s) < 3*2 || len(s)%3 != 0 || len(s) > 3*20 {
		return false
	}
	for i := 0; i < len(s); i += 3 {
		if !plainHan(s[i], s[i+1], s[i+2]) {
			return false
		}
	}
	return true
}

// plainPhone is a mobile number of eleven digits as it is stored.
func plainPhone(s string) bool {
	return len(s) == 11 && s[0] == '1' && s[1] >= '3' && digits(s)
}

// plainNumber is an 18-character number in normal form, right or wrong.
func plainNumber(s string) bool {
	return len(s) == 18 && digits(s[:17]) && (s[17] == 'X' || s[17] >= '0' && s[17] <= '9')
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// Readable counts the characters of a text; false if any cannot be seen or
// read.
func Readable(s string) (chars int, ok bool) {
	chars, _, ok = measure(s)
	return chars, ok
}

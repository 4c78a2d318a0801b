package gbk

import (
	"fmt"
	"unicode/utf8"
)

// Encode gives the bytes of a text. A character that the set cannot hold is a
// *CharError; there is no partial result.
func Encode(cs Charset, s string) ([]byte, error) {
	b, err := Append(nil, cs, s)
	if err != nil {
		return nil, err
	}
	return b, nil
}

// Append is Encode at the end of dst, without allocation where dst has room.
// With an error it returns what dst held and no more.
func Append(dst []byte, cs Charset, s string) ([]byte, error) {
	if !cs.Known() {
		return dst, fmt.Errorf("gbk: unknown character set %q", cs)
	}
	whole := len(dst)
	var t *table // not wanted for ASCII
	for i := 0; i < len(s); {
		if s[i] < utf8.RuneSelf {
			end := i + 1
			for end < len(s) && s[end] < utf8.RuneSelf {
				end++
			}
			dst = append(dst, s[i:end]...)
			i = end
			continue
		}
		if t == nil {
			t = tables()
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r <= 0xFFFF { // nearly always
			if code := t.two[r]; code != 0 && code != euroGB {
				dst = append(dst, byte(code>>8), byte(code))
				i += size
				continue
			}
		}
		code, number := t.code(cs, r)
		switch {
		case code != 0:
			dst = append(dst, byte(code>>8), byte(code))
		case number >= 0:
			dst = append(dst, byte(number/12600)+lead, byte(number/1260%10)+'0', byte(number/10%126)+lead, byte(number%10)+'0')
		default:
			return dst[:whole], &CharError{Rune: r, Index: utf8.RuneCountInString(s[:i])}
		}
		i += size
	}
	return dst, nil
}

// code gives the two-byte code of a character above ASCII, or else its
// four-byte number, or 0 and -1 where the set cannot hold it.
func (t *table) code(cs Charset, r rune) (code uint16, number int) {
	switch {
	case r == utf8.RuneError:
		return 0, -1
	case r > 0xFFFF && cs == GB18030:
		return 0, fourHigh + int(r) - 0x10000
	case r > 0xFFFF:
		return t.high[r], -1
	}
	code = t.two[r]
	switch {
	case cs == GB18030 && code == 0:
		return 0, int(t.four[r])
	case cs == GBK && code == 0:
		return t.pua[r], -1
	case cs == GBK && code == euroGB:
		return 0, -1
	}
	return code, -1
}

// Width is how many bytes a text takes in GBK. What does not fit counts as in
// GB 18030, and fits is false then.
func Width(s string) (n int, fits bool) {
	fits = true
	var t *table
	for i := 0; i < len(s); {
		if s[i] < utf8.RuneSelf {
			n++
			i++
			continue
		}
		if t == nil {
			t = tables()
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		i += size
		if code, _ := t.code(GBK, r); code != 0 {
			n += 2
			continue
		}
		fits = false
		if code, _ := t.code(GB18030, r); code != 0 {
			n += 2
		} else {
			n += 4 // also for what is lost already: it may have been anything
		}
	}
	return n, fits
}

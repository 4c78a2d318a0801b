package gbk_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"zhunkao/protocol/gbk"
)

func FuzzDecode(f *testing.F) {
	for _, s := range []string{
		"", "plain", "\xcd\xf5\x86\xb4",
		"\xb3\xc2\x82\x30\xb7\x31", "\x95\x34\xb2\x35", "\xe3\x32\x9a\x35", "\xe3\x32\x9a\x36", "\x85\x30\x81\x30", // four bytes
		"\xcd\xf5\x86", "\x95", "\x95\x34", "\x95\x34\xb2", "\x822019", // cut
		"\x80", "\x80\x80\xa2\xe3", // euro
		"\x84\x31\x97\x33", "\x8e\xb1\xb1\xb2", // half-width katakana, of GB 18030 and of EUC-JP
		"\xef\xbb\xbf\xcd\xf5", "\x84\x31\x95\x33", "\xff\xfe\x8b\x73", // byte order marks
		"\xfe\x51\xfe\x9f\xa6\xd9\xa8\xbc", "\x84\x31\x82\x36", "\x84\x31\xa4\x37", "\xaa\xa1\xf8\xa1\xa3\xa0", "\xcd\x7f\xcd\xff\xff",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, cs := range []gbk.Charset{gbk.GBK, gbk.GB18030} {
			s, faults := gbk.Decode(cs, b)
			if !utf8.ValidString(s) || strings.Count(s, "\uFFFD") != len(faults) {
				t.Fatalf("%s: %x became %q with %d faults", cs, b, s, len(faults))
			}
			at := 0
			for _, fault := range faults {
				if fault.Offset < at || len(fault.Bytes) == 0 || !bytes.Equal(fault.Bytes, b[fault.Offset:fault.Offset+len(fault.Bytes)]) || fault.Why == "" {
					t.Fatalf("%s: %x: fault %+v", cs, b, fault)
				}
				at = fault.Offset + len(fault.Bytes)
			}
			for n := range min(len(b), 16) {
				if cut := gbk.Cut(cs, b, n); len(cut) > n || !bytes.HasPrefix(b, cut) {
					t.Fatalf("%s: %x cut to %d: %x", cs, b, n, cut)
				}
			}
			if faults != nil {
				continue
			}
			again, err := gbk.Encode(cs, s)
			var ce *gbk.CharError
			if err != nil && !(cs == gbk.GBK && errors.As(err, &ce) && ce.Rune == '€') {
				t.Fatalf("%s: %x was read and is not written: %v", cs, b, err)
			}
			if back, faults := gbk.Decode(cs, again); err == nil && (back != s || faults != nil) {
				t.Fatalf("%s: %q came back as %q", cs, s, back)
			}
		}
	})
}

func FuzzEncode(f *testing.F) {
	for _, s := range []string{
		"", "plain?", "王喆", "刘䶮", "刘\uE863", "陈㛃", "王𠮷", "欧阳𬭩", "王\U00031350", "€", "ｱｲ", "\ufeff王", "买买提•艾力", "𠂇\uE816", "\uFFFD", "\xff王", "\xed\xa0\x80", "😀", "e\u0301", "\u202e", "\x00\r\n",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, cs := range []gbk.Charset{gbk.GBK, gbk.GB18030} {
			b, err := gbk.Encode(cs, s)
			var ce *gbk.CharError
			if err != nil {
				runes := []rune(s) // bytes that are no UTF-8 are one U+FFFD each here too
				if !errors.As(err, &ce) || b != nil || runes[ce.Index] != ce.Rune {
					t.Fatalf("%s %q: %v", cs, s, err)
				}
				continue
			}
			if bytes.Count(b, []byte("?")) != strings.Count(s, "?") {
				t.Fatalf("%s: %q was written with question marks: %x", cs, s, b)
			}
			if back, faults := gbk.Decode(cs, b); faults != nil || utf8.RuneCountInString(back) != utf8.RuneCountInString(s) {
				t.Fatalf("%s: %q came back as %q, %v", cs, s, back, faults)
			}
		}
	})
}

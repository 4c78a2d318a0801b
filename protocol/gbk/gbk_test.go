package gbk_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"zhunkao/protocol/gbk"
)

// changed lists what GB 18030 mapped to private use until 2022: the two-byte
// code, the standard character, the code point it once had, and the four-byte
// code that the older editions gave to the standard character. Copied from the
// published lists of changes, not from the file the package reads.
var changed = []struct {
	two      string
	std, pua rune
	four     string
}{
	{"\xA6\xD9", 0xFE10, 0xE78D, "\x84\x31\x82\x36"}, {"\xA6\xDA", 0xFE12, 0xE78E, "\x84\x31\x82\x38"},
	{"\xA6\xDB", 0xFE11, 0xE78F, "\x84\x31\x82\x37"}, {"\xA6\xDC", 0xFE13, 0xE790, "\x84\x31\x82\x39"},
	{"\xA6\xDD", 0xFE14, 0xE791, "\x84\x31\x83\x30"}, {"\xA6\xDE", 0xFE15, 0xE792, "\x84\x31\x83\x31"},
	{"\xA6\xDF", 0xFE16, 0xE793, "\x84\x31\x83\x32"}, {"\xA6\xEC", 0xFE17, 0xE794, "\x84\x31\x83\x33"},
	{"\xA6\xED", 0xFE18, 0xE795, "\x84\x31\x83\x34"}, {"\xA6\xF3", 0xFE19, 0xE796, "\x84\x31\x83\x35"},
	{"\xFE\x59", 0x9FB4, 0xE81E, "\x82\x35\x90\x37"}, {"\xFE\x61", 0x9FB5, 0xE826, "\x82\x35\x90\x38"},
	{"\xFE\x66", 0x9FB6, 0xE82B, "\x82\x35\x90\x39"}, {"\xFE\x67", 0x9FB7, 0xE82C, "\x82\x35\x91\x30"},
	{"\xFE\x6D", 0x9FB8, 0xE832, "\x82\x35\x91\x31"}, {"\xFE\x7E", 0x9FB9, 0xE843, "\x82\x35\x91\x32"},
	{"\xFE\x90", 0x9FBA, 0xE854, "\x82\x35\x91\x33"}, {"\xFE\xA0", 0x9FBB, 0xE864, "\x82\x35\x91\x34"},
	{"\xFE\x51", 0x20087, 0xE816, "\x95\x32\x90\x31"}, {"\xFE\x52", 0x20089, 0xE817, "\x95\x32\x90\x33"},
	{"\xFE\x53", 0x200CC, 0xE818, "\x95\x32\x97\x30"}, {"\xFE\x6C", 0x215D7, 0xE831, "\x95\x36\xB9\x37"},
	{"\xFE\x76", 0x2298F, 0xE83B, "\x96\x30\xBA\x35"}, {"\xFE\x91", 0x241FE, 0xE855, "\x96\x35\xB6\x30"},
}

func TestEditionOf2022(t *testing.T) {
	for _, c := range changed {
		for _, code := range []string{c.two, c.four} {
			if s, faults := gbk.Decode(gbk.GB18030, []byte(code)); s != string(c.std) || faults != nil {
				t.Errorf("%X is read as %q, %v; want %U", code, s, faults, c.std)
			}
		}
		if s, faults := gbk.Decode(gbk.GBK, []byte(c.two)); s != string(c.std) || faults != nil {
			t.Errorf("GBK: %X is read as %q, %v; want %U", c.two, s, faults, c.std)
		}
		std := c.two
		if c.std > 0xFFFF {
			std = c.four
		}
		for _, e := range []struct {
			cs   gbk.Charset
			r    rune
			want string
		}{{gbk.GB18030, c.std, std}, {gbk.GB18030, c.pua, c.two}, {gbk.GBK, c.std, c.two}, {gbk.GBK, c.pua, c.two}} {
			if b, err := gbk.Encode(e.cs, string(e.r)); err != nil || string(b) != e.want {
				t.Errorf("%s: %U is written %X, %v; want %X", e.cs, e.r, b, err, e.want)
			}
		}
	}
}

func TestEncode(t *testing.T) {
	for _, tc := range []struct {
		label, in string
		gbk       string // in hex, "" where it does not fit
		gb18030   string
	}{
		{"empty", "", "", ""},
		{"ASCII", "a1?", "61313f", "61313f"},
		{"a name", "王喆", "cdf5 86b4", "cdf5 86b4"},
		{"row FE", "刘䶮", "c1f5 fe9f", "c1f5 fe9f"},
		{"row FE typed in private use", "刘\uE863", "c1f5 fe9f", "c1f5 8336cf39"},
		{"middle dot", "买买提·艾力", "c2f2c2f2cce1 a1a4 b0acc1a6", "c2f2c2f2cce1 a1a4 b0acc1a6"},
		{"U+2022", "•", "", "8136a631"},
		{"extension A outside GBK", "陈㛃", "", "b3c2 8230b731"},
		{"beyond the base plane", "𠮷", "", "9534b235"},
		{"extension E", "欧阳𬭩", "", "c5b7d1f4 9933ab39"},
		{"U+9FA6", "龦", "", "82358f33"},
		{"euro", "€", "", "a2e3"},
		{"half-width katakana", "ｱ", "", "84319733"},
		{"byte order mark", "\ufeff王", "", "84319533 cdf5"},
		{"user-defined", "\uE000\uE4C5\uE765", "aaa1 fefe a7a0", "aaa1 fefe a7a0"},
		{"private use without a two-byte code", "\uF8FF", "", "84308130"},
		{"emoji", "😀", "", "9439fc36"},
		{"the last code point", "\U0010FFFF", "", "e3329a35"},
	} {
		t.Run(tc.label, func(t *testing.T) {
			for cs, want := range map[gbk.Charset]string{gbk.GBK: tc.gbk, gbk.GB18030: tc.gb18030} {
				b, err := gbk.Encode(cs, tc.in)
				if want = strings.ReplaceAll(want, " ", ""); want == "" && tc.in != "" {
					var ce *gbk.CharError
					if !errors.As(err, &ce) || b != nil {
						t.Errorf("%s: got %x, %v; want a *CharError", cs, b, err)
					}
					continue
				}
				if err != nil || fmt.Sprintf("%x", b) != want {
					t.Errorf("%s: got %x, %v; want %s", cs, b, err, want)
				}
			}
		})
	}
}

func TestCharErrorNamesTheFirstCharacter(t *testing.T) {
	for _, tc := range []struct {
		cs    gbk.Charset
		in    string
		r     rune
		index int
	}{
		{gbk.GBK, "欧阳𬭩𠮷", '𬭩', 2},
		{gbk.GBK, "€", '€', 0},
		{gbk.GBK, "王\xff", utf8.RuneError, 1},
		{gbk.GB18030, "王\xe4\xb8", utf8.RuneError, 1},
		{gbk.GB18030, "刘\uFFFD", utf8.RuneError, 1},
		{gbk.GB18030, "\xed\xa0\x80", utf8.RuneError, 0}, // a surrogate in UTF-8
	} {
		dst := []byte("before")
		got, err := gbk.Append(dst, tc.cs, tc.in)
		var ce *gbk.CharError
		if !errors.As(err, &ce) || ce.Rune != tc.r || ce.Index != tc.index {
			t.Errorf("%s %q: %v; want %U at %d", tc.cs, tc.in, err, tc.r, tc.index)
		}
		if string(got) != "before" {
			t.Errorf("%s %q: a part was written: %q", tc.cs, tc.in, got)
		}
		if err != nil && tc.r != utf8.RuneError && strings.ContainsRune(err.Error(), tc.r) {
			t.Errorf("%q: the error repeats a character of a name", tc.in)
		}
	}
	if _, err := gbk.Encode("latin1", "a"); err == nil {
		t.Error("an unknown character set was taken")
	}
}

func TestDecode(t *testing.T) {
	type fault struct {
		offset int
		bytes  string
		why    string
	}
	for _, tc := range []struct {
		label  string
		cs     gbk.Charset
		in     string
		want   string
		faults []fault
	}{
		{"cut lead at the end of a field", gbk.GBK, "\xcd\xf5\x86", "王�", []fault{{2, "\x86", gbk.WhyCut}}},
		{"cut in four bytes", gbk.GB18030, "a\x95\x34\xb2", "a�", []fault{{1, "\x95\x34\xb2", gbk.WhyCut}}},
		{"cut before a separator", gbk.GBK, "\xcd,b", "�,b", []fault{{0, "\xcd", gbk.WhyByte}}},
		{"cut before a line end", gbk.GBK, "\xcd\r\n\xcd\xf5", "�\r\n王", []fault{{0, "\xcd", gbk.WhyByte}}},
		{"four bytes in GBK", gbk.GBK, "\xb3\xc2\x82\x30\xb7\x31x", "陈�x", []fault{{2, "\x82\x30\xb7\x31", gbk.WhyFour}}},
		{"four bytes", gbk.GB18030, "\xb3\xc2\x82\x30\xb7\x31x", "陈㛃x", nil},
		{"beyond the base plane", gbk.GB18030, "\x95\x34\xb2\x35", "𠮷", nil},
		{"lead and digit in GBK", gbk.GBK, "\x822019", "�2019", []fault{{0, "\x82", gbk.WhyByte}}},
		{"lead and digits in GB 18030", gbk.GB18030, "\x822019", "�2019", []fault{{0, "\x82", gbk.WhyByte}}},
		{"broken fourth byte", gbk.GB18030, "\x82\x31\xac\xac\xac", "�1\ue0c7�", []fault{{0, "\x82", gbk.WhyByte}, {4, "\xac", gbk.WhyCut}}},
		{"unassigned four bytes", gbk.GB18030, "\x85\x30\x81\x30", "�", []fault{{0, "\x85\x30\x81\x30", gbk.WhyUnassigned}}},
		{"beyond Unicode", gbk.GB18030, "\xe3\x32\x9a\x36", "�", []fault{{0, "\xe3\x32\x9a\x36", gbk.WhyUnassigned}}},
		{"FF", gbk.GBK, "\xff\xff", "��", []fault{{0, "\xff", gbk.WhyByte}, {1, "\xff", gbk.WhyByte}}},
		{"second byte FF", gbk.GBK, "\xcd\xff", "��", []fault{{0, "\xcd", gbk.WhyByte}, {1, "\xff", gbk.WhyByte}}},
		{"second byte 7F", gbk.GBK, "\xcd\x7f", "�\x7f", []fault{{0, "\xcd", gbk.WhyByte}}},
		{"euro of Windows", gbk.GBK, "\x80" + "5", "€5", nil},
		{"euro of Windows at the end", gbk.GB18030, "\x80", "€", nil},
		{"euro of GB 18030", gbk.GBK, "\xa2\xe3", "€", nil},
		{"half-width katakana", gbk.GB18030, "\x84\x31\x97\x33", "ｱ", nil},
		{"byte order mark", gbk.GB18030, "\x84\x31\x95\x33a", "\ufeffa", nil},
		{"the mark of UTF-8 is no mark here", gbk.GBK, "\xef\xbb\xbfa", "锘縜", nil},
		{"a replacement character written out", gbk.GB18030, "\x84\x31\xa4\x37", "�", []fault{{0, "\x84\x31\xa4\x37", gbk.WhyReplaced}}},
		{"an unknown set", "latin1", "a\xcd", "a�", []fault{{1, "\xcd", gbk.WhyCharset}}},
		{"NUL", gbk.GBK, "\x00", "\x00", nil},
		{"empty", gbk.GBK, "", "", nil},
	} {
		t.Run(tc.label, func(t *testing.T) {
			s, faults := gbk.Decode(tc.cs, []byte(tc.in))
			var got []fault
			for _, f := range faults {
				got = append(got, fault{f.Offset, string(f.Bytes), f.Why})
			}
			if s != tc.want || fmt.Sprint(got) != fmt.Sprint(tc.faults) {
				t.Errorf("got %q %+v; want %q %+v", s, got, tc.want, tc.faults)
			}
		})
	}
}

// Every code point there is: what is written is read again as itself, or as
// the standard character of the private-use code point, and nothing else.
func TestEveryCodePointComesBack(t *testing.T) {
	standard := map[rune]rune{}
	for _, c := range changed {
		standard[c.pua] = c.std
	}
	var fitting [2]int
	for n, cs := range []gbk.Charset{gbk.GBK, gbk.GB18030} {
		taken := map[string]rune{}
		var buf []byte
		for r := rune(0); r <= utf8.MaxRune; r++ {
			if !utf8.ValidRune(r) {
				continue
			}
			b, err := gbk.Append(buf[:0], cs, string(r))
			if buf = b; err != nil {
				if cs == gbk.GB18030 && r != utf8.RuneError {
					t.Fatalf("%U does not fit GB 18030", r)
				}
				continue
			}
			fitting[n]++
			s, faults := gbk.Decode(cs, b)
			back, size := utf8.DecodeRuneInString(s)
			switch {
			case faults != nil || size != len(s):
				t.Fatalf("%s: %U is written %x and read as %q, %v", cs, r, b, s, faults)
			case back == r:
				if r < 0x10000 && len(b) == 2 { // only these can have a second spelling
					taken[string(b)] = r
				}
			case cs == gbk.GB18030 && standard[r] != back,
				cs == gbk.GBK && (r < 0xE78D || r > 0xE864):
				t.Fatalf("%s: %U is written %x and comes back as %U", cs, r, b, back)
			}
			if bytes.ContainsRune(b, '?') != (r == '?') {
				t.Fatalf("%s: %U is written %x, with a question mark", cs, r, b)
			}
		}
		// The six beyond the base plane have a two-byte code in GBK alone.
		if want := map[gbk.Charset]int{gbk.GBK: 23940 - 1 - 6, gbk.GB18030: 23940 - 6}[cs]; len(taken) != want {
			t.Errorf("%s: %d characters of the base plane have two bytes, want %d", cs, len(taken), want)
		}
	}
	if want := 128 + 23940 - 1 + 90; fitting[0] != want {
		t.Errorf("%d code points fit GBK, want %d", fitting[0], want)
	}
	if want := 0x110000 - 2048 - 1; fitting[1] != want {
		t.Errorf("%d code points fit GB 18030, want %d", fitting[1], want)
	}
}

// Every code there is: it is read, and written again as it stood, but for the
// codes that say twice what another says.
func TestEveryCodeComesBack(t *testing.T) {
	old := map[string]bool{}
	for _, c := range changed {
		if c.std > 0xFFFF {
			old[c.two] = true
		} else {
			old[c.four] = true
		}
	}
	again := func(cs gbk.Charset, code []byte) {
		s, faults := gbk.Decode(cs, code)
		if faults != nil {
			t.Fatalf("%s: %x: %v", cs, code, faults)
		}
		b, err := gbk.Encode(cs, s)
		switch same := bytes.Equal(b, code); {
		case cs == gbk.GBK && string(code) == "\xa2\xe3":
			if err == nil {
				t.Errorf("GBK has no euro, and it was written %x", b)
			}
		case cs == gbk.GB18030 && old[string(code)]:
			if same || err != nil {
				t.Errorf("%x is a second spelling and came back as %x, %v", code, b, err)
			}
		case err != nil || !same:
			t.Fatalf("%s: %x is read as %U and written %x, %v", cs, code, []rune(s), b, err)
		}
	}
	for first := 0x81; first <= 0xFE; first++ {
		for second := 0x40; second <= 0xFE; second++ {
			if second != 0x7F {
				again(gbk.GBK, []byte{byte(first), byte(second)})
				again(gbk.GB18030, []byte{byte(first), byte(second)})
			}
		}
	}
	assigned := 0
	for i := range 126 * 10 * 126 * 10 {
		code := []byte{byte(i/12600) + 0x81, byte(i/1260%10) + '0', byte(i/10%126) + 0x81, byte(i%10) + '0'}
		if s, faults := gbk.Decode(gbk.GB18030, code); faults == nil {
			assigned++
			if assigned%97 == 0 || len(s) == 3 {
				again(gbk.GB18030, code)
			}
		}
	}
	if want := 39420 + 0x100000 - 1; assigned != want { // but U+FFFD
		t.Errorf("%d four-byte codes are read, want %d", assigned, want)
	}
}

func TestWidthAndCut(t *testing.T) {
	for _, tc := range []struct {
		in   string
		n    int
		fits bool
	}{
		{"", 0, true}, {"a王", 3, true}, {"刘䶮", 4, true}, {"刘\uE863", 4, true}, {"陈㛃", 6, false},
		{"𠮷", 4, false}, {"€", 2, false}, {"𠂇", 2, true}, {"•", 4, false}, {"\xff", 4, false},
	} {
		if n, fits := gbk.Width(tc.in); n != tc.n || fits != tc.fits {
			t.Errorf("%q: got %d %t, want %d %t", tc.in, n, fits, tc.n, tc.fits)
		}
	}
	for _, tc := range []struct {
		cs   gbk.Charset
		in   string
		n    int
		want string
	}{
		{gbk.GBK, "\xcd\xf5\x86\xb4", 3, "\xcd\xf5"},
		{gbk.GBK, "\xcd\xf5\x86\xb4", 4, "\xcd\xf5\x86\xb4"},
		{gbk.GBK, "\xcd\xf5", 1, ""},
		{gbk.GBK, "\xcd\xf5", 0, ""},
		{gbk.GBK, "\xcd\xf5", -1, ""},
		{gbk.GBK, "a\x80\xcd\xf5", 3, "a\x80"},
		{gbk.GB18030, "a\x95\x34\xb2\x35", 4, "a"},
		{gbk.GB18030, "a\x95\x34\xb2\x35", 5, "a\x95\x34\xb2\x35"},
		{gbk.GB18030, "a\x95\x34\xb2\x35", 99, "a\x95\x34\xb2\x35"},
	} {
		if got := gbk.Cut(tc.cs, []byte(tc.in), tc.n); string(got) != tc.want {
			t.Errorf("%s: %x cut to %d: %x", tc.cs, tc.in, tc.n, got)
		}
	}
}

func anyText() *rapid.Generator[string] {
	r := rapid.OneOf(rapid.RuneFrom([]rune("王喆㛃𠮷䶮€·•?ａ\ufeff\uE863\uE816ｱ")), rapid.Rune())
	return rapid.StringOfN(r, 0, 24, -1)
}

func TestProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyText().Draw(t, "text")
		cs := rapid.SampledFrom([]gbk.Charset{gbk.GBK, gbk.GB18030}).Draw(t, "set")
		b, err := gbk.Encode(cs, s)
		n, fits := gbk.Width(s)
		if cs == gbk.GBK && (err == nil) != fits || cs == gbk.GBK && fits && n != len(b) {
			t.Fatalf("%d bytes, %v; the width is %d %t", len(b), err, n, fits)
		}
		if err != nil {
			return
		}
		at := rapid.IntRange(0, len(b)+1).Draw(t, "cut")
		cut := gbk.Cut(cs, b, at)
		head, faults := gbk.Decode(cs, cut)
		whole, _ := gbk.Decode(cs, b)
		if faults != nil || !strings.HasPrefix(whole, head) || len(cut) > at || at-len(cut) >= 4 {
			t.Fatalf("%x cut to %d: %x, %v", b, at, cut, faults)
		}
	})
}

// An export writes millions of fields.
func TestAppendDoesNotAllocate(t *testing.T) {
	buf := make([]byte, 0, 256)
	for _, s := range []string{"43010219840904902X", "买买提·艾力 刘䶮", "欧阳𬭩"} {
		if n := testing.AllocsPerRun(100, func() {
			if _, err := gbk.Append(buf, gbk.GB18030, s); err != nil {
				t.Fatal(err)
			}
			gbk.Width(s)
		}); n != 0 {
			t.Errorf("%q: %v allocations", s, n)
		}
	}
}

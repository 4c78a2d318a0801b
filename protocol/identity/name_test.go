package identity_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"zhunkao/protocol/identity"
)

func TestCheckName(t *testing.T) {
	const pua, dot, width, blank, upper, nfc, unseen, unmapped = identity.ChangePUA, identity.ChangeDot, identity.ChangeWidth,
		identity.ChangeBlank, identity.ChangeCase, identity.ChangeNFC, identity.ChangeInvisible, identity.ChangePUAUnmapped
	for _, tc := range []struct {
		label, in, want string
		changes         []identity.Change
		err             error
	}{
		{"plain", "王喆", "王喆", nil, nil},
		{"one character", "喆", "喆", nil, nil},
		{"fifty characters", strings.Repeat("王", 50), strings.Repeat("王", 50), nil, nil},
		{"fifty-one characters", strings.Repeat("王", 51), strings.Repeat("王", 51), nil, identity.ErrNameLength},
		{"beyond the base plane", "王𠮷", "王𠮷", nil, nil},
		{"extension A and E", "㛃𬭩", "㛃𬭩", nil, nil},
		{"extension H", "王\U00031350", "王\U00031350", nil, nil},
		{"U+9FA6 and later", "龦", "龦", nil, nil},
		{"zero as a character", "〇〇", "〇〇", nil, nil},
		{"private use of old GBK", "刘\uE863", "刘䶮", []identity.Change{pua}, nil},
		{"private use without a standard", "刘\uF8F0", "刘\uF8F0", []identity.Change{unmapped}, nil},
		{"middle dot", "买买提·艾力", "买买提·艾力", nil, nil},
		{"U+2022", "买买提•艾力", "买买提·艾力", []identity.Change{dot}, nil},
		{"U+30FB", "买买提・艾力", "买买提·艾力", []identity.Change{dot}, nil},
		{"U+2027 U+FF65 U+2219 U+22C5 U+FF0E", "阿‧卜･杜∙热⋅合．曼", "阿·卜·杜·热·合·曼", []identity.Change{dot}, nil},
		{"ASCII full stop between characters", "买买提.艾力", "买买提·艾力", []identity.Change{dot}, nil},
		{"full stop at the end", "买买提.", "买买提.", nil, identity.ErrNameChar},
		{"dot at the end", "买买提·", "买买提·", nil, identity.ErrNameDot},
		{"two dots", "买买提··艾力", "买买提··艾力", nil, identity.ErrNameDot},
		{"only a dot", "·", "·", nil, identity.ErrNameChar},
		{"blanks", " 王 喆\u3000", "王喆", []identity.Change{blank}, nil},
		{"zero width", "王\u200b喆\ufeff", "王喆", []identity.Change{unseen}, nil},
		{"variation selector", "葛\U000E0100", "葛", []identity.Change{unseen}, nil},
		{"compatibility ideograph", "\uF9D1", "六", []identity.Change{nfc}, nil},
		{"Latin", "Smith  John", "SMITH JOHN", []identity.Change{blank, upper}, nil},
		{"Latin full width", "ＳＭＩＴＨ", "SMITH", []identity.Change{width}, nil},
		{"Latin decomposed", "Jose\u0301", "JOSÉ", []identity.Change{upper, nfc}, nil},
		{"O'Neil-Smith, Jr.", "O'NEIL-SMITH, JR.", "O'NEIL-SMITH, JR.", nil, nil},
		{"empty", "", "", nil, identity.ErrNameEmpty},
		{"only blanks", "  ", "", []identity.Change{blank}, identity.ErrNameEmpty},
		{"mixed scripts", "王Smith", "王Smith", nil, identity.ErrNameChar},
		{"digit", "王2", "王2", nil, identity.ErrNameChar},
		{"question marks of a lossy system", "刘??", "刘??", nil, identity.ErrNameChar},
		{"replacement character", "刘\uFFFD", "刘\uFFFD", nil, identity.ErrNameChar},
		{"direction override", "王\u202e喆", "王\u202e喆", nil, identity.ErrNameChar},
		{"emoji", "王😀", "王😀", nil, identity.ErrNameChar},
		{"markup", "<script>", "<SCRIPT>", []identity.Change{upper}, identity.ErrNameChar},
		{"line feed", "王\n喆", "王\n喆", nil, identity.ErrNameChar},
		{"NUL", "王\x00喆", "王\x00喆", nil, identity.ErrNameChar},
		{"SQL", "'; DROP", "'; DROP", nil, identity.ErrNameChar},
		{"a megabyte", strings.Repeat("王", 1<<18), "", nil, identity.ErrNameLength},
		{"not UTF-8", "王\xff", "", nil, identity.ErrNameUTF8},
	} {
		t.Run(tc.label, func(t *testing.T) {
			n, changes, err := identity.CheckName(tc.in)
			if n.Reveal() != tc.want || !errors.Is(err, tc.err) || fmt.Sprint(changes) != fmt.Sprint(tc.changes) {
				t.Errorf("got %q %v %v; want %q %v %v", n.Reveal(), changes, err, tc.want, tc.changes, tc.err)
			}
		})
	}
}

func TestSameName(t *testing.T) {
	for _, tc := range []struct {
		a, b identity.Name
		want bool
	}{
		{"刘䶮", "刘\uE863", true},
		{"买买提·艾力", "买买提•艾力", true},
		{"买买提・艾力", "买买提‧艾力", true},
		{"王 喆", "王喆", true},
		{"Smith John", "SMITH  JOHN", true},
		{"Jose\u0301", "José", true},
		{"向晓兰", "向小兰", false},
		{"王喆", "王哲", false},
		{"買", "买", false}, // traditional and simplified are two characters
		{"买买提艾力", "买买提·艾力", false},
		{"", "", true},
	} {
		if got := identity.SameName(tc.a, tc.b); got != tc.want {
			t.Errorf("%q, %q: got %t", tc.a.Reveal(), tc.b.Reveal(), got)
		}
	}
}

func TestNormalizeNameIsStable(t *testing.T) {
	runes := rapid.SampledFrom([]rune("王喆㛃𠮷𬭩〇·•・‧．. \u3000\uE863\uE815\uF8F0éaZ\u0301\u200b\uF9D1Ａ-'\U0002F81A"))
	rapid.Check(t, func(t *rapid.T) {
		s := string(rapid.SliceOfN(runes, 0, 12).Draw(t, "name"))
		once := identity.NormalizeName(s)
		if twice := identity.NormalizeName(string(once)); twice != once {
			t.Fatalf("%q became %q, then %q", s, string(once), string(twice))
		}
		if !identity.SameName(identity.Name(s), once) {
			t.Fatalf("%q is not the same as its normal form %q", s, string(once))
		}
	})
}

func FuzzCheckName(f *testing.F) {
	for _, s := range []string{"", "王𠮷", "刘\uE863", "买买提•艾力", "\u202e", "\xff", "<script>", "=cmd|", "{{7*7}}", "%s%n", "a\u0301", strings.Repeat("·", 60)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, _, err := identity.CheckName(s)
		if !utf8.ValidString(string(n)) {
			t.Fatal("the normalised name is not UTF-8")
		}
		if err == nil {
			if again, changes, err := identity.CheckName(string(n)); err != nil || again != n || hard(changes) {
				t.Fatalf("not stable: %v %v", changes, err)
			}
		}
	})
}

// hard tells changes other than the remark that a code is left as it is.
func hard(changes []identity.Change) bool {
	return len(changes) > 1 || len(changes) == 1 && changes[0] != identity.ChangePUAUnmapped
}

func TestParsePhone(t *testing.T) {
	for _, tc := range []struct {
		in, want string
		err      error
	}{
		{"199 0000 0901", "19900000901", nil},
		{"＋86１９９００００0901", "19900000901", nil},
		{"+8619900000901", "19900000901", nil},
		{"0731-89000000", "0731-89000000", nil},
		{"073189000000-12", "073189000000-12", nil},
		{"12345678901", "", identity.ErrPhone},
		{"1990000090", "", identity.ErrPhone},
		{"", "", identity.ErrPhone},
		{strings.Repeat("1", 1<<16), "", identity.ErrPhone},
	} {
		if p, err := identity.ParsePhone(tc.in); p.Reveal() != tc.want || !errors.Is(err, tc.err) {
			t.Errorf("%.20s: got %q, %v", tc.in, p.Reveal(), err)
		}
	}
}

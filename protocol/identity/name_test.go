package identity_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

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
		{"one character", "喆", "喆", nil, identity.ErrNameShort},
		{"one letter", "X.", "X.", nil, identity.ErrNameShort},
		{"two characters", "石淼", "石淼", nil, nil},
		{"fifty characters", strings.Repeat("王", 50), strings.Repeat("王", 50), nil, nil},
		{"fifty-one characters", strings.Repeat("王", 51), strings.Repeat("王", 51), nil, identity.ErrNameLength},
		{"beyond the base plane", "王𠮷", "王𠮷", nil, nil},
		{"extension A and E", "㛃𬭩", "㛃𬭩", nil, nil},
		{"extension H", "王\U00031350", "王\U00031350", nil, nil},
		{"standardised after this program", "王\U0003A123", "王\U0003A123", nil, nil},
		{"U+9FA6 and later", "王龦", "王龦", nil, nil},
		{"the last of the base block and the row FE", "鿯龴", "鿯龴", nil, nil},
		{"zero as a character", "〇〇", "〇〇", nil, nil},
		{"private use of old GBK", "刘\uE863", "刘䶮", []identity.Change{pua}, nil},
		{"private use of old GBK beyond the base plane", "王\uE816\uE78D", "王𠂇︐", []identity.Change{pua}, identity.ErrNameChar},
		{"private use of plane 15", "刘\U000F0001", "刘\U000F0001", []identity.Change{unmapped}, nil},
		{"not a character", "刘\U0002FFFE", "刘\U0002FFFE", nil, identity.ErrNameChar},
		{"Kangxi radical", "\u2F42\u2F08", "文人", []identity.Change{identity.ChangeRadical}, nil},
		{"private use without a standard", "刘\uF8F0", "刘\uF8F0", []identity.Change{unmapped}, nil},
		{"middle dot", "买买提·艾力", "买买提·艾力", nil, nil},
		{"U+2022", "买买提•艾力", "买买提·艾力", []identity.Change{dot}, nil},
		{"U+30FB", "买买提・艾力", "买买提·艾力", []identity.Change{dot}, nil},
		{"U+2027 U+FF65 U+2219 U+22C5 U+FF0E", "阿‧卜･杜∙热⋅合．曼", "阿·卜·杜·热·合·曼", []identity.Change{dot}, nil},
		{"ASCII full stop between characters", "买买提.艾力", "买买提·艾力", []identity.Change{dot}, nil},
		{"full stop at the end", "买买提.", "买买提.", nil, identity.ErrNameMixed},
		{"dot at the end", "买买提·", "买买提·", nil, identity.ErrNameDot},
		{"two dots", "买买提··艾力", "买买提··艾力", nil, identity.ErrNameDot},
		{"only a dot", "·", "·", nil, identity.ErrNameChar},
		{"blanks", " 王 喆\u3000", "王喆", []identity.Change{blank}, nil},
		{"zero width", "王\u200b喆\ufeff", "王喆", []identity.Change{unseen}, nil},
		{"variation selector", "葛\U000E0100王", "葛王", []identity.Change{unseen}, nil},
		{"compatibility ideograph", "王\uF9D1", "王六", []identity.Change{nfc}, nil},
		{"Latin", "Smith  John", "SMITH JOHN", []identity.Change{blank, upper}, nil},
		{"Latin full width", "ＳＭＩＴＨ", "SMITH", []identity.Change{width}, nil},
		{"Latin decomposed", "Jose\u0301", "JOSÉ", []identity.Change{upper, nfc}, nil},
		{"O'Neil-Smith, Jr.", "O'NEIL-SMITH, JR.", "O'NEIL-SMITH, JR.", nil, nil},
		{"typographic", "O’Neil‐Smith", "O'NEIL-SMITH", []identity.Change{upper, identity.ChangePunctuation}, nil},
		{"dots between letters", "José•María", "JOSÉ·MARÍA", []identity.Change{upper, dot}, nil},
		{"combining mark on a character", "王\u0301喆", "王\u0301喆", nil, identity.ErrNameChar},
		{"formula", "=cmd|'/c calc'!A1", "=CMD|'/C CALC'!A1", []identity.Change{upper}, identity.ErrNameChar},
		{"template", "{{7*7}}", "{{7*7}}", nil, identity.ErrNameChar},
		{"format", "%s%n", "%S%N", []identity.Change{upper}, identity.ErrNameChar},
		{"empty", "", "", nil, identity.ErrNameEmpty},
		{"only blanks", "  ", "", []identity.Change{blank}, identity.ErrNameEmpty},
		{"mixed scripts", "王Smith", "王Smith", nil, identity.ErrNameMixed},
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
	runes := rapid.SampledFrom([]rune("⽂‘‐王喆㛃𠮷𬭩〇·•・‧．. \u3000\uE863\uE815\uF8F0éaZ\u0301\u200b\uF9D1Ａ-'\U0002F81A"))
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

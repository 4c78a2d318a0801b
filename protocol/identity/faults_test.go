package identity_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"zhunkao/protocol/identity"
)

// What people and files put into the field of a number. Each row is judged by
// TestNumberField and begins the fuzzing.
var numberField = []struct {
	label, in string
	want      string // "" where refused
	err       error
	changes   []identity.Change
	doubts    []identity.Doubt // on 6 September 2019
}{
	{"as printed", number("43010219840904902"), number("43010219840904902"), nil, nil, nil},
	{"17 characters", "43010219840904902", "", identity.ErrLength, nil, nil},
	{"19 characters", number("43010219840904902") + "1", "", identity.ErrLength, nil, nil},
	{"lower x", strings.ToLower(numberX), numberX, nil, []identity.Change{identity.ChangeCase}, nil},
	{"full-width digits", wide(number("43010219840904902")), number("43010219840904902"), nil, []identity.Change{identity.ChangeWidth}, nil},
	{"full-width lower x", wide(strings.ToLower(numberX)), numberX, nil, []identity.Change{identity.ChangeWidth, identity.ChangeCase}, nil},
	{"wrong check digit", slipped(number("43010219840904902")), "", identity.ErrCheckDigit, nil, nil},
	{"region of Hunan that never was", number("43990119840904902"), number("43990119840904902"), nil, nil, []identity.Doubt{identity.DoubtDivision}},
	{"region as a whole", number("43010019840904902"), number("43010019840904902"), nil, nil, []identity.Doubt{identity.DoubtNotCounty}},
	{"region abolished", number("43012219840904902"), number("43012219840904902"), nil, nil, []identity.Doubt{identity.DoubtHistoric}},
	{"region abolished: a prefecture", number("43282119740904902"), number("43282119740904902"), nil, nil, []identity.Doubt{identity.DoubtHistoric}},
	{"region abolished before the birth", number("43250120040904902"), number("43250120040904902"), nil, nil, []identity.Doubt{identity.DoubtEnded}},
	{"province unknown", number("47010119840904902"), "", identity.ErrProvince, nil, nil},
	{"province 71", number("71000019840904902"), "", identity.ErrTaiwan, nil, nil},
	{"age under 10", number("43010220100904902"), number("43010220100904902"), nil, nil, []identity.Doubt{identity.DoubtYoung}},
	{"age over 100", number("43010219100904902"), number("43010219100904902"), nil, nil, []identity.Doubt{identity.DoubtOld}},
	{"born before 1900", number("43010218991231902"), "", identity.ErrBirth, nil, nil},
	{"30 February", number("43010219840230902"), "", identity.ErrBirth, nil, nil},
	{"15 digits", "430102840904902", "", identity.ErrOldNumber, nil, nil},
	{"Hong Kong, permit", number("81000019840904902"), number("81000019840904902"), nil, nil, nil},
	{"Macao, permit", number("82000019840904902"), number("82000019840904902"), nil, nil, nil},
	{"Taiwan, permit", number("83000019840904902"), number("83000019840904902"), nil, nil, nil},
	{"permit with a county", number("83010119840904902"), "", identity.ErrPermit, nil, nil},
	{"foreigner, 2017", foreigner2017("USA430084090404"), "USA430084090404", nil, nil, nil},
	{"foreigner, 2017, wrong check digit", "USA430084090405", "", identity.ErrCheckDigit, nil, nil},
	{"foreigner, 2017, 30 February", foreigner2017("USA430084023004"), "", identity.ErrBirth2017, nil, nil},
	{"foreigner, 2017, no country", foreigner2017("ZZZ430084090404"), foreigner2017("ZZZ430084090404"), nil, nil, []identity.Doubt{identity.DoubtCountry}},
	{"foreigner, 2017, no province", foreigner2017("USA990084090404"), foreigner2017("USA990084090404"), nil, nil, []identity.Doubt{identity.DoubtDivision}},
	{"foreigner, 2023", number("94384019840904900"), number("94384019840904900"), nil, nil, nil},
	{"foreigner, 2023, no province", number("97184019840904900"), "", identity.ErrForeigner, nil, nil},
	{"foreigner, 2023, no country", number("94399919840904900"), number("94399919840904900"), nil, nil, []identity.Doubt{identity.DoubtCountry}},
	{"passport", "E12345678", "", identity.ErrNotCard, nil, nil},
	{"travel permit", "H01234567", "", identity.ErrNotCard, nil, nil},
	{"blanks around", " " + number("43010219840904902") + "\u3000\r\n", number("43010219840904902"), nil, []identity.Change{identity.ChangeBlank}, nil},
	{"blanks inside", "430102 19840904 " + number("43010219840904902")[14:], number("43010219840904902"), nil, []identity.Change{identity.ChangeInside}, nil},
	{"blanks around and inside", "\t430102 " + number("43010219840904902")[6:], number("43010219840904902"), nil, []identity.Change{identity.ChangeBlank, identity.ChangeInside}, nil},
	{"hyphens", "430102-19840904-" + number("43010219840904902")[14:], "", identity.ErrChar, nil, nil},
	{"X inside", "4301021984X904902X", "", identity.ErrChar, nil, nil},
	{"spoiled by a spreadsheet", "4.30102198409E+17", "", identity.ErrChar, nil, nil},
	{"nothing", "", "", identity.ErrEmpty, nil, nil},
	{"blanks alone", " \u3000", "", identity.ErrEmpty, nil, nil},
	{"direction override", "\u202e" + number("43010219840904902"), "", identity.ErrChar, nil, nil},
	{"not UTF-8", "\xff", "", identity.ErrChar, nil, nil},
}

// What people and files put into the field of a name; the spelling that is
// kept, and the refusal, are in TestCheckName row by row.
var nameField = []string{
	"阿卜杜勒·喀迪尔", "阿卜杜勒・喀迪尔", "阿卜杜勒•喀迪尔", "阿卜杜勒‧喀迪尔", "阿卜杜勒．喀迪尔", "阿卜杜勒.喀迪尔", "阿卜杜勒∙喀迪尔", "阿卜杜勒⋅喀迪尔", "阿卜杜勒･喀迪尔",
	"喆", strings.Repeat("王", 50), strings.Repeat("王", 51), strings.Repeat("·", 60),
	"王𠮷", "刘䶮", "刘\uE863", "陈㛃", "欧阳𬭩", "王\U0002B740\U0002CEB0\U00030000\U00031350\U0002EBF0", "王\uE816\uF8F0\U000F0001",
	"王\u0301喆", "e\u0301a", "é", "\uF9D1\U0002F81A", "王\u202e喆", "王\u200b\u200d喆\ufeff", "葛\U000E0100", "王😀",
	"<script>", "=cmd|'/c calc'!A1", "'; DROP TABLE", "{{7*7}}", "%s%n", "王\x00喆", "王\r\n喆", "ＳＭＩＴＨ　Ｊ", "王２", " 王 喆 ", "", "\xff", "刘??", "刘\uFFFD", "O’Neil‐Smith", "\u2F42\u2F08",
}

var numberX = func() string {
	for serial := 901; ; serial += 2 {
		if n := number("43010219840904" + string(rune('0'+serial/100)) + string(rune('0'+serial/10%10)) + string(rune('0'+serial%10))); n[17] == 'X' {
			return n
		}
	}
}()

func wide(s string) string { return strings.Map(func(r rune) rune { return r + 0xFEE0 }, s) }

func slipped(s string) string {
	b := []byte(s)
	b[10] = '0' + (b[10]-'0'+1)%10
	return string(b)
}

// foreigner2017 puts the check digit of the rule 7-3-1 in the last place.
func foreigner2017(s string) string {
	sum := 0
	for i, c := range s[:14] {
		v := int(c - '0')
		if c >= 'A' {
			v = int(c-'A') + 10
		}
		sum += v * []int{7, 3, 1}[i%3]
	}
	return s[:14] + string(rune('0'+sum%10))
}

func TestNumberField(t *testing.T) {
	on := time.Date(2019, 9, 6, 0, 0, 0, 0, time.UTC)
	for _, tc := range numberField {
		t.Run(tc.label, func(t *testing.T) {
			n, changes, err := identity.ParseCard(tc.in)
			if n.Reveal() != tc.want || !errors.Is(err, tc.err) || (err == nil) != (tc.err == nil) {
				t.Fatalf("got %q, %v; want %q, %v", n.Reveal(), err, tc.want, tc.err)
			}
			var r *identity.Refusal
			if err != nil && (!errors.As(err, &r) || r.Code == "" || r.Zh == "" || r.En == "") {
				t.Errorf("%v is no refusal with a remedy in both languages", err)
			}
			if err == nil && (!slices.Equal(changes, tc.changes) || !slices.Equal(n.Doubts(on), tc.doubts)) {
				t.Errorf("changes %v, doubts %v; want %v, %v", changes, n.Doubts(on), tc.changes, tc.doubts)
			}
		})
	}
}

func FuzzParseNumber(f *testing.F) {
	for _, row := range numberField {
		f.Add(row.in)
	}
	for _, s := range []string{"湘字第1号", "0123456789b", "m0123456702", "４３０１０２"} {
		f.Add(s)
	}
	kinds := []identity.Kind{identity.KindResident, identity.KindHKMacaoPermit, identity.KindTaiwanPermit, identity.KindHKMacaoTravel,
		identity.KindTaiwanTravel, identity.KindForeigner2017, identity.KindForeigner2023, identity.KindPassport, identity.KindMilitary, "library"}
	now := time.Now()
	f.Fuzz(func(t *testing.T, s string) {
		n, _, err := identity.ParseCard(s)
		if (err == nil) != (n != "") {
			t.Fatalf("got %d characters and %v", len(n), err)
		}
		if err == nil {
			again, changes, err := identity.ParseCard(n.Reveal())
			if err != nil || again != n || changes != nil || n.Kind() == "" || n.ValidAs(n.Kind()) != nil || n.BirthBy(now).IsZero() && n.CheckBirth(now) == nil {
				t.Fatalf("not stable: %v", err)
			}
			if i := slices.IndexFunc(kinds, func(k identity.Kind) bool {
				return k != n.Kind() && k != identity.KindPassport && n.ValidAs(k) == nil
			}); i >= 0 {
				t.Fatalf("a %s passes as %s", n.Kind(), kinds[i])
			}
		}
		_ = n.Doubts(now)
		typed := identity.Number(s) // as it may arrive over the wire
		_, _, _, _ = typed.Birth(), typed.BirthBy(now), typed.Sex(), typed.Country()
		_ = typed.Doubts(now)
		_ = identity.Succeeds(typed, typed)
		for _, k := range kinds {
			if n, err := identity.ParseDocument(k, s); err == nil && n.ValidAs(k) != nil {
				t.Fatalf("%s: parsed and not valid", k)
			}
			_ = typed.ValidAs(k)
		}
	})
}

func FuzzCheckName(f *testing.F) {
	for _, s := range nameField {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, _, err := identity.CheckName(s)
		if !utf8.ValidString(string(n)) {
			t.Fatal("the normalised name is not UTF-8")
		}
		if strings.Count(string(n), "?") > strings.Count(s, "?")+strings.Count(s, "？") || strings.Count(string(n), "\uFFFD") > strings.Count(s, "\uFFFD") {
			t.Fatalf("%q became %q: a character was replaced", s, string(n))
		}
		if err == nil {
			if again, changes, err := identity.CheckName(string(n)); err != nil || again != n || hard(changes) {
				t.Fatalf("not stable: %v %v", changes, err)
			}
			if !identity.SameName(identity.Name(s), n) {
				t.Fatalf("%q is not the same as its normal form %q", s, string(n))
			}
		}
	})
}

// hard tells changes other than the remark that a code is left as it is.
func hard(changes []identity.Change) bool {
	return len(changes) > 1 || len(changes) == 1 && changes[0] != identity.ChangePUAUnmapped
}

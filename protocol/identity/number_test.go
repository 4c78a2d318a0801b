package identity_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"zhunkao/protocol/identity"
)

// number completes 17 digits with their check character; serials are 9xx, so
// nobody has it.
func number(first17 string) string {
	return first17 + string(identity.CheckDigit(first17))
}

func TestParseNumber(t *testing.T) {
	good := number("43010219840904902")
	withX := number("43010219900101901")
	for serial := 901; !strings.HasSuffix(withX, "X"); serial++ {
		withX = number(fmt.Sprintf("43010219900101%03d", serial))
	}
	wrong := []byte(good)
	wrong[10] = '0' + (wrong[10]-'0'+1)%10
	wide := strings.Map(func(r rune) rune { return r + 0xFEE0 }, withX)

	for _, tc := range []struct {
		name, in string
		want     string
		err      error
	}{
		{"plain", good, good, nil},
		{"upper X", withX, withX, nil},
		{"lower x", strings.ToLower(withX), withX, nil},
		{"full width", wide, withX, nil},
		{"full width lower x", wide[:len(wide)-3] + "ｘ", withX, nil},
		{"blanks around and inside", "  " + good[:6] + " " + good[6:14] + "\u3000" + good[14:] + "\n", good, nil},
		{"zero width and byte order mark", "\ufeff" + good[:6] + "\u200b" + good[6:], good, nil},
		{"empty", "", "", identity.ErrEmpty},
		{"only blanks", " \u3000", "", identity.ErrEmpty},
		{"17 characters", good[:17], "", identity.ErrLength},
		{"19 characters", good + "0", "", identity.ErrLength},
		{"very long", strings.Repeat("4", 1<<20), "", identity.ErrLength},
		{"15 digits", "430102840904902", "", identity.ErrOldNumber},
		{"X inside", "4301021984X904902X", "", identity.ErrChar},
		{"letter", "43010219840904902A", "", identity.ErrChar},
		{"Arabic-Indic digits", "٤٣٠١٠٢١٩٨٤٠٩٠٤٩٠٢٤", "", identity.ErrChar},
		{"direction override", "\u202e" + good, "", identity.ErrChar},
		{"NUL", good[:9] + "\x00" + good[9:], "", identity.ErrChar},
		{"not UTF-8", good[:17] + "\xff", "", identity.ErrChar},
		{"wrong digit", string(wrong), "", identity.ErrCheckDigit},
		{"30 February", number("43010219840230902"), "", identity.ErrBirth},
		{"29 February of a common year", number("43010219830229902"), "", identity.ErrBirth},
		{"29 February of a leap year", number("43010219840229902"), number("43010219840229902"), nil},
		{"birth of zeros", number("43010200000000902"), "", identity.ErrBirth},
		{"born 1850", number("43010218500101902"), "", identity.ErrBirth},
		{"born 1900", number("43010219000101902"), number("43010219000101902"), nil},
		{"province 71", number("71000019840904902"), "", identity.ErrTaiwan},
		{"province 99", number("99010119840904902"), "", identity.ErrForeigner},
		{"province 70", number("70010119840904902"), "", identity.ErrProvince},
		{"province 00", number("00010119840904902"), "", identity.ErrProvince},
		{"abolished county", number("43012219700904902"), number("43012219700904902"), nil},
		{"unknown county of Hunan", number("43990119840904902"), number("43990119840904902"), nil},
		{"Hong Kong permit", number("81000019840904902"), number("81000019840904902"), nil},
		{"Taiwan permit", number("83000019840904902"), number("83000019840904902"), nil},
		{"permit with a county", number("81010119840904902"), "", identity.ErrPermit},
		{"permit of Macao with a county", number("82000119840904902"), "", identity.ErrPermit},
		{"permit of Taiwan with a county", number("83000119840904902"), "", identity.ErrPermit},
		{"foreigner 2023", number("94384019840904902"), number("94384019840904902"), nil},
		{"foreigner of no province", number("90084019840904902"), "", identity.ErrForeigner},
	} {
		t.Run(tc.name, func(t *testing.T) {
			n, err := identity.ParseNumber(tc.in)
			if !errors.Is(err, tc.err) || n.Reveal() != tc.want {
				t.Fatalf("got %q, %v; want %q, %v", n.Reveal(), err, tc.want, tc.err)
			}
			if err == nil {
				return
			}
			if digits := strings.TrimSpace(tc.in); len(digits) >= 15 && strings.Contains(err.Error(), digits) {
				t.Error("the refusal repeats what was typed")
			}
			var r *identity.Refusal
			if !errors.As(err, &r) || r.Code == "" || r.Zh == "" || r.En == "" {
				t.Errorf("%v is no refusal with a remedy in both languages", err)
			}
		})
	}
}

func TestNumberFacts(t *testing.T) {
	for _, tc := range []struct {
		name, in, birth, sex, division string
		kind                           identity.Kind
		doubts                         []identity.Doubt
	}{
		{"woman of Furong", number("43010219840904902"), "19840904", "2", "430102", identity.KindResident, nil},
		{"man of the former Wangcheng county", number("43012219700904901"), "19700904", "1", "430122", identity.KindResident, []identity.Doubt{identity.DoubtHistoric}},
		{"former Shaodong county", number("43052119700904901"), "19700904", "1", "430521", identity.KindResident, []identity.Doubt{identity.DoubtHistoric}},
		{"Shaodong city", number("43058219990904901"), "19990904", "1", "430582", identity.KindResident, nil},
		{"former Loudi prefecture", number("43250119700904901"), "19700904", "1", "432501", identity.KindResident, []identity.Doubt{identity.DoubtHistoric}},
		{"no such code", number("43990119840904902"), "19840904", "2", "439901", identity.KindResident, []identity.Doubt{identity.DoubtDivision}},
		{"Guangdong", number("44010619840904902"), "19840904", "2", "440106", identity.KindResident, []identity.Doubt{identity.DoubtOtherProvince}},
		{"former Loudi prefecture, born after it", number("43250120040904901"), "20040904", "1", "432501", identity.KindResident, []identity.Doubt{identity.DoubtEnded}},
		{"former Wangcheng county, born in its last year", number("43012220110304901"), "20110304", "1", "430122", identity.KindResident, []identity.Doubt{identity.DoubtHistoric, identity.DoubtYoung}},
		{"Changsha as a whole", number("43010019840904902"), "19840904", "2", "430100", identity.KindResident, []identity.Doubt{identity.DoubtNotCounty}},
		{"child", number("43010220150904902"), "20150904", "2", "430102", identity.KindResident, []identity.Doubt{identity.DoubtYoung}},
		{"very old", number("43010219100904902"), "19100904", "2", "430102", identity.KindResident, []identity.Doubt{identity.DoubtOld}},
		{"Macao", number("82000019840904901"), "19840904", "1", "820000", identity.KindHKMacaoPermit, nil},
		{"Taiwan", number("83000019840904901"), "19840904", "1", "830000", identity.KindTaiwanPermit, nil},
		{"foreigner", number("94384019840904901"), "19840904", "", "", identity.KindForeigner2023, nil},
		{"foreigner of no known country", number("94300019840904901"), "19840904", "", "", identity.KindForeigner2023, []identity.Doubt{identity.DoubtCountry}},
		{"foreigner from China", number("94315619840904901"), "19840904", "", "", identity.KindForeigner2023, []identity.Doubt{identity.DoubtCountry}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			n, err := identity.ParseNumber(tc.in)
			if err != nil {
				t.Fatal(err)
			}
			if n.BirthText() != tc.birth || n.Sex() != tc.sex || n.Division() != tc.division || n.Kind() != tc.kind {
				t.Errorf("got %s %q %q %s", n.BirthText(), n.Sex(), n.Division(), n.Kind())
			}
			got := n.Doubts(time.Date(2019, 9, 6, 0, 0, 0, 0, time.UTC))
			if fmt.Sprint(got) != fmt.Sprint(tc.doubts) {
				t.Errorf("doubts %v, want %v", got, tc.doubts)
			}
		})
	}
}

func TestCheckBirth(t *testing.T) {
	n, err := identity.ParseNumber(number("43010220190907902"))
	if err != nil {
		t.Fatal(err)
	}
	if err := n.CheckBirth(time.Date(2019, 9, 6, 23, 0, 0, 0, time.UTC)); !errors.Is(err, identity.ErrFuture) {
		t.Errorf("the day before birth: %v", err)
	}
	if err := n.CheckBirth(time.Date(2019, 9, 7, 0, 0, 0, 0, time.UTC)); err != nil {
		t.Errorf("the day of birth: %v", err)
	}
}

func TestParseDocument(t *testing.T) {
	for _, tc := range []struct {
		kind identity.Kind
		in   string
		want string
		err  error
	}{
		{identity.KindResident, number("43010219840904902"), number("43010219840904902"), nil},
		{identity.KindResident, number("81000019840904902"), "", identity.ErrKind},
		{identity.KindResident, number("94384019840904902"), "", identity.ErrKind},
		{identity.KindHKMacaoPermit, number("82000019840904902"), number("82000019840904902"), nil},
		{identity.KindTaiwanPermit, number("81000019840904902"), "", identity.ErrKind},
		{identity.KindForeigner2023, number("94384019840904902"), number("94384019840904902"), nil},
		{identity.KindHKMacaoTravel, "h01234567", "H01234567", nil},
		{identity.KindHKMacaoTravel, "M0123456702", "M0123456702", nil},
		{identity.KindHKMacaoTravel, "T01234567", "", identity.ErrFormat},
		{identity.KindTaiwanTravel, "01234567", "01234567", nil},
		{identity.KindTaiwanTravel, "0123456789b", "0123456789B", nil},
		{identity.KindTaiwanTravel, "012345678", "", identity.ErrFormat},
		{identity.KindForeigner2017, "USA430084090404", "USA430084090404", nil}, // 424 by hand,
		{identity.KindForeigner2017, "USA430084090405", "", identity.ErrCheckDigit},
		{identity.KindForeigner2017, "US1430084090404", "", identity.ErrFormat},
		{identity.KindForeigner2017, foreigner2017("USA430084023004"), "", identity.ErrBirth2017},
		{identity.KindForeigner2017, number("94384019840904902"), "", identity.ErrFormat},
		{identity.KindForeigner2023, "USA430084090404", "", identity.ErrChar},
		{identity.KindForeigner2023, number("43010219840904902"), "", identity.ErrKind},
		{identity.KindPassport, "e 12345678", "E12345678", nil},
		{identity.KindPassport, "1234", "", identity.ErrFormat},
		{identity.KindMilitary, "湘字第0123号", "湘字第0123号", nil},
		{identity.KindMilitary, "0123", "", identity.ErrFormat},
		{identity.KindMilitary, "<b>字第0123号", "", identity.ErrFormat},
		{"library", "0123", "", identity.ErrKind},
	} {
		n, err := identity.ParseDocument(tc.kind, tc.in)
		if !errors.Is(err, tc.err) || n.Reveal() != tc.want {
			t.Errorf("%s %s: got %q, %v; want %q, %v", tc.kind, tc.in, n.Reveal(), err, tc.want, tc.err)
		}
	}
}

// Any single wrong digit and any two neighbours swapped are found: that is what
// the check character is for.
func TestCheckDigitFindsSlips(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		first := fmt.Sprintf("%06d%s%03d", rapid.IntRange(110000, 659999).Draw(t, "division"),
			time.Date(1950, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 20000).Draw(t, "day")).Format("20060102"),
			rapid.IntRange(900, 999).Draw(t, "serial"))
		good := number(first)
		at := rapid.IntRange(0, 16).Draw(t, "at")
		slip := []byte(good)
		slip[at] = '0' + byte(rapid.IntRange(0, 9).Draw(t, "digit"))
		if string(slip) != good && identity.CheckDigit(string(slip[:17])) == slip[17] {
			t.Fatalf("slip at %d is not found", at)
		}
		swap := []byte(good)
		if at < 16 && swap[at] != swap[at+1] {
			swap[at], swap[at+1] = swap[at+1], swap[at]
			if identity.CheckDigit(string(swap[:17])) == swap[17] {
				t.Fatalf("swap at %d is not found", at)
			}
		}
	})
}

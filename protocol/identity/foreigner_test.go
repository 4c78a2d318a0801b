package identity_test

import (
	"errors"
	"testing"
	"time"

	"golang.org/x/text/language"

	"zhunkao/protocol/identity"
)

// A resident's number and a new foreigner's have the same length, the same
// check character and the birth at the same place: neither passes as the other.
func TestResidentAndForeignerAreKeptApart(t *testing.T) {
	foreigner := identity.Number(number("94384019840904900"))
	resident := identity.Number(number("43010219840904902"))
	if err := foreigner.Valid(); err != nil {
		t.Fatal(err)
	}
	for _, kind := range []identity.Kind{identity.KindResident, identity.KindHKMacaoPermit, identity.KindTaiwanPermit} {
		if err := foreigner.ValidAs(kind); !errors.Is(err, identity.ErrKind) {
			t.Errorf("a foreigner passes as %s: %v", kind, err)
		}
	}
	if err := resident.ValidAs(identity.KindForeigner2023); !errors.Is(err, identity.ErrKind) {
		t.Errorf("a resident passes as a foreigner: %v", err)
	}
	if foreigner.Sex() != "" || foreigner.Division() != "" || foreigner.Country() != "USA" || foreigner.BirthText() != "19840904" {
		t.Errorf("foreigner: %q %q %q %q", foreigner.Sex(), foreigner.Division(), foreigner.Country(), foreigner.BirthText())
	}
	if resident.Country() != "" {
		t.Errorf("resident of %q", resident.Country())
	}
}

func TestSucceeds(t *testing.T) {
	older := identity.Number(foreigner2017("USA430084090404"))
	for _, tc := range []struct {
		label, newer string
		want         bool
	}{
		{"the same person", number("94384019840904000"), true},
		{"another serial", number("94384019840904001"), false},
		{"serial not padded", number("94384019840904010"), false},
		{"another province", number("94484019840904000"), false},
		{"another country", number("94312419840904000"), false},
		{"country unknown", number("94399919840904000"), false},
		{"another day", number("94384019840905000"), false},
		{"a wrong check character", number("94384019840904000")[:17] + "X", false},
		{"a resident", number("43010219840904901"), false},
	} {
		if got := identity.Succeeds(identity.Number(tc.newer), older); got != tc.want {
			t.Errorf("%s: got %t", tc.label, got)
		}
	}
	if identity.Succeeds(older, older) {
		t.Error("a card of 2017 is no successor")
	}
}

// The serial of the card of 2017 is its 14th character.
func TestSucceedsTakesTheSerial(t *testing.T) {
	older := identity.Number(foreigner2017("CAN310067102090"))
	if !identity.Succeeds(identity.Number(number("93112419671020009")), older) {
		t.Error("the padded serial is not taken")
	}
}

func TestBirthBy(t *testing.T) {
	on := time.Date(2019, 9, 6, 0, 0, 0, 0, time.UTC)
	for _, tc := range []struct{ in, want string }{
		{"USA430084090404", "1984-09-04"},
		{"USA430019090604", "2019-09-06"},
		{"USA430019090704", "1919-09-07"},
		{"USA430000022904", "2000-02-29"}, // 1900 was no leap year
	} {
		if got := identity.Number(tc.in).BirthBy(on).Format(time.DateOnly); got != tc.want {
			t.Errorf("%s: got %s, want %s", tc.in, got, tc.want)
		}
	}
	if !identity.Number("USA430084090404").BirthBy(time.Time{}).IsZero() {
		t.Error("without a day there is no century")
	}
	if got := identity.Number(number("43010219840904902")).BirthBy(time.Time{}).Format(time.DateOnly); got != "1984-09-04" {
		t.Errorf("resident: %s", got)
	}
}

// The codes of countries agree with a table kept by others.
func TestCountries(t *testing.T) {
	known := 0
	for number := range 1000 {
		n := identity.Number([]byte{'9', '4', '3', byte('0' + number/100), byte('0' + number/10%10), byte('0' + number%10)})
		code := (n + identity.Number("1984090490"+"00")).Country()
		if code == "" {
			continue
		}
		known++
		region, err := language.ParseRegion(code)
		if err != nil || region.M49() != number || !region.IsCountry() {
			t.Errorf("%03d is %s here, and %v %d there", number, code, region, region.M49())
		}
		if back := (identity.Number(code) + "430084090404").Country(); back != code {
			t.Errorf("%s is not known by its letters", code)
		}
	}
	if known != 249 {
		t.Errorf("%d countries, want 249", known)
	}
}

package form_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"zhunkao/protocol/form"
	"zhunkao/protocol/identity"
)

// Every eight digits are a day exactly when the library's calendar says so.
func TestParseDayAgreesWithTheCalendar(t *testing.T) {
	for y := 1895; y <= 2105; y++ {
		for m := 0; m <= 13; m++ {
			for d := 0; d <= 32; d++ {
				s := fmt.Sprintf("%04d%02d%02d", y, m, d)
				want, err := time.Parse("20060102", s)
				got, ok := form.ParseDay(s)
				if ok != (err == nil && y >= 1900) || ok && got != form.DayOf(want) {
					t.Fatalf("%s: got %d, %v; want %v, %v", s, got, ok, want, err)
				}
			}
		}
	}
	for _, s := range []string{"", "2019090", "201909061", "2019 906", "２０１９0906", "+2190906", "20190906\x00"} {
		if _, ok := form.ParseDay(s); ok {
			t.Errorf("%q is a day", s)
		}
	}
}

// The age agrees with identity's, which knows nothing of numbers YYYYMMDD.
func TestAgeAgreesWithIdentity(t *testing.T) {
	base := time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		birth := base.AddDate(0, 0, rapid.IntRange(0, 45000).Draw(t, "birth"))
		on := birth.AddDate(rapid.IntRange(0, 110).Draw(t, "years"), 0, rapid.IntRange(-2, 366).Draw(t, "days"))
		want := identity.AgeOn(birth, on)
		if got := form.DayOf(birth).Age(form.DayOf(on)); got != want {
			t.Fatalf("born %s, on %s: got %d, want %d", birth.Format(time.DateOnly), on.Format(time.DateOnly), got, want)
		}
	})
}

func TestDayInWords(t *testing.T) {
	if d := form.Day(20190902); d.Words(false) != "2019年9月2日" || d.Words(true) != "2 September 2019" {
		t.Errorf("got %s, %s", d.Words(false), d.Words(true))
	}
}

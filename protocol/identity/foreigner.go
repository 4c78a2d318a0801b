package identity

import (
	_ "embed"
	"encoding/csv"
	"regexp"
	"strings"
	"sync"
	"time"
)

// The card of 2017: country (three letters), province and city (4 digits),
// YYMMDD, one serial digit, check digit. The card of 2023: 9, province (2),
// country (ISO 3166 numeric, 3), YYYYMMDD, serial (3), check character (domain
// rule 3.4).
var foreigner2017 = regexp.MustCompile(`^[A-Z]{3}\d{12}$`)

// checkForeigner2017 weighs 14 characters by 7, 3, 1 in turn, A=10 … Z=35, and
// compares the sum modulo 10 with the 15th.
func checkForeigner2017(n Number) error {
	switch {
	case !foreigner2017.MatchString(string(n)):
		return ErrFormat
	case n[14] != check731(string(n[:14])):
		return ErrCheckDigit
	case birth2017(n, "19").IsZero() && birth2017(n, "20").IsZero():
		return ErrBirth2017
	}
	return nil
}

func check731(s string) byte {
	weights := [3]int{7, 3, 1}
	sum := 0
	for i := range len(s) {
		v := int(s[i] - '0')
		if s[i] >= 'A' {
			v = int(s[i]-'A') + 10
		}
		sum += v * weights[i%3]
	}
	return byte('0' + sum%10)
}

func birth2017(n Number, century string) time.Time {
	d, err := time.Parse("20060102", century+string(n[7:13]))
	if err != nil {
		return time.Time{}
	}
	return d
}

// BirthBy is Birth, but for a foreigner's card of 2017, whose number leaves out
// the century, it is the last such day that is not after on; with a zero on,
// nothing.
func (n Number) BirthBy(on time.Time) time.Time {
	if n.Kind() != KindForeigner2017 {
		return n.Birth()
	}
	for _, century := range []string{"20", "19"} {
		if d := birth2017(n, century); !d.IsZero() && !d.After(on) {
			return d
		}
	}
	return time.Time{}
}

// Country is the nationality a foreigner's card states, as ISO 3166 alpha-3;
// "" for other documents and for a code that is not in the standard.
func (n Number) Country() string {
	switch n.Kind() {
	case KindForeigner2017:
		if code := string(n[:3]); countries().numeric[code] != "" {
			return code
		}
	case KindForeigner2023:
		return countries().alpha[string(n[3:6])]
	}
	return ""
}

// Succeeds tells whether a foreigner's new number is the one that replaced an
// old one: the same province, country and day of birth, the serial padded with
// noughts. Both must be valid. The check character adds nothing; two persons of
// the same day, country, province and serial cannot be told apart by it.
func Succeeds(newer, older Number) bool {
	if newer.ValidAs(KindForeigner2023) != nil || older.ValidAs(KindForeigner2017) != nil {
		return false
	}
	return newer[1:3] == older[3:5] &&
		newer.Country() != "" && newer.Country() == older.Country() &&
		newer[8:14] == older[7:13] &&
		newer[14:17] == "00"+older[13:14]
}

//go:embed iso3166.csv
var iso3166CSV string

type countryCodes struct{ numeric, alpha map[string]string }

// countries holds the codes of ISO 3166-1 in force, both ways.
var countries = sync.OnceValue(func() countryCodes {
	rows, err := csv.NewReader(strings.NewReader(iso3166CSV)).ReadAll()
	if err != nil {
		panic("identity: embedded countries: " + err.Error())
	}
	c := countryCodes{make(map[string]string, len(rows)), make(map[string]string, len(rows))}
	for _, r := range rows[1:] {
		c.numeric[r[0]], c.alpha[r[1]] = r[1], r[0]
	}
	return c
})

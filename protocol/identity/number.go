package identity

import (
	"fmt"
	"log/slog"
	"strings"
	"time"
	"unicode"
)

// Number is the number of an identity document in its one normal form. For
// residents (GB 11643), residence permits of Hong Kong, Macao and Taiwan, and
// the foreigners' card of 2023 that is 18 characters: 17 digits and a check
// character 0–9 or upper-case X. Only ParseNumber and ParseDocument make a good
// one; what arrived over the wire must pass Valid or ValidAs before it is used.
//
// It prints as 3 + 11 stars + 4. CBOR, JSON and database/sql carry it whole;
// only the wire and the store may do that.
type Number string

// Kind says which document a number belongs to. Codes of document types differ
// from system to system and are campaign data; kinds are ours and stay.
type Kind string

// Kinds of documents (domain rules 3.1–3.4).
const (
	KindResident      Kind = "resident"       // resident identity card, GB 11643
	KindHKMacaoPermit Kind = "hkmo-residence" // residence permit, 81/82 + 0000
	KindTaiwanPermit  Kind = "tw-residence"   // residence permit, 830000
	KindHKMacaoTravel Kind = "hkmo-travel"    // 回乡证
	KindTaiwanTravel  Kind = "tw-travel"      // 台胞证
	KindForeigner2017 Kind = "foreigner2017"  // 15 characters, 7-3-1 check
	KindForeigner2023 Kind = "foreigner2023"  // 9 + province + country, GB 11643 check
	KindPassport      Kind = "passport"
	KindMilitary      Kind = "military"
)

// maxTyped bounds what is looked at; the longest document number has 30.
const maxTyped = 64

// ParseNumber normalises and checks an 18-character number: full-width digits,
// lower-case x, blanks and invisible characters are mended, then length,
// characters, check digit, a real date since 1900, and the province, in that
// order. It knows no clock: see CheckBirth for a birth in the future.
//
// Errors are the Refusals of this package.
func ParseNumber(s string) (Number, error) {
	n, _, err := NormalizeNumber(s)
	if err != nil {
		return "", err
	}
	if err := n.Valid(); err != nil {
		return "", err
	}
	return n, nil
}

// NormalizeNumber mends the spelling only and lists what it changed. It fails
// with ErrEmpty, ErrLength or ErrChar before anything is judged. Blanks inside a
// number are taken out like all others, but a form shows the result and asks
// before it goes on (domain rule 3.1): ChangeInside says so.
func NormalizeNumber(s string) (Number, []Change, error) {
	if len(s) > maxTyped*4 {
		return "", nil, ErrLength
	}
	var b strings.Builder
	seen := changeSet{}
	blanks := false // since the last character
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			blanks = true
			if b.Len() == 0 {
				seen.add(ChangeBlank)
			}
			continue
		case invisible(r):
			seen.add(ChangeInvisible)
			continue
		case r >= 0xFF01 && r <= 0xFF5E:
			seen.add(ChangeWidth)
			r -= 0xFEE0
		}
		if r >= 'a' && r <= 'z' {
			seen.add(ChangeCase)
			r -= 'a' - 'A'
		}
		if r == unicode.ReplacementChar || r < 0x20 {
			return "", nil, ErrChar
		}
		if blanks && b.Len() > 0 {
			seen.add(ChangeInside)
		}
		blanks = false
		b.WriteRune(r)
	}
	if b.Len() == 0 {
		return "", nil, ErrEmpty
	}
	if blanks {
		seen.add(ChangeBlank)
	}
	return Number(b.String()), seen.list(), nil
}

// Valid checks a number already in normal form, as one that came over the wire.
func (n Number) Valid() error {
	s := string(n)
	if err := shape(s); err != nil {
		return err
	}
	if CheckDigit(s[:17]) != s[17] {
		return ErrCheckDigit
	}
	if n.Birth().IsZero() {
		return ErrBirth
	}
	if n.Kind() == "" {
		return n.strange()
	}
	return nil
}

// strange says what is wrong with the beginning of a number without a kind.
func (n Number) strange() error {
	switch two := string(n[:2]); {
	case n[0] == '9':
		return ErrForeigner
	case two == "71":
		return ErrTaiwan
	case two == "81", two == "82", two == "83":
		return ErrPermit
	}
	return ErrProvince
}

func shape(s string) error {
	digits := 0
	for i, r := range s {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case r == 'X' && i == 17:
		default:
			return ErrChar
		}
	}
	switch {
	case len(s) == 0:
		return ErrEmpty
	case len(s) == 15 && digits == 15:
		return ErrOldNumber
	case len(s) != 18:
		return fmt.Errorf("%w (got %d)", ErrLength, len(s))
	}
	return nil
}

// CheckDigit computes the GB 11643 check character (MOD 11-2) of the first 17
// digits. It returns 0 when they are not 17 digits.
func CheckDigit(first17 string) byte {
	if len(first17) != 17 {
		return 0
	}
	weights := [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i, w := range weights {
		c := first17[i]
		if c < '0' || c > '9' {
			return 0
		}
		sum += int(c-'0') * w
	}
	return "10X98765432"[sum%11]
}

// Birth is the date of birth, midnight UTC, or the zero time when the number
// carries none (passports, travel permits), one without a century (foreigners'
// cards of 2017: see BirthBy), or an impossible one.
func (n Number) Birth() time.Time {
	if len(n) != 18 {
		return time.Time{}
	}
	d, err := time.Parse("20060102", string(n[6:14]))
	if err != nil || d.Year() < 1900 {
		return time.Time{}
	}
	return d
}

// BirthText is the date of birth as YYYYMMDD, the form of field CSRQ, or "".
func (n Number) BirthText() string {
	if d := n.Birth(); !d.IsZero() {
		return d.Format("20060102")
	}
	return ""
}

// CheckBirth refuses a birth after today with ErrFuture. Give today as the
// latest time the caller believes possible: nobody is refused for a slow clock.
func (n Number) CheckBirth(today time.Time) error {
	if d := n.Birth(); !d.IsZero() && d.After(today) {
		return ErrFuture
	}
	return nil
}

// Sex is the GB/T 2261.1 code, "1" male or "2" female, from the 17th digit;
// "" where the number does not say (foreigners: take it from the chip).
func (n Number) Sex() string {
	if len(n) != 18 || n[0] == '9' {
		return ""
	}
	if (n[16]-'0')%2 == 1 {
		return "1"
	}
	return "2"
}

// Division is the first six characters: the place of first registration by the
// code valid then, so it may be one that no longer exists. "" for a foreigner
// and for documents without one.
func (n Number) Division() string {
	if len(n) != 18 || n[0] == '9' {
		return ""
	}
	return string(n[:6])
}

// Kind tells the document of an 18-character number by its prefix, and the
// foreigners' card of 2017 by its three letters and twelve digits; "" if none
// fits. It does not say that the number is valid.
func (n Number) Kind() Kind {
	if len(n) == 15 && foreigner2017.MatchString(string(n)) {
		return KindForeigner2017
	}
	if len(n) != 18 {
		return ""
	}
	switch six := string(n[:6]); {
	case six == "810000", six == "820000":
		return KindHKMacaoPermit
	case six == "830000":
		return KindTaiwanPermit
	case n[0] == '9' && knownProvince(string(n[1:3])):
		return KindForeigner2023
	case knownProvince(six[:2]):
		return KindResident
	}
	return ""
}

// knownProvince holds the provinces that issue resident cards. 71 is not
// issued (domain rule 3.2); 81–83 are permits, not provinces, here.
func knownProvince(two string) bool {
	return len(two) == 2 && strings.Contains(
		" 11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 ", " "+two+" ")
}

// Reveal gives the whole number: for the wire, the store, a comparison, and
// the papers that print it whole. Never for a log, an error or a URL.
func (n Number) Reveal() string { return string(n) }

// String is the masked form, 3 + 11 stars + 4.
func (n Number) String() string { return MaskNumber(string(n)) }

// GoString is masked as well.
func (n Number) GoString() string { return `"` + n.String() + `"` }

// Format masks under every verb.
func (n Number) Format(f fmt.State, verb rune) { FormatMasked(f, verb, n.String()) }

// LogValue masks in log/slog.
func (n Number) LogValue() slog.Value { return slog.StringValue(n.String()) }

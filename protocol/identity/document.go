package identity

import (
	"regexp"
	"unicode/utf8"
)

// ParseDocument normalises and checks the number of a document of the given
// kind. The 18-character kinds go through ParseNumber and must have the right
// prefix (ErrKind); the others have the forms of domain rules 3.3 and 3.4
// (ErrFormat). An unknown kind is ErrKind.
func ParseDocument(kind Kind, s string) (Number, error) {
	n, _, err := NormalizeNumber(s)
	if err != nil {
		return "", err
	}
	if err := n.ValidAs(kind); err != nil {
		return "", err
	}
	return n, nil
}

// ValidAs checks a number in normal form against a kind of document.
func (n Number) ValidAs(kind Kind) error {
	switch kind {
	case KindResident, KindHKMacaoPermit, KindTaiwanPermit, KindForeigner2023:
		if err := n.Valid(); err != nil {
			return err
		}
		if n.Kind() != kind {
			return ErrKind
		}
		return nil
	case KindForeigner2017:
		return checkForeigner2017(string(n))
	case KindMilitary:
		if c := utf8.RuneCountInString(string(n)); c > 30 || !military.MatchString(string(n)) {
			return ErrFormat
		}
		return nil
	}
	form, ok := map[Kind]*regexp.Regexp{
		KindHKMacaoTravel: hkMacaoTravel,
		KindTaiwanTravel:  taiwanTravel,
		KindPassport:      passport,
	}[kind]
	switch {
	case !ok:
		return ErrKind
	case !form.MatchString(string(n)):
		return ErrFormat
	}
	return nil
}

var (
	hkMacaoTravel = regexp.MustCompile(`^[HM]\d{8}(\d{2})?$`)
	taiwanTravel  = regexp.MustCompile(`^(\d{8}|\d{10}[A-Z]?)$`)
	military      = regexp.MustCompile(`^\p{Han}{1,8}字第[0-9A-Z]{1,16}号?$`)
	passport      = regexp.MustCompile(`^[A-Z0-9]{5,17}$`)
	foreigner2017 = regexp.MustCompile(`^[A-Z]{3}\d{12}$`)
)

// checkForeigner2017 weighs 14 characters by 7, 3, 1 in turn, A=10 … Z=35, and
// compares the sum modulo 10 with the 15th.
func checkForeigner2017(s string) error {
	if !foreigner2017.MatchString(s) {
		return ErrFormat
	}
	weights := [3]int{7, 3, 1}
	sum := 0
	for i := range 14 {
		v := int(s[i] - '0')
		if s[i] >= 'A' {
			v = int(s[i]-'A') + 10
		}
		sum += v * weights[i%3]
	}
	if sum%10 != int(s[14]-'0') {
		return ErrCheckDigit
	}
	return nil
}

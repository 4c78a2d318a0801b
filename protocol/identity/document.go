package identity

import (
	"regexp"
	"unicode/utf8"
)

// ParseCard normalises and checks the number of a card whose kind nobody has
// said, and lists what normalising changed. Cards with a chip say themselves
// what they are (see Kind); the number of a passport or a travel permit does
// not, and is ErrNotCard.
func ParseCard(s string) (Number, []Change, error) {
	n, changes, err := NormalizeNumber(s)
	if err != nil {
		return "", nil, err
	}
	switch first := n[0]; {
	case n.Kind() == KindForeigner2017:
		err = checkForeigner2017(n)
	case first >= 'A' && first <= 'Z':
		err = ErrNotCard
	default:
		err = n.Valid()
	}
	if err != nil {
		return "", changes, err
	}
	return n, changes, nil
}

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
		return checkForeigner2017(n)
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
)

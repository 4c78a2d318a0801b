package window

import (
	"slices"
	"strings"
)

// Scope says whom a window is for. An empty list is anyone; what several lists
// ask must all hold. Divisions and Households hold codes of any tier: 430100
// covers every county of Changsha, 430000 the province.
type Scope struct {
	Divisions  []string `cbor:"divisions,omitempty" json:"divisions,omitempty"`   // where the point lies
	Points     []string `cbor:"points,omitempty" json:"points,omitempty"`         // point codes
	Levels     []string `cbor:"levels,omitempty" json:"levels,omitempty"`         // of the first choice
	Categories []string `cbor:"categories,omitempty" json:"categories,omitempty"` // of the first choice
	Households []string `cbor:"households,omitempty" json:"households,omitempty"` // 户籍 of the candidate
	Digits     []string `cbor:"digits,omitempty" json:"digits,omitempty"`         // last digit of her number, 0 to 9 or X (demand A55)
}

// Subject is who asks: the division and code of the point, level and category
// of the first choice, the division of the household, and the last digit of the
// number by which the campaign deals out slots. What is not known is empty, and
// matches only scopes that do not ask.
type Subject struct {
	Division  string
	Point     string
	Level     string
	Category  string
	Household string
	Digit     string
}

// Covers tells whether division code a contains code b: equal, or above it in
// the hierarchy (430000 ⊃ 430100 ⊃ 430102). Codes that have not six digits
// cover themselves alone.
func Covers(a, b string) bool {
	if len(a) != 6 || len(b) != 6 {
		return a == b && a != ""
	}
	prefix := stem(a)
	return prefix != "" && b[:len(prefix)] == prefix
}

// stem is what the codes within a division begin with: 4301 for 430100. It is
// empty for 000000, which covers nothing.
func stem(code string) string {
	for strings.HasSuffix(code, "00") {
		code = code[:len(code)-2]
	}
	return code
}

func covered(list []string, code string) bool {
	if len(list) == 0 {
		return true
	}
	for _, c := range list {
		if Covers(c, code) {
			return true
		}
	}
	return false
}

// named holds for a code in the list; an empty code is in none.
func named(list []string, code string) bool {
	return len(list) == 0 || code != "" && slices.Contains(list, code)
}

func (s *Scope) fits(who *Subject) bool {
	return covered(s.Divisions, who.Division) && covered(s.Households, who.Household) && named(s.Points, who.Point) &&
		named(s.Categories, who.Category) && named(s.Levels, who.Level) && named(s.Digits, who.Digit)
}

// misses is in what a subject is not in a scope.
type misses struct {
	count     int
	first     Reason // of the first thing missed; "" for none
	elsewhere bool   // the scope is for another place
}

func (s *Scope) misses(who *Subject) misses {
	var m misses
	ask := func(ok bool, code string, wrong, unknown Reason) {
		if ok {
			return
		}
		if m.count++; m.count > 1 {
			return
		}
		if m.first = wrong; code == "" {
			m.first = unknown
		}
	}
	ask(covered(s.Divisions, who.Division), who.Division, WrongDivision, DivisionUnknown)
	ask(named(s.Points, who.Point), who.Point, WrongPoint, PointUnknown)
	m.elsewhere = m.count > 0
	ask(named(s.Levels, who.Level), who.Level, WrongLevel, LevelUnknown)
	ask(named(s.Categories, who.Category), who.Category, WrongCategory, CategoryUnknown)
	ask(covered(s.Households, who.Household), who.Household, WrongHousehold, HouseholdUnknown)
	ask(named(s.Digits, who.Digit), who.Digit, WrongDigit, DigitUnknown)
	return m
}

// Overlaps tells whether two windows of one step could both be open for one
// subject at one instant. Points are compared by code only: where a point lies
// is not known here. Pauses count as open, for a revision may end them.
func Overlaps(a, b Window) bool {
	if a.Step != b.Step || a.Withdrawn || b.Withdrawn || !a.From.Before(b.To) || !b.From.Before(a.To) ||
		!a.From.Before(a.To) || !b.From.Before(b.To) {
		return false
	}
	meets := func(x, y []string, same func(string, string) bool) bool {
		return len(x) == 0 || len(y) == 0 || slices.ContainsFunc(x, func(c string) bool {
			return slices.ContainsFunc(y, func(d string) bool { return same(c, d) })
		})
	}
	equal := func(c, d string) bool { return c == d }
	nested := func(c, d string) bool { return Covers(c, d) || Covers(d, c) }
	return meets(a.Scope.Divisions, b.Scope.Divisions, nested) &&
		meets(a.Scope.Households, b.Scope.Households, nested) &&
		meets(a.Scope.Points, b.Scope.Points, equal) &&
		meets(a.Scope.Levels, b.Scope.Levels, equal) &&
		meets(a.Scope.Categories, b.Scope.Categories, equal) &&
		meets(a.Scope.Digits, b.Scope.Digits, equal)
}

package campaign

import (
	"fmt"
	"slices"

	"zhunkao/protocol/form"
)

// NoMinors is the Policy.Minor of a campaign without a rule for candidates
// under age. The empty text means the same.
const NoMinors = "none"

// minor is the reading of 17周岁以下 in force: under so many years on a day.
type minor struct {
	under  int // 0: there is no such rule
	on     form.Day
	zh, en string
}

// minorRule reads Policy.Minor. Completed years are reached on the birthday
// itself; who was born on 29 February reaches them on 1 March of a common
// year.
func (c Campaign) minorRule() (minor, error) {
	var m minor
	switch c.Policy.Minor {
	case "", NoMinors:
		return m, nil
	case Under17:
		m = minor{under: 17, zh: "未满17周岁", en: "under 17"}
	case UpTo17:
		m = minor{under: 18, zh: "17周岁及以下", en: "of 17 and under"}
	default:
		return m, fmt.Errorf("%w: policy.minor is none of its readings", ErrChecker)
	}
	on, ok := c.day(DateMinorAge)
	if !ok {
		return m, fmt.Errorf("%w: there is no date %s to reckon the age of minors on", ErrChecker, DateMinorAge)
	}
	m.on = on
	return m, nil
}

// holds tells whether someone is under age. Who has no date of birth yet is
// not: the date is found missing.
func (m minor) holds(birth form.Day) bool {
	return m.under > 0 && birth != 0 && birth.Age(m.on) < m.under
}

// Minor tells whether a date of birth (YYYYMMDD) is that of a candidate under
// age, by the campaign's reading of 17周岁以下.
func (c Campaign) Minor(birth string) bool {
	m, err := c.minorRule()
	born, ok := form.ParseDay(birth)
	return err == nil && ok && m.holds(born)
}

// MinorConsent is the age in completed years below which a guardian consents to
// what is kept of a child (demand S37; PIPL, article 31). It is the law's and no
// campaign's.
const MinorConsent = 14

// NeedsGuardian tells whether somebody born on a day (YYYYMMDD) needs a
// guardian's consent on another. A date that is none needs nothing yet.
func NeedsGuardian(birth string, on form.Day) bool {
	born, ok := form.ParseDay(birth)
	return ok && born <= on && born.Age(on) < MinorConsent
}

// bonusDay is the day on which ages for automatic bonuses are reckoned: the
// campaign's date, or 31 December of its year.
func (c Campaign) bonusDay() form.Day {
	if d, ok := c.day(DateBonusAge); ok {
		return d
	}
	return form.Day(c.Year*10000 + 1231)
}

// AutomaticBonuses gives the codes of the bonuses that a date of birth
// (YYYYMMDD) brings of itself; nobody claims them.
func (c Campaign) AutomaticBonuses(birth string) []string {
	born, ok := form.ParseDay(birth)
	if !ok {
		return nil
	}
	var out []string
	for _, b := range c.Bonuses {
		if b.Automatic && b.Age > 0 && born.Age(c.bonusDay()) >= b.Age {
			out = append(out, b.Code)
		}
	}
	return out
}

// bonuses are the kinds of 照顾加分 made ready.
type bonuses struct {
	on     form.Day
	kinds  map[string]*Bonus
	ages   []int    // of the automatic kinds, rising
	codes  []string // of the automatic kinds, by age: a prefix of it is due
	points []int    // the highest among the first n+1
}

func (c Campaign) bonusRules() bonuses {
	b := bonuses{on: c.bonusDay(), kinds: make(map[string]*Bonus, len(c.Bonuses))}
	var automatic []Bonus
	for i := range c.Bonuses {
		b.kinds[c.Bonuses[i].Code] = &c.Bonuses[i]
		if c.Bonuses[i].Automatic && c.Bonuses[i].Age > 0 {
			automatic = append(automatic, c.Bonuses[i])
		}
	}
	slices.SortStableFunc(automatic, func(x, y Bonus) int { return x.Age - y.Age })
	highest := 0
	for _, a := range automatic {
		highest = max(highest, a.Points)
		b.ages, b.codes, b.points = append(b.ages, a.Age), append(b.codes, a.Code), append(b.points, highest)
	}
	return b
}

// due gives the automatic kinds that a date of birth brings, and the points of
// the highest.
func (b *bonuses) due(birth form.Day) (codes []string, points int) {
	if birth == 0 {
		return nil, 0
	}
	age, n := birth.Age(b.on), 0
	for n < len(b.ages) && age >= b.ages[n] {
		n++
	}
	if n == 0 {
		return nil, 0
	}
	return b.codes[:n:n], b.points[n-1]
}

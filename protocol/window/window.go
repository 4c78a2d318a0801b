package window

import (
	"slices"
	"strings"
	"time"
)

// Step is one thing that has its time.
type Step string

// The steps of the campaigns we ship. A campaign may name others.
const (
	Register    Step = "register"     // apply and edit at the portal
	Confirm     Step = "confirm"      // confirm in person at a point
	Pay         Step = "pay"          // pay the fee
	UnpaidCheck Step = "unpaid-check" // points give the reasons of the unpaid
	Bonus       Step = "bonus"        // cities enter bonuses
	Exemption   Step = "exemption"    // exemptions are reviewed
	Report      Step = "report"       // data is reported upward
	PrintTicket Step = "print-ticket" // candidates print tickets
)

// Window opens one step for one scope in [From, To).
//
// A window with the ID of another and a higher Revision replaces it: that is
// how the province extends or postpones (demand A26).
type Window struct {
	ID       string    `cbor:"id" json:"id"`
	Step     Step      `cbor:"step" json:"step"`
	From     time.Time `cbor:"from" json:"from"`
	To       time.Time `cbor:"to" json:"to"`
	Scope    Scope     `cbor:"scope,omitzero" json:"scope,omitzero"`
	Hours    []Hours   `cbor:"hours,omitempty" json:"hours,omitempty"`
	Revision uint32    `cbor:"revision,omitempty" json:"revision,omitempty"`
	Why      string    `cbor:"why,omitempty" json:"why,omitempty"` // source, or reason of the revision
}

// Scope says whom a window is for. An empty list is anyone. Divisions and
// Households hold codes of any tier: 430100 covers every county of Changsha,
// 430000 the province.
type Scope struct {
	Divisions  []string `cbor:"divisions,omitempty" json:"divisions,omitempty"`   // where the point lies
	Points     []string `cbor:"points,omitempty" json:"points,omitempty"`         // point codes
	Levels     []string `cbor:"levels,omitempty" json:"levels,omitempty"`         // of the first choice
	Categories []string `cbor:"categories,omitempty" json:"categories,omitempty"` // of the first choice
	Households []string `cbor:"households,omitempty" json:"households,omitempty"` // 户籍 of the candidate
}

// Hours are daily hours [From, To) in minutes after local midnight. Outside
// them one is warned, never refused.
type Hours struct {
	From uint16 `cbor:"from" json:"from"`
	To   uint16 `cbor:"to" json:"to"`
}

// Subject is who asks: the division and code of the point, level and category
// of the first choice, and the division of the household. What is not known is
// empty, and matches only scopes that do not ask.
type Subject struct {
	Division  string
	Point     string
	Level     string
	Category  string
	Household string
}

// Covers tells whether division code a contains code b: equal, or above it in
// the hierarchy (430000 ⊃ 430100 ⊃ 430102).
func Covers(a, b string) bool {
	if len(a) != 6 || len(b) != 6 {
		return a == b && a != ""
	}
	prefix := a
	for strings.HasSuffix(prefix, "00") {
		prefix = prefix[:len(prefix)-2]
	}
	return prefix != "" && strings.HasPrefix(b, prefix)
}

// firstServed is the first moment of the window that lies in its daily hours,
// or From when it has none or they never come.
func (w Window) firstServed() time.Time {
	first := time.Time{}
	local := w.From.In(Zone())
	midnight := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, Zone())
	for day := range 2 {
		for _, h := range w.Hours {
			start := midnight.Add(time.Duration(day)*24*time.Hour + time.Duration(h.From)*time.Minute)
			end := start.Add((time.Duration(h.To) - time.Duration(h.From)) * time.Minute)
			if start.Before(w.From) && w.From.Before(end) {
				start = w.From
			}
			if !start.Before(w.From) && start.Before(w.To) && (first.IsZero() || start.Before(first)) {
				first = start
			}
		}
	}
	if first.IsZero() {
		return w.From
	}
	return first
}

// misses lists the dimensions in which the subject is not in the scope.
func (s Scope) misses(who Subject) []Reason {
	var out []Reason
	covered := func(list []string, code string) bool {
		return len(list) == 0 || slices.ContainsFunc(list, func(c string) bool { return Covers(c, code) })
	}
	named := func(list []string, code string) bool {
		return len(list) == 0 || slices.Contains(list, code)
	}
	if !covered(s.Divisions, who.Division) {
		out = append(out, WrongDivision)
	}
	if !named(s.Points, who.Point) {
		out = append(out, WrongPoint)
	}
	if !named(s.Levels, who.Level) {
		out = append(out, WrongLevel)
	}
	if !named(s.Categories, who.Category) {
		out = append(out, WrongCategory)
	}
	if !covered(s.Households, who.Household) {
		if who.Household == "" {
			out = append(out, HouseholdUnknown)
		} else {
			out = append(out, WrongHousehold)
		}
	}
	return out
}

// Overlaps tells whether two windows of one step could both be open for one
// subject at one instant. Points are compared by code only: where a point lies
// is not known here.
func Overlaps(a, b Window) bool {
	meets := func(x, y []string, same func(string, string) bool) bool {
		return len(x) == 0 || len(y) == 0 || slices.ContainsFunc(x, func(c string) bool {
			return slices.ContainsFunc(y, func(d string) bool { return same(c, d) })
		})
	}
	equal := func(c, d string) bool { return c == d }
	nested := func(c, d string) bool { return Covers(c, d) || Covers(d, c) }
	return a.Step == b.Step && a.From.Before(b.To) && b.From.Before(a.To) &&
		meets(a.Scope.Divisions, b.Scope.Divisions, nested) &&
		meets(a.Scope.Households, b.Scope.Households, nested) &&
		meets(a.Scope.Points, b.Scope.Points, equal) &&
		meets(a.Scope.Levels, b.Scope.Levels, equal) &&
		meets(a.Scope.Categories, b.Scope.Categories, equal)
}

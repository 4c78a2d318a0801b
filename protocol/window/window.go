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

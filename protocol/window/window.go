package window

import (
	"cmp"
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

// Window opens one step for one scope in [From, To), except while it is paused.
//
// A window with the ID of another and a higher Revision replaces it whole, of
// whatever step: that is how the province extends, postpones, pauses or
// withdraws (demands A26, A55, B18). Extend, Postpone, Slots, Suspend, Resume
// and Withdraw make such revisions.
type Window struct {
	ID        string    `cbor:"id" json:"id"`
	Step      Step      `cbor:"step" json:"step"`
	From      time.Time `cbor:"from" json:"from"`
	To        time.Time `cbor:"to" json:"to"`
	Scope     Scope     `cbor:"scope,omitzero" json:"scope,omitzero"`
	Hours     []Hours   `cbor:"hours,omitempty" json:"hours,omitempty"`
	Pauses    []Pause   `cbor:"pauses,omitempty" json:"pauses,omitempty"`
	Withdrawn bool      `cbor:"withdrawn,omitempty" json:"withdrawn,omitempty"` // this revision takes the window back: it never opens
	Revision  uint32    `cbor:"revision,omitempty" json:"revision,omitempty"`
	Why       string    `cbor:"why,omitempty" json:"why,omitempty"` // source, or reason of the revision
}

// Pause is a time [From, To) within a window in which the step is deliberately
// stopped (demand B18). A zero To lasts until a revision ends it.
type Pause struct {
	From time.Time `cbor:"from" json:"from"`
	To   time.Time `cbor:"to,omitzero" json:"to,omitzero"`
	Why  string    `cbor:"why,omitempty" json:"why,omitempty"`
}

// Latest gives the windows of a step that are in force, each ID in its highest
// revision and none that is withdrawn, by From. Of an ID that bears its highest
// revision twice, both are given: no order of the windows decides (the loader
// of campaigns refuses that).
func Latest(windows []Window, step Step) []Window {
	in := latest(windows, step)
	out := make([]Window, len(in))
	for i, w := range in {
		out[i] = *w
	}
	return out
}

// End is when the last window of a step ends that is in force; zero when there is none,
// or one of them has no end.
func End(windows []Window, step Step) (end time.Time) {
	for _, w := range latest(windows, step) {
		if w.To.IsZero() {
			return time.Time{}
		}
		if w.To.After(end) {
			end = w.To
		}
	}
	return end
}

func latest(windows []Window, step Step) []*Window {
	highest := make(map[string]uint32, len(windows))
	for i := range windows {
		w := &windows[i]
		if r, ok := highest[w.ID]; !ok || w.Revision > r {
			highest[w.ID] = w.Revision
		}
	}
	out := make([]*Window, 0, len(windows))
	for i := range windows {
		w := &windows[i]
		if w.Step == step && !w.Withdrawn && w.Revision == highest[w.ID] {
			out = append(out, w)
		}
	}
	slices.SortStableFunc(out, func(a, b *Window) int {
		return cmp.Or(a.From.Compare(b.From), strings.Compare(a.ID, b.ID), a.To.Compare(b.To))
	})
	return out
}

// stretch is a time [from, to) in which one window is open.
type stretch struct {
	from, to time.Time
	row      *row
}

// paused gives the window's pauses as they bite: within [From, To), in order,
// merged.
func (w *Window) paused() []Pause {
	var out []Pause
	for _, p := range w.Pauses {
		if p.From.Before(w.From) {
			p.From = w.From
		}
		if p.To.IsZero() || p.To.After(w.To) {
			p.To = w.To
		}
		if p.From.Before(p.To) {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(a, b Pause) int { return a.From.Compare(b.From) })
	merged := out[:0]
	for _, p := range out {
		if n := len(merged); n > 0 && !p.From.After(merged[n-1].To) {
			if p.To.After(merged[n-1].To) {
				merged[n-1].To = p.To
			}
			continue
		}
		merged = append(merged, p)
	}
	return merged
}

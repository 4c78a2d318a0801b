package web

import (
	"slices"
	"strings"
	"time"

	"zhunkao/hub/campaign"
	"zhunkao/hub/web/console"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/window"
)

func joined(words []string) string { return strings.Join(words, "; ") }

func joinWords(s *server, v *visit, keys []string) string {
	out := make([]string, len(keys))
	for i, k := range keys {
		out[i] = s.pages.Text(v.lang, k)
	}
	return joined(out)
}

// calendar puts the windows of a version into a table with a line of time, and
// says what is open at the moment for whom.
func (s *server) calendar(v *visit, c rules.Campaign, inForce bool) console.Calendar {
	now := s.Flow.Now()
	out := console.Calendar{Now: -1, OfVersion: c.Version, Historical: !inForce}
	all := campaign.Calendar(c)
	for _, w := range c.Windows {
		if w.Withdrawn {
			out.Withdrawn++
		}
	}
	for i, w := range all {
		if i == 0 || w.From.Before(out.From) {
			out.From = w.From
		}
		if w.To.After(out.To) {
			out.To = w.To
		}
	}
	span := out.To.Sub(out.From)
	at := func(t time.Time) int {
		if span <= 0 {
			return 0
		}
		return int(min(1000, max(0, 1000*t.Sub(out.From)/span)))
	}
	if !now.Before(out.From) && now.Before(out.To) {
		out.Now = at(now)
	}
	names := c.WindowNames()
	slices.SortStableFunc(all, func(a, b window.Window) int { return a.From.Compare(b.From) })
	for _, w := range all {
		row := s.windowRow(v, names, w, now)
		row.Left = at(w.From)
		row.Width = max(6, at(w.To)-row.Left)
		out.Rows = append(out.Rows, row)
		if row.State.Key == "window.open" {
			out.Today = append(out.Today, row)
		}
	}
	return out
}

func (s *server) windowRow(v *visit, names window.Names, w window.Window, now time.Time) console.WindowRow {
	zh, en := names.Whom(w)
	hours, hoursEn := window.InWords(w.Hours)
	row := console.WindowRow{ID: w.ID, Step: string(w.Step), Whom: [...]string{zh, en}[lang(v)], From: w.From, To: w.To, Hours: [...]string{hours, hoursEn}[lang(v)],
		Revision: w.Revision, Why: w.Why, State: console.State{Class: "done", Icon: "check", Key: "window.open"}}
	for _, p := range w.Pauses {
		until := s.pages.Text(v.lang, "window.until-resumed")
		if !p.To.IsZero() {
			until = console.Short(p.To)
		}
		row.Pauses = append(row.Pauses, console.Short(p.From)+" — "+until)
	}
	switch {
	case now.Before(w.From):
		row.State = console.State{Class: "open", Icon: "clock", Key: "window.future"}
	case !now.Before(w.To):
		row.State = console.State{Class: "open", Icon: "cross", Key: "window.past"}
	case slices.ContainsFunc(w.Pauses, func(p window.Pause) bool { return !now.Before(p.From) && (p.To.IsZero() || now.Before(p.To)) }):
		row.State = console.State{Class: "must", Icon: "lock", Key: "window.paused"}
	}
	return row
}

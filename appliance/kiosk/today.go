package kiosk

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"zhunkao/appliance/visit"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
	"zhunkao/protocol/window"
)

// season is when a step is open at this point, as a person reads it.
type season struct {
	from, to time.Time // of all windows together
	hours    []window.Hours
	today    bool // some window touches today
}

// seasonOf gathers the windows of a step that concern this point.
func (p page) seasonOf(s window.Step) (season, bool) {
	c := p.Status.Campaign
	if c == nil {
		return season{}, false
	}
	var out season
	now, known := p.clock()
	for _, w := range window.Latest(c.Windows, s) {
		if !concerns(w.Scope, p.Status.Point.Division, p.Status.Point.Code) {
			continue
		}
		if out.from.IsZero() || w.From.Before(out.from) {
			out.from = w.From
		}
		if w.To.After(out.to) {
			out.to = w.To
		}
		if !known {
			continue
		}
		midnight := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, window.Zone())
		if w.From.Before(midnight.AddDate(0, 0, 1)) && w.To.After(midnight) {
			out.today = true
			if len(w.Hours) > len(out.hours) {
				out.hours = w.Hours
			}
		}
	}
	return out, !out.from.IsZero()
}

func concerns(s window.Scope, division, point string) bool {
	if len(s.Points) > 0 && !slices.Contains(s.Points, point) {
		return false
	}
	return len(s.Divisions) == 0 || slices.ContainsFunc(s.Divisions, func(d string) bool { return window.Covers(d, division) })
}

// day shows 9 月 6 日, 6 September.
func (p page) day(t time.Time) string {
	t = t.In(window.Zone())
	if p.English() {
		return t.Format("2 January")
	}
	return fmt.Sprintf("%d 月 %d 日", t.Month(), t.Day())
}

// moment shows 9 月 6 日 8:00; midnight is shown as the day alone.
func (p page) moment(t time.Time) string {
	t = t.In(window.Zone())
	if t.Hour() == 0 && t.Minute() == 0 {
		return p.day(t)
	}
	return p.day(t) + " " + t.Format("15:04")
}

// deadline shows the end of a window: one that ends at midnight ends on the
// day before, at 24:00.
func (p page) deadline(t time.Time) string {
	t = t.In(window.Zone())
	if t.Hour() == 0 && t.Minute() == 0 {
		return p.day(t.AddDate(0, 0, -1)) + " 24:00"
	}
	return p.day(t) + " " + t.Format("15:04")
}

// hour shows 480 as 8:00.
func hour(minutes uint16) string { return fmt.Sprintf("%d:%02d", minutes/60, minutes%60) }

// span is one line of opening hours.
type span struct{ Part, From, To string }

// Hours are today's, empty if the point is closed today or they are not known.
func (p page) Hours() ([]span, error) {
	s, ok := p.seasonOf(p.step())
	if !ok || !s.today {
		return nil, nil
	}
	var out []span
	for _, h := range s.hours {
		key := "morning"
		if h.From >= 12*60 {
			key = "afternoon"
		}
		part, err := p.T(key)
		if err != nil {
			return nil, err
		}
		out = append(out, span{part, hour(h.From), hour(h.To)})
	}
	return out, nil
}

// OpenToday tells whether any window concerns this point today.
func (p page) OpenToday() bool {
	s, ok := p.seasonOf(p.step())
	return ok && s.today
}

// Days says from when to when one can confirm here; empty if not known.
func (p page) Days() (string, error) {
	s, ok := p.seasonOf(p.step())
	if !ok {
		return "", nil
	}
	key := "idle-days"
	if p.Tickets() {
		key = "idle-ticket-days"
	}
	return p.T(key, p.day(s.from), p.day(s.to.Add(-time.Minute)))
}

// hoursLine is the opening hours in one line, of the day of t.
func hoursLine(c *campaign.Campaign, division string) string {
	if c == nil {
		return ""
	}
	for _, w := range window.Latest(c.Windows, window.Confirm) {
		if len(w.Hours) == 0 || !concerns(w.Scope, division, "") {
			continue
		}
		var parts []string
		for _, h := range w.Hours {
			parts = append(parts, hour(h.From)+"—"+hour(h.To))
		}
		return strings.Join(parts, "　")
	}
	return ""
}

// lamp is one of the machine's parts on the idle screen.
type lamp struct {
	Icon, Label, State string
	Wait               bool
}

// Lamps are camera and printer, if the box has them.
func (p page) Lamps() ([]lamp, error) {
	t := &teller{page: p}
	m := p.State.Machine
	var out []lamp
	add := func(icon, label string, bad bool, word string) {
		l := lamp{Icon: icon, Label: t.t(label), State: t.t("lamp-ready"), Wait: bad}
		if bad {
			l.State = t.t(word)
		}
		out = append(out, l)
	}
	if m.Camera != visit.CameraNone {
		add("camera", "lamp-camera", m.Camera == visit.CameraLost, "lamp-down")
	}
	if m.Printer.Fitted {
		word := "lamp-see"
		if m.Printer.Down {
			word = "lamp-down"
		}
		add("print", "lamp-printer", m.Printer.Down || m.Printer.Need != "", word)
	}
	return out, t.err
}

// Bring are the lines of what to bring.
func (p page) Bring() []string {
	if p.Status.Campaign == nil {
		return nil
	}
	if p.Tickets() {
		card, err := p.T("idle-ticket-bring")
		if err != nil {
			return nil
		}
		return []string{card}
	}
	return lines(p.Status.Campaign.Text("bring", p.English()))
}

func lines(s string) []string {
	var out []string
	for _, l := range strings.Split(s, "\n") {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}

// What says what can be done here: the campaign and the step.
func (p page) What() (string, error) {
	c := p.Status.Campaign
	if c == nil {
		return p.T("product")
	}
	name := c.Short
	if p.English() {
		name = c.En
	}
	if p.Tickets() {
		return p.T("idle-what-ticket", name)
	}
	return p.T("idle-what", name)
}

// asks counts the differences that are more than a note.
func asks(ds []form.Difference) int {
	n := 0
	for _, d := range ds {
		if d.Grade != form.GradeNote {
			n++
		}
	}
	return n
}

package point

import (
	"strings"
	"time"

	"zhunkao/hub/campaign"
	"zhunkao/hub/org"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
	"zhunkao/protocol/window"
)

// State is how a point stands to a person.
type State string

// The states. Only an open point may be chosen.
const (
	Open   State = "open"   // she may choose it now
	Later  State = "later"  // from a day on: see Standing.From
	Barred State = "barred" // the rules send her elsewhere: see Standing.Finding
	Closed State = "closed" // it takes nobody (撤销、停用)
	Over   State = "over"   // its time for her is over, or it never has one: see Standing.Verdict
)

// Standing is one point as it stands to one person at one moment.
type Standing struct {
	Point    org.Point
	State    State
	Finding  *form.Finding    // Barred: why, and where instead
	Verdict  window.Verdict   // Later, Over: of the step that is not open
	From     time.Time        // Later: when she may choose it
	Until    time.Time        // Open: when the confirmation ends for her there
	Openings []window.Opening // when she is served there, from today's midnight on
	Load     Load
}

// Judge stands ready to judge any point for one person. It may be used by many
// goroutines.
type Judge struct {
	campaign rules.Campaign
	checker  *rules.Checker
	calendar *window.Calendar
	app      form.Application
	now      time.Time
}

// NewJudge makes one. calendar is of the campaign's windows; now is the hub's
// civil clock. What app lacks refuses nothing but the windows that ask for it.
func NewJudge(c rules.Campaign, k *rules.Checker, calendar *window.Calendar, app form.Application, now time.Time) Judge {
	return Judge{campaign: c, checker: k, calendar: calendar, app: app, now: now}
}

// Of judges a point. She may choose it when it takes people, no rule of the
// campaign sends her elsewhere, registration is open for her there now, for a
// choice cannot be submitted otherwise, and confirmation is, or will be: a
// campaign may open it after registration.
func (j Judge) Of(p org.Point) Standing {
	s := Standing{Point: p, State: Open}
	app := j.app
	app.Point = p.Code
	if !p.Open {
		s.State = Closed
		return s
	}
	if s.Finding = j.checker.AtPoint(app, campaign.PlaceOf(p), j.now); s.Finding != nil {
		s.State = Barred
		return s
	}
	who := j.campaign.Subject(app, p.Division)
	at := window.At(j.now)
	register, confirm := j.calendar.Judge(window.Register, who, at), j.calendar.Judge(window.Confirm, who, at)
	switch {
	case !confirm.Accepts() && confirm.NextOpening.IsZero():
		s.State, s.Verdict = Over, confirm
		return s
	case !register.Accepts() && register.NextOpening.IsZero():
		s.State, s.Verdict = Over, register
		return s
	case !register.Accepts():
		s.State, s.Verdict, s.From = Later, register, register.NextOpening
	}
	s.Until = confirm.Until
	s.Openings = j.Served(p)
	if len(s.Openings) > 0 && s.Until.IsZero() {
		s.Until = s.Openings[len(s.Openings)-1].To
	}
	return s
}

// Served is when she is served at a point, from today's midnight on, whether or
// not it may still be chosen: who has chosen it goes there.
func (j Judge) Served(p org.Point) []window.Opening {
	app := j.app
	app.Point = p.Code
	return within(j.calendar.Openings(window.Confirm, j.campaign.Subject(app, p.Division), midnight(j.now), openingDays), p.Hours)
}

// openingDays is how far ahead openings are listed: longer than any
// confirmation yet.
const openingDays = 62

// within cuts openings to the hours that the point itself keeps; a point that
// has none, or whose words cannot be read as hours, keeps the campaign's.
func within(all []window.Opening, hours string) []window.Opening {
	own, ok := parseHours(hours)
	if !ok {
		return all
	}
	var out []window.Opening
	for _, o := range all {
		for day := midnight(o.From); day.Before(o.To); day = day.AddDate(0, 0, 1) {
			for _, h := range own {
				from, to := day.Add(time.Duration(h.From)*time.Minute), day.Add(time.Duration(h.To)*time.Minute)
				if from.Before(o.From) {
					from = o.From
				}
				if to.After(o.To) {
					to = o.To
				}
				if from.Before(to) {
					out = append(out, window.Opening{From: from, To: to})
				}
			}
		}
	}
	return out
}

// plainer writes hours in one way. To make it anew took longer than to use it.
var plainer = strings.NewReplacer("，", " ", ",", " ", "、", " ", "—", "-", "–", "-", "~", "-", "：", ":")

// parseHours reads hours as points write them, "08:00-12:00 15:00-18:00".
func parseHours(text string) (out []window.Hours, ok bool) {
	for _, part := range strings.Fields(plainer.Replace(text)) {
		a, b, both := strings.Cut(part, "-")
		from, err := time.Parse("15:04", pad(a))
		to, err2 := time.Parse("15:04", pad(b))
		if !both || err != nil || err2 != nil || !from.Before(to) {
			return nil, false
		}
		minutes := func(t time.Time) uint16 { return uint16(t.Hour()*60 + t.Minute()) }
		out = append(out, window.Hours{From: minutes(from), To: minutes(to)})
	}
	return out, len(out) > 0
}

// pad writes 8:00 as 08:00.
func pad(clock string) string {
	if len(clock) == 4 {
		return "0" + clock
	}
	return clock
}

func midnight(t time.Time) time.Time {
	y, m, d := t.In(window.Zone()).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, window.Zone())
}

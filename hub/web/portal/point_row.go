package portal

import (
	"fmt"
	"strings"
	"time"

	"zhunkao/hub/org"
	"zhunkao/hub/point"
	"zhunkao/hub/web/portal/pages"
	"zhunkao/protocol/form"
	"zhunkao/protocol/window"
)

// pointRow puts a point into words.
func (s *server) pointRow(w *work, pl place, st point.Standing) pages.PointRow {
	p := st.Point
	row := pages.PointRow{Code: p.Code, Name: p.Name, County: pl.divisions[pl.countyOf(p)].Name, Here: p.Code == w.app.Point, Open: st.State == point.Open,
		State: "point.state." + string(st.State), Why: s.standingWhy(w, st), From: st.From, Busy: string(st.Load.Busy), Boxes: st.Load.Boxes,
		Chosen: st.Load.Chosen, Waiting: st.Load.Waiting, Address: p.Address, Phone: p.Phone, Way: p.Way, Medical: p.Medical, Minors: p.Minors}
	if st.State == point.Open {
		row.Until, row.Closing = st.Until, st.Until.Sub(s.now()) <= 24*time.Hour
	}
	if p.Levels != "" {
		var names []string
		for _, code := range strings.Split(p.Levels, ",") {
			names = append(names, levelName(w.camp, w.lang, code))
		}
		row.Levels = strings.Join(names, s.pages.Text(w.lang, "list.comma"))
	}
	row.Days = s.servedOn(w.lang, st.Openings)
	row.Spark, row.Peak = s.busyHours(w.lang, pl.hours[p.Code])
	return row
}

// servedOn groups the days on which she is served by their hours: days that
// follow one another and are alike are one line.
func (s *server) servedOn(l pages.Lang, all []window.Opening) (out []pages.PointDays) {
	type group struct {
		first, last time.Time
		hours       string
	}
	var groups []group
	now := s.now().In(window.Zone())
	for _, d := range daysOf(all) {
		if !d.ends.After(now) {
			continue // today's hours are over
		}
		hours := s.hoursText(l, d.parts)
		if n := len(groups); n > 0 && groups[n-1].hours == hours && groups[n-1].last.AddDate(0, 0, 1).Equal(d.day) {
			groups[n-1].last = d.day
			continue
		}
		groups = append(groups, group{d.day, d.day, hours})
	}
	for _, g := range groups {
		out = append(out, pages.PointDays{Days: days(l, g.first, g.last.AddDate(0, 0, 1)), Hours: g.hours})
	}
	return out
}

// servedText says in one line when she is served at a point.
func (s *server) servedText(l pages.Lang, m *mine, app form.Application, p org.Point) string {
	if p.Code == "" {
		return ""
	}
	var out []string
	for _, d := range s.servedOn(l, point.NewJudge(m.camp, nil, s.campaigns.calendar(m.camp), app, s.now()).Served(p)) {
		out = append(out, d.Days+" "+d.Hours)
	}
	return strings.Join(out, s.pages.Text(l, "point.days.and"))
}

type servedDay struct {
	day, ends time.Time
	parts     []window.Opening
}

// daysOf cuts openings at midnight.
func daysOf(all []window.Opening) (out []servedDay) {
	for _, o := range all {
		for from := o.From; from.Before(o.To); {
			y, m, d := from.In(window.Zone()).Date()
			day := time.Date(y, m, d, 0, 0, 0, 0, window.Zone())
			to := day.AddDate(0, 0, 1)
			if o.To.Before(to) {
				to = o.To
			}
			if n := len(out); n == 0 || !out[n-1].day.Equal(day) {
				out = append(out, servedDay{day: day})
			}
			last := &out[len(out)-1]
			last.parts, last.ends = append(last.parts, window.Opening{From: from, To: to}), to
			from = to
		}
	}
	return out
}

func (s *server) hoursText(l pages.Lang, parts []window.Opening) string {
	var text []string
	for _, p := range parts {
		if p.To.Sub(p.From) >= 24*time.Hour {
			return s.pages.Text(l, "point.day.round")
		}
		text = append(text, hourText(p.From, false)+"—"+hourText(p.To, true))
	}
	return strings.Join(text, s.pages.Text(l, "list.comma"))
}

// hourText writes a time of day as people say it: 8:00. Midnight as an end is 24:00.
func hourText(t time.Time, end bool) string {
	t = t.In(window.Zone())
	if end && t.Hour() == 0 && t.Minute() == 0 {
		return "24:00"
	}
	return fmt.Sprintf("%d:%02d", t.Hour(), t.Minute())
}

// The hours of the small chart, and how many must have come for it to say
// anything.
const (
	sparkFrom  = 7
	sparkHours = 12
	sparkLeast = 30
)

// busyHours draws how many came in each hour of the day, and says when most did;
// nothing of a point where few have come yet.
func (s *server) busyHours(l pages.Lang, hours [24]int64) (bars []pages.SparkBar, peak string) {
	var all, most int64
	at := 0
	for h, n := range hours {
		if all += n; n > most {
			most, at = n, h
		}
	}
	if all < sparkLeast {
		return nil, ""
	}
	for i := range sparkHours {
		high := max(1, int(hours[sparkFrom+i]*22/most))
		bars = append(bars, pages.SparkBar{X: i * 8, Y: 24 - high, High: high})
	}
	return bars, s.pages.Text(l, "point.hour", at)
}

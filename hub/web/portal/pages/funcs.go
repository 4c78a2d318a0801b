package pages

import (
	"html/template"
	"strconv"
	"time"

	"zhunkao/protocol/window"
)

// funcs are what templates may call beside those of every surface.
func (p *Pages) funcs(l Lang) template.FuncMap {
	return template.FuncMap{
		"day":    func(t time.Time) string { return Day(l, t) },
		"moment": func(t time.Time) string { return Moment(l, t) },
		"fen":    Yuan,
		"code":   drawCode,
		"add":    func(a, b int) int { return a + b },

		"start":    func(t time.Time) string { return Start(l, t) },
		"pointmap": func(m PointMap) template.HTML { return p.drawPoints(l, m) },
	}
}

// Day writes a civil day as people say it: 9 月 6 日.
func Day(l Lang, t time.Time) string {
	if t.IsZero() {
		return "—"
	}
	t = t.In(window.Zone())
	if l == En {
		return t.Format("2 January")
	}
	return strconv.Itoa(int(t.Month())) + " 月 " + strconv.Itoa(t.Day()) + " 日"
}

// Hour writes a time of day.
func Hour(t time.Time) string { return t.In(window.Zone()).Format("15:04") }

// Moment writes a day and the time of day: 9 月 6 日 18:00. Midnight is said as
// the end of the day before, 24:00, so that nobody comes a day late.
func Moment(l Lang, t time.Time) string {
	if t.IsZero() {
		return "—"
	}
	t = t.In(window.Zone())
	if t.Hour() == 0 && t.Minute() == 0 && t.Second() == 0 {
		return Day(l, t.Add(-time.Second)) + " 24:00"
	}
	return Day(l, t) + t.Format(" 15:04")
}

// Start writes when something begins: the day alone when that is at midnight.
func Start(l Lang, t time.Time) string {
	if t = t.In(window.Zone()); t.Hour() == 0 && t.Minute() == 0 {
		return Day(l, t)
	}
	return Moment(l, t)
}

// Yuan writes an amount in fen: 170.00, or 170 when there are no fen.
func Yuan(fen int64) string {
	if fen%100 == 0 {
		return strconv.FormatInt(fen/100, 10)
	}
	return strconv.FormatFloat(float64(fen)/100, 'f', 2, 64)
}

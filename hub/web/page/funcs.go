package page

import (
	"fmt"
	"html/template"
	"time"

	"zhunkao/protocol/window"
)

// funcs are what the templates of every surface may call. Times are shown at
// UTC+8, whatever the machine is set to.
func (c *Set) funcs(l Lang) template.FuncMap {
	return template.FuncMap{
		"t":     func(key string, args ...any) string { return c.Text(l, key, args...) },
		"known": c.Has,
		"icon":  icon,
		"mark":  mark,
		"zh":    func() bool { return l == Zh },
		"when":  When,
		"full":  Full,
		"now":   func(t time.Time) string { return WallClock(l, t) },
		"n":     Grouped,
	}
}

// When is the short form of a table: month, day and time of day.
func When(t time.Time) string { return Local(t, "1-02 15:04:05") }

// Full is day and time of day.
func Full(t time.Time) string { return Local(t, "2006-01-02 15:04:05") }

// Local writes a time at UTC+8 in a layout of package time; "—" for none.
func Local(t time.Time, layout string) string {
	if t.IsZero() {
		return "—"
	}
	return t.In(window.Zone()).Format(layout)
}

// WallClock is the clock in the top bar: 9月6日 星期五 10:31.
func WallClock(l Lang, t time.Time) string {
	if t.IsZero() {
		return "—"
	}
	t = t.In(window.Zone())
	if l == En {
		return t.Format("Mon 2 Jan 15:04")
	}
	return fmt.Sprintf("%d月%d日 星期%c %s", t.Month(), t.Day(), []rune("日一二三四五六")[t.Weekday()], t.Format("15:04"))
}

// Grouped writes an integer with commas: 103,612.
func Grouped(n any) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

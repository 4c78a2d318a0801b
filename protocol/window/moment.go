package window

import (
	"fmt"
	"time"
)

// startWords say a moment at which something begins: 9月2日8时, 2 September
// 8:00. The year is said when it is not that of near.
func startWords(t, near time.Time) (zh, en string) { return momentWords(t.In(zone), near, false) }

// endWords say a moment at which something ends: midnight is 24:00 of the day
// before.
func endWords(t, near time.Time) (zh, en string) {
	t = t.In(zone)
	if t.Equal(midnight(t)) {
		return momentWords(t.AddDate(0, 0, -1), near, true)
	}
	return momentWords(t, near, false)
}

func momentWords(t, near time.Time, full bool) (zh, en string) {
	zh, en = fmt.Sprintf("%d月%d日", t.Month(), t.Day()), t.Format("2 January")
	if t.Year() != near.In(zone).Year() {
		zh, en = fmt.Sprintf("%d年", t.Year())+zh, en+fmt.Sprintf(" %d", t.Year())
	}
	hour, minute, second := t.Clock()
	if full {
		hour = 24
	}
	en += fmt.Sprintf(" %d:%02d", hour, minute)
	zh += fmt.Sprintf("%d时", hour)
	switch {
	case second != 0:
		zh, en = zh+fmt.Sprintf("%d分%d秒", minute, second), en+fmt.Sprintf(":%02d", second)
	case minute != 0:
		zh += fmt.Sprintf("%d分", minute)
	}
	return zh, en
}

// hoursWords say daily hours: 8:00—12:00、15:00—18:00, or the whole day.
func hoursWords(hours []Hours) (zh, en string) {
	if len(hours) == 0 {
		return "全天", "the whole day"
	}
	for i, h := range hours {
		if i > 0 {
			zh, en = zh+"、", en+", "
		}
		one := fmt.Sprintf("%d:%02d—%d:%02d", h.From/60, h.From%60, h.To/60, h.To%60)
		zh, en = zh+one, en+one
	}
	return zh, en
}

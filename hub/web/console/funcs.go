package console

import (
	"fmt"
	"html/template"
	"math"
	"strconv"
	"strings"
	"time"

	"zhunkao/hub/web/page"
)

// funcs are what templates may call. Times are shown at UTC+8, whatever the
// machine is set to.
func (c *Console) funcs(l Lang) template.FuncMap {
	return template.FuncMap{
		"short": Short,
		"delay": func(d time.Duration) string { return c.delay(l, d) },
		"ago":   func(now, t time.Time) string { return c.ago(l, now, t) },
		"bytes": inBytes,
		"yuan":  Yuan,
		"quads": Quads,
		"run":   RoomRun,
		"minus": func(fen int64) int64 { return -fen },
		"words": func(all ...string) []string { return all },

		"acttwo":   func(token string, a ActOfTwo) ActOfTwo { a.Token = token; return a },
		"caseacts": func(token string, x any, back string) (CaseActs, error) { return caseActs(token, x, back) },
		"add":      func(a, b int) int { return a + b },

		"drawmap":   func(m *Map) template.HTML { return c.drawMap(l, m) },
		"drawcurve": func(v *Curve) template.HTML { return c.drawCurve(l, v) },
		"drawbars":  func(v *Bars) template.HTML { return c.drawBars(l, v) },
		"drawhours": func(hours []int) template.HTML { return c.drawHours(l, hours) },
		"permille":  func(n int) string { return strconv.FormatFloat(float64(n)/10, 'f', 1, 64) + "%" },
		"curveday":  func(t time.Time) string { return c.curveDay(l, t) },
		"rows":      tableOf,
		"growth":    growthOf,
		"more":      func(f float64) string { return strconv.FormatFloat(math.Abs(f), 'f', 1, 64) + "%" },
	}
}

// When is the short form of a table: month, day and time of day.
func When(t time.Time) string { return page.When(t) }

// Full is day and time of day.
func Full(t time.Time) string { return page.Full(t) }

// delay says how long something took, as coarse as it is long.
func (c *Console) delay(l Lang, d time.Duration) string {
	switch {
	case d < 10*time.Second:
		return c.Text(l, "span.seconds", strconv.FormatFloat(d.Seconds(), 'f', 1, 64))
	case d < time.Minute:
		return c.Text(l, "span.seconds", strconv.Itoa(int(d.Seconds())))
	case d < time.Hour:
		return c.Text(l, "span.minutes", strconv.Itoa(int(d.Minutes())))
	case d < 48*time.Hour:
		return c.Text(l, "span.hours", strconv.Itoa(int(d.Hours())))
	}
	return c.Text(l, "span.days", strconv.Itoa(int(d.Hours()/24)))
}

func (c *Console) ago(l Lang, now, t time.Time) string {
	if t.IsZero() {
		return c.Text(l, "span.never")
	}
	switch d := now.Sub(t); {
	case d < 2*time.Second:
		return c.Text(l, "span.justnow")
	case d < 10*time.Second: // tenths are for delays
		return c.Text(l, "span.ago", c.Text(l, "span.seconds", strconv.Itoa(int(d.Seconds()))))
	default:
		return c.Text(l, "span.ago", c.delay(l, d))
	}
}

// Yuan writes fen as people write money: 1,234.50, with a true minus sign.
func Yuan(fen int64) string {
	sign := ""
	if fen < 0 {
		sign, fen = "−", -fen
	}
	return fmt.Sprintf("%s%s.%02d", sign, page.Grouped(fen/100), fen%100)
}

// Quads writes a number's digits by fours, so that it can be read out; what is no
// number of digits alone stays as it is.
func Quads(number string) string {
	var out strings.Builder
	for i, c := range number {
		if c < '0' || c > '9' {
			return number
		}
		if i > 0 && i%4 == 0 {
			out.WriteByte(' ')
		}
		out.WriteRune(c)
	}
	return out.String()
}

func inBytes(n uint64) string {
	switch {
	case n >= 1<<30:
		return strconv.FormatFloat(float64(n)/(1<<30), 'f', 1, 64) + " GiB"
	case n >= 1<<20:
		return strconv.FormatFloat(float64(n)/(1<<20), 'f', 0, 64) + " MiB"
	case n > 0 && n < 1<<10:
		return strconv.FormatUint(n, 10) + " B"
	}
	return strconv.FormatFloat(float64(n)/(1<<10), 'f', 0, 64) + " KiB"
}

// RoomRun writes rooms that follow one another as people read them: 0001–0003, or 0001.
func RoomRun(first, last int) string {
	if first == last {
		return fmt.Sprintf("%04d", first)
	}
	return fmt.Sprintf("%04d–%04d", first, last)
}

package console

import (
	"fmt"
	"html"
	"html/template"
	"strconv"
	"strings"
	"time"

	"zhunkao/protocol/window"

	"zhunkao/hub/web/page"
)

// The frame of a chart, in units of its view box. The right margin holds what is
// said of the ends of lines.
const (
	chartWidth            = 640.0
	chartLeft, chartRight = 62.0, 104.0
	chartTop, chartFoot   = 18.0, 34.0
)

// axis is a scale from 0 that ends on a round number.
type axis struct{ top, step int64 }

// axisFor chooses three to five lines of 1, 2 or 5 times a power of ten.
func axisFor(most int64) axis {
	most = max(most, 4)
	unit := int64(1)
	for {
		for _, m := range []int64{1, 2, 5} {
			if s := m * unit; s*5 >= most {
				return axis{(most + s - 1) / s * s, s}
			}
		}
		unit *= 10
	}
}

// chart is an SVG being written.
type chart struct {
	strings.Builder
	height float64
	a      axis
}

func newChart(class, label string, height float64, a axis) *chart {
	c := &chart{height: height, a: a}
	fmt.Fprintf(c, `<svg class="chart %s" viewBox="0 0 %.0f %.0f" role="img" aria-label="%s">`, class, chartWidth, height, html.EscapeString(label))
	return c
}

func (c *chart) y(v int64) float64 {
	return chartTop + (c.height-chartTop-chartFoot)*(1-float64(v)/float64(c.a.top))
}

// lines draws the grid with its numbers, up to the right end.
func (c *chart) lines(right float64, say func(int64) string) {
	for v := int64(0); v <= c.a.top; v += c.a.step {
		class := "grid"
		if v == 0 {
			class = "base"
		}
		fmt.Fprintf(c, `<path class="%s" d="M%.0f %.1fH%.0f"/><text class="axis" x="%.0f" y="%.1f" text-anchor="end">%s</text>`, class, chartLeft, c.y(v), right, chartLeft-8, c.y(v)+4.5, html.EscapeString(say(v)))
	}
}

func (c *chart) line(class string, x func(int) float64, from int, v []int64) {
	if len(v) == 0 {
		return
	}
	fmt.Fprintf(c, `<path class="%s" d="`, class)
	for i, n := range v {
		fmt.Fprintf(c, "%c%.1f %.1f", "LM"[b2i(i == 0)], x(from+i), c.y(n))
	}
	c.WriteString(`"/>`)
}

func (c *chart) done() template.HTML {
	c.WriteString(`</svg>`)
	return template.HTML(c.String())
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// round says a number short: 26.8 万 in Chinese, 268k in English.
func (c *Console) round(l Lang, n int64) string {
	unit, key := int64(10_000), "chart.wan"
	if l == En {
		unit, key = 1000, "chart.k"
	}
	if n < unit {
		return page.Grouped(n)
	}
	text := strconv.FormatFloat(float64(n)/float64(unit), 'f', 1, 64)
	return c.Text(l, key, strings.TrimSuffix(text, ".0"))
}

// curveDay says a day in a table.
func (c *Console) curveDay(l Lang, t time.Time) string {
	t = t.In(window.Zone())
	if l == En {
		return t.Format("2 Jan")
	}
	return fmt.Sprintf("%d月%d日", t.Month(), t.Day())
}

// axisDay says a day on an axis: the month only where it begins.
func (c *Console) axisDay(l Lang, v Curve, i int) string {
	d := v.Days[i].In(window.Zone())
	if l == En {
		if i == 0 || d.Day() == 1 {
			return d.Format("2 Jan")
		}
		return d.Format("2")
	}
	if i == 0 || d.Day() == 1 {
		return fmt.Sprintf("%d月%d日", d.Month(), d.Day())
	}
	return fmt.Sprintf("%d日", d.Day())
}

// drawCurve draws this year solid, last year thin, the estimate in dots (what is
// not yet fixed is never a whole line), and the confirmations as a line of their
// own with square ends.
func (c *Console) drawCurve(l Lang, v *Curve) template.HTML {
	n := len(v.Days)
	if n == 0 {
		return ""
	}
	most := max(v.Sum(), v.Was(), v.Planned(), final(v.Confirmed))
	g := newChart("curve", c.curveWords(l, v), 270, axisFor(most))
	right := chartWidth - chartRight
	x := func(i int) float64 { return chartLeft + 14 + float64(i)*(right-chartLeft-28)/float64(max(1, n-1)) }
	g.lines(right, func(v int64) string { return c.round(l, v) })
	every := max(1, (n+9)/10)
	for i := 0; i < n; i += every {
		fmt.Fprintf(g, `<text class="axis" x="%.1f" y="%.0f" text-anchor="middle">%s</text>`, x(i), g.height-10, c.axisDay(l, *v, i))
	}
	g.line("was", x, 0, v.Last)
	g.line("plan", x, v.PlanFrom, v.Plan)
	g.line("did", x, 0, v.Confirmed)
	g.line("is", x, 0, v.Now)
	ends := []said{}
	if len(v.Last) > 0 {
		ends = append(ends, said{g.y(v.Was()), c.Text(l, "chart.last", v.LastYear, c.round(l, v.Was())), "axis"})
	}
	if len(v.Plan) > 0 {
		ends = append(ends, said{g.y(v.Planned()), c.Text(l, "chart.plan", c.round(l, v.Planned())), "axis strong"})
	}
	for _, e := range apart(ends) {
		fmt.Fprintf(g, `<text class="%s" x="%.1f" y="%.1f">%s</text>`, e.class, right+6, e.y+4.5, html.EscapeString(e.text))
	}
	if k := len(v.Now) - 1; k >= 0 {
		c.drawToday(l, g, v, k, x(k), right)
	}
	return g.done()
}

// drawToday marks where the two lines of this year end and says what they come
// to: registrations above their line, confirmations beside theirs, where no
// line goes on.
func (c *Console) drawToday(l Lang, g *chart, v *Curve, k int, x, right float64) {
	up, upAnchor := x-10, "end"
	if x-chartLeft < 150 { // no room for words before it
		up, upAnchor = x+11, "start"
	}
	side, sideAnchor := x+11, "start"
	if right-x < 110 {
		side, sideAnchor = x-11, "end"
	}
	words := []said{{g.y(v.Now[k]) - 13, c.Text(l, "chart.now", page.Grouped(v.Now[k])), "say"}, {g.y(v.Confirmed[k]) + 1, c.Text(l, "chart.did", page.Grouped(v.Confirmed[k])), "say done"}}
	if sideAnchor == "end" {
		words[1].y += 15
	}
	words = apart(words)
	fmt.Fprintf(g, `<rect class="stop" x="%.1f" y="%.1f" width="9" height="9"/>`, x-4.5, g.y(v.Confirmed[k])-4.5)
	fmt.Fprintf(g, `<circle class="end" cx="%.1f" cy="%.1f" r="5.5"/>`, x, g.y(v.Now[k]))
	foot := g.height - chartFoot - 4
	fmt.Fprintf(g, `<text class="%s" x="%.1f" y="%.1f" text-anchor="%s">%s</text>`, words[0].class, up, min(words[0].y+4.5, foot-20), upAnchor, html.EscapeString(words[0].text))
	fmt.Fprintf(g, `<text class="%s" x="%.1f" y="%.1f" text-anchor="%s">%s</text>`, words[1].class, side, min(words[1].y+4.5, foot), sideAnchor, html.EscapeString(words[1].text))
}

// said is a word at a height of a chart.
type said struct {
	y           float64
	text, class string
}

// apart moves words that would lie on each other.
func apart(s []said) []said {
	const least = 19
	if len(s) == 2 {
		if d := s[1].y - s[0].y; d >= 0 && d < least {
			s[0].y, s[1].y = s[0].y-(least-d)/2, s[1].y+(least-d)/2
		} else if d < 0 && d > -least {
			s[0].y, s[1].y = s[0].y+(least+d)/2, s[1].y-(least+d)/2
		}
	}
	return s
}

// curveWords is the curve in a sentence.
func (c *Console) curveWords(l Lang, v *Curve) string {
	out := c.Text(l, "chart.say", page.Grouped(v.Sum()), page.Grouped(final(v.Confirmed)))
	if k := len(v.Now) - 1; k >= 0 && k < len(v.Last) {
		out += c.Text(l, "chart.say.last", page.Grouped(v.Last[k]))
	}
	if len(v.Plan) > 0 {
		out += c.Text(l, "chart.say.plan", page.Grouped(v.Planned()))
	}
	return out
}

// drawBars draws two bars for each time: what was registered in light, what was
// confirmed in dark; the highest says its number.
func (c *Console) drawBars(l Lang, v *Bars) template.HTML {
	n := len(v.Labels)
	if n == 0 {
		return ""
	}
	most, top, topAt := int64(0), int64(-1), 0
	for i := range n {
		most = max(most, v.Registered[i], v.Confirmed[i])
		if v.Confirmed[i] > top {
			top, topAt = v.Confirmed[i], i
		}
	}
	key := "chart.days.say"
	if v.Hours {
		key = "chart.hours.say"
	}
	g := newChart("bars", c.Text(l, key, v.Labels[topAt], page.Grouped(max(0, top))), 190, axisFor(most))
	right := chartWidth - 8
	g.lines(right, func(v int64) string { return c.round(l, v) })
	slot := (right - chartLeft - 8) / float64(n)
	wide := min(slot*.42, 16)
	every := max(1, (n+11)/12)
	for i := range n {
		mid := chartLeft + 4 + slot*(float64(i)+.5)
		for k, bar := range []struct {
			class, title string
			v            int64
		}{{"bar", "chart.bar.registered", v.Registered[i]}, {"top", "chart.bar.confirmed", v.Confirmed[i]}} {
			if bar.v <= 0 {
				continue
			}
			fmt.Fprintf(g, `<rect class="%s" x="%.1f" y="%.1f" width="%.1f" height="%.1f"><title>%s</title></rect>`, bar.class, mid-wide+float64(k)*wide, g.y(bar.v), wide-1,
				max(1, g.y(0)-g.y(bar.v)), html.EscapeString(c.Text(l, bar.title, v.Labels[i], page.Grouped(bar.v))))
		}
		if i%every == 0 {
			fmt.Fprintf(g, `<text class="axis" x="%.1f" y="%.0f" text-anchor="middle">%s</text>`, mid, g.height-12, html.EscapeString(v.Labels[i]))
		}
	}
	if top > 0 {
		mid := chartLeft + 4 + slot*(float64(topAt)+.5) + wide/2
		fmt.Fprintf(g, `<text class="say" x="%.1f" y="%.1f" text-anchor="middle">%s</text>`, min(max(mid, chartLeft+30), right-30), max(12, g.y(max(top, v.Registered[topAt]))-6), page.Grouped(top))
	}
	return g.done()
}

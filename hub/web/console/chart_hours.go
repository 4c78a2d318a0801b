package console

import (
	"fmt"
	"html"
	"html/template"
	"strconv"

	"zhunkao/hub/web/page"
)

// drawHours draws a bar for each hour of a day, the highest one dark and named.
func (c *Console) drawHours(l Lang, hours []int) template.HTML {
	top := 0
	for i, n := range hours {
		if n > hours[top] {
			top = i
		}
	}
	most := 0
	if len(hours) > 0 {
		most = hours[top]
	}
	if most == 0 {
		return ""
	}
	say := c.Text(l, "day.hours.say", strconv.Itoa(top), page.Grouped(int64(most)))
	g := &chart{height: 190}
	fmt.Fprintf(g, `<svg class="chart bars hours" viewBox="0 0 %.0f 190" role="img" aria-label="%s">`, chartWidth, html.EscapeString(say))
	const left, foot, high = 14.0, 158.0, 132.0
	slot := (chartWidth - 2*left) / float64(len(hours))
	wide := slot * .74
	for i, n := range hours {
		x := left + slot*float64(i)
		class, tall := "bar", high*float64(n)/float64(most)
		if i == top {
			class = "top"
		}
		if n > 0 {
			fmt.Fprintf(g, `<rect class="%s" x="%.1f" y="%.1f" width="%.1f" height="%.1f"><title>%s</title></rect>`, class, x, foot-max(tall, 1), wide, max(tall, 1),
				html.EscapeString(c.Text(l, "day.hours.say", strconv.Itoa(i), page.Grouped(int64(n)))))
		}
		if i%3 == 0 {
			fmt.Fprintf(g, `<text class="axis" x="%.1f" y="178" text-anchor="middle">%s</text>`, x+wide/2, html.EscapeString(c.Text(l, "day.hours.axis", strconv.Itoa(i))))
		}
	}
	fmt.Fprintf(g, `<path class="base" d="M%.0f %.1fH%.0f"/><text class="say" x="%.1f" y="%.1f" text-anchor="middle">%s</text>`, left-4, foot+.5, chartWidth-left+4,
		min(max(left+slot*float64(top)+wide/2, 60), chartWidth-60), foot-high-8, html.EscapeString(say))
	return g.done()
}

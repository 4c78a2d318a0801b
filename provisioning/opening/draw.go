package opening

import (
	"fmt"
	"math"
	"strings"
)

// The drawing: one panel for each round, above each other. Colours and letters are
// the project's own, light and dark lines beside each other readable without
// colour: dashed is who is not signed in.
const (
	wide, tall    = 960, 230
	left, right   = 66, 70
	top, bottom   = 44, 40
	fastest, slow = 1.0, 30_000.0 // ms
)

// Draw draws the curve of every round.
func Draw(limit float64, rounds []Round) string {
	var b strings.Builder
	height := 64 + tall*len(rounds)
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" font-family="system-ui, sans-serif" font-size="13" fill="#26241f" role="img" aria-labelledby="t d">`+"\n", wide, height, wide, height)
	fmt.Fprintf(&b, "<title id=\"t\">The opening hour</title><desc id=\"d\">%s</desc>\n", describe(rounds))
	fmt.Fprintf(&b, "<rect width=\"%d\" height=\"%d\" fill=\"#faf7f0\"/>\n", wide, height)
	fmt.Fprintf(&b, "<text x=\"%d\" y=\"26\" font-size=\"17\" font-weight=\"600\">How long a page takes at opening; the limit is %.3g registrations a second</text>\n", left, limit)
	b.WriteString(legend())
	for i, r := range rounds {
		b.WriteString(panel(r, 64+i*tall))
	}
	b.WriteString("</svg>\n")
	return b.String()
}

func describe(rounds []Round) string {
	var parts []string
	for _, r := range rounds {
		in, rest := r.Figures(Reading), r.Figures(Rest)
		parts = append(parts, fmt.Sprintf("%s: who is signed in waits %.0f ms for 95 of 100 pages, the rest %.0f ms; at most %d people wait in the line.", r.Name, in.P95, rest.P95, r.Line))
	}
	return strings.Join(parts, " ")
}

func legend() string {
	return fmt.Sprintf(`<g transform="translate(%d 44)"><path d="M0 0h28" stroke="#1e3c6e" stroke-width="2.5"/><text x="34" y="4">signed in, reading</text><path d="M170 0h28" stroke="#1e6b4a" stroke-width="2.5"/><text x="204" y="4">signed in, saving</text><path d="M340 0h28" stroke="#96500a" stroke-width="2.5" stroke-dasharray="6 4"/><text x="374" y="4">not signed in</text><rect x="490" y="-6" width="28" height="12" fill="#d9d2c3"/><text x="524" y="4">people in the line (right)</text></g>`+"\n", left)
}

func panel(r Round, y int) string {
	var b strings.Builder
	w, h := float64(wide-left-right), float64(tall-top-bottom)
	seconds := max(1, len(r.Curve(Rest))-1)
	x := func(s int) float64 { return w * float64(s) / float64(seconds) }
	yOf := func(ms float64) float64 {
		return h * (1 - math.Log(min(slow, max(fastest, ms))/fastest)/math.Log(slow/fastest))
	}
	fmt.Fprintf(&b, "<g transform=\"translate(%d %d)\"><text x=\"0\" y=\"-10\" font-weight=\"600\">%s: %.3g come a second, %d in all</text>\n", left, y+top, r.Name, r.Rate, r.Came)
	most := float64(max(10, r.Line))
	area := fmt.Sprintf("M0 %.1f", h)
	for s, p := range r.Curve(Rest) {
		area += fmt.Sprintf("L%.1f %.1f", x(s), h*(1-min(1, p.Waiting/most)))
	}
	fmt.Fprintf(&b, "<path d=\"%sL%.1f %.1fZ\" fill=\"#d9d2c3\"/>\n", area, w, h)
	for _, ms := range []float64{1, 10, 100, 1000, 10_000} {
		fmt.Fprintf(&b, "<path d=\"M0 %.1fH%.1f\" stroke=\"#8a8577\" stroke-width=\".5\"/><text x=\"-8\" y=\"%.1f\" text-anchor=\"end\">%s</text>\n", yOf(ms), w, yOf(ms)+4, span(ms))
	}
	fmt.Fprintf(&b, "<text x=\"%.1f\" y=\"4\">%.0f</text><text x=\"%.1f\" y=\"%.1f\">0</text>\n", w+8, most, w+8, h+4)
	for _, line := range []struct {
		kind  Kind
		style string
	}{{Rest, `stroke="#96500a" stroke-dasharray="6 4"`}, {Writing, `stroke="#1e6b4a"`}, {Reading, `stroke="#1e3c6e"`}} {
		fmt.Fprintf(&b, "<path d=\"%s\" fill=\"none\" stroke-width=\"2\" %s/>\n", path(r.Curve(line.kind), x, yOf), line.style)
	}
	for i := range 6 {
		s := seconds * i / 5
		fmt.Fprintf(&b, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%d s</text>\n", x(s), h+18, s)
	}
	b.WriteString("</g>\n")
	return b.String()
}

// path joins the seconds in which somebody was answered.
func path(points []Point, x func(int) float64, y func(float64) float64) string {
	var b strings.Builder
	for s, p := range points {
		if p.P95 == 0 {
			continue
		}
		command := "L"
		if b.Len() == 0 {
			command = "M"
		}
		fmt.Fprintf(&b, "%s%.1f %.1f", command, x(s), y(p.P95))
	}
	return b.String()
}

func span(ms float64) string {
	if ms >= 1000 {
		return fmt.Sprintf("%g s", ms/1000)
	}
	return fmt.Sprintf("%g ms", ms)
}

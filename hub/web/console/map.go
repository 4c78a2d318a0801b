package console

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html"
	"html/template"
	"slices"
	"strconv"
	"strings"

	"zhunkao/hub/web/atlas"
)

// Seal sets the fingerprint of what the map shows. Two maps of one fingerprint
// look alike: a page that has one need not be sent the other.
func (m *Map) Seal(l Lang) {
	sum := sha256.New()
	fmt.Fprintln(sum, m.Of, l)
	for _, s := range m.Shapes {
		share := s.Step()
		if m.named() {
			share = s.Share // written on it
		}
		fmt.Fprintln(sum, s.Code, s.Name, s.Path, share, s.Share < 0, s.Incidents > 0, s.Tint, s.Under)
	}
	m.Print = hex.EncodeToString(sum.Sum(nil))[:12]
}

// named reports whether each county's name and share stand on the map: there is
// room for that on a city's.
func (m *Map) named() bool { return len(m.Cities) == 0 }

// label is the phrase that says what the map shows.
func (m *Map) label() string {
	if len(m.Shapes) > 0 && m.Shapes[0].Tint > 0 {
		return "map.areas.label"
	}
	return "map.label"
}

func (m *Map) drawing() atlas.Drawing {
	if d, ok := atlas.City(m.Of); ok {
		return d
	}
	return atlas.Province()
}

// draw writes the map as SVG. Counties are links for the pointer; keyboard and
// screen readers have the same links and numbers in the table, without 122
// stops on the way there.
func (c *Console) drawMap(l Lang, m *Map) template.HTML {
	d := m.drawing()
	by := make(map[string]Shape, len(m.Shapes))
	for _, s := range m.Shapes {
		by[s.Code] = s
	}
	var b strings.Builder
	b.Grow(100 << 10)
	class, room := "map", 0
	var inside, beside []atlas.Outline
	if m.named() {
		class = "map near"
		if inside, beside = fitted(d.Counties, by); len(beside) > 0 {
			room = besideRoom
		}
	}
	high := max(d.Height, besideTop+len(beside)*besideStep)
	fmt.Fprintf(&b, `<svg class="%s" viewBox="0 0 %d %d" role="group" aria-label="%s">`, class, d.Width+room, high, html.EscapeString(c.Text(l, m.label(), m.Name)))
	b.WriteString(`<defs><pattern id="few" width="14" height="14" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="m0" width="14" height="14"/><path class="hatch" d="M0 0V9"/></pattern></defs><g class="county">`)
	for _, o := range d.Counties {
		s, ok := by[o.Code]
		if !ok {
			fmt.Fprintf(&b, `<path class="none" d="%s"/>`, o.Path)
			continue
		}
		c.drawCounty(&b, l, s, o)
	}
	b.WriteString(`</g><g class="city">`)
	for _, o := range d.Cities {
		b.WriteString(`<path d="` + o.Path + `"/>`)
	}
	b.WriteString(`</g>`)
	drawHot(&b, d, by, m.named())
	drawNames(&b, m, d)
	drawShares(&b, inside, by)
	drawBeside(&b, d.Width, beside, by)
	b.WriteString(`</svg>`)
	return template.HTML(b.String())
}

func (c *Console) drawCounty(b *strings.Builder, l Lang, s Shape, o atlas.Outline) {
	words := c.Text(l, "map.step."+strconv.Itoa(s.Step()))
	if s.Share < 0 {
		words = c.Text(l, "map.nobody")
	}
	if s.Incidents > 0 {
		words = c.Text(l, "map.and", words, c.Text(l, "map.incident"))
	}
	if s.Tint > 0 {
		words = s.Said
	}
	title := html.EscapeString(c.Text(l, "map.county", s.Name, words))
	class := "m" + strconv.Itoa(s.Step())
	switch {
	case s.Tint > 0:
		class = "a" + strconv.Itoa((s.Tint-1)%Tints+1)
	case s.Share < 0:
		class = "none"
	case s.Step() == 0:
		class = "few"
	}
	if s.Path != "" {
		b.WriteString(`<a href="` + html.EscapeString(s.Path) + `" tabindex="-1" aria-label="` + title + `">`)
	}
	b.WriteString(`<path class="` + class + `" d="` + o.Path + `"><title>` + title + `</title></path>`)
	if s.Path != "" {
		b.WriteString(`</a>`)
	}
}

// drawHot marks counties with an open incident: a thick border, and a sign, so
// that colour is not all.
func drawHot(b *strings.Builder, d atlas.Drawing, by map[string]Shape, named bool) {
	b.WriteString(`<g class="hot">`)
	for _, o := range d.Counties {
		if by[o.Code].Incidents > 0 {
			b.WriteString(`<path d="` + o.Path + `"/>`)
		}
	}
	b.WriteString(`</g><g class="signs">`)
	for _, o := range d.Counties {
		if by[o.Code].Incidents > 0 {
			x, y := o.X, o.Y
			if named { // above the name
				x, y = o.MidX, o.MidY-46
			}
			fmt.Fprintf(b, `<path transform="translate(%d %d)" d="M0-15L15 11H-15z"/><path class="bang" transform="translate(%d %d)" d="M0-7V2M0 6V7"/>`, x, y, x, y)
		}
	}
	b.WriteString(`</g>`)
}

func drawNames(b *strings.Builder, m *Map, d atlas.Drawing) {
	at := map[string]atlas.Outline{}
	for _, o := range d.Cities {
		at[o.Code] = o
	}
	b.WriteString(`<g class="names" aria-hidden="true">`)
	for _, n := range m.Cities {
		o := at[n.Code]
		dx, dy := nudge(n.Code)
		fmt.Fprintf(b, `<text x="%d" y="%d">%s</text>`, o.X+dx, o.Y+dy, html.EscapeString(n.Text))
	}
	b.WriteString(`</g>`)
}

// The measures of the words on a city's map, in units of the drawing.
const (
	nameSize   = 31  // of a character, as progress.css has it
	nameHigh   = 72  // a name with its share below
	besideRoom = 330 // to the right of the outlines, for names that do not fit inside
	besideStep = 64
	besideTop  = 30
)

// fitted parts the counties whose name and share fit inside their outline, and
// lie on no other's, from those whose do not: these are named beside the map,
// from top to bottom.
func fitted(all []atlas.Outline, by map[string]Shape) (inside, beside []atlas.Outline) {
	for _, o := range all {
		s, ok := by[o.Code]
		if !ok {
			continue
		}
		wide := nameSize * letters(s)
		fits := o.Wide*9 >= wide*10 && o.High*7 >= nameHigh*10
		for _, x := range inside {
			other := nameSize * letters(by[x.Code])
			if 2*abs(o.MidX-x.MidX) < wide+other && abs(o.MidY-x.MidY) < nameHigh {
				fits = false
			}
		}
		if fits {
			inside = append(inside, o)
		} else {
			beside = append(beside, o)
		}
	}
	slices.SortFunc(beside, func(a, b atlas.Outline) int { return a.MidY - b.MidY })
	return inside, beside
}

// letters is how wide what is written on a county is.
func letters(s Shape) int { return max(len([]rune(s.Name)), len([]rune(s.Under))) }

func abs(n int) int { return max(n, -n) }

// percent is what stands under the name of a county: its share, or its area.
func percent(s Shape) string {
	if s.Tint > 0 {
		return s.Under
	}
	if s.Share < 0 {
		return "—"
	}
	return strconv.Itoa(s.Share) + "%"
}

func drawShares(b *strings.Builder, inside []atlas.Outline, by map[string]Shape) {
	b.WriteString(`<g class="names" aria-hidden="true">`)
	for _, o := range inside {
		s, x := by[o.Code], o.MidX
		fmt.Fprintf(b, `<text x="%d" y="%d">%s</text><text class="share" x="%d" y="%d">%s</text>`, x, o.MidY-3, html.EscapeString(s.Name), x, o.MidY+32, html.EscapeString(percent(s)))
	}
	b.WriteString(`</g>`)
}

// drawBeside names the small ones at the right, each with a line to its place.
func drawBeside(b *strings.Builder, from int, beside []atlas.Outline, by map[string]Shape) {
	b.WriteString(`<g class="beside" aria-hidden="true">`)
	for i, o := range beside {
		s, y := by[o.Code], besideTop+i*besideStep
		line := fmt.Sprintf("M%d %dL%d %dH%d", o.MidX, o.MidY, from+6, y, from+24)
		fmt.Fprintf(b, `<path class="halo" d="%s"/><path class="lead" d="%s"/><circle class="lead" cx="%d" cy="%d" r="7"/>`, line, line, o.MidX, o.MidY)
		fmt.Fprintf(b, `<text x="%d" y="%d">%s <tspan class="share">%s</tspan></text>`, from+32, y+10, html.EscapeString(s.Name), html.EscapeString(percent(s)))
	}
	b.WriteString(`</g>`)
}

// nudge moves the names that would lie on each other, or on a border, at the
// size of the province's map.
func nudge(city string) (dx, dy int) {
	switch city {
	case "430100":
		return 16, -24
	case "430200":
		return 44, 54
	case "430300":
		return -36, 14
	case "430900":
		return -14, -10
	case "431300":
		return -26, 14
	}
	return 0, 8
}

package pages

import (
	"fmt"
	"html"
	"html/template"
	"slices"
	"strings"

	"zhunkao/hub/web/atlas"
)

// The measures of names on the map, in units of the drawing.
const (
	areaLetter = 46  // width of a character, as choices.css has it
	areaHigh   = 60  // of a line
	areaRoom   = 340 // at the right, for names that do not fit inside
	areaStep   = 62
	pinRound   = 38 // of a pin: 24 pixels wide on a telephone
	pinApart   = 110
)

// drawPoints writes the map: of one county with a pin for each point of the list
// beside it, else of counties coloured by what is open to her. Its links are for
// the pointer; who uses the keyboard or hears the page has the same in the list.
func (p *Pages) drawPoints(l Lang, m PointMap) template.HTML {
	if n, ok := atlas.County(m.County); ok {
		return p.drawPins(l, m, n)
	}
	d, near := atlas.City(m.City)
	if !near {
		d = atlas.Province()
	}
	by := make(map[string]PointArea, len(m.Counties))
	for _, a := range m.Counties {
		by[a.Code] = a
	}
	var inside, beside []atlas.Outline
	room := 0
	if near {
		if inside, beside = namedInside(d.Counties, by); len(beside) > 0 {
			room = areaRoom
		}
	}
	high := max(d.Height, 36+len(beside)*areaStep)
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="plan" viewBox="0 0 %d %d" role="group" aria-label="%s">`, d.Width+room, high, html.EscapeString(p.Text(l, "point.map.label", m.Name)))
	b.WriteString(`<defs><pattern id="shut" width="14" height="14" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="ground" width="14" height="14"/><path class="hatch" d="M0 0V9"/></pattern></defs>`)
	for _, o := range d.Counties {
		p.drawCounty(&b, l, o, by)
	}
	b.WriteString(`<g class="city">`)
	for _, o := range d.Cities {
		b.WriteString(`<path d="` + o.Path + `"/>`)
	}
	b.WriteString(`</g><g aria-hidden="true">`)
	for _, o := range inside {
		fmt.Fprintf(&b, `<text x="%d" y="%d">%s</text>`, o.MidX, o.MidY+16, p.areaName(l, by[o.Code]))
	}
	for i, o := range beside {
		y := 36 + i*areaStep
		fmt.Fprintf(&b, `<path class="lead" d="M%d %dL%d %dH%d"/><text class="beside" x="%d" y="%d">%s</text>`,
			o.MidX, o.MidY, d.Width+6, y, d.Width+20, d.Width+28, y+16, p.areaName(l, by[o.Code]))
	}
	b.WriteString(`</g></svg>`)
	return template.HTML(b.String())
}

// drawCounty writes one county; one without points has no link.
func (p *Pages) drawCounty(b *strings.Builder, l Lang, o atlas.Outline, by map[string]PointArea) {
	a, ok := by[o.Code]
	if !ok {
		fmt.Fprintf(b, `<path class="none" d="%s"/>`, o.Path)
		return
	}
	class := a.State
	if a.Here {
		class += " here"
	}
	title := html.EscapeString(p.Text(l, "point.map.county", a.Name, p.Text(l, "point.map."+a.State)))
	fmt.Fprintf(b, `<a href="%s" tabindex="-1"><path class="%s" d="%s"><title>%s</title></path></a>`, html.EscapeString(a.Path), class, o.Path, title)
}

// areaName is what stands on the map for a county: its name, and how many points
// are open to her there.
func (p *Pages) areaName(l Lang, a PointArea) string {
	name := html.EscapeString(a.Name)
	if a.Open > 0 {
		name += ` <tspan class="open-here">` + html.EscapeString(p.Text(l, "point.map.count", a.Open)) + `</tspan>`
	}
	return name
}

// drawPins writes one county among its neighbours, with a pin for every point
// that the list shows, under the number that it has there. Nobody has told where
// in the county a point lies: the pins stand together in the middle, and the
// words below say so.
func (p *Pages) drawPins(l Lang, m PointMap, n atlas.Near) template.HTML {
	by := make(map[string]PointArea, len(m.Counties))
	for _, a := range m.Counties {
		by[a.Code] = a
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="plan pinned" viewBox="0 0 %d %d" role="group" aria-label="%s">`, n.Width, n.Height, html.EscapeString(p.Text(l, "point.map.pins.label", by[m.County].Name)))
	for _, o := range n.Counties {
		if o.Code != m.County {
			p.drawNeighbour(&b, l, o, by[o.Code])
		}
	}
	for _, o := range n.Counties {
		if o.Code == m.County {
			fmt.Fprintf(&b, `<path class="home" d="%s"/>`, o.Path)
		}
	}
	for i, s := range n.Spots(len(m.Pins), pinApart) {
		pin := m.Pins[i]
		title := html.EscapeString(p.Text(l, "point.map.pin", pin.Number, pin.Name, p.Text(l, pin.State)))
		fmt.Fprintf(&b, `<a class="pin %s" href="#point-%s" tabindex="-1" aria-label="%s"><title>%s</title><circle cx="%d" cy="%d" r="%d"/><text x="%d" y="%d" aria-hidden="true">%d</text></a>`,
			pin.Class, html.EscapeString(pin.Code), title, title, s.X, s.Y, pinRound, s.X, s.Y+15, pin.Number)
	}
	b.WriteString(`</svg>`)
	return template.HTML(b.String())
}

// drawNeighbour writes a county beside the one that is looked at, as a way there.
func (p *Pages) drawNeighbour(b *strings.Builder, l Lang, o atlas.Outline, a PointArea) {
	if a.Path == "" {
		fmt.Fprintf(b, `<path class="none" d="%s"/>`, o.Path)
		return
	}
	title := html.EscapeString(p.Text(l, "point.map.beside", a.Name))
	fmt.Fprintf(b, `<a href="%s" tabindex="-1" aria-label="%s"><path class="next" d="%s"><title>%s</title></path></a>`, html.EscapeString(a.Path), title, o.Path, title)
}

// namedInside parts the counties whose name fits inside their outline, beside
// all others that do, from those that are named at the right.
func namedInside(all []atlas.Outline, by map[string]PointArea) (inside, beside []atlas.Outline) {
	for _, o := range all {
		a, ok := by[o.Code]
		if !ok {
			continue
		}
		wide := areaWide(a)
		fits := o.Wide*9 >= wide*10 && o.High*8 >= areaHigh*10
		for _, x := range inside {
			other := areaWide(by[x.Code])
			if 2*max(o.MidX-x.MidX, x.MidX-o.MidX) < wide+other && max(o.MidY-x.MidY, x.MidY-o.MidY) < areaHigh {
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

// areaWide is how wide a county's name stands on the map, with its count.
func areaWide(a PointArea) int {
	wide := areaLetter * len([]rune(a.Name))
	if a.Open > 0 {
		wide += 2 * areaLetter
	}
	return wide
}

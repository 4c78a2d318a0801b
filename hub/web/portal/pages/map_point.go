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
	areaRoom   = 250 // at the right, for names that do not fit inside
	areaStep   = 62
)

// drawPoints writes the map of counties coloured by what is open to her. Its
// links are for the pointer; who uses the keyboard or hears the page has the
// same in the list.
func (p *Pages) drawPoints(l Lang, m PointMap) template.HTML {
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
		a, ok := by[o.Code]
		if !ok {
			fmt.Fprintf(&b, `<path class="none" d="%s"/>`, o.Path)
			continue
		}
		class := a.State
		if a.Here {
			class += " here"
		}
		title := html.EscapeString(p.Text(l, "point.map.county", a.Name, p.Text(l, "point.map."+a.State)))
		fmt.Fprintf(&b, `<a href="%s" tabindex="-1"><path class="%s" d="%s"><title>%s</title></path></a>`, html.EscapeString(a.Path), class, o.Path, title)
	}
	b.WriteString(`<g class="city">`)
	for _, o := range d.Cities {
		b.WriteString(`<path d="` + o.Path + `"/>`)
	}
	b.WriteString(`</g><g aria-hidden="true">`)
	for _, o := range inside {
		fmt.Fprintf(&b, `<text x="%d" y="%d">%s</text>`, o.MidX, o.MidY+16, html.EscapeString(by[o.Code].Name))
	}
	for i, o := range beside {
		y := 36 + i*areaStep
		fmt.Fprintf(&b, `<path class="lead" d="M%d %dL%d %dH%d"/><text class="beside" x="%d" y="%d">%s</text>`,
			o.MidX, o.MidY, d.Width+6, y, d.Width+20, d.Width+28, y+16, html.EscapeString(by[o.Code].Name))
	}
	b.WriteString(`</g></svg>`)
	return template.HTML(b.String())
}

// namedInside parts the counties whose name fits inside their outline, beside
// all others that do, from those that are named at the right.
func namedInside(all []atlas.Outline, by map[string]PointArea) (inside, beside []atlas.Outline) {
	for _, o := range all {
		a, ok := by[o.Code]
		if !ok {
			continue
		}
		wide := areaLetter * len([]rune(a.Name))
		fits := o.Wide*9 >= wide*10 && o.High*8 >= areaHigh*10
		for _, x := range inside {
			other := areaLetter * len([]rune(by[x.Code].Name))
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

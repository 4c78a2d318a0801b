package page

import (
	"fmt"
	"html/template"
)

// glyph gives the strokes of an icon, drawn on a 24 unit grid with one round
// pen of 2 units; "" if there is none of that name.
func glyph(name string) string {
	switch name {
	case "check":
		return `<path d="M5 12.5l4.5 4.5L19 7"/>`
	case "cross":
		return `<path d="M6 6l12 12M18 6L6 18"/>`
	case "clock":
		return `<circle cx="12" cy="12" r="8.5"/><path d="M12 7v5l3.5 2"/>`
	case "alert":
		return `<path d="M12 4L2.8 19.5h18.4z"/><path d="M12 10v4.5M12 17v.1"/>`
	case "info":
		return `<circle cx="12" cy="12" r="8.5"/><path d="M12 11v5.5M12 7.6v.1"/>`
	case "doc":
		return `<path d="M6 3h8l4 4v14H6z"/><path d="M14 3v4h4M9 12h6M9 16h6"/>`
	case "lock":
		return `<rect x="5" y="10.500" width="14" height="9.500" rx="1.500"/><path d="M8 10.500V8a4 4 0 0 1 8 0v2.500"/>`
	case "pin":
		return `<path d="M12 21s-6.500-6-6.500-11a6.500 6.500 0 0 1 13 0c0 5-6.500 11-6.500 11z"/><circle cx="12" cy="10" r="2.300"/>`
	case "box":
		return `<rect x="5" y="3" width="14" height="13" rx="1.500"/><path d="M12 16v4.500M8 20.500h8M8.500 7h7M8.500 11h4"/>`
	case "list":
		return `<path d="M9 6h11M9 12h11M9 18h11M4 6h.1M4 12h.1M4 18h.1"/>`
	case "search":
		return `<circle cx="10.500" cy="10.500" r="6.500"/><path d="M15.500 15.500L21 21"/>`
	case "house":
		return `<path d="M4 20.500V9.500L12 4l8 5.500v11zM9.500 20.500v-6h5v6"/>`
	case "people":
		return `<circle cx="9" cy="8" r="3.200"/><path d="M3 20c0-4 2.500-6.500 6-6.500s6 2.500 6 6.500M15.500 5.200a3.200 3.200 0 0 1 0 5.600M17.500 14c2.200.900 3.500 3 3.500 6"/>`
	case "chart":
		return `<path d="M4 20V4M4 20h16M8 16v-4M12.500 16V7M17 16v-6"/>`
	case "seats": // four desks and the aisle between them
		return `<rect x="3.500" y="4" width="5" height="5"/><rect x="3.500" y="14" width="5" height="5"/><rect x="15.500" y="4" width="5" height="5"/><rect x="15.500" y="14" width="5" height="5"/><path d="M12 3v18" stroke-dasharray="2 2.500"/>`
	case "scale":
		return `<path d="M12 4v16M7 20h10M5 7h14M5 7l-2.500 6.500h5zM19 7l-2.500 6.500h5z"/>`
	case "book":
		return `<path d="M4 5c3-1.300 6-1 8 1 2-2 5-2.300 8-1v13c-3-1.300-6-1-8 1-2-2-5-2.300-8-1zM12 6v13"/>`
	case "cap": // learning: a mortar board
		return `<path d="M2.500 9.500L12 5l9.500 4.500L12 14z"/><path d="M6.500 11.500v5c3 2.300 8 2.300 11 0v-5"/>`
	case "net":
		return `<path d="M4 10a11.500 11.500 0 0 1 16 0M7 13.500a7 7 0 0 1 10 0"/><circle cx="12" cy="17.500" r="1.200"/>`
	case "tray": // something put aside: a tray with a sheet that did not go in
		return `<path d="M3.500 13v6.500h17V13M3.500 13h5l1.500 2.500h4l1.500-2.500h5"/><path d="M8 9V3.500h8V9" stroke-dasharray="2.500 2.500"/>`
	case "hand":
		return `<path d="M8 12V6.200a1.400 1.400 0 0 1 2.800 0V11M10.800 10.500V4.700a1.400 1.400 0 0 1 2.800 0V11M13.600 11V5.800a1.400 1.400 0 0 1 2.800 0V13M8 12.500l-1.700-2a1.400 1.400 0 0 0-2.200 1.700l3.700 5.700A5.500 5.500 0 0 0 12.400 20.500h.600a5.900 5.900 0 0 0 5.900-5.900V9.200a1.300 1.300 0 0 0-2.500 0"/>`
	case "next":
		return `<path d="M5 12h14M13 6l6 6-6 6"/>`
	case "out": // leaves the house
		return `<path d="M12 15V3.500M7.500 8L12 3.500 16.500 8M4.500 13v7h15v-7"/>`
	case "in": // comes into the house
		return `<path d="M12 3.500V15M7.500 10.500L12 15l4.500-4.500M4.500 13v7h15v-7"/>`
	case "back":
		return `<path d="M19 12H5M11 6l-6 6 6 6"/>`
	}
	return ""
}

// icon draws a glyph beside a word; it never stands alone, so it is hidden from
// screen readers.
func icon(name string) (template.HTML, error) {
	g := glyph(name)
	if g == "" {
		return "", fmt.Errorf("no glyph %q", name)
	}
	return template.HTML(`<svg class="icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">` + g + `</svg>`), nil
}

// mark is the wordmark's sheet: the sealing line down its middle, and one
// stroke that passes it.
func mark() template.HTML {
	return `<svg viewBox="0 0 32 32" fill="none" aria-hidden="true"><rect x="3" y="3" width="26" height="26" rx="3" fill="currentColor"/><path d="M11 7v18" stroke="#faf7f0" stroke-width="2" stroke-dasharray="2.4 3"/><path d="M15 17l3.600 4L25 11" stroke="#faf7f0" stroke-width="3" stroke-linecap="round" stroke-linejoin="round"/></svg>`
}

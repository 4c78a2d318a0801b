package kiosk

import "html/template"

// icons are drawn with one 2-unit pen on 24; they always stand beside a word.
func icons() map[string]string {
	return map[string]string{
		"net":    `<path d="M4 10a11.500 11.500 0 0 1 16 0M7 13.500a7 7 0 0 1 10 0"/><circle cx="12" cy="17.500" r="1.200"/>`,
		"nonet":  `<path d="M4 10a11.500 11.500 0 0 1 5-2.800M20 10a11.500 11.500 0 0 0-5.500-3M7 13.500a7 7 0 0 1 3.500-1.900M4 4l16 16"/><circle cx="12" cy="17.500" r="1.200"/>`,
		"check":  `<path d="M5 12.5l4.5 4.5L19 7"/>`,
		"cross":  `<path d="M6 6l12 12M18 6L6 18"/>`,
		"reader": `<rect x="2.500" y="5.500" width="19" height="13" rx="2"/><path d="M6 10h5M6 13.500h4"/><circle cx="16.300" cy="11" r="1.800"/><path d="M13.500 15.500c.6-1.600 5-1.600 5.600 0"/>`,
		"hand":   `<path d="M8 12V6.2a1.4 1.4 0 0 1 2.8 0V11M10.800 10.500V4.700a1.400 1.400 0 0 1 2.800 0V11M13.600 11V5.800a1.400 1.400 0 0 1 2.800 0V13M8 12.500l-1.700-2a1.400 1.400 0 0 0-2.200 1.700l3.700 5.700A5.500 5.500 0 0 0 12.400 20.500h.600a5.900 5.900 0 0 0 5.900-5.900V9.200a1.300 1.300 0 0 0-2.500 0"/>`,
		"camera": `<path d="M3 8.500h4l1.500-2.500h7L17 8.500h4v10.500H3z"/><circle cx="12" cy="13.300" r="3.400"/>`,
		"sound":  `<path d="M4 9.500h3.500L12 6v12l-4.500-3.500H4z"/><path d="M15.500 9a4.500 4.500 0 0 1 0 6M18 6.500a8 8 0 0 1 0 11"/>`,
		"print":  `<path d="M7 9V4h10v5M7 17H4V9h16v8h-3"/><path d="M7 14h10v6H7z"/>`,
		"clock":  `<circle cx="12" cy="12" r="8.5"/><path d="M12 7v5l3.5 2"/>`,
		"lock":   `<rect x="5" y="10.500" width="14" height="9.500" rx="1.500"/><path d="M8 10.500V8a4 4 0 0 1 8 0v2.500"/>`,
		"back":   `<path d="M19 12H5M11 6l-6 6 6 6"/>`,
		"next":   `<path d="M5 12h14M13 6l6 6-6 6"/>`,
		"info":   `<circle cx="12" cy="12" r="8.5"/><path d="M12 11v5.5M12 7.6v.1"/>`,
		"alert":  `<path d="M12 4L2.8 19.5h18.4z"/><path d="M12 10v4.5M12 17v.1"/>`,
	}
}

// icon gives an icon by name; an unknown name gives none.
func icon(name string) template.HTML {
	path, ok := icons()[name]
	if !ok {
		return ""
	}
	return template.HTML(`<svg class="icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">` + path + `</svg>`)
}

const cardDrawing = `<rect class="a-card" width="220" height="138" rx="10" stroke-width="3"/>` +
	`<path class="a-band" d="M0 30V10A10 10 0 0 1 10 0h200a10 10 0 0 1 10 10v20z"/>` +
	`<g class="a-text" stroke-width="5" stroke-linecap="round"><path d="M18 52h64M18 70h40M74 70h38M18 88h90M18 106h78M18 124h112"/></g>` +
	`<rect class="a-face" x="150" y="44" width="54" height="68" rx="3"/><circle class="a-head" cx="177" cy="70" r="12"/><path class="a-head" d="M155 112c1-32 43-32 44 0z"/>`

// oval is where the face goes: dashed as long as something is not right.
const oval = `<svg class="oval" viewBox="0 0 102 126" fill="none" aria-hidden="true"><ellipse class="o-gap" cx="51" cy="56" rx="31" ry="39" stroke-width="3.400"/><ellipse class="o-line" cx="51" cy="56" rx="31" ry="39" stroke-width="1.800"/></svg>`

// printerArt shows the sheet coming out, or the printer in trouble.
func printerArt(kind string) template.HTML {
	paper := `<path class="a-card" d="M120 170h180v112H120z" stroke-width="3"/><g class="a-text" stroke-width="5" stroke-linecap="round"><path d="M158 190h64M158 206h48M158 222h56M158 246h110M158 262h96"/></g>` +
		`<path class="a-text" d="M140 182v92" stroke-width="3" stroke-dasharray="6 6"/><rect class="a-face" x="252" y="184" width="30" height="40" rx="2"/>`
	if kind == "print" {
		paper = `<path class="a-card" d="M120 170h180v52H120z" stroke-width="3"/><g class="a-text" stroke-width="5" stroke-linecap="round"><path d="M158 190h64M158 206h48"/></g>`
	}
	if kind == "jam" {
		paper = ""
	}
	return template.HTML(`<svg class="art ` + kind + `" viewBox="0 0 440 300" fill="none" aria-hidden="true">` +
		`<path class="a-pad" d="M110 30h200v60H110z" stroke-width="3"/>` +
		`<path class="a-body" d="M70 84h280a14 14 0 0 1 14 14v92a14 14 0 0 1-14 14H70a14 14 0 0 1-14-14V98a14 14 0 0 1 14-14z" stroke-width="3"/>` +
		`<circle class="a-lamp" cx="334" cy="108" r="7"/><path class="a-slot" d="M98 164h224" stroke-width="7" stroke-linecap="round"/>` + paper + `</svg>`)
}

// cameraArt is the camera with a face before it.
func cameraArt() template.HTML {
	return template.HTML(`<svg class="art" viewBox="0 0 440 300" fill="none" aria-hidden="true">` +
		`<rect class="a-body" x="40" y="60" width="150" height="110" rx="14" stroke-width="3"/><circle class="a-card" cx="115" cy="115" r="36" stroke-width="3"/><circle class="a-head" cx="115" cy="115" r="14"/>` +
		`<path class="a-text" d="M205 115h40" stroke-width="4" stroke-dasharray="8 8"/>` +
		`<path class="a-face" d="M262 262c2-42 26-56 52-60h40c26 4 50 18 52 60z"/><ellipse class="a-card" cx="334" cy="128" rx="44" ry="56" stroke-width="3"/></svg>`)
}

// art draws the reader with the card: "wait" above it, "read" on it, "lift"
// and "put" with an arrow up or down, "fault" for what does not work.
func art(kind string) template.HTML {
	switch kind {
	case "print", "printed", "jam":
		return printerArt(kind)
	case "camera":
		return cameraArt()
	}
	place := map[string]string{
		"wait":  `<g transform="translate(118 34) rotate(-7 110 70)">`,
		"read":  `<g transform="translate(110 96)">`,
		"lift":  `<g transform="translate(110 16)">`,
		"put":   `<g transform="translate(110 16)">`,
		"fault": `<g transform="translate(150 30) rotate(-12 110 70)" opacity=".55">`,
	}[kind]
	if place == "" {
		return ""
	}
	arrow := map[string]string{
		"lift": `<path class="a-arrow" d="M372 150V60M352 80l20-22 20 22" stroke-width="6" stroke-linecap="round" stroke-linejoin="round" fill="none"/>`,
		"put":  `<path class="a-arrow" d="M372 58v90M352 128l20 22 20-22" stroke-width="6" stroke-linecap="round" stroke-linejoin="round" fill="none"/>`,
	}[kind]
	return template.HTML(`<svg class="art ` + kind + `" viewBox="0 0 440 300" fill="none" aria-hidden="true">` +
		`<path class="a-body" d="M40 178h360l30 92a10 10 0 0 1-10 14H20a10 10 0 0 1-10-14z" stroke-width="3"/>` +
		`<path class="a-pad" d="M104 196h232l16 62H88z" stroke-width="3" stroke-dasharray="9 7"/>` +
		`<g class="waves" stroke-width="3" stroke-linecap="round"><path d="M196 240a34 20 0 0 1 48 0"/><path d="M180 228a58 32 0 0 1 80 0"/></g>` +
		place + cardDrawing + `</g>` + arrow + `</svg>`)
}

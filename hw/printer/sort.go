package printer

import (
	"strconv"
	"strings"

	"github.com/OpenPrinting/goipp"
)

// Answer is what a printer said to a question it may leave open.
type Answer uint8

// The answers. The zero Answer is Unsaid.
const (
	Unsaid Answer = iota
	No
	Yes
)

// String gives the answer's word.
func (a Answer) String() string {
	switch a {
	case No:
		return "no"
	case Yes:
		return "yes"
	default:
		return "unsaid"
	}
}

func answer(yes bool) Answer {
	if yes {
		return Yes
	}
	return No
}

// Sort is what sort of printer it is, as far as it says.
type Sort struct {
	Wide   Answer // it takes A3 (media-supported)
	Colour Answer // color-supported
	Laser  Answer // it prints with toner (marker-types, printer-supply)
	Speed  int    // pages a minute (pages-per-minute); 0: not said
}

// Takes says whether a document that can be drawn as PDF and as PWG raster
// would go to this printer in one of them.
func (s Status) Takes() bool {
	d := Document{PDF: func() ([]byte, error) { return nil, nil }, Raster: drawNothing, Pages: 1}
	_, err := choose(d, s, "")
	return err == nil
}

// readSort reads what sort of printer it is.
func readSort(v values) Sort {
	var s Sort
	if list := v.strings("media-supported"); len(list) > 0 {
		s.Wide = No
		for _, name := range list {
			if wideMedia(name) {
				s.Wide = Yes
				break
			}
		}
	}
	for _, val := range v.all("color-supported") {
		if b, ok := val.V.(goipp.Boolean); ok {
			s.Colour = answer(bool(b))
		}
	}
	s.Laser = laser(v)
	if n, ok := v.int("pages-per-minute"); ok {
		s.Speed = min(max(n, 0), 1000)
	}
	return s
}

// The size of A3, mm. A maximum of a custom size counts as well as a name.
const (
	a3Short = 297
	a3Long  = 420
)

// wideMedia says whether A3 fits on a medium by its name: a self-describing one
// (PWG 5101.1: iso_a3_297x420mm, custom_max_304.8x457.2mm) or RFC 2911's old one
// (iso-a3-white).
func wideMedia(name string) bool {
	name = strings.ToLower(name)
	if strings.HasPrefix(name, "iso-a3") || name == "a3" {
		return true
	}
	parts := strings.Split(name, "_")
	size, unit := strings.CutSuffix(parts[len(parts)-1], "mm")
	scale := 1.0
	if !unit {
		if size, unit = strings.CutSuffix(size, "in"); !unit {
			return false
		}
		scale = 25.4
	}
	ws, hs, ok := strings.Cut(size, "x")
	w, err := strconv.ParseFloat(ws, 64)
	h, err2 := strconv.ParseFloat(hs, 64)
	if !ok || err != nil || err2 != nil {
		return false
	}
	const slack = .5 // a size in inches is rounded
	return min(w, h)*scale >= a3Short-slack && max(w, h)*scale >= a3Long-slack
}

// laser tells by the consumables: toner is a laser's, ink is not. Names mean
// nothing here, types do.
func laser(v values) Answer {
	types := v.strings("marker-types")
	for _, val := range v.all("printer-supply") {
		raw, ok := val.V.(goipp.Binary)
		if !ok {
			continue
		}
		for _, part := range strings.Split(string(raw[:min(len(raw), 1023)]), ";") {
			if t, ok := strings.CutPrefix(part, "type="); ok {
				types = append(types, t)
			}
		}
	}
	out := Unsaid
	for _, t := range types {
		switch t = strings.ToLower(t); {
		case strings.HasPrefix(t, "toner"):
			return Yes
		case strings.HasPrefix(t, "ink"), strings.HasPrefix(t, "solidwax"), strings.HasPrefix(t, "solid-wax"), strings.HasPrefix(t, "ribbon"):
			out = No
		}
	}
	return out
}

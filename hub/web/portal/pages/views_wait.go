package pages

import "fmt"

// Wait is the page of somebody who must wait, whatever for. It refreshes itself
// by a header, and so without script.
type Wait struct {
	Kind    string // phrase wait.{Kind}, and wait.{Kind}.text: waiting, next, busy, often, crowd
	Ahead   int    // so many stand before her, of waiting
	Minutes int    // so long it will take, upwards; 0 is not known yet
	Seconds int    // until the page asks again
	Away    int    // minutes that she may be away
	Lost    bool   // what she sent could not be kept
	Form    *KeptForm
}

// KeptForm is what she typed, sealed, to be sent again.
type KeptForm struct{ Action, Field, Value string }

// longWait is where minutes are not worth counting any more.
const longWait = 120

// Long is the phrase that says how long.
func (w Wait) Long() string {
	switch {
	case w.Minutes == 0:
		return "wait.long.unknown"
	case w.Minutes == 1:
		return "wait.long.soon"
	case w.Minutes > longWait:
		return "wait.long.hours"
	}
	return "wait.long"
}

// InMinutes reports whether Long takes the minutes.
func (w Wait) InMinutes() bool { return w.Minutes > 1 && w.Minutes <= longWait }

// Place draws only the place, for the frame in the page of a kept form.
func (p *Pages) Place(f Frame, w Wait) ([]byte, error) {
	if f.Lang != En {
		f.Lang = Zh
	}
	html, err := p.Execute("place", "alone", f.Lang, drawn{Frame: f, Body: w, Print: p.Print()})
	if err != nil {
		return nil, fmt.Errorf("portal pages: %w", err)
	}
	return html, nil
}

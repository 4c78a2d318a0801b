package kiosk

import (
	"bytes"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"sync"
	"time"

	"zhunkao/appliance/visit"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/window"
)

// page serves the one page there is.
func (k *Kiosk) page(w http.ResponseWriter, r *http.Request) {
	b, err := k.drawn()
	defer clear(b)
	if err != nil {
		// Our own mistake; she gets a sentence, the loop goes on.
		http.Error(w, "页面画不出来，请工作人员。 The page could not be drawn; please call staff.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(b) // the browser went away
}

// drawn draws the present view. No view is replaced meanwhile: see Show.
func (k *Kiosk) drawn() ([]byte, error) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	v := k.view
	p := page{View: v, Elapsed: time.Since(k.shown), Token: k.token(v.State.Visit, v.State.Turn), Demo: k.o.Demo, Beat: k.o.Beat, words: catalogue()}
	if k.o.Preview != nil && feeding(v.State) {
		p.Feed = "/camera/preview/" + k.feed(v.State)
	}
	return p.draw()
}

// page is a View about to be drawn: what the templates see.
type page struct {
	View
	Elapsed time.Duration // since the view was shown
	Token   string
	Feed    string // address of the live picture; empty: none
	Demo    bool
	Beat    string // see Options.Beat
	Still   bool   // nothing counts or fetches: a page of the gallery
	// StillFeed stands for the live picture in the gallery.
	StillFeed template.URL
	words     map[string]word
}

var templates = sync.OnceValues(func() (*template.Template, error) {
	return template.New("kiosk").Funcs(template.FuncMap{"icon": icon, "art": art, "oval": func() template.HTML { return oval }}).ParseFS(pageFiles, "pages/*.html")
})

func (p page) draw() ([]byte, error) {
	t, err := templates()
	if err != nil {
		return nil, fmt.Errorf("kiosk: templates: %w", err)
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, "page", p); err != nil {
		return nil, fmt.Errorf("kiosk: draw %s: %w", p.State.Screen(), err)
	}
	return b.Bytes(), nil
}

// T gives a text of the catalogue in the language of the visit.
func (p page) T(key string, args ...any) (string, error) {
	if p.State.OnPapers() {
		if of, ok := onPapers()[key]; ok {
			key = of
		}
	} else if of, ok := reviewed()[key]; ok && p.State.Provisional() {
		key = of
	}
	if of, ok := ticketed()[key]; ok && p.State.Ticketing() {
		key = of
	}
	if key == "accepted-lead" && p.State.Alone {
		key = "alone-lead"
	}
	text, err := say(p.words, p.English(), key, args...)
	return cardNamed(text, p.State.CardType()), err
}

// English tells the language of the visit.
func (p page) English() bool { return p.State.Prefs.English }

// In gives a text of the campaign in the language of the visit.
func (p page) In(t visit.Text) string { return t.In(p.English()) }

// Key names the page for the script: a page with another key replaces the
// whole body, one with the same only its live parts.
func (p page) Key() string {
	s := p.State
	return fmt.Sprintf("%d.%d.%s", s.Visit, s.Turn, p.Base())
}

// Base is the screen under the question whether she is still there.
func (p page) Base() visit.Screen {
	s := p.State
	if s.Over == visit.OverStill {
		s.Over = visit.OverNone
	}
	return s.Screen()
}

// Asked: "您还在吗？" lies over the page.
func (p page) Asked() bool { return p.State.Over == visit.OverStill }

// Body names the template of the screen.
func (p page) Body() string {
	switch s := p.Base(); s {
	case visit.ScreenIdle, visit.ScreenFound, visit.ScreenSettle, visit.ScreenPhotoNotice, visit.ScreenPhoto, visit.ScreenPhotoCheck,
		visit.ScreenPhotoAdvice, visit.ScreenRead, visit.ScreenPledge, visit.ScreenPrinting, visit.ScreenTakeSheet, visit.ScreenAccepted, visit.ScreenTicket:
		return string(s)
	case visit.ScreenVerify:
		return string(visit.ScreenFound)
	case visit.ScreenReading, visit.ScreenLooking, visit.ScreenTaking, visit.ScreenSealing, visit.ScreenVerifying:
		return "working"
	}
	return "tell"
}

// Main draws the body of the screen; html/template cannot choose a template by
// name at run time.
func (p page) Main() (template.HTML, error) {
	t, err := templates()
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, p.Body(), p); err != nil {
		return "", err
	}
	return template.HTML(b.String()), nil // made by the template above, escaped there
}

// DocTitle is the document's title, never personal.
func (p page) DocTitle() (string, error) {
	switch p.Base() {
	case visit.ScreenFound, visit.ScreenSettle:
		return p.T("step-found")
	case visit.ScreenPhotoNotice, visit.ScreenPhoto, visit.ScreenPhotoCheck, visit.ScreenPhotoAdvice:
		return p.T("step-photo")
	case visit.ScreenPrinting, visit.ScreenTakeSheet:
		return p.T("step-sheet")
	case visit.ScreenTicket:
		return p.T("ticket-doc")
	case visit.ScreenRead:
		return p.T("step-read")
	case visit.ScreenPledge:
		return p.T("step-sign")
	}
	return p.T("product")
}

// left runs a countdown on to the moment of drawing.
func (p page) left(d time.Duration) int {
	return max(0, int((d-p.Elapsed+time.Second-1)/time.Second))
}

// Seconds are what the screen counts down.
func (p page) Seconds() int { return p.left(p.State.Left()) }

// Minutes are those left of the hard limit, once they are few; else 0.
func (p page) Minutes() int {
	hard := p.State.HardLeft()
	if hard == 0 || hard > 5*time.Minute {
		return 0
	}
	return max(1, (p.left(hard)+59)/60)
}

// clock is the civil time of the drawing, at the point.
func (p page) clock() (time.Time, bool) {
	c := p.Status.Clock
	return c.Add(p.Elapsed).In(window.Zone()), !c.IsZero()
}

// ClockMS is the civil clock for the script, milliseconds, 0 = not known.
func (p page) ClockMS() int64 {
	if c, ok := p.clock(); ok {
		return c.UnixMilli()
	}
	return 0
}

// Day is the date as the header shows it.
func (p page) Day() string {
	c, ok := p.clock()
	switch {
	case !ok:
		return ""
	case p.English():
		return c.Format("Mon 2 Jan")
	}
	return fmt.Sprintf("%d月%d日 星期%s", c.Month(), c.Day(), []string{"日", "一", "二", "三", "四", "五", "六"}[c.Weekday()])
}

// Hour is the time of day as the header shows it.
func (p page) Hour() string {
	if c, ok := p.clock(); ok {
		return c.Format("15:04")
	}
	return "--:--"
}

// Year is shown in the demo, whose year is not ours.
func (p page) Year() string {
	if c, ok := p.clock(); ok {
		return c.Format("2006")
	}
	return ""
}

// step is one step of the rail.
type step struct{ Number, Label, Class, Spoken string }

// Rail is the way through, nil where nobody is on it.
func (p page) Rail() ([]step, error) {
	now := p.railAt()
	if now == "" {
		return nil, nil
	}
	keys := []string{"step-card", "step-found"}
	if p.State.Machine.Camera != visit.CameraNone && (p.State.Provisional() || p.State.Found.Campaign.Policy.Photo != campaign.PhotoChip) {
		keys = append(keys, "step-photo")
	}
	keys = append(keys, "step-read", "step-sign")
	if p.State.Machine.Printer.Fitted {
		keys = append(keys, "step-sheet")
	}
	last := "step-done"
	if now == last && p.State.Paying() {
		last, now = "step-pay", "step-pay"
	}
	keys = append(keys, last)
	at := slices.Index(keys, now)
	var out []step
	for i, key := range keys {
		s := step{Number: fmt.Sprint(i + 1)}
		spoken := "step-is-next"
		switch {
		case i < at || i == at && i == len(keys)-1 && !p.State.Paying():
			s.Class, spoken = "done", "step-is-done"
		case i == at:
			s.Class, spoken = "now", "step-is-now"
		}
		var err error
		if s.Label, err = p.T(key); err != nil {
			return nil, err
		}
		if s.Spoken, err = p.T(spoken); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

func (p page) railAt() string {
	switch p.State.Phase {
	case visit.PhaseReading, visit.PhaseLooking:
		if p.Tickets() {
			return ""
		}
		return "step-card"
	case visit.PhaseFound, visit.PhaseSettle, visit.PhaseStaff:
		return "step-found"
	case visit.PhasePhotoNotice, visit.PhasePhoto, visit.PhaseTaking, visit.PhasePhotoCheck, visit.PhasePhotoAdvice, visit.PhaseNoPhoto:
		return "step-photo"
	case visit.PhaseRead:
		return "step-read"
	case visit.PhasePledge, visit.PhaseSealing, visit.PhaseSealFailed:
		return "step-sign"
	case visit.PhasePrinting, visit.PhaseTakeSheet, visit.PhaseSheetFailed:
		if p.State.Reprinting() || p.State.Ticketing() {
			return ""
		}
		return "step-sheet"
	case visit.PhaseAccepted:
		return "step-done"
	}
	return ""
}

package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"zhunkao/hw/paneltest"
)

// frontBench is the emulated lamps, buttons and contacts with their cable.
type frontBench struct {
	front paneltest.Front
	plug  *paneltest.Plug

	ctx     context.Context // ended by close: lets every button go
	stop    context.CancelFunc
	pressed sync.WaitGroup
}

// How long a press lasts; the driver's long press is three seconds.
const (
	shortPress = 300 * time.Millisecond
	longPress  = 3500 * time.Millisecond
	maxPress   = time.Minute
)

var errNoSuch = errors.New("no such button, contact or fault 没有这个按钮、触点或故障")

// openFront plugs the front in; with link "" there is none.
func openFront(link string) (*frontBench, error) {
	if link == "" {
		return nil, nil
	}
	f := paneltest.NewFront()
	b := &frontBench{front: f, plug: paneltest.NewPlug(f.Board, link)}
	b.ctx, b.stop = context.WithCancel(context.Background())
	if err := b.plug.Plug(); err != nil {
		b.stop()
		return nil, fmt.Errorf("--panel-link: %w", err)
	}
	return b, nil
}

func (b *frontBench) close() error {
	if b == nil {
		return nil
	}
	b.stop()
	b.pressed.Wait()
	return b.plug.Unplug()
}

// changed is closed at the next change; nil, for ever quiet, without a front.
func (b *frontBench) changed() <-chan struct{} {
	if b == nil {
		return nil
	}
	return b.front.Changed()
}

// press holds a button down for a while, and returns at once.
func (b *frontBench) press(button string, long time.Duration) error {
	known := false
	for _, n := range paneltest.ButtonNames {
		known = known || n == button
	}
	if !known || long <= 0 || long > maxPress || b.ctx.Err() != nil {
		return errNoSuch
	}
	b.front.Press(button)
	b.pressed.Go(func() {
		timer := time.NewTimer(long)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-b.ctx.Done():
		}
		b.front.Let(button)
	})
	return nil
}

func (b *frontBench) contact(name string, open bool) error {
	for _, n := range paneltest.ContactNames {
		if n != name {
			continue
		}
		if open {
			b.front.Open(name)
		} else {
			b.front.Shut(name)
		}
		return nil
	}
	return errNoSuch
}

func (b *frontBench) setPlug(in bool) error {
	if in {
		return b.plug.Plug()
	}
	return b.plug.Unplug()
}

// frontState is what GET /api/front answers.
type frontState struct {
	Plugged  bool              `json:"plugged"`
	Link     string            `json:"link"`
	Lamps    map[string]string `json:"lamps"`    // dark, lit or blinks
	Buttons  map[string]bool   `json:"buttons"`  // down
	Contacts map[string]bool   `json:"contacts"` // open
	Asked    int               `json:"asked"`    // times the inputs were read
	Knobs    paneltest.Knobs   `json:"knobs"`
}

func (b *frontBench) state() frontState {
	s := frontState{Plugged: b.plug.In(), Link: b.plug.Link(), Lamps: map[string]string{}, Buttons: map[string]bool{},
		Contacts: map[string]bool{}, Asked: b.front.Asked(2), Knobs: b.front.Knobs()}
	for _, l := range paneltest.LampNames {
		switch {
		case b.front.Blinking(l):
			s.Lamps[l] = "blinks"
		case b.front.Lit(l):
			s.Lamps[l] = "lit"
		default:
			s.Lamps[l] = "dark"
		}
	}
	for _, n := range paneltest.ButtonNames {
		s.Buttons[n] = b.front.Down(n)
	}
	for _, n := range paneltest.ContactNames {
		s.Contacts[n] = b.front.IsOpen(n)
	}
	return s
}

// frontPreset is one fault as a switch, worded under "ffault."+key.
type frontPreset struct {
	key string
	k   paneltest.Knobs
}

func frontPresets() []frontPreset {
	return []frontPreset{
		{"silent", paneltest.Knobs{Silent: true}}, {"third", paneltest.Knobs{DropNth: 3}}, {"badsum", paneltest.Knobs{BadSum: true}},
		{"noise", paneltest.Knobs{Prefix: "00FF01020102AA"}}, {"late", paneltest.Knobs{LateMS: 1200}},
		{"broken", paneltest.Knobs{Exception: 4}}, {"few", paneltest.Knobs{Lines: 2}}, {"stuck", paneltest.Knobs{StuckCoil: 2}},
	}
}

// frontView is what the front's page gets.
type frontView struct {
	Plugged bool
	Asked   bool
	Link    string
	Lamps   []struct{ Name, State string }
	Buttons []named
	// Contacts are On when they are open.
	Contacts []named
	Faults   []lever
	Active   []string
}

type named struct {
	Name string
	On   bool
}

func (b *frontBench) view() *frontView {
	if b == nil {
		return nil
	}
	s := b.state()
	v := &frontView{Plugged: s.Plugged, Asked: s.Asked > 0, Link: s.Link, Faults: []lever{{unplugKey, !s.Plugged}}}
	for _, n := range paneltest.LampNames {
		v.Lamps = append(v.Lamps, struct{ Name, State string }{n, s.Lamps[n]})
	}
	for _, n := range paneltest.ButtonNames {
		v.Buttons = append(v.Buttons, named{n, s.Buttons[n]})
	}
	for _, n := range paneltest.ContactNames {
		v.Contacts = append(v.Contacts, named{n, s.Contacts[n]})
	}
	for _, p := range frontPresets() {
		v.Faults = append(v.Faults, lever{p.key, s.Knobs == p.k})
	}
	for _, f := range v.Faults {
		if f.On {
			v.Active = append(v.Active, f.Key)
		}
	}
	return v
}

// frontRoutes lists the routes of the front.
func (p *panel) frontRoutes(mux *http.ServeMux) {
	if p.front == nil {
		return
	}
	b := p.front
	mux.HandleFunc("GET /front", func(w http.ResponseWriter, r *http.Request) {
		p.render(w, "front.html", http.StatusOK, p.view(w, r, "front"))
	})
	mux.HandleFunc("GET /front/part", func(w http.ResponseWriter, r *http.Request) {
		p.render(w, "front", http.StatusOK, p.view(w, r, "front"))
	})
	mux.HandleFunc("POST /front/press", p.frontForm(func(r *http.Request) error {
		return b.press(r.PostFormValue("button"), pick(r.PostFormValue("how") == "long", longPress, shortPress))
	}))
	mux.HandleFunc("POST /front/contact", p.frontForm(func(r *http.Request) error {
		return b.contact(r.PostFormValue("contact"), r.PostFormValue("open") == "1")
	}))
	mux.HandleFunc("POST /front/fault", p.frontForm(func(r *http.Request) error {
		return b.throw(r.PostFormValue("fault"), r.PostFormValue("on") == "1")
	}))
	mux.HandleFunc("POST /front/healthy", p.frontForm(func(*http.Request) error {
		return errors.Join(b.front.SetKnobs(paneltest.Knobs{}), b.setPlug(true))
	}))
	mux.HandleFunc("POST /front/restart", p.frontForm(func(*http.Request) error {
		b.front.PowerCycle()
		return nil
	}))
	p.frontAPI(mux)
}

// throw throws one switch: the board has one fault at a time.
func (b *frontBench) throw(key string, on bool) error {
	if key == unplugKey {
		return b.setPlug(!on)
	}
	for _, p := range frontPresets() {
		if p.key == key {
			return b.front.SetKnobs(pick(on, p.k, paneltest.Knobs{}))
		}
	}
	return errNoSuch
}

// frontForm runs an act of a form and goes back to the front.
func (p *panel) frontForm(act func(*http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		err := r.ParseForm()
		if err == nil {
			err = act(r)
		}
		if err != nil {
			v := p.view(w, r, "front")
			v.Error = err.Error()
			p.render(w, "front.html", http.StatusUnprocessableEntity, v)
			return
		}
		http.Redirect(w, r, "/front", http.StatusSeeOther)
	}
}

// frontAPI is the front's side of the JSON door: {"button": "help", "ms": 300},
// {"contact": "door", "open": true}, knobs as in paneltest.Knobs, {"in": false}.
func (p *panel) frontAPI(mux *http.ServeMux) {
	b := p.front
	answer := func(w http.ResponseWriter, err error) {
		if err != nil {
			answerJSON(w, http.StatusUnprocessableEntity, map[string]string{"error": err.Error()})
			return
		}
		answerJSON(w, http.StatusOK, b.state())
	}
	mux.HandleFunc("GET /api/front", func(w http.ResponseWriter, _ *http.Request) { answer(w, nil) })
	mux.HandleFunc("POST /api/front/press", func(w http.ResponseWriter, r *http.Request) {
		in := struct {
			Button string `json:"button"`
			MS     int    `json:"ms"`
		}{MS: int(shortPress / time.Millisecond)}
		if decode(w, r, &in) {
			answer(w, b.press(in.Button, time.Duration(in.MS)*time.Millisecond))
		}
	})
	mux.HandleFunc("POST /api/front/contact", func(w http.ResponseWriter, r *http.Request) {
		var in struct {
			Contact string `json:"contact"`
			Open    bool   `json:"open"`
		}
		if decode(w, r, &in) {
			answer(w, b.contact(in.Contact, in.Open))
		}
	})
	mux.HandleFunc("POST /api/front/knob", func(w http.ResponseWriter, r *http.Request) {
		var in paneltest.Knobs
		if decode(w, r, &in) {
			answer(w, b.front.SetKnobs(in))
		}
	})
	mux.HandleFunc("POST /api/front/plug", func(w http.ResponseWriter, r *http.Request) {
		var in struct {
			In bool `json:"in"`
		}
		if decode(w, r, &in) {
			answer(w, b.setPlug(in.In))
		}
	})
}

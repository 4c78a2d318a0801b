package main

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"zhunkao/hw/idcardtest"
)

// form runs an act of a form and goes back to where it came from.
func (p *panel) form(act func(*http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		err := r.ParseForm()
		if err == nil {
			err = act(r)
		}
		back := pick(r.PostFormValue("back") == "faults", "/faults", "/")
		if err != nil {
			page := pick(back == "/faults", "faults", "reader")
			v := p.view(w, r, page)
			v.Error = err.Error()
			p.render(w, pick(page == "faults", "faults.html", "home.html"), http.StatusUnprocessableEntity, v)
			return
		}
		http.Redirect(w, r, back, http.StatusSeeOther)
	}
}

var errNoCard = errors.New("no such card in the deck 没有这张卡")

func (p *panel) place(i int) error {
	e, ok := p.deck.at(i)
	if !ok {
		return errNoCard
	}
	return p.reader.Place(e.Card)
}

func (p *panel) doPlace(r *http.Request) error {
	i, err := strconv.Atoi(r.PostFormValue("card"))
	if err != nil {
		return errNoCard
	}
	return p.place(i)
}

// doLift lifts the card now, or half a second into the next read.
func (p *panel) doLift(r *http.Request) error {
	if r.PostFormValue("when") != "during" {
		p.reader.Lift()
		return nil
	}
	k := p.reader.Knobs()
	k.LiftAfterMS = 500
	return p.reader.SetKnobs(k)
}

func (p *panel) doFault(r *http.Request) error {
	on := r.PostFormValue("on") == "1"
	key := r.PostFormValue("fault")
	if key == unplugKey {
		return p.setPlug(!on)
	}
	for _, pre := range presets() {
		if pre.key == key {
			k := p.reader.Knobs()
			pre.set(&k, on)
			return p.reader.SetKnobs(k)
		}
	}
	return errors.New("no such fault 没有这个故障")
}

func (p *panel) setPlug(in bool) error {
	if in {
		return p.plug.Plug()
	}
	return p.plug.Unplug()
}

// doOverride sets a status for a command, for so many answers, and the delay of
// a read.
func (p *panel) doOverride(r *http.Request) error {
	k := p.reader.Knobs()
	k.SW, k.Only = strings.TrimSpace(r.PostFormValue("sw")), strings.TrimSpace(r.PostFormValue("only"))
	var errs error
	for field, into := range map[string]*int{"times": &k.Times, "drop_nth": &k.DropNth, "late_ms": &k.LateMS, "delay_read_ms": &k.DelayReadMS} {
		*into = 0
		if s := strings.TrimSpace(r.PostFormValue(field)); s != "" {
			n, err := strconv.Atoi(s)
			errs = errors.Join(errs, err)
			*into = n
		}
	}
	if errs != nil {
		return errors.New("give whole numbers 请填整数")
	}
	return p.reader.SetKnobs(k)
}

func (p *panel) doHealthy(*http.Request) error {
	return errors.Join(p.reader.SetKnobs(idcardtest.Knobs{}), p.setPlug(true))
}

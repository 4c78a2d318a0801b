package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"

	"zhunkao/hw/idcardtest"
)

// state is what GET /api/state answers. Of the card on the reader it tells the
// place in the deck only.
type state struct {
	Plugged bool               `json:"plugged"`
	Link    string             `json:"link"`
	Card    int                `json:"card"` // place in the deck; -1 none, -2 one that is not from the deck
	Cards   int                `json:"cards"`
	Reads   int                `json:"reads"` // successful reads so far
	Knobs   idcardtest.Knobs   `json:"knobs"`
	Log     []idcardtest.Entry `json:"log"`
}

func (p *panel) state() state {
	list := p.deck.list()
	s := state{Plugged: p.plug.In(), Link: p.plug.Link(), Card: -1, Cards: len(list), Reads: p.reader.Reads(),
		Knobs: p.reader.Knobs(), Log: p.reader.Log()}
	if card, on := p.reader.Card(); on {
		s.Card = -2
		for i, e := range list {
			if e.Card == card {
				s.Card = i
				break
			}
		}
	}
	return s
}

func (p *panel) apiState(w http.ResponseWriter, _ *http.Request) {
	answerJSON(w, http.StatusOK, p.state())
}

// done answers an act with the new state, or 422 with its error.
func (p *panel) done(w http.ResponseWriter, err error) {
	if err != nil {
		answerJSON(w, http.StatusUnprocessableEntity, map[string]string{"error": err.Error()})
		return
	}
	answerJSON(w, http.StatusOK, p.state())
}

// decode reads the body, which may be empty, into v.
func decode(w http.ResponseWriter, r *http.Request, v any) bool {
	if r.ContentLength == 0 {
		return true
	}
	dec := json.NewDecoder(r.Body)
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		answerJSON(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
		return false
	}
	return true
}

// apiPlace takes {"card": N}, N counting from 0, or {"own": {…}} with the fields
// of a card that is not in the deck.
func (p *panel) apiPlace(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Card *int             `json:"card"`
		Own  *idcardtest.Card `json:"own"`
	}
	if !decode(w, r, &in) {
		return
	}
	switch {
	case in.Own != nil:
		p.done(w, p.reader.Place(*in.Own))
	case in.Card != nil:
		p.done(w, p.place(*in.Card))
	default:
		p.done(w, errNoCard)
	}
}

func (p *panel) apiLift(w http.ResponseWriter, _ *http.Request) {
	p.reader.Lift()
	p.done(w, nil)
}

// apiKnob takes the members of idcardtest.Knobs to change; the others stay. With
// "healthy": true the others are set back first.
func (p *panel) apiKnob(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	var start struct {
		Healthy bool `json:"healthy"`
	}
	if err == nil {
		err = json.Unmarshal(body, &start)
	}
	if err != nil {
		answerJSON(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
		return
	}
	in := struct {
		Healthy bool `json:"healthy"`
		idcardtest.Knobs
	}{}
	if !start.Healthy {
		in.Knobs = p.reader.Knobs()
	}
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	if decode(w, r, &in) {
		p.done(w, p.reader.SetKnobs(in.Knobs))
	}
}

// apiPlug takes {"in": true} or {"in": false}.
func (p *panel) apiPlug(w http.ResponseWriter, r *http.Request) {
	var in struct {
		In bool `json:"in"`
	}
	if !decode(w, r, &in) {
		return
	}
	p.done(w, p.setPlug(in.In))
}

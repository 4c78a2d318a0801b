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
	raw, err := io.ReadAll(r.Body)
	if err == nil {
		err = strict(raw, v)
	}
	if err != nil {
		answerJSON(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
		return false
	}
	return true
}

// strict decodes JSON and takes no member that v lacks.
func strict(raw []byte, v any) error {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	return dec.Decode(v)
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
	if knobs, ok := decodeKnobs(w, r, p.reader.Knobs()); ok {
		p.done(w, p.reader.SetKnobs(knobs))
	}
}

// decodeKnobs reads the members of a device's knobs that are to change; with
// "healthy": true the others are set back first.
func decodeKnobs[K any](w http.ResponseWriter, r *http.Request, now K) (K, bool) {
	var raw map[string]json.RawMessage
	if !decode(w, r, &raw) {
		return now, false
	}
	var healthy bool
	if h, ok := raw["healthy"]; ok {
		delete(raw, "healthy")
		if err := json.Unmarshal(h, &healthy); err != nil {
			answerJSON(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
			return now, false
		}
	}
	if healthy {
		now = *new(K)
	}
	rest, err := json.Marshal(raw)
	if err == nil {
		err = strict(rest, &now)
	}
	if err != nil {
		answerJSON(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
		return now, false
	}
	return now, true
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

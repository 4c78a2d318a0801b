package hub

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"

	"zhunkao/hub/candidate"
	"zhunkao/hub/flow"
	"zhunkao/hub/paper"
	"zhunkao/protocol/sheet"
)

// CardsAsked is what the operator's socket takes: for whom cards are made, and
// where the portal is, as it is typed.
type CardsAsked struct {
	flow.CardsAsked
	Address string `json:"address"`
	Form    string `json:"form"` // FormCards, also if empty, FormList or FormBoth
}

// The forms of paper 12.
const (
	FormCards = "cards"
	FormList  = "list" // for the teacher of a class
	FormBoth  = "both"
)

// lay lays out what is asked for of the same numbers and passwords.
func (a CardsAsked) lay(f *sheet.Fonts, cards paper.Cards) (*sheet.Document, error) {
	out := &sheet.Document{}
	if a.Form != FormList {
		d, err := cards.Layout(f)
		if err != nil {
			return nil, err
		}
		out = d
	}
	if a.Form == FormList || a.Form == FormBoth {
		d, err := paper.CardList(cards).Layout(f)
		if err != nil {
			return nil, err
		}
		out = &sheet.Document{Title: d.Title, Printed: d.Printed, Pages: append(out.Pages, d.Pages...)}
	}
	return out, nil
}

// CardsPrinted is a sheet of sign-in cards. It is given once, and kept nowhere.
type CardsPrinted struct {
	PDF   []byte `json:"pdf"`
	Cards int    `json:"cards"`
	More  bool   `json:"more"` // others of the point have none yet
}

// cards adds to the operator's socket:
//
//	POST /cards CardsAsked → CardsPrinted
//
// The fonts stand ready before a password is made, so that none is made in vain.
func (h *Hub) cards(mux *http.ServeMux) {
	mux.HandleFunc("POST /cards", h.answer(func(r *http.Request) (any, error) {
		var ask CardsAsked
		if err := json.NewDecoder(r.Body).Decode(&ask); err != nil {
			return nil, errAsk
		}
		made, err := h.flow.MakeCards(r.Context(), h.db, h.accounts, ask.CardsAsked, flow.Operator())
		if err != nil {
			return nil, err
		}
		cards := paper.CardsOf(made.Campaign, made.Point.Name, ask.Address, h.Now())
		for _, c := range made.Cards {
			cards.Add(c.Found.Application, c.Sequence, c.Password)
		}
		out := CardsPrinted{Cards: len(made.Cards), More: made.More}
		if out.Cards == 0 {
			return out, nil
		}
		doc, err := ask.lay(h.fonts, cards)
		if err != nil {
			return nil, err
		}
		var file bytes.Buffer
		err = doc.PDF(&file)
		out.PDF = file.Bytes()
		return out, err
	}))
}

// cardCode names a refusal about cards, "" for anything else.
func cardCode(err error) string {
	switch {
	case errors.Is(err, flow.ErrNoCards):
		return "no-cards"
	case errors.Is(err, flow.ErrNoSequence):
		return "no-sequence"
	case errors.Is(err, flow.ErrCards):
		return "bad-cards"
	case errors.Is(err, candidate.ErrNotFound):
		return "no-application"
	}
	return ""
}

package main

import (
	"net/http"
	"strings"

	"zhunkao/hw/idcardtest"
)

// ownForm is the page for a card of one's own.
func (p *panel) ownForm(w http.ResponseWriter, r *http.Request) {
	v := p.view(w, r, "own")
	v.Form = idcardtest.Card{Type: idcardtest.Resident, Sex: "1", Ethnic: "01", ValidFrom: "20190101", ValidTo: "20390101"}
	p.render(w, "own.html", http.StatusOK, v)
}

// ownSave adds the card to the deck and puts it on the reader. With seventeen
// digits for a number the check digit is made; a wrong one is kept as typed.
func (p *panel) ownSave(w http.ResponseWriter, r *http.Request) {
	f := func(name string) string { return strings.TrimSpace(r.PostFormValue(name)) }
	c := idcardtest.Card{
		Type: f("type"), Name: f("name"), NameEn: f("name_en"), Sex: f("sex"), Ethnic: f("ethnic"), Birth: f("birth"),
		Address: f("address"), Number: strings.ToUpper(f("number")), Issuer: f("issuer"), ValidFrom: f("valid_from"), ValidTo: f("valid_to"),
		PassNumber: f("pass_number"), IssueCount: f("issue_count"), Nationality: f("nationality"), NoPortrait: f("no_portrait") != "",
	}
	var err error
	if len(c.Number) == 17 {
		c.Number, err = idcardtest.MakeNumber(c.Number[:6], c.Number[6:14], c.Number[14:])
	}
	var at int
	if err == nil {
		label := c.Name
		if label == "" {
			label = c.NameEn
		}
		at, err = p.deck.add(entry{Label: label, Note: "own", Card: c})
	}
	if err == nil {
		err = p.place(at)
	}
	if err != nil {
		v := p.view(w, r, "own")
		v.Form, v.Error = c, err.Error()
		p.render(w, "own.html", http.StatusUnprocessableEntity, v)
		return
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

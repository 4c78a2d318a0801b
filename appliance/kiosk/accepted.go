package kiosk

import (
	"fmt"
	"html/template"
	"strings"

	"zhunkao/protocol/campaign"
	"zhunkao/protocol/sheet/qr"
	"zhunkao/protocol/window"
)

// mile is one step of what comes after the acceptance.
type mile struct{ Class, Icon, Number, Head, Text string }

// accepted is what the last screen says.
type accepted struct {
	Title, Lead   string
	Number        string // as she tells it to the staff
	Badge         string
	Delivered     bool
	Miles         []mile
	Take, NextWas string
	Pay           *payCode // how to pay now with a telephone; nil where that is not so
}

// payCode is what the last screen shows of paying. It names nobody.
type payCode struct {
	Until, Lead string // until when, and what for
	Sum, Ways   string
	text        string // of the code
}

// Code draws the code, with its quiet zone of four modules.
func (c payCode) Code(label string) (template.HTML, error) {
	q, err := qr.Encode(c.text, qr.M)
	if err != nil {
		return "", err
	}
	return template.HTML(q.SVG(label)), nil // numbers, and a label that is escaped there
}

// payNow is how she pays now: the box has a slip for her, and nothing holds her
// record up: of whoever lacks her guardian's consent the county decides first. Where the campaign's times for paying are not known here, the code's
// page says until when.
func (t *teller) payNow() *payCode {
	s := t.State
	if !s.Paying() || s.Alone {
		return nil
	}
	c := &payCode{Lead: t.t("pay-valid"), Sum: fmt.Sprintf("%d.%02d", s.Sealed.Fee/100, s.Sealed.Fee%100), text: s.Sealed.Slip}
	if season, ok := t.seasonOf(window.Pay); ok {
		c.Until, c.Lead = t.t("pay-until", t.deadline(season.to)), t.t("pay-lead")
	}
	var names []string
	if camp := t.Status.Campaign; camp != nil {
		for _, name := range camp.Payment.Channels {
			if campaign.OnLine(name) {
				names = append(names, t.t("pay-by-"+name))
			}
		}
	}
	if len(names) > 0 {
		c.Ways = t.t("pay-ways", strings.Join(names, t.t("pay-comma")))
	}
	return c
}

// Accepted says how far her record has come.
func (p page) Accepted() (accepted, error) {
	t := &teller{page: p}
	s := p.State
	a := accepted{Number: number(s.Sealed.Record.String()), Delivered: s.Delivered, Lead: t.t("accepted-lead"), Take: t.t("accepted-take"), NextWas: t.t("accepted-next")}
	here := mile{Class: "done", Icon: "check", Head: t.t("accepted-here"), Text: t.t("accepted-no-time", a.Number)}
	if !s.Sealed.At.IsZero() {
		here.Text = t.t("accepted-at", s.Sealed.At.In(window.Zone()).Format("15:04"), a.Number)
	}
	centre := mile{Class: "wait", Icon: "clock", Head: t.t("accepted-wait"), Text: t.t("accepted-wait-of")}
	a.Title, a.Badge = t.t("accepted-offline"), t.t("accepted-badge")
	switch {
	case s.SetAside != "":
		a.Title, a.Lead = t.t("accepted-aside"), t.t("accepted-aside-x")
		centre.Head, centre.Text = t.t("accepted-held"), t.t("accepted-held-x")
	case s.Delivered:
		a.Title, a.Badge = t.t("accepted-title"), t.t("accepted-badge-d")
		centre = mile{Class: "done", Icon: "check", Head: t.t("accepted-sent"), Text: t.t("accepted-sent-x")}
	case p.Status.Linked:
		a.Title = t.t("accepted-sending")
		centre.Text = t.t("accepted-wait-on")
	}
	if a.Pay = t.payNow(); a.Pay != nil {
		a.Title = t.t("pay-title")
	} else {
		a.Miles = []mile{here, centre}
	}
	if s.Provisional() && s.ForDesk == 0 { // else the lead alone says so: there is no room for both
		a.Miles = append(a.Miles, mile{Class: "wait", Icon: "clock", Head: t.t("papers-city"), Text: t.t("papers-city-x")})
	}
	if s.Alone {
		a.Miles = append(a.Miles, mile{Class: "wait", Icon: "clock", Head: t.t("alone-county"), Text: t.t("alone-county-x")})
	}
	if s.ForDesk > 0 {
		a.Miles = append(a.Miles, mile{Class: "wait", Icon: "hand", Head: t.t("accepted-desk"), Text: t.t("accepted-desk-x", s.ForDesk)})
	}
	if t.paidFirst() {
		a.Miles = append(a.Miles, mile{Number: fmt.Sprint(len(a.Miles) + 1), Head: t.t("fee-first"), Text: t.feeFirst()})
	}
	if a.Pay == nil && t.paysLater() {
		a.Miles = append(a.Miles, mile{Number: fmt.Sprint(len(a.Miles) + 1), Head: t.t("accepted-pay"), Text: t.payBefore()})
	}
	return a, t.err
}

// number shows the first eight digits of a record id in two groups.
func number(id string) string {
	if len(id) < 8 {
		return id
	}
	return strings.ToUpper(id[:4] + " " + id[4:8])
}

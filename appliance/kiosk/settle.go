package kiosk

import (
	"zhunkao/appliance/visit"
	"zhunkao/protocol"
	"zhunkao/protocol/form"
)

// settlePage is one difference to decide.
type settlePage struct {
	Title, Lead string
	Which       string // 第 1 处，共 2 处
	Typed, Chip []seg
	Mono        bool
	Clerk       bool   // not hers to decide
	Chosen      string // what she decided before, in words
	UseChip     bool   // … and which of the two that is
	Keep        bool
	Note        string
}

// SettlePage is the difference she is at.
func (p page) SettlePage() (settlePage, error) {
	t := &teller{page: p}
	s := p.State
	asked := s.Asked()
	if s.Asking < 1 || s.Asking > len(asked) {
		return settlePage{}, nil
	}
	d := asked[s.Asking-1]
	field, _ := s.Found.Campaign.Form.Field(d.Field)
	typed, onChip := p.In(visit.Value(s.Found.Campaign, field, d.Typed)), p.In(visit.Value(s.Found.Campaign, field, d.Chip))
	out := settlePage{Which: t.t("settle-which", s.Asking, len(asked)), Clerk: !s.MaySettle(d.Field), Mono: d.Field == form.DocumentNumber}
	out.Title = t.t("settle-title", p.In(visit.Text{Zh: field.Zh, En: visit.Sentence(field.En)}))
	out.Lead, out.Note = t.t("settle-lead"), t.t("settle-card-wrong")
	if out.Clerk {
		out.Lead, out.Note = t.t("settle-clerk"), t.t("settle-clerk-x")
	}
	out.Typed, out.Chip = marked(d, typed, onChip)
	switch s.Decided(d.Field) {
	case protocol.SettledChip:
		out.UseChip, out.Chosen = true, t.t("settle-chosen")
	case protocol.SettledKept, protocol.SettledClerk:
		out.Keep, out.Chosen = true, t.t("settle-chosen")
	}
	return out, t.err
}

// forStaff: she is at a difference that is not hers to settle.
func (p page) forStaff() bool {
	asked := p.State.Asked()
	n := p.State.Asking
	return p.Base() == visit.ScreenSettle && n >= 1 && n <= len(asked) && !p.State.MaySettle(asked[n-1].Field)
}

// settleActs: the campaign decides what may be pressed.
func (p page) settleActs() ([]act, error) {
	back := want{button: visit.ButtonBack, key: "back", icon: "back"}
	asked := p.State.Asked()
	if n := p.State.Asking; n < 1 || n > len(asked) || !p.State.MaySettle(asked[n-1].Field) {
		return p.acts(back, want{button: visit.ButtonWrong, key: "wrong"}, want{button: visit.ButtonGoOn, key: "settle-clerk-on", icon: "next", after: true, main: true})
	}
	return p.acts(back, want{button: visit.ButtonKeep, key: "settle-keep"}, want{button: visit.ButtonUseCard, key: "settle-use", icon: "next", after: true, main: true})
}

package kiosk

import "zhunkao/appliance/visit"

// readPage is one page of the read-through.
type readPage struct {
	visit.Page
	Title, Which string
	Last         bool // the choices are on it
}

// ReadPage is the page she is on.
func (p page) ReadPage() (readPage, error) {
	s := p.State
	t := &teller{page: p}
	if s.Page < 1 || s.Page > len(s.Pages) {
		return readPage{Title: t.t("read-title")}, t.err
	}
	out := readPage{Page: s.Pages[s.Page-1], Title: t.t("read-title")}
	if s.Page == len(s.Pages) {
		out.Last = true
	}
	if out.Last || len(out.Choices) > 0 {
		out.Title = t.t("read-choices")
	}
	if out.Category {
		out.Title = t.t("read-category")
	}
	out.Which = t.t("read-page", s.Page, len(s.Pages), p.In(out.Page.Title))
	return out, t.err
}

// Pledge is the pledge, one sentence an item, in the language she reads.
func (p page) Pledge() []string { return lines(p.State.PledgeText()) }

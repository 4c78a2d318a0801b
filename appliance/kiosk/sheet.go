package kiosk

import "zhunkao/appliance/visit"

// sheetPage is where the paper is.
type sheetPage struct {
	Title, Lead string
	Need        string // what a person must do at the printer
	NeedText    string
	Steps       []string
	Busy        bool
	Reprint     string
}

// SheetPage says how far the paper has come. Only her word makes it printed.
func (p page) SheetPage() (sheetPage, error) {
	t := &teller{page: p}
	s := p.State
	var out sheetPage
	if s.Sheet.Reprint() {
		out.Reprint = t.t("sheet-copy", s.Sheet.Copy)
	}
	switch s.Phase {
	case visit.PhasePrinting:
		out.Title, out.Lead, out.Busy = t.t("printing-title"), t.t("printing-lead"), true
		if n := s.Machine.Printer.Need; n != "" {
			out.Need, out.NeedText, out.Busy = t.t("need-"+string(n)), t.t("need-"+string(n)+"-x"), false
		} else if s.Machine.Printer.Down {
			out.Need, out.NeedText, out.Busy = t.t("need-gone"), t.t("need-gone-x"), false
		}
	case visit.PhaseTakeSheet:
		out.Title, out.Lead = t.t("take-sheet-title"), t.t("take-sheet-lead")
		if s.Sheet.Unknown {
			out.Lead = t.t("take-sheet-unknown")
		}
		out.Steps = []string{t.t("take-sheet-1"), t.t("take-sheet-2")}
	}
	return out, t.err
}

func (p page) sheetActs() ([]act, error) {
	switch p.State.Phase {
	case visit.PhasePrinting:
		return p.acts(want{button: visit.ButtonNoWait, key: "no-wait"})
	case visit.PhaseTakeSheet:
		return p.acts(want{button: visit.ButtonHaveNot, key: "have-not"}, want{button: visit.ButtonHave, key: "have", icon: "check", main: true})
	}
	on := want{button: visit.ButtonGoOn, key: "sheet-on", icon: "next", after: true, main: true}
	if p.State.Reprinting() || p.State.Ticketing() {
		on = want{button: visit.ButtonGoOn, key: "got-it", main: true}
	}
	if p.State.MayPrint() {
		return p.acts(want{button: visit.ButtonRetry, key: "print-again"}, on)
	}
	return p.acts(on)
}

// sheetFailed: there is no paper, and nothing else is lost.
func (t *teller) sheetFailed() {
	if t.State.Ticketing() {
		t.badge("wait", "alert", "ticket-badge")
	} else {
		t.badge("done", "check", "sheet-badge")
	}
	t.head("sheet-none", "sheet-none-x")
	if n := t.State.Sheet.Need; n != "" {
		t.note("wait", "alert", "need-"+string(n), "need-"+string(n)+"-x")
	}
	t.way("sheet-1", "sheet-1x")
	t.way("sheet-2", "sheet-2x")
}

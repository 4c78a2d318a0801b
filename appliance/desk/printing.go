package desk

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"zhunkao/appliance/store"
	"zhunkao/appliance/visit"
	"zhunkao/protocol"
	"zhunkao/protocol/sheet"
)

// The queue before the printer: what waits, what is being printed, what stopped
// and why. Whoever asks for a paper lands here and sees what becomes of it.

// Printing is what the desk asks of the queue before the box's printer. nil
// functions: the box has no printer.
type Printing struct {
	// Ask promises a paper: durable when it returns. Errors: store.ErrPrints,
	// store.ErrFull, of the store.
	Ask func(p store.Print) (store.Print, error)
	// Now is the queue as it stands.
	Now func() (PrintLine, error)
	// Cancel lets go of a paper, Again has one that stopped tried once more.
	// Error: store.ErrNotFound.
	Cancel, Again func(id uint64) error
}

// PrintLine is the queue as it stands. It names nobody.
type PrintLine struct {
	Visits []PrintVisit // sheets of the visit, which go first
	Papers []store.Print
	Ended  []PrintEnd // the last papers of the desk, oldest first
}

// PrintVisit is a visit's sheet: it prints, or waits for what is in the printer.
type PrintVisit struct{ Prints bool }

// PrintOutcome is how a paper left the queue.
type PrintOutcome string

// The outcomes.
const (
	PrintDone  PrintOutcome = "done"   // the printer says that it is on paper
	PrintLetGo PrintOutcome = "let-go" // a clerk did not want it any more, or its time was over
)

// PrintEnd is a paper that left the queue.
type PrintEnd struct {
	ID  uint64
	How PrintOutcome
}

// Why a paper stopped, beside what the printer needs (visit.Need).
const (
	WhyRestart = "restart" // the box was started again meanwhile
	WhyService = string(visit.NeedService)
	WhyGone    = string(visit.NeedGone)
)

// printPage is what the page shows.
type printPage struct {
	PrintLine
	Mine uint64 // the paper that was just asked for; 0: none
	How  PrintOutcome
}

func (p printPage) query() string {
	if p.Mine == 0 {
		return ""
	}
	return "?job=" + strconv.FormatUint(p.Mine, 10)
}

// Listed reports whether the paper that was just asked for is still in the queue.
func (p printPage) Listed() bool {
	return slices.ContainsFunc(p.Papers, func(o store.Print) bool { return o.ID == p.Mine })
}

// withPrinter is for desks whose box has a printer.
func (d *Desk) withPrinter(h func(http.ResponseWriter, *http.Request, *session)) func(http.ResponseWriter, *http.Request, *session) {
	return func(w http.ResponseWriter, r *http.Request, s *session) {
		if d.o.Printing.Ask == nil {
			http.NotFound(w, r)
			return
		}
		h(w, r, s)
	}
}

func (d *Desk) printing(w http.ResponseWriter, r *http.Request, s *session) {
	d.showPrints(w, r, s, "page", "")
}

// printingPart is the live part alone.
func (d *Desk) printingPart(w http.ResponseWriter, r *http.Request, s *session) {
	d.showPrints(w, r, s, "printing", "")
}

func (d *Desk) showPrints(w http.ResponseWriter, r *http.Request, s *session, part, why string) {
	line, err := d.o.Printing.Now()
	if err != nil {
		d.fault(w, r, err)
		return
	}
	x := printPage{PrintLine: line}
	if id, err := strconv.ParseUint(r.URL.Query().Get("job"), 10, 64); err == nil {
		x.Mine = id
		for _, e := range line.Ended {
			if e.ID == id {
				x.How = e.How
			}
		}
	}
	d.show(w, r, s, "printing", part, func(p *page) { p.Prints, p.Error = x, why })
}

// promise puts a paper into the queue and shows what becomes of it.
func (d *Desk) promise(w http.ResponseWriter, r *http.Request, s *session, p store.Print) {
	p.At, p.By = protocol.TimeOf(d.o.Now()), d.act(s)
	p, err := d.o.Printing.Ask(p)
	switch {
	case errors.Is(err, store.ErrPrints):
		d.showPrints(w, r, s, "page", "print-many")
		return
	case errors.Is(err, store.ErrFull):
		d.showPrints(w, r, s, "page", "print-full")
		return
	case err != nil:
		d.fault(w, r, err)
		return
	}
	d.o.Log.Info("desk: a paper is to be printed", "account", s.ID, "paper", string(p.Kind), "number", p.ID)
	http.Redirect(w, r, "/printing?job="+strconv.FormatUint(p.ID, 10), http.StatusSeeOther)
}

// askPrint has a paper of the desk printed that names nobody.
func (d *Desk) askPrint(w http.ResponseWriter, r *http.Request, s *session) {
	switch kind := store.PrintKind(r.PostFormValue("paper")); kind {
	case store.PrintClosing, store.PrintForm, store.PrintGuardian:
		if _, err := d.Paper(store.Print{Kind: kind}); errors.Is(err, store.ErrNotFound) {
			http.NotFound(w, r)
			return
		}
		d.promise(w, r, s, store.Print{Kind: kind})
	default:
		http.NotFound(w, r)
	}
}

// turnPrint does with one paper what a clerk pressed.
func (d *Desk) turnPrint(w http.ResponseWriter, r *http.Request, s *session) {
	id, err := strconv.ParseUint(r.PostFormValue("paper"), 10, 64)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	switch r.PostFormValue("act") {
	case "cancel":
		err = d.o.Printing.Cancel(id)
	case "again":
		err = d.o.Printing.Again(id)
	default:
		http.NotFound(w, r)
		return
	}
	if errors.Is(err, store.ErrNotFound) { // it came out meanwhile
		err = nil
	}
	if err != nil {
		d.fault(w, r, err)
		return
	}
	d.o.Log.Info("desk: the queue before the printer", "account", s.ID, "act", r.PostFormValue("act"), "number", id)
	http.Redirect(w, r, "/printing", http.StatusSeeOther)
}

// Paper makes a paper of the desk as it stands now: all but a reprint, which the
// box makes. Error: store.ErrNotFound when what it is about is gone.
func (d *Desk) Paper(p store.Print) (*sheet.Document, error) {
	switch p.Kind {
	case store.PrintTrust:
		return d.TrustSheet()
	case store.PrintForm:
		return d.PaperForm()
	case store.PrintGuardian:
		return d.GuardianSheet()
	case store.PrintClosing:
		day, there, err := d.o.Store.LastDay()
		if err == nil && (!there || day.Closed == nil) {
			err = store.ErrNotFound
		}
		if err != nil {
			return nil, err
		}
		return d.ClosingSheet(day)
	case store.PrintSlip:
		if p.Token == nil {
			return nil, store.ErrNotFound
		}
		q, err := d.o.Store.Token(*p.Token)
		if err != nil {
			return nil, err
		}
		line, err := d.Line()
		if err != nil {
			return nil, err
		}
		ahead := line.Before(q)
		return d.Slip(q, ahead, line.Wait(ahead))
	}
	return nil, fmt.Errorf("desk: no paper %q", p.Kind)
}

// PaperText names a paper of the queue.
func (p *page) PaperText(x store.Print) (string, error) {
	switch x.Kind {
	case store.PrintSlip:
		return p.T("paper-slip", x.Label)
	case store.PrintReprint:
		return p.T("paper-reprint", x.Sequence)
	case store.PrintTicket:
		return p.T("paper-ticket", x.Record.String()[:6])
	}
	return p.T("paper-" + string(x.Kind))
}

// PaperBy says who asked for a paper.
func (p *page) PaperBy(x store.Print) (string, error) {
	if x.By.Account == "" {
		return p.T("print-by-box")
	}
	return p.StaffName(x.By.Account), nil
}

// PrintMark says how a paper stands.
func (p *page) PrintMark(x store.Print) (m mark, err error) {
	m = map[store.PrintState]mark{
		store.PrintWaiting: {Kind: "wait", Icon: "clock"}, store.PrintBegun: {Kind: "act", Icon: "page"},
		store.PrintStopped: {Kind: "must", Icon: "alert"}, store.PrintUnsure: {Kind: "must", Icon: "alert"},
	}[x.State]
	m.Text, err = p.T("print-" + string(x.State))
	return m, err
}

// PrintWhy says what keeps a paper from coming out, "" when nothing is known.
func (p *page) PrintWhy(x store.Print) (string, error) {
	if x.Why == "" {
		return "", nil
	}
	if x.State == store.PrintUnsure && x.Why == WhyRestart {
		return p.T("print-why-cut")
	}
	if key, ok := needWords[x.Why]; ok {
		return p.T(key)
	}
	if _, ok := catalogue()["print-why-"+x.Why]; ok {
		return p.T("print-why-" + x.Why)
	}
	return p.T("print-why-" + WhyService)
}

// Tryable reports whether a paper waits for a clerk to have it tried again. A
// sheet of which nobody knows whether it is out is asked for anew: its next copy
// has another number.
func (p *page) Tryable(x store.Print) bool {
	return x.State == store.PrintStopped || x.State == store.PrintUnsure && !x.Kind.Personal()
}

// Stuck counts the papers that this clerk asked for, or nobody, and that need
// somebody.
func (p *page) Stuck() (n int, err error) {
	if p.d.o.Printing.Now == nil {
		return 0, nil
	}
	line, err := p.d.o.Printing.Now()
	for _, x := range line.Papers {
		mine := x.By.Account == "" || x.By.Account == p.Session.ID
		if mine && (x.State == store.PrintStopped || x.State == store.PrintUnsure || x.Why != "") {
			n++
		}
	}
	return n, err
}

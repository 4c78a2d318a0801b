package appliance

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"zhunkao/appliance/desk"
	"zhunkao/appliance/spool"
	"zhunkao/appliance/store"
	"zhunkao/hw/fault"
	"zhunkao/hw/printer"
	"zhunkao/protocol/sheet"
)

// The queue before the printer. A visit's sheet takes its turn in line as it
// always did, at once and for itself (paper.go). The papers of the desk are
// promised in the store and brought out one by one by runPrints: what names nobody
// waits for a printer that cannot print now, also through a restart; a sheet of
// somebody does not, for it would come out when somebody else stands there.
type prints struct {
	line  spool.Spool
	poke  chan struct{} // there may be something to do
	ready atomic.Bool   // the printer can print, by its own last word

	mu    sync.Mutex // guards what follows
	now   uint64     // the paper that is on its way, 0: none
	stop  context.CancelFunc
	let   bool   // … and nobody wants it any more
	need  string // … what the printer needs for it
	tries map[uint64]try
	ended []desk.PrintEnd // the last ones, oldest first
}

// try is how often the printer took a paper for nothing, and when it is asked again.
type try struct {
	n     int
	after time.Time // real
}

const (
	// mostTries is how often a paper goes to a printer that calls itself ready and
	// then prints nothing, before a clerk must look.
	mostTries = 3
	// tryAgain is the first pause between two tries; it grows with each.
	tryAgain = 5 * time.Second
	// jobLimit is how long one paper of the desk may keep the printer from others.
	jobLimit = 3 * time.Minute
	// slipLife is how long the slip of a number is of use: whoever drew it has
	// written it down by then, or was called.
	slipLife = 15 * time.Minute
	// mostEnded is how many of the last papers are remembered for who asked.
	mostEnded = 16
)

func newPrints() *prints {
	return &prints{poke: make(chan struct{}, 1), tries: map[uint64]try{}}
}

// look has the worker look again.
func (q *prints) look() {
	if q == nil {
		return
	}
	select {
	case q.poke <- struct{}{}:
	default:
	}
}

// can says whether the printer can print, by its own word.
func (q *prints) can(ready bool) {
	if q == nil {
		return
	}
	if q.ready.Store(ready); ready {
		q.mu.Lock()
		clear(q.tries) // somebody saw to it
		q.mu.Unlock()
		q.look()
	}
}

// printing is what the desk asks of the queue.
func (a *Appliance) printQueue() desk.Printing {
	return desk.Printing{Ask: a.askPrint, Now: a.printsNow, Cancel: a.cancelPrint, Again: a.printAgain}
}

// askPrint promises a paper. May be called beside the loop.
func (a *Appliance) askPrint(p store.Print) (store.Print, error) {
	p, err := a.store.AddPrint(p)
	if err == nil {
		a.prints.look()
		a.desk.Changed()
	}
	return p, err
}

// printsNow is the queue as the desk shows it.
func (a *Appliance) printsNow() (out desk.PrintLine, err error) {
	if out.Papers, err = a.store.Prints(); err != nil {
		return out, err
	}
	q := a.prints
	for _, e := range q.line.Entries() {
		if e.Visit {
			out.Visits = append(out.Visits, desk.PrintVisit{Prints: e.Holds})
		}
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	for i := range out.Papers {
		if p := &out.Papers[i]; p.ID == q.now && q.need != "" {
			p.Why = q.need
		}
	}
	out.Ended = append(out.Ended, q.ended...)
	return out, nil
}

// cancelPrint lets go of a paper of the desk, also of one that is being printed:
// then as much of it may be out as may be. Error: store.ErrNotFound.
func (a *Appliance) cancelPrint(id uint64) error {
	q := a.prints
	q.mu.Lock()
	if q.now == id {
		q.let = true
		q.stop()
		q.mu.Unlock()
		return nil
	}
	q.mu.Unlock()
	if err := a.store.DropPrint(id); err != nil {
		return err
	}
	q.end(id, desk.PrintLetGo)
	a.desk.Changed()
	return nil
}

// printAgain has a paper that stopped tried again, in its old place. Error:
// store.ErrNotFound.
func (a *Appliance) printAgain(id uint64) error {
	q := a.prints
	q.mu.Lock()
	delete(q.tries, id)
	q.mu.Unlock()
	if err := a.store.SetPrint(id, store.PrintWaiting, ""); err != nil {
		return err
	}
	q.look()
	a.desk.Changed()
	return nil
}

func (q *prints) end(id uint64, how desk.PrintOutcome) {
	q.mu.Lock()
	defer q.mu.Unlock()
	delete(q.tries, id)
	q.ended = append(q.ended, desk.PrintEnd{ID: id, How: how})
	q.ended = q.ended[max(0, len(q.ended)-mostEnded):]
}

// runPrints brings the papers of the desk out, one after the other, until ctx
// ends.
func (a *Appliance) runPrints(ctx context.Context) error {
	for {
		p, pause, err := a.nextPrint()
		if err != nil {
			return fmt.Errorf("prints: %w", err)
		}
		if p != nil {
			if err := a.bringOut(ctx, *p); err != nil {
				return fmt.Errorf("prints: %w", err)
			}
			if ctx.Err() == nil {
				continue
			}
		}
		var again <-chan time.Time
		if pause > 0 {
			again = time.After(pause)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-again:
		case <-a.prints.poke:
		}
	}
}

// nextPrint gives the first paper that can be printed now; nil when there is
// none, with how long until there may be one without anybody's doing.
func (a *Appliance) nextPrint() (*store.Print, time.Duration, error) {
	all, err := a.store.Prints()
	if err != nil {
		return nil, 0, err
	}
	q, pause := a.prints, time.Duration(0)
	can := q.ready.Load() && !a.loop.paperOut()
	for _, p := range all {
		if p.State != store.PrintWaiting {
			continue
		}
		if p.Kind == store.PrintSlip && a.clock.Now().Sub(p.At.Time()) > slipLife {
			if err := a.store.DropPrint(p.ID); err != nil {
				return nil, 0, err
			}
			q.end(p.ID, desk.PrintLetGo)
			a.log.Info("the slip of a number was not printed in time; the number counts", "number", p.Token.Number)
			continue
		}
		if !can && !p.Kind.Personal() {
			continue
		}
		q.mu.Lock()
		left := time.Until(q.tries[p.ID].after)
		q.mu.Unlock()
		if left > 0 {
			if pause == 0 || left < pause {
				pause = left
			}
			continue
		}
		return &p, 0, nil
	}
	return nil, pause, nil
}

// bringOut prints one paper. Its error is the store's.
func (a *Appliance) bringOut(ctx context.Context, p store.Print) error {
	q := a.prints
	work, stop := context.WithCancel(ctx)
	defer stop()
	q.mu.Lock()
	q.now, q.stop, q.let, q.need = p.ID, stop, false, ""
	q.mu.Unlock()
	out, why, err := a.bring(work, p, ctx.Done())
	q.mu.Lock()
	let := q.let
	q.now, q.stop, q.need = 0, nil, ""
	q.mu.Unlock()
	if err == nil {
		err = a.noteOut(ctx, p, out, why, let)
	}
	a.desk.Changed()
	return err
}

// bring waits for the printer and prints. why is a need of the printer or one of
// the box's words when nothing came out. ends: see printing.
func (a *Appliance) bring(ctx context.Context, p store.Print, ends <-chan struct{}) (out printer.Outcome, why string, err error) {
	give, err := a.prints.line.Take(ctx, spool.Job{Print: p.ID})
	if err != nil {
		return printer.NotPrinted, "", nil
	}
	defer give()
	if err := a.store.SetPrint(p.ID, store.PrintBegun, ""); err != nil {
		if errors.Is(err, store.ErrNotFound) { // let go of while it waited
			return printer.NotPrinted, "", nil
		}
		return 0, "", err
	}
	a.desk.Changed()
	ctx, stop := context.WithTimeout(ctx, jobLimit)
	defer stop()
	switch p.Kind {
	case store.PrintReprint:
		out, why = a.loop.reprint(ctx, p, ends)
		return out, why, nil
	case store.PrintTicket:
		out, why = a.loop.deskTicket(ctx, p, ends)
		return out, why, nil
	}
	doc, err := a.desk.Paper(p)
	if err != nil {
		a.log.Error("a paper of the desk cannot be made", "paper", string(p.Kind), "err", err)
		return printer.NotPrinted, desk.WhyService, nil
	}
	out, why = a.printDocument(ctx, doc, ends)
	return out, why, nil
}

// noteOut writes down what became of a paper.
func (a *Appliance) noteOut(ctx context.Context, p store.Print, out printer.Outcome, why string, let bool) error {
	q := a.prints
	a.log.Info("paper of the desk", "paper", string(p.Kind), "number", p.ID, "outcome", out.String(), "need", why, "let", let)
	gone := func(how desk.PrintOutcome) error {
		q.end(p.ID, how)
		return a.store.DropPrint(p.ID)
	}
	stands := func(s store.PrintState) error {
		if err := a.store.SetPrint(p.ID, s, why); !errors.Is(err, store.ErrNotFound) {
			return err
		}
		return nil
	}
	switch {
	case out == printer.Printed:
		return gone(desk.PrintDone)
	case let:
		return gone(desk.PrintLetGo)
	case out != printer.NotPrinted:
		if ctx.Err() != nil {
			why = desk.WhyRestart
		}
		return stands(store.PrintUnsure)
	case ctx.Err() != nil: // the box ends, and nothing came out
		return stands(store.PrintWaiting)
	case p.Kind.Personal(), why == desk.WhyService:
		return stands(store.PrintStopped)
	}
	q.mu.Lock()
	t := q.tries[p.ID]
	t.n++
	t.after = time.Now().Add(time.Duration(t.n) * tryAgain)
	q.tries[p.ID] = t
	q.mu.Unlock()
	if t.n >= mostTries {
		return stands(store.PrintStopped)
	}
	return stands(store.PrintWaiting)
}

// printDocument prints a paper that holds nobody's data, and waits for its end.
// The caller has the printer. ends: see printing.
func (a *Appliance) printDocument(ctx context.Context, d *sheet.Document, ends <-chan struct{}) (printer.Outcome, string) {
	job, err := a.printer.Print(ctx, printable(d))
	if err != nil {
		a.log.Warn("a paper of the desk was not taken", "err", err)
		return printer.NotPrinted, desk.WhyService
	}
	var end printer.JobEnded
	for {
		select {
		case <-ends: // the printer is asked to cancel
			return printer.Unknown, ""
		case e, more := <-job.Events():
			if !more {
				return end.Outcome, whyNot(end)
			}
			switch e := e.(type) {
			case printer.JobProgress:
				a.prints.needs(e.Needs)
				a.desk.Changed()
			case printer.JobEnded:
				end = e
			}
		}
	}
}

func (q *prints) needs(all []printer.Need) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.need = warned(all)
}

// whyNot is the need of the printer that kept a job from being printed.
func whyNot(end printer.JobEnded) string {
	switch n := needsOf(end.Needs); {
	case end.Outcome == printer.Printed:
		return ""
	case len(n) > 0:
		return string(n[0])
	case fault.ClassOf(end.Err) == fault.ClassLine:
		return desk.WhyGone
	}
	return ""
}

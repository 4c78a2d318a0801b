package printer

import (
	"context"
	"errors"

	"github.com/OpenPrinting/goipp"

	"zhunkao/hw/fault"
)

// stray is a job that was given up without its end being known. A printer may
// still have it, and print it when it is switched on again, into somebody
// else's hand; so it is cancelled there as soon as there is an answer.
type stray struct {
	id  int
	who identity
}

const maxStrays = 8

// abandon remembers a job.
func (p *Printer) abandon(s stray) {
	p.strayMu.Lock()
	defer p.strayMu.Unlock()
	if len(p.strays) < maxStrays {
		p.strays = append(p.strays, s)
	}
}

// recall cancels what was abandoned. The printer answers just now.
func (p *Printer) recall(ctx context.Context) {
	p.strayMu.Lock()
	list := p.strays
	p.strays = nil
	p.strayMu.Unlock()
	for _, s := range list {
		if p.callBack(ctx, s) {
			p.abandon(s)
		}
	}
}

// callBack cancels one job. It says whether to try again later: the line broke,
// or the printer refused for now. One that came to its end, or is not there, is
// looked after.
func (p *Printer) callBack(ctx context.Context, s stray) (again bool) {
	ask := func(op goipp.Op) (reply, error) {
		r, err := p.wire.ask(ctx, p.jobRequest(op, s.id), p.times.probe)
		if err == nil && !r.ok() {
			err = statusFault(op, r)
		}
		return r, err
	}
	later := func(r reply, err error) bool {
		if r.Message == nil {
			return true
		}
		s := r.status()
		return s != goipp.StatusErrorNotFound && s != goipp.StatusErrorGone && errors.Is(err, fault.Transient)
	}
	r, err := ask(goipp.OpGetJobAttributes)
	if err != nil {
		return later(r, err)
	}
	state, _ := values(r.Job).int("job-state")
	if !s.who.meets(values(r.Job), false) || JobState(state) >= JobCanceled {
		return false
	}
	if r, err = ask(goipp.OpCancelJob); err != nil {
		// Not possible: it is just ending, or it will be possible later.
		again = later(r, err) || r.Message != nil && r.status() == goipp.StatusErrorNotPossible
		if !again {
			p.log.Error("a print job left behind cannot be cancelled and may come out", "job", s.who.nonce, "err", err)
		}
		return again
	}
	p.log.Warn("a print job left behind was cancelled", "job", s.who.nonce, "state", JobState(state))
	return false
}

package printer

import (
	"context"

	"github.com/OpenPrinting/goipp"
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
		ask := func(op goipp.Op) (reply, error) {
			return p.wire.ask(ctx, p.jobRequest(op, s.id), p.times.probe)
		}
		r, err := ask(goipp.OpGetJobAttributes)
		if err != nil {
			p.abandon(s)
			continue
		}
		state, _ := values(r.Job).int("job-state")
		if !r.ok() || !s.who.meets(values(r.Job), false) || JobState(state) >= JobCanceled {
			continue // it is not there, or came to its end
		}
		if _, err := ask(goipp.OpCancelJob); err != nil {
			p.abandon(s)
			continue
		}
		p.log.Warn("a print job left behind was cancelled", "job", s.who.nonce, "state", JobState(state))
	}
}

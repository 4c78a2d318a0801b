package printer

import (
	"context"
	"errors"
	"slices"
	"strings"

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

// sweep looks for jobs that a former run of this program left at the printer,
// as after a power cut, and has recall cancel them. It says whether the printer
// gave its list, so that nobody need ask again.
func (p *Printer) sweep(ctx context.Context) bool {
	if p.opt.User == usualUser {
		return true // whose jobs these are cannot be told
	}
	m := p.wire.request(goipp.OpGetJobs)
	m.Operation.Add(goipp.MakeAttr("requesting-user-name", goipp.TagName, goipp.String(p.opt.User)))
	m.Operation.Add(goipp.MakeAttr("limit", goipp.TagInteger, goipp.Integer(maxSwept)))
	m.Operation.Add(keywordsAttr("requested-attributes", []string{"job-id", "job-state", "job-name", "job-uuid", "job-originating-user-name"}))
	m.Operation.Add(goipp.MakeAttr("which-jobs", goipp.TagKeyword, goipp.String("not-completed")))
	r, err := p.wire.ask(ctx, m, p.times.probe)
	if err != nil {
		return false
	}
	if !r.ok() {
		p.log.Warn("the printer does not tell its jobs: one of an earlier run may come out", "status", r.status())
		return true
	}
	for _, g := range r.Groups {
		v := values(g.Attrs)
		id, _ := v.int("job-id")
		state, _ := v.int("job-state")
		name := v.string("job-name")
		if g.Tag != goipp.TagJobGroup || id <= 0 || JobState(state) >= JobCanceled || v.string("job-originating-user-name") != p.opt.User || p.began(name) {
			continue
		}
		nonce := name[strings.LastIndexByte(name, ' ')+1:]
		p.abandon(stray{id: id, who: identity{name: name, nonce: nonce, known: name, uuid: v.string("job-uuid")}})
	}
	return true
}

// maxSwept bounds the list of jobs that is asked for.
const maxSwept = 50

// began says whether a job of this name is one of this run's.
func (p *Printer) began(name string) bool {
	p.strayMu.Lock()
	defer p.strayMu.Unlock()
	return slices.ContainsFunc(p.nonces, func(n string) bool { return strings.Contains(name, n) })
}

// begin notes the sign of a job of this run. Only the newest can still be at
// the printer when its list is asked for.
func (p *Printer) begin(nonce string) {
	p.strayMu.Lock()
	defer p.strayMu.Unlock()
	p.nonces = append(p.nonces, nonce)
	if len(p.nonces) > maxStrays {
		p.nonces = p.nonces[1:]
	}
}

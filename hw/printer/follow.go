package printer

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/OpenPrinting/goipp"

	"zhunkao/hw/fault"
)

// pursuit is the following of one job.
type pursuit struct {
	*Job
	ctx     context.Context // ends when the job is no longer wanted
	why     error           // why it is being cancelled; nil while it is not
	until   time.Time       // of a cancelled job: how long it is still asked about
	told    bool            // the printer has taken Cancel-Job
	begun   time.Time
	word    time.Time // the last word of it
	moved   time.Time // when it last got on
	drifted bool
	amiss   error
}

// follow asks about the job until its end is known, or can no longer be. With
// why it is cancelled from the start. amiss is why it is not certain that the
// printer has the whole document; nil if it said so.
func (j *Job) follow(ctx context.Context, why, amiss error) JobEnded {
	now := time.Now()
	f := &pursuit{Job: j, ctx: ctx, begun: now, word: now, moved: now, amiss: amiss, drifted: j.past}
	if why != nil {
		f.cancelled(why)
	}
	for {
		if end, over := f.step(); over {
			return end
		}
		if wait(f.asking(), f.pause()) != nil && f.why == nil {
			if errors.Is(context.Cause(f.ctx), ErrLeft) && (f.amiss == nil || f.past) {
				return JobEnded{Outcome: Unknown, Pages: f.last.Pages, Needs: f.last.Needs, Err: fault.New(fault.Closed, "print", "", ErrLeft)}
			}
			f.cancelled(fault.New(fault.Closed, "print", "cancelled by us", ctx.Err()))
		}
	}
}

// soon is the shortest pause between two looks at a job.
const soon = 40 * time.Millisecond

// pause is short at first, for somebody waits for the sheet, and grows with the
// job, up to what a printer that has none is asked with.
func (f *pursuit) pause() time.Duration {
	return min(f.p.times.again, max(soon, time.Since(f.begun)/16))
}

// asking is the context of exchanges: a cancelled job is still asked about.
func (f *pursuit) asking() context.Context {
	if f.why != nil {
		return context.WithoutCancel(f.ctx)
	}
	return f.ctx
}

func (f *pursuit) cancelled(why error) {
	f.why, f.until = why, time.Now().Add(f.p.times.settle)
}

// step is one look at the job.
func (f *pursuit) step() (JobEnded, bool) {
	if f.why == nil && time.Since(f.begun) > f.p.opt.Limit {
		f.cancelled(fault.New(fault.Timeout, "print", "", errLimit))
	}
	if f.why != nil && !f.told {
		r, err := f.p.wire.ask(f.asking(), f.request(goipp.OpCancelJob), f.p.times.probe)
		f.told = err == nil && (r.ok() || r.status() == goipp.StatusErrorNotPossible)
	}
	limit := f.p.times.exchange
	if f.drifted || f.why != nil {
		limit = f.p.times.probe
	}
	r, err := f.p.wire.ask(f.asking(), f.request(goipp.OpGetJobAttributes), limit)
	switch {
	case errors.Is(err, fault.Closed):
		return JobEnded{}, false // cancelled just now: follow sees to it
	case err == nil && (r.status() == goipp.StatusErrorNotFound || r.status() == goipp.StatusErrorGone):
		return f.unknown(fault.New(fault.Line, "print", "the printer does not know the job any more", nil)), true
	case err == nil && !r.ok():
		err = statusFault(goipp.OpGetJobAttributes, r)
	}
	if err == nil {
		return f.judge(values(r.Job))
	}
	return f.silence(err)
}

// silence is no word of the job.
func (f *pursuit) silence(err error) (JobEnded, bool) {
	if !f.drifted {
		f.drifted = true
		f.p.log.Warn("no word of the print job", "job", f.nonce, "err", err)
		f.say(JobAdrift{Err: err})
		f.last = JobProgress{}
	}
	if time.Since(f.word) > f.p.times.adrift || f.why != nil && time.Now().After(f.until) {
		return f.unknown(err), true
	}
	return JobEnded{}, false
}

// judge reads what the printer says of the job.
func (f *pursuit) judge(v values) (JobEnded, bool) {
	state, ok := v.int("job-state")
	if id, said := v.int("job-id"); !ok || state < int(JobPending) || state > int(JobCompleted) || said && id != f.id {
		return f.silence(fault.New(fault.Line, "print", "the answer is about no job, or another", nil))
	}
	if !f.who.meets(v, !f.drifted) {
		return f.unknown(fault.New(fault.Line, "print", "the number now belongs to another job: the printer was restarted", nil)), true
	}
	f.word, f.drifted = time.Now(), false
	now := JobProgress{State: JobState(state), Pages: pagesDone(v), Needs: f.last.Needs}
	if now.State >= JobCanceled {
		f.last.Pages = now.Pages
		return f.ended(now, words(v, "job-state-reasons")), true
	}
	if now.State != f.last.State || now.Pages != f.last.Pages {
		f.moved = time.Now()
	}
	if s, err := f.p.status(f.asking(), f.p.times.probe); err == nil {
		f.status, now.Needs = s, s.Needs()
		if len(now.Needs) == 0 && (now.State == JobStopped || time.Since(f.moved) > f.p.times.suspect) {
			now.Needs = s.suspects()
		}
	}
	f.progress(now)
	// A printer that still waits for the document will wait in vain.
	if f.amiss != nil && f.why == nil && now.State <= JobHeld && time.Since(f.begun) > f.p.times.stall {
		f.cancelled(f.amiss)
	}
	if f.why != nil && time.Now().After(f.until) {
		return f.unknown(f.why), true
	}
	return JobEnded{}, false
}

// ended turns a final state into the end.
func (f *pursuit) ended(now JobProgress, reasons []string) JobEnded {
	end := JobEnded{Pages: now.Pages}
	said := func(list ...string) bool {
		return slices.ContainsFunc(list, func(s string) bool { return slices.Contains(reasons, s) })
	}
	detail := strings.Join(reasons[:min(len(reasons), 4)], ",")
	switch now.State {
	case JobCanceled:
		end.Outcome, end.Err = Cancelled, f.why
		if end.Err == nil {
			end.Err = fault.New(fault.Closed, "print", "cancelled at the printer: "+detail, nil)
		}
	case JobAborted:
		word := fault.Device
		if said("document-format-error", "unsupported-document-format", "document-unprintable-error", "unsupported-attributes-or-values", "compression-error") {
			word = fault.Unsupported
		}
		end.Outcome, end.Err = Aborted, fault.New(word, "print", "aborted: "+detail, f.why)
	default:
		switch {
		case said("job-completed-with-errors"):
			end.Err = fault.New(fault.Device, "print", "completed with errors", nil)
		case said("job-completed-with-warnings"):
			end.Outcome, end.Warnings = Printed, true
		case said("job-completed-successfully"):
			end.Outcome = Printed
		default:
			end.Err = fault.New(fault.Line, "print", "completed, and it does not say how: "+detail, nil)
		}
	}
	if end.Outcome != Printed {
		if s, err := f.p.status(context.WithoutCancel(f.ctx), f.p.times.probe); err == nil {
			end.Needs = s.Needs()
		}
	}
	return end
}

func (f *pursuit) unknown(err error) JobEnded {
	f.p.abandon(stray{id: f.id, who: f.who})
	if f.why != nil && !errors.Is(err, f.why) {
		err = errors.Join(err, f.why)
	}
	return JobEnded{Outcome: Unknown, Pages: f.last.Pages, Needs: f.last.Needs, Err: err}
}

// pagesDone reads the count of impressions, in whichever attribute it is.
func pagesDone(v values) int {
	for _, name := range []string{"job-impressions-completed", "job-media-sheets-completed", "job-pages-completed"} {
		if n, ok := v.int(name); ok && n > 0 {
			return n
		}
	}
	return 0
}

// identity holds a job number to one job. Printers count from 1 again after a
// restart, and then the number belongs to whoever came next.
type identity struct {
	name, nonce string // as we gave it
	known       string // as the printer gives it
	strict      bool   // of another run: without its name it is not ours
	uuid        string
	created     int
	dated       bool
}

// meets says whether v is about our job. unbroken: nothing was amiss since the
// printer took it, so that a name we did not give is the printer's own habit.
func (i *identity) meets(v values, unbroken bool) bool {
	name := v.string("job-name")
	if name == "" && i.strict {
		return false
	}
	if name != "" {
		switch {
		case i.known != "":
			if name != i.known {
				return false
			}
		case strings.Contains(name, i.nonce), strings.HasPrefix(i.name, name), unbroken:
			i.known = name
		default:
			return false
		}
	}
	if uuid := v.string("job-uuid"); uuid != "" {
		if i.uuid != "" && uuid != i.uuid {
			return false
		}
		i.uuid = uuid
	}
	if at, ok := v.int("time-at-creation"); ok {
		if i.dated && at != i.created {
			return false
		}
		i.created, i.dated = at, true
	}
	return true
}

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

// Job is one document on its way. It goes on by itself; who does not want it
// any more calls Cancel.
type Job struct {
	p      *Printer
	doc    Document
	name   string // what the printer is told, unlike any other job's
	nonce  string
	events chan JobEvent
	stop   context.CancelCauseFunc
	done   chan struct{}

	// The rest belongs to run; end is safe to read once done is closed.
	end    JobEnded
	pdf    []byte
	plan   plan
	status Status
	last   JobProgress
	id     int
	who    identity
	past   bool // begun by another run
}

// Print begins to print doc and returns at once; what becomes of it the Job
// tells. The error is a mistake in doc, or fault.Busy while another job of this
// Printer is under way; nothing was sent then. When ctx ends the job is
// cancelled at the printer, and still followed for some seconds to learn what
// became of it.
func (p *Printer) Print(ctx context.Context, doc Document) (*Job, error) {
	if err := doc.check(); err != nil {
		return nil, err
	}
	return p.start(ctx, doc, (*Job).run)
}

// start begins a job that work sees to its end.
func (p *Printer) start(ctx context.Context, doc Document, work func(*Job, context.Context) JobEnded) (*Job, error) {
	if !p.atWork.CompareAndSwap(false, true) {
		return nil, fault.New(fault.Busy, "print", "another document is under way", nil)
	}
	if doc.Sign == "" {
		doc.Sign = NewSign()
	}
	j := &Job{p: p, doc: doc, nonce: doc.Sign, events: make(chan JobEvent, 128), done: make(chan struct{})}
	j.name = strings.TrimSpace(doc.Name + " " + j.nonce)
	j.who = identity{name: j.name, nonce: j.nonce}
	p.begin(j.nonce)
	ctx, j.stop = context.WithCancelCause(ctx)
	go func() {
		defer p.wire.idle()
		defer j.stop(nil)
		end := work(j, ctx)
		j.pdf = nil
		p.log.Info("print job ended", "job", j.nonce, "outcome", end.Outcome, "pages", end.Pages, "err", end.Err)
		j.end = end
		p.atWork.Store(false)
		j.events <- end // there is always room: say leaves it
		close(j.events)
		close(j.done)
	}()
	return j, nil
}

// Events delivers what happens, in order, and is closed after JobEnded. The job
// does not wait for its receiver; of one that stays away many JobProgress are
// lost, and nothing else.
func (j *Job) Events() <-chan JobEvent { return j.events }

// Cancel asks for the job's end. It returns at once; JobEnded says what became
// of it, and may be Printed when it was too late.
func (j *Job) Cancel() { j.stop(nil) }

// Leave ends the following and leaves the job to the printer: JobEnded says Unknown,
// and another run asks about it with Follow. A document that is still on its way
// is cancelled instead, for it must not come out half.
func (j *Job) Leave() { j.stop(ErrLeft) }

// ErrLeft is why a job that was left ended.
var ErrLeft = errors.New("printer: the job was left to the printer")

// Wait returns the end, or ctx's error; the job goes on after that.
func (j *Job) Wait(ctx context.Context) (JobEnded, error) {
	select {
	case <-j.done:
		return j.end, nil
	case <-ctx.Done():
		return JobEnded{}, ctx.Err()
	}
}

// say delivers an event while there is room, and keeps a place for the end.
func (j *Job) say(e JobEvent) {
	if len(j.events) < cap(j.events)-1 {
		j.events <- e
	}
}

// progress says what changed.
func (j *Job) progress(now JobProgress) {
	if now.State == j.last.State && now.Pages == j.last.Pages && slices.Equal(now.Needs, j.last.Needs) {
		return
	}
	j.last = now
	j.p.log.Info("print job", "job", j.nonce, "state", now.State, "pages", now.Pages, "needs", now.Needs)
	j.say(now)
}

// run takes the document from the first question to the end.
func (j *Job) run(ctx context.Context) JobEnded {
	if err := j.prepare(ctx); err != nil {
		return j.not(err)
	}
	if j.status.validate {
		r, err := j.insist(ctx, goipp.OpValidateJob, func() (reply, error) {
			return j.p.wire.ask(ctx, j.request(goipp.OpValidateJob), j.p.times.exchange)
		})
		// A printer that lists Validate-Job and does not know it prints all the same.
		if err != nil && (r.Message == nil || r.status() != goipp.StatusErrorOperationNotSupported) {
			return j.not(err)
		}
	}
	op := goipp.OpPrintJob
	if j.status.createJob {
		op = goipp.OpSendDocument
		r, err := j.insist(ctx, goipp.OpCreateJob, func() (reply, error) {
			// Also for who has given up: a job of which the number was never heard
			// cannot be taken back.
			return j.p.wire.ask(context.WithoutCancel(ctx), j.request(goipp.OpCreateJob), j.p.times.exchange)
		})
		if err != nil {
			return j.not(err)
		}
		if j.id = jobID(r); j.id == 0 {
			return j.not(fault.New(fault.Line, "Create-Job", "no job number in the answer", nil))
		}
		j.who.meets(values(r.Job), true) // what it is to be known by from now on
	}
	return j.deliver(ctx, op)
}

// prepare asks the printer, and chooses how the document goes.
func (j *Job) prepare(ctx context.Context) error {
	var err error
	if j.status, err = j.p.status(ctx, j.p.times.exchange); err != nil {
		return err
	}
	j.p.recall(ctx)
	if j.plan, err = choose(j.doc, j.status, j.p.opt.Format); err != nil {
		return err
	}
	if needs := j.status.Needs(); len(needs) > 0 {
		return fault.New(fault.Attention, "print", needs[0].String(), nil)
	}
	if j.plan.format == FormatPDF {
		err := shielded(func() (err error) { j.pdf, err = j.doc.PDF(); return err })
		if err != nil {
			return err
		}
		if len(j.pdf) == 0 || len(j.pdf) > maxPDF {
			return errors.New("printer: the PDF is empty or larger than 32 MiB")
		}
	}
	return nil
}

// not is the end of a document of which the printer has nothing. A job made for
// it is taken back.
func (j *Job) not(err error) JobEnded {
	if j.id != 0 {
		ctx, cancel := context.WithTimeout(context.Background(), 2*j.p.times.probe)
		defer cancel()
		if j.p.callBack(ctx, stray{id: j.id, who: j.who}) {
			j.p.abandon(stray{id: j.id, who: j.who}) // empty, and yet in everybody's way until the printer drops it
		}
	}
	end := JobEnded{Outcome: NotPrinted, Err: err}
	if errors.Is(err, fault.Attention) {
		end.Needs = j.status.Needs()
	}
	return end
}

// insist asks until the printer is free, with growing pauses and an end. The
// error is nil only after a successful answer.
func (j *Job) insist(ctx context.Context, op goipp.Op, ask func() (reply, error)) (reply, error) {
	t := j.p.times
	pause, end := t.busyFirst, time.Now().Add(t.busyLimit)
	for try := 1; ; try++ {
		r, err := ask()
		if err == nil && !r.ok() {
			err = statusFault(op, r)
		}
		if err == nil || !busy(r, err) || time.Now().After(end) {
			return r, err
		}
		j.say(JobBusy{Attempt: try})
		if waited := wait(ctx, pause); waited != nil {
			return r, fault.New(fault.Closed, op.String(), "cancelled while the printer was busy", waited)
		}
		pause = min(2*pause, t.busyLast)
	}
}

// busy says whether the printer refused for now, and therefore took nothing.
func busy(r reply, err error) bool {
	var code httpError
	if errors.As(err, &code) {
		return errors.Is(err, fault.Transient)
	}
	if r.Message == nil {
		return false
	}
	switch r.status() {
	case goipp.StatusErrorBusy, goipp.StatusErrorTemporary, goipp.StatusErrorServiceUnavailable, goipp.StatusErrorTooManyJobs:
		return true
	}
	return false
}

func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// request makes the message of one operation for this job.
func (j *Job) request(op goipp.Op) *goipp.Message {
	switch op {
	case goipp.OpGetJobAttributes, goipp.OpCancelJob:
		return j.p.jobRequest(op, j.id)
	}
	m := j.p.wire.request(op)
	add := func(name string, tag goipp.Tag, v goipp.Value) { m.Operation.Add(goipp.MakeAttr(name, tag, v)) }
	if op == goipp.OpSendDocument {
		add("job-id", goipp.TagInteger, goipp.Integer(j.id))
	}
	add("requesting-user-name", goipp.TagName, goipp.String(j.p.opt.User))
	switch op {
	case goipp.OpValidateJob, goipp.OpCreateJob, goipp.OpPrintJob:
		add("job-name", goipp.TagName, goipp.String(j.name))
		add("ipp-attribute-fidelity", goipp.TagBoolean, goipp.Boolean(false))
		job := func(name string, tag goipp.Tag, v goipp.Value) { m.Job.Add(goipp.MakeAttr(name, tag, v)) }
		if j.plan.copies > 1 {
			job("copies", goipp.TagInteger, goipp.Integer(j.plan.copies))
		}
		job("media", goipp.TagKeyword, goipp.String("iso_a4_210x297mm"))
		job("sides", goipp.TagKeyword, goipp.String("one-sided"))
	case goipp.OpSendDocument:
		add("document-name", goipp.TagName, goipp.String(j.name))
	}
	switch op {
	case goipp.OpValidateJob, goipp.OpPrintJob, goipp.OpSendDocument:
		add("document-format", goipp.TagMimeType, goipp.String(j.plan.format))
	}
	if op == goipp.OpSendDocument {
		add("last-document", goipp.TagBoolean, goipp.Boolean(true))
	}
	return m
}

// jobRequest makes the message of an operation about a job that is there.
func (p *Printer) jobRequest(op goipp.Op, id int) *goipp.Message {
	m := p.wire.request(op)
	m.Operation.Add(goipp.MakeAttr("job-id", goipp.TagInteger, goipp.Integer(id)))
	m.Operation.Add(goipp.MakeAttr("requesting-user-name", goipp.TagName, goipp.String(p.opt.User)))
	if op == goipp.OpGetJobAttributes {
		m.Operation.Add(keywordsAttr("requested-attributes", []string{"job-id", "job-state", "job-state-reasons", "job-name", "job-uuid",
			"time-at-creation", "job-impressions-completed", "job-media-sheets-completed", "job-pages-completed"}))
	}
	return m
}

// jobID reads the number of the job that an answer is about; 0 if there is none.
func jobID(r reply) int {
	id, _ := values(r.Job).int("job-id")
	return max(id, 0)
}

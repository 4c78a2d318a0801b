package printer

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"zhunkao/hw/fault"
)

// Options configure a Printer.
type Options struct {
	// URI is ipp://host[:port]/path or ipps://…; http:// and https:// mean the
	// same (ipp-usb gives http://localhost:60000/ipp/print). Port 631 and path
	// /ipp/print where missing, except that http and https keep their own ports.
	// Required.
	URI string
	// Pin is the SHA-256 of the printer's public key (SubjectPublicKeyInfo), as
	// Pinned was given it. Empty: the key met first is taken. Only for TLS.
	Pin []byte
	// Pinned is called once, with the key met first, before anything is said to
	// the printer; the caller keeps it and gives it as Pin from then on. Its error
	// ends the connection. May be nil.
	Pinned func(pin []byte) error
	// User is told to the printer as the sender. Default "box". With another name,
	// which must be this program's alone at the printer, Run cancels at its start
	// what a former run left there: after a power cut nothing of one person comes
	// out for the next.
	User string
	// Format leaves the printer no choice: FormatPDF or FormatRaster. Default: PDF
	// if it can, else raster.
	Format string
	// Limit is how long a document may take from the moment the printer has it,
	// waiting for paper included; then it is cancelled. Default ten minutes.
	Limit time.Duration
	// Log takes one line for each change of state; nil is slog.Default().
	Log *slog.Logger
}

// timing has the times that tests shorten.
type timing struct {
	watch     time.Duration // between two looks at an idle printer
	again     time.Duration // between two looks at a lost one, and at a job
	dial      time.Duration
	probe     time.Duration // an exchange with a lost printer; grows up to exchange
	exchange  time.Duration // an exchange without a document
	cont      time.Duration // wait for 100-continue
	stall     time.Duration // the document does not move and nobody is needed
	adrift    time.Duration // no word of a job
	suspect   time.Duration // a job that does not get on makes a warning a need
	settle    time.Duration // a cancelled job comes to its end
	busyFirst time.Duration
	busyLast  time.Duration
	busyLimit time.Duration
}

func usualTiming() timing {
	return timing{watch: 2 * time.Second, again: time.Second, dial: time.Second, probe: 1500 * time.Millisecond,
		exchange: 10 * time.Second, cont: 2 * time.Second, stall: 30 * time.Second, adrift: time.Minute, suspect: 8 * time.Second, settle: 15 * time.Second,
		busyFirst: 500 * time.Millisecond, busyLast: 5 * time.Second, busyLimit: 2 * time.Minute}
}

// Printer is one printer. Run watches it, Print prints; neither needs the other.
// All methods may be called at the same time.
type Printer struct {
	opt    Options
	log    *slog.Logger
	times  timing
	wire   *wire
	events chan Event
	atWork atomic.Bool // a job is under way

	strayMu sync.Mutex // guards strays
	strays  []stray
	nonces  []string // of this run's newest jobs
}

const usualUser = "box"

// New makes a Printer. It says nothing to it yet.
func New(opt Options) (*Printer, error) {
	if opt.User == "" {
		opt.User = usualUser
	}
	if opt.Limit <= 0 {
		opt.Limit = 10 * time.Minute
	}
	if f := opt.Format; f != "" && f != FormatPDF && f != FormatRaster {
		return nil, fmt.Errorf("printer: format %.40q cannot be made", f)
	}
	log := opt.Log
	if log == nil {
		log = slog.Default()
	}
	p := &Printer{opt: opt, log: log.With("worker", "printer"), times: usualTiming(), events: make(chan Event, 16)}
	var err error
	p.wire, err = newWire(opt, &p.times)
	return p, err
}

// Events delivers what Run finds, in order. It is never closed. While Run runs
// somebody must receive, or Run waits; jobs do not.
func (p *Printer) Events() <-chan Event { return p.events }

// Status asks the printer once. The error carries a hw/fault word.
func (p *Printer) Status(ctx context.Context) (Status, error) {
	return p.status(ctx, p.times.exchange)
}

// Run watches the printer until ctx ends and returns ctx's error. It can be
// called again after it returned, not twice at the same time.
func (p *Printer) Run(ctx context.Context) error {
	defer p.wire.idle()
	var (
		last    Event
		probe   = p.times.exchange
		pause   time.Duration
		timer   = time.NewTimer(0)
		unsound int // failures in a row
		swept   bool
	)
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
		case <-ctx.Done():
			return ctx.Err()
		}
		status, err := p.status(ctx, probe)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		var now Event
		switch {
		case err == nil:
			now, unsound, pause, probe = p.judge(status), 0, p.times.watch, p.times.exchange
			swept = swept || p.sweep(ctx)
			p.recall(ctx)
		default:
			unsound++
			pause = p.times.again
			// A printer that takes the connection and is slow gets more time with
			// each try; one that is not there is looked for at short intervals, so
			// that its return is seen soon.
			if errors.Is(err, fault.Timeout) && unsound > 1 {
				probe = min(probe*2, p.times.exchange)
			} else {
				probe = p.times.probe
			}
			now = misfortune(err)
		}
		if !same(last, now) {
			last = now
			p.tell(now)
			select {
			case p.events <- now:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		timer.Reset(pause)
	}
}

// judge makes an event of a status.
func (p *Printer) judge(s Status) Event {
	// A plan for a document that comes both ways shows whether any could go.
	sample := Document{PDF: func() ([]byte, error) { return nil, nil }, Raster: drawNothing, Pages: 1}
	if _, err := choose(sample, s, p.opt.Format); err != nil {
		return Fault{Err: err}
	}
	if len(s.Needs()) > 0 {
		return Trouble{Status: s}
	}
	return Ready{Status: s}
}

// misfortune makes an event of an error.
func misfortune(err error) Event {
	switch fault.ClassOf(err) {
	case fault.ClassUnsupported, fault.ClassDevice:
		return Fault{Err: err}
	}
	if errors.Is(err, fault.Denied) {
		return Fault{Err: err}
	}
	return Lost{Err: err}
}

// same says whether b would tell nobody anything after a.
func same(a, b Event) bool {
	switch b := b.(type) {
	case Ready:
		a, ok := a.(Ready)
		return ok && slices.Equal(a.Status.Warnings(), b.Status.Warnings())
	case Trouble:
		a, ok := a.(Trouble)
		return ok && slices.Equal(a.Status.Needs(), b.Status.Needs()) && slices.Equal(a.Status.Warnings(), b.Status.Warnings())
	case Fault:
		a, ok := a.(Fault)
		return ok && fault.WordOf(a.Err) == fault.WordOf(b.Err)
	case Lost:
		_, ok := a.(Lost)
		return ok
	}
	return false
}

// tell logs a change.
func (p *Printer) tell(e Event) {
	switch e := e.(type) {
	case Ready:
		p.log.Info("printer is ready", "state", e.Status.State, "warnings", e.Status.Warnings())
	case Trouble:
		p.log.Warn("printer needs somebody", "needs", e.Status.Needs(), "state", e.Status.State)
	case Fault:
		p.log.Error("printer cannot be used", "err", e.Err)
	case Lost:
		p.log.Warn("printer is lost", "err", e.Err)
	}
}

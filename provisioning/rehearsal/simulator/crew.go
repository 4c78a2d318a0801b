package simulator

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"zhunkao/appliance"
	"zhunkao/hw/idcard"
	"zhunkao/hw/printertest"
	"zhunkao/provisioning/rehearsal"
)

// What a crew says on standard output, one line each, in the moment it happens:
//
//	accepted BOX APPLICATION   her screen says 已受理
//	over BOX N                 visit N of the box is over
//	drained BOX                no visit is left, and nothing waits for the hub
const (
	saysAccepted = "accepted"
	saysOver     = "over"
	saysDrained  = "drained"
)

// crew is the boxes of a point in one process.
type crew struct {
	order crewOrder
	log   *slog.Logger

	mu  sync.Mutex // guards out
	out io.Writer
}

func (c *crew) say(words ...any) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, err := fmt.Fprintln(c.out, words...)
	return err
}

// runCrew works until ctx ends, and closes every box in order then.
func runCrew(ctx context.Context, o crewOrder, out io.Writer, log *slog.Logger) error {
	c := &crew{order: o, log: log, out: out}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	errs := make([]error, len(o.Boxes))
	var all sync.WaitGroup
	for i, b := range o.Boxes {
		all.Go(func() {
			if errs[i] = c.box(ctx, b); errs[i] != nil && ctx.Err() == nil {
				errs[i] = fmt.Errorf("box %s: %w", b.Name, errs[i])
				cancel()
			} else {
				errs[i] = nil
			}
		})
	}
	all.Wait()
	return errors.Join(errs...)
}

// box runs one box and the people before it.
func (c *crew) box(ctx context.Context, o boxOrder) error {
	cards := make(chan idcard.Event)
	cfg := appliance.Config{
		Data: o.Data, Listen: "127.0.0.1:0", Cards: cards, Resend: 200 * time.Millisecond, MaxPause: 300 * time.Millisecond,
		Now:      func() time.Time { return c.order.Start.Add(time.Since(c.order.Real)).Add(o.Skew) },
		Software: "simulator", Log: c.log.With("at", o.Name),
	}
	if o.Printer != "" {
		p, err := newPrinter(o.Printer)
		if err != nil {
			return err
		}
		defer p.close()
		cfg.Printer = p.uri
	}
	box, err := appliance.New(cfg)
	if err != nil {
		return err
	}
	run, stop := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- box.Run(run) }()
	v := &visitors{crew: c, order: o, cards: cards, box: box, person: rehearsal.Person{Addr: box.Addr()}, changed: make(chan struct{}, 1)}
	var ears sync.WaitGroup
	ears.Go(func() { v.follow(run) })
	err = v.all(run)
	if err == nil {
		<-run.Done()
	}
	stop()
	ears.Wait()
	ended := <-done
	if errors.Is(ended, context.Canceled) {
		ended = nil
	}
	return errors.Join(err, ended, box.Close())
}

// printer is an emulated printer in one of the states of BoxPlan.
type printer struct {
	p    *printertest.Printer
	plug *printertest.Plug
	uri  string
}

func newPrinter(how string) (*printer, error) {
	knobs := printertest.Quick()
	switch how {
	case "no-paper":
		knobs.NoPaper = true
	case "jam":
		knobs.Jam = true
	case "reset":
		knobs.Garbage = printertest.Reset
	}
	p := &printer{p: printertest.New()}
	p.plug = printertest.NewPlug(p.p, "127.0.0.1:0", nil)
	if err := errors.Join(p.p.SetKnobs(knobs), p.plug.Plug()); err != nil {
		return nil, err
	}
	p.uri = p.plug.URI()
	if how == "gone" {
		p.plug.Unplug()
	}
	return p, nil
}

func (p *printer) close() {
	p.plug.Unplug()
	p.p.Close()
}

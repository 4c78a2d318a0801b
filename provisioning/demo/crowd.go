package demo

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"zhunkao/hub"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/campaign/synthetic"
	"zhunkao/provisioning/cashier"
)

// An arrangement asks for many who are confirmed and have paid, and a person who
// plays the demonstration makes one at a time. The crowd does it for as many as an
// arrangement needs to look like one, by the steps that everybody takes in the campaign's
// order: registered; signed at a box whose sealed records go through intake; paid at the
// companies on a telephone after it, or in cash over the counter of a point before it, so
// that the books balance and the statements of the day agree (demands A42, A48).
//
// The hub's program is stopped meanwhile and the same hub runs in this process, for a
// minute at most; the box at the first point waits as on any day without a line. It acts
// only on the folder that the demonstration made and claimed (Layout.Claim), and on a
// database with its mark. Broken off at any moment, it goes on where it was when it is
// asked again.

// CrowdSize is how many people the button makes.
const CrowdSize = 300

// CrowdState is what a person is told of it.
type CrowdState struct {
	Phase     string // one of the crowd… values; "" when nothing is under way
	Done, All int    // of the phase
	Finished  bool
	Problem   string // a word's key, or ""
}

// The phases, each a word "crowd."+phase.
const (
	crowdStops  = "stops" // the hub's program ends
	crowdEnters = "enters"
	crowdHands  = "hands" // papers and the fee, at the point
	crowdSigns  = "signs"
	crowdOrders = "orders"
	crowdPays   = "pays"
	crowdWaits  = "waits" // who could not pay tries again later
)

// errOver says that nobody can be confirmed any more.
var errOver = errors.New("demo: the confirmation is over")

// crowd is the button's state.
type crowd struct {
	changed func()
	work    func(ctx context.Context, say func(phase string, done, all int)) error
	ctx     context.Context
	group   *sync.WaitGroup

	mu    sync.Mutex // guards all below
	state CrowdState
	told  time.Time          // when open pages were told last
	open  bool               // everything runs: it may be begun
	stop  context.CancelFunc // of what is under way
	ended bool               // a person had it stop
}

// Open lets it be begun: every program has answered.
func (c *crowd) Open() {
	c.mu.Lock()
	c.open = true
	c.mu.Unlock()
	c.changed()
}

// State returns what is to be told now.
func (c *crowd) State() CrowdState {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.state
}

// Begin starts it, once.
func (c *crowd) Begin() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.open || c.state.Phase != "" || c.state.Finished || c.ctx.Err() != nil {
		return
	}
	c.state, c.ended = CrowdState{Phase: crowdStops}, false
	ctx, stop := context.WithCancel(c.ctx)
	c.stop = stop
	c.group.Go(func() {
		defer stop()
		err := c.work(ctx, func(phase string, done, all int) { c.set(CrowdState{Phase: phase, Done: done, All: all}) })
		switch {
		case errors.Is(err, errOver):
			c.set(CrowdState{Problem: "crowd.over"})
		case err != nil && c.stopped():
			c.set(CrowdState{Problem: "crowd.stopped"})
		case err != nil:
			c.set(CrowdState{Problem: "crowd.failed"})
		default:
			c.set(CrowdState{Finished: true})
		}
	})
}

// Stop ends what is under way; asked again, it goes on from there.
func (c *crowd) Stop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state.Phase != "" && c.stop != nil {
		c.ended = true
		c.stop()
	}
}

func (c *crowd) stopped() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ended
}

// set tells open pages, which load themselves again, of every phase and at most once a
// second within one.
func (c *crowd) set(s CrowdState) {
	c.mu.Lock()
	tell := s.Phase != c.state.Phase || s.Done == s.All || time.Since(c.told) > time.Second
	if c.state = s; tell {
		c.told = time.Now()
	}
	c.mu.Unlock()
	if tell {
		c.changed()
	}
}

// crowd is the button of the running demonstration.
func (r *runner) crowd(ctx context.Context, group *sync.WaitGroup, hubProcess *Process) *crowd {
	done := r.l.in("crowd")
	_, err := os.Stat(done)
	return &crowd{ctx: ctx, group: group, changed: r.home.Changed, state: CrowdState{Finished: err == nil},
		work: func(ctx context.Context, say func(string, int, int)) error {
			err := r.gather(ctx, hubProcess, say)
			if err == nil {
				return os.WriteFile(done, nil, 0o600)
			}
			if !errors.Is(err, errOver) && ctx.Err() == nil {
				r.say("the crowd was broken off: %v", err)
			}
			return err
		}}
}

// gather has the hub's program stopped while the crowd is made.
func (r *runner) gather(ctx context.Context, hubProcess *Process, say func(string, int, int)) error {
	rules := r.e.rules()
	say(crowdStops, 0, 0)
	held := hubProcess.State().Held // by a person: then it stays so
	if !held {
		hubProcess.Stop()
		defer hubProcess.Start()
	}
	if err := until(ctx, func() (bool, error) { return hubProcess.State().PID == 0, nil }); err != nil {
		return err
	}
	log, err := os.OpenFile(r.l.Log("hub"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	return Gather(ctx, Gathering{Hub: hub.Config{Data: r.l.Hub(), Listen: r.o.Ports.Hub(), Door: r.o.Ports.Door(), MQTT: r.o.Ports.MQTT(), DemoClock: r.l.Clock(),
		Payments: cashier.Papers{Dir: r.l.Cashier()}.Payments(), PasswordDays: -1, Log: slog.New(slog.NewJSONHandler(log, nil))},
		Campaign: rules.ID, Start: r.e.Start, Telephone: "http://" + r.o.Ports.Cashier(), Size: CrowdSize, Say: say})
}

// Gathering is what Gather is told.
type Gathering struct {
	Hub       hub.Config // of a hub that does not run now, with the demonstration's mark
	Campaign  string
	Start     time.Time // when the demonstration's time began
	Telephone string    // address of the payment companies' telephone
	Size      int
	Say       func(phase string, done, all int)
}

// Gather opens the hub in this process and takes the crowd through all steps. It
// refuses a database without the demonstration's mark.
func Gather(ctx context.Context, g Gathering) (err error) {
	h, err := hub.Open(ctx, g.Hub)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	if !h.DB().Demo() {
		return errors.New("demo: this data was not made by the demonstration")
	}
	own, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- h.Run(own) }()
	defer func() {
		stop()
		err = errors.Join(err, <-ended)
	}()
	a := &assembly{Gathering: g, hub: h}
	if err := a.meet(own); err != nil {
		return fmt.Errorf("demo: crowd: %w", err)
	}
	steps := []func(context.Context) error{a.enter, a.sign, a.ordered, a.pay}
	if inCash(a.rules) {
		steps = []func(context.Context) error{a.enter, a.handIn, a.sign}
	}
	for _, step := range steps {
		if err := step(own); err != nil {
			return fmt.Errorf("demo: crowd: %w", err)
		}
	}
	return nil
}

// assembly is one Gather under way.
type assembly struct {
	Gathering
	hub    *hub.Hub
	rules  campaign.Campaign
	people []synthetic.Person
}

// over reports whether nobody can be confirmed any more.
func (a *assembly) over() bool { return !a.hub.Now().Before(closes(a.rules)) }

// withinReach bounds how long the hub may take over what it was given.
const withinReach = 2 * time.Minute

// until asks again and again, within withinReach.
func until(ctx context.Context, done func() (bool, error)) error {
	ctx, cancel := context.WithTimeout(ctx, withinReach)
	defer cancel()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		if ok, err := done(); ok || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

package hub

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"zhunkao/hub/blob"
	"zhunkao/hub/broker"
	"zhunkao/hub/candidate"
	"zhunkao/hub/datadir"
	"zhunkao/hub/db"
	"zhunkao/hub/dispatch"
	"zhunkao/hub/fleet"
	"zhunkao/hub/flow"
	"zhunkao/hub/intake"
	"zhunkao/hub/journal"
	"zhunkao/hub/keys"
	"zhunkao/hub/staff"
	"zhunkao/protocol/democlock"
)

// Hub is an open hub. Open takes what it holds in the order of the fields;
// Close gives it back in the opposite order.
type Hub struct {
	config Config
	dir    datadir.Dir
	log    *slog.Logger

	lock  *datadir.Lock
	keys  *keys.Ring
	db    *db.DB
	clock *democlock.Clock // nil outside the demonstration
	blobs *blob.Store

	fleet    *fleet.Fleet
	flow     *flow.Flow
	staff    *staff.Desk
	sealer   *journal.Sealer
	dispatch *dispatch.Dispatch
	intake   *intake.Intake

	broker *broker.Broker // nil with an external one
	link   dispatch.Link
	pages  *door
	boxes  *door
	admin  *door

	hears  chan struct{} // closed when the hub listens at its broker
	ending chan struct{} // closed when Run begins to end: live pages end
	close  []func() error
	once   sync.Once
	failed error // of closing
}

// Open opens a hub whose data directory exists. When it returns, every
// listener stands, but nothing is answered before Run.
func Open(ctx context.Context, c Config) (*Hub, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	h := &Hub{config: c, dir: datadir.Dir(c.Data), log: c.Log, hears: make(chan struct{}), ending: make(chan struct{})}
	for _, step := range []func(context.Context) error{h.openStores, h.openDomains, h.openBroker, h.openDoors} {
		if err := step(ctx); err != nil {
			return nil, errors.Join(err, h.Close())
		}
	}
	return h, nil
}

// then notes how to close what was just opened.
func (h *Hub) then(f func() error) { h.close = append(h.close, f) }

// openStores: lock, keys, database, clock, blobs.
func (h *Hub) openStores(ctx context.Context) (err error) {
	if _, err := os.Stat(h.config.Data); err != nil {
		return fmt.Errorf("hub: no data directory %s; make one with `hubctl --data %s create`", h.config.Data, h.config.Data)
	}
	if h.lock, err = h.dir.Lock(); err != nil {
		if errors.Is(err, datadir.ErrInUse) {
			return fmt.Errorf("hub: %s is in use by another hubd or hubctl; stop that first: %w", h.config.Data, err)
		}
		return err
	}
	h.then(h.lock.Release)
	if h.keys, err = keys.Open(h.dir.Keys(), keys.Options{}); err != nil {
		return fmt.Errorf("hub: keys in %s: %w", h.dir.Keys(), err)
	}
	url := h.config.Database
	if url == "" {
		url = h.dir.Database()
	}
	if h.db, err = db.Open(ctx, url); err != nil {
		return fmt.Errorf("hub: %w", err)
	}
	h.then(h.db.Close)
	if err := h.openClock(ctx); err != nil {
		return err
	}
	if h.blobs, err = blob.Open(h.dir.Blobs()); err != nil {
		return fmt.Errorf("hub: %w", err)
	}
	h.then(h.blobs.Close)
	return nil
}

// openClock follows the demonstration's clock, and refuses to where people
// could be hurt by it.
func (h *Hub) openClock(ctx context.Context) (err error) {
	if h.config.DemoClock == "" {
		return nil
	}
	if !h.db.Demo() {
		return errors.New("hub: this data was not made by the demonstration; a hub takes its clock from nobody (leave --demo-clock out)")
	}
	if h.clock, err = democlock.Dial(ctx, h.config.DemoClock); err != nil {
		return fmt.Errorf("hub: demonstration's clock: %w", err)
	}
	h.then(h.clock.Close)
	return nil
}

// Now is the hub's civil clock. Certificates, TLS, cookies and timers keep
// real time.
func (h *Hub) Now() time.Time {
	if h.clock != nil {
		return h.clock.Now()
	}
	return time.Now()
}

// openDomains: everything that is ours and opens no file of its own.
func (h *Hub) openDomains(ctx context.Context) (err error) {
	h.fleet, err = fleet.Open(ctx, fleet.Options{DB: h.db, Now: h.Now, OnState: h.boxChanged, Log: h.log})
	if err != nil {
		return fmt.Errorf("hub: %w", err)
	}
	candidates := candidate.New(h.keys, h.Now)
	h.flow = &flow.Flow{Candidates: candidates, Fleet: h.fleet, Now: h.Now}
	h.staff = staff.New(staff.Options{DB: h.db, Keys: h.keys, Now: h.Now})
	h.sealer, err = journal.NewSealer(journal.Options{DB: h.db, Keys: h.keys, Checkpoints: h.dir.Checkpoints(), Now: h.Now})
	if err != nil {
		return fmt.Errorf("hub: %w", err)
	}
	h.dispatch = dispatch.New(dispatch.Options{DB: h.db, Keys: h.keys, Candidates: candidates, Fleet: h.fleet,
		Sealer: h.sealer, Now: h.Now, Log: h.log})
	h.intake = intake.New(intake.Options{DB: h.db, Blobs: h.blobs, Keys: h.keys, Fleet: h.fleet, Flow: h.flow,
		Down: h.dispatch, Now: h.Now, Log: h.log})
	return nil
}

// boxChanged cuts the session of a box that may not come in any more: a
// revoked one, and the certificate of an ended epoch (S20).
func (h *Hub) boxChanged(b fleet.Box) {
	if h.broker != nil && b.State != fleet.Frozen {
		h.broker.Disconnect(b.ID)
	}
}

// Addresses are where an open hub listens, with real ports.
type Addresses struct{ Pages, Door, MQTT string }

// Addresses gives where the hub listens.
func (h *Hub) Addresses() Addresses {
	a := Addresses{Pages: h.pages.address(), Door: h.boxes.address(), MQTT: h.config.Advertise}
	if h.broker != nil {
		a.MQTT = h.broker.Addr()
	}
	return a
}

// Fleet, Flow, DB and Keys are for whoever runs a hub in his own process: the
// rehearsal and the benches.
func (h *Hub) Fleet() *fleet.Fleet    { return h.fleet }
func (h *Hub) Flow() *flow.Flow       { return h.flow }
func (h *Hub) DB() *db.DB             { return h.db }
func (h *Hub) Keys() *keys.Ring       { return h.keys }
func (h *Hub) Intake() *intake.Intake { return h.intake }

// worker is one thing that runs as long as its stage.
type worker struct {
	name string
	run  func(context.Context) error
}

// Run serves until ctx ends, or until a worker fails: its error is returned.
// The stages end one after the other, so that what was taken is committed,
// what was committed is receipted, and what was done is sealed: first the
// doors, then intake, then dispatch, then the journal.
func (h *Hub) Run(ctx context.Context) error {
	if err := h.note(ctx, journal.HubStarted); err != nil {
		if ctx.Err() != nil {
			return nil // ended before it began
		}
		return err
	}
	stages := [][]worker{
		{{"pages", h.pages.serve}, {"door", h.boxes.serve}, {"admin", h.admin.serve}, {"uplink", h.listen}, {"broker", h.watchBroker}, {"sweeper", h.sweep}},
		{{"intake", h.intake.Run}},
		{{"dispatch", h.say}},
		{{"fleet", h.fleet.Run}},
		{{"journal", h.sealer.Run}},
	}
	failed := make(chan error, 16)
	ends := make([]func(), len(stages))
	for i := len(stages) - 1; i >= 0; i-- { // the last to end is the first to run
		ends[i] = h.stage(ctx, stages[i], failed)
	}
	h.log.Info("hub is open", "pages", h.Addresses().Pages, "door", h.Addresses().Door, "mqtt", h.Addresses().MQTT)
	var err error
	select {
	case <-ctx.Done():
	case err = <-failed:
		h.log.Error("hub ends", "error", err.Error())
	}
	close(h.ending)
	for i, end := range ends {
		if i == len(ends)-1 { // before the journal is closed
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), closing)
			if e := h.note(last, journal.HubStopped); e != nil && err == nil {
				err = e
			}
			cancel()
		}
		end()
	}
	h.log.Info("hub is closed")
	return err
}

// closing is how long each last word may take.
const closing = 5 * time.Second

// stage runs workers under a context of their own and gives what ends them.
func (h *Hub) stage(ctx context.Context, workers []worker, failed chan<- error) (end func()) {
	own, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var wg sync.WaitGroup
	for _, w := range workers {
		wg.Go(func() {
			err := w.run(own)
			if err == nil && own.Err() == nil {
				err = errors.New("ended by itself")
			}
			if err != nil && own.Err() == nil {
				select {
				case failed <- fmt.Errorf("hub: %s: %w", w.name, err):
				default: // one reason is enough
				}
			}
		})
	}
	return func() { cancel(); wg.Wait() }
}

func (h *Hub) note(ctx context.Context, act journal.Act) error {
	err := h.db.Write(ctx, func(tx *db.Tx) error { return h.flow.Note(ctx, tx, act) })
	if err != nil {
		return fmt.Errorf("hub: journal: %w", err)
	}
	return nil
}

// say lets the client outlive dispatch by a moment, for its last words.
func (h *Hub) say(ctx context.Context) error {
	client, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	return h.dispatch.Run(ctx, h.link.Publisher(client, h.log))
}

func (h *Hub) listen(ctx context.Context) error {
	ready := sync.OnceFunc(func() { close(h.hears) })
	return h.intake.Listen(ctx, intake.Uplink{Link: h.link, Shared: h.config.Broker.Shared}, ready)
}

// admitPatience is how long a box waits at the door of a hub that has just
// started. What it said before the hub listens would be lost, and it would
// only find out at its next heartbeat.
const admitPatience = 3 * time.Second

// admit lets a box in at the embedded broker.
func (h *Hub) admit(id string, cert *x509.Certificate) error {
	t := time.NewTimer(admitPatience)
	defer t.Stop()
	select {
	case <-h.hears:
	case <-t.C:
		return errors.New("hub: does not listen yet")
	}
	return h.fleet.Admit(id, cert)
}

// watchBroker ends the hub when its broker cannot go on.
func (h *Hub) watchBroker(ctx context.Context) error {
	var fatal <-chan error
	if h.broker != nil {
		fatal = h.broker.Fatal()
	}
	select {
	case <-ctx.Done():
		return nil
	case err := <-fatal:
		return err
	}
}

// Orphans of the blob file are looked for every sweepEvery, and removed when
// they are a day old: until then a record under way may name them.
const (
	sweepEvery = 6 * time.Hour
	orphanAge  = 24 * time.Hour
)

func (h *Hub) sweep(ctx context.Context) error {
	t := time.NewTicker(sweepEvery)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
		}
		n, err := intake.Sweep(ctx, h.db, h.blobs, time.Now().Add(-orphanAge))
		if err != nil && ctx.Err() == nil {
			h.log.Warn("sweep will be tried again", "worker", "sweeper", "error", err.Error())
		} else if n > 0 {
			h.log.Info("swept blobs that no record names", "worker", "sweeper", "blobs", n)
		}
	}
}

// Close gives everything back, last opened first. It may be called twice.
func (h *Hub) Close() error {
	h.once.Do(func() {
		for i := len(h.close) - 1; i >= 0; i-- {
			h.failed = errors.Join(h.failed, h.close[i]())
		}
	})
	return h.failed
}

// door is a listener with what answers at it.
type door struct {
	name   string
	l      net.Listener
	server *http.Server
}

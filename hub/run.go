package hub

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"sync"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/intake"
	"zhunkao/hub/journal"
)

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
		{{"pages", h.pages.serve}, {"door", h.boxes.serve}, {"admin", h.admin.serve}, {"uplink", h.listen}, {"broker", h.watchBroker}, {"sweeper", h.sweep}, {"errands", h.errands.Run}, {"reminders", h.remind}, {"storage", h.storage.Run}, {"lookup", h.fillLookup}, {"parcels", h.packer().Run}, {"papers", h.paperMaker().Run}, {"printroom", h.printRoom().Run}, {"incidents", h.watchIncidents}, {"divisions", h.watchDivisions}, {"courier", h.courier().Run}, {"messages", h.tellRounds}, {"teller", h.teller.Run}, {"unpaid", h.chase}, {"daybook", h.bookKeeper().Run}, {"seating", h.seat}, {"tickets", h.tickets.Run}},
		{{"intake", h.intake.Run}, {"searches", h.searches.Run}},
		{{"dispatch", h.say}, {"progress", h.lasting("progress", h.progress.Run)}, {"orders", h.lasting("orders", h.orders.Run)}},
		{{"fleet", h.fleet.Run}},
		{{"journal", h.lasting("journal", h.sealer.Run)}},
	}
	if h.scrapes != nil {
		stages[0] = append(stages[0], worker{"metrics", h.scrapes.serve})
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
	ready := sync.OnceFunc(func() { close(h.speaks) })
	return h.dispatch.Run(ctx, h.link.Publisher(client, h.log, ready))
}

// listen begins when the hub can answer: a hello that is heard before gets no
// welcome, and the box finds that out only after a while.
func (h *Hub) listen(ctx context.Context) error {
	select {
	case <-h.speaks:
	case <-ctx.Done():
		return nil
	}
	ready := sync.OnceFunc(func() { close(h.hears) })
	up := intake.Uplink{Link: h.link, Shared: h.config.Broker.Shared}
	if h.broker != nil {
		up.Tap = h.broker.Tap
	}
	return h.intake.Listen(ctx, up, ready)
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

// What has lapsed is looked for every sweepEvery: sessions, counts of failures
// to sign in, and orphans of the blob file, which are removed when they are a
// day old: until then a record under way may name them.
const (
	sweepEvery = 6 * time.Hour
	orphanAge  = 24 * time.Hour
	erasedAge  = 90 * 24 * time.Hour // no box serves so long without the hub: it has been told to forget by then
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
		n, err := h.sweepOnce(ctx)
		if err != nil && ctx.Err() == nil {
			h.log.Warn("sweep will be tried again", "worker", "sweeper", "error", err.Error())
		}
		if n > 0 {
			h.log.Info("swept blobs that no record names", "worker", "sweeper", "blobs", n)
		}
	}
}

package hub

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"zhunkao/hub/applicant"
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
	"zhunkao/hub/metrics"
	"zhunkao/hub/notice"
	"zhunkao/hub/password"
	"zhunkao/hub/payment/keeper"
	"zhunkao/hub/payment/teller"
	"zhunkao/hub/progress"
	"zhunkao/hub/staff"
	"zhunkao/hub/storage"
	"zhunkao/hub/ticket"
	"zhunkao/hub/web/guard"
	"zhunkao/protocol/democlock"
	"zhunkao/protocol/sheet"
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
	errands  *flow.Errands    // what outlives the request that asked for it
	searches *flow.Searches   // who looked for whom, on the way into the journal
	hasher   *password.Hasher // of all passwords: so many at a time as there are cores
	staff    *staff.Desk
	accounts *applicant.Desk // of those who register themselves
	outbox   *notice.Outbox  // text messages to them
	teller   *teller.Teller  // between the payment channels and the books
	fonts    *sheet.Fonts    // of the papers
	tickets  *ticket.Maker   // those made before their hour
	sealer   *journal.Sealer
	progress *progress.Follower
	orders   *keeper.Keeper
	dispatch *dispatch.Dispatch
	intake   *intake.Intake

	broker  *broker.Broker // nil with an external one
	storage *storage.Watch
	link    dispatch.Link
	pages   *door
	guard   *guard.Guard // before the applicants' pages
	boxes   *door
	admin   *door
	scrapes *door // nil unless somebody asks for metrics

	metrics     *metrics.Metrics
	connections connections

	speaks chan struct{} // closed when the hub can publish at its broker
	hears  chan struct{} // closed when it listens there too
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
	h := &Hub{config: c, dir: datadir.Dir(c.Data), log: c.Log, speaks: make(chan struct{}), hears: make(chan struct{}), ending: make(chan struct{})}
	for _, step := range []func(context.Context) error{h.openStores, h.seedDivisions, h.openDomains, h.openApplicants, h.openTeller, h.openBroker, h.openStorage, h.openMetrics, h.openDoors} {
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
	return h.openShared(ctx)
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
	h.flow = &flow.Flow{Candidates: candidates, Fleet: h.fleet, Keys: h.keys, Now: h.Now}
	h.errands = flow.NewErrands(h.log)
	h.searches = flow.NewSearches(h.db, h.log)
	h.hasher = password.NewHasher(password.Full())
	h.staff = staff.New(staff.Options{DB: h.db, Keys: h.keys, Hasher: h.hasher, Now: h.Now, Policy: h.config.passwords()})
	h.sealer, err = journal.NewSealer(journal.Options{DB: h.db, Keys: h.keys, Checkpoints: h.dir.Checkpoints(), Now: h.Now})
	if err != nil {
		return fmt.Errorf("hub: %w", err)
	}
	h.progress, err = progress.New(progress.Options{DB: h.db, Journal: h.sealer, Log: h.log})
	if err != nil {
		return fmt.Errorf("hub: %w", err)
	}
	h.orders, err = keeper.New(keeper.Options{DB: h.db, Flow: h.flow, Journal: h.sealer, Log: h.log})
	if err != nil {
		return fmt.Errorf("hub: %w", err)
	}
	h.dispatch = dispatch.New(dispatch.Options{DB: h.db, Keys: h.keys, Candidates: candidates, Fleet: h.fleet, Staff: h.staff,
		Tickets: &ticket.Desk{Candidates: candidates, Keys: h.keys, Blob: h.blobs, Log: h.log}, Sealer: h.sealer, Now: h.Now, Log: h.log})
	names, err := h.config.names()
	if err != nil {
		return err
	}
	h.intake = intake.New(intake.Options{Names: append(names, ownName), DB: h.db, Blobs: h.blobs, Keys: h.keys, Fleet: h.fleet, Flow: h.flow,
		Group: h.grouped(), Down: h.dispatch, Now: h.Now, Log: h.log})
	return nil
}

// boxChanged cuts the session of a box that may not come in any more: a
// revoked one, and the certificate of an ended epoch (S20). A revoked one is
// told first, and has a moment to hear it; nothing of it is taken any more.
func (h *Hub) boxChanged(b fleet.Box) {
	switch {
	case b.State == fleet.Revoked && h.dispatch != nil:
		h.dispatch.Farewell(b)
		if h.broker != nil {
			time.AfterFunc(farewell, func() { h.broker.Disconnect(b.ID) })
		}
	case b.State != fleet.Frozen && h.broker != nil:
		h.broker.Disconnect(b.ID)
	}
}

// farewell is how long a revoked box may still listen; demand S20 gives 60 s.
const farewell = time.Second

// Addresses are where an open hub listens, with real ports.
type Addresses struct{ Pages, Door, MQTT, Metrics string }

// Addresses gives where the hub listens.
func (h *Hub) Addresses() Addresses {
	a := Addresses{Pages: h.pages.address(), Door: h.boxes.address(), MQTT: h.config.Advertise}
	if h.broker != nil {
		a.MQTT = h.broker.Addr()
	}
	if h.scrapes != nil {
		a.Metrics = h.scrapes.address()
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

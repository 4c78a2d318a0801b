package intake_test

import (
	"bytes"
	"context"
	"crypto"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"zhunkao/hub/blob"
	"zhunkao/hub/candidate"
	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/dispatch"
	"zhunkao/hub/fleet"
	"zhunkao/hub/flow"
	"zhunkao/hub/intake"
	"zhunkao/hub/journal"
	"zhunkao/hub/keys"
	"zhunkao/hub/org"
	"zhunkao/hub/ticket"
	"zhunkao/protocol"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/campaign/synthetic"
)

// patient is how long a test waits for what must come.
const patient = 2 * time.Minute

const (
	pointHere  = "43010201"
	pointThere = "43010202"
	division   = "430102"
)

// clock is a civil clock that a test sets.
type clock struct {
	mu  sync.Mutex // guards now
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = t
}

// rig is the hub's wire without a network: what boxes say goes to Deliver, and
// what the hub publishes comes out of heard.
type rig struct {
	jpeg     []byte // a picture of a paper, where a test takes some
	t        testing.TB
	clock    *clock
	dir      string
	db       *db.DB
	ring     *keys.Ring
	blobs    *blob.Store
	fleet    *fleet.Fleet
	flow     *flow.Flow
	sealer   *journal.Sealer
	down     *dispatch.Dispatch
	in       *intake.Intake
	campaign campaign.Campaign
	people   []synthetic.Person
	log      *bytes.Buffer
	lines    *lockedWriter // into log

	mu      sync.Mutex // guards both
	heard   map[string]chan []byte
	publish dispatch.Publish // when set, the hub speaks through a broker

	group bool // shares what is under way with other hubs
	first *rig // of the group: its boxes hear what this one says

	stop func()
}

// opened is 9 a.m. of a day on which confirmation is open.
var opened = time.Date(2019, 9, 6, 9, 0, 0, 0, time.FixedZone("UTC+8", 8*3600))

func newRig(t testing.TB, d *db.DB, people int, set ...func(*rig)) *rig {
	t.Helper()
	r := &rig{t: t, clock: &clock{now: opened}, dir: t.TempDir(), db: d, campaign: campaign.Adult2019(), heard: map[string]chan []byte{}}
	for _, f := range set {
		f(r)
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	var err error
	r.ring, err = keys.Open(filepath.Join(r.dir, "keys"), keys.Options{Create: true})
	must(err)
	must(r.write(func(ctx context.Context, tx *db.Tx) error { return org.Seed(ctx, tx, opened) }))
	r.start()
	r.people = synthetic.Candidates(r.campaign, 7, people+len(synthetic.Cases()),
		synthetic.Point{Code: pointHere, Division: division})[len(synthetic.Cases()):]
	bundle, err := campaign.Encode(r.campaign)
	must(err)
	must(r.write(func(ctx context.Context, tx *db.Tx) error {
		for _, code := range []string{pointHere, pointThere} {
			p := org.Point{Code: code, Name: "Point " + code, Division: division, Open: true}
			if err := r.flow.CreatePoint(ctx, tx, p, flow.Operator()); err != nil {
				return err
			}
		}
		if _, err := r.flow.Publish(ctx, tx, bundle, flow.Operator()); err != nil {
			return err
		}
		for _, p := range r.people {
			if err := r.flow.Register(ctx, tx, p.Application, candidate.FromPortal, flow.Hub()); err != nil {
				return err
			}
		}
		return nil
	}))
	return r
}

// start opens everything that a hub opens after its database, and runs it.
func (r *rig) start() {
	r.t.Helper()
	must := func(err error) {
		r.t.Helper()
		if err != nil {
			r.t.Fatal(err)
		}
	}
	var err error
	r.log = &bytes.Buffer{}
	r.lines = &lockedWriter{w: r.log}
	log := slog.New(slog.NewJSONHandler(r.lines, nil))
	ctx, cancel := context.WithCancel(context.Background())
	if r.group {
		r.blobs = blob.OpenIn(r.db)
	} else {
		r.blobs, err = blob.Open(filepath.Join(r.dir, "blobs.db"))
		must(err)
	}
	r.fleet, err = fleet.Open(ctx, fleet.Options{DB: r.db, Now: r.clock.Now, Log: log})
	must(err)
	candidates := candidate.New(r.ring, r.clock.Now)
	r.flow = &flow.Flow{Candidates: candidates, Fleet: r.fleet, Keys: r.ring, Now: r.clock.Now}
	r.sealer, err = journal.NewSealer(journal.Options{DB: r.db, Keys: r.ring, Checkpoints: filepath.Join(r.dir, "checkpoints.log"), Now: r.clock.Now})
	must(err)
	r.down = dispatch.New(dispatch.Options{DB: r.db, Keys: r.ring, Candidates: candidates, Fleet: r.fleet, Sealer: r.sealer, Now: r.clock.Now, Log: log,
		Tickets: &ticket.Desk{Candidates: candidates, Keys: r.ring, Blob: r.blobs}})
	r.in = intake.New(intake.Options{DB: r.db, Blobs: r.blobs, Keys: r.ring, Fleet: r.fleet, Flow: r.flow, Down: r.down, Now: r.clock.Now, Log: log,
		Want: 300 * time.Millisecond, Group: r.group})
	var wg sync.WaitGroup
	for _, run := range []func(context.Context) error{r.fleet.Run, r.sealer.Run, r.in.Run,
		func(ctx context.Context) error { return r.down.Run(ctx, r.hear) }} {
		wg.Go(func() {
			if err := run(ctx); err != nil {
				r.t.Errorf("worker: %v", err)
			}
		})
	}
	r.stop = sync.OnceFunc(func() {
		cancel()
		wg.Wait()
		if err := r.blobs.Close(); err != nil {
			r.t.Errorf("close blobs: %v", err)
		}
	})
	r.t.Cleanup(func() { r.stop() })
}

// restart stops the hub and starts it anew on what is on the disk.
func (r *rig) restart() {
	r.t.Helper()
	r.stop()
	r.start()
}

// logged is what the hub has logged so far.
func (r *rig) logged() string {
	r.lines.mu.Lock()
	defer r.lines.mu.Unlock()
	return r.log.String()
}

type lockedWriter struct {
	mu sync.Mutex // guards w
	w  *bytes.Buffer
}

func (l *lockedWriter) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(b)
}

func (r *rig) write(f func(context.Context, *db.Tx) error) error {
	ctx := context.Background()
	return r.db.Write(ctx, func(tx *db.Tx) error { return f(ctx, tx) })
}

func (r *rig) read(f func(context.Context, *db.Tx) error) {
	r.t.Helper()
	ctx := context.Background()
	if err := r.db.Read(ctx, func(tx *db.Tx) error { return f(ctx, tx) }); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) channel(topic string) chan []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.heard[topic] == nil {
		r.heard[topic] = make(chan []byte, 4096)
	}
	return r.heard[topic]
}

func (r *rig) hear(topic string, payload []byte) error {
	if r.first != nil {
		return r.first.hear(topic, payload)
	}
	r.mu.Lock()
	publish := r.publish
	r.mu.Unlock()
	if publish != nil {
		return publish(topic, payload)
	}
	select {
	case r.channel(topic) <- payload:
	default: // nobody listens any more
	}
	return nil
}

// hubKeys is what a box trusts.
func (r *rig) hubKeys(id protocol.KeyID) crypto.PublicKey {
	pub, err := r.ring.VerifyKey(keys.ID(id))
	if err != nil {
		return nil
	}
	return pub
}

func (r *rig) record(id protocol.ID) confirmation.Record {
	r.t.Helper()
	var rec confirmation.Record
	r.read(func(ctx context.Context, tx *db.Tx) (err error) {
		rec, err = confirmation.Get(ctx, tx, id.String())
		return err
	})
	return rec
}

func (r *rig) count(table string) (n int) {
	r.t.Helper()
	r.read(func(ctx context.Context, tx *db.Tx) error {
		return tx.QueryRow(ctx, "SELECT count(*) FROM "+table).Scan(&n)
	})
	return n
}

// check finds one of the hub's checks of a record.
func check(rec confirmation.Record, name string) confirmation.Check {
	for _, c := range rec.Checks {
		if c.By == confirmation.ByHub && c.Name == name {
			return c
		}
	}
	return confirmation.Check{}
}

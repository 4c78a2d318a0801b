package dispatch_test

import (
	"context"
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/dispatch"
	"zhunkao/hub/fleet"
	"zhunkao/hub/flow"
	"zhunkao/hub/journal"
	"zhunkao/hub/keys"
	"zhunkao/hub/org"
	"zhunkao/protocol"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/campaign/synthetic"
	"zhunkao/protocol/form"
)

const (
	patient    = 2 * time.Minute
	pointHere  = "43010201"
	pointThere = "43010202"
	division   = "430102"
)

var opened = time.Date(2019, 9, 6, 9, 0, 0, 0, time.FixedZone("UTC+8", 8*3600))

// desk is a hub that only speaks.
type desk struct {
	t      *testing.T
	db     *db.DB
	ring   *keys.Ring
	fleet  *fleet.Fleet
	flow   *flow.Flow
	sealer *journal.Sealer
	d      *dispatch.Dispatch
	rules  campaign.Campaign
	people []synthetic.Person

	mu    sync.Mutex // guards heard
	heard map[string]chan []byte
}

func open(t *testing.T, d *db.DB, people int) *desk {
	t.Helper()
	k := &desk{t: t, db: d, rules: campaign.Adult2019(), heard: map[string]chan []byte{}}
	ctx, cancel := context.WithCancel(context.Background())
	now := func() time.Time { return opened }
	var err error
	dir := t.TempDir()
	k.ring, err = keys.Open(filepath.Join(dir, "keys"), keys.Options{Create: true})
	k.must(err)
	k.fleet, err = fleet.Open(ctx, fleet.Options{DB: k.db, Now: now})
	k.must(err)
	k.flow = &flow.Flow{Candidates: candidate.New(k.ring, now), Fleet: k.fleet, Now: now}
	k.sealer, err = journal.NewSealer(journal.Options{DB: k.db, Keys: k.ring, Checkpoints: filepath.Join(dir, "checkpoints.log"), Now: now})
	k.must(err)
	k.d = dispatch.New(dispatch.Options{DB: k.db, Keys: k.ring, Candidates: k.flow.Candidates, Fleet: k.fleet, Sealer: k.sealer, Now: now})
	k.people = synthetic.Candidates(k.rules, 11, people, synthetic.Point{Code: pointHere, Division: division}, synthetic.Point{Code: pointThere, Division: division})
	bundle, err := campaign.Encode(k.rules)
	k.must(err)
	k.write(func(ctx context.Context, tx *db.Tx) error {
		if err := org.Seed(ctx, tx, opened); err != nil {
			return err
		}
		for _, code := range []string{pointHere, pointThere} {
			if err := k.flow.CreatePoint(ctx, tx, org.Point{Code: code, Name: "name of " + code, Division: division, Open: true}, flow.Operator()); err != nil {
				return err
			}
		}
		if _, err := k.flow.Publish(ctx, tx, bundle, flow.Operator()); err != nil {
			return err
		}
		for _, p := range k.people {
			if err := k.flow.Register(ctx, tx, p.Application, candidate.FromPortal, flow.Hub()); err != nil {
				return err
			}
		}
		return nil
	})
	var wg sync.WaitGroup
	for _, run := range []func(context.Context) error{k.sealer.Run, func(ctx context.Context) error { return k.d.Run(ctx, k.hear) }} {
		wg.Go(func() {
			if err := run(ctx); err != nil {
				t.Errorf("worker: %v", err)
			}
		})
	}
	t.Cleanup(func() { cancel(); wg.Wait() })
	k.settled()
	return k
}

func (k *desk) must(err error) {
	k.t.Helper()
	if err != nil {
		k.t.Fatal(err)
	}
}

func (k *desk) write(f func(context.Context, *db.Tx) error) {
	k.t.Helper()
	ctx := context.Background()
	k.must(k.db.Write(ctx, func(tx *db.Tx) error { return f(ctx, tx) }))
}

// settled waits until everything in the journal is sealed.
func (k *desk) settled() {
	k.t.Helper()
	ctx := context.Background()
	for end := time.Now().Add(patient); ; {
		var open int
		k.must(k.db.Read(ctx, func(tx *db.Tx) error {
			return tx.QueryRow(ctx, `SELECT count(*) FROM journal_entry WHERE number IS NULL`).Scan(&open)
		}))
		if open == 0 && k.sealer.Head().Number > 0 {
			return
		}
		if time.Now().After(end) {
			k.t.Fatal("the journal is not sealed")
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func (k *desk) channel(topic string) chan []byte {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.heard[topic] == nil {
		k.heard[topic] = make(chan []byte, 1024)
	}
	return k.heard[topic]
}

func (k *desk) hear(topic string, payload []byte) error {
	k.channel(topic) <- payload
	return nil
}

// listener is a box that only listens.
type listener struct {
	k       *desk
	fleet   fleet.Box
	opening *ecdh.PrivateKey
	marks   protocol.Marks
	roster  map[string]form.Application
	marked  map[string]string // mark → point
	done    map[string]string // application → point of confirmation

	waiting   uint64                            // records it has to say
	confirmed map[string]protocol.ConfirmedMark // … and all that was said of it
	places    map[string]protocol.Place
}

func (k *desk) box(point string) *listener {
	k.t.Helper()
	device, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	k.must(err)
	l := &listener{k: k, roster: map[string]form.Application{}, marked: map[string]string{}, done: map[string]string{},
		confirmed: map[string]protocol.ConfirmedMark{}, places: map[string]protocol.Place{}}
	l.opening, err = ecdh.X25519().GenerateKey(rand.Reader)
	k.must(err)
	pub, err := x509.MarshalPKIXPublicKey(device.Public())
	k.must(err)
	k.write(func(ctx context.Context, tx *db.Tx) error {
		code, _, err := k.flow.IssueTicket(ctx, tx, point, "", flow.Operator())
		if err != nil {
			return err
		}
		l.fleet, err = k.flow.Enrol(ctx, tx, fleet.Request{Code: code, DeviceKey: pub, Opening: l.opening.PublicKey().Bytes(), KeyStore: "tpm",
			Certify: func(string) ([]byte, error) { return []byte{1}, nil }}, "test")
		return err
	})
	k.settled()
	return l
}

func (l *listener) address() protocol.Address {
	return protocol.Address{Box: protocol.BoxID(l.fleet.ID), Epoch: l.fleet.Epoch}
}

func (l *listener) hello() {
	l.k.d.Welcome(context.Background(), l.fleet, protocol.Hello{Address: l.address(), Nonce: make([]byte, protocol.NonceSize), Marks: l.marks}, dispatch.Held{})
}

func (l *listener) beat() {
	l.k.d.Clock(l.fleet, protocol.Heartbeat{Address: l.address(), Nonce: make([]byte, protocol.NonceSize), Marks: l.marks, Waiting: l.waiting})
}

func (l *listener) hears(kind protocol.Kind, within time.Duration, v any) bool {
	l.k.t.Helper()
	select {
	case raw := <-l.k.channel(protocol.DownTopic(protocol.BoxID(l.fleet.ID), kind)):
		l.k.must(protocol.OpenStatement(kind, raw, func(id protocol.KeyID) crypto.PublicKey {
			pub, err := l.k.ring.VerifyKey(keys.ID(id))
			l.k.must(err)
			return pub
		}, v))
		return true
	case <-time.After(within):
		return false
	}
}

// catchUp applies pages until the box knows the journal up to its end, or for
// as long as something that concerns it is on its way.
func (l *listener) catchUp(until func() bool) {
	l.k.t.Helper()
	for !until() {
		var r protocol.Roster
		if !l.hears(protocol.KindRoster, patient, &r) {
			l.k.t.Fatal("no page of the roster came")
		}
		l.apply(r)
		l.beat()
	}
}

func (l *listener) apply(r protocol.Roster) {
	l.k.t.Helper()
	if r.From != l.marks.Roster {
		return
	}
	var page protocol.RosterPage
	l.k.must(protocol.OpenAtBox(r.Sealed, protocol.KindRoster, l.address(), l.opening, &page))
	for _, at := range page.Places {
		l.places[at.Code] = at
	}
	for _, e := range page.Entries {
		switch {
		case e.Application != nil:
			l.roster[e.Application.ID] = *e.Application
		case e.Gone != "":
			delete(l.roster, e.Gone)
		case e.Confirmed != nil:
			l.done[e.Confirmed.Application], l.confirmed[e.Confirmed.Application] = e.Confirmed.Point, *e.Confirmed
		case e.Elsewhere.Gone:
			delete(l.marked, string(e.Elsewhere.Key))
		default:
			l.marked[string(e.Elsewhere.Key)] = e.Elsewhere.Point
		}
	}
	l.marks.Roster = r.To
}

// start brings a box to where it knows campaign and roster. Its mark must come
// to what Welcome named, although the last entries, its own enrolment among
// them, concern no application.
func (l *listener) start() {
	l.k.t.Helper()
	l.hello()
	var w protocol.Welcome
	if !l.hears(protocol.KindWelcome, patient, &w) || w.Roster == 0 {
		l.k.t.Fatalf("no welcome came, or one that names no roster: %+v", w)
	}
	var pieces protocol.CampaignPieces
	for {
		var m protocol.CampaignMessage
		if !l.hears(protocol.KindCampaign, patient, &m) {
			l.k.t.Fatal("no campaign came")
		}
		bundle, whole, err := pieces.Add(m)
		l.k.must(err)
		if whole {
			c, err := campaign.Decode(bundle)
			l.k.must(err)
			l.marks.Campaign = c.Version
			break
		}
	}
	l.beat()
	l.catchUp(func() bool { return l.marks.Roster >= w.Roster })
}

func TestRosterOfAPoint(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d, 300)
		l := k.box(pointHere)
		l.start()
		if len(l.roster) != 150 || len(l.marked) != 150 {
			t.Fatalf("%d applications and %d marks, want 150 and 150", len(l.roster), len(l.marked))
		}
		key := protocol.RosterKey{Key: k.ring.RosterKey(k.rules.ID)}
		for _, p := range k.people {
			_, mine := l.roster[p.Application.ID]
			where := l.marked[string(key.Mark(p.Application.Number()))]
			if mine != (p.Application.Point == pointHere) || mine == (where == pointThere) {
				t.Fatalf("application at %s: held %v, marked at %q", p.Application.Point, mine, where)
			}
		}
	})
}

// TestRestOfABacklog: a box that has a backlog to say hears of the journal now and
// then, any other at once.
func TestRestOfABacklog(t *testing.T) {
	for _, c := range []struct {
		waiting uint64
		after   time.Duration
		rests   bool
	}{
		{0, 0, false},
		{128, 0, false},
		{129, 0, true},
		{5000, 999 * time.Millisecond, true},
		{5000, time.Second, false},
	} {
		if rest := dispatch.Rest(c.waiting, c.after); (rest > 0) != c.rests || rest > time.Second {
			t.Errorf("%d records wait, %v after a page: rests %v", c.waiting, c.after, rest)
		}
	}
}

// TestCatchingUpHearsTheRoster: also a box with a backlog comes to the end of the
// journal, each page after its rest and without having to ask.
func TestCatchingUpHearsTheRoster(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d, 2)
		l := k.box(pointHere)
		l.start()
		l.waiting = 5000
		l.beat()
		app := k.people[0].Application.Clone()
		for range 2 {
			app.Version++
			k.write(func(ctx context.Context, tx *db.Tx) error {
				return k.flow.Register(ctx, tx, app, candidate.FromPortal, flow.Hub())
			})
			l.catchUp(func() bool { return l.roster[app.ID].Version == app.Version })
		}
	})
}

func TestRosterFollowsTheJournal(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d, 4) // 0 and 2 here, 1 and 3 there
		l := k.box(pointHere)
		l.start()
		move := func(i int, to string) {
			p := &k.people[i]
			p.Application = p.Application.Clone()
			p.Application.Version++
			p.Application.Point = to
			k.write(func(ctx context.Context, tx *db.Tx) error {
				return k.flow.Register(ctx, tx, p.Application, candidate.FromPortal, flow.Hub())
			})
		}
		key := protocol.RosterKey{Key: k.ring.RosterKey(k.rules.ID)}
		mark := func(i int) string { return l.marked[string(key.Mark(k.people[i].Application.Number()))] }

		move(0, pointThere)
		l.catchUp(func() bool { _, here := l.roster[k.people[0].Application.ID]; return !here && mark(0) == pointThere })
		move(1, pointHere)
		l.catchUp(func() bool { _, here := l.roster[k.people[1].Application.ID]; return here && mark(1) == "" })
		k.write(func(ctx context.Context, tx *db.Tx) error {
			if _, err := k.flow.Candidates.Confirm(ctx, tx, k.people[2].Application.ID, pointHere, 5); err != nil {
				return err
			}
			return journal.Write(ctx, tx, journal.Entry{At: opened, Author: flow.Hub().Author, Act: journal.ConfirmationReceived,
				Subject:  journal.Subject{Kind: journal.OfConfirmation, ID: "x"},
				Campaign: k.rules.ID, Point: pointHere, Division: division, Detail: map[string]string{"application": k.people[2].Application.ID}})
		})
		l.catchUp(func() bool { return l.done[k.people[2].Application.ID] == pointHere })
	})
}

// Who withdrew is on the list of no point, and marked as registered nowhere.
func TestWithdrawnLeavesEveryRoster(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d, 2) // 0 here, 1 there
		l := k.box(pointHere)
		l.start()
		key := protocol.RosterKey{Key: k.ring.RosterKey(k.rules.ID)}
		for _, p := range k.people {
			k.write(func(ctx context.Context, tx *db.Tx) error {
				if _, err := k.flow.Candidates.Withdraw(ctx, tx, p.Application.ID); err != nil {
					return err
				}
				return journal.Write(ctx, tx, journal.Entry{At: opened, Author: flow.Hub().Author, Act: journal.ApplicationWithdrawn,
					Subject:  journal.Subject{Kind: journal.OfApplication, ID: p.Application.ID},
					Campaign: k.rules.ID, Point: p.Application.Point, Division: division})
			})
		}
		l.catchUp(func() bool {
			_, here := l.roster[k.people[0].Application.ID]
			_, marked := l.marked[string(key.Mark(k.people[1].Application.Number()))]
			return !here && !marked
		})
	})
}

// Who was erased is on the list of no point, and boxes elsewhere forget the mark
// of her number, which stands nowhere in the hub any more.
func TestErasedLeavesEveryRoster(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d, 2) // 0 here, 1 there
		k.flow.Keys, k.flow.Mark = k.ring, dispatch.Mark(k.ring)
		l := k.box(pointHere)
		l.start()
		key := protocol.RosterKey{Key: k.ring.RosterKey(k.rules.ID)}
		known := func() (here, marked bool) {
			_, here = l.roster[k.people[0].Application.ID]
			_, marked = l.marked[string(key.Mark(k.people[1].Application.Number()))]
			return here, marked
		}
		l.catchUp(func() bool { here, marked := known(); return here && marked })
		for _, p := range k.people {
			k.write(func(ctx context.Context, tx *db.Tx) error {
				return k.flow.Erase(ctx, tx, flow.Erasing{Campaign: k.rules.ID, Application: p.Application.ID}, flow.Hub())
			})
		}
		l.catchUp(func() bool { here, marked := known(); return !here && !marked })
	})
}

func TestWhatDoesNotConcernTheRosterIsNotSaid(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d, 2)
		l := k.box(pointHere)
		l.start()
		for range 50 {
			k.write(func(ctx context.Context, tx *db.Tx) error { return k.flow.Note(ctx, tx, journal.HubStarted) })
		}
		k.settled()
		l.beat()
		var r protocol.Roster
		if l.hears(protocol.KindRoster, 600*time.Millisecond, &r) {
			t.Errorf("a page from %d to %d came for entries that concern no application", r.From, r.To)
		}
	})
}

func TestAPageUnderWayIsNotSaidAgainAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d, 2)
		l := k.box(pointHere)
		l.hello()
		var m protocol.CampaignMessage
		l.hears(protocol.KindCampaign, patient, &m)
		for range 5 { // heartbeats of a box that has not applied it yet
			l.beat()
		}
		again := 0
		for l.hears(protocol.KindCampaign, 300*time.Millisecond, &m) {
			again++
		}
		if again > 1 { // the rest of the pieces of the first sending
			t.Errorf("%d more campaign messages", again)
		}
		// A fresh connection is told again at once.
		l.hello()
		if !l.hears(protocol.KindCampaign, patient, &m) {
			t.Error("after a new hello the campaign did not come")
		}
	})
}

func TestARevokedBoxIsToldNothingPersonal(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d, 2)
		l := k.box(pointHere)
		l.fleet.State = fleet.Revoked
		l.hello()
		var m protocol.CampaignMessage
		if l.hears(protocol.KindCampaign, 300*time.Millisecond, &m) {
			t.Error("a revoked box got the campaign and its roster key")
		}
	})
}

func TestReceiptsAreCutIntoMessages(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d, 1)
		l := k.box(pointHere)
		var all []protocol.Receipt
		for i := range 1000 {
			all = append(all, protocol.Receipt{Record: protocol.NewID(), Envelope: protocol.HashOf([]byte{byte(i), byte(i >> 8)}), Sequence: uint64(i + 1), Outcome: protocol.Accepted, At: 1})
		}
		k.d.Receipts(l.fleet, all)
		for got := 0; got < len(all); {
			var r protocol.Receipts
			if !l.hears(protocol.KindReceipts, patient, &r) {
				t.Fatalf("only %d of %d receipts came", got, len(all))
			}
			got += len(r.Entries)
			if r.Checkpoint.Number == 0 || r.Checkpoint.Hash.IsZero() {
				t.Error("receipts without a checkpoint of the journal")
			}
		}
	})
}

func TestAwayIsCountedNotWaitedFor(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d, 1)
		l := k.box(pointHere)
		away := dispatch.New(dispatch.Options{DB: k.db, Keys: k.ring, Candidates: k.flow.Candidates, Fleet: k.fleet, Sealer: k.sealer, Now: time.Now})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- away.Run(ctx, func(string, []byte) error { return errors.New("away") }) }()
		for range 10000 {
			away.Receipts(l.fleet, []protocol.Receipt{{Envelope: protocol.HashOf(nil), Outcome: protocol.Quarantined, Reason: protocol.ReasonOpen}})
		}
		for end := time.Now().Add(patient); away.Dropped() < 10000-1 && time.Now().Before(end); {
			time.Sleep(time.Millisecond)
		}
		cancel()
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		if away.Dropped() < 10000-1 {
			t.Errorf("%d dropped, want all 10000", away.Dropped())
		}
	})
}

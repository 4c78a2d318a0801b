package dispatch_test

import (
	"context"
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
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

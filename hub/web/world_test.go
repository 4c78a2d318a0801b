package web_test

import (
	"bytes"
	"context"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"zhunkao/hub/applicant"
	"zhunkao/hub/blob"
	"zhunkao/hub/candidate"
	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/fleet"
	"zhunkao/hub/flow"
	"zhunkao/hub/intake"
	"zhunkao/hub/journal"
	"zhunkao/hub/keys"
	"zhunkao/hub/org"
	"zhunkao/hub/progress"
	"zhunkao/hub/staff"
	"zhunkao/hub/staff/stafftest"
	"zhunkao/hub/web"
	"zhunkao/hub/web/console"
	"zhunkao/protocol"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/campaign/synthetic"
	"zhunkao/protocol/identity"
)

// Two counties of two cities, a point in each.
const (
	pointHere, countyHere   = "43010401", "430104" // 长沙市岳麓区
	pointThere, countyThere = "43102801", "431028" // 郴州市安仁县
	password                = "岳麓山下有一所学校 2019"
)

// world is a hub with real stores behind the pages: two points with a box each,
// candidates, and an account of every role at home.
type world struct {
	t       *testing.T
	db      *db.DB
	owing   atomic.Uint64 // see owed
	slips   int           // see deposited
	keys    *keys.Ring
	blobs   *blob.Store
	flow    *flow.Flow
	fleet   *fleet.Fleet
	desk    *staff.Desk
	sealer  *journal.Sealer
	camp    campaign.Campaign
	change  func(*campaign.Campaign) // what an option changes in it
	people  []synthetic.Person
	boxes   map[string]fleet.Box // by point
	devices sync.Map             // by id of a box: what it seals with, a *device
	server  *httptest.Server
	log     *logBook
	moves   []string
	next    atomic.Uint64
	clients sync.Map
	hired   sync.Map
	options web.Options
	extra   []account // beside the usual ones
}

// logBook keeps what was logged, to be searched.
type logBook struct {
	mu sync.Mutex // guards b
	b  bytes.Buffer
}

func (l *logBook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func now() time.Time { return time.Date(2019, 9, 6, 2, 31, 20, 0, time.UTC) }

type option func(*testing.T, *world)

func demo(t *testing.T, w *world) {
	if err := w.db.MarkDemo(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.options.MoveClock = func(_ context.Context, move string) error { w.moves = append(w.moves, move); return nil }
	w.options.DemoAccounts = []console.Account{{Login: "sheng", Password: "kan-wo-bu-zhong-yao", Who: "省里"}}
}

func overTLS(_ *testing.T, w *world) { w.options.TLS = true }

func newWorld(t *testing.T, with ...option) *world { return worldOn(t, ground(t), with...) }

func worldOn(t *testing.T, d *db.DB, with ...option) *world {
	t.Helper()
	w := &world{t: t, db: d, log: &logBook{}, boxes: map[string]fleet.Box{}}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	var err error
	w.keys, err = keys.Open(filepath.Join(t.TempDir(), "keys"), keys.Options{Create: true})
	must(err)
	w.blobs, err = blob.Locate(ctx, d, filepath.Join(t.TempDir(), "blobs"), "")
	must(err)
	w.fleet, err = fleet.Open(ctx, fleet.Options{DB: d, Now: now})
	must(err)
	w.flow = &flow.Flow{Candidates: candidate.New(w.keys, now), Fleet: w.fleet, Keys: w.keys, Now: now}
	w.desk = staff.New(staff.Options{DB: d, Keys: w.keys, Now: now, Hasher: stafftest.Hasher()})
	w.sealer, err = journal.NewSealer(journal.Options{DB: d, Keys: w.keys, Checkpoints: filepath.Join(t.TempDir(), "checkpoints"), Now: now, Tick: 10 * time.Millisecond})
	must(err)
	sealing := make(chan error, 1)
	go func() { sealing <- w.sealer.Run(ctx) }()
	counts, err := progress.New(progress.Options{DB: d, Journal: w.sealer})
	must(err)
	counting := make(chan error, 1)
	go func() { counting <- counts.Run(ctx) }()
	log := slog.New(slog.NewJSONHandler(w.log, nil))
	errands := flow.NewErrands(log)
	running := make(chan error, 1)
	go func() { running <- errands.Run(ctx) }()
	in, taking := intake.New(intake.Options{DB: d, Blobs: w.blobs, Keys: w.keys, Fleet: w.fleet, Flow: w.flow, Now: now, Log: log}), make(chan error, 1)
	go func() { taking <- in.Run(ctx) }()
	searches, noting := flow.NewSearches(d, log), make(chan error, 1)
	go func() { noting <- searches.Run(ctx) }()
	done := make(chan struct{})
	w.options = web.Options{Errands: errands, Searches: searches, Intake: in, DB: d, Blob: w.blobs, Keys: w.keys, Journal: w.sealer, Staff: w.desk, Flow: w.flow, Log: log, Done: done,
		Accounts: applicant.New(applicant.Options{DB: d, Keys: w.keys, Now: now, Hasher: stafftest.Hasher()})}
	for _, o := range with {
		o(t, w)
	}
	w.settle(ctx)
	handler, err := web.New(w.options)
	must(err)
	if w.options.TLS {
		w.server = httptest.NewTLSServer(handler)
	} else {
		w.server = httptest.NewServer(handler)
	}
	t.Cleanup(func() {
		close(done)
		w.server.Close()
		cancel()
		if err := errors.Join(<-running, <-noting, <-taking, <-counting, <-sealing); err != nil && ctx.Err() == nil {
			t.Errorf("sealer or counter: %v", err)
		}
		if err := w.blobs.Close(); err != nil {
			t.Errorf("blobs: %v", err)
		}
	})
	return w
}

// settle fills the hub: divisions, campaign, points, boxes, candidates, staff.
func (w *world) settle(ctx context.Context) {
	t := w.t
	t.Helper()
	w.camp = campaign.Adult2019()
	if w.change != nil {
		w.change(&w.camp)
	}
	bundle, err := campaign.Encode(w.camp)
	if err != nil {
		t.Fatal(err)
	}
	w.people = synthetic.Candidates(w.camp, 7, 24, synthetic.Point{Code: pointHere, Division: countyHere}, synthetic.Point{Code: pointThere, Division: countyThere})
	w.write(ctx, func(tx *db.Tx) error {
		if err := org.Seed(ctx, tx, now()); err != nil {
			return err
		}
		if _, err := w.flow.Publish(ctx, tx, bundle, flow.Operator()); err != nil {
			return err
		}
		for code, name := range map[string]string{pointHere: "岳麓区第 1 报名确认点", pointThere: "安仁县第 1 报名确认点"} {
			if err := w.flow.CreatePoint(ctx, tx, org.Point{Code: code, Name: name, Division: code[:6], Address: "某路 1 号", Phone: "0731-55500123", Open: true}, flow.Operator()); err != nil {
				return err
			}
		}
		for _, p := range w.people {
			by := flow.By{Author: journal.Author{Kind: journal.ByCandidate, ID: p.Application.ID}}
			if err := w.flow.Register(ctx, tx, p.Application, candidate.FromPortal, by); err != nil {
				return err
			}
		}
		return nil
	})
	for _, point := range []string{pointHere, pointThere} {
		w.boxes[point] = w.enrol(ctx, point)
	}
}

// hire makes the account of a name, once; a verifier costs time, so only who is
// needed is hired.
func (w *world) hire(name string) {
	w.t.Helper()
	if _, done := w.hired.LoadOrStore(name, true); done {
		return
	}
	for _, a := range append(accounts(), w.extra...) {
		if a.name != name {
			continue
		}
		ctx := w.t.Context()
		n := staff.NewAccount{Name: a.name, Display: "某" + a.name, Role: a.role, Office: w.office(ctx, a.division), Point: a.point, Password: password, Secret: stafftest.Secret}
		if _, err := w.desk.Create(ctx, n, flow.Operator().Author); err != nil {
			w.t.Fatalf("account %s: %v", a.name, err)
		}
	}
}

type account struct {
	name            string
	role            staff.Role
	division, point string
}

// accounts are all at home in 长沙市岳麓区, or above it.
func accounts() []account {
	return []account{
		{"pa", staff.ProvinceAdmin, "430000", ""}, {"po", staff.ProvinceOperator, "430000", ""},
		{"ci", staff.CityOperator, "430100", ""}, {"co", staff.CountyOperator, countyHere, ""},
		{"ph", staff.PointHead, countyHere, pointHere}, {"cl", staff.Clerk, countyHere, pointHere}, {"te", staff.Technician, countyHere, ""},
	}
}

// signs is what a person types at the door; her code is one that works.
func (w *world) signs(name string) url.Values {
	w.t.Helper()
	return url.Values{"login": {name}, "password": {password}, "code": {stafftest.Code(w.t, w.db, name)}}
}

func (w *world) write(ctx context.Context, f func(*db.Tx) error) {
	w.t.Helper()
	if err := w.db.Write(ctx, f); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) office(ctx context.Context, division string) string {
	w.t.Helper()
	var id string
	err := w.db.Read(ctx, func(tx *db.Tx) error {
		all, err := org.Offices(ctx, tx, division)
		for _, o := range all {
			if o.Division == division {
				id = o.ID
			}
		}
		return err
	})
	if err != nil || id == "" {
		w.t.Fatalf("no office of %s: %v", division, err)
	}
	return id
}

func (w *world) enrol(ctx context.Context, point string) fleet.Box {
	w.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		w.t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		w.t.Fatal(err)
	}
	opening, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		w.t.Fatal(err)
	}
	var b fleet.Box
	w.write(ctx, func(tx *db.Tx) error {
		code, _, err := w.flow.IssueTicket(ctx, tx, point, "", flow.Operator())
		if err != nil {
			return err
		}
		b, err = w.flow.Enrol(ctx, tx, fleet.Request{Code: code, DeviceKey: der, Opening: opening.PublicKey().Bytes(), KeyStore: "file",
			Certify: func(string) ([]byte, error) { return []byte("not looked at here"), nil }}, "10.0.0.1")
		return err
	})
	w.devices.Store(b.ID, &device{key: key})
	w.fleet.Say(b.ID, fleet.Word{Epoch: b.Epoch, Head: 2, Live: fleet.Live{Software: "0.2.0", Screen: "idle", Waiting: 1, Oldest: now().UnixMilli(),
		Devices: []fleet.Device{{Name: "idcard", State: "ready"}}}})
	return b
}

// confirm takes the n-th person's record in, as intake would, and returns its id.
func (w *world) confirm(n int, change ...func(*flow.Step)) string {
	w.t.Helper()
	return w.confirmWith(n, visit{}, change...)
}

// visit is what a box of today seals beside what one of before did.
type visit struct {
	photo    []byte // RolePhoto
	portrait *confirmation.Portrait
	settled  []confirmation.Settlement
	keys     func([]confirmation.BlobKey) // may spoil them

	papers *confirmation.Papers // what she showed instead of a chip
	copies [][]byte             // RoleCopy

	guardian *confirmation.Guardian // who consented for a child
	sheet    []byte                 // RoleGuardian
}

func (w *world) confirmWith(n int, x visit, change ...func(*flow.Step)) string {
	w.t.Helper()
	ctx := w.t.Context()
	p := w.people[n]
	app, box := p.Application, w.boxes[p.Application.Point]
	hand, err := protocol.Encode(protocol.Signature{Width: 300, Height: 100, Strokes: [][]uint16{{10, 10, 20, 20, 30, 30, 40, 40}, {50, 50, 60, 60, 70, 70, 80, 80}}})
	if err != nil {
		w.t.Fatal(err)
	}
	var blobs []confirmation.Blob
	var opens []confirmation.BlobKey
	type taken struct {
		role, media string
		data        []byte
	}
	all := []taken{{protocol.RoleSignature, "application/cbor", hand}, {protocol.RolePhoto, "image/jpeg", x.photo}, {protocol.RoleGuardian, "image/jpeg", x.sheet}}
	for i, c := range x.copies {
		all = append(all, taken{protocol.RoleCopy(i + 1), "image/jpeg", c})
	}
	for _, b := range all {
		if len(b.data) == 0 {
			continue
		}
		sealed, err := protocol.SealBlob(protocol.SuiteAES, b.role, b.media, b.data)
		if err != nil {
			w.t.Fatal(err)
		}
		if err := w.blobs.Put(map[blob.Hash][]byte{blob.Hash(sealed.Ref.Hash): sealed.Ciphertext}); err != nil {
			w.t.Fatal(err)
		}
		blobs = append(blobs, confirmation.Blob{Role: b.role, Media: b.media, Hash: sealed.Ref.Hash.String(), Size: int64(sealed.Ref.Size)})
		opens = append(opens, confirmation.BlobKey{Hash: sealed.Ref.Hash.String(), Suite: uint16(sealed.Ref.Suite), Key: sealed.Ref.Key})
	}
	if x.keys != nil {
		x.keys(opens)
	}
	id, at := protocol.NewID().String(), now().UnixMilli()
	content, err := confirmation.SealContent(w.keys, id, confirmation.Content{Application: app, Chip: p.Chip,
		Keys: opens, Portrait: x.portrait, Settled: x.settled, Papers: x.papers, Guardian: x.guardian})
	if err != nil {
		w.t.Fatal(err)
	}
	number, _, err := identity.NormalizeNumber(string(app.Number()))
	if err != nil {
		number = app.Number()
	}
	r := confirmation.Record{ID: id, Box: box.ID, Epoch: box.Epoch, Sequence: w.next.Add(1), EnvelopeHash: protocol.HashOf([]byte(id)).String(), Previous: strings.Repeat("0", 64),
		Campaign: app.Campaign, CampaignVersion: w.camp.Version, Application: app.ID, Version: app.Version, StartedFrom: app.Version, Point: app.Point, Division: app.Point[:6],
		NumberMasked: identity.MaskNumber(string(number)), NumberKey: w.keys.NumberKey(string(number)), Received: at, Committed: at,
		Time:   confirmation.Time{Earliest: at, Latest: at, Source: "hub", Verdict: "open"},
		Checks: []confirmation.Check{{By: confirmation.ByBox, Name: protocol.CheckNumber, Result: confirmation.Pass}},
		Timeline: []confirmation.Event{{Step: protocol.StepCardRead, At: at - 60_000}, {Step: protocol.StepSealed, At: at - 800},
			{Step: confirmation.StepReceived, At: at, Hub: true}, {Step: confirmation.StepCommitted, At: at, Hub: true}},
		Blobs:    blobs,
		BodyHash: protocol.HashOf([]byte("body " + id)).String(), BodySize: 4096, Envelope: []byte(id)}
	if x.papers != nil {
		r.Proof = confirmation.Provisional
	}
	step := flow.Step{State: confirmation.InForce, Checks: []confirmation.Check{{By: confirmation.ByHub, Name: confirmation.CheckOnce, Result: confirmation.Pass}}}
	for _, c := range change {
		c(&step)
	}
	w.write(ctx, func(tx *db.Tx) error {
		return w.flow.Confirm(ctx, tx, []flow.Arrival{{Record: r, Content: content, Application: app, Step: step}})
	})
	return id
}

// setAside puts an envelope of the box at a point into quarantine, and gives its id
// there. Nothing of it can be opened.
func (w *world) setAside(point, reason string) string {
	w.t.Helper()
	ctx, id := w.t.Context(), protocol.NewID().String()
	w.write(ctx, func(tx *db.Tx) error {
		return w.flow.SetAside(ctx, tx, confirmation.Quarantined{ID: id, Box: w.boxes[point].ID, Hash: strings.Repeat("ab", 32), Epoch: 1, Sequence: 9,
			Point: point, Division: point[:6], Reason: reason, At: now().UnixMilli(), Size: 312})
	})
	return id
}

// sealedUp waits until the journal has numbered everything written so far, and
// that is counted.
func (w *world) sealedUp() {
	w.t.Helper()
	if err := w.options.Searches.Settle(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	deadline := time.Now().Add(2 * time.Minute)
	for {
		var open int
		err := w.db.Read(w.t.Context(), func(tx *db.Tx) error {
			return tx.QueryRow(w.t.Context(), `SELECT count(*) FROM journal_entry WHERE number IS NULL OR number > (SELECT number FROM progress_position WHERE id = 1)`).Scan(&open)
		})
		if err != nil {
			w.t.Fatal(err)
		}
		if open == 0 {
			return
		}
		if time.Now().After(deadline) {
			w.t.Fatalf("%d entries are not sealed", open)
		}
		<-time.After(5 * time.Millisecond)
	}
}

// acts reads the acts on a subject from the journal, oldest first.
func (w *world) acts(subject string) []string {
	w.t.Helper()
	w.sealedUp()
	var out []string
	err := w.db.Read(w.t.Context(), func(tx *db.Tx) error {
		list, err := journal.After(w.t.Context(), tx, 0, 10_000)
		for _, e := range list {
			if e.Subject.ID == subject {
				out = append(out, strings.TrimSpace(fmt.Sprintf("%s %s %s", e.Act, e.Detail["what"], e.Reason)))
			}
		}
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}

// checkpointed waits until the newest entry is pinned by a signed checkpoint.
func (w *world) checkpointed() {
	w.t.Helper()
	w.sealedUp()
	deadline := time.Now().Add(2 * time.Minute)
	for {
		var behind bool
		err := w.db.Read(w.t.Context(), func(tx *db.Tx) error {
			return tx.QueryRow(w.t.Context(), `SELECT (SELECT max(number) FROM journal_entry) > coalesce((SELECT max(number) FROM journal_checkpoint), 0)`).Scan(&behind)
		})
		if err != nil {
			w.t.Fatal(err)
		}
		if !behind {
			return
		}
		if time.Now().After(deadline) {
			w.t.Fatal("no checkpoint came")
		}
		<-time.After(20 * time.Millisecond)
	}
}

func itoa(n uint64) string { return strconv.FormatUint(n, 10) }

package progress_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"zhunkao/hub/candidate"
	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/fleet"
	"zhunkao/hub/flow"
	"zhunkao/hub/journal"
	"zhunkao/hub/keys"
	"zhunkao/hub/org"
	"zhunkao/hub/progress"
	"zhunkao/protocol"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/campaign/synthetic"
	"zhunkao/protocol/form"
)

// Points of three counties of two cities; one county has a code of former days.
var points = []string{"43010401", "43010402", "43010201", "43102801"}

// world is a hub's database with its steps and its sealer, and a clock the test
// moves.
type world struct {
	t      *testing.T
	db     *db.DB
	flow   *flow.Flow
	keys   *keys.Ring
	sealer *journal.Sealer
	clock  atomic.Int64 // ms
	people []synthetic.Person
	seq    uint64
}

func (w *world) now() time.Time { return time.UnixMilli(w.clock.Load()) }

// opened is noon of 2 September 2019 at UTC+8.
var opened = time.Date(2019, 9, 2, 4, 0, 0, 0, time.UTC)

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := &world{t: t, db: d}
	w.clock.Store(opened.UnixMilli())
	var err error
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	w.keys, err = keys.Open(filepath.Join(t.TempDir(), "keys"), keys.Options{Create: true})
	must(err)
	fl, err := fleet.Open(t.Context(), fleet.Options{DB: d, Now: w.now})
	must(err)
	w.flow = &flow.Flow{Candidates: candidate.New(w.keys, w.now), Fleet: fl, Now: w.now}
	w.sealer, err = journal.NewSealer(journal.Options{DB: d, Keys: w.keys, Checkpoints: filepath.Join(t.TempDir(), "checkpoints"), Now: w.now, Tick: 5 * time.Millisecond})
	must(err)
	ctx, cancel := context.WithCancel(context.Background())
	sealing := make(chan error, 1)
	go func() { sealing <- w.sealer.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-sealing; err != nil {
			t.Errorf("sealer: %v", err)
		}
	})
	w.write(func(tx *db.Tx) error {
		if err := org.Seed(t.Context(), tx, opened); err != nil {
			return err
		}
		for _, code := range points {
			if err := w.flow.CreatePoint(t.Context(), tx, org.Point{Code: code, Name: code, Division: code[:6], Open: true}, flow.Operator()); err != nil {
				return err
			}
		}
		return nil
	})
	w.people = synthetic.Candidates(campaign.Adult2019(), 11, 12, synthetic.Point{Code: points[0], Division: points[0][:6]})
	return w
}

func (w *world) write(f func(*db.Tx) error) {
	w.t.Helper()
	if err := w.db.Write(w.t.Context(), f); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) read(f func(*db.Tx) error) {
	w.t.Helper()
	if err := w.db.Read(w.t.Context(), f); err != nil {
		w.t.Fatal(err)
	}
}

// sealed waits until all that was written is numbered.
func (w *world) sealed() {
	w.t.Helper()
	deadline := time.Now().Add(2 * time.Minute)
	for {
		open := -1
		w.read(func(tx *db.Tx) error {
			return tx.QueryRow(w.t.Context(), `SELECT count(*) FROM journal_entry WHERE number IS NULL`).Scan(&open)
		})
		if open == 0 {
			return
		}
		if time.Now().After(deadline) {
			w.t.Fatalf("%d entries are not sealed", open)
		}
		<-time.After(2 * time.Millisecond)
	}
}

// counted seals and counts all.
func (w *world) counted() {
	w.t.Helper()
	w.sealed()
	if err := progress.CatchUp(w.t.Context(), w.db); err != nil {
		w.t.Fatal(err)
	}
}

// application is the n-th person's, in a campaign and a world of its own.
func (w *world) application(camp string, n int, point, level string) form.Application {
	a := w.people[n].Application.Clone()
	a.ID, a.Campaign, a.Version, a.Point = fmt.Sprintf("%s-%d", camp, n), camp, 1, point
	for i := range a.Choices {
		a.Choices[i].Level = level
	}
	return a
}

func (w *world) register(a form.Application) {
	w.t.Helper()
	w.write(func(tx *db.Tx) error {
		return w.flow.Register(w.t.Context(), tx, a, candidate.FromPortal, flow.By{Author: journal.Author{Kind: journal.ByCandidate, ID: a.ID}})
	})
}

// arrive takes in a confirmation of an application as signed, made at a point,
// and gives its id.
func (w *world) arrive(a form.Application, point string, step flow.Step) string {
	w.t.Helper()
	w.seq++
	id, at := protocol.NewID().String(), w.now().UnixMilli()
	content, err := confirmation.SealContent(w.keys, id, confirmation.Content{Application: a})
	if err != nil {
		w.t.Fatal(err)
	}
	r := confirmation.Record{ID: id, Box: "baaaaaaaaaa", Epoch: 1, Sequence: w.seq, EnvelopeHash: protocol.HashOf([]byte(id)).String(), Previous: strings.Repeat("0", 64),
		Campaign: a.Campaign, CampaignVersion: 1, Application: a.ID, Version: a.Version, StartedFrom: a.Version, Point: point, Division: point[:6],
		NumberMasked: "430***********0000", NumberKey: []byte(a.ID), Received: at, Committed: at, BodyHash: protocol.HashOf([]byte("body " + id)).String(), BodySize: 1, Envelope: []byte(id)}
	w.write(func(tx *db.Tx) error {
		return w.flow.Confirm(w.t.Context(), tx, []flow.Arrival{{Record: r, Content: content, Application: a, Step: step}})
	})
	return id
}

func (w *world) of(x progress.Where) (f progress.Figures) {
	w.t.Helper()
	w.read(func(tx *db.Tx) (err error) {
		f, err = progress.Of(w.t.Context(), tx, x)
		return err
	})
	return f
}

// TestMain keeps the random histories few: each goes through a real database.
// More are had with -rapid.checks.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", "12"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

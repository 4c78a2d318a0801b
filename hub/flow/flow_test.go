package flow_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"zhunkao/hub/candidate"
	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/fleet"
	"zhunkao/hub/flow"
	"zhunkao/hub/journal"
	"zhunkao/hub/keys"
	"zhunkao/hub/org"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/campaign/synthetic"
)

var (
	ctx    = context.Background()
	opened = time.Date(2019, 9, 6, 1, 0, 0, 0, time.UTC)
)

const (
	here, there = "43010201", "43010202"
	county      = "430102"
)

// bench is a database with two points, ten people, and the steps.
type bench struct {
	t      *testing.T
	d      *db.DB
	f      *flow.Flow
	ring   *keys.Ring
	people []synthetic.Person
}

func open(t *testing.T, d *db.DB) *bench {
	t.Helper()
	now := func() time.Time { return opened }
	ring, err := keys.Open(filepath.Join(t.TempDir(), "keys"), keys.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	fl, err := fleet.Open(ctx, fleet.Options{DB: d, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{t: t, d: d, ring: ring, f: &flow.Flow{Candidates: candidate.New(ring, now), Fleet: fl, Now: now}}
	b.people = synthetic.Candidates(campaign.Adult2019(), 5, 10, synthetic.Point{Code: here, Division: county})
	b.must(func(tx *db.Tx) error {
		if err := org.Seed(ctx, tx, opened); err != nil {
			return err
		}
		for _, code := range []string{here, there} {
			if err := b.f.CreatePoint(ctx, tx, org.Point{Code: code, Name: code, Division: county, Open: true}, flow.Operator()); err != nil {
				return err
			}
		}
		return nil
	})
	return b
}

func (b *bench) must(f func(*db.Tx) error) {
	b.t.Helper()
	if err := b.d.Write(ctx, f); err != nil {
		b.t.Fatal(err)
	}
}

// acts counts the entries of the journal by act, sealed or not.
func (b *bench) acts() map[journal.Act]int {
	b.t.Helper()
	out := map[journal.Act]int{}
	if err := b.d.Read(ctx, func(tx *db.Tx) error {
		return tx.Each(ctx, `SELECT act, count(*) FROM journal_entry GROUP BY act`, nil, func(scan func(...any) error) error {
			var act string
			var n int
			err := scan(&act, &n)
			out[journal.Act(act)] = n
			return err
		})
	}); err != nil {
		b.t.Fatal(err)
	}
	return out
}

func TestEveryStepIsInTheJournal(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := open(t, d)
		by := flow.By{Author: journal.Author{Kind: journal.ByStaff, ID: "s1"}, Source: "10.0.0.1"}
		var id string
		b.must(func(tx *db.Tx) error {
			app := b.people[0].Application
			if err := b.f.Register(ctx, tx, app, candidate.FromPortal, by); err != nil {
				return err
			}
			app = app.Clone()
			app.Version = 2
			if err := b.f.Register(ctx, tx, app, candidate.FromPortal, by); err != nil {
				return err
			}
			app = app.Clone()
			app.Version, app.Point = 3, there
			if err := b.f.Register(ctx, tx, app, candidate.FromPortal, by); err != nil {
				return err
			}
			code, _, err := b.f.IssueTicket(ctx, tx, here, "", by)
			if err != nil {
				return err
			}
			box, err := b.f.Enrol(ctx, tx, fleet.Request{Code: code, DeviceKey: deviceKey, Opening: make([]byte, 32), KeyStore: "tpm",
				Certify: func(string) ([]byte, error) { return []byte{1}, nil }}, "10.0.0.2")
			id = box.ID
			return err
		})
		b.must(func(tx *db.Tx) error {
			return errors.Join(b.f.Freeze(ctx, tx, id, "looks odd", by), b.f.Release(ctx, tx, id, "was nothing", by),
				b.f.SeeFork(ctx, tx, id, fleet.FreezeFork, nil), b.f.SeeClockJump(ctx, tx, id, 3, "floor"),
				b.f.Revoke(ctx, tx, id, "stolen", by),
				b.f.SetAside(ctx, tx, confirmation.Quarantined{ID: "q", Box: id, Point: here, Division: county, Reason: "malformed"}))
		})
		want := map[journal.Act]int{journal.PointCreated: 2, journal.ApplicationRegistered: 1, journal.ApplicationEdited: 1,
			journal.ApplicationMoved: 1, journal.TicketIssued: 1, journal.BoxEnrolled: 1, journal.BoxFrozen: 2, journal.BoxReleased: 1,
			journal.BoxSeenFork: 1, journal.BoxClockJumped: 1, journal.BoxRevoked: 1, journal.RecordQuarantined: 1}
		got := b.acts()
		for act, n := range want {
			if got[act] != n {
				t.Errorf("%s: %d entries, want %d", act, got[act], n)
			}
		}
		if len(got) != len(want) {
			t.Errorf("acts %v, want %v", got, want)
		}
	})
}

// TestARefusedStepLeavesNothing: neither the change nor its entry.
func TestARefusedStepLeavesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := open(t, d)
		before := b.acts()
		nowhere := b.people[0].Application.Clone()
		nowhere.Point = "99999999"
		for name, tc := range map[string]struct {
			step func(*db.Tx) error
			want error
		}{
			"point":  {func(tx *db.Tx) error { return b.f.Register(ctx, tx, nowhere, candidate.FromPortal, flow.Hub()) }, org.ErrNotFound},
			"ticket": {func(tx *db.Tx) error { _, _, err := b.f.IssueTicket(ctx, tx, "99999999", "", flow.Hub()); return err }, org.ErrNotFound},
			"box":    {func(tx *db.Tx) error { return b.f.Freeze(ctx, tx, "none", "why", flow.Hub()) }, fleet.ErrNotFound},
			"reason": {func(tx *db.Tx) error { return b.f.Freeze(ctx, tx, "none", "", flow.Hub()) }, flow.ErrReason},
			"code": {func(tx *db.Tx) error {
				_, err := b.f.Enrol(ctx, tx, fleet.Request{Code: "aaaaa-aaaaa-aaaaa-aaaaa"}, "")
				return err
			}, fleet.ErrCode},
		} {
			if err := b.d.Write(ctx, tc.step); !errors.Is(err, tc.want) {
				t.Errorf("%s: %v, want %v", name, err, tc.want)
			}
		}
		if after := b.acts(); len(after) != len(before) || after[journal.PointCreated] != before[journal.PointCreated] {
			t.Errorf("journal %v, before %v", after, before)
		}
	})
}

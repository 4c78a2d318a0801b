package intake_test

import (
	"bytes"
	"context"
	"testing"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/flow"
	"zhunkao/hub/journal"
	"zhunkao/hub/staff"
	"zhunkao/hub/staff/stafftest"
	"zhunkao/protocol"
)

// act seals an act of the desk as the next record of the box.
func (b *box) act(kind protocol.RecordKind, body any) sealed {
	b.r.t.Helper()
	b.seq++
	now := protocol.TimeOf(b.r.clock.Now())
	rec, err := protocol.SealRecord(protocol.Manifest{ID: protocol.NewID(), Kind: kind, Box: b.id.Box, Epoch: b.id.Epoch, Sequence: b.seq, Previous: b.prev,
		Suite: protocol.SuiteAES, Campaign: b.r.campaign.ID, CampaignVersion: b.r.campaign.Version,
		Time: protocol.TimeEvidence{Earliest: now, Latest: now, Source: protocol.SourceHub, HubTime: now, Boot: 1, Verdict: protocol.VerdictOpen}},
		body, nil, b.r.ring.OpeningKey(), b.key)
	if err != nil {
		b.r.t.Fatal(err)
	}
	b.prev = rec.Hash()
	return sealed{rec, map[protocol.Hash][]byte{rec.Manifest.Body.Hash: rec.Body}}
}

// journalled counts the entries of an act, sealed or not.
func (r *rig) journalled(act journal.Act) (n int) {
	r.read(func(ctx context.Context, tx *db.Tx) error {
		return tx.QueryRow(ctx, `SELECT count(*) FROM journal_entry WHERE act = $1`, string(act)).Scan(&n)
	})
	return n
}

// TestOwnCard: a card that was bound at one box of the point travels to them
// all, the later word stands whichever comes first, and a reset takes it off for
// good, also what was bound at a box that was away.
func TestOwnCard(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d, 1)
		here, there := r.crew(pointHere), r.crew(pointThere)
		desk := staff.New(staff.Options{DB: r.db, Keys: r.ring, Now: r.clock.Now, Hasher: stafftest.Hasher()})
		b, second := r.enrol(pointHere), r.enrol(pointHere)
		now := protocol.TimeOf(r.clock.Now())
		bind := func(b *box, who staff.Account, at protocol.Time, mark byte) protocol.Receipt {
			t.Helper()
			c := protocol.StaffCard{At: at}
			if mark != 0 {
				c.Salt, c.Mark, c.PIN = make([]byte, 16), bytes.Repeat([]byte{mark}, 32), "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$AAAA"
			}
			return b.receipt(b.act(protocol.RecordOwnCard, protocol.OwnCard{Point: pointHere, Card: c, Blobs: []protocol.BlobRef{},
				Clerk: protocol.Assent{Account: who.ID, Role: protocol.AssentClerk, How: protocol.HowCode, At: at}}))
		}
		ahead := func() (c *staff.OwnCard) {
			t.Helper()
			r.read(func(ctx context.Context, tx *db.Tx) error {
				all, err := desk.OfPoint(ctx, tx, pointHere)
				for _, a := range all {
					if a.ID == here.clerk.ID {
						c = a.Card
					}
				}
				return err
			})
			return c
		}
		if c := ahead(); c != nil {
			t.Errorf("a card before there was one: %+v", *c)
		}
		if got := bind(b, here.clerk, now, 1); got.Outcome != protocol.Accepted {
			t.Fatalf("bound: %+v", got)
		}
		if c := ahead(); c == nil || !c.Bound() || c.Mark[0] != 1 || c.At != int64(now) || len(c.Salt) != 16 || c.PIN == "" {
			t.Fatal("the card does not travel")
		}
		var raw []byte
		r.read(func(ctx context.Context, tx *db.Tx) error {
			return tx.QueryRow(ctx, `SELECT card FROM own_card WHERE account = $1`, here.clerk.ID).Scan(&raw)
		})
		if bytes.Contains(raw, []byte("argon2id")) || bytes.Contains(raw, bytes.Repeat([]byte{1}, 8)) {
			t.Error("the binding lies open in the database")
		}
		if got := bind(b, there.clerk, now+1, 2); got.Reason != protocol.ReasonAssent {
			t.Errorf("of another point: %+v", got)
		}
		bind(second, here.clerk, now+10, 3)
		bind(b, here.clerk, now+5, 4) // was kept back on its way
		if c := ahead(); c.Mark[0] != 3 {
			t.Errorf("an older word stands: %d", c.Mark[0])
		}
		bind(b, here.clerk, now+20, 0)
		if c := ahead(); c.Bound() || c.At != int64(now+20) {
			t.Error("taken off at a desk, and travels")
		}
		bind(b, here.clerk, now+30, 5)
		bind(second, here.clerk, now+25, 0) // taken off before that, and kept back on its way
		if c := ahead(); c == nil || !c.Bound() || c.Mark[0] != 5 {
			t.Error("the card that was bound meanwhile is taken off")
		}
		if n := r.journalled(journal.StaffCardBound); n != 3 {
			t.Errorf("bound %d times in the journal", n)
		}
		if n := r.journalled(journal.StaffCardOff); n != 1 {
			t.Errorf("taken off %d times in the journal", n)
		}
		if _, err := desk.Reset(t.Context(), staff.Reset{Name: here.clerk.Name, Password: "another good battery 7", Reason: "test"}, flow.Operator().Author); err != nil {
			t.Fatal(err)
		}
		var c staff.OwnCard
		var box string
		r.read(func(ctx context.Context, tx *db.Tx) (err error) {
			c, box, err = desk.Card(ctx, tx, here.clerk.ID)
			return err
		})
		if c.Bound() || box != "" || c.At <= int64(now+30) {
			t.Errorf("reset, and the card stands since %d at %q", c.At, box)
		}
		bind(second, here.clerk, protocol.Time(c.At), 6) // bound before the reset, at a box that was away
		r.read(func(ctx context.Context, tx *db.Tx) (err error) {
			c, _, err = desk.Card(ctx, tx, here.clerk.ID)
			return err
		})
		if c.Bound() {
			t.Error("a card from before the reset came back")
		}
	})
}

// TestTraining: who did which exercises is known once, and only of the point's own.
func TestTraining(t *testing.T) {
	r := newRig(t, dbtest.SQLite(t), 1)
	here, there := r.crew(pointHere), r.crew(pointThere)
	desk := staff.New(staff.Options{DB: r.db, Keys: r.ring, Now: r.clock.Now, Hasher: stafftest.Hasher()})
	b := r.enrol(pointHere)
	now := protocol.TimeOf(r.clock.Now())
	did := func(who staff.Account, at protocol.Time, keys ...string) protocol.Receipt {
		t.Helper()
		body := protocol.Training{Point: pointHere, Account: who.ID, Blobs: []protocol.BlobRef{}}
		for _, k := range keys {
			body.Exercises = append(body.Exercises, protocol.Exercise{Key: k, At: at})
		}
		return b.receipt(b.act(protocol.RecordTraining, body))
	}
	if got := did(here.clerk, now, "first-visit", "void"); got.Outcome != protocol.Accepted {
		t.Fatalf("training: %+v", got)
	}
	did(here.clerk, now+60_000, "void", "close-day")
	if got := did(there.clerk, now, "void"); got.Reason != protocol.ReasonAssent {
		t.Errorf("of another point: %+v", got)
	}
	var all []staff.Trained
	r.read(func(ctx context.Context, tx *db.Tx) (err error) {
		all, err = desk.TrainingUnder(ctx, tx, division, pointHere)
		return err
	})
	if len(all) != 2 {
		t.Fatalf("%d people of the point", len(all))
	}
	for _, a := range all {
		switch a.ID {
		case here.clerk.ID:
			if len(a.Done) != 3 || a.Done["void"] != (staff.Did{At: int64(now), Box: string(b.id.Box)}) || a.Done["close-day"].At != int64(now+60_000) {
				t.Errorf("done: %v", a.Done)
			}
		case here.head.ID:
			if len(a.Done) != 0 {
				t.Errorf("the head has done %v", a.Done)
			}
		}
	}
	r.read(func(ctx context.Context, tx *db.Tx) (err error) {
		all, err = desk.TrainingUnder(ctx, tx, division, "")
		return err
	})
	if len(all) < 2 {
		t.Errorf("%d people of the county", len(all))
	}
	if n := r.journalled(journal.StaffTrained); n != 2 {
		t.Errorf("%d in the journal", n)
	}
}

package dispatch_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/dispatch"
	"zhunkao/hub/fleet"
	"zhunkao/hub/flow"
	"zhunkao/hub/journal"
	"zhunkao/protocol"
)

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

package intake_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"zhunkao/hub/confirmation"
	"zhunkao/hub/countersign"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/journal"
	"zhunkao/hub/staff"
	"zhunkao/protocol"
)

// deciding is what somebody decides in a transaction of her hub.
type deciding func(ctx context.Context, tx *db.Tx, f *flow.Flow) error

// meet has two people decide at two hubs at the same moment: the first has done
// so and her transaction is held open; the second does too, on what she read
// before, and waits for the first. It gives what each was told.
func meet(t *testing.T, a, o *rig, first, second deciding) (held, met error) {
	t.Helper()
	taken, end := make(chan struct{}), make(chan struct{})
	release := sync.OnceFunc(func() { close(end) })
	defer release()
	did := sync.OnceFunc(func() { close(taken) })
	told, other := make(chan error, 1), make(chan error, 1)
	go func() {
		told <- a.db.Write(t.Context(), func(tx *db.Tx) error {
			err := first(t.Context(), tx, a.flow)
			did()
			<-end
			return err
		})
	}()
	<-taken
	go func() {
		other <- o.db.Write(t.Context(), func(tx *db.Tx) error { return second(t.Context(), tx, o.flow) })
	}()
	eventually(t, "the second waits for the first", func() bool {
		var n int
		a.read(func(ctx context.Context, tx *db.Tx) error {
			return tx.QueryRow(ctx, `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`).Scan(&n)
		})
		return n > 0
	})
	release()
	return <-told, <-other
}

// TestTwoHubsDecideAtOnce: of two people who decide one thing at two hubs at the
// same moment one decides, and the other is told that it was decided: a case that
// waits, papers, who agrees to an act of two persons, and who does it.
func TestTwoHubsDecideAtOnce(t *testing.T) {
	a, o := newGroup(t, 4)
	here, there := a.enrol(pointHere), a.enrol(pointThere)
	county := a.hire("county", staff.CountyOperator, "")
	second, third := a.hire("second", staff.CountyOperator, ""), a.hire("third", staff.CountyOperator, "")
	by := func(who staff.Account) flow.By {
		return flow.By{Author: journal.Author{Kind: journal.ByStaff, ID: who.ID}, Source: "192.0.2.1"}
	}
	one := func(what string, held, met, want error) {
		t.Helper()
		if held != nil || !errors.Is(met, want) {
			t.Errorf("%s: the first was told %v, the second %v; want nil and %v", what, held, met, want)
		}
	}

	// A case: each keeps another side.
	p := a.people[0]
	for _, b := range []*box{here, there} {
		moved := p
		moved.Application = p.Application.Clone()
		moved.Application.Point = b.point
		if got := b.receipt(b.seal(moved, making{})); got.Outcome != protocol.Accepted {
			t.Fatalf("receipt %+v", got)
		}
	}
	var c confirmation.Case
	a.read(func(ctx context.Context, tx *db.Tx) (err error) {
		c, err = a.flow.Case(ctx, tx, p.Application.ID)
		return err
	})
	if len(c.Sides) != 2 {
		t.Fatalf("%d records stand beside each other", len(c.Sides))
	}
	keep := func(n int, who staff.Account) deciding {
		return func(ctx context.Context, tx *db.Tx, f *flow.Flow) error {
			_, err := f.Decide(ctx, tx, flow.Decision{Application: p.Application.ID, Keep: c.Sides[n].ID, Seen: c.Seen(), Reason: "问过本人"}, who, by(who))
			return err
		}
	}
	held, met := meet(t, a, o, keep(0, county), keep(1, second))
	one("a case", held, met, confirmation.ErrChanged)
	for n, want := range []confirmation.State{confirmation.InForce, confirmation.Overruled} {
		var r confirmation.Record
		a.read(func(ctx context.Context, tx *db.Tx) (err error) {
			r, err = confirmation.Get(ctx, tx, c.Sides[n].ID)
			return err
		})
		if r.State != want {
			t.Errorf("side %d is %s, want %s", n, r.State, want)
		}
	}
	if n := a.count("ruling"); n != 1 {
		t.Errorf("%d rulings", n)
	}

	// Papers: one accepts, the other refuses.
	s := here.onPapers(1, [][]byte{drawn(t, 60, 40)}, nil)
	here.receipt(s)
	var papers flow.PapersCase
	a.read(func(ctx context.Context, tx *db.Tx) (err error) {
		papers, err = a.flow.Papers(ctx, tx, s.Manifest.ID.String())
		return err
	})
	city := staff.Account{ID: "s-city", Division: "430100", Role: staff.CityOperator}
	says := func(to confirmation.Proof) deciding {
		return func(ctx context.Context, tx *db.Tx, f *flow.Flow) error {
			return f.JudgePapers(ctx, tx, flow.PapersDecision{Record: papers.Record.ID, To: to, Seen: papers.Seen(), Reason: "看过材料"}, city, by(city))
		}
	}
	held, met = meet(t, a, o, says(confirmation.NotProven), says(confirmation.Accepted))
	one("papers", held, met, confirmation.ErrChanged)
	if r := a.record(s.Manifest.ID); r.State != confirmation.Refused || r.Proof != confirmation.NotProven {
		t.Errorf("refused papers are %s, %s", r.State, r.Proof)
	}

	// A void of two persons: two agree to it, and then it is done twice.
	s = here.seal(a.people[2], making{})
	here.receipt(s)
	r := a.record(s.Manifest.ID)
	var asked countersign.Act
	if err := a.write(func(ctx context.Context, tx *db.Tx) (err error) {
		asked, err = a.flow.AskSecond(ctx, tx, countersign.Act{Act: flow.ActVoidLater, Subject: r.ID, Campaign: r.Campaign, Division: r.Division, Point: r.Point, Reason: "重复确认"}, by(county))
		return err
	}); err != nil {
		t.Fatal(err)
	}
	agrees := func(who staff.Account) deciding {
		return func(ctx context.Context, tx *db.Tx, f *flow.Flow) error {
			return f.AgreeSecond(ctx, tx, asked.ID, by(who))
		}
	}
	held, met = meet(t, a, o, agrees(second), agrees(third))
	one("who agrees", held, met, countersign.ErrState)
	void := func(ctx context.Context, tx *db.Tx, f *flow.Flow) error {
		if err := f.UseSecond(ctx, tx, asked.ID, by(county)); err != nil {
			return err
		}
		now, err := confirmation.Get(ctx, tx, r.ID)
		if err != nil {
			return err
		}
		return f.VoidLater(ctx, tx, now, "04", asked.Reason, second.ID, county, by(county))
	}
	held, met = meet(t, a, o, void, void)
	one("a void", held, met, countersign.ErrState)
	if n := a.count("void"); n != 1 || a.record(s.Manifest.ID).State != confirmation.Voided {
		t.Errorf("%d voids, and the record is %s", n, a.record(s.Manifest.ID).State)
	}
	for act, want := range map[journal.Act]int{journal.PapersRefused: 1, journal.PapersAccepted: 0, journal.CountersignAgreed: 1, journal.CountersignUsed: 1, journal.ConfirmationVoided: 1} {
		if n := a.journalled(act); n != want {
			t.Errorf("%s stands %d times in the journal, want %d", act, n, want)
		}
	}
}

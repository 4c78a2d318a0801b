package seating_test

import (
	"bytes"
	"context"
	"errors"
	"sync"
	"testing"

	"zhunkao/hub/arrangement"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/seating"
	"zhunkao/hub/seating/seatingtest"
	"zhunkao/protocol/campaign"
)

func adult(t *testing.T) campaign.Campaign {
	t.Helper()
	for _, c := range campaign.Shipped() {
		if c.Kind == campaign.KindAdult {
			return c
		}
	}
	t.Fatal("no adult campaign")
	return campaign.Campaign{}
}

// TestPublished: what was published is found by area, by application and by number, and
// every seat's proof leads to the root.
func TestPublished(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, camp := t.Context(), adult(t)
		people := append(seatingtest.People(70, "430104"), seatingtest.Person{Application: "b1", Division: "430105"})
		v, err := seatingtest.Publish(ctx, d, camp, people, 7)
		if err != nil {
			t.Fatal(err)
		}
		if v.State != seating.Published || v.Number != 1 || v.People != 71 || v.Figures.Seats != 71 || v.Published != 7 {
			t.Fatalf("%+v", v)
		}
		err = d.Read(ctx, func(tx *db.Tx) error {
			rooms, err := seating.Rooms(ctx, tx, v.ID, "0104")
			if err != nil {
				return err
			}
			seats, err := seating.Seats(ctx, tx, v.ID, "0104", 1, len(rooms))
			if err != nil {
				return err
			}
			n := 0
			for _, r := range rooms {
				n += r.Seats
			}
			if len(rooms) != 4 || n != 70 || len(seats) != 70 {
				t.Errorf("%d rooms of %d, %d seats", len(rooms), n, len(seats))
			}
			for _, s := range seats {
				p, err := seating.Proof(ctx, tx, v.ID, s)
				if err != nil {
					return err
				}
				if err := p.Check(seating.Arranged(s), v.Root); err != nil {
					t.Errorf("room %d seat %d: %v", s.Room, s.Seat, err)
				}
				_, same, room, ok, err := seating.ByNumber(ctx, tx, camp.ID, s.Number)
				if err != nil || !ok || same != s || room.Number != s.Room {
					t.Errorf("by number: %+v, %v", same, err)
				}
			}
			_, s, _, ok, err := seating.SeatOf(ctx, tx, camp.ID, "b1")
			if err != nil || !ok || s.Area != "0105" || s.Room != 1 || s.Seat != 1 || s.Level != "1" {
				t.Errorf("%+v, %v, %v", s, ok, err)
			}
			s.Number = "1"
			if _, err := seating.Proof(ctx, tx, v.ID, s); !errors.Is(err, seating.ErrNotFound) {
				t.Errorf("proof of a seat that is none: %v", err)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		again, err := seatingtest.Publish(ctx, d, camp, people, 8)
		if err != nil || again.Number != 2 {
			t.Fatalf("%+v, %v", again, err)
		}
		if err := d.Read(ctx, func(tx *db.Tx) error {
			v, err = seating.Get(ctx, tx, v.ID)
			now, _, err2 := seating.Current(ctx, tx, camp.ID)
			if v.State != seating.Replaced || now.ID != again.ID {
				t.Errorf("the old one is %s", v.State)
			}
			return errors.Join(err, err2)
		}); err != nil {
			t.Fatal(err)
		}
	})
}

// TestKilled: a run that dies after any of its commits shows nothing of itself, neither a
// room nor a seat, and run again it publishes what it would have published (fault 39).
func TestKilled(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, camp := t.Context(), adult(t)
		people := seatingtest.People(2*seating.Batch+100, "430104")
		v, err := seatingtest.Drawn(ctx, d, camp, people, 7)
		if err != nil {
			t.Fatal(err)
		}
		at := func() int64 { return 7 }
		for commits := uint64(1); commits < 5; commits++ { // taken back, seats in three shares, rooms: then it is published
			err := seating.Run(diesAfter(ctx, d, commits), d, v.ID, at, nil)
			nothingSeen(t, d, camp, v)
			if err == nil {
				t.Fatalf("it lived through %d commits", commits)
			}
		}
		// … and it dies as it publishes.
		last := errors.New("power cut")
		if err := seating.Run(ctx, d, v.ID, at, func(*db.Tx, seating.Version) error { return last }); !errors.Is(err, last) {
			t.Fatal(err)
		}
		nothingSeen(t, d, camp, v)
		if err := seating.Run(ctx, d, v.ID, at, nil); err != nil {
			t.Fatal(err)
		}
		var bundle bytes.Buffer
		if err := seating.Bundle(ctx, d, v.ID, &bundle); err != nil {
			t.Fatal(err)
		}
		got, err := arrangement.Verify(&bundle)
		if err != nil || len(got.Result.Seats) != len(people) {
			t.Errorf("the published bundle: %d seats, %v", len(got.Result.Seats), err)
		}
		if err := d.Read(ctx, func(tx *db.Tx) error {
			now, ok, err := seating.Current(ctx, tx, camp.ID)
			if !ok || now.Root != got.Root || now.Figures.Seats != len(people) {
				t.Errorf("%+v", now)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	})
}

// mortal is a context that ends when something has happened, for whoever asks it next.
type mortal struct {
	context.Context
	over func() bool
}

// diesAfter ends with the so many-th commit from now.
func diesAfter(ctx context.Context, d *db.DB, commits uint64) context.Context {
	last := d.Changes() + commits
	return mortal{ctx, func() bool { return d.Changes() >= last }}
}

func (m mortal) Done() <-chan struct{} {
	if m.over() {
		gone := make(chan struct{})
		close(gone)
		return gone
	}
	return m.Context.Done()
}

func (m mortal) Err() error {
	if m.over() {
		return context.Canceled
	}
	return m.Context.Err()
}

func nothingSeen(t *testing.T, d *db.DB, camp campaign.Campaign, v seating.Version) {
	t.Helper()
	if err := d.Read(t.Context(), func(tx *db.Tx) error {
		_, current, err := seating.Current(t.Context(), tx, camp.ID)
		rooms, err2 := seating.Rooms(t.Context(), tx, v.ID, "")
		seats, err3 := seating.Seats(t.Context(), tx, v.ID, "0104", 1, 9999)
		_, _, _, seated, err4 := seating.SeatOf(t.Context(), tx, camp.ID, "a0001")
		if current || seated || len(rooms) > 0 || len(seats) > 0 {
			t.Errorf("current %v, %d rooms and %d seats are seen of a run that died", current, len(rooms), len(seats))
		}
		return errors.Join(err, err2, err3, err4)
	}); err != nil {
		t.Fatal(err)
	}
}

// TestDraw: nobody reveals before all have sealed, nothing but what was sealed is taken,
// and a version that is void is nobody's seed.
func TestDraw(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, camp := t.Context(), adult(t)
		v, err := seatingtest.Frozen(ctx, d, camp, seatingtest.People(3, "430104"), 7)
		if err != nil {
			t.Fatal(err)
		}
		do := func(f func(tx *db.Tx) error) error { return d.Write(ctx, f) }
		one, other := arrangement.Share{Office: "甲处", Secret: [32]byte{1}}, arrangement.Share{Office: "乙处", Secret: [32]byte{2}}
		seal := func(office string, s arrangement.Share) error {
			return do(func(tx *db.Tx) error { return seating.Seal(ctx, tx, v.ID, office, s.Commit(v.Digest).Hash, 8) })
		}
		var drawn bool
		reveal := func(office string, s arrangement.Share) error {
			return do(func(tx *db.Tx) (err error) { drawn, err = seating.Reveal(ctx, tx, v, office, s.Secret, 9); return err })
		}
		if err := seal("a", one); err != nil {
			t.Fatal(err)
		}
		if err := seal("a", other); !errors.Is(err, seating.ErrSealed) {
			t.Errorf("sealed twice: %v", err)
		}
		if err := reveal("a", one); !errors.Is(err, seating.ErrEarly) {
			t.Errorf("revealed before the other sealed: %v", err)
		}
		if err := do(func(tx *db.Tx) error { return seating.Number(ctx, tx, v.ID, seating.Who{}) }); !errors.Is(err, seating.ErrState) {
			t.Errorf("numbered without a seed: %v", err)
		}
		if err := seal("b", other); err != nil {
			t.Fatal(err)
		}
		if err := reveal("a", other); !errors.Is(err, seating.ErrSecret) {
			t.Errorf("something else was taken: %v", err)
		}
		if err := reveal("a", one); err != nil || drawn {
			t.Fatalf("%v, drawn %v", err, drawn)
		}
		if err := do(func(tx *db.Tx) error { return seating.End(ctx, tx, v.ID, seating.Refused, "", seating.Who{At: 9}) }); err != nil {
			t.Fatal(err)
		}
		if err := reveal("b", other); !errors.Is(err, seating.ErrState) {
			t.Errorf("revealed in a void run: %v", err)
		}
		run, err := seatingtest.Drawn(ctx, d, camp, seatingtest.People(3, "430104"), 9)
		if err != nil {
			t.Fatal(err)
		}
		if err := do(func(tx *db.Tx) error { return seating.End(ctx, tx, run.ID, seating.Withdrawn, "", seating.Who{At: 9}) }); err != nil {
			t.Errorf("no way out of a run: %v", err)
		}
		if err := seating.Run(ctx, d, run.ID, func() int64 { return 9 }, nil); !errors.Is(err, seating.ErrState) {
			t.Errorf("a void run went on: %v", err)
		}
		if _, err := seatingtest.Publish(ctx, d, camp, seatingtest.People(3, "430104"), 10); err != nil {
			t.Errorf("others start anew: %v", err)
		}
	})
}

// TestRevealTogether: of two offices that reveal at the same moment the later makes the
// seed known.
func TestRevealTogether(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, camp := t.Context(), adult(t)
		v, err := seatingtest.Frozen(ctx, d, camp, seatingtest.People(3, "430104"), 7)
		if err != nil {
			t.Fatal(err)
		}
		shares := map[string]arrangement.Share{"a": {Office: "甲处", Secret: [32]byte{1}}, "b": {Office: "乙处", Secret: [32]byte{2}}}
		for office, s := range shares {
			if err := d.Write(ctx, func(tx *db.Tx) error { return seating.Seal(ctx, tx, v.ID, office, s.Commit(v.Digest).Hash, 8) }); err != nil {
				t.Fatal(err)
			}
		}
		reveal := func(office string, between func()) error {
			return d.Write(ctx, func(tx *db.Tx) error {
				if _, err := seating.Shares(ctx, tx, v.ID); err != nil { // whose share it is: this is what it sees
					return err
				}
				between()
				_, err := seating.Reveal(ctx, tx, v, office, shares[office].Secret, 9)
				return err
			})
		}
		seen, other := make(chan struct{}), make(chan error, 1)
		once := sync.OnceFunc(func() {
			go func() { close(seen); other <- reveal("b", func() {}) }()
			<-seen
			if d.Kind() == db.PostgreSQL { // SQLite has one writer at a time: the other waits
				other <- <-other
			}
		})
		if err := reveal("a", once); err != nil {
			t.Fatal(err)
		}
		if err := <-other; err != nil {
			t.Fatal(err)
		}
		if err := d.Read(ctx, func(tx *db.Tx) error {
			v, err = seating.Get(ctx, tx, v.ID)
			return err
		}); err != nil || v.State != seating.Drawn {
			t.Errorf("%s, %v", v.State, err)
		}
	})
}

// TestLate: an exception seat moves nobody, has no proof, and is given once.
func TestLate(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, camp := t.Context(), adult(t)
		v, err := seatingtest.Publish(ctx, d, camp, seatingtest.People(59, "430104"), 7)
		if err != nil {
			t.Fatal(err)
		}
		late := []seating.Listed{{Application: "late", Candidate: arrangement.Candidate{Token: arrangement.Token{9}, Division: "430104", Level: "1", Category: "11"}}}
		give := func() error {
			return d.Write(ctx, func(tx *db.Tx) error {
				before, err := seating.Seats(ctx, tx, v.ID, "0104", 1, 99)
				if err != nil {
					return err
				}
				a, seats, err := seating.Add(ctx, tx, v, late, "补缴", seating.Who{By: "x", Second: "y", At: 8})
				if err != nil {
					return err
				}
				if a.Number != 1 || len(seats) != 1 || !seats[0].Exception || seats[0].Number == "" {
					t.Errorf("%+v, %+v", a, seats)
				}
				after, err := seating.Seats(ctx, tx, v.ID, "0104", 1, 99)
				if len(after) != len(before)+1 {
					t.Errorf("%d seats, and %d before", len(after), len(before))
				}
				for _, s := range after {
					if s.Application == "late" {
						if _, err := seating.Proof(ctx, tx, v.ID, s); !errors.Is(err, seating.ErrException) {
							t.Errorf("a proof of it: %v", err)
						}
						continue
					}
					if p, err := seating.Proof(ctx, tx, v.ID, s); err != nil || p.Check(seating.Arranged(s), v.Root) != nil {
						t.Errorf("room %d seat %d: %v", s.Room, s.Seat, err)
					}
				}
				return err
			})
		}
		if err := give(); err != nil {
			t.Fatal(err)
		}
		if err := give(); !errors.Is(err, seating.ErrSeated) {
			t.Errorf("given twice: %v", err)
		}
	})
}

// TestSecret: a number is one share however it is grouped, and a short one is refused.
func TestSecret(t *testing.T) {
	n := seating.NewNumber()
	a, err := seating.Secret(n)
	b, err2 := seating.Secret("  " + n + "　")
	if err != nil || err2 != nil || a != b || n == seating.NewNumber() {
		t.Errorf("%v, %v", err, err2)
	}
	for _, bad := range []string{"", "12345678", "12345 12345 12345 12345 12345 1234x", "9c41"} {
		if _, err := seating.Secret(bad); !errors.Is(err, seating.ErrText) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

package seating_test

import (
	"errors"
	"testing"

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

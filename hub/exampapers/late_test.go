package exampapers_test

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"zhunkao/hub/arrangement"
	"zhunkao/hub/blob"
	"zhunkao/hub/db"
	"zhunkao/hub/exampapers"
	"zhunkao/hub/seating"
)

// TestAddedSeats: after an exception seat the county is told which rooms' papers lack
// somebody, until each paper of them is printed again; a batch says so for ever.
func TestAddedSeats(t *testing.T) {
	w := newWorld(t)
	w.ask("05", "07")
	b := w.ask("11", "24") // of the site: no room's
	behind := func() (out map[string][]int) {
		w.write(func(tx *db.Tx) (err error) { out, err = exampapers.Behind(ctx, tx, w.v.ID); return err })
		return out
	}
	if got := behind(); len(got) != 0 {
		t.Errorf("nobody came late: %v", got)
	}
	var room int
	w.write(func(tx *db.Tx) error {
		seats, err := seating.Seats(ctx, tx, w.v.ID, county[2:], 1, 1)
		if err != nil {
			return err
		}
		one := seats[0]
		sum := sha256.Sum256([]byte("late"))
		l := seating.Listed{Application: "late", Candidate: arrangement.Candidate{Token: arrangement.Token(sum[:]), Division: county, Level: one.Level, Category: one.Category}}
		_, added, err := seating.Add(ctx, tx, w.v, []seating.Listed{l}, "补缴", seating.Who{By: "x", Second: "y", At: now.UnixMilli() + 5})
		if err != nil {
			return err
		}
		room = added[0].Room
		_, err = tx.Exec(ctx, `UPDATE seating_room SET site = $1 WHERE version = $2 AND number = $3`, w.sites[0].ID, w.v.ID, room)
		return err
	})
	lacks := map[string][]int{w.sites[0].ID: {room}}
	if got := behind(); !maps.EqualFunc(got, lacks, slices.Equal) {
		t.Errorf("behind: %v, want %v", got, lacks)
	}
	late := func(b exampapers.Batch) (rooms []int) {
		w.write(func(tx *db.Tx) error {
			added, err := seating.AddedRooms(ctx, tx, w.v.ID)
			rooms = b.Late(added)
			return err
		})
		return rooms
	}
	if got := late(b); !slices.Equal(got, []int{room}) {
		t.Errorf("the batch lacks rooms %v, want %d", got, room)
	}
	again := func(first, last int, papers ...string) (b exampapers.Batch) {
		w.write(func(tx *db.Tx) (err error) {
			b, err = exampapers.Insert(ctx, tx, exampapers.Batch{ID: exampapers.NewID(), Campaign: "adult-2019", Division: county, Area: county[2:], Site: w.sites[0].ID, Version: w.v.ID, Blocks: 1,
				Papers: papers, First: first, Last: last, AskedBy: "s1", AskedAt: now.UnixMilli() + 9})
			return err
		})
		return b
	}
	again(room+1, 99, "05", "07")
	again(1, 99, "05")
	if got := behind(); !maps.EqualFunc(got, lacks, slices.Equal) {
		t.Errorf("07 of the room is not printed since: %v", got)
	}
	b = again(room, room, "07")
	if got := behind(); len(got) != 0 || len(late(b)) != 0 {
		t.Errorf("all is printed again, and behind are %v", got)
	}
	w.write(func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE exam_batch SET state = 'failed' WHERE id = $1`, b.ID)
		if n != 1 {
			err = errors.Join(err, errors.New("no such batch"))
		}
		return err
	})
	if got := behind(); len(got) != 1 {
		t.Errorf("what failed was not printed: %v", got)
	}
}

// away is keys whose seals end in a store that is away.
type away struct{ exampapers.Keys }

func (away) Seal(string, string, []byte) ([]byte, error) {
	return nil, fmt.Errorf("%w: not now", blob.ErrAway)
}

// TestStoreAway: a batch whose store is away for a moment waits, and is made after.
func TestStoreAway(t *testing.T) {
	w := newWorld(t)
	b := w.ask("05")
	keys := w.maker.Keys
	w.maker.Keys = away{keys}
	if worked, err := w.maker.Once(ctx); worked || !errors.Is(err, blob.ErrAway) {
		t.Errorf("worked: %v, %v", worked, err)
	}
	if b, _ := w.get(b.ID); b.State != exampapers.Queued {
		t.Errorf("it is %s", b.State)
	}
	w.maker.Keys = keys
	w.once()
	if b, _ := w.get(b.ID); b.State != exampapers.Ready {
		t.Errorf("it is %s", b.State)
	}
}

// TestWholeSite: the summary of a site counts all its rooms, also where some alone are
// printed; pictures are of those.
func TestWholeSite(t *testing.T) {
	w := newWorld(t)
	all := w.ask("11", "23", "05")
	w.once()
	_, want := w.get(all.ID)
	one := w.ask("11", "23", "05")
	w.write(func(tx *db.Tx) error { // as if nothing had been printed before
		_, err := tx.Exec(ctx, `UPDATE exam_batch SET last = 1, copy = 1 WHERE id = $1`, one.ID)
		return err
	})
	w.once()
	_, got := w.get(one.ID)
	if len(got) != len(want) {
		t.Fatalf("%d sections, want %d", len(got), len(want))
	}
	for i, s := range got {
		switch s.Paper {
		case "11", "23":
			if s.Things != want[i].Things || s.Sum != want[i].Sum {
				t.Errorf("paper %s is not that of the site: %+v, want %+v", s.Paper, s, want[i])
			}
		case "05":
			if s.Things != 1 {
				t.Errorf("%d door sheets of one room", s.Things)
			}
		}
	}
}

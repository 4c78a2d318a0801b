package seating_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"maps"
	"slices"
	"testing"

	"zhunkao/hub/arrangement"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/seating"
	"zhunkao/hub/seating/seatingtest"
	"zhunkao/protocol/campaign"
)

// where gives all seats of a version by application.
func where(t *testing.T, d *db.DB, version string) map[string]seating.Seat {
	t.Helper()
	out := map[string]seating.Seat{}
	if err := d.Read(t.Context(), func(tx *db.Tx) error {
		for _, area := range []string{"0104", "0105"} {
			seats, err := seating.Seats(t.Context(), tx, version, area, 1, 9999)
			if err != nil {
				return err
			}
			for _, s := range seats {
				out[s.Application] = s
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

func lateOne(id string) []seating.Listed {
	sum := sha256.Sum256([]byte(id)) // as seatingtest has it
	return []seating.Listed{{Application: id, Candidate: arrangement.Candidate{Token: arrangement.Token(sum[:]), Division: "430104", Level: "1", Category: "11"}}}
}

// TestRevise: who is not concerned keeps seat and number, an exception seat too; who is
// gone leaves an empty seat behind, whose number nobody gets; rooms stay at their sites;
// every seat has a proof, and the bundle verifies and follows the one before. A revision
// of the revision does the same.
func TestRevise(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, camp := t.Context(), adult(t)
		people := append(seatingtest.People(70, "430104"), seatingtest.Person{Application: "b1", Division: "430105"})
		first, err := seatingtest.Publish(ctx, d, camp, people, 7)
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Write(ctx, func(tx *db.Tx) error {
			if _, _, err := seating.Add(ctx, tx, first, lateOne("late"), "补缴", seating.Who{By: "x", Second: "y", At: 8}); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, `UPDATE seating_room SET site = 's' || area WHERE version = $1`, first.ID)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		was := where(t, d, first.ID)
		now := slices.DeleteFunc(slices.Clone(people), func(p seatingtest.Person) bool { return p.Application == "a0007" || p.Application == "b1" })
		now[0].Category = "12" // another subject: another group and number
		now = append(now, seatingtest.Person{Application: "n1", Division: "430104"}, seatingtest.Person{Application: "n2", Division: "430105"})
		second, err := seatingtest.Revise(ctx, d, camp, now, 9)
		if err != nil {
			t.Fatal(err)
		}
		if f := second.Figures; second.Number != 2 || f.Kept != 68 || f.Moved != 1 || f.Fresh != 2 || f.Gone != 3 || f.Closed != 1 || second.Base != first.ID || second.State != seating.Published {
			t.Fatalf("%+v", second)
		}
		is := where(t, d, second.ID)
		for id, s := range is {
			if was[id].Number != "" && id != "a0001" && (s.Room != was[id].Room || s.Seat != was[id].Seat || s.Number != was[id].Number) {
				t.Errorf("%s had %+v and has %+v", id, was[id], s)
			}
			for other, o := range was {
				if other != id && o.Number == s.Number {
					t.Errorf("%s got the number of %s", id, other)
				}
			}
		}
		if is["n2"].Room != 2 || is["a0001"].Number == was["a0001"].Number {
			t.Errorf("a room that was left was filled again: %+v; %+v", is["n2"], is["a0001"])
		}
		proven(t, d, second, is)
		changes(t, d, second, map[arrangement.Why]int{arrangement.OtherGroup: 1, arrangement.Fresh: 2, arrangement.Gone: 3})
		follows(t, d, first, second)
		if err := d.Read(ctx, func(tx *db.Tx) error {
			for _, area := range []string{"0104", "0105"} {
				rooms, err := seating.Rooms(ctx, tx, second.ID, area)
				if err != nil {
					return err
				}
				for _, r := range rooms {
					if want := map[bool]string{true: "s" + area, false: ""}[area == "0104"]; r.Site != want {
						t.Errorf("room %s/%d is at %q, want %q", area, r.Number, r.Site, want)
					}
				}
			}
			told, err := seating.Applications(ctx, tx, second.ID, "", 500)
			kinds := map[seating.Told]int{}
			for _, x := range told {
				x.Application = ""
				kinds[x]++
			}
			if want := map[seating.Told]int{{Now: true, Before: true, Same: true}: 68, {Now: true, Before: true}: 1, {Now: true}: 2, {Before: true}: 3}; !maps.Equal(kinds, want) {
				t.Errorf("told %v, want %v", kinds, want)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		third, err := seatingtest.Revise(ctx, d, camp, now, 10)
		if err != nil {
			t.Fatal(err)
		}
		if f := third.Figures; f.Kept != len(now) || third.Draw != first.ID || !maps.Equal(numbers(is), numbers(where(t, d, third.ID))) {
			t.Errorf("the same list once more: %+v", third)
		}
		follows(t, d, second, third)
	})
}

func numbers(all map[string]seating.Seat) map[string]string {
	out := map[string]string{}
	for id, s := range all {
		out[id] = s.Number
	}
	return out
}

// proven asks for the proof of every seat.
func proven(t *testing.T, d *db.DB, v seating.Version, seats map[string]seating.Seat) {
	t.Helper()
	if err := d.Read(t.Context(), func(tx *db.Tx) error {
		for id, s := range seats {
			p, err := seating.Proof(t.Context(), tx, v.ID, s)
			if err != nil || p.Check(seating.Arranged(s), v.Root) != nil {
				t.Errorf("%s has no proof: %v", id, err)
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// changes counts who does not keep her seat.
func changes(t *testing.T, d *db.DB, v seating.Version, want map[arrangement.Why]int) {
	t.Helper()
	if err := d.Read(t.Context(), func(tx *db.Tx) error {
		counts, err := seating.ChangeCounts(t.Context(), tx, v.ID)
		list, err2 := seating.Changes(t.Context(), tx, v, "", "", 100)
		got := map[arrangement.Why]int{}
		for _, c := range list {
			got[c.Why]++
			if (c.Why == arrangement.Fresh) != (c.Was.Number == "") || (c.Why == arrangement.Gone) != (c.Now.Number == "") {
				t.Errorf("%+v", c)
			}
		}
		if !maps.Equal(counts, want) || !maps.Equal(got, want) {
			t.Errorf("%v and %v, want %v", counts, got, want)
		}
		return errors.Join(err, err2)
	}); err != nil {
		t.Fatal(err)
	}
}

// follows verifies both bundles, and that the later was made from the earlier.
func follows(t *testing.T, d *db.DB, before, after seating.Version) {
	t.Helper()
	var got [2]*arrangement.Published
	for i, v := range []seating.Version{before, after} {
		var b bytes.Buffer
		if err := seating.Bundle(t.Context(), d, v.ID, &b); err != nil {
			t.Fatal(err)
		}
		p, err := arrangement.Verify(&b)
		if err != nil {
			t.Fatalf("version %d: %v", v.Number, err)
		}
		got[i] = p
	}
	if err := got[1].Follows(got[0]); err != nil {
		t.Error(err)
	}
}

// TestReviseStale: an exception seat that is given while a revision is in the making, before
// its list was arranged or while it is compared, is not lost: the revision is refused, and
// one begun anew has it.
func TestReviseStale(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, camp := t.Context(), adult(t)
		people := seatingtest.People(20, "430104")
		first, err := seatingtest.Publish(ctx, d, camp, people, 7)
		if err != nil {
			t.Fatal(err)
		}
		var v seating.Version
		begin := func() {
			if v, err = seatingtest.Revising(ctx, d, camp, people, 8); err != nil {
				t.Fatal(err)
			}
		}
		compute := func() {
			if err := seating.Compute(ctx, d, v.ID, nil); err != nil {
				t.Fatal(err)
			}
		}
		publish := func() error {
			return d.Write(ctx, func(tx *db.Tx) (err error) {
				if v, err = seating.Get(ctx, tx, v.ID); err == nil {
					err = seating.PublishRevision(ctx, tx, v, seating.Who{By: "x", Second: "y", At: 9})
				}
				return err
			})
		}
		add := func(id string) {
			if err := d.Write(ctx, func(tx *db.Tx) error {
				_, _, err := seating.Add(ctx, tx, first, lateOne(id), "补缴", seating.Who{By: "x", Second: "y", At: 8})
				return err
			}); err != nil {
				t.Fatal(err)
			}
			people = append(people, seatingtest.Person{Application: id})
		}
		for _, late := range []string{"compared", "frozen"} {
			begin()
			if late == "frozen" {
				add(late)
				compute()
			} else {
				compute()
				add(late)
			}
			if err := publish(); !errors.Is(err, seating.ErrStale) {
				t.Errorf("published without who came while it was %s: %v", late, err)
			}
			if err := d.Write(ctx, func(tx *db.Tx) error {
				stale, err := seating.Stale(ctx, tx, v)
				if !stale {
					t.Errorf("while it was %s: it is not known to be stale", late)
				}
				return errors.Join(err, seating.End(ctx, tx, v.ID, seating.Withdrawn, "", seating.Who{At: 9}))
			}); err != nil {
				t.Fatal(err)
			}
		}
		again, err := seatingtest.Revise(ctx, d, camp, people, 10)
		if err != nil || again.Figures.Seats != 22 {
			t.Fatalf("%+v, %v", again.Figures, err)
		}
		if err := publish(); !errors.Is(err, seating.ErrState) {
			t.Errorf("a void revision was published: %v", err)
		}
	})
}

// TestReviseKilled: a revision that dies after any of its commits shows nothing of itself
// and leaves what is published; run again it is whole.
func TestReviseKilled(t *testing.T) {
	d, camp := dbtest.SQLite(t), adult(t)
	ctx := t.Context()
	people := seatingtest.People(seating.Batch+100, "430104")
	first, err := seatingtest.Publish(ctx, d, camp, people[:seating.Batch-50], 7)
	if err != nil {
		t.Fatal(err)
	}
	v, err := seatingtest.Revising(ctx, d, camp, people[50:], 8)
	if err != nil {
		t.Fatal(err)
	}
	for commits := uint64(1); commits < 6; commits++ { // taken back, seats in two shares, rooms, changes taken back, changes
		if err := seating.Compute(diesAfter(ctx, d, commits), d, v.ID, nil); err == nil {
			t.Fatalf("it lived through %d commits", commits)
		}
		if len(where(t, d, v.ID)) > 0 || len(where(t, d, first.ID)) != seating.Batch-50 || stands(t, d, camp) != first.ID {
			t.Fatalf("after %d commits something is seen of it", commits)
		}
	}
	power := errors.New("power cut")
	if err := seating.Compute(ctx, d, v.ID, func(*db.Tx, seating.Version) error { return power }); !errors.Is(err, power) {
		t.Fatal(err)
	}
	if err := seating.Compute(ctx, d, v.ID, nil); err != nil {
		t.Fatal(err)
	}
	if err := d.Write(ctx, func(tx *db.Tx) error {
		if v, err = seating.Get(ctx, tx, v.ID); err != nil {
			return err
		}
		return errors.Join(seating.PublishRevision(ctx, tx, v, seating.Who{At: 9}), power)
	}); !errors.Is(err, power) || stands(t, d, camp) != first.ID {
		t.Fatalf("died as it was published: %v", err)
	}
	if err := d.Write(ctx, func(tx *db.Tx) error { return seating.PublishRevision(ctx, tx, v, seating.Who{At: 9}) }); err != nil {
		t.Fatal(err)
	}
	if f := v.Figures; len(where(t, d, v.ID)) != seating.Batch+50 || f.Kept != seating.Batch-100 || f.Fresh != 150 || f.Gone != 50 {
		t.Errorf("%+v", f)
	}
}

// stands is the id of the published version.
func stands(t *testing.T, d *db.DB, camp campaign.Campaign) (id string) {
	t.Helper()
	if err := d.Read(t.Context(), func(tx *db.Tx) error {
		v, _, err := seating.Current(t.Context(), tx, camp.ID)
		id = v.ID
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return id
}

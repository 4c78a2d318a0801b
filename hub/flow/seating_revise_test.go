package flow_test

import (
	"errors"
	"slices"
	"strconv"
	"testing"
	"time"

	"zhunkao/hub/approval"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/flow"
	"zhunkao/hub/journal"
	"zhunkao/hub/notice"
	"zhunkao/hub/seating"
	"zhunkao/hub/seating/seatingtest"
	"zhunkao/hub/site"
	"zhunkao/protocol/window"
)

// revises computes a revision with these people and publishes it as two persons do.
func (x *desk) revises(people []seatingtest.Person) seating.Version {
	x.t.Helper()
	for i := range x.camp.Windows {
		if w := &x.camp.Windows[i]; w.Step == flow.StepNumber {
			w.From, w.To = x.f.Now().AddDate(0, -1, 0), x.f.Now().AddDate(0, 1, 0)
		}
	}
	v, err := seatingtest.Revising(ctx, x.d, x.camp, people, x.f.Now().UnixMilli())
	if err != nil {
		x.t.Fatal(err)
	}
	if err := seating.Compute(ctx, x.d, v.ID, nil); err != nil {
		x.t.Fatal(err)
	}
	x.must(func(tx *db.Tx) error {
		if v, err = seating.Get(ctx, tx, v.ID); err != nil {
			return err
		}
		if err := x.f.PublishRevision(ctx, tx, x.camp, v, flow.Operator(), "s2"); err != nil {
			return err
		}
		v, err = seating.Get(ctx, tx, v.ID)
		return err
	})
	return v
}

// TestNewRoomsGetSites: rooms stay at their sites in a revision, and a new one goes to the
// site with most rooms left, though the time in which counties give rooms is over; where no
// site has one it waits, and goes to the first that has more rooms by an approved case.
// What is printed for the other rooms holds; whoever is concerned is told, and who keeps
// her seat only if tickets may be in hands already.
func TestNewRoomsGetSites(t *testing.T) {
	x, sites := seated(t, dbtest.SQLite(t))
	before := x.taken()
	people := seatingtest.People(400, county)
	n := len(before.Rooms)
	x.revises(append(slices.Clone(people), seatingtest.People(520, county)[400:]...)) // 120 more: four rooms of 30 or so
	a := x.area()
	grown := a.Open() - n
	if grown < 3 || len(a.Waiting()) > 0 {
		t.Fatalf("%d new rooms, %v wait", grown, a.Waiting())
	}
	for _, b := range before.Blocks { // as they were
		for r := b.First; r <= b.Last; r++ {
			if a.Rooms[r-1].Site != b.Site {
				t.Errorf("room %d is at %s, was at %s", r, a.Rooms[r-1].Site, b.Site)
			}
		}
	}
	free := map[string]int{sites[0].ID: sites[0].Rooms, sites[1].ID: sites[1].Rooms, sites[2].ID: sites[2].Rooms}
	for _, r := range a.Rooms[:n] {
		free[r.Site]--
	}
	for _, r := range a.Rooms[n:] {
		for _, s := range sites {
			if free[s.ID] > free[r.Site] {
				t.Errorf("room %d went to %s, which has %d left; %s has %d", r.Number, r.Site, free[r.Site], s.ID, free[s.ID])
			}
		}
		free[r.Site]--
	}
	x.must(func(tx *db.Tx) error {
		set, ok, err := seating.LastBlocks(ctx, tx, a.Version.ID, a.Area.Code)
		if !ok || set.How != seating.Carried || set.Second != "s2" || !slices.Equal(set.Blocks, a.Blocks) {
			t.Errorf("the set says %+v", set)
		}
		return err
	})
	if kinds := x.tells(); kinds[notice.SeatKept] > 0 || kinds[notice.SeatGiven] < 120 {
		t.Errorf("before anybody prints: %v", kinds)
	}

	// More than the sites hold, while tickets are printed.
	x.f.Now = func() time.Time { return time.Date(2019, 10, 20, 9, 0, 0, 0, window.Zone()) }
	x.revises(append(slices.Clone(people), seatingtest.People(800, county)[400:]...))
	if kinds := x.tells(); kinds[notice.SeatKept] != 520 {
		t.Errorf("while tickets are printed: %v", kinds)
	}
	wait := len(x.area().Waiting())
	if n := x.acts()[journal.RoomsAdded]; wait < 2 || n != 2 {
		t.Fatalf("%d rooms wait, %d entries", wait, n)
	}
	form := flow.SiteContent(sites[2])
	form["rooms"], form["seats"], form["reason"] = strconv.Itoa(sites[2].Rooms+wait-1), "900", "加开考室"
	c := x.about("site-change", sites[2].ID, "co", form)
	x.mustDo(approval.Agree, c.ID, "ci", "同意")
	x.mustDo(approval.Agree, c.ID, "po", "同意")
	if got := x.area().Waiting(); len(got) != 1 {
		t.Errorf("%v still wait, want one", got)
	}
	a = x.area()
	x.must(func(tx *db.Tx) error {
		set, _, err := seating.LastBlocks(ctx, tx, a.Version.ID, a.Area.Code)
		last, err2 := site.Get(ctx, tx, sites[2].ID)
		at, err3 := seating.RoomsAt(ctx, tx, a.Version.ID, sites[2].ID)
		if set.How != seating.Added || at != last.Rooms {
			t.Errorf("set %+v; %d rooms of %d", set, at, last.Rooms)
		}
		return errors.Join(err, err2, err3)
	})
}

// tells counts what rounds tell that nobody was told yet.
func (x *desk) tells() map[notice.Kind]int {
	x.t.Helper()
	was := x.kinds()
	if _, err := x.f.TellRounds(ctx, x.d); err != nil {
		x.t.Fatal(err)
	}
	now := x.kinds()
	for k, n := range was {
		now[k] -= n
	}
	return now
}

func (x *desk) kinds() map[notice.Kind]int {
	out := map[notice.Kind]int{}
	x.must(func(tx *db.Tx) error {
		return tx.Each(ctx, `SELECT kind, COUNT(*) FROM notice GROUP BY kind`, nil, func(row func(...any) error) error {
			var k notice.Kind
			var n int
			err := row(&k, &n)
			out[k] = n
			return err
		})
	})
	return out
}

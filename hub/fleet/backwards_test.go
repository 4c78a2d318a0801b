package fleet_test

import (
	"math"
	"testing"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/fleet"
)

// TestClockGoesBack: what is decided after the hub's clock was set back counts
// as later all the same, here and at another hub, and what boxes say then is
// not taken for older than what they said before.
func TestClockGoesBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		y := open(t, d)
		other := &yard{t: t, d: d, now: y.now}
		_, pub := key(t)
		b, err := y.enrol(y.ticket("43010201", ""), pub)
		if err != nil {
			t.Fatal(err)
		}
		other.again()
		set := func(to fleet.State) {
			t.Helper()
			if err := y.set(b.ID, to); err != nil {
				t.Fatal(err)
			}
		}
		set(fleet.Frozen)
		other.must(other.f.Look(ctx))
		y.f.Say(b.ID, fleet.Word{Epoch: 1, Head: 3, Live: fleet.Live{Screen: "idle"}})
		y.must(y.f.Keep(ctx))
		y.later(-time.Hour)
		set(fleet.Revoked)
		if got, _ := y.f.Box(b.ID); got.State != fleet.Revoked {
			t.Errorf("revoked after the clock went back: here it is %s", got.State)
		}
		other.must(other.f.Look(ctx))
		if got, _ := other.f.Box(b.ID); got.State != fleet.Revoked {
			t.Errorf("revoked after the clock went back: at the other hub it is %s", got.State)
		}
		y.f.Say(b.ID, fleet.Word{Epoch: 1, Head: 4, Live: fleet.Live{Screen: "found"}})
		y.must(y.f.Keep(ctx))
		y.must(y.f.Look(ctx))
		if got, _ := y.f.Box(b.ID); got.Head != 4 || got.Live.Screen != "found" || got.Live.Silent {
			t.Errorf("what it said after the clock went back is forgotten: %+v", got.Live)
		}
		other.must(other.f.Look(ctx))
		if got, _ := other.f.Box(b.ID); got.Head != 4 {
			t.Errorf("what it said after the clock went back does not reach the other hub: head %d", got.Head)
		}
	})
}

// TestBoastfulBox: a box that claims a head beyond all bounds must not keep the
// hub from starting again.
func TestBoastfulBox(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		y := open(t, d)
		_, pub := key(t)
		b, err := y.enrol(y.ticket("43010201", ""), pub)
		if err != nil {
			t.Fatal(err)
		}
		y.f.Say(b.ID, fleet.Word{Epoch: 1, Head: math.MaxUint64, Marks: fleet.Marks{Roster: math.MaxUint64, Checkpoint: math.MaxUint64},
			Live: fleet.Live{Waiting: math.MaxUint64, FreeDisk: math.MaxUint64, Uptime: math.MaxUint64}})
		y.must(y.f.Keep(ctx))
		y.again()
		if got, ok := y.f.Box(b.ID); !ok || got.Head == 0 {
			t.Errorf("the box is %+v after a restart", got)
		}
	})
}

func (y *yard) must(err error) {
	y.t.Helper()
	if err != nil {
		y.t.Fatal(err)
	}
}

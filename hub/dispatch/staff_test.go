package dispatch_test

import (
	"context"
	"testing"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/fleet"
	"zhunkao/hub/journal"
	"zhunkao/hub/staff"
	"zhunkao/hub/staff/stafftest"
	"zhunkao/protocol"
)

func (l *listener) people(m protocol.Staff) map[string]protocol.StaffMember {
	l.k.t.Helper()
	var page protocol.StaffPage
	l.k.must(protocol.OpenAtBox(m.Sealed, protocol.KindStaff, l.address(), l.opening, &page))
	out := map[string]protocol.StaffMember{}
	for _, p := range page.Members {
		out[p.Name] = p
	}
	return out
}

// TestStaffTravelsAhead: a box hears who works at its own point, is told no
// more once its mark says that it knows, and hears of it when somebody goes.
func TestStaffTravelsAhead(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d, 2)
		people := staff.New(staff.Options{DB: d, Keys: k.ring, Hasher: stafftest.Hasher(), Now: func() time.Time { return opened }})
		k.hire(people, "here", pointHere, staff.Clerk)
		head := k.hire(people, "boss", pointHere, staff.PointHead)
		k.hire(people, "there", pointThere, staff.Clerk)
		k.d.Travel(people)
		b := k.box(pointHere)
		b.marks.Campaign = 1
		b.hello()
		var m protocol.Staff
		if !b.hears(protocol.KindStaff, patient, &m) {
			t.Fatal("no staff came")
		}
		got := b.people(m)
		if len(got) != 2 || got["here"].Role != protocol.StaffClerk || got["boss"].Role != protocol.StaffHead || got["boss"].ID != head.ID ||
			len(got["here"].Secret) != 20 || got["here"].Verifier == "" {
			t.Errorf("%d people came", len(got))
		}
		if m.Point != pointHere || m.Issued != protocol.TimeOf(opened) || m.Until.Time().Sub(m.Issued.Time()) != 21*24*time.Hour {
			t.Errorf("point %s, issued %v, until %v", m.Point, m.Issued.Time(), m.Until.Time())
		}
		b.marks.Staff = m.Mark
		b.hello()
		var w protocol.Welcome
		b.hears(protocol.KindWelcome, patient, &w)
		var r protocol.Roster
		b.hears(protocol.KindRoster, patient, &r) // comes after staff would have
		if b.hears(protocol.KindStaff, 0, &m) {
			t.Error("told again what it knows")
		}
		k.must(people.Disable(context.Background(), head.ID, "test", journal.Author{Kind: journal.ByOperator, ID: "test"}))
		k.d.ForgetStaff()
		b.hello()
		if !b.hears(protocol.KindStaff, patient, &m) || m.Mark == b.marks.Staff {
			t.Fatal("not told that one of them is disabled")
		}
		if got := b.people(m); len(got) != 1 || got["here"].Name == "" {
			t.Errorf("%d people remain", len(got))
		}
	})
}

func (k *desk) hire(people *staff.Desk, name, point string, role staff.Role) staff.Account {
	k.t.Helper()
	a, err := people.Create(context.Background(), staff.NewAccount{Name: name, Display: "值班", Role: role, Office: division, Point: point,
		Password: "three slow herons", Secret: stafftest.Secret}, journal.Author{Kind: journal.ByOperator, ID: "test"})
	k.must(err)
	return a
}

// TestBoxesOfAPointTravelAhead: each box of a point is told of the others, with key,
// number and where they last said that their desks are; it hears when one is shut
// out; a box elsewhere is none of theirs.
func TestBoxesOfAPointTravelAhead(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d, 2)
		k.d.Travel(staff.New(staff.Options{DB: d, Keys: k.ring, Hasher: stafftest.Hasher(), Now: func() time.Time { return opened }}))
		a, b, elsewhere := k.box(pointHere), k.box(pointHere), k.box(pointThere)
		a.marks.Campaign, elsewhere.marks.Campaign = 1, 1
		k.fleet.Say(b.fleet.ID, fleet.Word{Epoch: 1, Live: fleet.Live{Software: "test", Desk: []string{"192.168.8.21"}, DeskPort: 8643}})
		k.fleet.Say(b.fleet.ID, fleet.Word{Epoch: 1, Live: fleet.Live{Screen: "idle"}}) // heartbeats do not repeat where it is
		told := func(l *listener) map[protocol.BoxID]protocol.PointBox {
			t.Helper()
			k.d.ForgetStaff()
			l.hello()
			var m protocol.Staff
			if !l.hears(protocol.KindStaff, patient, &m) {
				t.Fatal("no list came")
			}
			l.marks.Staff = m.Mark
			var page protocol.StaffPage
			k.must(protocol.OpenAtBox(m.Sealed, protocol.KindStaff, l.address(), l.opening, &page))
			out := map[protocol.BoxID]protocol.PointBox{}
			for _, x := range page.Boxes {
				out[x.Box] = x
			}
			return out
		}
		got := told(a)
		x := got[b.address().Box]
		if len(got) != 2 || x.Unit != b.fleet.Unit || x.Key != protocol.HashOf(b.fleet.DeviceKey) || len(x.Names) != 1 || x.Names[0] != "192.168.8.21" || x.Port != 8643 {
			t.Errorf("told of %+v", got)
		}
		if got := told(elsewhere); len(got) != 1 || got[a.address().Box].Unit != 0 {
			t.Errorf("a box elsewhere is told of %+v", got)
		}
		k.write(func(ctx context.Context, tx *db.Tx) error {
			_, _, err := k.fleet.SetState(ctx, tx, b.fleet.ID, fleet.Revoked, "lost")
			return err
		})
		if got := told(a); len(got) != 1 || got[b.address().Box].Unit != 0 {
			t.Errorf("told of a box that is shut out: %+v", got)
		}
	})
}

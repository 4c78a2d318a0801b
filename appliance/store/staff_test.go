package store_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"zhunkao/appliance/hubtest"
	"zhunkao/appliance/store"
	"zhunkao/protocol"
)

var zone = time.FixedZone("UTC+8", 8*3600)

func someStaff(names ...string) protocol.StaffPage {
	p := protocol.StaffPage{Members: []protocol.StaffMember{}}
	for _, n := range names {
		p.Members = append(p.Members, protocol.StaffMember{ID: "s-" + n, Name: n, Display: "显示" + n, Role: protocol.StaffClerk,
			Verifier: "$argon2id$secret-verifier", Secret: []byte("secret-of-authenticator")})
	}
	return p
}

// A list replaces the one before, but never a later one; nothing of it lies
// readable on the disk; it is there after a restart.
func TestStaffIsKept(t *testing.T) {
	b := newBox(t)
	if _, err := b.Staff(); !errors.Is(err, store.ErrNotFound) {
		t.Fatalf("staff of nobody: %v", err)
	}
	say := func(issued protocol.Time, mark uint64, names ...string) bool {
		t.Helper()
		taken, err := b.SaveStaff(protocol.Staff{Point: hubtest.Point, Issued: issued, Until: issued + 1000, Mark: mark}, someStaff(names...))
		if err != nil {
			t.Fatal(err)
		}
		return taken
	}
	if !say(100, 7, "chenxiao", "luogong") || !say(200, 8, "chenxiao") {
		t.Error("a list was not taken")
	}
	if say(150, 7, "chenxiao", "luogong") || say(200, 9, "luogong") {
		t.Error("a list kept back on the way brings somebody back")
	}
	b.again()
	s, err := b.Staff()
	if err != nil || len(s.Members) != 1 || s.Members[0].Name != "chenxiao" || s.Until != 1200 || s.Mark != 8 {
		t.Errorf("staff: %d, %v", len(s.Members), err)
	}
	raw, err := os.ReadFile(filepath.Join(b.dir, store.Boltfile))
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"chenxiao", "secret-verifier", "secret-of-authenticator"} {
		if bytes.Contains(raw, []byte(word)) {
			t.Errorf("%q lies readable on the disk", word)
		}
	}
}

func TestACodeIsUsedOnce(t *testing.T) {
	b := newBox(t)
	for _, c := range []struct {
		account string
		step    int64
		want    error
	}{{"s1", 10, nil}, {"s1", 10, store.ErrCodeUsed}, {"s1", 9, store.ErrCodeUsed}, {"s2", 10, nil}, {"s1", 11, nil}} {
		if err := b.UseCode(c.account, c.step); !errors.Is(err, c.want) {
			t.Errorf("%s step %d: %v", c.account, c.step, err)
		}
	}
	b.again()
	if err := b.UseCode("s1", 11); !errors.Is(err, store.ErrCodeUsed) {
		t.Errorf("after a restart: %v", err)
	}
}

// A day closes by one person when everything agrees, and otherwise only by two
// with a reason; its counts are those of its own records.
func TestADayFromOpeningToClosing(t *testing.T) {
	b := newBox(t)
	at := time.UnixMilli(1567731600000) // of every record of these tests
	if _, err := b.CloseDay(store.DayAct{Account: "s1"}, 0, nil, "", zone); !errors.Is(err, store.ErrDayClosed) {
		t.Fatalf("closed what was not open: %v", err)
	}
	if _, err := b.OpenDay("s1", at, zone, 500); err != nil {
		t.Fatal(err)
	}
	if _, err := b.OpenDay("s2", at, zone, 500); !errors.Is(err, store.ErrDayOpen) {
		t.Fatalf("opened twice: %v", err)
	}
	rec := b.commit("app-1")
	b.commit("app-2")
	by, head := store.DayAct{Account: "s1", At: 5}, store.DayAct{Account: "s9", At: 6}
	self := by
	for name, c := range map[string]struct {
		collected int
		second    *store.DayAct
		reason    string
	}{"alone": {2, nil, "network"}, "no reason": {2, &head, ""}, "twice the same": {2, &self, "network"}} {
		if _, err := b.CloseDay(by, c.collected, c.second, c.reason, zone); !errors.Is(err, store.ErrCounts) {
			t.Errorf("%s: %v", name, err)
		}
	}
	d, err := b.CloseDay(by, 2, &head, "network", zone)
	want := store.Counts{Accepted: 2, Waiting: 2, Collected: 2}
	if err != nil || d.Counts != want || d.Reason != "network" || d.Date != "2019-09-06" {
		t.Errorf("closed as %+v, %v", d, err)
	}
	b.again()
	if got, there, err := b.LastDay(); err != nil || !there || got.Closed == nil || got.Counts != want {
		t.Errorf("after a restart %+v, %v", got, err)
	}
	// The next day: one record delivered, none of its own.
	next := at.Add(24 * time.Hour)
	if _, err := b.OpenDay("s2", next, zone, 100); err != nil {
		t.Fatal(err)
	}
	if d, err := b.CloseDay(store.DayAct{Account: "s2"}, 0, nil, "", zone); err != nil || d.Counts != (store.Counts{}) {
		t.Errorf("an empty day: %+v, %v", d.Counts, err)
	}
	if _, err := b.Settle([]protocol.Receipt{{Record: rec.Manifest.ID, Envelope: rec.Hash(), Sequence: 1, Outcome: protocol.Accepted, At: 9}}); err != nil {
		t.Fatal(err)
	}
	if c, err := b.CountDay("2019-09-06", zone); err != nil || c.Delivered != 1 || c.Waiting != 1 {
		t.Errorf("counts after the receipt %+v, %v", c, err)
	}
}

package store_test

import (
	"errors"
	"testing"

	"zhunkao/appliance/store"
	"zhunkao/protocol"
)

// Papers that were promised survive a restart in their order; what was in the
// printer is unsure then, and what is somebody's waits for a clerk.
func TestPrintsAcrossRestarts(t *testing.T) {
	b := newBox(t)
	var all []store.Print
	for i, p := range []store.Print{{Kind: store.PrintTrust}, {Kind: store.PrintForm}, {Kind: store.PrintReprint, Sequence: 3, Record: protocol.ID{7}, Reason: "lost", Head: &store.DayAct{Account: "s-tan"}}} {
		p.At, p.By, p.State, p.Why = protocol.Time(i+1), store.DayAct{Account: "s-chen"}, store.PrintStopped, "jam"
		got, err := b.Store.AddPrint(p)
		if err != nil {
			t.Fatal(err)
		}
		if got.State != store.PrintWaiting || got.Why != "" || len(all) > 0 && got.ID <= all[len(all)-1].ID {
			t.Errorf("promised as %+v", got)
		}
		all = append(all, got)
	}
	if err := b.Store.SetPrint(all[1].ID, store.PrintBegun, ""); err != nil {
		t.Fatal(err)
	}
	b.again()
	if err := b.Store.ResumePrints("restart"); err != nil {
		t.Fatal(err)
	}
	got, err := b.Store.Prints()
	if err != nil || len(got) != 3 || got[0].State != store.PrintWaiting || got[1].State != store.PrintUnsure || got[1].Why != "restart" || got[2].State != store.PrintStopped ||
		got[2].Record != (protocol.ID{7}) || got[2].Head == nil || got[2].Head.Account != "s-tan" || got[2].By.Account != "s-chen" {
		t.Fatalf("after a restart: %+v, %v", got, err)
	}
	if err := errors.Join(b.Store.DropPrint(all[0].ID), b.Store.DropPrint(all[0].ID)); err != nil {
		t.Error(err)
	}
	if err := b.Store.SetPrint(all[0].ID, store.PrintWaiting, ""); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("one that is gone: %v", err)
	}
	for range store.MaxPrints - 2 {
		if _, err := b.Store.AddPrint(store.Print{Kind: store.PrintForm}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := b.Store.AddPrint(store.Print{Kind: store.PrintForm}); !errors.Is(err, store.ErrPrints) {
		t.Errorf("more than may wait: %v", err)
	}
}

package stick_test

import (
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"

	"zhunkao/appliance/hubtest"
	"zhunkao/appliance/store"
	"zhunkao/hw/keystore"
	"zhunkao/protocol"
)

// secret stands in what is sealed.
const secret = "app-only-the-hub-reads"

// box is an enrolled store.
type box struct {
	tb    testing.TB
	Store *store.Store
	hub   *hubtest.Hub
	keys  *keystore.Store
	id    protocol.Address
	n     int
}

// newBox makes one; its records can be opened by nobody here.
func newBox(t testing.TB) *box {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data")
	o := store.Options{Log: slog.New(slog.DiscardHandler), Reserve: 1 << 16, MinFree: 1}
	if err := store.Create(dir, o); err != nil {
		t.Fatal(err)
	}
	keys, err := keystore.OpenFile(filepath.Join(dir, "keys"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(dir, keys, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	b := &box{tb: t, Store: s, hub: hubtest.New(t), keys: keys}
	id := b.hub.Enrol(t, s, keys, "")
	b.id = protocol.Address{Box: id.Box(), Epoch: id.Grant.Epoch}
	return b
}

// commit seals one record as a visit does.
func (b *box) commit() protocol.Record {
	b.tb.Helper()
	b.n++
	app := fmt.Sprintf("%s-%d", secret, b.n)
	rec := b.hub.Seal(b.tb, b.Store, b.keys, hubtest.Draft{Application: app})
	if err := b.Store.Commit(rec, app, 1567731600000); err != nil {
		b.tb.Fatal(err)
	}
	return rec
}

// receipt takes the hub's word on a record.
func (b *box) receipt(r protocol.Record) {
	b.tb.Helper()
	if got, err := b.Store.Settle([]protocol.Receipt{hubtest.Accept(r)}); err != nil || !got[0].Ended {
		b.tb.Fatalf("receipt: %+v, %v", got, err)
	}
}

// later is after every record was sealed.
const later = protocol.Time(1 << 50)

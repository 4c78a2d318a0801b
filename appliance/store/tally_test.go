package store_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"zhunkao/appliance/hubtest"
	"zhunkao/appliance/store"
	"zhunkao/protocol"
)

// Whatever happens to the outbox, in whatever order, what is counted beside it
// is what a walk over it finds: records sealed, taken, set aside, receipted
// twice, receipted wrongly, pruned; the box switched off, and its database lost.
func TestCountedAsWalked(t *testing.T) {
	seeds := 3
	if long() {
		seeds = 60
	}
	for seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(uint64(seed), 20190906))
			b := newBox(t)
			var made []protocol.Record
			steps := 40
			most := uint64(0)
			for step := range steps {
				switch what := r.IntN(10); {
				case what < 5 || len(made) == 0:
					made = append(made, b.sized(fmt.Sprintf("a%d", step), 1+r.IntN(4000)))
				case what < 8:
					var receipts []protocol.Receipt
					for range 1 + r.IntN(4) {
						one := hubtest.Accept(made[r.IntN(len(made))])
						switch r.IntN(4) {
						case 0:
							one.Outcome, one.Reason = protocol.Quarantined, protocol.ReasonContent
						case 1:
							one.Envelope = protocol.HashOf([]byte("another"))
						}
						receipts = append(receipts, one, one)
					}
					if _, err := b.Settle(receipts); err != nil {
						t.Fatal(err)
					}
				case what == 8:
					if _, err := b.PruneTo(uint64(r.IntN(len(made)+1)), later); err != nil {
						t.Fatal(err)
					}
				default:
					b.again() // Check compares too
					if b.Report().Recounted {
						t.Fatal("opening found a wrong count")
					}
				}
				most = max(most, b.counted())
			}
			if most < 5 {
				t.Fatalf("never more than %d waited: nothing was tried", most)
			}
			b.close()
			if err := os.Remove(filepath.Join(b.dir, store.Boltfile)); err != nil {
				t.Fatal(err)
			}
			b.open() // everything that was kept waits again
			b.counted()
			b.again()
		})
	}
}

// sized is commit with a blob of its own size.
func (b *box) sized(application string, size int) protocol.Record {
	b.Helper()
	rec := b.hub.Seal(b.T, b.Store, b.keys, hubtest.Draft{Application: application, Blob: make([]byte, size)})
	if err := b.Commit(rec, application, 1567731600000); err != nil {
		b.Fatal(err)
	}
	return rec
}

// counted fails unless the outbox is what a walk finds, and says how many wait.
func (b *box) counted() uint64 {
	b.Helper()
	o, err := b.Outbox()
	if err != nil {
		b.Fatal(err)
	}
	records, bytes, err := b.Walk()
	if err != nil {
		b.Fatal(err)
	}
	if o.Waiting != records || o.Bytes != bytes || (o.Oldest == 0) != (records == 0) {
		b.Fatalf("counted %d records of %d bytes (the oldest of %d), a walk finds %d of %d", o.Waiting, o.Bytes, o.Oldest, records, bytes)
	}
	return records
}

// A wrong count is a fault to Check, and is mended and said at the next Open; a
// store of an earlier version kept none.
func TestAWrongCountIsMended(t *testing.T) {
	b := newBox(t)
	b.commit("a1")
	b.commit("a2")
	want := b.counted()
	for name, c := range map[string]struct {
		spoil func(string) error
		fault bool
	}{
		"too few":            {func(dir string) error { return store.Miscount(dir, 1, 1) }, true},
		"too many":           {func(dir string) error { return store.Miscount(dir, 99, 1<<40) }, true},
		"an earlier version": {store.Uncounted, false},
	} {
		b.close()
		if err := c.spoil(b.dir); err != nil {
			t.Fatal(err)
		}
		if _, err := store.Check(b.dir); (err != nil) != c.fault {
			t.Errorf("%s: check says %v", name, err)
		}
		b.open()
		if got := b.counted(); got != want || !b.Report().Recounted {
			t.Errorf("%s: %d wait, want %d; mended: %v", name, got, want, b.Report().Recounted)
		}
		b.again()
		if b.Report().Recounted {
			t.Errorf("%s: mended twice", name)
		}
	}
}

package store_test

import (
	"os"
	"path/filepath"
	"testing"

	"zhunkao/appliance/hubtest"
	"zhunkao/appliance/store"
)

// Whatever the copies have become, Open neither panics nor invents a record,
// and the store works afterwards.
func FuzzCopies(f *testing.F) {
	f.Add([]byte(nil), 0)
	f.Add([]byte("ZKrecord"), 10)
	f.Add([]byte("ZKrecord\xff\xff\xff\xff\x00\x00\x00\x00"), 0)
	f.Add([]byte("ZKrecord\x00\x00\x00\x00\x00\x00\x00\x00ZKrecord"), 500)
	f.Fuzz(func(t *testing.T, junk []byte, at int) {
		b := newBox(t)
		b.commit("a1")
		b.commit("a2")
		b.close()
		path := segment(b)
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		at = int(uint(at) % uint(len(raw)+1))
		raw = append(append(append([]byte(nil), raw[:at]...), junk...), raw[at:]...)
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		b.open() // sound database: copies are mended
		b.again()
		b.close()
		if err := os.Remove(filepath.Join(b.dir, store.Boltfile)); err != nil {
			t.Fatal(err)
		}
		b.open()
		if r := b.Report(); r.Rebuilt != 2 || r.Gap {
			t.Fatalf("report %+v", r)
		}
		rec := b.hub.Seal(t, b.Store, b.keys, hubtest.Draft{Application: "a3"})
		if err := b.Commit(rec, "a3", 1); err != nil {
			t.Fatal(err)
		}
	})
}

package store_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"zhunkao/appliance/hubtest"
	"zhunkao/appliance/store"
)

// However much is read of the database, little of it stays in the program's
// memory; and what is read is what was written.
func TestTheDatabaseIsNotKeptInMemory(t *testing.T) {
	b := newBox(t)
	const records = 700
	id, device := hubtest.Own(t, b.Store, b.keys)
	ref := b.hub.Put(t, b.Store, hubtest.Draft{})
	for i := range records {
		app := fmt.Sprintf("a%d", i)
		if err := b.Commit(b.hub.SealOver(t, b.Store, id, device, hubtest.Draft{Application: app}, ref), app, 1567731600000); err != nil {
			t.Fatal(err)
		}
	}
	b.close()
	b.open() // walks over every record
	size := mapped(t, b.dir, "Size")
	most := 0
	for range 3 {
		for seq := range uint64(records) {
			rec, err := b.Record(seq + 1)
			if err != nil || rec.Manifest.Sequence != seq+1 {
				t.Fatalf("record %d: %d, %v", seq+1, rec.Manifest.Sequence, err)
			}
			if seq%50 == 0 {
				most = max(most, mapped(t, b.dir, "Rss"))
			}
		}
	}
	fi, err := os.Stat(filepath.Join(b.dir, store.Boltfile))
	if err != nil {
		t.Fatal(err)
	}
	if whole := int(fi.Size() >> 10); size < whole || most > whole*3/4 {
		t.Errorf("%d KiB of a database of %d KiB were in memory at once", most, whole)
	}
}

// mapped reads from the kernel how much of the store's database is mapped
// ("Size") or in memory ("Rss"), in KiB.
func mapped(t *testing.T, dir, what string) (sum int) {
	t.Helper()
	raw, err := os.ReadFile("/proc/self/smaps")
	if err != nil {
		t.Fatal(err)
	}
	name, in, found := filepath.Join(dir, store.Boltfile), false, false
	for line := range strings.Lines(string(raw)) {
		f := strings.Fields(line)
		switch {
		case len(f) > 0 && !strings.HasSuffix(f[0], ":"):
			in = len(f) >= 6 && f[5] == name
			found = found || in
		case in && f[0] == what+":":
			n, err := strconv.Atoi(f[1])
			if err != nil {
				t.Fatal(err)
			}
			sum += n
		}
	}
	if !found {
		t.Fatal("the database is not mapped")
	}
	return sum
}

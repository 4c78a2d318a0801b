package blob

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func newStore(t *testing.T) (*files, string, *time.Time) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "blobs.db")
	now := time.Date(2019, 9, 6, 1, 0, 0, 0, time.UTC)
	s, err := open(path, func() time.Time { return now }, syncData)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() }) // closed by some tests already
	return s, path, &now
}

// openFiles is Open without its cover.
func openFiles(path string) (*files, error) { return open(path, time.Now, syncData) }

func content(n int, seed uint64) []byte {
	b := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{byte(seed), byte(seed >> 8)}).Read(b)
	return b
}

func batchOf(blobs ...[]byte) map[Hash][]byte {
	m := map[Hash][]byte{}
	for _, b := range blobs {
		m[HashOf(b)] = b
	}
	return m
}

func TestPutGetAcrossReopen(t *testing.T) {
	s, path, _ := newStore(t)
	a, b := content(40_000, 1), content(3, 2)
	if err := s.Put(batchOf(a, b)); err != nil {
		t.Fatal(err)
	}
	if err := s.Put(batchOf(a)); err != nil { // again: passed over
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s, err := openFiles(path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, want := range [][]byte{a, b} {
		if got, err := s.Get(HashOf(want)); err != nil || !bytes.Equal(got, want) {
			t.Errorf("Get = %d bytes, %v; want %d", len(got), err, len(want))
		}
	}
	if _, err := s.Get(Hash{1}); !errors.Is(err, ErrNotFound) {
		t.Errorf("Get of nothing = %v", err)
	}
	if has, err := s.Has(HashOf(a)); !has || err != nil {
		t.Errorf("Has = %v, %v", has, err)
	}
}

func TestASecondProgramIsRefused(t *testing.T) {
	_, path, _ := newStore(t)
	if _, err := openFiles(path); !errors.Is(err, ErrInUse) {
		t.Errorf("second Open = %v, want ErrInUse", err)
	}
}

func TestDamageIsFound(t *testing.T) {
	s, _, _ := newStore(t)
	good, bad := content(500, 1), content(500, 2)
	if err := s.Put(batchOf(good, bad)); err != nil {
		t.Fatal(err)
	}
	h := HashOf(bad)
	p, _, err := s.find(h)
	if err != nil {
		t.Fatal(err)
	}
	damage(t, s.seg.path(p.segment), int64(p.offset)+7)
	if _, err := s.Get(h); !errors.Is(err, ErrHash) {
		t.Errorf("Get = %v, want ErrHash", err)
	}
	var found []Hash
	n, err := s.Check(t.Context(), func(h Hash) { found = append(found, h) })
	if err != nil || n != 2 || len(found) != 1 || found[0] != h {
		t.Errorf("Check = %d, %v, %v; want 2 and %v", n, found, err, h)
	}
}

// A crash between blobs and commit leaves an orphan; a day later the box sends
// the record again, and it is committed after a sweep has read what is named.
// Blobs of one instant stand under few keys; each is swept or kept by itself.
func TestSweepLooksAtEachOfABatch(t *testing.T) {
	s, _, now := newStore(t)
	batch := map[Hash][]byte{}
	for i := range 3*youngMost + 1 {
		b := content(20, uint64(i))
		batch[HashOf(b)] = b
	}
	if err := s.Put(batch); err != nil {
		t.Fatal(err)
	}
	*now = now.Add(30 * time.Hour)
	asked := map[Hash]int{}
	keeps := func(h Hash) bool { return h[0]%2 == 0 }
	n, err := s.Sweep(t.Context(), now.Add(-24*time.Hour), func(_ context.Context, h Hash) (bool, error) {
		asked[h]++
		return keeps(h), nil
	})
	if err != nil || len(asked) != len(batch) {
		t.Fatalf("Sweep = %d, %v; asked for %d of %d", n, err, len(asked), len(batch))
	}
	for h := range batch {
		if asked[h] != 1 {
			t.Errorf("asked %d times for one blob", asked[h])
		}
		if ok, err := s.Has(h); ok != keeps(h) || err != nil {
			t.Errorf("Has = %v, %v; want %v", ok, err, keeps(h))
		}
		if !keeps(h) {
			n--
		}
	}
	if n != 0 {
		t.Errorf("Sweep counts %d more than it removed", n)
	}
	if n, err := s.Sweep(t.Context(), now.Add(-24*time.Hour), func(context.Context, Hash) (bool, error) { return false, nil }); n != 0 || err != nil {
		t.Errorf("once more: Sweep = %d, %v; what was kept is young no longer", n, err)
	}
}

// Pieces in any order, twice, overlapping, with a restart in between, give the
// part and nothing else.
func TestStageInAnyOrder(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		dir := t.TempDir()
		s, err := openFiles(filepath.Join(dir, "b.db"))
		if err != nil {
			rt.Fatal(err)
		}
		defer func() { _ = s.Close() }() // the last one opened
		want := content(rapid.IntRange(1, 400).Draw(rt, "size"), 7)
		h, size := HashOf(want), uint64(len(want))
		send := func(off, n int) {
			end := min(off+n, len(want))
			have, err := s.Stage("box1", h, size, uint64(off), want[off:end])
			if err != nil {
				rt.Fatal(err)
			}
			if have < size {
				if _, err := s.Take("box1", h); !errors.Is(err, ErrIncomplete) {
					rt.Fatalf("Take with %d of %d = %v", have, size, err)
				}
			}
		}
		for range rapid.IntRange(0, 12).Draw(rt, "pieces") {
			send(rapid.IntRange(0, len(want)-1).Draw(rt, "offset"), rapid.IntRange(1, 200).Draw(rt, "length"))
			if rapid.IntRange(0, 9).Draw(rt, "restart") == 0 {
				if err := s.Close(); err != nil {
					rt.Fatal(err)
				}
				if s, err = openFiles(filepath.Join(dir, "b.db")); err != nil {
					rt.Fatal(err)
				}
			}
		}
		for s.Staged("box1", h) < size { // as a box does that was told From
			send(int(s.Staged("box1", h)), 64)
		}
		if s.Staged("box1", h) == size && len(want) > 0 {
			send(0, len(want)) // and once more
		}
		got, err := s.Take("box1", h)
		if err != nil || !bytes.Equal(got, want) {
			rt.Fatalf("Take = %d bytes, %v; want %d", len(got), err, len(want))
		}
		if err := s.Discard("box1", h); err != nil || s.Staged("box1", h) != 0 {
			rt.Fatalf("after Discard: %v, %d", err, s.Staged("box1", h))
		}
	})
}

func TestParseHash(t *testing.T) {
	h := HashOf([]byte("x"))
	if got, err := ParseHash(h.String()); got != h || err != nil {
		t.Errorf("ParseHash(String) = %v, %v", got, err)
	}
	for _, s := range []string{"", "00", strings.Repeat("g", 64), h.String() + "00"} {
		if _, err := ParseHash(s); err == nil {
			t.Errorf("ParseHash(%q) was taken", s)
		}
	}
}

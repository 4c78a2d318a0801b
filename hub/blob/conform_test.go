package blob

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
)

// TestConformance holds every kind of store to the same words: files, and rows
// of both databases.
func TestConformance(t *testing.T) {
	for name, test := range map[string]func(*testing.T, store, *time.Time){
		"put and get": putAndGet, "each": eachSeesAllInOrder, "damage": damageIsNoBlob,
		"sweep old orphans": sweepTakesOnlyOldOrphans, "sweep and put again": sweepKeepsWhatWasPutAgain, "sweep many": sweepAsksOnce,
		"stage in any order": stageInAnyOrder, "stage refuses": stageRefuses,
		"an owner's share": anOwnerCannotFillTheDisk, "another part": anotherPartThanNamedIsDiscarded,
	} {
		t.Run(name, func(t *testing.T) {
			t.Run("files", func(t *testing.T) {
				s, _, now := newStore(t)
				test(t, s, now)
			})
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				now := time.Date(2019, 9, 6, 1, 0, 0, 0, time.UTC)
				test(t, newRows(d, func() time.Time { return now }), &now)
			})
		})
	}
}

func putAndGet(t *testing.T, s store, _ *time.Time) {
	a, b, empty := content(40_000, 1), content(3, 2), []byte{}
	for _, batch := range []map[Hash][]byte{batchOf(a, b, empty), batchOf(a), nil} { // again: passed over
		if err := s.Put(batch); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range [][]byte{a, b, empty} {
		if got, err := s.Get(HashOf(want)); err != nil || !bytes.Equal(got, want) {
			t.Errorf("Get = %d bytes, %v; want %d", len(got), err, len(want))
		}
		if has, err := s.Has(HashOf(want)); !has || err != nil {
			t.Errorf("Has = %v, %v", has, err)
		}
	}
	if _, err := s.Get(Hash{1}); !errors.Is(err, ErrNotFound) {
		t.Errorf("Get of nothing = %v", err)
	}
	if has, err := s.Has(Hash{1}); has || err != nil {
		t.Errorf("Has of nothing = %v, %v", has, err)
	}
	if err := s.Put(map[Hash][]byte{{2}: make([]byte, Largest+1)}); !errors.Is(err, ErrTooLarge) {
		t.Errorf("Put beyond the limit = %v", err)
	}
	if n, err := s.Check(t.Context(), func(h Hash) { t.Errorf("%s is called damaged", h) }); n != 3 || err != nil {
		t.Errorf("Check = %d, %v; want 3", n, err)
	}
}

// damageIsNoBlob: what lies under another's name is never given out.
func damageIsNoBlob(t *testing.T, s store, _ *time.Time) {
	good, bad := content(500, 1), content(500, 2)
	h := HashOf(content(500, 3))
	if err := s.Put(map[Hash][]byte{HashOf(good): good, h: bad}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Get(h); !errors.Is(err, ErrHash) {
		t.Errorf("Get = %v, want ErrHash", err)
	}
	var found []Hash
	n, err := s.Check(t.Context(), func(h Hash) { found = append(found, h) })
	if err != nil || n != 2 || len(found) != 1 || found[0] != h {
		t.Errorf("Check = %d, %v, %v; want 2 and %v", n, found, err, h)
	}
}

// sweepAsksOnce: more than one stride of them, kept or removed each by itself.
func sweepAsksOnce(t *testing.T, s store, now *time.Time) {
	batch := map[Hash][]byte{}
	for i := range 2*stride + 9 {
		b := content(20, uint64(i))
		batch[HashOf(b)] = b
	}
	if err := s.Put(batch); err != nil {
		t.Fatal(err)
	}
	*now = now.Add(30 * time.Hour)
	asked, kept := map[Hash]int{}, 0
	keeps := func(h Hash) bool { return h[0]%2 == 0 }
	n, err := s.Sweep(t.Context(), now.Add(-24*time.Hour), func(_ context.Context, h Hash) (bool, error) {
		asked[h]++
		return keeps(h), nil
	})
	for h := range batch {
		ok, err := s.Has(h)
		if ok != keeps(h) || err != nil || asked[h] != 1 {
			t.Errorf("Has = %v, %v; want %v; asked %d times", ok, err, keeps(h), asked[h])
		}
		if ok {
			kept++
		}
	}
	if err != nil || n != len(batch)-kept {
		t.Errorf("Sweep = %d, %v; %d of %d are still here", n, err, kept, len(batch))
	}
}

// stageInAnyOrder: pieces in any order, twice, overlapping, give the part and
// nothing else.
func stageInAnyOrder(t *testing.T, s store, _ *time.Time) {
	rapid.Check(t, func(rt *rapid.T) {
		want := content(rapid.IntRange(1, 400).Draw(rt, "size"), uint64(rapid.IntRange(1, 200).Draw(rt, "seed")))
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
		for range rapid.IntRange(0, 6).Draw(rt, "pieces") {
			send(rapid.IntRange(0, len(want)-1).Draw(rt, "offset"), rapid.IntRange(1, 200).Draw(rt, "length"))
		}
		for s.Staged("box1", h) < size { // as a box does that was told From
			send(int(s.Staged("box1", h)), 150)
		}
		send(0, len(want)) // and once more
		got, err := s.Take("box1", h)
		if err != nil || !bytes.Equal(got, want) {
			rt.Fatalf("Take = %d bytes, %v; want %d", len(got), err, len(want))
		}
		if err := s.Discard("box1", h); err != nil || s.Staged("box1", h) != 0 {
			rt.Fatalf("after Discard: %v, %d", err, s.Staged("box1", h))
		}
	})
}

func eachSeesAllInOrder(t *testing.T, s store, _ *time.Time) {
	var all [][]byte
	for i := range 2*stride + 7 {
		all = append(all, content(20, uint64(i)))
	}
	if err := s.Put(batchOf(all...)); err != nil {
		t.Fatal(err)
	}
	var last Hash
	n := 0
	if err := s.Each(t.Context(), func(h Hash, b []byte) error {
		if n > 0 && bytes.Compare(last[:], h[:]) >= 0 {
			t.Errorf("%v after %v", h, last)
		}
		last, n = h, n+1
		return nil
	}); err != nil || n != len(all) {
		t.Errorf("Each saw %d, %v; want %d", n, err, len(all))
	}
}

func sweepTakesOnlyOldOrphans(t *testing.T, s store, now *time.Time) {
	kept, orphan, young := content(10, 1), content(10, 2), content(10, 3)
	if err := s.Put(batchOf(kept, orphan)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Stage("box1", HashOf(young), 10, 0, young[:4]); err != nil {
		t.Fatal(err)
	}
	*now = now.Add(30 * time.Hour)
	if err := s.Put(batchOf(young)); err != nil {
		t.Fatal(err)
	}
	asked := 0
	referenced := func(_ context.Context, h Hash) (bool, error) {
		asked++
		return h == HashOf(kept), nil
	}
	n, err := s.Sweep(t.Context(), now.Add(-24*time.Hour), referenced)
	if err != nil || n != 1 || asked != 2 {
		t.Errorf("Sweep = %d, %v after %d questions; want 1 after 2", n, err, asked)
	}
	for b, want := range map[*[]byte]bool{&kept: true, &orphan: false, &young: true} {
		if has, err := s.Has(HashOf(*b)); has != want || err != nil {
			t.Errorf("Has = %v, %v; want %v", has, err, want)
		}
	}
	if got := s.Staged("box1", HashOf(young)); got != 0 {
		t.Errorf("an old part is still here: %d bytes", got)
	}
	if n, err := s.Sweep(t.Context(), now.Add(-24*time.Hour), referenced); n != 0 || err != nil || asked != 2 {
		t.Errorf("second Sweep = %d, %v, asked %d times in all", n, err, asked)
	}
}

func sweepKeepsWhatWasPutAgain(t *testing.T, s store, now *time.Time) {
	b := content(10, 1)
	if err := s.Put(batchOf(b)); err != nil {
		t.Fatal(err)
	}
	*now = now.Add(30 * time.Hour)
	n, err := s.Sweep(t.Context(), now.Add(-24*time.Hour), func(context.Context, Hash) (bool, error) {
		return false, s.Put(batchOf(b)) // comes while the sweep asks, and is named too late
	})
	if has, err2 := s.Has(HashOf(b)); n != 0 || err != nil || !has || err2 != nil {
		t.Fatalf("Sweep = %d, %v; it is here: %v, %v", n, err, has, err2)
	}
	*now = now.Add(30 * time.Hour)
	no := func(context.Context, Hash) (bool, error) { return false, nil }
	if n, err := s.Sweep(t.Context(), now.Add(-24*time.Hour), no); n != 1 || err != nil {
		t.Errorf("a day later Sweep = %d, %v; want 1", n, err)
	}
	if f, ok := s.(*files); ok && len(f.again) != 0 {
		t.Errorf("%d blobs are remembered as put again", len(f.again))
	}
}

func stageRefuses(t *testing.T, s store, _ *time.Time) {
	h := Hash{1}
	for name, c := range map[string]struct {
		owner        string
		size, offset uint64
		n            int
	}{
		"a path as owner":    {"../x", 10, 0, 5},
		"no owner":           {"", 10, 0, 5},
		"size zero":          {"b", 0, 0, 0},
		"size beyond limit":  {"b", Largest + 1, 0, 5},
		"beyond the end":     {"b", 10, 8, 5},
		"offset beyond":      {"b", 10, 11, 0},
		"offset overflowing": {"b", 10, ^uint64(0), 5},
	} {
		if _, err := s.Stage(c.owner, h, c.size, c.offset, make([]byte, c.n)); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	if _, err := s.Stage("b", h, 10, 0, make([]byte, 5)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Stage("b", h, 12, 0, make([]byte, 5)); !errors.Is(err, ErrHash) {
		t.Errorf("another size for the same part: %v", err)
	}
}

func anOwnerCannotFillTheDisk(t *testing.T, s store, _ *time.Time) {
	var err error
	for i := range ownerLimit/Largest + 1 {
		if _, err = s.Stage("b", Hash{byte(i), 1}, Largest, 0, []byte("x")); err != nil {
			break
		}
	}
	if !errors.Is(err, ErrTooLarge) {
		t.Errorf("parts without end: %v", err)
	}
	if _, err := s.Stage("c", Hash{1}, 10, 0, []byte("x")); err != nil {
		t.Errorf("another owner is held up: %v", err)
	}
	if err := s.Discard("b"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Stage("b", Hash{99}, 10, 0, []byte("x")); err != nil {
		t.Errorf("after Discard: %v", err)
	}
}

func anotherPartThanNamedIsDiscarded(t *testing.T, s store, _ *time.Time) {
	h := HashOf([]byte("right"))
	for _, cut := range []int{5, 2} { // in one piece, and through the disk
		if _, err := s.Stage("b", h, 5, 0, []byte("wrong")[:cut]); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Stage("b", h, 5, 2, []byte("ong")); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Take("b", h); !errors.Is(err, ErrHash) {
			t.Errorf("Take = %v, want ErrHash", err)
		}
		if n := s.Staged("b", h); n != 0 {
			t.Errorf("%d bytes of the wrong part stayed", n)
		}
	}
}

// TestTwoHubsCompleteAPart: each got some pieces of it, in turns, and neither
// knew at first how large it is.
func TestTwoHubsCompleteAPart(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		hubs := [2]*Pieces{NewPieces(d), NewPieces(d)}
		part, small := content(700_000, 1), content(40, 2)
		h := HashOf(part)
		const step = 100_000
		for i := len(part)/step - 1; i >= 0; i-- { // the last one first
			size := uint64(0)
			if i < 3 {
				size = uint64(len(part))
			}
			err := hubs[i%2].Add(t.Context(), "box1", Piece{h, size, uint64(i * step), part[i*step : (i+1)*step]},
				Piece{HashOf(small), 0, 0, small}, Piece{HashOf(small), 0, 0, small[:9]})
			if err != nil {
				t.Fatal(err)
			}
			have, err := hubs[(i+1)%2].Have(t.Context(), "box1", h, HashOf(small), Hash{7})
			if err != nil || (have[h].Have == uint64(len(part))) != (i == 0) || have[HashOf(small)].Have != 40 || len(have) != 2 {
				t.Fatalf("after piece %d the other hub has %v, %v", i, have, err)
			}
		}
		for _, p := range hubs {
			for want, size := range map[*[]byte]uint64{&part: 0, &small: 40} {
				if got, err := p.Take(t.Context(), "box1", HashOf(*want), size); err != nil || !bytes.Equal(got, *want) {
					t.Errorf("Take = %d bytes, %v", len(got), err)
				}
			}
			if _, err := p.Take(t.Context(), "box2", h, 0); !errors.Is(err, ErrIncomplete) {
				t.Errorf("another box has the part: %v", err)
			}
		}
	})
}

// TestStraysGiveWay: pieces that nobody asks for hold a box up for a while only.
func TestStraysGiveWay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		now := time.Date(2019, 9, 6, 1, 0, 0, 0, time.UTC)
		p := &Pieces{db: d, now: func() time.Time { return now }}
		for i := range ownerLimit / Largest {
			if err := p.Add(t.Context(), "box1", Piece{Part: Hash{byte(i + 1)}, Size: Largest, Bytes: []byte("x")}); err != nil {
				t.Fatal(err)
			}
		}
		fresh := Piece{Part: Hash{99}, Size: 5, Bytes: []byte("fresh")}
		if err := p.Add(t.Context(), "box1", fresh); !errors.Is(err, ErrTooLarge) {
			t.Errorf("beyond the limit: %v", err)
		}
		now = now.Add(strayAfter + time.Second)
		if err := p.Add(t.Context(), "box1", fresh); err != nil {
			t.Errorf("when the others are strays: %v", err)
		}
	})
}

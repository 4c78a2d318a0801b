package blob

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"go.etcd.io/bbolt"
)

// damage changes one byte of a file.
func damage(t *testing.T, path string, at int64) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var b [1]byte
	if _, err := f.ReadAt(b[:], at); err != nil {
		t.Fatal(err)
	}
	b[0] ^= 0xff
	if _, err := f.WriteAt(b[:], at); err != nil {
		t.Fatal(err)
	}
}

// has fails the test unless every blob is here and whole.
func has(t *testing.T, s *files, blobs ...[]byte) {
	t.Helper()
	for i, b := range blobs {
		if got, err := s.Get(HashOf(b)); err != nil || !bytes.Equal(got, b) {
			t.Fatalf("blob %d of %d bytes: got %d bytes, %v", i, len(b), len(got), err)
		}
	}
}

// copyStore copies the files of a store as they lie there: what a killed
// program leaves.
func copyStore(t *testing.T, path string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "blobs.db")
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(to+".segments", os.DirFS(path+".segments")); err != nil {
		t.Fatal(err)
	}
	return to
}

func openCopy(t *testing.T, path string) *files {
	t.Helper()
	s, err := openFiles(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestAKilledProgramLosesNothing(t *testing.T) {
	s, path, _ := newStore(t)
	s.seg.max = 2000
	var all [][]byte
	for i := range 20 {
		b := content(700+i, uint64(i))
		if err := s.Put(batchOf(b)); err != nil {
			t.Fatal(err)
		}
		all = append(all, b)
		if i == 11 {
			if err := s.upToDate(); err != nil { // part of them is in the index
				t.Fatal(err)
			}
		}
	}
	after := openCopy(t, copyStore(t, path))
	has(t, after, all...)
	if n := len(after.tail); n != 8 {
		t.Errorf("%d blobs were found beyond the index, want 8", n)
	}
	// And without the index at all.
	lost := copyStore(t, path)
	if err := os.Remove(lost); err != nil {
		t.Fatal(err)
	}
	has(t, openCopy(t, lost), all...)
}

// disk is one that forgets at a power cut what was not synced.
type disk struct {
	lies    bool             // says that it has synced, and has not
	durable map[string]int64 // length of each segment that a cut leaves whole
}

func (d *disk) sync(f *os.File) error {
	fi, err := f.Stat()
	if err != nil || d.lies {
		return err
	}
	d.durable[filepath.Base(f.Name())] = fi.Size()
	return nil
}

// cut makes of a copied store what a power cut may leave: of what was not
// synced any prefix, with any page of it spoilt.
func (d *disk) cut(t *testing.T, path string, r *rand.Rand) {
	t.Helper()
	files, err := filepath.Glob(path + ".segments/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		whole := d.durable[filepath.Base(name)]
		loose := int64(len(raw)) - whole
		if loose == 0 {
			continue
		}
		raw = raw[:whole+r.Int64N(loose+1)]
		for at := whole; at < int64(len(raw)); at += 512 {
			if r.IntN(2) == 0 {
				clear(raw[at:min(at+512, int64(len(raw)))])
			}
		}
		if err := os.WriteFile(name, raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// powerCuts puts batches, cuts the power in the middle of each sync, and
// reports how many blobs were lost that Put had answered for.
func powerCuts(t *testing.T, lies bool) (lost int) {
	path := filepath.Join(t.TempDir(), "blobs.db")
	d := &disk{lies: lies, durable: map[string]int64{}}
	r := rand.New(rand.NewPCG(1, 2))
	var cuts []string
	now := time.Now
	s, err := open(path, now, func(f *os.File) error {
		torn := copyStore(t, path) // the power goes before this sync is done
		d.cut(t, torn, r)
		cuts = append(cuts, torn)
		return d.sync(f)
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }() // nothing hangs on it
	s.seg.max = 8 << 10
	var kept [][]byte
	for i := range 30 {
		cuts = nil
		batch := batchOf(content(1+r.IntN(3000), uint64(3*i)), content(1+r.IntN(3000), uint64(3*i+1)), content(5, uint64(3*i+2)))
		if err := s.Put(batch); err != nil {
			t.Fatal(err)
		}
		for _, torn := range cuts {
			after := openCopy(t, torn)
			for _, b := range kept {
				if got, err := after.Get(HashOf(b)); err != nil || !bytes.Equal(got, b) {
					lost++
				}
			}
			if err := after.Put(batch); err != nil { // the box says it again
				t.Fatal(err)
			}
			for h, b := range batch {
				if got, err := after.Get(h); err != nil || !bytes.Equal(got, b) {
					t.Fatalf("cut %d: said again, and not here: %v", i, err)
				}
			}
			if n, err := after.Check(t.Context(), func(h Hash) { t.Errorf("cut %d: %v is damaged", i, h) }); err != nil || !lies && n < len(kept) {
				t.Fatalf("cut %d: Check = %d, %v", i, n, err)
			}
			if err := after.Close(); err != nil {
				t.Fatal(err)
			}
		}
		for _, b := range batch {
			kept = append(kept, b)
		}
	}
	return lost
}

func TestAPowerCutLosesNothingThatWasPut(t *testing.T) {
	if n := powerCuts(t, false); n > 0 {
		t.Errorf("%d blobs lost", n)
	}
}

// The control: were the test blind, it would also be content with a disk that
// does not sync.
func TestADiskThatDoesNotSyncLosesBlobs(t *testing.T) {
	if n := powerCuts(t, true); n == 0 {
		t.Error("nothing was lost on a disk that lies: the test sees nothing")
	}
}

func TestDamageHidesOnlyItself(t *testing.T) {
	s, path, _ := newStore(t)
	var all [][]byte
	for i := range 5 {
		b := content(900, uint64(i))
		if err := s.Put(batchOf(b)); err != nil {
			t.Fatal(err)
		}
		all = append(all, b)
	}
	frame := int64(block) // each Put begins a block of its own
	for name, at := range map[string]int64{"mark": 2 * frame, "size": 2*frame + markSize, "hash": 2*frame + markSize + 5, "bytes": 2*frame + 500} {
		torn := copyStore(t, path)
		damage(t, filepath.Join(torn+".segments", "00000001.seg"), at)
		after := openCopy(t, torn)
		has(t, after, all[0], all[1], all[3], all[4])
		if _, err := after.Get(HashOf(all[2])); !errors.Is(err, ErrNotFound) {
			t.Errorf("%s damaged: Get = %v, want ErrNotFound", name, err)
		}
		if err := after.Put(batchOf(all[2])); err != nil {
			t.Errorf("%s damaged: put again: %v", name, err)
		}
		has(t, after, all...)
	}
}

func TestNothingIsPutAfterAFailedSync(t *testing.T) {
	fails := false
	path := filepath.Join(t.TempDir(), "blobs.db")
	s, err := open(path, time.Now, func(f *os.File) error {
		if fails {
			return &fs.PathError{Op: "fdatasync", Path: f.Name(), Err: syscall.EIO}
		}
		return syncData(f)
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }() // closed below
	a, b := content(10, 1), content(10, 2)
	if err := s.Put(batchOf(a)); err != nil {
		t.Fatal(err)
	}
	fails = true
	if err := s.Put(batchOf(b)); !errors.Is(err, syscall.EIO) {
		t.Fatalf("Put = %v, want EIO", err)
	}
	fails = false
	if err := s.Put(batchOf(b)); !errors.Is(err, syscall.EIO) {
		t.Errorf("the next Put = %v: what the failed sync left is believed", err)
	}
	if ok, err := s.Has(HashOf(b)); ok || err != nil {
		t.Errorf("Has = %v, %v: it was never durable", ok, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	has(t, openCopy(t, path), a)
}

func TestASweptBlobGivesItsSpaceBack(t *testing.T) {
	s, path, now := newStore(t)
	b := content(4<<20, 1)
	if err := s.Put(batchOf(b)); err != nil {
		t.Fatal(err)
	}
	before := blocks(t, s.seg.path(1))
	*now = now.Add(30 * time.Hour)
	if n, err := s.Sweep(t.Context(), now.Add(-24*time.Hour), func(context.Context, Hash) (bool, error) { return false, nil }); n != 1 || err != nil {
		t.Fatalf("Sweep = %d, %v", n, err)
	}
	if after := blocks(t, s.seg.path(1)); after > before/2 {
		t.Logf("%d blocks before, %d after: this file system punches no holes", before, after)
	}
	again := openCopy(t, copyStore(t, path))
	if ok, err := again.Has(HashOf(b)); ok || err != nil {
		t.Errorf("a swept blob is back after a restart: %v, %v", ok, err)
	}
	if err := again.Put(batchOf(b)); err != nil {
		t.Fatal(err)
	}
	has(t, again, b)
}

func blocks(t *testing.T, path string) int64 {
	t.Helper()
	var st syscall.Stat_t
	if err := syscall.Stat(path, &st); err != nil {
		t.Fatal(err)
	}
	return st.Blocks
}

// A store of before there were segments is taken over, also when that is cut
// short.
func TestAnOldFileIsTakenOver(t *testing.T) {
	path := filepath.Join(t.TempDir(), "blobs.db")
	d, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	var all [][]byte
	err = d.Update(func(tx *bbolt.Tx) error {
		blobs, err := tx.CreateBucket(bucketOld)
		if err != nil {
			return err
		}
		for i := range stride + 9 {
			b := content(20+i, uint64(i))
			h := HashOf(b)
			all = append(all, b)
			if err := blobs.Put(h[:], b); err != nil {
				return err
			}
		}
		return nil
	})
	if err := errors.Join(err, d.Close()); err != nil {
		t.Fatal(err)
	}
	syncs := 0
	if s, err := open(path, time.Now, func(f *os.File) error {
		if syncs++; syncs > 2 {
			return fmt.Errorf("cut short")
		}
		return syncData(f)
	}); err == nil {
		t.Fatal(errors.Join(errors.New("it was not cut short"), s.Close()))
	}
	has(t, openCopy(t, path), all...)
}

// FuzzScan: whatever lies in a segment, Open ends, and what it finds is what it
// is named.
func FuzzScan(f *testing.F) {
	mark := []byte("12345678")
	whole := append(append(append([]byte{}, mark...), 0, 0, 0, 2), HashOf([]byte("ab")).bytes()...)
	f.Add(append(whole, "ab"...))
	f.Add(append(append([]byte("1234567812345"), whole...), "ab"...))
	f.Add([]byte("12345678\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		name := filepath.Join(t.TempDir(), "x.seg")
		if err := os.WriteFile(name, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		file, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		end := uint64(0)
		size, _, err := scan(file, mark, 0, func(h Hash, offset uint64, n uint32) error {
			if offset < end+uint64(headerSize) || offset+uint64(n) > uint64(len(raw)) || HashOf(raw[offset:offset+uint64(n)]) != h {
				t.Errorf("found %v at %d, %d bytes", h, offset, n)
			}
			end = offset + uint64(n)
			return nil
		})
		if err != nil || size != uint64(len(raw)) {
			t.Errorf("scan = %d, %v", size, err)
		}
	})
}

func (h Hash) bytes() []byte { return h[:] }

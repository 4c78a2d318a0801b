package store_test

import (
	"bytes"
	"crypto"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	bolt "go.etcd.io/bbolt"

	"zhunkao/appliance/hubtest"
	"zhunkao/appliance/store"
	"zhunkao/protocol"
)

// Flip one byte in each 512-byte sector of the database in turn. Whatever is
// hit, Open must neither panic nor serve something false: all records are
// there afterwards, from the database or from their copies.
func TestAFlippedByteLosesNoRecord(t *testing.T) {
	b := newBox(t)
	var want []protocol.Record
	for _, app := range []string{"a1", "a2", "a3"} {
		want = append(want, b.commit(app))
	}
	b.again()
	b.close()
	path := filepath.Join(b.dir, store.Boltfile)
	sound, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	rebuilt := 0
	for at := 100; at < len(sound); at += 512 {
		if bytes.Count(sound[at&^511:at&^511+512], []byte{0}) == 512 {
			continue // a sector of zeros lies on no living page
		}
		raw := bytes.Clone(sound)
		raw[at] ^= 0x40
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		b.open()
		if b.Report().Damaged != "" {
			rebuilt++
		}
		for i, w := range want {
			got, err := b.Record(uint64(i + 1))
			if err != nil || got.Hash() != w.Hash() {
				t.Fatalf("byte %d: record %d: %v", at, i+1, err)
			}
		}
		if seq, hash, err := b.Head(); err != nil || seq != 3 || hash != want[2].Hash() {
			t.Fatalf("byte %d: head %d, %v", at, seq, err)
		}
		if unsure, err := b.Unsure(); err != nil || unsure {
			t.Fatalf("byte %d: unsure %v, %v", at, unsure, err)
		}
		b.close()
	}
	if rebuilt == 0 {
		t.Error("no flip was ever noticed: the test proves nothing")
	}
	if n := countFiles(t, filepath.Join(b.dir, "damaged")); n != rebuilt {
		t.Errorf("%d damaged files kept of %d", n, rebuilt)
	}
}

func TestALostDatabaseIsBuiltFromTheCopies(t *testing.T) {
	b := newBox(t)
	first, second := b.commit("a1"), b.commit("a2")
	if _, err := b.Settle([]protocol.Receipt{hubtest.Accept(first)}); err != nil {
		t.Fatal(err)
	}
	b.close()
	if err := os.Remove(filepath.Join(b.dir, store.Boltfile)); err != nil {
		t.Fatal(err)
	}
	b.open()
	if r := b.Report(); !r.Lost || r.Rebuilt != 2 || r.Gap {
		t.Fatalf("report %+v", r)
	}
	if o, err := b.Outbox(); err != nil || o.Waiting != 2 {
		t.Fatalf("the hub must be asked again for both: %+v, %v", o, err)
	}
	rec := b.hub.Seal(t, b.Store, b.keys, hubtest.Draft{Application: "a2"})
	if err := b.Commit(rec, "a2", 1); !errors.Is(err, store.ErrConfirmed) {
		t.Errorf("confirmed marks are lost: %v", err)
	}
	if third := b.commit("a3"); third.Manifest.Previous != second.Hash() {
		t.Error("the chain does not go on")
	}
	b.again()
}

// A power cut in the middle of building again: the copies are all there is, and
// the half-built database must not make Open sweep them away.
func TestRebuildingIsCutOff(t *testing.T) {
	b := newBox(t)
	first, second := b.commit("a1"), b.commit("a2")
	b.close()
	if err := store.BeginRebuild(b.dir); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Check(b.dir); !errors.Is(err, store.ErrDamaged) {
		t.Errorf("a half-built store is called whole: %v", err)
	}
	b.open()
	if r := b.Report(); !r.Lost || r.Rebuilt != 2 || r.Orphans != 0 {
		t.Fatalf("report %+v", r)
	}
	for i, w := range []protocol.Record{first, second} {
		if got, err := b.Record(uint64(i + 1)); err != nil || got.Hash() != w.Hash() {
			t.Fatalf("record %d: %v", i+1, err)
		}
	}
	b.again()
	if r := b.Report(); r.Lost || r.Rebuilt != 0 {
		t.Errorf("built again although it is whole: %+v", r)
	}
}

// segment is the one file of copies of a small store.
func segment(b *box) string { return filepath.Join(b.dir, "records", "0000000000000001.log") }

// frames is a segment without the zeros written ahead.
func frames(raw []byte) []byte { return bytes.TrimRight(raw, "\x00") }

// Damage in the copies leaves the head unsure: only the hub can tell.
func TestDamagedCopiesAreToldAndKept(t *testing.T) {
	for name, at := range map[string]struct {
		place   float64 // in the file
		rebuilt int
		aside   int
	}{
		"the middle one": {0.5, 2, 1},
		"the newest":     {0.99, 2, 0},
	} {
		b := newBox(t)
		b.commit("a1")
		b.commit("a2")
		b.commit("a3")
		b.close()
		raw, err := os.ReadFile(segment(b))
		if err != nil {
			t.Fatal(err)
		}
		raw[int(float64(len(frames(raw)))*at.place)] ^= 1
		if err := errors.Join(os.WriteFile(segment(b), raw, 0o600), os.Remove(filepath.Join(b.dir, store.Boltfile))); err != nil {
			t.Fatal(err)
		}
		b.open()
		if r := b.Report(); r.Rebuilt != at.rebuilt || r.Aside != at.aside || !r.Gap {
			t.Fatalf("%s: report %+v", name, r)
		}
		if unsure, err := b.Unsure(); err != nil || !unsure {
			t.Fatalf("%s: unsure %v, %v", name, unsure, err)
		}
		if n := countFiles(t, filepath.Join(b.dir, "damaged")); n != 1 {
			t.Errorf("%s: %d files kept for whoever can read more", name, n)
		}
		b.again()
		if unsure, err := b.Unsure(); err != nil || !unsure {
			t.Fatalf("%s: after a power cut: unsure %v, %v", name, unsure, err)
		}
		if err := b.Sure(); err != nil {
			t.Fatal(err)
		}
	}
}

// What a power cut leaves: blobs of a visit that was never committed, half
// written files, a torn copy or none.
func TestOpenSweepsAndMends(t *testing.T) {
	for name, cut := range map[string]int{"copy torn": 100, "copy never begun": 0} {
		b := newBox(t)
		b.commit("a1")
		before, err := os.ReadFile(segment(b))
		if err != nil {
			t.Fatal(err)
		}
		b.commit("a2")
		orphan, err := b.PutBlob([]byte("sealed but never named"))
		if err != nil {
			t.Fatal(err)
		}
		b.close()
		for _, path := range []string{filepath.Join(b.dir, "parts", "ab.tmp"), filepath.Join(b.dir, "store.db.tmp"), filepath.Join(b.dir, "records", "x.tmp")} {
			if err := os.WriteFile(path, []byte("half"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		raw, err := os.ReadFile(segment(b))
		if err != nil {
			t.Fatal(err)
		}
		// The room was made before; what did not reach the disk is still zero.
		clear(raw[len(frames(before))+cut:])
		if err := os.WriteFile(segment(b), raw, 0o600); err != nil {
			t.Fatal(err)
		}
		if w, err := store.Check(b.dir); err != nil || w.Mendable != 1 {
			t.Fatalf("%s: check %+v, %v", name, w, err)
		}
		b.open()
		if r := b.Report(); r.Orphans != 1 || r.Mended != 1 || r.Lost {
			t.Errorf("%s: report %+v", name, r)
		}
		if _, err := b.Blob(orphan); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s: orphan: %v", name, err)
		}
		if w := b.again(); w.Mendable != 0 || len(w.Records) != 2 {
			t.Errorf("%s: whole %+v", name, w)
		}
	}
}

// A copy whose transaction never happened must not come back to life.
func TestACopyWithoutItsRecordIsSweptAway(t *testing.T) {
	b := newBox(t)
	b.commit("a1")
	old, err := os.ReadFile(filepath.Join(b.dir, store.Boltfile))
	if err != nil {
		t.Fatal(err)
	}
	b.commit("a2")
	b.close()
	// The database as it was before the second commit: only its copy is there.
	if err := os.WriteFile(filepath.Join(b.dir, store.Boltfile), old, 0o600); err != nil {
		t.Fatal(err)
	}
	b.open()
	second := b.commit("a3")
	b.close()
	if err := os.Remove(filepath.Join(b.dir, store.Boltfile)); err != nil {
		t.Fatal(err)
	}
	b.open()
	if seq, hash, err := b.Head(); err != nil || seq != 2 || hash != second.Hash() {
		t.Errorf("head %d, %v", seq, err)
	}
	if r := b.Report(); r.Gap || r.Rebuilt != 2 {
		t.Errorf("report %+v", r)
	}
}

func TestCheckNamesWhatIsWrong(t *testing.T) {
	b := newBox(t)
	rec := b.commit("a1")
	b.close()
	part := filepath.Join(b.dir, "parts", rec.Manifest.Blobs[0].Hash.String()[:2], rec.Manifest.Blobs[0].Hash.String())
	raw, err := os.ReadFile(part)
	if err != nil {
		t.Fatal(err)
	}
	raw[0] ^= 1
	if err := os.WriteFile(part, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Check(b.dir); !errors.Is(err, store.ErrDamaged) {
		t.Errorf("a damaged blob: %v", err)
	}
	if err := os.Remove(part); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Check(b.dir); !errors.Is(err, store.ErrDamaged) {
		t.Errorf("a missing blob: %v", err)
	}
	b.open()
	if _, err := b.Parts(rec); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("parts of a record that is not whole: %v", err)
	}
}

func TestADamagedIdentityAsksForEnrolment(t *testing.T) {
	b := newBox(t)
	b.commit("a1")
	b.close()
	path := filepath.Join(b.dir, "identity.cbor")
	if err := os.WriteFile(path, []byte("not an identity"), 0o600); err != nil {
		t.Fatal(err)
	}
	b.open()
	if _, err := b.Identity(); !errors.Is(err, store.ErrNotEnrolled) {
		t.Errorf("identity: %v", err)
	}
	if w := b.again(); len(w.Records) != 1 || w.Mendable != 0 {
		t.Errorf("records were touched: %+v", w)
	}
}

func TestCompactionAtOpen(t *testing.T) {
	b := newBox(t)
	if err := b.SaveCampaign(store.Campaign{ID: "big", Version: 1, Bundle: bytes.Repeat([]byte{7}, 4<<20)}, protocol.RosterKey{Key: make([]byte, 32)}); err != nil {
		t.Fatal(err)
	}
	for v := range uint32(3) {
		if err := b.SaveCampaign(store.Campaign{ID: "big", Version: v + 2, Bundle: []byte{1}}, protocol.RosterKey{Key: make([]byte, 32)}); err != nil {
			t.Fatal(err)
		}
	}
	b.commit("a1")
	b.close()
	path := filepath.Join(b.dir, store.Boltfile)
	if free, err := store.MostlyFree(path); err != nil || !free {
		t.Fatalf("mostly free: %v, %v", free, err)
	}
	b.open()
	if !b.Report().Compacted {
		t.Error("not compacted")
	}
	if free, err := store.MostlyFree(path); err != nil || free {
		t.Errorf("still mostly free: %v, %v", free, err)
	}
	if w := b.again(); len(w.Records) != 1 {
		t.Errorf("whole %+v", w)
	}
}

// What inspect calls sound, bbolt must open and check without a panic: its
// panics come in goroutines of its own and cannot be caught, so a finding here
// ends the fuzzing process.
func FuzzInspect(f *testing.F) {
	dir := f.TempDir()
	if err := store.Create(dir, store.NoSync(store.Options{Log: quiet()})); err != nil {
		f.Fatal(err)
	}
	raw, err := os.ReadFile(filepath.Join(dir, store.Boltfile))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw, uint32(0), byte(0))
	f.Add(raw[:4096], uint32(20), byte(1))
	f.Add(raw[4096:8192], uint32(0), byte(1))
	f.Add([]byte{}, uint32(0), byte(0))
	f.Fuzz(func(t *testing.T, raw []byte, at uint32, with byte) {
		raw = bytes.Clone(raw)
		if len(raw) > 0 {
			raw[int(at)%len(raw)] ^= with
		}
		if _, err := store.Inspect(bytes.NewReader(raw), int64(len(raw))); err != nil {
			return
		}
		path := filepath.Join(t.TempDir(), "db")
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		db, err := bolt.Open(path, 0o600, &bolt.Options{NoSync: true, NoGrowSync: true, NoFreelistSync: true, FreelistType: bolt.FreelistMapType})
		if err != nil {
			t.Fatalf("inspect passed what bbolt refuses: %v", err)
		}
		defer db.Close()
		err = db.View(func(tx *bolt.Tx) error {
			var first error
			for err := range tx.Check() {
				first = errors.Join(first, err)
			}
			return first
		})
		if err != nil {
			t.Fatalf("inspect passed what Check refuses: %v", err)
		}
	})
}

func TestInspectOfNoFile(t *testing.T) {
	if _, err := store.MostlyFree(filepath.Join(t.TempDir(), "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

// Records follow each other into room that the segment has already, so their
// sync waits for no journal; a record that was refused leaves no copy there.
func TestCopiesGoIntoRoomMadeBefore(t *testing.T) {
	b := newBox(t)
	b.commit("a1")
	first, err := os.ReadFile(segment(b))
	if err != nil {
		t.Fatal(err)
	}
	b.commit("a2")
	second, err := os.ReadFile(segment(b))
	if err != nil {
		t.Fatal(err)
	}
	if len(first) != len(second) || len(first) == len(frames(first)) {
		t.Errorf("segment of %d bytes, then of %d: every record makes its own room", len(first), len(second))
	}
	if len(frames(second)) <= len(frames(first)) {
		t.Error("the second record left no copy")
	}
	rec := b.hub.Seal(t, b.Store, b.keys, hubtest.Draft{Application: "a2"})
	if err := b.Commit(rec, "a2", 1); !errors.Is(err, store.ErrConfirmed) {
		t.Fatalf("confirmed twice: %v", err)
	}
	third, err := os.ReadFile(segment(b))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(second, third) {
		t.Error("a refused record left a copy")
	}
	if w := b.again(); len(w.Records) != 2 || w.Mendable != 0 {
		t.Errorf("whole %+v", w)
	}
}

// wrongSigner answers with a signature of something else, as a failing chip may.
type wrongSigner struct{ crypto.Signer }

func (s wrongSigner) Sign(r io.Reader, digest []byte, o crypto.SignerOpts) ([]byte, error) {
	return s.Signer.Sign(r, append([]byte{digest[0] ^ 1}, digest[1:]...), o)
}

// A record whose signature does not hold is never made durable, although it is
// checked only while the transaction is being filled.
func TestABadSignatureIsNotCommitted(t *testing.T) {
	b := newBox(t)
	b.commit("a1")
	id, device := hubtest.Own(t, b.Store, b.keys)
	d := hubtest.Draft{Application: "a2"}
	rec := b.hub.SealOver(t, b.Store, id, wrongSigner{device}, d, b.hub.Put(t, b.Store, d))
	if err := b.Commit(rec, "a2", 1); !errors.Is(err, protocol.ErrSignature) {
		t.Fatalf("a bad signature: %v", err)
	}
	if seq, _, err := b.Head(); err != nil || seq != 1 {
		t.Errorf("head %d, %v", seq, err)
	}
	if w := b.again(); len(w.Records) != 1 || w.Waiting != 1 {
		t.Errorf("whole %+v", w)
	}
	b.commit("a2") // the box goes on
}

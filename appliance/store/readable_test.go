package store_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"zhunkao/appliance/hubtest"
	"zhunkao/appliance/store"
	"zhunkao/hw/keystore"
	"zhunkao/protocol"
	"zhunkao/protocol/form"
	"zhunkao/protocol/identity"
)

func readable() store.Readable {
	photo := bytes.Repeat([]byte("PHOTO of a face "), 4096)
	return store.Readable{
		Application: form.Application{ID: "a1", Version: 3, Fields: map[string]string{form.FullName: "PLANTED-NAME", form.DocumentNumber: number}},
		Settled:     []protocol.Settlement{{Field: form.Ethnic, Decision: protocol.SettledChip}},
		Undecidable: true, Photo: photo, Campaign: "adult-2019", Version: 4, At: 1567731600000,
	}
}

const number = "11010519491231002X"

// everywhere gives every byte below the store's directory but the keys.
func (b *box) everywhere() []byte {
	b.Helper()
	var all []byte
	err := filepath.WalkDir(b.dir, func(path string, e os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() {
			if e.Name() == "keys" {
				return filepath.SkipDir
			}
			return nil
		}
		raw, err := os.ReadFile(path)
		all = append(append(all, path...), raw...)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return all
}

func (b *box) readableFiles() []string {
	b.Helper()
	found, err := filepath.Glob(filepath.Join(b.dir, "readable", "*"))
	if err != nil {
		b.Fatal(err)
	}
	return found
}

// register puts her on the roster, so that Find finds her.
func (b *box) register(app form.Application) {
	b.Helper()
	if err := b.ApplyRoster(0, 1, protocol.RosterPage{Entries: []protocol.RosterEntry{{Version: 1, Application: &app}}}, 5); err != nil {
		b.Fatal(err)
	}
}

func (b *box) held() *store.Held {
	b.Helper()
	f, err := b.Find(identity.Number(number))
	if err != nil {
		b.Fatal(err)
	}
	return f.Held
}

// The readable copy serves until the receipt, also over a restart, and not an
// instant longer: its key goes with the outbox entry.
func TestReadableCopyEndsAtTheReceipt(t *testing.T) {
	for _, outcome := range []protocol.Outcome{protocol.Accepted, protocol.Quarantined} {
		t.Run(string(outcome), func(t *testing.T) {
			b := newBox(t)
			want := readable()
			b.register(want.Application)
			rec := b.commit("a1")
			if b.held() != nil {
				t.Error("held before it is kept")
			}
			if err := b.KeepReadable(1, want); err != nil {
				t.Fatal(err)
			}
			for _, plain := range [][]byte{[]byte("PLANTED"), []byte(number), []byte("PHOTO of a face")} {
				if bytes.Contains(b.everywhere(), plain) {
					t.Errorf("%q lies on the disk", plain)
				}
			}
			b.again()
			if got, err := b.Readable(rec.Manifest.ID); err != nil || !reflect.DeepEqual(got, want) {
				t.Fatalf("after a restart: %v, the same %t", err, reflect.DeepEqual(got, want))
			}
			if h := b.held(); h == nil || *h != (store.Held{Record: rec.Manifest.ID, Sequence: 1, Campaign: "adult-2019", Version: 4}) {
				t.Errorf("held %+v", h)
			}
			receipt := hubtest.Accept(rec)
			receipt.Outcome, receipt.Reason = outcome, protocol.ReasonContent
			foreign := receipt
			foreign.Envelope = protocol.HashOf([]byte("another"))
			if _, err := b.Settle([]protocol.Receipt{foreign}); err != nil {
				t.Fatal(err)
			}
			if _, err := b.Readable(rec.Manifest.ID); err != nil {
				t.Errorf("ended by another's receipt: %v", err)
			}
			if ended, err := b.Ended(); err != nil || ended != 0 {
				t.Errorf("before the receipt the copies up to %d are said to be gone (%v)", ended, err)
			}
			if _, err := b.Settle([]protocol.Receipt{receipt}); err != nil {
				t.Fatal(err)
			}
			if ended, err := b.Ended(); err != nil || ended != 1 {
				t.Errorf("after the receipt the copies up to %d are said to be gone (%v)", ended, err)
			}
			if _, err := b.Readable(rec.Manifest.ID); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("after the receipt: %v", err)
			}
			if b.held() != nil {
				t.Error("held after the receipt")
			}
			if left := b.readableFiles(); len(left) != 0 {
				t.Errorf("the ciphertext is left: %v", left)
			}
			b.again() // Check finds no key without its outbox entry
		})
	}
}

// The receipt may be faster than the copy: then none is kept.
func TestReceiptBeforeTheReadableCopy(t *testing.T) {
	b := newBox(t)
	rec := b.commit("a1")
	if _, err := b.Settle([]protocol.Receipt{hubtest.Accept(rec)}); err != nil {
		t.Fatal(err)
	}
	if err := b.KeepReadable(1, readable()); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Readable(rec.Manifest.ID); !errors.Is(err, store.ErrNotFound) || len(b.readableFiles()) != 0 {
		t.Errorf("kept after the receipt: %v, %v", err, b.readableFiles())
	}
	if err := b.KeepReadable(9, readable()); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("of no record: %v", err)
	}
}

// Power cut between file and key, or between key and file: the next start
// leaves no file without a key, and a copy that is damaged is no copy.
func TestReadableCopyAfterAPowerCut(t *testing.T) {
	b := newBox(t)
	first, second := b.commit("a1"), b.commit("a2")
	for seq := range uint64(2) {
		if err := b.KeepReadable(seq+1, readable()); err != nil {
			t.Fatal(err)
		}
	}
	orphan := filepath.Join(b.dir, "readable", protocol.NewID().String())
	if err := os.WriteFile(orphan, []byte("a file whose key was never written"), 0o600); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(b.dir, "readable", first.Manifest.ID.String())
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	raw[len(raw)/2] ^= 1
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	b.again()
	if left := b.readableFiles(); len(left) != 2 {
		t.Errorf("%d files, want 2", len(left))
	}
	if _, err := b.Readable(first.Manifest.ID); !errors.Is(err, store.ErrDamaged) {
		t.Errorf("damaged: %v", err)
	}
	if err := os.Rename(filepath.Join(b.dir, "readable", second.Manifest.ID.String()), path); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Readable(first.Manifest.ID); !errors.Is(err, store.ErrDamaged) {
		t.Errorf("another's under her name: %v", err)
	}
	if _, err := b.Readable(second.Manifest.ID); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("gone: %v", err)
	}
}

// A lost database loses the readable copies and nothing else.
func TestReadableCopyIsLostWithTheDatabase(t *testing.T) {
	b := newBox(t)
	rec := b.commit("a1")
	if err := b.KeepReadable(1, readable()); err != nil {
		t.Fatal(err)
	}
	b.close()
	if err := os.Truncate(filepath.Join(b.dir, store.Boltfile), 100); err != nil {
		t.Fatal(err)
	}
	b.open()
	if r := b.Report(); r.Rebuilt != 1 {
		t.Errorf("report %+v", r)
	}
	if _, err := b.Readable(rec.Manifest.ID); !errors.Is(err, store.ErrNotFound) || len(b.readableFiles()) != 0 {
		t.Errorf("%v, %v", err, b.readableFiles())
	}
}

// The disk in another machine opens nothing, and a wrapped key is bound to its
// record.
func TestReadableCopyNeedsThisMachine(t *testing.T) {
	b := newBox(t)
	b.commit("a1")
	if err := b.KeepReadable(1, readable()); err != nil {
		t.Fatal(err)
	}
	b.close()
	other, err := keystore.OpenFile(filepath.Join(t.TempDir(), "keys"))
	if err != nil {
		t.Fatal(err)
	}
	if s, err := store.Open(b.dir, other, store.NoSync(store.Options{Log: quiet()})); !errors.Is(err, store.ErrWrongKey) {
		t.Errorf("opened elsewhere: %v", err)
		_ = s.Close()
	}
	b.open()
}

// A full disk keeps no readable copy: its room is for the visit in flight.
func TestNoReadableCopyOnAFullDisk(t *testing.T) {
	b := newBox(t)
	rec := b.commit("a1")
	b.close()
	blocks, free := uint64(1000), uint64(5)
	var err error
	if b.Store, err = store.Open(b.dir, b.keys, store.OnDisk(store.NoSync(store.Options{Log: quiet(), Reserve: 1 << 16}), &blocks, &free, &free)); err != nil {
		t.Fatal(err)
	}
	if err := b.KeepReadable(1, readable()); !errors.Is(err, store.ErrFull) {
		t.Errorf("on a full disk: %v", err)
	}
	if _, err := b.Readable(rec.Manifest.ID); !errors.Is(err, store.ErrNotFound) || len(b.readableFiles()) != 0 {
		t.Errorf("%v, %v", err, b.readableFiles())
	}
}

func TestReadablePrintsNothing(t *testing.T) {
	r := readable()
	if got := fmt.Sprintf("%v %+v %#v %s %d", r, r, &r, r, r); bytes.Contains([]byte(got), []byte("PLANTED")) {
		t.Errorf("printed: %s", got)
	}
}

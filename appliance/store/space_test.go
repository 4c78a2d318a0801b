package store_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"golang.org/x/sys/unix"

	"zhunkao/appliance/hubtest"
	"zhunkao/appliance/store"
	"zhunkao/hw/keystore"
	"zhunkao/protocol"
)

// A full disk: new visits are refused, the visit in flight finishes in the
// reserve, nothing acknowledged is lost, and room opens the box again.
func TestFullDisk(t *testing.T) {
	if os.Getuid() != 0 {
		without(t, "not root, so no file system of a given size can be mounted")
	}
	mnt := t.TempDir()
	if err := unix.Mount("tmpfs", mnt, "tmpfs", 0, "size=24m,mode=0700"); err != nil {
		without(t, "tmpfs cannot be mounted: "+err.Error())
	}
	t.Cleanup(func() { _ = unix.Unmount(mnt, unix.MNT_DETACH) })
	dir := filepath.Join(mnt, "data")
	opt := store.Options{Log: quiet(), Reserve: 2 << 20}
	if err := store.Create(dir, opt); err != nil {
		t.Fatal(err)
	}
	keys, err := keystore.OpenFile(filepath.Join(dir, "keys"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(dir, keys, opt)
	if err != nil {
		t.Fatal(err)
	}
	hub := hubtest.New(t)
	hub.Enrol(t, s, keys, "127.0.0.1:1")
	if err := s.Admit(); err != nil {
		t.Fatalf("an empty disk refuses: %v", err)
	}
	ballast := filepath.Join(mnt, "ballast")
	fill(t, ballast)
	if err := s.Admit(); !errors.Is(err, store.ErrFull) {
		t.Fatalf("a full disk admits: %v", err)
	}
	// A visit's blobs are written at the same time: the reserve is for all.
	errs := make([]error, 8)
	var blobs sync.WaitGroup
	for i := range errs {
		blobs.Go(func() { _, errs[i] = s.PutBlob(bytes.Repeat([]byte{byte(i)}, 8<<10)) })
	}
	blobs.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatalf("blobs of the visit in flight: %v", err)
	}
	rec := hub.Seal(t, s, keys, hubtest.Draft{Application: "in flight", Blob: make([]byte, 64<<10)})
	if err := s.Commit(rec, "in flight", 1); err != nil {
		t.Fatalf("the visit in flight is lost: %v", err)
	}
	fill(t, ballast+"2")
	if _, err := s.PutBlob(make([]byte, 1<<20)); !errors.Is(err, store.ErrFull) {
		t.Fatalf("no room and no reserve: %v", err)
	}
	if err := s.Admit(); !errors.Is(err, store.ErrFull) {
		t.Fatalf("admits without a reserve: %v", err)
	}
	if err := errors.Join(os.Remove(ballast), os.Remove(ballast+"2")); err != nil {
		t.Fatal(err)
	}
	if err := s.Admit(); err != nil {
		t.Fatalf("there is room again, and it refuses: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if w, err := store.Check(dir); err != nil || len(w.Records) != 1 {
		t.Fatalf("check %+v, %v", w, err)
	}
}

// fill writes path until the disk is full.
func fill(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	for size := 1 << 20; size >= 4096; {
		if _, err := f.Write(make([]byte, size)); err != nil {
			size /= 2
		}
	}
	_ = f.Close() // the disk is full: that is what was wanted
}

// How full disk and store are: by df's count, rounded down, the store without
// the pages that are free again; visits are refused at a rim of their own.
func TestUsage(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	blocks, free, avail := uint64(1050), uint64(250), uint64(200)
	opt := store.OnDisk(store.NoSync(store.Options{Log: quiet(), Reserve: 1 << 16, MaxSize: 2 << 20}), &blocks, &free, &avail)
	if err := store.Create(dir, opt); err != nil {
		t.Fatal(err)
	}
	keys, err := keystore.OpenFile(filepath.Join(dir, "keys"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(dir, keys, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	usage := func() store.Usage {
		t.Helper()
		u, err := s.Usage()
		if err != nil {
			t.Fatal(err)
		}
		return u
	}
	for _, c := range []struct {
		free, avail uint64
		disk        int
		admits      bool
	}{{250, 200, 80, true}, {251, 201, 79, true}, {1050, 1000, 0, true}, {103, 53, 94, true}, {102, 52, 94, false}, {50, 0, 100, false}, {0, 0, 100, false}} {
		free, avail = c.free, c.avail
		if u := usage(); u.Disk != c.disk {
			t.Errorf("%d free, %d for us: disk at %d, want %d", c.free, c.avail, u.Disk, c.disk)
		}
		if err := s.Admit(); (err == nil) != c.admits {
			t.Errorf("%d free, %d for us: admit says %v", c.free, c.avail, err)
		}
	}
	free, avail = 1050, 1000
	hub := hubtest.New(t)
	hub.Enrol(t, s, keys, "127.0.0.1:1")
	empty := usage().Store
	var receipts []protocol.Receipt
	for usage().Store < 80 {
		app := fmt.Sprintf("app-%d", len(receipts))
		rec := hub.Seal(t, s, keys, hubtest.Draft{Application: app})
		if err := s.Commit(rec, app, 1); err != nil {
			t.Fatalf("after %d records, at %d of 100: %v", len(receipts), usage().Store, err)
		}
		receipts = append(receipts, hubtest.Accept(rec))
	}
	for batch := range slices.Chunk(receipts, 64) {
		if _, err := s.Settle(batch); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.PruneTo(uint64(len(receipts)), later); err != nil {
		t.Fatal(err)
	}
	if u := usage(); u.Store > empty+40 {
		t.Errorf("at %d of 100 after all but one record left; it began at %d", u.Store, empty)
	}
}

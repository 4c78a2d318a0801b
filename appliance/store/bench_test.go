package store_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"zhunkao/appliance/hubtest"
	"zhunkao/appliance/store"
	"zhunkao/hw/keystore"
	"zhunkao/protocol"
)

func benchBox(b *testing.B) (*store.Store, *keystore.Store, *hubtest.Hub, string) {
	b.Helper()
	dir := filepath.Join(b.TempDir(), "data")
	opt := store.Options{Log: quiet(), MinFree: 1}
	if err := store.Create(dir, opt); err != nil {
		b.Fatal(err)
	}
	keys, err := keystore.Open(filepath.Join(dir, "keys"))
	if err != nil {
		b.Fatal(err)
	}
	s, err := store.Open(dir, keys, opt)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close() })
	hub := hubtest.New(b)
	hub.Enrol(b, s, keys, "127.0.0.1:1")
	return s, keys, hub, dir
}

// BenchmarkCommit is submit → durable with the blobs already on the disk and a
// software key; BenchmarkOneSync is one fdatasync of the same bytes on the same
// disk. The aim is a quotient of at most 4.
func BenchmarkCommit(b *testing.B) {
	s, keys, hub, _ := benchBox(b)
	size := 0
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		b.StopTimer()
		app := fmt.Sprintf("app-%d", i)
		rec := hub.Seal(b, s, keys, hubtest.Draft{Application: app}) // puts the blob
		size = len(rec.Envelope) + len(rec.Body)
		b.StartTimer()
		if err := s.Commit(rec, app, 1); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(size), "bytes")
}

// BenchmarkSealAndCommit adds sealing and signing.
func BenchmarkSealAndCommit(b *testing.B) {
	s, keys, hub, _ := benchBox(b)
	for i := 0; b.Loop(); i++ {
		app := fmt.Sprintf("app-%d", i)
		rec := hub.Seal(b, s, keys, hubtest.Draft{Application: app})
		if err := s.Commit(rec, app, 1); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOneSync(b *testing.B) {
	_, _, _, dir := benchBox(b)
	f, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = f.Close() })
	body := make([]byte, 3<<10)
	for b.Loop() {
		if _, err := f.Write(body); err != nil {
			b.Fatal(err)
		}
		if err := unix.Fdatasync(int(f.Fd())); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkBacklog commits 5,000 records, drains them, lets the backup mark
// pass, and reports the size of the database then and after the next start.
func BenchmarkBacklog(b *testing.B) {
	const backlog = 5000
	for b.Loop() {
		s, keys, hub, dir := benchBox(b)
		var receipts []protocol.Receipt
		for i := range backlog {
			app := fmt.Sprintf("app-%d", i)
			rec := hub.Seal(b, s, keys, hubtest.Draft{Application: app})
			if err := s.Commit(rec, app, 1); err != nil {
				b.Fatal(err)
			}
			receipts = append(receipts, hubtest.Accept(rec))
		}
		full := sizeOf(b, dir)
		for len(receipts) > 0 {
			n := min(64, len(receipts))
			if _, err := s.Settle(receipts[:n]); err != nil {
				b.Fatal(err)
			}
			receipts = receipts[n:]
		}
		if _, err := s.PruneTo(backlog); err != nil {
			b.Fatal(err)
		}
		drained := sizeOf(b, dir)
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
		again, err := store.Open(dir, keys, store.Options{Log: quiet(), MinFree: 1})
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(full, "MB-full")
		b.ReportMetric(drained, "MB-drained")
		b.ReportMetric(sizeOf(b, dir), "MB-next-start")
		if err := again.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// sizeOf gives what the database takes of the disk, in MB.
func sizeOf(b *testing.B, dir string) float64 {
	b.Helper()
	var st unix.Stat_t
	if err := unix.Stat(filepath.Join(dir, store.Boltfile), &st); err != nil {
		b.Fatal(err)
	}
	return float64(st.Blocks) * 512 / 1e6
}

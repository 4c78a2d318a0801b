package store_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

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
	keys, err := keystore.OpenFile(filepath.Join(dir, "keys"))
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

// BenchmarkSubmit is submit → durable, sealing and signing with a software key
// included, with the blob already on the disk; in turns with one fdatasync of
// the same bytes on the same disk. Without sealing it is of-fdatasync-commit.
// The box agrees on the body's key while the blobs are being written, so that
// lies before the measure like they do; of-fdatasync-alone counts it in, as if
// it were done one after the other.
func BenchmarkSubmit(b *testing.B) {
	s, keys, hub, dir := benchBox(b)
	f, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = f.Close() })
	id, device := hubtest.Own(b, s, keys)
	var agreeing, sealing, commit, sync time.Duration
	for i := 0; b.Loop(); i++ {
		d := hubtest.Draft{Application: fmt.Sprintf("app-%d", i)}
		ref := hub.Put(b, s, d)
		alone := time.Now()
		body := hub.Prepare(b)
		began := time.Now()
		rec := hub.SealWith(b, body, s, id, device, d, ref)
		sealed := time.Now()
		if err := s.Commit(rec, d.Application, 1); err != nil {
			b.Fatal(err)
		}
		durable := time.Now()
		if _, err := f.Write(append(rec.Envelope, rec.Body...)); err != nil {
			b.Fatal(err)
		}
		if err := unix.Fdatasync(int(f.Fd())); err != nil {
			b.Fatal(err)
		}
		agreeing += began.Sub(alone)
		sealing, commit, sync = sealing+sealed.Sub(began), commit+durable.Sub(sealed), sync+time.Since(durable)
	}
	n := float64(b.N)
	b.ReportMetric(float64(agreeing.Microseconds())/n, "µs-agreeing")
	b.ReportMetric(float64(sealing.Microseconds())/n, "µs-sealing")
	b.ReportMetric(float64(commit.Microseconds())/n, "µs-commit")
	b.ReportMetric(float64(sync.Microseconds())/n, "µs-fdatasync")
	b.ReportMetric(float64(sealing+commit)/float64(sync), "of-fdatasync")
	b.ReportMetric(float64(agreeing+sealing+commit)/float64(sync), "of-fdatasync-alone")
	b.ReportMetric(float64(commit)/float64(sync), "of-fdatasync-commit")
	b.ReportMetric(0, "ns/op")
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
		if _, err := s.PruneTo(backlog, later); err != nil {
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

package intake_test

import (
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"zhunkao/hub/db/dbtest"
	"zhunkao/protocol"
)

// BenchmarkIntake takes sealed records of about 40 KB (chip, signature, and a
// portrait of 30 KB) from eight boxes through everything a hub does: signature,
// parts, HPKE, blobs, checks, one blob sync and one SQL commit a batch, signed
// receipts. In the same run, in turns with it, a raw loop appends the same
// bytes to a file and syncs them in batches as large as the hub's were in that
// round: the least any durable intake must do on this disk. "of-raw" is the ratio
// of the two rates (aim 0.25).
//
// One iteration is benchRounds rounds of benchRound records; run it with
// -benchtime=1x.
func BenchmarkIntake(b *testing.B) {
	for _, kind := range []string{"sqlite", "postgres"} {
		b.Run(kind, func(b *testing.B) {
			for range b.N {
				open := dbtest.SQLite
				if kind == "postgres" {
					open = dbtest.Postgres
				}
				l := newLoad(b, newRig(b, open(b), benchRounds*benchRound))
				l.run(b, l.beside(b))
			}
		})
	}
}

const (
	benchBoxes = 8
	// A round stays below the 64 MiB that the broker holds for one client: the
	// bench's boxes say nothing twice.
	benchRound  = 1024
	benchRounds = 4 // the first warms up and is not counted
)

// load is a backlog of sealed records and the boxes that have it.
type load struct {
	r     *rig
	boxes []*box
	all   []sealed
	said  map[protocol.ID][][]byte // the chunks of each, as they go over the wire
	store *attic
	ways  []way // of the boxes to a broker; nil: each says what it says to the hub itself
}

func newLoad(b *testing.B, r *rig) *load {
	b.Helper()
	b.StopTimer()
	asHubd(b)
	l := &load{r: r, said: map[protocol.ID][][]byte{}, store: newAttic(b, r)}
	for range benchBoxes {
		l.boxes = append(l.boxes, r.enrol(pointHere))
	}
	for i, p := range r.people[:benchRounds*benchRound] {
		s := l.boxes[i%benchBoxes].seal(p, making{big: 30 << 10})
		l.said[s.Manifest.ID] = l.store.all(s.chunks(b)) // a box has them on its disk; the hub's time is measured
		for h, ct := range s.parts {
			s.parts[h] = l.store.keep(ct)
		}
		s.Body, s.Envelope = nil, l.store.keep(s.Envelope)
		l.all = append(l.all, s)
	}
	r.people = nil
	runtime.GC()
	return l
}

// attic is memory outside of Go's heap, for what the boxes of a benchmark are going
// to say: hundreds of MB that no hub has. In the heap they let it grow to four times
// as much between two collections, into pages that the kernel had to make first:
// 60 of them a record where a broker's messages come into new memory, and none
// where a box only says what lies there, beside which that is measured.
type attic struct {
	b    *testing.B
	r    *rig
	free []byte
}

// newAttic gives one that stands until the rig has stopped, which it does then.
func newAttic(b *testing.B, r *rig) *attic { return &attic{b: b, r: r} }

func (a *attic) keep(p []byte) []byte {
	if len(p) > len(a.free) {
		room, err := unix.Mmap(-1, 0, max(len(p), 64<<20), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
		if err != nil {
			a.b.Fatal(err)
		}
		a.b.Cleanup(func() {
			a.r.stop()
			if err := unix.Munmap(room); err != nil {
				a.b.Error(err)
			}
		})
		a.free = room
	}
	n := copy(a.free, p)
	kept := a.free[:n:n]
	a.free = a.free[n:]
	return kept
}

func (a *attic) all(of [][]byte) [][]byte {
	for i, p := range of {
		of[i] = a.keep(p)
	}
	return of
}

// asHubd sets what hubd sets.
func asHubd(b *testing.B) {
	procs := runtime.GOMAXPROCS(0)
	runtime.GOMAXPROCS(procs + 2)
	percent, limit := debug.SetGCPercent(300), debug.SetMemoryLimit(2<<30)
	b.Cleanup(func() { runtime.GOMAXPROCS(procs); debug.SetGCPercent(percent); debug.SetMemoryLimit(limit) })
}

// other is what is measured in turns with the hub.
type other struct {
	name, rate string
	take       func(part []sealed, batch int) time.Duration // batch: records that the hub committed together
}

// run measures rounds of intake and of the other thing in turns.
func (l *load) run(b *testing.B, o other) {
	var taken, others, cpu time.Duration
	var mallocs, bytes, batches uint64
	for round := range benchRounds {
		part := l.all[round*benchRound : (round+1)*benchRound]
		runtime.GC() // what the other one left is not the hub's to collect
		before, cpuBefore, committed := allocs(), cpuTime(b), l.r.in.Meters().Batches.Count
		b.StartTimer()
		d := l.round(b, part)
		b.StopTimer()
		c, m := cpuTime(b)-cpuBefore, allocs()-before
		commits := l.r.in.Meters().Batches.Count - committed
		t := o.take(part, (len(part)+int(commits)-1)/int(commits))
		if round == 0 {
			continue
		}
		taken, others, cpu, mallocs = taken+d, others+t, cpu+c, mallocs+m
		batches += commits
		for _, s := range part {
			bytes += uint64(size(s))
		}
	}
	n := float64((benchRounds - 1) * benchRound)
	b.ReportMetric(n/taken.Seconds(), "records/s")
	b.ReportMetric(n/others.Seconds(), o.rate)
	b.ReportMetric(others.Seconds()/taken.Seconds(), o.name)
	b.ReportMetric(float64(cpu.Microseconds())/n, "cpu-µs/record")
	b.ReportMetric(float64(mallocs)/n, "allocs/record")
	b.ReportMetric(float64(bytes)/n, "bytes/record")
	b.ReportMetric(n/float64(batches), "records/batch")
	b.ReportMetric(0, "ns/op")
}

// round sends records, each box its own in their order, and waits until each
// box has the receipts of all of them.
func (l *load) round(b *testing.B, part []sealed) time.Duration {
	start := time.Now()
	var wg sync.WaitGroup
	for k, box := range l.boxes {
		var mine []sealed
		for i := k; i < len(part); i += benchBoxes {
			mine = append(mine, part[i])
		}
		wg.Go(func() {
			for _, s := range mine {
				if l.ways != nil {
					l.ways[k].send(s.Manifest.ID)
					continue
				}
				box.say(protocol.KindManifest, s.Envelope)
				for _, raw := range l.said[s.Manifest.ID] {
					box.say(protocol.KindChunk, raw)
				}
			}
			for h, got := range box.receipts(mine...) {
				if got.Outcome != protocol.Accepted {
					b.Errorf("record %s: %+v", h, got)
				}
			}
		})
	}
	wg.Wait()
	return time.Since(start)
}

// beside is the raw loop: it appends the same records and syncs each batch.
func (l *load) beside(b *testing.B) other {
	f, err := os.Create(filepath.Join(b.TempDir(), "raw"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = f.Close() })
	return other{name: "of-raw", rate: "raw-records/s", take: func(part []sealed, batch int) time.Duration {
		records := make([][]byte, len(part))
		for i, s := range part {
			records[i] = whole(s)
		}
		start := time.Now()
		for i, r := range records {
			if _, err := f.Write(r); err != nil {
				b.Fatal(err)
			}
			if i%batch == batch-1 || i == len(records)-1 {
				if err := syscall.Fdatasync(int(f.Fd())); err != nil {
					b.Fatal(err)
				}
			}
		}
		return time.Since(start)
	}}
}

// whole is all bytes of a record.
func whole(s sealed) []byte {
	out := append([]byte(nil), s.Envelope...)
	for _, ct := range s.parts {
		out = append(out, ct...)
	}
	return out
}

func size(s sealed) int {
	n := len(s.Envelope)
	for _, ct := range s.parts {
		n += len(ct)
	}
	return n
}

func allocs() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.Mallocs
}

func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

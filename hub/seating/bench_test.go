package seating_test

import (
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"runtime/metrics"
	"testing"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/seating"
	"zhunkao/hub/seating/seatingtest"
	"zhunkao/protocol/campaign"
)

// provincials makes n persons of 122 counties as Hunan's adult examination has them.
func provincials(n int) []seatingtest.Person {
	r := rand.New(rand.NewPCG(43, 2019))
	categories := map[string]int{"1": 4, "2": 3, "3": 8}
	out := make([]seatingtest.Person, n)
	for i := range out {
		p := &out[i]
		p.Application, p.Division = fmt.Sprintf("%032x", i), fmt.Sprintf("43%04d", 101+r.IntN(122))
		p.Level = []string{"1", "2", "2", "3", "3", "3", "3"}[r.IntN(7)]
		p.Category, p.Language = fmt.Sprint(p.Level, 1+r.IntN(categories[p.Level])), "1"
		if r.IntN(100) == 0 {
			p.Language = "2"
		}
		if r.IntN(3) > 0 {
			p.Origin = 1 + r.Uint64N(40) // a point, a school, a workplace of that county
		}
	}
	return out
}

// BenchmarkRun takes 400,000 candidates of 122 counties through the store, as a hub does
// when two persons have numbered: the frozen list is read from the database, everybody is
// seated by all rules, seats and rooms are written in batches that nobody reads yet, and
// the version is published. "s-reading" is what the list alone takes, "s-arranging" the computation
// without the database, and "MiB-in-all" the most memory that was in use (aim 1024).
// Freezing and drawing stand before it and are not in it.
func BenchmarkRun(b *testing.B) {
	const candidates = 400_000
	for _, store := range []struct {
		name string
		open func(testing.TB) *db.DB
	}{{"sqlite", dbtest.SQLite}, {"postgres", dbtest.Postgres}} {
		b.Run(store.name, func(b *testing.B) {
			var reading time.Duration
			var arranging int64
			var most uint64
			for b.Loop() {
				b.StopTimer()
				d := store.open(b)
				v, err := seatingtest.Drawn(b.Context(), d, campaign.Adult2019(), provincials(candidates), 1)
				if err != nil {
					b.Fatal(err)
				}
				debug.FreeOSMemory()
				began := time.Now()
				if err := d.Read(b.Context(), func(tx *db.Tx) error {
					in, whose, err := seating.Input(b.Context(), tx, v.ID)
					if err == nil && (len(in.Candidates) != candidates || len(whose) != candidates) {
						b.Errorf("%d are read", len(in.Candidates))
					}
					return err
				}); err != nil {
					b.Fatal(err)
				}
				reading += time.Since(began)
				debug.FreeOSMemory()
				ended, watched := make(chan struct{}), make(chan uint64)
				go func() { watched <- mostInUse(ended) }()
				b.StartTimer()
				err = seating.Run(b.Context(), d, v.ID, func() int64 { return 2 }, nil)
				b.StopTimer()
				close(ended)
				most = max(most, <-watched)
				if err != nil {
					b.Fatal(err)
				}
				if err := d.Read(b.Context(), func(tx *db.Tx) (err error) { v, err = seating.Get(b.Context(), tx, v.ID); return err }); err != nil || v.Figures.Seats != candidates {
					b.Fatalf("%+v, %v", v.Figures, err)
				}
				arranging += v.Figures.Took
				d.Close()
				b.StartTimer()
			}
			b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s-in-all")
			b.ReportMetric(reading.Seconds()/float64(b.N), "s-reading")
			b.ReportMetric(float64(arranging)/1000/float64(b.N), "s-arranging")
			b.ReportMetric(float64(most)/(1<<20), "MiB-in-all")
		})
	}
}

// mostInUse watches what the program holds of the machine's memory until it is told to end.
func mostInUse(ended <-chan struct{}) (most uint64) {
	s := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		metrics.Read(s)
		most = max(most, s[0].Value.Uint64()-s[1].Value.Uint64())
		select {
		case <-ended:
			return most
		case <-tick.C:
		}
	}
}

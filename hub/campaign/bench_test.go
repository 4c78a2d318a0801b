package campaign_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"zhunkao/hub/campaign"
	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
	"zhunkao/hub/journal"
	"zhunkao/hub/keys"
	"zhunkao/hub/org"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/campaign/synthetic"
	"zhunkao/protocol/form"
	"zhunkao/protocol/identity"
)

// province is how many applications BenchmarkRehearse has; ZHUNKAO_ROWS makes
// it fewer for a quick look.
const province = 400_000

var benchPoints = []org.Point{
	{Code: "43010201", Name: "一", Division: "430102", Medical: true, Minors: true, Open: true},
	{Code: "43070201", Name: "二", Division: "430702", Open: true},
}

// BenchmarkRehearse rehearses a version over a province, in turns with only
// reading the same rows: in the same batches, unsealed and decoded by as many
// workers. "few" changes something for some; "all" changes everybody's fee, so
// that a row is written for each. rehearse-of-reading is how many times as long
// it takes, reading included (aim 4); of-one-by-one beside reading with a single
// worker.
func BenchmarkRehearse(b *testing.B) {
	n := province
	if s := os.Getenv("ZHUNKAO_ROWS"); s != "" {
		if _, err := fmt.Sscan(s, &n); err != nil {
			b.Fatal(err)
		}
	}
	d, store := stored(b, n)
	few, all := rules.Adult2019(), rules.Adult2019()
	few.Version, few.Policy.Minor, few.Catalogue = 2, rules.UpTo17, few.Catalogue[5:]
	all.Version = 3
	for i := range all.Fees {
		all.Fees[i].Fen += 500
	}
	for _, v := range []struct {
		name string
		next rules.Campaign
		hurt func(campaign.Totals) bool
	}{
		{"few", few, func(t campaign.Totals) bool { return t.Choice > 0 && t.Fee == 0 }},
		{"all", all, func(t campaign.Totals) bool { return t.Fee == int64(n) }},
	} {
		draft := put(b, d, v.next)
		b.Run(v.name, func(b *testing.B) {
			var read, single, walked time.Duration
			rounds := 0
			for b.Loop() {
				single += reading(b, d, store, n, 1)
				read += reading(b, d, store, n, runtime.GOMAXPROCS(0))
				start := time.Now()
				if t := walk(b, d, store, draft); t.Applications != int64(n) || t.Unreadable > 0 || !v.hurt(t) {
					b.Fatalf("%+v", t)
				}
				walked += time.Since(start)
				rounds++
			}
			b.ReportMetric(walked.Seconds()/read.Seconds(), "rehearse-of-reading")
			b.ReportMetric(walked.Seconds()/single.Seconds(), "of-one-by-one")
			b.ReportMetric(float64(n*rounds)/walked.Seconds(), "applications/s")
			b.ReportMetric(float64(n*rounds)/read.Seconds(), "only-read/s")
		})
	}
}

func put(b *testing.B, d *db.DB, c rules.Campaign) (draft campaign.Draft) {
	b.Helper()
	raw, err := rules.Encode(c)
	if err == nil {
		err = d.Write(b.Context(), func(tx *db.Tx) error {
			draft, _, err = campaign.PutDraft(b.Context(), tx, raw, "bench", 1)
			return err
		})
	}
	if err != nil {
		b.Fatal(err)
	}
	return draft
}

func walk(b *testing.B, d *db.DB, store *candidate.Store, draft campaign.Draft) campaign.Totals {
	b.Helper()
	w, err := campaign.Begin(b.Context(), d, store, draft.Digest, "bench", synthetic.Day(rules.Adult2019()))
	if err != nil {
		b.Fatal(err)
	}
	if err := w.Run(b.Context(), nil); err != nil {
		b.Fatal(err)
	}
	if err := d.Write(b.Context(), func(tx *db.Tx) error { return w.Finish(b.Context(), tx, 2) }); err != nil {
		b.Fatal(err)
	}
	if err := w.Close(b.Context()); err != nil {
		b.Fatal(err)
	}
	return w.Totals
}

// reading reads every application, unsealed and decoded, and does nothing with it.
func reading(b *testing.B, d *db.DB, store *candidate.Store, n, workers int) time.Duration {
	b.Helper()
	start := time.Now()
	batches := make(chan []candidate.Sealed, workers)
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			for batch := range batches {
				for _, x := range batch {
					if _, err := store.Open(x); err != nil {
						b.Error(err)
					}
				}
			}
		})
	}
	rows := 0
	for after := ""; ; {
		var batch []candidate.Sealed
		if err := d.Read(b.Context(), func(tx *db.Tx) (err error) {
			batch, err = store.After(b.Context(), tx, "adult-2019", after, 512)
			return err
		}); err != nil {
			b.Fatal(err)
		}
		if len(batch) == 0 {
			break
		}
		after = batch[len(batch)-1].ID
		rows += len(batch)
		batches <- batch
	}
	close(batches)
	all.Wait()
	if rows != n {
		b.Fatalf("%d rows of %d", rows, n)
	}
	return time.Since(start)
}

// stored is a hub's database with a version in force and n applications that
// are valid under it, sealed as they always are.
func stored(b *testing.B, n int) (*db.DB, *candidate.Store) {
	b.Helper()
	dir := b.TempDir()
	ring, err := keys.Open(filepath.Join(dir, "keys"), keys.Options{Create: true})
	if err != nil {
		b.Fatal(err)
	}
	d, err := db.Open(b.Context(), "sqlite:"+filepath.Join(dir, "hub.db"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := d.Close(); err != nil {
			b.Error(err)
		}
	})
	c := rules.Adult2019()
	at := make([]synthetic.Point, len(benchPoints))
	raw, err := rules.Encode(c)
	if err != nil {
		b.Fatal(err)
	}
	if err := d.Write(b.Context(), func(tx *db.Tx) error {
		if err := org.Seed(b.Context(), tx, synthetic.Day(c)); err != nil {
			return err
		}
		for i, p := range benchPoints {
			at[i] = synthetic.Point{Code: p.Code, Division: p.Division}
			if err := org.CreatePoint(b.Context(), tx, p); err != nil {
				return err
			}
		}
		_, err := campaign.Publish(b.Context(), tx, raw, "bench", 1)
		return err
	}); err != nil {
		b.Fatal(err)
	}
	store := candidate.New(ring, time.Now)
	people := numbered(synthetic.Candidates(c, 19, n/40+100, at...), n)
	for len(people) > 0 {
		some := people[:min(2000, len(people))]
		people = people[len(some):]
		if err := d.Write(b.Context(), func(tx *db.Tx) error {
			for _, app := range some {
				by := candidate.Saving{Author: journal.Author{Kind: journal.ByCandidate, ID: app.ID}, Origin: candidate.FromPortal, Division: app.Point[:6]}
				if err := store.Save(b.Context(), tx, app, by); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			b.Fatal(err)
		}
	}
	return d, store
}

// numbered makes n applications of fewer people: each is there some forty times
// with another number of good form, so that all of the check is done for each.
func numbered(people []synthetic.Person, n int) []form.Application {
	out, seen := make([]form.Application, 0, n), map[string]bool{}
	for k := 0; len(out) < n && k < 50; k++ {
		for _, p := range people {
			app := p.Application
			number := app.Get(form.DocumentNumber)
			if k > 0 && len(number) != 18 || len(out) == n {
				continue
			}
			if len(number) == 18 {
				serial := 900 + (int(number[16]-'0')+2*k)%100 // the last digit says the sex
				number = number[:14] + fmt.Sprintf("%03d", serial)
				number += string(identity.CheckDigit(number))
			}
			if seen[number] {
				continue
			}
			seen[number] = true
			app = app.Clone()
			app.ID, app.Version = fmt.Sprintf("a%08d", len(out)), 1
			app.Fields[form.DocumentNumber] = number
			out = append(out, app)
		}
	}
	return out
}

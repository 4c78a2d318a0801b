package exchange_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"testing"
	"time"

	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
	"zhunkao/hub/exchange"
	"zhunkao/hub/exchange/dbf"
	"zhunkao/hub/journal"
	"zhunkao/hub/keys"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/campaign/synthetic"
	"zhunkao/protocol/form"
)

// province is how many candidates BenchmarkExport has; ZHUNKAO_ROWS makes it
// fewer for a quick look.
const province = 400_000

// thirty is an exchange of thirty columns: the first of the adult examination's
// own and, beside them, what they leave out.
func thirty(c campaign.Campaign) campaign.Campaign {
	e := persons(campaign.CharsetGBK, campaign.NamesPinyin)
	for _, f := range c.Form.Fields {
		if f.Key == form.CandidateNumber || f.Key == form.FullName || f.Key == form.BirthDate || f.Key == form.PostCode || f.Key == form.PostAddress || f.Key == form.Remark {
			continue
		}
		e.Columns = append([]campaign.ExchangeColumn{{Name: f.Key, Type: "C", Length: max(f.MaxBytes, 1), From: f.Key}}, e.Columns...)
	}
	e.Columns = e.Columns[:30]
	return with(c, e)
}

// stored is a hub's database with n applications, sealed as they always are.
func stored(b *testing.B, c campaign.Campaign, n int) (*db.DB, *candidate.Store) {
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
	b.Cleanup(func() { d.Close() })
	people := synthetic.Candidates(c, 19, 2000, synthetic.Point{Code: "43010201", Division: "430102"})
	store := candidate.New(ring, time.Now)
	by := candidate.Saving{Author: journal.Author{Kind: journal.ByCandidate, ID: "a1"}, Origin: candidate.FromPortal, Division: "430102"}
	for i := 0; i < n; {
		err := d.Write(b.Context(), func(tx *db.Tx) error {
			for end := min(n, i+2000); i < end; i++ {
				a := people[i%len(people)].Application.Clone()
				a.ID, a.Version = fmt.Sprintf("a%08d", i), 1
				a.Fields[form.CandidateNumber] = fmt.Sprintf("1943%010d", i)
				a.Fields[form.DocumentNumber] = fmt.Sprintf("999%015d", i) // nobody's, and all different
				if err := store.Save(b.Context(), tx, a, by); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	return d, store
}

// reading walks through all applications as whatever walks through them does:
// in short transactions, and opened one by one.
func reading(ctx context.Context, d *db.DB, store *candidate.Store, id string) iter.Seq2[exchange.Row, error] {
	return func(yield func(exchange.Row, error) bool) {
		after := ""
		for {
			var batch []candidate.Sealed
			err := d.Read(ctx, func(tx *db.Tx) (err error) {
				batch, err = store.After(ctx, tx, id, after, 1000)
				return err
			})
			if err != nil {
				yield(exchange.Row{}, err)
				return
			}
			if len(batch) == 0 {
				return
			}
			for _, x := range batch {
				a, err := store.Open(x)
				if !yield(exchange.Row{Key: a.Get(form.CandidateNumber), Application: a}, err) || err != nil {
					return
				}
			}
			after = batch[len(batch)-1].ID
		}
	}
}

// BenchmarkExport exports a province's candidates, 400,000 of 30 columns, in
// turns with only reading the same rows from the same database; export-of-reading
// is how many times as long it takes, reading included.
func BenchmarkExport(b *testing.B) {
	n := province
	if s := os.Getenv("ZHUNKAO_ROWS"); s != "" {
		if _, err := fmt.Sscan(s, &n); err != nil {
			b.Fatal(err)
		}
	}
	c := thirty(campaign.Adult2019())
	d, store := stored(b, c, n)
	path := filepath.Join(b.TempDir(), "out.dbf")
	onlyRead := func() time.Duration {
		start, rows := time.Now(), 0
		for _, err := range reading(b.Context(), d, store, c.ID) {
			if err != nil {
				b.Fatal(err)
			}
			rows++
		}
		if rows != n {
			b.Fatalf("%d of %d rows read", rows, n)
		}
		return time.Since(start)
	}
	onlyRead() // from here on both find the file in memory
	var read, export time.Duration
	rounds := 0
	for b.Loop() {
		read += onlyRead()
		start := time.Now()
		f, err := os.Create(path)
		if err != nil {
			b.Fatal(err)
		}
		var side bytes.Buffer
		did, err := exchange.Export(b.Context(), reading(b.Context(), d, store, c.ID), c, "test",
			exchange.Target{Table: f, Side: &side, Rows: dbf.CountLater, Updated: day})
		if err = errors.Join(err, f.Sync(), f.Close()); err != nil || did.Rows != int64(n) {
			b.Fatal(did, err)
		}
		export += time.Since(start)
		rounds++
	}
	b.ReportMetric(export.Seconds()/read.Seconds(), "export-of-reading")
	b.ReportMetric(float64(n*rounds)/export.Seconds(), "rows/s")
	b.ReportMetric(float64(n*rounds)/read.Seconds(), "rows-only-read/s")
}

// some are candidates at hand.
func some(c campaign.Campaign) (rows []exchange.Row) {
	for _, p := range synthetic.Candidates(c, 19, 2000, synthetic.Point{Code: "43010201", Division: "430102"}) {
		rows = append(rows, exchange.Row{Application: p.Application})
	}
	return rows
}

// BenchmarkWriteTable exports candidates that are at hand, by the mapping.
func BenchmarkWriteTable(b *testing.B) {
	c := thirty(campaign.Adult2019())
	rows := some(c)
	for b.Loop() {
		if _, err := exchange.Export(b.Context(), each(rows), c, "test", exchange.Target{Table: io.Discard, Side: io.Discard, Rows: int64(len(rows))}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(rows)*b.N)/b.Elapsed().Seconds(), "rows/s")
}

// BenchmarkReadTable reads a table of 30 columns back.
func BenchmarkReadTable(b *testing.B) {
	c := thirty(campaign.Adult2019())
	rows := some(c)
	var table bytes.Buffer
	if _, err := exchange.Export(b.Context(), each(rows), c, "test", exchange.Target{Table: &table, Side: io.Discard, Rows: int64(len(rows))}); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(table.Len()))
	for b.Loop() {
		r, err := dbf.NewReader(bytes.NewReader(table.Bytes()), dbf.Options{})
		var row dbf.Row
		for err == nil {
			err = r.Read(&row)
		}
		if !errors.Is(err, io.EOF) {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(rows)*b.N)/b.Elapsed().Seconds(), "rows/s")
}

package confirmation_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"testing"

	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/keys"
	"zhunkao/protocol/form"
)

var ctx = context.Background()

func ring(t *testing.T) *keys.Ring {
	t.Helper()
	r, err := keys.Open(filepath.Join(t.TempDir(), "keys"), keys.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func record(n int) confirmation.Record {
	return confirmation.Record{
		ID: fmt.Sprintf("%032x", n), Box: "baaaaaaaaaa", Epoch: 1, Sequence: uint64(n), EnvelopeHash: fmt.Sprintf("%064x", n),
		Previous: fmt.Sprintf("%064x", n-1), Campaign: "c", CampaignVersion: 1, Application: fmt.Sprintf("a%d", n), Version: 1, StartedFrom: 1,
		Point: "43010201", Division: "430102", NumberMasked: "430***********0001", NumberKey: []byte{byte(n)}, State: confirmation.InForce,
		Received: int64(1000 + n), Committed: int64(2000 + n), Time: confirmation.Time{Earliest: 1, Source: "hub", Verdict: "open"},
		Checks:   []confirmation.Check{{By: confirmation.ByHub, Name: confirmation.CheckSeal, Result: confirmation.Pass}},
		Timeline: []confirmation.Event{{Step: "sealed", At: 5}}, Blobs: []confirmation.Blob{{Role: "chip.text", Hash: "00", Size: 2}},
		BodyHash: "11", BodySize: 7, Envelope: []byte("envelope"), OpenedWith: "key",
	}
}

func write(t *testing.T, d *db.DB, f func(*db.Tx) error) {
	t.Helper()
	if err := d.Write(ctx, f); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, d *db.DB, f func(*db.Tx) error) {
	t.Helper()
	if err := d.Read(ctx, f); err != nil {
		t.Fatal(err)
	}
}

func TestInsertAndGet(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		keys := ring(t)
		want := record(1)
		content := confirmation.Content{Application: form.Application{ID: "a1", Fields: form.Fields{form.FullName: "王小明"}},
			Chip: form.Chip{Number: "430102199001010015"}, Keys: []confirmation.BlobKey{{Hash: "00", Suite: 1, Key: []byte{9}}}}
		sealed, err := confirmation.SealContent(keys, want.ID, content)
		if err != nil {
			t.Fatal(err)
		}
		write(t, d, func(tx *db.Tx) error {
			return confirmation.Insert(ctx, tx, confirmation.New{Record: want, Content: sealed})
		})
		read(t, d, func(tx *db.Tx) error {
			got, err := confirmation.Get(ctx, tx, want.ID)
			if err != nil {
				return err
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("got %+v\nwant %+v", got, want)
			}
			opened, err := confirmation.Open(ctx, tx, keys, want.ID)
			if err != nil {
				return err
			}
			if opened.Application.Name() != "王小明" || opened.Chip.Number != "430102199001010015" {
				t.Error("the content is another")
			}
			if _, ok := opened.Key("00"); !ok {
				t.Error("no key of the blob")
			}
			if s := fmt.Sprintf("%v %+v %#v", opened, opened, opened); s != "content(sealed) content(sealed) content(sealed)" {
				t.Errorf("the content prints itself: %s", s)
			}
			if _, err := confirmation.Get(ctx, tx, "none"); !errors.Is(err, confirmation.ErrNotFound) {
				t.Errorf("no such record: %v", err)
			}
			return nil
		})
		// The content is bound to its record: it opens nowhere else.
		other := record(2)
		write(t, d, func(tx *db.Tx) error {
			return confirmation.Insert(ctx, tx, confirmation.New{Record: other, Content: sealed})
		})
		read(t, d, func(tx *db.Tx) error {
			if _, err := confirmation.Open(ctx, tx, keys, other.ID); err == nil {
				t.Error("a content opened under another record")
			}
			return nil
		})
	})
}

func TestTheDatabaseRefusesTwo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		write(t, d, func(tx *db.Tx) error {
			return confirmation.Insert(ctx, tx, confirmation.New{Record: record(1), Content: []byte{}})
		})
		for name, change := range map[string]func(*confirmation.Record){
			"one id":               func(r *confirmation.Record) { r.ID = record(1).ID },
			"one sequence":         func(r *confirmation.Record) { r.Sequence = 1 },
			"one application once": func(r *confirmation.Record) { r.Application = "a1" },
		} {
			r := record(2)
			change(&r)
			err := d.Write(ctx, func(tx *db.Tx) error {
				return confirmation.Insert(ctx, tx, confirmation.New{Record: r, Content: []byte{}})
			})
			if !db.Unique(err) {
				t.Errorf("%s: %v", name, err)
			}
		}
		disputed := record(3)
		disputed.Application, disputed.State = "a1", confirmation.Disputed
		write(t, d, func(tx *db.Tx) error {
			return confirmation.Insert(ctx, tx, confirmation.New{Record: disputed, Content: []byte{}})
		})
	})
}

func TestListPagesAndRemit(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		write(t, d, func(tx *db.Tx) error {
			for n := 1; n <= 30; n++ {
				r := record(n)
				switch {
				case n%3 == 0:
					r.Point, r.Division = "43010401", "430104"
				case n%5 == 0:
					r.Point, r.Division = "43020301", "430203"
				}
				if n%10 == 0 {
					r.State = confirmation.Disputed
				}
				if err := confirmation.Insert(ctx, tx, confirmation.New{Record: r, Content: []byte{}}); err != nil {
					return err
				}
			}
			return nil
		})
		read(t, d, func(tx *db.Tx) error {
			seen, last, before := 0, int64(1<<62), confirmation.Cursor{}
			for {
				page, err := confirmation.List(ctx, tx, confirmation.Filter{Campaign: "c", Before: before, Limit: 7})
				if err != nil {
					return err
				}
				for _, r := range page {
					if r.Committed >= last {
						t.Errorf("not newest first: %d after %d", r.Committed, last)
					}
					last = r.Committed
				}
				seen += len(page)
				if len(page) < 7 {
					break
				}
				before = page[len(page)-1].Cursor()
			}
			if seen != 30 {
				t.Errorf("%d records in all pages, want 30", seen)
			}
			for division, want := range map[string]int{"430000": 30, "430100": 26, "430104": 10, "430203": 4, "430105": 0, "440000": 0} {
				got, err := confirmation.List(ctx, tx, confirmation.Filter{Division: division, Limit: 500})
				if err != nil {
					return err
				}
				if len(got) != want {
					t.Errorf("remit %s sees %d records, want %d", division, len(got), want)
				}
			}
			counts, err := confirmation.Counts(ctx, tx, "c", "430100")
			if err != nil {
				return err
			}
			if got := counts["43010401"]; got.All() != 10 || got.Disputed != 1 || len(counts) != 2 {
				t.Errorf("counts %+v", counts)
			}
			one, err := confirmation.List(ctx, tx, confirmation.Filter{NumberKey: []byte{9}})
			if err != nil || len(one) != 1 || one[0].Sequence != 9 {
				t.Errorf("by number: %v, %v", one, err)
			}
			open, err := confirmation.List(ctx, tx, confirmation.Filter{Waiting: true})
			if err != nil || len(open) != 3 {
				t.Errorf("%d wait for a decision, want 3 (%v)", len(open), err)
			}
			oldest, err := confirmation.List(ctx, tx, confirmation.Filter{Campaign: "c", Oldest: true, Limit: 2})
			if err != nil || len(oldest) != 2 || oldest[0].Sequence != 1 || oldest[1].Sequence != 2 {
				t.Errorf("the oldest are %+v (%v)", oldest, err)
			}
			standing, err := confirmation.Standing(ctx, tx, []string{"a10", "a11", "none"})
			if err != nil || len(standing) != 2 || standing[0].State != confirmation.Disputed {
				t.Errorf("standing %+v, %v", standing, err)
			}
			return nil
		})
	})
}

func TestQuarantineIsBounded(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		write(t, d, func(tx *db.Tx) error {
			for n := range confirmation.MaxRows {
				q := confirmation.Quarantined{ID: fmt.Sprint(n), Box: "b", Hash: "h", Division: "430102", Reason: "malformed", At: int64(n), Raw: []byte("raw"), Parts: []string{"x", "y"}}
				if err := confirmation.SetAside(ctx, tx, q); err != nil {
					return err
				}
			}
			if err := confirmation.SetAside(ctx, tx, confirmation.Quarantined{ID: "more", Box: "b"}); !errors.Is(err, confirmation.ErrFull) {
				t.Errorf("over the share: %v", err)
			}
			return confirmation.SetAside(ctx, tx, confirmation.Quarantined{ID: "other", Box: "c", Division: "440000", At: 1 << 40})
		})
		read(t, d, func(tx *db.Tx) error {
			first, err := confirmation.GetQuarantined(ctx, tx, "0")
			if err != nil || string(first.Raw) != "raw" || len(first.Parts) != 2 {
				t.Errorf("first: %+v, %v", first, err)
			}
			late, err := confirmation.GetQuarantined(ctx, tx, fmt.Sprint(confirmation.MaxRows-1))
			if err != nil || late.Raw != nil {
				t.Errorf("one beyond the share of bytes keeps %d bytes, %v", len(late.Raw), err)
			}
			page, err := confirmation.Quarantine(ctx, tx, confirmation.Aside{Filter: confirmation.Filter{Division: "430000", Limit: 3}})
			if err != nil || len(page) != 3 || page[0].At != confirmation.MaxRows-1 {
				t.Errorf("page %+v, %v", page, err)
			}
			next, err := confirmation.Quarantine(ctx, tx, confirmation.Aside{Filter: confirmation.Filter{Division: "430000", Limit: 1, Before: confirmation.Cursor{Committed: page[2].At, ID: page[2].ID}}})
			if err != nil || next[0].At != page[2].At-1 {
				t.Errorf("next page %+v, %v", next, err)
			}
			counts, err := confirmation.QuarantineCounts(ctx, tx, "430000")
			if err != nil || counts["b"] != confirmation.MaxRows || len(counts) != 1 {
				t.Errorf("counts %v, %v", counts, err)
			}
			return nil
		})
	})
}

package candidate_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/journal"
	"zhunkao/hub/keys"
	"zhunkao/protocol/form"
	"zhunkao/protocol/identity"
)

const (
	campaign = "adult-2019"
	county   = "430102"
	point    = "43010201"
	other    = "43010301"
)

var (
	now    = time.Date(2019, 9, 6, 1, 0, 0, 0, time.UTC)
	portal = candidate.Saving{Author: journal.Author{Kind: journal.ByCandidate, ID: "a1"}, Origin: candidate.FromPortal, Division: county}
	atBox  = candidate.Saving{Author: journal.Author{Kind: journal.ByBox, ID: "baaaaaaaaaa"}, Origin: candidate.FromBox, Division: county}
)

var ring = sync.OnceValue(func() *keys.Ring {
	dir, err := os.MkdirTemp("", "keys")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	r, err := keys.Open(filepath.Join(dir, "k"), keys.Options{Create: true})
	if err != nil {
		panic(err)
	}
	return r
})

func store() *candidate.Store {
	return candidate.New(ring(), func() time.Time { return now })
}

// app is a synthetic application; no person has these numbers.
func app(id, number string, version uint32) form.Application {
	return form.Application{ID: id, Campaign: campaign, CampaignVersion: 1, Version: version, Point: point,
		Fields:  form.Fields{form.FullName: "测试甲标记", form.DocumentNumber: number, form.PhoneNumber: "13000000000"},
		Choices: []form.Choice{{Order: 1, Level: "1", Category: "1", School: "4300", Major: "01", Form: "1", Years: "3"}}}
}

func write(t *testing.T, d *db.DB, f func(ctx context.Context, tx *db.Tx) error) error {
	t.Helper()
	return d.Write(t.Context(), func(tx *db.Tx) error { return f(t.Context(), tx) })
}

func must(t *testing.T, d *db.DB, f func(ctx context.Context, tx *db.Tx) error) {
	t.Helper()
	if err := write(t, d, f); err != nil {
		t.Fatal(err)
	}
}

func save(t *testing.T, d *db.DB, a form.Application, by candidate.Saving) error {
	t.Helper()
	return write(t, d, func(ctx context.Context, tx *db.Tx) error { return store().Save(ctx, tx, a, by) })
}

func get(t *testing.T, d *db.DB, id string) (f candidate.Found) {
	t.Helper()
	must(t, d, func(ctx context.Context, tx *db.Tx) (err error) {
		f, err = store().Get(ctx, tx, id)
		return err
	})
	return f
}

func TestSaveAndFind(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		a := app("a1", "110101199003070193", 1)
		if err := save(t, d, a, portal); err != nil {
			t.Fatal(err)
		}
		b := a.Clone()
		b.Version, b.Fields[form.PhoneNumber] = 2, "13000000001"
		if err := save(t, d, b, portal); err != nil {
			t.Fatal(err)
		}
		got := get(t, d, "a1")
		if got.Version != 2 || got.State != candidate.Registered || got.Application.Get(form.PhoneNumber) != "13000000001" {
			t.Errorf("Get = %+v phone %q", got.Row, got.Application.Get(form.PhoneNumber))
		}
		must(t, d, func(ctx context.Context, tx *db.Tx) error {
			f, err := store().ByNumber(ctx, tx, campaign, identity.Number("110101199003070193"))
			if err != nil || f.ID != "a1" {
				t.Errorf("ByNumber = %+v, %v", f.Row, err)
			}
			if _, err := store().ByNumber(ctx, tx, "gaokao-2020", "110101199003070193"); !errors.Is(err, candidate.ErrNotFound) {
				t.Errorf("ByNumber in another campaign = %v", err)
			}
			vs, err := store().Versions(ctx, tx, "a1")
			if err != nil || len(vs) != 2 || vs[0].Application.Get(form.PhoneNumber) != "13000000000" ||
				vs[1].Author != portal.Author || vs[1].StartedFrom != 1 {
				t.Errorf("Versions = %d, %v", len(vs), err)
			}
			rows, err := store().ListByPoint(ctx, tx, campaign, point, "", 10)
			if err != nil || len(rows) != 1 || rows[0].ID != "a1" {
				t.Errorf("ListByPoint = %v, %v", rows, err)
			}
			return nil
		})
	})
}

func TestSaveRefuses(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		if err := save(t, d, app("a1", "110101199003070193", 1), portal); err != nil {
			t.Fatal(err)
		}
		noPoint := app("a9", "110101199003070257", 1)
		noPoint.Point = ""
		elsewhere := app("a1", "110101199003070193", 2)
		elsewhere.Campaign = "other"
		for name, c := range map[string]struct {
			app  form.Application
			want error
		}{
			"the same person again":    {app("a2", "110101199003070193", 1), candidate.ErrTaken},
			"the same id again":        {app("a1", "110101199003070257", 1), candidate.ErrConflict},
			"a version that was there": {app("a1", "110101199003070193", 1), candidate.ErrConflict},
			"a version left out":       {app("a1", "110101199003070193", 3), candidate.ErrConflict},
			"an unknown application":   {app("a3", "110101199003070257", 2), candidate.ErrNotFound},
			"another campaign":         {elsewhere, candidate.ErrConflict},
			"no point":                 {noPoint, candidate.ErrApplication},
			"no number":                {app("a8", "", 1), candidate.ErrApplication},
			"version zero":             {app("a8", "110101199003070257", 0), candidate.ErrApplication},
		} {
			if err := save(t, d, c.app, portal); !errors.Is(err, c.want) {
				t.Errorf("%s: %v, want %v", name, err, c.want)
			}
		}
		must(t, d, func(ctx context.Context, tx *db.Tx) error {
			e, err := candidate.Measure(ctx, tx, campaign)
			if e.Applications != 1 || e.Saved != 1 {
				t.Errorf("refused applications are here: %+v", e)
			}
			return err
		})
		// Another person's number taken over by an edit.
		if err := save(t, d, app("b1", "110101199003070257", 1), portal); err != nil {
			t.Fatal(err)
		}
		if err := save(t, d, app("b1", "110101199003070193", 2), portal); !errors.Is(err, candidate.ErrTaken) {
			t.Errorf("edit to another's number: %v", err)
		}
	})
}

// P6: of many who edit the same version exactly one gets through, and the
// others are told.
func TestTwoEditsNeverOverwrite(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		if err := save(t, d, app("a1", "110101199003070193", 1), portal); err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		var through atomic.Int32
		for i := range 8 {
			wg.Go(func() {
				a := app("a1", "110101199003070193", 2)
				a.Fields[form.PhoneNumber] = fmt.Sprintf("1300000000%d", i)
				err := d.Write(t.Context(), func(tx *db.Tx) error { return store().Save(t.Context(), tx, a, portal) })
				switch {
				case err == nil:
					through.Add(1)
				case !errors.Is(err, candidate.ErrConflict):
					t.Errorf("edit %d: %v", i, err)
				}
			})
		}
		wg.Wait()
		if n := through.Load(); n != 1 || get(t, d, "a1").Version != 2 {
			t.Errorf("%d edits of one version went through, version is %d", n, get(t, d, "a1").Version)
		}
	})
}

// TestConfirmOnce: she is confirmed once, a move leaves it standing, and it can
// be taken back.
func TestConfirmOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		if err := save(t, d, app("a1", "110101199003070193", 1), portal); err != nil {
			t.Fatal(err)
		}
		confirm := func() (did bool) {
			must(t, d, func(ctx context.Context, tx *db.Tx) (err error) {
				did, err = store().Confirm(ctx, tx, "a1", point, now.UnixMilli())
				return err
			})
			return did
		}
		if !confirm() || confirm() {
			t.Error("Confirm: want true, then false")
		}
		moved := app("a1", "110101199003070193", 2)
		moved.Point = other
		by := portal
		by.Division = "430103"
		if err := save(t, d, moved, by); err != nil {
			t.Fatal(err)
		}
		if r := get(t, d, "a1").Row; r.State != candidate.Confirmed || r.Point != other || r.Division != "430103" || r.ConfirmedPoint != point {
			t.Errorf("moved: %+v", r)
		}
		must(t, d, func(ctx context.Context, tx *db.Tx) error {
			did, err := store().Unconfirm(ctx, tx, "a1")
			if !did {
				t.Error("Unconfirm did nothing")
			}
			if _, err := store().Confirm(ctx, tx, "nobody", point, 1); !errors.Is(err, candidate.ErrNotFound) {
				t.Errorf("Confirm of nobody = %v", err)
			}
			return err
		})
		if r := get(t, d, "a1").Row; r.State != candidate.Registered || r.ConfirmedAt != 0 || r.ConfirmedPoint != "" {
			t.Errorf("taken back: %+v", r)
		}
	})
}

// TestWithdraw: out of lists and counts, its number free, and back with the next
// version; a box that has confirmed it nevertheless is believed.
func TestWithdraw(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := store()
		const number = "110105194912310021"
		must(t, d, func(ctx context.Context, tx *db.Tx) error { return s.Save(ctx, tx, app("a1", number, 1), portal) })
		withdraw := func() (done bool) {
			must(t, d, func(ctx context.Context, tx *db.Tx) (err error) { done, err = s.Withdraw(ctx, tx, "a1"); return err })
			return done
		}
		if !withdraw() || withdraw() {
			t.Error("withdrawn once: want true, then false")
		}
		listed := func(state candidate.State) (n int, count int64) {
			must(t, d, func(ctx context.Context, tx *db.Tx) error {
				rows, err := candidate.List(ctx, tx, candidate.Filter{Campaign: campaign, Division: county, State: state})
				if err == nil {
					n = len(rows)
					count, err = candidate.Count(ctx, tx, campaign, county, "")
				}
				return err
			})
			return n, count
		}
		if n, count := listed(""); n != 0 || count != 0 {
			t.Errorf("withdrawn, %d are listed and %d counted", n, count)
		}
		if n, _ := listed(candidate.Withdrawn); n != 1 {
			t.Errorf("asked for, %d are listed", n)
		}
		must(t, d, func(ctx context.Context, tx *db.Tx) error {
			if _, err := s.ByNumber(ctx, tx, campaign, number); !errors.Is(err, candidate.ErrNotFound) {
				t.Errorf("found by its number: %v", err)
			}
			return s.Save(ctx, tx, app("a1", number, 2), portal)
		})
		if n, count := listed(candidate.Registered); n != 1 || count != 1 {
			t.Errorf("saved again, %d are listed and %d counted", n, count)
		}
		withdraw()
		must(t, d, func(ctx context.Context, tx *db.Tx) error {
			returned, err := s.ConfirmAll(ctx, tx, []candidate.Confirming{{ID: "a1", Point: point, At: 5}})
			if err != nil || len(returned) != 1 {
				t.Errorf("confirmed at a box that did not know: returned %v, %v", returned, err)
			}
			found, err := s.ByNumber(ctx, tx, campaign, number)
			if err == nil && found.State != candidate.Confirmed {
				t.Errorf("state %s", found.State)
			}
			return err
		})
		withdraw()
		if n, _ := listed(candidate.Confirmed); n != 1 {
			t.Error("what is confirmed was withdrawn")
		}
	})
}

func TestWhatSheSignedWins(t *testing.T) {
	for name, c := range map[string]struct {
		portalVersions uint32 // versions saved at the portal
		startedFrom    uint32
		edited         bool // signed content differs from the version it started from
		want           candidate.Signing
	}{
		"as it stands":                {1, 1, false, candidate.Signing{Version: 1}},
		"edited at the box":           {1, 1, true, candidate.Signing{Version: 2, New: true}},
		"portal moved on":             {3, 1, false, candidate.Signing{Version: 4, New: true, Superseded: []uint32{2, 3}}},
		"portal moved on, and edited": {2, 1, true, candidate.Signing{Version: 3, New: true, Superseded: []uint32{2}}},
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				for v := range c.portalVersions {
					a := app("a1", "110101199003070193", v+1)
					a.Fields[form.PhoneNumber] = fmt.Sprintf("1300000000%d", v)
					if err := save(t, d, a, portal); err != nil {
						t.Fatal(err)
					}
				}
				signed := app("a1", "110101199003070193", c.startedFrom)
				signed.Fields[form.PhoneNumber] = fmt.Sprintf("1300000000%d", c.startedFrom-1)
				if c.edited {
					signed.Version, signed.Fields[form.PhoneNumber] = c.startedFrom+1, "13099999999"
				}
				var got candidate.Signing
				sign := func() {
					must(t, d, func(ctx context.Context, tx *db.Tx) (err error) {
						got, err = store().Sign(ctx, tx, signed, c.startedFrom, atBox)
						return err
					})
				}
				sign()
				slices.Sort(got.Superseded)
				if got.Version != c.want.Version || got.New != c.want.New || !slices.Equal(got.Superseded, c.want.Superseded) {
					t.Errorf("Sign = %+v, want %+v", got, c.want)
				}
				f := get(t, d, "a1")
				if f.Application.Get(form.PhoneNumber) != signed.Get(form.PhoneNumber) || f.Application.Version != f.Version {
					t.Error("what she signed does not stand")
				}
				sign() // delivered again
				if got.New || got.Version != c.want.Version {
					t.Errorf("the same again = %+v", got)
				}
			})
		})
	}
}

// No name, number or phone may be readable in the file of the database.
func TestNothingPersonalLiesReadable(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hub.db")
	d, err := db.Open(t.Context(), "sqlite:"+path)
	if err != nil {
		t.Fatal(err)
	}
	if err := save(t, d, app("a1", "110101199003070193", 1), portal); err != nil {
		t.Fatal(err)
	}
	var disk []byte
	for _, suffix := range []string{"", "-wal"} {
		b, err := os.ReadFile(path + suffix)
		if err != nil {
			t.Fatal(err)
		}
		disk = append(disk, b...)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(disk, []byte(point)) {
		t.Fatal("the file holds nothing of the application: this test would see nothing")
	}
	for _, marker := range []string{"测试甲标记", "110101199003070193", "13000000000", "19900307"} {
		if bytes.Contains(disk, []byte(marker)) {
			t.Errorf("a marker of %d bytes is readable on the disk", len(marker))
		}
	}
}

// A sealed content put in another's place with plain SQL does not open.
func TestContentsCannotBeExchanged(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for id, number := range map[string]string{"a1": "110101199003070193", "b1": "110101199003070257"} {
			if err := save(t, d, app(id, number, 1), portal); err != nil {
				t.Fatal(err)
			}
		}
		must(t, d, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE application_version SET content =
				(SELECT content FROM application_version WHERE application = 'b1') WHERE application = 'a1'`)
			return err
		})
		err := write(t, d, func(ctx context.Context, tx *db.Tx) error {
			_, err := store().Get(ctx, tx, "a1")
			return err
		})
		if !errors.Is(err, keys.ErrSealed) || strings.Contains(err.Error(), "1101") {
			t.Errorf("Get = %v, want ErrSealed without a number", err)
		}
	})
}

// TestEditions: they are the versions, but for what stands in them.
func TestEditions(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := candidate.New(ring(), func() time.Time { return now })
		app := form.Application{ID: "e1", Campaign: campaign, Version: 1, Point: point,
			Fields: form.Fields{form.DocumentNumber: "430102199001011238", form.FullName: "甲"}}
		changed := app.Clone()
		changed.Fields[form.FullName], changed.Version = "乙", 2
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			if err := s.Save(t.Context(), tx, app, portal); err != nil {
				return err
			}
			if err := s.Save(t.Context(), tx, changed, portal); err != nil {
				return err
			}
			signed := app.Clone()
			signed.Fields[form.FullName] = "丙"
			if _, err := s.Sign(t.Context(), tx, signed, 1, atBox); err != nil {
				return err
			}
			whole, err := s.Versions(t.Context(), tx, app.ID)
			if err != nil {
				return err
			}
			got, err := s.Editions(t.Context(), tx, app.ID)
			if err != nil {
				return err
			}
			for i := range whole {
				whole[i].Application = form.Application{}
			}
			if fmt.Sprint(got) != fmt.Sprint(whole) || len(got) != 3 || !got[1].Superseded || got[2].Origin != candidate.FromBox {
				t.Errorf("got %+v, want %+v", got, whole)
			}
			none, err := s.Editions(t.Context(), tx, "nobody")
			if len(none) != 0 {
				t.Errorf("of nobody: %+v", none)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

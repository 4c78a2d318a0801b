package draft_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/draft"
	"zhunkao/hub/keys"
	"zhunkao/protocol/form"
)

var ctx = context.Background()

func store(t *testing.T) *draft.Store {
	t.Helper()
	ring, err := keys.Open(filepath.Join(t.TempDir(), "keys"), keys.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	return draft.New(ring, func() time.Time { return time.UnixMilli(1000) })
}

// her is a draft with one field.
func her(name string) draft.Draft {
	return draft.Draft{Account: "acc", Campaign: "adult-2019", PledgedAt: 7,
		Application: form.Application{Campaign: "adult-2019", Fields: form.Fields{form.FullName: name}}}
}

func save(d *db.DB, s *draft.Store, x draft.Draft, from uint32) (out draft.Draft, err error) {
	err = d.Write(ctx, func(tx *db.Tx) (err error) {
		out, err = s.Save(ctx, tx, x, from)
		return err
	})
	return out, err
}

func get(t *testing.T, d *db.DB, s *draft.Store) (out draft.Draft) {
	t.Helper()
	if err := d.Read(ctx, func(tx *db.Tx) (err error) { out, err = s.Get(ctx, tx, "acc", "adult-2019"); return err }); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestSaveRisesAndConflicts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := store(t)
		if _, err := save(d, s, her("李娟"), 1); !errors.Is(err, draft.ErrNotFound) {
			t.Fatalf("a save from a revision that never was: got %v, want ErrNotFound", err)
		}
		one, err := save(d, s, her("李娟"), 0)
		if err != nil || one.Revision != 1 || one.BegunAt != 1000 || one.PledgedAt != 7 {
			t.Fatalf("first save: got %v begun %d pledged %d, %v", one, one.BegunAt, one.PledgedAt, err)
		}
		two, err := save(d, s, her("李娟娟"), 1)
		if err != nil || two.Revision != 2 || two.PledgedAt != 7 {
			t.Fatalf("second save: got %v pledged %d, %v", two, two.PledgedAt, err)
		}
		again, err := save(d, s, her("李娟娟"), 1)
		if err != nil || again.Revision != 2 {
			t.Fatalf("the same save again (double click): got %v, %v; want revision 2 and no error", again, err)
		}
		same, err := save(d, s, her("李娟娟"), 2)
		if err != nil || same.Revision != 2 {
			t.Fatalf("a save that changes nothing: got %v, %v; want revision 2", same, err)
		}
		var c *draft.Conflict
		if _, err := save(d, s, her("王芳"), 1); !errors.As(err, &c) {
			t.Fatalf("a save from an older revision: got %v, want a conflict", err)
		} else if got := c.Now.Application.Get(form.FullName); c.Now.Revision != 2 || got != "李娟娟" {
			t.Errorf("the conflict shows revision %d, %d characters; want what is stored", c.Now.Revision, len([]rune(got)))
		}
		if got := get(t, d, s).Application.Get(form.FullName); got != "李娟娟" {
			t.Error("the refused save was written over what was stored")
		}
	})
}

func TestSubmitOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := store(t)
		if _, err := save(d, s, her("李娟"), 0); err != nil {
			t.Fatal(err)
		}
		submit := func(revision, version uint32) error {
			return d.Write(ctx, func(tx *db.Tx) error { return s.Submit(ctx, tx, "acc", "adult-2019", revision, version) })
		}
		var c *draft.Conflict
		if err := submit(2, 1); !errors.As(err, &c) {
			t.Fatalf("submitting a revision that is not stored: got %v, want a conflict", err)
		}
		if err := submit(1, 3); err != nil {
			t.Fatal(err)
		}
		if x := get(t, d, s); x.Submitted != 3 || x.LastRevision != 1 || x.LastVersion != 3 {
			t.Errorf("submitted: got %d, %d, %d; want 3, 1, 3", x.Submitted, x.LastRevision, x.LastVersion)
		}
		if _, err := save(d, s, her("王芳"), 1); err != nil {
			t.Fatal(err)
		}
		if x := get(t, d, s); x.Submitted != 0 || x.LastRevision != 1 || x.LastVersion != 3 {
			t.Errorf("edited after: got %d, %d, %d; want 0, 1, 3", x.Submitted, x.LastRevision, x.LastVersion)
		}
	})
}

// Two tabs save from one revision at once: one wins, the other is told.
func TestTwoTabsAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := store(t)
		if _, err := save(d, s, her("李娟"), 0); err != nil {
			t.Fatal(err)
		}
		for from := uint32(1); from <= 8; from++ {
			var wg sync.WaitGroup
			errs := make([]error, 2)
			for i := range errs {
				wg.Go(func() { _, errs[i] = save(d, s, her(fmt.Sprintf("第%d页%d", i, from)), from) })
			}
			wg.Wait()
			var c *draft.Conflict
			if won, lost := errs[0] == nil, errs[1] == nil; won == lost {
				t.Fatalf("round %d: both or neither was saved: %v, %v", from, errs[0], errs[1])
			} else if won && !errors.As(errs[1], &c) || lost && !errors.As(errs[0], &c) {
				t.Fatalf("round %d: the other got no conflict: %v, %v", from, errs[0], errs[1])
			}
			if x := get(t, d, s); x.Revision != from+1 {
				t.Fatalf("round %d: revision %d, want %d", from, x.Revision, from+1)
			}
		}
	})
}

func TestSealedAndMasked(t *testing.T) {
	d := dbtest.SQLite(t)
	s := store(t)
	x, err := save(d, s, her("欧阳娜娜"), 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Read(ctx, func(tx *db.Tx) error {
		var content []byte
		if err := tx.QueryRow(ctx, `SELECT content FROM draft`).Scan(&content); err != nil {
			return err
		}
		if strings.Contains(string(content), "欧阳") {
			t.Error("what she filled in lies open in the table")
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if out := fmt.Sprintf("%v %+v %#v %s", x, x, x, &draft.Conflict{Now: x}); strings.Contains(out, "欧阳") {
		t.Error("a printed draft names her")
	}
	if err := d.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `UPDATE draft SET account = 'other'`); err != nil {
			return err
		}
		_, err := s.Get(ctx, tx, "other", "adult-2019")
		return err
	}); !errors.Is(err, keys.ErrSealed) {
		t.Errorf("a draft moved to another account: got %v, want ErrSealed", err)
	}
}

func TestWorking(t *testing.T) {
	stands := form.Application{Version: 4, Fields: form.Fields{form.FullName: "现在"}}
	for _, c := range []struct {
		name   string
		d      draft.Draft
		exists bool
		want   string
		from   uint32
	}{
		{"nothing yet", draft.Draft{}, false, "", 0},
		{"an application and no draft", draft.Draft{}, true, "现在", 4},
		{"a draft and no application", draft.Draft{Revision: 2, Application: form.Application{Fields: form.Fields{form.FullName: "草稿"}}}, false, "草稿", 0},
		{"a draft begun from version 3", draft.Draft{Revision: 2, StartedFrom: 3, Application: form.Application{Fields: form.Fields{form.FullName: "草稿"}}}, true, "草稿", 3},
		{"a draft that was submitted", draft.Draft{Revision: 2, StartedFrom: 3, Submitted: 3, Application: form.Application{Fields: form.Fields{form.FullName: "草稿"}}}, true, "现在", 4},
	} {
		app, from := c.d.Working(stands, c.exists)
		if app.Get(form.FullName) != c.want || from != c.from {
			t.Errorf("%s: from %d, want %d; the right content: %v", c.name, from, c.from, app.Get(form.FullName) == c.want)
		}
	}
}

// Every field of an application makes another of it, but those that only name it.
func TestSame(t *testing.T) {
	full := form.Application{ID: "a", Campaign: "c", CampaignVersion: 1, Version: 1, Point: "p", SequenceNumber: "s", Fields: form.Fields{form.FullName: "李娟", form.PostCode: ""},
		Choices: []form.Choice{{Order: 1}}, Claims: []form.Claim{{Kind: "bonus"}}}
	if !draft.Same(full, full.Clone()) {
		t.Error("a copy is another")
	}
	names := map[string]bool{"ID": true, "CampaignVersion": true, "Version": true}
	of := reflect.TypeFor[form.Application]()
	for i := range of.NumField() {
		other := full.Clone()
		reflect.ValueOf(&other).Elem().Field(i).SetZero()
		if got := draft.Same(full, other); got != names[of.Field(i).Name] {
			t.Errorf("without its %s: the same is %v", of.Field(i).Name, got)
		}
		if draft.Same(full, other) != draft.Same(other, full) {
			t.Errorf("without its %s: not the same both ways", of.Field(i).Name)
		}
	}
	other := full.Clone()
	delete(other.Fields, form.PostCode)
	if !draft.Same(full, other) || !draft.Same(other, full) {
		t.Error("an empty field and none are not the same")
	}
	other.Choices[0].Order = 2
	if draft.Same(full, other) {
		t.Error("another choice is the same")
	}
}

// What was made ready is stored over the revision it was made from, and over
// nothing else.
func TestPut(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := store(t)
		one, err := save(d, s, her("李娟"), 0)
		if err != nil {
			t.Fatal(err)
		}
		ready := func(from draft.Draft, name string) *draft.Ready {
			t.Helper()
			from.Application = from.Application.Clone()
			from.Application.Fields[form.FullName] = name
			r, err := s.Ready(from)
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		put := func(r *draft.Ready) (ok bool) {
			t.Helper()
			ok, err := s.Put(ctx, d, r)
			if err != nil {
				t.Fatal(err)
			}
			return ok
		}
		do := func(query string, args ...any) {
			t.Helper()
			if err := d.Write(ctx, func(tx *db.Tx) error { _, err := tx.Exec(ctx, query, args...); return err }); err != nil {
				t.Fatal(err)
			}
		}
		first, second := ready(one, "王芳"), ready(one, "刘洋")
		if !put(first) {
			t.Fatal("not stored")
		}
		if x := get(t, d, s); x.Revision != 2 || x.Application.Get(form.FullName) != "王芳" || x.PledgedAt != 7 || x.Revision != first.Draft.Revision {
			t.Errorf("stored: %v", x)
		}
		if put(second) || put(first) {
			t.Error("stored over another revision")
		}
		two := get(t, d, s)
		do(`UPDATE draft SET pledged_at = 0`)
		if put(ready(two, "a")) {
			t.Error("stored without a pledge")
		}
		do(`UPDATE draft SET pledged_at = 7, submitted_revision = 2`)
		if put(ready(two, "b")) {
			t.Error("stored over what was submitted")
		}
		do(`UPDATE draft SET submitted_revision = 1`)
		if !put(ready(two, "c")) {
			t.Error("not stored after an earlier revision was submitted")
		}
		do(`INSERT INTO applicant (id, profile, verifier, second, must_change, password_at, password_until, slip, created_at) VALUES ('acc', $1, '', '', $2, 0, 0, 0, 0)`, []byte{}, false)
		do(`INSERT INTO application (id, campaign, number_hmac, version, point, division, state, confirmed_at, confirmed_point, changed_at)
			VALUES ('app', 'adult-2019', $1, 1, '43010401', '430104', $2, 0, '', 0)`, []byte{1}, string(candidate.Registered))
		do(`INSERT INTO applicant_application (account, campaign, application, bound_at) VALUES ('acc', 'adult-2019', 'app', 0)`)
		if !put(ready(get(t, d, s), "d")) {
			t.Error("not stored beside an application that stands")
		}
		do(`UPDATE application SET state = $1`, string(candidate.Confirmed))
		if put(ready(get(t, d, s), "e")) {
			t.Error("stored though the application is confirmed")
		}
	})
}

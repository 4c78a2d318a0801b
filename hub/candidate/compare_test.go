package candidate_test

import (
	"context"
	"errors"
	"testing"

	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
)

// TestCompare: the same content is known by its mark and not opened, another is
// opened; a version of before there were marks is opened and marked.
func TestCompare(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		a := app("a1", "110101199003070193", 1)
		if err := save(t, d, a, portal); err != nil {
			t.Fatal(err)
		}
		edited := a.Clone()
		edited.Choices[0].Major = "02"
		asked := func(marks ...[]byte) (out []candidate.Standing) {
			t.Helper()
			all := []candidate.Asked{{ID: "nobody", Mark: marks[0]}}
			for _, m := range marks {
				all = append(all, candidate.Asked{ID: "a1", Mark: m})
			}
			must(t, d, func(ctx context.Context, tx *db.Tx) (err error) {
				out, err = store().Compare(ctx, tx, all)
				return err
			})
			if len(out) != 1 || out[0].ID != "a1" || out[0].Version != 1 || out[0].Point != point {
				t.Fatalf("compared: %+v", out)
			}
			return out
		}
		same, another := store().Mark(a), store().Mark(edited)
		if got := asked(same, same)[0]; got.Opened != nil || string(got.Mark) != string(same) {
			t.Error("what is the same was opened")
		}
		for name, marks := range map[string][][]byte{"another": {another}, "one of two is another": {same, another}, "no mark": {nil}} {
			if got := asked(marks...)[0]; got.Opened == nil || got.Opened.Number() != a.Number() || string(got.Mark) != string(same) {
				t.Errorf("%s: %+v", name, got)
			}
		}
		must(t, d, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE application_version SET mark = NULL WHERE application = $1`, "a1")
			return err
		})
		if got := asked(same)[0]; got.Opened == nil || string(got.Mark) != string(same) {
			t.Errorf("a version without a mark: %+v", got)
		}
		// A mark is bound to its place: that of another's content is another.
		b := app("a2", "110101199003070193", 1)
		if string(store().Mark(b)) == string(same) {
			t.Error("two applications have one mark")
		}
	})
}

// TestConfirmAll: each is confirmed once, wherever it was confirmed
// first; one that is not here undoes all.
func TestConfirmAll(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		numbers := map[string]string{"a1": "110101199003070193", "a2": "110101199003070177", "a3": "11010119900307015X"}
		for id, n := range numbers {
			if err := save(t, d, app(id, n, 1), portal); err != nil {
				t.Fatal(err)
			}
		}
		confirm := func(all ...candidate.Confirming) error {
			return write(t, d, func(ctx context.Context, tx *db.Tx) error { _, err := store().ConfirmAll(ctx, tx, all); return err })
		}
		if err := confirm(candidate.Confirming{ID: "a1", Point: point, At: 7}, candidate.Confirming{ID: "a1", Point: other, At: 8},
			candidate.Confirming{ID: "a2", Point: other, At: 7}); err != nil {
			t.Fatal(err)
		}
		if err := confirm(candidate.Confirming{ID: "a2", Point: point, At: 9}, candidate.Confirming{ID: "a3", Point: point, At: 9}); err != nil {
			t.Fatal(err)
		}
		for id, want := range map[string]string{"a1": point, "a2": other, "a3": point} {
			got := get(t, d, id)
			if got.State != candidate.Confirmed || got.ConfirmedPoint != want {
				t.Errorf("%s: %s at %s, want %s", id, got.State, got.ConfirmedPoint, want)
			}
		}
		if got := get(t, d, "a1").ConfirmedAt; got != 7 {
			t.Errorf("of two the first counts: %d", got)
		}
		if err := confirm(candidate.Confirming{ID: "nobody", Point: point, At: 9}); !errors.Is(err, candidate.ErrNotFound) {
			t.Errorf("one that is not here: %v", err)
		}
		if err := confirm(); err != nil {
			t.Errorf("nothing to confirm: %v", err)
		}
	})
}

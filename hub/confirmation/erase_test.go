package confirmation_test

import (
	"testing"

	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
)

// TestEraseTakesWhatBecameOfThem: with her records goes what took them back and
// what was decided about them; another's stays.
func TestEraseTakesWhatBecameOfThem(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		write := func(f func(tx *db.Tx) error) {
			t.Helper()
			if err := d.Write(ctx, f); err != nil {
				t.Fatal(err)
			}
		}
		for _, a := range []string{"gone", "stays"} {
			write(func(tx *db.Tx) error {
				if err := confirmation.AddRuling(ctx, tx, confirmation.Ruling{ID: "r-" + a, Application: a, Campaign: "c", Division: "430104", Sides: []string{a}, At: 1}); err != nil {
					return err
				}
				return confirmation.AddVoid(ctx, tx, confirmation.Void{ID: "v-" + a, Record: a, Application: a, Campaign: "c", Point: "43010401", Division: "430104", State: confirmation.VoidDone, At: 2})
			})
		}
		write(func(tx *db.Tx) error { _, err := confirmation.Erase(ctx, tx, "gone"); return err })
		for a, want := range map[string]int{"gone": 0, "stays": 1} {
			write(func(tx *db.Tx) error {
				rulings, err := confirmation.Rulings(ctx, tx, a, "", 10)
				if err != nil {
					return err
				}
				voids, err := confirmation.VoidsOf(ctx, tx, []string{a})
				if len(rulings) != want || len(voids) != want {
					t.Errorf("%s: %d rulings and %d voids, want %d each", a, len(rulings), len(voids), want)
				}
				return err
			})
		}
	})
}

package staff_test

import (
	"context"
	"testing"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/staff"
	"zhunkao/hub/staff/stafftest"
)

// Who may sign in at the point's desk: its own people, with password and
// authenticator of their own, as long as they are not disabled.
func TestWhoTravelsToThePoint(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		add := func(n staff.NewAccount) staff.Account {
			t.Helper()
			n.Display, n.Office, n.Password = "值班", county, good
			a, err := r.Create(t.Context(), n, by)
			if err != nil {
				t.Fatal(err)
			}
			return a
		}
		clerk := add(staff.NewAccount{Name: "clerk", Role: staff.Clerk, Point: point, Secret: stafftest.Secret})
		head := add(staff.NewAccount{Name: "head", Role: staff.PointHead, Point: point, Secret: stafftest.Secret})
		add(staff.NewAccount{Name: "unready", Role: staff.Clerk, Point: point})
		add(staff.NewAccount{Name: "first", Role: staff.Clerk, Point: point, Secret: stafftest.Secret, First: true})
		add(staff.NewAccount{Name: "county", Role: staff.CountyOperator, Secret: stafftest.Secret})
		travels := func(want ...string) []staff.Ahead {
			t.Helper()
			var all []staff.Ahead
			if err := d.Read(t.Context(), func(tx *db.Tx) (err error) {
				all, err = r.OfPoint(context.Background(), tx, point)
				return err
			}); err != nil {
				t.Fatal(err)
			}
			got := map[string]bool{}
			for _, a := range all {
				got[a.ID] = true
			}
			if len(all) != len(want) {
				t.Errorf("%d travel, want %d", len(all), len(want))
			}
			for _, id := range want {
				if !got[id] {
					t.Errorf("%s does not travel", id)
				}
			}
			return all
		}
		all := travels(clerk.ID, head.ID)
		if len(all[0].Secret) != 20 || all[0].Verifier == "" {
			t.Error("without what lets her in")
		}
		if err := r.Disable(t.Context(), head.ID, "test", by); err != nil {
			t.Fatal(err)
		}
		travels(clerk.ID)
	})
}

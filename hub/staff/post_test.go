package staff_test

import (
	"errors"
	"testing"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/org"
	"zhunkao/hub/staff"
	"zhunkao/hub/staff/stafftest"
)

// TestWhoWorkedWhereAndWhen: at any time of the past an account worked at the
// point and in the role of then, and nowhere while it was disabled.
func TestWhoWorkedWhereAndWhen(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		const other = "43010202"
		r.must(d.Write(t.Context(), func(tx *db.Tx) error {
			return org.CreatePoint(t.Context(), tx, org.Point{Code: other, Name: "芙蓉区第二确认点", Division: county, Open: true})
		}))
		now := time.Date(2019, 9, 1, 0, 0, 0, 0, time.UTC)
		day := func(n int) int64 { return now.AddDate(0, 0, n).UnixMilli() }
		today := 0
		r.Desk = staff.NewCheap(staff.Options{DB: d, Keys: ring(), Real: func() time.Time { return r.now }, Now: func() time.Time { return now.AddDate(0, 0, today) }})
		head, _ := r.superior("county", staff.CountyOperator, county)
		a, err := r.Create(t.Context(), staff.NewAccount{Name: "clerk", Display: "值班", Role: staff.Clerk, Office: county, Point: point, Password: good, Secret: stafftest.Secret}, by)
		r.must(err)
		today = 2
		r.must(head.Move(t.Context(), a.ID, staff.PointHead, point, "任命"))
		today = 4
		r.must(head.Move(t.Context(), a.ID, staff.Clerk, other, "调动"))
		today = 6
		r.must(head.Disable(t.Context(), a.ID, "离岗"))
		today = 8
		r.must(head.Enable(t.Context(), a.ID, "回来"))
		for _, c := range []struct {
			point string
			day   int
			want  staff.Role // "" is nowhere
		}{
			{point, -2, ""},
			{point, 0, staff.Clerk},
			{point, 1, staff.Clerk}, {point, 2, staff.PointHead}, {point, 3, staff.PointHead}, {point, 4, ""}, {point, 9, ""},
			{other, 5, staff.Clerk}, {other, 6, ""}, {other, 9, staff.Clerk}, {"43019999", 3, ""},
		} {
			r.must(d.Read(t.Context(), func(tx *db.Tx) error {
				got, err := staff.WorkedAt(t.Context(), tx, a.ID, c.point, day(c.day))
				if got != c.want || (c.want == "") != errors.Is(err, staff.ErrNotFound) {
					t.Errorf("at %s on day %d: %q, %v, want %q", c.point, c.day, got, err, c.want)
				}
				return nil
			}))
		}
		r.must(head.Disable(t.Context(), a.ID, "离岗"))
		r.must(d.Read(t.Context(), func(tx *db.Tx) error {
			if got, err := staff.WorkedAt(t.Context(), tx, a.ID, other, day(9)); !errors.Is(err, staff.ErrNotFound) {
				t.Errorf("disabled: %q, %v", got, err)
			}
			return nil
		}))
	})
}

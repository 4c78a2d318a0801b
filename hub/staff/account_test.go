package staff_test

import (
	"errors"
	"testing"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/password"
	"zhunkao/hub/staff"
)

func TestCreateRefuses(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		r.create("furong")
		ok := staff.NewAccount{Name: "new", Display: "新", Role: staff.CountyOperator, Office: county, Password: good}
		for name, c := range map[string]struct {
			change func(*staff.NewAccount)
			want   error
		}{
			"a name that is taken":       {func(n *staff.NewAccount) { n.Name = "FURONG" }, staff.ErrTaken},
			"a name with blanks":         {func(n *staff.NewAccount) { n.Name = "a b" }, staff.ErrAccount},
			"no name":                    {func(n *staff.NewAccount) { n.Name = "" }, staff.ErrAccount},
			"nothing to show":            {func(n *staff.NewAccount) { n.Display = "" }, staff.ErrAccount},
			"an office that is not":      {func(n *staff.NewAccount) { n.Office = "999999" }, staff.ErrAccount},
			"a role of another tier":     {func(n *staff.NewAccount) { n.Role = staff.CityOperator }, staff.ErrAccount},
			"an unknown role":            {func(n *staff.NewAccount) { n.Role = "root" }, staff.ErrAccount},
			"a clerk without point":      {func(n *staff.NewAccount) { n.Role = staff.Clerk }, staff.ErrAccount},
			"an operator with point":     {func(n *staff.NewAccount) { n.Point = point }, staff.ErrAccount},
			"a clerk of another county":  {func(n *staff.NewAccount) { n.Role, n.Office, n.Point = staff.Clerk, "430103", point }, staff.ErrAccount},
			"a point that is not":        {func(n *staff.NewAccount) { n.Role, n.Point = staff.Clerk, "43010299" }, staff.ErrAccount},
			"a short password":           {func(n *staff.NewAccount) { n.Password = "short" }, password.Error{Code: password.Short}},
			"the name as password":       {func(n *staff.NewAccount) { n.Name, n.Password = "operator7", "operator7" }, password.Error{Code: password.Local}},
			"a clerk at a point (taken)": {func(n *staff.NewAccount) { n.Role, n.Point = staff.Clerk, point }, nil},
		} {
			n := ok
			c.change(&n)
			a, err := r.Create(t.Context(), n, by)
			if !errors.Is(err, c.want) {
				t.Errorf("%s: %v, want %v", name, err, c.want)
			}
			if err == nil && (!a.Covers(county, point) || a.Covers(county, "43010202") || a.Covers("430103", point)) {
				t.Errorf("%s: remit is wrong", name)
			}
		}
	})
}

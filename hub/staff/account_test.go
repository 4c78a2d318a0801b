package staff_test

import (
	"errors"
	"strings"
	"testing"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
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
			"a short password":           {func(n *staff.NewAccount) { n.Password = "short" }, staff.PasswordError{Code: staff.PasswordShort}},
			"the name as password":       {func(n *staff.NewAccount) { n.Name, n.Password = "operator7", "operator7" }, staff.PasswordError{Code: staff.PasswordLocal}},
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

func TestCheckPassword(t *testing.T) {
	for password, want := range map[string]string{
		good:                      "",
		"湘江北去橘子洲头":                "",
		"xk9!vbQ2":                "",
		strings.Repeat("长", 64):   staff.PasswordSimple,
		strings.Repeat("ab", 64):  "",
		strings.Repeat("x y", 90): staff.PasswordLong,
		"":                        staff.PasswordShort,
		"1234567":                 staff.PasswordShort,
		"湘江北去橘子洲":                 staff.PasswordShort,
		"password":                staff.PasswordCommon,
		"PASSWORD1":               staff.PasswordCommon,
		"qwertyui":                staff.PasswordCommon,
		"98765432":                staff.PasswordSimple,
		"zzzzzzzzzz":              staff.PasswordSimple,
		"19870312":                staff.PasswordSimple,
		"changsha2019":            staff.PasswordLocal,
		"Hunan@2019":              staff.PasswordLocal,
		"zhaosheng123":            staff.PasswordLocal,
		"长沙市招生2019!":              staff.PasswordLocal,
		"furong12345":             staff.PasswordLocal,
		"hunan-heron-lake":        "",
		"anren2019":               staff.PasswordLocal, // counties (S5)
		"Jianghua@2026":           staff.PasswordLocal,
		"岳麓区招办2019":               staff.PasswordLocal,
		"安仁县20190906":             staff.PasswordLocal,
		"靖州苗族侗族自治县":               "",
		"凤凰2019!!":                staff.PasswordLocal,
		"望城县望城区":                  staff.PasswordShort,
		"望城县望城区2019":              staff.PasswordLocal,
		"xinhua-bookshop-9":       "",
	} {
		err := staff.CheckPassword(password, "furong")
		var p staff.PasswordError
		if want == "" && err != nil || want != "" && (!errors.As(err, &p) || p.Code != want) {
			t.Errorf("%q: %v, want %q", password, err, want)
		}
		if err != nil && password != "" && strings.Contains(err.Error(), password) && password != "password" {
			t.Errorf("the error repeats the password")
		}
	}
}

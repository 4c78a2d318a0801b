package staff_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/org"
	"zhunkao/hub/password"
	"zhunkao/hub/staff"
	"zhunkao/hub/staff/stafftest"
	"zhunkao/protocol/campaign"
)

// The offices of the tests, and an account of each role that belongs to one.
var (
	offices = map[string]org.Office{
		"province": {ID: "430000-1", Tier: campaign.Province, Division: "430000"},
		"city":     {ID: "430100", Tier: campaign.City, Division: "430100"}, "other city": {ID: "430200", Tier: campaign.City, Division: "430200"},
		"county": {ID: county, Tier: campaign.County, Division: county}, "next county": {ID: "430103", Tier: campaign.County, Division: "430103"},
		"far county": {ID: "431028", Tier: campaign.County, Division: "431028"},
	}
	roster = map[string]staff.Account{
		"admin": {ID: "1", Role: staff.ProvinceAdmin, Division: "430000"}, "province": {ID: "2", Role: staff.ProvinceOperator, Division: "430000"},
		"colleague": {ID: "3", Role: staff.ProvinceOperator, Division: "430000"}, "city": {ID: "4", Role: staff.CityOperator, Division: "430100"},
		"county": {ID: "5", Role: staff.CountyOperator, Division: county}, "far": {ID: "6", Role: staff.CountyOperator, Division: "431028"},
		"head": {ID: "7", Role: staff.PointHead, Division: county, Point: point}, "clerk": {ID: "8", Role: staff.Clerk, Division: county, Point: point},
		"technician": {ID: "9", Role: staff.Technician, Division: "430000"},
	}
)

// TestWhoGivesWhat holds the two tables, who gives which role where and who
// answers for whom, against what the offices have agreed: everything that is
// not written here is refused.
func TestWhoGivesWhat(t *testing.T) {
	given := map[string]string{ // giver, office: roles
		"admin province": "province-operator technician", "admin city": "city-operator", "admin other city": "city-operator",
		"province province": "province-operator technician", "province city": "city-operator", "province other city": "city-operator",
		"city city": "city-operator technician", "city county": "county-operator", "city next county": "county-operator",
		"county county": "county-operator point-head clerk technician",
	}
	for _, who := range []string{"admin", "province", "city", "county", "head", "clerk", "technician"} {
		for where, o := range offices {
			var want []staff.Role
			for _, r := range strings.Fields(given[who+" "+where]) {
				want = append(want, staff.Role(r))
			}
			if got := roster[who].Gives(o); !slices.Equal(got, want) {
				t.Errorf("%s gives at the %s %v, want %v", who, where, got, want)
			}
			for _, r := range staff.Roles() {
				if roster[who].MayGive(r, o) != slices.Contains(want, r) {
					t.Errorf("%s, %s, %s: MayGive and Gives differ", who, where, r)
				}
			}
		}
	}
	answers := map[string]string{
		"admin": "province colleague city county far head clerk technician", "province": "city county far head clerk technician",
		"city": "county head clerk", "county": "head clerk",
	}
	for who, a := range roster {
		if who == "colleague" {
			continue
		}
		for whom, b := range roster {
			if got, want := a.Answers(b), slices.Contains(strings.Fields(answers[who]), whom); got != want {
				t.Errorf("%s answers for %s: %v, want %v", who, whom, got, want)
			}
		}
	}
}

// superior makes the account of somebody in the database, to act as her.
func (r *rig) superior(name string, role staff.Role, office string) (staff.Superior, staff.Account) {
	r.Helper()
	a, err := r.Create(r.Context(), staff.NewAccount{Name: name, Display: "上级", Role: role, Office: office, Password: good, Secret: stafftest.Secret}, by)
	if err != nil {
		r.Fatal(err)
	}
	return r.For(a, here), a
}

func (r *rig) get(id string) (a staff.Account) {
	r.Helper()
	r.must(r.d.Read(r.Context(), func(tx *db.Tx) (err error) { a, err = staff.Get(r.Context(), tx, id); return err }))
	return a
}

// TestSlipsAreGoodOnce: a slip opens nothing but the first page, until its day,
// until the next print, and until she has a password of her own.
func TestSlipsAreGoodOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		s, _ := r.superior("county", staff.CountyOperator, county)
		a, err := s.Hire(t.Context(), staff.NewAccount{Name: "clerk", Display: "办事员", Role: staff.Clerk, Office: county, Point: point, Phone: "0731-5550 0142"})
		r.must(err)
		if a.State() != staff.Waiting || !a.Unready() {
			t.Errorf("hired: %s", a.State())
		}
		print := func(ids ...string) []staff.Slip {
			t.Helper()
			out, err := s.FirstPasswords(t.Context(), staff.Slips{Accounts: ids, Valid: 24 * time.Hour, Reason: "开通"})
			r.must(err)
			return out
		}
		old, now := print(a.ID)[0], print(a.ID)[0]
		if now.Number != old.Number+1 || now.Password == old.Password || now.Name != "clerk" {
			t.Errorf("slips %d and %d", old.Number, now.Number)
		}
		if _, err := r.try("clerk", old.Password, there); !errors.Is(err, staff.ErrRefused) {
			t.Errorf("the slip that was printed anew: %v", err)
		}
		_, session, err := r.SignIn(t.Context(), "clerk", strings.ToLower(now.Password), "", here)
		r.must(err)
		if !session.Account.MustChange || session.Account.Enrolled {
			t.Errorf("after the first sign-in: %+v", session.Account)
		}
		secret, err := r.Propose(t.Context(), a.ID)
		r.must(err)
		if again, err := r.Propose(t.Context(), a.ID); again != secret || err != nil {
			t.Errorf("a page loaded again shows another secret: %v", err)
		}
		const own = "four slow herons"
		for what, o := range map[string]staff.Own{
			"a wrong code": {own, "000000"}, "no code": {own, ""}, "the first password": {now.Password, staff.Code(secret, r.now)},
			"the same typed otherwise": {strings.ToLower(now.Password), staff.Code(secret, r.now)}, "an easy one": {"changsha2019", staff.Code(secret, r.now)},
		} {
			var p password.Error
			if _, _, err := r.Settle(t.Context(), session, o); !errors.Is(err, staff.ErrCode) && !errors.As(err, &p) {
				t.Errorf("%s: %v", what, err)
			}
		}
		token, fresh, err := r.Settle(t.Context(), session, staff.Own{Password: own, Code: staff.Code(secret, r.now)})
		r.must(err)
		if fresh.Account.Unready() || r.get(a.ID).State() != staff.Active {
			t.Errorf("settled: %+v", fresh.Account)
		}
		if _, err := r.Session(t.Context(), token); err != nil {
			t.Error(err)
		}
		if _, _, err := r.SignIn(t.Context(), "clerk", own, staff.Code(secret, r.now), here); !errors.Is(err, staff.ErrRefused) {
			t.Errorf("the code that enrolled works again: %v", err)
		}
		r.now = r.now.Add(time.Minute)
		if _, _, err := r.SignIn(t.Context(), "clerk", now.Password, staff.Code(secret, r.now), here); !errors.Is(err, staff.ErrRefused) {
			t.Errorf("the slip after her own password: %v", err)
		}
		r.now = r.now.Add(time.Minute)
		if _, _, err := r.SignIn(t.Context(), "clerk", own, staff.Code(secret, r.now), here); err != nil {
			t.Errorf("her own: %v", err)
		}
		if _, err := r.Propose(t.Context(), a.ID); !errors.Is(err, staff.ErrEnrolled) {
			t.Errorf("a second secret: %v", err)
		}
		late := print(a.ID)[0]
		if _, err := r.Session(t.Context(), token); !errors.Is(err, staff.ErrNoSession) {
			t.Errorf("her session after a reset: %v", err)
		}
		r.now = r.now.Add(24 * time.Hour)
		if _, _, err := r.SignIn(t.Context(), "clerk", late.Password, staff.Code(secret, r.now), here); !errors.Is(err, staff.ErrRefused) {
			t.Errorf("a slip after its day: %v", err)
		}
	})
}

// TestFirstPasswordsRefuse: only for those she answers for, and all or none.
func TestFirstPasswordsRefuse(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		s, self := r.superior("county", staff.CountyOperator, county)
		_, colleague := r.superior("county2", staff.CountyOperator, county)
		_, above := r.superior("city", staff.CityOperator, "430100")
		_, far := r.superior("far", staff.CountyOperator, "431028")
		mine, err := s.Hire(t.Context(), staff.NewAccount{Name: "clerk", Display: "办事员", Role: staff.Clerk, Office: county, Point: point})
		r.must(err)
		shut, err := s.Hire(t.Context(), staff.NewAccount{Name: "gone", Display: "办事员", Role: staff.Clerk, Office: county, Point: point})
		r.must(err)
		r.must(s.Disable(t.Context(), shut.ID, "离职"))
		for what, c := range map[string]struct {
			ids  []string
			want error
		}{
			"herself": {[]string{self.ID}, staff.ErrNotYours}, "a colleague": {[]string{colleague.ID}, staff.ErrNotYours}, "a superior": {[]string{mine.ID, above.ID}, staff.ErrNotFound},
			"another county": {[]string{mine.ID, far.ID}, staff.ErrNotFound}, "nobody": {nil, staff.ErrAccount}, "disabled": {[]string{mine.ID, shut.ID}, staff.ErrAccount},
			"too many": {make([]string, staff.MaxSlips+1), staff.ErrAccount}, "hers": {[]string{mine.ID}, nil},
		} {
			slips, err := s.FirstPasswords(t.Context(), staff.Slips{Accounts: c.ids, Valid: time.Hour, Reason: "开通"})
			if !errors.Is(err, c.want) || err != nil && slips != nil {
				t.Errorf("%s: %v, want %v", what, err, c.want)
			}
		}
		if _, err := r.try("county2", good, here); err != nil {
			t.Errorf("a colleague whom she could not reset: %v", err)
		}
		for _, n := range []staff.NewAccount{
			{Name: "x1", Display: "x", Role: staff.CityOperator, Office: "430100"}, {Name: "x2", Display: "x", Role: staff.CountyOperator, Office: "430103"},
			{Name: "x3", Display: "x", Role: staff.ProvinceAdmin, Office: "430000-1"},
		} {
			if _, err := s.Hire(t.Context(), n); !errors.Is(err, staff.ErrNotYours) {
				t.Errorf("hire %s at %s: %v", n.Role, n.Office, err)
			}
		}
		if err := s.Move(t.Context(), mine.ID, staff.PointHead, point, "任命"); err != nil || r.get(mine.ID).Role != staff.PointHead {
			t.Errorf("move: %v", err)
		}
		for what, c := range map[string]struct {
			role  staff.Role
			point string
			want  error
		}{"no point": {staff.Clerk, "", staff.ErrAccount}, "an office's role with a point": {staff.CountyOperator, point, staff.ErrAccount}, "above": {staff.CityOperator, "", staff.ErrNotYours}} {
			if err := s.Move(t.Context(), mine.ID, c.role, c.point, "试"); !errors.Is(err, c.want) {
				t.Errorf("move, %s: %v", what, err)
			}
		}
	})
}

// TestRequests: a point asks, its county settles it once, and the telephone
// number lies sealed until then and nowhere after.
func TestRequests(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		s, _ := r.superior("county", staff.CountyOperator, county)
		far, _ := r.superior("far", staff.CountyOperator, "431028")
		city, _ := r.superior("city", staff.CityOperator, "430100")
		const phone = "0731-5550 0142"
		ask := staff.Request{Division: county, Point: point, Name: "Neu", Display: "彭建国", Purpose: "采集岗"}
		for what, change := range map[string]func(*staff.Request){
			"no name": func(q *staff.Request) { q.Name = "" }, "no such point": func(q *staff.Request) { q.Point = "43010299" },
			"a point of another county": func(q *staff.Request) { q.Division = "430103" }, "a long purpose": func(q *staff.Request) { q.Purpose = strings.Repeat("长", 201) },
			"nobody": func(q *staff.Request) { q.Display = " " },
		} {
			q := ask
			change(&q)
			if err := r.Apply(t.Context(), q, phone, what); !errors.Is(err, staff.ErrRequest) {
				t.Errorf("%s: %v", what, err)
			}
		}
		r.must(r.Apply(t.Context(), ask, phone, there))
		r.must(r.Apply(t.Context(), ask, phone, there))
		var open []staff.Request
		list := func(division string, state staff.RequestState) (out []staff.Request) {
			t.Helper()
			r.must(d.Read(t.Context(), func(tx *db.Tx) (err error) {
				out, err = staff.Requests(t.Context(), tx, division, state)
				return err
			}))
			return out
		}
		open = list("430100", staff.Asked)
		if len(open) != 2 || len(list("431028", staff.Asked)) != 0 || open[0].Name != "neu" {
			t.Fatalf("asked: %+v", open)
		}
		number := func(id string) (out string, err error) {
			err = d.Read(t.Context(), func(tx *db.Tx) (err error) { out, err = r.Phone(t.Context(), tx, id); return err })
			return out, err
		}
		if got, err := number(open[0].ID); got != phone || err != nil {
			t.Errorf("phone: %q, %v", got, err)
		}
		if _, err := far.Bind(t.Context(), open[0].ID, "neu", staff.Clerk, point); !errors.Is(err, staff.ErrNotFound) {
			t.Errorf("another county binds: %v", err)
		}
		if _, err := city.Bind(t.Context(), open[0].ID, "neu", staff.Clerk, point); !errors.Is(err, staff.ErrNotYours) {
			t.Errorf("the city binds: %v", err)
		}
		a, err := s.Bind(t.Context(), open[0].ID, "neu", staff.PointHead, point)
		r.must(err)
		if got, err := number(a.ID); got != phone || err != nil || a.Role != staff.PointHead || a.Point != point || a.Display != "彭建国" {
			t.Errorf("bound: %+v, %q, %v", a, got, err)
		}
		if got, err := number(open[0].ID); got != "" || err != nil {
			t.Errorf("the number stays with the request: %q, %v", got, err)
		}
		if err := s.Refuse(t.Context(), open[0].ID, "重复"); !errors.Is(err, staff.ErrNotFound) {
			t.Errorf("settled twice: %v", err)
		}
		if _, err := s.Bind(t.Context(), open[1].ID, "neu", staff.Clerk, point); !errors.Is(err, staff.ErrTaken) {
			t.Errorf("a name that is taken: %v", err)
		}
		r.must(s.Refuse(t.Context(), open[1].ID, "重复"))
		if refused := list(county, staff.Refused); len(refused) != 1 || refused[0].Reason != "重复" || len(list(county, staff.Asked)) != 0 {
			t.Errorf("refused: %+v", refused)
		}
		var slow staff.SlowError
		for range 4 {
			err = r.Apply(t.Context(), ask, phone, there)
		}
		if !errors.As(err, &slow) {
			t.Errorf("the sixth request from one source: %v", err)
		}
		if err := r.Apply(t.Context(), ask, phone, here); err != nil {
			t.Errorf("another source: %v", err)
		}
	})
}

// TestPasswordsAge: a password that is too old leads to nothing but a new one,
// by the real time; the policy is a setting.
func TestPasswordsAge(t *testing.T) { dbtest.Each(t, passwordsAge) }

func passwordsAge(t *testing.T, d *db.DB) {
	r := newRig(t, d)
	r.create("furong")
	age := password.DefaultPolicy().MaxAge
	r.now = r.now.Add(age - time.Minute)
	_, s, err := r.SignIn(t.Context(), "furong", good, r.code("furong"), here)
	r.must(err)
	if s.Account.MustChange {
		t.Error("before its end")
	}
	r.now = r.now.Add(2 * time.Minute)
	token, s, err := r.SignIn(t.Context(), "furong", good, r.code("furong"), here)
	r.must(err)
	if !s.Account.MustChange {
		t.Error("after its end")
	}
	if _, _, err := r.Settle(t.Context(), s, staff.Own{Password: good}); !errors.Is(err, password.Error{Code: password.Same}) {
		t.Errorf("the same again: %v", err)
	}
	if again, err := r.Session(t.Context(), token); err != nil || !again.Account.MustChange {
		t.Errorf("the session: %+v, %v", again.Account, err)
	}
	if _, fresh, err := r.Settle(t.Context(), s, staff.Own{Password: "four slow herons"}); err != nil || fresh.Account.Unready() {
		t.Errorf("a new one: %+v, %v", fresh.Account, err)
	}
	lax := staff.NewCheap(staff.Options{DB: r.d, Keys: ring(), Real: func() time.Time { return r.now.Add(10 * age) }, Policy: &password.Policy{}})
	if _, s, err := lax.SignIn(t.Context(), "furong", "four slow herons", stafftest.CodeAt(t, r.d, "furong", r.now.Add(10*age)), here); err != nil || s.Account.MustChange {
		t.Errorf("without an age: %v", err)
	}
	for pw, want := range map[string]error{"heronlake": password.Error{Code: password.Plain}, "Heron-lake": nil, "heron lake at dusk": nil, "湘江北去橘子洲": nil, "湘江北去": nil} {
		err := password.DefaultPolicy().Check(pw, "furong")
		if strings.HasPrefix(pw, "湘江北去") && len([]rune(pw)) < 8 {
			want = password.Error{Code: password.Short}
		}
		if !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", pw, err, want)
		}
		if err := (password.Policy{}).Check(pw, "furong"); want == (password.Error{Code: password.Plain}) && err != nil {
			t.Errorf("%q without complexity: %v", pw, err)
		}
	}
}

// TestOneCodeTwiceAtOnce: of two who come with one code at the same moment,
// through whichever hub, one is let in.
func TestOneCodeTwiceAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		r.create("furong")
		code := r.code("furong")
		results := make(chan error, 4)
		for range cap(results) {
			go func() {
				_, _, err := r.SignIn(t.Context(), "furong", good, code, here)
				results <- err
			}()
		}
		in := 0
		for range cap(results) {
			switch err := <-results; {
			case err == nil:
				in++
			case !errors.Is(err, staff.ErrRefused):
				t.Error(err)
			}
		}
		if in != 1 {
			t.Errorf("%d came in with one code", in)
		}
	})
}

// TestSecretsAreSealed: a copy of the database signs nobody in.
func TestSecretsAreSealed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		s, _ := r.superior("county", staff.CountyOperator, county)
		a, err := s.Hire(t.Context(), staff.NewAccount{Name: "clerk", Display: "办事员", Role: staff.Clerk, Office: county, Point: point, Phone: "0731-5550 0142"})
		r.must(err)
		var secret, phone []byte
		r.must(d.Read(t.Context(), func(tx *db.Tx) error {
			if err := tx.QueryRow(t.Context(), `SELECT secret FROM authenticator`).Scan(&secret); err != nil {
				return err
			}
			return tx.QueryRow(t.Context(), `SELECT phone FROM account WHERE id = $1`, a.ID).Scan(&phone)
		}))
		if strings.Contains(string(secret), stafftest.Secret) || strings.Contains(string(phone), "5550") || len(phone) == 0 {
			t.Error("a secret or a telephone number lies open")
		}
	})
}

// TestLists: what a list is cut to, and counts.
func TestLists(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		s, _ := r.superior("county", staff.CountyOperator, county)
		r.superior("far", staff.CountyOperator, "431028")
		for _, name := range []string{"a_1", "a-2", "b%3"[:1] + "3"} {
			_, err := s.Hire(t.Context(), staff.NewAccount{Name: name, Display: "办事员" + name, Role: staff.Clerk, Office: county, Point: point})
			r.must(err)
		}
		for what, c := range map[string]struct {
			f    staff.Filter
			want []string
		}{
			"a county":       {staff.Filter{Division: county}, []string{"a-2", "a_1", "b3", "county"}},
			"the province":   {staff.Filter{Division: "430000", Role: staff.CountyOperator}, []string{"county", "far"}},
			"waiting":        {staff.Filter{Division: county, State: staff.Waiting}, []string{"a-2", "a_1", "b3"}},
			"active":         {staff.Filter{Division: county, State: staff.Active}, []string{"county"}},
			"disabled":       {staff.Filter{Division: county, State: staff.Disabled}, nil},
			"a term":         {staff.Filter{Division: county, Term: "A_"}, []string{"a_1"}},
			"a name shown":   {staff.Filter{Division: county, Term: "员B"}, []string{"b3"}},
			"under":          {staff.Filter{Division: "430000", Under: "431000"}, []string{"far"}},
			"under, foreign": {staff.Filter{Division: county, Under: "431000"}, nil},
		} {
			var names []string
			var total int
			r.must(d.Read(t.Context(), func(tx *db.Tx) error {
				list, n, err := staff.List(t.Context(), tx, c.f)
				total = n
				for _, a := range list {
					names = append(names, a.Name)
				}
				return err
			}))
			slices.Sort(names)
			if !slices.Equal(names, c.want) || total != len(c.want) {
				t.Errorf("%s: %v, %d in all; want %v", what, names, total, c.want)
			}
		}
	})
}

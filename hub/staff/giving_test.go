package staff_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/staff"
	"zhunkao/hub/staff/stafftest"
)

// apart asks whether two accounts are two persons now.
func (r *rig) apart(a, b staff.Account) bool {
	r.Helper()
	var ok bool
	now := time.Date(2019, 9, 6, 1, 0, 0, 0, time.UTC).UnixMilli()
	r.must(r.d.Read(r.Context(), func(tx *db.Tx) (err error) {
		_, ok, err = staff.Apart(r.Context(), tx, staff.Word{Account: a.ID, At: now}, staff.Word{Account: b.ID, At: now})
		return err
	}))
	return ok
}

// own makes an account that was given its owner's, as after a first sign-in.
func (r *rig) own(names ...string) {
	r.Helper()
	stafftest.Enrol(r.T, r.d, ring(), names...)
}

func (r *rig) giving(a staff.Account) (g staff.Giving) {
	r.Helper()
	r.must(r.d.Read(r.Context(), func(tx *db.Tx) (err error) { g, err = staff.GivingOf(r.Context(), tx, a.ID); return err }))
	return g
}

// TestWhoGaveCounts walks the sentences of the package's comment.
func TestWhoGaveCounts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		admin, a := r.superior("admin", staff.ProvinceAdmin, "430000-1")
		operator, o := r.superior("operator", staff.ProvinceOperator, "430000-1")
		if !r.apart(a, o) || r.apart(a, a) {
			t.Error("two who were made at the machine are two, and one is one")
		}
		hire := func(s staff.Superior, name string, role staff.Role, office string) staff.Account {
			t.Helper()
			got, err := s.Hire(t.Context(), staff.NewAccount{Name: name, Display: "受雇", Role: role, Office: office})
			r.must(err)
			return got
		}
		slip := func(s staff.Superior, who staff.Account, drop bool) {
			t.Helper()
			_, err := s.FirstPasswords(t.Context(), staff.Slips{Accounts: []string{who.ID}, Valid: time.Hour, Drop: drop, Reason: "开通"})
			r.must(err)
			r.own(who.Name)
		}
		b := hire(admin, "city", staff.CityOperator, "430100")
		slip(admin, b, false)
		if r.apart(a, b) || !r.apart(o, b) || r.giving(b).By != a.ID || r.giving(b).Alone {
			t.Error("whoever gave an account counts as its holder, nobody else does")
		}
		c := hire(r.For(r.get(b.ID), here), "county", staff.CountyOperator, county)
		slip(r.For(r.get(b.ID), here), c, false)
		if r.apart(a, c) || r.apart(b, c) || !r.apart(o, c) {
			t.Error("a giver's giver counts too")
		}
		sister := hire(admin, "sister", staff.ProvinceOperator, "430000-1")
		slip(admin, sister, false)
		if r.apart(sister, b) {
			t.Error("two accounts that one gave may both be hers")
		}

		slip(operator, b, false) // a new password alone: the authenticator may be the giver's
		if r.apart(a, b) || r.apart(o, b) || r.giving(b).By != o.ID {
			t.Error("a new password alone makes one holder more")
		}
		slip(operator, b, true)
		if !r.apart(a, b) || r.apart(o, b) || !r.apart(b, sister) {
			t.Error("a whole reset makes the resetter the giver, and ends the former one's hold")
		}
		if r.apart(a, c) {
			t.Error("what was given before stays as it was given")
		}
		if _, err := r.Reset(t.Context(), staff.Reset{Name: "city", Password: good, Reason: "手机丢失"}, by); err != nil {
			t.Fatal(err)
		}
		if g := r.giving(b); !r.apart(o, b) || g.By != "" || !g.Alone {
			t.Errorf("what the operator at the machine gives has no other holder: %+v", g)
		}

		// Hired by one, first password by another: both.
		e := hire(admin, "second", staff.CityOperator, "430100")
		slip(operator, e, false)
		if r.apart(a, e) || r.apart(o, e) {
			t.Error("whoever hired stays a holder until she had signed in once")
		}
	})
}

// TestResetBetweenTwoWords: who held an account when it said its word counts,
// whatever was done to it since.
func TestResetBetweenTwoWords(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		civil := time.Date(2019, 9, 6, 1, 0, 0, 0, time.UTC)
		r.Desk = staff.NewCheap(staff.Options{DB: d, Keys: ring(), Real: func() time.Time { return r.now }, Now: func() time.Time { return civil }})
		admin, a := r.superior("admin", staff.ProvinceAdmin, "430000-1")
		operator, _ := r.superior("operator", staff.ProvinceOperator, "430000-1")
		b, err := admin.Hire(t.Context(), staff.NewAccount{Name: "city", Display: "市", Role: staff.CityOperator, Office: "430100"})
		r.must(err)
		r.own("city")
		said := staff.Word{Account: b.ID, At: civil.UnixMilli()}
		civil = civil.Add(time.Hour)
		_, err = operator.FirstPasswords(t.Context(), staff.Slips{Accounts: []string{b.ID}, Valid: time.Hour, Drop: true, Reason: "手机丢失"})
		r.must(err)
		civil = civil.Add(time.Hour)
		now := civil.UnixMilli()
		r.must(d.Read(t.Context(), func(tx *db.Tx) error {
			through, apart, err := staff.Apart(t.Context(), tx, said, staff.Word{Account: a.ID, At: now})
			if apart || through != a.ID {
				t.Errorf("what was said while the giver held it: apart %v, through %q", apart, through)
			}
			if _, apart, _ := staff.Apart(t.Context(), tx, staff.Word{Account: b.ID, At: now}, staff.Word{Account: a.ID, At: now}); !apart {
				t.Error("what is said after the reset")
			}
			return err
		}))
	})
}

// TestVouching: only somebody independent, only for a password just set, only
// with the code of her authenticator, once.
func TestVouching(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		admin, a := r.superior("admin", staff.ProvinceAdmin, "430000-1")
		_, o := r.superior("operator", staff.ProvinceOperator, "430000-1")
		_, far := r.superior("far", staff.CityOperator, "430200")
		_, technician := r.superior("technician", staff.Technician, "430000-1")
		b, err := admin.Hire(t.Context(), staff.NewAccount{Name: "colleague", Display: "同事", Role: staff.ProvinceOperator, Office: "430000-1"})
		r.must(err)
		vouch := func(by staff.Account, code string) error {
			return r.Vouch(t.Context(), by, staff.Vouching{Account: b.ID, Code: code, Reason: "当面核对", Source: here})
		}
		code := func() string { return stafftest.CodeAt(t, d, "colleague", r.now) }
		if err := vouch(o, code()); !errors.Is(err, staff.ErrRenew) {
			t.Errorf("before she had signed in: %v", err)
		}
		r.own("colleague")
		set := func() {
			t.Helper()
			r.must(d.Write(t.Context(), func(tx *db.Tx) error {
				_, err := tx.Exec(t.Context(), `UPDATE account SET password_at = $1 WHERE id = $2`, r.now.UnixMilli(), b.ID)
				return err
			}))
		}
		set()
		r.now = r.now.Add(staff.VouchWithin + time.Second)
		if err := vouch(o, code()); !errors.Is(err, staff.ErrRenew) {
			t.Errorf("for a password set a while ago: %v", err)
		}
		set()
		for name, x := range map[string]struct {
			by   staff.Account
			want error
		}{"the giver": {a, staff.ErrDependent}, "herself": {r.get(b.ID), staff.ErrNotYours}, "another city": {far, staff.ErrNotFound}, "a technician": {technician, staff.ErrNotYours}} {
			if err := vouch(x.by, code()); !errors.Is(err, x.want) {
				t.Errorf("%s: %v, want %v", name, err, x.want)
			}
		}
		if err := vouch(o, "000000"); !errors.Is(err, staff.ErrCode) {
			t.Errorf("another code: %v", err)
		}
		if r.apart(a, b) {
			t.Error("a refused word counts")
		}
		now := code()
		r.must(vouch(o, now))
		if g := r.giving(b); !r.apart(a, b) || !r.apart(o, b) || g.VouchedBy != o.ID || !g.Alone || g.By != a.ID {
			t.Errorf("vouched for: %+v", g)
		}
		if err := vouch(o, now); !errors.Is(err, staff.ErrCode) {
			t.Errorf("the same code again: %v", err)
		}
		// Given again she is nobody's own again.
		_, err = admin.FirstPasswords(t.Context(), staff.Slips{Accounts: []string{b.ID}, Valid: time.Hour, Drop: true, Reason: "x"})
		r.must(err)
		if g := r.giving(b); r.apart(a, b) || g.VouchedBy != "" {
			t.Errorf("given again: %+v", g)
		}
		if _, err := r.VouchAtMachine(t.Context(), " Colleague ", "当面核对", by); err != nil || !r.apart(a, b) {
			t.Errorf("at the machine: %v", err)
		}
		if _, err := r.VouchAtMachine(t.Context(), "nobody", "x", by); !errors.Is(err, staff.ErrNotFound) {
			t.Errorf("nobody: %v", err)
		}
	})
}

// TestGuessingACodeIsSlowed: a voucher has six digits to guess, not for long.
func TestGuessingACodeIsSlowed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		_, o := r.superior("operator", staff.ProvinceOperator, "430000-1")
		b := r.create("county")
		err := errors.New("none")
		for range 8 {
			err = r.Vouch(t.Context(), o, staff.Vouching{Account: b.ID, Code: "000000", Reason: "x", Source: here})
		}
		if !errors.Is(err, staff.ErrSlow) {
			t.Errorf("after eight: %v", err)
		}
	})
}

// TestNobodyIsTwo holds random histories of giving against who really knows
// what: each person keeps every password and every secret that ever passed
// through her hands, and signs in wherever she can. Whenever somebody can be in
// both of two accounts now, they are not apart.
func TestNobodyIsTwo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		run := 0
		rapid.Check(t, func(rt *rapid.T) {
			run++
			h := newHistory(r, run)
			for range rapid.IntRange(1, 14).Draw(rt, "length") {
				h.act(rt)
				h.held(rt)
			}
		})
	})
}

// history is what happened to some accounts, and who knows what of each: by the
// index of a person, who is also the owner of the account of that index.
type history struct {
	*rig
	run      int
	accounts []staff.Account
	password []map[int]bool // who knows the password of an account
	secret   []map[int]bool // who has a copy of its authenticator
	settled  []bool
}

func newHistory(r *rig, run int) *history {
	h := &history{rig: r, run: run}
	for i, role := range []staff.Role{staff.ProvinceAdmin, staff.ProvinceOperator, staff.CityOperator} {
		office := map[staff.Role]string{staff.CityOperator: "430100"}[role]
		if office == "" {
			office = "430000-1"
		}
		_, a := r.superior(fmt.Sprintf("r%d.%d", run, i), role, office)
		h.add(a, i, true)
	}
	return h
}

func (h *history) add(a staff.Account, owner int, settled bool) {
	h.accounts = append(h.accounts, a)
	h.password, h.secret = append(h.password, map[int]bool{owner: settled}), append(h.secret, map[int]bool{owner: settled})
	h.settled = append(h.settled, settled)
}

// in reports whether a person can be in an account.
func (h *history) in(person, account int) bool {
	return h.password[account][person] && h.secret[account][person]
}

// hands are the persons who can be in an account: whoever of them acts there,
// all of them learn what the act gives, the worst that can be.
func (h *history) hands(account int) (out []int) {
	for p := range h.accounts {
		if h.in(p, account) {
			out = append(out, p)
		}
	}
	return out
}

func (h *history) act(rt *rapid.T) {
	by := rapid.IntRange(0, len(h.accounts)-1).Draw(rt, "by")
	to := rapid.IntRange(0, len(h.accounts)-1).Draw(rt, "to")
	if !h.settled[by] {
		return
	}
	s := h.For(h.get(h.accounts[by].ID), here)
	switch rapid.SampledFrom([]string{"hire", "hire", "slip", "reset", "vouch", "machine"}).Draw(rt, "act") {
	case "hire":
		role, office := staff.CityOperator, "430100"
		if h.accounts[by].Role == staff.CityOperator {
			role, office = staff.CountyOperator, county
		} else if rapid.Bool().Draw(rt, "colleague") {
			role, office = staff.ProvinceOperator, "430000-1"
		}
		a, err := s.Hire(h.Context(), staff.NewAccount{Name: fmt.Sprintf("r%d.%d", h.run, len(h.accounts)), Display: "x", Role: role, Office: office})
		if err != nil {
			return
		}
		h.add(a, len(h.accounts), false)
		h.slip(s, by, len(h.accounts)-1, false)
	case "slip":
		h.slip(s, by, to, false)
	case "reset":
		h.slip(s, by, to, true)
	case "vouch":
		h.vouch(by, to)
	case "machine":
		if _, err := h.Reset(h.Context(), staff.Reset{Name: h.accounts[to].Name, Password: good, Reason: "x"}, by1); err == nil {
			h.password[to], h.secret[to] = map[int]bool{to: true}, map[int]bool{to: true}
			h.mine(to)
		}
	}
}

var by1 = by // the operator, where by is somebody's index

// slip gives a new first password: whoever is in the giver's account learns it,
// and so does whoever is there next and enrols; the owner gets it in the end.
func (h *history) slip(s staff.Superior, by, to int, drop bool) {
	if _, err := s.FirstPasswords(h.Context(), staff.Slips{Accounts: []string{h.accounts[to].ID}, Valid: time.Hour, Drop: drop, Reason: "x"}); err != nil {
		return
	}
	learn := map[int]bool{to: true}
	for _, p := range h.hands(by) {
		learn[p] = true
	}
	fresh := drop || !h.settled[to]
	h.password[to] = learn
	if fresh {
		h.secret[to] = map[int]bool{}
		for p := range learn {
			h.secret[to][p] = true
		}
	}
	h.mine(to)
}

// mine makes an account ready, with a password that was set long ago.
func (h *history) mine(to int) {
	h.own(h.accounts[to].Name)
	h.settled[to] = true
	h.must(h.d.Write(h.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(h.Context(), `UPDATE account SET password_at = 0 WHERE id = $1`, h.accounts[to].ID)
		return err
	}))
}

// vouch: the owner sets a password that nobody else knows, under somebody's eyes.
// Whoever can be in both accounts does all of it alone.
func (h *history) vouch(by, to int) {
	if !h.settled[to] {
		return
	}
	h.must(h.d.Write(h.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(h.Context(), `UPDATE account SET password_at = $1 WHERE id = $2`, h.now.UnixMilli(), h.accounts[to].ID)
		return err
	}))
	err := h.Vouch(h.Context(), h.get(h.accounts[by].ID), staff.Vouching{Account: h.accounts[to].ID, Code: stafftest.CodeAt(h.T, h.d, h.accounts[to].Name, h.now), Reason: "x"})
	switch {
	case err == nil:
		know := map[int]bool{to: true}
		for _, p := range h.hands(by) {
			if h.in(p, to) {
				know[p] = true
			}
		}
		h.password[to] = know
	case errors.Is(err, staff.ErrSlow):
		h.Fatal("slowed: the history is too long for one source")
	default:
		h.mine(to) // nothing was shown to anybody: as it was
	}
}

// held asks the hub of every two accounts.
func (h *history) held(rt *rapid.T) {
	for i, a := range h.accounts {
		for j, b := range h.accounts[:i] {
			both := -1
			for p := range h.accounts {
				if h.in(p, i) && h.in(p, j) {
					both = p
				}
			}
			if both >= 0 && h.apart(a, b) {
				rt.Fatalf("person %d is in %d and in %d, and they count as two", both, i, j)
			}
		}
	}
}

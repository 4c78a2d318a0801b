package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/countersign"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/journal"
	"zhunkao/hub/staff"
	"zhunkao/hub/staff/stafftest"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
)

// byTwo lets the campaign ask two persons for some acts.
func byTwo(acts ...string) option {
	return func(_ *testing.T, w *world) {
		w.change = func(c *campaign.Campaign) {
			for i := range c.Acts {
				for _, key := range acts {
					if c.Acts[i].Key == key {
						c.Acts[i].Persons = 2
					}
				}
			}
		}
	}
}

// declined asks for a second person at a point's place, and refuses it.
func (w *world) declined(point string) (id string) {
	w.t.Helper()
	ctx := w.t.Context()
	w.write(ctx, func(tx *db.Tx) error {
		a, err := w.flow.AskSecond(ctx, tx, countersign.Act{Act: "reveal-number", Subject: "candidates/" + w.people[0].Application.ID, Division: point[:6], Point: point, Reason: "试"}, actor("s-one"))
		if err != nil {
			return err
		}
		id = a.ID
		return w.flow.RefuseSecond(ctx, tx, id, "试", actor("s-two"))
	})
	return id
}

// wanted asks for a second person at a point's place.
func (w *world) wanted(point string) (id string) {
	w.t.Helper()
	w.write(w.t.Context(), func(tx *db.Tx) error {
		a, err := w.flow.AskSecond(w.t.Context(), tx, countersign.Act{Act: "reveal-number", Subject: "candidates/" + w.people[0].Application.ID, Division: point[:6], Point: point, Reason: "试"}, actor("s-one"))
		id = a.ID
		return err
	})
	return id
}

// waiting is the id of the one act on her page that a form would take further.
func (w *world) waiting(as, step string) string {
	w.t.Helper()
	_, page := w.as(as).get("/gl/seconds")
	_, rest, ok := strings.Cut(page, `action="/gl/seconds/`)
	id, _, _ := strings.Cut(rest, "/")
	if !ok || !strings.Contains(page, "/gl/seconds/"+id+"/"+step) {
		w.t.Fatalf("%s finds nothing to %s: %s", as, step, textOf(page))
	}
	return id
}

// TestRevealByTwo: where the table asks two persons the number shows after
// another has agreed, once, on both pages that have it.
func TestRevealByTwo(t *testing.T) {
	w := newWorld(t, byTwo("reveal-number"))
	record := w.confirm(0)
	number := w.people[0].Application.Get(form.DocumentNumber)
	for _, path := range []string{"/gl/candidates/" + w.people[0].Application.ID, "/gl/confirmations/" + record} {
		page := func(name string, fields url.Values) (int, string) {
			t.Helper()
			res, body := w.as(name).post(path+"/reveal", fields, path)
			if res.StatusCode == http.StatusSeeOther {
				return res.StatusCode, res.Header.Get("Location")
			}
			return res.StatusCode, body
		}
		if status, body := page("co", url.Values{"reason": {" "}}); status != http.StatusUnprocessableEntity || strings.Contains(body, number) {
			t.Errorf("%s without a reason: %d", path, status)
		}
		if status, to := page("co", url.Values{"reason": {"电话核对本人"}}); status != http.StatusSeeOther || to != "/gl/seconds?done=asked" {
			t.Fatalf("%s asked: %d, %s", path, status, to)
		}
		if status, body := page("co", url.Values{"reason": {"电话核对本人"}}); status == http.StatusOK || strings.Contains(body, number) || !strings.Contains(body, "等第二个人同意") {
			t.Errorf("%s while it waits: %d", path, status)
		}
		id := w.waiting("ci", "agree")
		if res, _ := w.as("co").post("/gl/seconds/"+id+"/agree", nil, "/gl/seconds"); res.StatusCode != http.StatusForbidden {
			t.Errorf("who asked agrees: %d", res.StatusCode)
		}
		if res, _ := w.as("ci").post("/gl/seconds/"+id+"/agree", nil, "/gl/seconds"); res.StatusCode != http.StatusSeeOther {
			t.Fatalf("another agrees: %d", res.StatusCode)
		}
		if status, _ := page("ci", url.Values{"reason": {"我也看看"}}); status != http.StatusSeeOther {
			t.Errorf("%s, whoever agreed looks by herself: %d", path, status)
		}
		if _, list := w.as("co").get("/gl/seconds"); !strings.Contains(list, `action="`+path+`/reveal"`) {
			t.Errorf("who asked finds no button: %s", textOf(list))
		}
		if status, body := page("co", nil); status != http.StatusOK || !strings.Contains(body, number) {
			t.Errorf("%s, done: %d", path, status)
		}
		w.sealedUp()
		if e := w.entry(journal.RecordViewed); e.Reason != "电话核对本人" || e.Detail["what"] != "number" {
			t.Errorf("the entry says %q of %v", e.Reason, e.Detail)
		}
		if status, body := page("co", url.Values{"reason": {"再看一次"}}); status != http.StatusSeeOther || strings.Contains(body, number) {
			t.Errorf("%s, a second look: %d", path, status)
		}
		for _, name := range []string{"co", "ci"} { // both take their own back, for the next page
			own := w.waiting(name, "refuse")
			for range 2 {
				_, _ = w.as(name).post("/gl/seconds/"+own+"/refuse", url.Values{"reason": {"不用了"}}, "/gl/seconds")
			}
		}
		w.write(t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(t.Context(), `DELETE FROM countersign`)
			return err
		})
	}
}

// TestResetByTwo: first passwords are printed after another has agreed to these
// accounts and these terms.
func TestResetByTwo(t *testing.T) {
	w := newWorld(t, byTwo("reset-password"))
	id := w.employed("sx1", pointHere)
	reset := url.Values{"what": {"both"}, "days": {"7"}, "reason": {"手机丢失"}}
	path := "/gl/staff/" + id + "/reset"
	if _, page := w.as("co").get("/gl/staff/" + id); !strings.Contains(page, "提请第二个人同意") {
		t.Errorf("the page does not say that it takes two: %s", textOf(page))
	}
	res, _ := w.as("co").post(path, reset, "/gl/boxes")
	if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/gl/seconds?done=asked" {
		t.Fatalf("asked: %d", res.StatusCode)
	}
	if res, _ := w.as("co").post(path, reset, "/gl/boxes"); res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("while it waits: %d", res.StatusCode)
	}
	agree := w.waiting("po", "agree")
	if res, _ := w.as("po").post("/gl/seconds/"+agree+"/agree", nil, "/gl/seconds"); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("agreed: %d", res.StatusCode)
	}
	other := url.Values{"what": {"password"}, "days": {"7"}, "reason": {"手机丢失"}}
	if res, _ := w.as("co").post(path, other, "/gl/boxes"); res.StatusCode != http.StatusSeeOther {
		t.Errorf("on other terms it is asked for anew: %d", res.StatusCode)
	}
	res, body := w.as("co").post(path, reset, "/gl/boxes")
	if res.StatusCode != http.StatusOK || !strings.HasPrefix(body, "%PDF") {
		t.Fatalf("printed: %d", res.StatusCode)
	}
	if res, _ := w.as("co").post(path, reset, "/gl/boxes"); res.StatusCode == http.StatusOK {
		t.Error("printed twice by one word")
	}
	w.sealedUp()
	if e := w.entry(journal.StaffFirstPassword); e.Reason != "手机丢失" || e.Detail["authenticator"] != "off" {
		t.Errorf("the entry says %q of %v", e.Reason, e.Detail)
	}
	// Ticked on the list: the same, for all of them together.
	slips := url.Values{"account": {id}, "days": {"3"}, "reason": {"开通"}}
	if res, _ := w.as("co").post("/gl/staff/slips", slips, "/gl/boxes"); res.StatusCode != http.StatusSeeOther {
		t.Errorf("slips, asked: %d", res.StatusCode)
	}
	if foreign := w.employed("sx2", pointThere); true {
		slips["account"] = []string{foreign}
		if res, _ := w.as("co").post("/gl/staff/slips", slips, "/gl/boxes"); res.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("for somebody she does not answer for: %d", res.StatusCode)
		}
	}
}

// TestDependentSecond: whoever gave the account is refused on the page in plain
// words, and the journal says so by names; vouched for, she counts.
func TestDependentSecond(t *testing.T) {
	w := newWorld(t, byTwo("export-data"))
	ctx := t.Context()
	w.hire("pa")
	pa := w.account("pa")
	s := w.desk.For(pa, "test")
	puppet, err := s.Hire(ctx, staff.NewAccount{Name: "puppet", Display: "木偶", Role: staff.ProvinceOperator, Office: w.office(ctx, "430000")})
	if err == nil {
		_, err = s.FirstPasswords(ctx, staff.Slips{Accounts: []string{puppet.ID}, Valid: time.Hour, Reason: "开通"})
	}
	if err != nil {
		t.Fatal(err)
	}
	res, _ := w.as("pa").post("/gl/exchange", url.Values{"kind": {"candidates"}, "reason": {"报送统计"}}, "/gl/boxes")
	path := strings.TrimSuffix(res.Header.Get("Location"), "?done=asked")
	w.own("puppet")
	res, page := w.as("puppet").post(path+"/agree", nil, "/gl/boxes")
	if res.StatusCode != http.StatusConflict || !strings.Contains(page, "这两个账号不能算两个人") {
		t.Fatalf("agreed by an account of hers: %d %s", res.StatusCode, textOf(page))
	}
	w.sealedUp()
	if e := w.entry(journal.StaffDependent); e.Detail["beside"] != pa.ID || e.Detail["through"] != pa.ID || e.Author.ID != puppet.ID || e.Subject.Kind != journal.OfParcel {
		t.Errorf("the entry says %+v", e)
	}
	if _, page := w.as("pa").get("/gl/journal?act=staff.dependent"); !strings.Contains(textOf(page), "第二个人不独立") || strings.Contains(textOf(page), pa.ID) {
		t.Errorf("the journal's page: %s", textOf(page))
	}
	member := "/gl/staff/" + puppet.ID
	vouch := func(name, code string) (int, string) {
		res, body := w.as(name).post(member+"/vouch", url.Values{"code": {code}, "reason": {"当面核对"}}, "/gl/boxes")
		return res.StatusCode, textOf(body)
	}
	if status, text := vouch("pa", stafftest.Code(t, w.db, "puppet")); status != http.StatusConflict || !strings.Contains(text, "不独立") {
		t.Errorf("vouched for by her giver: %d", status)
	}
	if status, text := vouch("po", "000000"); status != http.StatusUnprocessableEntity || !strings.Contains(text, "数字不对") {
		t.Errorf("with a wrong code: %d", status)
	}
	if status, _ := vouch("po", stafftest.Code(t, w.db, "puppet")); status != http.StatusSeeOther {
		t.Errorf("vouched for: %d", status)
	}
	if _, page := w.as("po").get(member); !strings.Contains(textOf(page), "核实是本人在用") {
		t.Errorf("her page: %s", textOf(page))
	}
	if res, _ := w.as("puppet").post(path+"/agree", nil, "/gl/boxes"); res.StatusCode != http.StatusSeeOther {
		t.Errorf("vouched for, she agrees: %d", res.StatusCode)
	}
}

// own makes an account ready that somebody gave: with the password of the tests,
// set just now, and the authenticator of the tests.
func (w *world) own(name string) {
	w.t.Helper()
	ctx := w.t.Context()
	v, err := stafftest.Hasher().Hash(ctx, password)
	if err != nil {
		w.t.Fatal(err)
	}
	stafftest.Enrol(w.t, w.db, w.keys, name)
	w.write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE account SET verifier = $1, password_at = $2 WHERE name = $3`, v, time.Now().UnixMilli(), name)
		return err
	})
}

func (w *world) account(name string) (a staff.Account) {
	w.t.Helper()
	err := w.db.Read(w.t.Context(), func(tx *db.Tx) error {
		all, err := staff.Accounts(w.t.Context(), tx, "430000")
		for _, x := range all {
			if x.Name == name {
				a = x
			}
		}
		return err
	})
	if err != nil || a.ID == "" {
		w.t.Fatalf("no account %s: %v", name, err)
	}
	return a
}

func actor(account string) flow.By {
	return flow.By{Author: journal.Author{Kind: journal.ByStaff, ID: account}, Source: "test"}
}

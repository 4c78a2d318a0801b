package web_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/staff"
	"zhunkao/hub/staff/stafftest"
)

var sessionField = regexp.MustCompile(`name="session" value="([0-9a-f]+)"`)

// openSession is the id of a session that a page offers to end.
func (b *browser) openSession(page string) string {
	b.w.t.Helper()
	_, body := b.get(page)
	m := sessionField.FindStringSubmatch(body)
	if m == nil {
		b.w.t.Fatalf("no session is listed at %s", page)
	}
	return m[1]
}

// her is an account of her own for one form, signed in.
func (w *world) her(name string) *browser {
	w.t.Helper()
	w.hireAs(account{name, staff.CountyOperator, countyHere, ""})
	return w.as(name)
}

// accountHonest is how one's own account is used, and how one asks for it.
func (w *world) accountHonest(path string) (honest, bool) {
	w.t.Helper()
	const own = "橘子洲头 看万山红遍"
	switch path {
	case "/gl/apply":
		return honest{path: path, browser: w.browser(), form: url.Values{"county": {countyHere}, "point": {pointHere}, "login": {"yuelu-01"},
			"display": {"彭建国"}, "phone": {"0731-5550 7788"}, "purpose": {"第 1 确认点负责人"}}}, true
	case "/gl/account/password":
		return honest{path: path, browser: w.her("own-password"), form: url.Values{"old": {password}, "password": {own}, "again": {own}}}, true
	case "/gl/account/authenticator":
		b := w.her("own-authenticator")
		return honest{path: path, browser: b, form: url.Values{"password": {password}, "code": {stafftest.Code(w.t, w.db, "own-authenticator")}}}, true
	case "/gl/account/end":
		b := w.her("own-session")
		if res, _ := w.browser().post("/gl/sign-in", w.signs("own-session"), "/gl/sign-in"); res.StatusCode != http.StatusSeeOther {
			w.t.Fatalf("signing in elsewhere: %d", res.StatusCode)
		}
		return honest{path: path, browser: b, form: url.Values{"session": {b.openSession("/gl/account")}}}, true
	case "/gl/account/card-off":
		w.hireAs(account{"own-card", staff.Clerk, countyHere, pointHere})
		b := w.as("own-card")
		w.binds("own-card", pointHere)
		return honest{path: path, browser: b, form: url.Values{"password": {password}}}, true
	case "/gl/account/first": // neither a password of her own nor an authenticator
		b := w.her("own-first")
		off := url.Values{"password": {password}, "code": {stafftest.Code(w.t, w.db, "own-first")}}
		if res, _ := b.post("/gl/account/authenticator", off, "/gl/account"); res.StatusCode != http.StatusSeeOther {
			w.t.Fatalf("the authenticator stays: %d", res.StatusCode)
		}
		w.write(w.t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(w.t.Context(), `UPDATE account SET must_change = $1 WHERE name = $2`, true, "own-first")
			return err
		})
		_, page := b.get(path)
		m := secretOf.FindStringSubmatch(page)
		if m == nil {
			w.t.Fatalf("no secret to enrol: %s", textOf(page))
		}
		return honest{path: path, browser: b, form: url.Values{"password": {own}, "again": {own}, "code": {staff.Code(m[1], time.Now())}}}, true
	}
	return w.staffHonest(path)
}

// staffHonest is how a county uses the pages of its people.
func (w *world) staffHonest(path string) (honest, bool) {
	w.t.Helper()
	ctx, name := w.t.Context(), fmt.Sprint("leute-", w.next.Add(1))
	on := func(path string, form url.Values) (honest, bool) {
		return honest{path: path, browser: w.as("co"), form: form}, true
	}
	why := url.Values{"reason": {"岗位调整"}}
	with := func(more url.Values) url.Values {
		maps.Copy(more, why)
		return more
	}
	switch path {
	case "/gl/staff/search":
		return on(path, url.Values{"term": {"某"}, "role": {""}, "state": {""}, "under": {""}})
	case "/gl/staff/hire":
		return on(path, url.Values{"login": {name}, "display": {"某甲"}, "phone": {"0731-5550 0142"}, "role": {string(staff.Clerk)},
			"place": {w.office(ctx, countyHere) + "/" + pointHere}})
	case "/gl/staff/slips":
		return on(path, with(url.Values{"account": {w.employed(name, pointHere)}, "days": {"7"}}))
	case "/gl/staff/:id/disable":
		return on("/gl/staff/"+w.employed(name, pointHere)+"/disable", why)
	case "/gl/staff/:id/enable":
		id := w.employed(name, pointHere)
		if err := w.desk.Disable(ctx, id, "离职", flow.Operator().Author); err != nil {
			w.t.Fatal(err)
		}
		return on("/gl/staff/"+id+"/enable", why)
	case "/gl/staff/:id/move":
		return on("/gl/staff/"+w.employed(name, pointHere)+"/move", with(url.Values{"role": {string(staff.PointHead)}, "point": {pointHere}}))
	case "/gl/staff/:id/reset":
		return on("/gl/staff/"+w.employed(name, pointHere)+"/reset", with(url.Values{"what": {"both"}, "days": {"3"}}))
	case "/gl/staff/:id/vouch":
		id := w.employed(name, pointHere) // her password is fresh, and this is her telephone
		return on("/gl/staff/"+id+"/vouch", with(url.Values{"code": {stafftest.Code(w.t, w.db, name)}}))
	case "/gl/staff/:id/card-off":
		id := w.employed(name, pointHere)
		w.binds(name, pointHere)
		return on("/gl/staff/"+id+"/card-off", why)
	case "/gl/seconds/:id/agree", "/gl/seconds/:id/refuse":
		return on("/gl/seconds/"+w.wanted(pointHere)+path[len("/gl/seconds/:id"):], why)
	case "/gl/staff/:id/end":
		page := "/gl/staff/" + w.employed(name, pointHere)
		if _, _, err := w.desk.SignIn(ctx, name, password, stafftest.Code(w.t, w.db, name), "192.0.2.7"); err != nil {
			w.t.Fatal(err)
		}
		return on(page+"/end", url.Values{"session": {w.as("co").openSession(page)}})
	case "/gl/staff/requests/:id/bind":
		return on("/gl/staff/requests/"+w.applied(name, pointHere)+"/bind", url.Values{"login": {name}, "role": {string(staff.Clerk)}, "point": {pointHere}})
	case "/gl/staff/requests/:id/refuse":
		return on("/gl/staff/requests/"+w.applied(name, pointHere)+"/refuse", why)
	}
	return w.caseHonest(path)
}

// caseHonest is how the pages of cases are used: a county declares, its city
// judges.
func (w *world) caseHonest(path string) (honest, bool) {
	w.t.Helper()
	plan := &attached{"p-site-plan", "plan.jpg", picture(w.t)}
	judge := func(who, opinion string) (honest, bool) {
		do := path[strings.LastIndex(path, "/"):]
		return honest{path: "/gl/approvals/" + w.declare(pointForm()) + do, browser: w.as(who),
			form: url.Values{"version": {"1"}, "opinion": {opinion}, "back": {""}}}, true
	}
	switch path {
	case "/gl/approvals/new":
		form := pointForm()
		form.Set("point", "")
		return honest{path, w.as("co"), form, plan}, true
	case "/gl/approvals/agree":
		return honest{path: path, browser: w.as("ci"), form: url.Values{"case": {w.declare(pointForm()) + ".1", w.declare(pointForm()) + ".1"}}}, true
	case "/gl/approvals/:id/agree":
		return judge("ci", "材料齐全")
	case "/gl/approvals/:id/refuse", "/gl/approvals/:id/return":
		return judge("ci", "平面图看不出等候区")
	case "/gl/approvals/:id/withdraw":
		return judge("co", "")
	case "/gl/approvals/:id/mend":
		id := w.declare(pointForm())
		w.done("ci", "return", id, "平面图看不出等候区")
		form := pointForm()
		form.Set("version", fmt.Sprint(w.caseOf(id).Version))
		form.Set("f-address", "桐梓坡路 8 号")
		return honest{"/gl/approvals/" + id + "/mend", w.as("co"), form, plan}, true
	case "/gl/approvals/delegations":
		w.hire("po")
		return honest{path: path, browser: w.as("ci"), form: url.Values{"account": {w.accountID("po")}, "until": {"2019-09-10"}, "reason": {"外出开会"}}}, true
	case "/gl/approvals/delegations/:id/end":
		return honest{path: "/gl/approvals/delegations/" + w.filed(pointHere).delegation + "/end", browser: w.as("co"), form: url.Values{}}, true
	}
	return honest{}, false
}

package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"zhunkao/hub/db"
	"zhunkao/hub/staff"
	"zhunkao/hub/staff/stafftest"
	"zhunkao/hub/web"
)

// TestPeopleOfTheRemit: the list is the remit's, by role, state and name; the
// file is the same list; terms go by POST.
func TestPeopleOfTheRemit(t *testing.T) {
	w := newWorld(t)
	w.employed("drinnen", pointHere)
	w.employed("draussen", pointThere)
	w.hire("cl")
	w.hire("te")
	co := w.as("co")
	_, page := co.get("/gl/staff")
	if !strings.Contains(page, "drinnen") || strings.Contains(page, "draussen") {
		t.Error("the list is not the remit's")
	}
	if _, page = co.get("/gl/staff?role=technician"); !strings.Contains(page, "某te") || strings.Contains(page, "drinnen") {
		t.Error("the role does not cut the list")
	}
	if _, page = co.get("/gl/staff?state=disabled"); strings.Contains(page, "drinnen") {
		t.Error("the state does not cut the list")
	}
	_, page = co.post("/gl/staff/search", url.Values{"term": {"DRINN"}}, "/gl/staff")
	if !strings.Contains(page, "drinnen") || strings.Contains(page, "某te") {
		t.Error("the term does not cut the list")
	}
	if _, page = co.post("/gl/staff/search", url.Values{"term": {"%"}}, "/gl/staff"); strings.Contains(page, "drinnen") {
		t.Error("a sign of the database's is taken for one")
	}
	if res, file := co.get("/gl/staff?as=csv"); res.StatusCode != http.StatusOK || !strings.Contains(file, "drinnen") || strings.Contains(file, "draussen") {
		t.Errorf("the file: %d", res.StatusCode)
	}
	if res, _ := co.get("/gl/staff?role=root"); res.StatusCode != http.StatusBadRequest {
		t.Errorf("a role that is none: %d", res.StatusCode)
	}
}

// TestSuperiors: acts on accounts are for those who answer for them, each with a
// reason, and work at once.
func TestSuperiors(t *testing.T) {
	w := newWorld(t)
	b := w.as("cl")
	co := w.as("co")
	id := w.idOf("cl")
	page := "/gl/staff/" + id
	if _, body := co.get(page); !strings.Contains(body, page+"/disable") || !strings.Contains(body, page+"/end") {
		t.Fatal("the county does not answer for its clerk")
	}
	if _, body := w.as("ci").get("/gl/staff/" + w.idOf("ci")); strings.Contains(body, "/disable\"") {
		t.Error("she answers for herself")
	}
	post := func(b *browser, act string, x url.Values) int {
		t.Helper()
		res, _ := b.post(page+act, x, page)
		return res.StatusCode
	}
	// A session that is not her own, ended by her superior.
	_, body := co.get(page)
	session := regexp.MustCompile(`name="session" value="([0-9a-f]+)"`).FindStringSubmatch(body)
	if session == nil {
		t.Fatal("no session is listed")
	}
	if got := post(co, "/end", url.Values{"session": {session[1]}}); got != http.StatusSeeOther {
		t.Errorf("end: %d", got)
	}
	if res, _ := b.get("/gl"); res.StatusCode != http.StatusSeeOther {
		t.Errorf("her session goes on: %d", res.StatusCode)
	}
	if res, _ := b.post("/gl/sign-in", w.signs("cl"), "/gl/sign-in"); res.StatusCode != http.StatusSeeOther {
		t.Fatal(res.StatusCode)
	}
	for what, x := range map[string]url.Values{
		"no reason":     {"role": {"clerk"}, "point": {pointHere}},
		"a role above":  {"role": {"city-operator"}, "reason": {"调动"}},
		"another point": {"role": {"clerk"}, "point": {pointThere}, "reason": {"调动"}},
	} {
		if got := post(co, "/move", x); got != http.StatusUnprocessableEntity && got != http.StatusForbidden {
			t.Errorf("move, %s: %d", what, got)
		}
	}
	if got := post(co, "/move", url.Values{"role": {"point-head"}, "point": {pointHere}, "reason": {"任命"}}); got != http.StatusSeeOther {
		t.Errorf("move: %d", got)
	}
	if _, body := co.get(page); !strings.Contains(textOf(body), "确认点负责人") {
		t.Error("she is not head of the point")
	}
	// Lost telephone: a slip, and the authenticator is off.
	res, file := co.post(page+"/reset", url.Values{"what": {"both"}, "days": {"3"}, "reason": {"手机丢失"}}, page)
	if res.StatusCode != http.StatusOK {
		t.Fatalf("reset: %d", res.StatusCode)
	}
	first := passwordsOf(t, file)
	if res, _ := b.post("/gl/sign-in", url.Values{"login": {"cl"}, "password": {first[0]}}, "/gl/sign-in"); res.Header.Get("Location") != "/gl/account/first" {
		t.Errorf("after the reset: %d to %q", res.StatusCode, res.Header.Get("Location"))
	}
	if got := post(co, "/disable", url.Values{"reason": {"离职"}}); got != http.StatusSeeOther {
		t.Errorf("disable: %d", got)
	}
	if res, _ := b.get("/gl/account/first"); !strings.HasPrefix(res.Header.Get("Location"), "/gl/sign-in") {
		t.Errorf("disabled, and still here: %d", res.StatusCode)
	}
	if got := post(co, "/reset", url.Values{"what": {"both"}, "days": {"3"}, "reason": {"手机丢失"}}); got != http.StatusUnprocessableEntity {
		t.Errorf("reset of a disabled account: %d", got)
	}
	if got := post(co, "/enable", url.Values{"reason": {"回来"}}); got != http.StatusSeeOther {
		t.Errorf("enable: %d", got)
	}
	acts := strings.Join(w.acts(id), "\n")
	for _, want := range []string{"staff.session-ended", "staff.changed role 任命", "staff.first-password  手机丢失", "staff.disabled  离职", "staff.changed enabled 回来"} {
		if !strings.Contains(strings.ReplaceAll(acts, "  ", " "), strings.ReplaceAll(want, "  ", " ")) {
			t.Errorf("the journal lacks %q:\n%s", want, acts)
		}
	}
	// Who does not answer for it: the same act is refused by what is below the page.
	po := w.idOf("po")
	if po == "" {
		t.Fatal("no operator of the province")
	}
	if res, _ := w.as("po").post("/gl/staff/"+w.idOf("pa")+"/disable", url.Values{"reason": {"试一试"}}, "/gl/staff"); res.StatusCode != http.StatusForbidden {
		t.Errorf("an operator disables the administrator: %d", res.StatusCode)
	}
}

// idOf is the id of an account, which is hired for it.
func (w *world) idOf(name string) string {
	w.t.Helper()
	w.hire(name)
	var id string
	if err := w.db.Read(w.t.Context(), func(tx *db.Tx) error {
		return tx.QueryRow(w.t.Context(), `SELECT id FROM account WHERE name = $1`, name).Scan(&id)
	}); err != nil {
		w.t.Fatal(err)
	}
	return id
}

// TestOwnAccount: password and authenticator are changed by whoever has both,
// her other sessions end, and the page says what she may do.
func TestOwnAccount(t *testing.T) {
	w := newWorld(t)
	b, other := w.as("co"), w.browser()
	if res, _ := other.post("/gl/sign-in", w.signs("co"), "/gl/sign-in"); res.StatusCode != http.StatusSeeOther {
		t.Fatal(res.StatusCode)
	}
	_, page := b.get("/gl/account")
	if text := textOf(page); !strings.Contains(text, "县级操作员") || !strings.Contains(text, "冻结终端") || strings.Contains(text, "放行终端") || strings.Count(page, `name="session"`) != 1 {
		t.Errorf("the page of her account: %s", text)
	}
	post := func(path string, x url.Values) (int, string) {
		t.Helper()
		res, body := b.post(path, x, "/gl/account")
		return res.StatusCode, body
	}
	const own = "橘子洲头 看万山红遍"
	for what, x := range map[string]url.Values{
		"old-error":   {"old": {"falsch-und-lang"}, "password": {own}, "again": {own}},
		"new-error":   {"old": {password}, "password": {"hunan2019"}, "again": {"hunan2019"}},
		"again-error": {"old": {password}, "password": {own}, "again": {own + "!"}},
	} {
		if got, body := post("/gl/account/password", x); got != http.StatusUnprocessableEntity || !strings.Contains(body, `id="`+what+`"`) {
			t.Errorf("%s: %d", what, got)
		}
	}
	if got, _ := post("/gl/account/password", url.Values{"old": {password}, "password": {own}, "again": {own}}); got != http.StatusSeeOther {
		t.Fatalf("change: %d", got)
	}
	if res, _ := other.get("/gl"); res.StatusCode != http.StatusSeeOther {
		t.Errorf("the other session goes on: %d", res.StatusCode)
	}
	if res, _ := b.get("/gl"); res.StatusCode != http.StatusOK {
		t.Errorf("she is out herself: %d", res.StatusCode)
	}
	if got, _ := post("/gl/account/authenticator", url.Values{"password": {own}, "code": {"000000"}}); got != http.StatusUnprocessableEntity {
		t.Errorf("a wrong code takes the authenticator off: %d", got)
	}
	if got, _ := post("/gl/account/authenticator", url.Values{"password": {own}, "code": {stafftest.Code(t, w.db, "co")}}); got != http.StatusSeeOther {
		t.Fatalf("authenticator: %d", got)
	}
	if res, _ := b.get("/gl"); res.Header.Get("Location") != "/gl/account/first" {
		t.Errorf("without an authenticator she is at %q", res.Header.Get("Location"))
	}
}

// TestRolesInTheTable: who may enter the pages of staff is who gives roles.
func TestRolesInTheTable(t *testing.T) {
	for _, r := range web.Table() {
		if !strings.HasPrefix(r.Path, "/gl/staff") {
			continue
		}
		for _, role := range r.Who {
			if slices.Contains([]staff.Role{staff.Clerk, staff.PointHead, staff.Technician}, role) {
				t.Errorf("%s %s is open to a %s", r.Method, r.Path, role)
			}
		}
		if fmt.Sprint(r.Remit) == "none" {
			t.Errorf("%s %s asks for no remit", r.Method, r.Path)
		}
	}
}

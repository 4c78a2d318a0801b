package web_test

import (
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/staff"
	"zhunkao/hub/staff/stafftest"
	"zhunkao/hub/web"
)

// employed is a clerk at a point who is nobody's browser here, and returns her id.
func (w *world) employed(name, point string) string {
	w.t.Helper()
	a, err := w.desk.Create(w.t.Context(), staff.NewAccount{Name: name, Display: "某" + name, Role: staff.Clerk, Office: w.office(w.t.Context(), point[:6]), Point: point,
		Password: password, Secret: stafftest.Secret}, flow.Operator().Author)
	if err != nil {
		w.t.Fatal(err)
	}
	return a.ID
}

// applied has somebody ask for an account at a point, and returns the id of the
// request.
func (w *world) applied(name, point string) string {
	w.t.Helper()
	err := w.desk.Apply(w.t.Context(), staff.Request{Division: point[:6], Point: point, Name: name, Display: "求" + name, Purpose: "采集岗"}, "0731-5550 0142", "192.0.2.77")
	if err != nil {
		w.t.Fatal(err)
	}
	var id string
	if err := w.db.Read(w.t.Context(), func(tx *db.Tx) error {
		return tx.QueryRow(w.t.Context(), `SELECT id FROM staff_request WHERE name = $1`, name).Scan(&id)
	}); err != nil {
		w.t.Fatal(err)
	}
	return id
}

// TestSecondFactor: without a code, with a wrong one, and with one that was used
// nobody comes in, and the answer is that to a wrong password (S3).
func TestSecondFactor(t *testing.T) {
	w := newWorld(t)
	w.hire("co")
	good := w.signs("co")
	if res, _ := w.browser().post("/gl/sign-in", good, "/gl/sign-in"); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("with all three: %d", res.StatusCode)
	}
	texts := map[string]bool{}
	fresh := stafftest.Code(t, w.db, "co")
	for what, change := range map[string]func(url.Values){
		"a wrong password": func(x url.Values) { x.Set("code", fresh); x.Set("password", "falsch-und-lang") },
		"no code":          func(x url.Values) { x.Del("code") },
		"a wrong code":     func(x url.Values) { x.Set("code", "000000") },
		"a code too long":  func(x url.Values) { x.Set("code", strings.Repeat("1", 1000)) },
		"another name":     func(x url.Values) { x.Set("login", "nobody") },
	} {
		x := url.Values{"login": good["login"], "password": good["password"], "code": {fresh}}
		change(x)
		res, body := w.browser().post("/gl/sign-in", x, "/gl/sign-in")
		if res.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s: %d", what, res.StatusCode)
		}
		texts[textOf(body)] = true
	}
	if len(texts) != 1 {
		t.Errorf("the refusals differ: %d texts", len(texts))
	}
	if res, _ := w.browser().post("/gl/sign-in", url.Values{"login": good["login"], "password": good["password"], "code": {fresh}}, "/gl/sign-in"); res.StatusCode == http.StatusSeeOther {
		// The wrong password did not use it up; now it is used.
		res, _ := w.browser().post("/gl/sign-in", url.Values{"login": good["login"], "password": good["password"], "code": {fresh}}, "/gl/sign-in")
		if res.StatusCode != http.StatusUnauthorized {
			t.Errorf("a code that was used: %d", res.StatusCode)
		}
	} else if res.StatusCode != http.StatusTooManyRequests {
		t.Errorf("a good code after refusals: %d", res.StatusCode)
	}
}

// TestSheIsNotLockedOut: whoever fails on her name, behind the very address she
// has, does not keep her out of her own browser (S2).
func TestSheIsNotLockedOut(t *testing.T) {
	w := newWorld(t)
	w.hire("co")
	hers := w.browser()
	if res, _ := hers.post("/gl/sign-in", w.signs("co"), "/gl/sign-in"); res.StatusCode != http.StatusSeeOther {
		t.Fatal(res.StatusCode)
	}
	if res, _ := hers.post("/gl/sign-out", nil, "/gl"); res.StatusCode != http.StatusSeeOther {
		t.Fatal(res.StatusCode)
	}
	slowed := false
	for range 12 {
		res, _ := w.browser().post("/gl/sign-in", url.Values{"login": {"co"}, "password": {"falsch-und-lang"}, "code": {"123456"}}, "/gl/sign-in")
		slowed = slowed || res.StatusCode == http.StatusTooManyRequests
	}
	if !slowed {
		t.Error("the guesser was not slowed")
	}
	if res, _ := hers.post("/gl/sign-in", w.signs("co"), "/gl/sign-in"); res.StatusCode != http.StatusSeeOther {
		t.Errorf("she at her own browser: %d", res.StatusCode)
	}
}

var slipPassword = regexp.MustCompile(`\b[A-HJKMNP-Z2-9]{4}-[A-HJKMNP-Z2-9]{4}-[A-HJKMNP-Z2-9]{2}\b`)

// passwordsOf reads the passwords off a PDF of slips, with a program nobody here
// wrote.
func passwordsOf(t *testing.T, pdf string) []string {
	t.Helper()
	path, err := exec.LookPath("pdftotext")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("pdftotext is not installed: apt-get install poppler-utils")
		}
		t.Skip("pdftotext is not installed: apt-get install poppler-utils")
	}
	file := filepath.Join(t.TempDir(), "slips.pdf")
	if err := os.WriteFile(file, []byte(pdf), 0o600); err != nil {
		t.Fatal(err)
	}
	text, err := exec.CommandContext(t.Context(), path, "-raw", file, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	return slipPassword.FindAllString(string(text), -1)
}

var (
	secretOf   = regexp.MustCompile(`id="secret">([A-Z2-7 ]+)<`)
	accountBox = regexp.MustCompile(`name="account" value="(s[0-9a-f]+)"`)
)

// TestFromAskingToTheFirstDay is the life of an account (A28, B7): a point asks,
// its county binds, a slip is printed, she sets a password of her own and enrols
// her authenticator, and can do nothing before.
func TestFromAskingToTheFirstDay(t *testing.T) {
	w := newWorld(t)
	const phone = "0731-5550 7788"
	b := w.browser()
	if _, page := b.get("/gl/apply?county=" + countyHere); !strings.Contains(page, "岳麓区第 1 报名确认点") || strings.Contains(page, "安仁县第 1") {
		t.Fatal("the points to choose from are not those of the county")
	}
	ask := url.Values{"county": {countyHere}, "point": {pointHere}, "login": {"Yuelu-01"}, "display": {"彭建国"}, "phone": {phone}, "purpose": {"第 1 确认点负责人"}}
	if res, body := b.post("/gl/apply", ask, "/gl/apply"); res.Header.Get("Location") != "/gl/apply?done=sent" {
		t.Fatalf("apply: %d %s", res.StatusCode, textOf(body))
	}
	for county, want := range map[string]bool{"co": true, "ci": true} {
		if _, page := w.as(county).get("/gl/staff"); strings.Contains(page, "彭建国") != want || strings.Contains(page, phone) != (county == "co") {
			t.Errorf("%s: the queue shows the request %v; the telephone is the county's alone", county, strings.Contains(page, "彭建国"))
		}
	}
	co := w.as("co")
	_, page := co.get("/gl/staff")
	request := regexp.MustCompile(`/gl/staff/requests/(q[0-9a-f]+)/bind`).FindStringSubmatch(page)
	if request == nil || !strings.Contains(page, `id="count-staff">1<`) {
		t.Fatal("no request to bind, or the menu does not count it")
	}
	bind := "/gl/staff/requests/" + request[1] + "/bind"
	for what, x := range map[string]url.Values{
		"a point of another county": {"login": {"yuelu-01"}, "role": {"point-head"}, "point": {pointThere}},
		"a role above":              {"login": {"yuelu-01"}, "role": {"city-operator"}, "point": {""}},
		"a name that is taken":      {"login": {"co"}, "role": {"point-head"}, "point": {pointHere}},
	} {
		if res, _ := co.post(bind, x, "/gl/staff"); res.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", what, res.StatusCode)
		}
	}
	if res, body := co.post(bind, url.Values{"login": {"yuelu-01"}, "role": {"point-head"}, "point": {pointHere}}, "/gl/staff"); res.Header.Get("Location") != "/gl/staff?done=bound" {
		t.Fatalf("bind: %d %s", res.StatusCode, textOf(body))
	}
	if res, _ := co.post(bind, url.Values{"login": {"yuelu-02"}, "role": {"clerk"}, "point": {pointHere}}, "/gl/staff"); res.StatusCode != http.StatusConflict {
		t.Errorf("bound twice: %d", res.StatusCode)
	}
	_, page = co.get("/gl/staff?state=waiting")
	account := accountBox.FindStringSubmatch(page)
	if account == nil {
		t.Fatal("the new account cannot be picked")
	}
	slip := func() string {
		t.Helper()
		res, body := co.post("/gl/staff/slips", url.Values{"account": {account[1]}, "days": {"7"}, "reason": {"开通账号"}}, "/gl/staff")
		if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "application/pdf" || res.Header.Get("Cache-Control") != "no-store" {
			t.Fatalf("slips: %d %s", res.StatusCode, res.Header.Get("Content-Type"))
		}
		all := passwordsOf(t, body)
		if len(all) != 1 {
			t.Fatalf("the slip has %d passwords", len(all))
		}
		return all[0]
	}
	void, first := slip(), slip()
	if void == first {
		t.Error("a second print has the same password")
	}
	if res, _ := w.browser().post("/gl/sign-in", url.Values{"login": {"yuelu-01"}, "password": {void}}, "/gl/sign-in"); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("the slip that was printed anew still opens: %d", res.StatusCode)
	}
	typed := strings.ToLower(strings.ReplaceAll(first, "-", ""))
	if res, _ := b.post("/gl/sign-in", url.Values{"login": {"yuelu-01"}, "password": {typed}, "next": {"/gl/confirmations"}}, "/gl/sign-in"); res.Header.Get("Location") != "/gl/account/first" {
		t.Fatalf("the first sign-in leads to %q (%d)", res.Header.Get("Location"), res.StatusCode)
	}
	w.onlyTheFirst(b)

	_, page = b.get("/gl/account/first")
	secret := secretOf.FindStringSubmatch(page)
	if secret == nil || !strings.Contains(page, `<svg class="qr"`) {
		t.Fatal("no secret to enrol")
	}
	code := func() string { return staff.Code(secret[1], time.Now()) }
	settle := func(password, again, code string) (*http.Response, string) {
		return b.post("/gl/account/first", url.Values{"password": {password}, "again": {again}, "code": {code}}, "/gl/account/first")
	}
	const own = "橘子洲头 看万山红遍"
	for what, x := range map[string][3]string{
		"an easy password": {"changsha2019", "changsha2019", code()}, "not alike": {own, own + "x", code()}, "no code": {own, own, ""},
		"a wrong code": {own, own, "000000"}, "the first password": {first, first, code()}, "her name": {"yuelu-01", "yuelu-01", code()},
	} {
		if res, _ := settle(x[0], x[1], x[2]); res.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", what, res.StatusCode)
		}
	}
	w.onlyTheFirst(b)
	before := b.cookie("zk_gl")
	if res, body := settle(own, own, code()); res.Header.Get("Location") != "/gl/account?done=first" {
		t.Fatalf("settled: %d %s", res.StatusCode, textOf(body))
	}
	if res, _ := b.get("/gl/confirmations"); res.StatusCode != http.StatusOK {
		t.Errorf("after: %d", res.StatusCode)
	}
	r := w.browser().request(http.MethodGet, "/gl", nil)
	r.AddCookie(before)
	if res, _ := w.browser().do(r); res.StatusCode != http.StatusSeeOther {
		t.Errorf("the session of the first password still opens: %d", res.StatusCode)
	}
	if res, _ := w.browser().post("/gl/sign-in", url.Values{"login": {"yuelu-01"}, "password": {first}, "code": {""}}, "/gl/sign-in"); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("the slip still opens: %d", res.StatusCode)
	}
	acts := strings.Join(w.acts(account[1]), "\n")
	for _, want := range []string{"staff.created", "staff.first-password", "staff.enrolled", "staff.changed password", "staff.signed-in"} {
		if !strings.Contains(acts, want) {
			t.Errorf("the journal lacks %s:\n%s", want, acts)
		}
	}
	w.sealedUp()
	_, journal := w.as("po").get("/gl/journal")
	for _, hidden := range []string{first, void, own, phone, "彭建国", strings.ReplaceAll(secret[1], " ", "")} {
		if strings.Contains(w.log.String(), hidden) || hidden != "彭建国" && strings.Contains(textOf(journal), hidden) {
			t.Errorf("log or journal holds %q", hidden)
		}
	}
}

// onlyTheFirst asks every page as somebody who is not ready: none but that where
// she gets ready answers.
func (w *world) onlyTheFirst(b *browser) {
	w.t.Helper()
	for _, r := range web.Table() {
		if r.Open || r.Path == "/gl/account/first" || r.Path == "/gl/sign-out" || r.Path == "/gl/live" || strings.HasPrefix(r.Path, "/api/") {
			continue
		}
		path := strings.NewReplacer(":id", pointHere).Replace(r.Path)
		var res *http.Response
		if r.Method == http.MethodGet {
			res, _ = b.get(path)
		} else {
			res, _ = b.post(path, url.Values{"reason": {"试一试"}}, "/gl/account/first")
		}
		if res.StatusCode == http.StatusBadRequest {
			continue // a form that may hold a file is looked at before anybody is
		}
		if r.Idle {
			if res.StatusCode != http.StatusForbidden {
				w.t.Errorf("%s %s: %d", r.Method, r.Path, res.StatusCode)
			}
		} else if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/gl/account/first" {
			w.t.Errorf("%s %s: %d to %q", r.Method, r.Path, res.StatusCode, res.Header.Get("Location"))
		}
	}
	if _, page := b.get("/gl/account/first"); strings.Contains(page, "/gl/confirmations") {
		w.t.Error("the menu is shown")
	}
}

func (b *browser) cookie(name string) *http.Cookie {
	b.w.t.Helper()
	u, err := url.Parse(b.w.server.URL)
	if err != nil {
		b.w.t.Fatal(err)
	}
	for _, c := range b.c.Jar.Cookies(u) {
		if c.Name == name {
			return c
		}
	}
	b.w.t.Fatalf("no cookie %s", name)
	return nil
}

// TestApplyRefuses: what is missing is said beside its field, what was typed
// stays, and who asks too often waits.
func TestApplyRefuses(t *testing.T) {
	w := newWorld(t)
	good := url.Values{"county": {countyHere}, "point": {pointHere}, "login": {"neu"}, "display": {"某甲"}, "phone": {"0731-55500142"}, "purpose": {"采集岗"}}
	for field, bad := range map[string]string{"point": pointThere, "login": "Tan Li", "display": "a\nb", "phone": "abc", "purpose": ""} {
		x := url.Values{}
		for k, v := range good {
			x[k] = v
		}
		x.Set(field, bad)
		res, body := w.browser().post("/gl/apply", x, "/gl/apply")
		if res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, `id="`+field+`-error"`) {
			t.Errorf("%s: %d", field, res.StatusCode)
		}
		if field != "display" && !strings.Contains(body, `value="某甲"`) {
			t.Errorf("%s: what was typed is gone", field)
		}
	}
	// A wanted name that somebody has is taken like any other: else the form
	// would tell who has an account.
	w.hire("co")
	good.Set("login", "co")
	statuses := map[int]int{}
	for range 10 {
		res, _ := w.browser().post("/gl/apply", good, "/gl/apply")
		statuses[res.StatusCode]++
	}
	if statuses[http.StatusSeeOther] == 0 || statuses[http.StatusSeeOther] > 5 || statuses[http.StatusTooManyRequests] == 0 {
		t.Errorf("ten requests from one source: %v", statuses)
	}
}

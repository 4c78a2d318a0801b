package portal_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"zhunkao/hub/applicant"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/password"
	"zhunkao/hub/web/portal/pages"
	"zhunkao/protocol/form"
	"zhunkao/protocol/identity"
)

const mobile = "13807315512"

// texts is where the codes of a world go.
type texts struct {
	mu   sync.Mutex // guards last
	last map[string]string
}

func (x *texts) code(t *testing.T, phone string) string {
	t.Helper()
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.last[phone] == "" {
		t.Fatal("no code went there")
	}
	return x.last[phone]
}

// telephones lets a world send codes.
func telephones(x *texts) option {
	x.last = map[string]string{}
	return func(_ *testing.T, w *world) {
		w.desk = applicant.New(applicant.Options{DB: w.db, Keys: w.keys, Now: w.now, Hasher: password.NewHasher(password.Cost{Memory: 64, Passes: 1, Lanes: 1}),
			SendCode: func(_ context.Context, tx *db.Tx, to identity.Phone, code string, _ time.Duration) error {
				tx.OnCommit(func() { x.mu.Lock(); defer x.mu.Unlock(); x.last[to.Reveal()] = code })
				return nil
			}})
		w.options.Accounts = w.desk
	}
}

// shown is a name as the account's page tells it.
var shown = regexp.MustCompile(`class="bigname">([a-z0-9]+)<`)

func TestSignUpByName(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	page := b.see("/ks/sign-up")
	for name, c := range map[string]struct {
		fields url.Values
		says   string
	}{
		"nothing":          {url.Values{}, "请填：设一个密码"},
		"two differ":       {url.Values{"login": {"lihua"}, "password": {passphrase}, "again": {"x"}}, "两遍不一样"},
		"a short one":      {url.Values{"login": {"lihua"}, "password": {"short"}, "again": {"short"}}, "至少用 8 个字"},
		"a birthday":       {url.Values{"login": {"lihua"}, "password": {"19900101"}, "again": {"19900101"}}, "生日"},
		"no name":          {url.Values{"login": {"1"}, "password": {passphrase}, "again": {passphrase}}, "11 位手机号"},
		"an ID number":     {url.Values{"login": {"430104199003071234"}, "password": {passphrase}, "again": {passphrase}}, "11 位手机号"},
		"half a telephone": {url.Values{"login": {"1380731"}, "password": {passphrase}, "again": {passphrase}}, "11 位手机号"},
	} {
		a := b.send(page, "/ks/sign-up", c.fields)
		if a.Status != http.StatusUnprocessableEntity || !a.says(c.says) || !strings.Contains(a.Page, `class="errors"`) {
			t.Errorf("%s: %d, %s", name, a.Status, a.text())
		}
		if typed := c.fields.Get("login"); typed != "" && !strings.Contains(a.Page, `value="`+typed+`"`) {
			t.Errorf("%s: what was typed is gone", name)
		}
		if pw := c.fields.Get("password"); pw != "" && strings.Contains(a.Page, pw) {
			t.Errorf("%s: the page repeats the password", name)
		}
	}
	a := b.send(page, "/ks/sign-up", url.Values{"login": {"lihua"}, "password": {passphrase}, "again": {passphrase}})
	if a.Status != http.StatusSeeOther || a.To != "/ks/account?done=made" || strings.Contains(a.To, "lihua") {
		t.Fatalf("%d → %q: %s", a.Status, a.To, a.text())
	}
	m := shown.FindStringSubmatch(b.see(a.To).Page)
	if m == nil || !strings.HasPrefix(m[1], "lihua") {
		t.Fatal("the page does not tell her name")
	}
	out := b.send(b.see("/ks/account"), "/ks/sign-out", nil)
	if out.Status != http.StatusSeeOther || out.Head.Get("Clear-Site-Data") != `"cache", "storage"` {
		t.Errorf("signed out: %d %q", out.Status, out.Head.Get("Clear-Site-Data"))
	}
	if a := b.get("/ks/account"); a.Status != http.StatusSeeOther {
		t.Errorf("after signing out: %d", a.Status)
	}
	a = b.send(b.see("/ks/sign-in?next=%2Fks%2Faccount"), "/ks/sign-in", url.Values{"login": {strings.ToUpper(m[1])}, "password": {passphrase}, "shared": {"yes"}})
	if a.To != "/ks/account" {
		t.Errorf("sent to %q: %s", a.To, a.text())
	}
	if a := b.see("/ks/account"); !a.says("5 分钟") {
		t.Error("the page of a public computer does not say that it is one")
	}
	if a := b.get("/ks/sign-in"); a.To != "/ks/status" {
		t.Errorf("signed in already: %q", a.To)
	}
}

// TestSignInTellsNothing (S2): the answer to a wrong password and to an unknown
// name differ in nothing but what was typed.
func TestSignInTellsNothing(t *testing.T) {
	w := newWorld(t)
	_, _, err := w.desk.SignUp(t.Context(), applicant.SignUp{Name: "lihua", Password: passphrase}, "192.0.2.1")
	if err != nil {
		t.Fatal(err)
	}
	w.write(func(tx *db.Tx) error {
		v, err := password.NewHasher(password.Cost{Memory: 64, Passes: 1, Lanes: 1}).Hash(t.Context(), passphrase)
		if err != nil {
			return err
		}
		_, err = w.desk.Add(t.Context(), tx, applicant.NewAccount{Login: "zhang0001", Verifier: v})
		return err
	})
	token := regexp.MustCompile(`name="token" value="[^"]*"`)
	answers := map[string]string{}
	for _, login := range []string{"zhang0001", "zhang0002", mobile} {
		b := w.browser()
		a := b.send(b.see("/ks/sign-in"), "/ks/sign-in", url.Values{"login": {login}, "password": {"a wrong one, surely"}})
		if a.Status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", login, a.Status)
		}
		answers[login] = strings.ReplaceAll(token.ReplaceAllString(a.Page, ""), login, "")
	}
	if answers["zhang0001"] != answers["zhang0002"] || answers["zhang0001"] != answers[mobile] {
		t.Error("the pages differ")
	}
	b := w.browser()
	page := b.see("/ks/sign-in")
	for range 6 {
		page = b.send(page, "/ks/sign-in", url.Values{"login": {"zhang0002"}, "password": {"a wrong one, surely"}})
	}
	if !page.says("请等 30 秒") && !page.says("请等 29 秒") {
		t.Errorf("nothing slows: %s", page.text())
	}
	if strings.Contains(w.log.String(), "zhang000") {
		t.Error("the log names a login")
	}
}

func TestSignUpAndRecoverByTelephone(t *testing.T) {
	var x texts
	w := newWorld(t, telephones(&x))
	b := w.browser()
	if a := b.get("/ks/sign-up/code"); a.To != "/ks/sign-up" {
		t.Errorf("a code that nobody waits for: %d %q", a.Status, a.To)
	}
	a := b.send(b.see("/ks/sign-up"), "/ks/sign-up", url.Values{"login": {"138 0731 5512"}, "password": {passphrase}, "again": {passphrase}})
	if a.To != "/ks/sign-up/code" {
		t.Fatalf("%d %q: %s", a.Status, a.To, a.text())
	}
	page := b.see(a.To)
	if !page.says("138******12") || strings.Contains(page.Page, mobile) {
		t.Errorf("where the code went: %s", page.text())
	}
	if a := b.send(page, "/ks/sign-up/code", url.Values{"code": {"00000x"}}); a.Status != http.StatusUnprocessableEntity || !a.says("验证码不对") || !a.says("138******12") {
		t.Errorf("a wrong code: %d %s", a.Status, a.text())
	}
	if a := b.send(page, "/ks/sign-up/code", url.Values{"code": {x.code(t, mobile)}}); a.To != "/ks/account?done=made" {
		t.Fatalf("the code: %d %q %s", a.Status, a.To, a.text())
	}

	// Known and unknown numbers are answered alike.
	answers := map[string]answer{}
	for _, phone := range []string{mobile, "13900000001"} {
		c := w.browser()
		a := c.send(c.see("/ks/recover"), "/ks/recover", url.Values{"phone": {phone}})
		if a.Status != http.StatusSeeOther || a.To != "/ks/recover/code" {
			t.Errorf("%d %q", a.Status, a.To)
		}
		answers[phone] = c.see(a.To)
	}
	alike := func(a answer) string {
		return regexp.MustCompile(`1(38|39)\*+\d{2}`).ReplaceAllString(a.text(), "")
	}
	if alike(answers[mobile]) != alike(answers["13900000001"]) {
		t.Error("the pages differ")
	}
	if x.last["13900000001"] != "" {
		t.Error("a text message went to nobody's number")
	}

	c := w.browser()
	c.send(c.see("/ks/recover"), "/ks/recover", url.Values{"phone": {mobile}})
	page = c.see("/ks/recover/code")
	again := "another sentence of mine"
	if a := c.send(page, "/ks/recover/code", url.Values{"code": {x.code(t, mobile)}, "password": {again}, "again": {"x"}}); !a.says("两遍不一样") {
		t.Errorf("two that differ: %s", a.text())
	}
	if a := c.send(page, "/ks/recover/code", url.Values{"code": {x.code(t, mobile)}, "password": {again}, "again": {again}}); a.To != "/ks/sign-in?done=recovered" {
		t.Fatalf("recovered: %d %q %s", a.Status, a.To, a.text())
	}
	if a := c.see("/ks/sign-in?done=recovered"); !a.says("密码换好了") {
		t.Error("it is not said")
	}
	if a := b.get("/ks/account"); a.Status != http.StatusSeeOther {
		t.Errorf("the other session goes on: %d", a.Status)
	}
	if a := c.send(c.see("/ks/sign-in"), "/ks/sign-in", url.Values{"login": {mobile}, "password": {again}}); a.To != "/ks/status" {
		t.Errorf("with the new password: %d %q", a.Status, a.To)
	}
}

func TestAccountPage(t *testing.T) {
	var x texts
	w := newWorld(t, telephones(&x))
	b := w.browser()
	a := b.send(b.see("/ks/sign-up"), "/ks/sign-up", url.Values{"login": {"lihua"}, "password": {passphrase}, "again": {passphrase}})
	login := shown.FindStringSubmatch(b.see(a.To).Page)[1]
	other := w.browser()
	other.send(other.see("/ks/sign-in"), "/ks/sign-in", url.Values{"login": {login}, "password": {passphrase}})
	if a := b.see("/ks/account"); !a.says("别处还登录着 1 处") {
		t.Errorf("another session: %s", a.text())
	}
	if a := b.send(b.see("/ks/account"), "/ks/account/others", nil); a.To != "/ks/account?done=others" {
		t.Errorf("%d %q", a.Status, a.To)
	}
	if a := other.get("/ks/account"); a.Status != http.StatusSeeOther {
		t.Errorf("the other session: %d", a.Status)
	}

	if a := b.send(b.see("/ks/account/phone"), "/ks/account/phone", url.Values{"phone": {mobile}, "old": {"wrong, surely"}}); !a.says("不是") && !a.says("密码不对") {
		t.Errorf("without the password: %s", a.text())
	}
	if a := b.send(b.see("/ks/account/phone"), "/ks/account/phone", url.Values{"phone": {mobile}, "old": {passphrase}}); a.To != "/ks/account/phone/code" {
		t.Fatalf("%d %q %s", a.Status, a.To, a.text())
	}
	if a := b.send(b.see("/ks/account/phone/code"), "/ks/account/phone/code", url.Values{"code": {x.code(t, mobile)}}); a.To != "/ks/account?done=phone" {
		t.Fatalf("%d %q", a.Status, a.To)
	}
	if a := b.see("/ks/account?done=phone"); !a.says("手机号换好了") || !a.says("138******12") || strings.Contains(a.Page, mobile) {
		t.Errorf("her page: %s", a.text())
	}

	pw := "another sentence of mine"
	if a := b.send(b.see("/ks/account/password"), "/ks/account/password", url.Values{"old": {passphrase}, "password": {passphrase}, "again": {passphrase}}); !a.says("和原来的") {
		t.Errorf("the same again: %s", a.text())
	}
	if a := b.send(b.see("/ks/account/password"), "/ks/account/password", url.Values{"old": {passphrase}, "password": {pw}, "again": {pw}}); a.To != "/ks/account?done=password" {
		t.Fatalf("%d %q %s", a.Status, a.To, a.text())
	}
	if a := b.see("/ks/account?done=password"); !a.says("密码换好了") {
		t.Error("it is not said")
	}
	if a := b.see("/ks/account?done=no-such-word"); a.Status != http.StatusOK {
		t.Error("a made-up word")
	}
	if a := other.send(other.see("/ks/sign-in"), "/ks/sign-in", url.Values{"login": {mobile}, "password": {pw}}); a.To != "/ks/status" {
		t.Errorf("by telephone: %d %q", a.Status, a.To)
	}
}

// TestCardDoor: with a sign-in card, first her own passwords, then the portal;
// and what is saved asks for the second.
func TestCardDoor(t *testing.T) {
	w := newWorld(t, gaokao)
	app := w.people[0].Application
	app.Version = 1
	p, err := w.desk.DrawCard(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var card flow.Card
	w.write(func(tx *db.Tx) error {
		if err := w.flow.Register(t.Context(), tx, app, "batch", flow.Operator()); err != nil {
			return err
		}
		var err error
		card, err = w.flow.MakeCard(t.Context(), tx, w.desk, app.ID, p, "", flow.Operator())
		return err
	})
	b := w.browser()
	if a := b.get("/ks/sign-up"); a.To != "/ks/card" {
		t.Errorf("signing up: %d %q", a.Status, a.To)
	}
	if a := b.send(b.see("/ks/card"), "/ks/card", url.Values{"sequence": {card.Sequence}, "password": {"ABCD-EFGH"}}); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("a wrong password: %d", a.Status)
	}
	a := b.send(b.see("/ks/card"), "/ks/card", url.Values{"sequence": {card.Sequence}, "password": {strings.ToLower(card.Password)}})
	if a.To != "/ks/account/first" {
		t.Fatalf("%d %q %s", a.Status, a.To, a.text())
	}
	for _, path := range []string{"/ks/account", "/ks/status", "/ks/messages"} {
		if a := b.get(path); a.To != "/ks/account/first" {
			t.Errorf("%s before she has a password of her own: %d %q", path, a.Status, a.To)
		}
	}
	page := b.see("/ks/account/first")
	pw, second := passphrase, "a second sentence of hers"
	for name, fields := range map[string]url.Values{
		"no second":  {"password": {pw}, "again": {pw}},
		"both alike": {"password": {pw}, "again": {pw}, "second": {pw}, "second-again": {pw}},
		"the card's": {"password": {card.Password}, "again": {card.Password}, "second": {second}, "second-again": {second}},
	} {
		if a := b.send(page, "/ks/account/first", fields); a.Status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %q", name, a.Status, a.To)
		}
	}
	if a := b.send(page, "/ks/account/first", url.Values{"password": {pw}, "again": {pw}, "second": {second}, "second-again": {second}}); a.To != "/ks/status" {
		t.Fatalf("%d %q %s", a.Status, a.To, a.text())
	}
	if a := b.see("/ks/account"); !a.says("用报名顺序号登录") || !a.says("第二密码") {
		t.Errorf("her account: %s", a.text())
	}
	if a := b.send(b.see("/ks/account/second"), "/ks/account/second", url.Values{"old": {pw}, "second": {"a third sentence"}, "second-again": {"a third sentence"}}); !a.says("第二密码不对") {
		t.Errorf("the second by the first: %s", a.text())
	}
	if a := b.send(b.see("/ks/account/second"), "/ks/account/second", url.Values{"old": {second}, "second": {"a third sentence"}, "second-again": {"a third sentence"}}); a.To != "/ks/account?done=second" {
		t.Errorf("the second by the second: %d %s", a.Status, a.text())
	}
}

// TestSlipAtThePoint: who has lost password and telephone comes in with what
// staff print.
func TestSlipAtThePoint(t *testing.T) {
	w := newWorld(t)
	app := w.people[0].Application
	app.Version = 1
	p, err := w.desk.DrawSlip(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var slip flow.Slip
	w.write(func(tx *db.Tx) error {
		if err := w.flow.Register(t.Context(), tx, app, "batch", flow.Operator()); err != nil {
			return err
		}
		if _, err := w.flow.MakeSlip(t.Context(), tx, w.desk, app.ID, p, "", flow.Operator()); err != flow.ErrReason {
			t.Errorf("without a reason: %v", err)
		}
		var err error
		slip, err = w.flow.MakeSlip(t.Context(), tx, w.desk, app.ID, p, "核对过身份证", flow.Operator())
		return err
	})
	if strings.Contains(slip.Login, app.Get(form.DocumentNumber)) || slip.Number != 1 {
		t.Errorf("the slip: %q %d", slip.Login, slip.Number)
	}
	b := w.browser()
	if a := b.send(b.see("/ks/sign-in"), "/ks/sign-in", url.Values{"login": {slip.Login}, "password": {slip.Password}}); a.To != "/ks/account/first" {
		t.Fatalf("%d %q %s", a.Status, a.To, a.text())
	}
	if a := b.send(b.see("/ks/account/first"), "/ks/account/first", url.Values{"password": {passphrase}, "again": {passphrase}}); a.To != "/ks/status" {
		t.Fatalf("%d %q %s", a.Status, a.To, a.text())
	}
	if a := b.see("/ks/account"); !a.says(slip.Login) {
		t.Errorf("her account: %s", a.text())
	}
}

func TestDemoAccountsAreShownInTheDemonstrationOnly(t *testing.T) {
	if a := newWorld(t, demo).browser().see("/ks/sign-in"); !a.says("演示账号") || !a.says("kaosheng") {
		t.Errorf("in a demonstration: %s", a.text())
	}
	w := newWorld(t, func(_ *testing.T, w *world) {
		w.options.DemoAccounts = []pages.Account{{Login: "kaosheng", Password: passphrase, Who: "演示考生"}}
	})
	if a := w.browser().see("/ks/sign-in"); a.says("演示账号") || a.says("kaosheng") {
		t.Errorf("in a hub of real people: %s", a.text())
	}
}

// TestSecondPasswordIsAsked: what is saved in a campaign with second passwords
// waits for hers, and what she typed waits with it.
func TestSecondPasswordIsAsked(t *testing.T) {
	w := newWorld(t, gaokao)
	second := "a second sentence of hers"
	hasher := password.NewHasher(password.Cost{Memory: 64, Passes: 1, Lanes: 1})
	w.write(func(tx *db.Tx) error {
		var made [2]string
		for i, pw := range []string{passphrase, second} {
			var err error
			if made[i], err = hasher.Hash(t.Context(), pw); err != nil {
				return err
			}
		}
		_, err := w.desk.Add(t.Context(), tx, applicant.NewAccount{Login: "zhang0001", Verifier: made[0], Second: made[1]})
		return err
	})
	b := w.browser()
	if a := b.send(b.see("/ks/sign-in"), "/ks/sign-in", url.Values{"login": {"zhang0001"}, "password": {passphrase}}); a.To != "/ks/status" {
		t.Fatalf("%d %q", a.Status, a.To)
	}
	token := regexp.MustCompile(`name="token" value="([^"]*)"`).FindStringSubmatch(b.see("/ks/account").Page)[1]
	a := b.post("/ks/review", url.Values{"token": {token}, "revision": {"7"}, "odd": {"a", "b <c>"}})
	if a.Status != http.StatusOK || !a.says("请输第二密码") {
		t.Fatalf("it is not asked for: %d %s", a.Status, a.text())
	}
	for _, kept := range []string{`name="revision" value="7"`, `name="odd" value="a"`, `name="odd" value="b &lt;c&gt;"`} {
		if !strings.Contains(a.Page, kept) {
			t.Errorf("%s is lost", kept)
		}
	}
	for _, wrong := range []string{passphrase, "something else altogether"} {
		if again := b.send(a, "/ks/review", url.Values{"second": {wrong}}); again.Status != http.StatusUnprocessableEntity || !again.says("第二密码不对") || !strings.Contains(again.Page, `name="revision" value="7"`) {
			t.Errorf("a wrong one: %d %s", again.Status, again.text())
		}
	}
	if through := b.send(a, "/ks/review", url.Values{"second": {second}}); through.says("第二密码") {
		t.Errorf("the right one: %d %s", through.Status, through.text())
	}
	if strings.Contains(w.log.String(), second) {
		t.Error("the log holds the password")
	}
}

// TestIdle: a page knows when its session ends; to look at that does not keep
// the session, to say "I am here" does (S6, WCAG 2.2.1).
func TestIdle(t *testing.T) {
	at := time.Now()
	w := newWorld(t, func(_ *testing.T, w *world) {
		w.desk = applicant.New(applicant.Options{DB: w.db, Keys: w.keys, Now: w.now, Real: func() time.Time { return at },
			Hasher: password.NewHasher(password.Cost{Memory: 64, Passes: 1, Lanes: 1})})
		w.options.Accounts = w.desk
	})
	b := w.browser()
	if a := b.get("/ks/left"); a.Status != http.StatusUnauthorized {
		t.Errorf("not signed in: %d", a.Status)
	}
	if a := b.send(b.see("/ks/sign-up"), "/ks/sign-up", url.Values{"login": {"lihua"}, "password": {passphrase}, "again": {passphrase}, "shared": {"yes"}}); a.Status != http.StatusSeeOther {
		t.Fatal(a.Status)
	}
	page := b.see("/ks/account")
	if !strings.Contains(page.Page, `data-left="29`) && !strings.Contains(page.Page, `data-left="300"`) || !strings.Contains(page.Page, `http-equiv="refresh"`) {
		t.Error("the page does not know when it ends")
	}
	at = at.Add(3 * time.Minute)
	if a := b.see("/ks/left"); a.Page == "" {
		t.Error("nothing is said")
	}
	at = at.Add(3 * time.Minute)
	if a := b.get("/ks/left"); a.Status != http.StatusUnauthorized {
		t.Errorf("looking kept the session: %d", a.Status)
	}
	c := w.browser()
	c.send(c.see("/ks/sign-up"), "/ks/sign-up", url.Values{"login": {"lihua"}, "password": {passphrase}, "again": {passphrase}, "shared": {"yes"}})
	for range 3 {
		at = at.Add(3 * time.Minute)
		c.see("/ks/here")
	}
	if a := c.get("/ks/left"); a.Status != http.StatusOK {
		t.Errorf("she is there: %d", a.Status)
	}
	if a := c.see("/ks/here"); a.Head.Get("Cache-Control") != "no-store" {
		t.Error("it may be kept")
	}
}

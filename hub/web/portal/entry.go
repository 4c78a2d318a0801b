package portal

import (
	"context"
	"crypto/rand"
	"errors"
	"math"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/applicant"
	"zhunkao/hub/db"
	"zhunkao/hub/password"
	"zhunkao/hub/web/guard"
	"zhunkao/hub/web/portal/pages"
)

// Cookies of coming in.
const (
	cookieCode = "zk_ks_code" // what waits for a code: opens nothing without it
	cookieDesk = "zk_ks_desk" // mark of an earlier sign-in: whoever bears it is not held up by others; opens nothing
)

// deskKept is how long a browser keeps its mark, in seconds; on a computer that
// others use it gets none.
const deskKept = 90 * 24 * 3600

// maxTyped bounds what one field of these forms may hold, in bytes.
const maxTyped = 512

// entry is one such form as it came in: what is shown again, and what is wrong.
type entry struct {
	s    *server
	v    *visit
	page pages.Entry
}

func (s *server) entry(v *visit, page pages.Entry) *entry { return &entry{s, v, page} }

// wrong notes a fault of a field, in words. What is missing is called by its name
// where all faults stand together.
func (t *entry) wrong(field, key string, args ...any) {
	text := t.s.pages.Text(t.v.lang, key, args...)
	said := text
	for i := range t.page.Inputs {
		in := &t.page.Inputs[i]
		if in.Name != field {
			continue
		}
		if key == "entry.need" {
			said = t.s.pages.Text(t.v.lang, "entry.need.of", t.s.pages.Text(t.v.lang, in.Label))
		}
		if in.Error == "" {
			in.Error = text
		}
	}
	t.page.Faults = append(t.page.Faults, pages.Fault{Field: field, Text: said})
}

// failed turns what the desk says into a fault of a field; false when it is not
// the person's doing.
func (t *entry) failed(field string, err error, known map[error]string) bool {
	var slow applicant.SlowError
	var bad password.Error
	switch {
	case errors.As(err, &slow):
		t.wrong(field, "sign-in.slow", t.s.inWait(t.v.lang, slow.Wait))
		return true
	case errors.As(err, &bad):
		t.wrong("password", bad.Code)
		return true
	}
	for e, key := range known {
		if errors.Is(err, e) {
			t.wrong(field, key)
			return true
		}
	}
	return false
}

// inWait says how long to wait.
func (s *server) inWait(l pages.Lang, wait time.Duration) string {
	if wait < 100*time.Second {
		return s.pages.Text(l, "sign-in.slow.seconds", int(math.Ceil(wait.Seconds())))
	}
	return s.pages.Text(l, "sign-in.slow.minutes", int(math.Ceil(wait.Minutes())))
}

// take reads a field; whatever is not a password stands in the form again.
func (t *entry) take(c *gin.Context, field string) string {
	value := c.PostForm(field)
	if len(value) > maxTyped {
		value = ""
	}
	for i := range t.page.Inputs {
		in := &t.page.Inputs[i]
		if in.Name != field {
			continue
		}
		if in.Type() != "password" {
			in.Value = value
		}
		if value == "" {
			t.wrong(field, "entry.need")
		}
	}
	return value
}

// fresh reads a new password that is typed twice. The rules are asked later.
func (t *entry) fresh(c *gin.Context, field, again string) string {
	pw := t.take(c, field)
	if second := c.PostForm(again); pw != "" && second != pw {
		t.wrong(again, "entry.unlike")
	}
	return pw
}

func (t *entry) ok() bool { return len(t.page.Faults) == 0 }

// show draws the form, as it stands.
func (t *entry) show(c *gin.Context) {
	status := http.StatusOK
	if !t.ok() {
		status = http.StatusUnprocessableEntity
	}
	t.s.show(c, t.v, status, "entry", t.page)
}

// answer shows the form again with what was wrong, or the page of faults.
func (t *entry) answer(c *gin.Context, field string, err error, known map[error]string) {
	if !t.failed(field, err, known) {
		t.s.fault(c, t.v, err)
		return
	}
	t.show(c)
}

// byCard reports whether the campaign's candidates come in with a card, and
// which campaign that is.
func (s *server) byCard(c *gin.Context) (campaign string, card, second bool, err error) {
	err = s.DB.Read(c.Request.Context(), func(tx *db.Tx) error {
		m, err := s.mine(c.Request.Context(), tx, &visit{})
		if err == nil {
			campaign, card, second = m.camp.ID, m.camp.Portal.ByCard(), m.camp.Portal.SecondPassword
		}
		return err
	})
	return campaign, card, second, err
}

// come sends somebody who has just come in where she wanted to go.
func (s *server) come(c *gin.Context, token string, session applicant.Session, next string) {
	s.cookies.Set(c, cookieSession, token, 0)
	guard.Vouch(c.Request.Context(), token, session.Account.ID)
	switch next = local(next); {
	case session.Account.MustChange:
		next = "/ks/account/first"
	case next == "":
		next = "/ks/status"
	}
	c.Redirect(http.StatusSeeOther, next)
}

// mark gives a browser that is hers the mark by which others cannot hold it up.
func (s *server) mark(c *gin.Context, shared bool) string {
	desk := s.cookies.Read(c, cookieDesk)
	if desk == "" && !shared {
		desk = rand.Text()
	}
	return desk
}

func (s *server) signIn(c *gin.Context, v *visit) {
	if v.session != nil {
		s.back(c, "/ks/status")
		return
	}
	v.notice = s.justDone(c, "sign-in")
	t, ok := s.signInForm(c, v)
	if !ok {
		return
	}
	t.page.Next = local(c.Query("next"))
	t.page.Shown = s.shown()
	t.show(c)
}

// signInForm is the form, with the other way in that the campaign has; false
// when a fault has been answered.
func (s *server) signInForm(c *gin.Context, v *visit) (*entry, bool) {
	_, card, _, err := s.byCard(c)
	if err != nil {
		s.fault(c, v, err)
		return nil, false
	}
	other := pages.Way{Path: "/ks/sign-up", Phrase: "sign-in.none"}
	if card {
		other = pages.Way{Path: "/ks/card", Phrase: "sign-in.card"}
	}
	return s.entry(v, pages.Entry{Title: "sign-in.title", Action: "/ks/sign-in", Tick: true, Go: "sign-in.go",
		Inputs: []pages.Input{{Name: "login", Label: "entry.login", Kind: "name", Max: 64}, {Name: "password", Label: "entry.password", Kind: "password", Max: password.MaxLength, Way: &pages.Way{Path: "/ks/recover", Phrase: "sign-in.forgot"}}},
		Ways:   []pages.Way{other},
		Asides: []pages.Aside{{Class: "wait", Icon: "lock", Title: "aside.secret"}, {Title: "aside.crowd"}}}), true
}

// shown are the sign-ins of the demonstration, and of nothing else.
func (s *server) shown() []pages.Account {
	if !s.DB.Demo() {
		return nil
	}
	return s.DemoAccounts
}

func (s *server) postSignIn(c *gin.Context, v *visit) {
	t, ok := s.signInForm(c, v)
	if !ok {
		return
	}
	t.page.Next, t.page.Ticked, t.page.Shown = local(c.PostForm("next")), c.PostForm("shared") == "yes", s.shown()
	s.enterWith(c, t, applicant.Attempt{Login: t.take(c, "login"), Password: t.take(c, "password"), Shared: t.page.Ticked}, "login", "sign-in.refused")
}

// enterWith tries to sign in with what was typed.
func (s *server) enterWith(c *gin.Context, t *entry, a applicant.Attempt, field, refused string) {
	if !t.ok() {
		t.show(c)
		return
	}
	a.Source, a.Desk = t.v.source, s.mark(c, a.Shared)
	token, session, err := s.Accounts.Enter(c.Request.Context(), a)
	if err != nil {
		t.answer(c, field, err, map[error]string{applicant.ErrRefused: refused})
		return
	}
	if !a.Shared {
		s.cookies.Set(c, cookieDesk, a.Desk, deskKept)
	}
	s.come(c, token, session, t.page.Next)
}

func (s *server) card(c *gin.Context, v *visit) {
	if v.session != nil {
		s.back(c, "/ks/status")
		return
	}
	t := s.cardForm(v)
	t.page.Next, t.page.Shown = local(c.Query("next")), s.shown()
	t.show(c)
}

func (s *server) cardForm(v *visit) *entry {
	return s.entry(v, pages.Entry{Title: "card.title", Action: "/ks/card", Tick: true, Go: "sign-in.go",
		Inputs: []pages.Input{{Name: "sequence", Label: "card.sequence", Kind: "code", Auto: "username", Max: 32}, {Name: "password", Label: "card.password", Kind: "password", Max: password.MaxLength}},
		Ways:   []pages.Way{{Path: "/ks/sign-in", Phrase: "card.account"}},
		Asides: []pages.Aside{{Class: "wait", Icon: "lock", Title: "aside.card"}, {Title: "aside.lost"}}})
}

func (s *server) postCard(c *gin.Context, v *visit) {
	t := s.cardForm(v)
	t.page.Next, t.page.Ticked = local(c.PostForm("next")), c.PostForm("shared") == "yes"
	campaign, card, _, err := s.byCard(c)
	if err != nil {
		s.fault(c, v, err)
		return
	}
	a := applicant.Attempt{Campaign: campaign, Login: t.take(c, "sequence"), Password: t.take(c, "password"), Shared: t.page.Ticked}
	if !card {
		t.wrong("sequence", "card.none")
	}
	s.enterWith(c, t, a, "sequence", "sign-in.refused")
}

// signOut ends the session at the hub and takes from the browser what it holds
// of her. Cookies are named one by one: the offices' entrance has its own.
func (s *server) signOut(c *gin.Context, v *visit) {
	if err := s.Accounts.SignOut(c.Request.Context(), v.token); err != nil {
		s.fault(c, v, err)
		return
	}
	c.Header("Clear-Site-Data", `"cache", "storage"`)
	s.cookies.Set(c, cookieSession, "", 0)
	s.cookies.Set(c, cookieCode, "", 0)
	c.Redirect(http.StatusSeeOther, "/ks/sign-in?done=out")
}

// justDone is what an act has just done, by the word in the address.
func (s *server) justDone(c *gin.Context, page string) *pages.Notice {
	key := page + ".done." + c.Query("done")
	if len(key) > 64 || !s.pages.Has(key) {
		return nil
	}
	return &pages.Notice{Class: "done", Key: key}
}

// secondGiven asks for the second password where the campaign has one, before
// something of hers is saved. What she typed is kept in the page that asks.
func (s *server) secondGiven(c *gin.Context, v *visit) bool {
	_, _, wanted, err := s.byCard(c)
	if err != nil {
		s.fault(c, v, err)
		return false
	}
	if !wanted {
		return true
	}
	given := c.PostForm("second")
	t := s.entry(v, pages.Entry{Title: "second.asked", Action: c.Request.URL.RequestURI(), Go: "second.save",
		Inputs: []pages.Input{{Name: "second", Label: "entry.second", Kind: "password", Auto: "off", Max: password.MaxLength}},
		Ways:   []pages.Way{{Path: "/ks/account/second", Phrase: "second.forgot"}}})
	for name, values := range c.Request.PostForm {
		if name == "second" || name == "token" {
			continue
		}
		for _, value := range values {
			t.page.Kept = append(t.page.Kept, pages.Kept{Name: name, Value: value})
		}
	}
	if given == "" {
		t.show(c)
		return false
	}
	err = s.Accounts.SecondPassword(c.Request.Context(), v.session.Account.ID, given)
	if err != nil {
		t.answer(c, "second", err, map[error]string{applicant.ErrSecond: "second.wrong"})
		return false
	}
	c.Request.PostForm.Del("second")
	return true
}

// accountOf reads the account of whoever is signed in anew: the session holds
// what it was when the request began.
func (s *server) accountOf(ctx context.Context, tx *db.Tx, v *visit) (applicant.Account, error) {
	return s.Accounts.Get(ctx, tx, v.session.Account.ID)
}

package portal

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/applicant"
	"zhunkao/hub/db"
	"zhunkao/hub/password"
	"zhunkao/hub/web/portal/pages"
)

// account shows how she signs in, and where.
func (s *server) account(c *gin.Context, v *visit) {
	v.notice = s.justDone(c, "account")
	s.view(c, v, http.StatusOK, "account", func(ctx context.Context, tx *db.Tx, m *mine) (any, error) {
		a, err := s.accountOf(ctx, tx, v)
		if err != nil {
			return nil, err
		}
		out := pages.Mine{Login: a.Login, PasswordAt: time.UnixMilli(a.PasswordAt), Card: v.session.Card, Second: m.camp.Portal.SecondPassword,
			SecondSet: a.SecondSet, Shared: v.session.Shared, Fresh: c.Query("done") == "made"}
		if a.Phone != "" {
			out.Phone = a.Phone.String()
		}
		out.Others, err = s.Accounts.Others(ctx, tx, a.ID, v.token)
		return out, err
	})
}

func (s *server) firstForm(v *visit, second bool) *entry {
	page := pages.Entry{Title: "first.title", Action: "/ks/account/first", Go: "first.go", Inputs: []pages.Input{newPassword, newAgain}, Asides: []pages.Aside{{Title: "aside.password"}}}
	if second {
		page.Inputs = append(page.Inputs, newSecond, newSecondAgain)
		page.Asides = append(page.Asides, pages.Aside{Title: "aside.second"})
	}
	return s.entry(v, page)
}

var (
	newSecond      = pages.Input{Name: "second", Label: "entry.second.new", Kind: "new-password", Max: password.MaxLength}
	newSecondAgain = pages.Input{Name: "second-again", Label: "entry.second.again", Kind: "new-password", Max: password.MaxLength}
)

// first asks for passwords of her own in place of that of a card or a slip.
func (s *server) first(c *gin.Context, v *visit) {
	if !v.session.Account.MustChange {
		s.back(c, "/ks/account")
		return
	}
	_, _, second, err := s.byCard(c)
	if err != nil {
		s.fault(c, v, err)
		return
	}
	s.firstForm(v, second).show(c)
}

func (s *server) postFirst(c *gin.Context, v *visit) {
	if !v.session.Account.MustChange {
		s.back(c, "/ks/account")
		return
	}
	_, _, wanted, err := s.byCard(c)
	if err != nil {
		s.fault(c, v, err)
		return
	}
	t := s.firstForm(v, wanted)
	pw, second := t.fresh(c, "password", "again"), ""
	if wanted {
		if second = t.fresh(c, "second", "second-again"); second != "" && second == pw {
			t.wrong("second", password.Same)
		} else if err := password.Check(second, v.session.Account.Login); second != "" && err != nil {
			t.answerAt("second", err)
		}
	}
	if !t.ok() {
		t.show(c)
		return
	}
	token, session, err := s.Accounts.Own(c.Request.Context(), *v.session, pw, second)
	if err != nil {
		t.answer(c, "password", err, nil)
		return
	}
	s.come(c, token, session, "")
}

// answerAt notes what is wrong with a password at its own field.
func (t *entry) answerAt(field string, err error) {
	var bad password.Error
	if errors.As(err, &bad) {
		t.wrong(field, bad.Code)
	}
}

func oldPassword(label string) pages.Input {
	return pages.Input{Name: "old", Label: label, Kind: "password", Max: password.MaxLength}
}

var toAccount = []pages.Way{{Path: "/ks/account", Phrase: "account.title"}}

func (s *server) passwordForm(v *visit) *entry {
	return s.entry(v, pages.Entry{Title: "password.title", Action: "/ks/account/password", Go: "password.go", Ways: toAccount,
		Inputs: []pages.Input{oldPassword("entry.old"), newPassword, newAgain}, Asides: []pages.Aside{{Title: "aside.password"}}})
}

func (s *server) changePassword(c *gin.Context, v *visit) { s.passwordForm(v).show(c) }

func (s *server) postChangePassword(c *gin.Context, v *visit) {
	t := s.passwordForm(v)
	old, pw := t.take(c, "old"), t.fresh(c, "password", "again")
	if !t.ok() {
		t.show(c)
		return
	}
	token, _, err := s.Accounts.ChangePassword(c.Request.Context(), *v.session, old, pw)
	if err != nil {
		t.answer(c, "old", err, map[error]string{applicant.ErrRefused: "password.old"})
		return
	}
	s.cookies.Set(c, cookieSession, token, 0)
	c.Redirect(http.StatusSeeOther, "/ks/account?done=password")
}

func (s *server) secondForm(v *visit) *entry {
	old := "entry.old"
	if v.session.Account.SecondSet {
		old = "entry.second.old"
	}
	return s.entry(v, pages.Entry{Title: "second.title", Action: "/ks/account/second", Go: "second.go", Ways: toAccount,
		Inputs: []pages.Input{oldPassword(old), newSecond, newSecondAgain}, Asides: []pages.Aside{{Title: "aside.second"}, {Title: "aside.lost"}}})
}

// second sets the second password: the first time by the password, from then on
// by the second. Who has forgotten it goes to her point.
func (s *server) second(c *gin.Context, v *visit) { s.secondForm(v).show(c) }

func (s *server) postSecond(c *gin.Context, v *visit) {
	t := s.secondForm(v)
	old, second := t.take(c, "old"), t.fresh(c, "second", "second-again")
	if !t.ok() {
		t.show(c)
		return
	}
	err := s.Accounts.ChangeSecond(c.Request.Context(), *v.session, old, second)
	var bad password.Error
	switch wrongOld := map[bool]string{true: "second.wrong", false: "password.old"}[v.session.Account.SecondSet]; {
	case errors.As(err, &bad):
		t.answerAt("second", err)
		t.show(c)
	case err != nil:
		t.answer(c, "old", err, map[error]string{applicant.ErrRefused: wrongOld})
	default:
		c.Redirect(http.StatusSeeOther, "/ks/account?done=second")
	}
}

func (s *server) phoneForm(v *visit) *entry {
	return s.entry(v, pages.Entry{Title: "phone.title", Action: "/ks/account/phone", Go: "phone.go", Ways: toAccount,
		Inputs: []pages.Input{{Name: "phone", Label: "entry.phone", Kind: "tel", Auto: "tel", Max: 32}, oldPassword("entry.old")}})
}

func (s *server) phone(c *gin.Context, v *visit) { s.phoneForm(v).show(c) }

func (s *server) postPhone(c *gin.Context, v *visit) {
	t := s.phoneForm(v)
	phone, old := t.take(c, "phone"), t.take(c, "old")
	if !t.ok() {
		t.show(c)
		return
	}
	handle, err := s.Accounts.BeginPhone(c.Request.Context(), *v.session, old, phone, v.source)
	switch {
	case errors.Is(err, applicant.ErrRefused):
		t.answer(c, "old", err, map[error]string{applicant.ErrRefused: "password.old"})
	case err != nil:
		t.answer(c, "phone", err, map[error]string{applicant.ErrPhone: "recover.bad"})
	default:
		s.cookies.Set(c, cookieCode, handle, int(applicant.CodeLife.Seconds()))
		c.Redirect(http.StatusSeeOther, "/ks/account/phone/code")
	}
}

func (s *server) phoneCode(c *gin.Context, v *visit) {
	s.codePage(c, v, s.codeForm(v, "code.title", "/ks/account/phone"), "/ks/account/phone")
}

func (s *server) postPhoneCode(c *gin.Context, v *visit) {
	t := s.codeForm(v, "code.title", "/ks/account/phone")
	code := t.take(c, "code")
	if err := s.Accounts.FinishPhone(c.Request.Context(), *v.session, s.cookies.Read(c, cookieCode), code); err != nil {
		t.page.Faults = nil
		s.again(c, t, "code", err, map[error]string{applicant.ErrCode: "code.wrong", applicant.ErrOver: "code.over", applicant.ErrKnown: "phone.known"})
		return
	}
	s.cookies.Set(c, cookieCode, "", 0)
	c.Redirect(http.StatusSeeOther, "/ks/account?done=phone")
}

func (s *server) endOthers(c *gin.Context, v *visit) {
	if err := s.Accounts.EndOthers(c.Request.Context(), *v.session, v.token); err != nil {
		s.fault(c, v, err)
		return
	}
	c.Redirect(http.StatusSeeOther, "/ks/account?done=others")
}

// left says how many seconds the session has: /ks/left only looks, /ks/here is
// she who says that she is there.
func (s *server) left(c *gin.Context, v *visit) {
	c.String(http.StatusOK, "%d", s.secondsLeft(*v.session))
}

// secondsLeft is how long a session lasts unless it is used.
func (s *server) secondsLeft(session applicant.Session) int {
	return max(1, int(s.Accounts.Left(session).Seconds()))
}

package portal

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/applicant"
	"zhunkao/hub/web/portal/pages"
)

func (s *server) recover(c *gin.Context, v *visit) { s.recoverForm(v).show(c) }

func (s *server) recoverForm(v *visit) *entry {
	return s.entry(v, pages.Entry{Title: "recover.title", Action: "/ks/recover", Go: "recover.go",
		Inputs: []pages.Input{{Name: "phone", Label: "recover.phone", Kind: "tel", Auto: "tel", Max: 32}},
		Ways:   []pages.Way{{Path: "/ks/sign-in", Phrase: "recover.back"}}, Asides: []pages.Aside{{Title: "aside.slip"}}})
}

// postRecover answers alike whether or not the number has an account (S2).
func (s *server) postRecover(c *gin.Context, v *visit) {
	t := s.recoverForm(v)
	phone := t.take(c, "phone")
	if !t.ok() {
		t.show(c)
		return
	}
	handle, err := s.Accounts.BeginRecovery(c.Request.Context(), phone, v.source)
	if err != nil {
		t.answer(c, "phone", err, map[error]string{applicant.ErrPhone: "recover.bad"})
		return
	}
	s.cookies.Set(c, cookieCode, handle, int(applicant.CodeLife.Seconds()))
	c.Redirect(http.StatusSeeOther, "/ks/recover/code")
}

func (s *server) recoverCodeForm(v *visit) *entry {
	t := s.codeForm(v, "recover.code", "/ks/recover")
	t.page.Inputs, t.page.Go = []pages.Input{smsCode, newPassword, newAgain}, "recover.set"
	t.page.Asides = append(t.page.Asides, pages.Aside{Title: "aside.slip"})
	return t
}

func (s *server) recoverCode(c *gin.Context, v *visit) {
	s.codePage(c, v, s.recoverCodeForm(v), "/ks/recover")
}

func (s *server) postRecoverCode(c *gin.Context, v *visit) {
	t := s.recoverCodeForm(v)
	code, pw := t.take(c, "code"), t.fresh(c, "password", "again")
	handle := s.cookies.Read(c, cookieCode)
	if !t.ok() {
		if to, err := s.Accounts.Waits(c.Request.Context(), handle); err == nil {
			t.page.Who = to
		} else {
			t.page.Who = "—"
		}
		t.show(c)
		return
	}
	if err := s.Accounts.FinishRecovery(c.Request.Context(), handle, code, pw, v.source); err != nil {
		s.again(c, t, "code", err, map[error]string{applicant.ErrCode: "code.wrong", applicant.ErrOver: "code.over"})
		return
	}
	s.cookies.Set(c, cookieCode, "", 0)
	s.cookies.Set(c, cookieSession, "", 0)
	c.Redirect(http.StatusSeeOther, "/ks/sign-in?done=recovered")
}

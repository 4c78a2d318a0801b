package portal

import (
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/applicant"
	"zhunkao/hub/password"
	"zhunkao/hub/web/portal/pages"
)

// accountPart is coming in, going out, and the account.
func (s *server) accountPart() part {
	get, post := http.MethodGet, http.MethodPost
	return part{
		{method: get, path: "/ks/sign-up", open: true, do: s.signUp},
		{method: post, path: "/ks/sign-up", open: true, do: s.postSignUp},
		{method: get, path: "/ks/sign-up/code", open: true, do: s.signUpCode},
		{method: post, path: "/ks/sign-up/code", open: true, do: s.postSignUpCode},
		{method: get, path: "/ks/sign-in", open: true, do: s.signIn},
		{method: post, path: "/ks/sign-in", open: true, do: s.postSignIn},
		{method: post, path: "/ks/sign-out", first: true, do: s.signOut},
		{method: get, path: "/ks/left", first: true, idle: true, do: s.left},
		{method: get, path: "/ks/here", first: true, do: s.left},
		{method: get, path: "/ks/card", open: true, do: s.card},
		{method: post, path: "/ks/card", open: true, do: s.postCard},
		{method: get, path: "/ks/recover", open: true, do: s.recover},
		{method: post, path: "/ks/recover", open: true, do: s.postRecover},
		{method: get, path: "/ks/recover/code", open: true, do: s.recoverCode},
		{method: post, path: "/ks/recover/code", open: true, do: s.postRecoverCode},
		{method: get, path: "/ks/account", do: s.account},
		{method: get, path: "/ks/account/first", first: true, do: s.first},
		{method: post, path: "/ks/account/first", first: true, do: s.postFirst},
		{method: get, path: "/ks/account/password", do: s.changePassword},
		{method: post, path: "/ks/account/password", do: s.postChangePassword},
		{method: get, path: "/ks/account/second", do: s.second},
		{method: post, path: "/ks/account/second", do: s.postSecond},
		{method: get, path: "/ks/account/phone", do: s.phone},
		{method: post, path: "/ks/account/phone", do: s.postPhone},
		{method: get, path: "/ks/account/phone/code", do: s.phoneCode},
		{method: post, path: "/ks/account/phone/code", do: s.postPhoneCode},
		{method: post, path: "/ks/account/others", do: s.endOthers},
	}
}

func (s *server) signUp(c *gin.Context, v *visit) {
	if v.session != nil {
		s.back(c, "/ks/status")
		return
	}
	_, card, _, err := s.byCard(c)
	if err != nil {
		s.fault(c, v, err)
		return
	}
	if card {
		c.Redirect(http.StatusSeeOther, "/ks/card")
		return
	}
	s.signUpForm(v).show(c)
}

func (s *server) signUpForm(v *visit) *entry {
	return s.entry(v, pages.Entry{Title: "sign-up.title", Action: "/ks/sign-up", Tick: true, Go: "sign-up.go",
		Inputs: []pages.Input{{Name: "login", Label: "sign-up.login", Kind: "name", Max: 64}, newPassword, newAgain},
		Ways:   []pages.Way{{Path: "/ks/sign-in", Phrase: "sign-up.have"}},
		Asides: []pages.Aside{{Title: "aside.name"}, {Title: "aside.password"}}})
}

var (
	newPassword = pages.Input{Name: "password", Label: "entry.new", Kind: "new-password", Max: password.MaxLength}
	newAgain    = pages.Input{Name: "again", Label: "entry.again", Kind: "new-password", Max: password.MaxLength}
	smsCode     = pages.Input{Name: "code", Label: "entry.code", Kind: "code", Max: 16}
)

// postSignUp makes an account with a user name at once, and one with a telephone
// number by a code.
func (s *server) postSignUp(c *gin.Context, v *visit) {
	t := s.signUpForm(v)
	t.page.Ticked = c.PostForm("shared") == "yes"
	login, pw := t.take(c, "login"), t.fresh(c, "password", "again")
	_, card, _, err := s.byCard(c)
	if err != nil {
		s.fault(c, v, err)
		return
	}
	if card {
		t.wrong("login", "sign-up.cards")
	}
	if !t.ok() {
		t.show(c)
		return
	}
	handle, err := s.Accounts.BeginSignUp(c.Request.Context(), applicant.PhoneSignUp{Phone: login, Password: pw, Shared: t.page.Ticked}, v.source)
	if err == nil {
		s.cookies.Set(c, cookieCode, handle, int(applicant.CodeLife.Seconds()))
		c.Redirect(http.StatusSeeOther, "/ks/sign-up/code")
		return
	}
	if !errors.Is(err, applicant.ErrPhone) {
		t.answer(c, "login", err, nil)
		return
	}
	token, session, err := s.Accounts.SignUp(c.Request.Context(), applicant.SignUp{Name: login, Password: pw, Shared: t.page.Ticked}, v.source)
	if err != nil {
		t.answer(c, "login", err, map[error]string{applicant.ErrName: "sign-up.name"})
		return
	}
	s.come(c, token, session, "/ks/account?done=made")
}

func (s *server) signUpCode(c *gin.Context, v *visit) {
	s.codePage(c, v, s.codeForm(v, "code.title", "/ks/sign-up"), "/ks/sign-up")
}

// codePage shows a form for a code, if one is waited for.
func (s *server) codePage(c *gin.Context, v *visit, t *entry, otherwise string) {
	to, err := s.Accounts.Waits(c.Request.Context(), s.cookies.Read(c, cookieCode))
	switch {
	case errors.Is(err, applicant.ErrOver):
		c.Redirect(http.StatusSeeOther, otherwise)
	case err != nil:
		s.fault(c, v, err)
	default:
		t.page.Who = to
		t.show(c)
	}
}

// codeForm asks for a code; begin is where another can be asked for.
func (s *server) codeForm(v *visit, title, begin string) *entry {
	return s.entry(v, pages.Entry{Title: title, Action: begin + "/code", Go: "code.go", Inputs: []pages.Input{smsCode},
		Ways: []pages.Way{{Path: begin, Phrase: "code.none"}}, Asides: []pages.Aside{{Class: "wait", Icon: "lock", Title: "aside.code"}}})
}

// again shows a code's form after a refusal, with the number where it went.
func (s *server) again(c *gin.Context, t *entry, field string, err error, known map[error]string) {
	to, waits := s.Accounts.Waits(c.Request.Context(), s.cookies.Read(c, cookieCode))
	if waits != nil {
		to = "—"
	}
	t.page.Who = to
	t.answer(c, field, err, known)
}

func (s *server) postSignUpCode(c *gin.Context, v *visit) {
	t := s.codeForm(v, "code.title", "/ks/sign-up")
	code := t.take(c, "code")
	token, session, err := s.Accounts.FinishSignUp(c.Request.Context(), s.cookies.Read(c, cookieCode), code, v.source)
	if err != nil {
		t.page.Faults = nil // one fault of one field is enough
		if errors.Is(err, applicant.ErrKnown) {
			t.page.Ways = []pages.Way{{Path: "/ks/sign-in", Phrase: "sign-up.have"}, {Path: "/ks/recover", Phrase: "sign-in.forgot"}}
		}
		s.again(c, t, "code", err, map[error]string{applicant.ErrCode: "code.wrong", applicant.ErrOver: "code.over", applicant.ErrKnown: "sign-up.known"})
		return
	}
	s.cookies.Set(c, cookieCode, "", 0)
	s.come(c, token, session, "/ks/account?done=made")
}

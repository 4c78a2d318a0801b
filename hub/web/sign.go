package web

import (
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/staff"
	"zhunkao/hub/web/console"
)

// local takes a path to return to: of this surface, with nothing in it that a
// browser could read as another host.
func local(path string) string {
	u, err := url.Parse(path)
	if err != nil || u.Scheme != "" || u.Host != "" || len(path) > 512 || strings.ContainsAny(path, "\\\r\n") || strings.HasPrefix(path, "//") ||
		path != "/gl" && !strings.HasPrefix(path, "/gl/") && !strings.HasPrefix(path, "/gl?") {
		return ""
	}
	return path
}

func (s *server) signInPage(c *gin.Context, v *visit) {
	if v.session != nil {
		c.Redirect(http.StatusSeeOther, s.home(v.session.Account.Role))
		return
	}
	s.showSignIn(c, v, http.StatusOK, console.SignIn{Next: local(c.Query("next")), Ended: c.Query("ended") != ""})
}

func (s *server) showSignIn(c *gin.Context, v *visit, status int, view console.SignIn) {
	if s.DB.Demo() {
		for _, a := range s.DemoAccounts {
			var err error
			if a.Code, err = s.Staff.ShownCode(c.Request.Context(), a.Login); err != nil {
				s.fault(c, v, err)
				return
			}
			view.Accounts = append(view.Accounts, a)
		}
	}
	s.show(c, v, status, "signin", "", view)
}

func (s *server) signIn(c *gin.Context, v *visit) {
	login, password, next := c.PostForm("login"), c.PostForm("password"), local(c.PostForm("next"))
	if !oneLine(login, 64) || password == "" || len(password) > 256 || !utf8.ValidString(password) {
		s.showSignIn(c, v, http.StatusUnauthorized, console.SignIn{Error: "signin.error", Next: next})
		return
	}
	desk := s.cookies.Read(c, cookieDesk)
	if desk == "" {
		desk = rand.Text()
	}
	token, session, err := s.Staff.Enter(c.Request.Context(), staff.Attempt{Name: login, Password: password, Code: c.PostForm("code"), Source: v.source, Desk: desk})
	var slow staff.SlowError
	switch {
	case errors.As(err, &slow):
		c.Header("Retry-After", strconv.Itoa(1+int(slow.Wait.Seconds())))
		s.showSignIn(c, v, http.StatusTooManyRequests, console.SignIn{Login: login, Error: "signin.slow", Next: next})
		return
	case errors.Is(err, staff.ErrRefused):
		s.showSignIn(c, v, http.StatusUnauthorized, console.SignIn{Login: login, Error: "signin.error", Next: next})
		return
	case err != nil:
		s.fault(c, v, err)
		return
	}
	if v.token != "" { // whoever sat here before is out
		if err := s.Staff.SignOut(c.Request.Context(), v.token); err != nil && !errors.Is(err, staff.ErrNoSession) {
			s.fault(c, v, err)
			return
		}
	}
	s.cookies.Set(c, cookieSession, token, 0)
	s.cookies.Set(c, cookieGuest, "", 0)
	s.cookies.Set(c, cookieDesk, desk, deskKept)
	switch {
	case session.Account.Unready():
		next = firstPath
	case next == "":
		next = s.home(session.Account.Role)
	}
	c.Redirect(http.StatusSeeOther, next)
}

// deskKept is how long a browser keeps the mark of an earlier sign-in: as long
// as package attempt knows it.
const deskKept = 90 * 24 * 3600

func (s *server) signOut(c *gin.Context, v *visit) {
	if err := s.Staff.SignOut(c.Request.Context(), v.token); err != nil && !errors.Is(err, staff.ErrNoSession) {
		s.fault(c, v, err)
		return
	}
	s.cookies.Set(c, cookieSession, "", 0)
	c.Redirect(http.StatusSeeOther, "/gl/sign-in?ended=1")
}

// languageKept is how long the choice of language is kept: a year.
const languageKept = 365 * 24 * 3600

func (s *server) language(c *gin.Context, _ *visit) {
	s.cookies.Set(c, cookieLang, string(console.ParseLang(c.PostForm("lang"))), languageKept)
	to := local(c.PostForm("return"))
	if to == "" {
		to = "/gl"
	}
	c.Redirect(http.StatusSeeOther, to)
}

// oneLine accepts what a person types into one line: printable, no control
// characters, so that it can break out of no log and no page (S17).
func oneLine(text string, most int) bool {
	if text == "" || !utf8.ValidString(text) || utf8.RuneCountInString(text) > most {
		return false
	}
	return !strings.ContainsFunc(text, func(r rune) bool {
		return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r)
	})
}

// reason reads the reason a person gives for an act; ok is false when it says
// nothing or is no plain line.
func reason(c *gin.Context) (text string, ok bool) {
	text = strings.TrimSpace(c.PostForm("reason"))
	return text, utf8.RuneCountInString(text) >= 2 && oneLine(text, 200)
}

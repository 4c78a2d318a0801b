package portal

import (
	"context"
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/db"
	"zhunkao/hub/web/door"
	"zhunkao/hub/web/guard"
)

// On a route with ahead a request is begun with her session as it was when it was
// last read, within the last minute, and whether it still stands is asked in the
// turn of its own first question (see applicant.Guess). Nothing leaves and nothing
// is written before the answer is there, and where it is no, all is done again from
// the door on.

// errUnsure is that the session by which something was begun does not stand.
var errUnsure = errors.New("portal: the session that was remembered does not stand")

// guessed answers a request by the session that is remembered, if there is one
// that opens the route. false is that nothing was done.
func (s *server) guessed(c *gin.Context, v *visit, r route) bool {
	token := s.cookies.Read(c, cookieSession)
	if token == "" {
		return false
	}
	g, ok := s.Accounts.Guess(token)
	if !ok || g.Account.MustChange || r.method == http.MethodPost && !s.cookies.SameToken(g.CSRF, c.PostForm("token")) {
		return false
	}
	before := *v
	v.token, v.session, v.csrf, v.guess = token, &g.Session, g.CSRF, g
	settled := func() bool {
		v.wrong = v.wrong || s.sure(c.Request.Context(), v) != nil
		return !v.wrong
	}
	if door.Withhold(c, settled, func() { r.do(c, v) }) {
		return true
	}
	*v = before
	return false
}

// ahead is what a visit asks before its first question: whether her session stands,
// as long as that is not known.
func (v *visit) ahead() []db.Question {
	if v.guess == nil {
		return nil
	}
	return []db.Question{v.guess.Question()}
}

// heard is for when ahead was asked: errUnsure where she may do nothing.
func (v *visit) heard(ctx context.Context) error {
	if v.guess == nil {
		return nil
	}
	if !v.guess.Stands() {
		return errUnsure
	}
	v.guess = nil
	guard.Vouch(ctx, v.token, v.session.Account.ID)
	return nil
}

// sure asks whether her session stands, unless that is known. Whatever writes on a
// route with ahead comes behind it.
func (s *server) sure(ctx context.Context, v *visit) error {
	if v.guess == nil {
		return nil
	}
	if err := s.DB.Ask(ctx, func(*db.Tx) error { return nil }, v.ahead()...); err != nil {
		return err
	}
	return v.heard(ctx)
}

package web

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/db"
	"zhunkao/hub/web/door"
)

// On a route with ahead a page is begun with her session as it was when it was
// last read, within the last minute, and whether it still stands is asked in the
// turn of the page's own question (see staff.Guess). A turn to PostgreSQL and back
// took an office's search a fifth of its time. Nothing leaves before the answer is
// there, and where it is no, all is done again from the door on.

// errUnsure is that the session by which a page was read does not stand.
var errUnsure = errors.New("web: the session that was remembered does not stand")

// reading is a way to read: db.Ask or db.Read.
type reading func(ctx context.Context, f func(*db.Tx) error, ahead ...db.Question) error

// guessed answers a request by the session that is remembered, if there is one
// that opens the route. false is that nothing was done.
func (s *server) guessed(c *gin.Context, v *visit, r route) bool {
	token := s.cookies.Read(c, cookieSession)
	g, ok := s.Staff.Guess(token)
	if token == "" || !ok || g.Account.Unready() || !slices.Contains(r.who, g.Account.Role) ||
		c.Request.Method == http.MethodPost && !s.cookies.SameToken(g.CSRF, c.PostForm("token")) || s.exportAs(c) != "" {
		return false
	}
	before := *v
	v.token, v.session, v.csrf, v.guess = token, &g.Session, g.CSRF, g
	if !door.Withhold(c, func() bool { return v.settle(c.Request.Context(), s.DB) }, func() { r.do(c, v) }) {
		*v = before
		return false
	}
	return true
}

// read reads a page, and settles what is only remembered.
func (v *visit) read(ctx context.Context, by reading, f func(*db.Tx) error) error {
	if v.guess == nil {
		return by(ctx, f)
	}
	if err := by(ctx, f, v.guess.Question()); err != nil {
		return err
	}
	if !v.guess.Stands() {
		return errUnsure
	}
	v.guess = nil
	return nil
}

// settle asks whether the session stands, unless that is known. false is that it
// does not, or that nobody can say: then nothing may be shown or done.
func (v *visit) settle(ctx context.Context, d *db.DB) bool {
	if v.guess != nil && !v.wrong {
		v.wrong = v.read(ctx, d.Ask, func(*db.Tx) error { return nil }) != nil
	}
	return !v.wrong
}

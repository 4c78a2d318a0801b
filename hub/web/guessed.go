package web

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/db"
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
	before, out, head := *v, c.Writer, maps.Clone(c.Writer.Header())
	v.token, v.session, v.csrf, v.guess = token, &g.Session, g.CSRF, g
	c.Writer = &withheld{ResponseWriter: out, settled: func() bool { return v.settle(c.Request.Context(), s.DB) }}
	r.do(c, v)
	c.Writer = out
	if v.wrong {
		*v = before
		clear(out.Header()) // what an answer that was dropped had said of itself
		maps.Copy(out.Header(), head)
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

// withheld is an answer that is held back until the session is known to stand.
type withheld struct {
	gin.ResponseWriter
	settled func() bool
}

// Write lets bytes of the answer through, or drops them.
func (h *withheld) Write(b []byte) (int, error) {
	if !h.settled() {
		return len(b), nil
	}
	return h.ResponseWriter.Write(b)
}

// WriteString is Write.
func (h *withheld) WriteString(text string) (int, error) { return h.Write([]byte(text)) }

// WriteHeaderNow lets the head of the answer through, or drops it.
func (h *withheld) WriteHeaderNow() {
	if h.settled() {
		h.ResponseWriter.WriteHeaderNow()
	}
}

// Flush is WriteHeaderNow.
func (h *withheld) Flush() {
	if h.settled() {
		h.ResponseWriter.Flush()
	}
}

package web

import (
	"net/http"
	"net/http/httptest"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/candidate"
	"zhunkao/hub/web/console"
)

// ConstantCandidates gives a handler that renders the list of candidates, and
// what a search for text finds, from what was read for the holder of a session
// once: what the pages cost without their data.
func ConstantCandidates(o Options, token, text string) (http.Handler, error) {
	s, err := newServer(o)
	if err != nil {
		return nil, err
	}
	s.hold(s.table())
	c, _ := gin.CreateTestContext(httptest.NewRecorder())
	c.Request = httptest.NewRequest(http.MethodGet, "/gl/candidates", nil)
	ctx := c.Request.Context()
	session, err := s.Staff.Peek(ctx, token)
	if err != nil {
		return nil, err
	}
	v := &visit{lang: console.Zh, token: token, session: &session, csrf: session.CSRF}
	var list console.Candidates
	if _, err := s.candidatesView(c, v, candidate.Place{}, &list); err != nil {
		return nil, err
	}
	found := console.Candidates{Searched: true, Typed: text}
	if _, _, err := s.found(c, v, &found); err != nil {
		return nil, err
	}
	f, err := s.frame(ctx, c, v, "candidates")
	if err != nil {
		return nil, err
	}
	e := gin.New()
	e.GET("/gl/candidates", func(c *gin.Context) { s.draw(c, v, http.StatusOK, "candidates", f, list) })
	e.POST("/gl/search", func(c *gin.Context) { s.draw(c, v, http.StatusOK, "candidates", f, found) })
	return s.around(e), nil
}

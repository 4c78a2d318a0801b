package web

import (
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/web/console"
)

// Constants gives a handler that renders the dashboard of whoever holds a
// session from what was read for it once: what the page costs without its data.
func Constants(o Options, token string) (http.Handler, error) {
	s, err := newServer(o)
	if err != nil {
		return nil, err
	}
	s.hold(s.table())
	c, _ := gin.CreateTestContext(httptest.NewRecorder())
	c.Request = httptest.NewRequest(http.MethodGet, "/gl", nil)
	session, err := s.Staff.Peek(c.Request.Context(), token)
	if err != nil {
		return nil, err
	}
	v := &visit{lang: console.Zh, token: token, session: &session, csrf: session.CSRF}
	f, view, err := s.dashboardPage(c, v, sight{v.remit(), ""})
	if err != nil {
		return nil, err
	}
	e := gin.New()
	e.GET("/gl", func(c *gin.Context) {
		f.Now = time.Now()
		s.draw(c, v, http.StatusOK, "dashboard", f, view)
	})
	return s.around(e), nil
}

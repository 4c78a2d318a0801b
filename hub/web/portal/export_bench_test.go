package portal

import (
	"context"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/db"
	"zhunkao/hub/web/portal/pages"
)

// Constants gives a handler that draws a page from what was read for it once, for
// whoever holds a session, or for nobody: what it costs without its data. path is
// /ks or /ks/status.
func (p *Portal) Constants(path, token string) (http.Handler, error) {
	s := p.server
	c, _ := gin.CreateTestContext(httptest.NewRecorder())
	c.Request = httptest.NewRequest(http.MethodGet, path, nil)
	v := &visit{lang: pages.Zh, token: token, csrf: "constant", changes: s.DB.Changes(), began: time.Now()}
	if token != "" {
		session, err := s.Accounts.Peek(c.Request.Context(), token)
		if err != nil {
			return nil, err
		}
		v.session, v.csrf = &session, session.CSRF
	}
	name := map[string]string{"/ks": "landing", "/ks/status": "status"}[path]
	var f pages.Frame
	var body any
	ctx := context.Background()
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		m, err := s.mineTold(ctx, tx, v)
		if err != nil {
			return err
		}
		f = s.frame(c, v, name, m)
		if name == "landing" {
			body = s.landingOf(v.lang, m.camp, true)
			return nil
		}
		body, err = s.statusOf(ctx, tx, v, m)
		return err
	})
	if err != nil {
		return nil, err
	}
	e := gin.New()
	e.GET(path, func(c *gin.Context) {
		f.Now = time.Now()
		s.draw(c, v, http.StatusOK, name, f, body)
	})
	return e, nil
}

package portal

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/web/guard"
	"zhunkao/hub/web/portal/pages"
)

// newGuard makes what stands before every page of the portal.
func (s *server) newGuard(l guard.Limits) (*guard.Guard, error) {
	return guard.New(guard.Options{Key: s.Keys.CookieKey("ks turn"), Secure: s.TLS, Limits: l, Log: s.Log,
		Session: func(r *http.Request) string { return s.cookies.Read(&gin.Context{Request: r}, cookieSession) }, Draw: s.drawWait})
}

// drawWait draws the page of somebody who must wait. It asks no database.
func (s *server) drawWait(r *http.Request, v guard.View) ([]byte, error) {
	who := &visit{}
	who.lang, who.look = parseLook(s.cookies.Read(&gin.Context{Request: r}, cookieLook))
	f := s.bare(who)
	f.Plain, f.Self = true, "/ks"
	body := pages.Wait{Kind: string(v.Kind), Ahead: v.Ahead, Minutes: v.Minutes(), Seconds: v.Seconds(), Away: v.Away(), Lost: v.Lost}
	if v.Crowd {
		body.Kind = "crowd"
	}
	if v.Form != nil {
		body.Form = &pages.KeptForm{Action: v.Form.Action, Field: v.Form.Field, Value: v.Form.Value}
	}
	if v.Frame {
		return s.pages.Place(f, body)
	}
	return s.pages.Render("wait", f, body)
}

// Guard is what stands before the portal; nil when Options asked for none.
func (p *Portal) Guard() *guard.Guard { return p.guard }

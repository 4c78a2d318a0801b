package web

import (
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/db"
	"zhunkao/hub/web/console"
)

// root leads to the entrance of those who are many (demand A14); the offices
// know theirs.
func (s *server) root(c *gin.Context, _ *visit) {
	to := "/gl"
	if s.Applicants != nil {
		to = "/ks"
	}
	c.Redirect(http.StatusSeeOther, to)
}

// static serves an embedded file. Its path holds the fingerprint of all of
// them, so it may be kept for ever; under another fingerprint there is nothing.
func (s *server) static(c *gin.Context, _ *visit) {
	a, ok := s.pages.Asset(c.Param("name"))
	if !ok || c.Param("print") != s.pages.Print() {
		s.refuse(c, nil, refusalNotFound)
		return
	}
	c.Header("Cache-Control", "public, max-age=31536000, immutable")
	c.Data(http.StatusOK, a.Type, a.Body)
}

// moveClock moves the demo clock, and comes back to the page it was asked on.
func (s *server) moveClock(c *gin.Context, v *visit) {
	move, to := c.PostForm("move"), local(c.PostForm("return"))
	if to == "" {
		to = "/gl"
	}
	switch {
	case s.MoveClock == nil:
		s.refuse(c, v, refusalNotFound)
		return
	case !slices.Contains([]string{"next-day", "lunch", "before-close", "numbering", "tickets", "results"}, move):
		s.refuse(c, v, refusalBad)
		return
	}
	// Written down first: a move that the journal cannot take does not happen.
	// A database may ask for the transaction twice; the clock is moved once.
	var moved error
	done := false
	err := s.DB.Write(c.Request.Context(), func(tx *db.Tx) error {
		if err := s.Flow.MoveClock(c.Request.Context(), tx, move, v.by()); err != nil {
			return err
		}
		if !done {
			done, moved = true, s.MoveClock(c.Request.Context(), move)
		}
		return moved
	})
	switch {
	case moved != nil:
		s.Log.Warn("web: demo clock", "move", move, "error", moved.Error())
		s.refuse(c, v, refusalDemo)
	case err != nil:
		s.fault(c, v, err)
	default:
		c.Redirect(http.StatusSeeOther, to)
	}
}

func (s *server) gallery(c *gin.Context, v *visit) {
	f := console.Frame{Lang: v.lang, Now: s.Flow.Now(), Token: v.csrf, Self: "/gl/gallery", Home: "/gl", Demo: &console.Demo{}}
	s.draw(c, v, http.StatusOK, "gallery", f, s.pages.GalleryOf(v.lang))
}

func (s *server) scene(c *gin.Context, v *visit) {
	for _, x := range console.Scenes(v.lang) {
		if x.Page == c.Param("page") && x.State == c.Param("state") {
			x.Frame.Token = v.csrf // the language switch works there too
			s.draw(c, v, http.StatusOK, x.Template, x.Frame, x.Body)
			return
		}
	}
	s.refuse(c, v, refusalNotFound)
}

package portal

import (
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/db"
	"zhunkao/hub/web/door"
	"zhunkao/hub/web/guard"
	"zhunkao/hub/web/page"
	"zhunkao/hub/web/portal/pages"
)

// static serves an embedded file. Its path holds the fingerprint of all of
// them, so it may be kept for ever; under another fingerprint there is nothing.
func (s *server) static(c *gin.Context, _ *visit) {
	a, ok := s.pages.Asset(c.Param("name"))
	if !ok || c.Param("print") != s.pages.Print() {
		s.refuse(c, nil, door.NotFound)
		return
	}
	c.Header("Cache-Control", "public, max-age=31536000, immutable")
	c.Data(http.StatusOK, a.Type, a.Body)
}

// parseLook reads the cookie of language and look; what it does not understand
// is Chinese, plain.
func parseLook(text string) (page.Lang, pages.Look) {
	lang, look, _ := strings.Cut(text, "-")
	return page.ParseLang(lang), pages.Look{Large: strings.Contains(look, "l"), Contrast: strings.Contains(look, "c")}
}

// lookKept is how long a browser keeps language and look, in seconds. They say
// nothing of anybody; on a public computer the next person turns them back with
// the same links.
const lookKept = 90 * 24 * 3600

// display changes language or look, and comes back to the page it was asked on.
func (s *server) display(c *gin.Context, v *visit) {
	lang, look := v.lang, v.look
	switch c.PostForm("show") {
	case "zh":
		lang = page.Zh
	case "en":
		lang = page.En
	case "large":
		look.Large = !look.Large
	case "contrast":
		look.Contrast = !look.Contrast
	default:
		s.refuse(c, v, door.Bad)
		return
	}
	text := string(lang) + "-"
	if look.Large {
		text += "l"
	}
	if look.Contrast {
		text += "c"
	}
	s.cookies.Set(c, cookieLook, text, lookKept)
	s.back(c, c.PostForm("return"))
}

// back redirects to a page of this entrance, or to its first.
func (s *server) back(c *gin.Context, to string) {
	if to = local(to); to == "" {
		to = "/ks"
	}
	c.Redirect(http.StatusSeeOther, to)
}

// moveClock moves the demo clock, and comes back to the page it was asked on.
func (s *server) moveClock(c *gin.Context, v *visit) {
	move := c.PostForm("move")
	switch {
	case s.MoveClock == nil:
		s.refuse(c, v, door.NotFound)
		return
	case !slices.Contains([]string{"next-day", "lunch", "before-close", "numbering", "tickets", "results"}, move):
		s.refuse(c, v, door.Bad)
		return
	}
	// Written down first, as in the console: a move that the journal cannot take
	// does not happen. A database may ask twice; the clock is moved once.
	ctx := c.Request.Context()
	var moved error
	done := false
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		if err := s.Flow.MoveClock(ctx, tx, move, v.by()); err != nil {
			return err
		}
		if !done {
			done, moved = true, s.MoveClock(ctx, move)
		}
		return moved
	})
	switch {
	case moved != nil:
		s.Log.Warn("portal: demo clock", "move", move, "error", moved.Error())
		s.refuse(c, v, refusalDemo)
	case err != nil:
		s.fault(c, v, err)
	default:
		s.back(c, c.PostForm("return"))
	}
}

func (s *server) gallery(c *gin.Context, v *visit) {
	f := s.bare(v)
	f.Self = "/ks/gallery"
	s.draw(c, v, http.StatusOK, "gallery", f, pages.Scenes(v.lang))
}

func (s *server) scene(c *gin.Context, v *visit) {
	for _, x := range pages.Scenes(v.lang) {
		if x.Page == c.Param("page") && x.State == c.Param("state") {
			x.Frame.Token, x.Frame.Look = v.csrf, v.look // language and look switch there too
			if x.Template == "wait" {                    // as the guard answers with it: it holds a frame
				c.Header("Content-Security-Policy", guard.Policy(true, false))
				x.Frame.Token = ""
			}
			s.draw(c, v, http.StatusOK, x.Template, x.Frame, x.Body)
			return
		}
	}
	s.refuse(c, v, door.NotFound)
}

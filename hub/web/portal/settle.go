package portal

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
	"zhunkao/hub/draft"
	"zhunkao/hub/flow"
	"zhunkao/hub/web/portal/pages"
	"zhunkao/protocol/form"
)

// bothPage shows her draft beside the application that an office changed since
// she began.
func (s *server) bothPage(c *gin.Context, v *visit) {
	s.fillPage(c, v, http.StatusOK, "conflict", "review", func(ctx context.Context, tx *db.Tx, w *work) (any, error) {
		if !w.exists() || w.confirmed() {
			return nil, elsewhere("/ks/review")
		}
		out := pages.Conflict{Steps: w.steps, Title: "conflict.office", Text: "conflict.office.text", Action: "/ks/review/both", Revision: w.revision,
			Onto: w.current.Version, Stored: "conflict.theirs", At: time.UnixMilli(w.current.ChangedAt), Back: "/ks/review"}
		theirs := *w
		theirs.app = w.current.Application
		for _, p := range formPages(w.camp) {
			s.apart(&out, w, &theirs, p.fields)
		}
		if err := s.apartElse(ctx, tx, &out, w, &theirs); err != nil {
			return nil, err
		}
		if len(out.Apart) == 0 && w.draft.StartedFrom == w.current.Version {
			return nil, elsewhere("/ks/review")
		}
		return out, nil
	})
}

// Sides of what is chosen whole.
const (
	sideMine   = "mine"
	sideTheirs = "theirs"
)

// apartElse adds choices, claims and the point, each as a whole.
func (s *server) apartElse(ctx context.Context, tx *db.Tx, out *pages.Conflict, mine, theirs *work) error {
	var at [2]string
	for i, code := range []string{mine.app.Point, theirs.app.Point} {
		var err error
		if at[i], err = pointName(ctx, tx, code); err != nil {
			return err
		}
	}
	add := func(name, label string, a, b []pages.Line) {
		x, y := joinLines(a), joinLines(b)
		if x == y {
			return
		}
		left, right := form.Marks(x, y)
		out.Apart = append(out.Apart, pages.Apart{Name: name, Label: s.pages.Text(mine.lang, label), Mine: sideMine, Theirs: sideTheirs,
			MineWords: marked(x, left), TheirsWords: marked(y, right)})
	}
	add("choices", chosen(mine.camp, "review.choices"), s.choiceLines(mine), s.choiceLines(theirs))
	add("claims", "review.claims", s.claimLines(mine), s.claimLines(theirs))
	add("point", "review.point", []pages.Line{{Value: at[0]}}, []pages.Line{{Value: at[1]}})
	return nil
}

func joinLines(all []pages.Line) (out string) {
	for i, x := range all {
		if i > 0 {
			out += "\n"
		}
		out += x.Value
	}
	return out
}

// settleBoth goes on from the version she has seen, with what she chose of
// each side.
func (s *server) settleBoth(c *gin.Context, v *visit) {
	onto, err := strconv.ParseUint(c.PostForm("onto"), 10, 32)
	if err != nil || onto == 0 {
		c.Redirect(http.StatusSeeOther, "/ks/review/both")
		return
	}
	ctx := c.Request.Context()
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		w, err := s.working(ctx, tx, v, "")
		if err != nil {
			return err
		}
		if !w.exists() {
			return candidate.ErrNotFound
		}
		_, err = s.Flow.Fill(ctx, tx, flow.Filling{Account: w.account, Campaign: w.camp.ID, From: revisionOf(c), Onto: uint32(onto)},
			func(app *form.Application) error {
				for _, p := range formPages(w.camp) {
					typed(w, p, c.Request.PostForm, app)
				}
				theirs := w.current.Application.Clone()
				if c.PostForm("choices") == sideTheirs {
					app.Choices = theirs.Choices
				}
				if c.PostForm("claims") == sideTheirs {
					app.Claims = theirs.Claims
				}
				if c.PostForm("point") == sideTheirs {
					app.Point = theirs.Point
				}
				return nil
			})
		return err
	})
	var conflict *draft.Conflict
	switch {
	case errors.As(err, &conflict), errors.Is(err, candidate.ErrConflict), errors.Is(err, candidate.ErrNotFound):
		c.Redirect(http.StatusSeeOther, "/ks/review/both")
	case err != nil:
		s.unfilled(c, v, err, "/ks/review")
	default:
		c.Redirect(http.StatusSeeOther, "/ks/review")
	}
}

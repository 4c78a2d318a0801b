package portal

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/db"
	"zhunkao/hub/draft"
	"zhunkao/hub/web/portal/pages"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
)

// formConflict shows what she has just sent of a step beside what was saved
// meanwhile, in another window or on another device. Where both agree there is
// nothing to ask.
func (s *server) formConflict(c *gin.Context, v *visit, _ *draft.Conflict) {
	s.fillPage(c, v, http.StatusConflict, "conflict", stepName(c), func(_ context.Context, _ *db.Tx, w *work) (any, error) {
		p, ok := s.formStep(c, w.mine)
		if !ok {
			return nil, elsewhere("/ks/review")
		}
		mine := w.app.Clone()
		typed(w, p, c.Request.PostForm, &mine)
		out := pages.Conflict{Steps: w.steps, Title: "conflict.tabs", Text: "conflict.tabs.text", Action: formPath(p.number),
			Revision: w.revision, Stored: "conflict.stored", Back: formPath(p.number)}
		if w.draft != nil {
			out.At = time.UnixMilli(w.draft.ChangedAt)
		}
		theirs := *w
		theirs.app = w.app.Clone()
		w.app = mine
		s.apart(&out, w, &theirs, p.fields)
		return out, nil
	})
}

// apart sorts fields into those in which both sides agree and those in which
// they do not.
func (s *server) apart(out *pages.Conflict, mine, theirs *work, fields []form.Field) {
	for _, f := range fields {
		a, b := mine.app.Get(f.Key), theirs.app.Get(f.Key)
		if a == b {
			out.Same = append(out.Same, pages.Line{Label: control(f.Key), Value: rules.Shown(mine.camp, f, a)})
			continue
		}
		words, other := s.words(mine, f), s.words(theirs, f)
		left, right := form.Marks(words, other)
		out.Apart = append(out.Apart, pages.Apart{Name: control(f.Key), Label: label(mine.lang, f), Mine: rules.Shown(mine.camp, f, a),
			Theirs: rules.Shown(mine.camp, f, b), MineWords: marked(words, left), TheirsWords: marked(other, right)})
	}
}

// marked cuts a value into pieces, those in which it differs marked.
func marked(value string, on []form.Range) (out []pages.Mark) {
	r, at := []rune(value), 0
	add := func(to int, mark bool) {
		if to > at && to <= len(r) {
			out, at = append(out, pages.Mark{Text: string(r[at:to]), On: mark}), to
		}
	}
	for _, x := range on {
		add(x.From, false)
		add(x.To, true)
	}
	add(len(r), false)
	return out
}

package portal

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/db"
	"zhunkao/hub/draft"
	"zhunkao/hub/flow"
	"zhunkao/hub/web/portal/pages"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
)

// work is what a page of filling in works on.
type work struct {
	*mine
	lang     pages.Lang
	app      form.Application // as filled in; once confirmed, as it was signed
	revision uint32
	checker  *rules.Checker
	steps    pages.Steps
	now      time.Time // the civil clock, one for the page
}

// elsewhere says that a page is not for her now, and where she goes instead.
type elsewhere string

func (e elsewhere) Error() string { return "portal: to " + string(e) }

// working reads what a page of filling in works on. at is the page's step. Who
// has not signed the pledge is sent to it: elsewhere.
func (s *server) working(ctx context.Context, tx *db.Tx, v *visit, at string) (*work, error) {
	m, err := s.mine(ctx, tx, v)
	if err != nil {
		return nil, err
	}
	return s.stepOf(v, m, at)
}

// stepOf is workOf with the steps.
func (s *server) stepOf(v *visit, m *mine, at string) (*work, error) {
	w, err := s.workOf(v, m)
	if err == nil {
		w.steps, err = s.steps(v.lang, m, at)
	}
	return w, err
}

// looking is working for a page on which she fills in nothing. What an office
// entered for her she may see and take back before she has read and signed
// anything; there are no steps then.
func (s *server) looking(ctx context.Context, tx *db.Tx, v *visit, at string) (*work, error) {
	m, err := s.mine(ctx, tx, v)
	if err != nil {
		return nil, err
	}
	if m.exists() && !m.open() {
		return s.workFor(v, m)
	}
	return s.stepOf(v, m, at)
}

// open reports whether the steps of filling in are open to her: she has signed
// the pledge, here or at a box.
func (m *mine) open() bool {
	return m.confirmed() || m.draft != nil && m.draft.PledgedAt != 0
}

// workOf is working on what was read, without the steps, which only a page shows.
func (s *server) workOf(v *visit, m *mine) (*work, error) {
	switch {
	case m.camp.ID == "":
		return nil, elsewhere("/ks")
	case !m.open():
		return nil, elsewhere("/ks/pledge")
	}
	return s.workFor(v, m)
}

func (s *server) workFor(v *visit, m *mine) (*work, error) {
	w := &work{mine: m, lang: v.lang, now: s.now()}
	var err error
	if w.checker, err = s.campaigns.check(m.camp); err != nil {
		return nil, err
	}
	w.take()
	return w, nil
}

// take sets what is worked on from the draft and the application.
func (w *work) take() {
	switch m := w.mine; {
	case m.confirmed(), m.current != nil && m.draft == nil:
		w.app = m.current.Application
	case m.current != nil:
		w.app, _ = m.draft.Working(m.current.Application, true)
	default:
		w.app, _ = m.draft.Working(form.Application{}, false)
	}
	if w.draft != nil {
		w.revision = w.draft.Revision
	}
}

// fillPage draws a page of filling in.
func (s *server) fillPage(c *gin.Context, v *visit, status int, name, at string, read func(ctx context.Context, tx *db.Tx, w *work) (any, error)) {
	s.workPage(c, v, status, name, at, s.working, read)
}

// lookPage draws a page of looking at what is filled in.
func (s *server) lookPage(c *gin.Context, v *visit, status int, name, at string, read func(ctx context.Context, tx *db.Tx, w *work) (any, error)) {
	s.workPage(c, v, status, name, at, s.looking, read)
}

func (s *server) workPage(c *gin.Context, v *visit, status int, name, at string,
	begin func(ctx context.Context, tx *db.Tx, v *visit, at string) (*work, error), read func(ctx context.Context, tx *db.Tx, w *work) (any, error)) {
	var f pages.Frame
	var body any
	ctx := c.Request.Context()
	err := s.DB.Brief(ctx, func(tx *db.Tx) error {
		w, err := begin(ctx, tx, v, at)
		if err != nil {
			return err
		}
		f = s.frame(c, v, name, w.mine)
		body, err = read(ctx, tx, w)
		return err
	})
	var to elsewhere
	switch {
	case errors.As(err, &to):
		c.Redirect(http.StatusSeeOther, string(to))
	case err != nil:
		s.fault(c, v, err)
	default:
		s.draw(c, v, status, name, f, body)
	}
}

// notOffered says that the rules do not allow what she chose.
type notOffered struct{ finding form.Finding }

func (e *notOffered) Error() string { return "portal: not offered: " + e.finding.String() }

// fill saves a change of what she has filled in, made from the revision that the
// page showed. conflict is what stands when somebody saved meanwhile, and then
// nothing was changed.
func (s *server) fill(ctx context.Context, v *visit, revision uint32, change func(w *work, app *form.Application) error) (conflict *draft.Conflict, err error) {
	_, conflict, err = s.filled(ctx, v, revision, change)
	return conflict, err
}

// filled is fill, and gives what is worked on after it.
func (s *server) filled(ctx context.Context, v *visit, revision uint32, change func(w *work, app *form.Application) error) (w *work, conflict *draft.Conflict, err error) {
	if w, err = s.ahead(ctx, v, revision, change); w != nil || err != nil {
		return w, nil, err
	}
	// What the page works on is read before: there is one writer, and everybody
	// who saves waits for it. Whether she may still change anything, and whether
	// she saw the newest, Fill judges within.
	if err = s.sure(ctx, v); err != nil {
		return nil, nil, err
	}
	err = s.DB.Brief(ctx, func(tx *db.Tx) error {
		m, err := s.hers(ctx, tx, v)
		if err == nil {
			w, err = s.workOf(v, m)
		}
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	var now draft.Draft
	err = s.DB.Write(ctx, func(tx *db.Tx) (err error) {
		now, err = s.Flow.Fill(ctx, tx, flow.Filling{Account: w.account, Campaign: w.camp.ID, From: revision},
			func(app *form.Application) error { return change(w, app) })
		return err
	})
	switch {
	case errors.As(err, &conflict):
		return nil, conflict, nil
	case err != nil:
		return nil, nil, err
	}
	w.draft = &now
	w.take()
	if w.app.Point == "" || w.app.Point == w.point.Code {
		return w, nil, nil
	}
	return w, nil, s.DB.Ask(ctx, func(tx *db.Tx) error { return s.at(ctx, tx, v, w.mine, w.app.Point) })
}

// unfilled answers for a change that could not be made, other than by the rules.
func (s *server) unfilled(c *gin.Context, v *visit, err error, page string) {
	var to elsewhere
	switch {
	case errors.As(err, &to):
		c.Redirect(http.StatusSeeOther, string(to))
	case errors.Is(err, flow.ErrUnpledged):
		c.Redirect(http.StatusSeeOther, "/ks/pledge")
	case errors.Is(err, flow.ErrConfirmed):
		c.Redirect(http.StatusSeeOther, page)
	default:
		s.fault(c, v, err)
	}
}

// revisionOf reads the revision that a form was made from; what is none is an
// old one.
func revisionOf(c *gin.Context) uint32 {
	n, err := strconv.ParseUint(c.PostForm("revision"), 10, 32)
	if err != nil {
		return 0
	}
	return uint32(n)
}

// done says what an act has just done, if the address names one of some.
func done(c *gin.Context, v *visit, words map[string]string) {
	if key, ok := words[c.Query("done")]; ok {
		v.notice = &pages.Notice{Class: "done", Key: key}
	}
}

// fix is what to do about a finding, in the page's language.
func fix(l pages.Lang, f *form.Finding) string {
	if l == pages.En {
		return f.FixEn
	}
	return f.Fix
}

package portal

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/consent"
	"zhunkao/hub/db"
	"zhunkao/hub/draft"
	"zhunkao/hub/flow"
	"zhunkao/hub/web/door"
	"zhunkao/hub/web/portal/pages"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
	"zhunkao/protocol/window"
)

// formPart is the form in its steps. A step is saved when it is sent, and by a
// script while she types; both go one way, and both ask the same rules.
func (s *server) formPart() part {
	get, post := http.MethodGet, http.MethodPost
	return part{
		{method: get, path: "/ks/form", do: s.formStart},
		{method: get, path: "/ks/form/:step", do: s.formPage},
		{method: post, path: "/ks/form/:step", do: s.saveForm},
		{method: post, path: "/ks/form/:step/save", ahead: true, do: s.autosave},
	}
}

// formStart goes to the first step in which something is missing.
func (s *server) formStart(c *gin.Context, v *visit) {
	to := "/ks/review"
	ctx := c.Request.Context()
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		w, err := s.working(ctx, tx, v, "")
		if err != nil {
			return err
		}
		for _, m := range w.steps.List {
			if m.State == "ahead" && m.Path != "" {
				to = m.Path
				break
			}
		}
		return nil
	})
	var away elsewhere
	switch {
	case errors.As(err, &away):
		to = string(away)
	case err != nil:
		s.fault(c, v, err)
		return
	}
	c.Redirect(http.StatusSeeOther, to)
}

// formStep finds the step that a path names.
func (s *server) formStep(c *gin.Context, w *mine) (formPage, bool) {
	all := s.campaigns.steps(w.camp)
	n, err := strconv.Atoi(c.Param("step"))
	if err != nil || n < 1 || n > len(all) {
		return formPage{}, false
	}
	return all[n-1], true
}

// stepName is the step's key in the strip.
func stepName(c *gin.Context) string { return "form-" + c.Param("step") }

func (s *server) formPage(c *gin.Context, v *visit) {
	s.showForm(c, v, http.StatusOK, c.Query("show") == "all")
}

// errNoStep says that the form has no such step.
var errNoStep = errors.New("portal: no such step of the form")

func (s *server) showForm(c *gin.Context, v *visit, status int, all bool) {
	s.fillPage(c, v, status, "form", stepName(c), func(ctx context.Context, tx *db.Tx, w *work) (any, error) {
		p, ok := s.formStep(c, w.mine)
		if !ok {
			return nil, elsewhere("/ks/review")
		}
		if first, err := s.guardianFirst(ctx, tx, w, p); first || err != nil {
			return nil, cmp.Or(err, error(elsewhere("/ks/guardian")))
		}
		out := s.stepView(w, p, all)
		if out.Locked != "" {
			var err error
			if out.Where, err = pointName(ctx, tx, w.place.Code); err != nil {
				return nil, err
			}
		}
		return out, nil
	})
}

// guardianFirst tells whether a child's guardian must agree before this page
// asks for anything more: once the day of birth is known (S37).
func (s *server) guardianFirst(ctx context.Context, tx *db.Tx, w *work, p formPage) (bool, error) {
	if p.number == 1 || p.has(form.BirthDate) || w.confirmed() {
		return false, nil
	}
	return s.guardianMissing(ctx, tx, w)
}

func (s *server) guardianMissing(ctx context.Context, tx *db.Tx, w *work) (bool, error) {
	if !consent.UnderAge(w.app.Get(form.BirthDate), s.today()) {
		return false, nil
	}
	all, err := s.Flow.Consents().Of(ctx, tx, w.account, w.camp.ID)
	return !consent.Now(all)[consent.Guardian].Stands(w.camp), err
}

func (s *server) today() form.Day { return form.DayOf(s.now().In(window.Zone())) }

// typed takes what was typed on a step into an application. A button of repair
// says which field it mends, and with what. What the step does not have stays.
func typed(w *work, p formPage, sent url.Values, app *form.Application) {
	mended, with, mending := strings.Cut(sent.Get("fix"), "=")
	for _, f := range p.fields {
		values, there := sent[control(f.Key)]
		switch {
		case mending && f.Key == mended:
			values = []string{with}
		case !there && f.Kind != form.KindLetters:
			continue // a page of an older campaign did not have it
		}
		v := strings.Join(values, "")
		if f.Kind == form.KindLetters {
			v = inTableOrder(w, f, values)
		}
		if v = rules.Spelled(w.camp, f, rules.DocumentKind(w.camp, *app), v); v == "" {
			delete(app.Fields, f.Key)
			continue
		}
		app.Fields[f.Key] = v
	}
}

// inTableOrder writes what is ticked in the order of the table.
func inTableOrder(w *work, f form.Field, ticked []string) string {
	all := strings.Split(strings.Join(ticked, ""), "")
	t, _ := w.camp.Form.Table(f.Table)
	place := func(code string) int {
		return slices.IndexFunc(t.Entries, func(e form.Entry) bool { return e.Code == code })
	}
	slices.SortStableFunc(all, func(a, b string) int { return place(a) - place(b) })
	return strings.Join(slices.Compact(all), "")
}

// saveStep saves what was sent of a step.
func (s *server) saveStep(c *gin.Context, v *visit) (conflict *draft.Conflict, err error) {
	_, conflict, err = s.savedStep(c, v)
	return conflict, err
}

// savedStep is saveStep, and gives what is worked on after it.
func (s *server) savedStep(c *gin.Context, v *visit) (*work, *draft.Conflict, error) {
	return s.filled(c.Request.Context(), v, revisionOf(c), func(w *work, app *form.Application) error {
		p, ok := s.formStep(c, w.mine)
		switch {
		case !ok:
			return errNoStep
		case s.locked(w) != "":
			return flow.ErrConfirmed
		}
		if app.Fields == nil {
			app.Fields = form.Fields{}
		}
		typed(w, p, c.Request.PostForm, app)
		return nil
	})
}

// saveForm saves a step and goes on: to the next when there is nothing to mend,
// and back whatever there is.
func (s *server) saveForm(c *gin.Context, v *visit) {
	conflict, err := s.saveStep(c, v)
	switch {
	case conflict != nil:
		s.formConflict(c, v, conflict)
		return
	case errors.Is(err, errNoStep):
		s.refuse(c, v, door.NotFound)
		return
	case err != nil:
		s.unfilled(c, v, err, formPathOf(c))
		return
	}
	if key, _, mended := strings.Cut(c.PostForm("fix"), "="); mended {
		c.Redirect(http.StatusSeeOther, formPathOf(c)+"#"+control(key))
		return
	}
	s.afterSave(c, v)
}

func formPathOf(c *gin.Context) string {
	n, err := strconv.Atoi(c.Param("step"))
	if err != nil {
		return "/ks/form"
	}
	return formPath(n)
}

// afterSave looks at the step as it is stored now.
func (s *server) afterSave(c *gin.Context, v *visit) {
	ctx := c.Request.Context()
	var view pages.Form
	var f pages.Frame
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		w, err := s.working(ctx, tx, v, stepName(c))
		if err != nil {
			return err
		}
		p, ok := s.formStep(c, w.mine)
		if !ok {
			return elsewhere("/ks/review")
		}
		f, view = s.frame(c, v, "form", w.mine), s.stepView(w, p, false)
		if missing, err := s.guardianMissing(ctx, tx, w); err != nil {
			return err
		} else if missing {
			view.Next = "/ks/guardian"
		}
		return nil
	})
	var away elsewhere
	switch {
	case errors.As(err, &away):
		c.Redirect(http.StatusSeeOther, string(away))
	case err != nil:
		s.fault(c, v, err)
	case c.PostForm("go") == "back" && view.Back != "":
		c.Redirect(http.StatusSeeOther, view.Back)
	case len(view.Faults) > 0:
		s.draw(c, v, http.StatusUnprocessableEntity, "form", f, view)
	default:
		c.Redirect(http.StatusSeeOther, view.Next)
	}
}

// saved is the answer to a script that saves while she types.
type saved struct {
	Revision uint32               `json:"revision"`
	At       string               `json:"at"` // time of day
	Fields   map[string]savedWord `json:"fields"`
	Conflict bool                 `json:"conflict,omitempty"`
	Ended    bool                 `json:"ended,omitempty"` // nothing can be changed any more
}

// savedWord is what there is to say of one field.
type savedWord struct {
	Value   string `json:"value"` // as it stands now in its control
	Error   string `json:"error,omitempty"`
	Missing bool   `json:"missing,omitempty"` // the error is only that it is empty
	Fix     string `json:"fix,omitempty"`     // what a press on the repair sends
	Words   string `json:"words,omitempty"`   // and what stands on it
	Wrote   string `json:"wrote,omitempty"`   // it was written in the form's own spelling
}

// autosave is saveForm for the script: the same rules, the same draft.
func (s *server) autosave(c *gin.Context, v *visit) {
	w, conflict, err := s.savedStep(c, v)
	var away elsewhere
	switch {
	case conflict != nil:
		c.JSON(http.StatusConflict, saved{Conflict: true})
		return
	case errors.Is(err, flow.ErrConfirmed), errors.Is(err, flow.ErrUnpledged), errors.As(err, &away):
		c.JSON(http.StatusConflict, saved{Ended: true})
		return
	case errors.Is(err, errNoStep):
		c.Status(http.StatusNotFound)
		return
	case err != nil:
		s.fault(c, v, err)
		return
	}
	out := saved{Revision: w.revision, At: clock(w.draft.ChangedAt), Fields: map[string]savedWord{}}
	p, _ := s.formStep(c, w.mine)
	s.savedWords(w, p, c.Request.PostForm, out.Fields)
	c.JSON(http.StatusOK, out)
}

func (s *server) savedWords(w *work, p formPage, sent url.Values, out map[string]savedWord) {
	found := s.findings(w)
	for _, f := range p.fields {
		x := savedWord{Value: rules.Shown(w.camp, f, w.app.Get(f.Key))}
		if i := slices.IndexFunc(found, func(o form.Finding) bool { return o.Field == f.Key }); i >= 0 {
			x.Error, x.Missing = fix(w.lang, &found[i]), !s.tellAtOnce(w, f, found[i])
			if r := s.repair(w, f, found[i]); r != nil {
				x.Fix, x.Words = f.Key+"="+r.Value, r.Words
			}
		} else if was := sent.Get(control(f.Key)); f.Kind != form.KindLetters && f.Kind != form.KindCode && strings.TrimSpace(was) != x.Value && x.Value != "" {
			x.Wrote = s.pages.Text(w.lang, "form.wrote", x.Value)
		}
		out[f.Key] = x
	}
}

// clock is the time of day at which something was saved.
func clock(ms int64) string { return time.UnixMilli(ms).In(window.Zone()).Format("15:04") }

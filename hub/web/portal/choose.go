package portal

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/db"
	"zhunkao/hub/draft"
	"zhunkao/hub/web/door"
	"zhunkao/hub/web/portal/pages"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
)

// pageProgrammes is how many programmes one page of the catalogue shows.
const pageProgrammes = 20

// asked is what the page of one choice is asked to show: from its address, or
// from the form that was sent.
type asked struct {
	order                        int
	level, category, query, form string
	page                         int
	chosen                       string // key of the programme that is marked
	faults                       []pages.Fault
	conflict                     *draft.Conflict
}

func askedOf(order int, value func(string) string) asked {
	cut := func(name string, most int) string {
		r := []rune(strings.TrimSpace(value(name)))
		return string(r[:min(len(r), most)])
	}
	a := asked{order: order, level: cut("level", 8), category: cut("category", 8), query: cut("q", 40), form: cut("form", 8), chosen: cut("programme", 120), page: 1}
	if n, err := strconv.Atoi(value("page")); err == nil && n > 1 && n < 10_000 {
		a.page = n
	}
	return a
}

// path is the address of a page of what is asked for. Nothing in it is of a
// person.
func (a asked) path(page int) string {
	q := url.Values{"level": {a.level}}
	for k, v := range map[string]string{"category": a.category, "q": a.query, "form": a.form} {
		if v != "" {
			q.Set(k, v)
		}
	}
	if page > 1 {
		q.Set("page", strconv.Itoa(page))
	}
	return "/ks/choices/" + strconv.Itoa(a.order) + "?" + q.Encode()
}

// order reads which choice a page is about; one that there cannot be is no page.
func (s *server) order(c *gin.Context, v *visit) (int, bool) {
	n, err := strconv.Atoi(c.Param("order"))
	if err != nil || n < 1 || n > 99 || strconv.Itoa(n) != c.Param("order") {
		s.refuse(c, v, door.NotFound)
		return 0, false
	}
	return n, true
}

func (s *server) choose(c *gin.Context, v *visit) {
	if n, ok := s.order(c, v); ok {
		s.showChoose(c, v, http.StatusOK, askedOf(n, c.Query))
	}
}

func (s *server) showChoose(c *gin.Context, v *visit, status int, a asked) {
	s.fillPage(c, v, status, "choose", "choices", func(_ context.Context, _ *db.Tx, w *work) (any, error) {
		if w.confirmed() || a.order > len(w.app.Choices)+1 || w.camp.Form.MaxChoices > 0 && a.order > w.camp.Form.MaxChoices {
			return nil, elsewhere("/ks/choices")
		}
		return s.chooseOf(w, a), nil
	})
}

// takeChoice makes a choice.
func (s *server) takeChoice(c *gin.Context, v *visit) {
	n, ok := s.order(c, v)
	if !ok {
		return
	}
	a := askedOf(n, c.PostForm)
	refuse := func(status int, text string) {
		a.faults = []pages.Fault{{Field: "programme", Text: text}}
		s.showChoose(c, v, status, a)
	}
	if a.chosen == "" {
		refuse(http.StatusUnprocessableEntity, s.pages.Text(v.lang, "choose.need"))
		return
	}
	conflict, err := s.fill(c.Request.Context(), v, revisionOf(c), func(w *work, app *form.Application) error {
		p := w.checker.Programme(a.chosen)
		if p == nil {
			return &notOffered{form.Finding{Field: form.ChoiceName(n), Code: form.NoProgramme}}
		}
		if f := w.checker.Offering(*app, rules.Place{}, s.now(), n)(*p); f != nil {
			return &notOffered{*f}
		}
		app.Choices = withChoice(app.Choices, p.Choice(n))
		return nil
	})
	switch no := refused(err); {
	case conflict != nil:
		a.conflict = conflict
		s.showChoose(c, v, http.StatusConflict, a)
	case no != nil && no.finding.Fix == "":
		refuse(http.StatusUnprocessableEntity, s.pages.Text(v.lang, "choose.gone"))
	case no != nil:
		refuse(http.StatusUnprocessableEntity, s.pages.Text(v.lang, "choose.barred", fix(v.lang, &no.finding)))
	case err != nil:
		s.unfilled(c, v, err, "/ks/choices")
	default:
		c.Redirect(http.StatusSeeOther, "/ks/choices?done=saved")
	}
}

// refused gives what the rules do not allow, nil if an error is none of that.
func refused(err error) *notOffered {
	var no *notOffered
	if errors.As(err, &no) {
		return no
	}
	return nil
}

func (s *server) chooseOf(w *work, a asked) pages.Choose {
	out := pages.Choose{Steps: w.steps, Order: a.order, Revision: w.revision, Query: a.query, Form: a.form, Category: a.category, Faults: a.faults,
		CategoryOnly: w.camp.Form.Choose == form.ChooseCategory}
	why := w.checker.Offering(w.app, rules.Place{}, s.now(), a.order)
	stands := form.Choice{}
	for _, ch := range w.app.Choices {
		if ch.Order == a.order {
			stands = ch
		}
	}
	if a.conflict != nil {
		card := s.choiceCard(w, stands)
		out.Conflict = &card
	}
	if a.chosen == "" {
		a.chosen = rules.KeyOf(stands)
	}
	a.level = s.levels(w, a, stands, why, &out)
	if out.Level = a.level; a.level == "" {
		return out
	}
	s.categories(w, a, why, &out)
	if out.CategoryOnly {
		return out
	}
	s.programmes(w, a, why, &out)
	return out
}

// levels lists the levels, and gives the one that is looked at: the one asked
// for, that of the choice as it stands, or the only one that is open.
func (s *server) levels(w *work, a asked, stands form.Choice, why func(rules.Programme) *form.Finding, out *pages.Choose) string {
	var open []string
	closed := map[string]*form.Finding{}
	seen := map[string]bool{}
	programmes := w.checker.Programmes()
	for i := range programmes {
		p := &programmes[i]
		if seen[p.Level] {
			continue
		}
		if f := why(*p); f == nil {
			seen[p.Level], open = true, append(open, p.Level)
		} else if closed[p.Level] == nil {
			closed[p.Level] = f
		}
	}
	if a.level == "" {
		a.level = stands.Level
	}
	if a.level == "" && len(open) == 1 {
		a.level = open[0]
	}
	if !seen[a.level] && closed[a.level] == nil {
		a.level = ""
	}
	for _, l := range w.camp.Form.Levels {
		o := pages.ChooseOption{Value: l.Code, Name: levelName(w.camp, w.lang, l.Code), On: l.Code == a.level, Note: s.levelNote(w, l)}
		switch f := closed[l.Code]; {
		case seen[l.Code]:
		case f != nil:
			o.Why = fix(w.lang, f)
		default: // nothing of this level is in the catalogue
			continue
		}
		out.Levels = append(out.Levels, o)
	}
	return a.level
}

func (s *server) levelNote(w *work, l form.Level) string {
	var notes []string
	if l.Full != "" && w.lang != pages.En {
		notes = append(notes, l.Full)
	}
	for _, g := range w.camp.Form.Categories {
		if g.Level == l.Code && len(g.Subjects) > 0 {
			notes = append(notes, s.pages.Text(w.lang, "choose.level.papers", len(g.Subjects)))
			break
		}
	}
	if fee, ok := w.camp.Fee(l.Code); ok {
		notes = append(notes, s.pages.Text(w.lang, "choose.level.fee", pages.Yuan(fee)))
	}
	if l.Diploma != "" {
		notes = append(notes, s.pages.Text(w.lang, "choose.level.diploma"))
	}
	return strings.Join(notes, s.pages.Text(w.lang, "list.comma"))
}

// categories lists those of the level: as what one looks for, or, where a choice
// is a category alone, as what is chosen.
func (s *server) categories(w *work, a asked, why func(rules.Programme) *form.Finding, out *pages.Choose) {
	closed, open := map[string]*form.Finding{}, map[string]bool{}
	programmes := w.checker.Programmes()
	for i := range programmes {
		p := &programmes[i]
		if p.Level != a.level || open[p.Category] {
			continue
		}
		if f := why(*p); f == nil {
			open[p.Category] = true
		} else if closed[p.Category] == nil {
			closed[p.Category] = f
		}
	}
	for _, g := range w.camp.Form.Categories {
		f := closed[g.Code]
		if g.Level != a.level || !open[g.Code] && f == nil {
			continue
		}
		var subjects []string
		for _, k := range g.Subjects {
			subjects = append(subjects, subjectName(w, k))
		}
		o := pages.ChooseOption{Value: g.Code, Name: categoryName(w, g.Code), Note: strings.Join(subjects, s.pages.Text(w.lang, "list.comma")), On: g.Code == a.category}
		if !open[g.Code] {
			o.Why = fix(w.lang, f)
		}
		if out.CategoryOnly {
			o.Value = rules.Programme{Level: g.Level, Category: g.Code}.Key()
			o.On = o.Value == a.chosen && o.Why == ""
			out.Found++
			if o.Why == "" {
				out.Allowed++
			}
			out.Results = append(out.Results, o)
			continue
		}
		out.Categories = append(out.Categories, o)
	}
}

// programmes lists a page of those that fit what is looked for.
func (s *server) programmes(w *work, a asked, why func(rules.Programme) *form.Finding, out *pages.Choose) {
	if t, ok := w.camp.Form.Table(form.StudyForms); ok {
		for _, e := range t.Entries {
			name := e.Zh
			if w.lang == pages.En && e.En != "" {
				name = e.En
			}
			out.Forms = append(out.Forms, pages.ChooseOption{Value: e.Code, Name: name, On: e.Code == a.form})
		}
	}
	f := rules.Finder{Level: a.level, Form: a.form, Words: strings.Fields(a.query)}
	if g, ok := w.camp.Form.Category(a.category); ok && g.Level == a.level { // one of another level is left over from there
		f.Category = a.category
	}
	all, allowed := f.Look(w.checker, why)
	out.Found, out.Allowed = len(all), allowed
	from := min((a.page-1)*pageProgrammes, len(all))
	upto := min(from+pageProgrammes, len(all))
	out.From, out.Upto = from+1, upto
	if from > 0 {
		out.Prev = a.path(a.page - 1)
	}
	if upto < len(all) {
		out.More = a.path(a.page + 1)
	}
	for _, p := range all[from:upto] {
		card := s.choiceCard(w, p.Choice(a.order))
		o := pages.ChooseOption{Value: p.Key(), Name: card.School + "　" + card.Major,
			Note: strings.Join(nonempty(card.Category, card.Form, card.Years, p.Remark), s.pages.Text(w.lang, "list.comma"))}
		if p.Why != nil {
			o.Why = fix(w.lang, p.Why)
		}
		o.On = o.Value == a.chosen && o.Why == ""
		out.Results = append(out.Results, o)
	}
}

func nonempty(all ...string) (out []string) {
	for _, s := range all {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}

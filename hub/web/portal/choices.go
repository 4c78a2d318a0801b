package portal

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/db"
	"zhunkao/hub/web/door"
	"zhunkao/hub/web/portal/pages"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
	"zhunkao/protocol/window"
)

// choicesPart is what she applies for: choices (志愿), and on which of the rules
// they stand. Points are not held against them here: who changes her level may
// have to choose another point, and is told so where points are chosen.
func (s *server) choicesPart() part {
	get, post := http.MethodGet, http.MethodPost
	return part{
		{method: get, path: "/ks/choices", do: s.choices},
		{method: post, path: "/ks/choices", second: true, do: s.changeChoices},
		{method: get, path: "/ks/choices/:order", do: s.choose},
		{method: post, path: "/ks/choices/:order", second: true, do: s.takeChoice},
	}
}

var choicesDone = map[string]string{"saved": "choices.saved", "moved": "choices.moved", "removed": "choices.removed"}

func (s *server) choices(c *gin.Context, v *visit) {
	done(c, v, choicesDone)
	s.showChoices(c, v, http.StatusOK, false)
}

func (s *server) showChoices(c *gin.Context, v *visit, status int, conflict bool) {
	s.fillPage(c, v, status, "choices", "choices", func(_ context.Context, _ *db.Tx, w *work) (any, error) {
		out := s.choicesOf(w)
		out.Conflict = conflict
		return out, nil
	})
}

// changeChoices removes a choice or moves it up.
func (s *server) changeChoices(c *gin.Context, v *visit) {
	order, err := strconv.Atoi(c.PostForm("order"))
	act := c.PostForm("act")
	if err != nil || act != "up" && act != "remove" {
		s.refuse(c, v, door.Bad)
		return
	}
	conflict, err := s.fill(c.Request.Context(), v, revisionOf(c), func(w *work, app *form.Application) error {
		if act == "remove" {
			app.Choices = withoutChoice(app.Choices, order)
			return nil
		}
		if f := s.cannotMove(w, *app, order); f != nil {
			return &notOffered{*f}
		}
		app.Choices = movedUp(app.Choices, order)
		return nil
	})
	switch {
	case conflict != nil, refused(err) != nil:
		s.showChoices(c, v, http.StatusConflict, true)
	case err != nil:
		s.unfilled(c, v, err, "/ks/choices")
	case act == "up":
		c.Redirect(http.StatusSeeOther, "/ks/choices?done=moved")
	default:
		c.Redirect(http.StatusSeeOther, "/ks/choices?done=removed")
	}
}

// cannotMove says what would be wrong if a choice changed places with the one
// before it and is not wrong now; nil if nothing would.
func (s *server) cannotMove(w *work, app form.Application, order int) *form.Finding {
	judge := func(choices []form.Choice) []form.Finding {
		app.Choices = choices
		return onChoices(w.checker.Check(app, rules.Place{}, s.now()).Findings)
	}
	now := judge(app.Choices)
	then := judge(movedUp(app.Choices, order))
	if len(then) <= len(now) {
		return nil
	}
	return &then[0]
}

func (s *server) choicesOf(w *work) pages.Choices {
	out := pages.Choices{Steps: w.steps, Revision: w.revision, Fixed: w.confirmed(), Max: w.camp.Form.MaxChoices,
		CategoryOnly: w.camp.Form.Choose == form.ChooseCategory}
	out.Back, out.Next = beside(w.steps)
	faults := map[string]string{}
	for _, f := range w.checker.Check(w.app, rules.Place{}, s.now()).Findings {
		where := f.Field
		if f.Code == form.DiplomaNeeded {
			where = form.ChoiceName(1)
		}
		if faults[where] == "" {
			faults[where] = fix(w.lang, &f)
		}
	}
	for i, ch := range inOrder(w.app.Choices) {
		card := s.choiceCard(w, ch)
		if card.Fault = faults[form.ChoiceName(ch.Order)]; i > 0 {
			card.Up = true
			if f := s.cannotMove(w, w.app, ch.Order); f != nil {
				card.Bar = fix(w.lang, f)
			}
		}
		out.Cards = append(out.Cards, card)
	}
	if n := len(out.Cards); !out.Fixed && (out.Max == 0 || n < out.Max) {
		out.Add = n + 1
	}
	if out.CategoryOnly && len(out.Cards) > 0 {
		out.Add = 0
	}
	if out.CategoryOnly {
		out.Notes = lines(w.camp.Text("choices_notice", w.lang == pages.En))
	}
	s.explain(w, &out)
	return out
}

// choiceCard puts a choice into words.
func (s *server) choiceCard(w *work, ch form.Choice) pages.ChoiceCard {
	en := w.lang == pages.En
	name := func(table, code string) string {
		if code == "" {
			return ""
		}
		if en {
			if t, ok := w.camp.Form.Table(table); ok {
				if e, ok := t.Entry(code); ok && e.En != "" {
					return e.En
				}
			}
		}
		return w.camp.TableName(table, code)
	}
	out := pages.ChoiceCard{Order: ch.Order, Level: levelName(w.camp, w.lang, ch.Level), Category: categoryName(w, ch.Category), Class: ch.Class,
		Form: name(form.StudyForms, ch.Form), Years: name(form.StudyYears, ch.Years)}
	if ch.School != "" {
		out.School, out.Major = strings.TrimSpace(ch.School+" "+ch.SchoolName), strings.TrimSpace(ch.Major+" "+ch.MajorName)
	}
	return out
}

func levelName(camp rules.Campaign, l pages.Lang, code string) string {
	level, ok := camp.Form.Level(code)
	switch {
	case !ok:
		return code
	case l == pages.En && level.En != "":
		return level.En
	}
	return level.Zh
}

func categoryName(w *work, code string) string {
	g, ok := w.camp.Form.Category(code)
	switch {
	case !ok:
		return code
	case w.lang == pages.En && g.En != "":
		return g.En
	}
	return g.Zh
}

// explain fills in the companion column: how choices go together at the level of
// the first, and what she will sit.
func (s *server) explain(w *work, out *pages.Choices) {
	first := w.app.First()
	l, ok := w.camp.Form.Level(first.Level)
	if !ok {
		return
	}
	out.Level = levelName(w.camp, w.lang, l.Code)
	rule := func(kind, key string, args ...any) {
		out.Rules = append(out.Rules, pages.ChoiceRule{Kind: kind, Text: s.pages.Text(w.lang, key, args...)})
	}
	if out.Max > 1 {
		var after []string
		for _, code := range l.Second {
			after = append(after, levelName(w.camp, w.lang, code))
		}
		switch {
		case l.OneClass && first.Class != "":
			rule("may", "choices.rule.class", first.Class)
		case l.OneClass:
			rule("may", "choices.rule.class.any")
		case len(after) == 1 && l.Second[0] == l.Code:
			rule("may", "choices.rule.same", after[0])
		case len(after) > 0:
			rule("may", "choices.rule.second", strings.Join(after, s.pages.Text(w.lang, "list.comma")))
		}
		if l.OneClass {
			rule("must", "choices.rule.across")
		}
	}
	if l.Diploma != "" {
		rule("info", "choices.rule.diploma", out.Level)
	}
	if slices.ContainsFunc(w.camp.Form.Categories, func(g form.Category) bool { return g.Level == l.Code && (g.Medical || len(g.MedicalMajors) > 0) }) {
		rule("info", "choices.rule.medical")
	}
	out.Papers = s.papers(w, first)
	out.Fee, _ = w.camp.Fee(l.Code)
}

// papers are the sittings of a level with the subjects of a category, which the
// campaign lists in the order of the sittings.
func (s *server) papers(w *work, ch form.Choice) (out []pages.ChoicePaper) {
	g, ok := w.camp.Form.Category(ch.Category)
	if !ok {
		return nil
	}
	for _, sit := range w.camp.Sittings {
		if len(out) == len(g.Subjects) {
			break
		}
		for _, e := range sit.Ends {
			day, err := time.ParseInLocation(time.DateOnly, sit.Date, window.Zone())
			if e.Level != ch.Level || err != nil {
				continue
			}
			out = append(out, pages.ChoicePaper{Day: day, From: strings.TrimPrefix(sit.Start, "0"), To: strings.TrimPrefix(e.At, "0"), Name: subjectName(w, g.Subjects[len(out)]), Afternoon: sit.Start >= "12:00"})
			break
		}
	}
	return out
}

func subjectName(w *work, key string) string {
	for _, x := range w.camp.Subjects {
		if x.Key == key {
			return x.Zh
		}
	}
	return key
}

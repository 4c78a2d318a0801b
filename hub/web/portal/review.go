package portal

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/candidate"
	"zhunkao/hub/consent"
	"zhunkao/hub/db"
	"zhunkao/hub/draft"
	"zhunkao/hub/flow"
	"zhunkao/hub/org"
	"zhunkao/hub/web/portal/pages"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
)

// reviewPart is the last look, the button, and the way back.
func (s *server) reviewPart() part {
	get, post := http.MethodGet, http.MethodPost
	return part{
		{method: get, path: "/ks/review", do: s.reviewPage},
		{method: post, path: "/ks/review", second: true, do: s.submit},
		{method: get, path: "/ks/review/both", do: s.bothPage},
		{method: post, path: "/ks/review/both", do: s.settleBoth},
		{method: get, path: "/ks/submitted", do: s.submittedPage},
		{method: get, path: "/ks/withdraw", do: s.withdrawPage},
		{method: post, path: "/ks/withdraw", second: true, do: s.withdraw},
	}
}

func (s *server) reviewPage(c *gin.Context, v *visit) {
	done(c, v, map[string]string{"withdrawn": "withdrawn"})
	s.showReview(c, v, http.StatusOK, "")
}

// her is what flow asks of somebody, from what a page has read already.
func (s *server) her(ctx context.Context, tx *db.Tx, m *mine) (h flow.Her, err error) {
	if m.draft != nil {
		h.Draft = *m.draft
	}
	if m.current != nil {
		h.Found, h.Exists = *m.current, true
	}
	h.Consents, err = s.given(ctx, tx, m)
	return h, err
}

func (s *server) showReview(c *gin.Context, v *visit, status int, refusal string) {
	s.lookPage(c, v, status, "review", "review", func(ctx context.Context, tx *db.Tx, w *work) (any, error) {
		h, err := s.her(ctx, tx, w.mine)
		if err != nil {
			return nil, err
		}
		r, err := s.ruled(w.camp)
		if err != nil {
			return nil, err
		}
		j, err := s.Flow.Ready(ctx, tx, h, r)
		if err != nil {
			return nil, err
		}
		out := s.reviewOf(w, h, j, refusal)
		if w.camp.Policy.ConfirmUnpaid {
			paying, err := s.campaigns.pays(ctx, tx, w.camp.ID)
			if err != nil {
				return nil, err
			}
			out.Unpaid = !paying
		}
		return out, nil
	})
}

func (s *server) reviewOf(w *work, h flow.Her, j flow.Readiness, refusal string) pages.Review {
	out := pages.Review{Steps: w.steps, Revision: w.revision, Window: s.windowLine(w), Confirmed: h.Confirmed(), Refusal: refusal, Where: j.Point.Name}
	if h.Exists {
		out.Submitted, out.Version = time.UnixMilli(h.Found.ChangedAt), h.Found.Version
		out.Withdrawn = h.Found.State == candidate.Withdrawn
		out.Stale = !out.Confirmed && h.Stale()
		out.Changed = !draft.Same(w.app, h.Found.Application)
	}
	if j.Assessment.FeeKnown {
		out.Fee, out.PayAfter = pages.Yuan(j.Assessment.Fee), w.camp.Policy.ConfirmUnpaid
	}
	open := !out.Confirmed && !s.over(w.camp)
	s.sections(&out, w, j, open)
	if out.Confirmed {
		out.Steps = pages.Steps{} // there is nothing more to fill in
		return out
	}
	if open && (w.open() || out.Withdrawn) { // of what stands, though an office entered it, nothing is asked
		out.Missing = s.faults(w, j)
	}
	out.Rare = s.rare(w)
	out.Ready = len(out.Missing) == 0 && j.Refusal() == nil && !out.Stale && (!h.Exists || out.Changed || out.Withdrawn)
	return out
}

// shownRare is how many characters that no font has are named.
const shownRare = 4

// rare says which of her characters are printed as boxes, as no font of the papers has
// them (issue 9: reported before confirmation); "" if there are none.
func (s *server) rare(w *work) string {
	var fields, chars []string
	for _, p := range formPages(w.camp) {
		for _, f := range p.fields {
			lacking := s.Fonts.Missing(s.words(w, f))
			if len(lacking) > 0 {
				fields = append(fields, label(w.lang, f))
			}
			for _, r := range lacking {
				one := s.pages.Text(w.lang, "review.rare.char", string(r), fmt.Sprintf("U+%04X", r))
				if !slices.Contains(chars, one) {
					chars = append(chars, one)
				}
			}
		}
	}
	if len(chars) == 0 {
		return ""
	}
	between := s.pages.Text(w.lang, "review.rare.and")
	more := ""
	if len(chars) > shownRare {
		more = s.pages.Text(w.lang, "review.rare.more", len(chars))
	}
	return s.pages.Text(w.lang, "review.rare.text", strings.Join(fields, between), strings.Join(chars[:min(len(chars), shownRare)], between)+more)
}

// faults are what must be mended, each with where.
func (s *server) faults(w *work, j flow.Readiness) (out []pages.ReviewFault) {
	for _, f := range j.Assessment.Findings {
		out = append(out, pages.ReviewFault{Path: whereIs(w.camp, f.Field), Text: fix(w.lang, &f)})
	}
	for _, k := range j.Missing {
		path := "/ks/notices#t-" + string(k)
		switch k {
		case consent.Pledge:
			path = "/ks/pledge"
		case consent.Guardian:
			path = "/ks/guardian"
		}
		out = append(out, pages.ReviewFault{Path: path, Text: s.pages.Text(w.lang, "review.need."+string(k))})
	}
	if j.OtherName && !slices.Contains(j.Missing, consent.Pledge) {
		out = append(out, pages.ReviewFault{Path: "/ks/pledge", Text: s.pages.Text(w.lang, "review.need.name")})
	}
	return out
}

// sections are all that is filled in, in words.
func (s *server) sections(out *pages.Review, w *work, j flow.Readiness, open bool) {
	add := func(title, path, empty string, all []pages.Line) {
		if !open {
			path = ""
		}
		out.Sections = append(out.Sections, pages.ReviewSection{Title: title, Path: path, Lines: all, Empty: empty})
	}
	for _, p := range formPages(w.camp) {
		var all []pages.Line
		asked := s.asked(w, p)
		for _, f := range p.fields {
			if value := s.words(w, f); value != "" || f.Required || asked[f.Key] {
				all = append(all, pages.Line{Label: label(w.lang, f), Value: value})
			}
		}
		add(s.pageName(w.lang, p), formPath(p.number), "review.empty", all)
	}
	add(s.pages.Text(w.lang, chosen(w.camp, "review.choices")), "/ks/choices", chosen(w.camp, "review.choices.none"), s.choiceLines(w))
	if claims := s.claimLines(w); claimsOffered(w.camp) || len(claims) > 0 {
		add(s.pages.Text(w.lang, "review.claims"), "/ks/evidence", "review.claims.none", claims)
	}
	var at []pages.Line
	if p := j.Point; p.Code != "" {
		at = append(at, pages.Line{Label: s.pages.Text(w.lang, "review.point"), Value: p.Name})
		for _, x := range []struct{ key, value string }{{"address", p.Address}, {"phone", p.Phone}, {"hours", s.servedText(w.lang, w.mine, w.app, p)}} {
			if x.value != "" {
				at = append(at, pages.Line{Label: s.pages.Text(w.lang, "review.point."+x.key), Value: x.value})
			}
		}
	}
	add(s.pages.Text(w.lang, "review.point"), "/ks/point", "review.point.none", at)
}

// choiceLines say the choices in words.
func (s *server) choiceLines(w *work) (out []pages.Line) {
	for _, x := range w.camp.InWords(w.app).Choices {
		value, years := "", ""
		if x.Years != "" {
			years = s.pages.Text(w.lang, "review.years", x.Years)
		}
		if i := slices.IndexFunc(w.app.Choices, func(c form.Choice) bool { return c.Order == x.Order }); w.lang == pages.En && i >= 0 {
			card := s.choiceCard(w, w.app.Choices[i])
			x.Level, x.Category, x.Form, years = card.Level, card.Category, card.Form, card.Years
		}
		for _, part := range []string{x.Level, x.Category, x.School, x.Major, x.Form, years} {
			if part == "" {
				continue
			}
			if value != "" {
				value += " · "
			}
			value += part
		}
		called := s.nth(w.lang, x.Order)
		if categoryOnly(w.camp) {
			called = s.pages.Text(w.lang, "choices.one")
		}
		out = append(out, pages.Line{Label: called, Value: value})
	}
	return out
}

// categoryOnly reports whether a category is all that is chosen: colleges come after
// the examination.
func categoryOnly(camp rules.Campaign) bool { return camp.Form.Choose == form.ChooseCategory }

// chosen is the phrase that speaks of choices as the campaign has them.
func chosen(camp rules.Campaign, key string) string {
	if categoryOnly(camp) {
		return key + ".category"
	}
	return key
}

// nth is what a choice is called by its order.
func (s *server) nth(l pages.Lang, order int) string {
	switch order {
	case 1:
		return s.pages.Text(l, "choices.nth.1")
	case 2:
		return s.pages.Text(l, "choices.nth.2")
	}
	return s.pages.Text(l, "choices.nth", order)
}

// claimLines say what is claimed, and what comes by itself.
func (s *server) claimLines(w *work) (out []pages.Line) {
	words := w.camp.InWords(w.app)
	for key, all := range map[string][]string{"review.claim.bonus": words.Bonuses, "review.claim.exemption": words.Exemptions} {
		for _, name := range all {
			out = append(out, pages.Line{Label: s.pages.Text(w.lang, key), Value: name})
		}
	}
	slices.SortStableFunc(out, func(a, b pages.Line) int { return len(b.Label) - len(a.Label) })
	return out
}

// pointName is what a point is called, "" of none.
func pointName(ctx context.Context, tx *db.Tx, code string) (string, error) {
	p, err := org.GetPoint(ctx, tx, code)
	if errors.Is(err, org.ErrNotFound) {
		return "", nil
	}
	return p.Name, err
}

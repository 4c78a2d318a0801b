package portal

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
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
	"zhunkao/protocol/form"
	"zhunkao/protocol/window"
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
	s.fillPage(c, v, status, "review", "review", func(ctx context.Context, tx *db.Tx, w *work) (any, error) {
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
		return s.reviewOf(w, h, j, refusal), nil
	})
}

func (s *server) reviewOf(w *work, h flow.Her, j flow.Readiness, refusal string) pages.Review {
	out := pages.Review{Steps: w.steps, Revision: w.revision, Window: s.windowLine(w), Confirmed: h.Confirmed(), Refusal: refusal, Where: j.Point.Name}
	if h.Exists {
		out.Submitted, out.Version = time.UnixMilli(h.Found.ChangedAt), h.Found.Version
		out.Withdrawn = h.Found.State == candidate.Withdrawn
		out.Stale = !out.Confirmed && h.Stale()
		same, err := draft.Same(w.app, h.Found.Application)
		out.Changed = err == nil && !same
	}
	if j.Assessment.FeeKnown {
		out.Fee, out.PayAfter = pages.Yuan(j.Assessment.Fee), w.camp.Policy.ConfirmUnpaid
	}
	open := !out.Confirmed && !s.over(w.camp)
	s.sections(&out, w, j, open)
	if out.Confirmed {
		return out
	}
	if open {
		out.Missing = s.faults(w, j)
	}
	out.Ready = len(out.Missing) == 0 && j.Refusal() == nil && !out.Stale && (!h.Exists || out.Changed || out.Withdrawn)
	return out
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
	add(s.pages.Text(w.lang, "review.choices"), "/ks/choices", "review.choices.none", s.choiceLines(w))
	if claims := s.claimLines(w); claimsOffered(w.camp) || len(claims) > 0 {
		add(s.pages.Text(w.lang, "review.claims"), "/ks/evidence", "review.claims.none", claims)
	}
	var at []pages.Line
	if p := j.Point; p.Code != "" {
		at = append(at, pages.Line{Label: s.pages.Text(w.lang, "review.point"), Value: p.Name})
		for _, x := range []struct{ key, value string }{{"address", p.Address}, {"phone", p.Phone}, {"hours", hoursOf(p.Hours)}} {
			if x.value != "" {
				at = append(at, pages.Line{Label: s.pages.Text(w.lang, "review.point."+x.key), Value: x.value})
			}
		}
	}
	add(s.pages.Text(w.lang, "review.point"), "/ks/point", "review.point.none", at)
}

// hoursOf writes a point's daily hours as people do.
func hoursOf(hours string) string {
	return strings.NewReplacer("-", "—", " ", "、").Replace(hours)
}

// choiceLines say the choices in words.
func (s *server) choiceLines(w *work) (out []pages.Line) {
	for _, x := range w.camp.InWords(w.app).Choices {
		value, years := "", ""
		if x.Years != "" {
			years = s.pages.Text(w.lang, "review.years", x.Years)
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
		out = append(out, pages.Line{Label: s.pages.Text(w.lang, "review.choice", x.Order), Value: value})
	}
	return out
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

// submit hands in what she has looked through.
func (s *server) submit(c *gin.Context, v *visit) {
	var applied flow.Applied
	ctx := c.Request.Context()
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		camp, err := s.campaigns.current(ctx, tx, s.Campaign)
		if err != nil {
			return err
		}
		r, err := s.ruled(camp)
		if err != nil {
			return err
		}
		account := v.session.Account.ID
		applied, err = s.Flow.Apply(ctx, tx, flow.Applying{Account: account, Campaign: camp.ID, Revision: revisionOf(c), Rules: r}, v.by())
		return err
	})
	if err == nil {
		to := "/ks/submitted"
		if applied.Version > 1 {
			to += "?done=again"
		}
		c.Redirect(http.StatusSeeOther, to)
		return
	}
	s.refusedSubmit(c, v, err)
}

// refusedSubmit says why it was not taken, on the same page with all that is
// filled in.
func (s *server) refusedSubmit(c *gin.Context, v *visit, err error) {
	var (
		conflict *draft.Conflict
		shut     *flow.WindowError
		findings *flow.FindingsError
		missing  *flow.ConsentError
	)
	switch {
	case errors.Is(err, flow.ErrConfirmed):
		s.showReview(c, v, http.StatusConflict, "")
	case errors.Is(err, flow.ErrUnpledged):
		c.Redirect(http.StatusSeeOther, "/ks/pledge")
	case errors.As(err, &conflict):
		s.showReview(c, v, http.StatusConflict, "refused.conflict")
	case errors.Is(err, candidate.ErrConflict):
		c.Redirect(http.StatusSeeOther, "/ks/review/both")
	case errors.As(err, &shut):
		s.showReview(c, v, http.StatusUnprocessableEntity, "refused.window")
	case errors.As(err, &findings):
		s.showReview(c, v, http.StatusUnprocessableEntity, "refused.findings")
	case errors.As(err, &missing), errors.Is(err, flow.ErrPledgeName):
		s.showReview(c, v, http.StatusUnprocessableEntity, "refused.consent")
	case errors.Is(err, candidate.ErrTaken):
		s.showReview(c, v, http.StatusUnprocessableEntity, "refused.taken")
	default:
		s.fault(c, v, err)
	}
}

// submittedPage says what comes next.
func (s *server) submittedPage(c *gin.Context, v *visit) {
	s.fillPage(c, v, http.StatusOK, "submitted", "review", func(ctx context.Context, tx *db.Tx, w *work) (any, error) {
		if !w.exists() {
			return nil, elsewhere("/ks/review")
		}
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
		verdict := w.camp.Judge(window.Confirm, w.current.Application, w.place.Division, window.At(s.now()))
		out := pages.Submitted{Again: c.Query("done") == "again", Point: j.Point.Name, Address: j.Point.Address, Phone: j.Point.Phone, Hours: hoursOf(j.Point.Hours),
			By: verdict.Until, Bring: lines(w.camp.Text("bring", w.lang == pages.En))}
		if j.Assessment.FeeKnown {
			out.Fee = pages.Yuan(j.Assessment.Fee)
		}
		out.PayAfter = w.camp.Policy.ConfirmUnpaid
		return out, nil
	})
}

func (s *server) withdrawPage(c *gin.Context, v *visit) {
	s.fillPage(c, v, http.StatusOK, "withdraw", "review", func(ctx context.Context, tx *db.Tx, w *work) (any, error) {
		out := pages.Withdraw{Confirmed: w.confirmed(), None: !w.exists() || w.current.State == candidate.Withdrawn}
		var err error
		if out.Where, err = pointName(ctx, tx, w.place.Code); err != nil {
			return nil, err
		}
		if verdict := s.verdict(w); verdict.Accepts() {
			out.Until = verdict.Until
		}
		return out, nil
	})
}

// withdraw takes her application back, before it is confirmed.
func (s *server) withdraw(c *gin.Context, v *visit) {
	ctx := c.Request.Context()
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		camp, err := s.campaigns.current(ctx, tx, s.Campaign)
		if err != nil {
			return err
		}
		return s.Flow.TakeBack(ctx, tx, v.session.Account.ID, camp.ID, v.by())
	})
	switch {
	case errors.Is(err, flow.ErrConfirmed), errors.Is(err, candidate.ErrNotFound):
		c.Redirect(http.StatusSeeOther, "/ks/withdraw")
	case err != nil:
		s.fault(c, v, err)
	default:
		c.Redirect(http.StatusSeeOther, "/ks/review?done=withdrawn")
	}
}

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
	add("choices", "review.choices", s.choiceLines(mine), s.choiceLines(theirs))
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

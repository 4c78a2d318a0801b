package portal

import (
	"context"
	"errors"
	"strings"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/journey"
	"zhunkao/hub/notice"
	"zhunkao/hub/review"
	"zhunkao/hub/web/portal/pages"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
	"zhunkao/protocol/window"
)

// reviewed is what the point looked at for her: item by item, what lacks and by
// when it can be brought, and how her claims stand. nil before any review.
func (s *server) reviewed(ctx context.Context, tx *db.Tx, w terms, st *standing, now time.Time) (*pages.StatusReview, error) {
	if !st.stands() || st.looked != nil && !*st.looked {
		return nil, nil
	}
	r, err := review.Standing(ctx, tx, st.current.ID)
	if errors.Is(err, review.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	out := &pages.StatusReview{Class: "done", Head: w.t("status.review.done"), Text: w.t("status.review.at", w.clock(moment(r.At)), st.placeName(r.Point))}
	who := st.camp.Subject(st.current.Application, st.current.Division)
	for _, i := range r.Items {
		line, known := st.camp.ReviewOf(i.Key)
		item := pages.StatusReviewed{Name: w.both(line.Zh, line.En), Class: "done", State: w.t("status.review.pass")}
		if !known {
			item.Name = i.Key
		}
		out.Pledged = out.Pledged || line.Kind == rules.ReviewPledge && i.Result == review.Pass
		switch i.Result {
		case review.Warn:
			item.Class, item.State = "wait", w.t("status.review.warn")
			item.Text = w.bring(line, who)
			out.Bring = append(out.Bring, w.still(line, who, now)...)
		case review.Fail:
			item.Class, item.State, item.Text = "must", w.t("status.review.fail"), w.t("status.review.fail.text")
		}
		out.Items = append(out.Items, item)
	}
	for _, c := range r.Claims {
		line, _ := st.camp.ReviewKind(c.Kind) // the kinds of lines about claims are the kinds of claims
		item := pages.StatusReviewed{Name: w.claim(c.Kind, c.Code), Class: "wait", State: w.t("status.review.pending")}
		if c.Shown != review.Pass {
			item.Text = w.bring(line, who)
			out.Bring = append(out.Bring, w.still(line, who, now)...)
		}
		out.Items = append(out.Items, item)
	}
	switch {
	case r.Doubtful():
		out.Class, out.Head = "must", w.t("status.review.doubt")
	case r.Lacks():
		out.Class, out.Head = "wait", w.t("status.review.lacks")
	}
	return out, nil
}

// still is what she brings, while it can be brought: one text, or none.
func (w terms) still(line rules.Review, who window.Subject, now time.Time) []string {
	if end := w.camp.Deadline(window.Step(line.Until), who); !end.IsZero() && !now.Before(end) {
		return nil
	}
	return []string{w.bring(line, who)}
}

// reviewFirst puts what the review asks of her in the place of "nothing to do": what
// lacks is hers to bring, what does not fit she must know of.
func (w terms) reviewFirst(out *pages.Status, st *standing) {
	if out.Review == nil || out.Review.Class == "done" || out.Next == nil || out.Next.Class != "done" {
		return
	}
	head := "status.review.head.doubt"
	if len(out.Review.Bring) > 0 {
		head = "status.review.head.lacks"
		out.Next = &pages.StatusNext{Class: "wait", Head: w.t("status.review.next"), More: out.Review.Bring, Path: goes[journey.Go], Button: w.t("status.go." + string(journey.Go))}
	} else if out.Review.Class == "wait" {
		return // too late to bring it: the line below says until when it was
	}
	out.Head, out.Lead = w.t(head), w.t(head+".lead")
	if who := st.app.Name(); who != "" {
		out.Head = w.t("status.name", string(who), out.Head)
	}
}

// both chooses a text of the campaign by the language of the page.
func (w terms) both(zh, en string) string {
	if w.lang == pages.En && en != "" {
		return en
	}
	return zh
}

// bring says what she brings and by when.
func (w terms) bring(line rules.Review, who window.Subject) string {
	what := w.both(line.Bring, line.BringEn)
	end := w.camp.Deadline(window.Step(line.Until), who)
	if end.IsZero() || what == "" {
		return w.t("status.review.bring", what)
	}
	return w.t("status.review.bring.by", what, w.moment(end))
}

// claim names a kind of bonus or exemption.
func (w terms) claim(kind, code string) string {
	for _, b := range w.camp.Bonuses {
		if kind == form.BonusClaim && b.Code == code {
			return b.Zh
		}
	}
	for _, e := range w.camp.Exemptions {
		if kind == form.ExemptionClaim && e.Code == code {
			return e.Zh
		}
	}
	return code
}

// reviewSaid is what a message about a review says of its items: each a line.
func (s *server) reviewSaid(l pages.Lang, camp rules.Campaign, n notice.Notice) (out []string) {
	w := terms{s.pages, l, camp}
	for _, arg := range []string{"lacks", "fails"} {
		var names []string
		for _, k := range strings.Split(n.Args[arg], ", ") {
			if line, ok := camp.ReviewOf(k); ok {
				names = append(names, w.both(line.Zh, line.En))
			}
		}
		if len(names) > 0 {
			out = append(out, w.t("msg.review."+arg, strings.Join(names, w.t("msg.review.and"))))
		}
	}
	if c := n.Args["claims"]; c != "" && c != "0" {
		out = append(out, w.t("msg.review.claims", c))
	}
	return out
}

package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/blob"
	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
	"zhunkao/hub/intake/hand"
	"zhunkao/hub/review"
	"zhunkao/hub/staff"
	"zhunkao/hub/web/console"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
)

// reviewPart is what clerks looked at at the desks of points (资格审核): in whom
// something does not fit, what is claimed, and one candidate's review with its
// pictures. Nothing is decided here.
func (s *server) reviewPart() part {
	get := http.MethodGet
	return part{routes: []route{
		{method: get, path: "/gl/reviews", who: readers(), remit: remitList, right: "reviews", do: s.doubts},
		{method: get, path: "/gl/claims", who: officers(), remit: remitList, right: "claims", do: s.claims},
		{method: get, path: "/gl/candidates/:id/review", who: officers(), remit: remitCandidate, right: "review", do: s.reviewOf},
	}}
}

// reviewWords puts the campaign's keys into words, by the version in force.
type reviewWords struct {
	s    *server
	lang console.Lang
	camp map[string]rules.Campaign
}

func (w reviewWords) of(ctx context.Context, tx *db.Tx, id string) (rules.Campaign, error) {
	if c, ok := w.camp[id]; ok {
		return c, nil
	}
	c, err := w.s.campaigns.current(ctx, tx, id)
	if err != nil && !missing(err) {
		return c, err
	}
	w.camp[id] = c
	return c, nil
}

// item names what was looked at; what the campaign has no more stands under its key.
func (w reviewWords) item(c rules.Campaign, key string) string {
	r, ok := c.ReviewOf(key)
	switch {
	case !ok:
		return key
	case w.lang == console.En:
		return r.En
	}
	return r.Zh
}

func (w reviewWords) items(c rules.Campaign, keys []string) string {
	names := make([]string, len(keys))
	for i, k := range keys {
		names[i] = w.item(c, k)
	}
	return strings.Join(names, w.s.pages.Text(w.lang, "review.and"))
}

func claimName(c rules.Campaign, kind, code string) (name string, points int) {
	for _, b := range c.Bonuses {
		if kind == form.BonusClaim && b.Code == code {
			return b.Zh, b.Points
		}
	}
	for _, e := range c.Exemptions {
		if kind == form.ExemptionClaim && e.Code == code {
			return e.Zh, 0
		}
	}
	return code, 0
}

// resultState is the word for how an item or the papers of a claim are.
func resultState(of, result string) console.State {
	switch result {
	case review.Pass:
		return console.State{Class: "done", Icon: "check", Key: of + ".pass"}
	case review.Warn:
		return console.State{Class: "wait", Icon: "clock", Key: of + ".warn"}
	}
	return console.State{Class: "must", Icon: "alert", Key: of + ".fail"}
}

// person names whom a row is about: number masked.
func (s *server) person(ctx context.Context, tx *db.Tx, id string) (name, number string, err error) {
	found, err := s.Flow.Candidates.Get(ctx, tx, id)
	if errors.Is(err, candidate.ErrNotFound) {
		return "", "", nil
	}
	if err != nil {
		return "", "", err
	}
	return string(found.Application.Name()), found.Application.Number().String(), nil
}

// doubts lists those in whom something does not fit (资格存疑). A confirmation
// stands all the same: what to do is the county's to find out.
func (s *server) doubts(c *gin.Context, v *visit) {
	ctx, r := c.Request.Context(), v.remit()
	before, ok := parseCursor(c.Query("before"))
	if !ok {
		s.refuse(c, v, refusalBad)
		return
	}
	var view console.Doubts
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		f := review.Filter{Division: r.division, Point: r.point, Before: review.Cursor{At: before.Committed, ID: before.ID}, Limit: pageRows + 1}
		if view.Total, err = review.DoubtCount(ctx, tx, f); err != nil {
			return err
		}
		all, err := review.Doubts(ctx, tx, f)
		if err != nil {
			return err
		}
		last := ""
		if len(all) > pageRows {
			all = all[:pageRows]
			last = fmt.Sprintf("%d.%s", all[pageRows-1].At, all[pageRows-1].ID)
		}
		view.Pages = turned(c, view.Total, last)
		w, points := reviewWords{s, v.lang, map[string]rules.Campaign{}}, pointNames{}
		for _, one := range all {
			camp, err := w.of(ctx, tx, one.Campaign)
			if err != nil {
				return err
			}
			row := console.Doubt{Application: one.Application, At: ms(one.At), Fails: w.items(camp, one.Keys(review.Fail)), Lacks: w.items(camp, one.Keys(review.Warn))}
			if row.Name, row.Number, err = s.person(ctx, tx, one.Application); err != nil {
				return err
			}
			if row.Point, err = points.name(ctx, tx, one.Point); err != nil {
				return err
			}
			view.Rows = append(view.Rows, row)
		}
		view.Waits, err = s.waitingReviews(ctx, tx, w, points, review.Filter{Division: r.division, Point: r.point, Limit: pageRows})
		return err
	})
	if err != nil {
		s.fault(c, v, err)
		return
	}
	s.show(c, v, http.StatusOK, "reviews", "reviews", view)
}

// waitingReviews are those whose confirmation has not come. Once the campaign is over
// it comes only by somebody's hand.
func (s *server) waitingReviews(ctx context.Context, tx *db.Tx, w reviewWords, points pointNames, f review.Filter) (out []console.WaitingReview, err error) {
	all, err := review.Waits(ctx, tx, f)
	if err != nil {
		return nil, err
	}
	for _, one := range all {
		camp, err := w.of(ctx, tx, one.Campaign)
		if err != nil {
			return nil, err
		}
		row := console.WaitingReview{Application: one.Application, At: ms(one.At), Record: one.Record}
		if end := lastClose(camp); !end.IsZero() {
			row.Over = !s.Flow.Now().Before(end)
		}
		if row.Name, row.Number, err = s.person(ctx, tx, one.Application); err != nil {
			return nil, err
		}
		if row.Point, err = points.name(ctx, tx, one.Point); err != nil {
			return nil, err
		}
		out = append(out, row)
	}
	return out, nil
}

// lastClose is when the last window of a campaign closes; zero without any.
func lastClose(camp rules.Campaign) (last time.Time) {
	for _, w := range camp.Windows {
		if w.To.After(last) {
			last = w.To
		}
	}
	return last
}

// turned is where a page stands in its list; next is the cursor behind it, "" on
// the last.
func turned(c *gin.Context, total int, next string) console.Pages {
	n := pageNumber(c)
	out := console.Pages{Number: n, Of: max(n, (total+pageRows-1)/pageRows)}
	if n > 1 {
		out.First = link(c, "", 0)
	}
	if next != "" {
		out.Next = link(c, next, n+1)
	}
	return out
}

// claimCursor reads the place in the list of claims: at.review.kind.code.
func claimCursor(text string) (review.Cursor, bool) {
	if text == "" {
		return review.Cursor{}, true
	}
	part := strings.Split(text, ".")
	if len(part) != 4 || len(text) > 200 {
		return review.Cursor{}, false
	}
	at, err := strconv.ParseInt(part[0], 10, 64)
	if err != nil || at < 0 || !plainID(part[1]) || !plainID(part[2]) || !plainID(strings.ToLower(part[3])) {
		return review.Cursor{}, false
	}
	return review.Cursor{At: at, ID: strings.Join(part[1:], " ")}, true
}

func claimPlace(c review.Claimed) string {
	return strings.Join([]string{strconv.FormatInt(c.At, 10), c.Review, c.Kind, c.Code}, ".")
}

// claims lists what is claimed at the desks: facts that wait for the city.
func (s *server) claims(c *gin.Context, v *visit) {
	ctx, r := c.Request.Context(), v.remit()
	before, ok := claimCursor(c.Query("before"))
	if !ok {
		s.refuse(c, v, refusalBad)
		return
	}
	f := review.Filter{Division: r.division, Point: r.point, Before: before, Limit: pageRows + 1}
	if s.exportAs(c) != "" {
		s.exportClaims(c, v, f)
		return
	}
	var view console.Claims
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if view.Total, err = review.ClaimCount(ctx, tx, f); err != nil {
			return err
		}
		all, err := review.ClaimList(ctx, tx, f)
		if err != nil {
			return err
		}
		last := ""
		if len(all) > pageRows {
			all = all[:pageRows]
			last = claimPlace(all[pageRows-1])
		}
		view.Pages = turned(c, view.Total, last)
		view.Rows, err = s.claimRows(ctx, tx, v, all)
		return err
	})
	if err != nil {
		s.fault(c, v, err)
		return
	}
	s.show(c, v, http.StatusOK, "claims", "claims", view)
}

func (s *server) claimRows(ctx context.Context, tx *db.Tx, v *visit, all []review.Claimed) ([]console.ClaimRow, error) {
	w, points := reviewWords{s, v.lang, map[string]rules.Campaign{}}, pointNames{}
	out := make([]console.ClaimRow, 0, len(all))
	for _, one := range all {
		camp, err := w.of(ctx, tx, one.Campaign)
		if err != nil {
			return nil, err
		}
		row := console.ClaimRow{Application: one.Application, At: ms(one.At), Kind: "evidence." + one.Kind, Code: one.Code, Pictures: len(one.Copies), Papers: resultState("claim", one.Shown),
			State: console.State{Class: "wait", Icon: "clock", Key: "claim.pending"}}
		row.Claim, row.Points = claimName(camp, one.Kind, one.Code)
		if row.Name, row.Number, err = s.person(ctx, tx, one.Application); err != nil {
			return nil, err
		}
		if row.Point, err = points.name(ctx, tx, one.Point); err != nil {
			return nil, err
		}
		out = append(out, row)
	}
	return out, nil
}

// exportClaims writes the whole list as a file.
func (s *server) exportClaims(c *gin.Context, v *visit, f review.Filter) {
	ctx := c.Request.Context()
	heads := s.heads(v, "claims.entered", "list.candidate", "record.number", "list.where", "claims.kind", "claims.code", "claims.what", "claims.points", "claims.papers", "claims.pictures", "list.state")
	s.export(c, v, "claims", heads, func(row func(...any) error) error {
		f.Before, f.Limit = review.Cursor{}, rowsAtOnce
		return s.DB.Read(ctx, func(tx *db.Tx) error {
			for {
				all, err := review.ClaimList(ctx, tx, f)
				if err != nil {
					return err
				}
				rows, err := s.claimRows(ctx, tx, v, all)
				if err != nil {
					return err
				}
				for _, x := range rows {
					t := func(key string) string { return s.pages.Text(v.lang, key) }
					if err := row(x.At, x.Name, x.Number, x.Point, t(x.Kind), x.Code, x.Claim, x.Points, t(x.Papers.Key), x.Pictures, t(x.State.Key)); err != nil {
						return err
					}
				}
				if len(all) < rowsAtOnce {
					return nil
				}
				f.Before = all[len(all)-1].Cursor()
			}
		})
	})
}

// reviewOf shows what was looked at for a candidate, newest first: of the one that
// stands with its notes and pictures. That it was looked at is journalled in the
// transaction that opens it.
func (s *server) reviewOf(c *gin.Context, v *visit) {
	ctx, row := c.Request.Context(), v.subject.(candidate.Row)
	view := console.Reviewed{ID: row.ID, State: candidateState(row.State)}
	err := s.DB.Write(ctx, func(tx *db.Tx) (err error) {
		if err = s.Flow.ViewCandidate(ctx, tx, row, "review", "", v.by()); err != nil {
			return err
		}
		if view.Name, _, err = s.person(ctx, tx, row.ID); err != nil {
			return err
		}
		w, points := reviewWords{s, v.lang, map[string]rules.Campaign{}}, pointNames{}
		all, err := review.Of(ctx, tx, row.ID)
		if err != nil {
			return err
		}
		for _, one := range all {
			camp, err := w.of(ctx, tx, one.Campaign)
			if err != nil {
				return err
			}
			seen, err := s.reviewShown(ctx, tx, w, camp, one)
			if err != nil {
				return err
			}
			if seen.Point, err = points.name(ctx, tx, one.Point); err != nil {
				return err
			}
			view.Reviews = append(view.Reviews, seen)
		}
		return nil
	})
	if err != nil {
		s.fault(c, v, err)
		return
	}
	s.show(c, v, http.StatusOK, "review", "candidates", view)
}

func (s *server) reviewShown(ctx context.Context, tx *db.Tx, w reviewWords, camp rules.Campaign, one review.Review) (console.ReviewSeen, error) {
	blobs := s.Blob.In(ctx, tx)
	out := console.ReviewSeen{At: ms(one.At), Looked: ms(one.Looked), Version: one.Version, Stands: one.State == review.Stands, Record: one.Record, Clerk: one.Clerk}
	if !out.Stands {
		out.Says = "review." + string(one.State)
	}
	who, err := staff.Get(ctx, tx, one.Clerk)
	switch {
	case err == nil:
		out.Clerk = who.Display
	case !errors.Is(err, staff.ErrNotFound):
		return out, err
	}
	content, err := review.Open(ctx, tx, s.Keys, one.ID)
	if err != nil {
		return out, err
	}
	out.Note = content.Note
	for _, i := range one.Items {
		out.Items = append(out.Items, console.ReviewItem{Name: w.item(camp, i.Key), Result: resultState("review", i.Result), Note: content.Notes[i.Key]})
	}
	for _, x := range one.Claims {
		claim := console.ReviewClaim{Kind: "evidence." + x.Kind, Papers: resultState("claim", x.Shown), State: console.State{Class: "wait", Icon: "clock", Key: "claim.pending"}}
		claim.Name, claim.Points = claimName(camp, x.Kind, x.Code)
		if out.Stands {
			for _, n := range x.Copies {
				claim.Photos = append(claim.Photos, s.reviewPicture(blobs, one, content, "copy."+strconv.Itoa(n)))
			}
		}
		out.Claims = append(out.Claims, claim)
	}
	if one.Pledge != "" {
		out.PledgeHash = one.Pledge
		if out.Stands {
			p := s.reviewPicture(blobs, one, content, "pledge")
			out.Pledge = &p
		}
	}
	return out, nil
}

// reviewPicture opens one picture of a review, or says that it does not open.
func (s *server) reviewPicture(blobs *blob.Store, one review.Review, content review.Content, role string) console.Photo {
	var p console.Photo
	var err error
	if p.JPEG, p.Width, p.Height, err = hand.Reviewed(blobs, one, content, role); err != nil { // hides nothing else; fsck names it
		s.Log.Warn("web: a picture of a review does not open", "record", one.ID, "error", err.Error())
		p.Why = "evidence.broken"
	}
	return p
}

func countDoubts(ctx context.Context, tx *db.Tx, v *visit, _ string) (int, error) {
	r := v.remit()
	return review.DoubtCount(ctx, tx, review.Filter{Division: r.division, Point: r.point})
}

func countClaims(ctx context.Context, tx *db.Tx, v *visit, _ string) (int, error) {
	r := v.remit()
	return review.ClaimCount(ctx, tx, review.Filter{Division: r.division, Point: r.point})
}

package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/countersign"
	"zhunkao/hub/db"
	"zhunkao/hub/exchange/sheet"
	"zhunkao/hub/flow"
	"zhunkao/hub/results"
	"zhunkao/hub/web/console"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/window"
)

func (s *server) resultsImport(c *gin.Context, v *visit) {
	if done := "results.done." + c.Query("done"); s.pages.Has(done) {
		v.notice = &console.Notice{Class: "done", Key: done}
	}
	s.showResultsImport(c, v, http.StatusOK, "")
}

func (s *server) showResultsImport(c *gin.Context, v *visit, status int, wrong string) {
	ctx := c.Request.Context()
	view := console.ResultsImport{Error: wrong, Said: c.PostForm("reason"), OpenAt: c.PostForm("open")}
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		i, err := results.Get(ctx, tx, v.subject.(results.Import).ID) // it may have moved on
		if err != nil {
			return err
		}
		if err := s.resultsFacts(ctx, tx, v, i, &view); err != nil {
			return err
		}
		return s.resultsActs(ctx, tx, v, i, &view)
	})
	if err != nil {
		s.fault(c, v, err)
		return
	}
	s.show(c, v, status, "resultsimport", "results", view)
}

// resultsShown is how many rows of each kind the page shows.
const resultsShown = 20

func (s *server) resultsFacts(ctx context.Context, tx *db.Tx, v *visit, i results.Import, view *console.ResultsImport) (err error) {
	view.ResultsRow, view.Hash, view.Undecided, view.Scores = resultsRow(i), i.SHA256, i.Undecided, i.Kind == results.OfScores
	if i.AppliedAt != 0 {
		view.Applied, view.Open = ms(i.AppliedAt), ms(i.OpenAt)
	}
	if i.EndedAt != 0 {
		view.Ended, view.EndedWhy = ms(i.EndedAt), i.EndedWhy
	}
	names := map[string]string{}
	for _, x := range []struct {
		id  string
		out *string
	}{{i.ShownBy, &view.By}, {i.AppliedBy, &view.AppliedBy}, {i.Second, &view.Second}, {i.EndedBy, &view.EndedBy}, {i.EndedSecond, &view.EndedTwo}} {
		if x.id == "" {
			continue
		}
		if *x.out, err = s.author(ctx, tx, v, staffAuthor(x.id), names); err != nil {
			return err
		}
	}
	refused, err := results.Refusals(ctx, tx, i.ID)
	if err != nil {
		return err
	}
	rows := map[[2]any]bool{}
	for _, r := range refused {
		row := console.RefusedRow{Sheet: r.Sheet, Row: r.Row, Column: r.Column, Text: r.Zh}
		if v.lang == console.En {
			row.Text = r.En
		}
		rows[[2]any{r.Sheet, r.Row}] = true
		view.Refusals = append(view.Refusals, row)
	}
	view.More = i.Refused - len(rows)
	if i.State != results.Shown {
		return nil
	}
	if view.Changes, err = s.resultsChanges(ctx, tx, v, i, "changed"); err != nil {
		return err
	}
	view.Samples, err = s.resultsChanges(ctx, tx, v, i, "fresh")
	return err
}

// resultsChanges are some rows beside what their candidates have now.
func (s *server) resultsChanges(ctx context.Context, tx *db.Tx, v *visit, i results.Import, state string) (out []console.ResultsChange, err error) {
	rows, err := results.Rows(ctx, tx, i.ID, state, 0, resultsShown)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(rows))
	for n, r := range rows {
		ids[n] = r.Application
	}
	now, err := results.ForAll(ctx, tx, ids, 0)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		one := console.ResultsChange{Sheet: r.Sheet, Row: r.Number, Application: r.Application}
		had := now[r.Application]
		if i.Kind == results.OfScores {
			scores, err := r.Scores()
			if err != nil {
				return nil, err
			}
			one.After = s.scoresLine(v, &scores)
			one.Before = s.scoresLine(v, had.Scores)
		} else {
			a, err := r.Admission()
			if err != nil {
				return nil, err
			}
			one.After, one.Before = admissionLine(&a), admissionLine(had.Admission)
		}
		out = append(out, one)
	}
	return out, nil
}

func (s *server) scoresLine(v *visit, x *results.Scores) string {
	if x == nil {
		return ""
	}
	return s.pages.Text(v.lang, "results.total", x.Total.String(), x.FileText())
}

func admissionLine(a *results.Admission) string {
	if a == nil {
		return ""
	}
	return strings.TrimSpace(a.SchoolName + "　" + a.MajorName + "　" + a.Day)
}

// resultsActs is what she may do with a table now.
func (s *server) resultsActs(ctx context.Context, tx *db.Tx, v *visit, i results.Import, view *console.ResultsImport) error {
	camp, err := s.campaigns.current(ctx, tx, i.Campaign)
	if err != nil {
		return err
	}
	act := flow.ActOfResults(i.Kind)
	may := permitted(camp, act, v.session.Account.Role)
	if !may.known || !may.high {
		view.Refuse = may.refusal()
		return nil
	}
	step := func(of countersign.Act) (string, error) {
		of.Division = camp.Province
		how, err := s.standingSecond(ctx, tx, v, may, of)
		if err == nil && how == "" {
			how = "alone"
		}
		return how, err
	}
	if at := flow.ExamEnds(camp); s.Flow.Now().Before(at) {
		view.Early = at
	}
	switch i.State {
	case results.Applied:
		view.UndoStep, err = step(secondResults(i, act, termsResultsUndo))
		return err
	case results.Shown:
	default:
		return nil
	}
	switch err := results.CanApply(ctx, tx, i); {
	case errors.Is(err, results.ErrStale):
		view.Stale = true
		return nil
	case errors.Is(err, results.ErrState):
		return nil
	case err != nil:
		return err
	}
	// What was asked for has its moment in its terms: the form keeps to it.
	asked, err := countersign.OpenOn(ctx, tx, countersign.Act{Act: act, Subject: ofResults + i.ID, AskedBy: v.session.Account.ID}, s.Flow.Now().UnixMilli())
	switch {
	case err == nil:
		view.OpenAt = strings.TrimSpace(strings.TrimPrefix(asked.Terms, termsResultsApply))
	case !errors.Is(err, countersign.ErrNotFound):
		return err
	}
	terms := strings.TrimSpace(termsResultsApply + " " + view.OpenAt)
	view.ApplyStep, err = step(secondResults(i, act, terms))
	return err
}

// secondOfResults says which table two persons let count or take back, where the second
// sees it, and the form that does it.
func (s *server) secondOfResults(ctx context.Context, tx *db.Tx, v *visit, a countersign.Act, out *console.Second) error {
	i, err := results.Get(ctx, tx, strings.TrimPrefix(a.Subject, ofResults))
	if err != nil {
		return err
	}
	verb, open, _ := strings.Cut(a.Terms, " ")
	out.What = s.pages.Text(v.lang, "seconds.results", ms(i.ShownAt).In(window.Zone()).Format("01-02 15:04"), strconv.Itoa(i.Fresh+i.Changed))
	out.Path = "/gl/" + a.Subject
	out.Do, out.Terms = out.Path+"/"+verb, "seconds.terms.results."+verb
	out.Fields = []console.Option{{Value: "open", Text: open}}
	return nil
}

// blankResults gives a table to fill in and bring. It holds nobody, so it bears no mark
// of who took it, which would be a row too many when it is brought.
func (s *server) blankResults(c *gin.Context, v *visit, kind results.Kind) {
	ctx, as := c.Request.Context(), s.exportAs(c)
	var camp rules.Campaign
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) { camp, err = s.campaigns.current(ctx, tx, s.Campaign); return err })
	if err != nil {
		s.fault(c, v, err)
		return
	}
	title := s.pages.Text(v.lang, "results.kind."+string(kind))
	var out bytes.Buffer
	heads, rows := results.Blank(camp, kind)
	w, err := sheet.New(as, &out, sheet.About{Title: title, At: s.Flow.Now()}, heads)
	for _, r := range rows {
		if err == nil {
			err = w.Row(r...)
		}
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		s.fault(c, v, err)
		return
	}
	c.Header("Content-Disposition", fmt.Sprintf(`attachment; filename="%s.%s"; filename*=UTF-8''%s.%s`, kind, as, url.PathEscape(title), as))
	c.Data(http.StatusOK, sheet.MediaType(as), out.Bytes())
}

package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/approval"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/web/console"
)

// What :id is on the routes of cases.
const (
	remitCase       rule = "case"
	remitPaper      rule = "case-paper"
	remitDelegation rule = "delegation"
)

// approvalPart is the cases: what waits for whom, one of them, its form, its
// attachments, and who judges for whom.
func (s *server) approvalPart() part {
	get, post := http.MethodGet, http.MethodPost
	return part{routes: []route{
		{method: get, path: "/gl/approvals", who: readers(), remit: remitList, right: "approvals", do: s.approvals},
		{method: get, path: "/gl/approvals/late", who: officers(), remit: remitList, right: "approvals-late", do: s.approvalsLate},
		{method: get, path: "/gl/approvals/mine", who: readers(), remit: remitList, do: s.approvalsMine},
		{method: get, path: "/gl/approvals/all", who: readers(), remit: remitList, do: s.approvalsAll},
		{method: post, path: "/gl/approvals/agree", who: readers(), remit: remitList, do: s.agreeAll},
		{method: get, path: "/gl/approvals/new", who: readers(), remit: remitList, right: "approvals-new", do: s.newCase},
		{method: post, path: "/gl/approvals/new", who: readers(), remit: remitList, upload: true, do: s.submitCase},
		{method: get, path: "/gl/approvals/delegations", who: officers(), remit: remitList, right: "delegations", do: s.delegations},
		{method: post, path: "/gl/approvals/delegations", who: officers(), remit: remitList, do: s.delegate},
		{method: post, path: "/gl/approvals/delegations/:id/end", who: officers(), remit: remitDelegation, do: s.endDelegation},
		{method: get, path: "/gl/approvals/:id", who: readers(), remit: remitCase, do: s.caseOf},
		{method: post, path: "/gl/approvals/:id/agree", who: readers(), remit: remitCase, do: s.judged(approval.Agree)},
		{method: post, path: "/gl/approvals/:id/refuse", who: readers(), remit: remitCase, do: s.judged(approval.Refuse)},
		{method: post, path: "/gl/approvals/:id/return", who: readers(), remit: remitCase, do: s.judged(approval.Return)},
		{method: post, path: "/gl/approvals/:id/withdraw", who: readers(), remit: remitCase, do: s.judged(approval.Withdraw)},
		{method: get, path: "/gl/approvals/:id/mend", who: readers(), remit: remitCase, do: s.mendCase},
		{method: post, path: "/gl/approvals/:id/mend", who: readers(), remit: remitCase, upload: true, do: s.resubmitCase},
		{method: get, path: "/gl/papers/:id", who: readers(), remit: remitPaper, do: s.paper},
	}, finders: map[rule]finder{remitCase: findCase, remitPaper: findPaper, remitDelegation: findDelegation}}
}

func findCase(ctx context.Context, tx *db.Tx, v *visit, id string) (where, error) {
	c, err := approval.Get(ctx, tx, id)
	if errors.Is(err, approval.ErrNotFound) {
		return where{}, errNoSubject
	}
	v.subject = c
	return where{c.Division, c.Point}, err
}

// paperOf is an attachment and the case it belongs to.
type paperOf struct {
	approval.Paper
	of approval.Case
}

func findPaper(ctx context.Context, tx *db.Tx, v *visit, id string) (where, error) {
	p, err := approval.GetPaper(ctx, tx, id)
	if errors.Is(err, approval.ErrNotFound) {
		return where{}, errNoSubject
	} else if err != nil {
		return where{}, err
	}
	at, err := findCase(ctx, tx, v, p.Case)
	if err != nil {
		return where{}, err
	}
	v.subject = paperOf{p, v.subject.(approval.Case)}
	return at, nil
}

func findDelegation(ctx context.Context, tx *db.Tx, v *visit, id string) (where, error) {
	d, err := approval.GetDelegation(ctx, tx, id)
	if errors.Is(err, approval.ErrNotFound) {
		return where{}, errNoSubject
	}
	v.subject = d
	return where{division: d.Division}, err
}

// waiting is the filter of what waits for this person.
func (s *server) waiting(ctx context.Context, tx *db.Tx, v *visit) (approval.Filter, error) {
	a, r := v.session.Account, v.remit()
	seats, err := s.Flow.Seats(ctx, tx, a)
	return approval.Filter{Remit: r.division, Point: r.point, Waiting: seats, Me: a.ID, Mine: flow.BenchOf(a)}, err
}

// countWaiting is what the menu counts: what waits for her to judge, and what was
// returned to her office, which nobody else mends.
func (s *server) countWaiting(ctx context.Context, tx *db.Tx, v *visit, _ string) (int, error) {
	f, err := s.waiting(ctx, tx, v)
	if err != nil {
		return 0, err
	}
	f.Back = true
	n, _, err := approval.Count(ctx, tx, f)
	return n, err
}

// filterOf is the filter of a tab.
func (s *server) filterOf(ctx context.Context, tx *db.Tx, v *visit, tab string) (approval.Filter, error) {
	a, r := v.session.Account, v.remit()
	f := approval.Filter{Remit: r.division, Point: r.point}
	switch tab {
	case "late": // of the offices below hers: she asks them, and sees who is to be asked
		f.Late, f.Below = s.Flow.Now().UnixMilli(), flow.TierOf(a.Role)
	case "mine":
		f.Office, f.Newest = flow.BenchOf(a), true
	case "all":
		f.Newest = true
	default:
		return s.waiting(ctx, tx, v)
	}
	return f, nil
}

func (s *server) approvals(c *gin.Context, v *visit) { s.cases(c, v, "waiting", http.StatusOK) }

func (s *server) approvalsLate(c *gin.Context, v *visit) { s.cases(c, v, "late", http.StatusOK) }

func (s *server) approvalsMine(c *gin.Context, v *visit) { s.cases(c, v, "mine", http.StatusOK) }

func (s *server) approvalsAll(c *gin.Context, v *visit) { s.cases(c, v, "all", http.StatusOK) }

// tabPath is where a tab is shown.
func tabPath(tab string) string {
	if tab == "waiting" {
		return "/gl/approvals"
	}
	return "/gl/approvals/" + tab
}

// cases is a page of cases. What waits for her has one of them beside it: the
// one that is asked for, or the first.
func (s *server) cases(c *gin.Context, v *visit, tab string, status int) {
	kind, picked := c.Query("kind"), c.Query("case")
	if kind != "" && !plainID(kind) || picked != "" && !plainID(picked) {
		s.refuse(c, v, refusalBad)
		return
	}
	if s.exportAs(c) != "" {
		s.exportCases(c, v, tab, kind)
		return
	}
	ctx := c.Request.Context()
	view := console.Approvals{Tab: tab, Kind: kind, Judge: s.may(v.session.Account.Role)["delegations"]}
	s.announce(c, v)
	absent := false
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		f, err := s.filterOf(ctx, tx, v, tab)
		if err != nil {
			return err
		}
		books := s.books(v)
		total, byKind, err := approval.Count(ctx, tx, f)
		if err != nil {
			return err
		}
		if view.Kinds, err = s.kindTabs(ctx, tx, books, tab, kind, total, byKind); err != nil {
			return err
		}
		view.Total = total
		if f.Kind = kind; kind != "" {
			total = byKind[kind]
		}
		n := pageNumber(c)
		f.Limit, f.Offset = pageRows, (n-1)*pageRows
		list, err := approval.List(ctx, tx, f)
		if err != nil {
			return err
		}
		view.Pages = casePages(tab, kind, n, total)
		if picked == "" && tab == "waiting" && len(list) > 0 {
			picked = list[0].ID
		}
		for _, x := range list {
			row, err := s.caseRow(ctx, tx, books, v, x)
			if err != nil {
				return err
			}
			if tab != "waiting" {
				if row.Word, err = books.standing(ctx, tx, x); err != nil {
					return err
				}
			} else {
				row.Path = tabPath(tab) + "?" + query("kind", kind, "case", x.ID, "page", pageText(n)) + "#case"
			}
			row.Bulk, row.Picked = row.Bulk && tab == "waiting", tab == "waiting" && x.ID == picked
			view.Rows = append(view.Rows, row)
		}
		if tab == "waiting" {
			if view.Case, absent, err = s.beside(ctx, tx, books, v, picked); err != nil || absent {
				return err
			}
		}
		r := v.remit()
		if view.Returned, _, err = approval.Count(ctx, tx, approval.Filter{Remit: r.division, Point: r.point, Office: flow.BenchOf(v.session.Account), State: approval.Returned}); err != nil {
			return err
		}
		if view.New, err = s.newLinks(ctx, tx, v); err != nil || !s.may(v.session.Account.Role)["approvals-late"] {
			return err
		}
		if f, err = s.filterOf(ctx, tx, v, "late"); err == nil {
			view.Late, _, err = approval.Count(ctx, tx, f)
		}
		return err
	})
	switch {
	case err != nil:
		s.fault(c, v, err)
	case absent:
		s.refuse(c, v, refusalNotFound)
	default:
		s.show(c, v, status, "approvals", "approvals", view)
	}
}

// beside is the case beside the list. absent when it is not one of her remit.
func (s *server) beside(ctx context.Context, tx *db.Tx, books *books, v *visit, id string) (_ *console.Case, absent bool, err error) {
	if id == "" {
		return nil, false, nil
	}
	x, err := approval.Get(ctx, tx, id)
	if errors.Is(err, approval.ErrNotFound) || err == nil && !v.remit().covers(x.Division, x.Point) {
		return nil, true, nil
	}
	if err != nil {
		return nil, false, err
	}
	view, err := s.caseView(ctx, tx, books, v, x)
	view.Beside = true
	return &view, false, err
}

// kindTabs are the kinds over a list, those that have something and those of
// the campaign in force.
func (s *server) kindTabs(ctx context.Context, tx *db.Tx, books *books, tab, kind string, total int, byKind map[string]int) ([]console.KindTab, error) {
	out := []console.KindTab{{Text: books.t("approvals.all-kinds"), Count: total, Path: tabPath(tab), Here: kind == ""}}
	camp, err := s.campaigns.current(ctx, tx, s.Campaign)
	if err != nil && !missing(err) {
		return nil, err
	}
	keys := []string{}
	for _, a := range camp.Approvals {
		keys = append(keys, a.Key)
	}
	for k := range byKind {
		if !slices.Contains(keys, k) {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys[len(camp.Approvals):])
	for _, k := range keys {
		name := k
		if a, ok := camp.Approval(k); ok {
			name = books.either(a.Zh, a.En)
		}
		if byKind[k] > 0 || k == kind {
			out = append(out, console.KindTab{Key: k, Text: name, Count: byKind[k], Path: tabPath(tab) + "?" + query("kind", k), Here: k == kind})
		}
	}
	return out, nil
}

// newLinks are the kinds that her office may submit.
func (s *server) newLinks(ctx context.Context, tx *db.Tx, v *visit) ([]console.Link, error) {
	camp, err := s.campaigns.current(ctx, tx, s.Campaign)
	if err != nil && !missing(err) {
		return nil, err
	}
	var out []console.Link
	for _, a := range camp.Approvals {
		if slices.Contains(a.By, flow.TierOf(v.session.Account.Role)) {
			out = append(out, console.Link{Path: kindPath(a), Text: s.books(v).either(a.Zh, a.En)})
		}
	}
	return out, nil
}

func casePages(tab, kind string, n, total int) console.Pages {
	p := console.Pages{Number: n, Of: max(n, (total+pageRows-1)/pageRows)}
	if n > 1 {
		p.First = tabPath(tab) + "?" + query("kind", kind)
	}
	if n*pageRows < total {
		p.Next = tabPath(tab) + "?" + query("kind", kind, "page", strconv.Itoa(n+1))
	}
	return p
}

func pageText(n int) string {
	if n < 2 {
		return ""
	}
	return strconv.Itoa(n)
}

// query writes a query of pairs, those of no value left out.
func query(pairs ...string) string {
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	return q.Encode()
}

// approvalDone are the words of what was just done.
var approvalDone = map[string]string{"submitted": "approvals.done.submitted", "agreed": "approvals.done.agreed", "approved": "approvals.done.approved",
	"refused": "approvals.done.refused", "returned": "approvals.done.returned", "withdrawn": "approvals.done.withdrawn",
	"resubmitted": "approvals.done.resubmitted", "delegated": "approvals.done.delegated", "ended": "approvals.done.ended", "bulk": "approvals.done.bulk"}

// announce says what was just done.
func (s *server) announce(c *gin.Context, v *visit) {
	if key, ok := approvalDone[c.Query("done")]; ok && v.notice == nil {
		v.notice = &console.Notice{Class: "done", Key: key}
	}
}

// exportCases writes the cases of a tab as a file.
func (s *server) exportCases(c *gin.Context, v *visit, tab, kind string) {
	ctx := c.Request.Context()
	heads := s.heads(v, "case.kind", "case.title", "case.where", "case.from", "case.submitted", "case.state", "case.due", "case.number")
	s.export(c, v, "approvals", heads, func(row func(...any) error) error {
		return s.DB.Read(ctx, func(tx *db.Tx) error {
			f, err := s.filterOf(ctx, tx, v, tab)
			if err != nil {
				return err
			}
			f.Kind = kind
			list, err := approval.List(ctx, tx, f)
			if err != nil {
				return err
			}
			books := s.books(v)
			for _, x := range list {
				r, err := s.caseRow(ctx, tx, books, v, x)
				if err != nil {
					return err
				}
				place, err := books.place(ctx, tx, x.Division)
				if err != nil {
					return err
				}
				var due any
				if x.Due > 0 {
					due = ms(x.Due)
				}
				if err := row(r.Kind, r.Title, place, r.From, ms(x.Submitted), books.state(x).Text, due, x.ID); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/org"
	"zhunkao/hub/payment/unpaid"
	"zhunkao/hub/staff"
	"zhunkao/hub/web/console"
	rules "zhunkao/protocol/campaign"
)

// remitUnpaid: :id is the order of somebody who confirmed and has not paid.
const remitUnpaid rule = "unpaid"

// unpaidPart is the check of those who confirmed and have not paid (A20, A43): the
// point writes, county and above see.
func (s *server) unpaidPart() part {
	get, post := http.MethodGet, http.MethodPost
	atPoint := []staff.Role{staff.PointHead, staff.Clerk}
	return part{routes: []route{
		{method: get, path: "/gl/unpaid", who: readers(), remit: remitList, right: "unpaid", do: s.unpaidList},
		{method: get, path: "/gl/unpaid/sheet", who: readers(), remit: remitList, do: s.unpaidSheet},
		{method: post, path: "/gl/unpaid/ask", who: readers(), remit: remitList, do: s.askUnpaid},
		{method: post, path: "/gl/unpaid/sign", who: []staff.Role{staff.PointHead}, remit: remitList, do: s.signUnpaid},
		{method: post, path: "/gl/unpaid/reopen", who: append(officers(), staff.PointHead), remit: remitList, do: s.reopenUnpaid},
		{method: get, path: "/gl/unpaid/:id", who: readers(), remit: remitUnpaid, do: s.unpaidPerson},
		{method: post, path: "/gl/unpaid/:id/contact", who: atPoint, remit: remitUnpaid, do: s.contactUnpaid},
		{method: post, path: "/gl/unpaid/:id/reason", who: atPoint, remit: remitUnpaid, do: s.reasonUnpaid},
	}, finders: map[rule]finder{remitUnpaid: findUnpaid}}
}

func findUnpaid(ctx context.Context, tx *db.Tx, v *visit, id string) (where, error) {
	o, err := unpaid.OfOrder(ctx, tx, id)
	if errors.Is(err, unpaid.ErrNotFound) {
		return where{}, errNoSubject
	}
	v.subject = o
	return where{o.Division, o.Point}, err
}

// pointAsked is the point whose list is asked for: her own, or one of her remit that is
// named. "" is the whole remit; false is none of hers.
func (s *server) pointAsked(ctx context.Context, tx *db.Tx, v *visit, code string) (org.Point, bool, error) {
	r := v.remit()
	if r.point != "" {
		code = r.point
	}
	if code == "" {
		return org.Point{Division: r.division}, true, nil
	}
	if !plainID(code) {
		return org.Point{}, false, nil
	}
	p, err := org.GetPoint(ctx, tx, code)
	if errors.Is(err, org.ErrNotFound) {
		return p, false, nil
	}
	return p, err == nil && r.covers(p.Division, p.Code), err
}

func (s *server) unpaidList(c *gin.Context, v *visit) {
	if done := "unpaid.done." + c.Query("done"); s.pages.Has(done) {
		v.notice = &console.Notice{Class: "done", Key: done}
	}
	s.showUnpaid(c, v, http.StatusOK, c.Query("point"), "")
}

// errNotHers says that a place is none of hers.
var errNotHers = errors.New("web: none of hers")

func (s *server) showUnpaid(c *gin.Context, v *visit, status int, code, wrong string) {
	ctx := c.Request.Context()
	view := console.Unpaid{Error: wrong, Show: c.Query("show")}
	for _, show := range unpaid.Shows() {
		view.Shows = append(view.Shows, console.Option{Value: string(show), Text: s.pages.Text(v.lang, "unpaid.show."+string(show))})
	}
	if view.Show != "" && !slices.Contains(unpaid.Shows(), unpaid.Show(view.Show)) {
		s.refuse(c, v, refusalBad)
		return
	}
	var p org.Point
	var camp rules.Campaign
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		var ok bool
		if p, ok, err = s.pointAsked(ctx, tx, v, code); err != nil {
			return err
		} else if !ok {
			return errNotHers
		}
		if camp, err = s.campaigns.current(ctx, tx, s.Campaign); err != nil {
			return err
		}
		if s.exportAs(c) != "" {
			return nil
		}
		return s.unpaidView(ctx, tx, c, v, camp, p, &view)
	})
	switch {
	case errors.Is(err, errNotHers):
		s.refuse(c, v, refusalNotFound)
	case err != nil && missing(err):
		s.refuse(c, v, refusalNotFound)
	case err != nil:
		s.fault(c, v, err)
	case s.exportAs(c) != "":
		s.exportUnpaid(c, v, camp, p, unpaid.Show(view.Show))
	case view.Point == "":
		s.show(c, v, status, "unpaidtotals", "unpaid", view)
	default:
		s.show(c, v, status, "unpaid", "unpaid", view)
	}
}

// unpaidView fills the page: numbers of all points, or one point's list.
func (s *server) unpaidView(ctx context.Context, tx *db.Tx, c *gin.Context, v *visit, camp rules.Campaign, p org.Point, view *console.Unpaid) error {
	names, points := map[string]string{}, pointNames{}
	role := v.session.Account.Role
	view.Point = p.Code
	view.MayWrite = role == staff.PointHead || role == staff.Clerk
	if step, ok := unpaidCheck(camp); ok {
		view.CheckEnd = step
	}
	totals, err := unpaid.Totals(ctx, tx, camp.ID, p.Division, p.Code)
	if err != nil {
		return err
	}
	signoffs, err := unpaid.Signoffs(ctx, tx, camp.ID, p.Division)
	if err != nil {
		return err
	}
	for _, t := range totals {
		row := console.UnpaidTotal{Point: t.Point, People: t.People, Fen: t.Fen, ToAsk: t.ToAsk, Reached: t.Reached, ToFind: t.ToFind, Signed: t.Signed, Pending: t.People - t.Signed}
		if row.Place, err = points.name(ctx, tx, t.Point); err != nil {
			return err
		}
		for _, g := range signoffs {
			if g.Point == t.Point {
				row.SignedAt = ms(g.At)
			}
		}
		view.Totals = append(view.Totals, row)
		sum := &view.Sum
		sum.People, sum.Fen, sum.ToAsk, sum.Reached, sum.ToFind, sum.Signed, sum.Pending = sum.People+row.People, sum.Fen+row.Fen, sum.ToAsk+row.ToAsk, sum.Reached+row.Reached, sum.ToFind+row.ToFind, sum.Signed+row.Signed, sum.Pending+row.Pending
	}
	if view.Reasons, err = s.unpaidReasons(ctx, tx, v, camp, p); err != nil {
		return err
	}
	if view.Round, err = s.unpaidRound(ctx, tx, v, camp.ID, p, names); err != nil {
		return err
	}
	if p.Code == "" {
		view.Place, err = org.DivisionName(ctx, tx, p.Division)
		return err
	}
	if view.Place, err = points.name(ctx, tx, p.Code); err != nil {
		return err
	}
	return s.unpaidPoint(ctx, tx, c, v, camp, p, names, view)
}

// unpaidPoint fills one point's list.
func (s *server) unpaidPoint(ctx context.Context, tx *db.Tx, c *gin.Context, v *visit, camp rules.Campaign, p org.Point, names map[string]string, view *console.Unpaid) error {
	sum, err := unpaid.SumUp(ctx, tx, camp.ID, p.Division, p.Code)
	if err != nil {
		return err
	}
	view.Seen, view.Open = sum.Hash, sum.Open
	signed, err := unpaid.Signed(ctx, tx, camp.ID, p.Code)
	switch {
	case err == nil:
		view.Signed = &console.UnpaidSigned{At: ms(signed.At), People: signed.People, Fen: signed.Fen, Hash: signed.Hash, Since: view.Sum.Pending}
		if view.Signed.By, err = s.author(ctx, tx, v, staffAuthor(signed.By), names); err != nil {
			return err
		}
	case !errors.Is(err, unpaid.ErrNotFound):
		return err
	}
	role := v.session.Account.Role
	view.MaySign = role == staff.PointHead && view.Signed == nil && sum.People > 0
	view.MayUndo = view.Signed != nil && (role == staff.PointHead || slices.Contains(officers(), role))
	f := unpaid.Filter{Campaign: camp.ID, Division: p.Division, Point: p.Code, Show: unpaid.Show(view.Show), After: c.Query("after"), AfterAt: p.Code, Limit: pageRows + 1}
	if f.After != "" && !plainID(f.After) {
		f.After = ""
	}
	rows, err := unpaid.List(ctx, tx, f)
	if err != nil {
		return err
	}
	n := pageNumber(c)
	view.Pages = console.Pages{Number: n, Of: max(n, (view.Sum.People+pageRows-1)/pageRows)}
	if n > 1 {
		view.Pages.First = "/gl/unpaid?point=" + p.Code + "&show=" + view.Show
	}
	if len(rows) > pageRows {
		rows = rows[:pageRows]
		view.Pages.Next = view.Pages.First
		view.Pages.Next = "/gl/unpaid?point=" + p.Code + "&show=" + view.Show + "&after=" + rows[pageRows-1].Number + "&page=" + decimalOf(n+1)
	}
	view.Rows, err = s.unpaidRows(ctx, tx, v, camp, rows)
	return err
}

// unpaidRows puts people into rows: name, masked number and telephone. Only the people
// of the point see a whole telephone, on the page of one, where it is journalled.
func (s *server) unpaidRows(ctx context.Context, tx *db.Tx, v *visit, camp rules.Campaign, people []unpaid.Person) ([]console.UnpaidRow, error) {
	ids := make([]string, len(people))
	for i, p := range people {
		ids[i] = p.Application
	}
	found, err := s.Flow.Candidates.GetAll(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	out := make([]console.UnpaidRow, len(people))
	for i, p := range people {
		app := found[p.Application].Application
		out[i] = s.unpaidRow(v, camp, p)
		out[i].Name, out[i].Number, out[i].Phone = string(app.Name()), app.Number().String(), maskedPhone(app)
	}
	return out, nil
}

func (s *server) unpaidRow(v *visit, camp rules.Campaign, p unpaid.Person) console.UnpaidRow {
	row := console.UnpaidRow{Order: p.Number, Fen: p.Fen, Due: ms(p.DueAt), Closed: p.State == "closed", ConfirmedAt: ms(p.ConfirmedAt), Asked: askedState(p.Asked.Outcome), AskedAt: ms(p.Asked.At),
		Contacts: p.Contacts, LastContact: ms(p.LastContact), Signed: p.Finding.Signoff != ""}
	for _, o := range reasonOptions(camp, rules.ReasonsUnpaid, v.lang) {
		if o.Value == p.Finding.Code {
			row.Reason = o.Text
		}
	}
	return row
}

func askedState(o unpaid.Outcome) console.State {
	switch o {
	case unpaid.NotPaid:
		return console.State{Class: "open", Icon: "cross", Key: "unpaid.asked.not-paid"}
	case unpaid.NoTry:
		return console.State{Class: "open", Icon: "cross", Key: "unpaid.asked.no-try"}
	case unpaid.Held:
		return console.State{Class: "must", Icon: "tray", Key: "unpaid.asked.held"}
	case unpaid.Paid:
		return console.State{Class: "done", Icon: "check", Key: "unpaid.asked.paid"}
	case unpaid.NoAnswer:
		return console.State{Class: "wait", Icon: "clock", Key: "unpaid.asked.no-answer"}
	}
	return console.State{Class: "wait", Icon: "clock", Key: "unpaid.asked.none"}
}

func (s *server) unpaidReasons(ctx context.Context, tx *db.Tx, v *visit, camp rules.Campaign, p org.Point) (out []console.UnpaidReason, err error) {
	counts, err := unpaid.Reasons(ctx, tx, camp.ID, p.Division, p.Code)
	for _, o := range reasonOptions(camp, rules.ReasonsUnpaid, v.lang) {
		if n := counts[o.Value]; n > 0 {
			out = append(out, console.UnpaidReason{Text: o.Text, N: n})
		}
	}
	return out, err
}

func (s *server) unpaidRound(ctx context.Context, tx *db.Tx, v *visit, campaign string, p org.Point, names map[string]string) (*console.UnpaidRound, error) {
	r, err := unpaid.LastRound(ctx, tx, campaign, p.Division, p.Code)
	if errors.Is(err, unpaid.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	out := &console.UnpaidRound{At: ms(r.At), Ended: ms(r.Ended), Total: r.Total, Done: r.Done, Paid: r.Paid, Failed: r.Failed}
	out.By, err = s.author(ctx, tx, v, staffAuthor(r.By), names)
	return out, err
}

// unpaidStep does one act on a list, and comes back to it.
func (s *server) unpaidStep(c *gin.Context, v *visit, done string, step func(ctx context.Context, tx *db.Tx, camp rules.Campaign, p org.Point) error) {
	ctx, code := c.Request.Context(), c.PostForm("point")
	var p org.Point
	err := s.DB.Write(ctx, func(tx *db.Tx) (err error) {
		var ok bool
		if p, ok, err = s.pointAsked(ctx, tx, v, code); err != nil {
			return err
		} else if !ok {
			return errNotHers
		}
		camp, err := s.campaigns.current(ctx, tx, s.Campaign)
		if err != nil {
			return err
		}
		return step(ctx, tx, camp, p)
	})
	wrong := ""
	switch err = s.Flow.Refused(ctx, s.DB, err); {
	case err == nil:
		to := "/gl/unpaid?done=" + done
		if p.Code != "" && v.remit().point == "" {
			to += "&point=" + p.Code
		}
		c.Redirect(http.StatusSeeOther, to)
		return
	case errors.Is(err, errNotHers), missing(err):
		s.refuse(c, v, refusalNotFound)
		return
	case errors.Is(err, errNotPermitted):
		wrong = "permit.tier"
	case errors.Is(err, unpaid.ErrText):
		wrong = "unpaid.error.text"
	case errors.Is(err, unpaid.ErrOpen):
		wrong = "unpaid.error.open"
	case errors.Is(err, unpaid.ErrChanged):
		wrong = "unpaid.error.changed"
	case errors.Is(err, unpaid.ErrSigned), errors.Is(err, unpaid.ErrNotFound):
		wrong = "unpaid.error.state"
	default:
		s.fault(c, v, err)
		return
	}
	s.showUnpaid(c, v, http.StatusUnprocessableEntity, code, wrong)
}

// writesUnpaid asks the campaign's table. errNotPermitted.
func writesUnpaid(camp rules.Campaign, role staff.Role) error {
	if may := permitted(camp, flow.ActUnpaidReason, role); !may.alone() {
		return errNotPermitted
	}
	return nil
}

func (s *server) askUnpaid(c *gin.Context, v *visit) {
	s.unpaidStep(c, v, "asked", func(ctx context.Context, tx *db.Tx, camp rules.Campaign, p org.Point) error {
		_, err := s.Flow.AskList(ctx, tx, camp.ID, p.Division, p.Code, v.by())
		return err
	})
}

func (s *server) signUnpaid(c *gin.Context, v *visit) {
	s.unpaidStep(c, v, "signed", func(ctx context.Context, tx *db.Tx, camp rules.Campaign, p org.Point) error {
		if err := writesUnpaid(camp, v.session.Account.Role); err != nil {
			return err
		}
		_, err := s.Flow.SignUnpaid(ctx, tx, camp.ID, p.Division, p.Code, c.PostForm("seen"), v.by())
		return err
	})
}

func (s *server) reopenUnpaid(c *gin.Context, v *visit) {
	s.unpaidStep(c, v, "reopened", func(ctx context.Context, tx *db.Tx, camp rules.Campaign, p org.Point) error {
		return s.Flow.ReopenUnpaid(ctx, tx, camp.ID, p.Code, strings.TrimSpace(c.PostForm("reason")), v.by())
	})
}

package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/org"
	"zhunkao/hub/paper"
	"zhunkao/hub/payment"
	"zhunkao/hub/payment/unpaid"
	"zhunkao/hub/staff"
	"zhunkao/hub/web/console"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
	"zhunkao/protocol/identity"
	"zhunkao/protocol/window"
)

func decimalOf(n int) string { return strconv.Itoa(n) }

// maskedPhone is a telephone as lists show it.
func maskedPhone(app form.Application) string {
	p := []rune(app.Get(form.PhoneNumber))
	if len(p) < 8 {
		return strings.Repeat("*", len(p))
	}
	return string(p[:3]) + "****" + string(p[len(p)-4:])
}

// unpaidCheck is when the days for the check end (A20); false when the campaign has no
// such days.
func unpaidCheck(camp rules.Campaign) (end time.Time, ok bool) {
	for _, w := range window.Latest(camp.Windows, "unpaid-check") {
		if w.To.After(end) {
			end, ok = w.To, true
		}
	}
	return end, ok
}

func (s *server) unpaidPerson(c *gin.Context, v *visit) {
	if done := "unpaid.done." + c.Query("done"); s.pages.Has(done) {
		v.notice = &console.Notice{Class: "done", Key: done}
	}
	s.showUnpaidPerson(c, v, http.StatusOK, console.UnpaidPerson{})
}

// showUnpaidPerson shows one person. That her telephone was looked at is journalled in
// the transaction that reads it.
func (s *server) showUnpaidPerson(c *gin.Context, v *visit, status int, view console.UnpaidPerson) {
	ctx, o := c.Request.Context(), v.subject.(payment.Order)
	err := s.DB.Write(ctx, func(tx *db.Tx) error { return s.unpaidPersonView(ctx, tx, v, o, &view) })
	switch {
	case errors.Is(err, candidate.ErrNotFound): // erased
		s.refuse(c, v, refusalNotFound)
	case err != nil:
		s.fault(c, v, err)
	default:
		s.show(c, v, status, "unpaidperson", "unpaid", view)
	}
}

func (s *server) unpaidPersonView(ctx context.Context, tx *db.Tx, v *visit, o payment.Order, view *console.UnpaidPerson) error {
	found, err := s.Flow.Candidates.Get(ctx, tx, o.Application)
	if err != nil {
		return err
	}
	if err := s.Flow.ViewCandidate(ctx, tx, found.Row, "unpaid", "", v.by()); err != nil {
		return err
	}
	camp, err := s.campaigns.current(ctx, tx, o.Campaign)
	if err != nil {
		return err
	}
	p, err := unpaid.Get(ctx, tx, o.Number)
	if errors.Is(err, unpaid.ErrNotFound) {
		p, err = unpaid.Person{Order: o}, nil
		if view.Gone = "unpaid.gone." + string(o.State); !s.pages.Has(view.Gone) {
			view.Gone = "unpaid.gone.other"
		}
		if p.Finding, err = unpaid.FindingOf(ctx, tx, o.Number); err != nil {
			return err
		}
	}
	if err != nil {
		return err
	}
	names, points := map[string]string{}, pointNames{}
	app := found.Application
	view.UnpaidRow = s.unpaidRow(v, camp, p)
	view.Name, view.Number, view.Application = string(app.Name()), app.Number().String(), "/gl/candidates/"+o.Application
	view.Phone = maskedPhone(app)
	role := v.session.Account.Role
	if role == staff.PointHead || role == staff.Clerk {
		view.Phone = app.Get(form.PhoneNumber)
	}
	view.Level, view.Remark, view.FoundAt = camp.TableName("level", o.Level), p.Finding.Remark, ms(p.Finding.At)
	view.MayWrite = view.Gone == "" && !view.Signed && writesUnpaid(camp, role) == nil && (role == staff.PointHead || role == staff.Clerk)
	if view.Place, err = points.name(ctx, tx, o.Point); err != nil {
		return err
	}
	if p.Finding.By != "" {
		if view.FoundBy, err = s.author(ctx, tx, v, staffAuthor(p.Finding.By), names); err != nil {
			return err
		}
	}
	log, err := unpaid.Contacts(ctx, tx, o.Number)
	if err != nil {
		return err
	}
	for _, x := range log {
		one := console.UnpaidContact{At: ms(x.At), Way: "unpaid.way." + string(x.Way), Outcome: "unpaid.reached." + string(x.Outcome), Said: x.Said}
		if one.By, err = s.author(ctx, tx, v, staffAuthor(x.By), names); err != nil {
			return err
		}
		view.Log = append(view.Log, one)
	}
	s.unpaidForms(v, camp, p, view)
	return nil
}

// unpaidForms fills what can be chosen.
func (s *server) unpaidForms(v *visit, camp rules.Campaign, p unpaid.Person, view *console.UnpaidPerson) {
	for _, x := range unpaid.Ways() {
		view.Ways = append(view.Ways, console.Option{Value: string(x), Text: s.pages.Text(v.lang, "unpaid.way."+string(x))})
	}
	for _, x := range unpaid.Outcomes() {
		view.Outcomes = append(view.Outcomes, console.Option{Value: string(x), Text: s.pages.Text(v.lang, "unpaid.reached."+string(x))})
	}
	remark := map[string]bool{}
	for _, r := range camp.ReasonsOf(rules.ReasonsUnpaid) {
		remark[r.Code] = r.Remark
	}
	for _, x := range reasonOptions(camp, rules.ReasonsUnpaid, v.lang) {
		view.Codes = append(view.Codes, console.UnpaidCode{Value: x.Value, Text: x.Text, Remark: remark[x.Value]})
	}
	if view.Code == "" {
		view.Code = p.Finding.Code
	}
	view.Now = s.Flow.Now().In(window.Zone()).Format("2006-01-02T15:04")
	if view.Typed == nil {
		view.Typed = map[string]string{"at": view.Now, "remark": p.Finding.Remark}
	}
}

// unpaidAct does one act on a person, and comes back to her.
func (s *server) unpaidAct(c *gin.Context, v *visit, done string, act func(ctx context.Context, tx *db.Tx, camp rules.Campaign) error) {
	ctx, o := c.Request.Context(), v.subject.(payment.Order)
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		camp, err := s.campaigns.current(ctx, tx, o.Campaign)
		if err != nil {
			return err
		}
		if err := writesUnpaid(camp, v.session.Account.Role); err != nil {
			return err
		}
		return act(ctx, tx, camp)
	})
	view := console.UnpaidPerson{Code: c.PostForm("code"), Typed: map[string]string{"at": c.PostForm("at"), "way": c.PostForm("way"), "outcome": c.PostForm("outcome"), "said": c.PostForm("said"), "remark": c.PostForm("remark")}}
	switch err = s.Flow.Refused(ctx, s.DB, err); {
	case err == nil:
		c.Redirect(http.StatusSeeOther, "/gl/unpaid/"+o.Number+"?done="+done)
		return
	case errors.Is(err, errNotPermitted):
		view.Error = "permit.tier"
	case errors.Is(err, unpaid.ErrText):
		view.Error = "unpaid.error.text"
	case errors.Is(err, unpaid.ErrChoice):
		view.Error = "unpaid.error.choice"
	case errors.Is(err, flow.ErrDue):
		view.Error = "unpaid.error.time"
	case errors.Is(err, unpaid.ErrSigned), errors.Is(err, unpaid.ErrNotFound):
		view.Error = "unpaid.error.state"
	default:
		s.fault(c, v, err)
		return
	}
	s.showUnpaidPerson(c, v, http.StatusUnprocessableEntity, view)
}

func (s *server) contactUnpaid(c *gin.Context, v *visit) {
	o := v.subject.(payment.Order)
	at, bad := time.ParseInLocation("2006-01-02T15:04", c.PostForm("at"), window.Zone())
	s.unpaidAct(c, v, "contact", func(ctx context.Context, tx *db.Tx, camp rules.Campaign) error {
		if bad != nil {
			return flow.ErrDue
		}
		return s.Flow.NoteContact(ctx, tx, o.Number, unpaid.Contact{At: at.UnixMilli(), Way: unpaid.Way(c.PostForm("way")), Outcome: unpaid.Reached(c.PostForm("outcome")), Said: c.PostForm("said")}, v.by())
	})
}

func (s *server) reasonUnpaid(c *gin.Context, v *visit) {
	o := v.subject.(payment.Order)
	s.unpaidAct(c, v, "reason", func(ctx context.Context, tx *db.Tx, camp rules.Campaign) error {
		return s.Flow.FindReason(ctx, tx, camp, o.Number, c.PostForm("code"), c.PostForm("remark"), v.by())
	})
}

// exportUnpaid writes a list as a file.
func (s *server) exportUnpaid(c *gin.Context, v *visit, camp rules.Campaign, p org.Point, show unpaid.Show) {
	ctx := c.Request.Context()
	heads := s.heads(v, "unpaid.order", "list.candidate", "unpaid.idnumber", "unpaid.phone", "list.where", "unpaid.fee", "unpaid.due", "unpaid.asked", "unpaid.askedat", "unpaid.contacts", "unpaid.lastcontact", "unpaid.reason", "unpaid.signed")
	f := unpaid.Filter{Campaign: camp.ID, Division: p.Division, Point: p.Code, Show: show, Limit: rowsAtOnce}
	s.export(c, v, "unpaid", heads, func(row func(...any) error) error {
		points := pointNames{}
		return s.DB.Read(ctx, func(tx *db.Tx) error {
			for {
				people, err := unpaid.List(ctx, tx, f)
				if err != nil {
					return err
				}
				rows, err := s.unpaidRows(ctx, tx, v, camp, people)
				if err != nil {
					return err
				}
				for i, r := range rows {
					place, err := points.name(ctx, tx, people[i].Point)
					if err != nil {
						return err
					}
					signed := ""
					if r.Signed {
						signed = s.pages.Text(v.lang, "unpaid.show.signed")
					}
					if err := row(r.Order, r.Name, r.Number, r.Phone, place, float64(r.Fen)/100, timeCell(r.Due), s.pages.Text(v.lang, r.Asked.Key), timeCell(r.AskedAt), r.Contacts, timeCell(r.LastContact), r.Reason, signed); err != nil {
						return err
					}
				}
				if len(people) < rowsAtOnce {
					return nil
				}
				f.After, f.AfterAt = people[len(people)-1].Number, people[len(people)-1].Point
			}
		})
	})
}

// timeCell is a moment in a file; an empty cell for none.
func timeCell(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t
}

// unpaidSheet answers with paper 18 of a point's list. It has whole telephone numbers,
// for whoever calls has no other list: that it was made is journalled first.
func (s *server) unpaidSheet(c *gin.Context, v *visit) {
	ctx := c.Request.Context()
	var doc paper.Unpaid
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		p, ok, err := s.pointAsked(ctx, tx, v, c.Query("point"))
		if err != nil {
			return err
		}
		if !ok || p.Code == "" {
			return errNotHers
		}
		camp, err := s.campaigns.current(ctx, tx, s.Campaign)
		if err != nil {
			return err
		}
		if doc, err = s.unpaidPaper(ctx, tx, v, camp, p); err != nil {
			return err
		}
		return s.Flow.PrintUnpaid(ctx, tx, camp.ID, p.Division, p.Code, len(doc.Rows), v.by())
	})
	if errors.Is(err, errNotHers) || err != nil && missing(err) {
		s.refuse(c, v, refusalNotFound)
		return
	}
	if err != nil {
		s.fault(c, v, err)
		return
	}
	s.sendPaper(c, v, "unpaid", doc)
}

func (s *server) unpaidPaper(ctx context.Context, tx *db.Tx, v *visit, camp rules.Campaign, p org.Point) (out paper.Unpaid, err error) {
	end, _ := unpaidCheck(camp)
	out = paper.Unpaid{Campaign: camp.Zh, Printed: s.Flow.Now(), CheckBy: end, Specimen: s.DB.Demo()}
	if out.Point, err = (pointNames{}).name(ctx, tx, p.Code); err != nil {
		return out, err
	}
	out.Office = out.Point
	for _, r := range camp.ReasonsOf(rules.ReasonsUnpaid) {
		out.Reasons = append(out.Reasons, paper.UnpaidReason{Code: r.Code, Zh: r.Zh, Remark: r.Remark})
	}
	f := unpaid.Filter{Campaign: camp.ID, Division: p.Division, Point: p.Code, Limit: rowsAtOnce}
	for {
		people, err := unpaid.List(ctx, tx, f)
		if err != nil {
			return out, err
		}
		ids := make([]string, len(people))
		for i, x := range people {
			ids[i] = x.Application
		}
		found, err := s.Flow.Candidates.GetAll(ctx, tx, ids)
		if err != nil {
			return out, err
		}
		for _, x := range people {
			app := found[x.Application].Application
			number := app.Get(form.CandidateNumber)
			if number == "" {
				number = app.SequenceNumber
			}
			out.Rows = append(out.Rows, paper.UnpaidRow{Name: identity.Name(app.Name()), Level: camp.TableName("level", x.Level), Category: categoryOf(camp, app), Phone: app.Get(form.PhoneNumber), Number: number, Order: x.Number,
				Confirmed: ms(x.ConfirmedAt), Due: ms(x.DueAt), Fen: x.Fen, Code: x.Finding.Code, Note: x.Finding.Remark})
		}
		if len(people) < rowsAtOnce {
			return out, nil
		}
		f.After, f.AfterAt = people[len(people)-1].Number, people[len(people)-1].Point
	}
}

// categoryOf is the category of the first choice, with its code.
func categoryOf(camp rules.Campaign, app form.Application) string {
	code := app.First().Category
	if code == "" {
		return ""
	}
	return code + " " + camp.TableName("category", code)
}

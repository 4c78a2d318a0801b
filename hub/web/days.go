package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/countersign"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/payment/daybook"
	"zhunkao/hub/web/console"
)

// What :id is on these pages.
const (
	remitDay      rule = "day"      // a day, as 2019-09-06
	remitResidue  rule = "residue"  // what is left over of a movement
	remitConflict rule = "conflict" // a movement of which two files say two things
)

// The acts of the campaign's table by which two persons decide here.
const (
	actCloseDay = "close-reconciliation"
	actSettle   = flow.ActSettleDifference
)

// What such a decision is about.
const (
	ofDay      = "days/"
	ofResidue  = "residues/"
	ofConflict = "statements/"
)

// dayPart is the books of days (对账): channels' files, what reconciliation found, what
// is left over, and the closing of a day. Money of the province: nobody below sees it.
func (s *server) dayPart() part {
	get, post := http.MethodGet, http.MethodPost
	return part{routes: []route{
		{method: get, path: "/gl/days", who: province(), remit: remitList, right: "days", do: s.days},
		{method: post, path: "/gl/days", who: province(), remit: remitList, upload: true, do: s.bringStatement},
		{method: get, path: "/gl/days/:id", who: province(), remit: remitDay, do: s.day},
		{method: get, path: "/gl/days/:id/sheet", who: province(), remit: remitDay, do: s.daySheet},
		{method: post, path: "/gl/days/:id/close", who: province(), remit: remitDay, do: s.closeDay},
		{method: post, path: "/gl/residues/:id/settle", who: province(), remit: remitResidue, do: s.settleResidue},
		{method: post, path: "/gl/statements/:id/decide", who: province(), remit: remitConflict, do: s.decideStatement},
	}, finders: map[rule]finder{remitDay: findDay, remitResidue: findResidue, remitConflict: findConflict}}
}

func findDay(ctx context.Context, tx *db.Tx, v *visit, id string) (where, error) {
	day, ok := daybook.ParseDay(id)
	if !ok {
		return where{}, errNoSubject
	}
	books, err := daybook.BooksOf(ctx, tx, day)
	if err == nil && len(books) == 0 {
		err = errNoSubject
	}
	v.subject = day
	return where{division: topOf(v.remit().division)}, err
}

func findResidue(ctx context.Context, tx *db.Tx, v *visit, id string) (where, error) {
	r, err := daybook.GetResidue(ctx, tx, id)
	if errors.Is(err, daybook.ErrNotFound) {
		return where{}, errNoSubject
	}
	v.subject = r
	return where{division: topOf(v.remit().division)}, err
}

func findConflict(ctx context.Context, tx *db.Tx, v *visit, id string) (where, error) {
	c, err := daybook.GetConflict(ctx, tx, id)
	if errors.Is(err, daybook.ErrNotFound) {
		return where{}, errNoSubject
	}
	v.subject = c
	return where{division: topOf(v.remit().division)}, err
}

// dayBooks are the books of days.
func (s *server) dayBooks() *daybook.Books {
	return &daybook.Books{DB: s.DB, Keys: s.Keys, Now: func() int64 { return s.Flow.Now().UnixMilli() }}
}

// pageDays is how many days a page of the list shows.
const pageDays = 31

func (s *server) days(c *gin.Context, v *visit) {
	s.showDays(c, v, http.StatusOK, console.Days{})
}

func (s *server) showDays(c *gin.Context, v *visit, status int, view console.Days) {
	ctx := c.Request.Context()
	before := daybook.Day(0)
	if text := c.Query("before"); text != "" {
		day, ok := daybook.ParseDay(text)
		if !ok {
			s.refuse(c, v, refusalBad)
			return
		}
		before, view.Pages.First = day, "/gl/days"
	}
	view.Channels = s.statementOptions(v)
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		camp, err := s.campaignOf(ctx, tx, nil)
		if err != nil {
			return err
		}
		lines, err := daybook.Days(ctx, tx, before, pageDays+1)
		if err != nil {
			return err
		}
		if len(lines) > pageDays {
			lines = lines[:pageDays]
			view.Pages.Next = "/gl/days?before=" + lines[pageDays-1].Day.String()
		}
		for _, l := range lines {
			view.Rows = append(view.Rows, s.dayRow(l))
		}
		view.CashOnly = len(lines) == 0 && camp.Payment.Takes() && !paysOnline(camp)
		return nil
	})
	if err != nil {
		s.fault(c, v, err)
		return
	}
	s.showAt(c, v, status, "days", "days", "/gl/days", view)
}

func (s *server) statementOptions(v *visit) (out []console.Option) {
	for _, c := range daybook.Channels() {
		out = append(out, console.Option{Value: c, Text: s.pages.Text(v.lang, "day.channel."+c)})
	}
	return out
}

func (s *server) dayRow(l daybook.Line) console.DayRow {
	var f daybook.Figures
	for _, b := range l.Books {
		f = f.Plus(b.Figures)
	}
	out := console.DayRow{Day: l.Day.String(), Path: "/gl/" + ofDay + l.Day.String(), Own: daybook.Count(f.Own), Stated: daybook.Count(f.Stated), OwnFen: daybook.Net(f.Own), StatedFen: daybook.Net(f.Stated),
		Difference: f.Difference(), Open: l.Open, Carried: l.Carried, Waits: l.Waits, Lacking: l.Lacks()}
	switch today := daybook.DayOf(s.Flow.Now()); {
	case l.Closed:
		out.State = console.State{Class: "done", Icon: "lock", Key: "day.closed"}
	case l.Day >= today:
		out.State = console.State{Class: "open", Icon: "clock", Key: "day.running"}
	case l.Lacks():
		out.State = console.State{Class: "wait", Icon: "clock", Key: "day.nofile"}
	case l.Waits > 0:
		out.State = console.State{Class: "must", Icon: "alert", Key: "day.conflict"}
	case !l.First:
		out.State = console.State{Class: "open", Icon: "clock", Key: "day.later"}
	default:
		out.State = console.State{Class: "act", Icon: "people", Key: "day.ready"}
	}
	return out
}

// countDays counts what is left over.
func countDays(ctx context.Context, tx *db.Tx, _ *visit, _ string) (int, error) {
	return daybook.CountOpen(ctx, tx)
}

// bringStatement takes a channel's file, or refuses it whole and says where.
func (s *server) bringStatement(c *gin.Context, v *visit) {
	ctx := c.Request.Context()
	view := console.Days{Channel: c.PostForm("channel"), Day: c.PostForm("day")}
	d := daybook.Delivery{Channel: view.Channel, Source: daybook.Brought, By: v.by().Author.ID}
	okDay := view.Day == ""
	if !okDay {
		d.Day, okDay = daybook.ParseDay(view.Day)
	}
	head, err := c.FormFile("file")
	switch {
	case !slices.Contains(daybook.Channels(), view.Channel):
		view.Error = "day.needchannel"
	case !okDay:
		view.Error = "day.badday"
	case err != nil || head.Size == 0:
		view.Error = "day.needfile"
	}
	if view.Error != "" {
		s.showDays(c, v, http.StatusUnprocessableEntity, view)
		return
	}
	f, err := head.Open()
	if err != nil {
		s.fault(c, v, err)
		return
	}
	d.Bytes, err = io.ReadAll(f)
	if err = errors.Join(err, f.Close()); err != nil {
		s.fault(c, v, err)
		return
	}
	d.Name = clearingName(head.Filename)
	books := s.dayBooks()
	out, err := books.Take(ctx, d, func(ctx context.Context, tx *db.Tx, f daybook.File) error {
		return s.Flow.TakeStatement(ctx, tx, f, v.by())
	})
	if errors.Is(err, daybook.ErrRefused) {
		err = s.DB.Write(ctx, func(tx *db.Tx) error {
			return s.Flow.RefuseStatement(ctx, tx, d.Channel, d.Day, out.Summary.Faults[0], v.by())
		})
		view.Error, view.More = "day.refused", out.Summary.More
		for _, x := range out.Summary.Faults {
			text := x.Zh
			if v.lang == console.En {
				text = x.En
			}
			view.Faults = append(view.Faults, console.FileFault{Line: x.Line, Text: text})
		}
		if err == nil {
			s.showDays(c, v, http.StatusUnprocessableEntity, view)
			return
		}
	}
	if err == nil {
		_, err = books.RunAll(ctx)
	}
	if err != nil {
		s.fault(c, v, err)
		return
	}
	done := "taken"
	switch {
	case out.Again:
		done = "again"
	case out.File.Changed > 0:
		done = "conflict"
	}
	c.Redirect(http.StatusSeeOther, fmt.Sprintf("/gl/days/%s?done=%s", out.File.Day, done))
}

// clearingName keeps of a file's name what tells UnionPay's clearing day: nothing else
// of it is anybody's business.
func clearingName(name string) string {
	if len(name) > 120 || strings.ContainsAny(name, "/\\\x00") {
		return ""
	}
	return name
}

// settleResidue ends what is left over, by two persons.
func (s *server) settleResidue(c *gin.Context, v *visit) {
	r := v.subject.(daybook.Residue)
	s.decideTwo(c, v, r.Day, r.ID, "settled", secondResidue(r),
		func() string {
			if r.State != daybook.Left {
				return "day.notopen"
			}
			return ""
		},
		func(ctx context.Context, tx *db.Tx, why, second string) error {
			return s.Flow.SettleResidue(ctx, tx, r, why, v.by(), second)
		})
}

func secondResidue(r daybook.Residue) countersign.Act {
	return countersign.Act{Act: actSettle, Subject: ofResidue + r.ID, Terms: r.Class}
}

// decideStatement says which of two words about a movement counts, by two persons.
func (s *server) decideStatement(c *gin.Context, v *visit) {
	x := v.subject.(daybook.Conflict)
	to := c.PostForm("to")
	s.decideTwo(c, v, x.Day, "", "decided", secondConflict(x, to),
		func() string {
			switch {
			case x.State != daybook.Waits:
				return "day.notopen"
			case to != daybook.Kept && to != daybook.TakenNew:
				return "day.choose"
			}
			return ""
		},
		func(ctx context.Context, tx *db.Tx, why, second string) error {
			return s.Flow.DecideStatement(ctx, tx, x, to, why, v.by(), second)
		})
}

func secondConflict(x daybook.Conflict, to string) countersign.Act {
	return countersign.Act{Act: actSettle, Subject: ofConflict + x.ID, Terms: to}
}

// secondDay says what a decision about a movement of a day is done to.
func (s *server) secondDay(ctx context.Context, tx *db.Tx, a countersign.Act, out *console.Second) error {
	day := daybook.Day(0)
	if id, ok := strings.CutPrefix(a.Subject, ofResidue); ok {
		r, err := daybook.GetResidue(ctx, tx, id)
		if err != nil {
			return err
		}
		day, out.What = r.Day, ends(r.Number)
		out.Do, out.Terms = "/gl/"+a.Subject+"/settle", "day.class."+a.Terms
	} else {
		x, err := daybook.GetConflict(ctx, tx, strings.TrimPrefix(a.Subject, ofConflict))
		if err != nil {
			return err
		}
		day, out.What = x.Day, ends(x.Number)
		out.Do, out.Terms = "/gl/"+a.Subject+"/decide", "day.to."+a.Terms
		out.Fields = []console.Option{{Value: "to", Text: a.Terms}}
	}
	if day == 0 {
		var err error
		if day, err = daybook.FirstOpen(ctx, tx); err != nil {
			return err
		}
	}
	out.Path = "/gl/" + ofDay + day.String()
	return nil
}

// closeDay closes a day, by two persons who saw the same facts.
func (s *server) closeDay(c *gin.Context, v *visit) {
	day, seen := v.subject.(daybook.Day), c.PostForm("seen")
	if !plainID(seen) {
		seen = "none"
	}
	s.decideTwo(c, v, day, "", "closed", secondClose(day, seen), func() string { return "" },
		func(ctx context.Context, tx *db.Tx, why, second string) error {
			_, err := s.Flow.CloseDay(ctx, tx, s.dayBooks(), day, s.PayChannels, seen, why, v.by(), second)
			return err
		})
}

func secondClose(day daybook.Day, seen string) countersign.Act {
	return countersign.Act{Act: actCloseDay, Subject: ofDay + day.String(), Terms: seen}
}

// decideTwo asks for the second person's word, or does what was agreed to, and comes
// back to the day.
func (s *server) decideTwo(c *gin.Context, v *visit, day daybook.Day, picked, done string, of countersign.Act, not func() string, do func(ctx context.Context, tx *db.Tx, why, second string) error) {
	ctx := c.Request.Context()
	out, err := s.actOfTwo(ctx, v, func(ctx context.Context, tx *db.Tx) (asking, error) {
		if no := not(); no != "" {
			return asking{refuse: no}, nil
		}
		may, err := s.dayPermit(ctx, tx, v, of.Act)
		if err != nil || may.notSettle() != "" {
			return asking{refuse: may.notSettle()}, err
		}
		if of.Act == actCloseDay { // whether it can be done is found out before a second person is asked
			err = s.canClose(ctx, tx, day, of.Terms)
		}
		of.Campaign, of.Division = s.Campaign, topOf(v.remit().division)
		return asking{may: may, of: of, why: given(c)}, err
	}, do)
	back := "/gl/" + ofDay + day.String()
	if err == nil && out.refuse == "" && !out.asked {
		if _, err = s.dayBooks().RunAll(ctx); err == nil {
			back, err = s.homeOf(ctx, day)
		}
		if err != nil {
			s.fault(c, v, err)
			return
		}
	}
	said := []notSo{{daybook.ErrState, http.StatusConflict, "day.notopen"}, {errMeanwhile, http.StatusConflict, "day.notopen"}}
	var notYet *daybook.NotYetError
	if errors.As(err, &notYet) {
		said = append(said, notSo{notYet, http.StatusConflict, "day.not." + notYet.Why})
	}
	status, wrong := s.answerTwo(c, v, doneAt(back, done), out, err, said...)
	if status != 0 {
		s.showDay(c, v, status, day, picked, console.Day{Error: wrong, Said: c.PostForm("reason")})
	}
}

// canClose refuses what cannot be closed as it was seen.
func (s *server) canClose(ctx context.Context, tx *db.Tx, day daybook.Day, seen string) error {
	if err := s.dayBooks().Ready(ctx, tx, day, s.PayChannels); err != nil {
		return err
	}
	now, err := daybook.Seen(ctx, tx, day)
	if err == nil && now != seen {
		err = &daybook.NotYetError{Why: daybook.WhyChanged}
	}
	return err
}

// dayPermit says what the table gives her of an act about a day. It is for two persons
// of the province whatever a table says.
func (s *server) dayPermit(ctx context.Context, tx *db.Tx, v *visit, act string) (permission, error) {
	out := permission{known: true, high: true, persons: 2}
	camp, err := s.campaigns.current(ctx, tx, s.Campaign)
	if err != nil && !missing(err) {
		return permission{}, err
	}
	if _, ok := camp.Act(act); err == nil && ok {
		out = permitted(camp, act, v.session.Account.Role)
		out.persons = max(out.persons, 2)
	}
	return out, nil
}

// homeOf is the page of a day; day 0 is the first that is open.
func (s *server) homeOf(ctx context.Context, day daybook.Day) (path string, err error) {
	if day == 0 {
		err = s.DB.Read(ctx, func(tx *db.Tx) (err error) { day, err = daybook.FirstOpen(ctx, tx); return err })
	}
	return "/gl/" + ofDay + day.String(), err
}

package web

import (
	"context"
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/intake"
	"zhunkao/hub/org"
	"zhunkao/hub/payment"
	"zhunkao/hub/staff"
	"zhunkao/hub/web/console"
	rules "zhunkao/protocol/campaign"
)

// cashPart is cash over the counter of a point (demand B11): whoever has handed in her
// papers pays there, and at the end of the day two persons sign what lies in the box.
func (s *server) cashPart() part {
	get, post := http.MethodGet, http.MethodPost
	return part{routes: []route{
		{method: get, path: "/gl/cash", who: cashiers(), remit: remitList, right: "cash", do: s.cash},
		{method: post, path: "/gl/cash", who: cashiers(), remit: remitList, do: s.findForCash},
		{method: get, path: "/gl/cash/:id", who: cashiers(), remit: remitCandidate, do: s.cashCase},
		{method: post, path: "/gl/cash/:id/papers", who: cashiers(), remit: remitCandidate, do: s.handIn},
		{method: post, path: "/gl/cash/:id/take", who: cashiers(), remit: remitCandidate, do: s.takeCash},
		{method: post, path: "/gl/cash/:id/receipt", who: cashiers(), remit: remitCandidate, do: s.cashReceipt},
		{method: post, path: "/gl/points/:id/cash", who: cashiers(), remit: remitPoint, do: s.countCash},
		{method: post, path: "/gl/points/:id/cash/sign", who: cashiers(), remit: remitPoint, do: s.signCash},
	}}
}

// cashiers are who takes cash: the people of a point, and the county that answers
// for it.
func cashiers() []staff.Role { return []staff.Role{staff.CountyOperator, staff.PointHead, staff.Clerk} }

// takesCash reports whether a campaign takes cash at its points.
func takesCash(camp rules.Campaign) bool {
	_, ok := camp.Act(flow.ActTakeCash)
	return ok && takes(camp, rules.ChannelCash)
}

// paysOnline reports whether a campaign is paid by telephone or computer at all.
func paysOnline(camp rules.Campaign) bool {
	return slices.ContainsFunc(camp.Payment.Channels, rules.OnLine)
}

// cash is the counter of one point on one day.
func (s *server) cash(c *gin.Context, v *visit) {
	if key := "pay.done." + c.Query("done"); s.pages.Has(key) {
		v.notice = &console.Notice{Class: "done", Key: key}
	}
	s.showCash(c, v, http.StatusOK, c.Query("point"), console.Cash{Day: c.Query("day")})
}

func (s *server) showCash(c *gin.Context, v *visit, status int, point string, view console.Cash) {
	ctx, r, today := c.Request.Context(), v.remit(), dayText(s.Flow.Now())
	if view.Day == "" {
		view.Day = today
	}
	if _, _, ok := dayOf(view.Day); !ok || view.Day > today {
		s.refuse(c, v, refusalBad)
		return
	}
	if view.Today = view.Day == today; r.point != "" {
		point = r.point
	}
	foreign := false
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		camp, err := s.campaignOf(ctx, tx, nil)
		if err != nil {
			return err
		}
		if view.Off = !takesCash(camp); view.Off {
			return nil
		}
		view.Online, view.Slips = paysOnline(camp), camp.Payment.Opens == rules.OpensConfirmed
		if may := permitted(camp, flow.ActTakeCash, v.session.Account.Role); !may.alone() {
			view.Refuse = may.refusal()
		}
		if point == "" {
			return s.cashPoints(ctx, tx, v, &view)
		}
		p, err := org.GetPoint(ctx, tx, point)
		if foreign = errors.Is(err, org.ErrNotFound) || err == nil && !r.covers(p.Division, p.Code); foreign {
			return nil
		}
		if err != nil {
			return err
		}
		view.Point, view.PointName = p.Code, p.Name
		return s.cashDay(ctx, tx, v, &view)
	})
	switch {
	case err != nil:
		s.fault(c, v, err)
	case foreign:
		s.refuse(c, v, refusalNotFound)
	default:
		s.showAt(c, v, status, "cash", "payments", "/gl/cash", view)
	}
}

// cashPoints is the county's choice: each of its points, and how its day stands.
func (s *server) cashPoints(ctx context.Context, tx *db.Tx, v *visit, view *console.Cash) error {
	points, err := s.pointOptions(ctx, tx, v.remit())
	if err != nil {
		return err
	}
	for _, p := range points {
		booked, err := s.Flow.CashBooked(ctx, tx, p.Value, view.Day)
		if err != nil {
			return err
		}
		row := console.CashPoint{Code: p.Value, Name: p.Text, Booked: booked.Fen, N: booked.N, State: console.State{Class: "open", Icon: "clock", Key: "pay.cash.uncounted"}}
		counts, err := payment.CashCounts(ctx, tx, p.Value, 10)
		if err != nil {
			return err
		}
		for _, k := range counts {
			switch {
			case k.Day != view.Day:
			case k.Second != "":
				row.State = console.State{Class: "done", Icon: "check", Key: "pay.cash.signed"}
			case row.State.Class == "open":
				row.State = console.State{Class: "wait", Icon: "clock", Key: "pay.cash.counted"}
			}
		}
		view.Points = append(view.Points, row)
	}
	return nil
}

// cashDay is what was booked, counted and signed.
func (s *server) cashDay(ctx context.Context, tx *db.Tx, v *visit, view *console.Cash) error {
	booked, err := s.Flow.CashBooked(ctx, tx, view.Point, view.Day)
	if err != nil {
		return err
	}
	view.Booked, view.BookedN = booked.Fen, booked.N
	if view.Carried, err = payment.CashCarried(ctx, tx, view.Point, view.Day); err != nil {
		return err
	}
	counts, err := payment.CashCounts(ctx, tx, view.Point, 40)
	if err != nil {
		return err
	}
	names := map[string]string{}
	newest := map[string]bool{}
	for _, k := range counts {
		row := console.CashCount{ID: k.ID, Day: k.Day, Counted: k.Counted, Booked: k.Booked, Diff: k.Diff(), Carried: k.Carried, Carries: k.Carries(), Why: k.Why, At: ms(k.At), SecondAt: orZero(k.SecondAt),
			Signed: k.Second != "", Mine: k.By == v.session.Account.ID, Replaced: newest[k.Day] && k.Second == ""}
		newest[k.Day] = true
		if row.By, err = s.author(ctx, tx, v, staffAuthor(k.By), names); err != nil {
			return err
		}
		if k.Second != "" {
			if row.Second, err = s.author(ctx, tx, v, staffAuthor(k.Second), names); err != nil {
				return err
			}
		}
		if k.Day == view.Day && row.Signed {
			view.Signed = &row
		}
		if k.Day == view.Day && !row.Signed && !row.Replaced {
			row.Changed = k.Booked != view.Booked
			view.Waiting, view.MaySign = &row, !row.Mine && view.Refuse == ""
		}
		view.Counts = append(view.Counts, row)
	}
	if view.Signed != nil {
		view.Waiting = nil
	}
	return nil
}

// findForCash finds who stands at the counter: by the code of her sheet's slip, by a
// number of hers, or by name. What is typed comes by POST; that she looked is
// journalled.
func (s *server) findForCash(c *gin.Context, v *visit) {
	ctx, r := c.Request.Context(), v.remit()
	view := console.Cash{Searched: true, Typed: strings.TrimSpace(c.PostForm("q"))}
	if s.Intake != nil && len(view.Typed) > maxTyped {
		slip, err := s.Intake.Slip(ctx, view.Typed)
		switch {
		case errors.Is(err, intake.ErrNoSlip):
			view.FindError = "slip.none"
		case errors.Is(err, intake.ErrForged):
			view.FindError = "slip.forged"
		case err != nil:
			s.fault(c, v, err)
			return
		case !r.covers(slip.Division, slip.Point):
			view.FindError = "slip.elsewhere"
		case slip.Facts.Application == "":
			view.FindError = "slip.bar.unknown"
		default:
			c.Redirect(http.StatusSeeOther, "/gl/cash/"+slip.Application)
			return
		}
		view.Typed = ""
		s.showCash(c, v, http.StatusUnprocessableEntity, c.PostForm("point"), view)
		return
	}
	if !oneLine(view.Typed, maxTyped) || candidate.Looked(view.Typed) == "" {
		view.FindError = "candidates.search.nothing"
		s.showCash(c, v, http.StatusUnprocessableEntity, c.PostForm("point"), view)
		return
	}
	campaign := ""
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		camp, err := s.campaignOf(ctx, tx, nil)
		if err != nil {
			return err
		}
		campaign = camp.ID
		found, more, err := s.Flow.Candidates.Search(ctx, tx, camp.ID, r.division, r.point, view.Typed, maxFound)
		if err != nil {
			return err
		}
		view.More = more
		view.Found, err = s.applicants(ctx, tx, v, camp, found)
		return err
	})
	if err == nil {
		err = s.Flow.Searched(ctx, s.Searches, flow.Search{Campaign: campaign, Division: r.division, Point: r.point,
			Kinds: candidate.Looked(view.Typed), Typed: hex.EncodeToString(s.Keys.JournalHash(view.Typed)[:8]), Found: len(view.Found)}, v.by())
	}
	if err != nil { // nobody wrote down that she looked, and she sees nothing
		s.fault(c, v, err)
		return
	}
	s.showCash(c, v, http.StatusOK, c.PostForm("point"), view)
}

// countCash keeps what one person counted.
func (s *server) countCash(c *gin.Context, v *visit) {
	ctx, day := c.Request.Context(), c.PostForm("day")
	view := console.Cash{Day: day, Counted: strings.TrimSpace(c.PostForm("counted")), Why: strings.TrimSpace(c.PostForm("reason"))}
	fen, ok := yuanOf(view.Counted)
	if _, _, okDay := dayOf(day); !okDay || day == "" || day > dayText(s.Flow.Now()) {
		view.Day, view.Error = "", "pay.cash.day"
	} else if !ok {
		view.Error = "pay.transfer.yuan"
	} else if view.Why != "" && !oneLine(view.Why, 200) {
		view.Error = "act.needreason"
	}
	if view.Error != "" {
		s.showCash(c, v, http.StatusUnprocessableEntity, v.place.Code, view)
		return
	}
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		if refuse, err := s.noCash(ctx, tx, v); err != nil || refuse != "" {
			view.Error = refuse
			return err
		}
		_, err := s.Flow.CountCash(ctx, tx, v.place, day, fen, view.Why, v.by())
		return err
	})
	s.cashDone(c, v, "counted", err, view)
}

// signCash is the second person's word about a count.
func (s *server) signCash(c *gin.Context, v *visit) {
	ctx := c.Request.Context()
	view := console.Cash{Day: c.PostForm("day")}
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		if refuse, err := s.noCash(ctx, tx, v); err != nil || refuse != "" {
			view.Error = refuse
			return err
		}
		return s.Flow.SignCash(ctx, tx, v.place, c.PostForm("count"), v.by())
	})
	s.cashDone(c, v, "signed", s.Flow.Refused(ctx, s.DB, err), view)
}

// noCash is the phrase that says why she may do nothing with cash, "" if she may.
func (s *server) noCash(ctx context.Context, tx *db.Tx, v *visit) (string, error) {
	camp, err := s.campaignOf(ctx, tx, nil)
	if err != nil || !takesCash(camp) {
		return "pay.cash.off", err
	}
	if may := permitted(camp, flow.ActTakeCash, v.session.Account.Role); !may.alone() {
		return may.refusal(), nil
	}
	return "", nil
}

// cashDone goes back to the day, or says why nothing was done.
func (s *server) cashDone(c *gin.Context, v *visit, done string, err error, view console.Cash) {
	status := http.StatusConflict
	if _, _, ok := dayOf(view.Day); !ok {
		view.Day = ""
	}
	switch {
	case err == nil && view.Error == "":
		c.Redirect(http.StatusSeeOther, "/gl/cash?"+url.Values{"point": {v.place.Code}, "day": {view.Day}, "done": {done}}.Encode())
		return
	case err == nil:
	case errors.Is(err, flow.ErrReason):
		status, view.Error = http.StatusUnprocessableEntity, "pay.cash.needwhy"
	case errors.Is(err, flow.ErrTwice):
		view.Error = "pay.cash.changed"
	case errors.Is(err, flow.ErrDependent):
		view.Error = "permit.dependent"
	case errors.Is(err, flow.ErrSamePerson):
		status, view.Error = http.StatusForbidden, "second.same"
	case errors.Is(err, payment.ErrState):
		view.Error = "pay.cash.settled"
	case errors.Is(err, payment.ErrAmount):
		status, view.Error = http.StatusUnprocessableEntity, "pay.transfer.yuan"
	case errors.Is(err, payment.ErrNotFound):
		status, view.Error = http.StatusUnprocessableEntity, "pay.cash.settled"
	default:
		s.fault(c, v, err)
		return
	}
	s.showCash(c, v, status, v.place.Code, view)
}

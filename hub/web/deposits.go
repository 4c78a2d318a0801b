package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/org"
	"zhunkao/hub/payment"
	"zhunkao/hub/web/console"
	"zhunkao/protocol/window"
)

// remitDeposit: :id is a slip of the bank that somebody entered.
const remitDeposit rule = "deposit"

// mostDeposits is how many slips, and how many days without one, the page shows: those of
// a campaign at a point.
const mostDeposits = 100

// depositPart is the cash on its way to the bank (缴存, demand B11): what was counted and
// signed at a point stands here until a slip of the bank says that it arrived.
func (s *server) depositPart() part {
	return part{routes: []route{
		{method: http.MethodGet, path: "/gl/deposits", who: readers(), remit: remitList, right: "deposits", do: s.deposits},
		{method: http.MethodPost, path: "/gl/points/:id/deposits", who: cashiers(), remit: remitPoint, do: s.enterDeposit},
		{method: http.MethodPost, path: "/gl/deposits/:id/sign", who: cashiers(), remit: remitDeposit, do: s.signDeposit},
		{method: http.MethodPost, path: "/gl/deposits/:id/drop", who: cashiers(), remit: remitDeposit, do: s.dropDeposit},
	}, finders: map[rule]finder{remitDeposit: findDeposit}}
}

func findDeposit(ctx context.Context, tx *db.Tx, v *visit, id string) (where, error) {
	d, err := payment.GetDeposit(ctx, tx, id)
	if errors.Is(err, payment.ErrNotFound) {
		return where{}, errNoSubject
	}
	v.subject = d
	return where{division: d.Division, point: d.Point}, err
}

func (s *server) deposits(c *gin.Context, v *visit) {
	if key := "pay.deposit.done." + c.Query("done"); s.pages.Has(key) {
		v.notice = &console.Notice{Class: "done", Key: key}
	}
	s.showDeposits(c, v, http.StatusOK, c.Query("point"), console.Deposits{})
}

func (s *server) showDeposits(c *gin.Context, v *visit, status int, point string, view console.Deposits) {
	ctx, r := c.Request.Context(), v.remit()
	if r.point != "" {
		point = r.point
	}
	view.Until = dayText(s.Flow.Now())
	if view.Day == "" {
		view.Day = view.Until
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
		if view.Reads = !s.may(v.session.Account.Role)["cash"]; !view.Reads {
			if may := permitted(camp, flow.ActTakeCash, v.session.Account.Role); !may.alone() {
				view.Refuse = may.refusal()
			}
		}
		if point != "" {
			p, err := org.GetPoint(ctx, tx, point)
			if foreign = errors.Is(err, org.ErrNotFound) || err == nil && !r.covers(p.Division, p.Code); foreign {
				return nil
			}
			if err != nil {
				return err
			}
			view.Point, view.PointName = p.Code, p.Name
		}
		return s.depositRows(ctx, tx, v, &view)
	})
	switch {
	case err != nil:
		s.fault(c, v, err)
	case foreign:
		s.refuse(c, v, refusalNotFound)
	default:
		s.showAt(c, v, status, "deposits", "payments", "/gl/deposits", view)
	}
}

// depositRows reads the days without a slip and the slips of a point, or of all in a remit.
func (s *server) depositRows(ctx context.Context, tx *db.Tx, v *visit, view *console.Deposits) error {
	r, points, names := v.remit(), pointNames{}, map[string]string{}
	due, err := payment.ToDeposit(ctx, tx, r.division, view.Point, mostDeposits)
	if err != nil {
		return err
	}
	for _, d := range due {
		row := console.DepositDue{Day: d.Day, Point: d.Point, Fen: d.Counted, Old: s.daysAgo(d.Day), On: view.Typed[d.Day]}
		if row.PointName, err = points.name(ctx, tx, d.Point); err != nil {
			return err
		}
		view.DueFen += d.Counted
		view.Due = append(view.Due, row)
	}
	list, err := payment.Deposits(ctx, tx, r.division, view.Point, mostDeposits)
	if err != nil {
		return err
	}
	for _, d := range list {
		row := console.Deposit{ID: d.ID, Serial: d.Serial, Day: d.Day, Days: d.Days, Fen: d.Fen, Counted: d.Counted, Diff: d.Diff(), Why: d.Why, Said: d.Said, At: ms(d.AskedAt), SecondAt: orZero(d.SaidAt),
			Waiting: d.State == payment.DepositWaiting, Mine: d.AskedBy == v.session.Account.ID, State: depositState(d)}
		row.Hidden = row.Waiting && !row.Mine
		if row.Point, err = points.name(ctx, tx, d.Point); err != nil {
			return err
		}
		if row.By, err = s.author(ctx, tx, v, staffAuthor(d.AskedBy), names); err != nil {
			return err
		}
		if d.SaidBy != "" {
			if row.Second, err = s.author(ctx, tx, v, staffAuthor(d.SaidBy), names); err != nil {
				return err
			}
		}
		view.Rows = append(view.Rows, row)
	}
	return nil
}

// daysAgo is how many days lie between a civil day and today.
func (s *server) daysAgo(day string) int {
	from, err := time.ParseInLocation(time.DateOnly, day, window.Zone())
	if err != nil {
		return 0
	}
	return int(s.Flow.Now().In(window.Zone()).Sub(from) / (24 * time.Hour))
}

func depositState(d payment.Deposit) console.State {
	switch {
	case d.State == payment.DepositDropped:
		return console.State{Class: "open", Icon: "cross", Key: "pay.deposit.dropped"}
	case d.State == payment.DepositWaiting:
		return console.State{Class: "wait", Icon: "clock", Key: "pay.transfer.waiting"}
	case d.Diff() != 0:
		return console.State{Class: "must", Icon: "alert", Key: "pay.deposit.differs"}
	}
	return console.State{Class: "done", Icon: "check", Key: "pay.deposit.agrees"}
}

// enterDeposit is the first person's word.
func (s *server) enterDeposit(c *gin.Context, v *visit) {
	ctx := c.Request.Context()
	view := console.Deposits{Serial: strings.TrimSpace(c.PostForm("serial")), Yuan: strings.TrimSpace(c.PostForm("yuan")), Day: c.PostForm("day"), Why: strings.TrimSpace(c.PostForm("reason")), Typed: map[string]bool{}}
	days := c.PostFormArray("for")
	newest := ""
	for _, d := range days {
		view.Typed[d] = true
		newest = max(newest, d)
	}
	fen, okFen := yuanOf(view.Yuan)
	_, _, okDay := dayOf(view.Day)
	switch {
	case len(days) == 0 || len(days) > mostDeposits:
		view.Error = "pay.deposit.nodays"
	case !oneLine(view.Serial, 64):
		view.Error = "pay.deposit.serial"
	case !okFen || fen <= 0:
		view.Error = "pay.transfer.yuan"
	case !okDay || view.Day == "" || view.Day > dayText(s.Flow.Now()):
		view.Day, view.Error = "", "pay.deposit.day"
	case view.Day < newest:
		view.Error = "pay.deposit.before"
	case view.Why != "" && !oneLine(view.Why, 200):
		view.Error = "act.needreason"
	}
	if view.Error != "" {
		s.showDeposits(c, v, http.StatusUnprocessableEntity, v.place.Code, view)
		return
	}
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		if refuse, err := s.noCash(ctx, tx, v); err != nil || refuse != "" {
			view.Error = refuse
			return err
		}
		_, err := s.Flow.EnterDeposit(ctx, tx, payment.Deposit{Point: v.place.Code, Division: v.place.Division, Serial: view.Serial, Day: view.Day, Fen: fen, Why: view.Why, Days: days}, v.by())
		return err
	})
	status := http.StatusConflict
	switch {
	case err == nil && view.Error == "":
		c.Redirect(http.StatusSeeOther, depositsAt(v.place.Code, "entered"))
		return
	case err == nil:
	case errors.Is(err, flow.ErrReason):
		status, view.Error = http.StatusUnprocessableEntity, "pay.deposit.needwhy"
	case errors.Is(err, payment.ErrAmount):
		status, view.Error = http.StatusUnprocessableEntity, "pay.transfer.yuan"
	case errors.Is(err, payment.ErrNotFound):
		status, view.Error = http.StatusUnprocessableEntity, "pay.deposit.unsigned"
	case errors.Is(err, payment.ErrState):
		view.Error = "pay.deposit.again"
	default:
		s.fault(c, v, err)
		return
	}
	s.showDeposits(c, v, status, v.place.Code, view)
}

func depositsAt(point, done string) string {
	return "/gl/deposits?" + url.Values{"point": {point}, "done": {done}}.Encode()
}

// signDeposit is the second person's: she types the amount from the slip again.
func (s *server) signDeposit(c *gin.Context, v *visit) {
	ctx, d := c.Request.Context(), v.subject.(payment.Deposit)
	view := console.Deposits{RowID: d.ID}
	fen, ok := yuanOf(strings.TrimSpace(c.PostForm("yuan")))
	if !ok {
		view.RowError = "pay.transfer.yuan"
		s.showDeposits(c, v, http.StatusUnprocessableEntity, d.Point, view)
		return
	}
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		if refuse, err := s.noCash(ctx, tx, v); err != nil || refuse != "" {
			view.RowError = refuse
			return err
		}
		return s.Flow.SignDeposit(ctx, tx, d.ID, fen, v.by())
	})
	s.depositSaid(c, v, d, "signed", s.Flow.Refused(ctx, s.DB, err), view)
}

// dropDeposit is her no, or the first takes it back.
func (s *server) dropDeposit(c *gin.Context, v *visit) {
	ctx, d := c.Request.Context(), v.subject.(payment.Deposit)
	view := console.Deposits{RowID: d.ID}
	why, ok := reason(c)
	if !ok {
		view.RowError = "act.needreason"
		s.showDeposits(c, v, http.StatusUnprocessableEntity, d.Point, view)
		return
	}
	err := s.DB.Write(ctx, func(tx *db.Tx) error { return s.Flow.DropDeposit(ctx, tx, d.ID, why, v.by()) })
	s.depositSaid(c, v, d, "dropped", err, view)
}

// depositSaid answers what was said about a slip.
func (s *server) depositSaid(c *gin.Context, v *visit, d payment.Deposit, done string, err error, view console.Deposits) {
	status := http.StatusConflict
	switch {
	case err == nil && view.RowError == "":
		c.Redirect(http.StatusSeeOther, depositsAt(d.Point, done))
		return
	case err == nil:
	case errors.Is(err, flow.ErrTwice):
		status, view.RowError = http.StatusUnprocessableEntity, "pay.deposit.twice"
	case errors.Is(err, flow.ErrDependent):
		view.RowError = "permit.dependent"
	case errors.Is(err, flow.ErrSamePerson):
		status, view.RowError = http.StatusForbidden, "second.same"
	case errors.Is(err, payment.ErrState):
		view.RowError = "pay.transfer.settled"
	default:
		s.fault(c, v, err)
		return
	}
	s.showDeposits(c, v, status, d.Point, view)
}

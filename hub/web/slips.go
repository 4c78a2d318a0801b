package web

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/countersign"
	"zhunkao/hub/db"
	"zhunkao/hub/paper"
	"zhunkao/hub/staff"
	"zhunkao/hub/web/console"
)

// actReset is the act of the campaign's table that says who resets accounts.
const actReset = "reset-password"

// resets says what the table of acts gives her of resetting accounts. The tier of
// the table is the lowest that may: those above answer for it. A table that does
// not have the act asks one person, and before the first campaign the offices are
// set up all the same.
func (s *server) resets(ctx context.Context, tx *db.Tx, v *visit) (permission, error) {
	alone := permission{known: true, high: true, persons: 1}
	camp, err := s.campaigns.current(ctx, tx, s.Campaign)
	if missing(err) {
		return alone, nil
	}
	if err != nil {
		return permission{}, err
	}
	if _, ok := camp.Act(actReset); !ok {
		return alone, nil
	}
	return permitted(camp, actReset, v.session.Account.Role), nil
}

// notReset is the phrase that says why she may not reset at all, "" if she may,
// alone or with another.
func (p permission) notReset() string {
	switch {
	case !p.high:
		return "staff.reset.tier"
	case p.persons > 2:
		return "permit.more"
	}
	return ""
}

// printSlips makes first passwords for the accounts that were picked and sends
// their slips in this answer, once: nothing of them is kept.
func (s *server) printSlips(c *gin.Context, v *visit) {
	ask := staff.Slips{Accounts: c.PostFormArray("account")}
	n, okDays := days(c)
	why, okWhy := reason(c)
	view := console.Staff{Days: n, Picked: true, SlipReason: strings.TrimSpace(c.PostForm("reason"))}
	switch {
	case len(ask.Accounts) == 0:
		view.SlipErr = "staff.needpick"
	case len(ask.Accounts) > staff.MaxSlips:
		view.SlipErr = "staff.toomany"
	case !okDays:
		view.SlipErr = "staff.needdays"
	case !okWhy:
		view.SlipErr = "act.needreason"
	}
	if !okDays {
		view.Days = slipDays
	}
	if view.SlipErr == "" {
		ask.Valid, ask.Reason = validFor(n), why
		if view.SlipErr = s.slips(c, v, ask, s.secondReset(v, ask, termsFirst, n)); view.SlipErr == "" {
			return
		}
	}
	s.showStaff(c, v, http.StatusUnprocessableEntity, view, ask.Accounts...)
}

// resetStaff is the same for one who forgot her password, or lost her telephone.
func (s *server) resetStaff(c *gin.Context, v *visit) {
	n, okDays := days(c)
	why, okWhy := reason(c)
	what, wrong := c.PostForm("what"), ""
	switch {
	case what != "password" && what != "both":
		wrong = "staff.needwhat"
	case !okDays:
		wrong = "staff.needdays"
	case !okWhy:
		wrong = "act.needreason"
	default:
		ask := staff.Slips{Accounts: []string{v.subject.(staff.Account).ID}, Valid: validFor(n), Drop: what == "both", Reason: why}
		if wrong = s.slips(c, v, ask, s.secondReset(v, ask, what, n)); wrong == "" {
			return
		}
	}
	s.showMember(c, v, http.StatusUnprocessableEntity, console.MemberErrors{Reset: wrong})
}

// slips makes first passwords and answers with their PDF; it gives the phrase
// of a refusal, "" when the answer is sent. Where the table asks two persons it
// asks for the second first. The fonts stand ready before a password is made, so
// that none is made in vain.
func (s *server) slips(c *gin.Context, v *visit, ask staff.Slips, of countersign.Act) string {
	ctx := c.Request.Context()
	sheet := paper.Slips{Address: c.Request.Host + "/gl", Printed: s.Flow.Now()}
	var out allowed
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		may, err := s.resets(ctx, tx, v)
		if err != nil {
			return err
		}
		if out.refuse = may.notReset(); out.refuse != "" {
			return nil
		}
		if err := s.answersFor(ctx, tx, v, ask.Accounts); err != nil {
			return err
		}
		if out, err = s.byTwo(ctx, tx, v, may, of, ask.Reason); err != nil {
			return err
		}
		sheet.Office, sheet.Where, _, err = belongs(ctx, tx, v.session.Account)
		return err
	})
	switch {
	case errors.Is(err, staff.ErrNotYours):
		return "staff.notyours"
	case err != nil:
		s.fault(c, v, err)
		return ""
	case out.asked:
		c.Redirect(http.StatusSeeOther, "/gl/seconds?done=asked")
		return ""
	case out.refuse != "":
		return out.refuse
	}
	ask.Reason = out.reason
	ask.With = func(ctx context.Context, tx *db.Tx) error { return s.usedSecond(ctx, tx, v, out.use) }
	made, err := s.superior(v).FirstPasswords(ctx, ask)
	switch {
	case errors.Is(err, staff.ErrNotYours), errors.Is(err, staff.ErrNotFound):
		return "staff.notyours"
	case errors.Is(err, staff.ErrAccount):
		return "staff.disabledpick"
	case errors.Is(err, countersign.ErrState):
		return "second.state"
	case err != nil:
		s.fault(c, v, err)
		return ""
	}
	file, err := s.setSlips(ctx, sheet, made, ask.Valid)
	if err != nil {
		s.fault(c, v, err)
		return ""
	}
	c.Header("Content-Disposition", `inline; filename="slips.pdf"`)
	c.Data(http.StatusOK, "application/pdf", file)
	return ""
}

// answersFor asks, before anybody is asked to agree, that she answers for every
// account. staff.ErrNotYours.
func (s *server) answersFor(ctx context.Context, tx *db.Tx, v *visit, ids []string) error {
	for _, id := range ids {
		a, err := staff.Get(ctx, tx, id)
		if errors.Is(err, staff.ErrNotFound) || err == nil && !v.session.Account.Answers(a) {
			return staff.ErrNotYours
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// setSlips lays the slips out. Their end is told by the clock of the pages, as
// the day of printing is.
func (s *server) setSlips(ctx context.Context, sheet paper.Slips, made []staff.Slip, valid time.Duration) ([]byte, error) {
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		points, offices := pointNames{}, officeNames{}
		for _, m := range made {
			slip := paper.Slip{Number: m.Number, User: m.Name, Password: m.Password, Until: sheet.Printed.Add(valid)}
			var err error
			if slip.Place, err = offices.name(ctx, tx, m.Office); err != nil {
				return err
			}
			if m.Point != "" {
				if slip.Place, err = points.name(ctx, tx, m.Point); err != nil {
					return err
				}
			}
			slip.Place += "　" + m.Display
			sheet.Slips = append(sheet.Slips, slip)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	doc, err := sheet.Layout(s.Fonts)
	if err != nil {
		return nil, err
	}
	var file bytes.Buffer
	if err := doc.PDF(&file); err != nil {
		return nil, err
	}
	return file.Bytes(), nil
}

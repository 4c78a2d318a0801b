package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/approval"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/staff"
	"zhunkao/hub/web/console"
	"zhunkao/protocol/window"
)

// shownDelegations is how many delegations the page shows, the last given first.
const shownDelegations = 50

// delegations is who judges for whom: what her office gave, and what she was
// given.
func (s *server) delegations(c *gin.Context, v *visit) {
	s.announce(c, v)
	s.showDelegations(c, v, http.StatusOK, console.Delegations{})
}

func (s *server) showDelegations(c *gin.Context, v *visit, status int, view console.Delegations) {
	ctx, a, now := c.Request.Context(), v.session.Account, s.Flow.Now()
	view.Min = now.In(window.Zone()).Format(time.DateOnly)
	view.Max = now.In(window.Zone()).AddDate(0, 0, 30).Format(time.DateOnly)
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		b := s.books(v)
		if view.Office, err = b.bench(ctx, tx, a.Office); err != nil {
			return err
		}
		if view.Accounts, err = s.delegates(ctx, tx, b, v); err != nil {
			return err
		}
		all, err := approval.DelegationsOf(ctx, tx, a.Office, a.ID, shownDelegations)
		if err != nil {
			return err
		}
		for _, d := range all {
			row := console.Delegation{ID: d.ID, Since: ms(d.Since), Until: ms(d.Until), Reason: d.Reason, State: delegationState(d, now),
				End: d.Live(now.UnixMilli()) && d.Office == a.Office}
			if d.EndedAt > 0 {
				row.Until = ms(d.EndedAt)
			}
			if row.Office, err = b.bench(ctx, tx, d.Office); err != nil {
				return err
			}
			if row.Who, err = b.person(ctx, tx, d.Account); err != nil {
				return err
			}
			view.Rows = append(view.Rows, row)
		}
		return nil
	})
	if err != nil {
		s.fault(c, v, err)
		return
	}
	s.show(c, v, status, "delegations", "approvals", view)
}

func delegationState(d approval.Delegation, now time.Time) console.State {
	switch {
	case d.Live(now.UnixMilli()):
		return console.State{Class: "done", Icon: "check", Key: "delegation.live"}
	case d.EndedAt > 0:
		return console.State{Class: "open", Icon: "cross", Key: "delegation.ended"}
	}
	return console.State{Class: "open", Icon: "clock", Key: "delegation.over"}
}

// delegates are the accounts to whom her office can give its judging: those
// whose remit holds the office's whole, and who are not herself.
func (s *server) delegates(ctx context.Context, tx *db.Tx, b *books, v *visit) ([]console.Option, error) {
	a := v.session.Account
	var out []console.Option
	for _, division := range upward(a.Division) {
		accounts, err := staff.Accounts(ctx, tx, division)
		if err != nil {
			return nil, err
		}
		for _, to := range accounts {
			tier := flow.TierOf(to.Role)
			if to.Division != division || to.ID == a.ID || to.Disabled || to.Point != "" || tier == "" {
				continue
			}
			office, err := b.bench(ctx, tx, to.Office)
			if err != nil {
				return nil, err
			}
			out = append(out, console.Option{Value: to.ID, Text: to.Display + "　" + office})
		}
	}
	return out, nil
}

// upward are a division and those above it.
func upward(division string) (out []string) {
	for _, t := range flow.Tiers() {
		if d := approval.SeatOf(t, division, ""); d != "" && !slices.Contains(out, d) {
			out = append(out, d)
		}
	}
	return out
}

// delegate gives her office's judging to somebody, for a time.
func (s *server) delegate(c *gin.Context, v *visit) {
	ctx := c.Request.Context()
	view := console.Delegations{Account: c.PostForm("account"), Until: c.PostForm("until"), Reason: c.PostForm("reason")}
	why, ok := reason(c)
	last, err := time.ParseInLocation(time.DateOnly, view.Until, window.Zone())
	switch {
	case !ok:
		view.Error = "approvals.refused.needreason"
	case err != nil:
		view.Error = "caserefused.case-time"
	case !plainID(view.Account):
		view.Error = "caserefused.case-delegate"
	}
	if view.Error == "" {
		err = s.DB.Write(ctx, func(tx *db.Tx) error {
			who, err := staff.Get(ctx, tx, v.session.Account.ID)
			if err != nil {
				return err
			}
			_, err = s.Flow.Delegate(ctx, tx, view.Account, last.AddDate(0, 0, 1), why, who, v.source)
			if errors.Is(err, staff.ErrNotFound) {
				err = approval.ErrDelegate
			}
			return err
		})
		if err == nil {
			c.Redirect(http.StatusSeeOther, "/gl/approvals/delegations?done=delegated")
			return
		}
		if view.Error = "caserefused." + flow.ApprovalRefusal(err); !s.pages.Has(view.Error) {
			s.fault(c, v, err)
			return
		}
	}
	v.notice = &console.Notice{Class: "must", Key: view.Error}
	s.showDelegations(c, v, http.StatusUnprocessableEntity, view)
}

// endDelegation takes an office's word back; one that has ended stays ended.
func (s *server) endDelegation(c *gin.Context, v *visit) {
	ctx, d := c.Request.Context(), v.subject.(approval.Delegation)
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		who, err := staff.Get(ctx, tx, v.session.Account.ID)
		if err != nil {
			return err
		}
		return s.Flow.EndDelegation(ctx, tx, d.ID, who, v.source)
	})
	switch {
	case err == nil, errors.Is(err, approval.ErrState):
		c.Redirect(http.StatusSeeOther, "/gl/approvals/delegations?done=ended")
	case errors.Is(err, approval.ErrNotFound):
		s.refuse(c, v, refusalNotFound)
	default:
		s.fault(c, v, err)
	}
}

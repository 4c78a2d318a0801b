package portal

import (
	"context"
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
	"zhunkao/hub/draft"
	"zhunkao/hub/flow"
	"zhunkao/hub/web/portal/pages"
	"zhunkao/protocol/window"
)

// submit hands in what she has looked through.
func (s *server) submit(c *gin.Context, v *visit) {
	var applied flow.Applied
	ctx := c.Request.Context()
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		camp, err := s.campaigns.current(ctx, tx, s.DB.Changes(), s.Campaign)
		if err != nil {
			return err
		}
		r, err := s.ruled(camp)
		if err != nil {
			return err
		}
		account := v.session.Account.ID
		applied, err = s.Flow.Apply(ctx, tx, flow.Applying{Account: account, Campaign: camp.ID, Revision: revisionOf(c), Rules: r}, v.by())
		return err
	})
	if err == nil {
		to := "/ks/submitted"
		if applied.Version > 1 && !applied.Anew {
			to += "?done=again"
		}
		c.Redirect(http.StatusSeeOther, to)
		return
	}
	s.refusedSubmit(c, v, err)
}

// refusedSubmit says why it was not taken, on the same page with all that is
// filled in.
func (s *server) refusedSubmit(c *gin.Context, v *visit, err error) {
	var (
		conflict *draft.Conflict
		shut     *flow.WindowError
		findings *flow.FindingsError
		missing  *flow.ConsentError
	)
	switch {
	case errors.Is(err, flow.ErrConfirmed):
		s.showReview(c, v, http.StatusConflict, "")
	case errors.Is(err, flow.ErrUnpledged):
		c.Redirect(http.StatusSeeOther, "/ks/pledge")
	case errors.As(err, &conflict):
		s.showReview(c, v, http.StatusConflict, "refused.conflict")
	case errors.Is(err, candidate.ErrConflict):
		c.Redirect(http.StatusSeeOther, "/ks/review/both")
	case errors.As(err, &shut):
		s.showReview(c, v, http.StatusUnprocessableEntity, "refused.window")
	case errors.As(err, &findings):
		s.showReview(c, v, http.StatusUnprocessableEntity, "refused.findings")
	case errors.As(err, &missing), errors.Is(err, flow.ErrPledgeName):
		s.showReview(c, v, http.StatusUnprocessableEntity, "refused.consent")
	case errors.Is(err, candidate.ErrTaken):
		s.showReview(c, v, http.StatusUnprocessableEntity, "refused.taken")
	default:
		s.fault(c, v, err)
	}
}

// submittedPage says what comes next.
func (s *server) submittedPage(c *gin.Context, v *visit) {
	s.fillPage(c, v, http.StatusOK, "submitted", "review", func(ctx context.Context, tx *db.Tx, w *work) (any, error) {
		if !w.exists() {
			return nil, elsewhere("/ks/review")
		}
		h, err := s.her(ctx, tx, w.mine)
		if err != nil {
			return nil, err
		}
		r, err := s.ruled(w.camp)
		if err != nil {
			return nil, err
		}
		j, err := s.Flow.Ready(ctx, tx, h, r)
		if err != nil {
			return nil, err
		}
		verdict := w.camp.Judge(window.Confirm, w.current.Application, w.place.Division, window.At(s.now()))
		out := pages.Submitted{Again: c.Query("done") == "again", Point: j.Point.Name, Address: j.Point.Address, Phone: j.Point.Phone, Hours: s.servedText(w.lang, w.mine, w.current.Application, j.Point),
			By: verdict.Until, Bring: lines(w.camp.Text("bring", w.lang == pages.En))}
		if j.Assessment.FeeKnown {
			out.Fee = pages.Yuan(j.Assessment.Fee)
		}
		out.PayAfter = w.camp.Policy.ConfirmUnpaid
		if out.Pledge, err = s.copiesPledge(w.mine); err != nil {
			return nil, err
		}
		out.Paying, err = s.campaigns.pays(ctx, tx, w.camp.ID)
		return out, err
	})
}

func (s *server) withdrawPage(c *gin.Context, v *visit) {
	s.lookPage(c, v, http.StatusOK, "withdraw", "review", func(ctx context.Context, tx *db.Tx, w *work) (any, error) {
		out := pages.Withdraw{Confirmed: w.confirmed(), None: !w.exists() || w.current.State == candidate.Withdrawn}
		var err error
		if out.Where, err = pointName(ctx, tx, w.place.Code); err != nil {
			return nil, err
		}
		if verdict := s.verdict(w); verdict.Accepts() {
			out.Until = verdict.Until
		}
		return out, nil
	})
}

// withdraw takes her application back, before it is confirmed.
func (s *server) withdraw(c *gin.Context, v *visit) {
	ctx := c.Request.Context()
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		camp, err := s.campaigns.current(ctx, tx, s.DB.Changes(), s.Campaign)
		if err != nil {
			return err
		}
		return s.Flow.TakeBack(ctx, tx, v.session.Account.ID, camp.ID, v.by())
	})
	switch {
	case errors.Is(err, flow.ErrConfirmed), errors.Is(err, candidate.ErrNotFound):
		c.Redirect(http.StatusSeeOther, "/ks/withdraw")
	case err != nil:
		s.fault(c, v, err)
	default:
		c.Redirect(http.StatusSeeOther, "/ks/review?done=withdrawn")
	}
}

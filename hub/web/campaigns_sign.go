package web

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/campaign"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/staff"
	"zhunkao/hub/web/console"
)

func (s *server) signPage(c *gin.Context, v *visit) {
	s.showSigning(c, v, http.StatusOK, console.Signing{})
}

// showSigning shows what somebody puts her name to: the difference, the numbers
// of the rehearsal, what was saved since, and who signed before her, with why.
func (s *server) showSigning(c *gin.Context, v *visit, status int, view console.Signing) {
	page, err := s.campaignView(c.Request.Context(), v)
	if err != nil {
		s.fault(c, v, err)
		return
	}
	if !page.MaySign && status == http.StatusOK { // there is nothing to sign: the page of the draft says why
		c.Redirect(http.StatusSeeOther, "/gl/campaigns/"+v.dossier().name)
		return
	}
	view.Page, view.Code = page, v.session.Account.Enrolled
	err = s.DB.Read(c.Request.Context(), func(tx *db.Tx) error {
		all, err := campaign.SignedBy(c.Request.Context(), tx, v.dossier().digest)
		for _, x := range all {
			view.Mine = view.Mine || x.Account == v.session.Account.ID
		}
		return err
	})
	if err != nil {
		s.fault(c, v, err)
		return
	}
	s.show(c, v, status, "sign-campaign", "campaigns", view)
}

// signCampaign takes one person's signature. She says why, and her own password
// and code once more, at this moment: an open session is not her hand.
func (s *server) signCampaign(c *gin.Context, v *visit) {
	ctx, d := c.Request.Context(), v.dossier()
	why, ok := reason(c)
	view := console.Signing{Reason: why}
	if !ok {
		view.NoWhy = true
		s.showSigning(c, v, http.StatusUnprocessableEntity, view)
		return
	}
	// What cannot be signed is said before anybody's password is asked for.
	err := s.DB.Read(ctx, func(tx *db.Tx) error { _, err := campaign.Stand(ctx, tx, d.digest); return err })
	if err == nil {
		err = s.Staff.Confirm(ctx, *v.session, c.PostForm("password"), c.PostForm("code"), v.source)
	}
	var slow staff.SlowError
	switch {
	case errors.As(err, &slow):
		c.Header("Retry-After", strconv.Itoa(1+int(slow.Wait.Seconds())))
		view.Error = "refusal.sign-in-slow"
		s.showSigning(c, v, http.StatusTooManyRequests, view)
		return
	case errors.Is(err, staff.ErrRefused):
		view.Error = "refusal.sign-in-refused"
		s.showSigning(c, v, http.StatusUnprocessableEntity, view)
		return
	}
	var published *campaign.Version
	if err == nil {
		err = s.DB.Write(ctx, func(tx *db.Tx) (err error) {
			_, published, err = s.Flow.Sign(ctx, tx, d.digest, v.session.Account, why, v.source)
			return err
		})
		err = s.Flow.Refused(ctx, s.DB, err)
	}
	switch code := flow.CampaignRefusal(err); {
	case err == nil && published != nil:
		onward(c, d.name, "published")
	case err == nil:
		onward(c, d.name, "signed")
	case code != "":
		v.notice = &console.Notice{Class: "must", Key: "refusal." + code}
		s.showSigning(c, v, http.StatusConflict, view)
	default:
		s.fault(c, v, err)
	}
}

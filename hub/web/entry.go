package web

import (
	"context"
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/org"
	"zhunkao/hub/paper"
	"zhunkao/hub/web/console"
	"zhunkao/hub/web/door"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/sheet"
)

// entryPart lets a candidate in again who has lost what she signs in with.
func (s *server) entryPart() part {
	return part{routes: []route{
		{method: http.MethodPost, path: "/gl/candidates/:id/entry", who: readers(), remit: remitCandidate, right: "entry", do: s.letIn},
	}}
}

// letIn prints a slip with a password that is good once, or where candidates
// come in with a sign-in card another card, and sends it in this answer: nothing
// of it is kept. The fonts stand ready before a password is made, so that none
// is made in vain.
func (s *server) letIn(c *gin.Context, v *visit) {
	if s.Accounts == nil {
		s.refuse(c, v, door.NotFound)
		return
	}
	ctx, row := c.Request.Context(), v.subject.(candidate.Row)
	why, ok := reason(c)
	if !ok {
		s.showCandidate(c, v, http.StatusUnprocessableEntity, "page", allowed{}, console.Candidate{EntryError: "act.needreason", EntryReason: c.PostForm("reason")})
		return
	}
	doc, err := s.entryPaper(ctx, c.Request.Host, row, why, v)
	if errors.Is(err, flow.ErrNoSequence) {
		s.showCandidate(c, v, http.StatusUnprocessableEntity, "page", allowed{}, console.Candidate{EntryError: "letin.nosequence", EntryReason: why})
		return
	}
	if err != nil {
		s.fault(c, v, err)
		return
	}
	s.sendDocument(c, v, "entry", doc)
}

// entryPaper makes the password and the paper it stands on.
func (s *server) entryPaper(ctx context.Context, host string, row candidate.Row, why string, v *visit) (*sheet.Document, error) {
	var camp rules.Campaign
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		camp, err = s.campaigns.current(ctx, tx, row.Campaign)
		return err
	})
	if err != nil {
		return nil, err
	}
	draw := s.Accounts.DrawSlip
	if camp.Portal.ByCard() {
		draw = s.Accounts.DrawCard
	}
	p, err := draw(ctx)
	if err != nil {
		return nil, err
	}
	var out layout
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		place, err := org.GetPoint(ctx, tx, row.Point)
		if err != nil && !errors.Is(err, org.ErrNotFound) {
			return err
		}
		office, _, _, err := belongs(ctx, tx, v.session.Account)
		if err != nil {
			return err
		}
		if camp.Portal.ByCard() {
			made, err := s.Flow.MakeCard(ctx, tx, s.Accounts, row.ID, p, why, v.by())
			if err != nil {
				return err
			}
			cards := paper.CardsOf(camp, place.Name, host+"/ks", s.Flow.Now())
			cards.Add(made.Found.Application, made.Sequence, made.Password)
			out = cards
			return nil
		}
		made, err := s.Flow.MakeSlip(ctx, tx, s.Accounts, row.ID, p, why, v.by())
		if err != nil {
			return err
		}
		out = paper.Slips{Where: place.Name, Address: host + "/ks", Office: office, Printed: s.Flow.Now(), Slips: []paper.Slip{{
			Number: made.Number, Place: place.Name + "　" + made.Found.Application.Name().Reveal(), User: made.Login, Password: made.Password,
			Until: s.Flow.Now().AddDate(0, 0, camp.Portal.SlipLife())}}}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out.Layout(s.Fonts)
}

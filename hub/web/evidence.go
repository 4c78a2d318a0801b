package web

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/applicant"
	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
	"zhunkao/hub/picture"
	"zhunkao/hub/web/console"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
)

// evidencePart is what a candidate claims, and the pictures that show it: for
// the offices that review bonuses and exemptions.
func (s *server) evidencePart() part {
	return part{routes: []route{
		{method: http.MethodGet, path: "/gl/candidates/:id/evidence", who: officers(), remit: remitCandidate, right: "evidence", do: s.evidence},
	}}
}

// evidence shows the claims of the version in force with their pictures. That
// they were looked at is journalled in the transaction that reads them.
func (s *server) evidence(c *gin.Context, v *visit) {
	ctx, row := c.Request.Context(), v.subject.(candidate.Row)
	var found candidate.Found
	var kept []picture.Picture
	var camp rules.Campaign
	err := s.DB.Write(ctx, func(tx *db.Tx) (err error) {
		if err = s.Flow.ViewCandidate(ctx, tx, row, "evidence", "", v.by()); err != nil {
			return err
		}
		if found, err = s.Flow.Candidates.Get(ctx, tx, row.ID); err != nil {
			return err
		}
		if camp, err = s.campaigns.current(ctx, tx, row.Campaign); err != nil && !missing(err) {
			return err
		}
		kept, err = evidenceOf(ctx, tx, row)
		return err
	})
	if err != nil {
		s.fault(c, v, err)
		return
	}
	view := console.Evidence{ID: row.ID, Name: string(found.Application.Name()), State: candidateState(row.State)}
	for _, x := range found.Application.Claims {
		view.Claims = append(view.Claims, s.claimShown(camp, x, kept))
	}
	s.show(c, v, http.StatusOK, "evidence", "candidates", view)
}

// evidenceOf lists the pictures of the account that an application belongs to;
// one that came another way than by the portal has none.
func evidenceOf(ctx context.Context, tx *db.Tx, row candidate.Row) ([]picture.Picture, error) {
	account, err := applicant.AccountOf(ctx, tx, row.ID)
	if err != nil || account == "" {
		return nil, err
	}
	return picture.List(ctx, tx, account, row.Campaign)
}

func (s *server) claimShown(camp rules.Campaign, x form.Claim, kept []picture.Picture) console.EvidenceClaim {
	out := console.EvidenceClaim{Kind: "evidence." + x.Kind, Name: x.Code, Number: x.Evidence}
	for _, b := range camp.Bonuses {
		if x.Kind == form.BonusClaim && b.Code == x.Code {
			out.Name, out.Note, out.Points = b.Zh, b.Evidence, b.Points
		}
	}
	for _, e := range camp.Exemptions {
		if x.Kind == form.ExemptionClaim && e.Code == x.Code {
			out.Name, out.Note = e.Zh, e.Evidence
		}
	}
	for _, p := range kept {
		if p.Kind != x.Kind || p.Code != x.Code {
			continue
		}
		photo := console.Photo{Width: p.Width, Height: p.Height}
		var err error
		if photo.JPEG, err = picture.Open(s.Keys, s.Blob, p); err != nil { // hides nothing else; fsck names it
			s.Log.Warn("web: a picture of evidence does not open", "picture", p.ID, "error", err.Error())
			photo.Why = "evidence.broken"
		}
		out.Photos = append(out.Photos, photo)
	}
	return out
}

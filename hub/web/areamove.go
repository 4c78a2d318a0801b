package web

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
	"zhunkao/hub/org"
	"zhunkao/hub/site"
	"zhunkao/hub/web/console"
	rules "zhunkao/protocol/campaign"
)

// areaOf is the page that says in which area one candidate sits, why, and what is proposed
// (考区调整, A48).
func (s *server) areaOf(c *gin.Context, v *visit) {
	ctx, row := c.Request.Context(), v.subject.(candidate.Row)
	var view console.AreaMove
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		if err := s.Flow.ViewCandidate(ctx, tx, row, "area", "", v.by()); err != nil {
			return err
		}
		return s.fillArea(ctx, tx, v, row, &view)
	})
	switch {
	case missing(err):
		s.refuse(c, v, refusalNotFound)
	case err != nil:
		s.fault(c, v, err)
	default:
		s.show(c, v, http.StatusOK, "areamove", "catchments", view)
	}
}

// fillArea fills in where she sits now, where the catchments lead her, and whether a move
// can be proposed.
func (s *server) fillArea(ctx context.Context, tx *db.Tx, v *visit, row candidate.Row, view *console.AreaMove) error {
	camp, err := s.campaigns.current(ctx, tx, s.Campaign)
	if err != nil {
		return err
	}
	city := org.Above(site.Today(row.Division))
	seen, err := s.Flow.LookMoves(ctx, tx, camp, city, "", []string{row.ID}, "")
	if err != nil {
		return err
	}
	her, b := seen[0], s.books(v)
	name, err := b.areas(ctx, tx, camp.ID)
	if err != nil {
		return err
	}
	if her.Campaign == "" {
		return candidate.ErrNotFound
	}
	view.ID, view.Name, view.Number = row.ID, string(her.Application.Name()), her.Application.Number().String()
	view.Now, view.Drawn, view.Back = name(her.Now), name(her.Drawn), her.Now != her.Drawn || her.Dropped != ""
	if her.Dropped != "" {
		view.Dropped = name(her.Dropped)
	}
	if view.Place, err = b.place(ctx, tx, row.Division); err != nil {
		return err
	}
	first := her.Application.First()
	view.Place += "　" + whatText(words{s.pages, v.lang, camp}, first.Level, first.Category)
	if her.Open != "" {
		view.Open = console.Link{Path: "/gl/approvals/" + her.Open, Text: b.t("areamove.open")}
	}
	if view.Refused, err = s.unmoved(ctx, tx, camp, row, city); err != nil {
		return err
	}
	if view.Refused == "" && view.Open.Path == "" && s.may(v.session.Account.Role)["propose-moves"] {
		view.Propose = "/gl/moves?" + query("candidate", row.ID)
	}
	history, err := site.MovesOf(ctx, tx, row.ID)
	if err != nil {
		return err
	}
	if view.Moves, err = s.doneMoves(ctx, tx, b, history, camp.ID); err != nil {
		return err
	}
	for i, m := range history {
		if m.To == "" {
			view.Moves[i].To = b.t("areamove.putback")
		}
	}
	return nil
}

// unmoved is the phrase of why nobody proposes to move a candidate now, "" if they may.
func (s *server) unmoved(ctx context.Context, tx *db.Tx, camp rules.Campaign, row candidate.Row, city string) (string, error) {
	if row.State == candidate.Withdrawn {
		return "areamove.withdrawn", nil
	}
	kind, ok := movesKind(camp)
	if !ok {
		return "caserefused.case-kind", nil
	}
	return s.movesShut(ctx, tx, camp, kind.Step, city, false)
}

package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

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
	"zhunkao/protocol/window"
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
	var file bytes.Buffer
	if err := doc.PDF(&file); err != nil {
		s.fault(c, v, err)
		return
	}
	c.Header("Content-Disposition", `inline; filename="entry.pdf"`)
	c.Data(http.StatusOK, "application/pdf", file.Bytes())
}

// layout is a paper that can be set.
type layout interface {
	Layout(*sheet.Fonts) (*sheet.Document, error)
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
			out = cardSheet(s.Flow.Now(), camp, place.Name, host+"/ks", made)
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

// cardSheet is the sheet of some cards of one point. Their end is told by the
// clock of the pages, as the day of printing is.
func cardSheet(now time.Time, camp rules.Campaign, where, address string, made ...flow.Card) paper.Cards {
	out := paper.Cards{Examination: camp.Zh, Where: where, Address: address, Link: "https://" + address + "/card", Printed: now}
	for _, w := range window.Latest(camp.Windows, window.Register) {
		from, to := w.From.In(window.Zone()), w.To.In(window.Zone())
		out.Window = fmt.Sprintf("%d月%d日 %s 至 %d月%d日 %s", from.Month(), from.Day(), from.Format("15:04"), to.Month(), to.Day(), to.Format("15:04"))
	}
	for _, m := range made {
		out.Cards = append(out.Cards, paper.Card{Name: m.Found.Application.Name(), Number: m.Found.Application.Number(), Sequence: m.Sequence,
			Password: m.Password, Until: now.AddDate(0, 0, camp.Portal.CardDays)})
	}
	return out
}

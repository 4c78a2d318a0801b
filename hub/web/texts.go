package web

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/db"
	"zhunkao/hub/notice"
	"zhunkao/hub/web/console"
)

// textPart is how the text messages go: for the operators of the province. Nobody
// sees numbers or words here.
func (s *server) textPart() part {
	return part{routes: []route{{method: http.MethodGet, path: "/gl/texts", who: province(), remit: remitNone, right: "texts", do: s.texts}}}
}

// mostTexts is how many that were given up are shown, the newest first.
const mostTexts = 100

func (s *server) texts(c *gin.Context, v *visit) {
	ctx := c.Request.Context()
	var view console.Texts
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		counts, err := notice.Count(ctx, tx)
		if err != nil {
			return err
		}
		view.Waiting, view.Sent, view.GivenUp = counts.Waiting, counts.Sent, counts.GivenUp
		if counts.Oldest > 0 {
			view.Oldest = ms(counts.Oldest)
		}
		rows, err := notice.Newest(ctx, tx, notice.GivenUp, mostTexts)
		if err != nil {
			return err
		}
		for _, r := range rows {
			x := console.Text{ID: ends(r.ID), Kind: "text." + string(r.Kind), Why: textFaults[r.Fault], Attempts: r.Attempts, Queued: ms(r.Queued), Ended: ms(r.Ended)}
			if !s.pages.Has(x.Kind) {
				x.Kind = "text.other"
			}
			if x.Why == "" {
				x.Why = "text.why.failed"
			}
			view.Rows = append(view.Rows, x)
		}
		return nil
	})
	if err != nil {
		s.fault(c, v, err)
		return
	}
	s.show(c, v, http.StatusOK, "texts", "texts", view)
}

// textFaults are the phrases of the words that the courier leaves.
var textFaults = map[string]string{"slow": "text.why.slow", "full": "text.why.full", "refused": "text.why.refused", "too-late": "text.why.too-late", "unreadable": "text.why.unreadable"}

// countGivenUp counts the texts that reached nobody in the last days.
func countGivenUp(ctx context.Context, tx *db.Tx, _ *visit, _ string) (int, error) {
	c, err := notice.Count(ctx, tx)
	return int(c.GivenUp), err
}

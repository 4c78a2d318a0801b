package web

import (
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/confirmation"
	"zhunkao/hub/intake"
	"zhunkao/hub/web/console"
)

// What is held may have come without its parts: the page says what is missing and
// how it comes, and whoever sees it may have the box asked for it (issue 7).

// lackingView says what is missing of what is held, and what to do now.
func lackingView(m *intake.Lacking, view *console.HeldCase) {
	if m == nil {
		return
	}
	view.Lacks, view.LackOf, view.LackBytes = m.Parts, m.Of, uint64(m.Bytes)
	switch {
	case m.Full:
		view.Next = "held.next.full"
	case m.Ask && m.Online:
		view.Next, view.Ask = "held.next.online", true
	case m.Ask:
		view.Next = "held.next.away"
	default:
		view.Next = "held.next.stick"
	}
}

// askHeldAgain has the box asked for what is held of it and not whole.
func (s *server) askHeldAgain(c *gin.Context, v *visit) {
	q := v.subject.(confirmation.Quarantined)
	if s.Intake == nil {
		s.refuse(c, v, refusalBusy)
		return
	}
	view := console.HeldCase{}
	switch err := s.Intake.AskAgain(c.Request.Context(), q.ID, v.by()); {
	case err == nil:
		c.Redirect(http.StatusSeeOther, "/gl/held/"+q.ID)
		return
	case errors.Is(err, intake.ErrNotAsked):
		view.Error = "held.notasked"
	case errors.Is(err, confirmation.ErrSettled):
		view.Error = "held.settled"
	default:
		s.fault(c, v, err)
		return
	}
	s.showHeld(c, v, http.StatusConflict, view)
}

// bare reports whether a row of the list says that contents are missing: of what
// bears no signature nobody wants them.
func bare(q confirmation.Quarantined) bool {
	return q.Fate == confirmation.FateHeld && len(q.Parts) == 0 && q.Reason != "signature" && q.Reason != "malformed"
}

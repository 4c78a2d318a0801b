package web

import (
	"errors"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/db"
	"zhunkao/hub/intake"
	"zhunkao/hub/web/console"
)

// slipPart judges the slip of a sheet (缴费凭条): whether a box of this hub signed
// it, what became of the record, and whether the fee may be taken by it. What was
// scanned comes in a form, never in an address; nothing is changed by asking.
func (s *server) slipPart() part {
	get, post := http.MethodGet, http.MethodPost
	return part{routes: []route{
		{method: get, path: "/gl/slip", who: readers(), remit: remitNone, right: "slip", do: s.slipPage},
		{method: post, path: "/gl/slip", who: readers(), remit: remitNone, do: s.slipCheck},
	}}
}

func (s *server) slipPage(c *gin.Context, v *visit) {
	s.show(c, v, http.StatusOK, "slip", "slip", console.SlipCheck{})
}

// slipCheck answers with what a slip is worth. Of one from elsewhere she is told
// that it is genuine, and whose it is to take.
func (s *server) slipCheck(c *gin.Context, v *visit) {
	ctx := c.Request.Context()
	if s.Intake == nil {
		s.refuse(c, v, refusalBusy)
		return
	}
	text := strings.TrimSpace(c.PostForm("code"))
	view := console.SlipCheck{Asked: true}
	slip, err := s.Intake.Slip(ctx, text)
	switch {
	case text == "":
		view.Error = "slip.need"
	case errors.Is(err, intake.ErrNoSlip):
		view.Error = "slip.none"
	case errors.Is(err, intake.ErrForged):
		view.Forged = true
	case err != nil:
		s.fault(c, v, err)
		return
	default:
		view.Genuine = true
		err = s.DB.Read(ctx, func(tx *db.Tx) (err error) {
			view.Point, err = pointNames{}.name(ctx, tx, slip.Point)
			return err
		})
		if err != nil {
			s.fault(c, v, err)
			return
		}
		s.slipView(v, slip, &view)
	}
	status := http.StatusOK
	if view.Error != "" {
		status = http.StatusUnprocessableEntity
	}
	s.show(c, v, status, "slip", "slip", view)
}

func (s *server) slipView(v *visit, slip intake.Slip, view *console.SlipCheck) {
	if view.Elsewhere = !v.remit().covers(slip.Division, slip.Point); view.Elsewhere {
		return
	}
	view.Box, view.Sequence, view.At, view.Fee, view.Application = slip.Box, slip.Sequence, ms(slip.At), slip.Fee, ends(slip.Application)
	view.Campaign, view.Version = slip.Campaign, slip.Version
	if b, ok := s.Flow.Fleet.Box(slip.Box); ok {
		view.Unit = int(b.Unit)
	}
	view.Payable, view.Bar = slip.Bar == "", "slip.bar."+string(slip.Bar)
	if view.Payable {
		view.Bar = ""
	}
	f := slip.Facts
	switch {
	case f.Arrived:
		view.Record, view.Standing = slip.Record, recordState(f.State)
	case f.Held:
		view.Standing = console.State{Class: "wait", Icon: "tray", Key: "slip.held"}
	case f.Forked:
		view.Standing = console.State{Class: "must", Icon: "alert", Key: "slip.forked"}
	default:
		view.Standing = console.State{Class: "open", Icon: "clock", Key: "slip.waits"}
	}
}

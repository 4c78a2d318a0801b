package portal

import (
	"slices"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
	"zhunkao/hub/paper"
	"zhunkao/hub/web/door"
	"zhunkao/hub/web/portal/pages"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/sheet"
	"zhunkao/protocol/window"
)

// copiesPledge reports whether she is asked to bring the pledge copied by hand (paper 15;
// S2019): the campaign's list of what a clerk looks at has it for her, and it can still be
// brought.
func (s *server) copiesPledge(m *mine) (bool, error) {
	if !m.exists() || m.current.State == candidate.Withdrawn || m.camp.Text(paper.PledgeText, false) == "" {
		return false, nil
	}
	now, camp := s.now(), m.camp
	camp.Reviews = nil // without the lines that need not be judged: each page asks this
	for _, r := range m.camp.Reviews {
		if r.Kind == rules.ReviewPledge {
			camp.Reviews = append(camp.Reviews, r)
		}
	}
	if len(camp.Reviews) == 0 {
		return false, nil
	}
	asked, err := camp.Reviewed(m.current.Application, m.place, now)
	return slices.ContainsFunc(asked, func(r rules.Review) bool {
		end := camp.Deadline(window.Step(r.Until), camp.Subject(m.current.Application, m.current.Division))
		return end.IsZero() || now.Before(end)
	}), err
}

// pledgePDF gives her the sheet to be copied by hand. It holds what she has before her on
// every page, her number masked.
func (s *server) pledgePDF(c *gin.Context, v *visit) {
	ctx := c.Request.Context()
	var out paper.Pledge
	asked := false
	err := s.DB.Brief(ctx, func(tx *db.Tx) error {
		m, err := s.mine(ctx, tx, v)
		if err != nil {
			return err
		}
		if asked, err = s.copiesPledge(m); err != nil || !asked {
			return err
		}
		out = paper.PledgeOf(m.camp, m.current.Application, s.now())
		out.Office = s.pages.Text(pages.Zh, "pledge.paper.own")
		return nil
	})
	switch {
	case err != nil:
		s.fault(c, v, err)
		return
	case !asked:
		s.refuse(c, v, door.NotFound)
		return
	}
	if s.DB.Demo() {
		out.Flags = []sheet.Mark{sheet.Specimen}
	}
	doc, err := out.Layout(s.Fonts)
	if err != nil {
		s.fault(c, v, err)
		return
	}
	s.sendPDF(c, v, "pledge", doc)
}

package web

import (
	"context"
	"fmt"
	"strings"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/db"
	"zhunkao/hub/paper"
	"zhunkao/hub/seating"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/sheet"
)

// arrangementSheet is the record sheet of a version (编排记录单, A49).
func (s *server) arrangementSheet(c *gin.Context, v *visit) {
	ctx, x := c.Request.Context(), v.subject.(seating.Version)
	var out paper.SeatingRecord
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		camp, err := s.campaigns.current(ctx, tx, x.Campaign)
		if err != nil {
			return err
		}
		if out, err = s.seatingRecord(ctx, tx, v, camp, x); err != nil {
			return err
		}
		return s.Flow.PrintSeating(ctx, tx, camp, x, v.by())
	})
	if err != nil {
		s.fault(c, v, err)
		return
	}
	s.sendPaper(c, v, fmt.Sprintf("arrangement-%d", x.Number), out)
}

func (s *server) seatingRecord(ctx context.Context, tx *db.Tx, v *visit, camp rules.Campaign, x seating.Version) (out paper.SeatingRecord, err error) {
	parts, err := seating.PartsOf(ctx, tx, x.ID)
	if err != nil {
		return out, err
	}
	state := s.seatingState(ctx, tx, x)
	out = paper.SeatingRecord{Campaign: camp.Zh, Office: camp.Office, Number: x.Number, State: s.pages.Text("zh", state.Key), Venue: x.Venue, Frozen: ms(x.Ready), People: x.People, Exempt: x.Exempt, Areas: len(parts.Areas),
		Published: ms(x.Published), Rooms: x.Figures.Rooms, Full: x.Figures.Full, Mixed: x.Figures.Mixed, Seats: x.Figures.Seats, Unmet: x.Figures.Problems, Printed: s.Flow.Now()}
	if out.Held, err = seating.AreasOf(ctx, tx, x); err != nil {
		return out, err
	}
	if s.DB.Demo() {
		out.Marks = append(out.Marks, sheet.Specimen)
	}
	if x.Base != "" {
		base, err := seating.Get(ctx, tx, x.Base)
		if err != nil {
			return out, err
		}
		drawn, err := seating.DrawOf(ctx, tx, x)
		if err != nil {
			return out, err
		}
		out.Base, out.Drawn, out.Kept, out.Moved, out.Fresh, out.Gone = base.Number, drawn.Number, x.Figures.Kept, x.Figures.Moved, x.Figures.Fresh, x.Figures.Gone
	}
	if x.Ready > 0 {
		out.Digest = seating.Fingerprint(x.Digest)
	}
	if x.State == seating.Void {
		out.Void = s.pages.Text("zh", "arr.ended."+string(x.EndedCode))
	}
	if x.State.Seated() {
		out.Root = seating.Fingerprint(x.Root)
		out.RootCode = strings.ToUpper(fmt.Sprintf("%x", x.Root))
	}
	shares, err := seating.Shares(ctx, tx, x.ID)
	if err != nil {
		return out, err
	}
	names, drawn := map[string]string{}, len(shares) > 0 || x.Base != ""
	for _, o := range shares {
		row := paper.SeatingShare{Office: o.Name, Sealed: ms(o.Sealed), Revealed: ms(o.Revealed)}
		if row.By, err = s.author(ctx, tx, v, staffAuthor(o.Staff), names); err != nil {
			return out, err
		}
		if o.Commitment != nil {
			row.Seal = seating.Fingerprint(*o.Commitment)
		}
		if o.Secret != nil {
			row.Secret = seating.Fingerprint(*o.Secret)
		}
		drawn = drawn && o.Secret != nil
		out.Shares = append(out.Shares, row)
	}
	if drawn {
		seed, err := seating.Seed(ctx, tx, x)
		if err != nil {
			return out, err
		}
		out.Seed = seating.Fingerprint(seed)
	}
	return out, nil
}

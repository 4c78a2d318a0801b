package web

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/arrangement"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/seating"
	"zhunkao/hub/ticket"
	"zhunkao/hub/web/console"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/sheet"
)

// beginRevision freezes the list for a revision of the published version (更正版, fault
// 38): the seed stays, and so does every number that is not concerned.
func (s *server) beginRevision(c *gin.Context, v *visit) {
	ctx := c.Request.Context()
	var camp rules.Campaign
	out, err := s.actOfTwo(ctx, v, func(ctx context.Context, tx *db.Tx) (a asking, err error) {
		if camp, err = s.campaigns.current(ctx, tx, s.Campaign); err != nil {
			return a, err
		}
		current, published, err := seating.Current(ctx, tx, camp.ID)
		if err != nil {
			return a, err
		}
		_, making, err := seating.InMaking(ctx, tx, camp.ID)
		a = asking{may: permitted(camp, flow.ActNumber, v.session.Account.Role), of: secondSeating(v, current, flow.ActNumber, termsRevise), why: given(c)}
		switch {
		case !flow.NumberingOpen(camp, s.Flow):
			a.refuse = "arr.error.notnow"
		case !published:
			a.refuse = "arr.error.unpublished"
		case making:
			a.refuse = "arr.error.making"
		}
		return a, err
	}, func(ctx context.Context, tx *db.Tx, why, second string) error {
		_, err := s.Flow.BeginRevision(ctx, tx, camp, why, v.by(), second)
		return err
	})
	s.afterSeatingOfTwo(c, v, "/gl/arrangement", out, err)
}

// publishRevision puts a revision in force that two persons compared.
func (s *server) publishRevision(c *gin.Context, v *visit) {
	x, refuse := v.subject.(seating.Version), ""
	if x.State != seating.Computed {
		refuse = "arr.error.state"
	}
	s.seatingByTwo(c, v, flow.ActNumber, termsPublish, refuse, func(ctx context.Context, tx *db.Tx, camp rules.Campaign, _, second string) error {
		return s.Flow.PublishRevision(ctx, tx, camp, x, v.by(), second)
	})
}

// seatingCompared says what a revision keeps and what it changes.
func (s *server) seatingCompared(ctx context.Context, tx *db.Tx, x seating.Version, view *console.Arrangement) error {
	if x.Base == "" {
		return nil
	}
	base, err := seating.Get(ctx, tx, x.Base)
	if err != nil {
		return err
	}
	drawn, err := seating.DrawOf(ctx, tx, x)
	if err != nil {
		return err
	}
	view.Base, view.BaseID, view.Drawn = base.Number, base.ID, drawn.Number
	if x.State != seating.Computed && !x.State.Seated() {
		return nil
	}
	f := x.Figures
	out := &console.ArrangementCompared{Kept: f.Kept, Moved: f.Moved, Fresh: f.Fresh, Gone: f.Gone, Closed: f.Closed, Path: "/gl/arrangement/" + x.ID + "/changes"}
	if out.Reasons, err = changeReasons(ctx, tx, x); err != nil {
		return err
	}
	out.Stale, err = seating.Stale(ctx, tx, x)
	view.Compared = out
	return err
}

// changeOrder is the order in which reasons are shown.
var changeOrder = []arrangement.Why{arrangement.OtherArea, arrangement.OtherNeed, arrangement.OtherGroup, arrangement.OtherEnds, arrangement.OffGrid, arrangement.OtherNumber, arrangement.Fresh, arrangement.Gone, arrangement.Nowhere}

func changeReasons(ctx context.Context, tx *db.Tx, x seating.Version) (out []console.ArrangementReason, err error) {
	counts, err := seating.ChangeCounts(ctx, tx, x.ID)
	for _, why := range changeOrder {
		if n := counts[why]; n > 0 {
			out = append(out, console.ArrangementReason{Key: "arr.change." + string(why), Value: string(why), N: n})
		}
	}
	return out, err
}

// seatChanges is who does not keep her seat in a revision, and why: by name, and journalled
// as a list that was looked at, of as many as are shown.
func (s *server) seatChanges(c *gin.Context, v *visit) {
	ctx, x := c.Request.Context(), v.subject.(seating.Version)
	why := arrangement.Why(c.Query("why"))
	if x.Base == "" || x.State != seating.Computed && !x.State.Seated() || why != "" && !slices.Contains(changeOrder, why) {
		s.refuse(c, v, refusalNotFound)
		return
	}
	if s.exportAs(c) != "" {
		s.exportSeatChanges(c, v, x, why)
		return
	}
	view := console.SeatChanges{ID: x.ID, Number: x.Number, Why: string(why)}
	var camp rules.Campaign
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if camp, err = s.campaigns.current(ctx, tx, x.Campaign); err != nil {
			return err
		}
		base, err := seating.Get(ctx, tx, x.Base)
		if err != nil {
			return err
		}
		view.Base = base.Number
		if view.Reasons, err = changeReasons(ctx, tx, x); err != nil {
			return err
		}
		list, err := seating.Changes(ctx, tx, x, why, c.Query("after"), pageRows+1)
		if err != nil {
			return err
		}
		if len(list) > pageRows {
			list = list[:pageRows]
			view.Next = fmt.Sprintf("/gl/arrangement/%s/changes?why=%s&after=%s", x.ID, why, list[pageRows-1].Application)
		}
		view.Rows, err = s.changeRows(ctx, tx, camp, list)
		return err
	})
	if err == nil { // it is written down before anybody is shown
		err = s.DB.Write(ctx, func(tx *db.Tx) error { return s.Flow.ListChanges(ctx, tx, camp, x, len(view.Rows), v.by()) })
	}
	if err != nil {
		s.fault(c, v, err)
		return
	}
	s.show(c, v, http.StatusOK, "changes", "arrangement", view)
}

func (s *server) exportSeatChanges(c *gin.Context, v *visit, x seating.Version, why arrangement.Why) {
	heads := s.heads(v, "list.candidate", "arr.document", "arr.level", "arr.category", "arr.reason", "arr.was.area", "arr.was.room", "arr.was.seat", "arr.was.number", "arr.now.area", "arr.now.room", "arr.now.seat", "arr.now.number")
	ctx := c.Request.Context()
	s.export(c, v, "seat-changes", heads, func(row func(...any) error) error {
		return s.DB.Read(ctx, func(tx *db.Tx) error {
			camp, err := s.campaigns.current(ctx, tx, x.Campaign)
			if err != nil {
				return err
			}
			for after := ""; ; {
				list, err := seating.Changes(ctx, tx, x, why, after, rowsAtOnce)
				if err != nil || len(list) == 0 {
					return err
				}
				after = list[len(list)-1].Application
				rows, err := s.changeRows(ctx, tx, camp, list)
				if err != nil {
					return err
				}
				for _, r := range rows {
					if err := row(r.Name, r.Document, r.Level, r.Category, s.pages.Text(v.lang, r.Key), r.Was.Area, r.Was.Room, r.Was.Seat, r.Was.Number, r.Now.Area, r.Now.Room, r.Now.Seat, r.Now.Number); err != nil {
						return err
					}
				}
			}
		})
	})
}

func (s *server) changeRows(ctx context.Context, tx *db.Tx, camp rules.Campaign, list []seating.Change) (out []console.SeatChange, err error) {
	ids := make([]string, len(list))
	for i, x := range list {
		ids[i] = x.Application
	}
	found, err := s.Flow.Candidates.GetAll(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	for _, x := range list {
		row := console.SeatChange{Application: x.Application, Key: "arr.change." + string(x.Why), Was: seatPlace(x.Was), Now: seatPlace(x.Now)}
		if who, ok := found[x.Application]; ok {
			first := who.Application.First()
			row.Name, row.Document = string(who.Application.Name()), who.Application.Number().String()
			row.Level, row.Category = camp.TableName("level", first.Level), camp.TableName("category", first.Category)
		}
		out = append(out, row)
	}
	return out, nil
}

// seatPlace is a seat as people read it; empty for none.
func seatPlace(s seating.Seat) console.SeatPlace {
	if s.Room == 0 {
		return console.SeatPlace{}
	}
	return console.SeatPlace{Area: s.Area, Room: ticket.RoomNumber(s.Room), Seat: ticket.SeatNumber(s.Seat), Number: sheet.Grouped(s.Number)}
}

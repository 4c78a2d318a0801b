package web

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/candidate"
	"zhunkao/hub/countersign"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/seating"
	"zhunkao/hub/web/console"
	rules "zhunkao/protocol/campaign"
)

// unseated is who is valid and has no seat in a published version: they came late, or
// could not be placed.
func (s *server) unseated(c *gin.Context, v *visit) { s.showUnseated(c, v, http.StatusOK, "") }

func (s *server) showUnseated(c *gin.Context, v *visit, status int, wrong string) {
	ctx, x := c.Request.Context(), v.subject.(seating.Version)
	if x.State != seating.Published {
		s.refuse(c, v, refusalNotFound)
		return
	}
	view := console.Unseated{ID: x.ID, Number: x.Number, Error: wrong}
	var camp rules.Campaign
	people := 0
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) { // of a province's list: nobody waits for that to write
		if camp, err = s.campaigns.current(ctx, tx, x.Campaign); err != nil {
			return err
		}
		may := permitted(camp, flow.ActSeat, v.session.Account.Role)
		if !may.known || !may.high {
			view.Refuse = may.refusal()
			return nil
		}
		mine, err := countersign.OpenOn(ctx, tx, countersign.Act{Act: flow.ActSeat, Subject: ofArrangement + x.ID, AskedBy: v.session.Account.ID}, s.Flow.Now().UnixMilli())
		if err != nil && !errors.Is(err, countersign.ErrNotFound) {
			return err
		}
		view.Mine = string(mine.State)
		var ids []string
		if second := c.Query("second"); second != "" {
			view.Asked = true
			ids, err = addingTo(ctx, tx, x, second)
		} else {
			list := flow.Sitters(camp)
			list.Unseated, list.Limit, list.After = x.ID, pageRows+1, c.Query("after")
			ids, err = list.List(ctx, tx)
		}
		if err != nil {
			return err
		}
		if view.More = len(ids) > pageRows; view.More {
			ids = ids[:pageRows]
			view.Next = "/gl/arrangement/" + x.ID + "/unseated?after=" + ids[pageRows-1]
		}
		found, err := s.Flow.Candidates.GetAll(ctx, tx, ids)
		if err != nil {
			return err
		}
		people = len(ids)
		view.Rows, err = s.unseatedRows(ctx, tx, camp, ids, found)
		return err
	})
	if err == nil && view.Refuse == "" { // it is written down before anybody is shown
		err = s.DB.Write(ctx, func(tx *db.Tx) error { return s.Flow.ListUnseated(ctx, tx, camp, x, people, v.by()) })
	}
	if errors.Is(err, countersign.ErrNotFound) {
		s.refuse(c, v, refusalNotFound)
		return
	}
	if err != nil {
		s.fault(c, v, err)
		return
	}
	s.show(c, v, status, "unseated", "arrangement", view)
}

// addingTo is to whom exception seats of a version would be given by an act of two: the
// second person sees who they are. countersign.ErrNotFound.
func addingTo(ctx context.Context, tx *db.Tx, x seating.Version, second string) ([]string, error) {
	a, err := countersign.Get(ctx, tx, second)
	if err != nil {
		return nil, err
	}
	what, ids, _ := strings.Cut(a.Terms, " ")
	if a.Subject != ofArrangement+x.ID || what != termsAdd {
		return nil, countersign.ErrNotFound
	}
	return strings.Fields(ids), nil
}

func (s *server) unseatedRows(ctx context.Context, tx *db.Tx, camp rules.Campaign, ids []string, found map[string]candidate.Found) (out []console.UnseatedRow, err error) {
	points := pointNames{}
	for _, id := range ids {
		f, ok := found[id]
		if !ok {
			continue
		}
		first := f.Application.First()
		row := console.UnseatedRow{ID: id, Name: string(f.Application.Name()), Number: f.Application.Number().String(), Level: camp.TableName("level", first.Level), Category: camp.TableName("category", first.Category)}
		if row.Point, err = points.name(ctx, tx, f.Point); err != nil {
			return nil, err
		}
		out = append(out, row)
	}
	return out, nil
}

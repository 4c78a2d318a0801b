package web

import (
	"context"
	"fmt"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/web/console"
)

// rowsAtOnce is how many rows of a list are read at once for a file.
const rowsAtOnce = 500

// heads are the words over the columns of a file.
func (s *server) heads(v *visit, keys ...string) []string {
	out := make([]string, len(keys))
	for i, k := range keys {
		out[i] = s.pages.Text(v.lang, k)
	}
	return out
}

// exportArrivals writes the confirmations that a filter lets through, or those
// that wait for a decision, newest first as the page has them.
func (s *server) exportArrivals(c *gin.Context, v *visit, list string, filter console.Filter, waiting bool, from, to int64) {
	ctx, r := c.Request.Context(), v.remit()
	heads := s.heads(v, "list.received", "list.candidate", "record.number", "list.where", "envelope.box", "list.sealno", "list.state", "list.differs")
	s.export(c, v, list, heads, func(row func(...any) error) error {
		f := confirmation.Filter{Division: r.division, Point: r.point, State: confirmation.State(filter.State), Waiting: waiting, Limit: rowsAtOnce}
		if filter.Point != "" {
			if r.point != "" && r.point != filter.Point {
				return nil // another point than hers holds nothing for her
			}
			f.Point = filter.Point
		}
		if to > 0 {
			f.Before = confirmation.Cursor{Committed: to, ID: "0"}
		}
		return s.DB.Read(ctx, func(tx *db.Tx) error {
			for {
				records, err := confirmation.List(ctx, tx, f)
				if err != nil || len(records) == 0 {
					return err
				}
				more, err := s.arrivalRows(ctx, tx, v, records, from, row)
				if err != nil || !more || len(records) < rowsAtOnce {
					return err
				}
				f.Before = records[len(records)-1].Cursor()
			}
		})
	})
}

// arrivalRows writes some confirmations; more is false when the rest is of
// before the first instant asked for.
func (s *server) arrivalRows(ctx context.Context, tx *db.Tx, v *visit, records []confirmation.Record, from int64, row func(...any) error) (more bool, err error) {
	rows, err := s.arrivals(ctx, tx, records)
	if err != nil {
		return false, err
	}
	for i, a := range rows {
		if records[i].Committed < from {
			return false, nil
		}
		differs := ""
		if a.Differs {
			differs = s.pages.Text(v.lang, "list.differs")
		}
		if err := row(a.Received, a.Name, a.Number, a.Point, a.Box, fmt.Sprintf("%02d-%06d", a.Unit, a.Sequence), s.pages.Text(v.lang, a.State.Key), differs); err != nil {
			return false, err
		}
	}
	return true, nil
}

// exportBoxes writes the boxes as they are now.
func (s *server) exportBoxes(c *gin.Context, v *visit, boxes []console.Box) {
	heads := s.heads(v, "list.where", "export.unit", "envelope.box", "boxes.state", "boxes.seen", "boxes.waiting", "export.software", "export.enrolled")
	s.export(c, v, "boxes", heads, func(row func(...any) error) error {
		for _, b := range boxes {
			if err := row(b.PointName, b.Unit, b.ID, s.pages.Text(v.lang, b.State.Key), b.Seen, b.Waiting, b.Software, b.Enrolled); err != nil {
				return err
			}
		}
		return nil
	})
}

package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/org"
	"zhunkao/hub/web/console"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
	"zhunkao/protocol/window"
)

// pageRows is how many rows a page of a list shows.
const pageRows = 25

// arrivals turns records into rows of a list: the name is read from the sealed
// content, the number is the masked one that stands beside it.
func (s *server) arrivals(ctx context.Context, tx *db.Tx, records []confirmation.Record) ([]console.Arrival, error) {
	points := pointNames{}
	contents, err := confirmation.OpenAll(ctx, tx, s.Keys, records)
	if err != nil {
		return nil, err
	}
	out := make([]console.Arrival, 0, len(records))
	for _, r := range records {
		name, err := points.name(ctx, tx, r.Point)
		if err != nil {
			return nil, err
		}
		a := console.Arrival{ID: r.ID, Number: r.NumberMasked, Point: name, Box: r.Box, Sequence: r.Sequence,
			Sealed: sealedAt(r), Received: ms(r.Committed), State: recordState(r.State)}
		if b, ok := s.Flow.Fleet.Box(r.Box); ok {
			a.Unit = int(b.Unit)
		}
		if x := contents[r.ID]; x.Err == nil {
			a.Name = string(x.Content.Application.Name())
			a.Differs = slices.ContainsFunc(x.Content.Differences, func(d form.Difference) bool { return d.Grade != form.GradeNote })
		} else {
			// One that cannot be opened must not hide the others; fsck names it.
			s.Log.Warn("web: content of a confirmation does not open", "record", r.ID, "error", x.Err.Error())
		}
		out = append(out, a)
	}
	return out, nil
}

// sealedAt is when the box says it sealed, zero if it does not.
func sealedAt(r confirmation.Record) time.Time {
	for _, e := range r.Timeline {
		if e.Step == "sealed" && !e.Hub {
			return ms(e.At)
		}
	}
	return time.Time{}
}

func recordState(s confirmation.State) console.State {
	switch s {
	case confirmation.InForce:
		return console.State{Class: "done", Icon: "check", Key: "state.in-force"}
	case confirmation.Disputed:
		return console.State{Class: "must", Icon: "alert", Key: "state.disputed"}
	case confirmation.TimePending:
		return console.State{Class: "wait", Icon: "clock", Key: "state.time-pending"}
	case confirmation.Overruled:
		return console.State{Class: "open", Icon: "lock", Key: "state.overruled"}
	case confirmation.Refused:
		return console.State{Class: "must", Icon: "cross", Key: "state.refused"}
	case confirmation.Voided:
		return console.State{Class: "open", Icon: "cross", Key: "state.voided"}
	}
	return console.State{Class: "wait", Icon: "alert", Key: "state.other"}
}

// pointNames remembers the names of points during one page.
type pointNames map[string]string

func (p pointNames) name(ctx context.Context, tx *db.Tx, code string) (string, error) {
	if n, ok := p[code]; ok {
		return n, nil
	}
	point, err := org.GetPoint(ctx, tx, code)
	if missing(err) {
		point.Name = code
	} else if err != nil {
		return "", err
	}
	p[code] = point.Name
	return point.Name, nil
}

func (s *server) confirmations(c *gin.Context, v *visit) { s.list(c, v, "confirmations", false) }

func (s *server) disputes(c *gin.Context, v *visit) { s.list(c, v, "disputes", true) }

// list is a page of confirmations: all that a filter lets through, or those
// that wait for a decision.
func (s *server) list(c *gin.Context, v *visit, page string, waiting bool) {
	ctx, r := c.Request.Context(), v.remit()
	view := console.Confirmations{Filter: console.Filter{State: c.Query("state"), Point: c.Query("point"), Day: c.Query("day")}}
	if waiting {
		view.Filter = console.Filter{}
	}
	states := []string{"", string(confirmation.InForce), string(confirmation.Disputed), string(confirmation.TimePending), string(confirmation.Overruled), string(confirmation.Voided), string(confirmation.Refused)}
	from, to, okDay := dayOf(view.Filter.Day)
	before, okBefore := parseCursor(c.Query("before"))
	if !slices.Contains(states, view.Filter.State) || !okDay || !okBefore || view.Filter.Point != "" && !plainID(view.Filter.Point) {
		s.refuse(c, v, refusalBad)
		return
	}
	if s.exportAs(c) != "" {
		s.exportArrivals(c, v, page, view.Filter, waiting, from, to)
		return
	}
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		points, err := org.Points(ctx, tx, r.division)
		if err != nil {
			return err
		}
		for _, p := range points {
			if r.covers(p.Division, p.Code) {
				view.Points = append(view.Points, console.Option{Value: p.Code, Text: p.Name})
			}
		}
		f := confirmation.Filter{Division: r.division, Point: r.point, State: confirmation.State(view.Filter.State), Waiting: waiting, Before: before, Limit: pageRows + 1}
		if view.Filter.Point != "" {
			if r.point != "" && r.point != view.Filter.Point {
				return nil // another point than hers holds nothing for her
			}
			f.Point = view.Filter.Point
		}
		total, err := confirmation.CountBetween(ctx, tx, f, from, to)
		if err != nil {
			return err
		}
		if to > 0 && (f.Before.ID == "" || f.Before.Committed > to) {
			f.Before = confirmation.Cursor{Committed: to, ID: "0"} // below every id: what was committed at to itself is the next day's
		}
		records, err := confirmation.List(ctx, tx, f)
		if err != nil {
			return err
		}
		records = slices.DeleteFunc(records, func(r confirmation.Record) bool { return r.Committed < from })
		view.Total = int(total)
		view.Pages = pagesOf(c, &records, view.Total)
		if view.Rows, err = s.arrivals(ctx, tx, records); err != nil || !waiting || !slices.Contains(officers(), v.session.Account.Role) {
			return err
		}
		view.Rulings, err = s.rulings(ctx, tx, v, words{s.pages, v.lang, rules.Campaign{}}, "", nil)
		return err
	})
	if err != nil {
		s.fault(c, v, err)
		return
	}
	s.show(c, v, http.StatusOK, page, page, view)
}

// pagesOf cuts the row too many off and makes the links.
func pagesOf(c *gin.Context, records *[]confirmation.Record, total int) console.Pages {
	n := pageNumber(c)
	p := console.Pages{Number: n, Of: max(n, (total+pageRows-1)/pageRows)}
	if n > 1 {
		p.First = link(c, "", 0)
	}
	if len(*records) > pageRows {
		*records = (*records)[:pageRows]
		last := (*records)[pageRows-1].Cursor()
		p.Next = link(c, fmt.Sprintf("%d.%s", last.Committed, last.ID), n+1)
	}
	return p
}

// pageNumber is for show only: where a page begins is said by its cursor.
func pageNumber(c *gin.Context) int {
	n, err := strconv.Atoi(c.Query("page"))
	if err != nil || n < 1 || n > 1_000_000 {
		return 1
	}
	return n
}

// link is this page with another place to begin.
func link(c *gin.Context, before string, page int) string {
	q := url.Values{}
	for _, keep := range []string{"state", "point", "day", "act", "reason"} {
		if x := c.Query(keep); x != "" {
			q.Set(keep, x)
		}
	}
	if before != "" {
		q.Set("before", before)
	}
	if page > 1 {
		q.Set("page", strconv.Itoa(page))
	}
	if len(q) == 0 {
		return c.Request.URL.Path
	}
	return c.Request.URL.Path + "?" + q.Encode()
}

func parseCursor(text string) (confirmation.Cursor, bool) {
	if text == "" {
		return confirmation.Cursor{}, true
	}
	at, id, ok := strings.Cut(text, ".")
	n, err := strconv.ParseInt(at, 10, 64)
	if !ok || err != nil || n < 0 || !plainID(id) {
		return confirmation.Cursor{}, false
	}
	return confirmation.Cursor{Committed: n, ID: id}, true
}

// plainID accepts what an id of ours may hold, whatever it names.
func plainID(id string) bool {
	return len(id) > 0 && len(id) <= 64 && !strings.ContainsFunc(id, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'a' || r > 'z') && r != '-'
	})
}

// dayOf gives the ends of a civil day in ms; "" is all time.
func dayOf(text string) (from, to int64, ok bool) {
	if text == "" {
		return 0, 0, true
	}
	t, err := time.ParseInLocation(time.DateOnly, text, window.Zone())
	if err != nil || t.Year() < 2000 || t.Year() > 2200 {
		return 0, 0, false
	}
	return t.UnixMilli(), t.AddDate(0, 0, 1).UnixMilli(), true
}

// short is the beginning of a hash, in two groups that can be read out.
func short(hash string) string {
	if len(hash) < 16 {
		return hash
	}
	return hash[:8] + " " + hash[8:16]
}

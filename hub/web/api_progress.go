package web

import (
	"context"
	"strconv"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/db"
	"zhunkao/hub/progress"
)

// smallest is the least count of people that leaves the hub: of one or two it
// could be told who they are.
const smallest = 3

// apiFigures are counts; null is a count from 1 to smallest-1, or one that would
// tell such a count by subtraction.
type apiFigures struct {
	Registered *int64 `json:"registered"`
	Confirmed  *int64 `json:"confirmed"`
	Paid       *int64 `json:"paid"`
}

type apiCount struct {
	Key string `json:"key"`
	apiFigures
}

type apiProgressBody struct {
	Campaign string     `json:"campaign"`
	Version  uint32     `json:"version"`
	Division string     `json:"division"`
	By       string     `json:"by"`
	Total    apiFigures `json:"total"`
	Items    []apiCount `json:"items"`
}

func (s *server) apiProgress(c *gin.Context, v *visit) {
	q, ok := s.apiAsk(c, "division", "by")
	if !ok {
		return
	}
	by, division := q.more["by"], q.more["division"]
	if by == "" {
		by = "place"
	}
	if division == "" {
		division = v.remit().division
	}
	if by != "place" && by != "day" {
		s.apiProblem(c, apiParameter, "")
		return
	}
	if !v.remit().covers(division, "") {
		s.apiProblem(c, apiNotFound, "") // what lies outside the remit does not exist
		return
	}
	out := apiProgressBody{Division: division, By: by}
	var total progress.Figures
	var keys []string
	var rows []progress.Figures
	if !s.apiRead(c, func(ctx context.Context, tx *db.Tx) error {
		camp, err := s.campaigns.current(ctx, tx, s.Campaign)
		if err != nil {
			return err
		}
		out.Campaign, out.Version = camp.ID, camp.Version
		position, err := progress.Position(ctx, tx)
		if err != nil {
			return err
		}
		// Beside the answer, not in it: the journal moves while the counts stand, and
		// then nobody need fetch them again.
		c.Header("Journal-Position", strconv.FormatUint(position, 10))
		where := progress.Where{Campaign: camp.ID, Division: division}
		if total, err = progress.Of(ctx, tx, where); err != nil {
			return err
		}
		if by == "day" {
			days, err := progress.Days(ctx, tx, where)
			for _, d := range days {
				keys, rows = append(keys, d.Day), append(rows, d.Figures)
			}
			return err
		}
		places, err := progress.Children(ctx, tx, where)
		for _, p := range places {
			keys, rows = append(keys, p.Code), append(rows, p.Figures)
		}
		return err
	}) {
		return
	}
	out.Total, out.Items = hideSmall(total, keys, rows)
	s.answer(c, out)
}

// hideSmall leaves out small counts, and where exactly one of a column is left
// out also the smallest beside it: else the total would tell it.
func hideSmall(total progress.Figures, keys []string, rows []progress.Figures) (apiFigures, []apiCount) {
	items := make([]apiCount, len(rows))
	for i, k := range keys {
		items[i].Key = k
	}
	var sum apiFigures
	for _, column := range []struct {
		of func(progress.Figures) int64
		to func(*apiFigures) **int64
	}{
		{func(f progress.Figures) int64 { return f.Registered }, func(f *apiFigures) **int64 { return &f.Registered }},
		{func(f progress.Figures) int64 { return f.Confirmed }, func(f *apiFigures) **int64 { return &f.Confirmed }},
		{func(f progress.Figures) int64 { return f.Paid }, func(f *apiFigures) **int64 { return &f.Paid }},
	} {
		hidden, least := 0, -1
		for i, r := range rows {
			n := column.of(r)
			if n > 0 && n < smallest {
				hidden++
				continue
			}
			*column.to(&items[i].apiFigures) = &n
			if n > 0 && (least < 0 || n < column.of(rows[least])) {
				least = i
			}
		}
		all := column.of(total)
		small := all > 0 && all < smallest
		switch {
		case hidden == 1 && !small && least >= 0:
			*column.to(&items[least].apiFigures) = nil
		case hidden == 1 && !small:
			small = true // nothing stands beside it: the total is it
		}
		if !small {
			*column.to(&sum) = &all
		}
	}
	return sum, items
}

package progress

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"zhunkao/hub/db"
	"zhunkao/hub/org"
	"zhunkao/protocol/campaign"
)

// key names a counter. hour is allHours for the total.
type key struct {
	campaign, above, place, level string
	hour                          int64
}

func (a key) compare(b key) int {
	return cmp.Or(cmp.Compare(a.campaign, b.campaign), cmp.Compare(a.above, b.above), cmp.Compare(a.place, b.place),
		cmp.Compare(a.level, b.level), cmp.Compare(a.hour, b.hour))
}

// allHours marks a total: no hour that ever was.
const allHours = -1

// counts gathers changes before they are written.
type counts map[key]Figures

// add counts a change at its point and at every division above it.
func (c counts) add(x change) {
	place, above := x.point, countyOf(x.point)
	for place != "" {
		for _, hour := range []int64{x.hour, allHours} {
			k := key{x.campaign, above, place, x.level, hour}
			c[k] = c[k].Add(x.Figures)
		}
		place, above = above, org.Above(above)
	}
}

// Current is the code of the division that stands in the place of one of former
// days: under it both are counted.
func Current(division string) string {
	for {
		heir := campaign.DivisionHeir(division)
		if heir == "" {
			return division
		}
		division = heir
	}
}

// countyOf is the county that a point's code begins with (org.CreatePoint).
func countyOf(point string) string { return Current(point[:min(divisionDigits, len(point))]) }

// rows are what is not zero, in one order, so that two who write never wait for
// each other in a circle.
func (c counts) rows() [][]any {
	var out [][]any
	for _, k := range slices.SortedFunc(maps.Keys(c), key.compare) {
		if f := c[k]; f != (Figures{}) {
			out = append(out, []any{k.campaign, k.above, k.place, k.level, k.hour, f.Registered, f.Confirmed, f.Paid, f.Begun})
		}
	}
	return out
}

func (c counts) write(ctx context.Context, tx *db.Tx) error {
	_, err := tx.Many(ctx, c.rows(), func(values string) string {
		return `INSERT INTO progress (campaign, above, place, level, hour, registered, confirmed, paid, begun) VALUES ` + values + `
			ON CONFLICT (campaign, above, place, hour, level) DO UPDATE SET registered = progress.registered + excluded.registered,
			confirmed = progress.confirmed + excluded.confirmed, paid = progress.paid + excluded.paid, begun = progress.begun + excluded.begun`
	})
	if err != nil {
		return fmt.Errorf("progress: count: %w", err)
	}
	return nil
}

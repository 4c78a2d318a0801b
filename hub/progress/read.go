package progress

import (
	"context"
	"fmt"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/org"
	"zhunkao/protocol/window"
)

// Where is whose figures are asked for. Whether the asker may see them is
// judged before.
type Where struct {
	Campaign string
	Division string // code of province, city or county
	Point    string // code; "" = all of the division
	Level    string // code; "" = all
}

// place and the one above it, as counters are kept.
func (w Where) place() (above, place string) {
	if w.Point != "" {
		return countyOf(w.Point), w.Point
	}
	division := Current(w.Division)
	return org.Above(division), division
}

// Sum gives the figures of a division, or of one point when point is not "".
func Sum(ctx context.Context, tx *db.Tx, campaign, division, point string) (Figures, error) {
	return Of(ctx, tx, Where{Campaign: campaign, Division: division, Point: point})
}

const sums = `CAST(coalesce(sum(registered), 0) AS BIGINT), CAST(coalesce(sum(confirmed), 0) AS BIGINT), CAST(coalesce(sum(paid), 0) AS BIGINT), CAST(coalesce(sum(begun), 0) AS BIGINT)`

// Of is Sum for one level too.
func Of(ctx context.Context, tx *db.Tx, w Where) (f Figures, err error) {
	above, place := w.place()
	err = tx.QueryRow(ctx, `SELECT `+sums+` FROM progress
		WHERE campaign = $1 AND above = $2 AND place = $3 AND hour = -1 AND ($4 = '' OR level = $4)`,
		w.Campaign, above, place, w.Level).Scan(&f.Registered, &f.Confirmed, &f.Paid, &f.Begun)
	if err != nil {
		return Figures{}, fmt.Errorf("progress: sum of %s: %w", place, err)
	}
	return f, nil
}

// Place is a division or a point with its figures.
type Place struct {
	Code string // of a division: as Current gives it
	Figures
}

// Children gives the places one tier below a division that have any figures: of
// a county its points, by code.
func Children(ctx context.Context, tx *db.Tx, w Where) ([]Place, error) {
	return places(ctx, tx, w, `above = $3`, Current(w.Division))
}

// Counties gives every county of a province or city that has any figures, by
// code.
func Counties(ctx context.Context, tx *db.Tx, w Where) ([]Place, error) {
	return within(ctx, tx, w, divisionDigits)
}

// Points gives every point in a division that has any figures, by code.
func Points(ctx context.Context, tx *db.Tx, w Where) ([]Place, error) {
	return within(ctx, tx, w, divisionDigits+pointDigits)
}

const pointDigits = 2

// within finds by the place above: that of a county is its city, that of a point
// its county.
func within(ctx context.Context, tx *db.Tx, w Where, digits int) ([]Place, error) {
	from, to := org.Range(Current(w.Division))
	return places(ctx, tx, w, `above >= $3 AND above < $4 AND length(place) = $5 AND place NOT LIKE '____00'`, from, to, digits)
}

func places(ctx context.Context, tx *db.Tx, w Where, where string, args ...any) ([]Place, error) {
	var out []Place
	err := tx.Each(ctx, `SELECT place, `+sums+` FROM progress WHERE campaign = $1 AND ($2 = '' OR level = $2) AND hour = -1 AND `+where+`
		GROUP BY place ORDER BY place`, append([]any{w.Campaign, w.Level}, args...), func(scan func(...any) error) error {
		var p Place
		err := scan(&p.Code, &p.Registered, &p.Confirmed, &p.Paid, &p.Begun)
		out = append(out, p)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("progress: places of %s: %w", w.Division, err)
	}
	return out, nil
}

// Timeline is what came in every hour that has a counter, in order. It is
// one read for all that a page says of a place.
type Timeline []hourly

type hourly struct {
	hour int64
	Figures
}

// TimelineOf reads the whole of it.
func TimelineOf(ctx context.Context, tx *db.Tx, w Where) (Timeline, error) {
	var out Timeline
	err := hours(ctx, tx, w, -1<<40, 1<<40, func(hour int64, f Figures) { out = append(out, hourly{hour, f}) })
	return out, err
}

// Sum is what Of gives.
func (t Timeline) Sum() (f Figures) {
	for _, h := range t {
		f = f.Add(h.Figures)
	}
	return f
}

// Days is what the function Days gives.
func (t Timeline) Days() []Day {
	var out []Day
	for _, h := range t {
		d := time.UnixMilli(h.hour * hourMS).In(window.Zone()).Format(time.DateOnly)
		if len(out) == 0 || out[len(out)-1].Day != d {
			out = append(out, Day{Day: d})
		}
		out[len(out)-1].Figures = out[len(out)-1].Add(h.Figures)
	}
	return out
}

// Hours is what the function Hours gives.
func (t Timeline) Hours(on time.Time) (out [24]Figures) {
	first := firstHour(on)
	for _, h := range t {
		if h.hour >= first && h.hour < first+24 {
			out[h.hour-first] = out[h.hour-first].Add(h.Figures)
		}
	}
	return out
}

// firstHour is the first hour of the civil day at UTC+8.
func firstHour(on time.Time) int64 {
	y, m, d := on.In(window.Zone()).Date()
	return hourOf(time.Date(y, m, d, 0, 0, 0, 0, window.Zone()).UnixMilli())
}

// Day is what came on one civil day at UTC+8.
type Day struct {
	Day string // YYYY-MM-DD
	Figures
}

// Days gives the days on which anything was counted, in order.
func Days(ctx context.Context, tx *db.Tx, w Where) ([]Day, error) {
	t, err := TimelineOf(ctx, tx, w)
	return t.Days(), err
}

// Hours gives what came in each hour of the civil day at UTC+8 in which on lies.
func Hours(ctx context.Context, tx *db.Tx, w Where, on time.Time) ([24]Figures, error) {
	first := firstHour(on)
	var out [24]Figures
	err := hours(ctx, tx, w, first, first+24, func(hour int64, f Figures) { out[hour-first] = out[hour-first].Add(f) })
	return out, err
}

// hours calls each for every hour in [from, to) that has a counter, in order.
func hours(ctx context.Context, tx *db.Tx, w Where, from, to int64, each func(int64, Figures)) error {
	above, place := w.place()
	err := tx.Each(ctx, `SELECT hour, `+sums+` FROM progress
		WHERE campaign = $1 AND above = $2 AND place = $3 AND hour >= $4 AND hour < $5 AND hour <> -1 AND ($6 = '' OR level = $6)
		GROUP BY hour ORDER BY hour`, []any{w.Campaign, above, place, from, to, w.Level}, func(scan func(...any) error) error {
		var hour int64
		var f Figures
		err := scan(&hour, &f.Registered, &f.Confirmed, &f.Paid, &f.Begun)
		if err == nil {
			each(hour, f)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("progress: hours of %s: %w", place, err)
	}
	return nil
}

// Paying reports whether anything was ever to be paid in a campaign. Until then
// nothing can be said about who has not paid.
func Paying(ctx context.Context, tx *db.Tx, campaign string) (bool, error) {
	_, yes, err := Standing(ctx, tx, campaign)
	return yes, err
}

// Standing is Position and Paying in one read.
func Standing(ctx context.Context, tx *db.Tx, campaign string) (position uint64, paying bool, err error) {
	var at int64
	err = tx.QueryRow(ctx, `SELECT number, EXISTS (SELECT 1 FROM progress WHERE campaign = $1 AND above = '' AND hour = -1 AND paid <> 0)
		OR EXISTS (SELECT 1 FROM payment_order WHERE campaign = $1) FROM progress_position WHERE id = 1`, campaign).Scan(&at, &paying)
	if err != nil {
		return 0, false, fmt.Errorf("progress: %w", err)
	}
	return uint64(at), paying, nil
}

// ByHour gives for every point of a county how many were confirmed there in each
// hour of the day at UTC+8, over all days: when it is busy.
func ByHour(ctx context.Context, tx *db.Tx, campaign, county string) (map[string][24]int64, error) {
	out := map[string][24]int64{}
	err := tx.Each(ctx, `SELECT place, hour, CAST(sum(confirmed) AS BIGINT) FROM progress
		WHERE campaign = $1 AND above = $2 AND hour <> -1 GROUP BY place, hour`, []any{campaign, Current(county)}, func(scan func(...any) error) error {
		var place string
		var hour, n int64
		if err := scan(&place, &hour, &n); err != nil {
			return err
		}
		h := out[place]
		h[time.UnixMilli(hour*hourMS).In(window.Zone()).Hour()] += n
		out[place] = h
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("progress: hours of the day in %s: %w", county, err)
	}
	return out, nil
}

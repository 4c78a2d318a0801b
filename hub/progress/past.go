package progress

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/org"
)

// Row is one line of an earlier year's table: what was new on a day in a
// division.
type Row struct {
	Day                   string // YYYY-MM-DD
	Division              string // code, of that day or of today
	Registered, Confirmed int64
}

// Past is an earlier year of a kind of campaign.
type Past struct {
	Kind string // "adult", "gaokao"
	Year int
	Rows []Row
}

// Reasons why a row is refused.
const (
	BadHeader   = "header"   // the first line lacks one of the four columns
	BadWidth    = "width"    // a line has more or fewer cells than the first
	BadDay      = "day"      // no day
	BadYear     = "year"     // a day of another year than the first row's
	BadDivision = "division" // no code of a division of the province
	BadNumber   = "number"   // no whole number from 0 to a hundred million
	BadTwice    = "twice"    // the division has this day already
	BadEmpty    = "empty"    // no row at all
	BadTooMany  = "too-many" // more rows than a year can have
	BadText     = "text"     // not UTF-8, or quotes that do not close
)

// Finding is what is wrong with a row. Row counts from 1, the header.
type Finding struct {
	Row    int
	Reason string
	Cell   string // what stands there; no person is in such a table
}

// PastError says all that is wrong with a table; nothing of it was stored.
type PastError []Finding

func (e PastError) Error() string {
	return fmt.Sprintf("progress: the table of an earlier year has %d faults", len(e))
}

// ErrTaken says that the year is there already; Replace would put it in place.
var ErrTaken = errors.New("progress: this year is there already")

// Keep stores an earlier year whole, and with it what its rows add up to in
// every division above them. What is there of the same year and kind is replaced
// when replace is set, else it is ErrTaken.
func Keep(ctx context.Context, tx *db.Tx, p Past, replace bool) error {
	var n int
	if err := tx.QueryRow(ctx, `SELECT count(*) FROM progress_past WHERE kind = $1 AND year = $2`, p.Kind, p.Year).Scan(&n); err != nil {
		return fmt.Errorf("progress: past: %w", err)
	}
	if n > 0 && !replace {
		return ErrTaken
	}
	if _, err := tx.Exec(ctx, `DELETE FROM progress_past WHERE kind = $1 AND year = $2`, p.Kind, p.Year); err != nil {
		return fmt.Errorf("progress: past: %w", err)
	}
	var rows [][]any
	for _, r := range rolledUp(p.Rows) {
		rows = append(rows, []any{p.Kind, p.Year, r.Division, r.Day, r.Registered, r.Confirmed})
	}
	_, err := tx.Many(ctx, rows, func(values string) string {
		return `INSERT INTO progress_past (kind, year, division, day, registered, confirmed) VALUES ` + values
	})
	if err != nil {
		return fmt.Errorf("progress: past: %w", err)
	}
	return nil
}

// rolledUp adds to the rows what they come to in the divisions above: one that
// has rows of its own is told by them, and what lies below it adds nothing to it
// or above it.
func rolledUp(rows []Row) []Row {
	own := map[string]bool{}
	for _, r := range rows {
		own[Current(r.Division)] = true
	}
	type at struct{ division, day string }
	sums := map[at]Figures{}
	for _, r := range rows {
		f := Figures{Registered: r.Registered, Confirmed: r.Confirmed}
		d := Current(r.Division)
		sums[at{d, r.Day}] = sums[at{d, r.Day}].Add(f)
		for d = org.Above(d); d != "" && !own[d]; d = org.Above(d) {
			sums[at{d, r.Day}] = sums[at{d, r.Day}].Add(f)
		}
	}
	var out []Row
	for k, f := range sums {
		out = append(out, Row{k.day, k.division, f.Registered, f.Confirmed})
	}
	slices.SortFunc(out, func(a, b Row) int {
		return cmp.Or(strings.Compare(a.Division, b.Division), strings.Compare(a.Day, b.Day))
	})
	return out
}

// Curve is a year's course in one place.
type Curve struct {
	Year  int
	First string // the first civil day, YYYY-MM-DD: of the table, or of the window
	Days  []Day  // what was new, by day
}

// Known reports whether there is anything in it.
func (c Curve) Known() bool { return len(c.Days) > 0 }

// LastYear gives the course of a division in the newest earlier year of a kind,
// at most three years before, that a table was stored of. The zero value when
// there is none, or it says nothing of this division. First is the first day of
// the whole table.
func LastYear(ctx context.Context, tx *db.Tx, kind string, year int, division string) (Curve, error) {
	const farBack = 3
	division = Current(division)
	var c Curve
	err := tx.Each(ctx, `SELECT p.year, p.day, p.registered, p.confirmed, (SELECT min(day) FROM progress_past WHERE kind = $1 AND year = p.year AND division = $5)
		FROM progress_past p WHERE p.kind = $1 AND p.division = $4
		AND p.year = (SELECT max(year) FROM progress_past WHERE kind = $1 AND year < $2 AND year >= $3) ORDER BY p.day`,
		[]any{kind, year, year - farBack, division, division[:2] + "0000"}, func(scan func(...any) error) error {
			var d Day
			err := scan(&c.Year, &d.Day, &d.Registered, &d.Confirmed, &c.First)
			c.Days = append(c.Days, d)
			return err
		})
	if err != nil {
		return Curve{}, fmt.Errorf("progress: last year: %w", err)
	}
	return c, nil
}

// DaysBetween is how many civil days lie from one to the other, negative when
// the other comes first; both YYYY-MM-DD, as Days and Curves have them.
func DaysBetween(from, to string) int {
	a, errA := time.Parse(time.DateOnly, from)
	b, errB := time.Parse(time.DateOnly, to)
	if errA != nil || errB != nil {
		return 0
	}
	return int(b.Sub(a).Hours() / 24)
}

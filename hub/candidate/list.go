package candidate

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"zhunkao/hub/db"
	"zhunkao/hub/org"
)

// Place is where a row stands in a list: by division, point and id. The zero
// place is before all of them.
type Place struct{ Division, Point, ID string }

// Place is where the row stands.
func (r Row) Place() Place { return Place{r.Division, r.Point, r.ID} }

// Filter chooses rows for List. Campaign and Division must be given; what else
// is empty does not filter, but what is withdrawn is listed only by its State.
type Filter struct {
	Campaign string
	Division string // it and what lies below
	Point    string // code
	State    State
	Level    string // code, of the first choice
	After    Place
	Limit    int // 0 is 50
}

// chosen writes the question for the rows of a filter, in their order. The limit
// stands in its text, as in Search.
func (f Filter) chosen() (query string, args []any) {
	from, to := org.Range(f.Division)
	former := org.Former(f.Division)
	if f.Limit <= 0 {
		f.Limit = 50
	}
	args = []any{f.Campaign}
	arg := func(v any) string {
		args = append(args, v)
		return "$" + strconv.Itoa(len(args))
	}
	where := []string{`campaign = $1`}
	switch {
	case len(former) > 0: // one county in thirty: no range holds its codes
		where = append(where, org.Within(`division`, f.Division, arg))
		if f.After != (Place{}) {
			where = append(where, `(division, point, id) > (`+arg(f.After.Division)+`, `+arg(f.After.Point)+`, `+arg(f.After.ID)+`)`)
		}
	case f.After == (Place{}):
		where = append(where, `division < `+arg(to), `division >= `+arg(from))
	default:
		where = append(where, `division < `+arg(to), `(division, point, id) > (`+arg(max(f.After.Division, from))+`, `+arg(f.After.Point)+`, `+arg(f.After.ID)+`)`)
	}
	if f.Point != "" {
		where = append(where, `point = `+arg(f.Point))
	}
	if f.State != "" {
		where = append(where, `state = `+arg(string(f.State)))
	} else {
		where = append(where, `state <> '`+string(Withdrawn)+`'`)
	}
	if f.Level != "" {
		where = append(where, `level = `+arg(f.Level))
	}
	return `SELECT ` + rowColumns + ` FROM application WHERE ` + strings.Join(where, ` AND `) + `
		ORDER BY division, point, id LIMIT ` + strconv.Itoa(f.Limit), args
}

// List gives applications by division, point and id, after a place.
func List(ctx context.Context, tx *db.Tx, f Filter) ([]Row, error) {
	query, args := f.chosen()
	var out []Row
	err := tx.Each(ctx, query, args, func(scan func(...any) error) error {
		r, err := scanRow(scan)
		out = append(out, r)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("candidate: list: %w", err)
	}
	return out, nil
}

// Glimpses is List with what a list shows of each, in one question.
func (s *Store) Glimpses(ctx context.Context, tx *db.Tx, f Filter) ([]Glimpse, error) {
	query, args := f.chosen()
	var out []Glimpse
	err := tx.Each(ctx, `SELECT `+glimpseColumns+` FROM (`+query+`) a`+currentVersion+` ORDER BY a.division, a.point, a.id`, args, func(scan func(...any) error) error {
		g, err := s.glimpse(scan)
		out = append(out, g)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("candidate: list: %w", err)
	}
	return out, nil
}

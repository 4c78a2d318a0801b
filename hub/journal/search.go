package journal

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/org"
)

// reach bounds how many rows one search looks at: a page answers in the same
// time whatever is asked of however many entries, and says how far it has come.
const reach = 50_000

// Query asks for entries. Empty fields do not filter.
type Query struct {
	Before   uint64    // numbers below; 0 = from the newest
	Acts     []Act     // any of these
	Subject  Subject   // of this kind, and this one if ID is given
	Division string    // code of a division: of it and of what lies below
	Point    string    // code
	Staff    string    // account of the author
	From, To time.Time // at or after, and before; both or neither
	Limit    int       // 1 to 1000

	reach int // tests look less far; 0 is the constant
}

// Found is a page of what a Query asks for, newest first.
type Found struct {
	Entries []Sealed
	Next    uint64 // Before of the next page; 0 when there is nothing older
	Short   bool   // fewer than Limit because it had looked far enough: there may be more
}

// Search finds entries. Every way in leads over an index: a subject's, an
// author's, an act's, else that of the numbers; what else is asked is looked for
// among no more than reach rows of it.
func Search(ctx context.Context, tx *db.Tx, q Query) (Found, error) {
	q.Limit = min(max(q.Limit, 1), 1000)
	if q.reach == 0 {
		q.reach = reach
	}
	low, high := uint64(0), q.Before
	if !q.From.IsZero() {
		var err error
		if low, high, err = between(ctx, tx, q); err != nil || high == 0 {
			return Found{}, err
		}
	}
	var all []Sealed
	floor := uint64(0) // nothing is known of what lies below
	for _, w := range q.ways() {
		rows, cut, err := w.scan(ctx, tx, q, low, high)
		if err != nil {
			return Found{}, err
		}
		all, floor = append(all, rows...), max(floor, cut)
	}
	all = slices.DeleteFunc(all, func(e Sealed) bool { return e.Number < floor })
	slices.SortFunc(all, func(a, b Sealed) int { return int(int64(b.Number) - int64(a.Number)) })
	f := Found{Entries: all, Next: floor, Short: floor > 0 && len(all) < q.Limit}
	if len(all) > q.Limit {
		f.Entries = all[:q.Limit]
		f.Next = f.Entries[q.Limit-1].Number
	}
	return f, nil
}

// between gives the numbers that entries of a span of time have: from low, and
// below high; high is 0 when there are none. Clocks may have been set back, so
// the time of each entry is asked again.
func between(ctx context.Context, tx *db.Tx, q Query) (low, high uint64, err error) {
	var first, last int64
	err = tx.QueryRow(ctx, spanSQL, q.From.UnixMilli(), q.To.UnixMilli()).Scan(&first, &last)
	if err != nil {
		return 0, 0, fmt.Errorf("journal: search: %w", err)
	}
	if high = uint64(last) + 1; last == 0 {
		return 0, 0, nil
	}
	if q.Before > 0 {
		high = min(high, q.Before)
	}
	return uint64(first), high, nil
}

const spanSQL = `SELECT coalesce(min(number), 0), coalesce(max(number), 0) FROM journal_entry WHERE at >= $1 AND at < $2 AND number IS NOT NULL`

// way is one index to walk down.
type way struct {
	where string // of the index's columns before the number, "" for the numbers themselves
	args  []any
	few   bool // a handful of rows, which are better sorted than looked for along the numbers
}

func (q Query) ways() []way {
	switch {
	case q.Subject.ID != "":
		return []way{{where: "subject_kind = $1 AND subject_id = $2", args: []any{q.Subject.Kind, q.Subject.ID}, few: true}}
	case q.Staff != "":
		return []way{{where: "staff = $1 AND staff <> ''", args: []any{q.Staff}}}
	case len(q.Acts) > 0:
		var out []way
		for _, a := range q.Acts {
			out = append(out, way{where: "act = $1", args: []any{string(a)}})
		}
		return out
	}
	return []way{{}}
}

// scanSQL is the statement of a way: the inner part walks the index and ends,
// the outer one chooses among what it brought.
func (w way) scanSQL(q Query, low, high uint64) (inner, outer string, args []any) {
	args = slices.Clone(w.args)
	arg := func(v any) string {
		args = append(args, v)
		return "$" + strconv.Itoa(len(args))
	}
	in := []string{"number IS NOT NULL"}
	if w.where != "" {
		in = append(in, w.where)
	}
	if low > 0 {
		in = append(in, "number >= "+arg(int64(low)))
	}
	if high > 0 {
		in = append(in, "number < "+arg(int64(high)))
	}
	order := "number"
	if w.few {
		order = "number + 0" // an expression has no index: no planner is led astray
	}
	inner = ` FROM journal_entry WHERE ` + strings.Join(in, " AND ") + ` ORDER BY ` + order + ` DESC LIMIT ` + arg(q.reach)
	var out []string
	if len(q.Acts) > 0 {
		marks := make([]string, len(q.Acts))
		for i, a := range q.Acts {
			marks[i] = arg(string(a))
		}
		out = append(out, "act IN ("+strings.Join(marks, ", ")+")")
	}
	if q.Subject.Kind != "" {
		out = append(out, "subject_kind = "+arg(q.Subject.Kind))
	}
	if q.Division != "" {
		out = append(out, org.Within("division", q.Division, arg))
	}
	if q.Point != "" {
		out = append(out, "point = "+arg(q.Point))
	}
	if q.Staff != "" {
		out = append(out, "staff = "+arg(q.Staff))
	}
	if !q.From.IsZero() {
		out = append(out, "at >= "+arg(q.From.UnixMilli())+" AND at < "+arg(q.To.UnixMilli()))
	}
	if len(out) == 0 {
		out = []string{"number > 0"}
	}
	outer = ` WHERE ` + strings.Join(out, " AND ") + ` ORDER BY number DESC LIMIT ` + arg(q.Limit+1)
	return inner, outer, args
}

// scan walks one way and gives what it found, one row more than asked if there
// is one, and below which number it has not looked; 0 when it saw everything.
func (w way) scan(ctx context.Context, tx *db.Tx, q Query, low, high uint64) ([]Sealed, uint64, error) {
	inner, outer, args := w.scanSQL(q, low, high)
	rows, err := list(ctx, tx, `number IN (SELECT number FROM (SELECT number, act, subject_kind, division, point, staff, at`+inner+`) x`+outer+`) ORDER BY number DESC`, args...)
	if err != nil {
		return nil, 0, err
	}
	if len(rows) > q.Limit {
		return rows, rows[len(rows)-1].Number, nil
	}
	// Had it come to its end, or only as far as it goes?
	var n, least int64
	bound := args[:innerArgs(w, low, high)]
	err = tx.QueryRow(ctx, `SELECT count(*), coalesce(min(number), 0) FROM (SELECT number`+inner+`) x`, bound...).Scan(&n, &least)
	if err != nil {
		return nil, 0, fmt.Errorf("journal: search: %w", err)
	}
	if n < int64(q.reach) {
		return rows, 0, nil
	}
	return rows, uint64(least), nil
}

// innerArgs is how many arguments the inner part takes.
func innerArgs(w way, low, high uint64) int {
	n := len(w.args) + 1
	if low > 0 {
		n++
	}
	if high > 0 {
		n++
	}
	return n
}

// At gives one sealed entry. ErrNoEntry.
func At(ctx context.Context, tx *db.Tx, number uint64) (Sealed, error) {
	found, err := list(ctx, tx, `number = $1`, int64(number))
	if err != nil {
		return Sealed{}, err
	}
	if len(found) != 1 {
		return Sealed{}, ErrNoEntry
	}
	return found[0], nil
}

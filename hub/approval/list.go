package approval

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"zhunkao/hub/db"
	"zhunkao/hub/org"
	rules "zhunkao/protocol/campaign"
)

// Seat is an office's place in the line of tiers: cases that wait there are its
// own to judge.
type Seat struct {
	Tier   rules.Tier
	Place  string // division, at tier point the point's code
	Behalf string // id of the office that delegated it, "" for one's own right
}

// Holds reports whether a case waits at the seat.
func (s Seat) Holds(c Case) bool {
	if c.State != Waiting || c.JudgeTier != s.Tier {
		return false
	}
	if s.Tier == rules.Point {
		return c.Judge == s.Place
	}
	return org.Covers(s.Place, c.Judge)
}

// Filter chooses cases. The zero value of a member chooses nothing away, but a
// filter always needs a Remit.
type Filter struct {
	Remit string // division: cases that lie in it
	Point string // and are of this point, if not ""
	Thing string // and are about this site or drawing, if not ""

	Waiting []Seat // not nil: cases that wait at one of these seats for the account Me
	Me      string // account id; cases that she submitted or has judged in this round wait for another
	Mine    string // office id; with Waiting: cases it submitted are not hers by delegation
	Back    bool   // with Waiting: also those that were returned to the office Mine

	Kind     string
	State    State
	Office   string     // submitted by this office
	Late     int64      // ms: cases whose judging tier is late at that moment
	Below    rules.Tier // and stands below this tier
	Newest   bool       // last changed first; else the nearest deadline first
	Limit    int        // 0: all
	Offset   int
	Campaign string
}

// where builds the condition.
func (f Filter) where() (string, []any) {
	var args []any
	arg := func(v any) string {
		args = append(args, v)
		return "$" + strconv.Itoa(len(args))
	}
	parts := []string{org.Within("c.division", f.Remit, arg)}
	is := func(column, value string) {
		if value != "" {
			parts = append(parts, column+" = "+arg(value))
		}
	}
	is("c.point", f.Point)
	is("c.thing", f.Thing)
	is("c.kind", f.Kind)
	is("c.state", string(f.State))
	is("c.office", f.Office)
	is("c.campaign", f.Campaign)
	if f.Late > 0 {
		parts = append(parts, "c.state = 'waiting' AND c.due_at > 0 AND c.due_at <= "+arg(f.Late))
	}
	if f.Below != "" {
		var below []string
		for _, t := range []rules.Tier{rules.Point, rules.County, rules.City, rules.Province} {
			if f.Below.Above(t) {
				below = append(below, arg(string(t)))
			}
		}
		if below == nil {
			below = []string{"''"}
		}
		parts = append(parts, "c.judge_tier IN ("+strings.Join(below, ", ")+")")
	}
	if f.Waiting != nil {
		hers := "c.state = 'waiting' AND (" + f.seats(arg) + `) AND NOT EXISTS (SELECT 1 FROM approval_step s WHERE s.case_id = c.id AND s.account = ` + arg(f.Me) + `
			AND (s.act IN ('submit', 'resubmit') OR s.act = 'agree' AND s.round = c.round))`
		if f.Back {
			hers += " OR c.state = 'returned' AND c.office = " + arg(f.Mine)
		}
		parts = append(parts, hers)
	}
	return "WHERE (" + strings.Join(parts, ") AND (") + ")", args
}

func (f Filter) seats(arg func(any) string) string {
	var any []string
	for _, s := range f.Waiting {
		at := "c.judge_tier = " + arg(string(s.Tier)) + " AND "
		if s.Tier == rules.Point {
			at += "c.judge = " + arg(s.Place)
		} else {
			at += org.Within("c.judge", s.Place, arg)
		}
		if s.Behalf != "" {
			at += " AND c.office <> " + arg(f.Mine)
		}
		any = append(any, at)
	}
	if any == nil {
		return "1 = 0"
	}
	return "(" + strings.Join(any, ") OR (") + ")"
}

// List returns the cases a filter chooses, without submitters and votes.
func List(ctx context.Context, tx *db.Tx, f Filter) ([]Case, error) {
	where, args := f.where()
	order := " ORDER BY CASE WHEN c.due_at = 0 THEN 1 ELSE 0 END, c.due_at, c.changed_at, c.id"
	if f.Newest {
		order = " ORDER BY c.changed_at DESC, c.id"
	}
	if f.Limit > 0 {
		order += fmt.Sprintf(" LIMIT %d OFFSET %d", f.Limit, max(f.Offset, 0))
	}
	return cases(ctx, tx, where+order, args...)
}

// Count counts the cases a filter chooses, by kind.
func Count(ctx context.Context, tx *db.Tx, f Filter) (total int, byKind map[string]int, err error) {
	where, args := f.where()
	byKind = map[string]int{}
	err = tx.Each(ctx, `SELECT c.kind, count(*) FROM approval_case c `+where+` GROUP BY c.kind`, args, func(scan func(...any) error) error {
		var kind string
		var n int
		if err := scan(&kind, &n); err != nil {
			return err
		}
		byKind[kind] = n
		total += n
		return nil
	})
	if err != nil {
		return 0, nil, fmt.Errorf("approval: count: %w", err)
	}
	return total, byKind, nil
}

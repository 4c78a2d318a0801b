package unpaid

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"

	"zhunkao/hub/db"
	"zhunkao/hub/org"
	"zhunkao/hub/payment"
)

// Filter chooses from the list. Campaign and Division must be given.
type Filter struct {
	Campaign string
	Division string // it and what lies below
	Point    string // code
	Show     Show
	Code     string // reason
	After    string // order number: the list is in their order within a point
	AfterAt  string // point of After
	Limit    int    // 0 is 50
}

// Show is which part of a list is asked for.
type Show string

// The parts. The zero Show is all.
const (
	ToAsk    Show = "ask"    // the channels were not asked, or gave no answer
	ToFind   Show = "find"   // no reason yet
	Unsigned Show = "sign"   // a reason, and no word of the point
	Finished Show = "signed" // signed for
)

// Shows lists them.
func Shows() []Show { return []Show{ToAsk, ToFind, Unsigned, Finished} }

// whose is who stands on the list: confirmed, and her newest order open or closed. She
// who has another that is open, paid or waived stands there for that, or not at all. That
// none of them is paid is said as the index payment_order_state says it.
const whose = ` FROM payment_order o JOIN application a ON a.id = o.application AND a.state = 'confirmed'
	LEFT JOIN unpaid_answer q ON q.order_number = o.number
	LEFT JOIN unpaid_finding f ON f.order_number = o.number
	WHERE o.state <> 'paid' AND o.state IN ('open', 'closed') AND NOT EXISTS (SELECT 1 FROM payment_order p WHERE p.application = o.application AND p.number <> o.number
		AND (p.state IN ('open', 'paid', 'waived') OR p.state = 'closed' AND o.state = 'closed' AND (p.opened_at > o.opened_at OR p.opened_at = o.opened_at AND p.number > o.number)))`

const columns = `o.number, o.application, o.campaign, o.division, o.point, o.level, o.fen, o.state, o.opened_at, o.due_at, o.ended_at, a.confirmed_at,
	COALESCE(q.asked_at, 0), COALESCE(q.outcome, ''), COALESCE(q.by_staff, ''),
	COALESCE(f.code, ''), COALESCE(f.remark, ''), COALESCE(f.at, 0), COALESCE(f.by_staff, ''), COALESCE(f.signoff, ''),
	(SELECT COUNT(*) FROM unpaid_contact c WHERE c.order_number = o.number), (SELECT COALESCE(MAX(c.at), 0) FROM unpaid_contact c WHERE c.order_number = o.number)`

func scan(row func(...any) error) (p Person, err error) {
	err = row(&p.Number, &p.Application, &p.Campaign, &p.Division, &p.Point, &p.Level, &p.Fen, &p.State, &p.OpenedAt, &p.DueAt, &p.EndedAt, &p.ConfirmedAt,
		&p.Asked.At, &p.Asked.Outcome, &p.Asked.By, &p.Finding.Code, &p.Finding.Remark, &p.Finding.At, &p.Finding.By, &p.Finding.Signoff, &p.Contacts, &p.LastContact)
	return p, err
}

// where writes the condition of a filter after whose.
func (f Filter) where() (string, []any) {
	var args []any
	arg := func(v any) string { args = append(args, v); return "$" + strconv.Itoa(len(args)) }
	out := ` AND o.campaign = ` + arg(f.Campaign) + ` AND ` + org.Within("o.division", f.Division, arg)
	if f.Point != "" {
		out += ` AND o.point = ` + arg(f.Point)
	}
	if f.Code != "" {
		out += ` AND f.code = ` + arg(f.Code)
	}
	switch f.Show {
	case ToAsk:
		out += ` AND COALESCE(q.outcome, 'no-answer') = 'no-answer'`
	case ToFind:
		out += ` AND COALESCE(f.code, '') = ''`
	case Unsigned:
		out += ` AND COALESCE(f.code, '') <> '' AND f.signoff = ''`
	case Finished:
		out += ` AND COALESCE(f.signoff, '') <> ''`
	}
	return out, args
}

// List gives the people of a list, by point and number of their order.
func List(ctx context.Context, tx *db.Tx, f Filter) (out []Person, err error) {
	where, args := f.where()
	arg := func(v any) string { args = append(args, v); return "$" + strconv.Itoa(len(args)) }
	if f.After != "" {
		point := arg(f.AfterAt)
		where += ` AND (o.point > ` + point + ` OR o.point = ` + point + ` AND o.number > ` + arg(f.After) + `)`
	}
	limit := f.Limit
	if limit == 0 {
		limit = 50
	}
	err = tx.Each(ctx, `SELECT `+columns+whose+where+` ORDER BY o.point, o.number LIMIT `+arg(limit), args, func(row func(...any) error) error {
		p, err := scan(row)
		out = append(out, p)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("unpaid: list: %w", err)
	}
	return out, nil
}

// Count says how many a filter chooses.
func Count(ctx context.Context, tx *db.Tx, f Filter) (n int, err error) {
	where, args := f.where()
	if err := tx.QueryRow(ctx, `SELECT COUNT(*)`+whose+where, args...).Scan(&n); err != nil {
		return 0, fmt.Errorf("unpaid: count: %w", err)
	}
	return n, nil
}

// Get gives one person of the list by her order. ErrNotFound when she is not on it,
// or not any more.
func Get(ctx context.Context, tx *db.Tx, order string) (Person, error) {
	p, err := scan(tx.QueryRow(ctx, `SELECT `+columns+whose+` AND o.number = $1`, order).Scan)
	if errors.Is(err, db.ErrNoRows) {
		return Person{}, ErrNotFound
	}
	if err != nil {
		return Person{}, fmt.Errorf("unpaid: %w", err)
	}
	return p, nil
}

// Total is a point's list in numbers.
type Total struct {
	Division string
	Point    string
	People   int
	Fen      int64
	ToAsk    int
	Reached  int // somebody tried to reach them
	ToFind   int // no reason yet
	Signed   int
}

// Totals counts the lists of the points of a remit, by point.
func Totals(ctx context.Context, tx *db.Tx, campaign, division, point string) (out []Total, err error) {
	where, args := Filter{Campaign: campaign, Division: division, Point: point}.where()
	err = tx.Each(ctx, `SELECT o.division, o.point, COUNT(*), SUM(o.fen), SUM(CASE WHEN COALESCE(q.outcome, 'no-answer') = 'no-answer' THEN 1 ELSE 0 END),
		SUM(CASE WHEN EXISTS (SELECT 1 FROM unpaid_contact c WHERE c.order_number = o.number) THEN 1 ELSE 0 END),
		SUM(CASE WHEN COALESCE(f.code, '') = '' THEN 1 ELSE 0 END), SUM(CASE WHEN COALESCE(f.signoff, '') <> '' THEN 1 ELSE 0 END)`+whose+where+`
		GROUP BY o.division, o.point ORDER BY o.division, o.point`, args, func(row func(...any) error) error {
		var t Total
		err := row(&t.Division, &t.Point, &t.People, &t.Fen, &t.ToAsk, &t.Reached, &t.ToFind, &t.Signed)
		out = append(out, t)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("unpaid: totals: %w", err)
	}
	return out, nil
}

// Reasons counts the reasons of a remit: code to people.
func Reasons(ctx context.Context, tx *db.Tx, campaign, division, point string) (map[string]int, error) {
	where, args := Filter{Campaign: campaign, Division: division, Point: point}.where()
	out := map[string]int{}
	err := tx.Each(ctx, `SELECT COALESCE(f.code, ''), COUNT(*)`+whose+where+` GROUP BY COALESCE(f.code, '')`, args, func(row func(...any) error) error {
		var code string
		var n int
		err := row(&code, &n)
		out[code] = n
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("unpaid: reasons: %w", err)
	}
	return out, nil
}

// Sum is what a point signs for.
type Sum struct {
	People int
	Fen    int64
	Counts map[string]int // reason to people
	Hash   string         // of who stands there with which reason
	Open   int            // without a reason, or without an answer of the channels
}

// SumUp adds a point's list up, whole.
func SumUp(ctx context.Context, tx *db.Tx, campaign, division, point string) (Sum, error) {
	s := Sum{Counts: map[string]int{}}
	h := sha256.New()
	where, args := Filter{Campaign: campaign, Division: division, Point: point}.where()
	err := tx.Each(ctx, `SELECT o.number, o.fen, COALESCE(f.code, ''), COALESCE(q.outcome, '')`+whose+where+` ORDER BY o.number`, args, func(row func(...any) error) error {
		var number, code string
		var outcome Outcome
		var fen int64
		if err := row(&number, &fen, &code, &outcome); err != nil {
			return err
		}
		s.People, s.Fen, s.Counts[code] = s.People+1, s.Fen+fen, s.Counts[code]+1
		if code == "" || !outcome.Settled() {
			s.Open++
		}
		fmt.Fprintf(h, "%s %d %s\n", number, fen, code)
		return nil
	})
	if err != nil {
		return Sum{}, fmt.Errorf("unpaid: sum: %w", err)
	}
	s.Hash = hex.EncodeToString(h.Sum(nil))
	return s, nil
}

// OfOrder gives the place of an order, whether or not it is still on the list.
func OfOrder(ctx context.Context, tx *db.Tx, order string) (payment.Order, error) {
	o, err := payment.GetOrder(ctx, tx, order)
	if errors.Is(err, payment.ErrNotFound) {
		return o, ErrNotFound
	}
	return o, err
}

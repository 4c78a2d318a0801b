package payment

import (
	"context"
	"errors"
	"fmt"

	"zhunkao/hub/db"
)

// The channels that are no company's: what a clerk takes, and what comes to the
// treasury's account at a bank.
const (
	Cash     = "cash"
	Transfer = "transfer"
)

// CashCount is what lay in a point's box of cash at the end of a day: counted by
// one person, and signed by another (demand B11). It is never changed: whoever
// counted wrong counts again, and that is signed.
type CashCount struct {
	ID       string
	Point    string
	Day      string // civil, 2006-01-02
	Counted  int64  // fen
	Booked   int64  // fen that were booked that day when it was counted
	Carried  int64  // the differences of the days before, together
	Why      string // of a difference
	By       string
	At       int64
	Second   string // "" until it is signed
	SecondAt int64
}

// Diff is by how much more there is than was booked, negative when there is less.
func (c CashCount) Diff() int64 { return c.Counted - c.Booked }

// Carries is the difference that goes on to the next day.
func (c CashCount) Carries() int64 { return c.Carried + c.Diff() }

const cashColumns = `id, point, day, counted, booked, carried, why, by_staff, at, second, second_at`

func scanCash(row func(...any) error) (c CashCount, err error) {
	err = row(&c.ID, &c.Point, &c.Day, &c.Counted, &c.Booked, &c.Carried, &c.Why, &c.By, &c.At, &c.Second, &c.SecondAt)
	return c, err
}

// CashBooked is how many movements of cash were booked for the orders of a point
// between two moments, ms, and what they make together, less what was reverted
// then or paid out again.
func CashBooked(ctx context.Context, tx *db.Tx, point string, from, to int64) (s Sum, err error) {
	err = tx.QueryRow(ctx, `SELECT coalesce(sum(CASE WHEN p.fen > 0 THEN 1 ELSE 0 END), 0), CAST(coalesce(sum(p.fen), 0) AS BIGINT) FROM `+postingsTo("$1")+`
		JOIN payment_movement m ON m.id = p.movement JOIN payment_order o ON o.number = m.order_number WHERE p.at >= $2 AND p.at < $3 AND o.point = $4`,
		string(FundOf(Cash)), from, to, point).Scan(&s.N, &s.Fen)
	if err != nil {
		return Sum{}, fmt.Errorf("payment: cash: %w", err)
	}
	return s, nil
}

// CashCounts gives the counts of a point, those of the newest day first.
func CashCounts(ctx context.Context, tx *db.Tx, point string, limit int) (out []CashCount, err error) {
	err = tx.Each(ctx, `SELECT `+cashColumns+` FROM payment_cash_count WHERE point = $1 ORDER BY day DESC, at DESC, id DESC`+limited(limit), []any{point}, func(row func(...any) error) error {
		c, err := scanCash(row)
		out = append(out, c)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("payment: cash: %w", err)
	}
	return out, nil
}

// CashCarried is the difference that the signed days before a day leave.
func CashCarried(ctx context.Context, tx *db.Tx, point, day string) (fen int64, err error) {
	err = tx.QueryRow(ctx, `SELECT CAST(coalesce(sum(counted - booked), 0) AS BIGINT) FROM payment_cash_count WHERE point = $1 AND day < $2 AND second <> ''`, point, day).Scan(&fen)
	if err != nil {
		return 0, fmt.Errorf("payment: cash: %w", err)
	}
	return fen, nil
}

// GetCashCount returns a count. ErrNotFound.
func GetCashCount(ctx context.Context, tx *db.Tx, id string) (CashCount, error) {
	c, err := scanCash(tx.QueryRow(ctx, `SELECT `+cashColumns+` FROM payment_cash_count WHERE id = $1`, id).Scan)
	if errors.Is(err, db.ErrNoRows) {
		return CashCount{}, ErrNotFound
	}
	if err != nil {
		return CashCount{}, fmt.Errorf("payment: cash: %w", err)
	}
	return c, nil
}

// CountCash keeps a count, unsigned, and gives it with its id. ErrState when that
// day is signed, ErrAmount.
func CountCash(ctx context.Context, tx *db.Tx, c CashCount) (CashCount, error) {
	if c.Counted < 0 || c.Counted > 1000*MaxFen {
		return c, ErrAmount
	}
	c.ID, c.Second, c.SecondAt = newID(), "", 0
	n, err := tx.Exec(ctx, `INSERT INTO payment_cash_count (`+cashColumns+`) SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, '', 0
		WHERE NOT EXISTS (SELECT 1 FROM payment_cash_count WHERE point = $2 AND day = $3 AND second <> '')`,
		c.ID, c.Point, c.Day, c.Counted, c.Booked, c.Carried, c.Why, c.By, c.At)
	return c, moved(n, err)
}

// SignCash is the second person's word about a count. ErrState when that day is
// signed, or it was counted again since.
func SignCash(ctx context.Context, tx *db.Tx, id, second string, at int64) error {
	n, err := tx.Exec(ctx, `UPDATE payment_cash_count SET second = $1, second_at = $2 WHERE id = $3 AND second = ''
		AND NOT EXISTS (SELECT 1 FROM payment_cash_count o WHERE o.point = payment_cash_count.point AND o.day = payment_cash_count.day AND o.id <> payment_cash_count.id
			AND (o.second <> '' OR o.at > payment_cash_count.at))`, second, at, id)
	if db.Unique(err) {
		return ErrState
	}
	return moved(n, err)
}

package payment

import (
	"context"
	"errors"
	"fmt"

	"zhunkao/hub/db"
	"zhunkao/hub/org"
)

// Difference says that an order is paid and her fee is another by now: her level has
// changed. It stands until the office settles it, or the fee is again what was paid.
type Difference struct {
	Order     string
	Level     string // hers now
	Fen       int64  // what that asks
	NoticedAt int64
	SettledAt int64 // 0: to be settled
	By        string
	Second    string
	Why       string
}

const differenceColumns = `order_number, level, fen, noticed_at, settled_at, settled_by, second, why`

func scanDifference(row func(...any) error) (d Difference, err error) {
	err = row(&d.Order, &d.Level, &d.Fen, &d.NoticedAt, &d.SettledAt, &d.By, &d.Second, &d.Why)
	return d, err
}

// DifferenceOf gives what is noted of an order, settled or not. ErrNotFound.
func DifferenceOf(ctx context.Context, tx *db.Tx, number string) (Difference, error) {
	d, err := scanDifference(tx.QueryRow(ctx, `SELECT `+differenceColumns+` FROM payment_difference WHERE order_number = $1`, number).Scan)
	if errors.Is(err, db.ErrNoRows) {
		return Difference{}, ErrNotFound
	}
	if err != nil {
		return Difference{}, fmt.Errorf("payment: difference: %w", err)
	}
	return d, nil
}

// Differing is a list of differences that are to be settled. What is zero lets all
// through.
type Differing struct {
	Campaign string
	Division string // and below it
	Point    string
	After    Cursor // its number is an order's
	Limit    int
}

// Differed is one of them beside its order.
type Differed struct {
	Difference
	Point string
	Was   string // level that was paid for
	Paid  int64
}

func (l Differing) conds() (c conds) {
	c.all = append(c.all, "d.settled_at = 0")
	c.equal("o.campaign", l.Campaign)
	c.equal("o.point", l.Point)
	if l.Division != "" && l.Point == "" && l.Division[2:] != "0000" {
		c.all = append(c.all, org.Within("o.division", l.Division, c.arg))
	}
	return c
}

const differing = ` FROM payment_difference d JOIN payment_order o ON o.number = d.order_number`

// List gives a page of it, the oldest first.
func (l Differing) List(ctx context.Context, tx *db.Tx) (out []Differed, err error) {
	c := l.conds()
	if l.After.Number != "" {
		at := c.arg(l.After.At)
		c.all = append(c.all, "(d.noticed_at > "+at+" OR d.noticed_at = "+at+" AND d.order_number > "+c.arg(l.After.Number)+")")
	}
	err = tx.Each(ctx, `SELECT d.order_number, d.level, d.fen, d.noticed_at, o.point, o.level, o.fen`+differing+c.where()+` ORDER BY d.noticed_at, d.order_number`+limited(l.Limit), c.args, func(row func(...any) error) error {
		var d Differed
		err := row(&d.Order, &d.Level, &d.Fen, &d.NoticedAt, &d.Point, &d.Was, &d.Paid)
		out = append(out, d)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("payment: differences: %w", err)
	}
	return out, nil
}

// Count counts it.
func (l Differing) Count(ctx context.Context, tx *db.Tx) (n int, err error) {
	c := l.conds()
	if err := tx.QueryRow(ctx, `SELECT count(*)`+differing+c.where(), c.args...).Scan(&n); err != nil {
		return 0, fmt.Errorf("payment: differences: %w", err)
	}
	return n, nil
}

// NoteDifference notes that her fee is another; what was noted of the order before is
// history of the journal.
func NoteDifference(ctx context.Context, tx *db.Tx, d Difference) error {
	_, err := tx.Exec(ctx, `INSERT INTO payment_difference (`+differenceColumns+`) VALUES ($1, $2, $3, $4, 0, '', '', '')
		ON CONFLICT (order_number) DO UPDATE SET level = excluded.level, fen = excluded.fen, noticed_at = excluded.noticed_at,
		settled_at = 0, settled_by = '', second = '', why = ''`, d.Order, d.Level, d.Fen, d.NoticedAt)
	if err != nil {
		return fmt.Errorf("payment: difference: %w", err)
	}
	return nil
}

// SettleDifference says that it is settled. ErrState when it is, or there is none.
func SettleDifference(ctx context.Context, tx *db.Tx, d Difference) error {
	return moved(tx.Exec(ctx, `UPDATE payment_difference SET settled_at = $1, settled_by = $2, second = $3, why = $4 WHERE order_number = $5 AND settled_at = 0`,
		d.SettledAt, d.By, d.Second, d.Why, d.Order))
}

// DropDifference says that her fee is again what was paid: nothing is left to settle,
// and should it be another once more that is noted anew. ErrState.
func DropDifference(ctx context.Context, tx *db.Tx, number string, at int64) error {
	return moved(tx.Exec(ctx, `UPDATE payment_difference SET settled_at = $1, fen = 0 WHERE order_number = $2 AND settled_at = 0`, at, number))
}

// Relabel says whose an order is that is not paid yet: she has another point, or a
// level of the same fee. ErrState.
func Relabel(ctx context.Context, tx *db.Tx, o Order) error {
	return moved(tx.Exec(ctx, `UPDATE payment_order SET division = $1, point = $2, level = $3 WHERE number = $4 AND state IN ('open', 'closed')`,
		o.Division, o.Point, o.Level, o.Number))
}

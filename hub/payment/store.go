package payment

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"zhunkao/hub/db"
)

var (
	// ErrNotFound says that there is no such order or movement.
	ErrNotFound = errors.New("payment: not found")
	// ErrOpen says that the candidate has an order that is open or paid.
	ErrOpen = errors.New("payment: she has an order")
	// ErrState says that it is not where this can be done to it.
	ErrState = errors.New("payment: not in this state")
	// ErrConflict says that a channel says something else of a movement than before.
	// Nothing was booked; two persons look at it.
	ErrConflict = errors.New("payment: another word about the same movement")
	// ErrAmount says that an amount is not positive, or absurd.
	ErrAmount = errors.New("payment: no such amount")
)

// MaxFen is more than any fee: 100,000 yuan.
const MaxFen = 100_000 * 100

const orderColumns = `number, application, campaign, division, point, level, fen, state, opened_at, due_at, ended_at, movement, record, cause, arrived_at`

func scanOrder(row func(...any) error) (o Order, err error) {
	err = row(&o.Number, &o.Application, &o.Campaign, &o.Division, &o.Point, &o.Level, &o.Fen, &o.State, &o.OpenedAt, &o.DueAt, &o.EndedAt, &o.Movement, &o.Record, &o.Cause, &o.ArrivedAt)
	return o, err
}

// OpenOrder opens an order. ErrOpen when she has one that is open, paid or waived;
// ErrAmount.
func OpenOrder(ctx context.Context, tx *db.Tx, o Order) error {
	if o.Fen <= 0 || o.Fen > MaxFen {
		return ErrAmount
	}
	n, err := tx.Exec(ctx, `INSERT INTO payment_order (`+orderColumns+`) SELECT $1, $2, $3, $4, $5, $6, $7, 'open', $8, $9, 0, '', $10, $11, $12
		WHERE NOT EXISTS (SELECT 1 FROM payment_order WHERE application = $2 AND state IN ('open', 'paid', 'waived'))`,
		o.Number, o.Application, o.Campaign, o.Division, o.Point, o.Level, o.Fen, o.OpenedAt, o.DueAt, o.Record, o.Cause, o.ArrivedAt)
	switch {
	case db.Unique(err), err == nil && n == 0:
		return ErrOpen
	case err != nil:
		return fmt.Errorf("payment: open: %w", err)
	}
	return nil
}

// GetOrder returns an order. ErrNotFound.
func GetOrder(ctx context.Context, tx *db.Tx, number string) (Order, error) {
	o, err := scanOrder(tx.QueryRow(ctx, `SELECT `+orderColumns+` FROM payment_order WHERE number = $1`, number).Scan)
	if errors.Is(err, db.ErrNoRows) {
		return Order{}, ErrNotFound
	}
	if err != nil {
		return Order{}, fmt.Errorf("payment: order: %w", err)
	}
	return o, nil
}

// OrdersOf returns all orders of an application, the newest first.
func OrdersOf(ctx context.Context, tx *db.Tx, application string) (out []Order, err error) {
	err = tx.Each(ctx, `SELECT `+orderColumns+` FROM payment_order WHERE application = $1 ORDER BY opened_at DESC, number DESC`, []any{application}, func(row func(...any) error) error {
		o, err := scanOrder(row)
		out = append(out, o)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("payment: orders: %w", err)
	}
	return out, nil
}

// EndOrder takes an open order to Waived, Closed or Left, or a closed one to Left.
// One that is paid is not ended: she who leaves then is given back what she paid, by
// a step. ErrState.
func EndOrder(ctx context.Context, tx *db.Tx, number string, to State, at int64) error {
	from := map[State]string{Waived: `'open', 'closed'`, Closed: `'open'`, Left: `'open', 'closed'`}[to]
	if from == "" {
		return ErrState
	}
	err := moved(tx.Exec(ctx, `UPDATE payment_order SET state = $1, ended_at = $2 WHERE number = $3 AND state IN (`+from+`)`, string(to), at, number))
	if db.Unique(err) {
		return ErrOpen
	}
	return err
}

// Extend sets another end to an order that is open, or opens one again that was
// closed (A59). ErrState; ErrOpen when she has another by now.
func Extend(ctx context.Context, tx *db.Tx, number string, due int64) error {
	err := moved(tx.Exec(ctx, `UPDATE payment_order SET due_at = $1, state = 'open', ended_at = 0 WHERE number = $2 AND state IN ('open', 'closed')`, due, number))
	if db.Unique(err) {
		return ErrOpen
	}
	return err
}

// Due gives open orders whose end has passed and of which no way to pay lives at a
// channel, the oldest first: before a channel's last word an order is not closed.
func Due(ctx context.Context, tx *db.Tx, now int64, limit int) (out []Order, err error) {
	err = tx.Each(ctx, `SELECT `+orderColumns+` FROM payment_order WHERE state = 'open' AND due_at > 0 AND due_at <= $1
		AND NOT EXISTS (SELECT 1 FROM payment_attempt a WHERE a.order_number = payment_order.number AND a.state = 'live') ORDER BY due_at, number LIMIT $2`, []any{now, limit}, func(row func(...any) error) error {
		o, err := scanOrder(row)
		out = append(out, o)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("payment: due: %w", err)
	}
	return out, nil
}

func moved(n int64, err error) error {
	if err != nil {
		return fmt.Errorf("payment: %w", err)
	}
	if n == 0 {
		return ErrState
	}
	return nil
}

// newID gives the id of a movement or an entry: 6 bytes of real time in ms, so that the
// newest stand together at the end of six indexes, and 6 random bytes.
func newID() string {
	var b [12]byte
	_, _ = rand.Read(b[6:]) // never fails (Go 1.24)
	ms := uint64(time.Now().UnixMilli())
	for i := range 6 {
		b[i] = byte(ms >> (40 - 8*i))
	}
	return hex.EncodeToString(b[:])
}

// Arrive notes that the record of an order has come, with what it says of whose the
// order is. Nothing of that changes once it is paid. ErrState when it came before.
func Arrive(ctx context.Context, tx *db.Tx, o Order) error {
	return moved(tx.Exec(ctx, `UPDATE payment_order SET arrived_at = $1, record = $2,
		division = CASE WHEN state = 'open' THEN $3 ELSE division END, point = CASE WHEN state = 'open' THEN $4 ELSE point END,
		level = CASE WHEN state = 'open' THEN $5 ELSE level END WHERE number = $6 AND arrived_at = 0`,
		o.ArrivedAt, o.Record, o.Division, o.Point, o.Level, o.Number))
}

package payment

import (
	"context"
	"errors"
	"fmt"

	"zhunkao/hub/db"
)

const entryColumns = `movement, position, step, at, by_staff, second, why, debit, debit_fen, credit, credit_fen`

// postings are those of all entries, each with its entry.
const postings = `(SELECT movement, position, at, debit AS fund, debit_fen AS fen FROM payment_entry WHERE debit <> ''
	UNION ALL SELECT movement, position, at, credit, credit_fen FROM payment_entry WHERE credit <> '') AS p`

// postingsTo are those to one fund, which stands in the arguments at that mark; not for
// Fees, which the index of credits leaves out.
func postingsTo(mark string) string {
	return `(SELECT movement, position, at, debit_fen AS fen FROM payment_entry WHERE debit = ` + mark + `
	UNION ALL SELECT movement, position, at, credit_fen FROM payment_entry WHERE credit <> 'fees' AND credit = ` + mark + `) AS p`
}

const movementColumns = `id, channel, kind, number, of_number, order_number, fen, moved_at, source, booked_by`

func scanMovement(row func(...any) error) (m Movement, err error) {
	err = row(&m.ID, &m.Channel, &m.Kind, &m.Number, &m.Of, &m.Order, &m.Fen, &m.At, &m.Source, &m.By)
	return m, err
}

// Booked is what became of a movement.
type Booked struct {
	Movement Movement
	Standing Standing
	Order    Order // zero for a stranger's
	Known    bool  // it had been booked before: nothing was done
}

// Book books a movement: once, whoever says it and however often. What pays its
// order takes it to Paid. ErrConflict when it was booked with another content;
// ErrAmount. at is now, ms.
func Book(ctx context.Context, tx *db.Tx, m Movement, at int64) (Booked, error) {
	if m.Fen <= 0 || m.Fen > MaxFen {
		return Booked{}, ErrAmount
	}
	m.ID, m.Order = newID(), OrderOf(m.Order)
	n, err := tx.Exec(ctx, `INSERT INTO payment_movement (`+movementColumns+`, booked_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
		ON CONFLICT (channel, kind, number) DO NOTHING`, m.ID, m.Channel, string(m.Kind), m.Number, m.Of, m.Order, m.Fen, m.At, string(m.Source), m.By, at)
	if err != nil {
		return Booked{}, fmt.Errorf("payment: book: %w", err)
	}
	if n == 0 {
		return again(ctx, tx, m)
	}
	out := Booked{Movement: m}
	o, err := GetOrder(ctx, tx, m.Order)
	switch {
	case errors.Is(err, ErrNotFound):
	case err != nil:
		return Booked{}, err
	default:
		out.Order = o
	}
	if out.Standing, err = out.stand(ctx, tx, at); err != nil {
		return Booked{}, err
	}
	return out, post(ctx, tx, m.ID, m.postings(out.Standing), at, string(out.Standing), "", "", "")
}

// again answers a word that came before.
func again(ctx context.Context, tx *db.Tx, m Movement) (Booked, error) {
	old, err := scanMovement(tx.QueryRow(ctx, `SELECT `+movementColumns+` FROM payment_movement WHERE channel = $1 AND kind = $2 AND number = $3`,
		m.Channel, string(m.Kind), m.Number).Scan)
	if err != nil {
		return Booked{}, fmt.Errorf("payment: booked before: %w", err)
	}
	if !old.Same(m) {
		return Booked{}, ErrConflict
	}
	out := Booked{Movement: old, Known: true}
	if err := tx.QueryRow(ctx, `SELECT step FROM payment_entry WHERE movement = $1 AND position = 0`, old.ID).Scan(&out.Standing); err != nil {
		return Booked{}, fmt.Errorf("payment: booked before: %w", err)
	}
	if out.Order, err = GetOrder(ctx, tx, old.Order); errors.Is(err, ErrNotFound) {
		err = nil
	}
	return out, err
}

// voided is whose registration is void by a signed list (package ending).
const voided = `ending_person x WHERE x.state = 'void'`

// stand says what the movement is, and takes its order to Paid when it pays it.
func (b *Booked) stand(ctx context.Context, tx *db.Tx, at int64) (Standing, error) {
	if b.Movement.Kind == Refund {
		return b.refunded(ctx, tx, at)
	}
	var o *Order
	if b.Order.Number != "" {
		o = &b.Order
	}
	s := Judge(o, b.Movement)
	if s != Pays {
		return s, nil
	}
	// A word that comes after the end (A41): paid in time or not, people decide.
	var void int
	if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM `+voided+` AND x.application = $1`, o.Application).Scan(&void); err != nil {
		return "", fmt.Errorf("payment: void: %w", err)
	}
	if void > 0 {
		return Late, nil
	}
	switch err := b.pay(ctx, tx); {
	case errors.Is(err, ErrState): // she has another that is open or paid
		return Again, nil
	case err != nil:
		return "", err
	}
	b.Order.State, b.Order.EndedAt, b.Order.Movement = Paid, b.Movement.At, b.Movement.ID
	return Pays, nil
}

// pay takes the order to Paid. ErrState when it is paid or waived, asks another
// amount, or she has another order by now.
func (b *Booked) pay(ctx context.Context, tx *db.Tx) error {
	return moved(tx.Exec(ctx, `UPDATE payment_order SET state = 'paid', ended_at = $1, movement = $2 WHERE number = $3 AND fen = $4 AND state IN ('open', 'closed', 'left')
		AND NOT EXISTS (SELECT 1 FROM payment_order o WHERE o.application = payment_order.application AND o.number <> $3 AND o.state IN ('open', 'paid', 'waived'))`,
		b.Movement.At, b.Movement.ID, b.Order.Number, b.Movement.Fen))
}

// refunded judges a refund: one that was asked for, of a payment that is on its way
// back and of the whole amount, has been made.
func (b *Booked) refunded(ctx context.Context, tx *db.Tx, at int64) (Standing, error) {
	of, err := scanMovement(tx.QueryRow(ctx, `SELECT `+movementColumns+` FROM payment_movement WHERE channel = $1 AND kind = 'payment' AND number = $2`,
		b.Movement.Channel, b.Movement.Of).Scan)
	if errors.Is(err, db.ErrNoRows) {
		return Unasked, nil
	}
	if err != nil {
		return "", fmt.Errorf("payment: refund: %w", err)
	}
	where, err := whereLies(ctx, tx, of)
	if err != nil {
		return "", err
	}
	if where.now != inReturning || of.Fen != b.Movement.Fen {
		return Unasked, nil
	}
	// Her registration was valid until now (domain §4.5).
	if _, err := tx.Exec(ctx, `UPDATE payment_order SET state = 'left', ended_at = $1 WHERE state = 'paid' AND movement = $2`, b.Movement.At, of.ID); err != nil {
		return "", fmt.Errorf("payment: refund: %w", err)
	}
	// The payment's own line of entries ends here: no step is taken on it again.
	return Returns, post(ctx, tx, of.ID, nil, at, string(returned), "", "", "")
}

// Decide takes a step on a payment: what two persons decided, or what the channel
// answered about a refund. ErrState when it cannot be taken from where the money
// lies, or, for Credit, when its order cannot be paid by it any more; ErrPart when a part
// of it was given back already; ErrNotFound.
func Decide(ctx context.Context, tx *db.Tx, movement string, s Step, at int64, by, second, why string) error {
	m, err := GetMovement(ctx, tx, movement)
	if err != nil {
		return err
	}
	from, err := whereLies(ctx, tx, m)
	if err != nil {
		return err
	}
	postings, ok := from.postings(s, m.Channel, m.Fen)
	if !ok || m.Kind != Payment {
		return ErrState
	}
	owner, err := OwnerOf(ctx, tx, m)
	if err != nil {
		return err
	}
	if s == GiveBack || s == Revert { // the whole amount goes, or none
		if taken, err := takenOf(ctx, tx, m); err != nil || taken > 0 {
			return errors.Join(err, ErrPart)
		}
	}
	switch {
	case s == Credit:
		b := Booked{Movement: m, Order: Order{Number: owner}}
		if err := b.pay(ctx, tx); err != nil {
			return err
		}
	case s == Revert && from.now == inFees: // what paid its order pays it no more
		if err := moved(tx.Exec(ctx, `UPDATE payment_order SET state = CASE WHEN due_at = 0 OR due_at > $1 THEN 'open' ELSE 'closed' END,
			ended_at = CASE WHEN due_at = 0 OR due_at > $1 THEN 0 ELSE due_at END, movement = '' WHERE number = $2 AND state = 'paid' AND movement = $3`, at, owner, m.ID)); err != nil {
			return err
		}
	}
	return post(ctx, tx, m.ID, postings, at, string(s), by, second, why)
}

// GetMovement returns a movement. ErrNotFound.
func GetMovement(ctx context.Context, tx *db.Tx, id string) (Movement, error) {
	m, err := scanMovement(tx.QueryRow(ctx, `SELECT `+movementColumns+` FROM payment_movement WHERE id = $1`, id).Scan)
	if errors.Is(err, db.ErrNoRows) {
		return Movement{}, ErrNotFound
	}
	if err != nil {
		return Movement{}, fmt.Errorf("payment: movement: %w", err)
	}
	return m, nil
}

// whereLies is where the money of a payment is, by all its entries.
func whereLies(ctx context.Context, tx *db.Tx, m Movement) (p place, err error) {
	err = tx.Each(ctx, `SELECT step FROM payment_entry WHERE movement = $1 ORDER BY position`, []any{m.ID}, func(row func(...any) error) error {
		var entry string
		err := row(&entry)
		p.follow(entry)
		return err
	})
	if err != nil {
		return place{}, fmt.Errorf("payment: where it lies: %w", err)
	}
	return p, nil
}

// post adds an entry to a movement: a step, and its postings. Two that are taken at
// one moment meet at the position: the later fails and nothing of it stays.
func post(ctx context.Context, tx *db.Tx, movement string, postings []Posting, at int64, step, by, second, why string) error {
	debit, credit := sides(postings)
	_, err := tx.Exec(ctx, `INSERT INTO payment_entry (`+entryColumns+`)
		SELECT $1, count(*), $2, $3, $4, $5, $6, $7, $8, $9, $10 FROM payment_entry WHERE movement = $1`,
		movement, step, at, by, second, why, string(debit.Fund), debit.Fen, string(credit.Fund), credit.Fen)
	if db.Unique(err) {
		return ErrState
	}
	if err != nil {
		return fmt.Errorf("payment: entry: %w", err)
	}
	return nil
}

// Balance is the sum of every fund over postings before a moment, ms.
func Balance(ctx context.Context, tx *db.Tx, before int64) (map[Fund]int64, error) {
	out := map[Fund]int64{}
	err := tx.Each(ctx, `SELECT fund, CAST(sum(fen) AS BIGINT) FROM `+postings+` WHERE at < $1 GROUP BY fund`, []any{before}, func(row func(...any) error) error {
		var f Fund
		var fen int64
		err := row(&f, &fen)
		out[f] = fen
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("payment: balance: %w", err)
	}
	return out, nil
}

package payment

import (
	"context"
	"errors"
	"fmt"

	"zhunkao/hub/db"
	"zhunkao/hub/org"
)

// TransferState is how a bank's transfer stands that somebody entered.
type TransferState string

// The states. A power cut leaves it where its last committed step put it.
const (
	TransferWaiting TransferState = "waiting" // for another person, who enters it again
	TransferBooked  TransferState = "booked"  // it is a movement now
	TransferRefused TransferState = "refused" // by the other, or taken back
)

// BankTransfer is a transfer as one person read it from the bank's paper. It is no
// movement until another has read the same.
type BankTransfer struct {
	ID       string
	Serial   string // the bank's
	Order    string
	Fen      int64
	At       int64 // ms, of its day
	Division string
	State    TransferState
	AskedBy  string
	AskedAt  int64
	SaidBy   string
	SaidAt   int64
	Why      string
}

// Movement is what it is booked as.
func (b BankTransfer) Movement(by string) Movement {
	return Movement{Channel: Transfer, Kind: Payment, Number: b.Serial, Order: b.Order, Fen: b.Fen, At: b.At, Source: ByTransfer, By: by}
}

const transferColumns = `id, serial, order_number, fen, moved_at, division, state, asked_by, asked_at, said_by, said_at, why`

func scanTransfer(row func(...any) error) (b BankTransfer, err error) {
	err = row(&b.ID, &b.Serial, &b.Order, &b.Fen, &b.At, &b.Division, &b.State, &b.AskedBy, &b.AskedAt, &b.SaidBy, &b.SaidAt, &b.Why)
	return b, err
}

// EnterTransfer keeps what the first person read. ErrState when that serial was
// entered before, and stands; ErrAmount.
func EnterTransfer(ctx context.Context, tx *db.Tx, b BankTransfer) (BankTransfer, error) {
	if b.Fen <= 0 || b.Fen > MaxFen {
		return b, ErrAmount
	}
	b.ID, b.State = newID(), TransferWaiting
	_, err := tx.Exec(ctx, `INSERT INTO payment_transfer (`+transferColumns+`) VALUES ($1, $2, $3, $4, $5, $6, 'waiting', $7, $8, '', 0, '')`,
		b.ID, b.Serial, b.Order, b.Fen, b.At, b.Division, b.AskedBy, b.AskedAt)
	if db.Unique(err) {
		return b, ErrState
	}
	if err != nil {
		return b, fmt.Errorf("payment: transfer: %w", err)
	}
	return b, nil
}

// SettleTransfer is the other person's word. ErrState when it does not wait.
func SettleTransfer(ctx context.Context, tx *db.Tx, id string, to TransferState, by string, at int64, why string) error {
	return moved(tx.Exec(ctx, `UPDATE payment_transfer SET state = $1, said_by = $2, said_at = $3, why = $4 WHERE id = $5 AND state = 'waiting'`, string(to), by, at, why, id))
}

// GetTransfer returns one. ErrNotFound.
func GetTransfer(ctx context.Context, tx *db.Tx, id string) (BankTransfer, error) {
	b, err := scanTransfer(tx.QueryRow(ctx, `SELECT `+transferColumns+` FROM payment_transfer WHERE id = $1`, id).Scan)
	if errors.Is(err, db.ErrNoRows) {
		return BankTransfer{}, ErrNotFound
	}
	if err != nil {
		return BankTransfer{}, fmt.Errorf("payment: transfer: %w", err)
	}
	return b, nil
}

// Transfers gives those of a remit, what waits first, then the newest.
func Transfers(ctx context.Context, tx *db.Tx, division string, limit int) (out []BankTransfer, err error) {
	var c conds
	c.all = append(c.all, org.Within("division", division, c.arg))
	err = tx.Each(ctx, `SELECT `+transferColumns+` FROM payment_transfer`+c.where()+` ORDER BY CASE WHEN state = 'waiting' THEN 0 ELSE 1 END, asked_at DESC, id DESC`+limited(limit), c.args, func(row func(...any) error) error {
		b, err := scanTransfer(row)
		out = append(out, b)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("payment: transfers: %w", err)
	}
	return out, nil
}

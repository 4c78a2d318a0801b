package payment

import (
	"context"
	"errors"
	"fmt"

	"zhunkao/hub/db"
	"zhunkao/hub/org"
)

// DepositState is how cash stands that was carried to the bank.
type DepositState string

// The states. A power cut leaves it where its last committed step put it.
const (
	DepositWaiting DepositState = "waiting" // for another person, who reads the slip again
	DepositSigned  DepositState = "signed"
	DepositDropped DepositState = "dropped" // by the other, or taken back: its days are free again
)

// Deposit is a slip of the bank for the cash of some days of a point (缴存, demand B11):
// what two persons counted in the box, and what the bank says it was given.
type Deposit struct {
	ID       string
	Point    string
	Division string
	Serial   string // the bank's
	Day      string // civil, 2006-01-02: when the bank took it
	Fen      int64  // that the slip says
	Counted  int64  // of its days, together
	Why      string // of a difference
	State    DepositState
	AskedBy  string
	AskedAt  int64
	SaidBy   string
	SaidAt   int64
	Said     string   // why it was dropped
	Days     []string // none of one that was dropped
}

// Diff is by how much more the bank has than was counted, negative when less.
func (d Deposit) Diff() int64 { return d.Fen - d.Counted }

// Undeposited is a signed day whose cash stands on no slip.
type Undeposited struct {
	Point   string
	Day     string
	Counted int64
}

const depositColumns = `id, point, division, serial, day, fen, counted, why, state, asked_by, asked_at, said_by, said_at, said`

func scanDeposit(row func(...any) error) (d Deposit, err error) {
	err = row(&d.ID, &d.Point, &d.Division, &d.Serial, &d.Day, &d.Fen, &d.Counted, &d.Why, &d.State, &d.AskedBy, &d.AskedAt, &d.SaidBy, &d.SaidAt, &d.Said)
	return d, err
}

// ToDeposit lists the signed days of points whose cash stands on no slip, the oldest
// first: of one point, or of all in a division. A day with nothing in the box is none.
func ToDeposit(ctx context.Context, tx *db.Tx, division, point string, limit int) (out []Undeposited, err error) {
	var c conds
	c.all = append(c.all, `c.second <> ''`, `c.counted > 0`, `NOT EXISTS (SELECT 1 FROM payment_deposit_day d WHERE d.point = c.point AND d.day = c.day)`)
	if point != "" {
		c.all = append(c.all, `c.point = `+c.arg(point))
	} else {
		c.all = append(c.all, org.Within("p.division", division, c.arg))
	}
	err = tx.Each(ctx, `SELECT c.point, c.day, c.counted FROM payment_cash_count c JOIN point p ON p.code = c.point`+c.where()+` ORDER BY c.day, c.point`+limited(limit), c.args, func(row func(...any) error) error {
		var u Undeposited
		err := row(&u.Point, &u.Day, &u.Counted)
		out = append(out, u)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("payment: deposit: %w", err)
	}
	return out, nil
}

// EnterDeposit keeps what the first person read on the slip, for signed days of one
// point, and gives it with what was counted on them. ErrAmount; ErrNotFound when one of
// the days is not signed; ErrState when a day or the serial stands on a slip already.
func EnterDeposit(ctx context.Context, tx *db.Tx, d Deposit) (Deposit, error) {
	if d.Fen <= 0 || d.Fen > 1000*MaxFen || len(d.Days) == 0 {
		return d, ErrAmount
	}
	d.ID, d.State, d.Counted = newID(), DepositWaiting, 0
	counted := make([]int64, len(d.Days))
	for i, day := range d.Days {
		err := tx.QueryRow(ctx, `SELECT counted FROM payment_cash_count WHERE point = $1 AND day = $2 AND second <> ''`, d.Point, day).Scan(&counted[i])
		if errors.Is(err, db.ErrNoRows) {
			return d, ErrNotFound
		}
		if err != nil {
			return d, fmt.Errorf("payment: deposit: %w", err)
		}
		d.Counted += counted[i]
	}
	_, err := tx.Exec(ctx, `INSERT INTO payment_deposit (`+depositColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'waiting', $9, $10, '', 0, '')`,
		d.ID, d.Point, d.Division, d.Serial, d.Day, d.Fen, d.Counted, d.Why, d.AskedBy, d.AskedAt)
	for i, day := range d.Days {
		if err == nil {
			_, err = tx.Exec(ctx, `INSERT INTO payment_deposit_day (deposit, point, day, counted) VALUES ($1, $2, $3, $4)`, d.ID, d.Point, day, counted[i])
		}
	}
	if db.Unique(err) {
		return d, ErrState
	}
	if err != nil {
		return d, fmt.Errorf("payment: deposit: %w", err)
	}
	return d, nil
}

// SettleDeposit is the other person's word, or the first takes it back. ErrState when it
// does not wait.
func SettleDeposit(ctx context.Context, tx *db.Tx, id string, to DepositState, by string, at int64, why string) error {
	if err := moved(tx.Exec(ctx, `UPDATE payment_deposit SET state = $1, said_by = $2, said_at = $3, said = $4 WHERE id = $5 AND state = 'waiting'`, string(to), by, at, why, id)); err != nil || to != DepositDropped {
		return err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM payment_deposit_day WHERE deposit = $1`, id); err != nil {
		return fmt.Errorf("payment: deposit: %w", err)
	}
	return nil
}

// GetDeposit returns one with its days. ErrNotFound.
func GetDeposit(ctx context.Context, tx *db.Tx, id string) (Deposit, error) {
	d, err := scanDeposit(tx.QueryRow(ctx, `SELECT `+depositColumns+` FROM payment_deposit WHERE id = $1`, id).Scan)
	if errors.Is(err, db.ErrNoRows) {
		return Deposit{}, ErrNotFound
	}
	if err != nil {
		return Deposit{}, fmt.Errorf("payment: deposit: %w", err)
	}
	all := []Deposit{d}
	err = depositDays(ctx, tx, all)
	return all[0], err
}

// Deposits gives those of a division, or of one point of it, what waits first, then the
// newest.
func Deposits(ctx context.Context, tx *db.Tx, division, point string, limit int) (out []Deposit, err error) {
	var c conds
	c.all = append(c.all, org.Within("division", division, c.arg))
	if point != "" {
		c.all = append(c.all, `point = `+c.arg(point))
	}
	err = tx.Each(ctx, `SELECT `+depositColumns+` FROM payment_deposit`+c.where()+` ORDER BY CASE WHEN state = 'waiting' THEN 0 ELSE 1 END, asked_at DESC, id DESC`+limited(limit), c.args, func(row func(...any) error) error {
		d, err := scanDeposit(row)
		out = append(out, d)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("payment: deposits: %w", err)
	}
	return out, depositDays(ctx, tx, out)
}

// depositDays fills in the days of each, in one question.
func depositDays(ctx context.Context, tx *db.Tx, all []Deposit) error {
	if len(all) == 0 {
		return nil
	}
	var c conds
	at, in := map[string]int{}, ""
	for i, d := range all {
		at[d.ID] = i
		if in != "" {
			in += ", "
		}
		in += c.arg(d.ID)
	}
	err := tx.Each(ctx, `SELECT deposit, day FROM payment_deposit_day WHERE deposit IN (`+in+`) ORDER BY day`, c.args, func(row func(...any) error) error {
		var id, day string
		if err := row(&id, &day); err != nil {
			return err
		}
		all[at[id]].Days = append(all[at[id]].Days, day)
		return nil
	})
	if err != nil {
		return fmt.Errorf("payment: deposits: %w", err)
	}
	return nil
}

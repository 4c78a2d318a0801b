package ending

import (
	"context"
	"fmt"

	"zhunkao/hub/db"
)

// Who takes a step, and when.
type Who struct {
	By     string
	Second string // the other of two persons, where two are asked
	At     int64
}

// Object writes an objection down. ErrState when she is not listed, or the list is not
// told any more; ErrText.
func Object(ctx context.Context, tx *db.Tx, l List, application, said string, w Who) error {
	if err := CheckText(said); err != nil {
		return err
	}
	if l.State != Told {
		return ErrState
	}
	return changed(tx.Exec(ctx, `UPDATE ending_person SET state = 'objected', said = $1, said_at = $2, said_by = $3, cause = '', note = '', settled_at = 0, settled_by = '' WHERE ending = $4 AND application = $5 AND state IN ('listed', 'objected')`,
		tidy(said), w.At, w.By, l.ID, application))
}

// Decide answers an objection, or takes somebody off without one: off is whether she
// comes off the list. ErrState, ErrText.
func Decide(ctx context.Context, tx *db.Tx, l List, application string, off bool, note string, w Who) error {
	if err := CheckText(note); err != nil {
		return err
	}
	if l.State != Told {
		return ErrState
	}
	to, cause, from := Off, "", `'listed', 'objected'`
	if !off {
		to, cause, from = Listed, "kept", `'objected'`
	}
	return changed(tx.Exec(ctx, `UPDATE ending_person SET state = $1, cause = $2, note = $3, settled_at = $4, settled_by = $5 WHERE ending = $6 AND application = $7 AND state IN (`+from+`)`,
		string(to), cause, tidy(note), w.At, w.By, l.ID, application))
}

// Drop takes a told list back before it is signed. ErrState, ErrText.
func Drop(ctx context.Context, tx *db.Tx, l List, why string, w Who) error {
	if err := CheckText(why); err != nil {
		return err
	}
	return changed(tx.Exec(ctx, `UPDATE ending SET state = 'dropped', ended_at = $1, ended_by = $2, ended_why = $3 WHERE id = $4 AND state = 'told'`, w.At, w.By, tidy(why), l.ID))
}

// Sign makes who stands on a told list void. seen is what Now gave when it was read.
// Nobody is void by it who was valid a moment before: Settle is asked once more.
// ErrState, ErrEarly, ErrObjections, ErrNobody, ErrChanged.
func Sign(ctx context.Context, tx *db.Tx, l List, seen string, w Who) (List, error) {
	switch {
	case l.State != Told:
		return l, ErrState
	case w.At < l.ObjectUntil:
		return l, ErrEarly
	}
	if _, err := Settle(ctx, tx, l.ID, w.At); err != nil {
		return l, err
	}
	var open int
	if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM ending_person WHERE ending = $1 AND state = 'objected'`, l.ID).Scan(&open); err != nil {
		return l, fmt.Errorf("ending: sign: %w", err)
	}
	if open > 0 {
		return l, ErrObjections
	}
	hash, err := Now(ctx, tx, l.ID)
	if err != nil {
		return l, err
	}
	if hash != seen {
		return l, ErrChanged
	}
	n, err := tx.Exec(ctx, `UPDATE ending_person SET state = 'void', settled_at = $1, settled_by = $2, second = $3 WHERE ending = $4 AND state = 'listed'`, w.At, w.By, w.Second, l.ID)
	switch {
	case err != nil:
		return l, fmt.Errorf("ending: sign: %w", err)
	case n == 0:
		return l, ErrNobody
	}
	// Who pays, or is given time, at this moment writes the same rows: the later of the
	// two is done again, and sees what the other did. Each only reads what the other
	// writes else, and PostgreSQL would let both stand.
	if _, err := tx.Exec(ctx, `UPDATE payment_order SET state = state WHERE application IN (SELECT application FROM ending_person WHERE ending = $1 AND state = 'void')`, l.ID); err != nil {
		return l, fmt.Errorf("ending: sign: %w", err)
	}
	l.State, l.SignedAt, l.SignedBy, l.Second, l.SignedHash, l.Voided = Signed, w.At, w.By, w.Second, hash, int(n)
	return l, changed(tx.Exec(ctx, `UPDATE ending SET state = 'signed', signed_at = $1, signed_by = $2, second = $3, signed_hash = $4, voided = $5 WHERE id = $6 AND state = 'told'`, w.At, w.By, w.Second, hash, n, l.ID))
}

// Restore takes the void of one person back. ErrState, ErrText.
func Restore(ctx context.Context, tx *db.Tx, l List, application, why string, w Who) error {
	if err := CheckText(why); err != nil {
		return err
	}
	return changed(tx.Exec(ctx, `UPDATE ending_person SET state = 'restored', cause = '', note = $1, settled_at = $2, settled_by = $3, second = $4 WHERE ending = $5 AND application = $6 AND state = 'void'`,
		tidy(why), w.At, w.By, w.Second, l.ID, application))
}

// Reverse takes a signed list back whole. ErrState, ErrText.
func Reverse(ctx context.Context, tx *db.Tx, l List, why string, w Who) (int, error) {
	if err := CheckText(why); err != nil {
		return 0, err
	}
	if err := changed(tx.Exec(ctx, `UPDATE ending SET state = 'reversed', ended_at = $1, ended_by = $2, ended_second = $3, ended_why = $4 WHERE id = $5 AND state = 'signed'`, w.At, w.By, w.Second, tidy(why), l.ID)); err != nil {
		return 0, err
	}
	n, err := tx.Exec(ctx, `UPDATE ending_person SET state = 'restored', cause = '', settled_at = $1, settled_by = $2, second = $3 WHERE ending = $4 AND state = 'void'`, w.At, w.By, w.Second, l.ID)
	if err != nil {
		return 0, fmt.Errorf("ending: reverse: %w", err)
	}
	return int(n), nil
}

// Lift takes the void of an application back by itself, when a record that was sealed
// in time has come. lifted is false when she was not void.
func Lift(ctx context.Context, tx *db.Tx, application string, at int64) (lifted bool, err error) {
	n, err := tx.Exec(ctx, `UPDATE ending_person SET state = 'restored', cause = $1, settled_at = $2, settled_by = '', second = '' WHERE application = $3 AND state = 'void' AND why = 'unconfirmed'`, ByRecord, at, application)
	if err != nil {
		return false, fmt.Errorf("ending: lift: %w", err)
	}
	return n > 0, nil
}

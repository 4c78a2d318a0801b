package journal

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"

	"zhunkao/hub/db"
)

// ErrNoEntry says that no entry has this number.
var ErrNoEntry = errors.New("journal: no such entry")

// farthest bounds how many entries a proof reckons through: checkpoints are
// signed each second, so the next one is near.
const farthest = 20_000

// Proof is what one entry is held against.
type Proof struct {
	Entry    Sealed
	Content  Hash // SHA-256 of the entry as it was written
	Before   Hash // chain hash of the entry before it; zero for the first
	Sealed   bool // the hub's keyed hash of this entry, at this place, holds
	Columns  bool // what it is found by says what it says
	Linked   bool // its chain hash follows from the one before and its content
	Between  int  // entries reckoned through to the checkpoint
	Signed   Checkpoint
	Verified bool // the reckoning ends in the hash that was signed
	Waiting  bool // no checkpoint has come yet, or it is too far: that proves nothing either way
}

// Holds reports whether nothing speaks against the entry.
func (p Proof) Holds() bool { return p.Sealed && p.Columns && p.Linked && (p.Verified || p.Waiting) }

// Prove reckons an entry's chain hash from its content, and from there, entry by
// entry, to the first checkpoint that was signed over it. ErrNoEntry.
func Prove(ctx context.Context, tx *db.Tx, database string, k Keys, number uint64) (Proof, error) {
	entry, err := list(ctx, tx, `number = $1`, int64(number))
	if err != nil {
		return Proof{}, err
	}
	if len(entry) != 1 {
		return Proof{}, ErrNoEntry
	}
	p := Proof{Entry: entry[0]}
	next, err := checkpointFrom(ctx, tx, database, k, number)
	if err != nil {
		return p, err
	}
	p.Signed = next
	p.Waiting = next.Number == 0 || next.Number-number > farthest
	to := next.Number
	if p.Waiting {
		to = number
	}
	var chain []byte
	if number > 1 {
		err := tx.QueryRow(ctx, `SELECT chain FROM journal_entry WHERE number = $1`, int64(number-1)).Scan(&chain)
		if err != nil && !errors.Is(err, db.ErrNoRows) {
			return p, fmt.Errorf("journal: prove: %w", err)
		}
	}
	copy(p.Before[:], chain)
	filled, err := tx.Meta(ctx, metaFilled)
	if err != nil {
		return p, err
	}
	at, expected := p.Before, number
	err = tx.Each(ctx, `SELECT number, id, body, chain, seal, at, act, subject_kind, subject_id, point, division, staff FROM journal_entry
		WHERE number >= $1 AND number <= $2 ORDER BY number`, []any{int64(number), int64(to)}, func(scan func(...any) error) error {
		var r row
		var n int64
		if err := scan(&n, &r.id, &r.body, &r.chain, &r.seal, &r.at, &r.act, &r.kind, &r.subject, &r.point, &r.division, &r.staff); err != nil {
			return err
		}
		r.number, r.filled = uint64(n), filled != ""
		content := sha256.Sum256(r.body)
		if r.number == expected { // else one is missing, and nothing follows from here
			at = link(at, r.number, content)
			expected++
		}
		if r.number == number {
			p.Content, p.Sealed, p.Columns, p.Linked = content, r.sealedAt(k, number), r.columnsAgree(), bytes.Equal(at[:], r.chain)
		} else {
			p.Between++
		}
		return nil
	})
	if err != nil {
		return p, fmt.Errorf("journal: prove: %w", err)
	}
	p.Verified = !p.Waiting && expected == next.Number+1 && at == next.Hash
	return p, nil
}

// checkpointFrom gives the first checkpoint at or above a number that bears the
// hub's signature, the zero value if there is none.
func checkpointFrom(ctx context.Context, tx *db.Tx, database string, k Keys, number uint64) (Checkpoint, error) {
	var found Checkpoint
	err := tx.Each(ctx, `SELECT line FROM journal_checkpoint WHERE number >= $1 ORDER BY number LIMIT 8`, []any{int64(number)}, func(scan func(...any) error) error {
		var line string
		if err := scan(&line); err != nil {
			return err
		}
		if c, err := openLine(k, database, line); err == nil && found.Number == 0 {
			found = c
		}
		return nil
	})
	if err != nil {
		return Checkpoint{}, fmt.Errorf("journal: checkpoint: %w", err)
	}
	return found, nil
}

package journal

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"zhunkao/hub/db"
)

// ErrCheckpoint says that the newest checkpoint in the database does not bear
// the hub's signature, or that the entry it pins is gone or another: run
// hubctl journal verify, which names what was changed.
var ErrCheckpoint = errors.New("journal: the newest checkpoint does not hold")

// CheckLatest gives the newest checkpoint after checking its signature and the
// entry it pins; the zero value when there is none yet. It is cheap enough for
// every page, and is no Verify: older entries and the file are not looked at.
// Error: ErrCheckpoint, with the checkpoint as far as it can be read.
func CheckLatest(ctx context.Context, tx *db.Tx, database string, k Keys) (Checkpoint, error) {
	var line string
	err := tx.QueryRow(ctx, `SELECT line FROM journal_checkpoint ORDER BY number DESC LIMIT 1`).Scan(&line)
	if errors.Is(err, db.ErrNoRows) {
		return Checkpoint{}, nil
	}
	if err != nil {
		return Checkpoint{}, fmt.Errorf("journal: latest checkpoint: %w", err)
	}
	c, err := openLine(k, database, line)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("%w: signature", ErrCheckpoint)
	}
	var chain []byte
	err = tx.QueryRow(ctx, `SELECT chain FROM journal_entry WHERE number = $1`, int64(c.Number)).Scan(&chain)
	if err != nil && !errors.Is(err, db.ErrNoRows) {
		return c, fmt.Errorf("journal: entry %d: %w", c.Number, err)
	}
	if err != nil || !bytes.Equal(chain, c.Hash[:]) {
		return c, fmt.Errorf("%w: entry %d", ErrCheckpoint, c.Number)
	}
	return c, nil
}

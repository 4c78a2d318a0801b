package intake

import (
	"context"
	"errors"
	"fmt"

	"zhunkao/hub/db"
	"zhunkao/hub/fleet"
	"zhunkao/hub/flow"
	"zhunkao/protocol"
)

// The refusals of Retire.
var (
	// ErrNoRetirement: not the last word of a box of this hub, of its present epoch.
	ErrNoRetirement = errors.New("intake: this is not the last word of one of our boxes")
	// ErrMissing: the box sealed records that are not here.
	ErrMissing = errors.New("intake: the box sealed records that are not here")
)

// MaxRetirement bounds a Retirement, signed, in bytes.
const MaxRetirement = 4 << 10

// Retire takes a box's last word (退役): it is the box's own, and every record
// that the box ever sealed is here, to the same end of the same chain; of epochs that
// ended, because its disk died perhaps, all that the hub knows to have been sealed.
// Then its identity is shut out for good. It gives the box's id. Errors: ErrNoRetirement;
// ErrMissing, with how many are missing; fleet.ErrState.
func (in *Intake) Retire(ctx context.Context, raw []byte, by flow.By) (string, error) {
	s, err := protocol.ParseStatement(protocol.KindRetirement, raw)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrNoRetirement, err)
	}
	var word protocol.Retirement
	if err := protocol.Decode(s.Payload, &word); err != nil {
		return "", fmt.Errorf("%w: %w", ErrNoRetirement, err)
	}
	id := string(word.Box)
	b, ok := in.opts.Fleet.Box(id)
	key, _, known := in.opts.Fleet.Key(id)
	if !ok || !known || b.Epoch != word.Epoch || s.Verify(key) != nil {
		return "", ErrNoRetirement
	}
	err = in.opts.DB.Write(ctx, func(tx *db.Tx) error {
		missing, err := lacks(ctx, tx, id, word)
		if err != nil {
			return err
		}
		before, err := lacksBefore(ctx, tx, id, word.Epoch)
		if err != nil {
			return err
		}
		if missing+before > 0 {
			return fmt.Errorf("%w: %d of %d, and %d of earlier epochs", ErrMissing, missing, word.Head, before)
		}
		return in.opts.Flow.Revoke(ctx, tx, id, fleet.Retired, by)
	})
	return id, err
}

// lacks counts the records up to a box's last word that are not here, and the
// last if it is another.
func lacks(ctx context.Context, tx *db.Tx, id string, word protocol.Retirement) (uint64, error) {
	var held, same uint64
	err := tx.QueryRow(ctx, `SELECT COUNT(*), COALESCE(SUM(CASE WHEN seq = $3 AND hash = $4 THEN 1 ELSE 0 END), 0)
		FROM envelope WHERE chained AND box = $1 AND epoch = $2 AND seq <= $3`,
		id, int64(word.Epoch), int64(word.Head), word.HeadHash.String()).Scan(&held, &same)
	switch {
	case err != nil:
		return 0, fmt.Errorf("intake: retire: %w", err)
	case word.Head == 0:
		return 0, nil
	case held < word.Head:
		return word.Head - held, nil
	case same == 0:
		return 1, nil
	}
	return 0, nil
}

// lacksBefore counts the records of a box's ended epochs that are not here: below the
// highest that is, or that the box said it had sealed.
func lacksBefore(ctx context.Context, tx *db.Tx, id string, epoch uint32) (missing uint64, err error) {
	err = tx.Each(ctx, `SELECT e.head, COUNT(v.seq), COALESCE(MAX(v.seq), 0) FROM box_epoch e
		LEFT JOIN envelope v ON v.box = e.box AND v.epoch = e.epoch AND v.chained
		WHERE e.box = $1 AND e.epoch < $2 GROUP BY e.epoch, e.head`, []any{id, int64(epoch)}, func(row func(...any) error) error {
		var head, here, last uint64
		err := row(&head, &here, &last)
		missing += max(head, last, here) - here
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("intake: retire: %w", err)
	}
	return missing, nil
}

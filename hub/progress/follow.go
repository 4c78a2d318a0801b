package progress

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"zhunkao/hub/db"
	"zhunkao/hub/journal"
)

// Options of New.
type Options struct {
	DB      *db.DB
	Journal *journal.Sealer // wakes the follower; its head says how far there is to go
	Log     *slog.Logger    // nil discards
}

// Follower keeps the counters up with the journal.
type Follower struct{ o Options }

// New makes a follower; Run starts it.
func New(o Options) (*Follower, error) {
	if o.DB == nil || o.Journal == nil {
		return nil, errors.New("progress: follower needs database and journal")
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Follower{o}, nil
}

// batch is how many entries are counted in one transaction.
const batch = 512

// Run follows the journal until ctx ends. A fault is logged and tried again: pages go on
// showing what is counted and say that it is behind.
func (f *Follower) Run(ctx context.Context) error {
	return journal.Following{DB: f.o.DB, Sealer: f.o.Journal, Log: f.o.Log, Worker: "progress", Again: "counting will be tried again",
		CatchUp: func(ctx context.Context) (bool, error) { return false, CatchUp(ctx, f.o.DB) }}.Run(ctx)
}

// CatchUp counts every sealed entry that has not been counted.
func CatchUp(ctx context.Context, d *db.DB) error {
	for {
		var n int
		// Looked at first: where nothing is new, nothing is written.
		err := d.Read(ctx, func(tx *db.Tx) error {
			at, err := Position(ctx, tx)
			if err != nil {
				return err
			}
			some, err := journal.After(ctx, tx, at, 1)
			n = len(some)
			return err
		})
		if err == nil && n > 0 {
			err = d.Write(ctx, func(tx *db.Tx) (err error) {
				n, err = step(ctx, tx)
				return err
			})
		}
		if err != nil {
			return fmt.Errorf("progress: follow: %w", err)
		}
		if n < batch {
			return nil
		}
	}
}

// step counts the next entries and moves the position, in one transaction. The
// position moves only from where it was read: of two who both think that they
// lead one is turned back.
func step(ctx context.Context, tx *db.Tx) (int, error) {
	at, err := Position(ctx, tx)
	if err != nil {
		return 0, err
	}
	entries, err := journal.After(ctx, tx, at, batch)
	if err != nil || len(entries) == 0 {
		return 0, err
	}
	c, to := counts{}, at
	if err := c.fold(ctx, tx, entries, &to); err != nil {
		return 0, err
	}
	if len(c) == 0 {
		tx.Quietly() // nothing that is counted; the position is kept by nobody
	}
	if err := move(ctx, tx, at, to); err != nil {
		return 0, err
	}
	return len(entries), c.write(ctx, tx)
}

// Position is the chain number up to which the journal has been counted.
func Position(ctx context.Context, tx *db.Tx) (uint64, error) {
	var n int64
	if err := tx.QueryRow(ctx, `SELECT number FROM progress_position WHERE id = 1`).Scan(&n); err != nil {
		return 0, fmt.Errorf("progress: position: %w", err)
	}
	return uint64(n), nil
}

var errOvertaken = errors.New("progress: another hub counts")

func move(ctx context.Context, tx *db.Tx, from, to uint64) error {
	n, err := tx.Exec(ctx, `UPDATE progress_position SET number = $1 WHERE id = 1 AND number = $2`, int64(to), int64(from))
	if err != nil {
		return fmt.Errorf("progress: position: %w", err)
	}
	if n != 1 {
		return errOvertaken
	}
	return nil
}

package db

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// Single runs one statement that changes something, as a transaction of its own, and
// tells how many rows it changed; like one that writes Quietly it moves no number of
// Changes. To PostgreSQL it is one turn, where a Write of one statement waits for its
// commit in another; on SQLite it stands in the line of the writers.
//
// What became of a statement whose connection broke nobody knows, and it is run
// again: it must be one that changes nothing when it has run before. After an error
// it may stand.
func (d *DB) Single(ctx context.Context, text string, args ...any) (changed int64, err error) {
	if d.kind == SQLite || d.write == nil {
		err = d.Write(ctx, func(tx *Tx) (err error) {
			tx.Quietly()
			changed, err = tx.Exec(ctx, text, args...)
			return err
		})
		return changed, err
	}
	defer d.meters.wrote(time.Now(), &err)
	asked(ctx, 1, 1)
	err = d.patiently(ctx, func(bool) (err error) {
		changed, err = d.single(ctx, text, args)
		return err
	})
	return changed, err
}

func (d *DB) single(ctx context.Context, text string, args []any) (int64, error) {
	s := &spoken{d: d, pool: d.write}
	defer s.give()
	var tag pgconn.CommandTag
	err := d.onLiving(ctx, func() error {
		s.give()
		if err := s.take(ctx); err != nil {
			return err
		}
		var err error
		tag, err = s.conn.pgx().Exec(ctx, text, args...)
		return err
	})
	d.meters.committed(1)
	return tag.RowsAffected(), err
}

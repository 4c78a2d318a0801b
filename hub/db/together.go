package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
)

// Question is one of several that are asked together. It changes nothing.
type Question struct {
	Text string
	Args []any
	// Row is called with every row of the answer, in their order; an error from it
	// ends the asking. What it scans is its own.
	Row func(scan func(...any) error) error
}

// Ask asks it alone.
func (q Question) Ask(ctx context.Context, tx *Tx) error {
	return tx.Each(ctx, q.Text, q.Args, q.Row)
}

// Together asks short questions (see Brief), none of which needs the answer to
// another, on one snapshot, and gives their answers in turn. To PostgreSQL all of
// them go in one turn: a page of five questions waited for the server five times and
// more, and that took longer than to draw it.
func (d *DB) Together(ctx context.Context, questions ...Question) error {
	if d.kind == SQLite {
		return d.Brief(ctx, func(tx *Tx) error {
			for _, q := range questions {
				if err := q.Ask(ctx, tx); err != nil {
					return err
				}
			}
			return nil
		})
	}
	defer d.meters.did(time.Now())
	asked(ctx, int64(len(questions)), 1)
	return ended(ctx, d.pipelined(ctx, questions))
}

// Together asks several questions in this transaction, none of which needs the
// answer to another: on PostgreSQL in one turn. What their rows are given is for
// them alone: after an error they may have been asked in part.
func (t *Tx) Together(ctx context.Context, questions ...Question) error {
	if t.pg == nil {
		for _, q := range questions {
			if err := q.Ask(ctx, t); err != nil {
				return err
			}
		}
		return nil
	}
	asked(ctx, int64(len(questions)), 1)
	return t.pg.together(ctx, questions)
}

func (s *spoken) together(ctx context.Context, questions []Question) error {
	if s.over {
		return sql.ErrTxDone
	}
	a := answers{}
	if s.open() {
		err := a.read(ctx, s.conn.pgx(), "", questions, "")
		return errors.Join(a.refused, err)
	}
	err := s.first(ctx, func(c *pgx.Conn) error {
		err := a.read(ctx, c, s.begin, slices.Concat(s.ahead, questions), "")
		if a.begun { // who asks again would give the same rows twice
			a.broken, err = err, nil
		}
		return err
	})
	s.lost = errors.Join(a.refused, a.broken, err) // that of what was asked ahead, too
	return s.lost
}

// pipelined sends the questions, with the transaction around them, before the
// first answer is read.
func (d *DB) pipelined(ctx context.Context, questions []Question) error {
	a := answers{}
	err := d.onLiving(ctx, func() error {
		conn, err := d.read.Conn(ctx)
		if err != nil {
			return fmt.Errorf("db: %w", err)
		}
		defer func() { _ = conn.Close() }() // gives it back to the pool; nobody takes one whose transaction is open
		c, err := pgConnOf(conn)
		if err != nil {
			return err
		}
		err = a.read(ctx, c.pgx(), beginReading, questions, "commit")
		if a.begun { // who asks again would give the same rows twice
			a.broken, err = err, nil
		}
		return err
	})
	return errors.Join(a.refused, a.broken, err)
}

// answers is how far the answers to several questions have come.
type answers struct {
	begun   bool  // a row was given
	refused error // by the function of a row: nothing is wrong with the connection
	broken  error // what came after a row was given
}

// read sends the questions in one turn, behind a statement and before another, if
// there are any.
func (a *answers) read(ctx context.Context, c *pgx.Conn, before string, questions []Question, after string) error {
	var all pgx.Batch
	if before != "" {
		all.Queue(before)
	}
	for _, q := range questions {
		all.Queue(q.Text, q.Args...).Query(func(rows pgx.Rows) error {
			for a.refused == nil && rows.Next() {
				a.begun = true
				a.refused = q.Row(rows.Scan)
			}
			return nil
		})
	}
	if after != "" {
		all.Queue(after)
	}
	return c.SendBatch(ctx, &all).Close()
}

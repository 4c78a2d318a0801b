package db

import (
	"context"
	"sync/atomic"
)

// Count is how much was asked of a database under a context.
type Count struct {
	Questions atomic.Int64 // statements, but those that open and close a transaction
	// Turns are the waits for an answer, as PostgreSQL makes them: one for a
	// statement, which opens the transaction and brings what is asked ahead, one
	// for all that is asked Together, and one for a commit. On SQLite each that is
	// asked Together has its own.
	Turns atomic.Int64
}

// countKey is under what a context holds a Count.
type countKey struct{}

// Counted is ctx with what is asked under it counted into c: for tests that hold
// how often a page asks.
func Counted(ctx context.Context, c *Count) context.Context {
	return context.WithValue(ctx, countKey{}, c)
}

func asked(ctx context.Context, statements, turns int64) {
	if c, ok := ctx.Value(countKey{}).(*Count); ok {
		c.Questions.Add(statements)
		c.Turns.Add(turns)
	}
}

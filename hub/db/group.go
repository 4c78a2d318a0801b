package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// Bounds of a group: how many share one commit; and how long it takes in more,
// as a multiple of what the last commit took, so that syncing is a small part of
// the writer's time on a slow disk as on a fast one, within limits of what the
// first of them may be made to wait.
const (
	groupMost   = 64
	groupTimes  = 4
	groupAtMost = 20 * time.Millisecond
	groupAtMin  = time.Millisecond
)

// errTogether says that a transaction that several shared came to nothing: each
// is run again, alone, so that none pays for another.
var errTogether = errors.New("db: a shared transaction was undone")

// errPanicked is what became of one whose function never returned.
var errPanicked = errors.New("db: the function did not return")

// The work of one of a group stands in a savepoint.
const (
	textSavepoint = "SAVEPOINT one"
	textRelease   = "RELEASE one"
	textUndo      = "ROLLBACK TO one; " + textRelease
)

// line is the line of SQLite's writers. Whoever has the turn is the only one
// that uses the writing connection.
type line struct {
	mu      sync.Mutex // guards the rest
	taken   bool       // somebody has the turn
	waiting []*turn    // in the order they came
	took    time.Duration
	waited  time.Duration // all waits together
	waits   int64
}

// turn is one that waits. It is given the turn with the open transaction that
// it goes on with, or with nil.
type turn struct {
	given chan *group // holds one
	alone bool
}

// group is a transaction and those who share it.
type group struct {
	tx    *sql.Tx
	free  context.CancelFunc
	began time.Time
	size  int // who ran in it
	good  int // whose work stands in it
	moves int // of those, who move the number of Changes
	alone bool
	lost  error // the transaction can not be committed any more

	done chan struct{} // closed when what became of it is known
	err  error         // then: what
}

// enter waits for the turn.
func (l *line) enter(ctx context.Context, alone bool) (*group, error) {
	l.mu.Lock()
	if !l.taken {
		l.taken = true
		l.mu.Unlock()
		return nil, nil
	}
	t := &turn{given: make(chan *group, 1), alone: alone}
	l.waiting = append(l.waiting, t)
	l.mu.Unlock()
	began := time.Now()
	defer func() {
		l.mu.Lock()
		l.waited, l.waits = l.waited+time.Since(began), l.waits+1
		l.mu.Unlock()
	}()
	select {
	case g := <-t.given:
		return g, nil
	case <-ctx.Done():
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if i := slices.Index(l.waiting, t); i >= 0 {
		l.waiting = slices.Delete(l.waiting, i, i+1)
		return nil, ctx.Err()
	}
	return <-t.given, nil // it was given already, and whoever has it hands it on
}

// next gives the turn to the first that waits. An open group it gets only if it
// may go on: handed is false when nobody takes it, and the turn stays.
func (l *line) next(g *group) (handed bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.waiting) == 0 {
		l.taken = g != nil
		return g == nil
	}
	t := l.waiting[0]
	if g != nil && (g.lost != nil || g.alone || t.alone || g.size >= groupMost || time.Since(g.began) >= l.patience()) {
		return false
	}
	l.waiting = l.waiting[1:]
	t.given <- g
	return true
}

// patience is how long a group takes in more.
func (l *line) patience() time.Duration {
	return min(max(groupTimes*l.took, groupAtMin), groupAtMost)
}

// stats adds the waits in the line to what the pool of one connection says.
func (l *line) stats(s sql.DBStats) sql.DBStats {
	l.mu.Lock()
	defer l.mu.Unlock()
	s.WaitCount += l.waits
	s.WaitDuration += l.waited
	return s
}

// inLine runs f in its turn, in the transaction of those before it or in one of
// its own, and returns when that is committed. errTogether: run it again, alone.
func (d *DB) inLine(ctx context.Context, f func(*Tx) error, alone bool) error {
	g, err := d.line.enter(ctx, alone)
	if err != nil {
		return err
	}
	if g == nil {
		if g, err = d.open(ctx, alone); err != nil {
			d.line.next(nil)
			return fmt.Errorf("db: begin: %w", err)
		}
	}
	t := d.in(g.tx)
	err = d.member(ctx, g, t, f)
	<-g.done
	switch {
	case g.err == nil && err == nil:
		for _, h := range t.after {
			h()
		}
		return nil
	case g.err == nil:
		return err
	case g.size == 1, errors.Is(g.err, ErrUnknownOutcome):
		return g.err
	}
	return errTogether
}

// open begins a transaction that does not end with ctx: others may share it.
func (d *DB) open(ctx context.Context, alone bool) (*group, error) {
	own, free := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, free) // while it waits for another process
	tx, err := d.write.BeginTx(own, nil)
	if !stop() {
		err = ctx.Err()
		if tx != nil {
			_ = tx.Rollback() // it is on its way already
		}
	}
	if err != nil {
		free()
		return nil, err
	}
	return &group{tx: tx, free: free, began: time.Now(), alone: alone, done: make(chan struct{})}, nil
}

// member runs f as one of the group, then hands the turn on, also when f
// panics. What f did stands in the transaction, or nothing of it.
func (d *DB) member(ctx context.Context, g *group, t *Tx, f func(*Tx) error) error {
	g.size++
	inner := context.WithoutCancel(ctx)
	if g.size > 1 {
		if _, g.lost = g.tx.ExecContext(inner, textSavepoint); g.lost != nil {
			d.handOn(g)
			return nil // see inLine: the group's outcome counts
		}
	}
	result := errPanicked
	defer func() {
		t.tx = d.ended
		g.settle(inner, t, result)
		d.handOn(g)
	}()
	err := ctx.Err()
	if err == nil {
		err = f(t)
	}
	if err == nil {
		err = ctx.Err()
	}
	result = err
	return err
}

// settle keeps what one did, or takes it back.
func (g *group) settle(ctx context.Context, t *Tx, err error) {
	script := textRelease
	if err == nil && t.moves() {
		g.moves++
	}
	switch {
	case err == nil && g.size == 1:
		g.good++
		return
	case err == nil:
		g.good++
	case g.size == 1:
		return // handOn rolls it back whole
	default:
		script = textUndo
	}
	// It fails where SQLite has rolled back everything by itself: the disk is
	// full, or does not answer.
	_, g.lost = g.tx.ExecContext(ctx, script)
}

// handOn gives the turn, and with it the group if it may go on, to who waits;
// else it ends the group first.
func (d *DB) handOn(g *group) {
	if g.good > 0 && d.line.next(g) {
		return
	}
	g.err = d.close(g)
	g.free()
	close(g.done)
	d.line.next(nil)
}

// close commits a group, or rolls back one of which nothing is to stand.
func (d *DB) close(g *group) error {
	if g.lost != nil || g.good == 0 {
		_ = g.tx.Rollback() // the reason is on its way already
		if g.lost != nil {
			return fmt.Errorf("db: %w", g.lost)
		}
		return nil
	}
	began := time.Now()
	err := g.tx.Commit()
	d.changes.Add(uint64(g.moves)) // also when its outcome is not known
	d.meters.committed(g.good)
	d.line.mu.Lock()
	d.line.took = time.Since(began)
	d.line.mu.Unlock()
	if err == nil {
		return nil
	}
	if brokenConnection(err) {
		return fmt.Errorf("%w: %w", ErrUnknownOutcome, err)
	}
	return fmt.Errorf("db: commit: %w", err)
}

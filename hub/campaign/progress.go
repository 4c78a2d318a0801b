package campaign

import (
	"context"
	"errors"
	"fmt"
	"time"

	"zhunkao/hub/db"
)

// ErrStopped says that somebody asked a rehearsal to stop, and it did.
var ErrStopped = errors.New("campaign: the rehearsal was stopped")

const (
	// pace is how often a walk says how far it is, and looks whether it is to stop.
	pace = 500 * time.Millisecond
	// silence is after how long without a word a walk is taken for cut off.
	silence = 30 * time.Second
)

// Progress is how far a rehearsal under way is.
type Progress struct {
	Done, Of int64
	Stopping bool // somebody asked it to stop
	CutOff   bool // nobody has heard of it for a while: its hub has gone
}

// Share is what part is done, in per cent.
func (p Progress) Share() int {
	if p.Of <= 0 {
		return 0
	}
	return int(min(100, p.Done*100/p.Of))
}

// RunningNow returns the rehearsal that is under way, on whichever hub, and how
// far it is at the real time now. ErrNoRehearsal when none is.
func RunningNow(ctx context.Context, tx *db.Tx, now time.Time) (Rehearsal, Progress, error) {
	r, err := oneRehearsal(ctx, tx, `state = $1 ORDER BY id DESC LIMIT 1`, string(Running))
	if err != nil {
		return Rehearsal{}, Progress{}, err
	}
	var p Progress
	var beat int64
	err = tx.QueryRow(ctx, `SELECT done, total, stop, beat FROM campaign_progress WHERE rehearsal = $1`, r.ID).Scan(&p.Done, &p.Of, &p.Stopping, &beat)
	if err != nil && !errors.Is(err, db.ErrNoRows) {
		return r, p, fmt.Errorf("campaign: rehearsal %s: %w", r.ID, err)
	}
	p.CutOff = now.Sub(time.UnixMilli(beat)) > silence
	return r, p, nil
}

// AskToStop asks a rehearsal that is under way, on whichever hub, to stop. It
// does so within a second. ErrNoRehearsal when it is not under way.
func AskToStop(ctx context.Context, tx *db.Tx, rehearsal string) error {
	n, err := tx.Exec(ctx, `UPDATE campaign_progress SET stop = TRUE WHERE rehearsal = $1
		AND EXISTS (SELECT 1 FROM campaign_rehearsal WHERE id = $1 AND state = $2)`, rehearsal, string(Running))
	if err != nil {
		return fmt.Errorf("campaign: rehearsal %s: %w", rehearsal, err)
	}
	if n == 0 {
		return ErrNoRehearsal
	}
	return nil
}

// say writes how far the walk is, not more often than its pace, and looks
// whether it is to stop. ErrStopped.
func (w *Walk) say(ctx context.Context, done, of int64) error {
	if time.Since(w.said) < pace {
		return nil
	}
	w.said = time.Now()
	var stop bool
	err := w.db.Write(ctx, func(tx *db.Tx) error {
		return tx.QueryRow(ctx, `UPDATE campaign_progress SET done = $1, total = $2, beat = $3 WHERE rehearsal = $4 RETURNING stop`,
			done, of, time.Now().UnixMilli(), w.ID).Scan(&stop)
	})
	switch {
	case err != nil:
		return fmt.Errorf("campaign: rehearsal %s: %w", w.ID, err)
	case stop:
		return ErrStopped
	}
	return nil
}

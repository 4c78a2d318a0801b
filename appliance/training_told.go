package appliance

import (
	"errors"
	"fmt"
	"slices"

	"zhunkao/appliance/drill"
	"zhunkao/appliance/store"
	"zhunkao/protocol"
)

// untold is what was done in a training and is not sealed yet.
type untold struct {
	done    []drill.Done
	told    map[string]bool // account → sealed
	telling bool
}

// tellTraining seals who did which exercises, when the real store is open again.
// Where the disk is full, or no rules have come yet, the box goes on without: it
// says so at the desk, and tries again while it looks around. A power cut before
// that forgets them. Errors: ErrBroken, and our own mistakes.
func (l *loop) tellTraining(done []drill.Done) error {
	if len(done) == 0 {
		return nil
	}
	l.exercises = untold{done: done, told: map[string]bool{}}
	return l.exercisesLeft(l.sealTraining(l.exercises))
}

// exercisesLeft takes what became of sealing them.
func (l *loop) exercisesLeft(err error) error {
	if err == nil {
		l.exercises = untold{}
	}
	left := slices.DeleteFunc(slices.Clone(l.exercises.done), func(d drill.Done) bool { return l.exercises.told[d.Account] })
	l.unsealed.Store(int64(len(left)))
	if errors.Is(err, store.ErrFull) || errors.Is(err, store.ErrNotFound) {
		l.log.Warn("exercises are not sealed yet; the box tries again", "err", err)
		return nil
	}
	return err
}

// tellAgain tries once more to seal what was done in a training, beside the loop.
func (l *loop) tellAgain() {
	if x := &l.exercises; len(x.done) == 0 || x.telling || l.running == nil {
		return
	}
	l.exercises.telling = true
	x := l.exercises
	l.keeping.Go(func() {
		err := l.takeTurn(l.running)
		if err == nil {
			err = l.sealTraining(x)
			l.giveTurn()
		}
		_ = l.within(l.running, func() { // at the box's end nobody asks
			l.exercises.telling = false
			if err := l.exercisesLeft(err); err != nil && !errors.Is(err, store.ErrBroken) { // which the loop knows
				l.log.Error("exercises cannot be sealed", "err", err)
				l.exercises = untold{}
				l.unsealed.Store(0)
			}
			if l.desk != nil {
				l.desk.Changed()
			}
		})
	})
}

// sealTraining seals what is not sealed yet. The caller has the turn, or is alone.
func (l *loop) sealTraining(x untold) error {
	by := map[string][]protocol.Exercise{}
	for _, d := range x.done {
		by[d.Account] = append(by[d.Account], protocol.Exercise{Key: d.Key, At: protocol.TimeOf(d.At)})
	}
	c, err := l.store.Campaign()
	if err != nil {
		return fmt.Errorf("appliance: training: %w", err)
	}
	for account, all := range by {
		if x.told[account] {
			continue
		}
		body := protocol.Training{Point: c.Point.Code, Account: account, Exercises: all, Blobs: []protocol.BlobRef{}}
		rec, err := l.store.SealAct(l.act(store.Act{Kind: protocol.RecordTraining, Body: body, Blobs: body.Blobs, Campaign: c.ID, Version: c.Version}, l.clock.Now()))
		if err != nil {
			return fmt.Errorf("appliance: training: %w", err)
		}
		x.told[account] = true
		l.log.Info("exercises are sealed", "record", rec.Manifest.ID.String(), "sequence", rec.Manifest.Sequence, "account", account)
	}
	l.link.Kick()
	return nil
}

package idcard

import (
	"context"
	"time"
)

// The last step of the ladder (vendors' notes; there is no document of it): a
// module that answers at no speed, and to no reset, powerAfter times in a row is
// switched off and on, once. If that does not help, or not for long, it is done
// again after a pause that doubles: a device that is worn out or not a reader at
// all is not to be switched for ever.
const (
	powerAfter = 3
	firstPower = 10 * time.Minute
	lastPower  = 4 * time.Hour
)

// ladder counts what leads to the last step.
type ladder struct {
	first time.Duration // the first pause between two switchings
	dead  int           // connections in a row on which nothing sound was heard
	pause time.Duration
	next  time.Time // not before
}

// died notes such a connection and reports whether the device is to be switched
// now.
func (l *ladder) died(now time.Time) bool {
	l.dead++
	if l.dead < powerAfter || now.Before(l.next) {
		return false
	}
	l.dead = 0
	l.pause = min(max(2*l.pause, l.first), lastPower)
	l.next = now.Add(l.pause)
	return true
}

// lives notes that the module answers. One that has worked for as long as the
// last pause is as good as new.
func (l *ladder) lives(now time.Time) {
	l.dead = 0
	if now.After(l.next) {
		l.pause, l.next = 0, time.Time{}
	}
}

// climb takes the last step when it is due. It reports whether the device was
// switched.
func (r *Reader) climb(ctx context.Context, err error, worked bool) bool {
	if r.opt.PowerCycle == nil {
		return false
	}
	if worked {
		r.ladder.lives(time.Now())
		return false
	}
	if !broken(err) || !r.ladder.died(time.Now()) {
		return false
	}
	if err := r.opt.PowerCycle(ctx); err != nil {
		r.log.Warn("ID reader could not be switched off and on", "err", err, "again_in", r.ladder.pause.String())
		return false
	}
	r.log.Warn("ID reader was silent at every speed and was switched off and on", "again_in", r.ladder.pause.String())
	return true
}

package staff

import (
	"errors"
	"sync/atomic"
)

// counts are how attempts to sign in ended, since the start of the hub.
type counts struct{ entered, refused, slowed, failed atomic.Uint64 }

func (k *counts) note(err error) {
	switch {
	case err == nil:
		k.entered.Add(1)
	case errors.Is(err, ErrSlow):
		k.slowed.Add(1)
	case errors.Is(err, ErrRefused):
		k.refused.Add(1)
	default:
		k.failed.Add(1)
	}
}

// Counts is a reading of how attempts to sign in ended.
type Counts struct{ Entered, Refused, Slowed, Failed uint64 }

// Counts takes a reading.
func (d *Desk) Counts() Counts {
	return Counts{d.counts.entered.Load(), d.counts.refused.Load(), d.counts.slowed.Load(), d.counts.failed.Load()}
}

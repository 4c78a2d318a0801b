package applicant

import (
	"context"
	"hash/maphash"
)

// lanes let those behind one address count their attempts one after another. All of
// them write the count of that address: of several at once PostgreSQL lets one
// commit, and has the others begin again after a pause. Which hub an attempt comes
// to does not matter, for there the database decides as before.
type lanes struct {
	seed maphash.Seed
	all  [64]chan struct{} // each holds one: who is in it
}

func newLanes() *lanes {
	l := &lanes{seed: maphash.MakeSeed()}
	for i := range l.all {
		l.all[i] = make(chan struct{}, 1)
	}
	return l
}

// in runs f in the lane of an address, which some others share.
func (l *lanes) in(ctx context.Context, source string, f func() error) error {
	lane := l.all[maphash.String(l.seed, source)%uint64(len(l.all))]
	select {
	case lane <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-lane }()
	return f()
}

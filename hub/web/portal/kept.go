package portal

import (
	"context"
	"sync"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/org"
)

// kept remembers what is the same for everybody and asked for with every page,
// such as a point, for as long as it is still so: until
// this hub commits anything but what nobody keeps (db.Tx.Quietly), and never
// longer than freshFor, which bounds how long another hub's change stays unseen.
// Nothing of an applicant is kept.
type kept struct {
	mu      sync.Mutex // guards the rest
	changes uint64     // so much had been changed when all was read,
	since   time.Time  // and then
	all     map[keptKey]any
}

// keptKey names a thing: what it is, and of what.
type keptKey struct{ what, of string }

// mostKept is how many things are held at once: every point of a province.
const mostKept = 1024

// find gives what is kept; changes is the database's number now.
func (k *kept) find(key keptKey, changes uint64) (any, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.changes != changes || time.Since(k.since) >= freshFor {
		return nil, false
	}
	x, ok := k.all[key]
	return x, ok
}

// hold keeps what was read; changes was the database's number, and began the
// time, before anything was.
func (k *kept) hold(key keptKey, x any, changes uint64, began time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	switch {
	case changes < k.changes:
		return // somebody has looked later
	case k.changes != changes, time.Since(k.since) >= freshFor, len(k.all) >= mostKept:
		k.changes, k.since, k.all = changes, began, map[keptKey]any{}
	case began.Before(k.since):
		k.since = began
	}
	k.all[key] = x
}

// keep gives what is kept under a key, or reads it.
func keep[T any](s *server, v *visit, key keptKey, read func() (T, error)) (T, error) {
	if x, ok := s.kept.find(key, s.DB.Changes()); ok {
		return x.(T), nil
	}
	out, err := read()
	if err == nil {
		s.kept.hold(key, out, v.changes, v.began)
	}
	return out, err
}

// pointOf is org.GetPoint of what may be kept.
func (s *server) pointOf(ctx context.Context, tx *db.Tx, v *visit, code string) (org.Point, error) {
	return keep(s, v, keptKey{"point", code}, func() (org.Point, error) { return org.GetPoint(ctx, tx, code) })
}

package web

import (
	"sync"
	"time"

	"zhunkao/hub/db"
)

// kept remembers what pages have read for as long as it is still so: until this
// hub commits anything but that somebody looked, until the journal tells
// of more than searches, by this hub or another, and never longer than freshFor. Nothing of a
// candidate is kept.
type kept struct {
	mu    sync.Mutex // guards the rest
	at    mark
	since time.Time
	all   map[keptKey]any // never changed once here, only replaced
}

// mark is what a page knew of the database before it looked.
type mark struct{ changes, head uint64 }

// keptKey names a thing: what it is, and of what or whom.
type keptKey struct {
	what string
	of   any // comparable
}

// freshFor bounds how long a change stays unseen that another program made
// without a word in the journal; mostKept how many things are held at once.
const (
	freshFor = time.Second
	mostKept = 1024
)

// glance is one page's way to what is kept; the zero value keeps nothing.
type glance struct {
	k     *kept
	at    mark
	began time.Time
}

// glance is taken before the snapshot is opened on which a page reads: what the
// snapshot holds is then at least as new as the mark.
func (s *server) glance() glance {
	return glance{k: &s.kept, began: time.Now(), at: mark{changes: s.DB.Changes(), head: s.Journal.Told()}}
}

func (g glance) find(key keptKey) (any, bool) {
	if g.k == nil {
		return nil, false
	}
	g.k.mu.Lock()
	defer g.k.mu.Unlock()
	if g.k.at != g.at || time.Since(g.k.since) >= freshFor {
		return nil, false
	}
	x, ok := g.k.all[key]
	return x, ok
}

// hold keeps what a page has read.
func (g glance) hold(key keptKey, x any) {
	if g.k == nil {
		return
	}
	g.k.mu.Lock()
	defer g.k.mu.Unlock()
	switch {
	case g.at.changes < g.k.at.changes || g.at.head < g.k.at.head:
		return // another page has looked later
	case g.k.at != g.at, time.Since(g.k.since) >= freshFor, len(g.k.all) >= mostKept:
		g.k.at, g.k.since, g.k.all = g.at, g.began, map[keptKey]any{}
	case g.began.Before(g.k.since):
		g.k.since = g.began
	}
	g.k.all[key] = x
}

// keep gives what is kept under a key, or reads it. A page that changes what it
// gets must copy it first.
func keep[T any](g glance, key keptKey, tx *db.Tx, read func(*db.Tx) (T, error)) (T, error) {
	if x, ok := g.find(key); ok {
		return x.(T), nil
	}
	out, err := read(tx)
	if err == nil {
		g.hold(key, out)
	}
	return out, err
}

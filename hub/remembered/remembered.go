// Package remembered holds sessions as they were when they were last read, so that
// a page can be begun before the database has said whether hers still stands.
//
// It opens nothing, and it is no cache: what is remembered counts for nothing until
// the session was asked for again. Packages staff and applicant say what of a
// session they put here, and ask.
//
// How it fails: it does not. What is forgotten is read.
package remembered

import "sync"

// most bounds how many sessions are held; then all are forgotten, and those that
// are used are soon back.
const most = 4096

// Sessions are some, by the hash of their token. The zero value holds none. It is
// safe for concurrent use.
type Sessions[S any] struct {
	mu  sync.Mutex // guards all
	all map[string]S
}

// Put holds a session as it was read.
func (r *Sessions[S]) Put(hash []byte, s S) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.all == nil || len(r.all) >= most {
		r.all = map[string]S{}
	}
	r.all[string(hash)] = s
}

// Drop forgets one.
func (r *Sessions[S]) Drop(hash []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.all, string(hash))
}

// Get gives one, if it is held.
func (r *Sessions[S]) Get(hash []byte) (S, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s, ok := r.all[string(hash)]
	return s, ok
}

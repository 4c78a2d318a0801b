package staff

import (
	"sync"

	"zhunkao/hub/db"
)

// mostRemembered bounds how many sessions a desk remembers; then all are
// forgotten, and those that are used are soon back.
const mostRemembered = 4096

// remembered are sessions as they were when they were last read, by the hash of
// their token.
type remembered struct {
	mu  sync.Mutex // guards all
	all map[string]Session
}

func (r *remembered) put(hash []byte, s Session) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.all == nil || len(r.all) >= mostRemembered {
		r.all = map[string]Session{}
	}
	r.all[string(hash)] = s
}

func (r *remembered) drop(hash []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.all, string(hash))
}

func (r *remembered) get(hash []byte) (Session, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s, ok := r.all[string(hash)]
	return s, ok
}

// Guess is a session as it was when it was last read. It is there so that a page
// can ask whether it still stands in the same turn as its own question, and not
// in one before it. Until Stands says so it opens nothing: whoever ended it, at
// this hub or at another, has ended it (S6).
type Guess struct {
	Session
	d      *Desk
	hash   []byte
	stands bool
}

// Guess gives what is remembered of the session of a token. ok is false when
// nothing is, and when Session has to note that it is used.
func (d *Desk) Guess(token string) (g *Guess, ok bool) {
	hash := tokenHash(token)
	s, ok := d.remembered.get(hash)
	if !ok || d.o.Real().Sub(s.Seen) >= seenEvery {
		return nil, false
	}
	return &Guess{Session: s, d: d, hash: hash}, true
}

// Question asks whether it stands. It may be asked more than once.
func (g *Guess) Question() db.Question {
	return sessionQuestion(g.hash, func(s Session) {
		s.Account = g.d.aged(s.Account)
		s.Seen = g.Seen // another page may have noted it since
		g.stands = g.d.live(s) && s == g.Session
	})
}

// Stands tells whether the answer was that the session stands, just as it was.
func (g *Guess) Stands() bool { return g.stands }

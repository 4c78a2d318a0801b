package staff

import "zhunkao/hub/db"

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
	s, ok := d.remembered.Get(hash)
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

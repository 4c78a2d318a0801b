package applicant

import (
	"strings"
	"time"

	"zhunkao/hub/db"
	"zhunkao/protocol/identity"
)

// row is a session with its account as they are stored, without the passwords:
// what is remembered of one tells no more than the database does.
type row struct {
	id, profile         string // profile is sealed
	second, mustChange  bool
	passwordAt, created int64
	bound, csrf, source string
	began, seen         int64
	shared, card        bool
}

// sessionQuestion asks for the session of a token, and calls is with it if there is
// one.
func sessionQuestion(hash []byte, is func(row)) db.Question {
	return db.Question{Text: `SELECT a.id, a.profile, a.second <> '', a.must_change, a.password_at, a.created_at, ` + boundLast + `,
			s.csrf, s.source, s.began, s.seen, s.shared, s.card
			FROM applicant_session s JOIN applicant a ON a.id = s.account WHERE s.token = $1`, Args: []any{hash},
		Row: func(scan func(...any) error) error {
			var r row
			var profile []byte
			err := scan(&r.id, &profile, &r.second, &r.mustChange, &r.passwordAt, &r.created, &r.bound,
				&r.csrf, &r.source, &r.began, &r.seen, &r.shared, &r.card)
			if r.profile = string(profile); err == nil {
				is(r)
			}
			return err
		}}
}

// session is the session that a row holds. It may have ended.
func (d *Desk) session(r row) (s Session, err error) {
	s = Session{CSRF: r.csrf, Source: r.source, Card: r.card, Shared: r.shared, Began: time.UnixMilli(r.began), Seen: time.UnixMilli(r.seen),
		Account: Account{ID: r.id, MustChange: r.mustChange, SecondSet: r.second, PasswordAt: r.passwordAt, Created: r.created}}
	s.end()
	a := &s.Account
	a.Campaign, a.Application, _ = strings.Cut(r.bound, " ") // a campaign's id has no space
	p, err := d.unseal(r.id, []byte(r.profile))
	a.Login, a.Phone = p.Login, identity.Phone(p.Phone)
	return s, err
}

// Guess is a session as it was when it was last read. It is there so that a page
// can ask whether it still stands in the same turn as its own question, and not
// in one before it. Until Stands says so it opens nothing: whoever ended it, at
// this hub or at another, has ended it (S6).
type Guess struct {
	Session
	d      *Desk
	hash   []byte
	row    row
	stands bool
}

// Guess gives what is remembered of the session of a token. ok is false when
// nothing is, and when Session has to note that it is used.
func (d *Desk) Guess(token string) (g *Guess, ok bool) {
	hash := tokenHash(token)
	r, ok := d.remembered.Get(hash)
	if !ok {
		return nil, false
	}
	s, err := d.session(r)
	if now := d.o.Real(); err != nil || now.Sub(s.Seen) >= seenEvery || !now.Before(s.Ends) {
		return nil, false
	}
	return &Guess{Session: s, d: d, hash: hash, row: r}, true
}

// Question asks whether it stands. It may be asked more than once.
func (g *Guess) Question() db.Question {
	return sessionQuestion(g.hash, func(r row) {
		r.seen = g.row.seen // another page may have noted it since
		g.stands = r == g.row && g.d.o.Real().Before(g.Ends)
	})
}

// Stands tells whether the answer was that the session stands, just as it was.
func (g *Guess) Stands() bool { return g.stands }

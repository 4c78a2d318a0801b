package staff

import (
	"context"
	"fmt"
	"time"

	"zhunkao/hub/db"
)

// Peek finds the session of a token as Session does, but does not note that it
// was used: a page that brings itself up to date must not keep a desk open that
// nobody sits at (S6). ErrNoSession.
func (d *Desk) Peek(ctx context.Context, token string) (s Session, err error) {
	hash, found := tokenHash(token), false
	err = d.o.DB.Ask(ctx, func(tx *db.Tx) error {
		return sessionQuestion(hash, func(x Session) { s, found = x, true }).Ask(ctx, tx)
	})
	if err != nil {
		return Session{}, fmt.Errorf("staff: session: %w", err)
	}
	s.Account = d.aged(s.Account)
	if !found || !d.live(s) {
		d.remembered.Drop(hash)
		return Session{}, ErrNoSession
	}
	d.remembered.Put(hash, s)
	return s, nil
}

// sessionQuestion asks for the session of a token, and calls is with it if there
// is one.
func sessionQuestion(hash []byte, is func(Session)) db.Question {
	return db.Question{Text: `SELECT ` + accountColumns + `, s.csrf, s.source, s.began, s.seen
			FROM session s JOIN account a ON a.id = s.account JOIN office o ON o.id = a.office WHERE s.token = $1`, Args: []any{hash},
		Row: func(scan func(...any) error) (err error) {
			var s Session
			var began, seen int64
			if s.Account, err = scanAccount(scan, &s.CSRF, &s.Source, &began, &seen); err != nil {
				return err
			}
			s.Began, s.Seen = time.UnixMilli(began), time.UnixMilli(seen)
			is(s)
			return nil
		}}
}

// live tells whether a session lets in now.
func (d *Desk) live(s Session) bool {
	now := d.o.Real()
	return !s.Account.Disabled && now.Sub(s.Began) < AbsoluteLimit && now.Sub(s.Seen) < IdleLimit
}

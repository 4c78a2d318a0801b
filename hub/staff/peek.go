package staff

import (
	"context"
	"errors"
	"fmt"
	"time"

	"zhunkao/hub/db"
)

// Peek finds the session of a token as Session does, but does not note that it
// was used: a page that brings itself up to date must not keep a desk open that
// nobody sits at (S6). ErrNoSession.
func (d *Desk) Peek(ctx context.Context, token string) (Session, error) {
	var s Session
	var began, seen int64
	err := d.o.DB.Ask(ctx, func(tx *db.Tx) (err error) {
		s.Account, err = scanAccount(tx.QueryRow(ctx, `SELECT `+accountColumns+`, s.csrf, s.source, s.began, s.seen
			FROM session s JOIN account a ON a.id = s.account JOIN office o ON o.id = a.office WHERE s.token = $1`, tokenHash(token)).Scan,
			&s.CSRF, &s.Source, &began, &seen)
		return err
	})
	if errors.Is(err, db.ErrNoRows) {
		return Session{}, ErrNoSession
	}
	if err != nil {
		return Session{}, fmt.Errorf("staff: session: %w", err)
	}
	s.Account = d.aged(s.Account)
	s.Began, s.Seen = time.UnixMilli(began), time.UnixMilli(seen)
	now := d.o.Real()
	if s.Account.Disabled || now.Sub(s.Began) >= AbsoluteLimit || now.Sub(s.Seen) >= IdleLimit {
		return Session{}, ErrNoSession
	}
	return s, nil
}

package applicant

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"zhunkao/hub/attempt"
	"zhunkao/hub/db"
	"zhunkao/hub/journal"
)

// Limits of a session (S6). On a computer that others use too nobody may find
// her page open.
const (
	IdleLimit     = 15 * time.Minute
	SharedLimit   = 5 * time.Minute
	AbsoluteLimit = 12 * time.Hour
)

// seenEvery bounds how often the use of a session is written down.
const seenEvery = time.Minute

// Session is an open session.
type Session struct {
	Account Account
	CSRF    string // token that every changing request repeats
	Source  string
	Card    bool      // she came with a sign-in card's number
	Shared  bool      // she said that others use the computer too
	Began   time.Time // real time
	Seen    time.Time // real time, to the minute
	Ends    time.Time // real time: when it ends unless it is used
}

func (s Session) idle() time.Duration {
	if s.Shared {
		return SharedLimit
	}
	return IdleLimit
}

func (s *Session) end() {
	s.Ends = s.Seen.Add(s.idle())
	if last := s.Began.Add(AbsoluteLimit); last.Before(s.Ends) {
		s.Ends = last
	}
}

// Left is how long a session lasts unless it is used.
func (d *Desk) Left(s Session) time.Duration { return s.Ends.Sub(d.o.Real()) }

// beginning is how a session begins.
type beginning struct {
	source       string
	shared, card bool
}

func (d *Desk) begin(ctx context.Context, tx *db.Tx, a Account, b beginning) (string, Session, error) {
	token, now := rand.Text()+rand.Text(), d.o.Real()
	s := Session{Account: a, CSRF: rand.Text(), Source: b.source, Card: b.card, Shared: b.shared, Began: now, Seen: now}
	s.end()
	_, err := tx.Exec(ctx, `INSERT INTO applicant_session (token, account, csrf, source, began, seen, shared, card) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		tokenHash(token), a.ID, s.CSRF, s.Source, now.UnixMilli(), now.UnixMilli(), s.Shared, s.Card)
	if err != nil {
		return "", Session{}, fmt.Errorf("applicant: open session: %w", err)
	}
	return token, s, nil
}

// tokenHash is what is stored: a copy of the database opens no session.
func tokenHash(token string) []byte {
	sum := sha256.Sum256([]byte("zhunkao/applicant-session/1\x00" + token))
	return sum[:]
}

// Peek finds the session of a token, and does not note that it was used: a page
// that brings itself up to date must not keep a session open. ErrNoSession when
// it ended, was idle or open too long.
func (d *Desk) Peek(ctx context.Context, token string) (s Session, err error) {
	var r row
	hash, found := tokenHash(token), false
	err = d.o.DB.Ask(ctx, func(tx *db.Tx) error {
		return sessionQuestion(hash, func(x row) { r, found = x, true }).Ask(ctx, tx)
	})
	if err == nil && found {
		s, err = d.session(r)
	}
	if err != nil {
		return Session{}, fmt.Errorf("applicant: session: %w", err)
	}
	if !found || !d.o.Real().Before(s.Ends) {
		d.remembered.Drop(hash)
		return Session{}, ErrNoSession
	}
	d.remembered.Put(hash, r)
	return s, nil
}

// Session is Peek, and notes that the session was used.
func (d *Desk) Session(ctx context.Context, token string) (Session, error) {
	s, err := d.Peek(ctx, token)
	now := d.o.Real()
	if err != nil || now.Sub(s.Seen) < seenEvery {
		return s, err
	}
	s.Seen = now
	s.end()
	err = d.o.DB.Write(ctx, func(tx *db.Tx) error {
		tx.Quietly() // what is remembered of a session is asked for before it counts
		_, err := tx.Exec(ctx, `UPDATE applicant_session SET seen = $1 WHERE token = $2 AND seen < $1`, now.UnixMilli(), tokenHash(token))
		return err
	})
	if err != nil {
		return Session{}, fmt.Errorf("applicant: session: %w", err)
	}
	if r, ok := d.remembered.Get(tokenHash(token)); ok {
		r.seen = now.UnixMilli()
		d.remembered.Put(tokenHash(token), r)
	}
	return s, nil
}

// SignOut ends a session; a token without one is no error.
func (d *Desk) SignOut(ctx context.Context, token string) error {
	s, err := d.Peek(ctx, token)
	if errors.Is(err, ErrNoSession) {
		return nil
	}
	if err != nil {
		return err
	}
	return d.o.DB.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `DELETE FROM applicant_session WHERE token = $1`, tokenHash(token))
		if err != nil {
			return fmt.Errorf("applicant: sign out: %w", err)
		}
		if n == 0 {
			return nil
		}
		return d.journal(ctx, tx, journal.ApplicantSignedOut, self(s.Account.ID), s.Account.ID, s.Source, nil)
	})
}

// Others counts the open sessions of an account beside that of token.
func (d *Desk) Others(ctx context.Context, tx *db.Tx, account, token string) (n int, err error) {
	now := d.o.Real()
	err = tx.QueryRow(ctx, `SELECT count(*) FROM applicant_session WHERE account = $1 AND token <> $2 AND began > $3
		AND (shared AND seen > $4 OR NOT shared AND seen > $5)`, account, tokenHash(token), now.Add(-AbsoluteLimit).UnixMilli(),
		now.Add(-SharedLimit).UnixMilli(), now.Add(-IdleLimit).UnixMilli()).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("applicant: sessions: %w", err)
	}
	return n, nil
}

// EndOthers ends all sessions of an account but that of token.
func (d *Desk) EndOthers(ctx context.Context, s Session, token string) error {
	return d.o.DB.Write(ctx, func(tx *db.Tx) error {
		if err := endSessions(ctx, tx, s.Account.ID, token); err != nil {
			return err
		}
		return d.journal(ctx, tx, journal.ApplicantChanged, self(s.Account.ID), s.Account.ID, s.Source, map[string]string{"what": "sessions"})
	})
}

// endSessions ends all sessions of an account but that of token, "" for none.
func endSessions(ctx context.Context, tx *db.Tx, account, token string) error {
	if _, err := tx.Exec(ctx, `DELETE FROM applicant_session WHERE account = $1 AND token <> $2`, account, tokenHash(token)); err != nil {
		return fmt.Errorf("applicant: end sessions: %w", err)
	}
	return nil
}

// Sweep removes what has ended by itself: sessions, codes that nobody typed, and
// counts that have lapsed. Run it once in a while.
func (d *Desk) Sweep(ctx context.Context) error {
	now := d.o.Real()
	return d.o.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM applicant_session WHERE began <= $1 OR seen <= $2`,
			now.Add(-AbsoluteLimit).UnixMilli(), now.Add(-IdleLimit).UnixMilli())
		if err == nil {
			_, err = tx.Exec(ctx, `DELETE FROM applicant_request WHERE until <= $1`, now.UnixMilli())
		}
		if err != nil {
			return fmt.Errorf("applicant: sweep: %w", err)
		}
		return attempt.Sweep(ctx, tx, now)
	})
}

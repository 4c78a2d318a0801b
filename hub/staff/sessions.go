package staff

import (
	"context"
	"encoding/hex"
	"fmt"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/journal"
)

// Open is an open session as it is listed: to its owner and to her superior.
type Open struct {
	ID     string // for ending it; opens nothing
	Source string
	Began  time.Time // real time
	Seen   time.Time
	Here   bool // it is the one that asks
}

// sessionID is what names a session in a form.
func sessionID(tokenHash []byte) string { return hex.EncodeToString(tokenHash[:8]) }

// Sessions lists the open sessions of an account, newest first; token is that
// of the session that asks.
func (d *Desk) Sessions(ctx context.Context, tx *db.Tx, account, token string) ([]Open, error) {
	now, mine := d.o.Real(), sessionID(tokenHash(token))
	var out []Open
	err := tx.Each(ctx, `SELECT token, source, began, seen FROM session WHERE account = $1 AND began > $2 AND seen > $3 ORDER BY began DESC, token`,
		[]any{account, now.Add(-AbsoluteLimit).UnixMilli(), now.Add(-IdleLimit).UnixMilli()}, func(scan func(...any) error) error {
			var hash []byte
			var s Open
			var began, seen int64
			err := scan(&hash, &s.Source, &began, &seen)
			if err == nil {
				s.ID, s.Began, s.Seen = sessionID(hash), time.UnixMilli(began), time.UnixMilli(seen)
				s.Here = s.ID == mine
				out = append(out, s)
			}
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("staff: sessions: %w", err)
	}
	return out, nil
}

// EndSession ends one session of an account, her own or that of somebody she
// answers for. Its next request finds the door. ErrNoSession.
func (s Superior) EndSession(ctx context.Context, account, session string) error {
	return s.d.o.DB.Write(ctx, func(tx *db.Tx) error {
		b, err := Get(ctx, tx, account)
		if account != s.a.ID {
			b, err = s.under(ctx, tx, account)
		}
		if err != nil {
			return err
		}
		var found []byte
		err = tx.Each(ctx, `SELECT token FROM session WHERE account = $1`, []any{account}, func(scan func(...any) error) error {
			var hash []byte
			err := scan(&hash)
			if err == nil && sessionID(hash) == session {
				found = hash
			}
			return err
		})
		if err != nil {
			return fmt.Errorf("staff: sessions: %w", err)
		}
		if found == nil {
			return ErrNoSession
		}
		if _, err := tx.Exec(ctx, `DELETE FROM session WHERE token = $1`, found); err != nil {
			return fmt.Errorf("staff: sessions: %w", err)
		}
		return s.journal(ctx, tx, journal.StaffSessionEnded, b, "", nil)
	})
}

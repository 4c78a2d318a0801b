package seating

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"

	"zhunkao/hub/arrangement"
	"zhunkao/hub/db"
)

var (
	// ErrSealed says that an office has sealed its share already.
	ErrSealed = errors.New("seating: sealed already")
	// ErrEarly says that not every office has sealed: nobody reveals yet.
	ErrEarly = errors.New("seating: not every office has sealed")
	// ErrSecret says that this is not what was sealed.
	ErrSecret = errors.New("seating: not what was sealed")
)

// MaxWrong is how often an office may reveal something else than it sealed before the
// run is void. A slip of the pen harms nobody: nothing but what was sealed is taken.
const MaxWrong = 5

// Share is what an office adds to the seed (A49).
type Share struct {
	Office     string // key in the campaign
	Name       string // as it stands in the bundle
	Staff      string // who draws for it
	Commitment *[32]byte
	Sealed     int64
	Secret     *[32]byte // nil until it is revealed
	Revealed   int64
	Wrong      int
}

// Shares gives the offices that draw, in the order of their names in the bundle.
func Shares(ctx context.Context, tx *db.Tx, version string) (out []Share, err error) {
	err = tx.Each(ctx, `SELECT office, name, staff, commitment, sealed_at, secret, revealed_at, wrong FROM seating_share WHERE version = $1 ORDER BY office`, []any{version}, func(row func(...any) error) error {
		var s Share
		var commitment, secret []byte
		err := row(&s.Office, &s.Name, &s.Staff, &commitment, &s.Sealed, &secret, &s.Revealed, &s.Wrong)
		s.Commitment, s.Secret = hash(commitment), hash(secret)
		out = append(out, s)
		return err
	})
	return out, wrap("shares", err)
}

// hash copies a column of 32 bytes; nil if it is empty.
func hash(b []byte) *[32]byte {
	if len(b) != 32 {
		return nil
	}
	h := [32]byte(b)
	return &h
}

// Name sets who draws for which office. They are named as a version is begun.
func Name(ctx context.Context, tx *db.Tx, version string, shares []Share) error {
	for _, s := range shares {
		if _, err := tx.Exec(ctx, `INSERT INTO seating_share (version, office, name, staff, sealed_at, revealed_at, wrong) VALUES ($1, $2, $3, $4, 0, 0, 0)`, version, s.Office, s.Name, s.Staff); err != nil {
			return wrap("share", err)
		}
	}
	return nil
}

// hold takes a version in one of two states for what is done to its shares: of two that do
// something at the same moment the later is run again and sees what the first did, or
// each would take the other for the last one open, and nobody would be. ErrState.
func hold(ctx context.Context, tx *db.Tx, version string, one, other State) error {
	return changed(tx.Exec(ctx, `UPDATE seating_version SET drawn_at = drawn_at WHERE id = $1 AND state IN ($2, $3)`, version, string(one), string(other)))
}

// Rename gives an office's share to somebody else, before it is sealed. ErrState,
// ErrSealed.
func Rename(ctx context.Context, tx *db.Tx, version, office, staff string) error {
	if err := hold(ctx, tx, version, Freezing, Frozen); err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `UPDATE seating_share SET staff = $3 WHERE version = $1 AND office = $2 AND commitment IS NULL`, version, office, staff)
	if err == nil && n == 0 {
		return ErrSealed
	}
	return wrap("share", err)
}

// Seal keeps an office's commitment. ErrState, ErrSealed.
func Seal(ctx context.Context, tx *db.Tx, version, office string, commitment [32]byte, at int64) error {
	if err := hold(ctx, tx, version, Frozen, Frozen); err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `UPDATE seating_share SET commitment = $3, sealed_at = $4 WHERE version = $1 AND office = $2 AND commitment IS NULL`, version, office, commitment[:], at)
	if err == nil && n == 0 {
		return ErrSealed
	}
	return wrap("seal", err)
}

// Reveal takes an office's secret; the last makes the seed known, and drawn says so.
// ErrState, ErrEarly while somebody has not sealed, ErrSecret if it is not what was
// sealed: nothing is written then, Miss counts it.
func Reveal(ctx context.Context, tx *db.Tx, v Version, office string, secret [32]byte, at int64) (drawn bool, err error) {
	if err := hold(ctx, tx, v.ID, Frozen, Frozen); err != nil {
		return false, err
	}
	shares, err := Shares(ctx, tx, v.ID)
	if err != nil {
		return false, err
	}
	var mine *Share
	open := 0
	for i := range shares {
		s := &shares[i]
		if s.Commitment == nil {
			return false, ErrEarly
		}
		if s.Secret == nil {
			open++
		}
		if s.Office == office {
			mine = s
		}
	}
	switch {
	case mine == nil:
		return false, ErrNotFound
	case mine.Secret != nil:
		return false, ErrState
	}
	made := arrangement.Share{Office: mine.Name, Secret: secret}.Commit(v.Digest)
	if subtle.ConstantTimeCompare(made.Hash[:], mine.Commitment[:]) != 1 {
		return false, ErrSecret
	}
	if err := changed(tx.Exec(ctx, `UPDATE seating_share SET secret = $3, revealed_at = $4 WHERE version = $1 AND office = $2 AND secret IS NULL`, v.ID, office, secret[:], at)); err != nil {
		return false, err
	}
	if open > 1 {
		return false, nil
	}
	return true, changed(tx.Exec(ctx, `UPDATE seating_version SET state = 'drawn', drawn_at = $2 WHERE id = $1 AND state = 'frozen'`, v.ID, at))
}

// Miss counts a reveal that was not what was sealed, and says how many there were.
func Miss(ctx context.Context, tx *db.Tx, version, office string) (wrong int, err error) {
	err = tx.QueryRow(ctx, `UPDATE seating_share SET wrong = wrong + 1 WHERE version = $1 AND office = $2 RETURNING wrong`, version, office).Scan(&wrong)
	return wrong, wrap("share", err)
}

// End makes a version void before it is published, also one whose list or run fails
// again and again: others start anew. ErrState.
func End(ctx context.Context, tx *db.Tx, version string, code Ending, why string, who Who) error {
	return changed(tx.Exec(ctx, `UPDATE seating_version SET state = 'void', ended_at = $2, ended_by = $3, ended_code = $4, ended_why = $5 WHERE id = $1 AND `+making,
		version, who.At, who.By, string(code), why))
}

// Drawing gives what was sealed and what was revealed, as the bundle holds it.
func Drawing(shares []Share) (said []arrangement.Commitment, revealed []arrangement.Share) {
	for _, s := range shares {
		if s.Commitment != nil {
			said = append(said, arrangement.Commitment{Office: s.Name, Hash: *s.Commitment})
		}
		if s.Secret != nil {
			revealed = append(revealed, arrangement.Share{Office: s.Name, Secret: *s.Secret})
		}
	}
	return said, revealed
}

// DrawOf gives the version whose draw a version's seed is of: itself, but of a revision.
func DrawOf(ctx context.Context, tx *db.Tx, v Version) (Version, error) {
	if v.Draw == "" {
		return v, nil
	}
	return Get(ctx, tx, v.Draw)
}

// Seed computes the seed of a version that is drawn. arrangement.ErrDraw.
func Seed(ctx context.Context, tx *db.Tx, of Version) (arrangement.Seed, error) {
	v, err := DrawOf(ctx, tx, of)
	if err != nil {
		return arrangement.Seed{}, err
	}
	shares, err := Shares(ctx, tx, v.ID)
	if err != nil {
		return arrangement.Seed{}, err
	}
	said, revealed := Drawing(shares)
	seed, err := arrangement.Draw(v.Digest, said, revealed)
	if err != nil {
		return seed, fmt.Errorf("seating: seed: %w", err)
	}
	return seed, nil
}

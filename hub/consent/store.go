package consent

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/fxamacker/cbor/v2"

	"zhunkao/hub/db"
)

// Keys is what this package needs of package keys; *keys.Ring is one.
type Keys interface {
	Seal(label, id string, plain []byte) ([]byte, error)
	Unseal(label, id string, sealed []byte) ([]byte, error)
}

// Store reads and writes words given. It is safe for concurrent use.
type Store struct {
	keys Keys
	now  func() time.Time
}

// New makes a store. now is the hub's civil clock; nil is time.Now.
func New(k Keys, now func() time.Time) *Store {
	if now == nil {
		now = time.Now
	}
	return &Store{keys: k, now: now}
}

// sealLabel binds a signature to being that of one word given.
const sealLabel = "consent"

func (g Given) sealID() string {
	return g.Account + "/" + g.Campaign + "/" + string(g.Kind) + "/" + strconv.FormatUint(uint64(g.Number), 10)
}

// Of returns every word of an account in a campaign, oldest first within each
// kind.
func (s *Store) Of(ctx context.Context, tx *db.Tx, account, campaign string) ([]Given, error) {
	return s.read(ctx, tx, ofOne, account, campaign)
}

// ofOne are those of an account in a campaign.
const ofOne = `account = $1 AND campaign = $2`

// Asking is Of as one question of several. The answer is there when it has been
// asked.
func (s *Store) Asking(account, campaign string) (db.Question, *[]Given) {
	return s.reading(ofOne, account, campaign)
}

func (s *Store) read(ctx context.Context, tx *db.Tx, where string, args ...any) ([]Given, error) {
	q, out := s.reading(where, args...)
	if err := q.Ask(ctx, tx); err != nil {
		return nil, fmt.Errorf("consent: %w", err)
	}
	return *out, nil
}

func (s *Store) reading(where string, args ...any) (db.Question, *[]Given) {
	var out []Given
	return db.Question{Text: `SELECT account, campaign, kind, number, agreed, digest, campaign_version, english, at, signature
		FROM consent WHERE ` + where + ` ORDER BY campaign, kind, number`, Args: args, Row: func(scan func(...any) error) error {
		var g Given
		var sealed []byte
		if err := scan(&g.Account, &g.Campaign, &g.Kind, &g.Number, &g.Agreed, &g.Digest, &g.Version, &g.English, &g.At, &sealed); err != nil {
			return err
		}
		plain, err := s.keys.Unseal(sealLabel, g.sealID(), sealed)
		if err != nil {
			return fmt.Errorf("%s: %w", g, err)
		}
		if err := cbor.Unmarshal(plain, &g.Signature); err != nil {
			// The library's text can quote input; ours must not.
			return fmt.Errorf("%s: signature cannot be read", g)
		}
		out = append(out, g)
		return nil
	}}, &out
}

// Give stores a word; number and time are filled in. The same word again adds
// nothing, and false comes back. ErrSignature.
func (s *Store) Give(ctx context.Context, tx *db.Tx, g Given) (Given, bool, error) {
	if !g.sound() {
		return Given{}, false, fmt.Errorf("%w: %s", ErrSignature, g.Kind)
	}
	all, err := s.read(ctx, tx, `account = $1 AND campaign = $2 AND kind = $3`, g.Account, g.Campaign, string(g.Kind))
	if err != nil {
		return Given{}, false, err
	}
	if n := len(all); n > 0 {
		last := all[n-1]
		if last.Agreed == g.Agreed && bytes.Equal(last.Digest, g.Digest) && last.Signature == g.Signature {
			return last, false, nil
		}
		g.Number = last.Number
	}
	g.Number, g.At = g.Number+1, s.now().UnixMilli()
	plain, err := cbor.Marshal(g.Signature)
	if err != nil {
		return Given{}, false, fmt.Errorf("%s: %w", g, err)
	}
	sealed, err := s.keys.Seal(sealLabel, g.sealID(), plain)
	if err != nil {
		return Given{}, false, fmt.Errorf("%s: %w", g, err)
	}
	n, err := tx.Exec(ctx, `INSERT INTO consent (account, campaign, kind, number, agreed, digest, campaign_version, english, at, signature)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING`, g.Account, g.Campaign, string(g.Kind), int64(g.Number),
		g.Agreed, g.Digest, int64(g.Version), g.English, g.At, sealed)
	if err != nil {
		return Given{}, false, fmt.Errorf("consent: %s: %w", g, err)
	}
	if n != 1 { // it was read in this very transaction
		return Given{}, false, errors.New("consent: another word was given in between")
	}
	return g, true, nil
}

// Delete removes every word of an account in a campaign: what a person asks to
// be erased (S38).
func (s *Store) Delete(ctx context.Context, tx *db.Tx, account, campaign string) error {
	if _, err := tx.Exec(ctx, `DELETE FROM consent WHERE account = $1 AND campaign = $2`, account, campaign); err != nil {
		return fmt.Errorf("consent: delete: %w", err)
	}
	return nil
}

// Known tells whether a word is one of Kinds.
func Known(k Kind) bool { return slices.Contains(Kinds(), k) }

package picture

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"fmt"
	"strings"

	"zhunkao/hub/blob"
	"zhunkao/hub/db"
	"zhunkao/hub/keys"
)

// ErrNotFound says that there is no such picture of this person.
var ErrNotFound = errors.New("picture: no such picture")

// How many are kept.
const (
	MaxOfClaim  = 3
	MaxOfPerson = 20
)

// Claim names what a picture is evidence of.
type Claim struct {
	Account, Campaign string // whose
	Kind, Code        string // as form.Claim has them
}

// Picture is one kept picture, without what it shows.
type Picture struct {
	ID string
	Claim
	Width, Height int
	Size          int64 // bytes of the JPEG
	At            int64 // ms since 1970, civil clock

	hash   blob.Hash
	secret []byte // the key of the ciphertext, sealed
}

const label = "picture"

// Seal encrypts a clean picture under a key of its own. The ciphertext is put
// among the blobs before the transaction that names it with Add.
func Seal(ring *keys.Ring, of Claim, c Clean, at int64) (Picture, []byte, error) {
	var id [16]byte
	var key [32]byte
	_, _ = rand.Read(id[:]) // never fails (Go 1.24)
	_, _ = rand.Read(key[:])
	p := Picture{ID: strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(id[:])), Claim: of,
		Width: c.Width, Height: c.Height, Size: int64(len(c.JPEG)), At: at}
	aead, err := aeadOf(key[:])
	if err != nil {
		return Picture{}, nil, err
	}
	// The key is used once: the nonce may stand still.
	ciphertext := aead.Seal(nil, make([]byte, aead.NonceSize()), c.JPEG, []byte(label))
	p.hash = blob.HashOf(ciphertext)
	if p.secret, err = ring.Seal(label, p.ID, key[:]); err != nil {
		return Picture{}, nil, fmt.Errorf("picture: seal key of %s: %w", p.ID, err)
	}
	return p, ciphertext, nil
}

// Hash names the ciphertext among the blobs.
func (p Picture) Hash() blob.Hash { return p.hash }

// Open gives the JPEG. Who shows it to anybody but the person journals that.
// blob.ErrNotFound, keys.ErrSealed.
func Open(ring *keys.Ring, blobs *blob.Store, p Picture) ([]byte, error) {
	ciphertext, err := blobs.Get(p.hash)
	if err != nil {
		return nil, fmt.Errorf("picture %s: %w", p.ID, err)
	}
	key, err := ring.Unseal(label, p.ID, p.secret)
	if err != nil {
		return nil, fmt.Errorf("picture %s: %w", p.ID, err)
	}
	aead, err := aeadOf(key)
	if err != nil {
		return nil, err
	}
	plain, err := aead.Open(nil, make([]byte, aead.NonceSize()), ciphertext, []byte(label))
	if err != nil {
		return nil, fmt.Errorf("picture %s: %w", p.ID, keys.ErrSealed)
	}
	return plain, nil
}

func aeadOf(key []byte) (cipher.AEAD, error) {
	b, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("picture: key: %w", err)
	}
	return cipher.NewGCM(b)
}

const columns = `id, account, campaign, kind, code, width, height, size, at, hash, secret`

func scan(row func(...any) error) (Picture, error) {
	var p Picture
	var hash string
	if err := row(&p.ID, &p.Account, &p.Campaign, &p.Kind, &p.Code, &p.Width, &p.Height, &p.Size, &p.At, &hash, &p.secret); err != nil {
		return Picture{}, err
	}
	var err error
	p.hash, err = blob.ParseHash(hash)
	return p, err
}

// Add names a sealed picture. Refusal Many when there are as many as are kept.
func Add(ctx context.Context, tx *db.Tx, p Picture) error {
	var person, claim int
	err := tx.QueryRow(ctx, `SELECT count(*), coalesce(sum(CASE WHEN kind = $3 AND code = $4 THEN 1 ELSE 0 END), 0)
		FROM picture WHERE account = $1 AND campaign = $2`, p.Account, p.Campaign, p.Kind, p.Code).Scan(&person, &claim)
	switch {
	case err != nil:
		return fmt.Errorf("picture: count: %w", err)
	case claim >= MaxOfClaim || person >= MaxOfPerson:
		return Many
	}
	_, err = tx.Exec(ctx, `INSERT INTO picture (`+columns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		p.ID, p.Account, p.Campaign, p.Kind, p.Code, p.Width, p.Height, p.Size, p.At, p.hash.String(), p.secret)
	if err != nil {
		return fmt.Errorf("picture: add: %w", err)
	}
	return nil
}

// Get gives a picture of a person's. ErrNotFound, also for another's.
func Get(ctx context.Context, tx *db.Tx, account, id string) (Picture, error) {
	p, err := scan(tx.QueryRow(ctx, `SELECT `+columns+` FROM picture WHERE id = $1 AND account = $2`, id, account).Scan)
	if errors.Is(err, db.ErrNoRows) {
		return Picture{}, ErrNotFound
	}
	if err != nil {
		return Picture{}, fmt.Errorf("picture: %w", err)
	}
	return p, nil
}

// List gives a person's pictures in a campaign, oldest first within a claim.
func List(ctx context.Context, tx *db.Tx, account, campaign string) ([]Picture, error) {
	var out []Picture
	err := tx.Each(ctx, `SELECT `+columns+` FROM picture WHERE account = $1 AND campaign = $2 ORDER BY kind, code, at, id`, []any{account, campaign},
		func(row func(...any) error) error {
			p, err := scan(row)
			out = append(out, p)
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("picture: list: %w", err)
	}
	return out, nil
}

// Remove ends a picture of a person's, and its key with it. ErrNotFound.
func Remove(ctx context.Context, tx *db.Tx, account, id string) error {
	n, err := tx.Exec(ctx, `DELETE FROM picture WHERE id = $1 AND account = $2`, id, account)
	if err != nil {
		return fmt.Errorf("picture: remove: %w", err)
	}
	if n == 0 {
		return ErrNotFound
	}
	return nil
}

// RemoveClaim ends all pictures of a claim that is no longer made.
func RemoveClaim(ctx context.Context, tx *db.Tx, of Claim) error {
	_, err := tx.Exec(ctx, `DELETE FROM picture WHERE account = $1 AND campaign = $2 AND kind = $3 AND code = $4`,
		of.Account, of.Campaign, of.Kind, of.Code)
	if err != nil {
		return fmt.Errorf("picture: remove claim: %w", err)
	}
	return nil
}

// Forget ends all pictures of a person in every campaign, for her erasure.
func Forget(ctx context.Context, tx *db.Tx, account string) error {
	if _, err := tx.Exec(ctx, `DELETE FROM picture WHERE account = $1`, account); err != nil {
		return fmt.Errorf("picture: forget: %w", err)
	}
	return nil
}

// Each gives every picture and the blob it names, for whoever looks for blobs
// that nothing names.
func Each(ctx context.Context, tx *db.Tx, f func(id string, h blob.Hash) error) error {
	return tx.Each(ctx, `SELECT id, hash FROM picture`, nil, func(row func(...any) error) error {
		var id, text string
		if err := row(&id, &text); err != nil {
			return err
		}
		h, err := blob.ParseHash(text)
		if err != nil {
			return fmt.Errorf("picture %s: %w", id, err)
		}
		return f(id, h)
	})
}

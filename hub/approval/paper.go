package approval

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"slices"

	"zhunkao/hub/blob"
	"zhunkao/hub/db"
	"zhunkao/hub/keys"
	rules "zhunkao/protocol/campaign"
)

// Paper is one attachment of a case. Its name is the key of the kind's paper:
// what a file was called where it came from is nowhere kept.
type Paper struct {
	ID    string
	Case  string
	Round int    // that brought it
	Name  string // key of the kind's paper
	Media string // "application/pdf", "image/jpeg", "image/png"
	Size  int64  // bytes
	By    string // account id
	At    int64  // ms

	hash   blob.Hash
	secret []byte // the key of the ciphertext, sealed
}

// PaperError says why an attachment is not taken.
type PaperError struct{ Code string }

// Error gives the code.
func (e PaperError) Error() string { return "approval: attachment: " + e.Code }

// Codes of PaperError.
const (
	PaperLarge  = "paper-large"  // more bytes than the kind allows
	PaperType   = "paper-type"   // not one of the types the kind allows, by its content
	PaperBroken = "paper-broken" // a picture that does not open, or an unfinished file
	PaperPixels = "paper-pixels" // a picture of more than 4096 × 4096
	PaperEmpty  = "paper-empty"
)

// maxEdge is the longest edge of a picture, in pixels (S18).
const maxEdge = 4096

// Clean judges a file by what it contains and gives it as it is kept: a picture
// is drawn anew, so that nothing hidden in it (EXIF, a second file behind the
// end) stays; a PDF is kept as it came and never opened here. PaperError.
func Clean(spec rules.ApprovalPaper, file []byte) (media string, kept []byte, err error) {
	switch {
	case len(file) == 0:
		return "", nil, PaperError{PaperEmpty}
	case len(file) > spec.MaxKB<<10:
		return "", nil, PaperError{PaperLarge}
	}
	kind := ""
	switch {
	case bytes.HasPrefix(file, []byte("%PDF-1.")), bytes.HasPrefix(file, []byte("%PDF-2.")):
		kind, media = rules.PaperPDF, "application/pdf"
	case bytes.HasPrefix(file, []byte{0xFF, 0xD8, 0xFF}):
		kind, media = rules.PaperJPEG, "image/jpeg"
	case bytes.HasPrefix(file, []byte("\x89PNG\r\n\x1a\n")):
		kind, media = rules.PaperPNG, "image/png"
	}
	if !slices.Contains(spec.Types, kind) {
		return "", nil, PaperError{PaperType}
	}
	if kind == rules.PaperPDF {
		if !bytes.Contains(file[max(0, len(file)-1024):], []byte("%%EOF")) {
			return "", nil, PaperError{PaperBroken}
		}
		return media, file, nil
	}
	kept, err = redraw(kind, file)
	return media, kept, err
}

// redraw decodes a picture, its size asked for first, and encodes it again.
func redraw(kind string, file []byte) ([]byte, error) {
	config, decode := jpeg.DecodeConfig, jpeg.Decode
	if kind == rules.PaperPNG {
		config, decode = png.DecodeConfig, png.Decode
	}
	size, err := config(bytes.NewReader(file))
	if err != nil {
		return nil, PaperError{PaperBroken}
	}
	if size.Width < 1 || size.Height < 1 || size.Width > maxEdge || size.Height > maxEdge {
		return nil, PaperError{PaperPixels}
	}
	var picture image.Image
	if picture, err = decode(bytes.NewReader(file)); err != nil {
		return nil, PaperError{PaperBroken}
	}
	var out bytes.Buffer
	if kind == rules.PaperPNG {
		err = png.Encode(&out, picture)
	} else {
		err = jpeg.Encode(&out, picture, &jpeg.Options{Quality: 90})
	}
	if err != nil {
		return nil, fmt.Errorf("approval: draw attachment anew: %w", err)
	}
	return out.Bytes(), nil
}

const paperLabel = "approval-paper"

// SealPaper encrypts a file that Clean has let through under a key of its own.
// The ciphertext is put among the blobs before the transaction that names it.
func SealPaper(ring *keys.Ring, name, media string, file []byte) (Paper, []byte, error) {
	var key [32]byte
	_, _ = rand.Read(key[:]) // never fails (Go 1.24)
	aead, err := aeadOf(key[:])
	if err != nil {
		return Paper{}, nil, err
	}
	p := Paper{ID: NewID(), Name: name, Media: media, Size: int64(len(file))}
	// The key is used once: the nonce may stand still.
	ciphertext := aead.Seal(nil, make([]byte, aead.NonceSize()), file, []byte(paperLabel))
	p.hash = blob.HashOf(ciphertext)
	if p.secret, err = ring.Seal(paperLabel, p.ID, key[:]); err != nil {
		return Paper{}, nil, fmt.Errorf("approval: seal key of attachment %s: %w", p.ID, err)
	}
	return p, ciphertext, nil
}

// Hash names the ciphertext among the blobs.
func (p Paper) Hash() blob.Hash { return p.hash }

// OpenPaper gives the file of an attachment. Who shows it journals that.
// blob.ErrNotFound, keys.ErrSealed.
func OpenPaper(ring *keys.Ring, blobs *blob.Store, p Paper) ([]byte, error) {
	ciphertext, err := blobs.Get(p.hash)
	if err != nil {
		return nil, fmt.Errorf("approval: attachment %s: %w", p.ID, err)
	}
	key, err := ring.Unseal(paperLabel, p.ID, p.secret)
	if err != nil {
		return nil, fmt.Errorf("approval: attachment %s: %w", p.ID, err)
	}
	aead, err := aeadOf(key)
	if err != nil {
		return nil, err
	}
	file, err := aead.Open(nil, make([]byte, aead.NonceSize()), ciphertext, []byte(paperLabel))
	if err != nil {
		return nil, fmt.Errorf("approval: attachment %s: %w", p.ID, keys.ErrSealed)
	}
	return file, nil
}

func aeadOf(key []byte) (cipher.AEAD, error) {
	b, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("approval: key of an attachment: %w", err)
	}
	return cipher.NewGCM(b)
}

const paperColumns = `id, case_id, round, name, media, size, hash, secret, added_by, added_at`

func scanPaper(scan func(...any) error) (Paper, error) {
	var p Paper
	var hash string
	if err := scan(&p.ID, &p.Case, &p.Round, &p.Name, &p.Media, &p.Size, &hash, &p.secret, &p.By, &p.At); err != nil {
		return Paper{}, err
	}
	var err error
	p.hash, err = blob.ParseHash(hash)
	return p, err
}

// AddPaper names a sealed attachment in a case; Case, Round, By and At are
// filled in.
func AddPaper(ctx context.Context, tx *db.Tx, p Paper) error {
	_, err := tx.Exec(ctx, `INSERT INTO approval_paper (`+paperColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		p.ID, p.Case, p.Round, p.Name, p.Media, p.Size, p.hash.String(), p.secret, p.By, p.At)
	if err != nil {
		return fmt.Errorf("approval: attachment: %w", err)
	}
	return nil
}

// GetPaper returns an attachment by id. ErrNotFound.
func GetPaper(ctx context.Context, tx *db.Tx, id string) (Paper, error) {
	p, err := scanPaper(tx.QueryRow(ctx, `SELECT `+paperColumns+` FROM approval_paper WHERE id = $1`, id).Scan)
	if errors.Is(err, db.ErrNoRows) {
		return Paper{}, ErrNotFound
	}
	if err != nil {
		return Paper{}, fmt.Errorf("approval: attachment: %w", err)
	}
	return p, nil
}

// Papers returns all attachments a case ever had, the newest of each name
// first.
func Papers(ctx context.Context, tx *db.Tx, id string) ([]Paper, error) {
	var out []Paper
	err := tx.Each(ctx, `SELECT `+paperColumns+` FROM approval_paper WHERE case_id = $1 ORDER BY name, round DESC`, []any{id},
		func(scan func(...any) error) error {
			p, err := scanPaper(scan)
			out = append(out, p)
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("approval: attachments: %w", err)
	}
	return out, nil
}

// EachPaper gives every attachment and the blob it names, for whoever looks for
// blobs that nothing names.
func EachPaper(ctx context.Context, tx *db.Tx, f func(id string, hash blob.Hash) error) error {
	return tx.Each(ctx, `SELECT id, hash FROM approval_paper`, nil, func(scan func(...any) error) error {
		var id, text string
		if err := scan(&id, &text); err != nil {
			return err
		}
		h, err := blob.ParseHash(text)
		if err != nil {
			return fmt.Errorf("approval: attachment %s: %w", id, err)
		}
		return f(id, h)
	})
}

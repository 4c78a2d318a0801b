package exampapers

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"time"

	"zhunkao/hub/db"
	"zhunkao/protocol/sheet"
)

// partSize is how many bytes of a file one row holds.
const partSize = 256 << 10

// label binds a sealed part to what it is.
const label = "exam-batch"

// Keys is what this package needs of package keys; *keys.Ring is one.
type Keys interface {
	Seal(label, id string, plain []byte) ([]byte, error)
	Unseal(label, id string, sealed []byte) ([]byte, error)
}

// partID binds a part to its place.
func partID(batch string, section, at int) string { return fmt.Sprintf("%s/%d/%d", batch, section, at) }

// ReadSection gives the PDF of a section, held against what was counted. ErrState: its
// file is not there any more.
func ReadSection(ctx context.Context, d *db.DB, k Keys, batch string, s Section) ([]byte, error) {
	out := make([]byte, 0, s.Size)
	for at := 0; int64(len(out)) < s.Size; at++ {
		var sealed []byte
		err := d.Read(ctx, func(tx *db.Tx) error {
			return tx.Each(ctx, `SELECT body FROM exam_batch_part WHERE batch = $1 AND n = $2 AND at = $3`, []any{batch, s.N, at}, func(row func(...any) error) error { return row(&sealed) })
		})
		if err != nil {
			return nil, fmt.Errorf("exampapers: %s: %w", batch, err)
		}
		if sealed == nil {
			return nil, ErrState
		}
		body, err := k.Unseal(label, partID(batch, s.N, at), sealed)
		if err != nil {
			return nil, fmt.Errorf("exampapers: %s section %d: %w", batch, s.N, err)
		}
		out = append(out, body...)
	}
	if int64(len(out)) != s.Size || sha256.Sum256(out) != s.Sum {
		return nil, fmt.Errorf("exampapers: %s section %d is not what was made", batch, s.N)
	}
	return out, nil
}

// Write writes a batch that is ready as one PDF, a section at a time. ErrState.
func Write(ctx context.Context, d *db.DB, k Keys, b Batch, w io.Writer) error {
	if b.State != Ready {
		return ErrState
	}
	var list []Section
	if err := d.Read(ctx, func(tx *db.Tx) (err error) { list, err = Sections(ctx, tx, b.ID); return err }); err != nil {
		return err
	}
	return sheet.Join(w, "考点考务用表", time.UnixMilli(b.AskedAt), func() ([]byte, error) {
		if len(list) == 0 {
			return nil, io.EOF
		}
		s := list[0]
		list = list[1:]
		return ReadSection(ctx, d, k, b.ID, s)
	})
}

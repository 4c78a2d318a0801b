package parcel

import (
	"context"
	"fmt"
	"io"

	"zhunkao/hub/db"
)

// partSize is how many bytes of a ZIP one row holds.
const partSize = 256 << 10

// label binds a sealed part to what it is.
const label = "parcel"

// Keys is what this package needs of package keys; *keys.Ring is one.
type Keys interface {
	Seal(label, id string, plain []byte) ([]byte, error)
	Unseal(label, id string, sealed []byte) ([]byte, error)
}

// partID binds a part to its place in its parcel.
func partID(id string, n int) string { return fmt.Sprintf("%s/%d", id, n) }

// parts writes a ZIP into the database, a part in a transaction, so that nobody
// waits for all of it.
type parts struct {
	ctx  context.Context
	db   *db.DB
	keys Keys
	id   string
	n    int
	size int64
	held []byte
}

func (p *parts) Write(b []byte) (int, error) {
	p.held = append(p.held, b...)
	for len(p.held) >= partSize {
		if err := p.put(p.held[:partSize]); err != nil {
			return 0, err
		}
		p.held = append(p.held[:0], p.held[partSize:]...)
	}
	return len(b), nil
}

func (p *parts) put(body []byte) error {
	sealed, err := p.keys.Seal(label, partID(p.id, p.n), body)
	if err != nil {
		return err
	}
	err = p.db.Write(p.ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(p.ctx, `INSERT INTO parcel_part (parcel, n, body) VALUES ($1, $2, $3)`, p.id, p.n, sealed)
		return err
	})
	p.n, p.size = p.n+1, p.size+int64(len(body))
	return err
}

// flush puts what is left.
func (p *parts) flush() error {
	if len(p.held) == 0 {
		return nil
	}
	return p.put(p.held)
}

// Read writes the ZIP of a parcel to w, part by part. ErrState: nothing of it is
// there.
func Read(ctx context.Context, d *db.DB, k Keys, p Parcel, w io.Writer) error {
	var size int64
	for n := 0; size < p.Size; n++ {
		var sealed []byte
		err := d.Read(ctx, func(tx *db.Tx) error {
			return tx.Each(ctx, `SELECT body FROM parcel_part WHERE parcel = $1 AND n = $2`, []any{p.ID, n}, func(scan func(...any) error) error {
				return scan(&sealed)
			})
		})
		if err != nil {
			return fmt.Errorf("parcel: %s: %w", p.ID, err)
		}
		if sealed == nil {
			return ErrState
		}
		body, err := k.Unseal(label, partID(p.ID, n), sealed)
		if err != nil {
			return fmt.Errorf("parcel: %s part %d: %w", p.ID, n, err)
		}
		if _, err := w.Write(body); err != nil {
			return err
		}
		size += int64(len(body))
	}
	return nil
}

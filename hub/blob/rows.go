package blob

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"zhunkao/hub/db"
)

// rows is the store in a database: every hub on it sees the same, and what one
// was told is there for the other when Put returns.
type rows struct {
	db     *db.DB
	now    func() time.Time
	pieces *Pieces
}

func newRows(d *db.DB, now func() time.Time) *rows {
	return &rows{db: d, now: now, pieces: &Pieces{db: d, now: now}}
}

const (
	// rowsPatience bounds each call that has no context of its own.
	rowsPatience = 30 * time.Second
	// putBytes is about how much one statement of Put carries.
	putBytes = 4 << 20
)

func bounded() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), rowsPatience)
}

// Close does nothing: the database is closed by who opened it.
func (*rows) Close() error { return nil }

// Put implements store, with one commit.
func (s *rows) Put(batch map[Hash][]byte) error {
	hashes := make([]Hash, 0, len(batch))
	for h, b := range batch {
		if len(b) > Largest {
			return ErrTooLarge
		}
		hashes = append(hashes, h)
	}
	if len(hashes) == 0 {
		return nil
	}
	slices.SortFunc(hashes, func(a, b Hash) int { return bytes.Compare(a[:], b[:]) }) // one order: no deadlock between hubs
	ctx, cancel := bounded()
	defer cancel()
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		at := s.now().UnixMilli()
		var values [][]any
		size := 0
		for i, h := range hashes {
			values = append(values, []any{h[:], batch[h], at})
			if size += len(batch[h]); size < putBytes && i < len(hashes)-1 {
				continue
			}
			_, err := tx.Many(ctx, values, func(values string) string {
				return `INSERT INTO blob (hash, bytes, put) VALUES ` + values + `
					ON CONFLICT (hash) DO UPDATE SET put = excluded.put, young = TRUE`
			})
			if err != nil {
				return err
			}
			values, size = values[:0], 0
		}
		return nil
	})
	return away("put", err)
}

// Get implements store.
func (s *rows) Get(h Hash) ([]byte, error) {
	ctx, cancel := bounded()
	defer cancel()
	b, err := s.read(ctx, h)
	return checked(b, h, err)
}

func (s *rows) read(ctx context.Context, h Hash) (b []byte, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) (err error) {
		b, err = bytesOf(ctx, tx, h)
		return err
	})
	return b, got(err)
}

// bytesOf reads a row. db.ErrNoRows.
func bytesOf(ctx context.Context, tx *db.Tx, h Hash) (b []byte, err error) {
	err = tx.QueryRow(ctx, `SELECT bytes FROM blob WHERE hash = $1`, h[:]).Scan(&b)
	return b, err
}

// got is what went wrong with reading a row, in the words of the store.
func got(err error) error {
	if errors.Is(err, db.ErrNoRows) {
		return ErrNotFound
	}
	return away("get", err)
}

// checked refuses bytes that are not those of their name.
func checked(b []byte, h Hash, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	if HashOf(b) != h {
		return nil, ErrHash
	}
	return b, nil
}

// within is the store in a transaction that is open: see Store.In.
type within struct {
	*rows
	ctx context.Context
	tx  *db.Tx
}

// Get implements store.
func (s within) Get(h Hash) ([]byte, error) {
	b, err := bytesOf(s.ctx, s.tx, h)
	return checked(b, h, got(err))
}

// Has implements store.
func (s within) Has(h Hash) (has bool, err error) {
	has, err = hasRow(s.ctx, s.tx, h)
	return has, away("has", err)
}

// Has implements store.
func (s *rows) Has(h Hash) (has bool, err error) {
	ctx, cancel := bounded()
	defer cancel()
	err = s.db.Read(ctx, func(tx *db.Tx) (err error) {
		has, err = hasRow(ctx, tx, h)
		return err
	})
	return has, away("has", err)
}

func hasRow(ctx context.Context, tx *db.Tx, h Hash) (has bool, err error) {
	err = tx.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM blob WHERE hash = $1)`, h[:]).Scan(&has)
	return has, err
}

// Each implements store.
func (s *rows) Each(ctx context.Context, f func(Hash, []byte) error) error {
	for from := []byte{}; ; {
		var list []Hash
		err := s.db.Read(ctx, func(tx *db.Tx) error {
			list = list[:0]
			return tx.Each(ctx, `SELECT hash FROM blob WHERE hash > $1 ORDER BY hash LIMIT $2`, []any{from, stride}, into(&list))
		})
		if err != nil {
			return away("each", err)
		}
		for _, h := range list {
			b, err := s.read(ctx, h)
			if errors.Is(err, ErrNotFound) {
				continue // swept meanwhile
			}
			if err != nil {
				return err
			}
			if err := f(h, b); err != nil {
				return err
			}
		}
		if len(list) < stride {
			return nil
		}
		from = list[len(list)-1][:]
	}
}

// into reads a column of hashes.
func into(list *[]Hash) func(scan func(...any) error) error {
	return func(scan func(...any) error) error {
		var h []byte
		if err := scan(&h); err != nil {
			return err
		}
		if len(h) != len(Hash{}) {
			return fmt.Errorf("a hash of %d bytes", len(h))
		}
		*list = append(*list, Hash(h))
		return nil
	}
}

// Check implements store.
func (s *rows) Check(ctx context.Context, bad func(Hash)) (count int, err error) {
	err = s.Each(ctx, func(h Hash, b []byte) error {
		count++
		if HashOf(b) != h {
			bad(h)
		}
		return nil
	})
	return count, err
}

// Sweep implements store. A blob that is put again meanwhile, at whichever hub,
// has a newer time than before and stays.
func (s *rows) Sweep(ctx context.Context, before time.Time, referenced func(context.Context, Hash) (bool, error)) (int, error) {
	if err := s.pieces.sweep(ctx, before); err != nil {
		return 0, err
	}
	removed := 0
	for {
		var list []Hash
		err := s.db.Read(ctx, func(tx *db.Tx) error {
			list = list[:0]
			return tx.Each(ctx, `SELECT hash FROM blob WHERE young AND put < $1 ORDER BY put, hash LIMIT $2`,
				[]any{before.UnixMilli(), stride}, into(&list))
		})
		if err != nil || len(list) == 0 {
			return removed, away("sweep", err)
		}
		var keep, drop []Hash
		for _, h := range list {
			yes, err := referenced(ctx, h)
			if err != nil {
				return removed, fmt.Errorf("blob: sweep: %w", err)
			}
			if yes {
				keep = append(keep, h)
			} else {
				drop = append(drop, h)
			}
		}
		n, err := s.settle(ctx, before, keep, drop)
		removed += n
		if err != nil {
			return removed, away("sweep", err)
		}
	}
}

// settle takes blobs off the young ones, or away.
func (s *rows) settle(ctx context.Context, before time.Time, keep, drop []Hash) (removed int, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		removed = 0
		for _, h := range keep {
			if _, err := tx.Exec(ctx, `UPDATE blob SET young = FALSE WHERE hash = $1 AND put < $2`, h[:], before.UnixMilli()); err != nil {
				return err
			}
		}
		for _, h := range drop {
			n, err := tx.Exec(ctx, `DELETE FROM blob WHERE hash = $1 AND put < $2`, h[:], before.UnixMilli())
			if err != nil {
				return err
			}
			removed += int(n)
		}
		return nil
	})
	return removed, err
}

// Stage implements store.
func (s *rows) Stage(owner string, h Hash, size, offset uint64, b []byte) (uint64, error) {
	if size == 0 {
		return 0, fmt.Errorf("%w: part", ErrTooLarge)
	}
	ctx, cancel := bounded()
	defer cancel()
	if err := s.pieces.Add(ctx, owner, Piece{Part: h, Size: size, Offset: offset, Bytes: b}); err != nil {
		return 0, err
	}
	have, err := s.pieces.Have(ctx, owner, h)
	return have[h].Have, err
}

// Staged implements store.
func (s *rows) Staged(owner string, h Hash) uint64 {
	ctx, cancel := bounded()
	defer cancel()
	have, err := s.pieces.Have(ctx, owner, h)
	if err != nil {
		return 0
	}
	return have[h].Have
}

// Take implements store.
func (s *rows) Take(owner string, h Hash) ([]byte, error) {
	ctx, cancel := bounded()
	defer cancel()
	return s.pieces.Take(ctx, owner, h, 0)
}

// Discard implements store.
func (s *rows) Discard(owner string, hashes ...Hash) error {
	ctx, cancel := bounded()
	defer cancel()
	return s.pieces.Discard(ctx, owner, hashes...)
}
